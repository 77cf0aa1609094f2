//! Sessions and causality on the screen: what a replica holds back, and who was turned away.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::Person;
use crate::tui::draw;

fn screen(person: &Person) -> String {
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).expect("a test has a terminal");
    terminal.draw(|frame| draw(&person.model, frame)).expect("a test can draw");
    terminal.backend().to_string()
}

#[test]
fn the_data_pane_beside_the_map_has_room_for_what_a_replica_holds_and_lacks() {
    let mut person = Person::new();
    person.key(' ').key('2');
    for line in [
        "policy feed.* causal",
        "slow r1 -> r3 2s class=gossip",
        "ana: feed.post wall Paris",
        "run 50ms",
        "ben: feed.read wall via=r2",
        "run 100ms",
        "ben: feed.post wall France via=r2",
        "run 200ms",
    ] {
        person.command(line).arrive();
    }
    let mut shown = screen(&person);
    for _ in 0..10 {
        if shown.contains("feed wall, a") {
            break;
        }
        person.press(crossterm::event::KeyCode::Down);
        shown = screen(&person);
    }
    assert!(shown.contains("holds \"France\", lacks 1 of r1"), "{shown}");
    person.command("run 3s").arrive();
    let shown = screen(&person);
    assert!(!shown.contains("holds \""), "{shown}");
}
