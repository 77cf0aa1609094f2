//! Texts: get, put, append. A missing text and an empty one are the same.

use super::Machine;
use crate::check::black_box::history::{Call, Datum, Operation, Texts};

/// One text. A text that begins no answer can never be seen, until a put: all of these are one state, nothing.
pub(in crate::check::black_box) struct Kv {
    steps: Vec<Step>,
    strangers: usize,
    /// All answers, sorted.
    answers: Vec<Box<str>>,
}

enum Step {
    Is(Box<str>),
    Becomes(Box<str>),
    Grows(Box<str>),
}

impl Machine for Kv {
    type State = Option<Box<str>>;

    fn new(texts: &Texts, operations: &[Operation], strangers: &[Call]) -> Self {
        let words = |datum| match datum {
            Datum::Nil => Box::default(),
            other => texts.show(other).into_boxed_str(),
        };
        let step = |call, answer| match call {
            Call::Write(text) => Step::Becomes(words(text)),
            Call::Append(text) => Step::Grows(words(text)),
            _ => Step::Is(words(answer)),
        };
        let mut steps: Vec<Step> = operations.iter().map(|operation| step(operation.call, operation.answer)).collect();
        let mut answers: Vec<Box<str>> =
            steps.iter().filter_map(|step| if let Step::Is(text) = step { Some(text.clone()) } else { None }).collect();
        answers.sort_unstable();
        answers.dedup();
        let is_shown = |step: &Step| match step {
            Step::Becomes(text) | Step::Grows(text) => answers.iter().any(|answer| answer.contains(&**text)),
            Step::Is(_) => false,
        };
        steps.extend(strangers.iter().map(|call| step(*call, Datum::Nil)).filter(is_shown));
        let strangers = steps.len() - operations.len();
        Self { steps, strangers, answers }
    }

    fn start(&self) -> Self::State {
        self.visible(String::new())
    }

    fn step(&self, state: &Self::State, number: usize) -> Option<Self::State> {
        match &self.steps[number] {
            Step::Is(text) => (state.as_ref() == Some(text)).then(|| state.clone()),
            Step::Becomes(text) => Some(self.visible(text.to_string())),
            Step::Grows(text) => Some(state.as_ref().and_then(|state| self.visible(format!("{state}{text}")))),
        }
    }

    fn state_bytes(&self) -> usize {
        self.answers.iter().map(|answer| answer.len()).max().unwrap_or(0)
    }

    fn strangers(&self) -> usize {
        self.strangers
    }
}

impl Kv {
    /// The text, if it begins an answer.
    fn visible(&self, text: String) -> Option<Box<str>> {
        let at = self.answers.partition_point(|answer| **answer < *text);
        self.answers.get(at).filter(|answer| answer.starts_with(&text)).map(|_| text.into_boxed_str())
    }
}
