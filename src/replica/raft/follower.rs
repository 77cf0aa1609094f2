//! A follower: takes what the leader of its term sends, as far as both logs agree.

use std::sync::Arc;

use crate::base::{LocalInstant, LogPosition, ReplicaId};

use super::effects::{RaftEffect, RaftEffects};
use super::member::Raft;
use super::settings::RaftSettings;
use crate::replica::log::Log;
use crate::wire::raft::{Outcome, RaftBody, Round};
use crate::wire::{Slot, Snapshot};

impl Raft {
    /// Whether `from` leads this member's term, now that it says so in `term`. A sender of an earlier term is answered
    /// all the same, so that it learns of the later one.
    pub(super) fn hears(
        &mut self,
        now: LocalInstant,
        from: ReplicaId,
        term: u32,
        effects: &mut RaftEffects,
        settings: &RaftSettings,
    ) -> bool {
        if term < self.durable.term || (term == self.durable.term && self.leads()) {
            return false;
        }
        self.follow(term, Some(from), settings, effects);
        self.heard_mono_us = Some(now.mono_us);
        self.patient_since_us = now.mono_us;
        true
    }

    /// Takes the entries that follow `prev`, if the log has it, and commits as far as the leader has.
    pub(super) fn take_entries(
        &mut self,
        prev: LogPosition,
        entries: &[Slot],
        commit: u32,
        effects: &mut RaftEffects,
    ) -> Outcome {
        if prev.index > self.durable.last().index {
            return Self::conflict(prev.index, 0, self.durable.last().index + 1);
        }
        // What is committed agrees with every later leader.
        let has = self.durable.log.term_at(prev.index);
        if prev.index > self.commit && has != Some(prev.term) {
            let first = self.durable.log.first_of_term_at(prev.index);
            return Self::conflict(prev.index, has.unwrap_or_default(), first.max(self.commit + 1));
        }
        for (index, slot) in (prev.index + 1..).zip(entries) {
            self.take_entry(index, slot, effects);
        }
        let matches = prev.index + entries.len() as u32;
        self.commit_upto(commit.min(matches), effects);
        Outcome::Matches(matches)
    }

    /// Puts an entry in its place, unless it is there; what disagrees with it gives way, and all after that.
    fn take_entry(&mut self, index: u32, slot: &Slot, effects: &mut RaftEffects) {
        if index <= self.commit || self.durable.log.term_at(index) == Some(slot.term) {
            return;
        }
        if index <= self.durable.last().index {
            self.durable.log.truncate_from(index);
            effects.push(RaftEffect::Truncated(index));
        }
        self.durable.log.append(slot.clone());
    }

    /// Takes a snapshot in place of what it lacks, unless it has that already.
    pub(super) fn take_snapshot(&mut self, snapshot: &Arc<Snapshot>, effects: &mut RaftEffects) -> Outcome {
        let last = snapshot.last;
        if last.index > self.commit {
            if self.durable.log.term_at(last.index) == Some(last.term) {
                self.durable.log.forget_upto(last.index);
            } else {
                effects.push(RaftEffect::Truncated(last.index + 1));
                self.durable.log = Log::after(last);
            }
            self.durable.snapshot = snapshot.clone();
            self.commit = last.index;
            self.admit_all(snapshot.admitted);
            effects.push(RaftEffect::Restore(snapshot.clone()));
        }
        Outcome::Matches(last.index)
    }

    pub(super) fn answer(
        &self,
        to: ReplicaId,
        round: Round,
        outcome: Outcome,
        settings: &RaftSettings,
        effects: &mut RaftEffects,
    ) {
        let counts = self.has_vote(self.durable.term, settings);
        let incarnation = self.durable.incarnation;
        self.send(to, RaftBody::Appended { round, incarnation, counts, outcome }, effects);
    }

    /// The answer to a leader of the past.
    pub(super) fn lacks(prev: u32) -> Outcome {
        Self::conflict(prev, 0, prev)
    }

    fn conflict(prev: u32, term: u32, first: u32) -> Outcome {
        Outcome::Conflict { prev, term, first }
    }
}
