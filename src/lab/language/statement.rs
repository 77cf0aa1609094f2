//! What a script is once it is read: lines, statements and conditions. No text of a name is left unchecked.

use crate::base::{Claim, Fault, Instant, Service};
use crate::cluster::command::WorldCommand;

use super::measure::{Measure, Unit};

/// A whole script.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    /// The lines that say something, in order.
    pub lines: Vec<Line>,
    /// What stood after the line `---`, as it stood there.
    pub golden: Option<String>,
}

/// A line that says something.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its number in the script, from 1.
    pub number: u32,
    /// To when the world runs first.
    pub when: Option<When>,
    /// What happens then; nothing, if the line only lets time pass.
    pub statement: Option<Statement>,
    /// The statement as it was typed, without its instant and comment.
    pub source: String,
}

/// To when the world runs before a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// To an instant: until all its events are done, or until so many are.
    At {
        /// The instant.
        instant: Instant,
        /// How many events, as in a recording.
        events: Option<u64>,
    },
    /// On by so much.
    After {
        /// Microseconds.
        us: u64,
    },
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// Changes the world, and is recorded.
    World(WorldCommand),
    /// Lets time pass.
    Run {
        /// Microseconds.
        us: u64,
    },
    /// Lets time pass until something is so.
    RunUntil {
        /// What.
        condition: Condition,
        /// For how many microseconds at most.
        within_us: u64,
    },
    /// Names this instant.
    Mark(String),
    /// Says what should be so now.
    Expect(Condition),
    /// How much the golden output tells.
    Story(StoryDetail),
}

/// How much a story tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StoryDetail {
    /// Operations, faults, switches, violations, expectations.
    #[default]
    Operations,
    /// Those, and messages.
    Messages,
}

/// Something that is so or not at an instant of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// A claim holds, or is violated.
    Claim {
        /// Which.
        claim: Claim,
        /// Holds, or is violated.
        verdict: Verdict,
        /// Judged from this mark on, else over all.
        since: Option<String>,
        /// Of a claim about the order of operations: judged over this service, else over all.
        service: Option<Service>,
    },
    /// A measure compares with a value or another measure.
    Compare {
        /// The left side.
        measure: Measure,
        /// How.
        comparison: Comparison,
        /// The right side.
        operand: Operand,
    },
    /// All replicas show the same.
    Converged,
    /// A kind of fault has changed an outcome.
    Used(Fault),
}

/// A judge's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The claim holds.
    Holds,
    /// It does not.
    Violated,
}

impl Verdict {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Violated => "violated",
        }
    }
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// How it is written.
    pub fn text(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// Whether it asks for an order, which texts have not.
    pub fn is_ordered(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }

    /// Whether it accepts a left side that stands so to the right one.
    pub fn accepts(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

/// The right side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A value that was typed. Its kind fits the measure on the left.
    Value(Expected),
    /// Another measure of the same unit.
    Measure(Measure),
}

/// A value that a measure is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    /// Signed microseconds.
    Time(i64),
    /// A share, 0 to 1.
    Share(f64),
    /// A number.
    Number(i64),
    /// A text.
    Text(String),
    /// The last operation was refused.
    Refused,
    /// The last operation has no known outcome.
    Unknown,
    /// There is no value.
    Nothing,
}

impl Expected {
    /// The words among the values.
    pub const WORDS: [(&'static str, Self); 3] =
        [("refused", Self::Refused), ("unknown", Self::Unknown), ("nothing", Self::Nothing)];

    /// What it is, as a unit of a measure.
    pub fn unit(&self) -> Unit {
        match self {
            Self::Time(_) => Unit::Time,
            Self::Share(_) => Unit::Share,
            Self::Number(_) => Unit::Count,
            Self::Text(_) | Self::Refused | Self::Unknown | Self::Nothing => Unit::Value,
        }
    }
}
