//! durable: what was acknowledged is not gone.
//!
//! An acknowledged write is gone when no replica has it, nor a write that wins against it, on a disk that is not lost.
//! How many lost disks an acknowledgement survives is the durability of a level; at `eventual` the one replica that
//! acknowledged may be the only one that has it.
//!
//! A copy that is under way outlives its sender: a verdict waits until the last message that the replica sent before
//! it lost its disk has had its time.

use std::sync::Arc;

use super::writes::{Number, Writes};
use crate::base::limits::REPLICAS_MAX;
use crate::base::{Instant, ReplicaId, Resolver};

/// Writes that may be gone.
#[derive(Clone, Debug, Default)]
pub(super) struct Durable {
    /// When the last copy that each replica sent arrives.
    copies_until: [Instant; REPLICAS_MAX],
    suspects: Arc<Vec<Suspect>>,
}

/// A write that nobody has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Suspect {
    pub(super) number: Number,
    pub(super) disk: ReplicaId,
    until: Instant,
}

impl Durable {
    /// A replica sent something that may carry writes.
    #[inline]
    pub(super) fn sent(&mut self, from: ReplicaId, arrives: Instant) {
        let until = &mut self.copies_until[from.index()];
        *until = (*until).max(arrives);
    }

    /// Nobody has these writes since `disk` lost its disk.
    pub(super) fn suspect(&mut self, numbers: Vec<Number>, disk: ReplicaId) {
        let until = self.copies_until[disk.index()];
        Arc::make_mut(&mut self.suspects).extend(numbers.into_iter().map(|number| Suspect { number, disk, until }));
    }

    /// Whether a suspect's time is over.
    #[inline]
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.suspects.iter().any(|suspect| suspect.until < now)
    }

    /// The suspects whose time is over and that nobody has.
    pub(super) fn judge(&mut self, writes: &Writes, now: Instant, resolver: Resolver) -> Vec<Suspect> {
        let (due, waiting) = self.suspects.iter().partition(|suspect| suspect.until < now);
        self.suspects = Arc::new(waiting);
        let due: Vec<Suspect> = due;
        due.into_iter().filter(|suspect| writes.is_gone(suspect.number, resolver)).collect()
    }
}
