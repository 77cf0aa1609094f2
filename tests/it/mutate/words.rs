//! Words dropped, doubled, swapped, misspelt, too long or too large.

use super::{Draw, on_a_word, on_words};

pub(super) fn drop_a_word(draw: &mut Draw, script: &str) -> String {
    on_words(draw, script, |draw, words| {
        words.remove(draw.below(words.len()));
    })
}

pub(super) fn repeat_a_word(draw: &mut Draw, script: &str) -> String {
    on_words(draw, script, |draw, words| {
        let word = draw.pick(words).clone();
        words.insert(draw.below(words.len() + 1), word);
    })
}

pub(super) fn swap_two_words(draw: &mut Draw, script: &str) -> String {
    on_words(draw, script, |draw, words| {
        let other = draw.below(words.len());
        words.swap(0, other);
    })
}

pub(super) fn take_a_word_from_elsewhere(draw: &mut Draw, script: &str) -> String {
    let all: Vec<&str> = script.split_whitespace().collect();
    let word = (*draw.pick(&all)).to_owned();
    on_words(draw, script, |draw, words| *draw_mut(draw, words) = word)
}

fn draw_mut<'a>(draw: &mut Draw, words: &'a mut [String]) -> &'a mut String {
    let at = draw.below(words.len());
    &mut words[at]
}

pub(super) fn misspell_a_word(draw: &mut Draw, script: &str) -> String {
    on_words(draw, script, |draw, words| {
        let word = draw_mut(draw, words);
        let mut letters: Vec<char> = word.chars().collect();
        let at = draw.below(letters.len());
        match draw.below(4) {
            0 => letters.insert(at, *draw.pick(&['x', 'é', 'Z', '7', '-', '字'])),
            1 => letters[at] = *draw.pick(&['q', '_', '.', '9']),
            2 => letters.swap(0, at),
            _ => _ = letters.remove(at),
        }
        *word = letters.into_iter().collect();
    })
}

/// Words that mean something elsewhere, or nothing.
const WORDS: &[&str] = &[
    "|",
    "->",
    ":",
    "@",
    ",",
    "=",
    "==",
    "<",
    "\"",
    "\"\"",
    "\\",
    "#",
    "[",
    "]",
    "(",
    ")",
    "r0",
    "r10",
    "r99999999999",
    "nobody",
    "stock",
    "stock.*",
    "*",
    "all",
    "off",
    "holds",
    "violated",
    "since=",
    "via=r9",
    "fixed/ana.last",
    "0",
    "-1",
    "5ms",
    "5",
    "99%",
    "101%",
    "+80ms",
    "1.0000001s",
    "1e9",
    "0x10",
    "0.5.5",
    "5/s",
    "7ppm",
    "5min",
    "--",
    "---",
    "\"a\\n\"",
    "until",
    "within",
    "no-overdraft",
    "stock.levle",
    "zz",
    "é",
    "Ana",
];

pub(super) fn put_in_a_word(draw: &mut Draw, script: &str) -> String {
    on_words(draw, script, |draw, words| {
        let word = (*draw.pick(WORDS)).to_owned();
        words.insert(draw.below(words.len() + 1), word);
    })
}

fn has_digit(word: &str) -> bool {
    word.contains(|c: char| c.is_ascii_digit()) && !word.starts_with('r')
}

pub(super) fn drop_a_unit(draw: &mut Draw, script: &str) -> String {
    on_a_word(draw, script, has_digit, |draw, word| {
        let unit = *draw.pick(&["", "", "us", "ms", "s", "m", "h", "/s", "%", "ppm", "sec", "x", "S", "µs"]);
        word.trim_end_matches(|c: char| c.is_alphabetic() || matches!(c, '/' | '%')).to_owned() + unit
    })
}

pub(super) fn change_a_number(draw: &mut Draw, script: &str) -> String {
    let numbers = [
        "99999999999999999999999999999999999999999",
        "18446744073709551615",
        "18446744073709551616",
        "-1",
        "-0",
        "0",
        "1.5",
        "0.0000000000000000000000001",
        "1000000001",
        "9223372036854775808",
        "340282366920938463463374607431768211456",
        "1.2.3",
        "1e400",
        "0.0001",
        "1,000",
        "+-3",
        "25",
        "100000000",
    ];
    on_a_word(draw, script, has_digit, |draw, word| {
        let start = word.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
        let (head, tail) = word.split_at(start);
        let tail = tail.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        format!("{head}{}{tail}", draw.pick(&numbers))
    })
}

pub(super) fn lengthen_a_word(draw: &mut Draw, script: &str) -> String {
    let (what, times) = (*draw.pick(&["x", "é", "9", "x.", "字"]), *draw.pick(&[30, 300, 5_000, 60_000]));
    on_words(draw, script, |draw, words| draw_mut(draw, words).push_str(&what.repeat(times)))
}

pub(super) fn lengthen_a_line(draw: &mut Draw, script: &str) -> String {
    on_words(draw, script, |draw, words| {
        let word = format!(" {}", draw.pick(words)).repeat(*draw.pick(&[2, 20, 600, 6_000]));
        words.push(word);
    })
}

pub(super) fn nest(draw: &mut Draw, script: &str) -> String {
    let times = *draw.pick(&[1, 3, 2_000]);
    on_words(draw, script, |draw, words| {
        let (open, close) = *draw.pick(&[("(", ")"), ("[", "]"), ("(x=", ")"), ("", ")"), ("[", "")]);
        let word = draw_mut(draw, words);
        *word = format!("{word}{}{}", open.repeat(times), close.repeat(times));
    })
}
