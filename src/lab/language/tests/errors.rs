use std::collections::BTreeSet;
use std::fmt::Write;

use super::{lab, read};
use crate::base::limits::{COMMANDS_MAX, SCRIPT_BYTES_MAX};
use crate::lab::language::parse::ERRORS_MAX;
use crate::lab::language::{Declared, parse_line, parse_script};

struct Case {
    bad: &'static str,
    error: &'static str,
    good: &'static str,
}

/// The cases of `errors.txt`, which says how to read it.
fn cases() -> Vec<Case> {
    let mut lines = include_str!("errors.txt").lines().filter(|line| line.starts_with(['✗', ' ', '✓']));
    let mut cases = Vec::new();
    while let Some(bad) = lines.next() {
        let bad = bad.strip_prefix("✗ ").expect("a case begins with what is wrong");
        let error = lines.next().and_then(|line| line.strip_prefix("  ")).expect("then comes its error");
        let good = lines.next().and_then(|line| line.strip_prefix("✓ ")).expect("then comes a good neighbour");
        cases.push(Case { bad, error, good });
    }
    cases
}

/// Puts in what cannot be written out.
fn filled(text: &str) -> String {
    let text = text.replace("@LONG", &"x".repeat(257)).replace("@PARTS", &" 12.5% constant 1ms".repeat(8));
    text.replace('⏎', "\n").replace('⇥', "\t").replace('␛', "\u{1b}").replace('⇐', "\u{202e}")
}

#[test]
fn every_kind_of_error_says_where_what_and_what_instead() {
    let mut differ = String::new();
    for case in cases() {
        let errors = read(&filled(case.bad)).expect_err(case.bad);
        let error = format!("{}: {}", errors[0].kind.code(), errors[0]);
        if error != case.error {
            let _ = writeln!(differ, "✗ {}\n  {error}", case.bad);
        }
    }
    assert!(differ.is_empty(), "these differ:\n{differ}");
}

#[test]
fn every_error_has_a_neighbour_that_is_right() {
    for case in cases() {
        if let Err(errors) = read(&filled(case.good)) {
            panic!("{}: {}", case.good, errors[0]);
        }
    }
}

#[test]
fn no_kind_of_error_is_without_a_case() {
    let source = include_str!("../error.rs").to_owned() + include_str!("../noun.rs");
    let codes = source.lines().filter_map(|line| line.trim().split_once(" => \"")).map(|(_, code)| code);
    let codes: BTreeSet<&str> = codes.filter_map(|code| code.strip_suffix("\",")).filter(is_code).collect();
    let covered: BTreeSet<&str> =
        cases().iter().filter_map(|case| case.error.split_once(':')).map(|(c, _)| c).collect();
    let elsewhere = BTreeSet::from(["script-too-long", "unknown-topic"]);
    let missing: Vec<_> = codes.difference(&covered).filter(|code| !elsewhere.contains(*code)).collect();
    assert!(codes.len() > 50, "the codes are not found any more: {codes:?}");
    assert!(missing.is_empty(), "no case for {missing:?}");
}

fn is_code(text: &&str) -> bool {
    text.contains('-') && !text.contains(' ')
}

#[test]
fn a_script_that_is_too_long_is_not_read() {
    let codes = |script: &str| parse_script(script).map_err(|errors| errors[0].to_string());
    let long = "#".repeat(SCRIPT_BYTES_MAX + 1);
    let bytes = format!("expected a script of at most {SCRIPT_BYTES_MAX} bytes, found {}", long.len());
    assert_eq!(codes(&long).unwrap_err(), format!("line 1, column 1: {bytes}"));
    assert!(codes(&long[1..]).is_ok());
    assert!(codes(&"heal\n".repeat(COMMANDS_MAX)).is_ok());
    let many = codes(&"heal\n".repeat(COMMANDS_MAX + 1)).unwrap_err();
    assert_eq!(many, format!("line 100001, column 1: expected at most {COMMANDS_MAX} statements in a script"));
}

#[test]
fn clients_and_workloads_are_bounded() {
    let names = |count: usize| (0..count).map(|index| format!(" c{index}")).collect::<Vec<_>>().concat();
    assert!(read(&format!("clients{}\n", names(512))).is_ok());
    let errors = read(&format!("clients{}\n", names(513))).unwrap_err();
    assert_eq!(errors[0].to_string(), "line 1, column 9: expected at most 512 clients, those of workloads included");
    let loads =
        |count: usize| (0..count).map(|n| format!("load l{n} likes.add 1/s clients=1\n")).collect::<Vec<_>>().concat();
    assert!(read(&loads(64)).is_ok());
    assert_eq!(read(&loads(65)).unwrap_err()[0].to_string(), "line 65, column 6: expected at most 64 workloads");
}

#[test]
fn all_errors_of_a_script_are_reported_up_to_a_bound() {
    let errors = parse_script("sed 7\nclients ana\nanna: stock.level mug\nrun 5\n").unwrap_err();
    let lines: Vec<u32> = errors.iter().map(|error| error.line).collect();
    assert_eq!(lines, [1, 3, 4]);
    assert_eq!(parse_script(&"oops\n".repeat(100)).unwrap_err().len(), ERRORS_MAX);
}

#[test]
fn one_mistake_is_not_reported_on_every_later_line() {
    let script = "cluster 12\nclients ana@r1 stock ben\nload w1 stok.* 5/s\n\
                  ana: stock.level mug via=r5\nben: stock.level mug\nstop w1\n";
    let lines: Vec<u32> = parse_script(script).unwrap_err().iter().map(|error| error.line).collect();
    assert_eq!(lines, [1, 2, 3]);
}

#[test]
fn a_bad_line_declares_nothing() {
    let mut declared = Declared::default();
    assert!(parse_line("clients ana ana", &mut declared).is_err());
    assert_eq!(declared.clients(), &[] as &[String]);
    let mut declared = lab();
    assert!(parse_line("at 9s mark fixed", &mut declared).is_err());
    assert!(parse_line("at 3s heal", &mut declared).is_ok(), "the cursor did not move to 9 s");
}

#[test]
fn an_error_never_carries_a_control_character() {
    for text in ["\u{1b}[31mheal", "heal \u{7}", "ana: profile.set a \"\u{9b}\"", "# \u{1b}]0;title", "\u{feff}heal"] {
        let error = parse_line(text, &mut lab()).unwrap_err().to_string();
        assert!(!error.chars().any(crate::base::shown::is_hidden), "{error:?}");
    }
    let long = parse_line(&"x".repeat(500), &mut lab()).unwrap_err().to_string();
    assert_eq!(long.chars().filter(|c| *c == 'x').count(), 41, "40 letters and the x of expected: {long}");
}
