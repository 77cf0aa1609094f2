//! The ordered part of the state at a replica: the fold of a log up to an applied index.
//!
//! Its cells are those of the loose part, with writes whose dots are places in the log. So a weak read joins both like
//! any two replicas, and a loose write that the log absorbed keeps its dot and counts once.

use crate::base::{Column, Dot, KeyId, LogPosition};

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

    /// The same as if it had been folded up to `position`.
    #[cfg(test)]
    pub(crate) fn at(self, position: LogPosition) -> Self {
        Self { position, ..self }
    }

    /// Becomes `other`, which is further on.
    pub fn restore(&mut self, other: &Self) {
        let mut store = std::mem::take(&mut self.store);
        store.adopt(&other.store, Rules::default());
        *self = Self { store, ..other.clone() };
    }

    /// The dot of the write at the present position of Raft's log. An entry has room for two, since the credit of a
    /// transfer has the dot after its debit.
    pub fn dot(&self) -> Dot {
        Dot { column: Column::RAFT, counter: 2 * self.position.index }
    }

    /// Becomes `other`, an earlier state that lacks just the writes of `gone`.
    pub fn return_to(&mut self, other: &Self, gone: impl IntoIterator<Item = (KeyId, Dot)>) {
        let mut store = std::mem::take(&mut self.store);
        store.return_to(&other.store, gone);
        *self = Self { store, ..other.clone() };
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
