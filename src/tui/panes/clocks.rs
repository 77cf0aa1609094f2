//! The clocks: how far each wall clock is from true time, and how far NTP believes it to be. Nobody in the cluster sees
//! the first; what a protocol knows is at best the second.
//!
//! ```text
//!             behind        true time        ahead      offset  believed   unseen
//! ▸r1  ·──────────────────────●────────────────────·       0us         -        -
//!  r2  ·──────────────────────┼◇─────────●─────────·     +80ms      +2ms    +78ms
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::{Pane, PaneId};
use crate::base::ReplicaId;
use crate::cluster::command::Party;
use crate::cluster::view::View;
use crate::lab::telling::{signed_span, span};
use crate::tui::keys::Direction;
use crate::tui::model::{Model, Overlay};
use crate::tui::text::{columns, fit, pad, put, put_sign, wrap};
use crate::tui::theme::Role;
use crate::tui::{choices, travel};

/// Columns of a name, and of the three numbers together.
const NAME: u16 = 6;
const NUMBERS: u16 = 30;
/// Rows under the clocks for what the chosen one leads to.
const DETAIL_ROWS: u16 = 3;
/// The scale reaches this far at least, in microseconds to each side.
const SCALE_US_MIN: u64 = 10_000;

/// What the pane remembers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ClocksState {
    selected: usize,
}

/// The pane.
pub(super) const PANE: Pane = Pane { id: PaneId::Clocks, digit: '6', name: "Clocks", title, draw, press, click };

/// A clock: whose, how far it is off, what NTP believes, and by how much it drifts.
struct Clock {
    party: Party,
    name: String,
    offset_us: i64,
    believed_us: Option<i64>,
    drift_ppm: i64,
}

/// The clocks of replicas, then those of named clients.
fn clocks(view: View<'_>) -> Vec<Clock> {
    let of_replicas = view.replicas().map(|replica| Clock {
        party: Party::Replica(replica.id),
        name: replica.id.to_string(),
        offset_us: replica.offset_us,
        believed_us: replica.believed_offset_us,
        drift_ppm: replica.drift_ppm,
    });
    let clients = view.clients().enumerate().filter(|(_, client)| client.workload.is_none());
    let of_clients = clients.map(|(index, client)| Clock {
        party: Party::Client(client.name.to_owned()),
        name: client.name.to_owned(),
        offset_us: view.client_offset_us(index),
        believed_us: None,
        drift_ppm: view.client_drift_ppm(index),
    });
    of_replicas.chain(of_clients).collect()
}

/// Whose clock is chosen while the pane has the focus.
pub(crate) fn chosen(model: &Model) -> Party {
    let clocks = clocks(model.sitting.run().cluster().view());
    let selected = model.panes.clocks.selected.min(clocks.len().saturating_sub(1));
    clocks.into_iter().nth(selected).map_or(Party::Replica(ReplicaId(0)), |clock| clock.party)
}

fn title(model: &Model) -> String {
    format!("Clocks · true time is {}", travel::rounded_instant(model.sitting.run().now()))
}

fn press(model: &mut Model, direction: Direction) {
    if direction == Direction::Enter {
        model.overlay = Overlay::Chooser(choices::clocks(model));
        return;
    }
    let count = clocks(model.sitting.run().cluster().view()).len();
    model.panes.clocks.selected = super::moved(model.panes.clocks.selected, direction, count);
}

/// A click chooses a clock, and one on the chosen asks what shall befall it.
fn click(model: &mut Model, area: Rect, (_, y): (u16, u16)) {
    let count = clocks(model.sitting.run().cluster().view()).len();
    let list = list(area);
    let row = first(model, list) + usize::from(y.saturating_sub(list.y));
    if y < list.y || y >= list.bottom() || row >= count {
        return;
    }
    if row == model.panes.clocks.selected {
        return press(model, Direction::Enter);
    }
    model.panes.clocks.selected = row;
}

fn list(area: Rect) -> Rect {
    Rect { y: area.y + 1, height: area.height.saturating_sub(1 + DETAIL_ROWS), ..area }
}

fn first(model: &Model, list: Rect) -> usize {
    (model.panes.clocks.selected + 1).saturating_sub(usize::from(list.height))
}

fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let clocks = clocks(model.sitting.run().cluster().view());
    let list = list(area);
    let selected = model.panes.clocks.selected.min(clocks.len().saturating_sub(1));
    let reach = |clock: &Clock| clock.offset_us.unsigned_abs().max(clock.believed_us.unwrap_or(0).unsigned_abs());
    let scale_us = round_up(clocks.iter().map(reach).max().unwrap_or(0).max(SCALE_US_MIN));
    let axis = Rect { x: area.x + NAME, width: area.width.saturating_sub(NAME + NUMBERS), ..area };
    head(model, area, axis, scale_us, buffer);
    for (y, (index, clock)) in (list.y..list.bottom()).zip(clocks.iter().enumerate().skip(first(model, list))) {
        row(model, clock, index == selected, (Rect { y, height: 1, ..area }, axis, scale_us), buffer);
    }
    if let Some(clock) = clocks.get(selected) {
        let place = Rect { x: area.x + 1, y: list.bottom(), width: area.width.saturating_sub(2), height: DETAIL_ROWS };
        let text = model.glyphs.plain(&consequence(model, clock));
        for (y, line) in (place.y..area.bottom()).zip(wrap(&text, usize::from(place.width))) {
            put(buffer, area, (place.x, y), &line, model.theme.style(Role::Accent));
        }
    }
}

/// One, two or five times a power of ten that is at least `us`.
fn round_up(us: u64) -> u64 {
    let mut unit = 1_000;
    loop {
        for step in [1, 2, 5] {
            if us <= step * unit {
                return step * unit;
            }
        }
        unit *= 10;
    }
}

fn head(model: &Model, area: Rect, axis: Rect, scale_us: u64, buffer: &mut Buffer) {
    let dim = model.theme.style(Role::Dim);
    let left = format!("-{}", span(scale_us));
    let right = format!("+{}", span(scale_us));
    put(buffer, axis, (axis.x, area.y), &left, dim);
    let x = axis.right().saturating_sub(columns(&right) as u16);
    put(buffer, axis, (x, area.y), &right, dim);
    let middle = "true time";
    let x = (axis.x + axis.width / 2).saturating_sub(columns(middle) as u16 / 2);
    if axis.width > 30 {
        put(buffer, axis, (x, area.y), middle, dim);
    }
    let numbers = ["offset", "believed", "unseen"].map(|word| format!("{word:>10}")).concat();
    put(buffer, area, (axis.right(), area.y), &numbers, dim);
}

fn row(model: &Model, clock: &Clock, selected: bool, (area, axis, scale_us): (Rect, Rect, u64), buffer: &mut Buffer) {
    let (theme, glyphs) = (model.theme, model.glyphs);
    if selected {
        put_sign(buffer, area, (area.x, area.y), glyphs.cursor, theme.style(Role::Accent));
    }
    let is_off = clock.offset_us != 0;
    let role = if is_off { Role::Warn } else { Role::Text };
    let name = pad(&clock.name, usize::from(NAME) - 2, glyphs.more);
    put(buffer, area, (area.x + 1, area.y), &name, theme.style(if selected { Role::Accent } else { role }));
    let middle = axis.x + axis.width / 2;
    for x in axis.left()..axis.right() {
        put_sign(buffer, axis, (x, area.y), glyphs.across_broken, theme.style(Role::Dim));
    }
    let place = |us: i64| {
        let half = i64::from(axis.width.saturating_sub(1) / 2);
        (i64::from(middle) + us * half / scale_us as i64).clamp(i64::from(axis.x), i64::from(axis.right().max(1)) - 1)
            as u16
    };
    put_sign(buffer, axis, (middle, area.y), glyphs.down, theme.style(Role::Dim));
    if let Some(believed_us) = clock.believed_us {
        put_sign(buffer, axis, (place(believed_us), area.y), glyphs.believed, theme.style(Role::Request));
    }
    let style = theme.style(if is_off { Role::Warn } else { Role::Good }).add_modifier(Modifier::BOLD);
    put_sign(buffer, axis, (place(clock.offset_us), area.y), glyphs.up, style);
    let rounded = |us: i64| signed_span(us / 100 * 100);
    let believed = clock.believed_us.map_or_else(|| "-".to_owned(), rounded);
    let unseen = clock.believed_us.map_or_else(|| "-".to_owned(), |us| rounded(clock.offset_us - us));
    let numbers = [rounded(clock.offset_us), believed, unseen].map(|text| format!("{text:>10}")).concat();
    let numbers = fit(&numbers, usize::from(area.right().saturating_sub(axis.right())), glyphs.more);
    put(buffer, area, (axis.right(), area.y), &numbers, theme.style(role));
}

/// What the clock leads to, in words.
fn consequence(model: &Model, clock: &Clock) -> String {
    let now_us = model.sitting.run().now().0 as i64;
    let wall_us = now_us + clock.offset_us;
    let reads = format!("{}{}s", if wall_us < 0 { "-" } else { "" }, seconds(wall_us.unsigned_abs()));
    let name = &clock.name;
    let drift = match clock.drift_ppm {
        0 => String::new(),
        ppm => format!(" It drifts by {ppm:+} ppm: {} a minute.", signed_span(ppm * 60)),
    };
    let belief = match (clock.believed_us, clock.offset_us) {
        (None, 0) => " No NTP corrects it.".to_owned(),
        (None, _) => " No NTP corrects it: it stays so.".to_owned(),
        (Some(_), _) => format!(" {} is what NTP believes; the rest nobody sees.", sign_of(model)),
    };
    let effect = match clock.offset_us {
        0 => "that is true".to_owned(),
        us @ 1.. => {
            format!("a write stamped by it now beats what others write in the next {}", span(us.unsigned_abs()))
        }
        us => format!("a write stamped by it now loses to what others wrote in the last {}", span(us.unsigned_abs())),
    };
    format!("{name} reads {reads}: {effect}.{drift}{belief}")
}

fn sign_of(model: &Model) -> char {
    model.glyphs.believed
}

/// Seconds to the millisecond.
fn seconds(us: u64) -> String {
    format!("{}.{:03}", us / 1_000_000, us / 1_000 % 1_000)
}
