//! The log: the story, newest at the bottom, with a cursor, a filter and a search.
//!
//! The cursor follows the newest line until it is moved; Enter goes to the instant of its line.

mod lines;
mod rows;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Pane, PaneId};
use crate::lab::answers::Counts;
use crate::lab::story::{StoryLine, Telling};
use crate::tui::keys::Direction;
use crate::tui::model::{Model, Tone};
use crate::tui::text::{put, put_sign, wrap};
use crate::tui::theme::Role;
use crate::tui::travel;
use crate::tui::why::Subject;
use crate::tui::witness::{self, Row};
use lines::{Filter, Lines, Place};

/// Lines that a page key moves by.
const PAGE: usize = 10;
/// Lines that a search looks at: the whole story, or the messages of some minutes.
const SOUGHT_MAX: usize = 200_000;

/// What the log remembers.
#[derive(Clone, Debug, Default)]
pub(crate) struct LogState {
    /// Where the cursor stands; none follows the newest line.
    selected: Option<Place>,
    filter: Filter,
    /// What was sought last.
    sought: String,
}

impl LogState {
    /// Shows the newest line again.
    pub(crate) fn follow(&mut self) {
        self.selected = None;
    }
}

/// The pane.
pub(super) const PANE: Pane = Pane { id: PaneId::Log, digit: '9', name: "Log", title, draw, press, click };

fn lines(model: &Model) -> Lines<'_> {
    Lines::new(model.sitting.log(), model.panes.log.filter)
}

/// The line under the cursor.
fn current(model: &Model) -> Option<(Place, StoryLine)> {
    lines(model).current(model.panes.log.selected)
}

/// What `v` explains: the chosen operation or violation.
pub(super) fn subject(model: &Model) -> Option<Subject> {
    let (_, line) = current(model)?;
    match &line.what {
        Telling::Operation(operation) => Some(Subject::Operation(operation.op)),
        Telling::Violation { claim, .. } => {
            let violations = model.sitting.run().judges().violations();
            let found = violations.into_iter().find(|violation| violation.at == line.at && violation.claim == *claim);
            found.map(Subject::Violation)
        }
        _ => None,
    }
}

fn press(model: &mut Model, direction: Direction) {
    match direction {
        Direction::Left => model.panes.log.filter = model.panes.log.filter.before(),
        Direction::Right => model.panes.log.filter = model.panes.log.filter.neighbour(1),
        Direction::Up => move_up(model, 1),
        Direction::PageUp => move_up(model, PAGE),
        Direction::Down => move_down(model, 1),
        Direction::PageDown => move_down(model, PAGE),
        Direction::Home => move_up(model, usize::MAX),
        Direction::End => model.panes.log.follow(),
        Direction::Escape => {
            model.panes.log.follow();
            model.panes.log.sought.clear();
        }
        Direction::Enter => {
            if let Some((_, line)) = current(model) {
                travel::go_to(model, line.at);
            }
        }
    }
}

fn move_up(model: &mut Model, by: usize) {
    let Some((here, _)) = current(model) else { return };
    let place = lines(model).above(Some(here)).take(by).last().map_or(here, |(place, _)| place);
    model.panes.log.selected = Some(place);
}

/// At the newest line the cursor follows again.
fn move_down(model: &mut Model, by: usize) {
    let Some((here, _)) = current(model) else { return };
    let place = lines(model).below(here).take(by).last().map_or(here, |(place, _)| place);
    let is_newest = lines(model).below(place).next().is_none();
    model.panes.log.selected = (!is_newest).then_some(place);
}

/// Finds a text, from the newest line upwards; the same again, the line before.
pub(super) fn find(model: &mut Model, text: &str) {
    let again = model.panes.log.sought.eq_ignore_ascii_case(text);
    text.clone_into(&mut model.panes.log.sought);
    let from = if again { model.panes.log.selected } else { None };
    let found = seek(model, model.panes.log.filter, from);
    let (found, said) = match (found, from) {
        (Some(found), _) => (Some(found), None),
        // Round and round.
        (None, Some(_)) => (seek(model, model.panes.log.filter, None), Some("from the newest line again")),
        (None, None) => (None, None),
    };
    if let Some((place, line)) = found {
        model.panes.log.selected = Some(place);
        let note = said.map_or("the same again finds the one before", |said| said);
        return model.say(Tone::Done, format!("found at {}; {note}", travel::milli_text(line.at)));
    }
    if let Some((place, line)) = seek(model, Filter::All, None) {
        model.panes.log.filter = Filter::All;
        model.panes.log.selected = Some(place);
        let at = travel::milli_text(line.at);
        return model.say(Tone::Done, format!("found at {at}, among lines that the filter had hidden"));
    }
    model.say(Tone::Unmet, format!("nothing in the log says {text}"));
}

/// The next line upwards with what is sought.
fn seek(model: &Model, filter: Filter, from: Option<Place>) -> Option<(Place, StoryLine)> {
    let catalog = model.sitting.run().cluster().view().catalog();
    let has = |line: &StoryLine| rows::position(&rows::searched(line, catalog), &model.panes.log.sought).is_some();
    let lines = Lines::new(model.sitting.log(), filter);
    lines.above(from).take(SOUGHT_MAX).find(|(_, line)| has(line))
}

/// A click selects a line, and one on the selected goes to its instant.
fn click(model: &mut Model, area: Rect, (_, y): (u16, u16)) {
    let Some((here, _)) = current(model) else { return };
    let shown = window(model, area);
    let Some((place, ..)) = shown.get(usize::from(y.saturating_sub(area.y))) else { return };
    if *place == here {
        return press(model, Direction::Enter);
    }
    model.panes.log.selected = Some(*place);
}

/// What its border says.
fn title(model: &Model) -> String {
    let state = &model.panes.log;
    let mut parts = vec!["Log".to_owned()];
    if model.focus == PaneId::Log {
        parts.push(format!("{} ← →", state.filter.name()));
    } else if state.filter != Filter::All {
        parts.push(state.filter.name().to_owned());
    }
    let is_above = state.selected.is_some_and(|place| lines(model).below(place).next().is_some());
    if is_above {
        parts.push("newer below".to_owned());
    }
    parts.extend(workloads(model));
    parts.join(" · ")
}

/// "w1 312 done 40 refused": the story does not tell operations of workloads one by one.
fn workloads(model: &Model) -> Vec<String> {
    let run = model.sitting.run();
    let view = run.cluster().view();
    let text = |name: &str| {
        let own = view.clients().enumerate().filter(|(_, client)| client.workload == Some(name));
        let counts = own.map(|(index, _)| run.answers().counts(index)).fold(Counts::default(), Counts::plus);
        let Counts { done, refused, unknown } = counts;
        let mut text = format!("{name} {done} done");
        if refused > 0 {
            text = format!("{text} {refused} refused");
        }
        if unknown > 0 {
            text = format!("{text} {unknown} unknown");
        }
        text
    };
    view.workloads().map(|workload| text(workload.name)).collect()
}

/// Draws the lines around the cursor.
fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let Some((here, _)) = current(model) else { return nothing(model, area, buffer) };
    let marks = model.focus == PaneId::Log || model.panes.log.selected.is_some();
    let mut before = None;
    for (y, (place, row)) in (area.y..area.bottom()).zip(window(model, area)) {
        witness::put_row(buffer, area, (area.x, y), &row);
        if marks && place == here && before != Some(place) {
            put_sign(buffer, area, (area.x, y), model.glyphs.cursor, model.theme.style(Role::Accent));
        }
        before = Some(place);
    }
}

fn nothing(model: &Model, area: Rect, buffer: &mut Buffer) {
    let text = match model.panes.log.filter {
        Filter::All | Filter::Messages | Filter::Heartbeats => {
            "nothing yet: o begins an operation, p cuts a link; what happens is told here"
        }
        _ => "nothing of this kind yet; Left and Right choose other lines",
    };
    let width = usize::from(area.width.saturating_sub(2)).max(1);
    for (y, line) in (area.y..area.bottom()).zip(wrap(text, width)) {
        put(buffer, area, (area.x + 1, y), &line, model.theme.style(Role::Dim));
    }
}

/// The rows that are seen, each with its line: the cursor's line among them, and no row blank as long as there are
/// lines.
fn window(model: &Model, area: Rect) -> Vec<(Place, Row)> {
    let Some((here, line)) = current(model) else { return Vec::new() };
    let (height, width) = (usize::from(area.height), usize::from(area.width));
    let told = |(place, line): (Place, StoryLine)| {
        let rows = rows::rows(model, &line, width);
        rows.into_iter().map(|row| (place, row)).collect::<Vec<_>>()
    };
    let own = told((here, line));
    let (size, mut down) = (own.len(), Vec::new());
    for line in lines(model).below(here) {
        if down.len() >= height {
            break;
        }
        down.extend(told(line));
    }
    let mut above = Vec::new();
    for line in lines(model).above(Some(here)) {
        if above.iter().map(Vec::len).sum::<usize>() + size >= height {
            break;
        }
        above.push(told(line));
    }
    let mut all: Vec<_> = above.into_iter().rev().flatten().collect();
    let first = all.len();
    all.extend(own);
    let upto = all.len();
    // The cursor stands in the middle, unless there is less above or below.
    let below = down.len().min(height / 2).max(height.saturating_sub(upto).min(down.len()));
    all.extend(down);
    let start = (upto + below).saturating_sub(height).min(first);
    all.into_iter().skip(start).take(height).collect()
}
