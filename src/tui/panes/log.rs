//! The log: the story, newest at the bottom.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Pane, PaneId};
use crate::lab::telling::{self, Columns, Kind};
use crate::tui::keys::Direction;
use crate::tui::model::Model;
use crate::tui::text::{columns, fit, pad, put, wrap};
use crate::tui::theme::Role;

/// Lines that a page key scrolls by.
const PAGE: usize = 10;
/// The column at which texts begin: after the instant and who.
const TEXT_FROM: u16 = 17;
/// Columns of the text before the answering replica and the time it took.
const WHAT_COLUMNS: usize = 36;

/// What the log remembers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LogState {
    /// How many lines are hidden below; 0 follows the newest.
    hidden: usize,
}

impl LogState {
    /// Shows the newest line again.
    pub(crate) fn follow(&mut self) {
        self.hidden = 0;
    }

    fn press(&mut self, direction: Direction, lines: usize) {
        let last = lines.saturating_sub(1);
        self.hidden = match direction {
            Direction::Up => (self.hidden + 1).min(last),
            Direction::Down => self.hidden.saturating_sub(1),
            Direction::PageUp => (self.hidden + PAGE).min(last),
            Direction::PageDown => self.hidden.saturating_sub(PAGE),
            Direction::Home => last,
            Direction::End => 0,
            Direction::Left | Direction::Right | Direction::Enter | Direction::Escape => self.hidden,
        };
    }
}

/// The pane.
pub(super) const PANE: Pane = Pane { id: PaneId::Log, digit: '9', name: "Log", title, draw, press, click };

fn press(model: &mut Model, direction: Direction) {
    let lines = model.sitting.log().story.iter().len();
    model.panes.log.press(direction, lines);
}

pub(super) fn subject(_: &Model) -> Option<crate::tui::why::Subject> {
    None
}

/// Finds a text.
pub(super) fn find(_: &mut Model, _: &str) {}

fn click(_: &mut Model, _: Rect, _: (u16, u16)) {}

/// What its border says.
fn title(model: &Model) -> String {
    let hidden = model.panes.log.hidden.min(model.sitting.log().story.iter().len().saturating_sub(1));
    match hidden {
        0 => "Log".to_owned(),
        1 => "Log · 1 newer line below".to_owned(),
        hidden => format!("Log · {hidden} newer lines below"),
    }
}

/// Draws the last lines that fit.
fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let story = &model.sitting.log().story;
    if story.iter().len() == 0 {
        let text = "nothing yet: o begins an operation, p cuts a link; what happens is told here";
        put(buffer, area, (area.x + 1, area.y), text, model.theme.style(Role::Dim));
        return;
    }
    let catalog = model.sitting.run().cluster().view().catalog();
    let hidden = model.panes.log.hidden.min(story.iter().len().saturating_sub(1));
    // From the newest upwards, as many rows as each line needs; the oldest may lose its first rows to the border.
    let mut shown = Vec::new();
    let mut rows = 0;
    for line in story.iter().rev().skip(hidden) {
        let line = telling::columns(line, catalog);
        let texts = texts(model, &line, area);
        rows += texts.len();
        shown.push((line, texts));
        if rows >= usize::from(area.height) {
            break;
        }
    }
    let mut row = area.y;
    let mut above = rows.saturating_sub(usize::from(area.height));
    for (line, texts) in shown.into_iter().rev() {
        for (number, text) in texts.iter().enumerate() {
            if above > 0 {
                above -= 1;
                continue;
            }
            draw_row(model, &line, (number == 0, text), Rect { y: row, height: 1, ..area }, buffer);
            row += 1;
        }
    }
}

/// The text of a line, in as many rows as it needs; an operation has columns and takes one.
fn texts(model: &Model, line: &Columns, area: Rect) -> Vec<String> {
    let what = model.glyphs.plain(&line.what);
    if line.kind == Kind::Operation {
        return vec![what];
    }
    let gap = if line.note.is_empty() { "" } else { "  " };
    wrap(&format!("{what}{gap}{}", line.note), usize::from(area.width.saturating_sub(TEXT_FROM + 1)).max(20))
}

/// Draws one row of a line: the first one tells when and who.
fn draw_row(model: &Model, line: &Columns, (is_first, text): (bool, &str), area: Rect, buffer: &mut Buffer) {
    let theme = model.theme;
    let role = match line.kind {
        Kind::Violation => Role::Bad,
        Kind::Alert | Kind::Unmet | Kind::Undecided => Role::Warn,
        Kind::Command => Role::Accent,
        Kind::Met => Role::Good,
        Kind::World | Kind::Message => Role::Dim,
        Kind::Operation => Role::Text,
    };
    if !is_first {
        put(buffer, area, (area.x + TEXT_FROM, area.y), text, theme.style(role));
        return;
    }
    // Microseconds only where the column has room for them.
    let at = line.at.strip_suffix(&line.at[line.at.len() - 3..]).unwrap_or(&line.at);
    let x = put(buffer, area, (area.x, area.y), &format!("{at:>9}"), theme.style(Role::Dim));
    let who = pad(&model.glyphs.plain(&line.who), 5, model.glyphs.more);
    let who_style = if line.kind == Kind::Operation { theme.style(Role::Accent) } else { theme.style(role) };
    let x = put(buffer, area, (x + 2, area.y), &who, who_style);
    let left = usize::from(area.right().saturating_sub(x + 1));
    if line.kind != Kind::Operation {
        put(buffer, area, (x + 1, area.y), &fit(text, left, model.glyphs.more), theme.style(role));
        return;
    }
    let room = left.saturating_sub(15 + columns(&line.note)).clamp(WHAT_COLUMNS - 8, 60);
    let x = put(buffer, area, (x + 1, area.y), &pad(text, room, model.glyphs.more), theme.style(role));
    let x = put(
        buffer,
        area,
        (x + 1, area.y),
        &format!("{:<2} {:>7}", line.replica, rounded(&line.took)),
        theme.style(Role::Dim),
    );
    put(buffer, area, (x + 2, area.y), &line.note, theme.style(Role::Warn));
}

/// Spans of the story are exact; here three digits after the point are noise.
fn rounded(took: &str) -> String {
    let unit = took.find(|sign: char| sign.is_ascii_alphabetic()).unwrap_or(took.len());
    match took[..unit].parse::<f64>() {
        Ok(number) if took.contains('.') => format!("{number:.1}{}", &took[unit..]),
        _ => took.to_owned(),
    }
}
