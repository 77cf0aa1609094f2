//! The state of a replica: what logs have ordered, and what travels loosely.
//!
//! ```text
//!   given ⊔ ordered ⊔ loose   what a weak read returns
//!   given ⊔ ordered           what a strong read returns
//! ```
//!
//! Ordered writes reach the ordered part by their log or by a snapshot of it, never by gossip. What a log absorbed is in
//! both parts. As long as no log is in use there is no ordered part, and nothing is paid for it.

use std::sync::Arc;

use crate::base::{KeyId, LogId, Value};

use super::{Cell, Delta, Ordered, Rules, Store, StoreChange};

/// Both parts, and the state of the installation beneath them.
#[derive(Clone, Debug, Default)]
pub struct TwoPart {
    /// What was given to counters and feeds: writes come on top.
    given: Vec<Value>,
    /// What was given to registers and items: the first write takes its place.
    initial: Vec<Value>,
    /// For each log that is in use, its fold.
    ordered: [Option<Box<Ordered>>; 2],
    /// The join of the deltas.
    pub loose: Store,
}

impl TwoPart {
    /// Gives a counter or a feed the value that it starts from.
    pub fn install(&mut self, key: KeyId, value: Value) {
        set(&mut self.given, key, value);
    }

    /// Gives a register or an item the value that the first ordered write replaces.
    pub fn install_cell(&mut self, key: KeyId, value: Value) {
        set(&mut self.initial, key, value);
    }

    /// The fold of a log, if it is in use.
    #[inline]
    pub fn ordered(&self, log: LogId) -> Option<&Ordered> {
        self.ordered[log.index()].as_deref()
    }

    /// The same, to go on; a log that was not in use is from now on.
    #[inline]
    pub fn ordered_mut(&mut self, log: LogId) -> &mut Ordered {
        self.ordered[log.index()].get_or_insert_default()
    }

    /// Whether a log is in use.
    #[inline]
    pub fn has_logs(&self) -> bool {
        self.ordered.iter().any(Option::is_some)
    }

    /// What a weak read of `key` returns.
    #[inline]
    pub fn read(&self, key: KeyId, rules: Rules) -> Value {
        if self.has_logs() {
            return on_top(get(&self.given, key), &self.cell(key, rules), rules);
        }
        on_top(get(&self.given, key), self.loose.cell(key), rules)
    }

    /// What a read of `key` returns that found all of `cell`, from wherever.
    pub fn shown(&self, key: KeyId, cell: &Cell, rules: Rules) -> Value {
        on_top(get(&self.given, key), cell, rules)
    }

    /// What a read of `key` from a log returns.
    pub fn strong(&self, log: LogId, key: KeyId) -> Value {
        const EMPTY: &Cell = &Cell::Empty;
        let cell = self.ordered(log).map_or(EMPTY, |ordered| ordered.store.cell(key));
        let beneath = if cell.is_empty() && get(&self.given, key) == Value::Nil { &self.initial } else { &self.given };
        on_top(get(beneath, key), cell, Rules::default())
    }

    /// What a log counts on of a bounded counter: what a read from it returns, as a number.
    pub fn level(&self, log: LogId, key: KeyId) -> i64 {
        match self.strong(log, key) {
            Value::Int(level) => level,
            _ => 0,
        }
    }

    /// The join of all parts of `key`, without what was given.
    pub fn cell(&self, key: KeyId, rules: Rules) -> Cell {
        let mut cell = self.loose.cell(key).clone();
        for ordered in self.ordered.iter().flatten() {
            let other = ordered.store.cell(key);
            if !other.is_empty() {
                cell.merge(other, key, rules, &mut Vec::new());
            }
        }
        cell
    }

    /// The join of all parts of `key` but that of a log, without what was given.
    pub fn cell_beside(&self, log: LogId, key: KeyId, rules: Rules) -> Cell {
        let mut cell = self.loose.cell(key).clone();
        if let Some(other) = self.ordered(log.other()) {
            cell.merge(other.store.cell(key), key, rules, &mut Vec::new());
        }
        cell
    }

    /// Takes what a log absorbs of `key` into its fold. What another log had ordered counts as taken in, unless it is
    /// here already.
    pub fn absorb(&mut self, log: LogId, key: KeyId, cell: &Cell, rules: Rules) {
        let mut changes = Vec::new();
        if self.ordered(log.other()).is_some() {
            self.cell(key, rules).merge(cell, key, rules, &mut changes);
        }
        let store = &mut self.ordered_mut(log).store;
        store.absorb(key, cell, rules);
        store.note_ordered(changes);
    }

    /// Whether the other log's fold has a write already.
    pub fn is_beside(&self, log: LogId, delta: &Arc<Delta>, rules: Rules) -> bool {
        let other = self.ordered(log.other()).map(|other| other.store.cell(delta.key));
        other.is_some_and(|cell| !cell.is_empty() && !cell.clone().apply(delta, rules))
    }

    /// A hash of all parts.
    pub fn root(&self) -> u64 {
        let ordered = self.ordered.iter().flatten().map(|ordered| ordered.store.root()).filter(|root| *root != 0);
        ordered.fold(self.loose.root(), |root, own| root.wrapping_mul(31).wrapping_add(own))
    }

    /// Whether both hold the same writes to `key`. A tombstone that only one keeps makes no difference.
    pub fn agrees_with(&self, other: &Self, key: KeyId) -> bool {
        const EMPTY: &Cell = &Cell::Empty;
        let ordered = |state: &'_ Self, log| state.ordered(log).map_or(EMPTY, |it| it.store.cell(key)).clone();
        self.loose.cell(key).agrees_with(other.loose.cell(key))
            && LogId::ALL.into_iter().all(|log| ordered(self, log).agrees_with(&ordered(other, log)))
    }

    /// How many changes all parts took in since this state was new.
    #[inline]
    pub fn changed(&self) -> u32 {
        self.ordered.iter().flatten().fold(self.loose.changed(), |sum, ordered| sum + ordered.store.changed())
    }

    /// What changed in all parts since the last call.
    #[inline]
    pub fn take_changes(&mut self) -> Vec<StoreChange> {
        let mut changes = self.loose.take_changes();
        if self.has_logs() {
            for change in &mut changes {
                self.see_through(change);
            }
            for ordered in self.ordered.iter_mut().flatten() {
                changes.append(&mut ordered.store.take_changes());
            }
        }
        changes
    }

    /// A loose write to a register or an item is taken in and loses, if an ordered one that is later by both clocks is
    /// here: the loose part alone does not know that when it gets the write only afterwards, from a repair.
    fn see_through(&self, change: &mut StoreChange) {
        let StoreChange::Dot { key, dot } = *change else { return };
        let (Cell::Register(loose) | Cell::Item(loose)) = self.loose.cell(key) else { return };
        let is_later = |ordered: &Ordered| match ordered.store.cell(key) {
            Cell::Register(own) | Cell::Item(own) => {
                own.dot != dot && own.stamp.wall_us > loose.stamp.wall_us && own.stamp.hlc > loose.stamp.hlc
            }
            _ => false,
        };
        if loose.dot == dot && self.ordered.iter().flatten().any(|ordered| is_later(ordered)) {
            *change = StoreChange::Superseded { key, dot };
        }
    }

    /// Whether a part changed since changes were last taken.
    #[inline]
    pub fn has_changes(&self) -> bool {
        self.loose.has_changes() || self.ordered.iter().flatten().any(|ordered| ordered.store.has_changes())
    }
}

fn set(values: &mut Vec<Value>, key: KeyId, value: Value) {
    if key.index() >= values.len() {
        values.resize(key.index() + 1, Value::Nil);
    }
    values[key.index()] = value;
}

#[inline]
fn get(values: &[Value], key: KeyId) -> Value {
    values.get(key.index()).copied().unwrap_or(Value::Nil)
}

fn on_top(given: Value, cell: &Cell, rules: Rules) -> Value {
    match (given, cell.shown(rules)) {
        (given, Value::Nil) if cell.is_empty() => given,
        (Value::Int(base), Value::Int(sum)) => Value::Int(base + sum),
        (Value::Posts { count: base, .. }, Value::Posts { count, newest }) => {
            Value::Posts { count: base + count, newest }
        }
        (_, shown) => shown,
    }
}
