//! A lost disk: what its replica held is missing there again, and what nobody else held is lost.

use std::sync::Arc;

use super::Writes;
use super::chain::Thread;
use super::resolve::Rule;
use super::table::Pending;
use crate::base::{Dot, KeyId, ReplicaId, ReplicaSet, Resolver};

/// Lost writes that are remembered, in case a message that was under way brings one back.
const LOST_KEPT: usize = 1024;

impl Writes {
    pub(super) fn disk_lost(&mut self, replica: ReplicaId, resolver: Resolver) {
        self.owe_settled(replica, resolver);
        for dot in self.table.dots() {
            let Some(write) = self.table.get_mut(dot) else { continue };
            write.holders.remove(replica);
            if write.holders.is_empty() {
                self.lose(dot);
            } else if !write.missing.contains(replica) {
                write.missing.insert(replica);
                let (key, acknowledged) = (write.key, write.is_acknowledged());
                if acknowledged && let Some(state) = self.keys.get_mut(key.index()) {
                    state.behind[replica.index()] += 1;
                }
            }
        }
        self.by_age.rewind(&self.table, Thread::Age, replica);
        for number in self.keys.numbers() {
            if self.keys.get(number).is_some_and(|state| state.service.is_some())
                && let Some(state) = self.keys.get_mut(number)
            {
                state.acknowledged.rewind(&self.table, Thread::Key, replica);
            }
        }
    }

    /// What was everywhere is missing at `replica` now.
    fn owe_settled(&mut self, replica: ReplicaId, resolver: Resolver) {
        let debts = Arc::make_mut(&mut self.debts);
        let mut lost = Vec::new();
        for number in self.keys.numbers() {
            let key = KeyId(number as u32);
            let Some(service) = self.keys.get(number).and_then(|state| state.service) else { continue };
            let Some(state) = self.keys.get_mut(number) else { continue };
            for settled in &state.settled {
                debts.owe(replica, key, *settled);
            }
            state.settled.retain(|settled| !debts.forget_lost(self.replicas, key, settled.column));
            if let Some(held) = state.held.get_mut(replica.index()) {
                *held = None;
            }
            lost.extend(state.past.give_up(replica, None, key));
            if let Some(rule) = Rule::of(service, resolver).filter(|_| !state.past.is_empty()) {
                debts.owe_cell(replica, key, rule);
            }
        }
        for (dot, write) in lost {
            self.remember_lost(dot, write);
        }
    }

    /// A replica's log dropped a write: it is missing there again.
    pub(super) fn taken_back(&mut self, replica: ReplicaId, key: KeyId, dot: Dot, resolver: Resolver) {
        let Some(write) = self.table.get_mut(dot).filter(|write| write.key == key) else {
            return self.taken_back_of_past(replica, key, dot, resolver);
        };
        write.holders.remove(replica);
        let (is_gone, was_there) = (write.holders.is_empty(), !write.missing.contains(replica));
        write.missing.insert(replica);
        let acknowledged = write.is_acknowledged();
        let Some(state) = self.keys.get_mut(key.index()) else { return };
        if was_there && acknowledged {
            state.behind[replica.index()] += 1;
            state.acknowledged.rewind(&self.table, Thread::Key, replica);
            self.by_age.rewind(&self.table, Thread::Age, replica);
        }
        if let Some(held) = state.held.get_mut(replica.index())
            && held.is_some_and(|held| held.dot == dot)
        {
            *held = None;
        }
        if let Some(rule) = state.service.and_then(|service| Rule::of(service, resolver)) {
            self.hold_best(replica, key, rule);
        }
        if is_gone {
            self.lose(dot);
        }
    }

    /// The same for a write to a cell that was everywhere.
    fn taken_back_of_past(&mut self, replica: ReplicaId, key: KeyId, dot: Dot, resolver: Resolver) {
        let Some(state) = self.keys.get_mut(key.index()) else { return };
        let Some(rule) = state.service.and_then(|service| Rule::of(service, resolver)) else { return };
        let lost = state.past.give_up(replica, Some(dot), key);
        if state.held_at(replica).is_some_and(|held| held.dot == dot) {
            state.held[replica.index()] = None;
            Arc::make_mut(&mut self.debts).owe_cell(replica, key, rule);
            self.hold_best(replica, key, rule);
        }
        for (dot, write) in lost {
            self.remember_lost(dot, write);
        }
    }

    /// Finds what a replica holds now of a cell, among the writes that are known.
    fn hold_best(&mut self, replica: ReplicaId, key: KeyId, rule: Rule) {
        let Some(state) = self.keys.get(key.index()) else { return };
        let acknowledged = state.acknowledged.iter(&self.table, Thread::Key);
        let held = acknowledged.chain(state.waiting.iter(&self.table, Thread::Key));
        let held = held.filter(|(_, write)| write.holders.contains(replica));
        let versions = held.map(|(dot, write)| write.version(dot)).chain(state.past.best_at(replica, rule));
        let best = versions.reduce(|best, other| if other.beats(&best, rule) { other } else { best });
        if let Some(best) = best {
            self.hold(replica, key, best, rule);
        }
    }

    /// Nobody has a write any more.
    fn lose(&mut self, dot: Dot) {
        if let Some(write) = self.erase(dot) {
            self.remember_lost(dot, write);
        }
    }

    fn remember_lost(&mut self, dot: Dot, write: Pending) {
        self.lost_count += 1;
        let lost = Arc::make_mut(&mut self.lost);
        lost.insert(dot, write);
        if lost.len() > LOST_KEPT {
            lost.pop_first();
        }
    }

    /// The operation of a lost write ended.
    pub(super) fn change_lost(&mut self, dot: Dot, change: impl Fn(&mut Pending)) {
        if self.lost.contains_key(&dot)
            && let Some(write) = Arc::make_mut(&mut self.lost).get_mut(&dot)
        {
            write.undecided = false;
            change(write);
        }
    }

    /// A message that was under way brought a lost write back.
    pub(super) fn find_again(&mut self, dot: Dot, replica: ReplicaId, resolver: Resolver) {
        if !self.lost.contains_key(&dot) || self.table.get(dot).is_some() {
            return;
        }
        let Some(mut write) = Arc::make_mut(&mut self.lost).remove(&dot) else { return };
        write.missing = ReplicaSet::all(self.replicas);
        write.holders.insert(replica);
        let (at, version) = (write.acknowledged, write.version(dot));
        let Some(state) = self.keys.get_mut(write.key.index()) else { return };
        if let Some(rule) = state.service.and_then(|service| Rule::of(service, resolver)) {
            for (other, top) in ReplicaId::all(self.replicas).zip(&state.held) {
                if top.is_some_and(|top| top.beats(&version, rule)) {
                    write.missing.remove(other);
                }
            }
        }
        if !self.table.insert(dot, write) {
            self.untracked += 1;
        } else if write.is_acknowledged() {
            self.enlist(dot, at);
        } else if write.is_cell() {
            state.waiting.insert(&mut self.table, Thread::Key, dot);
        }
    }
}
