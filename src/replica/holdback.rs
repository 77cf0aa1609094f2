//! Writes that arrived before what comes before them: held back, and shown once that is here.
//!
//! ```text
//!   r1  question ─────────────────────────── slow ──▶ r3   applied, and then the answer at once
//!   r2           └─▶ read ─▶ answer ─▶ r3  held back ─┘
//! ```
//!
//! A write says what has to be there first ([`Delta::needs`]): with `fifo` all earlier ones of its column, at `causal` all
//! that its writer had seen, in the loose part and in each log (causal delivery: Birman and Joseph 1987; with dependencies
//! of operations instead of messages: Lloyd et al., *Don't Settle for Eventual*, SOSP 2011). Prefixes decide, so a write
//! may wait longer than it has to, and never too short.
//!
//! The buffer is memory only. A crash loses it and a full one takes in nothing more: repair brings both again.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::{Context, Dot, LocalInstant, LogId, LogPosition, VersionVector};
use crate::data::{AppliedSet, Delta, Ordered};
use crate::wire::{Effect, Effects, Settings};

use super::Replica;

/// Writes that are held back at one replica: some seconds of a busy cluster.
const HELD_MAX: usize = 4_096;

/// What is held back.
#[derive(Clone, Debug, Default)]
pub(super) struct Holdback {
    held: BTreeMap<Dot, Arc<Delta>>,
    /// What the replica had when they were looked at last.
    looked: Option<(VersionVector, [LogPosition; 2])>,
}

impl Holdback {
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }
}

impl Replica {
    /// The writes that it holds back, by their dots.
    pub fn held_back(&self) -> impl Iterator<Item = &Delta> {
        self.holdback.held.values().map(AsRef::as_ref)
    }

    /// How far it has applied each log.
    #[inline]
    pub(super) fn positions(&self) -> [LogPosition; 2] {
        LogId::ALL.map(|log| self.ordered(log).map_or(LogPosition::default(), Ordered::position))
    }

    /// Whether it has all of a context.
    #[inline]
    pub(super) fn holds(&self, context: &Context) -> bool {
        context.is_held(self.disk.applied.prefix(), self.positions())
    }

    /// Whether a write that was pushed here has to wait; then it does, if there is room.
    pub(super) fn hold_back(&mut self, now: LocalInstant, delta: &Arc<Delta>, effects: &mut Effects) -> bool {
        self.disk.has_needs = true;
        let Some(needs) = delta.needs() else { return false };
        if self.disk.applied.contains(delta.dot) || self.holds(&needs) {
            return false;
        }
        self.disk.clock.receive(now.wall_us, delta.stamp.hlc);
        let held = &mut self.holdback.held;
        if held.len() < HELD_MAX && held.insert(delta.dot, delta.clone()).is_none() {
            effects.push(Effect::HeldBack(delta.key, delta.dot));
        }
        true
    }

    /// Shows what has waited long enough, until nothing more can be shown.
    pub(super) fn release_held(&mut self, settings: &Settings, effects: &mut Effects) {
        let reached = (*self.disk.applied.prefix(), self.positions());
        if self.holdback.looked == Some(reached) {
            return;
        }
        while self.release_round(settings, effects) {}
        self.holdback.looked = Some((*self.disk.applied.prefix(), self.positions()));
    }

    /// Goes through all of them once; says whether it showed one.
    fn release_round(&mut self, settings: &Settings, effects: &mut Effects) -> bool {
        let waiting: Vec<Arc<Delta>> = self.holdback.held.values().cloned().collect();
        let mut has_shown = false;
        for delta in waiting {
            if self.disk.applied.contains(delta.dot) {
                self.holdback.held.remove(&delta.dot);
            } else if delta.needs().is_none_or(|needs| self.holds(&needs)) {
                self.holdback.held.remove(&delta.dot);
                self.disk.applied.insert(delta.dot);
                self.store(&delta, true, settings, effects);
                has_shown = true;
            }
        }
        has_shown
    }

    /// What it will have applied without gaps once it has all of `brought` too: what it holds back is shown then, as far
    /// as that can be.
    pub(super) fn prospect(&self, brought: &VersionVector) -> AppliedSet {
        let mut applied = self.disk.applied.clone();
        applied.join(brought);
        let logs = self.positions();
        loop {
            let is_ready = |delta: &&Arc<Delta>| {
                let is_met = |needs: Context| needs.is_held(applied.prefix(), logs);
                !applied.contains(delta.dot) && delta.needs().is_none_or(is_met)
            };
            let ready: Vec<Dot> = self.holdback.held.values().filter(is_ready).map(|delta| delta.dot).collect();
            if ready.is_empty() {
                return applied;
            }
            for dot in ready {
                applied.insert(dot);
            }
        }
    }
}
