//! Printing that survives a closed pipe.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

pub(super) use crate::base::shown::visible;

use super::Ending;

/// Whether some of the output could not be written.
static IS_LOST: AtomicBool = AtomicBool::new(false);

/// Prints a line to standard output. A reader that went away, as `head` does, is no error.
pub(super) fn line(line: &str) {
    note(writeln!(io::stdout().lock(), "{line}"));
}

/// Remembers that output was lost, unless nobody wants it.
fn note(written: io::Result<()>) {
    if written.is_err_and(|error| error.kind() != io::ErrorKind::BrokenPipe) {
        IS_LOST.store(true, Ordering::Relaxed);
    }
}

/// How a command ended, or that its output was lost, as on a full disk.
pub(super) fn checked(ending: Ending) -> Ending {
    note(io::stdout().lock().flush());
    if IS_LOST.load(Ordering::Relaxed) { refuse("the output could not be written in full") } else { ending }
}

/// Prints an error that says what to do.
pub(super) fn refuse(text: &str) -> Ending {
    let _ = writeln!(io::stderr().lock(), "error: {text}");
    Ending::BadInput
}

/// Prints a text as it is.
pub(super) fn text(text: &str) {
    note(io::stdout().lock().write_all(text.as_bytes()));
}
