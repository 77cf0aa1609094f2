//! Registers that keep siblings: a write gives way at a replica only to one whose client had seen it.
//!
//! ```text
//! ana sets A ✓        ben sets B, having read nothing ✓        both stand        a reader of both sets C: both give way
//! ```
//!
//! What a client had seen is rebuilt from the record: its own acknowledged writes, and all that the replicas of its reads
//! had taken in when they served them. A write that arrives somewhere and is dropped, although nothing that stands there
//! knew it, is lost; `lost_update` says so.

use std::sync::Arc;

use super::writes::{Arrival, Clash, Number, Write, Writes};
use crate::base::{KeyId, ReplicaId};

impl Writes {
    /// Whether the client that made a write had seen another.
    pub(super) fn replaces(&self, one: &Write, other: &Write) -> bool {
        let is_own = other.deed.client == one.deed.client && other.acknowledged <= one.invoked;
        let was_shown = |replica: ReplicaId| {
            let position = one.looked[replica.index()];
            position > 0 && self.was_at(other, replica, position)
        };
        is_own || ReplicaId::all(self.replicas).any(was_shown)
    }

    /// What nothing at a replica replaced.
    pub(super) fn standing(&self, key: KeyId, replica: ReplicaId) -> &[Number] {
        let siblings = self.keys.get(key.index()).and_then(|key| key.siblings.as_deref());
        siblings.map_or(&[], |siblings| &siblings[replica.index()])
    }

    /// A write arrives at a replica where versions are kept.
    pub(super) fn stand_beside(&mut self, replica: ReplicaId, key: KeyId, number: Number, arrival: Arrival) {
        let standing = self.standing(key, replica).to_vec();
        self.fresh.stood += u64::from(!standing.is_empty());
        let knows = |one: Number, other: Number| self.get(one).is_some_and(|it| it.is_sibling) && self.knew(one, other);
        if standing.iter().any(|top| knows(*top, number)) {
            return;
        }
        if arrival == Arrival::Lost {
            // Of some writes nobody knows what their clients had seen.
            let are_known = standing.iter().all(|top| self.get(*top).is_some_and(|top| top.is_sibling));
            let winner = standing.last().filter(|_| are_known);
            return self.fresh.clashes.extend(winner.map(|winner| Clash { winner: *winner, loser: number }));
        }
        let mut standing: Vec<Number> = standing.into_iter().filter(|top| !knows(number, *top)).collect();
        standing.push(number);
        if let Some(state) = self.keys.get_mut(key.index()) {
            state.lead[replica.index()] = number;
            Arc::make_mut(state.siblings.get_or_insert_default())[replica.index()] = standing;
        }
    }
}
