//! Keys and lists become recorded commands.

use crossterm::event::KeyCode;

use super::Person;
use crate::lab::language::parse::parse_line;
use crate::tui::model::{Model, Overlay};
use crate::tui::{choices, keys};

#[test]
fn every_key_that_acts_records_its_line() {
    let mut person = Person::new();
    person.key('o').enter();
    person.key('p').enter();
    person.key('h').key('H').key('i').key('h');
    person.key('k').enter();
    person.key('c').enter();
    assert_eq!(
        person.recorded(),
        [
            "ana: stock.reserve mug 1",
            "partition r1 | r2 r3",
            "heal",
            "heal all",
            "isolate r1",
            "heal",
            "skew r1 +80ms",
            "crash r1 disk=keep",
        ]
    );
}

#[test]
fn lists_are_about_what_is_selected() {
    let mut person = Person::new();
    person.press(KeyCode::Right).press(KeyCode::Right);
    person.key('c').press(KeyCode::Down).enter();
    person.key('c').enter();
    person.key('k').type_in("-50").enter();
    assert_eq!(person.recorded(), ["crash r3 disk=lose", "restart r3", "skew r3 -500ms"]);
}

#[test]
fn operations_are_about_the_selected_key_and_the_chosen_client() {
    let mut person = Person::new();
    person.key('2').press(KeyCode::Down);
    person.key('o').press(KeyCode::Right).enter();
    assert_eq!(person.recorded(), ["ben: account.withdraw joint 80"]);
    // The next list opens for the same client; letters filter it.
    person.key('o').type_in("likes add").enter();
    assert_eq!(person.recorded()[1], "ben: likes.add photo 1");
}

#[test]
fn a_workload_that_runs_can_be_stopped() {
    let mut person = Person::new();
    person.key('w').enter();
    person.wait_ms(1_000);
    person.key('w').enter();
    person.key('w').enter();
    let lines = person.recorded();
    assert!(lines[0].starts_with("load w1 account.withdraw 20/s key=joint"), "{lines:?}");
    assert_eq!(lines[1], "stop w1");
    assert!(lines[2].starts_with("load w2 "), "{lines:?}");
}

#[test]
fn escape_leaves_a_list_without_doing_anything() {
    let mut person = Person::new();
    for key in ['o', 'p', 'c', 'k', 'w'] {
        person.key(key).press(KeyCode::Esc);
        assert!(matches!(person.model.overlay, Overlay::None));
    }
    assert!(person.recorded().is_empty());
}

#[test]
fn a_filter_that_fits_nothing_does_nothing() {
    let mut person = Person::new();
    person.key('p').type_in("zzz").enter();
    assert!(person.recorded().is_empty());
}

#[test]
fn every_choice_is_a_line_of_the_language() {
    let mut person = Person::new();
    person.key('w').enter().command("policy likes.* primary");
    let lists: [fn(&Model) -> crate::tui::chooser::Chooser; 6] = [
        choices::partitions,
        choices::crashes,
        choices::clocks,
        choices::operations,
        choices::loads,
        choices::policies,
    ];
    for list in lists {
        let chooser = list(&person.model);
        assert!(!chooser.choices.is_empty(), "{} is empty", chooser.title);
        for choice in &chooser.choices {
            let parsed = parse_line(&choice.line, &mut person.model.declared());
            assert!(matches!(parsed, Ok(Some(_))), "{}: {parsed:?}", choice.line);
        }
    }
}

#[test]
fn levels_with_their_options_are_offered_first_for_what_is_chosen() {
    let mut person = Person::new();
    let levels = |person: &Person| -> Vec<String> {
        let lines = choices::policies(&person.model).choices.into_iter().map(|choice| choice.line);
        lines.filter(|line| line.starts_with("policy ")).collect()
    };
    let of_stock = [
        "policy stock.* eventual",
        "policy stock.* session(affinity)",
        "policy stock.* session(wait,100ms)",
        "policy stock.* session(token)",
        "policy stock.* causal",
        "policy stock.* bounded(500ms)",
        "policy stock.* quorum(2,2,3)",
        "policy stock.* quorum(2,2,3,write-back)",
        "policy stock.* primary",
        "policy stock.* primary(semi-sync=1)",
        "policy stock.* primary(local)",
        "policy stock.* linearizable",
        "policy stock.* linearizable(lease-read)",
        "policy stock.* threshold(5)",
        "policy stock.restock eventual",
    ];
    let mut offered = levels(&person);
    offered.retain(|line| line.contains(" stock."));
    let count = of_stock.len();
    assert_eq!(offered[..count], of_stock, "a mug is chosen, and who only adds has no threshold");
    assert!(offered[count..].iter().all(|line| !line.starts_with("policy stock.restock threshold")));
    assert_eq!(levels(&person)[0], of_stock[0]);
    person.key('5').press(KeyCode::Home);
    let of_operation = levels(&person);
    let spec = &crate::base::operation::OPERATIONS[0];
    assert_eq!(of_operation[0], format!("policy {}.* eventual", spec.service.name()));
    assert_eq!(of_operation[count - 1], format!("policy {} eventual", spec.name));
    let mut once = of_operation.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), of_operation.len(), "nothing is offered twice");
    person.key('b').type_in("account.* primary(local").enter();
    assert_eq!(person.recorded(), ["policy account.* primary(local)"]);
}

#[test]
fn once_the_primarys_log_is_in_use_another_primary_is_offered() {
    let lines = |person: &Person| -> Vec<String> {
        choices::crashes(&person.model).choices.into_iter().map(|choice| choice.line).collect()
    };
    let mut person = Person::new();
    person.press(KeyCode::Right);
    assert!(lines(&person).iter().all(|line| line.contains("r2")), "{:?}", lines(&person));
    person.command("policy account.* primary");
    assert_eq!(lines(&person)[3..], ["promote r2", "failover auto timeout=1s"]);
    person.key('c').type_in("promote").enter();
    assert_eq!(person.recorded(), ["policy account.* primary", "promote r2"]);
    assert_eq!(lines(&person)[3..], ["failover auto timeout=1s"], "it is the primary now");
}

#[test]
fn a_command_that_cannot_be_is_an_error_and_not_recorded() {
    let mut person = Person::new();
    person.command("restart r1");
    assert!(person.error().1.contains("r1 is up"), "{:?}", person.error());
    assert!(person.recorded().is_empty());
}

#[test]
fn control_c_leaves_from_everywhere() {
    use crossterm::event::{KeyEvent, KeyModifiers};
    for open in ['o', ':', '?', ' '] {
        let mut person = Person::new();
        person.key(open);
        let key = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        crate::tui::update(&mut person.model, crate::tui::Message::Key(key));
        assert!(person.model.wants_to_quit());
    }
}

#[test]
fn every_key_of_the_table_can_be_pressed_twice_in_every_pane() {
    let codes = keys::KEYS.iter().flat_map(|row| row.keys).map(|(key, _)| key.code);
    for code in codes {
        for pane in "12345690".chars() {
            let mut person = Person::new();
            person.key(pane).press(code).wait_ms(100);
            person.press(code).wait_ms(100).press(KeyCode::Esc);
        }
    }
}
