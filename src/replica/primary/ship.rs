//! The primary: appends, ships, and hears how far its followers are.

use std::sync::Arc;

use crate::base::limits::REPLICAS_MAX;
use crate::base::time::SECOND;
use crate::base::{Column, LocalInstant, LogPosition, ReplicaId, Role as RoleName};
use crate::wire::primary::{PrimaryBody, Shipped};
use crate::wire::raft::Outcome;
use crate::wire::{Entry, Slot};

use super::{Primary, PrimaryEffect, PrimaryEffects, Role};

/// Entries of one message.
const BATCH: u32 = 64;
/// Entries that may be under way to one follower without an answer.
const WINDOW: u32 = 512;
/// How long a snapshot may take before it is sent again, in microseconds by the own clock.
const SNAPSHOT_AGAIN_US: u64 = SECOND;

/// What a primary knows of one follower.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Follower {
    /// Its log equals the primary's up to here.
    matched: u32,
    /// Whether it is known where both logs part: until then one message is under way and not many.
    is_known: bool,
    /// The next entry to ship.
    next: u32,
    /// When a snapshot was sent that was not answered yet, on the own monotonic clock.
    snapshot_mono_us: Option<u64>,
    /// The column to which it writes.
    column: Column,
    /// When it last answered, on the own monotonic clock; `None`: not in this epoch.
    heard_mono_us: Option<u64>,
}

impl Primary {
    /// Becomes the primary of the latest epoch that it knows, which is one of its own.
    pub(super) fn lead(&mut self, now: LocalInstant, effects: &mut PrimaryEffects) {
        assert!(self.owns(self.durable.epoch), "nobody else begins an epoch of its own");
        let next = self.durable.log.last().index + 1;
        self.durable.primary = Some(self.id);
        self.durable.is_member = true;
        self.role = Role::Primary(Box::new([Follower { next, ..Follower::default() }; REPLICAS_MAX]));
        effects.push(PrimaryEffect::Role(RoleName::Leader, self.durable.epoch));
        // An entry of its own epoch, so that whoever has more than it learns that this gave way.
        self.append(now, Entry::Noop, effects);
    }

    /// Appends an entry, if this is the primary.
    pub fn append(&mut self, now: LocalInstant, entry: Entry, effects: &mut PrimaryEffects) -> Option<LogPosition> {
        if !self.is_primary() {
            return None;
        }
        let position = self.durable.append(Slot { term: self.durable.epoch, entry: entry.clone() });
        effects.push(PrimaryEffect::Apply(position, entry));
        for peer in self.peers() {
            self.ship(now, peer, false, effects);
        }
        self.note_stable();
        Some(position)
    }

    /// The primary's heartbeat: tells every follower where the log ends, and sends again what they lack.
    pub(super) fn ship_all(&mut self, now: LocalInstant, effects: &mut PrimaryEffects) {
        for peer in self.peers() {
            self.ship(now, peer, true, effects);
        }
    }

    /// Ships what a follower lacks, as far as its answers allow; `anyway` sends something even if it lacks nothing.
    fn ship(&mut self, now: LocalInstant, peer: ReplicaId, anyway: bool, effects: &mut PrimaryEffects) {
        let mut anyway = anyway;
        let last = self.durable.log.last().index;
        loop {
            let Role::Primary(followers) = &self.role else { return };
            let follower = followers[peer.index()];
            if let Some(sent) = follower.snapshot_mono_us
                && now.mono_us.saturating_sub(sent) < SNAPSHOT_AGAIN_US
            {
                return;
            }
            if follower.next <= self.durable.log.base().index {
                return self.send_snapshot(now, peer, effects);
            }
            let is_full = follower.is_known && follower.next - follower.matched > WINDOW;
            let is_open = follower.next <= last && !is_full;
            if !is_open && !anyway {
                return;
            }
            anyway = false;
            let count = if is_open { BATCH } else { 0 };
            let index = follower.next - 1;
            let term = self.durable.log.term_at(index).expect("what is shipped is in the log");
            let entries = if count == 0 { Arc::default() } else { self.durable.log.slice(follower.next, count) };
            let sent = entries.len() as u32;
            let body = PrimaryBody::Ship { prev: LogPosition { term, index }, entries, shipped: self.shipped(now) };
            self.send(peer, self.durable.epoch, body, effects);
            if let Role::Primary(followers) = &mut self.role {
                followers[peer.index()].next += sent;
            }
            if !follower.is_known {
                return;
            }
        }
    }

    fn send_snapshot(&mut self, now: LocalInstant, peer: ReplicaId, effects: &mut PrimaryEffects) {
        let Some(snapshot) = self.durable.checkpoints.back().cloned() else { return };
        let epochs = self.durable.epochs.clone();
        let body = PrimaryBody::Snapshot { snapshot, epochs, shipped: self.shipped(now) };
        self.send(peer, self.durable.epoch, body, effects);
        if let Role::Primary(followers) = &mut self.role {
            followers[peer.index()].snapshot_mono_us = Some(now.mono_us);
        }
    }

    fn shipped(&self, now: LocalInstant) -> Shipped {
        Shipped { end: self.durable.log.last().index, stable: self.stable, wall_us: now.wall_us }
    }

    /// A follower says how far it is.
    pub(super) fn on_has(
        &mut self,
        now: LocalInstant,
        from: ReplicaId,
        (epoch, column): (u32, Column),
        outcome: Outcome,
        effects: &mut PrimaryEffects,
    ) {
        if epoch > self.durable.epoch {
            return self.hear_of(epoch, None, effects);
        }
        let last = self.durable.log.last().index;
        let shared = match outcome {
            Outcome::Conflict { term, .. } if term > 0 => self.durable.log.last_of_term(term),
            _ => None,
        };
        let Role::Primary(followers) = &mut self.role else { return };
        if epoch < self.durable.epoch {
            return;
        }
        let follower = &mut followers[from.index()];
        if column < follower.column {
            return;
        }
        if column > follower.column {
            // It lost its disk, or answers for the first time.
            *follower = Follower { column, next: follower.next, ..Follower::default() };
        }
        follower.heard_mono_us = Some(now.mono_us);
        match outcome {
            Outcome::Matches(index) => {
                let index = index.min(last);
                // Only an answer that is news tells that a snapshot has arrived.
                if index > follower.matched {
                    follower.snapshot_mono_us = None;
                }
                follower.is_known = true;
                follower.matched = follower.matched.max(index);
                follower.next = follower.next.max(follower.matched + 1);
            }
            Outcome::Conflict { prev, first, .. } => {
                if prev <= follower.matched || follower.snapshot_mono_us.is_some() {
                    return;
                }
                follower.is_known = false;
                follower.next = match shared {
                    Some(shared) => (shared + 1).clamp(1, prev),
                    // 0: both logs share nothing that either still has.
                    None => first.min(last + 1),
                };
            }
        }
        self.note_stable();
        effects.push(PrimaryEffect::Acknowledged);
        self.ship(now, from, false, effects);
    }

    fn note_stable(&mut self) {
        let Role::Primary(followers) = &self.role else { return };
        let matched = self.peers().map(|peer| followers[peer.index()].matched).min();
        self.stable = self.stable.max(matched.unwrap_or(self.durable.log.last().index));
        self.forget();
    }

    /// How many followers have the entry at `index`.
    pub fn acknowledgements(&self, index: u32) -> usize {
        let Role::Primary(followers) = &self.role else { return 0 };
        self.peers().filter(|peer| followers[peer.index()].matched >= index).count()
    }

    /// Whether a follower answered within `within_us`. Only a primary can tell.
    pub fn hears_from(&self, peer: ReplicaId, now: LocalInstant, within_us: u64) -> bool {
        let Role::Primary(followers) = &self.role else { return false };
        let heard = followers[peer.index()].heard_mono_us;
        peer == self.id || heard.is_some_and(|heard| now.mono_us.saturating_sub(heard) <= within_us)
    }
}
