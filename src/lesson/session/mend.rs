//! The fix: trying it on one seed as it is typed, grading it on many, hints, the solution, the witness.

use crate::lab::language::statement::{Line, Statement};
use crate::lab::sitting::Sitting;
use crate::lab::telling;

use super::super::grade::{self, Found, Grade, SeedResult, SeedRun, Verdict, counted, in_force};
use super::super::model::Mend;
use super::super::progress::Standing;
use super::{Graded, HINT_AFTER_US, Help, LessonSession, Place, Show, Step, Trial};

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

    /// The commands that count now and are in force, as they were typed.
    pub(super) fn fix_texts(&self) -> Vec<String> {
        let fix = self.trial.as_ref().map(|trial| in_force(&trial.fix)).unwrap_or_default();
        fix.into_iter().map(|line| line.source).collect()
    }

    /// Begins to try the fix under the first seed, if it is another one. Says whether it is.
    pub(super) fn try_fix(&mut self, sitting: &Sitting, is_attempt: bool) -> bool {
        let fix = self.fix(sitting);
        if self.trial.as_ref().is_some_and(|trial| Mend::is_same(&trial.fix, &fix)) {
            return false;
        }
        let run = Some(SeedRun::new(&self.lesson, &fix, 1));
        self.trial = Some(Trial { fix, result: None, run, is_attempt });
        self.wants_grade = false;
        true
    }

    /// Whether a fix is being tried.
    pub(super) fn is_trying(&self) -> bool {
        self.trial.as_ref().is_some_and(|trial| trial.run.is_some())
    }

    /// After the world changed: a fix that is another one is an attempt.
    pub(super) fn look_at_fix(&mut self, sitting: &Sitting) {
        if self.place == Place::Witness || self.grade.is_some() || !self.try_fix(sitting, true) {
            return;
        }
        // What was taken back is no attempt.
        let has_fix = self.trial.as_ref().is_some_and(|trial| !trial.fix.is_empty());
        self.graded = None;
        self.attempts += u32::from(has_fix);
        self.progress.attempts += u32::from(has_fix);
    }

    /// Goes on with what takes long.
    pub(super) fn work_on(&mut self, events: u64, shows: &mut Vec<Show>) {
        let run = self.trial.as_mut().and_then(|trial| trial.run.as_mut());
        let Some(run) = run else { return self.grade_on(events, shows) };
        let Some(result) = run.step(events) else { return };
        if let Some(trial) = &mut self.trial {
            trial.run = None;
            trial.result = Some(result.map_err(|error| error.message));
            if trial.is_attempt {
                shows.push(Show::Goals);
                shows.extend(self.trial_words());
            }
        }
        if std::mem::take(&mut self.wants_grade) {
            self.grade_what_was_tried(shows);
        }
    }

    /// What to say of the fix that was tried.
    fn trial_words(&self) -> Vec<Show> {
        let Some(Trial { fix, result: Some(result), .. }) = &self.trial else { return Vec::new() };
        let result = match result {
            Ok(result) => result,
            Err(words) => return vec![Show::Refused(words.clone())],
        };
        if fix.is_empty() {
            return Vec::new();
        }
        let lasted = seconds_text(result.lasted_us);
        if result.is_met() {
            let seeds = self.lesson.head.seeds;
            return vec![Show::Notice(format!(
                "tried in a copy of this world, up to {lasted}: all goals are met there. \
                 {{grade}} tries {seeds} such runs, each with other random delays and other customers"
            ))];
        }
        let words = match self.near_miss(fix) {
            Some(reply) => reply.to_owned(),
            None if result.goals.iter().all(Found::is_met) => self.nothing_happened(),
            None => {
                format!("tried in a copy of this world, up to {lasted}; still open: {}", self.open_texts(result))
            }
        };
        let mut shows = vec![Show::Notice(words)];
        let count = in_force(fix).len();
        if count > 1 {
            shows.push(Show::Notice(format!(
                "{count} commands are in force together; {{undo}} takes back the last, `{{:}}again` begins without any"
            )));
        }
        shows
    }

    /// Whether all goals are met in the run that was tried.
    fn is_met(&self) -> bool {
        let result = self.trial.as_ref().and_then(|trial| trial.result.as_ref());
        matches!(result, Some(Ok(result)) if result.is_met())
    }

    /// What the goals came to in the run that was tried, if it is over.
    pub(super) fn tried(&self) -> Option<&SeedResult> {
        self.trial.as_ref()?.result.as_ref()?.as_ref().ok()
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
            shows.push(Show::Notice("it is being graded{; Esc stops|}".to_owned()));
            return;
        }
        if self.place == Place::Witness {
            shows.push(Show::Refused("this is a witness; `{:}again` returns to your fix".to_owned()));
            return;
        }
        self.try_fix(sitting, true);
        if self.is_trying() {
            self.wants_grade = true;
            shows.push(Show::Notice("it is tried in one run first; then in many".to_owned()));
        } else {
            self.grade_what_was_tried(shows);
        }
    }

    fn grade_what_was_tried(&mut self, shows: &mut Vec<Show>) {
        if !self.is_met() {
            shows.push(Show::Notice(self.unmet_words()));
            return;
        }
        let fix = self.trial.as_ref().map(|trial| trial.fix.clone()).unwrap_or_default();
        let seeds = u64::from(self.lesson.head.seeds);
        self.grade = Some(Grade::new(self.lesson.clone(), fix, seeds));
        shows.push(Show::Notice(format!("trying your fix in {seeds} runs{{; Esc stops|}}")));
    }

    /// Stops grading; nothing comes of it.
    pub(super) fn cancel(&mut self, shows: &mut Vec<Show>) {
        let words = match self.grade.take() {
            Some(grade) => {
                let (done, of) = grade.progress();
                format!("stopped after {done} of {of} runs; it counts for nothing")
            }
            None => "nothing is being graded".to_owned(),
        };
        shows.push(Show::Notice(words));
    }

    /// What to say of a fix that the lesson knows as a near-miss.
    fn near_miss(&self, fix: &[Line]) -> Option<&str> {
        let force = in_force(fix);
        let near = self.lesson.mend.near_misses.iter().find(|near| Mend::is_same(&near.lines, &force))?;
        Some(near.reply.as_str())
    }

    fn grade_on(&mut self, events: u64, shows: &mut Vec<Show>) {
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
            shows.push(Show::Task("{next} goes on".to_owned()));
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
                    "it holds: no goal was broken in {seeds} runs, with {} {name} completed. So it breaks in fewer than {share:.1} % of all runs (with 95 % confidence); that is not never",
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
                let goal = self.goal_in_words(witness.goal, &witness.found);
                let failed = grade.failures().iter().max().copied().unwrap_or_default();
                format!(
                    "not yet: {failed} of {done} runs broke a goal. In run {}: {goal}; `{{:}}witness` opens that run, to look around in it",
                    witness.seed
                )
            }
            (_, None) => "it is being graded".to_owned(),
        }
    }

    /// Opens the run in which a goal was not met.
    pub(super) fn witness(&mut self, sitting: &mut Sitting, shows: &mut Vec<Show>) {
        let Some((fix, seed)) = self.failing().map(|(fix, seed)| (fix.to_vec(), seed)) else {
            let words = if self.step == Step::Fix && self.is_met() {
                "a witness is a run in which a goal was not met, and none was found yet; {grade} looks for one"
            } else if self.is_working() {
                return shows.push(Show::Notice("it is being tried; ask again in a moment".to_owned()));
            } else {
                "a witness is a run in which a goal of the fix was not met; there is none at this step"
            };
            shows.push(Show::Refused(words.to_owned()));
            return;
        };
        let playback = grade::playback(&self.lesson, &fix, seed);
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
        let now = telling::clock(sitting.run().now().0);
        let goals = grade::result(&self.lesson, seed, sitting).goals;
        let unmet = goals.iter().enumerate().find(|(_, found)| !found.is_met());
        let unmet =
            unmet.map_or(String::new(), |(index, found)| format!("; open: {}", self.goal_in_words(index, found)));
        let words = format!(
            "this is run {seed}, at its end{{|, at {now}}}{unmet}; look around: {{back}} goes back, `{{:}}again` returns to your fix"
        );
        shows.push(Show::Notice(words));
    }

    /// A run in which a goal was not met, by its fix and its seed: of the grading, else the one that was tried.
    fn failing(&self) -> Option<(&[Line], u64)> {
        if let (Some(witness), Some(graded)) = (&self.last_witness, self.graded.as_ref().filter(|it| !it.is_passed)) {
            return Some((&graded.fix, witness.seed));
        }
        let trial = self.trial.as_ref().filter(|_| self.step == Step::Fix)?;
        let result = trial.result.as_ref()?.as_ref().ok()?;
        (!result.is_met()).then_some((&*trial.fix, result.seed))
    }

    /// Whether there is a run to open in which a goal was not met: it tells all that the goals' lines leave out.
    pub(super) fn has_witness(&self) -> bool {
        self.failing().is_some()
    }

    pub(super) fn hint(&mut self, shows: &mut Vec<Show>) {
        let refuse = |shows: &mut Vec<Show>, words: &str| shows.push(Show::Refused(words.to_owned()));
        if self.step != Step::Fix {
            return refuse(shows, "hints come at the fix");
        }
        let Some(text) = self.lesson.mend.hints.get(self.hints).cloned() else {
            return refuse(shows, "there are no more hints; `{:}solution` shows how it is done");
        };
        if !self.is_hint_ready() {
            let left = self.seconds_to_hint();
            return refuse(
                shows,
                &format!("a hint comes after an attempt (a command that counts towards the fix), or in {left} seconds"),
            );
        }
        self.hints += 1;
        self.progress.hints += 1;
        (self.attempts, self.waited_us) = (0, 0);
        if self.help == Help::Refused {
            self.help = Help::Offered;
            shows.push(Show::Notice("the test is over; the lesson goes on from here".to_owned()));
        }
        let of = self.lesson.mend.hints.len();
        shows.push(Show::Hint(format!("hint {} of {of}: {text}", self.hints)));
    }

    pub(super) fn is_hint_ready(&self) -> bool {
        self.attempts > 0 || self.waited_us >= HINT_AFTER_US
    }

    /// How many seconds a hint waits for an attempt; 0 if it may be asked for now.
    pub(super) fn seconds_to_hint(&self) -> u64 {
        let left = HINT_AFTER_US.saturating_sub(self.waited_us).div_ceil(1_000_000);
        if self.is_hint_ready() { 0 } else { left }
    }

    /// Shows the solution.
    pub(super) fn reveal(&mut self, shows: &mut Vec<Show>) {
        self.help = Help::Shown;
        self.progress.shown = true;
        let lines = &self.lesson.mend.solution;
        shows.extend(lines.iter().map(|line| Show::Notice(format!("the solution: {}", line.source))));
        shows.push(Show::Notice("type it, and see the goals; {grade} then tries it in many runs".to_owned()));
    }
}

fn seconds_text(us: u64) -> String {
    crate::lab::language::time_text(us)
}
