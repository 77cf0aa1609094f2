//! Effects: what a protocol wants done.

use crate::base::{Actor, Column, LogId, LogPosition, OpSet, ReplicaId, Role};
use crate::record::{Basis, Decision, RepairEnd, SwitchStage};

use super::{Message, RaftTimer, Session};

/// A timer of a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplicaTimer {
    /// Send a heartbeat. Void if its number is not the replica's current one.
    Heartbeat(u32),
    /// Begin a repair with the next peer. Void if its number is not the replica's current one.
    Repair(u32),
    /// Give up on this repair.
    RepairTimeout(Session),
    /// Look for tombstones past their grace.
    Collect,
    /// Of its member of the Raft group.
    Raft(RaftTimer),
    /// Campaign to be the primary. Void if its number is not the replica's current one.
    Campaign(u32),
    /// Homes have had their time to confirm the write of this attempt.
    Unconfirmed(crate::base::AttemptId),
    /// Send hints.
    Hints,
}

/// One thing to be done, in the order of the list.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Send a message.
    Send(Actor, Message),
    /// Wake this replica after a time between `low_us` and `high_us` by its own monotonic clock; the host draws.
    Wake {
        /// What for.
        timer: ReplicaTimer,
        /// At least.
        low_us: u64,
        /// At most.
        high_us: u64,
    },
    /// An attempt was decided, with what is recorded of it.
    Decided(crate::base::AttemptId, Box<Decision>),
    /// A home contributed this state, in this life of its, to what is decided next.
    Contributed(crate::base::AttemptId, Basis, Column),
    /// An attempt was decided by the entry at this position of a log, as on every replica that applies it.
    Agreed(LogId, LogPosition, crate::base::AttemptId, Box<Decision>),
    /// The replica's role in a log, or its term or epoch, changed.
    Role(LogId, Role, u32),
    /// The primary's log dropped accepted writes.
    Truncated {
        /// The attempt that made the first of them.
        attempt: crate::base::AttemptId,
        /// How many.
        count: u32,
    },
    /// The entry at this position of a log is about a switch of levels.
    Switched(LogId, LogPosition, SwitchStage, OpSet),
    /// A loose write was absorbed after its type was bound without its replica: the promise is broken.
    AbsorbedLate(crate::base::KeyId),
    /// This replica may take so much more of a key alone.
    Granted(crate::base::KeyId, i64),
    /// So much of what this replica returned of a grant has reached the log.
    GaveBack(crate::base::KeyId, i64),
    /// Ask the outside provider to charge.
    Charge(super::Charge),
    /// The replica's own lag metric, in microseconds.
    ObservedLag(u64),
    /// A repair began.
    RepairStarted(ReplicaId),
    /// A repair ended.
    RepairEnded {
        /// How.
        end: RepairEnd,
        /// With whom.
        peer: ReplicaId,
        /// Keys that differed, whichever side changed.
        keys: u32,
    },
    /// A tombstone was forgotten; its wall stamp in microseconds.
    Collected(crate::base::KeyId, i64),
    /// A write waits for what comes before it.
    HeldBack(crate::base::KeyId, crate::base::Dot),
}

/// The list that a protocol pushes to; the host empties it after each input.
pub type Effects = Vec<Effect>;
