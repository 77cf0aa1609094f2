//! The record of a sitting: trace, history and story, append-only and outside the run that rewinds.
//!
//! Each is a ring: past its bound the oldest entries are dropped, and how many is said. Commands are kept for ever, so
//! what was dropped can be played again.

use std::collections::VecDeque;
use std::ops::Range;

use crate::record::{HistoryEntry, TraceEntry};

use super::story::StoryLine;

/// Entries of the trace that are kept: 64 MB.
const TRACE_KEPT: usize = 2_000_000;
/// Entries of the history that are kept: about 50 MB.
const HISTORY_KEPT: usize = 250_000;
/// Lines of the story that are kept: about 10 MB.
const STORY_KEPT: usize = 100_000;

/// The record of a sitting.
#[derive(Debug)]
pub struct Log {
    /// What happened inside.
    pub trace: Ring<TraceEntry>,
    /// What the clients saw.
    pub history: Ring<HistoryEntry>,
    /// What is worth telling.
    pub story: Ring<StoryLine>,
}

impl Default for Log {
    fn default() -> Self {
        Self { trace: Ring::new(TRACE_KEPT), history: Ring::new(HISTORY_KEPT), story: Ring::new(STORY_KEPT) }
    }
}

/// How long a log was at an instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lengths {
    trace: u64,
    history: u64,
    story: u64,
}

impl Log {
    /// How long it is now.
    pub fn lengths(&self) -> Lengths {
        Lengths { trace: self.trace.len(), history: self.history.len(), story: self.story.len() }
    }

    /// Forgets everything after `lengths`.
    pub fn truncate(&mut self, lengths: Lengths) {
        self.trace.truncate(lengths.trace);
        self.history.truncate(lengths.history);
        self.story.truncate(lengths.story);
    }
}

/// An append-only list that forgets its oldest entries past a bound.
#[derive(Debug)]
pub struct Ring<T> {
    entries: VecDeque<T>,
    /// How many were dropped, or are not here after a rewind to before the oldest.
    dropped: u64,
    kept: usize,
}

impl<T> Ring<T> {
    /// An empty one that keeps `kept` entries.
    pub fn new(kept: usize) -> Self {
        Self { entries: VecDeque::new(), dropped: 0, kept }
    }

    /// How many entries there were in all.
    pub fn len(&self) -> u64 {
        self.dropped + self.entries.len() as u64
    }

    /// Whether there never was one.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many of the oldest are not here.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Appends one.
    #[inline]
    pub fn push(&mut self, entry: T) {
        if self.entries.len() == self.kept {
            self.entries.pop_front();
            self.dropped += 1;
        }
        self.entries.push_back(entry);
    }

    /// The entry with this number, from 0, if it is here.
    pub fn get(&self, number: u64) -> Option<&T> {
        self.entries.get(usize::try_from(number.checked_sub(self.dropped)?).ok()?)
    }

    /// All entries that are here, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        self.entries.iter()
    }

    /// The entries from number `from` on that are here.
    pub fn since(&self, from: u64) -> impl Iterator<Item = &T> {
        let skip = from.saturating_sub(self.dropped).min(self.entries.len() as u64);
        self.entries.range(skip as usize..)
    }

    /// The entries with these numbers that are here.
    pub fn range(&self, numbers: Range<u64>) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator + Clone {
        let place = |number: u64| number.saturating_sub(self.dropped).min(self.entries.len() as u64) as usize;
        let end = place(numbers.end);
        self.entries.range(place(numbers.start).min(end)..end)
    }

    /// The number of the first entry that is here and of which `is_before` is not true, where it is true of all before
    /// and of none after; the length if it is true of all.
    pub fn partition_point(&self, is_before: impl FnMut(&T) -> bool) -> u64 {
        self.dropped + self.entries.partition_point(is_before) as u64
    }

    fn truncate(&mut self, len: u64) {
        if len < self.dropped {
            self.entries.clear();
            self.dropped = len;
        } else {
            self.entries.truncate((len - self.dropped) as usize);
        }
    }
}
