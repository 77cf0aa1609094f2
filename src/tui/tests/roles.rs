//! The pane of roles: what it says before a log is in use, of disks, snapshots and epochs, and of both logs at once.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::Person;
use crate::base::ReplicaId;
use crate::tui::{Look, Model, draw, scene};

/// The rows inside the pane, which is zoomed.
fn rows(person: &Person) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).expect("a test has a terminal");
    terminal.draw(|frame| draw(&person.model, frame)).expect("a test can draw");
    terminal.backend().to_string().lines().map(str::to_owned).collect()
}

fn says(person: &Person, text: &str) -> bool {
    rows(person).iter().any(|row| row.contains(text))
}

#[track_caller]
fn assert_says(person: &Person, text: &str) {
    assert!(says(person, text), "{text:?} is not in {:#?}", rows(person));
}

/// The row of a replica, in the last table that has one.
fn row(person: &Person, name: &str) -> String {
    let rows = rows(person);
    let found = rows.iter().rfind(|row| row.chars().skip(5).collect::<String>().starts_with(&format!("{name} ")));
    found.unwrap_or_else(|| panic!("no row of {name} in {rows:#?}")).clone()
}

fn at_roles(lines: &[&str]) -> Person {
    let mut person = Person::new();
    person.key(' ').key('r').key('z');
    for line in lines {
        person.command(line).arrive();
    }
    person
}

#[test]
fn before_a_log_is_in_use_it_says_what_starts_each() {
    let person = at_roles(&["run 1s"]);
    for line in
        ["`:policy stock.* linearizable` starts a Raft group;", "`:policy stock.* primary` makes r1 the primary"]
    {
        assert!(says(&person, line), "{line}");
    }
}

#[test]
fn who_is_down_has_on_its_disk_what_it_applied_and_does_not_know_what_is_committed() {
    let person = at_roles(&["policy account.* linearizable", "run 2s", "crash r3"]);
    let row = row(&person, "r3");
    assert!(row.contains("down") && row.contains("│1 1 1 1 1╎") && row.contains("0       5"), "{row}");
}

#[test]
fn a_log_that_begins_with_a_snapshot_shows_where() {
    let load = "load w1 account.deposit 200/s key=joint amount=1 clients=60";
    let mut person = at_roles(&["policy account.* linearizable", load, "run 5s"]);
    let last = |person: &Person| {
        let view = person.model.sitting.run().cluster().view();
        view.replica(ReplicaId(0)).raft.expect("the group is up").last.index
    };
    // The leader folds its log when it has 1,024 entries: here the snapshot ends a little before the log.
    while last(&person) < 1_026 {
        person.command("run 10ms").arrive();
    }
    for line in ["stop", "crash r3 disk=lose", "run 500ms", "restart r3", "run 2s"] {
        person.command(line).arrive();
    }
    assert!(last(&person) < 1_040, "the end of the snapshot is seen");
    let row = row(&person, "r3");
    assert!(row.contains("▒ 1 1") && !row.contains('·'), "{row}");
}

#[test]
fn an_arrow_chooses_the_replica_that_is_spoken_of() {
    let mut person = at_roles(&["policy account.* linearizable", "run 2s"]);
    assert!(rows(&person).iter().any(|row| row.contains("r1 leads, and all that it appended is committed")));
    person.press(crossterm::event::KeyCode::Down);
    assert!(rows(&person).iter().any(|row| row.contains("r2 follows r1")));
    assert_eq!(person.model.selected_replica().to_string(), "r2", "it is chosen on the map as well");
}

/// An isolated primary takes in what nobody else has, and another one is promoted.
const PROMOTED: [&str; 6] = [
    "policy account.* primary",
    "run 1s",
    "partition r1 | r2 r3",
    "ana: account.deposit joint 500",
    "run 200ms",
    "promote r2",
];

#[test]
fn two_primaries_and_the_tail_of_the_deposed_one_are_seen() {
    let mut person = at_roles(&PROMOTED);
    person.command("run 600ms").arrive();
    person.press(crossterm::event::KeyCode::End).press(crossterm::event::KeyCode::Home);
    assert_says(&person, "▸ r1 and r2 both act as the primary, and answer. h heals: what is lost then?");
    assert_says(&person, "Primary · r1 in epoch 1, r2 in epoch 2");
    let (old, new) = (row(&person, "r1"), row(&person, "r2"));
    assert!(old.contains("primary       1  r1       1 1 1 1 1│1 "), "{old}");
    assert!(new.contains("primary       2  r2       1 1 1 1 1│2 "), "{new}");
    assert_says(&person, "r1 acts as the primary of epoch 1 still: it has not heard of r2's epoch 2");
    assert_says(&person, "6 e1   ana: account.deposit joint 500                        will be dropped");
    for line in ["heal", "run 500ms"] {
        person.command(line).arrive();
    }
    assert!(says(&person, "Primary · r2 in epoch 2 ─") && says(&person, "r1 follows r2 "));
    let healed = row(&person, "r1");
    assert!(healed.contains("follower      2  r2       1 1 1 1 1 2│"), "{healed}");
    assert!(!says(&person, "will be dropped"));
}

#[test]
fn an_entry_says_who_lacks_it_and_a_follower_how_long_it_hears_nothing() {
    let mut person = at_roles(&PROMOTED[..5]);
    assert_says(&person, "6 e1   ana: account.deposit joint 500                          not at r2, r3");
    assert_says(&person, "r1 is the primary; 1 entry is not known to be everywhere");
    person.command("run 1s").arrive();
    person.press(crossterm::event::KeyCode::Down);
    assert_says(&person, "r2 has not heard of r1 for 1.2s; failover is by hand: promote r2");
    assert!(row(&person, "r2").contains("5     5   1.3s│"), "{}", row(&person, "r2"));
    person.command("failover auto timeout=1s").arrive();
    assert_says(&person, "failover is automatic");
}

#[test]
fn two_epochs_of_one_number_have_letters() {
    let lines =
        ["policy account.* primary", "run 1s", "partition r1 | r2 | r3", "promote r2", "promote r3", "run 100ms"];
    let person = at_roles(&lines);
    assert_says(&person, "Primary · r1 in epoch 1, r2 in epoch 2b, r3 in epoch 2c");
    assert!(
        row(&person, "r2").contains("2b  r2") && row(&person, "r2").contains(" 1  1  1  1│2b"),
        "{}",
        row(&person, "r2")
    );
    assert!(row(&person, "r3").contains(" 1  1  1  1│2c"), "{}", row(&person, "r3"));
}

#[test]
fn a_lost_disk_leaves_a_follower_that_knows_nothing() {
    let lines = ["policy account.* primary", "run 1s", "crash r3 disk=lose"];
    let mut person = at_roles(&lines);
    assert!(row(&person, "r3").contains("disk lost     -  -"), "{}", row(&person, "r3"));
    for line in ["partition r3 | r1 r2", "run 200ms", "restart r3", "run 100ms"] {
        person.command(line).arrive();
    }
    person.press(crossterm::event::KeyCode::End);
    assert_says(&person, "r3 follows, and has heard of no primary yet");
}

/// From Raft's log to the primary's, while a replica is silent.
const SWITCH: [&str; 5] =
    ["policy account.* linearizable", "run 1s", "partition r3 | r1 r2", "policy account.* primary", "run 500ms"];

#[test]
fn both_logs_are_shown_and_an_arrow_to_the_side_says_more_of_the_other() {
    let mut person = at_roles(&SWITCH);
    assert_says(&person, "Raft: r1 leads term 1 · Primary: r1 in epoch 1 · ←→");
    assert!(says(&person, "role          term  vote") && says(&person, "role      epoch  primary"));
    assert_says(&person, "account.*: sealed, refuses until r3 has handed over");
    person.press(crossterm::event::KeyCode::Left);
    assert_says(&person, "Raft's log decides nothing any more, and stays up");
    assert_eq!(person.model.selected_replica().to_string(), "r1", "the replica stays");
}

#[test]
fn where_both_logs_have_no_room_there_is_one_and_the_other_is_named() {
    let script = "cluster 5\nclients ana@r1\ngiven account joint 100\n";
    let mut person = Person { model: Model::of(scene::set_up("Cluster", script), (80, 24), Look::default()) };
    person.key('r');
    for line in SWITCH {
        person.command(&line.replace("r1 r2", "r1 r2 r4 r5")).arrive();
    }
    assert!(!says(&person, "role          term  vote") && says(&person, "role      epoch  primary"));
    assert_says(&person, "an arrow to the side shows Raft's log");
    person.press(crossterm::event::KeyCode::Right);
    assert!(says(&person, "role          term  vote") && !says(&person, "role      epoch  primary"));
}
