//! Lists of the course: the ways through a lesson, and all lessons.

use crate::lesson::catalogue::PARTS;
use crate::lesson::{Input, LessonSession, Step};
use crate::tui::chooser::{Choice, Chooser};
use crate::tui::model::{Model, Overlay};

use super::{tell, title};

/// This lesson's steps, and the ways out of it.
pub(crate) fn ways(model: &Model) -> Chooser {
    let Some(session) = &model.course.session else { return menu(model) };
    let here = session.step();
    let steps = Step::ALL.iter().filter_map(|step| Some((step, session.number_of(*step)?)));
    let choice = |line: &str, about: &str| Choice { line: line.to_owned(), about: about.to_owned() };
    let mut choices: Vec<Choice> = steps
        .map(|(step, number)| {
            let here = if *step == here { ", where you are" } else { "" };
            Choice { line: format!("jump {number}"), about: format!("{}{here}", step.name()) }
        })
        .collect();
    choices.extend([
        choice("test-out", "go straight to the fix, without hints"),
        choice("again", "begin the world of this step again"),
        choice("solution", "show the solution; asked first"),
        choice("reset", "begin this lesson again; asked first"),
        choice("skip", "leave this lesson out"),
        choice("sandbox", "leave the lesson, keep the cluster as it stands"),
        choice("lessons", "all lessons"),
    ]);
    let selected = choices.iter().position(|choice| choice.about.ends_with("where you are")).unwrap_or(0);
    Chooser { selected, ..Chooser::new(title(session.lesson()), choices) }
}

/// The lessons by parts, with minutes and standing, and the sandbox.
pub(crate) fn menu(model: &Model) -> Chooser {
    let course = &model.course;
    let entries = course.catalogue.entries(&course.progress);
    let to_come = entries.iter().filter(|entry| entry.standing.is_none()).count();
    let built = entries.iter().filter(|entry| entry.standing.is_some());
    let mut choices: Vec<Choice> = built
        .map(|entry| {
            let name = entry.number.map_or_else(|| entry.id.clone(), |number| number.to_string());
            let standing = entry.standing.map_or("", |standing| standing.name());
            let part = PARTS.get(usize::from(entry.part)).copied().unwrap_or("Shelf");
            let needs =
                if entry.missing.is_empty() { String::new() } else { format!(", after {}", entry.missing.join(", ")) };
            let about = format!("{} · {part} · {} min · {standing}{needs}", entry.title, entry.minutes);
            Choice { line: format!("lesson {name}"), about }
        })
        .collect();
    choices.push(Choice { line: "sandbox".to_owned(), about: "no lesson: the cluster as it stands".to_owned() });
    let next = course.catalogue.next(&course.progress).map(|lesson| &lesson.head.id);
    let selected = entries.iter().filter(|entry| entry.standing.is_some()).position(|entry| Some(&entry.id) == next);
    Chooser {
        selected: selected.unwrap_or(0),
        ..Chooser::new(format!("Lessons · {to_come} more are still to come"), choices)
    }
}

/// Asks before something that cannot be taken back.
pub(crate) fn ask(model: &mut Model, input: Input) {
    tell(model, input);
    let question = model.course.said.last().map(|(_, text)| text.clone()).unwrap_or_default();
    if model.course.session.as_ref().is_some_and(LessonSession::is_asking) {
        let choices = vec![
            Choice { line: "yes".to_owned(), about: "do it".to_owned() },
            Choice { line: "no".to_owned(), about: "leave it".to_owned() },
        ];
        model.overlay = Overlay::Chooser(Chooser::new(question, choices));
    }
}
