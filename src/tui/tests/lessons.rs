//! Each lesson, played to its end at 80×24 with keys: what its key list types at a prompt, done on the screen.

use crossterm::event::KeyCode;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::Person;
use crate::lesson::session::Action;
use crate::lesson::{Catalogue, Progress, Standing, Step};
use crate::tui::model::{Look, Model, Overlay};
use crate::tui::{draw, panes::PaneId};

fn at(number: usize) -> Person {
    let mut model = Model::course(Catalogue::built_in(), Progress::default(), (80, 24), Look::default());
    crate::tui::course::open(&mut model, &number.to_string()).expect("the lesson is built");
    Person { model }
}

impl Person {
    /// Does what the prompt's words do, with keys of the screen.
    fn prompt(&mut self, words: &str) {
        match (words, words.parse::<usize>()) {
            ("next" | "", _) => {
                self.key('n');
                if matches!(self.model.overlay, Overlay::Palette(_)) {
                    self.press(KeyCode::Esc);
                }
            }
            (_, Ok(number)) if self.offers(Action::Choose) => {
                assert_eq!(self.model.focus, PaneId::Coach, "the coach has the focus when it asks");
                self.press(KeyCode::Home);
                for _ in 1..number {
                    self.press(KeyCode::Down);
                }
                self.enter();
            }
            _ if self.offers(Action::Answer) => {
                self.key('n').type_in(words).enter();
            }
            (words, _) => {
                self.command(words);
            }
        }
        self.wait_ms(40).arrive();
        while self.model.course.is_grading() {
            self.wait_ms(20);
        }
        self.draw();
    }

    fn offers(&self, action: Action) -> bool {
        self.model.course.page().is_some_and(|page| page.actions.contains(&action))
    }

    fn draw(&self) {
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).expect("a test has a terminal");
        terminal.draw(|frame| draw(&self.model, frame)).expect("a test can draw");
    }
}

#[test]
fn every_lesson_can_be_played_to_its_end_with_keys() {
    let catalogue = Catalogue::built_in();
    let lessons = catalogue.lessons();
    assert!(lessons.len() >= 3);
    for (number, lesson) in (1..).zip(lessons) {
        let mut person = at(number);
        for (index, words) in lesson.keys.iter().enumerate() {
            let step = person.model.course.page().map(|page| page.step);
            assert!(step.is_some(), "{}: over before key {index} ({words})", lesson.head.id);
            person.prompt(words);
        }
        assert!(
            person.model.course.session.is_none(),
            "{} is not over: {:?}",
            lesson.head.id,
            person.model.course.page()
        );
        assert_eq!(person.model.course.progress.standing(&lesson.head.id), Standing::Solved, "{}", lesson.head.id);
        assert!(matches!(person.model.overlay, Overlay::Chooser(_)), "the menu of lessons is open");
    }
}

#[test]
fn the_course_goes_on_where_it_was_left() {
    let mut person = at(2);
    for words in ["next", "next", "3"] {
        person.prompt(words);
    }
    let progress = person.model.course.progress.clone();
    let model = Model::course(Catalogue::built_in(), progress, (80, 24), Look::default());
    let page = model.course.page().expect("a lesson is open");
    assert_eq!((page.title.as_str(), page.step), ("It is physics", Step::Predict));
}

#[test]
fn a_lesson_can_be_left_for_the_sandbox_and_taken_up_again() {
    let mut person = at(1);
    person.prompt("next");
    let commands = person.model.sitting.commands().len();
    person.command("sandbox");
    assert!(person.model.course.session.is_none());
    assert_eq!(person.model.sitting.commands().len(), commands);
    person.key('L').enter();
    assert!(person.model.course.session.is_some());
}

#[test]
fn what_cannot_be_taken_back_is_asked_first() {
    let mut person = at(1);
    person.prompt("next");
    person.command("reset");
    assert!(matches!(person.model.overlay, Overlay::Chooser(_)));
    person.press(KeyCode::Esc);
    assert_eq!(person.model.course.page().map(|page| page.step), Some(Step::Scene));
    person.command("reset").enter();
    assert_eq!(person.model.course.page().map(|page| page.step), Some(Step::Hook));
}
