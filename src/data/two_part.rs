//! The state of a replica: what a log has ordered, and what travels loosely.
//!
//! A weak read returns the join of both. As long as no log is bound, `ordered` is the state of the installation: the
//! values that were given at the start. It never travels by gossip.

use crate::base::{KeyId, Value};

use super::{Cell, Store};

/// Both parts.
#[derive(Clone, Debug, Default)]
pub struct TwoPart {
    ordered: Vec<Value>,
    /// The join of the deltas.
    pub loose: Store,
}

impl TwoPart {
    /// Gives `key` a value of the ordered part.
    pub fn install(&mut self, key: KeyId, value: Value) {
        if key.index() >= self.ordered.len() {
            self.ordered.resize(key.index() + 1, Value::Nil);
        }
        self.ordered[key.index()] = value;
    }

    /// The ordered part of `key`.
    #[inline]
    pub fn ordered(&self, key: KeyId) -> Value {
        self.ordered.get(key.index()).copied().unwrap_or(Value::Nil)
    }

    /// What a weak read of `key` returns: `ordered ⊔ loose`.
    #[inline]
    pub fn read(&self, key: KeyId) -> Value {
        join(self.ordered(key), self.loose.cell(key))
    }

    /// A hash of the loose part. As long as no log is bound the ordered part is the same everywhere.
    pub fn root(&self) -> u64 {
        self.loose.root()
    }
}

fn join(ordered: Value, loose: &Cell) -> Value {
    match (ordered, loose.value()) {
        (ordered, Value::Nil) if matches!(loose, Cell::Empty) => ordered,
        (Value::Int(base), Value::Int(sum)) => Value::Int(base + sum),
        (Value::Posts { count: base, .. }, Value::Posts { count, newest }) => {
            Value::Posts { count: base + count, newest }
        }
        (_, loose) => loose,
    }
}
