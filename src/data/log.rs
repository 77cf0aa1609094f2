//! A grow-only log: how many posts, and the newest of them as texts.
//!
//! The count is exact for ever; texts are kept for the newest [`POSTS_KEPT`] by hybrid time. The newest k of a union
//! are the newest k of the newest k of both sides, so this is a semilattice too.

use std::sync::Arc;

use crate::base::limits::POSTS_KEPT;
use crate::base::{Dot, Hlc, KeyId};

use super::{Counter, Delta, StoreChange};

/// A log at one replica.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    counts: Counter,
    /// The newest posts, newest first.
    newest: Vec<Arc<Delta>>,
    /// The sum of their hashes.
    newest_hash: u64,
}

impl Log {
    /// The counts of its writers.
    pub fn counts(&self) -> &Counter {
        &self.counts
    }

    /// The newest posts, newest first.
    pub fn newest(&self) -> &[Arc<Delta>] {
        &self.newest
    }

    /// The posts that no log ordered.
    #[must_use]
    pub fn loose_part(&self) -> Self {
        let newest: Vec<_> = self.newest.iter().filter(|post| post.dot.column.is_loose()).cloned().collect();
        let newest_hash = newest.iter().fold(0u64, |sum, post| sum.wrapping_add(post.content_hash()));
        Self { counts: self.counts.loose_part(), newest, newest_hash }
    }

    /// Takes in one post; says whether it is new.
    pub fn apply(&mut self, delta: &Arc<Delta>) -> bool {
        let is_new = self.counts.apply(delta, 1);
        if is_new {
            self.keep(delta);
        }
        is_new
    }

    /// Counts a known post again: the hazard `count-twice`.
    pub(super) fn count_again(&mut self, delta: &Delta) {
        self.counts.count_again(delta.dot.column, 1);
    }

    /// Takes in all that `other` holds and tells what was new.
    pub fn merge(&mut self, other: &Self, key: KeyId, changes: &mut Vec<StoreChange>) {
        self.counts.merge(&other.counts, key, changes);
        for post in &other.newest {
            self.keep(post);
        }
    }

    pub(super) fn content_hash(&self) -> u64 {
        self.counts.content_hash().wrapping_add(self.newest_hash)
    }

    fn keep(&mut self, post: &Arc<Delta>) {
        let Err(at) = self.newest.binary_search_by(|own| order(post).cmp(&order(own))) else { return };
        if at >= POSTS_KEPT {
            return;
        }
        if self.newest.len() == POSTS_KEPT
            && let Some(oldest) = self.newest.pop()
        {
            self.newest_hash = self.newest_hash.wrapping_sub(oldest.content_hash());
        }
        self.newest.insert(at, post.clone());
        self.newest_hash = self.newest_hash.wrapping_add(post.content_hash());
    }
}

fn order(post: &Delta) -> (Hlc, Dot) {
    (post.stamp.hlc, post.dot)
}
