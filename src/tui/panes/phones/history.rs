//! What the chosen phone said, the newest last: when by true time and by its own clock, and what was a lie.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{chosen_screen, mark_of};
use crate::base::Instant;
use crate::lab::phones::{self, Mark, Phone, Screen};
use crate::tui::keys::Action;
use crate::tui::model::Model;
use crate::tui::panes::PaneId;
use crate::tui::text::{columns, fit, pad, put, put_sign, wrap};
use crate::tui::theme::Role;
use crate::tui::travel::milli_text;
use crate::tui::witness::{self, Row};

/// Columns of an instant and of a wall reading; the first column is the cursor's.
const TIME: usize = 10;
/// Where the mark stands, and the text after it.
const MARK: usize = 2 * TIME + 3;
const TEXT: usize = MARK + 2;
/// Columns of the key before what was said of it, at most.
const KEY_MAX: usize = 12;
/// What the signs mean, and what can be done, where a row is left for it.
const LEGEND: &str = "✓ true so far  ✗ it said done, and that was a lie";

/// Draws the screens of a phone, the chosen one among them.
pub(super) fn draw(model: &Model, name: &str, phone: Option<&Phone>, area: Rect, buffer: &mut Buffer) {
    let dim = model.theme.style(Role::Dim);
    let Some(phone) = phone.filter(|phone| phone.screens().len() > 0) else {
        let operate = model.keymap.of(Action::Operate);
        let text = format!("{name} has seen nothing yet: {operate} begins an operation, and its answer appears here");
        for (y, line) in (area.y..area.bottom()).zip(wrap(&text, usize::from(area.width.saturating_sub(2)).max(1))) {
            put(buffer, area, (area.x + 1, y), &line, dim);
        }
        return;
    };
    let said = match older(phone) {
        0 => format!("{name}'s screen said"),
        1 => format!("{name}, after 1 earlier lie"),
        lies => format!("{name}, after {lies} earlier lies"),
    };
    let head = format!(" {:>TIME$} {:>TIME$}   {said}", "true time", "own clock");
    put(buffer, area, (area.x, area.y), &fit(&head, usize::from(area.width), model.glyphs.more), dim);
    let body = body(area);
    let here = chosen_screen(model, phone);
    let marks = model.focus == PaneId::Phones || model.panes.phones.screen.is_some();
    let mut before = None;
    for (y, (place, row)) in (body.y..body.bottom()).zip(window(model, phone, body)) {
        witness::put_row(buffer, body, (body.x, y), &row);
        if marks && place == here && before != Some(place) {
            put_sign(buffer, body, (body.x, y), model.glyphs.cursor, model.theme.style(Role::Accent));
        }
        before = Some(place);
    }
    if window(model, phone, body).len() + 1 < usize::from(body.height) {
        let text = fit(&model.glyphs.plain(LEGEND), usize::from(area.width.saturating_sub(1)), model.glyphs.more);
        put(buffer, area, (area.x + 1, area.bottom() - 1), &text, dim);
    }
}

/// Lies that are counted and no longer among the screens.
fn older(phone: &Phone) -> u64 {
    let kept = phone.screens().filter(|screen| screen.lie.is_some()).count() as u64;
    phone.lies().saturating_sub(kept)
}

/// Which screen a click in this row hits.
pub(super) fn hit(model: &Model, phone: &Phone, area: Rect, y: u16) -> Option<usize> {
    let body = body(area);
    let row = usize::from(y.checked_sub(body.y)?);
    window(model, phone, body).get(row).map(|(place, _)| *place)
}

/// Below the heading.
fn body(area: Rect) -> Rect {
    Rect { y: (area.y + 1).min(area.bottom()), height: area.height.saturating_sub(1), ..area }
}

/// The rows that are seen: the newest at the bottom, unless the chosen screen stands higher.
fn window(model: &Model, phone: &Phone, area: Rect) -> Vec<(usize, Row)> {
    let (height, here) = (usize::from(area.height), chosen_screen(model, phone));
    let width = usize::from(area.width);
    let told =
        |(place, screen): (usize, &Screen)| rows(model, phone, screen, width).into_iter().map(move |row| (place, row));
    let all: Vec<(usize, Row)> = phone.screens().enumerate().flat_map(told).collect();
    let first = all.iter().position(|(place, _)| *place == here).unwrap_or(0);
    let start = all.len().saturating_sub(height).min(first);
    all.into_iter().skip(start).take(height).collect()
}

/// A screen in as many rows as it needs, and under it what showed that it is a lie.
fn rows(model: &Model, phone: &Phone, screen: &Screen, width: usize) -> Vec<Row> {
    let style = |role| model.theme.style(role);
    let glyphs = model.glyphs;
    let catalog = model.sitting.run().cluster().view().catalog();
    let key = |screen: &Screen| glyphs.plain(catalog.key_name(screen.key));
    let column = phone.screens().map(|screen| columns(&key(screen))).max().unwrap_or(0).min(KEY_MAX);
    let indent = TEXT + column + 2;
    let room = width.saturating_sub(indent).max(12);
    let times = format!(" {:>TIME$} {:>TIME$} ", milli_text(screen.at), wall_text(screen.wall_us));
    let (sign, _, role) = mark_of(screen.mark());
    let head = vec![
        (times, style(Role::Dim)),
        (glyphs.plain(&format!("{sign} ")), style(role)),
        (format!("{}  ", pad(&key(screen), column, glyphs.more)), style(Role::Dim)),
    ];
    let said_role = if screen.mark() == Mark::Lie { Role::Bad } else { Role::Text };
    let said = wrap(&glyphs.plain(&phones::said(screen, catalog)), room);
    let lie = screen.lie.map(|lie| format!("a lie: {}", phones::contradiction(screen, &lie, catalog)));
    let lie = lie.map(|lie| wrap(&glyphs.plain(&lie), width.saturating_sub(TEXT).max(12))).unwrap_or_default();
    let row = |(index, line): (usize, String)| {
        let blank = (" ".repeat(indent), style(Role::Dim));
        let mut row = if index == 0 { head.clone() } else { vec![blank] };
        row.push((line, style(said_role)));
        row
    };
    let under = |line| vec![(" ".repeat(TEXT), style(Role::Dim)), (line, style(Role::Warn))];
    said.into_iter().enumerate().map(row).chain(lie.into_iter().map(under)).collect()
}

/// A wall reading as an instant is written; it may be before the beginning.
fn wall_text(us: i64) -> String {
    let text = milli_text(Instant(us.unsigned_abs()));
    if us < 0 { format!("-{text}") } else { text }
}
