//! The history: operations as the clients saw them, each with its attempts.
//!
//! An entry is appended when it happens and never changed; an operation is the entries that carry its id: one
//! `Invoked`, some `Attempted`, for each attempt that reached a replica one `Decided`, and one `Returned` unless the
//! run ends first.

use crate::base::{
    Actor, Answer, AttemptId, Column, Context, Dot, Instant, KeyId, LocalInstant, LogPosition, OpId, OpType, ReplicaId,
    Stamp, Value,
};

/// Which state served a read: enough to rebuild the set of writes in it from the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Basis {
    /// The replica that contributed.
    pub replica: ReplicaId,
    /// How many `Applied`, `Superseded` and `AppliedRange` entries the trace has for that replica since it last lost its disk.
    pub applied: u32,
    /// Its position in the primary's log and in Raft's.
    pub logs: [LogPosition; 2],
}

/// What a replica decided on one attempt. For a write that was accepted, `write` is its identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decision {
    /// The answer.
    pub answer: Answer,
    /// The state on which it was based.
    pub basis: Basis,
    /// The write that it made: its dot, its two stamps, and the writer's context.
    pub write: Option<(Dot, Stamp, Context)>,
}

/// How an operation ended for its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// A replica answered.
    Answered(Answer),
    /// No answer in time: it may have happened, happen later, or never.
    Unknown,
    /// The queue was full on arrival: it was never sent. It is invoked and returned at one instant, while its client
    /// may be busy with another operation: who judges a client's order leaves it out.
    Overflowed,
}

/// One entry. Every entry carries true and local time; only judges may look at the true one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HistoryEntry {
    /// A client began an operation.
    Invoked {
        /// The operation.
        op: OpId,
        /// True time: when its client took it up.
        at: Instant,
        /// When it should have begun: earlier than `at` if it had to queue. Latency counts from here.
        intended: Instant,
        /// The client's clock.
        local: LocalInstant,
        /// The client.
        client: Actor,
        /// Its type.
        op_type: OpType,
        /// Its key.
        key: KeyId,
        /// What it carries.
        argument: Value,
    },
    /// The client sent an attempt.
    Attempted {
        /// The attempt.
        attempt: AttemptId,
        /// True time.
        at: Instant,
        /// The client's clock.
        local: LocalInstant,
        /// To whom.
        to: ReplicaId,
    },
    /// A replica decided an attempt. A duplicated message is decided once.
    Decided {
        /// The attempt.
        attempt: AttemptId,
        /// True time.
        at: Instant,
        /// The replica's clock.
        local: LocalInstant,
        /// What was decided, and where.
        decision: Decision,
    },
    /// The client got its answer, or gave up.
    Returned {
        /// The operation.
        op: OpId,
        /// The attempt that was answered, if any.
        attempt: Option<AttemptId>,
        /// True time.
        at: Instant,
        /// The client's clock.
        local: LocalInstant,
        /// How it ended.
        outcome: Outcome,
    },
    /// The outside provider charged a card. Nobody in the cluster sees it before its answer, and nothing undoes it.
    Charged {
        /// The attempt for which a replica asked.
        attempt: AttemptId,
        /// True time.
        at: Instant,
        /// Who asked.
        replica: ReplicaId,
        /// The payment.
        key: KeyId,
        /// How much.
        amount: i64,
    },
    /// A home of the key contributed to what is decided next for this attempt: one entry for each, at one instant.
    Contributed {
        /// The attempt.
        attempt: AttemptId,
        /// True time: when the coordinator joined it.
        at: Instant,
        /// The state of the home when it answered.
        basis: Basis,
        /// The column to which the home wrote then: which of its lives that was.
        column: Column,
    },
}
