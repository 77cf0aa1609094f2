//! What is known of the writes to one key: for each column, spans of its counters.
//!
//! A span `(after, upto]` says that every write of its column to the key whose counter lies in it is known. So it has no
//! gaps that it does not admit to, unlike one largest counter for each column: a write that comes late is not taken for
//! known because a later one was. A dotted version vector is the special case of one span from 0 and one beyond it
//! (Preguiça et al., *Dotted Version Vectors*, 2010).

use super::{Column, Dot};

/// Counters of one column after `after` up to `upto`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Whose.
    pub column: Column,
    /// Exclusive.
    pub after: u32,
    /// Inclusive.
    pub upto: u32,
}

/// Which writes to one key are known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Seen {
    /// Disjoint, in order; none touches another.
    spans: Vec<Span>,
}

impl Seen {
    /// Whether a write to the key is known.
    pub fn covers(&self, dot: Dot) -> bool {
        let is_in = |span: &Span| span.column == dot.column && span.after < dot.counter && dot.counter <= span.upto;
        self.spans.iter().any(is_in)
    }

    /// The counter of the last known write of a column, 0 if there is none.
    pub fn last_of(&self, column: Column) -> u32 {
        self.spans.iter().rev().find(|span| span.column == column).map_or(0, |span| span.upto)
    }

    /// The spans, in order.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Adds the writes of a span.
    pub fn add(&mut self, span: Span) {
        let from = self.spans.partition_point(|own| (own.column, own.upto) < (span.column, span.after));
        let touches = |own: &&Span| own.column == span.column && own.after <= span.upto;
        let count = self.spans[from..].iter().take_while(touches).count();
        let touched = &self.spans[from..from + count];
        let after = touched.first().map_or(span.after, |own| own.after.min(span.after));
        let upto = touched.last().map_or(span.upto, |own| own.upto.max(span.upto));
        self.spans.splice(from..from + count, [Span { after, upto, ..span }]);
    }

    /// Adds all that `other` knows.
    pub fn join(&mut self, other: &Self) {
        for span in &other.spans {
            self.add(*span);
        }
    }

    /// The parts of `other` that are not known here.
    pub fn unknown_of(&self, other: &Self) -> Vec<Span> {
        let mut unknown = Vec::new();
        for span in &other.spans {
            let mut after = span.after;
            let known = self.spans.iter().filter(|own| own.column == span.column);
            for own in known.filter(|own| own.upto > span.after && own.after < span.upto) {
                if after < own.after {
                    unknown.push(Span { after, upto: own.after, ..*span });
                }
                after = own.upto;
            }
            if after < span.upto {
                unknown.push(Span { after, ..*span });
            }
        }
        unknown
    }

    /// Forgets the oldest spans beyond `most` of them. To know less is safe: what is not known is kept.
    pub fn shorten(&mut self, most: usize) {
        let excess = self.spans.len().saturating_sub(most);
        self.spans.drain(..excess);
    }

    /// It without what logs ordered.
    #[must_use]
    pub fn loose_part(&self) -> Self {
        Self { spans: self.spans.iter().copied().filter(|span| span.column.is_loose()).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn spans() -> impl Strategy<Value = Vec<(u8, u32, u32)>> {
        prop::collection::vec((0u8..3, 0u32..20, 1u32..6), 0..12)
    }

    fn seen(spans: &[(u8, u32, u32)]) -> Seen {
        let mut seen = Seen::default();
        for (column, after, length) in spans {
            seen.add(Span { column: Column(*column), after: *after, upto: after + length });
        }
        seen
    }

    fn dots(spans: &[(u8, u32, u32)]) -> BTreeSet<(u8, u32)> {
        spans.iter().flat_map(|(column, after, length)| (after + 1..=after + length).map(|at| (*column, at))).collect()
    }

    proptest! {
        #[test]
        fn it_is_the_set_of_its_counters(one in spans(), other in spans()) {
            let (mine, theirs) = (seen(&one), seen(&other));
            let mut both = mine.clone();
            both.join(&theirs);
            let (of_one, of_other) = (dots(&one), dots(&other));
            for column in 0..3u8 {
                for counter in 1..30 {
                    let dot = Dot { column: Column(column), counter };
                    prop_assert_eq!(mine.covers(dot), of_one.contains(&(column, counter)));
                    prop_assert_eq!(both.covers(dot), of_one.union(&of_other).any(|at| *at == (column, counter)));
                    let unknown = mine.unknown_of(&theirs);
                    let is_unknown =
                        unknown.iter().any(|it| it.column == dot.column && it.after < counter && counter <= it.upto);
                    prop_assert_eq!(is_unknown, of_other.contains(&(column, counter)) && !mine.covers(dot));
                }
            }
            // Nothing that touches stays apart, so that equal sets look equal.
            for pair in both.spans().windows(2) {
                prop_assert!(pair[0].column < pair[1].column || pair[0].upto < pair[1].after);
            }
        }
    }
}
