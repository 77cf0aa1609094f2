//! The messages of anti-entropy: two replicas compare their Merkle trees from the root down and exchange the cells
//! that differ, as in Dynamo (`DeCandia` et al., SOSP 2007).

use crate::base::{KeyId, VersionVector};
use crate::data::Cell;
use crate::data::store::FANOUT;

use super::quorum::Lives;

/// A repair, numbered by both sides, neither of which uses a number twice. A peer that crashed and is asked again by a
/// copy of the first message gives another number, so that what it said before the crash belongs to nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// The initiator's number.
    pub asked: u32,
    /// The peer's; 0 in the first message, which asks for it.
    pub answered: u32,
}

/// One message of a repair.
#[allow(clippy::struct_excessive_bools, reason = "each says something of its own about one side of a repair")]
#[derive(Clone, Debug)]
pub struct RepairMessage {
    /// Which repair.
    pub session: Session,
    /// Whether the initiator of the repair sends it.
    pub from_initiator: bool,
    /// What the sender had applied when the repair began for it: once all differences are merged, the other side has
    /// that too.
    pub applied: VersionVector,
    /// Whether the sender knows of writes that must not be shown before others: then nothing is left out, so that all comes
    /// in one step.
    pub has_needs: bool,
    /// Whether differences were left out, here or earlier in this repair, for the size of a message.
    pub cut_short: bool,
    /// What the sender knows of lives, its own included: whoever merges with it knows that.
    pub lives: Lives,
    /// Whether a receiver that lost its disk can rely on what it merges: the sender did not, or is done with that.
    pub is_whole: bool,
    /// What it says.
    pub body: RepairBody,
}

/// What a message of a repair says.
#[derive(Clone, Debug)]
pub enum RepairBody {
    /// The initiator's root.
    Start {
        /// The hash of the whole store.
        root: u64,
    },
    /// The hashes of the children of some nodes of a level, as the sender has them.
    Compare {
        /// The level of the nodes.
        level: u8,
        /// The nodes, each with its children.
        nodes: Vec<(u32, [u64; FANOUT])>,
    },
    /// Cells that differ.
    Cells {
        /// The sender's cells.
        cells: Vec<(KeyId, Cell)>,
        /// Whether the sender wants the receiver's in return.
        wants_reply: bool,
    },
    /// Nothing differs, or all differences are merged.
    Done,
}

impl RepairMessage {
    /// Its size in bytes, roughly.
    pub fn bytes(&self) -> u32 {
        let body = match &self.body {
            RepairBody::Start { .. } | RepairBody::Done => 16,
            RepairBody::Compare { nodes, .. } => nodes.len() * 132,
            RepairBody::Cells { cells, .. } => cells.len() * 160,
        };
        body as u32 + 96
    }
}
