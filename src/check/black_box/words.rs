//! A violation in one plain sentence.
//!
//! `2 read → 1 (line 5), although 1 write 2 (line 3) was over before it began: …` It names the operations of the
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

/// The operations in the order of their invocations, with how each follows the one before it.
fn told(history: &History, operations: &[&Operation]) -> String {
    let mut parts = vec![named(history, operations[0])];
    for pair in operations.windows(2).take(NAMED_MAX - 1) {
        let link = if pair[0].is_before(pair[1]) { "then" } else { "beside it" };
        parts.push(format!("{link} {}", named(history, pair[1])));
    }
    let more = operations.len().saturating_sub(NAMED_MAX);
    if more > 0 {
        parts.push(format!("and {more} more"));
    }
    format!("{} have no place beside each other", parts.join(", "))
}

fn named(history: &History, operation: &Operation) -> String {
    let process = &history.processes[operation.process as usize];
    let key = &history.keys[operation.key as usize];
    let key = if key.is_empty() { String::new() } else { format!(" {key}:") };
    let doubt = if operation.is_done() { "" } else { ", outcome unknown" };
    let place = if operation.line > 0 {
        format!("line {}", operation.line)
    } else {
        format!("event {}", operation.invoked)
    };
    format!("process {process}'s{key} {} ({place}{doubt})", history.show(operation))
}
