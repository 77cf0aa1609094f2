//! Malformed scripts, made from valid ones: each is refused with located words, or plays; nothing panics.
//!
//! The mutants are the same in every run. `mutate` says how they are made.

use std::collections::BTreeSet;
use std::panic::catch_unwind;
use std::path::Path;

use driftlab::base::command::Scope;
use driftlab::base::operation::OPERATIONS;
use driftlab::base::shown::is_hidden;
use driftlab::lab::language::measure::MEASURES;
use driftlab::lab::language::parse::ERRORS_MAX;
use driftlab::lab::language::{LanguageError, Script, all_specs, parse_script};
use driftlab::lab::replay::{Bounds, play_within};

use super::mutate::{Draw, MUTATIONS};

/// Refused mutants that a run asks for.
const REFUSED: usize = 2_000;
/// Mutants that are made for them at most.
const MADE_MAX: usize = 20_000;
/// Kinds of errors that they must reach together.
const CODES: usize = 40;
/// How far a mutant that is still valid is played: a mutation may ask for a month.
const BOUNDS: Bounds = Bounds { events: 5_000, lines: 5_000 };
/// Characters of the longest error: it repeats little of what a person typed.
const MESSAGE_MAX: usize = 500;

#[test]
fn two_thousand_malformed_scripts_are_refused_with_located_words() {
    let originals = originals();
    let mut draw = Draw::new(7);
    let (mut refused, mut made, mut codes) = (0, 0, BTreeSet::new());
    while refused < REFUSED {
        let original = draw.pick(&originals);
        let mutant = MUTATIONS[made % MUTATIONS.len()](&mut draw, original);
        made += 1;
        assert!(made < MADE_MAX, "only {refused} of {made} mutants are refused");
        match parse(&mutant) {
            Err(errors) => {
                refused += 1;
                check_errors(&mutant, &errors);
                codes.extend(errors.iter().map(|error| error.kind.code()));
            }
            Ok(script) => play(&mutant, &script),
        }
    }
    assert!(codes.len() >= CODES, "only {} kinds of errors: {codes:?}", codes.len());
}

#[test]
fn every_original_is_valid() {
    let originals = originals();
    assert!(originals.len() > 150, "only {} originals", originals.len());
    for original in originals {
        if let Err(errors) = parse_script(&original) {
            panic!("{}\nin:\n{original}", errors[0]);
        }
    }
}

#[test]
fn byte_soup_is_read_without_a_panic() {
    let mut draw = Draw::new(11);
    for _ in 0..2_000 {
        let bytes: Vec<u8> = (0..draw.below(400)).map(|_| draw.below(256) as u8).collect();
        accept_or_check(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn a_soup_of_the_languages_own_words_is_read_without_a_panic() {
    let originals = originals().join(" ");
    let words: Vec<&str> = originals.split([' ', '\n']).filter(|word| !word.is_empty()).collect();
    let separators = [" ", " ", " ", " ", "", "=", ":", "\n", "\r\n", "@", "[", "]", "(", "->", "|", "\"", "#", "\t"];
    let mut draw = Draw::new(13);
    for _ in 0..2_000 {
        let mut soup = String::new();
        for _ in 0..draw.below(60) {
            soup.push_str(draw.pick::<&str>(&words));
            soup.push_str(draw.pick::<&str>(&separators));
        }
        accept_or_check(&soup);
    }
}

/// The scripts of `tests/replays` without their stories, and a script around each example of the reference.
fn originals() -> Vec<String> {
    let mut originals = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replays"), &mut originals);
    originals.sort();
    let setup = ["seed", "cluster", "clients", "given"];
    for spec in all_specs().filter(|spec| setup.contains(&spec.name)) {
        originals.push(format!("{}\nrun 1s\n", spec.example));
    }
    let head = "clients ana@r1 ben@r3 cyd\nload w1 account.deposit 1/s clients=1 key=joint\nmark fixed\ncrash r3\n";
    let commands = all_specs().filter(|spec| !setup.contains(&spec.name)).map(|spec| spec.example.to_owned());
    let operations = OPERATIONS.iter().map(|spec| spec.example.to_owned());
    let measures = MEASURES.iter().filter(|spec| !spec.example.contains('/'));
    let measures = measures.map(|spec| format!("expect {}", spec.example));
    let others =
        ["expect no-overdraft holds since=fixed", "repair r1 r2", "delay r1 r2 60% constant 1ms 40% uniform 1ms 2ms"];
    let lines = commands.chain(operations).chain(measures).chain(others.map(str::to_owned));
    originals.extend(lines.map(|line| format!("{head}{line}\nat 2s\n")));
    assert!(all_specs().any(|spec| spec.scope == Scope::Time), "the examples cover both scopes");
    originals
}

fn collect(folder: &Path, originals: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("the folder of replays can be read") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            collect(&path, originals);
        } else if path.extension().is_some_and(|extension| extension == "lab") {
            let source = std::fs::read_to_string(&path).expect("a script can be read");
            originals.push(source.split("---\n").next().unwrap_or_default().to_owned());
        }
    }
}

/// Reads a script; a panic names it.
fn parse(script: &str) -> Result<Script, Vec<LanguageError>> {
    catch_unwind(|| parse_script(script)).unwrap_or_else(|_| panic!("reading panicked:\n{}", cut(script)))
}

/// Plays a script for a while; a panic names it, and a refusal is in words.
fn play(text: &str, script: &Script) {
    let played = catch_unwind(|| play_within(script, None, BOUNDS).err());
    let refusal = played.unwrap_or_else(|_| panic!("playing panicked:\n{}", cut(text)));
    if let Some(error) = refusal {
        check_words(&error.message, text);
    }
}

fn accept_or_check(script: &str) {
    match parse(script) {
        Ok(read) => play(script, &read),
        Err(errors) => check_errors(script, &errors),
    }
}

fn check_errors(script: &str, errors: &[LanguageError]) {
    assert!((1..=ERRORS_MAX).contains(&errors.len()), "{} errors of:\n{}", errors.len(), cut(script));
    let lines: Vec<&str> = script.trim_start_matches('\u{feff}').split('\n').collect();
    for error in errors {
        let line = error.line.checked_sub(1).and_then(|index| lines.get(index as usize));
        let line = line.unwrap_or_else(|| panic!("no such line: {error}\n{}", cut(script)));
        let columns = line.chars().count() + 1;
        assert!((1..=columns).contains(&(error.column as usize)), "no such column: {error}\n{}", cut(line));
        check_words(&error.message(), script);
    }
}

fn check_words(words: &str, script: &str) {
    let fits = words.chars().count() <= MESSAGE_MAX
        && !words.starts_with(char::is_uppercase)
        && !words.ends_with('.')
        && !words.chars().any(is_hidden);
    assert!(fits, "these are no words of ours: {words:?}\n{}", cut(script));
}

/// What a failure shows of a script that may be long and may hold escape sequences.
fn cut(script: &str) -> String {
    script.escape_debug().take(4_000).collect::<String>().replace("\\n", "\n")
}
