//! Read, write, compare-and-set.

use super::Machine;
use crate::check::black_box::history::{Call, Datum, Operation, Texts};

/// A register whose values are numbered from 1 in their order, with 0 for nothing.
pub(in crate::check::black_box) struct Register {
    steps: Vec<Step>,
    strangers: usize,
}

/// What an operation does to the number.
#[derive(Clone, Copy)]
enum Step {
    Is(u32),
    Becomes(u32),
    Turns(u32, u32),
    IsSomething,
    Impossible,
}

impl Machine for Register {
    type State = u32;

    fn new(_: &Texts, operations: &[Operation], strangers: &[Call]) -> Self {
        let mut values = vec![Datum::Nil];
        let calls = || operations.iter().map(|operation| operation.call).chain(strangers.iter().copied());
        for call in calls() {
            match call {
                Call::Write(value) => values.push(value),
                Call::Cas(from, to) => values.extend([from, to]),
                _ => {}
            }
        }
        values.sort_unstable();
        values.dedup();
        let number = |value| values.binary_search(&value).ok().map(|at| at as u32);
        let step = |call, answer| match call {
            Call::Write(value) => number(value).map(Step::Becomes),
            Call::Cas(from, to) => number(from).zip(number(to)).map(|(from, to)| Step::Turns(from, to)),
            Call::Exists => Some(Step::IsSomething),
            _ => number(answer).map(Step::Is),
        };
        let mut steps: Vec<Step> = operations
            .iter()
            .map(|operation| step(operation.call, operation.answer).unwrap_or(Step::Impossible))
            .collect();
        let useful =
            useful(&steps, strangers.iter().filter_map(|call| step(*call, Datum::Nil)).collect(), values.len());
        let strangers = useful.len();
        steps.extend(useful);
        Self { steps, strangers }
    }

    fn start(&self) -> u32 {
        0
    }

    fn step(&self, state: &u32, number: usize) -> Option<u32> {
        match self.steps[number] {
            Step::Is(value) => (*state == value).then_some(value),
            Step::Becomes(value) => Some(value),
            Step::Turns(from, to) => (*state == from).then_some(to),
            Step::IsSomething => (*state != 0).then_some(*state),
            Step::Impossible => None,
        }
    }

    fn strangers(&self) -> usize {
        self.strangers
    }
}

/// The strangers that make a value which somebody needs.
fn useful(steps: &[Step], strangers: Vec<Step>, values: usize) -> Vec<Step> {
    let mut is_needed = vec![false; values];
    for step in steps {
        match step {
            Step::Is(value) | Step::Turns(value, _) => is_needed[*value as usize] = true,
            Step::IsSomething => is_needed.iter_mut().skip(1).for_each(|needed| *needed = true),
            _ => {}
        }
    }
    let mut rest = strangers;
    let mut useful = Vec::new();
    loop {
        let (found, other): (Vec<Step>, Vec<Step>) = rest.into_iter().partition(|step| match step {
            Step::Becomes(value) | Step::Turns(_, value) => is_needed[*value as usize],
            _ => false,
        });
        if found.is_empty() {
            return useful;
        }
        for step in &found {
            if let Step::Turns(from, _) = step {
                is_needed[*from as usize] = true;
            }
        }
        useful.extend(found);
        rest = other;
    }
}
