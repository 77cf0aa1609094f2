//! The course on the screen: the lesson that is played, what it is told, and what it says.
//!
//! A lesson knows no screen; this is the way between the two. Lines that a lesson asks for are done by the screen, so
//! that they can be watched; the lesson is told that the world has changed.

use crate::base::Instant;
use crate::cluster::WorldCommand;
use crate::lab::language::statement::Statement;
use crate::lesson::catalogue::PARTS;
use crate::lesson::session::{Action, Ending};
use crate::lesson::{Catalogue, Input, Lesson, LessonSession, Page, Progress, Show, Step};

use super::chooser::{Choice, Chooser};
use super::model::{Model, Overlay, Request, Tone};
use super::palette::Palette;
use super::panes::PaneId;
use super::seen::Seen;
use super::{command, travel};

/// Events that a grading may process in a frame.
const GRADED_PER_FRAME: u64 = 60_000;
/// Frames between two looks at what is done, while time runs.
const FRAMES_PER_LOOK: u32 = 8;
/// What a lesson said that is still shown, at most.
const SAID_MAX: usize = 12;

/// The course.
#[derive(Debug, Default)]
pub(crate) struct Course {
    pub(crate) catalogue: Catalogue,
    pub(crate) progress: Progress,
    /// The lesson that is played.
    pub(crate) session: Option<LessonSession>,
    /// What it said since its page was turned, oldest first.
    pub(crate) said: Vec<(Tone, String)>,
    /// The option that is selected, from 0.
    pub(crate) option: usize,
    /// Lines of the page that are hidden above.
    pub(crate) hidden: usize,
    frames: u32,
    looked: (usize, Instant),
}

impl Course {
    /// What is to be seen of the lesson.
    pub(crate) fn page(&self) -> Option<Page> {
        self.session.as_ref().map(LessonSession::page)
    }

    /// Whether a grading is under way.
    pub(crate) fn is_grading(&self) -> bool {
        self.page().is_some_and(|page| page.grading.is_some())
    }
}

/// Opens the lesson to go on with: where the learner was, else the tour. Without one left it is the sandbox.
pub(crate) fn go_on(model: &mut Model) {
    let next = model.course.catalogue.next(&model.course.progress).map(|lesson| lesson.head.id.clone());
    if let Some(id) = next {
        open(model, &id).expect("the catalogue has what it names");
    }
}

/// Opens a lesson by its id or its number.
pub(crate) fn open(model: &mut Model, name: &str) -> Result<(), String> {
    let course = &model.course;
    let Some(lesson) = course.catalogue.lesson(name).cloned() else {
        let known =
            course.catalogue.is_known(name) || name.parse().is_ok_and(|number: usize| (1..=29).contains(&number));
        let words = if known { "is still to come" } else { "is no lesson" };
        return Err(format!("{name} {words}; `lessons` lists what there is"));
    };
    let progress = course.progress.lessons.get(&lesson.head.id).cloned().unwrap_or_default();
    let from = Step::parse(&progress.step);
    let mut session = LessonSession::new(lesson, progress);
    let shows = session.begin(&mut model.sitting);
    model.course.session = Some(session);
    entered(model, shows);
    if let Some(number) = from.and_then(|step| model.course.session.as_ref()?.number_of(step)) {
        tell(model, Input::Jump(number));
    }
    model.go_to_pane(PaneId::Coach);
    Ok(())
}

/// Leaves the lesson; the cluster stays as it stands.
fn leave(model: &mut Model) {
    model.course.session = None;
    model.course.said.clear();
    "Sandbox".clone_into(&mut model.scene.name);
    if model.focus == PaneId::Coach {
        model.go_to_pane(PaneId::Map);
    }
}

/// Tells the lesson something, and shows what it answers.
pub(crate) fn tell(model: &mut Model, input: Input) {
    let Some(mut session) = model.course.session.take() else {
        return model.say(Tone::Done, "no lesson is open; `lessons` lists them");
    };
    let before = session.step();
    let shows = session.handle(input, &mut model.sitting);
    let turned = before != session.step() || shows.contains(&Show::World);
    model.course.session = Some(session);
    if turned {
        entered(model, shows);
    } else {
        react(model, shows);
    }
}

/// Another step, and perhaps another world.
fn entered(model: &mut Model, shows: Vec<Show>) {
    let Some(session) = &model.course.session else { return };
    model.scene.setup = session.base().0;
    model.scene.name = title(session.lesson());
    model.seen = Seen::default();
    model.journey = None;
    model.pace.running = false;
    model.course.hidden = 0;
    model.course.option = 0;
    model.course.said.clear();
    if model.course.page().is_some_and(|page| page.actions.contains(&Action::Choose)) {
        model.go_to_pane(PaneId::Coach);
    }
    react(model, shows);
}

fn title(lesson: &Lesson) -> String {
    match crate::lesson::catalogue::number_of(&lesson.head.id) {
        Some(number) => format!("{number:02} {}", lesson.head.title),
        None => lesson.head.title.clone(),
    }
}

/// Shows what a lesson answers, and keeps how far the learner is.
fn react(model: &mut Model, shows: Vec<Show>) {
    model.redraw = true;
    for show in shows {
        match show {
            // The log tells the story, and the page is drawn anyway.
            Show::Page | Show::World | Show::Goals | Show::Story(_) | Show::Typed(_) => {}
            Show::Notice(text) => said(model, Tone::Done, text),
            Show::Refused(text) => said(model, Tone::Error, text),
            Show::Ended(ending) => end(model, ending),
        }
    }
    keep(model);
}

fn said(model: &mut Model, tone: Tone, text: String) {
    let said = &mut model.course.said;
    said.retain(|(_, other)| *other != text);
    if said.len() == SAID_MAX {
        said.remove(0);
    }
    said.push((tone, text.clone()));
    model.course.hidden = usize::MAX;
    model.say(tone, text);
}

fn end(model: &mut Model, ending: Ending) {
    keep(model);
    if ending == Ending::Sandbox {
        leave(model);
        return model.say(Tone::Done, "the sandbox: the cluster as it stands, and every command; `lessons` goes back");
    }
    let standing = model.course.session.as_ref().map_or("", |session| session.progress().standing.name());
    let words = if ending == Ending::Skipped { "skipped; you can come back at any time" } else { standing };
    let said = format!("the end of {}: {words}", model.scene.name);
    leave(model);
    model.overlay = Overlay::Chooser(menu(model));
    model.say(Tone::Met, said);
}

/// Asks the shell to keep how far the learner is, if that has changed.
fn keep(model: &mut Model) {
    let Some(session) = &model.course.session else { return };
    let id = session.lesson().head.id.clone();
    let progress = &mut model.course.progress;
    let is_same = progress.lessons.get(&id) == Some(session.progress()) && progress.current.as_ref() == Some(&id);
    if is_same {
        return;
    }
    progress.lessons.insert(id.clone(), session.progress().clone());
    progress.current = Some(id);
    let progress = progress.clone();
    model.requests.push(Request::Progress(progress));
}

/// What a command may not do in this step, if a lesson forbids it.
pub(crate) fn refusal(model: &Model, command: &WorldCommand) -> Option<String> {
    model.course.session.as_ref()?.refusal(&Statement::World(command.clone()))
}

/// The world has changed by the learner's own hands.
pub(crate) fn ran(model: &mut Model) {
    let at = (model.sitting.applied(), model.sitting.run().now());
    if model.course.session.is_some() && model.course.looked != at {
        model.course.looked = at;
        tell(model, Input::Ran);
    }
}

/// A frame passed: the learner's own time, and a piece of a grading.
pub(crate) fn frame(model: &mut Model, elapsed_us: u64) {
    if model.course.session.is_none() {
        return;
    }
    tell(model, Input::Elapsed(elapsed_us));
    model.course.frames = model.course.frames.wrapping_add(1);
    if model.course.is_grading() {
        model.redraw = true;
        tell(model, Input::GradeOn(GRADED_PER_FRAME));
    } else if !model.is_moving() || model.course.frames.is_multiple_of(FRAMES_PER_LOOK) {
        ran(model);
    }
}

/// A digit while the coach has the focus and asks: it selects that option. Says whether it did.
pub(crate) fn pick(model: &mut Model, digit: char) -> bool {
    let Some(page) = model.course.page().filter(|page| page.actions.contains(&Action::Choose)) else { return false };
    let option = digit.to_digit(10).and_then(|digit| (digit as usize).checked_sub(1));
    let Some(option) = option.filter(|option| *option < page.options.len()) else { return false };
    if model.focus != PaneId::Coach {
        return false;
    }
    model.course.option = option;
    true
}

/// `n`, or Enter on the coach: what the page offers first.
pub(crate) fn next(model: &mut Model) {
    let Some(page) = model.course.page() else {
        return model.overlay = Overlay::Chooser(menu(model));
    };
    if page.actions.contains(&Action::Choose) && model.focus != PaneId::Coach {
        // What is locked should be what the eye is on.
        model.go_to_pane(PaneId::Coach);
        return model.say(Tone::Done, "choose with the arrows or a digit, then lock your answer");
    }
    match page.actions.first() {
        Some(Action::Choose) => tell(model, Input::Choose(model.course.option + 1)),
        Some(Action::Answer) => model.overlay = Overlay::Palette(Palette::beginning_with("answer ")),
        Some(Action::DoTask) => do_task(model, &page),
        _ => tell(model, Input::Next),
    }
}

/// Types the next thing to do for the learner, so that it can be watched.
fn do_task(model: &mut Model, page: &Page) {
    let Some(task) = &page.task else { return };
    if model.journey.is_some() {
        return model.say(Tone::Done, "this is still under way");
    }
    model.remember(&task.line);
    let line = task.line.clone();
    if line == "again" {
        return tell(model, Input::Line(line));
    }
    match command::submit(model, &line) {
        Ok(()) => {
            // The session ticks what was typed for the learner; what it does is the screen's.
            model.course.session.iter_mut().for_each(LessonSession::typed);
            travel::watch(model);
            said_typed(model, &line);
        }
        Err(error) => said(model, Tone::Error, format!("{line}: {}; `again` begins the world anew", error.message)),
    }
    ran(model);
}

fn said_typed(model: &mut Model, line: &str) {
    if model.notice.is_none() {
        model.say(Tone::Done, line);
    }
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
    let question = model.notice.as_ref().map(|notice| notice.text.clone()).unwrap_or_default();
    if model.course.session.as_ref().is_some_and(LessonSession::is_asking) {
        let choices = vec![
            Choice { line: "yes".to_owned(), about: "do it".to_owned() },
            Choice { line: "no".to_owned(), about: "leave it".to_owned() },
        ];
        model.overlay = Overlay::Chooser(Chooser::new(question, choices));
    }
}
