//! Posts, and reads of how many there are and which is the newest.

use super::Machine;
use crate::check::black_box::history::{Call, Datum, Operation, Texts};

/// A log that nothing leaves: its length and its last entry are all that an answer shows.
pub(in crate::check::black_box) struct Log {
    steps: Vec<Step>,
    strangers: usize,
    /// The longest that an answer shows or the operations make: no stranger has to lead further.
    most: u32,
}

#[derive(Clone, Copy)]
enum Step {
    Is(u32, Datum),
    Grows(Datum),
    Impossible,
}

impl Machine for Log {
    type State = (u32, Datum);

    fn new(texts: &Texts, operations: &[Operation], strangers: &[Call]) -> Self {
        let shown = |answer: Datum| match (answer, texts.items(answer)) {
            (Datum::Nil, _) => Step::Is(0, Datum::Nil),
            (_, [Datum::Int(count), newest]) => {
                u32::try_from(*count).map_or(Step::Impossible, |count| Step::Is(count, *newest))
            }
            _ => Step::Impossible,
        };
        let mut steps: Vec<Step> = operations
            .iter()
            .map(|operation| match operation.call {
                Call::Post(entry) => Step::Grows(entry),
                Call::Read => shown(operation.answer),
                _ => Step::Impossible,
            })
            .collect();
        let longest = steps.iter().map(|step| if let Step::Is(count, _) = step { *count } else { 0 }).max();
        let most = longest.unwrap_or(0);
        steps.extend(strangers.iter().filter_map(|call| match call {
            Call::Post(entry) => Some(Step::Grows(*entry)),
            _ => None,
        }));
        let strangers = steps.len() - operations.len();
        Self { steps, strangers, most }
    }

    fn start(&self) -> Self::State {
        (0, Datum::Nil)
    }

    fn step(&self, state: &Self::State, number: usize) -> Option<Self::State> {
        match self.steps[number] {
            Step::Is(count, newest) => (*state == (count, newest)).then_some(*state),
            Step::Grows(entry) => {
                let is_stranger = number + self.strangers >= self.steps.len();
                (!is_stranger || state.0 < self.most).then_some((state.0 + 1, entry))
            }
            Step::Impossible => None,
        }
    }

    fn strangers(&self) -> usize {
        self.strangers
    }
}
