//! The store: cells in pages, copied on write, with a Merkle tree of sums over them.
//!
//! A page has 16 cells and a node of the tree 16 children. The hash of a node is the sum of a mixed hash of each
//! (key, cell) below it, so that a write updates one number on each of the four levels. Cloning a store copies
//! pointers; the first write to a page after that copies the page.

use std::sync::Arc;

use crate::base::{Column, Dot, KeyId};

use super::{Cell, Delta, Rules, hash3};

/// Children of a node, cells of a page.
pub const FANOUT: usize = 16;
/// Bits of a key that one level of the tree decides.
const BITS: u32 = 4;
/// The level of the root: 16⁴ keys.
pub const ROOT_LEVEL: u8 = 4;

/// What a write or a merge changed, for whoever records it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreChange {
    /// One write was taken in.
    Dot {
        /// The key.
        key: KeyId,
        /// Which.
        dot: Dot,
    },
    /// All writes of a column to a key after `after` up to `upto` were taken in.
    Range {
        /// The key.
        key: KeyId,
        /// The column.
        column: Column,
        /// Exclusive.
        after: u32,
        /// Inclusive.
        upto: u32,
    },
}

/// All cells of one replica.
#[derive(Clone, Debug, Default)]
pub struct Store {
    pages: Vec<Arc<Page>>,
    /// Sums of 16 pages, and of 256.
    uppers: [Vec<u64>; 2],
    root: u64,
    changes: Vec<StoreChange>,
    /// How many changes there were in all.
    changed: u32,
}

#[derive(Clone, Debug, Default)]
struct Page {
    cells: [Cell; FANOUT],
    hashes: [u64; FANOUT],
    sum: u64,
}

impl Store {
    /// The cell of `key`.
    #[inline]
    pub fn cell(&self, key: KeyId) -> &Cell {
        const EMPTY: &Cell = &Cell::Empty;
        self.pages.get(key.index() / FANOUT).map_or(EMPTY, |page| &page.cells[key.index() % FANOUT])
    }

    /// Takes in one write. Says whether it changed anything.
    #[inline]
    pub fn apply(&mut self, delta: &Arc<Delta>, rules: Rules) -> bool {
        let changed = self.update(delta.key, |cell, _| cell.apply(delta, rules));
        if changed {
            self.changes.push(StoreChange::Dot { key: delta.key, dot: delta.dot });
            self.changed += 1;
        }
        changed
    }

    /// Takes in all that another replica holds for `key`. Says whether it changed anything.
    pub fn merge(&mut self, key: KeyId, other: &Cell, rules: Rules) -> bool {
        let before = (self.hash_of(key), self.changes.len());
        self.update(key, |cell, changes| cell.merge(other, key, rules, changes));
        self.changed += (self.changes.len() - before.1) as u32;
        self.hash_of(key) != before.0
    }

    /// Forgets what it holds for `key`.
    pub fn collect(&mut self, key: KeyId) {
        self.update(key, |cell, _| *cell = Cell::Empty);
    }

    /// Puts a value there that counts as no write: the state of an installation.
    pub fn install(&mut self, delta: &Arc<Delta>) {
        self.update(delta.key, |cell, _| cell.apply(delta, Rules::default()));
    }

    /// What changed since the last call.
    #[inline]
    pub fn take_changes(&mut self) -> Vec<StoreChange> {
        std::mem::take(&mut self.changes)
    }

    /// Takes an emptied list back, for its space.
    #[inline]
    pub fn give_back(&mut self, mut changes: Vec<StoreChange>) {
        changes.clear();
        self.changes = changes;
    }

    /// What changed since they were last taken.
    pub fn changes(&self) -> &[StoreChange] {
        &self.changes
    }

    /// How many changes there were since this store was new.
    #[inline]
    pub fn changed(&self) -> u32 {
        self.changed
    }

    /// Whether something changed since they were last taken.
    #[inline]
    pub fn has_changes(&self) -> bool {
        !self.changes.is_empty()
    }

    /// The hash of the whole store.
    pub fn root(&self) -> u64 {
        self.root
    }

    /// The hashes of the 16 children of a node. At level 1 the children are cells, and the node is a page; node
    /// `index` of level n spans the keys from `index · 16ⁿ`.
    pub fn children(&self, level: u8, index: u32) -> [u64; FANOUT] {
        let first = index as usize * FANOUT;
        let at = |list: &[u64], child: usize| list.get(first + child).copied().unwrap_or(0);
        match level {
            1 => self.pages.get(index as usize).map_or([0; FANOUT], |page| page.hashes),
            2 => std::array::from_fn(|child| self.pages.get(first + child).map_or(0, |page| page.sum)),
            3 | 4 => std::array::from_fn(|child| at(&self.uppers[usize::from(level) - 3], child)),
            _ => unreachable!("a tree has {ROOT_LEVEL} levels"),
        }
    }

    fn hash_of(&self, key: KeyId) -> u64 {
        self.pages.get(key.index() / FANOUT).map_or(0, |page| page.hashes[key.index() % FANOUT])
    }

    #[inline]
    fn update<T>(&mut self, key: KeyId, change: impl FnOnce(&mut Cell, &mut Vec<StoreChange>) -> T) -> T {
        let (page_index, slot) = (key.index() / FANOUT, key.index() % FANOUT);
        if page_index >= self.pages.len() {
            self.pages.resize_with(page_index + 1, Arc::default);
        }
        let page = Arc::make_mut(&mut self.pages[page_index]);
        let result = change(&mut page.cells[slot], &mut self.changes);
        let content = page.cells[slot].content_hash();
        let hash = if content == 0 { 0 } else { hash3(u64::from(key.0), content, 1) };
        let moved = hash.wrapping_sub(page.hashes[slot]);
        page.hashes[slot] = hash;
        page.sum = page.sum.wrapping_add(moved);
        self.root = self.root.wrapping_add(moved);
        for (level, sums) in self.uppers.iter_mut().enumerate() {
            let index = page_index >> (BITS * (level as u32 + 1));
            if index >= sums.len() {
                sums.resize(index + 1, 0);
            }
            sums[index] = sums[index].wrapping_add(moved);
        }
        result
    }
}
