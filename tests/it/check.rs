//! `driftlab check`, the real program: formats, exit codes, text and JSON.

use super::program::{Folder, run, run_with_input};

/// Two writes one after the other, and then a read of the first.
const STALE: &str = "\
{\"process\": \"ana\", \"type\": \"invoke\", \"f\": \"write\", \"value\": 1}
{\"process\": \"ana\", \"type\": \"ok\", \"f\": \"write\"}
{\"process\": \"ana\", \"type\": \"invoke\", \"f\": \"write\", \"value\": 2}
{\"process\": \"ana\", \"type\": \"ok\", \"f\": \"write\"}
{\"process\": \"ben\", \"type\": \"invoke\", \"f\": \"read\"}
{\"process\": \"ben\", \"type\": \"ok\", \"f\": \"read\", \"value\": 1}
";

fn check(text: &str, arguments: &[&str]) -> super::program::Run {
    run_with_input(&[&["check", "-", "--model", "register"], arguments].concat(), text.as_bytes())
}

#[test]
fn a_stale_read_exits_1_with_a_sentence_and_a_picture() {
    let found = check(STALE, &[]);
    assert_eq!((found.code, found.err.as_str()), (Some(1), ""));
    let expected = "\
✗ linearizable: process ana's write 1 (line 1), then process ana's write 2 (line 3), then process ben's read → 1 (line 5) \
cannot all be, although each operation was to take effect at one instant between its invocation and its return

  ana  ├─ write 1 ─┤ ├─ write 2 ─┤
  ben                              ├─ read → 1 ─┤

  3 operations of 3 operations; forget what is known of any one of them, and the others are legal
";
    assert_eq!(found.out, expected);
}

#[test]
fn a_weaker_claim_holds_for_the_same_history() {
    let found = check(STALE, &["--claim", "sequential"]);
    assert_eq!((found.code, found.err.as_str()), (Some(0), ""));
    let order = "  one order: ana write 1, ben read → 1, ana write 2\n";
    assert_eq!(found.out, format!("✓ sequential holds for model register: 3 operations\n{order}"));
}

#[test]
fn json_is_one_object_with_the_witness() {
    let found = check(STALE, &["--json"]);
    assert_eq!(found.code, Some(1));
    let object: serde_json::Value = serde_json::from_str(&found.out).unwrap();
    assert_eq!(object["verdict"], "violated");
    assert_eq!(object["witness"][2]["operation"], "read → 1");
    assert_eq!(object["witness"][2]["line"], 5);
    assert_eq!(object["minimal"], true);
    let held = check(STALE, &["--json", "--claim", "causal-memory"]);
    let object: serde_json::Value = serde_json::from_str(&held.out).unwrap();
    assert_eq!((held.code, &object["verdict"]), (Some(0), &"holds".into()));
}

#[test]
fn bad_input_exits_2_with_its_place_and_an_undecided_claim_3() {
    let found = check("{\"process\": 1, \"type\": \"invok\u{1b}e\"}", &[]);
    assert_eq!((found.code, found.out.as_str()), (Some(2), ""));
    assert!(found.err.starts_with("error: -: line 1, column 30: expected a printable character"), "{}", found.err);
    assert!(!found.err.contains('\u{1b}'));
    let found = run_with_input(&["check", "-", "--model", "register"], b"INFO jepsen.util - 0 :invoke\xff");
    assert_eq!(found.code, Some(2));
    assert_eq!(found.err, "error: cannot read -: line 1, column 29: expected UTF-8\n");
    let found = check(&STALE.replace("\"value\": 2", "\"value\": 1"), &["--claim", "causal-consistency"]);
    assert_eq!((found.code, found.err.as_str()), (Some(3), ""));
    assert!(found.out.starts_with("? causal-consistency is not decided"), "{}", found.out);
    assert_eq!(check(&STALE.replace("\"value\": 2", "\"value\": 1"), &["--work", "1"]).code, Some(3));
}

#[test]
fn unknown_words_name_those_that_are_known() {
    let found = run(&["check", "-", "--model", "registre"]);
    assert_eq!(found.code, Some(2));
    assert!(found.err.contains("expected one of register, cas-register, counter"), "{}", found.err);
    assert_eq!(run(&["check", "-"]).code, Some(2));
    let folder = Folder::with("INFO jepsen.util - 0 :invoke :write 1\n");
    let file = folder.file.display().to_string();
    assert_eq!(run(&["check", &file, "--model", "register"]).code, Some(0));
    let found = run(&["check", &file, "--model", "register", "--format", "json-lines"]);
    assert_eq!(found.code, Some(2));
    assert!(found.err.contains("line 1, column 1: expected a JSON value, found \"INFO\""), "{}", found.err);
}
