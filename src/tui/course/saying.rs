//! What a lesson and the world said, as the coach repeats it.

use crate::lab::story::{StoryLine, Telling};
use crate::lab::telling::{self, Kind};
use crate::lesson::{Input, Show, Step};
use crate::tui::model::{Model, Tone};
use crate::tui::panes::{self, PaneId};
use crate::tui::text::columns;
use crate::tui::{keys, travel};

use super::tell;

/// What a lesson said that is still shown, at most.
const SAID_MAX: usize = 12;
/// Lines of the story that the coach repeats at once, at most: the newest.
pub(super) const STORY_MAX: usize = 3;

/// Columns of the line below the panes that are not its text's.
const NOTICE_MARGIN: usize = 4;

pub(super) fn said(model: &mut Model, tone: Tone, text: String) {
    let said = &mut model.course.said;
    said.retain(|(_, other)| *other != text);
    if said.len() == SAID_MAX {
        said.remove(0);
    }
    said.push((tone, text.clone()));
    notify(model, tone, text);
}

/// Says it on the line below the panes too, if that has room for all of it: half a sentence would say nothing, and the
/// coach has the whole.
fn notify(model: &mut Model, tone: Tone, text: String) {
    let is_whole = columns(&text) + NOTICE_MARGIN <= usize::from(model.size.0);
    if is_whole {
        return model.say(tone, text);
    }
    model.notice = None;
    model.redraw = true;
    if model.zoomed && model.focus != PaneId::Coach {
        let zoom = model.keymap.of(keys::Action::Zoom);
        model.say(tone, format!("the lesson has something to say: {zoom} shows it"));
    }
}

/// Lets what was said since there were `before` things be read from its beginning.
pub(super) fn show_said_since(model: &mut Model, before: usize) {
    let last = model.course.said.len().saturating_sub(1);
    panes::show_said(model, before.min(last));
}

pub(super) fn hint_is_ready(model: &mut Model) {
    let key = model.keymap.of(keys::Action::Hint);
    model.say(Tone::Done, format!("stuck? {key} gives a hint"));
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

/// An answer to what was asked at the prompt. Where the learner is to look at what happens the coach repeats it, since a
/// line below the screen may be too short for it.
pub(crate) fn answered(model: &mut Model, tone: Tone, text: String) {
    if !is_watching(model) {
        return model.say(tone, text);
    }
    let before = model.course.said.len();
    said(model, tone, text);
    show_said_since(model, before);
}

fn is_watching(model: &Model) -> bool {
    model.course.session.as_ref().is_some_and(|session| matches!(session.step(), Step::Hook | Step::Do))
}

/// What happened since, where the learner is to look at what happens.
fn tell_story(model: &mut Model) {
    let story = &model.sitting.log().story;
    let from = std::mem::replace(&mut model.course.told, story.len());
    if !is_watching(model) {
        return;
    }
    let lines: Vec<(Tone, String)> = story.since(from).flat_map(|line| with_breaches(model, line)).collect();
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

/// A line of the story, and what its operation broke once more: the story tells only the first breach of each key, and
/// the learner is to see each of their own.
fn with_breaches(model: &Model, line: &StoryLine) -> Vec<(Tone, String)> {
    let Some(first) = told(model, line) else { return Vec::new() };
    let at = travel::milli_text(line.at);
    let again = telling::broken_again(line, model.sitting.run()).into_iter();
    std::iter::once(first).chain(again.map(|words| (Tone::Unmet, format!("{at} {words}")))).collect()
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
