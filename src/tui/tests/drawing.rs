//! Pictures of every size and cluster, without a panic.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::Person;
use crate::tui::model::{Look, Model};
use crate::tui::{Signs, Theme, draw, scene};

fn plain() -> Look {
    Look { theme: Theme::Mono, signs: Signs::Ascii, ..Look::default() }
}

fn drawn(model: &Model, (columns, rows): (u16, u16)) -> String {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("a test has a terminal");
    terminal.draw(|frame| draw(model, frame)).expect("a test can draw");
    terminal.backend().to_string()
}

fn cluster(replicas: usize, look: Look) -> Person {
    let script = format!("cluster {replicas} topology=wan\nclients ana ben cyd dan\ngiven stock mug 10\n");
    Person { model: Model::of(scene::set_up("Cluster", &script), (80, 24), look) }
}

#[test]
fn clusters_of_every_size_are_drawn_in_every_state() {
    for replicas in 1..=9 {
        for look in [Look::default(), plain()] {
            let mut person = cluster(replicas, look.clone());
            person.key('o').enter().key('p').enter().wait_ms(1_000);
            person.key('k').enter().key('c').enter().wait_ms(500);
            for open in [None, Some('o'), Some(':'), Some('?')] {
                if let Some(key) = open {
                    person.key(key);
                }
                for pane in "12345690".chars() {
                    if open.is_none() {
                        person.key(pane).key('z');
                        drawn(&person.model, (80, 24));
                        person.key('z');
                    }
                    for size in [(80, 24), (81, 25), (120, 40), (200, 60), (300, 24), (80, 100)] {
                        drawn(&person.model, size);
                    }
                }
                person.press(crossterm::event::KeyCode::Esc);
            }
        }
    }
}

#[test]
fn an_ascii_terminal_gets_nothing_else() {
    let mut person = cluster(3, plain());
    person.key('o').enter().key('p').enter().wait_ms(1_000);
    for open in [' ', 'o', ':', '?'] {
        person.key(open);
        let picture = drawn(&person.model, (80, 24));
        let foreign: Vec<char> = picture.chars().filter(|sign| !sign.is_ascii()).collect();
        assert!(foreign.is_empty(), "{foreign:?} in\n{picture}");
        person.press(crossterm::event::KeyCode::Esc);
    }
}

#[test]
fn coach_lines_fit_the_narrowest_screen() {
    let mut person = Person::new();
    let mut check = |keys: &str| {
        for key in keys.chars() {
            if key == '\n' {
                person.enter()
            } else {
                person.key(key)
            };
        }
        let hint = crate::tui::coach::hint(&person.model);
        assert!(crate::tui::text::columns(&hint) <= 76, "{hint}");
        hint
    };
    let hints = ["", "o\n", "p\n", "o\n", "h"].map(&mut check);
    for (index, hint) in hints.iter().enumerate() {
        assert!(!hints[..index].contains(hint), "{hint} comes twice");
    }
}
