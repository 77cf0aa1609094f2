//! What happened, as plain data: the [`history`] (operations as the clients saw them, each with its attempts) and the
//! [`trace`] (what happened inside).
//!
//! Both are append-only and outside the run that rewinds; a snapshot holds their lengths. Judges and metrics read
//! them and nothing else, so that a bug in a protocol cannot blind its judge.

pub mod digest;
pub mod history;
pub mod operations;
#[cfg(test)]
pub(crate) mod story;
pub mod trace;

pub use digest::Digest;
pub use history::{Basis, Decision, HistoryEntry, Outcome};
pub use operations::{OPERATIONS_KEPT, Operation, Operations, credit_of};
pub use trace::{DropReason, Happened, RepairEnd, SwitchStage, TimerKind, TraceEntry};

/// What one step of the cluster adds to the record.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// Entries of the trace, in order.
    pub trace: Vec<TraceEntry>,
    /// Entries of the history, in order.
    pub history: Vec<HistoryEntry>,
}

impl Recorded {
    /// Forgets all entries and keeps the space.
    pub fn clear(&mut self) {
        self.trace.clear();
        self.history.clear();
    }
}
