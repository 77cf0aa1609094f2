//! What the learner does with the page: choosing an option, reading on, having the next thing typed.

use crate::lesson::session::Action;
use crate::lesson::{Input, LessonSession, Page, Step};
use crate::tui::keys::Action as Key;
use crate::tui::model::{Model, Overlay, Tone};
use crate::tui::palette::Palette;
use crate::tui::panes::{self, PaneId};
use crate::tui::travel::milli_text;
use crate::tui::{command, travel};

use super::saying::{ran, said};
use super::{menu, open_following, tell};

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
        return ask_to_choose(model, &page);
    }
    if page.is_doing() && model.journey.is_some() {
        return hurry(model);
    }
    match page.actions.first() {
        _ if page.step == Step::Done => open_following(model),
        Some(Action::Choose) => match model.course.option {
            Some(option) => {
                model.course.option = None;
                tell(model, Input::Choose(option + 1));
            }
            None => ask_to_choose(model, &page),
        },
        Some(Action::Answer) => {
            model.overlay = Overlay::Palette(Palette::answering(page.paragraphs.join(" "), "answer "));
        }
        Some(Action::DoTask) => do_task(model, &page),
        Some(Action::Grade) if page.grading.is_none() => {
            // What was said of the fix before makes room for what comes now.
            model.course.said.clear();
            tell(model, Input::Next);
        }
        _ => tell(model, Input::Next),
    }
}

/// Says how an option is chosen.
fn ask_to_choose(model: &mut Model, page: &Page) {
    let (digits, next) = (panes::digits(page), model.keymap.of(Key::Next));
    model.say(Tone::Done, format!("first choose: {digits} or the arrows; then {next} locks your answer"));
}

/// What was begun is seen to its end before anything else comes: at once, for who does not want to watch.
fn hurry(model: &mut Model) {
    let Some(journey) = &mut model.journey else { return };
    if journey.watched.is_some() {
        return journey.hurry();
    }
    let (to, stop, next) = (milli_text(journey.to), model.keymap.of(Key::RunOrPause), model.keymap.of(Key::Next));
    model.say(Tone::Done, format!("time still runs, to {to} at most: {stop} stops it, then {next} goes on"));
}

/// The keys of the lesson for the line of hints: what to do now comes first.
pub(crate) fn hints(model: &Model) -> Vec<(String, &'static str)> {
    let key = |action| model.keymap.of(action);
    let page = model.course.page().filter(|page| page.actions.contains(&Action::Choose));
    let is_to_choose = model.focus == PaneId::Coach && model.course.option.is_none();
    let first = match page.filter(|_| is_to_choose) {
        Some(page) if panes::has_more(model) => {
            vec![(panes::digits(&page), "choose"), (key(Key::Next), next_word(model))]
        }
        Some(page) => vec![(panes::digits(&page), "choose")],
        None => vec![(key(Key::Next), next_word(model))],
    };
    first.into_iter().chain([(key(Key::Hint), "hint"), (key(Key::Ways), "steps")]).collect()
}

/// What [`next`] does now, in two words for the line of hints.
fn next_word(model: &Model) -> &'static str {
    let Some(page) = model.course.page() else { return "lessons" };
    if panes::has_more(model) {
        return "read on";
    }
    if page.is_doing() && model.journey.is_some() {
        return "skip ahead";
    }
    match page.actions.first() {
        _ if page.step == Step::Done => "next lesson",
        Some(Action::Choose) if model.course.option.is_none() => "choose",
        Some(Action::Choose) => "lock it",
        Some(Action::Answer) => "write it down",
        Some(Action::DoTask) => "do it",
        Some(Action::Grade) if page.grading.is_some() => "wait",
        Some(Action::Grade) if page.has_open_goals() => "what is open",
        Some(Action::Grade) => "grade",
        _ => "go on",
    }
}

/// Types the next thing to do for the learner, so that it can be watched.
fn do_task(model: &mut Model, page: &Page) {
    let Some(task) = &page.task else { return };
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
            travel::go_on_to(model, model.course.session.as_ref().and_then(LessonSession::next_instant));
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
