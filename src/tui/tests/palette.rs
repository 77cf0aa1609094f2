//! The palette: lines, errors, completion, history.

use crossterm::event::KeyCode;

use super::Person;
use crate::tui::model::{Overlay, Tone};
use crate::tui::{Message, update};

fn line(person: &Person) -> &str {
    match &person.model.overlay {
        Overlay::Palette(palette) => palette.input.value(),
        other => panic!("the palette is not open: {other:?}"),
    }
}

#[test]
fn a_line_is_recorded_in_its_canonical_form() {
    let mut person = Person::new();
    person.command("partition   r1|r2  r3  # cut");
    assert_eq!(person.recorded(), ["partition r1 | r2 r3"]);
    assert!(matches!(person.model.overlay, Overlay::None));
}

#[test]
fn an_error_stays_open_and_points_at_its_column() {
    let mut person = Person::new();
    person.command("partition r1 | r4");
    let (column, message) = person.error();
    assert_eq!(column, 16);
    assert!(message.contains("did you mean r3?"), "{message}");
    assert_eq!(line(&person), "partition r1 | r4");
    // Mending the line takes the error away.
    person.press(KeyCode::Backspace).key('2').enter();
    assert_eq!(person.recorded(), ["partition r1 | r2"]);
}

#[test]
fn setup_says_how_it_is_done() {
    let mut person = Person::new();
    person.command("seed 9");
    assert!(person.error().1.contains("driftlab replay FILE"), "{:?}", person.error());
}

#[test]
fn tab_completes_and_goes_round() {
    let mut person = Person::new();
    person.key(':').type_in("part").press(KeyCode::Tab);
    assert_eq!(line(&person), "partition ");
    person.type_in("r").press(KeyCode::Tab).press(KeyCode::Tab);
    assert_eq!(line(&person), "partition r2 ");
    person.press(KeyCode::Esc).key(':').type_in("ana: stock.res").press(KeyCode::Tab);
    assert!(line(&person).starts_with("ana: stock.res"), "{}", line(&person));
    person.press(KeyCode::Esc).key(':').type_in("crash r2 disk=l").press(KeyCode::Tab);
    assert_eq!(line(&person), "crash r2 disk=lose ");
}

#[test]
fn earlier_lines_come_back() {
    let mut person = Person::new();
    person.command("isolate r1").command("heal");
    person.key(':').type_in("x").press(KeyCode::Up);
    assert_eq!(line(&person), "heal");
    person.press(KeyCode::Up).press(KeyCode::Up);
    assert_eq!(line(&person), "isolate r1");
    person.press(KeyCode::Down).press(KeyCode::Down);
    assert_eq!(line(&person), "x");
}

#[test]
fn expectations_say_what_was_found() {
    let mut person = Person::new();
    person.command("expect r1.stock[mug] == 10");
    assert_eq!(person.model.notice.as_ref().map(|notice| notice.tone), Some(Tone::Met), "{}", person.notice());
    person.command("expect r1.stock[mug] == 11");
    assert!(person.notice().ends_with("it is 10"), "{}", person.notice());
}

#[test]
fn time_can_be_typed() {
    let mut person = Person::new();
    person.command("run 3s").arrive();
    assert_eq!(person.now_us(), 3_000_000);
    person.command("go 1.2s");
    assert_eq!(person.now_us(), 1_200_000);
    person.command("at 2s isolate r2").arrive();
    assert_eq!((person.now_us(), person.recorded()), (2_000_000, vec!["isolate r2"]));
    person.command("after 50ms heal").arrive();
    assert_eq!(person.now_us(), 2_050_000);
    person.command("run until converged within 1s").arrive();
    assert!(person.notice().starts_with("so it is"), "{}", person.notice());
    person.command("mark here").command("step").command("back").command("help partition");
    assert!(matches!(person.model.overlay, Overlay::Help(_)));
}

#[test]
fn a_pasted_text_loses_its_escapes() {
    let mut person = Person::new();
    person.key(':').type_in("()").press(KeyCode::Left);
    update(&mut person.model, Message::Paste("he\u{1b}[31mal\n".to_owned()));
    assert_eq!(line(&person), "(he[31mal)");
}

#[test]
fn any_line_may_be_typed() {
    for text in
        ["", "   ", "#", ":", "漢字 漢", "\"open", "at", "at 5", "help nothing", "step r2", "go 900h", "speed -1"]
    {
        let mut person = Person::new();
        person.command(text).press(KeyCode::Tab).enter().press(KeyCode::Up).press(KeyCode::Esc);
        assert!(person.recorded().is_empty(), "{text}");
    }
}

#[test]
fn who_shall_be_the_primary_and_levels_with_options_are_completed() {
    let candidates = |before: &str| -> Vec<String> {
        let person = Person::new();
        let found = crate::tui::complete::at(&person.model, before).candidates;
        found.into_iter().map(|candidate| candidate.text).collect()
    };
    assert_eq!(candidates("promo"), ["promote"]);
    assert_eq!(candidates("promote r")[..3], ["r1", "r2", "r3"]);
    assert_eq!(candidates("failover ")[..3], ["auto", "manual", "timeout="]);
    assert_eq!(candidates("policy account.* primary"), ["primary(semi-sync=1)", "primary(local)"]);
    assert!(candidates("policy account.* lin").contains(&"linearizable(lease-read)".to_owned()));
}
