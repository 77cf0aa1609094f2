//! The config file: printed, read, and broken in hundreds of ways.

use std::panic::catch_unwind;

use driftlab::tui::config::{Config, ConfigError, example, parse};

use super::mutate::Draw;
use super::program::{finish, program};

/// Broken config files that are read.
const MUTANTS: usize = 1_000;
/// Characters of the longest error.
const MESSAGE_MAX: usize = 400;

#[test]
fn the_program_prints_a_config_file_with_its_place_that_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let printed = finish(program().arg("config").env("XDG_CONFIG_HOME", folder.path()));
    assert_eq!((printed.code, printed.err.as_str()), (Some(0), ""));
    let place = format!("# Its place: {}\n", folder.path().join("driftlab/config.toml").display());
    assert_eq!(printed.out, place + &example());
    assert_eq!(parse(&printed.out), (Config::default(), Vec::new()));
}

#[test]
fn broken_config_files_are_read_with_located_errors() {
    // Every line says something, and some say something else than the default.
    let is_setting = |line: &&str| line.starts_with('#') && !line.starts_with("# ");
    let example = example();
    let bare: Vec<&str> = example.lines().filter(is_setting).map(|line| &line[1..]).collect();
    let original = bare.join("\n").replace("\"g\"", "\"G\"").replace("\"dark\"", "\"light\"");
    assert_eq!(parse(&original).1, []);
    let mut draw = Draw::new(5);
    let mut wrong = 0;
    for _ in 0..MUTANTS {
        let mut text = original.clone();
        for _ in 0..=draw.below(3) {
            text = broken(&mut draw, &text);
        }
        let read = catch_unwind(|| parse(&text)).unwrap_or_else(|_| panic!("it panicked:\n{text}"));
        read.0.keymap.check().unwrap_or_else(|error| panic!("{error}; of\n{text}"));
        for error in &read.1 {
            check(error, &text);
        }
        wrong += usize::from(!read.1.is_empty());
    }
    assert!(wrong > MUTANTS / 2, "only {wrong} were wrong");
}

#[test]
fn soup_is_read_without_a_panic() {
    let pieces = [
        "[keys]", "=", "\"", "theme", "[", "]", "{", "}", "'''", "\n", "#", "1", ".", ",", "undo", "\u{1b}", "é",
        "true",
    ];
    let mut draw = Draw::new(6);
    for _ in 0..MUTANTS {
        let soup: String = (0..draw.below(40)).map(|_| *draw.pick(&pieces)).collect();
        let (_, errors) = catch_unwind(|| parse(&soup)).unwrap_or_else(|_| panic!("it panicked: {soup:?}"));
        for error in &errors {
            check(error, &soup);
        }
    }
    let deep = format!("theme = {}", "[".repeat(60_000));
    assert!(!parse(&deep).1.is_empty());
}

fn broken(draw: &mut Draw, text: &str) -> String {
    let mut signs: Vec<char> = text.chars().collect();
    let at = draw.below(signs.len());
    let alien = ['"', '[', ']', '=', '\n', 'x', '\u{7}', '\u{2028}', '9', '#', '.'];
    match draw.below(5) {
        0 => signs.truncate(at),
        1 if at < signs.len() => signs[at] = *draw.pick(&alien),
        2 => signs.insert(at, *draw.pick(&alien)),
        3 => drop(signs.drain(at..(at + draw.below(30)).min(signs.len()))),
        // Two rows that want the same keys.
        _ => return text.replacen("\"p\"", "\"u\"", 1).replacen("[\".\", \",\"]", "[\"u\", \"u\"]", 1),
    }
    signs.into_iter().collect()
}

fn check(error: &ConfigError, text: &str) {
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').split('\n').collect();
    let line = lines.get(error.line - 1).unwrap_or_else(|| panic!("no such line: {error}\n{text}"));
    assert!((1..=line.chars().count() + 1).contains(&error.column), "no such column: {error}\n{text}");
    let fits = !error.message.is_empty()
        && error.message.chars().count() <= MESSAGE_MAX
        && !error.message.chars().any(char::is_control);
    assert!(fits, "these are no words of ours: {:?}", error.message);
}
