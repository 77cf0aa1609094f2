//! What a replica that lost its disk must get back of the writes that were everywhere before.
//!
//! Those are in no table any more, so a summary stands for them; of a cell a list, see [`past`](super::past). Rarely
//! used, hence ordered maps.

use std::collections::BTreeMap;

use super::resolve::Rule;
use crate::base::{Column, Dot, Instant, KeyId, ReplicaId};

/// The acknowledged writes of one column to one key that every replica applied.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settled {
    pub(super) column: Column,
    /// The largest counter among them.
    pub(super) upto: u32,
    pub(super) count: u32,
    /// The earliest acknowledgement among them.
    pub(super) earliest: Instant,
}

impl Settled {
    /// Adds one write.
    pub(super) fn add(summaries: &mut Vec<Self>, dot: Dot, acknowledged: Instant) {
        let Some(summary) = summaries.iter_mut().find(|summary| summary.column == dot.column) else {
            summaries.push(Self { column: dot.column, upto: dot.counter, count: 1, earliest: acknowledged });
            return;
        };
        summary.upto = summary.upto.max(dot.counter);
        summary.count += 1;
        summary.earliest = summary.earliest.min(acknowledged);
    }
}

#[derive(Clone, Copy, Debug)]
struct Debt {
    settled: Settled,
    /// Everything up to here has come back.
    have: u32,
}

/// What each replica lacks of what was everywhere.
#[derive(Clone, Debug, Default)]
pub(super) struct Debts {
    counted: BTreeMap<(ReplicaId, KeyId, Column), Debt>,
    /// Cells of which a replica lacks something of their past, each with its rule.
    cells: BTreeMap<(ReplicaId, KeyId), Rule>,
}

impl Debts {
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.counted.is_empty() && self.cells.is_empty()
    }

    /// `replica` must get all of `settled` back.
    pub(super) fn owe(&mut self, replica: ReplicaId, key: KeyId, settled: Settled) {
        self.counted.insert((replica, key, settled.column), Debt { settled, have: 0 });
    }

    /// `replica` must get back what won at a cell.
    pub(super) fn owe_cell(&mut self, replica: ReplicaId, key: KeyId, rule: Rule) {
        self.cells.insert((replica, key), rule);
    }

    /// Whether all of `count` replicas lack the summary, so that its writes are lost. If so it is forgotten.
    pub(super) fn forget_lost(&mut self, count: usize, key: KeyId, column: Column) -> bool {
        let lost = ReplicaId::all(count).all(|replica| self.counted.contains_key(&(replica, key, column)));
        if lost {
            self.counted.retain(|(_, other, from), _| (*other, *from) != (key, column));
        }
        lost
    }

    /// `replica` applied all writes of `column` to `key` after `after` up to `upto`.
    pub(super) fn pay(&mut self, replica: ReplicaId, key: KeyId, column: Column, after: u32, upto: u32) {
        let Some(debt) = self.counted.get_mut(&(replica, key, column)) else { return };
        if after <= debt.have {
            debt.have = debt.have.max(upto);
        }
        // A single write that comes back by itself covers a summary of one.
        let only = debt.settled.count == 1 && (after + 1..=upto).contains(&debt.settled.upto);
        if only || debt.have >= debt.settled.upto {
            self.counted.remove(&(replica, key, column));
        }
    }

    /// `replica` lacks nothing of the past of a cell.
    pub(super) fn pay_cell(&mut self, replica: ReplicaId, key: KeyId) {
        self.cells.remove(&(replica, key));
    }

    /// The rule of a cell, if `replica` lacks something of its past.
    pub(super) fn owes_cell(&self, replica: ReplicaId, key: KeyId) -> Option<Rule> {
        self.cells.get(&(replica, key)).copied()
    }

    /// The cells of which `replica` lacks something.
    pub(super) fn cells_of(&self, replica: ReplicaId) -> impl Iterator<Item = KeyId> + '_ {
        self.cells.range((replica, KeyId(0))..=(replica, KeyId(u32::MAX))).map(|((_, key), _)| *key)
    }

    /// The earliest acknowledgement among all that `replica` lacks of what counts.
    pub(super) fn earliest(&self, replica: ReplicaId) -> Option<Instant> {
        let counted = self.counted.iter().filter(|(owed, _)| owed.0 == replica).map(|(_, debt)| debt.settled.earliest);
        counted.filter(|at| *at != Instant::NEVER).min()
    }

    /// Of what `replica` lacks of `key`, which counts, and was acknowledged before `instant`: the earliest acknowledgement
    /// and the number of writes: all of a summary, even if some of its acknowledgements came later.
    pub(super) fn of_key(&self, replica: ReplicaId, key: KeyId, instant: Instant) -> Option<(Instant, u32)> {
        let columns = (replica, key, Column(0))..=(replica, key, Column(u8::MAX));
        let counted = self.counted.range(columns).map(|(_, debt)| (debt.settled.earliest, debt.settled.count));
        let before = counted.filter(|(at, _)| *at < instant);
        before.reduce(|(at, count), (other, more)| (at.min(other), count + more))
    }
}
