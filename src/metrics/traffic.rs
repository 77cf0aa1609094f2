//! What it costs: messages, retries, repairs, tombstones.

use crate::base::limits::REPLICAS_MAX;
use crate::base::{Instant, MessageClass, ReplicaId};
use crate::record::{DropReason, Happened, RepairEnd, TraceEntry};

/// Classes of messages.
const CLASSES: usize = MessageClass::ALL.len();
/// Reasons for a drop.
const REASONS: usize = 5;

/// Counts since the start of the world.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    sent: [u64; CLASSES],
    delivered: [u64; CLASSES],
    dropped: [[u64; CLASSES]; REASONS],
    /// Attempts after an operation's first.
    pub retries: u64,
    /// Repairs that began.
    pub repairs_started: u64,
    /// Repairs after which both sides hold what the other held.
    pub repairs_succeeded: u64,
    /// Repairs that timed out or met a crash.
    pub repairs_failed: u64,
    /// Keys in which repairs found a difference, whichever side changed.
    pub keys_repaired: u64,
    /// Tombstones that replicas forgot after their grace.
    pub tombstones_collected: u64,
    /// Items that came to life again.
    pub resurrected: u64,
    last_repair: [Option<Instant>; REPLICAS_MAX],
}

impl Traffic {
    /// Takes in one entry of the trace.
    #[inline]
    pub fn trace(&mut self, entry: &TraceEntry) {
        match entry.what {
            Happened::Sent { class, .. } => self.sent[class as usize] += 1,
            Happened::Delivered { class, .. } => self.delivered[class as usize] += 1,
            Happened::Dropped { why, class, .. } => self.dropped[why as usize][class as usize] += 1,
            Happened::RepairStarted { .. } => self.repairs_started += 1,
            Happened::RepairEnded { end, keys, .. } => self.repair_ended(entry, end, keys),
            Happened::Collected { .. } => self.tombstones_collected += 1,
            Happened::Resurrected { .. } => self.resurrected += 1,
            _ => {}
        }
    }

    /// A client sent an attempt.
    #[inline]
    pub fn attempted(&mut self, number: u16) {
        self.retries += u64::from(number > 0);
    }

    /// Messages sent, second copies that links make not counted.
    pub fn sent(&self) -> u64 {
        self.sent.iter().sum()
    }

    /// Messages of one class sent, second copies not counted.
    pub fn sent_of(&self, class: MessageClass) -> u64 {
        self.sent[class as usize]
    }

    /// Messages of one class delivered.
    pub fn delivered_of(&self, class: MessageClass) -> u64 {
        self.delivered[class as usize]
    }

    /// Messages of all classes that were dropped for this reason.
    pub fn dropped_for(&self, why: DropReason) -> u64 {
        self.dropped[why as usize].iter().sum()
    }

    /// Messages of one class that were dropped, for any reason.
    pub fn dropped_of(&self, class: MessageClass) -> u64 {
        self.dropped.iter().map(|reasons| reasons[class as usize]).sum()
    }

    /// Messages dropped.
    pub fn dropped(&self) -> u64 {
        self.dropped.iter().flatten().sum()
    }

    /// When the last repair that `replica` began succeeded.
    pub fn last_repair(&self, replica: ReplicaId) -> Option<Instant> {
        self.last_repair.get(replica.index()).copied().flatten()
    }

    fn repair_ended(&mut self, entry: &TraceEntry, end: RepairEnd, keys: u32) {
        self.keys_repaired += u64::from(keys);
        if end != RepairEnd::Succeeded {
            self.repairs_failed += 1;
            return;
        }
        self.repairs_succeeded += 1;
        if let Some(last) = entry.actor.as_replica().and_then(|replica| self.last_repair.get_mut(replica.index())) {
            *last = Some(entry.at);
        }
    }
}
