//! The writes that are not yet everywhere, by dot.
//!
//! The dots of a column are dense, so a write lives at a known place of a known page; a page whose writes are all
//! done is freed, and a write that is stuck for hours holds on to one page only. Pages are shared with snapshots.

use std::collections::VecDeque;
use std::sync::Arc;

use super::chain::{Links, Thread};
use super::resolve::Version;
use crate::base::limits::WRITE_COLUMNS_MAX;
use crate::base::{Column, Dot, Instant, KeyId, OpType, ReplicaSet, Stamp};

/// Writes that are tracked at once, if they fill their pages. Past it new ones are only counted: 20 MB, or 40 minutes
/// of a partition at 100 writes a second.
pub const PENDING_MAX: usize = 1 << 18;
/// Writes of one page: small, because one stuck write keeps its whole page.
const PAGE: usize = 16;

/// No write: counters start at 1.
pub(super) const NONE: Dot = Dot { column: Column(0), counter: 0 };

/// A write that some replica lacks, or that waits for its acknowledgement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pending {
    pub(super) key: KeyId,
    pub(super) op_type: OpType,
    /// Whether its operation has not returned, so that it may still be acknowledged.
    pub(super) undecided: bool,
    /// Who has neither applied it nor anything that beats it.
    pub(super) missing: ReplicaSet,
    /// Who applied it, on a disk not lost since.
    pub(super) holders: ReplicaSet,
    pub(super) stamp: Stamp,
    /// [`Instant::NEVER`] until then.
    pub(super) acknowledged: Instant,
    /// In the chains, see [`Thread`].
    pub(super) links: [Links; 2],
}

impl Pending {
    #[inline]
    pub(super) fn is_acknowledged(&self) -> bool {
        self.acknowledged != Instant::NEVER
    }

    /// Whether its key keeps one write only, so that others can supersede it.
    #[inline]
    pub(super) fn is_cell(&self) -> bool {
        self.op_type.service().is_cell()
    }

    #[inline]
    pub(super) fn version(&self, dot: Dot) -> Version {
        Version::new(dot, self.stamp, self.op_type)
    }
}

#[derive(Clone, Debug, Default)]
struct Page {
    live: usize,
    writes: [Option<Pending>; PAGE],
}

#[derive(Clone, Debug, Default)]
struct Pages {
    first: usize,
    pages: VecDeque<Option<Arc<Page>>>,
}

/// All pending writes.
#[derive(Clone, Debug)]
pub(super) struct Table {
    columns: [Pages; WRITE_COLUMNS_MAX],
    live_pages: usize,
    live: usize,
}

impl Default for Table {
    fn default() -> Self {
        Self { columns: std::array::from_fn(|_| Pages::default()), live_pages: 0, live: 0 }
    }
}

impl Table {
    /// How many writes it holds.
    pub(super) fn len(&self) -> usize {
        self.live
    }

    #[inline]
    pub(super) fn get(&self, dot: Dot) -> Option<&Pending> {
        let pages = self.columns.get(dot.column.index())?;
        let page = (dot.counter as usize / PAGE).checked_sub(pages.first)?;
        pages.pages.get(page)?.as_ref()?.writes[dot.counter as usize % PAGE].as_ref()
    }

    #[inline]
    pub(super) fn get_mut(&mut self, dot: Dot) -> Option<&mut Pending> {
        let page = self.columns.get_mut(dot.column.index())?.page_mut(dot)?;
        page.writes[dot.counter as usize % PAGE].as_mut()
    }

    /// Puts a write at a free place. Whether there was room.
    pub(super) fn insert(&mut self, dot: Dot, write: Pending) -> bool {
        debug_assert!(self.get(dot).is_none(), "{dot:?} is pending already");
        let Some(pages) = self.columns.get_mut(dot.column.index()) else { return false };
        if !pages.has_page(dot) {
            if self.live_pages * PAGE >= PENDING_MAX {
                return false;
            }
            self.live_pages -= pages.free_idle_tail();
            pages.add_page(dot);
            self.live_pages += 1;
        }
        let Some(page) = pages.page_mut(dot) else { return false };
        page.writes[dot.counter as usize % PAGE] = Some(write);
        page.live += 1;
        self.live += 1;
        true
    }

    /// Takes a write out. Its last page stays allocated for the next write.
    pub(super) fn remove(&mut self, dot: Dot) -> Option<Pending> {
        let pages = self.columns.get_mut(dot.column.index())?;
        let page = pages.page_mut(dot)?;
        let write = page.writes[dot.counter as usize % PAGE].take()?;
        page.live -= 1;
        self.live -= 1;
        if page.live == 0 {
            self.live_pages -= pages.free(dot.counter as usize / PAGE);
        }
        Some(write)
    }

    /// The dots of all pending writes.
    pub(super) fn dots(&self) -> Vec<Dot> {
        (0..WRITE_COLUMNS_MAX as u8).flat_map(|column| self.dots_of(Column(column))).collect()
    }

    /// The dots of the pending writes of one column, in order.
    pub(super) fn dots_of(&self, column: Column) -> impl Iterator<Item = Dot> {
        let pages = self.columns.get(column.index()).into_iter();
        let pages =
            pages.flat_map(|pages| pages.pages.iter().enumerate().map(|(offset, page)| (pages.first + offset, page)));
        pages.flat_map(move |(number, page)| {
            let writes = page.iter().flat_map(|page| page.writes.iter().enumerate());
            let live = writes.filter(|(_, write)| write.is_some());
            live.map(move |(place, _)| Dot { column, counter: (number * PAGE + place) as u32 })
        })
    }

    #[inline]
    pub(super) fn links(&mut self, dot: Dot, thread: Thread) -> Option<&mut Links> {
        if dot == NONE {
            return None;
        }
        self.get_mut(dot).map(|write| &mut write.links[thread as usize])
    }
}

impl Pages {
    fn has_page(&self, dot: Dot) -> bool {
        let page = (dot.counter as usize / PAGE).checked_sub(self.first);
        page.and_then(|page| self.pages.get(page)).is_some_and(Option::is_some)
    }

    #[inline]
    fn page_mut(&mut self, dot: Dot) -> Option<&mut Page> {
        let page = (dot.counter as usize / PAGE).checked_sub(self.first)?;
        self.pages.get_mut(page)?.as_mut().map(Arc::make_mut)
    }

    /// Makes room for `dot`. A column whose replica reuses its dots may ask for a page before the first.
    fn add_page(&mut self, dot: Dot) {
        let number = dot.counter as usize / PAGE;
        if self.pages.is_empty() {
            self.first = number;
        }
        while number < self.first {
            self.pages.push_front(None);
            self.first -= 1;
        }
        while number >= self.first + self.pages.len() {
            self.pages.push_back(None);
        }
        self.pages[number - self.first] = Some(Arc::default());
    }

    /// Frees an empty page unless it is the last one. How many were freed.
    fn free(&mut self, number: usize) -> usize {
        if number + 1 == self.first + self.pages.len() {
            return 0;
        }
        self.pages[number - self.first] = None;
        while matches!(self.pages.front(), Some(None)) {
            self.pages.pop_front();
            self.first += 1;
        }
        1
    }

    /// Frees the last page if it is empty, before another becomes the last. How many were freed.
    fn free_idle_tail(&mut self) -> usize {
        if !matches!(self.pages.back(), Some(Some(page)) if page.live == 0) {
            return 0;
        }
        self.pages.pop_back();
        while matches!(self.pages.back(), Some(None)) {
            self.pages.pop_back();
        }
        1
    }
}
