//! Chains through the pending writes, in the order of their acknowledgement: one for each key, one over all.
//!
//! A chain keeps for each replica its oldest write missing there, so that neither a read's staleness nor a replica's
//! lag has to search. Its links live in the writes themselves, so that taking one out is cheap.

use super::table::{NONE, Pending, Table};
use crate::base::limits::REPLICAS_MAX;
use crate::base::{Dot, ReplicaId};

/// Neighbours in a chain.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Links {
    pub(super) previous: Dot,
    pub(super) next: Dot,
}

/// Which of the two chains.
#[derive(Clone, Copy, Debug)]
pub(super) enum Thread {
    /// Through the writes to one key.
    Key,
    /// Through all writes.
    Age,
}

/// A chain through pending writes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Chain {
    head: Dot,
    tail: Dot,
    /// For each replica the first write of the chain that is missing there.
    first_missing: [Dot; REPLICAS_MAX],
}

impl Chain {
    /// The oldest write missing at `replica`.
    #[inline]
    pub(super) fn first_missing(&self, replica: ReplicaId) -> Option<Dot> {
        let dot = self.first_missing[replica.index()];
        (dot != NONE).then_some(dot)
    }

    /// The writes from the first.
    pub(super) fn iter<'a>(&self, table: &'a Table, thread: Thread) -> impl Iterator<Item = (Dot, &'a Pending)> {
        walk(table, self.head, move |write| write.links[thread as usize].next)
    }

    /// The writes from the first that is missing at `replica`.
    pub(super) fn iter_missing<'a>(
        &self,
        table: &'a Table,
        thread: Thread,
        replica: ReplicaId,
    ) -> impl Iterator<Item = (Dot, &'a Pending)> {
        walk(table, self.first_missing[replica.index()], move |write| write.links[thread as usize].next)
    }

    /// The writes from the last.
    pub(super) fn iter_back<'a>(&self, table: &'a Table, thread: Thread) -> impl Iterator<Item = (Dot, &'a Pending)> {
        walk(table, self.tail, move |write| write.links[thread as usize].previous)
    }

    /// Adds a write, in the order of acknowledgements: nearly always at the end.
    pub(super) fn insert(&mut self, table: &mut Table, thread: Thread, dot: Dot) {
        let Some(write) = table.get(dot).copied() else { return };
        let older = |other: &Pending| other.acknowledged <= write.acknowledged;
        let previous = self.iter_back(table, thread).find(|(_, other)| older(other)).map_or(NONE, |(dot, _)| dot);
        let next = match table.links(previous, thread) {
            Some(links) => std::mem::replace(&mut links.next, dot),
            None => std::mem::replace(&mut self.head, dot),
        };
        match table.links(next, thread) {
            Some(links) => links.previous = dot,
            None => self.tail = dot,
        }
        if let Some(links) = table.links(dot, thread) {
            *links = Links { previous, next };
        }
        for replica in write.missing.iter() {
            let first = &mut self.first_missing[replica.index()];
            if table.get(*first).is_none_or(|first| first.acknowledged > write.acknowledged) {
                *first = dot;
            }
        }
    }

    /// Takes a write out. No replica may miss it any more.
    pub(super) fn remove(&mut self, table: &mut Table, thread: Thread, dot: Dot) {
        let Some(Links { previous, next }) = table.links(dot, thread).copied() else { return };
        match table.links(previous, thread) {
            Some(links) => links.next = next,
            None => self.head = next,
        }
        match table.links(next, thread) {
            Some(links) => links.previous = previous,
            None => self.tail = previous,
        }
    }

    /// Must follow when `replica` no longer misses `dot`.
    #[inline]
    pub(super) fn advance(&mut self, table: &Table, thread: Thread, dot: Dot, replica: ReplicaId) {
        if self.first_missing[replica.index()] == dot {
            self.seek(table, thread, dot, replica);
        }
    }

    /// Must follow when `replica` misses writes again.
    pub(super) fn rewind(&mut self, table: &Table, thread: Thread, replica: ReplicaId) {
        self.seek(table, thread, self.head, replica);
    }

    fn seek(&mut self, table: &Table, thread: Thread, from: Dot, replica: ReplicaId) {
        let mut rest = walk(table, from, move |write| write.links[thread as usize].next);
        let first = rest.find(|(_, write)| write.missing.contains(replica));
        self.first_missing[replica.index()] = first.map_or(NONE, |(dot, _)| dot);
    }
}

fn walk<'a>(
    table: &'a Table,
    from: Dot,
    step: impl Fn(&Pending) -> Dot + 'a,
) -> impl Iterator<Item = (Dot, &'a Pending)> {
    let mut dot = from;
    std::iter::from_fn(move || {
        let write = table.get(dot)?;
        let found = dot;
        dot = step(write);
        Some((found, write))
    })
}
