//! Going from one step to another.

use crate::lab::language::statement::Line;
use crate::lab::sitting::Sitting;

use super::super::playback::Playback;
use super::super::progress::Standing;
use super::{Ending, Help, LessonSession, Place, Show, Step};

impl LessonSession {
    /// Opens the lesson at its first step.
    pub fn begin(&mut self, sitting: &mut Sitting) -> Vec<Show> {
        let mut shows = Vec::new();
        self.progress.reach(Standing::Started);
        let first = self.steps()[0];
        self.set_up_scene(sitting, &mut shows);
        self.enter(first, sitting, &mut shows);
        shows.into_iter().map(|show| self.worded(show)).collect()
    }

    /// The steps of this lesson.
    pub(super) fn steps(&self) -> &'static [Step] {
        let from = usize::from(self.lesson.recall.is_empty());
        &Step::ALL[from..Step::ALL.len() - 1]
    }

    pub(super) fn next(&mut self, sitting: &mut Sitting, shows: &mut Vec<Show>) {
        let refuse = |shows: &mut Vec<Show>, text: &str| shows.push(Show::Refused(text.to_owned()));
        match self.step {
            Step::Recall if !self.is_locked() => refuse(shows, "choose an option first, or go on with `{:}jump 2`"),
            Step::Recall if self.recall_at + 1 < self.lesson.recall.len() => {
                self.recall_at += 1;
                shows.push(Show::Page);
            }
            Step::Predict | Step::Transfer if !self.is_locked() => {
                refuse(shows, "first commit yourself: choose an option; it is then locked");
            }
            Step::Hook | Step::Do if self.next_task().is_some() => self.do_task(sitting, shows),
            Step::Record if self.answer.is_none() => {
                refuse(shows, "first write down what you saw{|; `where` shows the question again}");
            }
            Step::Fix if !self.is_fixed() => self.begin_grading(sitting, shows),
            Step::Done if self.place == Place::Sandbox => {
                refuse(shows, "this is the sandbox: every command works; `{:}quit` ends");
            }
            Step::Further | Step::Done => self.finish(shows),
            _ => {
                let steps = self.steps();
                let place = steps.iter().position(|step| *step == self.step).unwrap_or(0);
                self.enter(steps[(place + 1).min(steps.len() - 1)], sitting, shows);
            }
        }
    }

    fn finish(&mut self, shows: &mut Vec<Show>) {
        if self.step != Step::Done {
            self.step = Step::Done;
            self.keep_time();
            shows.push(Show::Page);
        }
        self.progress.step.clear();
        shows.push(Show::Ended(Ending::Finished));
    }

    /// Takes the time spent into the progress, in whole seconds: at a step, and not all the time.
    fn keep_time(&mut self) {
        let seconds = self.spent_us / 1_000_000;
        self.spent_us -= seconds * 1_000_000;
        self.progress.seconds = self.progress.seconds.saturating_add(u32::try_from(seconds).unwrap_or(u32::MAX));
    }

    pub(super) fn jump(&mut self, number: usize, sitting: &mut Sitting, shows: &mut Vec<Show>) {
        match number.checked_sub(1).and_then(|place| self.steps().get(place)) {
            Some(step) => self.enter(*step, sitting, shows),
            None => shows.push(Show::Refused(format!("this lesson has the steps 1 to {}", self.steps().len()))),
        }
    }

    pub(super) fn test_out(&mut self, sitting: &mut Sitting, shows: &mut Vec<Show>) {
        if self.step >= Step::Fix {
            shows.push(Show::Refused("you are past the test: testing out goes straight to the fix".to_owned()));
            return;
        }
        if self.help == Help::Offered {
            self.help = Help::Refused;
        }
        self.enter(Step::Fix, sitting, shows);
        shows.push(Show::Notice(
            "testing out: find the fix, then {grade} tries it in many runs. A hint or the solution ends the test"
                .to_owned(),
        ));
    }

    fn enter(&mut self, step: Step, sitting: &mut Sitting, shows: &mut Vec<Show>) {
        let is_scene = |step: Step| (Step::Hook..=Step::Explain).contains(&step);
        let needs_scene = step == Step::Scene || (is_scene(step) && !is_scene(self.step)) || sitting.applied() == 0;
        let from = std::mem::replace(&mut self.step, step);
        self.keep_time();
        step.name().clone_into(&mut self.progress.step);
        if step == Step::Fix && from != Step::Fix {
            self.set_up_fix(sitting, shows);
        } else if needs_scene && step < Step::Fix {
            self.set_up_scene(sitting, shows);
        }
        self.task_from = sitting.applied();
        shows.push(Show::Page);
    }

    /// Begins the world of this step again. At the fix that takes back what was tried, but a witness only makes way.
    pub(super) fn again(&mut self, sitting: &mut Sitting, shows: &mut Vec<Show>) {
        if self.step != Step::Fix {
            self.set_up_scene(sitting, shows);
            shows.push(Show::Notice("the world begins again".to_owned()));
            return;
        }
        let tried = || self.trial.as_ref().map(|trial| trial.fix.clone());
        let kept = self.graded.as_ref().map(|graded| graded.fix.clone()).or_else(tried);
        let kept = kept.filter(|_| self.place == Place::Witness);
        let words = match &kept {
            Some(fix) if fix.is_empty() => "back to the world of the fix, in which nothing was tried yet",
            Some(_) => "back to your fix, as it was tried; `{:}again` once more begins without it",
            None => "the world begins again, and nothing that you tried is in force any more",
        };
        self.set_up_fix(sitting, shows);
        if Playback::new(kept.unwrap_or_default()).play(sitting).is_ok() {
            self.try_fix(sitting, false);
        }
        shows.push(Show::Notice(words.to_owned()));
    }

    fn set_up_scene(&mut self, sitting: &mut Sitting, shows: &mut Vec<Show>) {
        self.done.clear();
        let lines = self.lesson.scene.lines.clone();
        self.set_up(lines, sitting, shows);
    }

    fn set_up_fix(&mut self, sitting: &mut Sitting, shows: &mut Vec<Show>) {
        let mend = &self.lesson.mend;
        let lines = mend.before.iter().chain(&mend.weak).cloned().collect();
        (self.trial, self.graded, self.grade, self.place) = (None, None, None, Place::Lesson);
        self.set_up(lines, sitting, shows);
        self.try_fix(sitting, false);
    }

    fn set_up(&mut self, lines: Vec<Line>, sitting: &mut Sitting, shows: &mut Vec<Show>) {
        *sitting = Sitting::default();
        shows.push(Show::World);
        if let Err(error) = Playback::new(lines).play(sitting) {
            shows.push(Show::Refused(error.to_string()));
        }
        self.base = (sitting.applied(), sitting.run().now());
        self.task_from = self.base.0;
        self.told = sitting.log().story.len();
    }
}
