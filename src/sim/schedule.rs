//! What will happen, in the order in which it will: by instant, and by the order of scheduling among equals.
//!
//! A 4-ary heap of 16-byte keys over a slab of payloads. A payload is written once and read once, however often its key
//! moves; a key carries the number of its slot, so no table leads from one to the other. Four children share a cache
//! line, which makes this heap shallower and quicker than a binary one (d-ary heaps: Johnson 1975).

use super::SimError;
use crate::base::Instant;
use crate::base::limits::PENDING_EVENTS_MAX;

/// Bits of a key that hold its slot in the slab; the sequence has the 42 above them, the instant the upper 64.
const SLOT_BITS: u32 = 22;
/// Children of one place in the heap.
const ARITY: usize = 4;

const _: () = assert!(PENDING_EVENTS_MAX <= 1 << SLOT_BITS, "every pending event needs a slot number of its own");

/// An instant, a sequence and a slot in one number, so that one comparison orders two of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u128);

impl Key {
    #[inline]
    fn new(at: Instant, sequence: u64, slot: usize) -> Self {
        Self(u128::from(at.0) << 64 | u128::from(sequence << SLOT_BITS | slot as u64))
    }

    #[inline]
    fn at(self) -> Instant {
        Instant((self.0 >> 64) as u64)
    }

    #[inline]
    fn slot(self) -> usize {
        (self.0 as u64 & ((1 << SLOT_BITS) - 1)) as usize
    }
}

/// A queue of payloads, ordered by instant and, among equal instants, by the order of scheduling.
#[derive(Clone, Debug)]
pub struct Schedule<P> {
    heap: Vec<Key>,
    slots: Vec<Option<P>>,
    free: Vec<u32>,
    sequence: u64,
}

impl<P> Default for Schedule<P> {
    fn default() -> Self {
        Self { heap: Vec::new(), slots: Vec::new(), free: Vec::new(), sequence: 0 }
    }
}

impl<P> Schedule<P> {
    /// An empty schedule.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many payloads wait.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// The instant of the next payload.
    #[inline]
    pub fn peek(&self) -> Option<Instant> {
        self.heap.first().map(|key| key.at())
    }

    /// Payloads in no particular order, with their instants: for views of what is under way.
    pub fn iter(&self) -> impl Iterator<Item = (Instant, &P)> {
        self.heap.iter().filter_map(|key| self.slots[key.slot()].as_ref().map(|payload| (key.at(), payload)))
    }

    /// Puts `payload` at `at`, behind everything that is already there.
    ///
    /// # Errors
    ///
    /// [`SimError::TooManyPending`] if [`PENDING_EVENTS_MAX`] payloads wait; the schedule is then unchanged.
    #[inline]
    pub fn schedule(&mut self, at: Instant, payload: P) -> Result<(), SimError> {
        if self.heap.len() >= PENDING_EVENTS_MAX {
            return Err(SimError::TooManyPending);
        }
        let slot = self.store(payload);
        let key = Key::new(at, self.sequence, slot);
        self.sequence += 1;
        self.heap.push(key);
        self.rise(key);
        Ok(())
    }

    /// Takes the next payload out, with its instant.
    #[inline]
    pub fn pop(&mut self) -> Option<(Instant, P)> {
        let first = *self.heap.first()?;
        let last = self.heap.pop().expect("a heap with a first key has a last one");
        if !self.heap.is_empty() {
            self.sink(last);
        }
        let slot = first.slot();
        let payload = self.slots[slot].take().expect("a key in the heap has its payload in the slab");
        self.free.push(slot as u32);
        Some((first.at(), payload))
    }

    #[inline]
    fn store(&mut self, payload: P) -> usize {
        if let Some(slot) = self.free.pop() {
            self.slots[slot as usize] = Some(payload);
            slot as usize
        } else {
            self.slots.push(Some(payload));
            self.slots.len() - 1
        }
    }

    /// Moves `key`, which is at the end, up to its place.
    #[inline]
    fn rise(&mut self, key: Key) {
        let mut place = self.heap.len() - 1;
        while place > 0 {
            let parent = (place - 1) / ARITY;
            if self.heap[parent] <= key {
                break;
            }
            self.heap[place] = self.heap[parent];
            place = parent;
        }
        self.heap[place] = key;
    }

    /// Puts `key` into the hole at the top and moves it down to its place.
    #[inline]
    fn sink(&mut self, key: Key) {
        let heap = self.heap.as_mut_slice();
        let mut place = 0;
        loop {
            let child = place * ARITY + 1;
            let (least, least_key) = if let Some(&[a, b, c, d]) = heap.get(child..child + ARITY) {
                let (left, left_key) = if b < a { (child + 1, b) } else { (child, a) };
                let (right, right_key) = if d < c { (child + 3, d) } else { (child + 2, c) };
                if right_key < left_key { (right, right_key) } else { (left, left_key) }
            } else {
                let rest = heap.get(child..).unwrap_or_default();
                let Some((offset, least_key)) = rest.iter().copied().enumerate().min_by_key(|(_, key)| *key) else {
                    break;
                };
                (child + offset, least_key)
            };
            if key <= least_key {
                break;
            }
            heap[place] = least_key;
            place = least;
        }
        heap[place] = key;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_instants_keep_the_order_of_scheduling() {
        let mut schedule = Schedule::new();
        for payload in 0..100 {
            schedule.schedule(Instant(5), payload).unwrap();
        }
        let popped: Vec<_> = std::iter::from_fn(|| schedule.pop()).map(|(_, payload)| payload).collect();
        assert_eq!(popped, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn a_full_schedule_says_so_and_keeps_what_it_has() {
        let mut schedule = Schedule::new();
        for _ in 0..PENDING_EVENTS_MAX {
            schedule.schedule(Instant(1), ()).unwrap();
        }
        assert_eq!(schedule.schedule(Instant(1), ()), Err(SimError::TooManyPending));
        assert_eq!(schedule.len(), PENDING_EVENTS_MAX);
    }

    proptest! {
        #[test]
        fn it_is_a_stable_sort(steps in prop::collection::vec(prop::option::weighted(0.6, 0u64..50), 1..400)) {
            let mut schedule = Schedule::new();
            let mut model: Vec<(u64, usize)> = Vec::new();
            for (payload, step) in steps.into_iter().enumerate() {
                if let Some(at) = step {
                    schedule.schedule(Instant(at), payload).unwrap();
                    model.push((at, payload));
                    model.sort_unstable();
                } else {
                    let expected = (!model.is_empty()).then(|| model.remove(0));
                    prop_assert_eq!(schedule.peek(), expected.map(|(at, _)| Instant(at)));
                    prop_assert_eq!(schedule.pop().map(|(at, payload)| (at.0, payload)), expected);
                }
                prop_assert_eq!(schedule.len(), model.len());
                prop_assert_eq!(schedule.iter().count(), model.len());
            }
        }
    }
}
