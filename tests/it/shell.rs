//! What the program does with files, signals and the mouse, in a pseudo-terminal.

#![allow(clippy::unwrap_used, reason = "in a test, what fails may panic")]

use std::fs;
use std::path::Path;

use driftlab::lab::language::parse::parse_script;
use driftlab::lab::replay::play;

use super::program::{Folder, finish, program, run};
use super::pty::Lab;

fn home() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn config(home: &Path, text: &str) {
    fs::create_dir_all(home.join("config/driftlab")).unwrap();
    fs::write(home.join("config/driftlab/config.toml"), text).unwrap();
}

/// The hash of a script's record, as `:hash` says it.
fn hash_of(script: &Path) -> String {
    let script = parse_script(&fs::read_to_string(script).unwrap()).unwrap();
    format!("{:016x}", play(&script, None).unwrap().sitting.run().digest())
}

#[test]
fn a_sitting_that_was_killed_is_offered_and_has_the_same_record() {
    let home = home();
    let mut lab = Lab::at_home(home.path(), &[]);
    lab.wait_for("▶ 0.1×");
    lab.type_in("o\r");
    lab.wait_for("G▸");
    lab.type_in("p\r");
    lab.wait_for("╳");
    lab.type_in(":run 3s\r");
    lab.wait_for("paused at");
    let hash = lab.hash();
    lab.kill();
    let mut lab = Lab::at_home(home.path(), &[]);
    lab.wait_for("A sitting of 2 commands up to 3.");
    lab.type_in("\r");
    lab.wait_for("this is where it was left");
    assert_eq!(lab.hash(), hash);
    lab.type_in("q");
    assert_eq!(lab.exit_code(), 0);
    lab.assert_given_back();
    let last = home.path().join("state/driftlab/last-sitting.lab");
    assert!(hash.ends_with(&hash_of(&last)), "{hash}");
    let mut lab = Lab::at_home(home.path(), &[]);
    lab.wait_for("▶ 0.1×");
    assert!(!lab.parser.screen().contents().contains("not closed"));
}

#[test]
fn a_terminal_that_hangs_up_leaves_a_sitting_to_go_on_with() {
    let home = home();
    let mut lab = Lab::at_home(home.path(), &[]);
    lab.wait_for("▶ 0.1×");
    lab.type_in("i");
    lab.wait_for("╳");
    lab.send_signal("-HUP");
    assert_eq!(lab.exit_code(), 0);
    lab.assert_given_back();
    let mut lab = Lab::at_home(home.path(), &[]);
    lab.wait_for("A sitting of 1 command up to");
    lab.type_in("\x1b[B\r");
    lab.wait_for("unclosed-1.lab");
}

#[test]
fn a_click_on_a_link_cuts_it() {
    let mut lab = Lab::open(80, 24);
    lab.wait_for("70ms");
    let (column, row) = lab.place_of("70ms");
    lab.click((column, row + 1));
    lab.wait_for("·     partition r1 | r3");
    lab.type_in("m");
    lab.wait_for("the mouse is the terminal's again");
    lab.wait_until("no mouse", |screen| screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None);
    lab.type_in("mq");
    assert_eq!(lab.exit_code(), 0);
    lab.assert_given_back();
}

#[test]
fn what_was_stopped_comes_back_with_a_whole_screen() {
    let home = home();
    let mut lab = Lab::at_home(home.path(), &[]);
    lab.wait_for("space run");
    lab.type_in("i");
    lab.wait_for("╳");
    for by_key in [true, false] {
        if by_key {
            lab.type_in("\x1a");
        } else {
            lab.send_signal("-TSTP");
        }
        lab.wait_until_stopped();
        lab.wait_until("the screen before", |screen| !screen.alternate_screen() && !screen.hide_cursor());
        lab.assert_modes_are_off();
        lab.send_signal("-CONT");
        lab.wait_until("the lab again", |screen| {
            screen.alternate_screen() && screen.contents().contains('╳') && screen.contents().contains("space run")
        });
    }
    lab.type_in("h");
    lab.wait_until("a healed link", |screen| !screen.contents().contains('╳'));
    lab.type_in("q");
    assert_eq!(lab.exit_code(), 0);
    lab.assert_modes_are_off();
}

#[test]
fn who_was_stopped_without_notice_takes_the_terminal_again() {
    let mut lab = Lab::open(80, 24);
    lab.wait_for("space run");
    lab.send_signal("-STOP");
    lab.wait_until_stopped();
    // A shell would write its prompt now.
    lab.parser.process(b"\x1b[?1049l\x1b[2J$ \x1b[?25h");
    lab.send_signal("-CONT");
    lab.wait_until("the lab again", |screen| screen.alternate_screen() && screen.contents().contains("space run"));
    lab.type_in("q");
    assert_eq!(lab.exit_code(), 0);
    lab.assert_modes_are_off();
}

#[test]
fn a_sitting_that_was_saved_replays_and_opens() {
    let home = home();
    let mut lab = Lab::at_home(home.path(), &[]);
    lab.wait_for("▶ 0.1×");
    lab.type_in("o\r");
    lab.wait_for("G▸");
    lab.type_in("p\r:run 1s\r");
    lab.wait_for("paused at");
    let hash = lab.hash();
    lab.type_in(":save ~/mine.lab\r");
    lab.wait_for("saved 11 commands to");
    let file = home.path().join("mine.lab");
    assert!(hash.ends_with(&hash_of(&file)), "{hash}");
    let replay = finish(program().arg("replay").arg(&file));
    assert_eq!((replay.code, replay.err.as_str()), (Some(0), ""));
    assert!(replay.out.contains("·      partition r1 | r2 r3\n"), "{}", replay.out);
    let mut lab = Lab::at_home(home.path(), &["open", file.to_str().unwrap(), "--theme", "mono"]);
    lab.wait_for("driftlab · mine");
    assert_eq!(lab.hash(), hash);
}

#[test]
fn a_script_is_opened_at_an_instant_and_says_what_came_of_it() {
    let home = home();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replays/physics/stock_west_east.lab");
    let mut lab = Lab::at_home(home.path(), &["open", script.to_str().unwrap(), "--at", "1.05s"]);
    lab.wait_for("driftlab · stock_west_east");
    lab.wait_for("t 1.050s  ▮▮ paused");
    lab.wait_for("all 4 expectations are met");
    lab.type_in("u");
    lab.wait_for("undone: ana: stock.reserve mug 1 via=r1");
}

#[test]
fn what_cannot_be_opened_is_refused_like_a_replay() {
    let refused = run(&["open", "-"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("save the script as a file"), "{}", refused.err);
    assert!(run(&["open", "a.lab"]).err.contains("needs a terminal"));
    let folder = Folder::with("clients ana\nanna: likes.add x\n");
    for (arguments, words) in
        [(vec!["open", folder.name()], "line 2, column 1: expected"), (vec!["open", "none.lab"], "cannot read it")]
    {
        let mut lab = Lab::at_home(folder.path(), &arguments);
        assert_eq!(lab.exit_code(), 2);
        lab.wait_for(words);
        assert!(!lab.parser.screen().alternate_screen());
    }
    fs::write(folder.path().join("b.lab"), "run 1s\n").unwrap();
    let mut lab = Lab::at_home(folder.path(), &["open", "b.lab", "--at", "2s"]);
    assert_eq!(lab.exit_code(), 2);
    lab.wait_for("--at 2s is after its end");
}

#[test]
fn a_config_file_is_obeyed_as_far_as_it_is_good() {
    let home = home();
    config(home.path(), "theme = \"lite\"\nsigns = \"ascii\"\nmouse = false\n[keys]\nisolate = \"I\"\nzoo = \"y\"\n");
    let mut lab = Lab::at_home(home.path(), &[]);
    lab.wait_for("config.toml:1:9: expected one of");
    assert_eq!(lab.parser.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    lab.type_in("I");
    lab.wait_for("isolate r1");
    assert!(lab.raw.is_ascii(), "there is more than ASCII");
    lab.type_in("q");
    assert_eq!(lab.exit_code(), 0);
}

#[test]
fn without_a_unicode_locale_all_is_ascii() {
    let mut lab = Lab::open_with(80, 24, &[("LC_ALL", "C")]);
    lab.wait_for("space run");
    lab.type_in("p");
    lab.wait_for("r1 alone, with ana");
    assert!(lab.raw.is_ascii(), "there is more than ASCII");
}

#[test]
fn a_state_folder_that_cannot_be_written_is_said() {
    let home = home();
    fs::write(home.path().join("state"), "no folder").unwrap();
    let mut lab = Lab::at_home(home.path(), &[]);
    lab.wait_for("no journal is kept");
    lab.type_in("q");
    assert_eq!(lab.exit_code(), 0);
}
