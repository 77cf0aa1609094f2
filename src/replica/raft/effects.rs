//! What a member takes and what it wants done.

use std::sync::Arc;

use crate::base::{AttemptId, LogPosition, ReplicaId, Role};

use crate::wire::{Entry, RaftMessage, RaftTimer, Snapshot};

/// What a member reacts to, besides [`Raft::propose`](super::Raft::propose) and [`Raft::read`](super::Raft::read).
#[derive(Clone, Debug)]
pub enum RaftInput {
    /// It starts, after installation or a crash.
    Boot,
    /// Another member says something.
    Message(ReplicaId, RaftMessage),
    /// A timer fired.
    Timer(RaftTimer),
}

/// One thing to be done, in the order of the list.
///
/// Whatever [`Durable`](super::Durable) holds after an input is durable before any effect of that input is performed:
/// a promise is kept on disk before its message leaves.
#[derive(Clone, Debug)]
pub enum RaftEffect {
    /// Send a message.
    Send(ReplicaId, RaftMessage),
    /// Wake this member after a time between `low_us` and `high_us` by its own monotonic clock; the host draws.
    Wake {
        /// What for.
        timer: RaftTimer,
        /// At least.
        low_us: u64,
        /// At most.
        high_us: u64,
    },
    /// The state becomes this snapshot's; what was applied before it is in it.
    Restore(Arc<Snapshot>),
    /// An entry is committed: apply it. Positions follow each other without gap, from the last [`RaftEffect::Restore`].
    Apply(LogPosition, Entry),
    /// Entries from this index on, not committed here, gave way to another leader's. They may come back from a member
    /// that still has them: what became of a proposal is known when its index is applied, here or in a snapshot.
    Truncated(u32),
    /// The state as applied now serves this read.
    ReadReady(AttemptId),
    /// This read was not served, because the member no longer leads.
    ReadRefused(AttemptId),
    /// The member's role or term changed.
    Role(Role, u32),
}

/// The list that a member pushes to; the host empties it after each input.
pub type RaftEffects = Vec<RaftEffect>;

/// Why a member does not take a proposal or a read. Nothing happened, and nothing will.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declined {
    /// It does not lead; whom it believes to lead.
    NotLeader(Option<ReplicaId>),
    /// It leads, and too much waits already.
    Busy,
}
