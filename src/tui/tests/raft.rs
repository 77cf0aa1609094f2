//! The pane of Raft: what it says before the group is up, of disks and of snapshots.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::Person;
use crate::base::ReplicaId;
use crate::tui::draw;

/// The rows inside the pane, which is zoomed.
fn rows(person: &Person) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).expect("a test has a terminal");
    terminal.draw(|frame| draw(&person.model, frame)).expect("a test can draw");
    terminal.backend().to_string().lines().map(str::to_owned).collect()
}

/// The row of a replica.
fn row(person: &Person, name: &str) -> String {
    let rows = rows(person);
    let found = rows.iter().find(|row| row.contains(&format!(" {name} ")) && !row.contains("follows"));
    found.unwrap_or_else(|| panic!("no row of {name} in {rows:#?}")).clone()
}

fn at_raft(lines: &[&str]) -> Person {
    let mut person = Person::new();
    person.key(' ').key('r').key('z');
    for line in lines {
        person.command(line).arrive();
    }
    person
}

#[test]
fn before_the_group_is_up_it_says_what_starts_it() {
    let person = at_raft(&["run 1s"]);
    assert!(rows(&person).iter().any(|row| row.contains("Type `:policy stock.* linearizable`")));
}

#[test]
fn who_is_down_has_on_its_disk_what_it_applied_and_does_not_know_what_is_committed() {
    let person = at_raft(&["policy account.* linearizable", "run 2s", "crash r3"]);
    let row = row(&person, "r3");
    assert!(row.contains("down") && row.contains("│1 1 1 1 1╎") && row.contains("0       5"), "{row}");
}

#[test]
fn a_log_that_begins_with_a_snapshot_shows_where() {
    let load = "load w1 account.deposit 200/s key=joint amount=1 clients=60";
    let mut person = at_raft(&["policy account.* linearizable", load, "run 5s"]);
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
    let mut person = at_raft(&["policy account.* linearizable", "run 2s"]);
    assert!(rows(&person).iter().any(|row| row.contains("r1 leads, and all that it appended is committed")));
    person.press(crossterm::event::KeyCode::Down);
    assert!(rows(&person).iter().any(|row| row.contains("r2 follows r1")));
    assert_eq!(person.model.selected_replica().to_string(), "r2", "it is chosen on the map as well");
}
