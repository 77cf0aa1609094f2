//! The course on the screen: the lesson that is played, what it is told, and what it says.
//!
//! A lesson knows no screen; this is the way between the two. Lines that a lesson asks for are done by the screen, so
//! that they can be watched; the lesson is told that the world has changed.

use crate::base::Instant;
use crate::cluster::WorldCommand;
use crate::lab::language::statement::Statement;
use crate::lab::story::{StoryLine, Telling};
use crate::lab::telling::{self, Kind};
use crate::lesson::catalogue::PARTS;
use crate::lesson::session::{Action, Ending};
use crate::lesson::{Catalogue, Hands, Input, Lesson, LessonSession, Page, Progress, Show, Step, read_lesson};

use super::chooser::{Choice, Chooser};
use super::keys;
use super::model::{Model, Overlay, Request, Tone};
use super::palette::Palette;
use super::panes::{self, PaneId};
use super::seen::Seen;
use super::{command, travel};

/// Events that a fix may process in a frame while it is tried or graded.
const EVENTS_PER_FRAME: u64 = 40_000;
/// Frames between two looks at what is done, while time runs.
const FRAMES_PER_LOOK: u32 = 8;
/// What a lesson said that is still shown, at most.
const SAID_MAX: usize = 12;
/// Lines of the story that the coach repeats at once, at most: the newest.
const STORY_MAX: usize = 3;
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
            Show::Page | Show::World | Show::Goals | Show::Story(_) | Show::Typed(_) | Show::Task(_) => {}
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

fn said(model: &mut Model, tone: Tone, text: String) {
    let said = &mut model.course.said;
    said.retain(|(_, other)| *other != text);
    if said.len() == SAID_MAX {
        said.remove(0);
    }
    said.push((tone, text.clone()));
    model.say(tone, text);
}

/// Lets what was said since there were `before` things be read from its beginning.
fn show_said_since(model: &mut Model, before: usize) {
    let last = model.course.said.len().saturating_sub(1);
    panes::show_said(model, before.min(last));
}

fn hint_is_ready(model: &mut Model) {
    let key = model.keymap.of(keys::Action::Hint);
    model.say(Tone::Done, format!("stuck? {key} gives a hint"));
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
    let course = &model.course;
    let lesson = course.catalogue.next(&course.progress)?;
    Some((title(lesson), lesson.head.minutes))
}

/// Goes on with the lesson after this one, or shows all if there is none.
fn open_following(model: &mut Model) {
    let next = model.course.catalogue.next(&model.course.progress).map(|lesson| lesson.head.id.clone());
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

/// The world has changed by the learner's own hands.
pub(crate) fn ran(model: &mut Model) {
    let at = (model.sitting.applied(), model.sitting.run().now());
    if model.course.session.is_some() && model.course.looked != at {
        model.course.looked = at;
        tell(model, Input::Ran);
        tell_story(model);
    }
}

/// What happened since, where the learner is to look at what happens.
fn tell_story(model: &mut Model) {
    let story = &model.sitting.log().story;
    let from = std::mem::replace(&mut model.course.told, story.len());
    let is_watching =
        model.course.session.as_ref().is_some_and(|session| matches!(session.step(), Step::Hook | Step::Do));
    if !is_watching {
        return;
    }
    let lines: Vec<(Tone, String)> = story.since(from).filter_map(|line| told(model, line)).collect();
    let before = model.course.said.len();
    let has_lines = !lines.is_empty();
    for (tone, text) in lines.into_iter().rev().take(STORY_MAX).rev() {
        said(model, tone, text);
    }
    if has_lines {
        // A few short lines: what was said before stays in view.
        show_said_since(model, before.saturating_sub(STORY_MAX));
    }
}

/// A line of the story as the coach tells it; most are the log's alone.
fn told(model: &Model, line: &StoryLine) -> Option<(Tone, String)> {
    let view = model.sitting.run().cluster().view();
    match &line.what {
        Telling::Operation(operation) => {
            if operation.client.as_client().is_some_and(|client| view.belongs_to_workload(client)) {
                return None;
            }
        }
        Telling::Violation { .. } | Telling::Alert { .. } => {}
        _ => return None,
    }
    let columns = telling::columns(line, view.catalog());
    let at = travel::milli_text(line.at);
    if columns.kind != Kind::Operation {
        let tone = if columns.kind == Kind::Violation { Tone::Unmet } else { Tone::Done };
        return Some((tone, format!("{at} {}", columns.what)));
    }
    let note = if columns.note.is_empty() { String::new() } else { format!(", {}", columns.note) };
    Some((Tone::Done, format!("{at} {}: {} (by {}{note})", columns.who, columns.what, columns.replica)))
}

/// The learner's own time has passed. Nothing changes on the screen, unless a hint is there now.
pub(crate) fn waited(model: &mut Model, elapsed_us: u64) {
    let Some(session) = &mut model.course.session else { return };
    let shows = session.handle(Input::Elapsed(elapsed_us), &mut model.sitting);
    if shows.contains(&Show::HintReady) {
        hint_is_ready(model);
    }
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

/// A digit while the coach has the focus and asks: it selects that option. Says whether it did.
pub(crate) fn pick(model: &mut Model, digit: char) -> bool {
    let Some(page) = model.course.page().filter(|page| page.actions.contains(&Action::Choose)) else { return false };
    let option = digit.to_digit(10).and_then(|digit| (digit as usize).checked_sub(1));
    let Some(option) = option.filter(|option| *option < page.options.len()) else { return false };
    if model.focus != PaneId::Coach {
        return false;
    }
    model.course.option = Some(option);
    panes::show_option(model);
    true
}

/// `n`, or Enter on the coach: reads on, then does what the page offers first.
pub(crate) fn next(model: &mut Model) {
    let Some(page) = model.course.page() else {
        return model.overlay = Overlay::Chooser(menu(model));
    };
    if panes::read_on(model) {
        return;
    }
    if page.actions.contains(&Action::Choose) && model.focus != PaneId::Coach {
        // What is locked should be what the eye is on.
        model.go_to_pane(PaneId::Coach);
        return model.say(Tone::Done, "choose with the arrows or a digit, then lock your answer");
    }
    match page.actions.first() {
        _ if page.step == Step::Done => open_following(model),
        Some(Action::Choose) => match model.course.option {
            Some(option) => {
                model.course.option = None;
                tell(model, Input::Choose(option + 1));
            }
            None => model.say(Tone::Done, "choose with the arrows or a digit first"),
        },
        Some(Action::Answer) => model.overlay = Overlay::Palette(Palette::beginning_with("answer ")),
        Some(Action::DoTask) => do_task(model, &page),
        Some(Action::Grade) if page.grading.is_none() => {
            // What was said of the fix before makes room for what comes now.
            model.course.said.clear();
            tell(model, Input::Next);
        }
        _ => tell(model, Input::Next),
    }
}

/// What [`next`] does now, in two words for the line of hints.
pub(crate) fn next_word(model: &Model) -> &'static str {
    let Some(page) = model.course.page() else { return "lessons" };
    if panes::has_more(model) {
        return "read on";
    }
    match page.actions.first() {
        _ if page.step == Step::Done => "next lesson",
        Some(Action::Choose) if model.course.option.is_none() => "choose first",
        Some(Action::Choose) => "lock it",
        Some(Action::Answer) => "write it down",
        Some(Action::DoTask) => "do it",
        Some(Action::Grade) => "grade",
        _ => "go on",
    }
}

/// Types the next thing to do for the learner, so that it can be watched.
fn do_task(model: &mut Model, page: &Page) {
    let Some(task) = &page.task else { return };
    if let Some(journey) = &mut model.journey {
        // Who does not want to watch need not.
        return journey.hurry();
    }
    let runs_on = page.is_live && model.pace.running;
    model.course.said.clear();
    if let Err(words) = go_back_for(model) {
        return said(model, Tone::Error, words);
    }
    model.remember(&task.line);
    let line = task.line.clone();
    if line == "again" {
        return tell(model, Input::Line(line));
    }
    match command::submit(model, &line) {
        Ok(()) => {
            tell(model, Input::Did(task.number - 1));
            travel::watch(model);
            travel::run_on(model, runs_on);
            said_typed(model, &line);
        }
        Err(error) => said(model, Tone::Error, format!("{line}: {}; `:again` begins the world anew", error.message)),
    }
    model.course.hidden = usize::MAX;
    ran(model);
}

/// Goes back to where the next thing to do can be done, if time has passed it, and says so.
fn go_back_for(model: &mut Model) -> Result<(), String> {
    let way = model.course.session.as_ref().and_then(|session| session.way_back(&model.sitting));
    let Some((at, words)) = way else { return Ok(()) };
    model.pace.running = false;
    model.sitting.go_to(at).map_err(|error| error.to_string())?;
    model.course.told = model.course.told.min(model.sitting.log().story.len());
    said(model, Tone::Done, words);
    Ok(())
}

fn said_typed(model: &mut Model, line: &str) {
    if model.notice.is_none() {
        model.say(Tone::Done, line);
    }
}

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
    let question = model.notice.as_ref().map(|notice| notice.text.clone()).unwrap_or_default();
    if model.course.session.as_ref().is_some_and(LessonSession::is_asking) {
        let choices = vec![
            Choice { line: "yes".to_owned(), about: "do it".to_owned() },
            Choice { line: "no".to_owned(), about: "leave it".to_owned() },
        ];
        model.overlay = Overlay::Chooser(Chooser::new(question, choices));
    }
}
