//! A replica takes in a write: it misses it no more, nor what loses against it.

use std::sync::Arc;

use super::Writes;
use super::chain::Thread;
use super::resolve::{Rule, Version};
use super::table::Pending;
use crate::base::{Column, Dot, KeyId, LogId, ReplicaId, Resolver};

/// Counters of a repaired range that are looked up one by one; a longer range goes through what is pending.
const RANGE_LOOKUPS_MAX: u32 = 64;

impl Writes {
    pub(super) fn applied(&mut self, replica: ReplicaId, key: KeyId, dot: Dot, resolver: Resolver) {
        if !self.lost.is_empty() {
            self.find_again(dot, replica, resolver);
        }
        let mut version = None;
        if let Some(write) = self.table.get_mut(dot)
            && write.key == key
        {
            write.holders.insert(replica);
            version = Some(write.version(dot));
            if write.missing.contains(replica) {
                write.missing.remove(replica);
                let write = *write;
                self.cleared(dot, &write, replica);
            }
        }
        let Some(state) = self.keys.get_mut(key.index()) else { return };
        let Some(rule) = state.service.and_then(|service| Rule::of(service, resolver)) else {
            if !self.debts.is_empty() {
                // What a log ordered comes in its order: whoever has one write has all before it.
                let after = if dot.column.is_loose() { dot.counter.saturating_sub(1) } else { 0 };
                Arc::make_mut(&mut self.debts).pay(replica, key, dot.column, after, dot.counter);
            }
            return;
        };
        let version = version.or_else(|| state.past.take_in(dot, replica));
        if let Some(version) = version.or_else(|| state.held.iter().flatten().copied().find(|held| held.dot == dot)) {
            self.hold(replica, key, version, rule);
        }
    }

    pub(super) fn applied_range(
        &mut self,
        replica: ReplicaId,
        key: KeyId,
        column: Column,
        range: (u32, u32),
        resolver: Resolver,
    ) {
        let (after, upto) = range;
        let in_range = |dot: &Dot| dot.column == column && after < dot.counter && dot.counter <= upto;
        let mut dots = Vec::new();
        if upto.saturating_sub(after) <= RANGE_LOOKUPS_MAX {
            dots.extend((after + 1..=upto).map(|counter| Dot { column, counter }));
        } else if let Some(state) = self.keys.get(key.index()) {
            dots.extend(self.table.dots_of(column).filter(in_range));
            dots.extend(state.held.iter().flatten().map(|held| held.dot).filter(in_range));
            dots.extend(self.lost.keys().copied().filter(in_range));
        }
        // A range of a primary's writes has gaps where its log dropped some.
        let has_gaps = column.log() == Some(LogId::Primary);
        for dot in dots.into_iter().filter(|dot| !(has_gaps && self.lost.contains_key(dot))).collect::<Vec<_>>() {
            let stored = self.table.get(dot).or_else(|| self.lost.get(&dot));
            if stored.is_none_or(|write| write.key == key) {
                self.applied(replica, key, dot, resolver);
            }
        }
        if !self.debts.is_empty() {
            Arc::make_mut(&mut self.debts).pay(replica, key, column, after, upto);
        }
    }

    /// `replica` holds a version from now on, unless it holds something better: what loses against it is superseded.
    pub(super) fn hold(&mut self, replica: ReplicaId, key: KeyId, version: Version, rule: Rule) {
        let Some(state) = self.keys.get_mut(key.index()) else { return };
        state.held.resize(self.replicas, None);
        let held = &mut state.held[replica.index()];
        if held.is_none_or(|held| version.beats(&held, rule)) {
            *held = Some(version);
        }
        let loses = |(dot, write): &(Dot, &Pending)| {
            write.missing.contains(replica) && version.beats(&write.version(*dot), rule)
        };
        let acknowledged = state.acknowledged.iter_missing(&self.table, Thread::Key, replica);
        let waiting = state.waiting.iter(&self.table, Thread::Key);
        let superseded: Vec<Dot> = acknowledged.chain(waiting).filter(loses).map(|(dot, _)| dot).collect();
        for dot in superseded {
            self.clear(dot, replica);
        }
        if !self.debts.is_empty() {
            self.pay_cell(replica, key);
        }
    }
}
