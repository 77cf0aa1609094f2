//! The ordered part of the state at a replica: the fold of a log up to an applied index.
//!
//! Its cells are those of the loose part, with writes whose dots are places in the log. So a weak read joins both like
//! any two replicas, and a loose write that the log absorbed keeps its dot and counts once.

use crate::base::{Column, Dot, KeyId, LogId, LogPosition};

use super::{Answers, Bindings, Grants, Rules, Store};

/// The state after some entry of a log.
#[derive(Clone, Debug, Default)]
pub struct Ordered {
    position: LogPosition,
    /// What was written.
    pub store: Store,
    /// What was decided lately.
    pub answers: Answers,
    /// Which operation types the log decides.
    pub bindings: Bindings,
    /// What replicas may take alone of bounded counters.
    pub grants: Grants,
}

impl Ordered {
    /// The last entry that is in it.
    #[inline]
    pub fn position(&self) -> LogPosition {
        self.position
    }

    /// Goes on to the next entry, which is about to be folded in.
    pub fn advance(&mut self, position: LogPosition) {
        assert_eq!(position.index, self.position.index + 1, "entries are applied in order, each once");
        self.position = position;
    }

    /// Becomes `other`, which is further on.
    pub fn restore(&mut self, other: &Self) {
        let mut store = std::mem::take(&mut self.store);
        store.adopt(&other.store, Rules::default());
        *self = Self { store, ..other.clone() };
    }

    /// The dot of the write at the present position of `log`. An entry has room for two, since the credit of a transfer
    /// has the dot after its debit.
    pub fn dot(&self, log: LogId) -> Dot {
        Dot { column: Column::of_log(log), counter: 2 * self.position.index }
    }

    /// How much of a key replicas may still take alone, as far as is folded in: a decision counts it as taken.
    #[inline]
    pub fn open(&self, key: KeyId) -> i64 {
        self.grants.open(key, self.store.cell(key))
    }

    /// It as it travels in a snapshot: without the list of what changed.
    #[must_use]
    pub fn folded(&self) -> Self {
        let mut folded = self.clone();
        folded.store.take_changes();
        folded
    }

    /// Its size in bytes, roughly.
    pub fn bytes(&self) -> u32 {
        let keys = (0..self.store.key_space()).map(KeyId);
        keys.filter(|key| !self.store.cell(*key).is_empty()).count() as u32 * 96
    }
}
