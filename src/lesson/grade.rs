//! Grading a fix over many seeds, step by step: a frame steps it within a budget of events, or a pool runs
//! [`run_seed`] on threads and hands the results to [`Grade::take`]; the verdicts are equal.

use std::sync::Arc;

use crate::lab::evaluate::evaluate;
use crate::lab::language::statement::{Condition, Line, Statement};
use crate::lab::sitting::Sitting;

use super::model::{Lesson, command_name};
use super::playback::{Playback, PlaybackError};

/// Operations of the lesson's type that have to complete in all seeds together: fewer prove nothing.
pub const COMPLETED_MIN: u64 = 100;

/// What one seed came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedResult {
    /// Which.
    pub seed: u64,
    /// For each goal, whether it is met, and what was found.
    pub goals: Vec<(bool, String)>,
    /// Operations of the lesson's type that completed.
    pub completed: u64,
}

/// A run to look at: what a goal did not meet, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// Under which seed.
    pub seed: u64,
    /// Which goal, by number.
    pub goal: usize,
    /// What was found.
    pub found: String,
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
    current: Option<(Sitting, Playback)>,
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
        let seed = self.done + 1;
        let (mut sitting, mut playback) =
            self.current.take().unwrap_or_else(|| (Sitting::going_on_only(), playback(&self.lesson, &self.fix, seed)));
        match playback.step(&mut sitting, events) {
            Ok(true) => self.take(Ok(result(&self.lesson, seed, &sitting))),
            Ok(false) => self.current = Some((sitting, playback)),
            Err(error) => self.take(Err(error)),
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
        for (goal, (is_met, found)) in result.goals.into_iter().enumerate() {
            if !is_met {
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
    let lines = [&mend.before, &mend.weak, fix, &mend.after].into_iter().flatten().cloned().collect();
    Playback::new(lines).seeded(seed)
}

/// What the goals say of a run at its end.
pub fn result(lesson: &Lesson, seed: u64, end: &Sitting) -> SeedResult {
    let judge = |goal: &super::model::Goal| {
        let evaluation = evaluate(&goal.condition, end);
        let is_met = evaluation.met == Some(true);
        let is_measured = matches!(goal.condition, Condition::Compare { .. });
        (is_met, if is_met && !is_measured { "so it is".to_owned() } else { evaluation.found })
    };
    let completed = end.run().metrics().latency(lesson.head.operation).done;
    SeedResult { seed, goals: lesson.mend.goals.iter().map(judge).collect(), completed }
}

/// The lines that count as a fix: what a learner looked at or tried besides never blocks.
pub fn counted<'a>(lesson: &Lesson, lines: impl IntoIterator<Item = &'a Line>) -> Vec<Line> {
    let counts = |line: &&Line| match &line.statement {
        Some(statement @ Statement::World(_)) => lesson.head.allows.contains(&command_name(statement)),
        _ => false,
    };
    lines.into_iter().filter(counts).map(|line| Line { when: None, ..line.clone() }).collect()
}
