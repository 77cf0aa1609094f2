//! A table by dense number, in pages behind `Arc`: a clone shares all pages, a change copies one.
//!
//! Folds over the record live in snapshots, so they must be cheap to clone however much they remember.

use std::collections::VecDeque;
use std::sync::Arc;

/// Items of `T` numbered from 0, `PAGE` of them to a page. Old pages can be forgotten.
#[derive(Clone, Debug)]
pub struct Paged<T, const PAGE: usize> {
    /// Every page has `PAGE` items.
    pages: VecDeque<Arc<Vec<T>>>,
    /// The number of the first page that is not forgotten.
    first: usize,
}

impl<T, const PAGE: usize> Default for Paged<T, PAGE> {
    fn default() -> Self {
        Self { pages: VecDeque::new(), first: 0 }
    }
}

impl<T: Clone + Default, const PAGE: usize> Paged<T, PAGE> {
    /// The item with this number, unless it was never reached or is forgotten.
    #[inline]
    pub fn get(&self, number: usize) -> Option<&T> {
        let page = (number / PAGE).checked_sub(self.first)?;
        self.pages.get(page)?.get(number % PAGE)
    }

    /// The same, to change it.
    #[inline]
    pub fn get_mut(&mut self, number: usize) -> Option<&mut T> {
        let page = (number / PAGE).checked_sub(self.first)?;
        Arc::make_mut(self.pages.get_mut(page)?).get_mut(number % PAGE)
    }

    /// The same, growing the table with defaults until it has that number. Nothing if it is forgotten.
    #[inline]
    pub fn reach(&mut self, number: usize) -> Option<&mut T> {
        let page = number / PAGE;
        while page >= self.first + self.pages.len() {
            self.pages.push_back(Arc::new(vec![T::default(); PAGE]));
        }
        self.get_mut(number)
    }

    /// Forgets the pages that hold only numbers below `number`.
    #[inline]
    pub fn forget_before(&mut self, number: usize) {
        while self.first < number / PAGE && self.pages.pop_front().is_some() {
            self.first += 1;
        }
    }

    /// The numbers that are neither unreached nor forgotten.
    pub fn numbers(&self) -> std::ops::Range<usize> {
        self.first * PAGE..(self.first + self.pages.len()) * PAGE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_keeps_its_items_when_the_original_changes() {
        let mut table = Paged::<u32, 4>::default();
        *table.reach(9).unwrap() = 7;
        let snapshot = table.clone();
        *table.reach(9).unwrap() = 8;
        assert_eq!((snapshot.get(9), table.get(9)), (Some(&7), Some(&8)));
        assert_eq!(snapshot.get(12), None, "a number past the last page was never reached");
    }

    #[test]
    fn forgetting_drops_whole_pages_only() {
        let mut table = Paged::<u32, 4>::default();
        *table.reach(9).unwrap() = 7;
        table.forget_before(7);
        assert_eq!((table.get(3), table.get(4)), (None, Some(&0)));
        assert_eq!(table.reach(3), None, "what is forgotten does not come back");
        assert_eq!(table.numbers(), 4..12);
    }
}
