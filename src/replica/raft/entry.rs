//! What a log holds.

use std::sync::Arc;

use crate::base::limits::REPLICAS_MAX;
use crate::base::{Actor, AttemptId, KeyId, LogPosition, OpType, ReplicaId, Stamp, Value};
use crate::replica::ordered::Ordered;

/// What one place of the log says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Entry {
    /// A new leader's first entry: once it is committed, so is all before it.
    #[default]
    Noop,
    /// A replica that lost its disk votes and counts again, in this life and in no earlier one.
    Readmit {
        /// Who.
        replica: ReplicaId,
        /// Which of its lives, from 1: how many disks it has lost.
        incarnation: u32,
    },
    /// An operation that every replica decides when it applies it.
    Operation(Operation),
}

/// An operation as the log carries it. Whoever proposes it reads the clock; whoever applies it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Who asked.
    pub client: Actor,
    /// Which attempt.
    pub attempt: AttemptId,
    /// What to do.
    pub op_type: OpType,
    /// The key.
    pub key: KeyId,
    /// What it carries.
    pub argument: Value,
    /// The proposer's clocks.
    pub stamp: Stamp,
}

/// One place of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slot {
    /// The term of the leader that appended it.
    pub term: u32,
    /// What it says.
    pub entry: Entry,
}

/// All that the log said up to a position, folded.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The last entry that is folded in.
    pub last: LogPosition,
    /// For each replica, which of its lives votes and counts.
    pub admitted: [u32; REPLICAS_MAX],
    /// The state after that entry.
    pub state: Arc<Ordered>,
}
