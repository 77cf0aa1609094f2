//! A violation in one plain sentence.
//!
//! `process 0's write 1 (line 1), then process 1's read → nil (line 3) cannot all be, although …` It names the operations of the
//! witness, where they are in the source, and what was promised. How they follow each other is said where one was over
//! before the next began.

use super::history::{Call, History, Operation};
use super::promise::Promise;
use super::verdict::Witness;

/// How many operations a sentence names.
const NAMED_MAX: usize = 8;

/// The sentence of a violation.
pub fn sentence(history: &History, promise: Promise, witness: &Witness) -> String {
    let operations: Vec<&Operation> =
        witness.operations.iter().map(|number| &history.operations[*number as usize]).collect();
    let story = match (promise, &operations[..]) {
        (_, []) => "nothing at all went wrong".to_owned(),
        (_, [one]) => alone(history, one),
        (Promise::UniqueIds, [one, other]) => {
            format!("{} and {} were given the same name", named(history, one), named(history, other))
        }
        (Promise::ConstantSum, [one, other]) => {
            format!("{} and {} have different sums", named(history, one), named(history, other))
        }
        _ => told(history, &operations),
    };
    format!("{}: {story}, although {}", promise.name(), promise.says())
}

fn alone(history: &History, operation: &Operation) -> String {
    let own = named(history, operation);
    match operation.call {
        Call::Read => format!("{own} returned what nobody put there"),
        Call::Cas(..) => format!("{own} found what nobody put there"),
        _ => format!("{own} cannot be explained"),
    }
}

/// The operations in the order of their invocations, with how each follows the one before it. What was asked several
/// times in a row is named once.
fn told(history: &History, operations: &[&Operation]) -> String {
    let is_same = |one: &&Operation, other: &&Operation| {
        (one.call, one.answer, one.key, one.is_done()) == (other.call, other.answer, other.key, other.is_done())
    };
    let groups: Vec<&[&Operation]> = operations.chunk_by(is_same).collect();
    let mut parts = Vec::new();
    for (at, group) in groups.iter().take(NAMED_MAX).enumerate() {
        let link = match at.checked_sub(1).map(|before| groups[before]) {
            None => "",
            Some(before) if before.iter().all(|one| one.is_before(group[0])) => "then ",
            Some(_) => "beside it ",
        };
        parts.push(format!("{link}{}", named_together(history, group)));
    }
    let named: usize = groups.iter().take(NAMED_MAX).map(|group| group.len()).sum();
    if operations.len() > named {
        parts.push(format!("and {} more", operations.len() - named));
    }
    format!("{} cannot all be", parts.join(", "))
}

fn named_together(history: &History, group: &[&Operation]) -> String {
    let [first, .., last] = group else { return named(history, group[0]) };
    let key = &history.keys[first.key as usize];
    let key = if key.is_empty() { String::new() } else { format!("{key}: ") };
    let doubt = if first.is_done() { "" } else { ", outcomes unknown" };
    let place = if first.line > 0 {
        format!("lines {} to {}", first.line, last.line)
    } else {
        format!("events {} to {}", first.invoked, last.invoked)
    };
    format!("{key}{} {} times ({place}{doubt})", history.show(first), group.len())
}

fn named(history: &History, operation: &Operation) -> String {
    let process = &history.processes[operation.process as usize];
    let key = &history.keys[operation.key as usize];
    let key = if key.is_empty() { String::new() } else { format!(" {key}:") };
    let doubt = if operation.is_done() { "" } else { ", outcome unknown" };
    let place =
        if operation.line > 0 { format!("line {}", operation.line) } else { format!("event {}", operation.invoked) };
    format!("process {process}'s{key} {} ({place}{doubt})", history.show(operation))
}
