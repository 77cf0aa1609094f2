//! The log: the story, newest at the bottom.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::lab::telling::{self, Columns, Kind};
use crate::tui::keys::Direction;
use crate::tui::model::Model;
use crate::tui::text::{columns, fit, pad, put};
use crate::tui::theme::Role;

/// Lines that a page key scrolls by.
const PAGE: usize = 10;
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

    /// Scrolls.
    pub(crate) fn press(&mut self, direction: Direction, lines: usize) {
        let last = lines.saturating_sub(1);
        self.hidden = match direction {
            Direction::Up => (self.hidden + 1).min(last),
            Direction::Down => self.hidden.saturating_sub(1),
            Direction::PageUp => (self.hidden + PAGE).min(last),
            Direction::PageDown => self.hidden.saturating_sub(PAGE),
            Direction::Home => last,
            Direction::End => 0,
            Direction::Left | Direction::Right => self.hidden,
        };
    }
}

/// What its border says.
pub(crate) fn title(model: &Model) -> String {
    let hidden = model.panes.log.hidden.min(model.sitting.log().story.iter().len().saturating_sub(1));
    match hidden {
        0 => "Log".to_owned(),
        1 => "Log · 1 newer line below".to_owned(),
        hidden => format!("Log · {hidden} newer lines below"),
    }
}

/// Draws the last lines that fit.
pub(crate) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let story = &model.sitting.log().story;
    if story.iter().len() == 0 {
        let text = "nothing yet: o begins an operation, p cuts a link; what happens is told here";
        put(buffer, area, (area.x + 1, area.y), text, model.theme.style(Role::Dim));
        return;
    }
    let catalog = model.sitting.run().cluster().view().catalog();
    let rows = usize::from(area.height);
    let hidden = model.panes.log.hidden.min(story.iter().len().saturating_sub(1));
    let shown: Vec<_> = story.iter().rev().skip(hidden).take(rows).collect();
    for (row, line) in (area.y..).zip(shown.into_iter().rev()) {
        draw_line(model, &telling::columns(line, catalog), Rect { y: row, height: 1, ..area }, buffer);
    }
}

fn draw_line(model: &Model, line: &Columns, area: Rect, buffer: &mut Buffer) {
    let theme = model.theme;
    let role = match line.kind {
        Kind::Violation => Role::Bad,
        Kind::Alert | Kind::Unmet | Kind::Undecided => Role::Warn,
        Kind::Command => Role::Accent,
        Kind::Met => Role::Good,
        Kind::World | Kind::Message => Role::Dim,
        Kind::Operation => Role::Text,
    };
    // Microseconds only where the column has room for them.
    let at = line.at.strip_suffix(&line.at[line.at.len() - 3..]).unwrap_or(&line.at);
    let x = put(buffer, area, (area.x, area.y), &format!("{at:>9}"), theme.style(Role::Dim));
    let who = pad(&model.glyphs.plain(&line.who), 5, model.glyphs.more);
    let who_style = if line.kind == Kind::Operation { theme.style(Role::Accent) } else { theme.style(role) };
    let x = put(buffer, area, (x + 2, area.y), &who, who_style);
    let what = model.glyphs.plain(&line.what);
    let left = usize::from(area.right().saturating_sub(x + 1));
    if line.kind != Kind::Operation {
        let gap = if line.note.is_empty() { "" } else { "  " };
        let text = fit(&format!("{what}{gap}{}", line.note), left, model.glyphs.more);
        put(buffer, area, (x + 1, area.y), &text, theme.style(role));
        return;
    }
    let room = left.saturating_sub(15 + columns(&line.note)).clamp(WHAT_COLUMNS - 8, 60);
    let x = put(buffer, area, (x + 1, area.y), &pad(&what, room, model.glyphs.more), theme.style(role));
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
