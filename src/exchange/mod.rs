//! Histories in: other people's formats, as texts and never as files.
//!
//! ```text
//!  INFO  jepsen.util - 0 :invoke :write 4     a Jepsen log        ┐
//!  {:process 0, :type :ok, :f :write, …}      Jepsen's EDN        ├──▶ events ──▶ a neutral history
//!  {"process":"ana","type":"invoke", …}       our JSON lines      ┘
//! ```
//!
//! One reader a file; each hands its events to `events`, which pairs invocations with returns and knows what each
//! model's functions carry. What did not happen (`fail`) is dropped; what may have happened (`info`, or no return at
//! all) stays open for ever; a read that tells nothing says nothing. What is not a client's (a nemesis) is skipped.
//!
//! **JSON lines**, our own format: one object a line, with
//!
//! | field | what it is |
//! |---|---|
//! | `process` | who: a number or a name; one operation at a time |
//! | `type` | `invoke`, then `ok`, `fail` or `info` |
//! | `f` | the function, as the model names it: `read`, `write`, `cas`, `add`, `get`, `put`, `append`, `generate`, `transfer` |
//! | `key` | of what, if there is more than one; optional |
//! | `value` | what it carries: `cas` `[from, to]`, `transfer` `{"from": 1, "to": 2, "amount": 5}`; on `ok` of a read what it returned |
//! | `time` | optional, not judged: the order of the lines is the order of the events |
//!
//! Other fields are ignored. Errors say line, column, what was expected and the nearest word; what they repeat from
//! the text holds no control characters. Memory is bounded by the number of operations, not by the text: one event is
//! read at a time.

pub mod edn;
pub mod error;
mod events;
mod form;
pub mod jepsen_log;
pub mod json_lines;
mod scan;
mod values;

#[cfg(test)]
mod tests;

use crate::check::black_box::{History, Model};

pub use error::{Problem, ReadError};

/// How a history is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// `INFO jepsen.util - PROCESS TYPE FUNCTION VALUE`.
    JepsenLog,
    /// Maps, in a vector or one after the other.
    JepsenEdn,
    /// One object a line.
    JsonLines,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::JepsenLog, Self::JepsenEdn, Self::JsonLines];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::JepsenLog => "jepsen-log",
            Self::JepsenEdn => "jepsen-edn",
            Self::JsonLines => "json-lines",
        }
    }

    /// The format with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The format that a text seems to have, by its first characters.
    pub fn guess(text: &str) -> Self {
        let text = text.trim_start_matches('\u{feff}').trim_start();
        match text.chars().next() {
            Some('{') if text[1..].trim_start().starts_with(['"', '}']) => Self::JsonLines,
            Some('{' | '[' | '(' | '#' | ';') => Self::JepsenEdn,
            _ => Self::JepsenLog,
        }
    }
}

/// Reads a history about an object of this model.
///
/// # Errors
/// The first place where the text is not one, with what was expected there.
pub fn read(text: &str, format: Format, model: Model) -> Result<History, ReadError> {
    match format {
        Format::JepsenLog => jepsen_log::read(text, model),
        Format::JepsenEdn => edn::read(text, model),
        Format::JsonLines => json_lines::read(text, model),
    }
}
