//! Time: speeds, steps, rewind, undo.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::Person;
use crate::tui::draw;

#[test]
fn the_lab_opens_running_slowly() {
    let mut person = Person::new();
    person.wait_ms(1_000);
    assert_eq!(person.now_us(), 100_000);
    person.key(' ').wait_ms(1_000);
    assert_eq!(person.now_us(), 100_000);
    assert!(!person.model.is_moving());
}

#[test]
fn a_paused_lab_draws_nothing_by_itself() {
    let mut person = Person::new();
    person.key(' ');
    assert!(person.model.take_redraw());
    person.wait_ms(100);
    assert!(!person.model.take_redraw());
}

#[test]
fn speeds_change_how_much_time_passes() {
    let mut person = Person::new();
    person.key('+').key('+').key('+').wait_ms(200);
    assert_eq!(person.now_us(), 200_000);
    person.key('-').wait_ms(200);
    assert_eq!(person.now_us(), 300_000);
    person.command("speed 2").wait_ms(200);
    assert_eq!(person.now_us(), 700_000);
}

#[test]
fn a_step_is_one_event_and_says_what_it_was() {
    let mut person = Person::new();
    let before = person.model.sitting.run().events();
    person.key('.').key('.').key('.');
    assert_eq!(person.model.sitting.run().events(), before + 3);
    assert!(person.notice().contains('r'), "{}", person.notice());
    let at = person.now_us();
    person.key('.').key(',');
    assert_eq!((person.model.sitting.run().events(), person.now_us()), (before + 3, at));
}

#[test]
fn stepping_back_to_the_start_keeps_the_scene() {
    let mut person = Person::new();
    person.key('.');
    for _ in 0..5 {
        person.key(',');
    }
    let view = person.model.sitting.run().cluster().view();
    assert_eq!(view.clients().count(), 3);
    assert_eq!(person.model.sitting.applied(), person.model.scene.setup);
}

#[test]
fn a_second_back_shows_the_same_again() {
    let mut person = Person::new();
    person.command("run 2s").arrive();
    person.key('o').enter();
    person.command("run 1s").arrive();
    let digest = person.model.sitting.run().digest();
    person.key('<');
    assert_eq!(person.now_us(), 2_000_000);
    assert_eq!(person.model.sitting.applied(), person.model.sitting.commands().len());
    person.key('<').key('>').arrive().key('>').arrive();
    assert_eq!(person.now_us(), 3_000_000);
    assert_eq!(person.model.sitting.run().digest(), digest);
}

#[test]
fn acting_in_the_past_keeps_what_came_after_as_a_branch() {
    let mut person = Person::new();
    person.command("run 1s").arrive().key('p').enter();
    person.command("go 500ms").key('i');
    assert_eq!(person.recorded(), ["isolate r1"]);
    assert_eq!(person.model.sitting.branches().len(), 1);
    assert!(person.notice().contains("branch"), "{}", person.notice());
}

#[test]
fn undo_takes_back_commands_but_never_the_scene() {
    let mut person = Person::new();
    person.command("run 1s").arrive().key('p').enter();
    person.command("run 1s").arrive().key('h');
    person.key('u');
    assert_eq!((person.recorded(), person.now_us()), (vec!["partition r1 | r2 r3"], 2_000_000));
    person.key('u');
    assert_eq!((person.recorded(), person.now_us()), (vec![], 1_000_000));
    person.key('u');
    assert_eq!(person.model.sitting.commands().len(), person.model.scene.setup);
    assert!(person.notice().contains("nothing to undo"));
}

#[test]
fn a_recording_does_not_depend_on_frames() {
    let play = |frames: &[u64]| {
        let mut person = Person::new();
        person.key('o').enter();
        for ms in frames {
            let elapsed = std::time::Duration::from_millis(*ms);
            crate::tui::update(&mut person.model, crate::tui::Message::Frame { elapsed });
        }
        assert_eq!(person.now_us(), 60_000);
        person.model.sitting.run().digest()
    };
    assert_eq!(play(&[200, 200, 200]), play(&[1; 600]));
}

#[test]
fn a_sleeping_machine_does_not_make_the_world_jump() {
    let mut person = Person::new();
    let elapsed = std::time::Duration::from_secs(3600);
    crate::tui::update(&mut person.model, crate::tui::Message::Frame { elapsed });
    assert!(person.now_us() <= 25_000);
}

#[test]
fn the_title_tells_time_in_milliseconds_whether_it_runs_or_not() {
    let mut person = Person::new();
    person.key(' ').command("run 1s").arrive();
    while person.now_us().is_multiple_of(1_000) {
        person.key('.');
    }
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).expect("a test has a terminal");
    terminal.draw(|frame| draw(&person.model, frame)).expect("a test can draw");
    let picture = terminal.backend().to_string();
    let title = picture.lines().next().expect("a screen has a first row");
    let now_ms = (person.now_us() + 500) / 1_000;
    assert!(title.contains(&format!("t {}.{:03}s ", now_ms / 1_000, now_ms % 1_000)), "{title}");
}
