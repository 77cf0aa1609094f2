//! The staleness of a quorum read: what is absent from the union of what its homes had when they answered.
//!
//! A home takes in more while its answer travels. So the last changes of what is missing where are remembered, each with
//! the position of its replica: what was cleared at a home after its position was missing when it answered. Nothing of
//! this is kept until a quorum is used.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Writes;
use super::chain::Thread;
use crate::base::limits::REPLICAS_MAX;
use crate::base::{Column, Dot, Instant, KeyId, ReplicaId};
use crate::record::Basis;

/// Changes that are remembered: those of the time that answers travel, at a few hundred writes a second.
const KEPT: usize = 1_024;

/// A replica missed a write no more.
#[derive(Clone, Copy, Debug)]
struct Cleared {
    replica: ReplicaId,
    position: u32,
    key: KeyId,
    dot: Dot,
}

/// What a replica missed lately, and which writes were done with.
#[derive(Clone, Debug, Default)]
pub(super) struct Recent {
    is_used: bool,
    /// How many writes each replica has taken in since it lost its disk last.
    positions: [u32; REPLICAS_MAX],
    /// The column to which each replica that lost a disk writes.
    columns: [Option<Column>; REPLICAS_MAX],
    cleared: Arc<VecDeque<Cleared>>,
    /// Writes that were acknowledged and are everywhere.
    completed: Arc<VecDeque<(Dot, Instant)>>,
}

/// What one home contributed: its position, if it has kept its disk since.
#[derive(Clone, Copy, Debug)]
pub(in crate::metrics) struct Part {
    home: ReplicaId,
    position: Option<u32>,
}

impl Recent {
    /// A replica took something in.
    #[inline]
    pub(super) fn moved(&mut self, replica: ReplicaId) {
        self.positions[replica.index()] += 1;
    }

    pub(super) fn disk_lost(&mut self, replica: ReplicaId) {
        self.positions[replica.index()] = 0;
    }

    pub(super) fn note_cleared(&mut self, replica: ReplicaId, key: KeyId, dot: Dot) {
        if self.is_used {
            let position = self.positions[replica.index()];
            push(&mut self.cleared, Cleared { replica, position, key, dot });
        }
    }

    pub(super) fn note_completed(&mut self, dot: Dot, acknowledged: Instant) {
        if self.is_used {
            push(&mut self.completed, (dot, acknowledged));
        }
    }

    /// The writes to a key that a home got after it had answered.
    fn late(&self, part: Part, key: KeyId) -> impl Iterator<Item = Dot> + '_ {
        let is_late = move |cleared: &&Cleared| {
            let is_there = cleared.replica == part.home && cleared.key == key;
            is_there && part.position.is_none_or(|position| cleared.position > position)
        };
        self.cleared.iter().rev().filter(is_late).map(|cleared| cleared.dot)
    }

    fn is_late(&self, part: Part, key: KeyId, dot: Dot) -> bool {
        self.late(part, key).any(|own| own == dot)
    }
}

fn push<T: Clone>(list: &mut Arc<VecDeque<T>>, item: T) {
    let list = Arc::make_mut(list);
    if list.len() == KEPT {
        list.pop_front();
    }
    list.push_back(item);
}

impl Writes {
    /// An operation is begun that asks a quorum: from now on, what its answers need is remembered.
    pub(in crate::metrics) fn use_unions(&mut self) {
        self.recent.is_used = true;
    }

    /// A replica writes to this column from now on.
    pub(in crate::metrics) fn begins(&mut self, replica: ReplicaId, column: Column) {
        self.recent.columns[replica.index()] = Some(column);
    }

    /// What a home contributed.
    pub(in crate::metrics) fn part(&self, basis: Basis, column: Column) -> Part {
        let is_same_life = self.recent.columns[basis.replica.index()].is_none_or(|own| own == column);
        Part { home: basis.replica, position: is_same_life.then_some(basis.applied) }
    }

    /// The staleness of a read of `key` that these homes contributed to, as
    /// [`staleness_at_serve`](Self::staleness_at_serve) counts it: what any of them had when it answered is not absent.
    pub(in crate::metrics) fn staleness_of_union(&self, key: KeyId, parts: &[Part], invoked: Instant) -> (u64, u32) {
        let Some(state) = self.keys.get(key.index()) else { return (0, 0) };
        let Some(first) = parts.iter().min_by_key(|part| state.behind[part.home.index()]).copied() else {
            return (0, 0);
        };
        let lacks = |dot: Dot, part: &Part| {
            let is_missing = self.table.get(dot).is_some_and(|write| write.missing.contains(part.home));
            is_missing || self.recent.is_late(*part, key, dot)
        };
        let mut absent: Vec<Dot> = self.recent.late(first, key).collect();
        let missing = state.acknowledged.iter_missing(&self.table, Thread::Key, first.home);
        let missing = missing.take_while(|(_, write)| write.acknowledged < invoked);
        absent.extend(missing.filter(|(_, write)| write.missing.contains(first.home)).map(|(dot, _)| dot));
        absent.sort_unstable();
        absent.dedup();
        absent.retain(|dot| parts.iter().all(|part| lacks(*dot, part)));
        let acknowledged = absent.iter().filter_map(|dot| self.acknowledged_at(*dot)).filter(|at| *at < invoked);
        let mut count = 0;
        let oldest = acknowledged.inspect(|_| count += 1).min();
        let owed = parts.iter().map(|part| self.owed(part.home, key, invoked));
        let owed = owed.min_by_key(|owed| owed.map_or(0, |(_, count)| count)).flatten();
        let more = owed.map_or(0, |(_, count)| count);
        let oldest = oldest.into_iter().chain(owed.map(|(at, _)| at)).min();
        (oldest.map_or(0, |oldest| invoked.since(oldest)), count + more)
    }

    fn acknowledged_at(&self, dot: Dot) -> Option<Instant> {
        let pending = self.table.get(dot).filter(|write| write.is_acknowledged()).map(|write| write.acknowledged);
        pending.or_else(|| {
            let completed = self.recent.completed.iter().rev().find(|(own, _)| *own == dot);
            completed.map(|(_, at)| *at)
        })
    }
}
