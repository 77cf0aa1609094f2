//! What replicas say to each other about the primary's log.

use std::sync::Arc;

use crate::base::{Column, LogPosition};

use super::raft::Outcome;
use super::{Slot, Snapshot};

/// A message with the epoch that it is about.
#[derive(Clone, Debug)]
pub struct PrimaryMessage {
    /// Of who ships: its own epoch. Of who answers: the latest that it knows. Of who campaigns: the one it would begin.
    pub epoch: u32,
    /// The column to which the sender writes: another one after it lost its disk.
    pub column: Column,
    /// What it says.
    pub body: PrimaryBody,
}

/// Where each epoch begins in a log: the epoch and the index of its first entry, ascending.
pub type Epochs = Arc<Vec<(u32, u32)>>;

/// What was known when something was shipped.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shipped {
    /// The end of the primary's log.
    pub end: u32,
    /// Every replica has the log up to here.
    pub stable: u32,
    /// The primary's wall, in microseconds.
    pub wall_us: i64,
}

/// What a message says.
#[derive(Clone, Debug)]
pub enum PrimaryBody {
    /// Entries from a primary; without any, a heartbeat of its log.
    Ship {
        /// The position before the first entry: the follower takes them only if it has that.
        prev: LogPosition,
        /// The entries, in order.
        entries: Arc<[Slot]>,
        /// What the primary knew.
        shipped: Shipped,
    },
    /// Everything up to a position, for a follower that shares too little with the primary's log.
    Snapshot {
        /// The snapshot.
        snapshot: Arc<Snapshot>,
        /// The epochs of the whole log.
        epochs: Epochs,
        /// What the primary knew.
        shipped: Shipped,
    },
    /// The answer to what was shipped.
    Has(Outcome),
    /// The answer to a primary of the past: there is a later epoch.
    Deposed,
    /// Would you follow me? The sender has not heard of a primary for long.
    Campaign {
        /// The end of its log.
        last: LogPosition,
    },
    /// No: the sender knows a later epoch, or has more of the log and campaigns itself.
    Refuse {
        /// The end of its log.
        last: LogPosition,
    },
    /// Yes: nothing of an earlier epoch is taken any more.
    Promise {
        /// The end of the log that was asked about.
        last: LogPosition,
    },
}

impl PrimaryMessage {
    /// Its size in bytes, roughly what a compact encoding would take.
    pub fn bytes(&self) -> u32 {
        match &self.body {
            PrimaryBody::Ship { entries, .. } => 64 + entries.iter().map(|slot| slot.entry.bytes()).sum::<u32>(),
            PrimaryBody::Snapshot { snapshot, .. } => 128 + snapshot.state.bytes(),
            _ => 64,
        }
    }
}
