//! The loop: time, drawing, the mouse, stopping and going on.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, MouseEventKind};
use ratatui::backend::Backend;

use super::typist::{Did, Typist, event};
use crate::cli::shell::conversation::End;
use crate::cli::shell::inputs::Input;
use crate::tui::keys::Key;

#[test]
fn time_passes_with_the_frames_and_stands_still_while_paused() {
    let mut typist = Typist::new();
    typist.wait_ms(2_000);
    let now = typist.model.sitting().run().now().0;
    assert!((190_000..=200_000).contains(&now), "{now}");
    typist.keys("space");
    let now = typist.model.sitting().run().now();
    typist.wait_ms(60_000);
    assert_eq!(typist.model.sitting().run().now(), now);
    assert!(!typist.model.is_moving() && !typist.model.take_redraw());
}

#[test]
fn keys_the_palette_pastes_and_the_mouse_do_the_same() {
    let mut typist = Typist::new();
    typist.wait_ms(500).keys("space i");
    typist.command("heal").keys(":").paste("partition r1 |\u{1b} r2").keys("Enter");
    let (column, row) = typist.place_of("r2 east");
    typist.click((column + 2, row + 1));
    assert_eq!(typist.recorded(), ["isolate r1", "heal", "partition r1 | r2"]);
    typist.keys("p Down").text("hears").keys("Enter");
    assert_eq!(typist.recorded().len(), 4, "{}", typist.screen());
}

#[test]
fn a_journey_is_over_when_nothing_moves() {
    let mut typist = Typist::new();
    typist.keys("space").command("run 20s").until_idle();
    assert_eq!(typist.model.sitting().run().now().0, 20_000_000);
    assert!(typist.screen().contains("paused at 20.000s"), "{}", typist.screen());
}

#[test]
fn a_flood_of_inputs_still_lets_the_screen_change() {
    let mut typist = Typist::new();
    let moved = crossterm::event::MouseEvent {
        kind: MouseEventKind::Moved,
        column: 3,
        row: 3,
        modifiers: crossterm::event::KeyModifiers::NONE,
    };
    let mut inputs = vec![Input::Event(Event::Mouse(moved)); 10_000];
    inputs.push(event(Key { code: KeyCode::Char('?'), control: false }));
    typist.inputs(inputs);
    assert!(typist.screen().contains("Help"), "{}", typist.screen());
}

#[test]
fn a_window_may_change_between_and_during_drawings() {
    let mut typist = Typist::sized(120, 40);
    for (columns, rows) in [(0, 0), (1, 1), (300, 5), (80, 24), (79, 24), (200, 60)] {
        // The terminal has another size before anybody has told.
        typist.conversation.terminal_mut().backend_mut().resize(columns, rows);
        typist.wait_ms(100).resize(columns, rows).wait_ms(100).click((columns / 2, rows / 2));
    }
    assert!(typist.screen().contains("r3 Europe"), "{}", typist.screen());
}

#[test]
fn what_was_stopped_goes_on_with_a_whole_screen() {
    let mut typist = Typist::new();
    let whole = typist.keys("space").screen();
    typist.keys("Ctrl-z");
    assert_eq!(*typist.host.did.borrow(), [Did::Stopped]);
    // Someone else had the terminal meanwhile.
    typist.conversation.terminal_mut().backend_mut().clear().unwrap();
    typist.input(Input::GoOn);
    assert_eq!(*typist.host.did.borrow(), [Did::Stopped, Did::TakenAgain(true)]);
    assert_eq!(typist.screen(), whole);
}

#[test]
fn what_is_typed_before_the_program_has_stopped_is_not_for_it() {
    let mut typist = Typist::new();
    let key = |letter| event(Key { code: KeyCode::Char(letter), control: false });
    typist.inputs(vec![Input::Stop, key('q'), Input::GoOn, key('i')]);
    assert_eq!((typist.end, typist.recorded()), (None, vec!["isolate r1"]));
    typist.inputs(vec![Input::Stop, Input::End]);
    assert_eq!(typist.end, Some(End::Asked));
}

#[test]
fn time_that_the_program_was_stopped_does_not_count() {
    let mut typist = Typist::new();
    typist.wait_ms(100);
    let before = typist.model.sitting().run().now();
    typist.inputs(vec![Input::Stop]);
    typist.let_pass(Duration::from_secs(3_600));
    typist.input(Input::GoOn).wait_ms(20);
    let passed = typist.model.sitting().run().now().since(before);
    assert!(passed <= 5_000, "{passed}");
}

#[test]
fn a_system_that_cannot_stop_says_so() {
    let mut typist = Typist::new();
    *typist.host.refusal.borrow_mut() = Some("this system cannot".to_owned());
    typist.keys("Ctrl-z");
    assert_eq!((typist.notice(), typist.end), ("this system cannot", None));
    assert_eq!(*typist.host.did.borrow(), [Did::Stopped, Did::TakenAgain(true)]);
}

#[test]
fn the_mouse_is_taken_and_given_back() {
    let mut typist = Typist::new();
    typist.keys("m m");
    assert_eq!(*typist.host.did.borrow(), [Did::Mouse(false), Did::Mouse(true)]);
}

#[test]
fn signals_and_keys_end_it() {
    for (input, end) in [
        (Input::End, End::Asked),
        (Input::Interrupt, End::Quit),
        (event(Key { code: KeyCode::Char('q'), control: false }), End::Quit),
        (event(Key { code: KeyCode::Char('c'), control: true }), End::Quit),
    ] {
        let mut typist = Typist::new();
        typist.keys("o").input(input.clone());
        if typist.end.is_none() {
            typist.keys("Esc").input(input);
        }
        assert_eq!(typist.end, Some(end));
    }
}
