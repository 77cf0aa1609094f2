//! Damaged lessons and progress files: located errors, no panic, nothing for a terminal to obey.

#![allow(clippy::unwrap_used, reason = "in a test, what fails may panic")]

use driftlab::base::shown::is_hidden;
use driftlab::lab::sitting::Sitting;
use driftlab::lesson::check::limits;
use driftlab::lesson::progress::{LessonProgress, Progress, ProgressError, Standing};
use driftlab::lesson::{Input, Lesson, LessonSession, read_lesson};
use std::sync::Arc;

use super::mutate::{Draw, MUTATIONS};

const LESSONS: [&str; 4] = [
    include_str!("../../lessons/part-00-the-tour.md"),
    include_str!("../../lessons/part-00-it-is-physics.md"),
    include_str!("../../lessons/part-00-how-late-is-the-news.md"),
    include_str!("../../lessons/part-02-the-joint-account.md"),
];

/// Sequences that a terminal would obey, raw and as TOML would write them.
const ESCAPES: [&str; 6] = ["\u{1b}[2J", "\\u001b[2J", "\u{9b}31m", "\u{202e}", "\u{7}", "\\u0007"];

fn is_clean(text: &str) -> bool {
    !text.chars().any(is_hidden)
}

/// Opens every page of a lesson.
fn leaf_through(lesson: Lesson) {
    let mut sitting = Sitting::default();
    let steps = 10;
    let mut session = LessonSession::new(Arc::new(lesson), LessonProgress::default());
    session.begin(&mut sitting);
    for number in 1..=steps {
        if number != 7 && number != 8 {
            session.handle(Input::Jump(number), &mut sitting);
        }
        let page = session.page();
        let options = page.options.iter().map(|option| option.text.as_str());
        let texts = page.paragraphs.iter().map(String::as_str).chain(options);
        assert!(texts.chain([page.title.as_str()]).all(is_clean));
    }
}

#[test]
fn five_hundred_damaged_lessons_are_refused_with_places_or_played() {
    let mut draw = Draw::new(4);
    let (mut refused, mut read) = (0, 0);
    for round in 0..500 {
        let mut text = (*draw.pick(&LESSONS)).to_owned();
        for _ in 0..=draw.below(3) {
            text = draw.pick(MUTATIONS)(&mut draw, &text);
        }
        if round % 3 == 0 {
            let at = (0..=draw.below(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            text.insert_str(at, draw.pick::<&str>(&ESCAPES));
        }
        if round % 17 == 0 {
            let at = (0..=draw.below(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            text.truncate(at);
        }
        match read_lesson("damaged\u{1b}.md", &text) {
            Err(errors) => {
                refused += 1;
                assert!(!errors.is_empty());
                for error in errors {
                    assert!(error.line >= 1 && error.column >= 1, "{error}");
                    assert!(is_clean(&error.to_string()), "{:?}", error.to_string());
                    assert!(error.message.len() > 10, "{error}");
                }
            }
            Ok(lesson) => {
                read += 1;
                assert!(limits(&lesson).iter().all(|finding| is_clean(&finding.to_string())));
                if read % 10 == 0 {
                    leaf_through(lesson);
                }
            }
        }
    }
    assert!(refused > 100 && read > 50, "{refused} were refused, {read} read");
}

#[test]
fn five_hundred_damaged_progress_files_are_refused_with_places_or_read() {
    let mut whole = Progress::default();
    whole.current = Some("the-tour".to_owned());
    for id in ["the-tour", "it-is-physics", "a-lesson-of-mine"] {
        let mut lesson = LessonProgress { hints: 1, attempts: 2, step: "fix".to_owned(), ..LessonProgress::default() };
        lesson.reach(Standing::Solved);
        lesson.predictions.insert("predict".to_owned(), true);
        whole.lessons.insert(id.to_owned(), lesson);
    }
    let whole = whole.print();
    let mut draw = Draw::new(5);
    let (mut refused, mut read) = (0, 0);
    for round in 0..500 {
        let mut text = draw.pick(MUTATIONS)(&mut draw, &whole);
        if round % 2 == 0 {
            let at = (0..=draw.below(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            text.insert_str(at, draw.pick::<&str>(&ESCAPES));
        }
        match Progress::parse(&text) {
            Ok(progress) => {
                read += 1;
                assert!(progress.lessons.iter().all(|(id, lesson)| is_clean(id) && is_clean(&lesson.step)));
            }
            Err(error) => {
                refused += 1;
                assert!(is_clean(&error.to_string()), "{error:?}");
                let is_located = matches!(error, ProgressError::Damaged { line: 1.., .. } | ProgressError::Newer(_));
                assert!(is_located, "{error}");
            }
        }
    }
    assert!(refused > 100 && read > 50, "{refused} were refused, {read} read");
}

#[test]
fn a_lesson_can_open_nothing_and_start_nothing() {
    for line in [
        "open /etc/passwd",
        "save /tmp/x",
        "export jepsen out.edn",
        "!ls",
        "include other.lab",
        "shell ls",
        "replay a.lab",
    ] {
        let text = LESSONS[1].replacen("given stock mug 10\n", &format!("given stock mug 10\n{line}\n"), 1);
        let errors = read_lesson("greedy.md", &text).expect_err(line);
        assert!(errors.iter().any(|error| error.line > 30), "{errors:?}");
    }
    // What Markdown could fetch or run is text or nothing.
    let text = LESSONS[1].replacen(
        "Ana buys a blue mug",
        "![Ana](file:///etc/passwd) <script>x</script> [buys](https://example.org) a mug",
        1,
    );
    let lesson = read_lesson("linked.md", &text).unwrap();
    let hook = lesson.hook.paragraphs.join(" ");
    assert!(!hook.contains("passwd") && !hook.contains("<script>") && !hook.contains("https"), "{hook}");
}

#[test]
fn a_lesson_may_not_run_for_ever() {
    let text = LESSONS[1].replacen("run 10ms\n'''", "load w stock.level 100000/s key=mug\nrun 24h\n'''", 1);
    let lesson = read_lesson("endless.md", &text).unwrap();
    let mut sitting = Sitting::default();
    let mut session = LessonSession::new(Arc::new(lesson), LessonProgress::default());
    session.begin(&mut sitting);
    session.handle(Input::Jump(3), &mut sitting);
    let shows = session.handle(Input::Choose(1), &mut sitting);
    assert!(format!("{shows:?}").contains("this takes more than"), "{shows:?}");
}
