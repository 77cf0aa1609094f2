//! Additions, takings that need what they take, and reads of the sum.

use super::Machine;
use crate::check::black_box::history::{Call, Datum, Operation, Texts};

/// A counter that starts at 0.
pub(in crate::check::black_box) struct Counter {
    steps: Vec<Step>,
    strangers: usize,
    /// The sum of all amounts and answers: no stranger has to lead further away than that.
    most: i64,
}

#[derive(Clone, Copy)]
enum Step {
    Is(i64),
    Adds(i64),
    /// Possible where so much is there.
    Takes(i64),
    /// Possible where less is there.
    Lacks(i64),
    Impossible,
}

impl Machine for Counter {
    type State = i64;

    fn new(_: &Texts, operations: &[Operation], strangers: &[Call]) -> Self {
        let mut steps: Vec<Step> = operations
            .iter()
            .map(|operation| match (operation.call, operation.answer) {
                (Call::Add(Datum::Int(amount)), _) => Step::Adds(amount),
                (Call::Take(Datum::Int(amount)), _) => Step::Takes(amount),
                (Call::Lacks(Datum::Int(amount)), _) => Step::Lacks(amount),
                (Call::Read, Datum::Int(sum)) => Step::Is(sum),
                (Call::Read, Datum::Nil) => Step::Is(0),
                _ => Step::Impossible,
            })
            .collect();
        for call in strangers {
            match call {
                Call::Add(Datum::Int(amount)) => steps.push(Step::Adds(*amount)),
                Call::Take(Datum::Int(amount)) => steps.push(Step::Takes(*amount)),
                _ => {}
            }
        }
        let amounts = steps.iter().map(|step| match step {
            Step::Is(amount) | Step::Adds(amount) | Step::Takes(amount) | Step::Lacks(amount) => {
                amount.saturating_abs()
            }
            Step::Impossible => 0,
        });
        let most = amounts.fold(0_i64, i64::saturating_add);
        let strangers = steps.len() - operations.len();
        Self { steps, strangers, most }
    }

    fn start(&self) -> i64 {
        0
    }

    fn step(&self, state: &i64, number: usize) -> Option<i64> {
        match self.steps[number] {
            Step::Is(sum) => (*state == sum).then_some(sum),
            // Whoever adds more than fits is of no use to any answer.
            Step::Adds(amount) => {
                let sum = state.checked_add(amount)?;
                let is_stranger = number + self.strangers >= self.steps.len();
                (!is_stranger || sum.saturating_abs() <= self.most).then_some(sum)
            }
            Step::Takes(amount) => (*state >= amount).then(|| *state - amount),
            Step::Lacks(amount) => (*state < amount).then_some(*state),
            Step::Impossible => None,
        }
    }

    fn strangers(&self) -> usize {
        self.strangers
    }
}
