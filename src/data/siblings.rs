//! A register that keeps concurrent versions, as in Riak: a write takes the place of what its client had seen, and stands
//! beside the rest.
//!
//! ```text
//! ana sets A, having seen nothing      {A}          seen A
//! ben sets B, having seen nothing      {A, B}       seen A B
//! ana sets C, having seen A            {B, C}       seen A B C      two siblings, not three
//! cem, who read B and C, sets D        {D}          seen A B C D
//! ```
//!
//! Dotted version vectors (Preguiça et al. 2010): a version has a dot, and the cell knows, as a [`Seen`], every write to
//! its key that it holds or that one of them replaced. Of two cells, the versions stay that both have, or that only one
//! has and the other does not know. A [`Seen`] has no gaps that it does not admit to, so deltas can be taken in as they
//! come, in any order: none has to wait for the one before it.
//!
//! **Switching.** From last-write-wins to siblings, the winner is the only version; a write of that time which only
//! another replica still holds comes back beside it. From siblings to last-write-wins, reading shows the version with the
//! largest stamp, and the next write or merge keeps that one only. What was given at the start gives way to any write.
//!
//! **Logs.** What a log orders is decided there by stamps, as with last-write-wins by wall, and so is what it absorbs. A
//! weak read joins the two parts: it shows the loose versions that are later by their walls than what the log ordered, or
//! if there is none, that.

use std::sync::Arc;

use crate::base::{Column, Context, Resolver, Seen, Span, Stamp, Value};

use super::delta::dot_word;
use super::{Change, Delta, hash3, register};

/// The versions of a register, and what is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Siblings {
    /// By their dots.
    versions: Vec<Arc<Delta>>,
    seen: Seen,
}

impl Siblings {
    /// One version and nothing else.
    pub fn of(delta: &Arc<Delta>) -> Self {
        let mut siblings = Self::default();
        siblings.apply(delta);
        siblings
    }

    /// The versions, by their dots.
    pub fn versions(&self) -> &[Arc<Delta>] {
        &self.versions
    }

    /// What is known of the writes to the key.
    pub fn seen(&self) -> &Seen {
        &self.seen
    }

    /// What whoever reads it is shown.
    pub fn value(&self) -> Value {
        let text = |version: &Delta| match version.change {
            Change::Assign(value) => value,
            _ => Value::Nil,
        };
        match &self.versions[..] {
            [] => Value::Nil,
            [only] => text(only),
            [first, second, ..] => match (text(first), text(second)) {
                (Value::Text(first), Value::Text(second)) => {
                    Value::Versions { first, second, count: self.versions.len() as u32 }
                }
                (first, _) => first,
            },
        }
    }

    /// The version that would win if only one could stay.
    pub fn winner(&self, resolver: Resolver) -> Option<&Arc<Delta>> {
        let mut versions = self.versions.iter();
        let first = versions.next()?;
        Some(versions.fold(first, |best, next| if register::wins(next, best, resolver) { next } else { best }))
    }

    /// The largest stamps among the versions.
    pub fn newest_stamp(&self) -> Option<Stamp> {
        self.versions.iter().map(|version| version.stamp).max_by_key(|stamp| stamp.hlc)
    }

    /// Takes in one write. Says whether it is a version now and was none.
    pub fn apply(&mut self, delta: &Arc<Delta>) -> bool {
        let is_new = !self.knows(delta);
        let mut known = delta.seen.as_deref().cloned().unwrap_or_default();
        self.give_way(|version| known.covers(version.dot));
        if delta.dot.counter > 0 {
            known.add(span_of(delta));
        }
        self.seen.join(&known);
        if is_new {
            self.insert(delta);
        }
        is_new
    }

    /// Takes in all that another cell of the key holds. Hands over the versions that are new here.
    pub fn merge(&mut self, other: &Self) -> Vec<Arc<Delta>> {
        let new = |version: &&Arc<Delta>| !self.knows(version);
        let new: Vec<Arc<Delta>> = other.versions.iter().filter(new).cloned().collect();
        self.give_way(|version| other.seen.covers(version.dot) && !other.has(version));
        self.seen.join(&other.seen);
        for version in &new {
            self.insert(version);
        }
        new
    }

    /// Joins a write that a log ordered: versions that are not later by their walls give way, and if none is left, it is
    /// what there is.
    pub fn stand_against(&mut self, ordered: &Arc<Delta>) {
        self.give_way(|version| version.stamp.wall_us <= ordered.stamp.wall_us);
        if self.versions.is_empty() {
            self.insert(ordered);
        }
    }

    /// What of it travels loosely.
    #[must_use]
    pub fn loose_part(&self) -> Self {
        let versions = self.versions.iter().filter(|version| version.dot.column.is_loose()).cloned().collect();
        Self { versions, seen: self.seen.loose_part() }
    }

    /// All that has to be at a replica before it shows these versions, if something has to.
    pub fn needs(&self) -> Option<Context> {
        self.versions.iter().filter_map(|version| version.needs()).reduce(|mut all, needs| {
            all.join(&needs);
            all
        })
    }

    /// Adds to `context` what someone who reads it has seen.
    pub fn add_seen(&self, context: &mut Context) {
        for version in &self.versions {
            context.join(&version.context);
            context.see(version.dot);
        }
    }

    /// The counter of a column's last write.
    pub fn last_of(&self, column: Column) -> u32 {
        self.seen.last_of(column)
    }

    /// A hash of the versions and of what is known.
    pub fn content_hash(&self) -> u64 {
        let spans = self
            .seen
            .spans()
            .iter()
            .map(|span| hash3(u64::from(span.column.0), u64::from(span.after), u64::from(span.upto)));
        let versions = self.versions.iter().map(|version| hash3(dot_word(version.dot), version.content_hash(), 10));
        spans.chain(versions).fold(11, |all, own| hash3(all, own, 0))
    }

    /// Whether a write is a version or was replaced by one. What was given has no dot and is known once something is.
    fn knows(&self, delta: &Delta) -> bool {
        if delta.dot.counter == 0 {
            return !self.seen.spans().is_empty() || self.has(delta);
        }
        self.seen.covers(delta.dot)
    }

    fn has(&self, delta: &Delta) -> bool {
        self.versions.iter().any(|version| version.dot == delta.dot)
    }

    fn give_way(&mut self, gives_way: impl Fn(&Delta) -> bool) {
        self.versions.retain(|version| !gives_way(version));
    }

    fn insert(&mut self, delta: &Arc<Delta>) {
        if delta.dot.counter > 0 {
            self.give_way(|version| version.dot.counter == 0);
        }
        let at = self.versions.partition_point(|version| version.dot < delta.dot);
        self.versions.insert(at, delta.clone());
    }
}

/// What a write by itself makes known: itself, and that its column has none between the one before it and it. One that
/// was made under another resolver does not say which was before it. What was given is no write.
pub fn span_of(delta: &Delta) -> Span {
    let (column, upto) = (delta.dot.column, delta.dot.counter);
    let after = if delta.seen.is_some() { delta.previous } else { upto.saturating_sub(1) };
    Span { column, after, upto }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{AttemptId, Dot, KeyId, Symbol};
    use crate::data::Hold;
    use proptest::prelude::*;

    /// A write of a column, the one before it there, and what its client had seen.
    fn delta(column: u8, previous: u32, counter: u32, seen: &[&Arc<Delta>]) -> Arc<Delta> {
        let mut known = Seen::default();
        for other in seen {
            known.join(other.seen.as_deref().expect("it says what was seen"));
            known.add(span_of(other));
        }
        Arc::new(Delta {
            dot: Dot { column: Column(column), counter },
            previous,
            key: KeyId(0),
            attempt: AttemptId::default(),
            stamp: Stamp::default(),
            context: Context::default(),
            seen: Some(Box::new(known)),
            change: Change::Assign(Value::Text(Symbol(u32::from(column) * 100 + counter))),
            hold: Hold::default(),
        })
    }

    fn dots(siblings: &Siblings) -> Vec<(u8, u32)> {
        siblings.versions().iter().map(|version| (version.dot.column.0, version.dot.counter)).collect()
    }

    fn of(deltas: &[&Arc<Delta>]) -> Siblings {
        let mut siblings = Siblings::default();
        for delta in deltas {
            siblings.apply(delta);
        }
        siblings
    }

    #[test]
    fn a_client_that_writes_with_a_stale_context_makes_two_siblings_not_three() {
        let ana = delta(0, 0, 1, &[]);
        let ben = delta(0, 1, 2, &[]);
        let again = delta(0, 2, 3, &[&ana]);
        let mut siblings = of(&[&ana, &ben]);
        assert_eq!(dots(&siblings), [(0, 1), (0, 2)], "at one replica too, what nobody saw stands beside it");
        assert!(siblings.apply(&again));
        assert_eq!(dots(&siblings), [(0, 2), (0, 3)]);
        assert!(siblings.apply(&delta(1, 0, 1, &[&ben, &again])));
        assert_eq!(dots(&siblings), [(1, 1)]);
        assert!(!siblings.apply(&ben), "a copy that comes late is known");
    }

    #[test]
    fn what_was_replaced_and_comes_later_is_known_and_what_lies_between_is_not() {
        let first = delta(0, 0, 1, &[]);
        let between = delta(0, 1, 4, &[]);
        let third = delta(0, 4, 9, &[&first]);
        let mut siblings = of(&[&third]);
        assert!(!siblings.apply(&first), "the third replaced it");
        assert!(siblings.apply(&between), "a largest counter would have taken it for known");
        assert_eq!(dots(&siblings), [(0, 4), (0, 9)]);
    }

    #[test]
    fn what_was_given_gives_way_to_any_write() {
        let given = Arc::new(Delta { dot: Dot::default(), seen: None, ..(*delta(0, 0, 1, &[])).clone() });
        let write = delta(1, 0, 1, &[]);
        for siblings in [of(&[&given, &write]), of(&[&write, &given])] {
            assert_eq!(dots(&siblings), [(1, 1)]);
        }
        let (mut one, other) = (of(&[&given]), of(&[&write]));
        one.merge(&other);
        assert_eq!(one, other);
    }

    /// Writes by column, each with the places of the earlier writes that its client had seen.
    fn writes() -> impl Strategy<Value = Vec<(u8, Vec<usize>)>> {
        prop::collection::vec((0u8..3, prop::collection::vec(0usize..20, 0..3)), 1..16)
    }

    fn deltas(writes: &[(u8, Vec<usize>)]) -> Vec<Arc<Delta>> {
        let mut last = [0; 3];
        let mut deltas: Vec<Arc<Delta>> = Vec::new();
        for (index, (column, seen)) in writes.iter().enumerate() {
            let seen: Vec<_> = seen.iter().filter_map(|place| deltas.get(*place)).collect();
            let previous = std::mem::replace(&mut last[usize::from(*column)], index as u32 + 1);
            let delta = delta(*column, previous, index as u32 + 1, &seen);
            deltas.push(delta);
        }
        deltas
    }

    proptest! {
        #[test]
        fn every_order_and_repetition_gives_one_state(
            (writes, order, whole) in writes().prop_flat_map(|writes| {
                let twice: Vec<usize> = (0..writes.len()).chain(0..writes.len()).collect();
                let count = twice.len();
                (Just(writes), Just(twice).prop_shuffle(), prop::collection::vec(any::<bool>(), count))
            })
        ) {
            let deltas = deltas(&writes);
            let all = of(&deltas.iter().collect::<Vec<_>>());
            // Three replicas hear of it in another order, by deltas and by whole cells.
            let mut cells = [Siblings::default(), Siblings::default(), Siblings::default()];
            for (step, index) in order.iter().enumerate() {
                let (to, from) = (step % 3, (step + 1) % 3);
                if whole[step] {
                    let other = cells[from].clone();
                    cells[to].merge(&other);
                }
                cells[to].apply(&deltas[*index]);
            }
            let [mut one, two, three] = cells;
            one.merge(&two);
            one.merge(&three);
            prop_assert_eq!(&one, &all);
            prop_assert_eq!(one.content_hash(), all.content_hash());
            prop_assert!(one.merge(&all).is_empty(), "merging again changes nothing");
            // A write stays unless someone who had seen it wrote.
            let replaced = |delta: &Arc<Delta>| deltas.iter().any(|other| other.seen.as_ref().unwrap().covers(delta.dot));
            let mut expected: Vec<_> = deltas.iter().filter(|delta| !replaced(delta)).map(|delta| delta.dot).collect();
            expected.sort();
            let shown: Vec<_> = all.versions().iter().map(|version| version.dot).collect();
            prop_assert_eq!(shown, expected);
        }

        #[test]
        fn merging_is_idempotent_commutative_and_associative(writes in writes(), parts in prop::collection::vec(0u8..8, 16)) {
            let deltas = deltas(&writes);
            let part = |bit: u8| {
                let own = deltas.iter().zip(&parts).filter(|(_, part)| **part & bit != 0).map(|(delta, _)| delta);
                of(&own.collect::<Vec<_>>())
            };
            let join = |one: &Siblings, other: &Siblings| {
                let mut one = one.clone();
                one.merge(other);
                one
            };
            let (a, b, c) = (part(1), part(2), part(4));
            prop_assert_eq!(join(&a, &a), a.clone());
            prop_assert_eq!(join(&a, &b), join(&b, &a));
            prop_assert_eq!(join(&join(&a, &b), &c), join(&a, &join(&b, &c)));
        }
    }
}
