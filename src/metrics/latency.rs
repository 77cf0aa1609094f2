//! How long operations take, and whether they are answered at all, by operation type.

use super::distribution::Distribution;
use crate::base::operation::OPERATIONS;
use crate::base::{Answer, Instant, OpType};
use crate::record::Outcome;

/// Of one operation type.
#[derive(Clone, Debug, Default)]
pub struct OfOperations {
    /// From when an operation should have begun to its answer. What was never answered is not in it.
    pub latency: Distribution,
    /// How many began.
    pub invoked: u64,
    /// How many were done.
    pub done: u64,
    /// How many were refused: an answer too.
    pub refused: u64,
    /// How many got no answer in time.
    pub unknown: u64,
    /// How many were never sent, because the queue was full.
    pub overflowed: u64,
}

impl OfOperations {
    /// The fraction of ended operations that were answered, if any ended.
    pub fn availability(&self) -> Option<f64> {
        let answered = self.done + self.refused;
        let ended = answered + self.unknown + self.overflowed;
        (ended > 0).then(|| answered as f64 / ended as f64)
    }
}

/// Of all operation types.
#[derive(Clone, Debug, Default)]
pub struct Latency {
    types: [OfOperations; OPERATIONS.len()],
}

impl Latency {
    /// An operation began.
    pub fn invoked(&mut self, op_type: OpType) {
        self.types[op_type as usize].invoked += 1;
    }

    /// An operation ended that should have begun at `intended`.
    pub fn returned(&mut self, op_type: OpType, intended: Instant, at: Instant, outcome: Outcome) {
        let operations = &mut self.types[op_type as usize];
        match outcome {
            Outcome::Answered(answer) => {
                operations.latency.add(at.since(intended));
                match answer {
                    Answer::Done(_) => operations.done += 1,
                    Answer::Refused(_) => operations.refused += 1,
                }
            }
            Outcome::Unknown => operations.unknown += 1,
            Outcome::Overflowed => operations.overflowed += 1,
        }
    }

    /// The operations of one type.
    pub fn of(&self, op_type: OpType) -> &OfOperations {
        &self.types[op_type as usize]
    }
}
