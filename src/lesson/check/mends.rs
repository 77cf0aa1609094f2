//! That the fix mends, near-misses miss and alternatives pass.

use crate::lab::language::parse::parse_line;
use crate::lab::language::statement::Line;

use super::super::grade::{COMPLETED_MIN, Found, Grade, Verdict, counted, run_seed};
use super::super::model::Mend;
use super::{Checker, Row};

/// Seeds of a grading by the rubric.
pub(super) const SEEDS_MIN: u32 = 200;
/// Seeds over which a near-miss has to miss.
const NEAR_SEEDS: u64 = 60;
/// Seeds over which leftovers are tried.
const LEFTOVER_SEEDS: u64 = 20;
/// What a learner may have tried besides: none of it may block.
const LEFTOVERS: [&str; 4] = ["mark here", "slo 10s", "heartbeat every=100ms", "heal"];

impl Checker<'_, '_> {
    fn graded(&mut self, fix: Vec<Line>, seeds: u64) -> Grade {
        let mut grade = Grade::new(self.lesson.clone(), fix, seeds.min(self.effort.seeds_max));
        (self.effort.grade)(&mut grade);
        grade
    }

    /// Under the fix no goal breaks; without it one does.
    pub(super) fn mends(&mut self) {
        let lesson = self.lesson.clone();
        self.note("that the fix is needed");
        match run_seed(&lesson, &[], 1) {
            Err(error) => return self.refuse(Row::Mends, lesson.mend.at, format!("line {}: {error}", error.line)),
            Ok(result) if result.goals.iter().all(Found::is_met) => {
                return self.refuse(
                    Row::Start,
                    lesson.mend.at,
                    "expected a goal that is open at its start; all are met without a fix",
                );
            }
            Ok(_) => {}
        }
        self.note("that the fix mends");
        let fix = self.all_counted(&lesson.mend.solution.clone(), lesson.mend.at);
        let Some(fix) = fix else { return };
        let grade = self.graded(fix, u64::from(lesson.head.seeds));
        if let Some(words) = complaint(&grade) {
            self.refuse(Row::Mends, lesson.mend.at, format!("expected the fix to pass: {words}"));
        }
    }

    /// The lines, if all of them count; else a learner who typed them would be told so.
    fn all_counted(&mut self, lines: &[Line], at: usize) -> Option<Vec<Line>> {
        let fix = counted(self.lesson, lines);
        if fix.len() == lines.len() && !fix.is_empty() {
            return Some(fix);
        }
        let allows = self.lesson.head.allows.join(", ");
        self.refuse(
            Row::NearMisses,
            at,
            format!("expected commands that `allows` names ({allows}); the others would not count"),
        );
        None
    }

    pub(super) fn near_misses(&mut self) {
        for near in self.lesson.mend.near_misses.clone() {
            self.note("that near-misses miss");
            let Some(fix) = self.all_counted(&near.lines, near.at) else { continue };
            let grade = self.graded(fix, NEAR_SEEDS);
            let goals = &self.lesson.mend.goals;
            let failed: Vec<&str> = failed(&grade).map(|goal| goals[goal].id.as_str()).collect();
            let is_wanted = |id: &&str| near.fails.iter().any(|fails| fails == id);
            let wanted: Vec<&str> = goals.iter().map(|goal| goal.id.as_str()).filter(is_wanted).collect();
            let found = match grade.verdict() {
                Some(Verdict::Refused(words)) => format!("commands that cannot be played: {words}"),
                _ if failed == wanted && grade.completed() >= self.completed_min(&grade) => continue,
                _ if failed == wanted => format!("only {} operations completed", grade.completed()),
                _ if failed.is_empty() => "none failed".to_owned(),
                _ => failed.join(", "),
            };
            self.refuse(
                Row::NearMisses,
                near.at,
                format!("expected it to fail `{}` and nothing else, found {found}", near.fails.join("`, `")),
            );
        }
    }

    /// Of a grading over fewer seeds than the lesson's fewer operations are asked.
    fn completed_min(&self, grade: &Grade) -> u64 {
        let seeds = grade.progress().1;
        COMPLETED_MIN.min((COMPLETED_MIN * seeds).div_ceil(u64::from(self.lesson.head.seeds)))
    }

    pub(super) fn alternatives(&mut self) {
        let lesson = self.lesson.clone();
        let at = lesson.mend.at;
        for lines in &lesson.mend.alternatives {
            self.note("that alternatives pass");
            let Some(fix) = self.all_counted(lines, at) else { continue };
            if Mend::is_same(&fix, &lesson.mend.solution) {
                self.refuse(Row::NearMisses, at, "expected an alternative that is another fix than the solution");
            }
            let grade = self.graded(fix, u64::from(lesson.head.seeds));
            if let Some(words) = complaint(&grade) {
                self.refuse(Row::NearMisses, at, format!("expected the alternative to pass: {words}"));
            }
        }
        self.note("that leftovers never block");
        let tried = lesson.mend.leftovers.iter().cloned().chain([lesson.mend.solution.clone(), self.looked_at()]);
        for leftovers in tried {
            let fix = counted(&lesson, leftovers.iter().chain(&lesson.mend.solution));
            let grade = self.graded(fix, LEFTOVER_SEEDS);
            if grade.witness().is_some() || matches!(grade.verdict(), Some(Verdict::Refused(_))) {
                let words = complaint(&grade).unwrap_or_default();
                self.refuse(Row::NearMisses, at, format!("expected harmless leftovers not to block: {words}"));
            }
        }
    }

    /// What people type to look around, as far as the lesson does not take it for a fix.
    fn looked_at(&self) -> Vec<Line> {
        let mut declared = self.lesson.mend.declared.clone();
        let leftover = |text: &&str| parse_line(text, &mut declared).ok().flatten();
        let lines: Vec<Line> = LEFTOVERS.iter().filter_map(leftover).collect();
        lines.into_iter().filter(|line| counted(self.lesson, [line]).is_empty()).collect()
    }
}

/// The goals that were not met under some seed.
fn failed(grade: &Grade) -> impl Iterator<Item = usize> {
    grade.failures().iter().enumerate().filter(|(_, failures)| **failures > 0).map(|(goal, _)| goal)
}

/// Why a grading did not pass.
fn complaint(grade: &Grade) -> Option<String> {
    let goals = &grade.subject().0.mend.goals;
    match (grade.verdict(), grade.witness()) {
        (Some(Verdict::Refused(words)), _) => Some(words),
        (_, Some(witness)) => {
            let goal = &goals[witness.goal];
            let failures: Vec<String> =
                failed(grade).map(|goal| format!("{} {}", goals[goal].id, grade.failures()[goal])).collect();
            let seeds = grade.progress().0;
            Some(format!(
                "under seed {} `{}`, but now: {} (of {seeds}: {})",
                witness.seed,
                goal.wanted,
                witness.found.now,
                failures.join(", ")
            ))
        }
        (Some(Verdict::Vacuous), _) => {
            Some(format!("only {} operations completed, expected {COMPLETED_MIN}", grade.completed()))
        }
        _ => None,
    }
}
