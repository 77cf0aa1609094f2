//! Why a promise was broken, or a read was stale: an explanation in a window of its own.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use crate::base::OpId;
use crate::check::Violation;
use crate::lab::story::Telling;
use crate::lab::why::{self, Explanation, Part};

use super::model::{Model, Overlay, Tone};
use super::popups::window;
use super::text::{columns, put, wrap};
use super::theme::Role;
use super::travel::{self, milli_text};
use super::witness::{self, Row};
use super::{layout, panes};

/// Columns of the instants before facts.
const TIME_COLUMNS: usize = 9;
/// Lines of the story, counted back from now, among which something to explain is looked for.
const LOOK_BACK_MAX: usize = 10_000;

/// What is to be explained.
#[derive(Clone, Debug)]
pub(crate) enum Subject {
    /// A broken promise.
    Violation(Arc<Violation>),
    /// How an operation ended.
    Operation(OpId),
}

/// An explanation while it is open.
#[derive(Clone, Debug)]
pub(crate) struct Why {
    explanation: Explanation,
    scroll: usize,
}

/// Explains what is chosen, or what happened last.
pub(crate) fn explain(model: &mut Model) {
    let Some(subject) = panes::subject(model).or_else(|| latest(model)) else {
        return model.say(Tone::Done, "nothing to explain yet: no promise is broken, no read was stale");
    };
    let explanation = match subject {
        Subject::Violation(violation) => Some(why::violation(&violation, &model.sitting)),
        Subject::Operation(op) => why::operation(op, &model.sitting),
    };
    match explanation {
        Some(explanation) => model.overlay = Overlay::Why(Why { explanation, scroll: 0 }),
        None => model.say(Tone::Error, "the record of this operation is dropped, or it has not returned yet"),
    }
}

/// The last violation or stale read; if there is neither, the last operation.
fn latest(model: &Model) -> Option<Subject> {
    let run = model.sitting.run();
    let broken = run.judges().violations().pop();
    let story = model.sitting.log().story.iter().rev().take(LOOK_BACK_MAX);
    let mut last = None;
    for line in story {
        let Telling::Operation(operation) = &line.what else { continue };
        last = last.or(Some(operation.op));
        if let Some(broken) = broken.as_ref().filter(|broken| broken.at >= line.at) {
            return Some(Subject::Violation(broken.clone()));
        }
        if operation.stale.is_some() {
            return Some(Subject::Operation(operation.op));
        }
    }
    broken.map(Subject::Violation).or(last.map(Subject::Operation))
}

impl Why {
    /// Takes a key; puts itself back unless it is done.
    pub(crate) fn press(mut self, model: &mut Model, key: KeyEvent) {
        let inner = panes::inner(stage(model));
        let page = usize::from(inner.height).saturating_sub(1).max(1);
        let last = self.rows(model, text_columns(inner)).len().saturating_sub(usize::from(inner.height));
        self.scroll = match key.code {
            KeyCode::Enter => return travel::go_to(model, self.explanation.at),
            KeyCode::Esc | KeyCode::Char('q' | 'v') => return,
            KeyCode::Up | KeyCode::Char('k') => self.scroll.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => self.scroll + 1,
            KeyCode::PageUp => self.scroll.saturating_sub(page),
            KeyCode::PageDown | KeyCode::Char(' ') => self.scroll + page,
            KeyCode::Home => 0,
            KeyCode::End => last,
            _ => self.scroll,
        };
        self.scroll = self.scroll.min(last);
        model.overlay = Overlay::Why(self);
    }

    /// Draws it over the stage.
    pub(crate) fn draw(&self, model: &Model, stage: Rect, buffer: &mut Buffer) {
        let inner = window(model, &model.glyphs.plain(&self.explanation.title), stage, buffer);
        let area = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
        let rows = self.rows(model, text_columns(inner));
        let height = usize::from(area.height);
        let scroll = self.scroll.min(rows.len().saturating_sub(height));
        for (y, row) in (area.y..area.bottom()).zip(rows.iter().skip(scroll)) {
            witness::put_row(buffer, area, (area.x, y), row);
        }
        if scroll + height < rows.len() {
            let more = format!(" {} more below ", rows.len() - scroll - height);
            let x = stage.right().saturating_sub(columns(&more) as u16 + 2);
            put(buffer, stage, (x, stage.bottom() - 1), &more, model.theme.style(Role::Accent));
        }
    }

    fn rows(&self, model: &Model, width: usize) -> Vec<Row> {
        let style = |role| model.theme.style(role);
        let mut rows: Vec<Row> = Vec::new();
        for part in &self.explanation.parts {
            match part {
                Part::Heading(heading) => {
                    rows.push(Vec::new());
                    rows.push(vec![((*heading).to_owned(), style(Role::Accent).add_modifier(Modifier::BOLD))]);
                }
                Part::Text(text) => {
                    let lines = wrap(&model.glyphs.plain(text), width.max(1));
                    rows.extend(lines.into_iter().map(|line| vec![(line, style(Role::Text))]));
                }
                Part::Fact(at, text) => {
                    let lines = wrap(&model.glyphs.plain(text), width.saturating_sub(TIME_COLUMNS + 2).max(1));
                    for (index, line) in lines.into_iter().enumerate() {
                        let when = if index == 0 { milli_text(*at) } else { String::new() };
                        let when = format!("{when:>TIME_COLUMNS$}  ");
                        rows.push(vec![(when, style(Role::Dim)), (line, style(Role::Text))]);
                    }
                }
                Part::Picture(picture) => {
                    rows.push(Vec::new());
                    rows.extend(witness::rows(picture, model, width, usize::MAX));
                }
            }
        }
        rows
    }
}

fn text_columns(inner: Rect) -> usize {
    usize::from(inner.width.saturating_sub(2))
}

/// The stage as it is drawn now.
fn stage(model: &Model) -> Rect {
    layout::places(model, Rect::new(0, 0, model.size.0, model.size.1)).stage
}
