//! Grading a fix over many seeds, step by step: a frame steps it within a budget of events, or a pool runs
//! [`run_seed`] on threads and hands the results to [`Grade::take`]; the verdicts are equal.

use std::sync::Arc;

use crate::base::OpType;
use crate::cluster::WorldCommand;
use crate::lab::evaluate::{evaluate, shown, value_of};
use crate::lab::language::statement::{Condition, Line, Statement};
use crate::lab::sitting::Sitting;

use super::model::{Goal, Lesson, command_name};
use super::playback::{Playback, PlaybackError};

/// Operations of the lesson's type that have to complete in all seeds together: fewer prove nothing.
pub const COMPLETED_MIN: u64 = 100;

/// How a goal stands at the end of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoalState {
    /// Nobody knows yet.
    Untried,
    /// It is met.
    Met,
    /// It is not: something measured is beyond what is wanted, or a judge cannot tell.
    NotYet,
    /// A claim was violated.
    Broken,
}

/// What a goal came to in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// How it stands.
    pub state: GoalState,
    /// What was measured, or what is in the way; empty if there is nothing to say.
    pub now: String,
}

impl Found {
    /// Whether the goal is met.
    pub fn is_met(&self) -> bool {
        self.state == GoalState::Met
    }
}

/// What one seed came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedResult {
    /// Which.
    pub seed: u64,
    /// For each goal, what it came to.
    pub goals: Vec<Found>,
    /// Operations of the lesson's type that completed.
    pub completed: u64,
    /// How long the world lasted, in microseconds.
    pub lasted_us: u64,
}

impl SeedResult {
    /// Whether every goal is met, and not because nothing happened.
    pub fn is_met(&self) -> bool {
        self.completed > 0 && self.goals.iter().all(Found::is_met)
    }
}

/// A run to look at: what a goal did not meet, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// Under which seed.
    pub seed: u64,
    /// Which goal, by number.
    pub goal: usize,
    /// What it came to.
    pub found: Found,
}

/// How a grading ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every goal was met under every seed.
    Passed,
    /// Some goal was not.
    Failed,
    /// Every goal was met, but hardly anything happened.
    Vacuous,
    /// The commands cannot be played.
    Refused(String),
}

/// A grading under way. The first seed is 1.
#[derive(Debug)]
pub struct Grade {
    lesson: Arc<Lesson>,
    fix: Vec<Line>,
    seeds: u64,
    done: u64,
    /// For each goal, under how many seeds it was not met.
    failures: Vec<u64>,
    completed: u64,
    witness: Option<Witness>,
    refused: Option<String>,
    current: Option<SeedRun>,
}

/// One seed under way.
#[derive(Debug)]
pub struct SeedRun {
    lesson: Arc<Lesson>,
    seed: u64,
    sitting: Sitting,
    playback: Playback,
}

impl SeedRun {
    /// Nothing of it is played yet.
    pub fn new(lesson: &Arc<Lesson>, fix: &[Line], seed: u64) -> Self {
        let (lesson, playback) = (lesson.clone(), playback(lesson, fix, seed));
        Self { lesson, seed, sitting: Sitting::going_on_only(), playback }
    }

    /// Plays on for about so many events; the result, once it is there.
    pub fn step(&mut self, events: u64) -> Option<Result<SeedResult, PlaybackError>> {
        match self.playback.step(&mut self.sitting, events) {
            Ok(true) => Some(Ok(result(&self.lesson, self.seed, &self.sitting))),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        }
    }
}

impl Grade {
    /// Nothing is graded yet.
    pub fn new(lesson: Arc<Lesson>, fix: Vec<Line>, seeds: u64) -> Self {
        let failures = vec![0; lesson.mend.goals.len()];
        Self { lesson, fix, seeds, done: 0, failures, completed: 0, witness: None, refused: None, current: None }
    }

    /// How many seeds are done, and how many there are.
    pub fn progress(&self) -> (u64, u64) {
        (self.done, self.seeds)
    }

    /// The lesson and the fix that are graded.
    pub fn subject(&self) -> (&Arc<Lesson>, &[Line]) {
        (&self.lesson, &self.fix)
    }

    /// For each goal, under how many seeds it was not met.
    pub fn failures(&self) -> &[u64] {
        &self.failures
    }

    /// Operations of the lesson's type that completed so far.
    pub fn completed(&self) -> u64 {
        self.completed
    }

    /// The first run in which a goal was not met.
    pub fn witness(&self) -> Option<&Witness> {
        self.witness.as_ref()
    }

    /// Grades on for about so many events. Says whether it is done.
    pub fn step(&mut self, events: u64) -> bool {
        if self.verdict().is_some() {
            return true;
        }
        let (lesson, fix, seed) = (&self.lesson, &self.fix, self.done + 1);
        let current = self.current.get_or_insert_with(|| SeedRun::new(lesson, fix, seed));
        if let Some(result) = current.step(events) {
            self.current = None;
            self.take(result);
        }
        self.verdict().is_some()
    }

    /// Takes in the result of the next seed.
    pub fn take(&mut self, result: Result<SeedResult, PlaybackError>) {
        self.done += 1;
        let result = match result {
            Ok(result) => result,
            Err(error) => {
                self.refused.get_or_insert(error.message);
                return;
            }
        };
        self.completed += result.completed;
        for (goal, found) in result.goals.into_iter().enumerate() {
            if !found.is_met() {
                self.failures[goal] += 1;
                self.witness.get_or_insert(Witness { seed: result.seed, goal, found });
            }
        }
    }

    /// How it ended, once it has.
    pub fn verdict(&self) -> Option<Verdict> {
        if let Some(message) = &self.refused {
            return Some(Verdict::Refused(message.clone()));
        }
        if self.done < self.seeds {
            return None;
        }
        Some(match (self.witness.is_some(), self.completed) {
            (true, _) => Verdict::Failed,
            (false, completed) if completed < COMPLETED_MIN => Verdict::Vacuous,
            _ => Verdict::Passed,
        })
    }
}

/// Plays one seed to its end.
///
/// # Errors
/// If the commands cannot be played.
pub fn run_seed(lesson: &Lesson, fix: &[Line], seed: u64) -> Result<SeedResult, PlaybackError> {
    let mut sitting = Sitting::going_on_only();
    playback(lesson, fix, seed).play(&mut sitting)?;
    Ok(result(lesson, seed, &sitting))
}

/// The graded world under a seed, with a fix in it, not yet played.
pub fn playback(lesson: &Lesson, fix: &[Line], seed: u64) -> Playback {
    let mend = &lesson.mend;
    let lines = [&mend.before, &mend.weak, fix, mend.after(seed)].into_iter().flatten().cloned().collect();
    Playback::new(lines).seeded(seed)
}

/// What the goals say of a run at its end.
pub fn result(lesson: &Lesson, seed: u64, end: &Sitting) -> SeedResult {
    let completed = end.run().metrics().latency(lesson.head.operation).done;
    let lasted_us = end.run().now().0;
    SeedResult { seed, goals: lesson.mend.goals.iter().map(|goal| judge(goal, end)).collect(), completed, lasted_us }
}

/// What a goal comes to.
fn judge(goal: &Goal, end: &Sitting) -> Found {
    let evaluation = evaluate(&goal.condition, end);
    let state = match (evaluation.met, &goal.condition) {
        (Some(true), _) => GoalState::Met,
        (Some(false), Condition::Claim { .. }) => GoalState::Broken,
        _ => GoalState::NotYet,
    };
    let now = match &goal.condition {
        Condition::Compare { measure, .. } => shown(&value_of(&measure.kind, end.run())),
        _ if state == GoalState::Met => String::new(),
        _ => evaluation.found,
    };
    Found { state, now }
}

/// The lines that count as a fix: what a learner looked at or tried besides never blocks.
pub fn counted<'a>(lesson: &Lesson, lines: impl IntoIterator<Item = &'a Line>) -> Vec<Line> {
    let counts = |line: &&Line| match &line.statement {
        Some(statement @ Statement::World(_)) => lesson.head.allows.contains(&command_name(statement)),
        _ => false,
    };
    lines.into_iter().filter(counts).map(|line| Line { when: None, ..line.clone() }).collect()
}

/// Those of a fix that are in force at its end: what a later one sets anew in full is left out.
pub fn in_force(fix: &[Line]) -> Vec<Line> {
    let is_renewed = |(index, line): &(usize, &Line)| fix[index + 1..].iter().any(|later| renews(later, line));
    fix.iter().enumerate().filter(|row| !is_renewed(row)).map(|(_, line)| line.clone()).collect()
}

/// Whether a later command sets all that an earlier one has set.
fn renews(later: &Line, earlier: &Line) -> bool {
    use WorldCommand as C;
    let (Some(Statement::World(later)), Some(Statement::World(earlier))) = (&later.statement, &earlier.statement)
    else {
        return false;
    };
    match (later, earlier) {
        (C::Policy { glob: later, .. }, C::Policy { glob: earlier, .. }) => covers(later, earlier),
        (C::Merge { service: later, .. }, C::Merge { service: earlier, .. }) => later == earlier,
        (C::Heartbeat(_), C::Heartbeat(_))
        | (C::Slo(_), C::Slo(_))
        | (C::Gossip { .. }, C::Gossip { .. })
        | (C::Grace(_), C::Grace(_)) => true,
        _ => later == earlier,
    }
}

/// Whether one glob matches every operation type that another one does.
fn covers(one: &str, other: &str) -> bool {
    let all = OpType::matching(one);
    OpType::matching(other).iter().all(|op_type| all.contains(op_type))
}
