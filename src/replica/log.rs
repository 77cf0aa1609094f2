//! The log: entries numbered from 1, of which a prefix may be folded into a snapshot.
//!
//! ```text
//!   index   1 …        base+1 …             snapshot.last …      last
//!          └ forgotten ┘└ kept for followers ┘└ not folded yet ──┘
//!                        that lag a little     ├ applied ≤ commit ┤
//! ```

use std::sync::Arc;

use crate::base::{LogPosition, Paged};

use crate::wire::Slot;

/// Entries to a page: a clone of the log shares pages, an append copies one.
const PAGE: usize = 64;

/// Entries after a base.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// The position before the first entry.
    base: LogPosition,
    last: u32,
    /// Index i is at number i − origin.
    origin: u32,
    slots: Paged<Slot, PAGE>,
}

impl Log {
    /// A log that continues after `base`.
    pub(in crate::replica) fn after(base: LogPosition) -> Self {
        Self { base, last: base.index, origin: base.index, slots: Paged::default() }
    }

    /// The position before the first entry that is still here.
    pub fn base(&self) -> LogPosition {
        self.base
    }

    /// The end.
    pub fn last(&self) -> LogPosition {
        LogPosition { term: self.term_at(self.last).unwrap_or_default(), index: self.last }
    }

    /// The entry at `index`, unless it is forgotten or not there yet.
    #[inline]
    pub fn get(&self, index: u32) -> Option<&Slot> {
        let is_here = index > self.base.index && index <= self.last;
        if is_here { self.slots.get((index - self.origin) as usize) } else { None }
    }

    /// The term at `index`, the base included.
    #[inline]
    pub fn term_at(&self, index: u32) -> Option<u32> {
        if index == self.base.index { Some(self.base.term) } else { self.get(index).map(|slot| slot.term) }
    }

    /// Adds one entry.
    pub(in crate::replica) fn append(&mut self, slot: Slot) -> LogPosition {
        self.last += 1;
        let place = self.slots.reach((self.last - self.origin) as usize).expect("the end is never forgotten");
        let term = slot.term;
        *place = slot;
        LogPosition { term, index: self.last }
    }

    /// Drops the entries from `index` on.
    pub(in crate::replica) fn truncate_from(&mut self, index: u32) {
        assert!(index > self.base.index, "what is folded is never truncated");
        self.last = self.last.min(index - 1);
    }

    /// Forgets the entries up to `index`.
    pub(in crate::replica) fn forget_upto(&mut self, index: u32) {
        if index <= self.base.index {
            return;
        }
        let term = self.term_at(index).expect("only what is in the log is folded");
        self.base = LogPosition { term, index };
        self.slots.forget_before((index + 1 - self.origin) as usize);
    }

    /// Up to `count` entries from `from` on.
    pub(in crate::replica) fn slice(&self, from: u32, count: u32) -> Arc<[Slot]> {
        let end = self.last.min(from.saturating_add(count).saturating_sub(1));
        (from..=end).map_while(|index| self.get(index).cloned()).collect()
    }

    /// The first index of the term that `index` has: a follower's hint.
    pub(in crate::replica) fn first_of_term_at(&self, index: u32) -> u32 {
        let term = self.term_at(index);
        self.first_where(self.base.index + 1, index, |found| Some(found) >= term)
    }

    /// The last index with this term, if there is one.
    pub(in crate::replica) fn last_of_term(&self, term: u32) -> Option<u32> {
        let beyond = self.first_where(self.base.index + 1, self.last + 1, |found| found > term);
        (self.term_at(beyond - 1) == Some(term)).then_some(beyond - 1)
    }

    /// The first index of `low..high` whose term satisfies `holds`, else `high`. Terms never fall along a log.
    fn first_where(&self, mut low: u32, mut high: u32, holds: impl Fn(u32) -> bool) -> u32 {
        while low < high {
            let middle = low + (high - low) / 2;
            if self.term_at(middle).is_some_and(&holds) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        high
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Entry;

    fn log(terms: &[u32]) -> Log {
        let mut log = Log::default();
        for term in terms {
            log.append(Slot { term: *term, entry: Entry::Noop });
        }
        log
    }

    #[test]
    fn hints_name_the_borders_of_a_term() {
        let log = log(&[1, 1, 3, 3, 3, 6]);
        assert_eq!((log.first_of_term_at(5), log.first_of_term_at(2), log.first_of_term_at(6)), (3, 1, 6));
        assert_eq!((log.last_of_term(3), log.last_of_term(1), log.last_of_term(6)), (Some(5), Some(2), Some(6)));
        assert_eq!((log.last_of_term(2), log.last_of_term(9)), (None, None));
    }

    #[test]
    fn a_compacted_log_remembers_the_term_before_it() {
        let mut log = log(&[1, 1, 3, 3, 3, 6]);
        log.forget_upto(4);
        assert_eq!((log.term_at(3), log.term_at(4), log.term_at(5)), (None, Some(3), Some(3)));
        assert_eq!(log.get(4), None);
        assert_eq!(log.last(), LogPosition { term: 6, index: 6 });
        assert_eq!(log.first_of_term_at(5), 5, "what is folded cannot conflict");
        log.truncate_from(5);
        assert_eq!(log.last(), LogPosition { term: 3, index: 4 });
    }

    #[test]
    fn a_log_can_begin_anywhere() {
        let mut log = Log::after(LogPosition { term: 5, index: 1_000_000 });
        log.append(Slot { term: 7, entry: Entry::Noop });
        assert_eq!(log.slice(1_000_001, 9).len(), 1);
        assert_eq!(log.slice(1_000_002, 9).len(), 0);
        assert_eq!(log.last_of_term(5), Some(1_000_000));
    }
}
