//! The real program: what it prints where, and its exit codes.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use super::program::{Folder, finish, program, run, run_with_input};

const SCRIPT: &str = "# A like.\nclients ana@r1\nana: likes.add photo\nrun 1s\nexpect r3.likes[photo] == 1\n";

#[test]
fn replay_prints_the_golden_story() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replays/physics/stock_west_east.lab");
    let source = std::fs::read_to_string(&file).unwrap();
    let (_, golden) = source.split_once("\n---\n").unwrap();
    let replay = finish(program().arg("replay").arg(file));
    assert_eq!((replay.code, replay.out.as_str(), replay.err.as_str()), (Some(0), golden, ""));
}

#[test]
fn a_failed_expectation_exits_1_and_the_story_says_what_was_found() {
    let replay = Folder::with(SCRIPT.replace("== 1", "== 7")).replay(&[]);
    assert_eq!((replay.code, replay.err.as_str()), (Some(1), ""));
    assert!(replay.out.contains("✗      expect r3.likes[photo] == 7  but it is 1\n"), "{}", replay.out);
}

#[test]
fn bad_input_exits_2_and_every_error_says_where() {
    let folder = Folder::with("clients ana\nanna: likes.add x\n\nrun 5\nheal \u{1b}[31m\n");
    let replay = folder.replay(&[]);
    assert_eq!((replay.code, replay.out.as_str()), (Some(2), ""));
    let lines: Vec<&str> = replay.err.lines().collect();
    for (line, place) in lines.iter().zip(["line 2, column 1: ", "line 4, column 5: ", "line 5, column 6: "]) {
        assert!(line.starts_with(&format!("error: {}: {place}expected ", folder.name())), "{line}");
    }
    assert_eq!(lines.len(), 3, "{}", replay.err);
    assert!(!replay.err.contains('\u{1b}'));
}

#[test]
fn what_cannot_take_effect_exits_2_and_names_its_line() {
    let folder = Folder::with("run 1s\nrestart r1\n");
    let replay = folder.replay(&[]);
    assert_eq!((replay.code, replay.out.as_str()), (Some(2), ""));
    let expected = format!("error: {}: line 2: r1 is up; only a crashed replica restarts\n", folder.name());
    assert_eq!(replay.err, expected);
}

#[test]
fn an_undecided_claim_exits_3_and_an_unmet_one_beside_it_exits_1() {
    let undecided = "clients ana@r1\ngossip off\nrepair off\nana: likes.add x\nrun 1s\nexpect convergence holds\n";
    let replay = Folder::with(undecided).replay(&[]);
    assert_eq!((replay.code, replay.err.as_str()), (Some(3), ""));
    assert!(replay.out.contains("?      expect convergence holds  but not yet"), "{}", replay.out);
    assert_eq!(Folder::with(format!("{undecided}expect alerts == 9\n")).replay(&[]).code, Some(1));
}

#[test]
fn json_is_one_object_a_line_with_stable_keys() {
    let script = format!("story messages\n{SCRIPT}crash r2\nexpect alerts > 5\nexpect convergence holds\n")
        .replace("story messages\n# A like.\nclients ana@r1\n", "clients ana@r1\nstory messages\n");
    let folder = Folder::with(script);
    let replay = folder.replay(&["--json"]);
    assert_eq!((replay.code, replay.err.as_str()), (Some(1), ""));
    let mut kinds = BTreeSet::new();
    for line in replay.out.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        let object = value.as_object().expect("each line is an object");
        for key in object.keys() {
            assert!(["at", "who", "what", "replica", "took", "note", "kind"].contains(&key.as_str()), "{line}");
        }
        for key in ["at", "who", "what", "kind"] {
            assert!(object[key].as_str().is_some_and(|text| !text.is_empty()), "{line}");
        }
        kinds.insert(object["kind"].as_str().unwrap_or_default().to_owned());
    }
    let expected = ["command", "message", "met", "operation", "undecided", "unmet"].map(str::to_owned);
    assert_eq!(kinds, BTreeSet::from(expected));
    assert_eq!(replay.out.lines().count(), folder.replay(&[]).out.lines().count());
}

#[test]
fn another_seed_changes_a_random_run_only() {
    let with = |script: &str, seed: &str| Folder::with(script).replay(&["--seed", seed]).out;
    let even = "seed 3\nclients ana@r1\nslow ana r1 5ms\nana: likes.add x\nrun 1s\n";
    assert_eq!(with(even, "1"), with(even, "2"));
    let random = format!("{even}lose ana r1 50%\n") + &"after 3s ana: likes.add x\n".repeat(20);
    assert_ne!(with(&random, "1"), with(&random, "2"));
    assert_eq!(with(&random, "3"), Folder::with(&random).replay(&[]).out, "the script's own seed is 3");
    for seed in ["-1", "x", "18446744073709551616"] {
        assert_eq!(Folder::with(even).replay(&["--seed", seed]).code, Some(2), "{seed}");
    }
}

#[test]
fn a_dash_reads_standard_input() {
    let replay = run_with_input(&["replay", "-"], SCRIPT.as_bytes());
    let same = Folder::with(SCRIPT).replay(&[]);
    assert_eq!((replay.code, replay.out, replay.err.as_str()), (Some(0), same.out, ""));
    let bad = run_with_input(&["replay", "-"], b"heel\n");
    assert_eq!(bad.code, Some(2));
    assert!(bad.err.starts_with("error: -: line 1, column 1: "), "{}", bad.err);
}

#[test]
fn an_odd_script_is_read_or_refused_in_words() {
    let same = Folder::with(SCRIPT).replay(&[]).out;
    let windows = format!("\u{feff}{}", SCRIPT.replace('\n', "\r\n"));
    for source in [SCRIPT.trim_end().to_owned(), windows] {
        let replay = Folder::with(source).replay(&[]);
        assert_eq!((replay.code, replay.out, replay.err.as_str()), (Some(0), same.clone(), ""));
    }
    let empty = Folder::with("").replay(&[]);
    assert_eq!((empty.code, empty.out.as_str(), empty.err.as_str()), (Some(0), "", ""));
    let latin = Folder::with(b"# caf\xe9\n").replay(&[]);
    assert_eq!(latin.code, Some(2));
    assert!(latin.err.contains("it is not UTF-8"), "{}", latin.err);
    let most = 1 << 20;
    assert_eq!(Folder::with("#".repeat(most)).replay(&[]).code, Some(0));
    let long = Folder::with("#".repeat(most + 1)).replay(&[]);
    assert_eq!(long.code, Some(2));
    assert!(long.err.ends_with("a script has 1048576 bytes at most\n"), "{}", long.err);
}

#[test]
fn what_is_no_file_is_refused_in_words() {
    let folder = Folder::with("");
    for (path, why) in [(folder.path().join("none.lab"), "No such file"), (folder.path().to_owned(), "directory")] {
        let replay = finish(program().arg("replay").arg(&path));
        assert_eq!((replay.code, replay.out.as_str()), (Some(2), ""));
        assert!(replay.err.starts_with("error: cannot read ") && replay.err.contains(why), "{}", replay.err);
    }
    let evil = run(&["replay", "\u{1b}[31m\u{202e}.lab"]);
    assert!(evil.err.starts_with("error: cannot read \\u{1b}[31m\\u{202e}.lab: "), "{:?}", evil.err);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let script = format!("clients ana@r1\nstory messages\n{}run 1s\n", "ana: likes.add x\n".repeat(500));
    for options in [&["replay"][..], &["replay", "--json"]] {
        let folder = Folder::with(&script);
        let mut command = program();
        command.args(options).arg(&folder.file);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        // As `head -1` does: one line, then gone.
        BufReader::with_capacity(64, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(first.ends_with('\n'));
        assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_a_full_disk_lost_is_an_error() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let replay = finish(program().args(["replay", Folder::with(SCRIPT).name()]).stdout(full));
    assert_eq!(replay.code, Some(2));
}

#[test]
fn an_unknown_command_or_option_exits_2_with_a_hint() {
    let all: [&[&str]; 6] = [
        &["replai"],
        &["--fast"],
        &["replay"],
        &["replay", "--fast", "a.lab"],
        &["replay", "--json", "--bless", "a.lab"],
        &["language", "stock", "reserve"],
    ];
    for arguments in all {
        let refused = run(arguments);
        assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(refused.err.starts_with("error: ") && refused.err.contains("--help"), "{}", refused.err);
    }
}

#[test]
fn help_and_version_are_fine() {
    for arguments in [["--help"], ["--version"], ["help"]] {
        let fine = run(&arguments);
        assert_eq!((fine.code, fine.err.as_str()), (Some(0), ""), "{arguments:?}");
        assert!(fine.out.contains("driftlab"), "{}", fine.out);
    }
    assert!(run(&["--help"]).out.contains("Exit codes: 0 all expectations hold, 1 one does not, 2 bad input"));
    assert_eq!(run(&["--version"]).out, concat!("driftlab ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn language_explains_a_name_and_knows_the_nearest() {
    assert!(run(&["language"]).out.contains("partition  cut the links"));
    assert!(run(&["language", "stock.reserve"]).out.starts_with("CLIENT: stock.reserve KEY"));
    assert!(run(&["language", "hazards"]).out.contains("arrival-wins"));
    let unknown = run(&["language", "partiton"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (Some(2), ""));
    assert_eq!(unknown.err, "error: expected a topic of help, found \"partiton\"; did you mean partition?\n");
    assert!(!run(&["language", "\u{1b}[31m"]).err.contains('\u{1b}'));
}

#[test]
fn without_a_terminal_the_lab_says_what_to_do() {
    let refused = run(&[]);
    assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""));
    assert!(refused.err.contains("needs a terminal") && refused.err.contains("driftlab replay"), "{}", refused.err);
}

#[test]
fn a_swarm_without_a_hazard_passes_and_is_the_same_on_any_number_of_threads() {
    let one = run(&["swarm", "--seeds", "3", "--threads", "1"]);
    assert_eq!((one.code, one.err.as_str()), (Some(0), ""));
    assert!(one.out.ends_with("3 passed, 0 failed\n"), "{}", one.out);
    assert_eq!(run(&["swarm", "--seeds", "3", "--threads", "4"]).out, one.out);
}

#[test]
fn a_swarm_finds_a_hazard_and_its_script_shows_it() {
    let swarm = run(&["swarm", "--hazard", "arrival-wins", "--seeds", "10"]);
    assert_eq!((swarm.code, swarm.err.as_str()), (Some(1), ""));
    let (_, failure) = swarm.out.split_once("✗ seed ").expect("it tells a failure");
    let script: Vec<&str> = failure.lines().skip(1).take_while(|line| !line.is_empty()).collect();
    let replay = Folder::with(script.join("\n")).replay(&[]);
    assert_eq!((replay.code, replay.err.as_str()), (Some(1), ""), "{}", replay.out);
}

#[test]
fn a_swarm_of_nothing_is_refused() {
    let all: [&[&str]; 6] = [
        &["--seeds", "0"],
        &["--seeds", "10000001"],
        &["--threads", "0"],
        &["--hazard", "gremlins"],
        &["--start", "18446744073709551615", "--seeds", "2"],
        &["--seeds", "many"],
    ];
    for arguments in all {
        let refused = finish(program().arg("swarm").args(arguments));
        assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(refused.err.starts_with("error: "), "{}", refused.err);
    }
}
