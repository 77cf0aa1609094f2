//! The real program in a pseudo-terminal: what a person sees, and that their terminal is given back however it ends.
//!
//! Nothing sleeps: each step waits until the screen shows something, or fails at a deadline.

#![allow(clippy::unwrap_used, reason = "in a test, what fails may panic")]

use std::process::{Command, Stdio};

use super::pty::{Lab, count};

#[test]
fn a_partition_by_key_and_by_palette_is_seen_and_healed() {
    let mut lab = Lab::open(80, 24);
    lab.wait_for("▶ 0.1×");
    assert!(lab.parser.screen().alternate_screen() && lab.parser.screen().hide_cursor());
    lab.type_in("p");
    lab.wait_for("r1 alone, with ana");
    lab.type_in("\r");
    lab.wait_for("╳");
    lab.wait_for("·     partition r1 | r2 r3");
    lab.type_in("h");
    lab.wait_until("a healed link", |screen| !screen.contents().contains('╳'));
    lab.type_in(":partition r2 -> r4\r");
    lab.wait_for("did you mean r3?");
    lab.type_in("\x7f3\r");
    lab.wait_for("r2→r3 cut");
    lab.type_in("q");
    assert_eq!(lab.exit_code(), 0);
    lab.assert_given_back();
}

#[test]
fn messages_are_seen_moving() {
    let mut lab = Lab::open(80, 24);
    lab.wait_for("▶ 0.1×");
    lab.type_in("o\r");
    lab.wait_for("G▸");
    lab.wait_until("the news everywhere", |screen| {
        let text = screen.contents();
        text.contains("= all the same") && text.contains("r3 9")
    });
    lab.type_in("q");
    assert_eq!(lab.exit_code(), 0);
}

#[test]
fn a_terminal_may_shrink_and_grow() {
    let mut lab = Lab::open(80, 24);
    lab.wait_for("Log");
    lab.resize(20, 5);
    lab.wait_for("20×5");
    lab.resize(120, 40);
    lab.wait_for("profile address");
    lab.resize(80, 24);
    lab.wait_until("the map and the hints again", |screen| {
        screen.contents().contains("r3 Europe") && screen.contents().contains("space run")
    });
    lab.type_in("\x03");
    assert_eq!(lab.exit_code(), 0);
    lab.assert_given_back();
}

#[test]
fn control_c_leaves_even_an_open_list() {
    let mut lab = Lab::open(80, 24);
    lab.wait_for("space run");
    lab.type_in("o");
    lab.wait_for("ana at r1 asks");
    lab.type_in("\x03");
    assert_eq!(lab.exit_code(), 0);
    lab.assert_given_back();
}

#[test]
fn signals_that_end_the_program_give_the_terminal_back() {
    for signal in ["-TERM", "-HUP", "-INT"] {
        let mut lab = Lab::open(80, 24);
        lab.wait_for("space run");
        lab.send_signal(signal);
        assert_eq!(lab.exit_code(), 0, "{signal}");
        lab.assert_given_back();
    }
}

#[test]
fn a_panic_gives_the_terminal_back_before_it_reports() {
    let mut lab = Lab::open_with(80, 24, &[("DRIFTLAB_PANIC", "1"), ("RUST_BACKTRACE", "0")]);
    lab.wait_for("space run");
    lab.type_in("\x1b[24~");
    assert_ne!(lab.exit_code(), 0);
    lab.assert_given_back();
    lab.wait_for("F12 was pressed");
    let raw = String::from_utf8_lossy(&lab.raw).into_owned();
    let (left, report) = (raw.find("\x1b[?1049l").unwrap(), raw.find("F12 was pressed").unwrap());
    assert!(left < report, "the report went to the screen that is gone");
}

#[test]
fn without_colours_the_focus_is_still_seen() {
    let mut lab = Lab::open_with(80, 24, &[("NO_COLOR", "1")]);
    lab.wait_for("space run");
    assert!(count(&lab.raw, b"\x1b[7m") > 0, "nothing is reversed");
    assert_eq!(count(&lab.raw, b"\x1b[38;5;"), 0, "there are colours");
    lab.type_in("q");
    assert_eq!(lab.exit_code(), 0);
}

#[test]
fn a_dumb_terminal_is_told_what_to_do() {
    let mut lab = Lab::open_with(80, 24, &[("TERM", "dumb")]);
    assert_eq!(lab.exit_code(), 2);
    lab.wait_for("driftlab replay FILE");
    assert!(!lab.parser.screen().alternate_screen());
}

#[test]
fn without_a_terminal_the_program_says_what_to_do() {
    let output = Command::new(env!("CARGO_BIN_EXE_driftlab")).stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("needs a terminal") && text.contains("driftlab replay FILE"), "{text}");
}

#[test]
fn a_terminal_that_can_only_print_gets_the_course_as_text() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().to_str().unwrap();
    let mut lab = Lab::in_course(home.path(), &["--lessons", folder], &[("TERM", "dumb")]);
    lab.wait_for("The tour. Step 1 of 9: hook.");
    assert!(!lab.parser.screen().alternate_screen());
    lab.type_in("quit\r");
    assert_eq!(lab.exit_code(), 0);
}

#[test]
fn the_tour_opens_with_messages_moving() {
    let home = tempfile::tempdir().unwrap();
    let mut lab = Lab::in_course(home.path(), &[], &[]);
    lab.wait_for("01 The tour");
    lab.wait_for("▶ 0.1×");
    lab.type_in("n");
    lab.wait_for("paused at 1.030s");
    lab.type_in("n");
    lab.wait_for("3/4 His answer arrives");
    lab.type_in("n");
    lab.wait_for("stock.level mug → 10");
    lab.type_in("q");
    assert_eq!(lab.exit_code(), 0);
}

#[test]
fn a_lesson_that_is_saved_is_seen_on_the_screen() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("tour.md");
    let text = include_str!("../../lessons/part-00-the-tour.md");
    std::fs::write(&file, text).unwrap();
    let mut lab = Lab::in_course(home.path(), &["--lessons", home.path().to_str().unwrap()], &[]);
    lab.wait_for("Three shops share");
    // Saved again, if the first look comes only after it.
    let is_seen = (1..20).any(|count| {
        std::fs::write(&file, text.replacen("Three shops", "Four shops", 1)).unwrap();
        let saved = std::time::UNIX_EPOCH + std::time::Duration::from_secs(count);
        std::fs::File::open(&file).unwrap().set_modified(saved).unwrap();
        lab.shows_soon("Four shops share")
    });
    assert!(is_seen, "{}", lab.parser.screen().contents());
    lab.type_in("q");
    assert_eq!(lab.exit_code(), 0);
}
