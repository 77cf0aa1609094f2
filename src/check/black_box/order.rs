//! The order of each process, and sets of operations as bits.

use super::history::Operation;

/// For each operation those of its process that were over right before it began: with them, all others before it were.
/// The operations are in the order of their invocations.
pub(super) fn process_order(operations: &[Operation]) -> Vec<Vec<u32>> {
    let processes = operations.iter().map(|operation| operation.process + 1).max().unwrap_or(0);
    let mut earlier: Vec<Vec<u32>> = vec![Vec::new(); processes as usize];
    let mut before = Vec::with_capacity(operations.len());
    for (number, operation) in operations.iter().enumerate() {
        let earlier = &mut earlier[operation.process as usize];
        let is_over = |one: &&u32| operations[**one as usize].is_before(operation);
        let latest = earlier.iter().filter(is_over).map(|one| operations[*one as usize].invoked).max();
        let is_last = |one: &&u32| latest.is_some_and(|latest| operations[**one as usize].returned >= latest);
        before.push(earlier.iter().filter(is_over).filter(is_last).copied().collect());
        // What was over before one that is over by now will never be the last again.
        if let Some(latest) = latest {
            earlier.retain(|one| operations[*one as usize].returned >= latest);
        }
        if operation.is_done() {
            earlier.push(number as u32);
        }
    }
    before
}

/// For each operation the set of those before it, as rows of bits.
pub(super) struct Past {
    words: usize,
    bits: Vec<u64>,
}

impl Past {
    /// The closure of "right before", or nothing if it goes in a circle.
    pub(super) fn of(before: &[Vec<u32>]) -> Option<Self> {
        let words = before.len().div_ceil(64);
        let mut past = Self { words, bits: vec![0; words * before.len()] };
        for number in in_order(before)? {
            for earlier in &before[number as usize] {
                past.join(number as usize, *earlier as usize);
            }
        }
        Some(past)
    }

    /// Whether the first is before the second.
    pub(super) fn has(&self, earlier: u32, later: u32) -> bool {
        self.bits[later as usize * self.words + earlier as usize / 64] >> (earlier % 64) & 1 == 1
    }

    fn join(&mut self, number: usize, earlier: usize) {
        for word in 0..self.words {
            let bits = self.bits[earlier * self.words + word];
            self.bits[number * self.words + word] |= bits;
        }
        self.bits[number * self.words + earlier / 64] |= 1 << (earlier % 64);
    }
}

/// The operations, each after those before it; nothing if they go in a circle.
pub(super) fn in_order(before: &[Vec<u32>]) -> Option<Vec<u32>> {
    let mut after = vec![Vec::new(); before.len()];
    let mut waiting: Vec<usize> = before.iter().map(Vec::len).collect();
    for (number, before) in before.iter().enumerate() {
        for earlier in before {
            after[*earlier as usize].push(number as u32);
        }
    }
    let mut order: Vec<u32> = (0..before.len() as u32).filter(|number| waiting[*number as usize] == 0).collect();
    let mut at = 0;
    while at < order.len() {
        for later in &after[order[at] as usize] {
            waiting[*later as usize] -= 1;
            if waiting[*later as usize] == 0 {
                order.push(*later);
            }
        }
        at += 1;
    }
    (order.len() == before.len()).then_some(order)
}
