//! Jepsen's log: `INFO jepsen.util - PROCESS TYPE FUNCTION VALUE`, separated by tabs or spaces; lines can be blank.
//!
//! The four fields are written in EDN. The value can be left out.

use crate::check::black_box::{History, Model};

use super::edn::form;
use super::error::{Problem, ReadError};
use super::events::{Event, Events, line_by_line};
use super::scan::Scan;

/// Reads a history.
///
/// # Errors
/// The first line that is not one of a log.
pub fn read(text: &str, model: Model) -> Result<History, ReadError> {
    line_by_line(text, model, event)
}

fn event(line: &str, events: &mut Events) -> Result<(), ReadError> {
    let mut scan = Scan::new(line);
    prefix(&mut scan)?;
    let mut forms = Vec::new();
    for field in ["a process", "a type", "a function"] {
        spaces(&mut scan);
        if scan.peek().is_none() {
            return scan.error(Problem::Missing(field));
        }
        forms.push(form(&mut scan, 0)?);
        if scan.peek().is_some_and(|c| !c.is_whitespace()) {
            return scan.error(Problem::Expected("a space between the fields"));
        }
    }
    spaces(&mut scan);
    let value = if scan.peek().is_some() { Some(form(&mut scan, 0)?) } else { None };
    // An information can have more words behind it, such as an error.
    spaces(&mut scan);
    let event = Event { process: &forms[0], kind: &forms[1], function: &forms[2], key: None, value: value.as_ref() };
    if scan.peek().is_some() && !event.is_without_value() {
        return scan.error(Problem::Trailing);
    }
    events.event(&event)
}

fn prefix(scan: &mut Scan<'_>) -> Result<(), ReadError> {
    for word in ["INFO", "jepsen.util", "-"] {
        spaces(scan);
        let place = scan.place();
        if scan.take_while(|c| !c.is_whitespace()) != word {
            return Err(ReadError { place, problem: Problem::Prefix });
        }
    }
    Ok(())
}

fn spaces(scan: &mut Scan<'_>) {
    scan.take_while(char::is_whitespace);
}
