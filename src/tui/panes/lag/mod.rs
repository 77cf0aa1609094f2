//! Lag and metrics: how far each replica is behind, against the objective, and what operations paid.
//!
//! ```text
//!  r1 0ms  r2 30ms  r3 840ms !          lag      it says   alerts
//!  1s ┤                          ⣀⠤ r3  r3  840ms    835ms    2
//!     │╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌⢀⠔⠉╌╌╌ slo    operation     p50   p99   ok stale
//!     │              ⢀⠔⠁                stock.level   2ms   4ms 100% 840ms
//!   0 └──────────────────────────       sent 1203, dropped 12 …
//!     -60s                     now
//! ```
//!
//! The chart is of the last minute: the oracle's lag, by true time; what replicas say of themselves; or both of the
//! chosen replica, since where they part is what a dashboard does not show.

mod chart;
mod numbers;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Pane, PaneId};
use crate::base::ReplicaId;
use crate::lab::telling::span;
use crate::tui::keys::Direction;
use crate::tui::model::Model;
use crate::tui::text::put;
use crate::tui::theme::Role;

/// Columns that the numbers take beside the chart; where there are fewer, they stand below it.
const NUMBER_COLUMNS: u16 = 39;
/// Columns from which on both stand side by side.
const SIDE_BY_SIDE: u16 = 72;

/// What the pane remembers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LagState {
    show: Show,
    /// How many rows of operation types are hidden above.
    hidden: usize,
}

/// What the chart shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Show {
    /// The oracle's lag of every replica.
    #[default]
    True,
    /// What every replica says of itself.
    Said,
    /// Both, of the replica that is selected on the map.
    Both,
}

impl Show {
    const ALL: [Self; 3] = [Self::True, Self::Said, Self::Both];

    fn neighbour(self, by: usize) -> Self {
        let place = Self::ALL.iter().position(|show| *show == self).unwrap_or(0);
        Self::ALL[(place + by) % Self::ALL.len()]
    }
}

/// The pane.
pub(super) const PANE: Pane = Pane { id: PaneId::Lag, digit: '4', name: "Lag", title, draw, press, click };

fn title(model: &Model) -> String {
    let slo = span(model.sitting.run().metrics().lag().objective_us());
    match model.panes.lag.show {
        Show::True => format!("Lag · true, against {slo} · ←→ what replicas say"),
        Show::Said => format!("Lag · what replicas say of themselves, against {slo}"),
        Show::Both => format!("Lag · {}: true, and what it says (dots)", model.selected_replica()),
    }
}

fn press(model: &mut Model, direction: Direction) {
    let rows = numbers::operations(model).len();
    let state = &mut model.panes.lag;
    match direction {
        Direction::Right | Direction::Enter => state.show = state.show.neighbour(1),
        Direction::Left => state.show = state.show.neighbour(Show::ALL.len() - 1),
        other => state.hidden = super::moved(state.hidden, other, rows),
    }
}

/// A click on the chart shows another of its three.
fn click(model: &mut Model, area: Rect, at: (u16, u16)) {
    if split(area).0.contains(at.into()) {
        press(model, Direction::Right);
    }
}

/// The chart and the numbers.
fn split(area: Rect) -> (Rect, Rect) {
    if area.width >= SIDE_BY_SIDE {
        // One column stays free for the rule between them.
        let width = area.width - NUMBER_COLUMNS - 1;
        (Rect { width, ..area }, Rect { x: area.x + width + 1, width: NUMBER_COLUMNS, ..area })
    } else {
        let height = area.height / 2;
        (Rect { height, ..area }, Rect { y: area.y + height, height: area.height - height, ..area })
    }
}

fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let (left, right) = split(area);
    chart::draw(model, left, buffer);
    if left.right() < right.x {
        let style = model.theme.style(Role::Dim);
        for row in area.rows() {
            put(buffer, area, (left.right(), row.y), &model.glyphs.plain("│"), style);
        }
    }
    numbers::draw(model, right, buffer);
}

/// The replicas whose lag is drawn.
fn replicas(model: &Model) -> Vec<ReplicaId> {
    match model.panes.lag.show {
        Show::Both => vec![model.selected_replica()],
        Show::True | Show::Said => ReplicaId::all(model.sitting.run().cluster().view().replica_count()).collect(),
    }
}
