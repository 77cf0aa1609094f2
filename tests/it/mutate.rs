//! Ways to spoil a script: each takes a valid one and draws what to break.

use rand_core::Rng;
use rand_pcg::Pcg64Mcg;

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
type Mutation = fn(&mut Draw, &str) -> String;

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

fn drop_a_word(draw: &mut Draw, script: &str) -> String {
    on_words(draw, script, |draw, words| {
        words.remove(draw.below(words.len()));
    })
}

fn repeat_a_word(draw: &mut Draw, script: &str) -> String {
    on_words(draw, script, |draw, words| {
        let word = draw.pick(words).clone();
        words.insert(draw.below(words.len() + 1), word);
    })
}

fn swap_two_words(draw: &mut Draw, script: &str) -> String {
    on_words(draw, script, |draw, words| {
        let other = draw.below(words.len());
        words.swap(0, other);
    })
}

fn take_a_word_from_elsewhere(draw: &mut Draw, script: &str) -> String {
    let all: Vec<&str> = script.split_whitespace().collect();
    let word = (*draw.pick(&all)).to_owned();
    on_words(draw, script, |draw, words| *draw_mut(draw, words) = word)
}

fn draw_mut<'a>(draw: &mut Draw, words: &'a mut [String]) -> &'a mut String {
    let at = draw.below(words.len());
    &mut words[at]
}

fn misspell_a_word(draw: &mut Draw, script: &str) -> String {
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

fn put_in_a_word(draw: &mut Draw, script: &str) -> String {
    on_words(draw, script, |draw, words| {
        let word = (*draw.pick(WORDS)).to_owned();
        words.insert(draw.below(words.len() + 1), word);
    })
}

fn insert(draw: &mut Draw, line: &str, what: &str) -> String {
    let ends: Vec<usize> = line.char_indices().map(|(at, _)| at).chain([line.len()]).collect();
    let (head, tail) = line.split_at(*draw.pick(&ends));
    format!("{head}{what}{tail}")
}

fn put_in_a_character(draw: &mut Draw, script: &str) -> String {
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

fn put_in_an_invisible_character(draw: &mut Draw, script: &str) -> String {
    on_a_line(draw, script, |draw, line| {
        let hidden = *draw.pick(INVISIBLE);
        insert(draw, line, hidden)
    })
}

fn cut_a_line(draw: &mut Draw, script: &str) -> String {
    on_a_line(draw, script, |draw, line| {
        let ends: Vec<usize> = line.char_indices().map(|(at, _)| at).collect();
        if ends.is_empty() { "\"".to_owned() } else { line[..*draw.pick(&ends)].to_owned() }
    })
}

fn has_digit(word: &str) -> bool {
    word.contains(|c: char| c.is_ascii_digit()) && !word.starts_with('r')
}

fn drop_a_unit(draw: &mut Draw, script: &str) -> String {
    on_a_word(draw, script, has_digit, |draw, word| {
        let unit = *draw.pick(&["", "", "us", "ms", "s", "m", "h", "/s", "%", "ppm", "sec", "x", "S", "µs"]);
        word.trim_end_matches(|c: char| c.is_alphabetic() || matches!(c, '/' | '%')).to_owned() + unit
    })
}

fn change_a_number(draw: &mut Draw, script: &str) -> String {
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

fn lengthen_a_word(draw: &mut Draw, script: &str) -> String {
    let (what, times) = (*draw.pick(&["x", "é", "9", "x.", "字"]), *draw.pick(&[30, 300, 5_000, 60_000]));
    on_words(draw, script, |draw, words| draw_mut(draw, words).push_str(&what.repeat(times)))
}

fn lengthen_a_line(draw: &mut Draw, script: &str) -> String {
    on_words(draw, script, |draw, words| {
        let word = format!(" {}", draw.pick(words)).repeat(*draw.pick(&[2, 20, 600, 6_000]));
        words.push(word);
    })
}

fn nest(draw: &mut Draw, script: &str) -> String {
    let times = *draw.pick(&[1, 3, 2_000]);
    on_words(draw, script, |draw, words| {
        let (open, close) = *draw.pick(&[("(", ")"), ("[", "]"), ("(x=", ")"), ("", ")"), ("[", "")]);
        let word = draw_mut(draw, words);
        *word = format!("{word}{}{}", open.repeat(times), close.repeat(times));
    })
}

fn add_an_option(draw: &mut Draw, script: &str) -> String {
    let options = [
        "colour=red",
        "via=r1",
        "via=r1 via=r2",
        "since=fixed",
        "since=never",
        "every=1ms",
        "every=",
        "=5",
        "class=gossip",
        "class=x",
        "by=5",
        "up=1us",
        "key=a keys=2",
        "topology=moon",
        "disk=lose",
        "attempts=0",
        "Via=r1",
        "clients=999",
    ];
    on_a_line(draw, script, |draw, line| format!("{line} {}", draw.pick(&options)))
}

fn drop_an_option(draw: &mut Draw, script: &str) -> String {
    on_a_word(
        draw,
        script,
        |word| word.contains('='),
        |draw, word| match draw.below(3) {
            0 => String::new(),
            1 => word.replace('=', " "),
            _ => word.split('=').next().unwrap_or_default().to_owned() + "=",
        },
    )
}

/// Lines that do not fit where they come.
const LINES: &[&str] = &[
    "seed 7",
    "cluster 3",
    "clients zed",
    "given stock mug 1",
    "at 0s seed 7",
    "at 0s:0 heal",
    "at 0us",
    "at 721h",
    "after 25h",
    "zoe: stock.level mug",
    "ana: stock.level mug via=r9",
    "partition r1",
    "partition r1 | r2 -> r3",
    "partition r1 | r1",
    "isolate zoe",
    "lose ana ben 5%",
    "lose r1 r1 5%",
    "stop nobody",
    "retry nobody",
    "merge stock lww-hlc",
    "merge profile x",
    "policy nope.* eventual",
    "policy * perfect",
    "hazard gremlins on",
    "hazard count-twice maybe",
    "expect converged since=x",
    "expect no-overdraft fails",
    "expect sanity holds",
    "expect fault[gremlin] > 0",
    "expect before/alerts > 0",
    "expect alerts",
    "expect alerts > 5ms",
    "expect r1.lag > r1.stock[mug]",
    "expect stock.reserve.staleness.max > 0ms",
    "run until converged",
    "expect r1.stock[mug > 5",
    "expect r1.profile[a] > \"x\"",
    "delay r1 r2 gauss 5ms",
    "delay r1 r2 50% constant 1ms",
    "delay r1 r2 uniform 5ms 1ms",
    "slow r1 r2 25h",
    "drift r1 5",
    "skew r1 5/s",
    "mark all-the-way",
    "mark 5",
    "load r1 * 1/s",
    "load all * 1/s",
    "load big * 100001/s",
    "retry * attempts=101",
    "repair r1 r1",
    "story everything",
    "story",
    "expect",
    "run",
    "---",
    "heal heal",
    "clients",
    "cluster",
    "retry * backoff=1ms colour=x",
    "ntp r1",
    "flap r1 r2 up=1s",
    "reorder r1 r2 5%",
    "noise r1 -5ms",
    "step r1 2h",
    "bandwidth r1 r2 0/s",
    "pause r1 for=0s",
    "crash ana",
    "grace",
    "slo 0ms",
    "lag 5",
    "run 1.0000001s",
    "run 5%",
    "lose r1 r2 5",
    "seed 1.5",
    "given stock mug",
    "ana: feed.post wall 5",
];

fn add_a_line(draw: &mut Draw, script: &str) -> String {
    let mut lines = lines(script);
    let line = (*draw.pick(LINES)).to_owned();
    lines.insert(draw.below(lines.len() + 1), line);
    lines.join("\n") + "\n"
}

fn repeat_a_line(draw: &mut Draw, script: &str) -> String {
    let mut lines = lines(script);
    let line = draw.pick(&lines).clone();
    lines.insert(draw.below(lines.len() + 1), line);
    lines.join("\r\n") + "\r\n"
}

fn swap_two_lines(draw: &mut Draw, script: &str) -> String {
    let mut lines = lines(script);
    let (one, other) = (draw.below(lines.len()), draw.below(lines.len()));
    lines.swap(one, other);
    lines.join("\n")
}

fn drop_a_line(draw: &mut Draw, script: &str) -> String {
    let mut lines = lines(script);
    lines.remove(draw.below(lines.len()));
    format!("\u{feff}{}", lines.join("\n"))
}

fn put_an_instant_before(draw: &mut Draw, script: &str) -> String {
    let instants =
        ["at 0s", "at 10ms", "after 1s", "at", "at 5", "at soon", "after -1s", "at 1s:", "at 1s:x", "at 0s at 1s"];
    on_a_line(draw, script, |draw, line| format!("{} {line}", draw.pick(&instants)))
}

fn change_a_sign(draw: &mut Draw, script: &str) -> String {
    let is_sign = |word: &str| matches!(word, "==" | "!=" | "<" | "<=" | ">" | ">=" | "|" | "->");
    let signs = ["==", "<", "|", "->", "=", "=<", "<>", "||", "!", "-", ">>"];
    on_a_word(draw, script, is_sign, |draw, _| (*draw.pick(&signs)).to_owned())
}
