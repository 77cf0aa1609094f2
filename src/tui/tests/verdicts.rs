//! Verdicts, explanations, the log's cursor, and what the coach says about what happened.

use crossterm::event::{KeyCode, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::Person;
use crate::tui::model::{Look, Model, Overlay};
use crate::tui::{Message, Signs, Theme, coach, draw, text, update};

/// At 120×40, where the verdicts stand beside the map.
fn person(look: Look) -> Person {
    Person { model: Model::opening((120, 40), look) }
}

/// Both withdraw 80 of 100, and ben reads a stock that lacks ana's purchase.
fn overdrawn(look: Look) -> Person {
    let mut person = person(look);
    person.key(' ');
    person.command("at 1s ana: account.withdraw joint 80").arrive();
    person.command("at 1.03s ben: account.withdraw joint 80").arrive();
    person.command("at 1.2s ana: stock.reserve mug 1").arrive();
    person.command("at 1.25s ben: stock.level mug").arrive();
    person.command("run 1s").arrive();
    person
}

fn picture(person: &Person) -> String {
    let (columns, rows) = person.model.size;
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("a test has a terminal");
    terminal.draw(|frame| draw(&person.model, frame)).expect("a test can draw");
    terminal.backend().to_string()
}

fn shows(person: &Person, texts: &[&str]) {
    let picture = picture(person);
    for text in texts {
        assert!(picture.contains(text), "no `{text}` in\n{picture}");
    }
}

/// Where a text stands, by columns and rows.
fn place(person: &Person, text: &str) -> (u16, u16) {
    let picture = picture(person);
    for (row, line) in picture.lines().enumerate() {
        if let Some(at) = line.find(text) {
            // The backend puts its rows in quotes.
            return (line[..at].chars().count() as u16 - 1, row as u16);
        }
    }
    panic!("no `{text}` in\n{picture}");
}

fn click(person: &mut Person, (column, row): (u16, u16)) {
    let kind = MouseEventKind::Down(MouseButton::Left);
    let modifiers = crossterm::event::KeyModifiers::NONE;
    update(&mut person.model, Message::Mouse(MouseEvent { kind, column, row, modifiers }));
}

#[test]
fn verdicts_show_what_holds_and_what_is_broken_with_its_witness() {
    let person = overdrawn(Look::default());
    shows(
        &person,
        &[
            "Verdicts · 1 broken",
            "✗ no-overdraft broken 1× in 2 withdrawals",
            "1.031s  no-overdraft  joint",
            "1.031s  no-overdraft  joint",
            "withdraw 80 at r1",
            "━◆ withdraw 80 at r3",
        ],
    );
}

#[test]
fn convergence_says_what_it_waits_for() {
    let mut person = person(Look::default());
    shows(&person, &["Verdicts · nothing broken", "✓ convergence"]);
    person.key('o').enter().wait_ms(200);
    shows(&person, &["? convergence", "not yet"]);
}

#[test]
fn enter_goes_to_the_violation_and_why_explains_it() {
    let mut person = overdrawn(Look::default());
    person.key('0').enter();
    assert_eq!(person.now_us(), 1_031_000);
    assert!(person.notice().contains("no-overdraft was broken at 1.031s; v explains"), "{}", person.notice());
    person.key('v');
    assert!(matches!(person.model.overlay, Overlay::Why(_)));
    shows(&person, &["Why was no-overdraft broken?", "which knew of 100: 20 left there", "it lacked ana's"]);
    person.press(KeyCode::Down).press(KeyCode::PageDown).press(KeyCode::Home).press(KeyCode::Esc);
    assert!(matches!(person.model.overlay, Overlay::None));
}

#[test]
fn why_is_about_the_chosen_line_else_about_what_happened_last() {
    let mut person = overdrawn(Look::default());
    person.key('v');
    shows(&person, &["Why did ben get 10 for stock.level mug?", "Stale by 48ms and 1 version"]);
    person.enter();
    assert_eq!(person.now_us(), 1_252_000, "Enter goes to its instant");
    person.key('9').press(KeyCode::Up).key('v');
    shows(&person, &["Why was ana's stock.reserve mug 1 done?", "r3 lacks it: the news was still under way"]);
    person.press(KeyCode::Esc).press(KeyCode::Up).press(KeyCode::Up).key('v');
    shows(&person, &["Why was no-overdraft broken?"]);
}

#[test]
fn with_nothing_to_explain_it_says_so() {
    let mut person = Person::new();
    person.key('v');
    assert!(person.notice().starts_with("nothing to explain yet"));
}

#[test]
fn a_claim_is_judged_when_asked() {
    let mut person = overdrawn(Look::default());
    person.key('0').press(KeyCode::Home).enter();
    assert!(person.notice().contains("no-overdraft: broken 1× in 2 withdrawals"), "{}", person.notice());
    person.press(KeyCode::Down).enter();
    assert!(person.notice().contains("convergence: holds over 3 writes"), "{}", person.notice());
}

#[test]
fn a_click_selects_and_another_goes_there() {
    let mut person = overdrawn(Look { mouse: true, ..Look::default() });
    let at = place(&person, "no-overdraft broken");
    click(&mut person, at);
    shows(&person, &["no-overdraft: no withdrawal is"]);
    let at = place(&person, "1.031s  no-overdraft  joint");
    click(&mut person, at);
    assert_eq!(person.now_us(), 2_250_000);
    let at = place(&person, "1.031s  no-overdraft  joint");
    click(&mut person, at);
    assert_eq!(person.now_us(), 1_031_000);
}

#[test]
fn the_log_has_a_cursor_that_goes_to_its_instant() {
    let mut person = overdrawn(Look { mouse: true, ..Look::default() });
    person.key('9').press(KeyCode::Up).enter();
    assert_eq!(person.now_us(), 1_202_000);
    person.press(KeyCode::Home).enter();
    assert_eq!(person.now_us(), 1_002_000);
    let mut person = overdrawn(Look { mouse: true, ..Look::default() });
    let at = place(&person, "1.202 ana stock.reserve");
    click(&mut person, at);
    click(&mut person, at);
    assert_eq!(person.now_us(), 1_202_000);
}

#[test]
fn filters_choose_lines() {
    let mut person = overdrawn(Look::default());
    person.key('9').key('z');
    shows(&person, &["Log · all"]);
    person.press(KeyCode::Right);
    let picture_of_operations = picture(&person);
    assert!(picture_of_operations.contains("Log · operations") && !picture_of_operations.contains("no-overdraft"));
    person.press(KeyCode::Right);
    shows(&person, &["Log · commands, faults", "nothing of this kind yet"]);
    person.press(KeyCode::Right);
    shows(&person, &["no-overdraft: ana withdrew"]);
    person.press(KeyCode::Left).press(KeyCode::Left).press(KeyCode::Left).press(KeyCode::Left);
    shows(&person, &["Log · with heartbeats", "heartbeat from r2 arrives"]);
    person.press(KeyCode::Left);
    let picture_of_messages = picture(&person);
    assert!(!picture_of_messages.contains("heartbeat from"), "{picture_of_messages}");
    for _ in 0..30 {
        person.press(KeyCode::Up);
    }
    shows(&person, &["Log · with messages", "newer below", "gossip to r3, 70ms under way"]);
}

#[test]
fn each_change_of_a_role_is_in_the_log() {
    let mut person = person(Look::default());
    person.key(' ');
    for line in ["policy account.* linearizable", "run 2s", "partition r1 | r2 r3", "run 3s", "heal", "run 2s"] {
        person.command(line).arrive();
    }
    person.key('9').key('z');
    for _ in 0..5 {
        person.press(KeyCode::Right);
    }
    let told = [
        "r1    leads term 1",
        "account.*: sealed",
        "account.*: bound",
        "r1    is a follower in term 1",
        "asks whether it would be elected after term 1",
        "asks for votes in term 2",
        "leads term 2",
        "r1    is a follower in term 2",
    ];
    shows(&person, &["Log · roles, switches"]);
    shows(&person, &told);
    assert!(!picture(&person).contains("partition r1 | r2"), "{}", picture(&person));
}

#[test]
fn a_scrolled_log_leaves_no_row_blank() {
    let mut person = overdrawn(Look::default());
    for number in 0..60 {
        person.command(&format!("slo {}ms", 1_000 + number));
    }
    person.key('9').key('z');
    for move_up in [0, 3, 40, 30] {
        for _ in 0..move_up {
            person.press(KeyCode::Up);
        }
        let picture = picture(&person);
        let rows: Vec<&str> = picture.lines().skip(4).take(33).collect();
        assert!(rows.iter().all(|row| row.chars().any(char::is_alphanumeric)), "{picture}");
        assert!(picture.contains('▸'), "{picture}");
    }
}

#[test]
fn find_goes_upwards_and_round_and_says_when_there_is_nothing() {
    let mut person = overdrawn(Look::default());
    person.command("find WITHDRAW");
    assert!(person.notice().starts_with("found at 1.032s"), "{}", person.notice());
    person.command("find withdraw");
    assert!(person.notice().starts_with("found at 1.002s"), "{}", person.notice());
    person.command("find withdraw");
    assert!(person.notice().contains("from the newest line again"), "{}", person.notice());
    person.command("find nobody");
    assert_eq!(person.notice(), "nothing in the log says nobody");
    // What a filter hides is found all the same.
    person.press(KeyCode::Right).press(KeyCode::Right).command("find mug");
    assert!(person.notice().contains("the filter had hidden"), "{}", person.notice());
}

#[test]
fn the_coach_speaks_of_what_happened_last() {
    let mut person = overdrawn(Look::default());
    let mut said = Vec::new();
    let mut says = |person: &mut Person, line: &str, expected: &str| {
        person.command(line).arrive();
        let hint = coach::hint(&person.model);
        assert!(hint.contains(expected), "after {line}: {hint}");
        assert!(text::columns(&hint) <= 76, "{hint}");
        assert!(expected.is_empty() || !said.contains(&hint), "{hint} comes twice");
        said.push(hint);
    };
    says(&mut person, "go 1.25s", "G was the news");
    says(&mut person, "go 1.252s", "ben read an old value. v tells");
    says(&mut person, "go 1.031s", "no-overdraft broken: each took what it saw; v: why");
    says(&mut person, "after 100ms crash r2 disk=keep", "r2 is down");
    says(&mut person, "after 100ms restart r2", "");
    says(&mut person, "after 100ms crash r2 disk=lose", "r2 lost its disk");
    says(&mut person, "after 100ms heal all", "");
    says(&mut person, "after 100ms pause ana", "ana is paused");
    says(&mut person, "after 100ms skew r1 +500ms", "r1's clock is off");
    says(&mut person, "after 100ms load w1 account.withdraw 20/s key=joint amount=5", "w1 runs");
}

#[test]
fn what_is_negative_or_down_is_said_in_words() {
    let mut person = overdrawn(Look::default());
    person.key('2').press(KeyCode::Down);
    shows(&person, &["✗ all the same, overdrawn by 60"]);
    person.command("crash r3 disk=keep");
    shows(&person, &["r3 -60  on its disk; it is down"]);
    person.command("ana: profile.set address \"New St\"").command("run 1s").arrive();
    person.press(KeyCode::Down).press(KeyCode::Down);
    shows(&person, &["r2 \"New St\"  by r1, stamped 2.25"]);
}

#[test]
fn the_data_say_how_much_a_replica_may_take_alone() {
    let mut person = overdrawn(Look::default());
    person.command("policy stock.reserve threshold(3)").command("run 2s").arrive();
    person.key('2');
    shows(&person, &["r1 9  may take 2 alone", "r3 9  may take 2 alone"]);
    person.command("ben: stock.reserve mug 2").command("run 5ms").arrive();
    let picture = picture(&person);
    assert!(picture.contains("r1 9  may take 2 alone") && !picture.contains("r3 7  may"), "{picture}");
}

#[test]
fn workloads_are_counted_in_the_title_of_the_log() {
    let mut person = overdrawn(Look::default());
    person.command("load w1 account.withdraw 20/s key=joint amount=5").command("run 2s").arrive();
    let picture = picture(&person);
    assert!(picture.contains("Log · w1 0 done") && picture.contains("refused"), "{picture}");
}

#[test]
fn verdicts_log_and_explanations_are_drawn_at_every_size() {
    let plain = Look { theme: Theme::Mono, signs: Signs::Ascii, ..Look::default() };
    for look in [Look::default(), plain] {
        let ascii = look.signs == Signs::Ascii;
        let mut person = overdrawn(look);
        person.command("partition r1 | r2 r3").command("ana: stock.reserve mug 1").command("run 1s").arrive();
        for keys in ["0", "0v", "9v", "9", "2", "0z", "9z", "0zv", "9zv"] {
            for key in keys.chars() {
                person.key(key);
            }
            for size in [(80, 24), (81, 25), (100, 24), (116, 34), (120, 40), (176, 46), (200, 60), (300, 90)] {
                person.model.size = size;
                let picture = picture(&person);
                let foreign: String = picture.chars().filter(|sign| !sign.is_ascii()).collect();
                assert!(!ascii || foreign.is_empty(), "{foreign} in\n{picture}");
            }
            person.press(KeyCode::Esc);
            person.model.zoomed = false;
        }
        for pane in ["0", "9", "2"] {
            person.key(pane.chars().next().unwrap_or('0'));
            for width in 0..=60 {
                for height in 0..=14 {
                    let area = ratatui::layout::Rect::new(0, 0, width, height);
                    let mut buffer = ratatui::buffer::Buffer::empty(area);
                    (person.model.focus.pane().draw)(&person.model, area, &mut buffer);
                }
            }
        }
    }
}
