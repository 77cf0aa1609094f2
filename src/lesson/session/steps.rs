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
        self.enter(first, sitting, &mut shows);
        shows
    }

    /// The steps of this lesson.
    pub(super) fn steps(&self) -> &'static [Step] {
        let from = usize::from(self.lesson.recall.is_empty());
        &Step::ALL[from..Step::ALL.len() - 1]
    }

    pub(super) fn next(&mut self, sitting: &mut Sitting, shows: &mut Vec<Show>) {
        let refuse = |shows: &mut Vec<Show>, text: &str| shows.push(Show::Refused(text.to_owned()));
        match self.step {
            Step::Recall if !self.is_locked() => refuse(shows, "type the number of an option, or `jump 2` to go on"),
            Step::Recall if self.recall_at + 1 < self.lesson.recall.len() => {
                self.recall_at += 1;
                shows.push(Show::Page);
            }
            Step::Predict | Step::Transfer if !self.is_locked() => {
                refuse(shows, "first commit yourself: type the number of an option; it is then locked");
            }
            Step::Do if self.next_task().is_some() => self.do_task(sitting, shows),
            Step::Record if self.answer.is_none() => {
                refuse(shows, "first write down what you saw; look again with `where`");
            }
            Step::Fix if !self.is_fixed() => self.begin_grading(sitting, shows),
            Step::Done if self.place == Place::Sandbox => {
                refuse(shows, "this is the sandbox: every command works; `quit` ends");
            }
            Step::Further | Step::Done => {
                self.step = Step::Done;
                self.progress.step.clear();
                shows.push(Show::Ended(Ending::Finished));
            }
            _ => {
                let steps = self.steps();
                let place = steps.iter().position(|step| *step == self.step).unwrap_or(0);
                self.enter(steps[(place + 1).min(steps.len() - 1)], sitting, shows);
            }
        }
    }

    pub(super) fn jump(&mut self, number: usize, sitting: &mut Sitting, shows: &mut Vec<Show>) {
        match number.checked_sub(1).and_then(|place| self.steps().get(place)) {
            Some(step) => self.enter(*step, sitting, shows),
            None => shows.push(Show::Refused(format!("this lesson has the steps 1 to {}", self.steps().len()))),
        }
    }

    pub(super) fn test_out(&mut self, sitting: &mut Sitting, shows: &mut Vec<Show>) {
        if self.step >= Step::Fix {
            shows.push(Show::Refused("you are at the fix already".to_owned()));
            return;
        }
        if self.help == Help::Offered {
            self.help = Help::Refused;
        }
        self.enter(Step::Fix, sitting, shows);
        shows.push(Show::Notice("testing out: a hint or the solution ends the test".to_owned()));
    }

    fn enter(&mut self, step: Step, sitting: &mut Sitting, shows: &mut Vec<Show>) {
        let is_scene = |step: Step| (Step::Scene..=Step::Explain).contains(&step);
        let needs_scene = step == Step::Scene || (is_scene(step) && !is_scene(self.step)) || sitting.applied() == 0;
        let from = std::mem::replace(&mut self.step, step);
        step.name().clone_into(&mut self.progress.step);
        if step == Step::Fix && from != Step::Fix {
            self.set_up_fix(sitting, shows);
        } else if needs_scene && step < Step::Fix {
            self.set_up_scene(sitting, shows);
        }
        shows.push(Show::Page);
    }

    /// Begins the world of this step again.
    pub(super) fn again(&mut self, sitting: &mut Sitting, shows: &mut Vec<Show>) {
        if self.step == Step::Fix {
            let kept = self.graded.as_ref().filter(|_| self.place == Place::Witness).map(|graded| graded.fix.clone());
            self.set_up_fix(sitting, shows);
            if Playback::new(kept.unwrap_or_default()).play(sitting).is_ok() {
                self.try_fix(sitting);
            }
        } else {
            self.set_up_scene(sitting, shows);
        }
        shows.push(Show::Notice("the world begins again".to_owned()));
    }

    fn set_up_scene(&mut self, sitting: &mut Sitting, shows: &mut Vec<Show>) {
        self.tasks_done.fill(false);
        let lines = self.lesson.scene.lines.clone();
        self.set_up(lines, sitting, shows);
    }

    fn set_up_fix(&mut self, sitting: &mut Sitting, shows: &mut Vec<Show>) {
        let mend = &self.lesson.mend;
        let lines = mend.before.iter().chain(&mend.weak).cloned().collect();
        (self.trial, self.graded, self.grade, self.place) = (None, None, None, Place::Lesson);
        self.set_up(lines, sitting, shows);
        self.try_fix(sitting);
    }

    fn set_up(&mut self, lines: Vec<Line>, sitting: &mut Sitting, shows: &mut Vec<Show>) {
        *sitting = Sitting::default();
        shows.push(Show::World);
        if let Err(error) = Playback::new(lines).play(sitting) {
            shows.push(Show::Refused(error.to_string()));
        }
        self.base = (sitting.applied(), sitting.run().now());
        self.told = sitting.log().story.len();
    }
}
