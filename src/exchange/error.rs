//! What is wrong with a text, and where.

use std::fmt;

use crate::base::shown::shown;
use crate::check::black_box::Model;

/// A place in a text: line and column, both from 1, the column in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// The first thing that is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {}, column {}: {problem}", place.line, place.column)]
pub struct ReadError {
    /// Where.
    pub place: Place,
    /// What.
    pub problem: Problem,
}

/// What can be wrong. What comes from the text is kept as it is and shown without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There is no event at all.
    Empty,
    /// The text ends inside of something.
    End(&'static str),
    /// A closing bracket without its opening one, or of another kind.
    Closing(char, Option<char>),
    /// A character that begins nothing.
    Character(char),
    /// Too many brackets within each other.
    Depth(usize),
    /// A number that is none, or too large.
    Number(String),
    /// A backslash before something that it does not escape.
    Escape(char),
    /// A control character inside a text.
    Control,
    /// A map with a key that has no value.
    OddMap,
    /// A tag, or a mark to leave something out, with nothing behind it.
    Dangling,
    /// Something else where this should stand.
    Expected(&'static str),
    /// A line that is no line of a Jepsen log.
    Prefix,
    /// Something behind the end of an event.
    Trailing,
    /// An event without this field.
    Missing(&'static str),
    /// An event that has this field twice.
    Twice(&'static str),
    /// A type of event that there is not.
    Type(String),
    /// A function that the model does not know.
    Function(String, Model),
    /// A function that carries something else.
    Value(&'static str, &'static str),
    /// A process that is neither a number nor a name.
    Process,
    /// A return of what was never invoked.
    NotInvoked(String),
    /// An invocation by a process that waits for another.
    Busy(String, u32),
    /// A return of another function than the one invoked.
    OtherFunction(String, String),
    /// A return for another key than the one invoked.
    OtherKey,
    /// More operations than fit.
    TooMany(usize),
    /// A word that is neither true, false nor null.
    Word(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "expected at least one event, found none"),
            Self::End(what) => write!(f, "expected {what}, found the end"),
            Self::Closing(found, Some(expected)) => write!(f, "expected {expected}, found {found}"),
            Self::Closing(found, None) => write!(f, "expected a value, found {found} without its opening bracket"),
            Self::Character(c) => write!(f, "expected a value, found {}", shown(&c.to_string())),
            Self::Depth(most) => write!(f, "expected at most {most} brackets within each other"),
            Self::Number(text) => write!(f, "expected a number of 64 bits, found {}", shown(text)),
            Self::Escape(c) => {
                write!(f, "expected an escape such as \\n or \\u00e9, found {}", shown(&format!("\\{c}")))
            }
            Self::Control => {
                write!(f, "expected a printable character or an escape inside a text, found a control character")
            }
            Self::OddMap => write!(f, "expected a value for the last key of the map"),
            Self::Dangling => write!(f, "expected a value behind the #"),
            Self::Expected(what) => write!(f, "expected {what}"),
            Self::Prefix => write!(f, "expected INFO jepsen.util - PROCESS TYPE FUNCTION VALUE"),
            Self::Trailing => write!(f, "expected the end of the event"),
            Self::Missing(field) => write!(f, "expected an event with {field}"),
            Self::Twice(field) => write!(f, "expected {field} once"),
            Self::Type(found) => {
                write!(f, "expected invoke, ok, fail or info, found {}", shown(found))?;
                nearest(f, found, &["invoke", "ok", "fail", "info"])
            }
            Self::Function(found, model) => {
                let functions = model.functions();
                write!(f, "expected {} for model {}, found {}", functions.join(", "), model.name(), shown(found))?;
                nearest(f, found, functions)
            }
            Self::Value(function, expected) => write!(f, "expected {function} with {expected}"),
            Self::Process => write!(f, "expected a process: a number or a name"),
            Self::NotInvoked(process) => {
                write!(f, "expected an invocation of process {} before this return", shown(process))
            }
            Self::Busy(process, line) => {
                write!(f, "expected a return of process {}, which waits since line {line}", shown(process))
            }
            Self::OtherFunction(found, invoked) => {
                write!(f, "expected a return of {}, which was invoked, found {}", shown(invoked), shown(found))
            }
            Self::OtherKey => write!(f, "expected the key that was invoked"),
            Self::TooMany(most) => write!(f, "expected at most {most} operations; judge a part of the history"),
            Self::Word(found) => {
                write!(f, "expected a JSON value, found {}", shown(found))?;
                nearest(f, found, &["true", "false", "null"])
            }
        }
    }
}

/// How far a word may be from a known one to be taken for it.
const DISTANCE_MAX: usize = 2;

fn nearest(f: &mut fmt::Formatter<'_>, found: &str, known: &[&str]) -> fmt::Result {
    // A long text is near to nothing, and comparing it would take long.
    if found.len() > 32 {
        return Ok(());
    }
    let distance = |word: &&&str| strsim::damerau_levenshtein(found, word);
    match known.iter().min_by_key(distance).filter(|word| distance(word) <= DISTANCE_MAX) {
        Some(word) => write!(f, "; did you mean {word}?"),
        None => Ok(()),
    }
}
