//! Tombstones: kept for a grace by each replica's own wall clock, then forgotten.
//!
//! A tombstone must reach every replica before it is collected (Cassandra's `gc_grace_seconds` and the duty to repair
//! within it); what has not heard of the deletion by then can bring the dead back.

use std::collections::BTreeSet;

use crate::base::time::SECOND;
use crate::base::{KeyId, LocalInstant};
use crate::data::{Cell, Delta, item};
use crate::wire::{Effect, Effects, ReplicaTimer, Settings};

use super::{Replica, wake};

/// How often a replica that keeps tombstones looks for those past their grace, in microseconds.
const COLLECT_EVERY_US: u64 = SECOND;

/// The keys that are tombstones here.
#[derive(Clone, Debug, Default)]
pub(super) struct Tombstones {
    keys: BTreeSet<KeyId>,
}

impl Tombstones {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.keys.len()
    }
}

impl Replica {
    /// Notes whether a write that was taken in left a tombstone.
    #[inline]
    pub(super) fn note_tombstone(&mut self, delta: &Delta, effects: &mut Effects) {
        if item::is_tombstone(delta) {
            self.disk.tombstones.keys.insert(delta.key);
            self.watch_tombstones(effects);
        } else if !self.disk.tombstones.keys.is_empty() {
            self.disk.tombstones.keys.remove(&delta.key);
        }
    }

    /// Whether a cell from a repair is a tombstone that this replica would collect at once and has nothing to bury
    /// with: replicas whose clocks differ would hand it to each other for ever.
    pub(super) fn is_stale_tombstone(&self, now: LocalInstant, key: KeyId, cell: &Cell, settings: &Settings) -> bool {
        let is_over = |delta: &Delta| now.wall_us.saturating_sub(delta.stamp.wall_us) >= settings.grace_us as i64;
        matches!(self.disk.state.loose.cell(key), Cell::Empty) && cell.tombstone().is_some_and(is_over)
    }

    /// Keeps a timer running while there are tombstones.
    pub(super) fn watch_tombstones(&mut self, effects: &mut Effects) {
        if !self.collecting && self.disk.tombstones.count() > 0 {
            self.collecting = true;
            effects.push(wake(ReplicaTimer::Collect, COLLECT_EVERY_US, COLLECT_EVERY_US));
        }
    }

    /// Forgets the tombstones whose grace is over by this replica's clock.
    pub(super) fn collect_tombstones(&mut self, now: LocalInstant, settings: &Settings, effects: &mut Effects) {
        self.collecting = false;
        let grace_us = settings.grace_us as i64;
        let loose = &self.disk.state.loose;
        let over = |key: &KeyId| {
            let stamp_us = loose.cell(*key).tombstone()?.stamp.wall_us;
            (now.wall_us.saturating_sub(stamp_us) >= grace_us).then_some((*key, stamp_us))
        };
        let ripe: Vec<(KeyId, i64)> = self.disk.tombstones.keys.iter().filter_map(over).collect();
        for (key, stamp_us) in ripe {
            self.disk.tombstones.keys.remove(&key);
            self.disk.state.loose.collect(key);
            effects.push(Effect::Collected(key, stamp_us));
        }
        self.watch_tombstones(effects);
    }
}
