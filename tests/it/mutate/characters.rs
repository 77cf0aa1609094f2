//! Characters that do not belong, and lines cut short.

use super::{Draw, on_a_line};

fn insert(draw: &mut Draw, line: &str, what: &str) -> String {
    let ends: Vec<usize> = line.char_indices().map(|(at, _)| at).chain([line.len()]).collect();
    let (head, tail) = line.split_at(*draw.pick(&ends));
    format!("{head}{what}{tail}")
}

pub(super) fn put_in_a_character(draw: &mut Draw, script: &str) -> String {
    let characters = ["\"", "$", "{", "~", "'", ";", "\\", "!", "&", "…", "→", "²", "🐚", "=", "<", "[", "\u{301}"];
    on_a_line(draw, script, |draw, line| {
        let character = *draw.pick(&characters);
        insert(draw, line, character)
    })
}

/// Controls, escape sequences, and characters that hide or turn text around.
const INVISIBLE: &[&str] = &[
    "\u{1b}[31m",
    "\u{7}",
    "\0",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "\u{85}",
    "\u{9b}2J",
    "\u{7f}",
    "\u{2066}",
    "\u{8}",
    "\u{1b}]0;owned\u{7}",
    "\r",
    "\u{b}",
    "\u{2028}",
    "\u{e0041}",
    "\u{ad}",
    "\u{180e}",
    "\u{fff9}",
    "\u{3164}",
];

pub(super) fn put_in_an_invisible_character(draw: &mut Draw, script: &str) -> String {
    on_a_line(draw, script, |draw, line| {
        let hidden = *draw.pick(INVISIBLE);
        insert(draw, line, hidden)
    })
}

pub(super) fn cut_a_line(draw: &mut Draw, script: &str) -> String {
    on_a_line(draw, script, |draw, line| {
        let ends: Vec<usize> = line.char_indices().map(|(at, _)| at).collect();
        if ends.is_empty() { "\"".to_owned() } else { line[..*draw.pick(&ends)].to_owned() }
    })
}
