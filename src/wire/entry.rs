//! What a log holds.

use std::sync::Arc;

use crate::base::limits::REPLICAS_MAX;
use crate::base::{
    Actor, AttemptId, Column, Context, Cover, Dot, KeyId, LogPosition, OpSet, OpType, ReplicaId, Resolver, Stamp, Value,
};
use crate::data::{Cell, Ordered};

/// What one place of the log says.
#[derive(Clone, Debug, Default, PartialEq)]
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
    Operation(Arc<Operation>),
    /// Loose writes to a key, which keep their dots.
    Absorb {
        /// The key.
        key: KeyId,
        /// What its orderer holds of it.
        cell: Arc<Cell>,
        /// How concurrent versions of a register merge: the entry says, so that every replica does the same.
        resolver: Resolver,
    },
    /// No replica takes a loose write of these types any more; each hands over what it has.
    Seal(OpSet),
    /// A replica has handed over what it had when it applied the seal at this index.
    Handed {
        /// Who.
        replica: ReplicaId,
        /// The index of the seal.
        seal: u32,
    },
    /// The types of the seal at this index are bound, without those who have not handed over.
    Open(u32),
    /// The log lets go of these types.
    Unseal(OpSet),
    /// Replicas may do these bound types alone too, in this way.
    Cover(OpSet, Cover),
    /// A column may take more of a key alone, if enough of it is left for the log.
    Grant {
        /// Of what.
        key: KeyId,
        /// Whose.
        column: Column,
        /// How much more.
        amount: i64,
        /// What the column was given before: an entry that was appended twice gives once.
        after: i64,
        /// What has to be left beside all grants.
        least: i64,
    },
    /// A column has returned so much of its grants, in all.
    Return {
        /// Of what.
        key: KeyId,
        /// Whose.
        column: Column,
        /// How much since it was first given some.
        upto: i64,
    },
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
    /// What the client's session has seen.
    pub context: Context,
    /// The proposer's clocks.
    pub stamp: Stamp,
    /// The identity of its write, if its proposer gives it one. Else that follows from the entry's place: a place of
    /// Raft's log is decided once, one of the primary's may be decided again by another primary.
    pub dot: Option<Dot>,
    /// Whether a further attempt at an operation that was decided gets that answer, instead of running again.
    pub keyed: bool,
}

/// One place of the log.
#[derive(Clone, Debug, Default, PartialEq)]
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

impl Entry {
    /// Its size in bytes, roughly what a compact encoding would take.
    pub fn bytes(&self) -> u32 {
        match self {
            Self::Operation(_) => 160,
            Self::Absorb { .. } => 192,
            _ => 32,
        }
    }
}
