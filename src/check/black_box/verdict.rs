//! What a judge of histories answers.

use std::fmt;

/// A judge's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The promise was kept. Where the promise is one order, this is one, as numbers of operations; what may or may
    /// not have happened is in it if it has to be.
    Holds(Option<Vec<u32>>),
    /// The promise was broken, and these operations show it, in their order.
    Violated(Witness),
    /// The judge cannot know, or gave up.
    Unknown(Reason),
}

impl Finding {
    /// Whether the promise was broken.
    pub fn is_violated(&self) -> bool {
        matches!(self, Self::Violated(_))
    }

    /// Whether the promise was kept.
    pub fn holds(&self) -> bool {
        matches!(self, Self::Holds(_))
    }
}

/// The operations that show a violation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witness {
    /// Numbers of operations, ascending.
    pub operations: Vec<u32>,
    /// Whether each of them is needed: without any one, what remains is legal. A judge that ran out of work on the
    /// way to that says so here.
    pub is_minimal: bool,
}

/// Why a judge cannot know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The search took this much work, which is its bound.
    WorkSpent(u64),
    /// More operations are open at once than the search can hold.
    OpenMax(usize),
    /// The search remembers this many places, which is its bound.
    StatesMax(usize),
    /// There are more operations than this judge can hold.
    TooMany(usize),
    /// The judge follows values to their writes, so each value must be written once.
    NotUnique,
    /// The promise means nothing for the calls of this model.
    WrongModel,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WorkSpent(work) => write!(f, "the search gave up after {work} steps"),
            Self::OpenMax(most) => {
                write!(f, "more than {most} operations are open at once, which the search cannot hold")
            }
            Self::StatesMax(most) => write!(f, "the search gave up after {most} places to remember"),
            Self::TooMany(most) => write!(f, "this judge holds {most} operations at most"),
            Self::NotUnique => write!(f, "this judge follows each value to its write, and some value is written twice"),
            Self::WrongModel => write!(f, "this promise is not judged for this model"),
        }
    }
}

/// How much a judge may still do: a count, never a clock, so that the same history has the same verdict everywhere.
pub struct Work<'a> {
    most: u64,
    spent: u64,
    tell: &'a mut dyn FnMut(u64),
}

/// After so many steps the judge says how far it is.
const TELL_EVERY: u64 = 1 << 16;

impl<'a> Work<'a> {
    /// The bound of a judgement unless another is given: some seconds.
    pub const MOST: u64 = 20_000_000;

    /// So much work; `tell` hears now and then how much was spent.
    pub fn new(most: u64, tell: &'a mut dyn FnMut(u64)) -> Self {
        Self { most, spent: 0, tell }
    }

    /// Takes a step.
    ///
    /// # Errors
    /// If there is no work left.
    pub fn step(&mut self) -> Result<(), Reason> {
        self.take(1)
    }

    /// Takes several steps.
    ///
    /// # Errors
    /// If there is not enough work left.
    pub fn take(&mut self, steps: u64) -> Result<(), Reason> {
        let before = self.spent / TELL_EVERY;
        self.spent = self.spent.saturating_add(steps);
        if self.spent / TELL_EVERY != before {
            (self.tell)(self.spent);
        }
        if self.spent > self.most { Err(Reason::WorkSpent(self.most)) } else { Ok(()) }
    }

    /// How much was spent.
    pub fn spent(&self) -> u64 {
        self.spent
    }
}
