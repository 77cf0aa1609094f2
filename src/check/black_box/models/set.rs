//! Additions of elements, and reads of them all.

use super::Machine;
use crate::check::black_box::history::{Call, Datum, Operation, Texts};

/// A set as one bit for each element that somebody adds.
pub(in crate::check::black_box) struct Set {
    steps: Vec<Step>,
    strangers: usize,
    words: usize,
}

enum Step {
    Is(Box<[u64]>),
    Adds(usize),
    Impossible,
}

impl Machine for Set {
    type State = Box<[u64]>;

    fn new(texts: &Texts, operations: &[Operation], strangers: &[Call]) -> Self {
        let added = |call| if let Call::Add(element) = call { Some(element) } else { None };
        let calls = operations.iter().map(|operation| operation.call).chain(strangers.iter().copied());
        let mut elements: Vec<Datum> = calls.filter_map(added).collect();
        elements.sort_unstable();
        elements.dedup();
        let number = |element: &Datum| elements.binary_search(element).ok();
        let words = elements.len().div_ceil(64);
        let all = |answer| {
            let mut bits = vec![0; words].into_boxed_slice();
            for element in texts.items(answer) {
                let at = number(element)?;
                bits[at / 64] |= 1 << (at % 64);
            }
            Some(bits)
        };
        let mut steps: Vec<Step> = operations
            .iter()
            .map(|operation| match operation.call {
                Call::Add(element) => number(&element).map_or(Step::Impossible, Step::Adds),
                _ => all(operation.answer).map_or(Step::Impossible, Step::Is),
            })
            .collect();
        let mut shown = vec![0; words];
        for step in &steps {
            if let Step::Is(bits) = step {
                shown.iter_mut().zip(bits).for_each(|(shown, bits)| *shown |= bits);
            }
        }
        let useful = strangers.iter().filter_map(|call| number(&added(*call)?));
        steps.extend(useful.filter(|at| shown[at / 64] >> (at % 64) & 1 == 1).map(Step::Adds));
        let strangers = steps.len() - operations.len();
        Self { steps, strangers, words }
    }

    fn start(&self) -> Self::State {
        vec![0; self.words].into_boxed_slice()
    }

    fn step(&self, state: &Self::State, number: usize) -> Option<Self::State> {
        match &self.steps[number] {
            Step::Is(bits) => (state == bits).then(|| state.clone()),
            Step::Adds(at) => {
                let mut state = state.clone();
                state[at / 64] |= 1 << (at % 64);
                Some(state)
            }
            Step::Impossible => None,
        }
    }

    fn state_bytes(&self) -> usize {
        8 * self.words
    }

    fn strangers(&self) -> usize {
        self.strangers
    }
}
