//! Ways to spoil a script: each takes a valid one and draws what to break.

mod characters;
mod lines;
mod options;
mod words;

use rand_core::Rng;
use rand_pcg::Pcg64Mcg;

use characters::{cut_a_line, put_in_a_character, put_in_an_invisible_character};
use lines::{add_a_line, drop_a_line, repeat_a_line, swap_two_lines};
use options::{add_an_option, change_a_sign, drop_an_option, put_an_instant_before};
use words::{
    change_a_number, drop_a_unit, drop_a_word, lengthen_a_line, lengthen_a_word, misspell_a_word, nest, put_in_a_word,
    repeat_a_word, swap_two_words, take_a_word_from_elsewhere,
};

/// Draws the same in every run.
pub(super) struct Draw(Pcg64Mcg);

impl Draw {
    pub(super) fn new(seed: u128) -> Self {
        Self(Pcg64Mcg::new(seed))
    }

    /// A number below `bound`, or 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        (self.0.next_u64() % bound.max(1) as u64) as usize
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// A way to spoil a script.
pub(super) type Mutation = fn(&mut Draw, &str) -> String;

/// All of them.
pub(super) const MUTATIONS: &[Mutation] = &[
    drop_a_word,
    repeat_a_word,
    swap_two_words,
    take_a_word_from_elsewhere,
    misspell_a_word,
    put_in_a_word,
    put_in_a_character,
    cut_a_line,
    drop_a_unit,
    change_a_number,
    lengthen_a_word,
    lengthen_a_line,
    nest,
    add_an_option,
    drop_an_option,
    add_a_line,
    repeat_a_line,
    swap_two_lines,
    drop_a_line,
    put_an_instant_before,
    change_a_sign,
    put_in_an_invisible_character,
];

/// The statements of a script, by line.
fn lines(script: &str) -> Vec<String> {
    script.lines().map(str::to_owned).collect()
}

/// Changes one line that says something.
fn on_a_line(draw: &mut Draw, script: &str, change: impl FnOnce(&mut Draw, &str) -> String) -> String {
    let mut lines = lines(script);
    let says: Vec<usize> = (0..lines.len()).filter(|index| !lines[*index].trim_start().starts_with('#')).collect();
    let index = *draw.pick(&says);
    lines[index] = change(draw, &lines[index]);
    lines.join("\n") + "\n"
}

/// Changes the words of one line.
fn on_words(draw: &mut Draw, script: &str, change: impl FnOnce(&mut Draw, &mut Vec<String>)) -> String {
    on_a_line(draw, script, |draw, line| {
        let mut words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        if !words.is_empty() {
            change(draw, &mut words);
        }
        words.join(" ")
    })
}

/// Changes one word of one line that fits.
fn on_a_word(
    draw: &mut Draw,
    script: &str,
    fits: fn(&str) -> bool,
    change: impl FnOnce(&mut Draw, &str) -> String,
) -> String {
    let has = |line: &str| line.split_whitespace().any(fits);
    let candidates: Vec<usize> = script.lines().enumerate().filter(|(_, line)| has(line)).map(|(at, _)| at).collect();
    if candidates.is_empty() {
        return misspell_a_word(draw, script);
    }
    let index = *draw.pick(&candidates);
    let mut lines = lines(script);
    let mut words: Vec<String> = lines[index].split_whitespace().map(str::to_owned).collect();
    let fitting: Vec<usize> = (0..words.len()).filter(|at| fits(&words[*at])).collect();
    let at = *draw.pick(&fitting);
    words[at] = change(draw, &words[at]);
    lines[index] = words.join(" ");
    lines.join("\n") + "\n"
}
