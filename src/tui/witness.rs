//! A witness drawn in text: one lane for each operation, each piece of news and each fault, on one axis of true time.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use crate::base::Instant;
use crate::lab::why::Picture;
use crate::lab::why::picture::{Kind, Lane};

use super::model::Model;
use super::text::{columns, fit, pad, put};
use super::theme::Role;
use super::travel::milli_text;

/// One row of styled text.
pub(crate) type Row = Vec<(String, Style)>;

/// Columns of the names at the left, at most.
const NAME_COLUMNS: usize = 9;
/// Columns of the axis below which nothing can be seen.
const AXIS_MIN: usize = 8;

/// Writes a row; says where it ended.
pub(crate) fn put_row(buffer: &mut Buffer, area: Rect, (x, y): (u16, u16), row: &Row) -> u16 {
    row.iter().fold(x, |x, (text, style)| put(buffer, area, (x, y), text, *style))
}

/// A picture in `width` columns and at most `height` rows; lanes that matter less go first.
pub(crate) fn rows(picture: &Picture, model: &Model, width: usize, height: usize) -> Vec<Row> {
    let lanes = chosen(picture, height.saturating_sub(1));
    let name = lanes.iter().map(|lane| columns(&lane.name)).max().unwrap_or(0).min(NAME_COLUMNS);
    let axis = width.saturating_sub(name + 1);
    if axis < AXIS_MIN || lanes.is_empty() || height < 2 {
        return Vec::new();
    }
    let (from, to) = range(picture, &lanes);
    let canvas = Canvas { model, from, to, name, axis };
    let mut rows = vec![canvas.head()];
    rows.extend(lanes.into_iter().map(|lane| canvas.lane(lane)));
    rows
}

/// From the first bar to the last one; faults may have begun before and go on.
fn range(picture: &Picture, lanes: &[&Lane]) -> (Instant, Instant) {
    let bars = || lanes.iter().filter(|lane| lane.kind != Kind::Fault);
    let from = bars().map(|lane| lane.from).min().unwrap_or(picture.from);
    let to = bars().map(|lane| lane.to.unwrap_or(picture.to)).max().unwrap_or(picture.to);
    (from, to.max(from + 1))
}

/// The lanes for which there is room: news goes first, then faults, then what came early.
fn chosen(picture: &Picture, room: usize) -> Vec<&Lane> {
    let mut lanes: Vec<&Lane> = picture.lanes.iter().collect();
    let spare = |kind: Kind| match kind {
        Kind::News | Kind::Lost => 0,
        Kind::Fault => 1,
        Kind::Operation => 2,
        Kind::Accused => 3,
    };
    while lanes.len() > room {
        let Some(least) = (0..lanes.len()).min_by_key(|index| spare(lanes[*index].kind)) else { break };
        lanes.remove(least);
    }
    lanes
}

struct Canvas<'a> {
    model: &'a Model,
    from: Instant,
    to: Instant,
    name: usize,
    axis: usize,
}

impl Canvas<'_> {
    fn column(&self, at: Instant) -> usize {
        let span = self.to.since(self.from).max(1);
        let past = at.max(self.from).min(self.to).since(self.from);
        (u128::from(past) * (self.axis as u128 - 1) / u128::from(span)) as usize
    }

    /// The two ends of the axis in figures.
    fn head(&self) -> Row {
        let (from, to) = (milli_text(self.from), milli_text(self.to));
        let left = fit(&from, self.axis.saturating_sub(columns(&to) + 1), self.model.glyphs.more);
        let gap = self.axis.saturating_sub(columns(&left) + columns(&to));
        let text = format!("{}{left}{}{to}", " ".repeat(self.name + 1), " ".repeat(gap));
        vec![(text, self.model.theme.style(Role::Dim))]
    }

    fn lane(&self, lane: &Lane) -> Row {
        let (theme, glyphs) = (self.model.theme, self.model.glyphs);
        let role = match lane.kind {
            Kind::Operation => Role::Request,
            Kind::Accused => Role::Bad,
            Kind::News => Role::News,
            Kind::Lost => Role::Warn,
            Kind::Fault => Role::Band,
        };
        let mut cells = vec![' '; self.axis];
        let first = self.column(lane.from);
        let last = lane.to.map_or(self.axis - 1, |to| self.column(to)).max(first);
        let fill = match lane.kind {
            Kind::Operation | Kind::Accused => glyphs.past,
            Kind::News | Kind::Lost => glyphs.slanted,
            Kind::Fault => glyphs.band,
        };
        cells[first..=last].fill(fill);
        match lane.kind {
            Kind::News => cells[last] = glyphs.heads[0],
            Kind::Lost => cells[first] = glyphs.cut,
            Kind::Operation | Kind::Accused => {
                for at in &lane.moments {
                    cells[self.column(*at)] = glyphs.up;
                }
                // Of several it is the last one that broke the promise.
                if let Some(at) = lane.moments.last().filter(|_| lane.kind == Kind::Accused) {
                    cells[self.column(*at)] = glyphs.chosen;
                }
            }
            Kind::Fault => {}
        }
        let name_role = if matches!(lane.kind, Kind::Operation | Kind::Accused) { Role::Accent } else { Role::Dim };
        let name = pad(&glyphs.plain(&lane.name), self.name + 1, glyphs.more);
        let mut row = vec![(name, theme.style(name_role))];
        row.extend(self.labelled(lane, &cells, (first, last), theme.style(role)));
        row
    }

    /// The bar with its label: after it, before it, or where more of it fits.
    fn labelled(&self, lane: &Lane, cells: &[char], (first, last): (usize, usize), style: Style) -> Row {
        let text = |range: std::ops::Range<usize>| cells[range].iter().collect::<String>();
        let label = self.model.glyphs.plain(&lane.label);
        let words = self.model.theme.style(Role::Text);
        let (after, before) = (self.axis.saturating_sub(last + 2), first.saturating_sub(1));
        let width = columns(&label);
        let is_long = !matches!(lane.kind, Kind::Operation | Kind::Accused);
        if after >= width || (after >= before && before < width && !is_long) {
            let label = fit(&label, after, self.model.glyphs.more);
            return vec![(text(0..last + 1), style), (" ".to_owned(), style), (label, words)];
        }
        if is_long && before < width {
            // A band or a way is long: its label stands in it.
            let room = self.axis.saturating_sub(first + 2);
            let label = format!(" {} ", fit(&label, room.saturating_sub(1), self.model.glyphs.more));
            let from = (first + 1 + columns(&label)).min(self.axis);
            let rest = text(from..(last + 1).max(from));
            return vec![(text(0..first + 1), style), (label, words.add_modifier(Modifier::ITALIC)), (rest, style)];
        }
        let label = fit(&label, before, self.model.glyphs.more);
        let gap = " ".repeat(before.saturating_sub(columns(&label)));
        let bar = text(before.min(first)..last + 1);
        vec![(gap, style), (label, words), (bar, style)]
    }
}
