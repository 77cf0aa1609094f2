//! A follower: takes what the primary ships, and gives up what the primary does not have.

use std::sync::Arc;

use crate::base::{LogPosition, ReplicaId};
use crate::replica::log::Log;
use crate::wire::primary::{Epochs, PrimaryBody, Shipped};
use crate::wire::raft::Outcome;
use crate::wire::{Slot, Snapshot};

use super::{Durable, Primary, PrimaryEffect, PrimaryEffects};

impl Primary {
    /// Takes the entries that follow `prev`, if the log has it.
    pub(super) fn take_entries(
        &mut self,
        from: ReplicaId,
        prev: LogPosition,
        entries: &[Slot],
        shipped: Shipped,
        effects: &mut PrimaryEffects,
    ) {
        let outcome = self.fit(prev, entries).unwrap_or_else(|| {
            for (index, slot) in (prev.index + 1..).zip(entries) {
                self.take_entry(index, slot, effects);
            }
            Outcome::Matches(prev.index + entries.len() as u32)
        });
        self.answer(from, outcome, shipped, effects);
    }

    /// Whether entries after `prev` fit; if not, what is missing.
    fn fit(&self, prev: LogPosition, entries: &[Slot]) -> Option<Outcome> {
        let conflict = |term, first| Some(Outcome::Conflict { prev: prev.index, term, first });
        let log = &self.durable.log;
        let (base, last) = (log.base(), log.last());
        if prev.index > last.index {
            return conflict(0, last.index + 1);
        }
        // What is forgotten cannot be compared: the first entry that can be is at the base.
        let shared = if prev.index < base.index {
            let at_base = entries.get((base.index - prev.index) as usize - 1);
            match at_base {
                None => return conflict(0, base.index + 1),
                Some(slot) => slot.term == base.term,
            }
        } else {
            log.term_at(prev.index) == Some(prev.term)
        };
        match log.term_at(prev.index.max(base.index)) {
            _ if shared => None,
            Some(term) if prev.index > base.index => conflict(term, log.first_of_term_at(prev.index)),
            _ => conflict(0, 0),
        }
    }

    /// Puts an entry in its place, unless it is there; what disagrees with it gives way, and all after that.
    fn take_entry(&mut self, index: u32, slot: &Slot, effects: &mut PrimaryEffects) {
        let log = &self.durable.log;
        if index <= log.base().index || log.term_at(index) == Some(slot.term) {
            return;
        }
        if index <= log.last().index {
            self.drop_from(index, effects);
        }
        let position = self.durable.append(slot.clone());
        effects.push(PrimaryEffect::Apply(position, slot.entry.clone()));
    }

    /// Drops the entries from `index` on, and what they did.
    fn drop_from(&mut self, index: u32, effects: &mut PrimaryEffects) {
        let dropped = self.durable.entries_from(index);
        self.durable.truncate_from(index);
        self.stable = self.stable.min(index - 1);
        let checkpoint = self.durable.checkpoints.back().expect("a log begins at a checkpoint");
        let (state, last) = (checkpoint.state.clone(), checkpoint.last.index);
        let again = self.durable.entries_from(last + 1);
        effects.push(PrimaryEffect::Rewind { state, again, dropped });
    }

    /// Takes a snapshot in place of its log, unless it has that already.
    pub(super) fn take_snapshot(
        &mut self,
        from: ReplicaId,
        snapshot: &Arc<Snapshot>,
        epochs: &Epochs,
        shipped: Shipped,
        effects: &mut PrimaryEffects,
    ) {
        let (last, base) = (snapshot.last, self.durable.log.base());
        // One that comes late may be older than what is forgotten here.
        let has_more = base.index > last.index && is_in(base, epochs, shipped.end);
        if !has_more && self.durable.log.term_at(last.index) != Some(last.term) {
            let mut dropped = self.durable.entries_from(base.index + 1);
            dropped.retain(|(position, _)| !is_in(*position, epochs, shipped.end));
            self.durable.log = Log::after(last);
            self.durable.epochs = Arc::new(epochs.iter().copied().filter(|(_, first)| *first <= last.index).collect());
            self.durable.checkpoints = [snapshot.clone()].into();
            self.stable = 0;
            effects.push(PrimaryEffect::Restore(snapshot.clone(), dropped));
        }
        self.answer(from, Outcome::Matches(last.index), shipped, effects);
    }

    fn answer(&mut self, to: ReplicaId, outcome: Outcome, shipped: Shipped, effects: &mut PrimaryEffects) {
        if outcome == Outcome::Matches(shipped.end) {
            self.durable.is_member = true;
            self.caught_up_wall_us = self.caught_up_wall_us.max(Some(shipped.wall_us));
        }
        if let Outcome::Matches(index) = outcome {
            self.stable = self.stable.max(shipped.stable.min(index));
            self.forget();
        }
        self.send(to, self.durable.epoch, PrimaryBody::Has(outcome), effects);
    }
}

impl Durable {
    /// Drops the entries from `index` on, with the checkpoints that hold them.
    fn truncate_from(&mut self, index: u32) {
        self.log.truncate_from(index);
        while self.checkpoints.len() > 1 && self.checkpoints.back().is_some_and(|last| last.last.index >= index) {
            self.checkpoints.pop_back();
        }
        Arc::make_mut(&mut self.epochs).retain(|(_, first)| *first < index);
    }
}

/// Whether a log with these epochs, which ends at `end`, has the entry at `position`.
fn is_in(position: LogPosition, epochs: &Epochs, end: u32) -> bool {
    let Some(at) = epochs.iter().position(|(epoch, _)| *epoch == position.term) else { return false };
    let end = epochs.get(at + 1).map_or(end, |(_, next)| next - 1);
    (epochs[at].1..=end).contains(&position.index)
}
