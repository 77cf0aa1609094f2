//! What members of a Raft group say to each other, and what they are woken for.

use std::sync::Arc;

use crate::base::{LocalInstant, LogPosition};

use super::{Slot, Snapshot};

/// A timer of a member. Void if its number is not the member's current one, or if the member crashed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RaftTimer {
    /// Has a leader been heard?
    Election(u32),
    /// A leader's next heartbeat.
    Heartbeat(u32),
}

/// A message with its sender's term.
#[derive(Clone, Debug)]
pub struct RaftMessage {
    /// The sender's term; for a pre-vote and its grant, the term in which the candidate would campaign.
    pub term: u32,
    /// What it says.
    pub body: RaftBody,
}

/// When a leader sent something: which round of heartbeats was the newest, and what its clock said. The follower
/// returns it, so that the leader need not remember.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Counts the rounds of one leadership, from 1.
    pub number: u32,
    /// The leader's own time at the sending.
    pub sent: LocalInstant,
}

/// What a message says.
#[derive(Clone, Debug)]
pub enum RaftBody {
    /// Would you vote for me? Changes nothing at the receiver.
    PreVote {
        /// The end of the candidate's log.
        last: LogPosition,
    },
    /// The answer.
    PreVoteReply {
        /// Whether it would.
        granted: bool,
    },
    /// Vote for me.
    Vote {
        /// The end of the candidate's log.
        last: LogPosition,
    },
    /// The answer.
    VoteReply {
        /// Whether it did.
        granted: bool,
    },
    /// Entries from a leader; without any, a heartbeat.
    Append {
        /// The position before the first entry: the follower takes them only if it has that.
        prev: LogPosition,
        /// The entries, in order.
        entries: Arc<[Slot]>,
        /// How far the leader has committed.
        commit: u32,
        /// When it was sent.
        round: Round,
    },
    /// Everything up to a position, for a follower that needs entries which the leader has folded.
    Snapshot {
        /// The snapshot.
        snapshot: Arc<Snapshot>,
        /// When it was sent.
        round: Round,
    },
    /// The answer to entries, to a heartbeat and to a snapshot.
    Appended {
        /// Of what it answers.
        round: Round,
        /// How many disks the sender has lost.
        incarnation: u32,
        /// Whether the sender has a vote. One that lost its disk has none until it knows that it was readmitted.
        counts: bool,
        /// What came of it.
        outcome: Outcome,
    },
}

/// What came of an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The follower's log equals the leader's up to this index, durably.
    Matches(u32),
    /// The follower lacks `prev`.
    Conflict {
        /// The index that it lacks.
        prev: u32,
        /// The term that its own log has there; 0 if its log is shorter.
        term: u32,
        /// The first index of that term in its log, or the end of its log.
        first: u32,
    },
}

impl RaftMessage {
    /// Its size in bytes, roughly what a compact encoding would take.
    pub fn bytes(&self) -> u32 {
        match &self.body {
            RaftBody::Append { entries, .. } => 64 + entries.iter().map(|slot| slot.entry.bytes()).sum::<u32>(),
            RaftBody::Snapshot { snapshot, .. } => 128 + snapshot.state.bytes(),
            RaftBody::PreVote { .. }
            | RaftBody::PreVoteReply { .. }
            | RaftBody::Vote { .. }
            | RaftBody::VoteReply { .. }
            | RaftBody::Appended { .. } => 64,
        }
    }
}
