//! Printing that survives a closed pipe.

use std::io::{self, Write};

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

/// Prints a text as it is.
pub(super) fn text(text: &str) {
    let _ = io::stdout().lock().write_all(text.as_bytes());
}
