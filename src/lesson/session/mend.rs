//! The fix: trying it on one seed as it is typed, grading it on many, hints, the solution, the witness.

use crate::lab::language::statement::{Line, Statement};
use crate::lab::sitting::Sitting;

use super::super::grade::{self, Grade, Verdict, counted, run_seed};
use super::super::model::Mend;
use super::super::progress::Standing;
use super::{Graded, HINT_AFTER_US, Help, LessonSession, Place, Show, Step};

impl LessonSession {
    /// The commands of the learner that count as a fix.
    fn fix(&self, sitting: &Sitting) -> Vec<Line> {
        let own = sitting.commands().get(self.base.0..sitting.applied()).unwrap_or_default();
        let lines: Vec<Line> = own
            .iter()
            .map(|recorded| Line {
                number: 1,
                when: None,
                statement: Some(Statement::World(recorded.command.clone())),
                source: recorded.text.clone(),
            })
            .collect();
        counted(&self.lesson, &lines)
    }

    /// The commands that count now, as they were typed.
    pub(super) fn fix_texts(&self) -> Vec<String> {
        let fix = self.trial.as_ref().map(|(fix, _)| fix.as_slice()).unwrap_or_default();
        fix.iter().map(|line| line.source.clone()).collect()
    }

    /// Tries the fix under the first seed, if it is another one. Says whether it is.
    pub(super) fn try_fix(&mut self, sitting: &Sitting) -> bool {
        let fix = self.fix(sitting);
        if self.trial.as_ref().is_some_and(|(tried, _)| Mend::is_same(tried, &fix)) {
            return false;
        }
        let result = run_seed(&self.lesson, &fix, 1).map_err(|error| error.message);
        self.trial = Some((fix, result));
        true
    }

    /// After the world changed: a fix that is another one is an attempt.
    pub(super) fn look_at_fix(&mut self, sitting: &Sitting, shows: &mut Vec<Show>) {
        if self.place == Place::Witness || !self.try_fix(sitting) {
            return;
        }
        self.graded = None;
        self.attempts += 1;
        self.progress.attempts += 1;
        shows.push(Show::Goals);
        if self.is_met() {
            shows.push(Show::Notice("all goals are met in this one run; `grade` tries many".to_owned()));
        } else if let Some((_, Err(words))) = &self.trial {
            shows.push(Show::Refused(words.clone()));
        } else {
            let reply = self.trial.as_ref().and_then(|(fix, _)| self.near_miss(fix));
            shows.extend(reply.map(|reply| Show::Notice(reply.to_owned())));
        }
    }

    /// Whether all goals are met in the run that was tried.
    fn is_met(&self) -> bool {
        matches!(&self.trial, Some((_, Ok(result))) if result.goals.iter().all(|(is_met, _)| *is_met))
    }

    /// Whether the fix was graded and passed.
    pub(super) fn is_fixed(&self) -> bool {
        self.graded.as_ref().is_some_and(|graded| graded.is_passed)
    }

    pub(super) fn begin_grading(&mut self, sitting: &Sitting, shows: &mut Vec<Show>) {
        if self.step != Step::Fix {
            shows.push(Show::Refused("there is nothing to grade at this step".to_owned()));
            return;
        }
        if self.grade.is_some() {
            shows.push(Show::Refused("it is being graded".to_owned()));
            return;
        }
        if self.place == Place::Witness {
            shows.push(Show::Refused("this is a witness; `again` returns to your fix".to_owned()));
            return;
        }
        self.try_fix(sitting);
        if !self.is_met() {
            shows.push(Show::Refused(self.unmet_words()));
            return;
        }
        let fix = self.trial.as_ref().map(|(fix, _)| fix.clone()).unwrap_or_default();
        let seeds = u64::from(self.lesson.head.seeds);
        self.grade = Some(Grade::new(self.lesson.clone(), fix, seeds));
        shows.push(Show::Notice(format!("grading over {seeds} seeds")));
    }

    fn unmet_words(&self) -> String {
        match &self.trial {
            Some((_, Err(words))) => words.clone(),
            Some((fix, Ok(result))) => {
                let goals = self.lesson.mend.goals.iter().zip(&result.goals);
                let unmet = goals
                    .filter(|(_, (is_met, _))| !is_met)
                    .map(|(goal, (_, found))| format!("{} ({}, but {found})", goal.text, goal.wanted));
                let unmet: Vec<String> = unmet.collect();
                let reply =
                    self.near_miss(fix).map(|reply| format!(". {}", reply.trim_end_matches('.'))).unwrap_or_default();
                format!(
                    "still open: {}{reply}. `hint` helps; `jump {}` goes on without",
                    unmet.join("; "),
                    self.number() + 1
                )
            }
            None => "nothing was tried yet".to_owned(),
        }
    }

    /// What to say of a fix that the lesson knows as a near-miss.
    fn near_miss(&self, fix: &[Line]) -> Option<&str> {
        let near = self.lesson.mend.near_misses.iter().find(|near| Mend::is_same(&near.lines, fix))?;
        Some(near.reply.as_str())
    }

    pub(super) fn grade_on(&mut self, events: u64, shows: &mut Vec<Show>) {
        let Some(grade) = &mut self.grade else { return };
        if !grade.step(events) {
            return;
        }
        if let Some(grade) = self.grade.take() {
            self.take_verdict(&grade, shows);
        }
    }

    fn take_verdict(&mut self, grade: &Grade, shows: &mut Vec<Show>) {
        let fix = grade.subject().1.to_vec();
        let is_passed = grade.verdict() == Some(Verdict::Passed);
        let words = self.verdict_words(grade);
        if is_passed {
            let standing = match self.help {
                Help::Shown => Standing::Shown,
                Help::Refused => Standing::TestedOut,
                Help::Offered => Standing::Solved,
            };
            self.progress.reach(standing);
        } else {
            self.attempts += 1;
            self.progress.attempts += 1;
        }
        let reply = if is_passed { None } else { self.near_miss(&fix).map(str::to_owned) };
        shows.push(Show::Notice(words.clone()));
        shows.extend(reply.map(Show::Notice));
        if is_passed {
            shows.push(Show::Notice("Enter goes on".to_owned()));
        }
        self.last_witness = grade.witness().cloned();
        self.graded = Some(Graded { fix, is_passed, words });
    }

    fn verdict_words(&self, grade: &Grade) -> String {
        let (done, seeds) = grade.progress();
        match (grade.verdict(), grade.witness()) {
            (Some(Verdict::Passed), _) => {
                let share = 300.0 / seeds.max(1) as f64;
                let name = self.lesson.head.operation.name();
                format!(
                    "it holds: 0 of {seeds} runs broke a goal, with {} {name} completed. That is below {share:.1} % at 95 % confidence, not never",
                    grade.completed()
                )
            }
            (Some(Verdict::Vacuous), _) => {
                let least = grade::COMPLETED_MIN;
                let name = self.lesson.head.operation.name();
                format!(
                    "nothing broke, but only {} {name} completed; {least} are needed to mean something",
                    grade.completed()
                )
            }
            (Some(Verdict::Refused(words)), _) => words,
            (_, Some(witness)) => {
                let goal = &self.lesson.mend.goals[witness.goal];
                let failed = grade.failures().iter().max().copied().unwrap_or_default();
                format!(
                    "not yet: {failed} of {done} runs broke a goal. Under seed {}: {} ({}), but {}. `witness` opens that run",
                    witness.seed, goal.text, goal.wanted, witness.found
                )
            }
            (_, None) => "it is being graded".to_owned(),
        }
    }

    /// Opens the run in which a goal was not met.
    pub(super) fn witness(&mut self, sitting: &mut Sitting, shows: &mut Vec<Show>) {
        let (Some(witness), Some(graded)) = (self.last_witness.clone(), &self.graded) else {
            shows.push(Show::Refused("there is no run to open; `grade` looks for one".to_owned()));
            return;
        };
        let playback = grade::playback(&self.lesson, &graded.fix, witness.seed);
        let mut opened = Sitting::default();
        if let Err(error) = playback.play(&mut opened) {
            shows.push(Show::Refused(error.to_string()));
            return;
        }
        *sitting = opened;
        shows.push(Show::World);
        self.place = Place::Witness;
        self.told = 0;
        self.tell(sitting, shows);
        let words = format!(
            "this is the run under seed {}; look around, `go TIME` goes back, `again` returns to the fix",
            witness.seed
        );
        shows.push(Show::Notice(words));
    }

    pub(super) fn hint(&mut self, shows: &mut Vec<Show>) {
        let refuse = |shows: &mut Vec<Show>, words: &str| shows.push(Show::Refused(words.to_owned()));
        if self.step != Step::Fix {
            return refuse(shows, "hints come at the fix");
        }
        let Some(text) = self.lesson.mend.hints.get(self.hints).cloned() else {
            return refuse(shows, "there are no more hints; `solution` shows how it is done");
        };
        if !self.is_hint_ready() {
            return refuse(shows, "try something first, or wait: a hint comes after an attempt or 45 seconds");
        }
        self.hints += 1;
        self.progress.hints += 1;
        (self.attempts, self.waited_us) = (0, 0);
        if self.help == Help::Refused {
            self.help = Help::Offered;
            shows.push(Show::Notice("the test is over; the lesson goes on from here".to_owned()));
        }
        let of = self.lesson.mend.hints.len();
        shows.push(Show::Notice(format!("hint {} of {of}: {text}", self.hints)));
    }

    pub(super) fn is_hint_ready(&self) -> bool {
        self.attempts > 0 || self.waited_us >= HINT_AFTER_US
    }

    /// Shows the solution.
    pub(super) fn reveal(&mut self, shows: &mut Vec<Show>) {
        self.help = Help::Shown;
        self.progress.shown = true;
        let lines = &self.lesson.mend.solution;
        shows.extend(lines.iter().map(|line| Show::Notice(format!("the solution: {}", line.source))));
        shows.push(Show::Notice("type it, and see the goals; `grade` tries many runs".to_owned()));
    }
}
