//! The store: cells in pages, copied on write, with a Merkle tree of sums over them.
//!
//! A page has 16 cells and a node of the tree 16 children. The hash of a node is the sum of a mixed hash of each
//! (key, cell) below it, so that a write updates one number on each of the four levels. Cloning a store copies
//! pointers; the first write to a page after that copies the page.

use std::sync::Arc;

use crate::base::{Column, Dot, KeyId, Resolver, Span};

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
    /// One write was taken in and changes nothing: what is here wins against it.
    Superseded {
        /// The key.
        key: KeyId,
        /// Which.
        dot: Dot,
    },
    /// One write was taken back: the log that had it dropped it.
    TakenBack {
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

impl StoreChange {
    /// All writes of a span to a key were taken in.
    pub(super) fn range(key: KeyId, span: Span) -> Self {
        let Span { column, after, upto } = span;
        Self::Range { key, column, after, upto }
    }
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
        if delta.seen.is_some() {
            return self.apply_sibling(delta, rules);
        }
        let changed = self.update(delta.key, |cell, _| cell.apply(delta, rules));
        if changed {
            self.changes.push(StoreChange::Dot { key: delta.key, dot: delta.dot });
            self.changed += 1;
        }
        changed
    }

    /// The same for a write that says what its client had seen: that counts as taken in as well.
    fn apply_sibling(&mut self, delta: &Arc<Delta>, rules: Rules) -> bool {
        let before = self.changes.len();
        let key = delta.key;
        let changed = self.update(key, |cell, changes| {
            let unheard = if rules.resolver == Resolver::Siblings { cell.unheard_of(delta) } else { Vec::new() };
            let changed = cell.apply(delta, rules);
            changes.extend(changed.then_some(StoreChange::Dot { key, dot: delta.dot }));
            changes.extend(unheard.into_iter().map(|span| StoreChange::range(key, span)));
            changed
        });
        self.changed += (self.changes.len() - before) as u32;
        changed
    }

    /// Notes a write to a cell that was taken in for the first time and lost against what is there.
    #[inline]
    pub fn note_superseded(&mut self, delta: &Delta) {
        self.changes.push(StoreChange::Superseded { key: delta.key, dot: delta.dot });
        self.changed += 1;
    }

    /// Takes in all that another replica holds for `key`. Says whether it changed anything.
    pub fn merge(&mut self, key: KeyId, other: &Cell, rules: Rules) -> bool {
        let before = (self.hash_of(key), self.changes.len());
        self.update(key, |cell, changes| cell.merge(other, key, rules, changes));
        self.changed += (self.changes.len() - before.1) as u32;
        self.hash_of(key) != before.0
    }

    /// Takes in what a log absorbed: the loose part records it.
    pub fn absorb(&mut self, key: KeyId, other: &Cell, rules: Rules) {
        self.update(key, |cell, _| cell.merge(other, key, rules, &mut Vec::new()));
    }

    /// Notes those of some changes that a log ordered; the loose part notes the others.
    pub fn note_ordered(&mut self, changes: Vec<StoreChange>) {
        let is_ordered = |change: &StoreChange| match change {
            StoreChange::Dot { dot, .. } | StoreChange::Superseded { dot, .. } | StoreChange::TakenBack { dot, .. } => {
                !dot.column.is_loose()
            }
            StoreChange::Range { column, .. } => !column.is_loose(),
        };
        let before = self.changes.len();
        self.changes.extend(changes.into_iter().filter(is_ordered));
        self.changed += (self.changes.len() - before) as u32;
    }

    /// Takes in a write that is known here already, from another log.
    pub fn apply_again(&mut self, delta: &Arc<Delta>, rules: Rules) {
        self.update(delta.key, |cell, _| cell.apply(delta, rules));
    }

    /// Becomes `other`, which has at least the same writes, but for those that were dropped; what a log ordered counts as
    /// taken in here.
    pub fn adopt(&mut self, other: &Self, rules: Rules) {
        let before = self.changes.len();
        for key in (0..other.key_space()).map(KeyId) {
            let cell = other.cell(key);
            if !cell.is_empty() && cell != self.cell(key) {
                self.update(key, |own, changes| own.merge(cell, key, rules, changes));
            }
            if cell != self.cell(key) {
                // What it had was dropped, and hid something of the other.
                self.update(key, |own, changes| {
                    *own = Cell::Empty;
                    own.merge(cell, key, rules, changes);
                });
            }
        }
        let fresh = self.changes.split_off(before);
        self.note_ordered(fresh);
        (self.pages, self.uppers, self.root) = (other.pages.clone(), other.uppers.clone(), other.root);
    }

    /// Becomes `other`, an earlier state of this store that lacks just the writes of `gone`. What had changed before
    /// is still to be taken.
    pub fn return_to(&mut self, other: &Self, gone: impl IntoIterator<Item = (KeyId, Dot)>) {
        (self.pages, self.uppers, self.root) = (other.pages.clone(), other.uppers.clone(), other.root);
        self.take_back(gone);
    }

    /// Notes writes that are here no more.
    pub fn take_back(&mut self, gone: impl IntoIterator<Item = (KeyId, Dot)>) {
        let before = self.changes.len();
        self.changes.extend(gone.into_iter().map(|(key, dot)| StoreChange::TakenBack { key, dot }));
        self.changed += (self.changes.len() - before) as u32;
    }

    /// All keys that hold something are below this number.
    pub fn key_space(&self) -> u32 {
        (self.pages.len() * FANOUT) as u32
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::base::{AttemptId, Context, Hlc, Resolver, Stamp, Symbol, Value};
    use crate::data::{Change, Hold};

    /// Keys far apart, so that every level of the tree has a part in it; a key's service follows from its place here.
    const KEYS: [u32; 10] = [0, 1, 15, 16, 17, 255, 256, 4_095, 4_096, 65_535];

    /// One random write: column, which key, amount, wall, hybrid time.
    type Raw = (u8, usize, i64, i64, i64);

    fn raws() -> impl Strategy<Value = Vec<Raw>> {
        prop::collection::vec((0u8..3, 0..KEYS.len(), -9i64..10, 0i64..6, 0i64..6), 1..50)
    }

    /// The deltas that three replicas would make of it. Stamps meet often, so that ties matter.
    fn deltas(raws: &[Raw]) -> Vec<Arc<Delta>> {
        let mut written = [0; 3];
        let mut last: BTreeMap<(u8, u32), u32> = BTreeMap::new();
        let delta = |(index, &(column, which, amount, wall_us, l_us)): (usize, &Raw)| {
            written[usize::from(column)] += 1;
            let dot = Dot { column: Column(column), counter: written[usize::from(column)] };
            let key = KEYS[which];
            let text = Symbol(index as u32);
            let change = match which % 7 {
                0 if amount < 0 => Change::Spend(-amount),
                0 => Change::Add(amount),
                1 => Change::Append(text),
                2 => Change::Assign(Value::Text(text)),
                3 => Change::Permit(amount < 0),
                4 => Change::Claim(text),
                5 => Change::Record(amount),
                _ if amount < 0 => Change::Delete,
                _ => Change::Put(Value::Text(text)),
            };
            let counts = matches!(change, Change::Add(_) | Change::Spend(_) | Change::Append(_));
            let previous = if counts { last.insert((column, key), dot.counter).unwrap_or(0) } else { 0 };
            Arc::new(Delta {
                dot,
                previous,
                key: KeyId(key),
                attempt: AttemptId::default(),
                stamp: Stamp { wall_us, hlc: Hlc { l_us, c: 0 } },
                context: Context::default(),
                seen: None,
                change,
                hold: Hold::default(),
            })
        };
        raws.iter().enumerate().map(delta).collect()
    }

    fn all(deltas: &[Arc<Delta>], rules: Rules) -> Store {
        let mut store = Store::default();
        for delta in deltas {
            store.apply(delta, rules);
        }
        store
    }

    /// Two stores hold the same and say so on every level.
    fn assert_same(one: &Store, other: &Store) {
        for key in KEYS.map(KeyId) {
            assert_eq!(one.cell(key), other.cell(key), "{key:?}");
            assert_eq!(one.hash_of(key), other.hash_of(key), "{key:?}");
        }
        assert_eq!(one.root(), other.root());
    }

    /// The tree is what its cells make it.
    fn assert_sums(store: &Store) {
        for key in KEYS {
            let content = store.cell(KeyId(key)).content_hash();
            let hash = if content == 0 { 0 } else { hash3(u64::from(key), content, 1) };
            assert_eq!(store.children(1, key / 16)[key as usize % 16], hash, "key {key}");
            for level in 2..=ROOT_LEVEL {
                let child = key >> (BITS * u32::from(level - 1));
                let sum = store.children(level - 1, child).iter().fold(0u64, |sum, hash| sum.wrapping_add(*hash));
                assert_eq!(store.children(level, child / 16)[child as usize % 16], sum, "key {key}, level {level}");
            }
        }
        let sum = store.children(ROOT_LEVEL, 0).iter().fold(0u64, |sum, hash| sum.wrapping_add(*hash));
        assert_eq!(store.root(), sum);
    }

    /// What a delivery brings to one of three stores: a delta, or a cell of another store.
    fn deliveries() -> impl Strategy<Value = Vec<(usize, usize, usize, bool)>> {
        prop::collection::vec((0usize..3, 0usize..3, 0usize..50, any::<bool>()), 0..150)
    }

    fn rules() -> impl Strategy<Value = Rules> {
        prop::sample::select(Resolver::ALL.to_vec()).prop_map(|resolver| Rules { resolver, ..Rules::default() })
    }

    proptest! {
        #[test]
        fn order_and_repetition_of_deltas_change_nothing(
            (raws, order) in raws().prop_flat_map(|raws| {
                let twice: Vec<usize> = (0..raws.len()).chain(0..raws.len()).collect();
                (Just(raws), Just(twice).prop_shuffle())
            }),
            rules in rules(),
        ) {
            let deltas = deltas(&raws);
            let shuffled: Vec<_> = order.iter().map(|index| deltas[*index].clone()).collect();
            let (one, other) = (all(&deltas, rules), all(&shuffled, rules));
            assert_same(&one, &other);
            assert_sums(&other);
        }

        #[test]
        fn deltas_and_whole_cells_mix_in_any_order(raws in raws(), deliveries in deliveries(), rules in rules()) {
            let deltas = deltas(&raws);
            let mut stores = [Store::default(), Store::default(), Store::default()];
            for (to, from, which, by_cell) in deliveries {
                if by_cell {
                    let key = KeyId(KEYS[which % KEYS.len()]);
                    let cell = stores[from].cell(key).clone();
                    stores[to].merge(key, &cell, rules);
                } else {
                    stores[to].apply(&deltas[which % deltas.len()], rules);
                }
                assert_sums(&stores[to]);
            }
            // In the end each store is told everything, by cells of one that was told all by deltas.
            let whole = all(&deltas, rules);
            for store in &mut stores {
                for key in KEYS.map(KeyId) {
                    store.merge(key, &whole.cell(key).clone(), rules);
                }
                assert_same(store, &whole);
            }
        }

        #[test]
        fn merging_cells_commutes_and_associates(raws in raws(), parts in prop::collection::vec(0usize..7, 50), rules in rules()) {
            let deltas = deltas(&raws);
            // Each delta goes to one or several of three parts: gaps on every side.
            let part = |bit: usize| {
                let own = deltas.iter().zip(&parts).filter(|(_, mask)| ((*mask + 1) >> bit) & 1 == 1);
                all(&own.map(|(delta, _)| delta.clone()).collect::<Vec<_>>(), rules)
            };
            let parts = [part(0), part(1), part(2)];
            let join = |order: [usize; 3]| {
                let mut store = Store::default();
                for key in KEYS.map(KeyId) {
                    let mut inner = parts[order[1]].clone();
                    inner.merge(key, parts[order[2]].cell(key), rules);
                    store.merge(key, parts[order[0]].cell(key), rules);
                    store.merge(key, inner.cell(key), rules);
                    store.merge(key, inner.cell(key), rules);
                }
                store
            };
            let whole = all(&deltas, rules);
            for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
                assert_same(&join(order), &whole);
            }
        }
    }
}
