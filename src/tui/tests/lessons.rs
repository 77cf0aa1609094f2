//! Each lesson, played to its end at 80×24 with keys: what its key list types at a prompt, done on the screen.

use crossterm::event::KeyCode;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::Person;
use crate::lesson::session::Action;
use crate::lesson::{Catalogue, Progress, Standing, Step};
use crate::tui::model::{Look, Model, Overlay, Tone};
use crate::tui::{draw, panes::PaneId};

/// Seeds of a grading here: how a fix holds over all of them is proved elsewhere.
const SEEDS: u32 = 20;

fn at(number: usize) -> Person {
    opened(Catalogue::built_in(), &number.to_string())
}

/// All lessons, graded over few seeds.
fn quick() -> Catalogue {
    let mut catalogue = Catalogue::built_in();
    for lesson in Catalogue::built_in().lessons() {
        let seeds = format!("\nseeds = {}\n", lesson.head.seeds);
        let text = lesson.source.text.replacen(&seeds, &format!("\nseeds = {SEEDS}\n"), 1);
        catalogue.add(&lesson.source.file, &text);
    }
    catalogue
}

/// At a lesson by its id or its number.
fn opened(catalogue: Catalogue, name: &str) -> Person {
    let mut model = Model::course(catalogue, Progress::default(), (80, 24), Look::default());
    crate::tui::course::open(&mut model, name).expect("the lesson is built");
    Person { model }
}

impl Person {
    /// Does what the prompt's words do, with keys of the screen.
    fn prompt(&mut self, words: &str) {
        match (words, words.parse::<usize>()) {
            ("next" | "", _) => {
                while crate::tui::panes::read_on(&mut self.model) {}
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
        while self.model.course.is_working() {
            self.wait_ms(20);
        }
        self.draw();
    }

    fn offers(&self, action: Action) -> bool {
        self.model.course.page().is_some_and(|page| page.actions.contains(&action))
    }

    fn draw(&self) -> String {
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).expect("a test has a terminal");
        terminal.draw(|frame| draw(&self.model, frame)).expect("a test can draw");
        terminal.backend().to_string()
    }
}

#[test]
fn every_lesson_can_be_played_to_its_end_with_keys() {
    let catalogue = Catalogue::built_in();
    let lessons = catalogue.lessons();
    assert!(lessons.len() >= 3);
    for lesson in lessons {
        let mut person = opened(quick(), &lesson.head.id);
        for (index, words) in lesson.keys.iter().enumerate() {
            let step = person.model.course.page().map(|page| page.step);
            assert!(step.is_some(), "{}: over before key {index} ({words})", lesson.head.id);
            person.prompt(words);
        }
        let page = person.model.course.page().expect("the coach says how it went");
        assert_eq!((page.step, &page.title), (Step::Done, &lesson.head.title), "{page:?}");
        assert!(page.paragraphs.iter().any(|text| text.contains(&lesson.head.idea)), "{page:?}");
        assert_eq!(person.model.course.progress.standing(&lesson.head.id), Standing::Solved, "{}", lesson.head.id);
        person.prompt("next");
        let next = person.model.course.page().map(|page| page.title);
        assert_ne!(next.as_ref(), Some(&lesson.head.title), "n opens the next lesson");
    }
}

#[test]
fn one_press_does_one_thing_to_do() {
    for lesson in Catalogue::built_in().lessons() {
        let (id, mut person) = (&lesson.head.id, opened(Catalogue::built_in(), &lesson.head.id));
        person.prompt("jump 4");
        let task = |person: &Person| person.model.course.page().and_then(|page| page.task).map(|task| task.number);
        while let Some(before) = task(&person) {
            person.prompt("next");
            person.arrive();
            let after = task(&person);
            assert!(after.is_none_or(|after| after == before + 1), "{id}: {before}, then {after:?}");
        }
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
    let mut person = at(2);
    person.prompt("next");
    person.command("reset");
    assert!(matches!(person.model.overlay, Overlay::Chooser(_)));
    person.press(KeyCode::Esc);
    assert_eq!(person.model.course.page().map(|page| page.step), Some(Step::Scene));
    person.command("reset").enter();
    assert_eq!(person.model.course.page().map(|page| page.step), Some(Step::Hook));
}

#[test]
fn n_reads_on_before_it_goes_on() {
    let mut person = at(2);
    person.command("jump 6");
    let mut pages = 0;
    while person.model.course.page().is_some_and(|page| page.step == Step::Explain) {
        let hidden = person.model.course.hidden;
        person.key('n');
        let is_still = person.model.course.page().is_some_and(|page| page.step == Step::Explain);
        assert!(!is_still || person.model.course.hidden > hidden, "each time it shows more");
        pages += 1;
    }
    assert!(pages >= 2, "the explanation is longer than the coach at 80×24, and was left after {pages}");
}

#[test]
fn who_let_time_run_is_taken_back_before_the_next_thing_to_do() {
    let mut person = at(2);
    person.command("jump 4").command("run 5s").arrive();
    person.key('n').arrive();
    assert_eq!(person.recorded()[0], "ana: stock.reserve mug 1 via=r1");
    let said: Vec<&str> = person.model.course.said.iter().map(|(_, text)| text.as_str()).collect();
    assert!(said[0].contains("it was 5s already: back to 1s first"), "{said:?}");
}

#[test]
fn the_learner_sees_what_was_answered() {
    let mut person = at(2);
    person.command("jump 4");
    for _ in 0..3 {
        person.key('n').arrive();
    }
    let said: Vec<&str> = person.model.course.said.iter().map(|(_, text)| text.as_str()).collect();
    assert!(said.iter().any(|text| text.contains("ben: stock.level mug → 10 (by r3, stale 48ms")), "{said:?}");
}

#[test]
fn waiting_changes_nothing_on_the_screen_until_a_hint_is_there() {
    let mut person = at(1);
    person.command("test-out").wait_ms(1_000);
    person.model.take_redraw();
    let wait = |person: &mut Person, secs| {
        let elapsed = std::time::Duration::from_secs(secs);
        crate::tui::update(&mut person.model, crate::tui::Message::Waited { elapsed });
    };
    (0..44).for_each(|_| wait(&mut person, 1));
    assert!(person.model.wants_ticks() && !person.model.is_moving() && !person.model.take_redraw());
    wait(&mut person, 1);
    assert_eq!((person.notice(), person.model.wants_ticks()), ("stuck? t gives a hint", false));
}

#[test]
fn a_lesson_that_was_saved_is_taken_up_at_its_step() {
    let text = include_str!("../../../lessons/part-00-it-is-physics.md");
    let mut catalogue = Catalogue::built_in();
    catalogue.add("mine.md", text);
    let mut model = Model::course(catalogue, Progress::default(), (80, 24), Look::default());
    crate::tui::course::open(&mut model, "2").expect("it can be read");
    let mut person = Person { model };
    assert_eq!(person.model.lesson_file(), Some("mine.md"));
    person.command("jump 2");
    let saved = |text: String| crate::tui::Message::LessonSaved { file: "mine.md".to_owned(), text };
    crate::tui::update(&mut person.model, saved(text.replacen("One shop, three", "One store, three", 1)));
    let page = person.model.course.page().expect("it goes on");
    assert_eq!(page.step, Step::Scene);
    assert!(page.paragraphs[0].starts_with("One store"), "{page:?}");
    crate::tui::update(&mut person.model, saved(text.replacen("minutes = 10", "minutes = ten", 1)));
    assert!(person.notice().starts_with("mine.md:5:"), "{}", person.notice());
    let page = person.model.course.page().expect("it goes on");
    assert!(page.paragraphs[0].starts_with("One store"), "the old text goes on");
}

#[test]
fn recall_questions_are_asked_and_answered_on_the_screen() {
    let text = include_str!("../../../lessons/part-00-it-is-physics.md");
    let question =
        text.split_once("## Transfer\n").and_then(|(_, rest)| rest.split_once("## Further")).expect("both").0;
    let mut catalogue = Catalogue::built_in();
    catalogue.add("mine.md", &text.replacen("## Hook", &format!("## Recall\n{question}\n## Hook"), 1));
    let mut model = Model::course(catalogue, Progress::default(), (80, 24), Look::default());
    crate::tui::course::open(&mut model, "2").expect("it can be read");
    let mut person = Person { model };
    person.prompt("2");
    let page = person.model.course.page().expect("it goes on");
    assert_eq!((page.step, page.options[1].is_right), (Step::Recall, Some(true)));
    person.prompt("next");
    assert_eq!(person.model.course.page().map(|page| page.step), Some(Step::Hook));
}

#[test]
fn a_hint_is_read_once_and_at_once() {
    let mut person = at(2);
    person.prompt("jump 7");
    person.command("policy stock.level eventual via=r2");
    for number in 1..=2 {
        person.key('t');
        let picture = person.draw();
        assert_eq!(picture.to_lowercase().matches(&format!("hint {number}")).count(), 1, "{picture}");
        person.command("policy stock.level eventual via=r3");
    }
}

#[test]
fn a_question_that_is_answered_with_no_is_no_alarm() {
    let mut person = at(2);
    person.prompt("jump 4");
    person.command("expect r1.stock[mug] == 11");
    let notice = person.model.notice.as_ref().expect("it is answered");
    assert_eq!(
        (notice.tone, notice.text.as_str()),
        (Tone::Done, "no, it is 10: expect r1.stock[mug] == 11"),
        "a lesson's question"
    );
    assert!(!person.draw().contains('✗'), "{}", person.draw());
    person.command("expect r1.stock[mug] == 10");
    assert_eq!(person.model.notice.as_ref().map(|notice| notice.tone), Some(Tone::Met));
    person.command("sandbox").command("expect r1.stock[mug] == 11");
    assert_eq!(person.model.notice.as_ref().map(|notice| notice.tone), Some(Tone::Unmet));
}

#[test]
fn the_screen_says_how_to_choose_and_keeps_what_was_chosen_in_sight() {
    let mut person = at(2);
    person.prompt("jump 3");
    let asked = person.draw();
    assert!(asked.contains("Predict · 1-4 choose") && asked.contains("\" 1-4 choose  t hint"), "{asked}");
    person.key('n');
    assert_eq!(person.notice(), "first choose: 1-4 or the arrows; then n locks your answer");
    person.key('1');
    let chosen = person.draw();
    assert!(chosen.contains("Predict · n locks 1") && chosen.contains("\" n lock it  "), "{chosen}");
    person.key('n');
    let locked = person.draw();
    assert!(locked.contains("locked: 1) 9: Ana was told that it is done."), "{locked}");
    person.key('n').key('n').arrive().key('n').arrive();
    let running = person.draw();
    assert!(running.contains("Step 4/9 · Do") && running.contains("You predicted 1) 9: Ana was told"), "{running}");
    person.prompt("jump 6");
    let explained = person.draw();
    assert!(explained.contains("You predicted 1) 9") && explained.contains("The world says 3) 10"), "{explained}");
}

#[test]
fn the_question_stays_while_the_answer_is_typed() {
    let mut person = at(2);
    person.prompt("jump 5");
    person.key('n').type_in("11");
    let shown = person.draw();
    assert!(shown.contains("What did Ben read the first time") && shown.contains(": answer 11"), "{shown}");
}

#[test]
fn while_what_was_begun_is_on_its_way_the_next_key_says_what_it_does() {
    let mut person = at(2);
    person.prompt("jump 4");
    person.key('n');
    assert!(person.model.journey.is_some() && person.draw().contains("n skip ahead"), "{}", person.draw());
    person.arrive().command("run until alerts >= 1000 within 10m").key('n');
    assert!(person.notice().starts_with("time still runs, to "), "{}", person.notice());
    assert!(person.notice().ends_with("space stops it, then n goes on"), "{}", person.notice());
}

#[test]
fn a_fix_that_was_not_begun_says_what_is_open_and_how_to_go_on() {
    let mut person = at(2);
    person.prompt("jump 7");
    let shown = person.draw();
    assert!(shown.contains("○ every stock read is fresh — now: ") && shown.contains("ms, not yet"), "{shown}");
    while crate::tui::panes::read_on(&mut person.model) {}
    person.key('n');
    let (tone, words) = person.model.course.said.last().expect("it is answered").clone();
    assert!(words.contains("goals still open: every stock read is fresh — now: "), "{words}");
    assert!(words.contains("t gives a hint after an attempt, or in 45 s"), "{words}");
    assert_eq!(
        (tone, person.model.notice.is_none()),
        (Tone::Done, true),
        "too long for the line below: the coach has it"
    );
    assert!(!person.draw().contains('✗'), "{}", person.draw());
}

#[test]
fn what_is_tried_after_the_world_began_again_is_judged_too() {
    let mut person = at(2);
    person.prompt("jump 7");
    for _ in 0..2 {
        person.command("policy feed.read eventual via=r1").arrive();
        person.wait_ms(8_000);
        let said: Vec<&str> = person.model.course.said.iter().map(|(_, text)| text.as_str()).collect();
        assert!(said.iter().any(|text| text.starts_with("tried in a copy of this world")), "{said:?}");
        person.command("again");
    }
}

#[test]
fn what_is_hidden_above_is_counted_and_the_arrow_brings_it_back() {
    let mut person = at(2);
    person.prompt("jump 7");
    assert!(!person.draw().contains(" above"), "{}", person.draw());
    person.press(KeyCode::End);
    assert!(person.draw().contains(" above: ↑"), "{}", person.draw());
    for _ in 0..40 {
        person.press(KeyCode::Up);
    }
    assert!(!person.draw().contains(" above"), "{}", person.draw());
}

#[test]
fn a_promise_that_is_broken_twice_is_told_twice() {
    let mut person = at(4);
    person.prompt("jump 4");
    for _ in 0..6 {
        person.prompt("next");
        person.arrive();
    }
    let said: Vec<&str> = person.model.course.said.iter().map(|(_, text)| text.as_str()).collect();
    assert!(said.iter().any(|text| text.contains("read-your-writes, again: ana read \"Old St\"")), "{said:?}");
}
