//! Printing that survives a closed pipe.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

pub(super) use crate::base::shown::visible;

use super::Ending;

/// Whether some of the output could not be written.
static IS_LOST: AtomicBool = AtomicBool::new(false);

/// Whether what can only print ASCII reads along.
static IS_ASCII: AtomicBool = AtomicBool::new(false);

/// Prints nothing but ASCII from now on.
pub(super) fn only_ascii() {
    IS_ASCII.store(true, Ordering::Relaxed);
}

/// Prints a line to standard output. A reader that went away, as `head` does, is no error.
pub(super) fn line(line: &str) {
    let written = if IS_ASCII.load(Ordering::Relaxed) {
        writeln!(io::stdout().lock(), "{}", ascii(line))
    } else {
        writeln!(io::stdout().lock(), "{line}")
    };
    note(written);
}

/// A text in ASCII, its signs spelled as people type them.
fn ascii(text: &str) -> String {
    let mut out = String::new();
    for sign in text.chars() {
        match sign {
            '→' => out.push_str("->"),
            '←' => out.push_str("<-"),
            '⇄' => out.push_str("<->"),
            '…' => out.push_str("..."),
            '≤' => out.push_str("<="),
            '≥' => out.push_str(">="),
            '≠' => out.push_str("!="),
            '×' | '✗' => out.push('x'),
            '✓' => out.push('+'),
            '·' | '•' => out.push('*'),
            '−' | '–' | '—' => out.push('-'),
            '±' => out.push_str("+-"),
            'á' => out.push('a'),
            'é' => out.push('e'),
            sign if sign.is_ascii() => out.push(sign),
            _ => out.push('?'),
        }
    }
    out
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

#[cfg(test)]
mod tests {
    use super::ascii;

    #[test]
    fn signs_are_spelled_where_there_is_only_ascii() {
        assert_eq!(ascii("mug → 10, r1 ⇄ r3, ≤ 5 ms …"), "mug -> 10, r1 <-> r3, <= 5 ms ...");
        assert_eq!(ascii("漢"), "?");
    }
}
