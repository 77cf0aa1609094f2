//! durable: what was acknowledged is not gone.
//!
//! An acknowledged write is gone when no replica has it, nor a write that wins against it, on a disk that is not lost.
//! How many lost disks an acknowledgement survives is the durability of a level; at `eventual` the one replica that
//! acknowledged may be the only one that has it.
//!
//! A copy that is under way outlives its sender: a verdict waits until the last message that the replica sent before
//! it lost its disk has had its time. So does one of the primary's log. What Raft ordered is on disks that have not applied
//! it yet: a verdict waits until some replica has applied something after it, and so everything before, or until each has
//! lost the disk that it had then.

use std::sync::Arc;

use super::writes::{Number, Writes};
use crate::base::limits::REPLICAS_MAX;
use crate::base::{Column, Dot, Instant, ReplicaId, Resolver};

/// Writes that may be gone.
#[derive(Clone, Debug, Default)]
pub(super) struct Durable {
    /// When the last copy that each replica sent arrives.
    copies_until: [Instant; REPLICAS_MAX],
    /// When the last message arrives that may carry entries of Raft's log.
    entries_until: Instant,
    /// When each replica last lost its disk.
    lost_at: [Option<Instant>; REPLICAS_MAX],
    suspects: Arc<Vec<Suspect>>,
}

/// How a replica lost a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// With its disk.
    Disk,
    /// Its log dropped it, for that of another primary.
    Log,
}

/// A write that nobody has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Suspect {
    pub(super) number: Number,
    dot: Dot,
    decided: Instant,
    pub(super) loser: ReplicaId,
    pub(super) how: Loss,
    until: Instant,
}

impl Durable {
    /// A replica sent something that may carry writes.
    #[inline]
    pub(super) fn sent(&mut self, from: ReplicaId, arrives: Instant) {
        let until = &mut self.copies_until[from.index()];
        *until = (*until).max(arrives);
    }

    /// Somebody sent something that may carry entries of Raft's log.
    #[inline]
    pub(super) fn sent_entries(&mut self, arrives: Instant) {
        self.entries_until = self.entries_until.max(arrives);
    }

    /// A replica lost its disk, the last one perhaps that had an entry.
    pub(super) fn disk_lost(&mut self, replica: ReplicaId, at: Instant, replicas: usize) {
        self.lost_at[replica.index()] = Some(at);
        let first = self.lost_at[..replicas].iter().copied().min().flatten();
        let is_older = |own: &Suspect| first.is_some_and(|first| own.decided < first);
        if self.suspects.iter().any(is_older) {
            for suspect in Arc::make_mut(&mut self.suspects).iter_mut().filter(|own| is_older(own)) {
                suspect.until = suspect.until.min(self.entries_until);
            }
        }
    }

    /// Nobody has these writes since `loser` lost them.
    pub(super) fn suspect(
        &mut self,
        numbers: impl IntoIterator<Item = Number>,
        (loser, how): (ReplicaId, Loss),
        writes: &Writes,
    ) {
        let copies_until = self.copies_until[loser.index()];
        let lost_by_all = self.lost_at[..writes.replicas].iter().copied().min().flatten();
        let suspect = |number| {
            let (dot, decided) = writes.get(number).map(|write| (write.dot, write.deed.at)).unwrap_or_default();
            let is_lost = lost_by_all.is_some_and(|first| decided < first);
            let until = match dot.column {
                Column::RAFT if is_lost => self.entries_until,
                Column::RAFT => Instant::NEVER,
                _ => copies_until,
            };
            Suspect { number, dot, decided, loser, how, until }
        };
        let suspects: Vec<Suspect> = numbers.into_iter().map(suspect).collect();
        if !suspects.is_empty() {
            Arc::make_mut(&mut self.suspects).extend(suspects);
        }
    }

    /// Some replica took in an ordered write at `at`: it has all that the log holds before that.
    #[inline]
    pub(super) fn log_moved(&mut self, dot: Dot, at: Instant) {
        let is_before = |own: &Suspect| own.dot.column == dot.column && own.dot.counter < dot.counter;
        if self.suspects.iter().any(is_before) {
            for suspect in Arc::make_mut(&mut self.suspects).iter_mut().filter(|own| is_before(own)) {
                suspect.until = suspect.until.min(at);
            }
        }
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
