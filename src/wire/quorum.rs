//! What a coordinator of quorum operations and the homes of a key say to each other.
//!
//! ```text
//!   coordinator                    home                 in the WARS model
//!      Ask ────────────────────────▶                    R   (as `quorum`)
//!      ◀─────────────────────── Answer                  S
//!      Write ──────────────────────▶ applied            W   (as `gossip`: it carries data)
//!      ◀─────────────────────────── Has                 A
//!      Cell, to a home that is behind ▶ merged          W
//!      ◀─────────────────────── HasCell                 A
//! ```

use std::sync::Arc;

use crate::base::limits::REPLICAS_MAX;
use crate::base::{Answer, AttemptId, Column, Dot, KeyId, MessageClass, Quorum, ReplicaId};
use crate::data::{Cell, Delta};
use crate::record::Basis;

/// For each replica the latest of its lives that someone has heard of: the column that it writes to, which is another
/// one after each lost disk. What a replica confirmed in an earlier life counts for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lives([Column; REPLICAS_MAX]);

impl Default for Lives {
    /// Nobody has lost a disk.
    fn default() -> Self {
        Self(std::array::from_fn(|replica| Column(replica as u8)))
    }
}

impl Lives {
    /// The latest life of a replica.
    #[inline]
    pub fn of(&self, replica: ReplicaId) -> Column {
        self.0[replica.index()]
    }

    /// A replica was heard in this life.
    #[inline]
    pub fn heard(&mut self, replica: ReplicaId, column: Column) {
        let known = &mut self.0[replica.index()];
        *known = (*known).max(column);
    }

    /// Learns all that someone else has heard.
    #[inline]
    pub fn join(&mut self, other: &Self) {
        for (known, theirs) in self.0.iter_mut().zip(other.0) {
            *known = (*known).max(theirs);
        }
    }
}

/// Of an operation with a key: the index of its client, and its answer.
pub type KeyRecord = (usize, Answer);

/// A message of a quorum operation.
#[derive(Clone, Debug)]
pub struct QuorumMessage {
    /// The attempt that it serves.
    pub attempt: AttemptId,
    /// What its sender knows of lives, its own included.
    pub lives: Lives,
    /// What it says.
    pub body: QuorumBody,
}

/// What it says.
#[derive(Clone, Debug)]
pub enum QuorumBody {
    /// What do you hold of a key?
    Ask {
        /// Which.
        key: KeyId,
        /// The quorum, for whoever lost its disk.
        quorum: Quorum,
        /// Of an operation with a key, the index of its client: has it been answered?
        keyed: Option<usize>,
    },
    /// This.
    Answer {
        /// All that the home holds.
        cell: Cell,
        /// What the operation was answered before, if the home knows.
        known: Option<Answer>,
        /// The state of the home.
        basis: Basis,
    },
    /// A write for a home.
    Write {
        /// It.
        delta: Arc<Delta>,
        /// The quorum.
        quorum: Quorum,
        /// If its operation has a key, what that is answered.
        record: Option<KeyRecord>,
        /// For whom the receiver keeps it: a home that is not heard.
        keep_for: Option<ReplicaId>,
    },
    /// The sender has applied a write.
    Has {
        /// Which.
        dot: Dot,
        /// Whether that counts: a home that lost its disk has to merge with others first.
        counts: bool,
    },
    /// The newest that was read, for a home that is behind.
    Cell {
        /// The key.
        key: KeyId,
        /// What was read.
        cell: Cell,
        /// The quorum.
        quorum: Quorum,
        /// Whether the sender waits for an answer.
        confirm: bool,
    },
    /// The sender has merged what was read.
    HasCell {
        /// Whether that counts.
        counts: bool,
    },
}

impl QuorumMessage {
    /// Its class: what carries data to a home is gossip.
    #[inline]
    pub fn class(&self) -> MessageClass {
        match self.body {
            QuorumBody::Write { .. } | QuorumBody::Cell { .. } => MessageClass::Gossip,
            _ => MessageClass::Quorum,
        }
    }

    /// Its size in bytes, roughly what a compact encoding would take.
    #[inline]
    pub fn bytes(&self) -> u32 {
        match self.body {
            QuorumBody::Write { .. } | QuorumBody::Cell { .. } => 176,
            QuorumBody::Answer { .. } => 208,
            _ => 48,
        }
    }
}
