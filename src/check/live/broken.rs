//! How a live claim was broken: the operations of the witness, each in its part.

use super::durable::Loss;
use crate::base::{Instant, KeyId, ReplicaId};
use crate::check::verdict::Deed;

/// One operation of a witness. Of a read, the deed carries what it showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Act {
    /// What was done.
    pub deed: Deed,
    /// To which key.
    pub key: KeyId,
}

/// A log line that stands before its cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// The replica's decision stands before the client's request.
    Decision,
    /// The client's return stands before the replica's decision.
    Return,
}

/// Who should have answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Anybody: every operation is answered.
    Total,
    /// The replica that was asked: it was up and in reach.
    Sticky,
    /// A majority of replicas was up and in reach.
    Majority,
}

/// One of the two writes of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// What is taken out of one account: without the other, money has vanished.
    Debit,
    /// What is put into the other: without the first, money is there twice.
    Credit,
}

/// What was promised and did not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// A read lacks an own write.
    Unread {
        /// The read.
        read: Act,
        /// The write.
        write: Act,
        /// When its client knew of it.
        acknowledged: Instant,
    },
    /// A read lacks a write that an earlier one had.
    WentBack {
        /// The earlier read.
        first: Act,
        /// The later read.
        second: Act,
        /// What the first had.
        write: Act,
    },
    /// A replica has a write and lacks the one before it.
    OutOfOrder {
        /// The one before.
        first: Act,
        /// The one that is there.
        second: Act,
        /// Where.
        at: ReplicaId,
    },
    /// A write wins over one that its client made after it, or after having read it.
    Reordered {
        /// The one that wins.
        first: Act,
        /// The later one.
        second: Act,
    },
    /// A replica has a write and lacks what its client had read before.
    Unfounded {
        /// The read.
        read: Act,
        /// What it had.
        cause: Act,
        /// The write.
        write: Act,
        /// Where.
        at: ReplicaId,
    },
    /// An acknowledged write lost to one that was made without knowing of it.
    LostUpdate {
        /// The one that is lost.
        lost: Act,
        /// When its client was told that it is done.
        acknowledged: Instant,
        /// The one that wins.
        by: Act,
    },
    /// A write lost to one that it knew.
    WrongWinner {
        /// The earlier one, which wins.
        winner: Act,
        /// The later one.
        loser: Act,
    },
    /// A deleted item is back.
    Resurrected {
        /// What is back.
        put: Act,
        /// The deletion.
        delete: Act,
        /// Where.
        at: ReplicaId,
        /// When.
        since: Instant,
    },
    /// One operation was accepted more than once.
    Twice {
        /// The first time.
        first: Act,
        /// Another time.
        again: Act,
    },
    /// A read has a post and lacks one that was acknowledged before that one was begun.
    Gap {
        /// The read.
        read: Act,
        /// What it lacks.
        missing: Act,
        /// When that was acknowledged.
        acknowledged: Instant,
        /// What it has.
        later: Act,
    },
    /// An acknowledged write that no replica has any more.
    Gone {
        /// The write.
        write: Act,
        /// When its client was told that it is done.
        acknowledged: Instant,
        /// The replica that lost it last.
        loser: ReplicaId,
        /// How.
        how: Loss,
    },
    /// An operation without an answer. Its deed carries when it was begun.
    Unanswered {
        /// The operation.
        asked: Act,
        /// Who should have answered.
        duty: Duty,
    },
    /// Someone was let in after a revocation.
    LetIn {
        /// The check.
        check: Act,
        /// The revocation.
        revoke: Act,
        /// When that was acknowledged.
        acknowledged: Instant,
    },
    /// A name was given to two people.
    TwoOwners {
        /// The first claim.
        first: Act,
        /// The claim of somebody else.
        second: Act,
    },
    /// A payment was charged more than once. The replicas of the acts are those that asked the provider, their instants
    /// those of the charges.
    ChargedTwice {
        /// The first charge.
        first: Act,
        /// Another one.
        again: Act,
    },
    /// A read was served where one half of a transfer was.
    Halved {
        /// The read.
        read: Act,
        /// The transfer.
        transfer: Act,
        /// Which half was there.
        half: Half,
    },
    /// An effect that stands before its cause in the merged log.
    Inverted {
        /// The operation.
        act: Act,
        /// Which of its lines.
        line: Line,
        /// By how much, in microseconds.
        by_us: u64,
    },
}

impl Broken {
    /// The operations of the witness, in the order in which they happened.
    pub fn witness(&self) -> Vec<Act> {
        let acts = match *self {
            Self::Unread { read, write, .. } => [Some(write), Some(read), None],
            Self::WentBack { first, second, write } => [Some(write), Some(first), Some(second)],
            Self::OutOfOrder { first, second, .. } | Self::Reordered { first, second } => {
                [Some(first), Some(second), None]
            }
            Self::Unfounded { read, cause, write, .. } => [Some(cause), Some(read), Some(write)],
            Self::TwoOwners { first, second } => [Some(first), Some(second), None],
            Self::Halved { read, transfer, .. } => [Some(transfer), Some(read), None],
            Self::LetIn { check, revoke, .. } => [Some(revoke), Some(check), None],
            Self::LostUpdate { lost, by, .. } => [Some(lost), Some(by), None],
            Self::WrongWinner { winner, loser } => [Some(winner), Some(loser), None],
            Self::Resurrected { put, delete, .. } => [Some(put), Some(delete), None],
            Self::Gap { read, missing, later, .. } => [Some(missing), Some(later), Some(read)],
            Self::Twice { first, again } | Self::ChargedTwice { first, again } => [Some(first), Some(again), None],
            Self::Gone { write: act, .. } | Self::Unanswered { asked: act, .. } | Self::Inverted { act, .. } => {
                [Some(act), None, None]
            }
        };
        acts.into_iter().flatten().collect()
    }

    /// Which write was missing where, if the claim is broken by that.
    pub fn missing(&self) -> Option<(Act, ReplicaId)> {
        match *self {
            Self::Unread { read, write, .. } => Some((write, read.deed.replica)),
            Self::WentBack { second, write, .. } => Some((write, second.deed.replica)),
            Self::LetIn { check, revoke, .. } => Some((revoke, check.deed.replica)),
            Self::Gap { read, missing, .. } => Some((missing, read.deed.replica)),
            Self::OutOfOrder { first, at, .. } => Some((first, at)),
            Self::Unfounded { cause, at, .. } => Some((cause, at)),
            _ => None,
        }
    }

    /// Whether a client was told that a write is done, and it was not there for it, is gone, or lost to another.
    pub fn is_hollow(&self) -> bool {
        matches!(self, Self::Unread { .. } | Self::Gone { .. } | Self::LostUpdate { .. } | Self::WrongWinner { .. })
    }

    /// Whether nobody answered: the witness was only asked for.
    pub fn is_unanswered(&self) -> bool {
        matches!(self, Self::Unanswered { .. })
    }
}
