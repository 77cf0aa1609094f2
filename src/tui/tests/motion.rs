//! What moves on the map: streaks, losses, and how little of it with reduced motion.

use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::Modifier;

use super::Person;
use crate::tui::model::{Model, Motion};
use crate::tui::{Message, draw, update};

fn drawn(model: &Model) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).expect("a test has a terminal");
    terminal.draw(|frame| draw(model, frame)).expect("a test can draw");
    terminal.backend().buffer().clone()
}

/// The rows of the map.
fn map(model: &Model) -> String {
    let buffer = drawn(model);
    let row = |y: u16| (1..45).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (4..15).map(|y| row(y) + "\n").collect()
}

/// Cells that a message passed.
fn streaks(model: &Model) -> usize {
    let passed = |cell: &&ratatui::buffer::Cell| cell.symbol() == "·" && cell.modifier.contains(Modifier::DIM);
    drawn(model).content.iter().filter(passed).count()
}

fn frame(person: &mut Person, ms: u64) {
    update(&mut person.model, Message::Frame { elapsed: Duration::from_millis(ms) });
}

#[test]
fn what_was_faster_than_the_eye_leaves_a_streak_while_time_runs() {
    let mut person = Person::new();
    person.command("run 1s").arrive();
    person.command("speed 4").key(' ').key('o').enter();
    // 20 ms of the person are 80 ms of the world: the news has arrived at both ends.
    frame(&mut person, 20);
    assert!(person.model.sitting.run().cluster().view().in_flight().count() < 9);
    assert!(streaks(&person.model) > 10, "{}", map(&person.model));
    person.key(' ');
    assert_eq!(streaks(&person.model), 0, "{}", map(&person.model));
    person.key(' ').key('<');
    assert_eq!(streaks(&person.model), 0, "{}", map(&person.model));
}

#[test]
fn a_message_that_meets_a_cut_is_seen_there() {
    let mut person = Person::new();
    person.command("run 1s").arrive();
    assert!(!map(&person.model).contains('✗'));
    person.command("partition r1 | r2 r3").key('o').enter();
    // The write is pushed when the request has arrived, some events from here.
    for _ in 0..40 {
        person.key('.');
        let text = map(&person.model);
        if text.contains("✗╳") {
            return;
        }
    }
    panic!("nothing was seen to be lost:\n{}", map(&person.model));
}

#[test]
fn reduced_motion_changes_the_screen_four_times_a_second_and_time_not_at_all() {
    let redraws = |motion: Motion| {
        let mut person = Person::new();
        person.model.motion = motion;
        person.key('o').enter();
        person.model.take_redraw();
        let mut redraws = 0;
        for _ in 0..200 {
            frame(&mut person, 10);
            redraws += usize::from(person.model.take_redraw());
        }
        (redraws, person.now_us(), person.model.sitting.run().digest())
    };
    let (full, reduced) = (redraws(Motion::Full), redraws(Motion::Reduced));
    assert_eq!((full.0, reduced.0), (200, 8));
    assert_eq!((full.1, full.2), (reduced.1, reduced.2));
}

#[test]
fn with_reduced_motion_messages_stand_still_and_are_counted() {
    let mut person = Person::new();
    person.model.motion = Motion::Reduced;
    person.command("run 1s").arrive();
    person.key('o').enter().key('o').enter().key(' ');
    let mut standing = std::collections::BTreeSet::new();
    for _ in 0..400 {
        frame(&mut person, 5);
        let text = map(&person.model);
        assert_eq!(streaks(&person.model), 0);
        let row = text.lines().find(|row| row.contains("─G2▸") || row.contains("•G2▸"));
        standing.extend(row.and_then(|row| row.split_once("G2▸")).map(|(before, _)| before.chars().count()));
    }
    assert_eq!(standing.len(), 1, "the news for r3 stands in one place:\n{}", map(&person.model));
}
