//! The ordered part of the state: the fold of a log.

use crate::base::{KeyId, LogPosition, Paged, Value};

use super::raft::Entry;

/// Keys to a page: a clone shares pages, a write copies one.
const PAGE: usize = 16;

/// The state after some entry of a log.
#[derive(Clone, Debug, Default)]
pub struct Ordered {
    position: LogPosition,
    values: Paged<Value, PAGE>,
}

impl Ordered {
    /// The last entry that is in it.
    pub fn position(&self) -> LogPosition {
        self.position
    }

    /// The value of `key`.
    #[inline]
    pub fn value(&self, key: KeyId) -> Value {
        self.values.get(key.index()).copied().unwrap_or_default()
    }

    /// Takes in the next entry.
    pub fn apply(&mut self, position: LogPosition, entry: &Entry) {
        assert_eq!(position.index, self.position.index + 1, "entries are applied in order, each once");
        self.position = position;
        if let Entry::Operation(operation) = entry {
            *self.values.reach(operation.key.index()).expect("keys are never forgotten") = operation.argument;
        }
    }

    /// Its size in bytes, roughly.
    pub fn bytes(&self) -> u32 {
        self.values.numbers().len() as u32 * 24
    }
}
