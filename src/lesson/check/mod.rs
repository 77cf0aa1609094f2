//! What a machine can prove of a lesson: its part of the rubric in the course's notes.
//!
//! ```text
//!   1m  the anomaly bites on its seed, and with all delays up to a fifth longer or shorter
//!   2m  under the fix no goal breaks in 200 seeds or more, and 100 operations or more complete
//!   3m  near-misses fail exactly the goal they name, alternatives pass, leftovers never block
//!   4m  the world makes exactly one option of each question right
//!   7m  the limits of length are kept, and it can be read at 30 columns
//!       what it needs is known; no task is done before it begins; its keys play it to its end
//! ```
//!
//! Grading is the caller's: a test steps it on the spot, the program runs it on all cores.

mod limits;
mod mends;
mod plays;

use std::fmt;
use std::sync::Arc;

use crate::base::shown::shown;
use crate::lab::evaluate::evaluate;
use crate::lab::sitting::Sitting;
use crate::sim::Stretch;

use super::catalogue::Catalogue;
use super::decide::{Decision, decide};
use super::grade::Grade;
use super::model::{Lesson, Question};
use super::playback::Playback;
use super::source::LessonError;

pub use limits::limits;

/// A row of the rubric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Row {
    /// 1m.
    Bites,
    /// 2m.
    Mends,
    /// 3m.
    NearMisses,
    /// 4m.
    OneOption,
    /// 7m.
    Limits,
    /// What it needs is known.
    Needs,
    /// No task is done before it begins.
    Start,
    /// Its keys play it to its end.
    Keys,
}

impl Row {
    /// The name for it in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bites => "1m bites",
            Self::Mends => "2m mends",
            Self::NearMisses => "3m near-misses",
            Self::OneOption => "4m one option",
            Self::Limits => "7m limits",
            Self::Needs => "needs",
            Self::Start => "start",
            Self::Keys => "keys",
        }
    }
}

/// A row that a lesson does not meet, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which row.
    pub row: Row,
    /// Where, and what to do.
    pub error: LessonError,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LessonError { file, line, column, message } = &self.error;
        write!(f, "{file}:{line}:{column}: {}: {message}", self.row.name())
    }
}

/// How a check is done: who grades, and how much of it.
pub struct Effort<'a> {
    /// Grades to the end.
    pub grade: &'a mut dyn FnMut(&mut Grade),
    /// Is told what is being proved.
    pub progress: &'a mut dyn FnMut(&str),
    /// At most so many seeds in one grading; the lesson's own number if it is less.
    pub seeds_max: u64,
}

/// Random draws of stretched delays, besides all shorter and all longer.
const STRETCHES: u64 = 40;
/// How much delays are stretched, in thousandths.
const STRETCH_PER_MILLE: u16 = 200;

/// Proves a lesson by every row; what it does not meet comes back.
pub fn check(lesson: &Arc<Lesson>, catalogue: &Catalogue, effort: &mut Effort<'_>) -> Vec<Finding> {
    let mut checker = Checker { lesson, findings: Vec::new(), effort };
    checker.note("its form");
    checker.findings.extend(limits(lesson));
    checker.needs(catalogue);
    checker.start();
    checker.note("its questions");
    checker.questions();
    checker.note("that it bites");
    checker.bites();
    if checker.findings.is_empty() {
        checker.mends();
    }
    if checker.findings.is_empty() {
        checker.near_misses();
        checker.alternatives();
    }
    // What is wrong above would only be said again.
    if checker.findings.is_empty() {
        checker.note("its keys");
        checker.keys();
    }
    let mut findings = checker.findings;
    findings.sort_by_key(|finding| (finding.error.line, finding.error.column, finding.row));
    findings
}

struct Checker<'a, 'e> {
    lesson: &'a Arc<Lesson>,
    findings: Vec<Finding>,
    effort: &'a mut Effort<'e>,
}

impl Checker<'_, '_> {
    fn note(&mut self, what: &str) {
        (self.effort.progress)(what);
    }

    fn refuse(&mut self, row: Row, at: usize, message: impl AsRef<str>) {
        self.findings.push(Finding { row, error: self.lesson.source.error(at, message) });
    }

    fn needs(&mut self, catalogue: &Catalogue) {
        for (at, id) in &self.lesson.head.needs {
            if !catalogue.is_known(id) {
                let found = shown(id);
                self.refuse(Row::Needs, *at, format!("expected the id of a lesson of the course, found {found}"));
            } else if *id == self.lesson.head.id {
                self.refuse(Row::Needs, *at, "expected another lesson, a lesson cannot need itself");
            }
        }
    }

    fn scene(&self) -> Result<Sitting, String> {
        let mut scene = Sitting::going_on_only();
        let played = Playback::new(self.lesson.scene.lines.clone()).play(&mut scene);
        played.map(|()| scene).map_err(|error| error.to_string())
    }

    /// No task is done before it begins.
    fn start(&mut self) {
        let scene = match self.scene() {
            Ok(scene) => scene,
            Err(message) => return self.refuse(Row::Start, self.lesson.scene.prose.at, message),
        };
        for task in self.lesson.opening.tasks.iter().chain(&self.lesson.tasks.tasks) {
            let is_done = |condition| evaluate(condition, &scene).met == Some(true);
            if task.done.as_ref().is_some_and(is_done) {
                self.refuse(Row::Start, task.at, "expected a task that is open at its start; it is done already");
            }
        }
    }

    fn questions(&mut self) {
        let lesson = self.lesson.clone();
        let Ok(scene) = self.scene() else { return };
        let empty = Sitting::going_on_only();
        let others = lesson.recall.iter().chain([&lesson.transfer]).map(|question| (question, &empty));
        for (question, start) in std::iter::once((&lesson.predict, &scene)).chain(others) {
            self.question(question, start);
        }
    }

    fn question(&mut self, question: &Question, start: &Sitting) {
        match decide(question, start, Stretch::None) {
            Err(error) => self.refuse(Row::OneOption, question.at, format!("line {}: {error}", error.line)),
            Ok(Decision { right, .. }) if right.len() != 1 => {
                let texts: Vec<&str> = right.iter().map(|index| question.options[*index].text.as_str()).collect();
                let found = if texts.is_empty() { "none".to_owned() } else { texts.join("; ") };
                self.refuse(
                    Row::OneOption,
                    question.at,
                    format!("expected the world to make one option right, found {found}"),
                );
            }
            Ok(_) => {}
        }
    }

    /// The anomaly occurs on its seed and under every stretch, and the same option stays right.
    fn bites(&mut self) {
        let all = [1_000 - STRETCH_PER_MILLE, 1_000 + STRETCH_PER_MILLE].map(|per_mille| Stretch::All { per_mille });
        let each = (0..STRETCHES).map(|salt| Stretch::Each { salt, by_per_mille: STRETCH_PER_MILLE });
        let Some(own) = self.bite(Stretch::None) else { return };
        for stretch in all.into_iter().chain(each) {
            match self.bite(stretch) {
                None => return,
                Some(right) if right != own => {
                    let at = self.lesson.predict.at;
                    let message = format!("expected the same answer with other delays, found another with {stretch:?}");
                    return self.refuse(Row::Bites, at, message);
                }
                Some(_) => {}
            }
        }
    }

    /// What is right under a stretch; `None` if it does not bite there.
    fn bite(&mut self, stretch: Stretch) -> Option<Vec<usize>> {
        let lesson = self.lesson.clone();
        let mut scene = Sitting::going_on_only();
        let played = Playback::new(lesson.scene.lines.clone()).stretched(stretch).play(&mut scene);
        let decided = played.and_then(|()| decide(&lesson.predict, &scene, stretch));
        let decision = match decided {
            Ok(decision) => decision,
            Err(error) => {
                self.refuse(Row::Bites, lesson.predict.at, format!("line {}: {error}", error.line));
                return None;
            }
        };
        let claim = &lesson.mend.goals[0];
        if evaluate(&claim.condition, &decision.end).met != Some(false) {
            let how = if stretch == Stretch::None { "on its seed".to_owned() } else { format!("with {stretch:?}") };
            let message =
                format!("expected the claim `{}` to break in the predicted run {how}; it holds", claim.wanted);
            self.refuse(Row::Bites, claim.at, message);
            return None;
        }
        Some(decision.right)
    }
}
