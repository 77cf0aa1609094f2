//! The promise table: every level against every claim, made of what `check::promise` says of each operation type.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::base::operation::OPERATIONS;
use crate::base::{Claim, Cover, Level, OpSet, OpType, Policy, Quorum, ReadBy, Session, Shipping, StampBy, Strategy};
use crate::check::promise;

/// The levels of the table, each with all operation types bound to it.
pub const LEVELS: [Level; 19] = [
    Level::Eventual,
    session(Strategy::Affinity, false),
    session(Strategy::Wait(Level::SLEEP_US), false),
    session(Strategy::Token, false),
    session(Strategy::Token, true),
    Level::Causal,
    Level::Bounded(Level::BOUND_US),
    Level::Quorum(Quorum::of(1, 1, 3)),
    Level::Quorum(Quorum::of(2, 2, 3)),
    Level::Quorum(Quorum { write_back: true, ..Quorum::of(2, 2, 3) }),
    Level::Quorum(Quorum { stamp: StampBy::Clock, ..Quorum::of(2, 2, 3) }),
    Level::Quorum(Quorum { sloppy: true, ..Quorum::of(2, 2, 3) }),
    Level::Primary(Shipping { followers: 0, local_reads: true }),
    Level::Primary(Shipping { followers: 0, local_reads: false }),
    Level::Primary(Shipping { followers: 1, local_reads: false }),
    Level::Linearizable(ReadBy::Index),
    Level::Linearizable(ReadBy::Lease),
    Level::Threshold(0, Cover::Grants),
    Level::Threshold(0, Cover::Naive),
];

const fn session(strategy: Strategy, fifo: bool) -> Level {
    Level::Session(Session { strategy, fifo })
}

/// What a level says about a claim, over all operation types.
#[derive(Clone, Debug, Default)]
struct Cell {
    kept: usize,
    conditions: BTreeSet<(&'static str, OpType)>,
    broken: Vec<OpType>,
}

/// The table in Markdown, in two parts, with the conditions below them.
pub(super) fn table() -> String {
    let mut conditions: Vec<&'static str> = Vec::new();
    let mut out = String::new();
    for is_ordered in [false, true] {
        let of_part = LEVELS.into_iter().filter(|level| level.log().is_some() == is_ordered);
        part(&of_part.collect::<Vec<_>>(), &mut conditions, &mut out);
    }
    for (number, condition) in conditions.iter().enumerate() {
        let _ = writeln!(out, "{}. {condition}", number + 1);
    }
    out
}

/// The table of some levels.
fn part(levels: &[Level], conditions: &mut Vec<&'static str>, out: &mut String) {
    out.push_str("| claim |");
    for level in levels {
        // Whatever the number, the promise is the same.
        let _ = write!(out, " `{}` |", level.text().replace("(0", "(n"));
    }
    let _ = writeln!(out, "\n|---|{}", "---|".repeat(levels.len()));
    for claim in Claim::ALL {
        let cells: Vec<Cell> = levels.iter().map(|level| cell(claim, *level)).collect();
        if cells.iter().all(|cell| cell.kept == 0 && cell.conditions.is_empty() && cell.broken.is_empty()) {
            continue;
        }
        let _ = write!(out, "| `{}` |", claim.name());
        for cell in cells {
            let _ = write!(out, " {} |", text(&cell, conditions));
        }
        out.push('\n');
    }
    out.push('\n');
}

/// The operation types for which a claim is broken at a level.
pub fn broken(claim: Claim, level: Level) -> Vec<OpType> {
    cell(claim, level).broken
}

/// The operation types for which a claim is kept at a level on a condition, and on which.
pub fn conditions(claim: Claim, level: Level) -> Vec<(OpType, &'static str)> {
    cell(claim, level).conditions.into_iter().map(|(condition, op_type)| (op_type, condition)).collect()
}

fn cell(claim: Claim, level: Level) -> Cell {
    let mut policy = Policy::default();
    for spec in &OPERATIONS {
        policy.bind(spec.op_type, level);
    }
    let mut cell = Cell::default();
    // A service of which a type stays outside of logs and quorums says nothing of what these promise, nor a type that
    // takes nothing of what grants promise.
    let decides = level.log().is_some() || matches!(level, Level::Quorum(_));
    let is_half = |service| decides && OpSet::of(service).iter().any(OpType::is_outside);
    let is_other = |op_type: OpType| match level {
        Level::Threshold(..) => !op_type.takes(),
        // A type that cannot have it stays what it was, of which its own column speaks.
        Level::Quorum(_) => policy.level(op_type) != level,
        _ => false,
    };
    for spec in OPERATIONS.iter().filter(|spec| !is_half(spec.service) && !is_other(spec.op_type)) {
        let promise = promise(spec.op_type, &policy);
        cell.kept += usize::from(promise.kept.contains(&claim));
        let of_claim = promise.kept_if.iter().filter(|(own, _)| *own == claim);
        cell.conditions.extend(of_claim.map(|(_, condition)| (*condition, spec.op_type)));
        if promise.broken.contains(&claim) {
            cell.broken.push(spec.op_type);
        }
    }
    cell
}

fn text(cell: &Cell, conditions: &mut Vec<&'static str>) -> String {
    if !cell.broken.is_empty() {
        return "broken".to_owned();
    }
    let named: BTreeSet<&'static str> = cell.conditions.iter().map(|(condition, _)| *condition).collect();
    let numbers: Vec<String> = named.into_iter().map(|condition| number_of(condition, conditions)).collect();
    match (numbers.is_empty(), cell.kept) {
        (false, _) => format!("kept if {}", numbers.join(", ")),
        (true, 0) => "·".to_owned(),
        (true, _) => "kept".to_owned(),
    }
}

/// The number of a condition below the table.
fn number_of(condition: &'static str, conditions: &mut Vec<&'static str>) -> String {
    let known = conditions.iter().position(|own| *own == condition);
    let at = known.unwrap_or_else(|| {
        conditions.push(condition);
        conditions.len() - 1
    });
    (at + 1).to_string()
}
