//! Printing that survives a closed pipe.

use std::io::{self, Write};

use crate::lab::language::error::is_hidden;

use super::Ending;

/// Prints a line to standard output. A reader that went away, as `head` does, is no error.
pub(super) fn line(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// Prints an error that says what to do.
pub(super) fn refuse(text: &str) -> Ending {
    let _ = writeln!(io::stderr().lock(), "error: {text}");
    Ending::BadInput
}

/// A text without anything that a terminal would obey: names of files can hold escape sequences.
pub(super) fn visible(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

/// Prints a text as it is.
pub(super) fn text(text: &str) {
    let _ = io::stdout().lock().write_all(text.as_bytes());
}
