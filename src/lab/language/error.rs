//! What can be wrong with a line, where, and what was probably meant.

use super::noun::Noun;

pub(super) use crate::base::shown::{is_hidden, shown};

/// One error in a script or a typed line: where it is, what was expected, and the nearest word if one is near.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanguageError {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub kind: ErrorKind,
    /// What was probably meant.
    pub nearest: Option<String>,
}

impl LanguageError {
    /// What is wrong, without the place: for a single line that is still in sight.
    pub fn message(&self) -> String {
        match &self.nearest {
            Some(nearest) => format!("{}; did you mean {nearest}?", self.kind),
            None => self.kind.to_string(),
        }
    }
}

impl std::fmt::Display for LanguageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message())
    }
}

impl std::error::Error for LanguageError {}

/// What is wrong. Fields named `found` hold text that is already safe to print (see [`shown`]).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// A control or invisible character.
    #[error("expected visible text, found the invisible character {0}")]
    HiddenCharacter(String),
    /// A character that begins nothing in the language.
    #[error("expected a word, a number or a text in quotes, found {0}")]
    StrangeCharacter(String),
    /// A text without its closing quote.
    #[error("expected a closing quote before the end of the line")]
    OpenText,
    /// A backslash before anything but a quote or a backslash.
    #[error("expected \\\" or \\\\ after a backslash, found {0}")]
    UnknownEscape(String),
    /// Digits that make no number.
    #[error("expected a number such as 20, 0.5 or -3, found {0}")]
    BadNumber(String),
    /// A number with more digits than can be kept exactly.
    #[error("expected a number of at most 19 digits, found {0}")]
    TooManyDigits(String),
    /// A number with letters behind it that are no unit.
    #[error("expected a unit (us, ms, s, m, h, /s, % or ppm) after the number, found {0}")]
    UnknownUnit(String),
    /// A quantity without its unit.
    #[error("expected {expected} with its unit ({units}), found {found}; write {fix}")]
    MissingUnit {
        /// The quantity.
        expected: &'static str,
        /// Which units exist for it.
        units: &'static str,
        /// What stands there.
        found: String,
        /// The same number with a unit.
        fix: String,
    },
    /// A quantity with the unit of another.
    #[error("expected {expected} ({units}), found {found}")]
    WrongUnit {
        /// The quantity.
        expected: &'static str,
        /// Which units exist for it.
        units: &'static str,
        /// What stands there.
        found: String,
    },
    /// More precise than a microsecond.
    #[error("expected a time in whole microseconds, found {0}")]
    TooPrecise(String),
    /// A fraction where only whole numbers count.
    #[error("expected {expected} as a whole number, found {found}")]
    NotWhole {
        /// The quantity.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// Below or above what is allowed.
    #[error("expected {what} from {low} to {high}, found {found}")]
    OutOfBounds {
        /// The quantity.
        what: &'static str,
        /// The least.
        low: String,
        /// The greatest.
        high: String,
        /// What stands there.
        found: String,
    },
    /// A text that is too long to be kept.
    #[error("expected a text of at most {max} bytes, found {bytes}")]
    TextTooLong {
        /// The bound.
        max: usize,
        /// How long it is.
        bytes: usize,
    },
    /// The line ends too early.
    #[error("expected {expected}, found the end of the line; usage: {usage}")]
    MissingArgument {
        /// What should follow.
        expected: String,
        /// How the command is used.
        usage: &'static str,
    },
    /// The line goes on too long.
    #[error("expected the end of the line, found {found}; usage: {usage}")]
    Superfluous {
        /// What stands there.
        found: String,
        /// How the command is used.
        usage: &'static str,
    },
    /// Something of another kind.
    #[error("expected {expected}, found {found}")]
    WrongKind {
        /// What should stand there.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// A name that the language, or this script, does not know.
    #[error("expected {noun}{known}, found {found}")]
    Unknown {
        /// A name of what.
        noun: Noun,
        /// The known ones, ` (a, b or c)`, or nothing if they are many.
        known: String,
        /// What stands there.
        found: String,
    },
    /// Another word than those that can stand here.
    #[error("expected {words}, found {found}")]
    UnknownWord {
        /// Those words.
        words: String,
        /// What stands there.
        found: String,
    },
    /// A replica that the cluster does not have.
    #[error("expected a replica (r1 to r{count}), found {found}")]
    UnknownReplica {
        /// How many there are.
        count: usize,
        /// What stands there.
        found: String,
    },
    /// An option that the command does not have.
    #[error("expected {expected}, found {found}")]
    UnknownOption {
        /// The options that it has.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// The same option twice.
    #[error("expected the option {0} once, found it twice")]
    DuplicateOption(String),
    /// An option that must be there.
    #[error("expected the option {option}=…; usage: {usage}")]
    MissingOption {
        /// Its name.
        option: &'static str,
        /// How the command is used.
        usage: &'static str,
    },
    /// An option that this form of the command does not take.
    #[error("the option {option} does not go with {with}")]
    UnfitOption {
        /// Its name.
        option: String,
        /// With what.
        with: &'static str,
    },
    /// A glob that names no operation type.
    #[error("expected an operation type or a pattern such as stock.* or *.read, found {0}")]
    GlobMatchesNothing(String),
    /// A resolver for a service that merges in one way only.
    #[error("only profile has a choice of resolvers: {service} {reason}")]
    NoChoice {
        /// The service.
        service: &'static str,
        /// How it merges instead.
        reason: &'static str,
    },
    /// A name that is in use.
    #[error("expected a new name, found {found}, which names {noun} already")]
    NameTaken {
        /// What has it.
        noun: Noun,
        /// The name.
        found: String,
    },
    /// A name of its own in the language, or no name.
    #[error("expected a name (a letter, then letters, digits, - or _, 32 at most), found {0}")]
    BadName(String),
    /// A name that means something else.
    #[error("expected a name of your own, found {0}, which means something else in the language")]
    ReservedName(String),
    /// Setup after the world began.
    #[error("{0} is setup: expected it before the first operation, fault, setting or passing of time")]
    LateSetup(&'static str),
    /// Setup with an instant.
    #[error("{0} is setup and takes no time: expected it without at or after")]
    TimedSetup(&'static str),
    /// Setup in the wrong order.
    #[error("expected {0} before clients and given")]
    SetupOrder(&'static str),
    /// Setup that can be said once.
    #[error("expected {0} once, found it twice")]
    RepeatedSetup(String),
    /// Time never goes back.
    #[error("time never goes back: expected {earliest} or later, found {found}")]
    GoesBack {
        /// The earliest instant that can follow.
        earliest: String,
        /// What stands there.
        found: String,
    },
    /// Too much of something.
    #[error("expected at most {max} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The bound.
        max: usize,
    },
    /// The same actor twice.
    #[error("expected each actor once, found {0} twice")]
    ActorTwice(String),
    /// A partition of one side.
    #[error("expected two sides or more, as in r1 | r2 r3 or r1 -> r2, found one")]
    OneSide,
    /// `|` and `->` in one partition, or more than one `->`.
    #[error("expected either sides with | between them or two sides with one -> between them")]
    MixedSides,
    /// A link from an actor to itself.
    #[error("expected two different ends of a link, found {0} twice")]
    SameEnds(String),
    /// A link between two clients.
    #[error("expected a replica at one end: the clients {0} and {1} have no link with each other")]
    NoLink(String, String),
    /// Weights of a mixture that do not sum to all.
    #[error("expected weights that sum to 100%, found {0}")]
    Weights(String),
    /// A range whose ends are the wrong way round.
    #[error("expected the smaller delay first, found {low} and {high}")]
    ReversedRange {
        /// The first.
        low: String,
        /// The second.
        high: String,
    },
    /// A statistic of something that has none.
    #[error("{0} reads nothing, so it has no staleness")]
    NoStaleness(&'static str),
    /// Texts and words have no order.
    #[error("expected == or != (a text or a word is not smaller or larger), found {0}")]
    NotOrdered(&'static str),
    /// Two measures of different units.
    #[error("expected {expected} to compare with {left}, found {right}, which is {found}")]
    UnitsDiffer {
        /// The left measure.
        left: String,
        /// The right measure.
        right: String,
        /// What the left one is.
        expected: &'static str,
        /// What the right one is.
        found: &'static str,
    },
    /// `run until` without a limit.
    #[error("expected within TIME after the condition, so that the run ends if it never comes true")]
    NoLimit,
    /// A script that is too long.
    #[error("expected a script of at most {max} bytes, found {bytes}")]
    ScriptTooLong {
        /// The bound.
        max: usize,
        /// How long it is.
        bytes: usize,
    },
}

impl ErrorKind {
    /// A stable word for the kind, for tests and for help.
    pub fn code(&self) -> &'static str {
        match self {
            Self::HiddenCharacter(_) => "hidden-character",
            Self::StrangeCharacter(_) => "strange-character",
            Self::OpenText => "open-text",
            Self::UnknownEscape(_) => "unknown-escape",
            Self::BadNumber(_) => "bad-number",
            Self::TooManyDigits(_) => "too-many-digits",
            Self::UnknownUnit(_) => "unknown-unit",
            Self::MissingUnit { .. } => "missing-unit",
            Self::WrongUnit { .. } => "wrong-unit",
            Self::TooPrecise(_) => "too-precise",
            Self::NotWhole { .. } => "not-whole",
            Self::OutOfBounds { .. } => "out-of-bounds",
            Self::TextTooLong { .. } => "text-too-long",
            Self::MissingArgument { .. } => "missing-argument",
            Self::Superfluous { .. } => "superfluous",
            Self::WrongKind { .. } => "wrong-kind",
            Self::Unknown { noun, .. } => noun.unknown_code(),
            Self::UnknownWord { .. } => "unknown-word",
            Self::UnknownReplica { .. } => "unknown-replica",
            Self::UnknownOption { .. } => "unknown-option",
            Self::DuplicateOption(_) => "duplicate-option",
            Self::MissingOption { .. } => "missing-option",
            Self::UnfitOption { .. } => "unfit-option",
            Self::GlobMatchesNothing(_) => "glob-matches-nothing",
            Self::NoChoice { .. } => "no-choice",
            Self::NameTaken { .. } => "name-taken",
            Self::BadName(_) => "bad-name",
            Self::ReservedName(_) => "reserved-name",
            Self::LateSetup(_) => "late-setup",
            Self::TimedSetup(_) => "timed-setup",
            Self::SetupOrder(_) => "setup-order",
            Self::RepeatedSetup(_) => "repeated-setup",
            Self::GoesBack { .. } => "goes-back",
            Self::TooMany { .. } => "too-many",
            Self::ActorTwice(_) => "actor-twice",
            Self::OneSide => "one-side",
            Self::MixedSides => "mixed-sides",
            Self::SameEnds(_) => "same-ends",
            Self::NoLink(..) => "no-link",
            Self::Weights(_) => "weights",
            Self::ReversedRange { .. } => "reversed-range",
            Self::NoStaleness(_) => "no-staleness",
            Self::NotOrdered(_) => "not-ordered",
            Self::UnitsDiffer { .. } => "units-differ",
            Self::NoLimit => "no-limit",
            Self::ScriptTooLong { .. } => "script-too-long",
        }
    }
}
