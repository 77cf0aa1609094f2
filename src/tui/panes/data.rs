//! The data: each key at each replica. Where replicas differ, a sign says so.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::{Pane, PaneId};
use crate::base::{Instant, KeyId, ReplicaId, Service, Value};
use crate::cluster::Catalog;
use crate::cluster::held::Lacks;
use crate::cluster::view::{Condition, View};
use crate::tui::choices;
use crate::tui::keys::Direction;
use crate::tui::model::{Model, Overlay};
use crate::tui::text::{columns, fit, put, put_sign};
use crate::tui::theme::Role;
use crate::tui::travel::milli_text;

/// Columns of a replica's value, at most and at least.
const CELL_COLUMNS: (usize, usize) = (14, 3);
/// Columns of a value in which most texts fit.
const CELL_COLUMNS_FAIR: usize = 7;
/// Rows that decide how wide the first column is: measuring thousands of them in every frame would cost more than it
/// gives.
const MEASURED_MAX: usize = 200;
/// Columns of a key, at least.
const KEY_COLUMNS_MIN: usize = 8;

/// What the data pane remembers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DataState {
    selected: usize,
}

/// A key with its name.
struct Row<'a> {
    key: KeyId,
    service: Service,
    name: &'a str,
}

impl Row<'_> {
    fn label(&self, with_service: bool) -> String {
        if with_service { format!("{} {}", self.service.name(), self.name) } else { self.name.to_owned() }
    }
}

fn names_differ(rows: &[Row<'_>]) -> bool {
    let names: BTreeSet<&str> = rows.iter().map(|row| row.name).collect();
    names.len() == rows.len()
}

/// All keys, those of one service together.
fn rows(catalog: &Catalog) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = catalog.keys().map(|(key, service, name)| Row { key, service, name }).collect();
    rows.sort_by_key(|row| (row.service, row.key));
    rows
}

impl DataState {
    /// The key that is selected.
    pub(crate) fn selected_key(self, view: View<'_>) -> Option<KeyId> {
        let rows = rows(view.catalog());
        rows.get(self.selected.min(rows.len().saturating_sub(1))).map(|row| row.key)
    }
}

/// The pane.
pub(super) const PANE: Pane = Pane { id: PaneId::Data, digit: '2', name: "Data", title, draw, press, click };

fn press(model: &mut Model, direction: Direction) {
    if direction == Direction::Enter {
        model.overlay = Overlay::Chooser(choices::operations(model));
        return;
    }
    let keys = model.sitting.run().cluster().view().catalog().key_count();
    model.panes.data.selected = super::moved(model.panes.data.selected, direction, keys);
}

/// A click selects a key, and one on the selected asks what shall be done to it.
fn click(model: &mut Model, area: Rect, (_, y): (u16, u16)) {
    let view = model.sitting.run().cluster().view();
    let keys = view.catalog().key_count();
    let list = list(model, area);
    let selected = model.panes.data.selected.min(keys.saturating_sub(1));
    let first = (selected + 1).saturating_sub(usize::from(list.height));
    let row = first + usize::from(y.saturating_sub(list.y));
    if y < list.y || y >= list.bottom() || row >= keys {
        return;
    }
    if row == selected {
        return press(model, Direction::Enter);
    }
    model.panes.data.selected = row;
}

/// The rows of keys: the head stands above, the selected key in full below.
fn list(model: &Model, area: Rect) -> Rect {
    let view = model.sitting.run().cluster().view();
    let key = model.panes.data.selected_key(view);
    let held =
        key.map_or(0, |key| view.replicas().filter(|replica| held_text(view, replica.id, key).is_some()).count());
    let detail = ((view.replica_count() + held) as u16 + 2).min(area.height.saturating_sub(4));
    Rect { y: area.y + 1, height: area.height.saturating_sub(1 + detail), ..area }
}

/// What its border says.
fn title(_: &Model) -> String {
    "Data · what each replica shows".to_owned()
}

/// Whether the replicas that are up show different values for a key.
pub(crate) fn differs(view: View<'_>, key: KeyId) -> bool {
    let up = view.replicas().filter(|replica| !is_down(replica.condition));
    let mut values = up.map(|replica| view.value(replica.id, key));
    let first = values.next();
    values.any(|value| Some(value) != first)
}

fn is_down(condition: Condition) -> bool {
    matches!(condition, Condition::Down | Condition::DiskLost)
}

/// The value that most replicas show; the first of them if none is shown by more than the others.
fn common(view: View<'_>, key: KeyId) -> Value {
    let values: Vec<Value> = view.replicas().map(|replica| view.value(replica.id, key)).collect();
    let votes = |value: &Value| values.iter().filter(|other| *other == value).count();
    let mut best = values[0];
    for value in &values {
        if votes(value) > votes(&best) {
            best = *value;
        }
    }
    best
}

/// A value in few columns: texts without quotes, feeds by their length.
pub(crate) fn short_value(value: Value, catalog: &Catalog) -> String {
    match value {
        Value::Nil => "-".to_owned(),
        Value::Text(text) => catalog.text(text).to_owned(),
        Value::Posts { count: 1, .. } => "1 post".to_owned(),
        Value::Posts { count, .. } => format!("{count} posts"),
        Value::Int(number) => number.to_string(),
        Value::Versions { count, .. } => format!("{count} versions"),
        Value::Allowed(_) | Value::Transfer { .. } => catalog.value_text(value),
    }
}

/// A value in `width` columns: a number that is too long is told in thousands, millions and so on.
pub(crate) fn fitted_value(value: Value, catalog: &Catalog, width: usize, more: char) -> String {
    let text = short_value(value, catalog);
    match value {
        Value::Int(number) if columns(&text) > width => {
            short_number(number, width).unwrap_or_else(|| fit(&text, width, more))
        }
        _ => fit(&text, width, more),
    }
}

/// A number in `width` columns with a unit: `1M`, `1.23M`, `-20k`. None if no unit makes it fit.
fn short_number(number: i64, width: usize) -> Option<String> {
    const UNITS: [(u64, char); 6] = [
        (1_000, 'k'),
        (1_000_000, 'M'),
        (1_000_000_000, 'G'),
        (1_000_000_000_000, 'T'),
        (1_000_000_000_000_000, 'P'),
        (1_000_000_000_000_000_000, 'E'),
    ];
    let sign = if number < 0 { "-" } else { "" };
    let size = number.unsigned_abs();
    let (unit, letter) = UNITS.into_iter().rev().find(|(unit, _)| size >= *unit)?;
    let whole = format!("{sign}{}", size / unit);
    let room = width.checked_sub(whole.len() + 1)?;
    // As many digits after the point as there is room for; none where there are none.
    let rest = size % unit;
    let places = unit.ilog10() as usize;
    let digits = format!("{rest:0places$}");
    let fraction = match room {
        2.. if rest > 0 => format!(".{}", &digits[..places.min(room - 1)]),
        _ => String::new(),
    };
    Some(format!("{whole}{fraction}{letter}"))
}

/// Draws the table, and under it the selected key in full.
fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let view = model.sitting.run().cluster().view();
    let rows = rows(view.catalog());
    let count = view.replica_count();
    let free = usize::from(area.width).saturating_sub(3);
    let widest = |with_service| {
        rows.iter()
            .take(MEASURED_MAX)
            .map(|row| columns(&row.label(with_service)))
            .max()
            .unwrap_or(0)
            .max(KEY_COLUMNS_MIN)
    };
    let cell = |name: usize| free.saturating_sub(name) / count;
    // Values come first: the service goes where it would crowd them, unless names alone would be the same.
    let with_service = cell(widest(true)) >= CELL_COLUMNS_FAIR || rows.len() > MEASURED_MAX || !names_differ(&rows);
    let name = widest(with_service);
    let cell = cell(name).clamp(CELL_COLUMNS.1, CELL_COLUMNS.0);
    let name = free.saturating_sub(cell * count).min(name);
    let table = Table { model, view, cell, name, with_service };
    table.head(area, buffer);
    let list = list(model, area);
    let height = list.height;
    let detail = area.height.saturating_sub(1 + height);
    let selected = model.panes.data.selected.min(rows.len().saturating_sub(1));
    let first = (selected + 1).saturating_sub(usize::from(height));
    for (y, (index, row)) in (list.y..).zip(rows.iter().enumerate().skip(first).take(usize::from(height))) {
        table.row(row, index == selected, Rect { y, height: 1, ..list }, buffer);
    }
    if let Some(row) = rows.get(selected) {
        table.detail(row, Rect { y: area.y + 1 + height, height: detail, ..area }, buffer);
    }
}

/// Where the values of a replica begin.
fn column(area: Rect, name: usize, cell: usize, replica: ReplicaId) -> u16 {
    area.x + 3 + (name + cell * replica.index()) as u16
}

struct Table<'a> {
    model: &'a Model,
    view: View<'a>,
    cell: usize,
    name: usize,
    with_service: bool,
}

impl Table<'_> {
    fn head(&self, area: Rect, buffer: &mut Buffer) {
        let Self { model, view, cell, name, .. } = self;
        let dim = model.theme.style(Role::Dim);
        put(buffer, area, (area.x + 1, area.y), "key", dim);
        for replica in view.replicas() {
            let x = column(area, *name, *cell, replica.id);
            let down = if is_down(replica.condition) { model.glyphs.condition(replica.condition) } else { ' ' };
            let role = if is_down(replica.condition) { Role::Bad } else { Role::Accent };
            put(buffer, area, (x, area.y), &format!("{}{down}", replica.id), model.theme.style(role));
        }
    }

    fn row(&self, row: &Row<'_>, selected: bool, area: Rect, buffer: &mut Buffer) {
        let Self { model, view, cell, name, .. } = self;
        let differs = differs(*view, row.key);
        let (theme, glyphs) = (model.theme, model.glyphs);
        if selected {
            put_sign(buffer, area, (area.x, area.y), glyphs.cursor, theme.style(Role::Accent));
        }
        let style = theme.style(if selected { Role::Accent } else { Role::Text });
        let text = fit(&row.label(self.with_service), *name, glyphs.more);
        put(buffer, area, (area.x + 1, area.y), &text, style);
        if differs {
            put_sign(buffer, area, (area.x + 1 + *name as u16, area.y), glyphs.differs, theme.style(Role::Warn));
        }
        let is_short = shortfall(*view, row).is_some();
        if is_short {
            let at = (area.x + 1 + *name as u16, area.y);
            put_sign(buffer, area, at, glyphs.dead, theme.style(Role::Bad));
        }
        let common = common(*view, row.key);
        for replica in view.replicas() {
            let value = view.value(replica.id, row.key);
            let role = match (is_down(replica.condition), differs && value != common) {
                (true, _) => Role::Dim,
                (false, _) if is_short && is_negative(value) => Role::Bad,
                (false, true) => Role::Warn,
                (false, false) => Role::Text,
            };
            let odd = differs && value != common && role == Role::Warn;
            let style = if odd { theme.style(role).add_modifier(Modifier::UNDERLINED) } else { theme.style(role) };
            let text = fitted_value(value, view.catalog(), cell.saturating_sub(1), glyphs.more);
            put(buffer, area, (column(area, *name, *cell, replica.id), area.y), &text, style);
        }
    }

    /// The selected key: what it is, and its whole value at each replica.
    fn detail(&self, row: &Row<'_>, area: Rect, buffer: &mut Buffer) {
        let Self { model, view, .. } = self;
        let (theme, glyphs) = (model.theme, model.glyphs);
        let head = format!("{} {}, a {}", row.service.name(), row.name, row.service.data_type());
        let width = usize::from(area.width).saturating_sub(2);
        put(buffer, area, (area.x + 1, area.y), &fit(&head, width, glyphs.more), theme.style(Role::Dim));
        let mut y = area.y + 1;
        for replica in view.replicas() {
            let is_down = is_down(replica.condition);
            let role = if is_down { Role::Dim } else { Role::Text };
            let (value, about) = self.shown(replica.id, replica.condition, row.key);
            let x = put(buffer, area, (area.x + 1, y), &fit(&value, width, glyphs.more), theme.style(role));
            let room = usize::from(area.right().saturating_sub(x + 2));
            put(buffer, area, (x + 2, y), &fit(&about, room, glyphs.more), theme.style(Role::Dim));
            y += 1;
            if let Some(held) = held_text(*view, replica.id, row.key) {
                let room = usize::from(area.width).saturating_sub(3);
                put(buffer, area, (area.x + 3, y), &fit(&held, room, glyphs.more), theme.style(Role::Warn));
                y += 1;
            }
        }
        let (sign, text, role) = self.verdict(row);
        put(buffer, area, (area.x + 1, y), &fit(&format!("{sign} {text}"), width, glyphs.more), theme.style(role));
    }

    /// What a replica shows, and which write that is, or how much of it the replica may take alone.
    fn shown(&self, replica: ReplicaId, condition: Condition, key: KeyId) -> (String, String) {
        let catalog = self.view.catalog();
        let siblings = self.view.siblings(replica, key);
        let value = match siblings.len() {
            0 => catalog.value_text(self.view.value(replica, key)),
            _ => siblings.iter().map(|(value, _)| catalog.value_text(*value)).collect::<Vec<_>>().join(" | "),
        };
        let mut about = match self.view.shown_write(replica, key) {
            Some((writer, stamp)) => {
                let sign = if stamp.wall_us < 0 { "-" } else { "" };
                let at = milli_text(Instant(stamp.wall_us.unsigned_abs()));
                format!("by {writer}, stamped {sign}{at}")
            }
            None if !siblings.is_empty() => {
                let writers = siblings.iter().map(|(_, writer)| writer.to_string()).collect::<Vec<_>>();
                format!("{} versions, by {}", siblings.len(), writers.join(", "))
            }
            None => grant_text(self.view.grant(replica, key)),
        };
        if condition == Condition::Down {
            about = format!("on its disk; it is down  {about}");
        }
        (format!("{replica} {value}"), about)
    }

    /// Whether the replicas agree, and whether more was taken than was there.
    fn verdict(&self, row: &Row<'_>) -> (char, String, Role) {
        let differs = differs(self.view, row.key);
        let agree = if differs { "the replicas differ" } else { "all the same" };
        match (shortfall(self.view, row), differs) {
            (Some(short), _) => {
                let word = if row.service == Service::Stock { "oversold" } else { "overdrawn" };
                (self.model.glyphs.dead, format!("{agree}, {word} by {short}"), Role::Bad)
            }
            (None, true) => (self.model.glyphs.differs, agree.to_owned(), Role::Warn),
            (None, false) => ('=', agree.to_owned(), Role::Dim),
        }
    }
}

/// What a replica has of a key and does not show yet, and what it waits for: short enough for the narrowest pane.
fn held_text(view: View<'_>, replica: ReplicaId, key: KeyId) -> Option<String> {
    let mut held = view.held_back(replica).filter(|held| held.key == key);
    let first = held.next()?;
    let what = match (held.count(), first.text) {
        (0, Some(text)) => format!("\"{}\"", view.catalog().text(text)),
        (0, None) => "1 write".to_owned(),
        (others, _) => format!("{} writes", others + 1),
    };
    let lacks = match first.lacks {
        Lacks::Writes(writer, count) => format!("{count} of {writer}"),
        Lacks::Entries(log) => format!("{} log", log.name()),
    };
    Some(format!("holds {what}, lacks {lacks}"))
}

/// What a replica was granted of a bounded counter.
fn grant_text(rest: i64) -> String {
    if rest > 0 { format!("may take {rest} alone") } else { String::new() }
}

/// By how much more was taken than was there, at the replica that shows it worst.
fn shortfall(view: View<'_>, row: &Row<'_>) -> Option<u64> {
    if !matches!(row.service, Service::Stock | Service::Account) {
        return None;
    }
    let up = view.replicas().filter(|replica| !is_down(replica.condition));
    let least = up.filter_map(|replica| match view.value(replica.id, row.key) {
        Value::Int(number) => Some(number),
        _ => None,
    });
    least.min().filter(|number| *number < 0).map(i64::unsigned_abs)
}

fn is_negative(value: Value) -> bool {
    matches!(value, Value::Int(number) if number < 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_too_long_is_told_in_a_unit() {
        let cases = [
            (1_000_000, 5, Some("1M")),
            (1_234_567, 5, Some("1.23M")),
            (1_000_010, 5, Some("1.00M")),
            (-1_234_567, 4, Some("-1M")),
            (-1_234_567, 5, Some("-1.2M")),
            (999_999, 5, Some("999k")),
            (999_999, 3, None),
            (i64::MIN, 6, Some("-9.22E")),
        ];
        for (number, width, short) in cases {
            let found = short_number(number, width);
            assert_eq!(found.as_deref(), short, "{number} in {width}");
            assert!(found.is_none_or(|text| columns(&text) <= width));
        }
    }
}
