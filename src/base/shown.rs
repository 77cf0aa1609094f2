//! Text that someone else wrote, made fit to be shown: nothing in it that a terminal would obey, and nothing that hides.

use std::fmt::Write;

/// How much of a text an error repeats, in characters.
const SHOWN_MAX: usize = 40;

/// Whether a character must not reach a terminal as it is: controls, the format characters that hide or reorder text,
/// and letters that show nothing.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
        || is_blank_letter(c)
}

/// Letters of Hangul that show nothing: a name of them could not be told from no name.
fn is_blank_letter(c: char) -> bool {
    matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

/// The whole text, hidden characters escaped.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push_visible(&mut out, c));
    out
}

/// The text as an error repeats it: in quotes, hidden characters escaped, cut at about 40 characters.
pub fn shown(text: &str) -> String {
    let mut out = String::from('"');
    for (index, c) in text.chars().enumerate() {
        if index == SHOWN_MAX {
            out.push('…');
            break;
        }
        push_visible(&mut out, c);
    }
    out.push('"');
    out
}

fn push_visible(out: &mut String, c: char) {
    if is_hidden(c) {
        // Writing to a String cannot fail.
        let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
    } else {
        out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        assert_eq!(visible("a\u{1b}[31mb\u{202e}c"), "a\\u{1b}[31mb\\u{202e}c");
        assert_eq!(shown("\u{3164}"), "\"\\u{3164}\"");
        assert_eq!(visible("Straße 漢字"), "Straße 漢字");
    }

    #[test]
    fn an_error_repeats_the_beginning_of_a_long_text() {
        assert_eq!(shown(&"x".repeat(40)).chars().count(), 42);
        assert!(shown(&"x".repeat(41)).ends_with("x…\""));
    }
}
