//! What the promise table calls kept on a condition is broken without it: for each claim, each level, each operation
//! type and each part of the condition, a script in which that part alone is not met shows a violation, and an operation
//! of that type is in the witness. So no condition is idle, nor any part of one, but for those that are named with a
//! reason.

use std::collections::BTreeSet;

use driftlab::base::{Claim, Level, OpType};
use driftlab::lab::language::promises::{LEVELS, conditions};

use super::unmet::{CONDITIONS, ROWS, Row, UNPROVED};
use super::{Told, told};

/// What stands between two parts of a condition.
const JOINTS: [&str; 7] = [", and ", " and ", ", or ", ", ", "; ", " or ", " "];

/// One part of what a claim needs at a level, for an operation type.
#[derive(Clone, Copy)]
struct Need {
    claim: Claim,
    level: Level,
    op_type: OpType,
    part: &'static str,
}

impl Need {
    fn text(&self) -> String {
        let (claim, level, op_type) = (self.claim.name(), self.level.text(), self.op_type.spec().name);
        format!("{claim} at {level} by {op_type} without: {}", self.part)
    }

    /// The row for it: one that names the type before one that is for all.
    fn row(&self, rows: &[&'static Row]) -> Option<usize> {
        let level = self.level.text();
        let is_of = |row: &Row| {
            row.part == self.part && row.claims.contains(&self.claim) && row.levels.concat().contains(&level.as_str())
        };
        let named = rows.iter().position(|row| is_of(row) && row.story.is_for(self.op_type));
        named.or_else(|| rows.iter().position(|row| is_of(row) && row.story.types.is_empty()))
    }
}

#[test]
fn what_the_table_keeps_on_a_condition_is_broken_without_each_part_of_it() {
    let rows: Vec<&'static Row> = ROWS.iter().flat_map(|rows| rows.iter()).collect();
    let (mut wrong, mut used) = (Vec::new(), BTreeSet::new());
    for need in needs() {
        let Some(number) = need.row(&rows) else {
            if !UNPROVED.contains(&(need.claim, need.part)) {
                wrong.push(format!("no story breaks {}", need.text()));
            }
            continue;
        };
        used.insert((number, need.claim.name(), need.level.text()));
        let script = rows[number].story.script(need.op_type, &need.level.text());
        let expected = if rows[number].is_untold { Told::Unknown } else { Told::Broken };
        if told(&script, need.claim, need.op_type) != expected {
            wrong.push(format!("the story does not break {}:\n{script}", need.text()));
        }
    }
    for (number, row) in rows.iter().enumerate() {
        let named =
            row.claims.iter().flat_map(|claim| row.levels.concat().into_iter().map(|level| (claim.name(), level)));
        let idle = named.filter(|(claim, level)| !used.contains(&(number, *claim, (*level).to_owned())));
        wrong.extend(
            idle.map(|(claim, level)| {
                format!("a row names {claim} at {level} without: {}, which is nowhere", row.part)
            }),
        );
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_is_named_as_unproved_is_in_the_table() {
    let needs = needs();
    for (claim, part) in UNPROVED {
        assert!(
            needs.iter().any(|need| need.claim == *claim && need.part == *part),
            "{} without: {part}",
            claim.name()
        );
    }
}

/// All that the table asks for.
fn needs() -> Vec<Need> {
    let mut needs = Vec::new();
    for (level, claim) in LEVELS.into_iter().flat_map(|level| Claim::ALL.map(|claim| (level, claim))) {
        for (op_type, condition) in conditions(claim, level) {
            let parts = CONDITIONS.iter().find(|parts| is_made_of(condition, parts));
            let parts = parts.unwrap_or_else(|| panic!("nobody says of which parts it is made: {condition}"));
            needs.extend(parts.iter().map(|part| Need { claim, level, op_type, part }));
        }
    }
    needs
}

/// Whether a condition says its parts one after the other, and nothing else.
fn is_made_of(condition: &str, parts: &[&str]) -> bool {
    let mut rest = condition;
    for (number, part) in parts.iter().enumerate() {
        let joints = if number == 0 { &[""][..] } else { &JOINTS[..] };
        let after = joints.iter().find_map(|joint| rest.strip_prefix(joint)?.strip_prefix(part));
        let Some(after) = after else { return false };
        rest = after;
    }
    rest.is_empty()
}
