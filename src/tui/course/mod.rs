//! The course on the screen: the lesson that is played, what it is told, and what it says.
//!
//! A lesson knows no screen; this is the way between the two. Lines that a lesson asks for are done by the screen, so
//! that they can be watched; the lesson is told that the world has changed. Here is how a lesson begins, takes what it
//! is told and ends; [`saying`] is what the coach repeats, [`doing`] what the learner does with a page, and [`lists`]
//! what there is to choose from.

mod doing;
mod lists;
mod saying;

use std::sync::Arc;

use crate::base::Instant;
use crate::cluster::WorldCommand;
use crate::lab::language::statement::Statement;
use crate::lesson::session::{Action, Ending};
use crate::lesson::{Catalogue, Hands, Input, Lesson, LessonSession, Page, Progress, Show, Step, read_lesson};

use super::keys;
use super::model::{Model, Overlay, Request, Tone};
use super::panes::{self, PaneId};
use super::seen::Seen;

pub(crate) use doing::{hints, next, pick};
pub(crate) use lists::{ask, menu, ways};
use saying::{STORY_MAX, hint_is_ready, said, show_said_since};
pub(crate) use saying::{answered, ran, waited};

/// Events that a fix may process in a frame while it is tried or graded.
const EVENTS_PER_FRAME: u64 = 40_000;
/// Frames between two looks at what is done, while time runs.
const FRAMES_PER_LOOK: u32 = 8;
/// The speed of an opening that moves, in thousandths: slow enough to follow a message.
const LIVE_MILLI: u32 = 100;

/// The course.
#[derive(Debug, Default)]
pub(crate) struct Course {
    pub(crate) catalogue: Catalogue,
    pub(crate) progress: Progress,
    /// The lesson that is played.
    pub(crate) session: Option<LessonSession>,
    /// What it said since its page was turned, oldest first.
    pub(crate) said: Vec<(Tone, String)>,
    /// The option that is selected, from 0; none, until the learner has chosen: nobody locks one by a key too many.
    pub(crate) option: Option<usize>,
    /// Lines of the page that are hidden above.
    pub(crate) hidden: usize,
    frames: u32,
    looked: (usize, Instant),
    /// Lines of the story that were told.
    told: u64,
}

impl Course {
    /// What is to be seen of the lesson.
    pub(crate) fn page(&self) -> Option<Page> {
        self.session.as_ref().map(LessonSession::page)
    }

    /// Whether a fix is tried or graded.
    pub(crate) fn is_working(&self) -> bool {
        self.session.as_ref().is_some_and(LessonSession::is_working)
    }

    /// Whether the shell should tell from time to time how much time has passed.
    pub(crate) fn wants_ticks(&self) -> bool {
        self.session.as_ref().is_some_and(LessonSession::is_waiting) || self.file().is_some()
    }

    /// The file of the lesson that is played, if it is not part of the program.
    pub(crate) fn file(&self) -> Option<&str> {
        self.catalogue.file_of(&self.session.as_ref()?.lesson().head.id)
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
    begin(model, LessonSession::new(lesson, progress), from);
    Ok(())
}

/// Begins a lesson, at a step if that is known.
fn begin(model: &mut Model, session: LessonSession, from: Option<Step>) {
    let mut session = session.with_hands(hands(model));
    let shows = session.begin(&mut model.sitting);
    let number = from.and_then(|step| session.number_of(step)).filter(|number| *number > 1);
    model.course.session = Some(session);
    entered(model, shows);
    if let Some(number) = number {
        tell(model, Input::Jump(number));
    }
    model.go_to_pane(PaneId::Coach);
}

/// How a lesson's text calls what is done here.
fn hands(model: &Model) -> Hands {
    use keys::Action as A;
    let key = |action| model.glyphs.keys(&model.keymap.of(action));
    Hands::screen(key(A::Next), key(A::Hint), key(A::Undo), key(A::SecondBack))
}

/// Takes up the lesson that is played again, with the text that was saved in its file.
pub(crate) fn reload(model: &mut Model, file: &str, text: &str) {
    let Some(session) = &model.course.session else { return };
    let (id, step) = (session.lesson().head.id.clone(), session.step());
    match read_lesson(file, text) {
        Ok(lesson) if lesson.head.id == id => {
            model.course.catalogue.add(file, text);
            let progress = session.progress().clone();
            begin(model, LessonSession::new(lesson.into(), progress), Some(step));
            model.say(Tone::Done, "the lesson's file was saved: this is the new text");
        }
        Ok(_) => said(model, Tone::Error, "the file was saved with another id; the old text goes on".to_owned()),
        Err(errors) => {
            said(model, Tone::Error, "the file was saved and cannot be read; the old text goes on".to_owned());
            errors.iter().take(STORY_MAX).for_each(|error| said(model, Tone::Error, error.to_string()));
            show_said_since(model, 0);
        }
    }
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
    let is_new_world = shows.contains(&Show::World);
    let turned = before != session.step() || is_new_world;
    model.course.session = Some(session);
    if is_new_world {
        // The same counts in another world are something new.
        model.course.looked = (model.sitting.applied(), model.sitting.run().now());
    }
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
    model.course.option = None;
    model.course.said.clear();
    model.course.told = model.sitting.log().story.len();
    let page = model.course.page();
    if page.as_ref().is_some_and(|page| page.is_live) {
        model.pace.set(LIVE_MILLI);
        model.pace.running = true;
    }
    if page.is_some_and(|page| page.actions.contains(&Action::Choose)) {
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
    let before = model.course.said.len();
    let says = shows.iter().any(|show| matches!(show, Show::Notice(_) | Show::Refused(_)));
    let mut hinted = false;
    for show in shows {
        match show {
            // The log tells the story, and the page is drawn anyway.
            Show::Page | Show::World | Show::Story(_) | Show::Typed(_) | Show::Task(_) => {}
            // What was said of the fix before is not so any more.
            Show::Goals => model.course.said.clear(),
            Show::HintReady => hint_is_ready(model),
            // The page has it: it is read there, and said nowhere else.
            Show::Hint(_) => hinted = true,
            Show::Notice(text) => said(model, Tone::Done, text),
            Show::Refused(text) => said(model, Tone::Error, text),
            Show::Ended(ending) => end(model, ending),
        }
    }
    if hinted {
        panes::show_hint(model);
    } else if says {
        show_said_since(model, before);
    }
    keep(model);
}

fn end(model: &mut Model, ending: Ending) {
    keep(model);
    let lessons = model.keymap.of(keys::Action::Lessons);
    match ending {
        // The coach tells how it went, and what comes next.
        Ending::Finished => {}
        Ending::Sandbox => {
            leave(model);
            let words = format!("the sandbox: the cluster as it stands, and every command; {lessons} goes back");
            model.say(Tone::Done, words);
        }
        Ending::Skipped => {
            let words = format!("{} is left out; {lessons} comes back to it at any time", model.scene.name);
            leave(model);
            model.overlay = Overlay::Chooser(menu(model));
            model.say(Tone::Done, words);
        }
    }
}

/// The lesson to go on with after this one: its number and title, and its minutes.
pub(crate) fn following(model: &Model) -> Option<(String, u16)> {
    let lesson = lesson_after(model)?;
    Some((title(lesson), lesson.head.minutes))
}

fn lesson_after(model: &Model) -> Option<&Arc<Lesson>> {
    let Course { session, catalogue, progress, .. } = &model.course;
    match session {
        Some(session) => catalogue.after(&session.lesson().head.id, progress),
        None => catalogue.next(progress),
    }
}

/// Goes on with the lesson after this one, or shows all if there is none.
fn open_following(model: &mut Model) {
    let next = lesson_after(model).map(|lesson| lesson.head.id.clone());
    let opened = next.is_some_and(|id| open(model, &id).is_ok());
    if !opened {
        model.overlay = Overlay::Chooser(menu(model));
    }
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

/// A frame passed: a piece of what takes long.
pub(crate) fn frame(model: &mut Model) {
    if model.course.session.is_none() {
        return;
    }
    model.course.frames = model.course.frames.wrapping_add(1);
    if model.course.is_working() {
        tell(model, Input::WorkOn(EVENTS_PER_FRAME));
    } else if !model.is_moving() || model.course.frames.is_multiple_of(FRAMES_PER_LOOK) {
        ran(model);
    }
}

/// Stops what is being graded. Says whether anything was.
pub(crate) fn cancel(model: &mut Model) -> bool {
    let is_grading = model.course.page().is_some_and(|page| page.grading.is_some());
    if is_grading {
        tell(model, Input::Cancel);
    }
    is_grading
}
