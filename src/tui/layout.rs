//! What stands where. Drawing and the mouse ask the same function, so that a click hits what is seen.
//!
//! ```text
//! 80×24                       120×40                          180×50 and wider
//! title                       title                           title
//! tabs                        tabs                            tabs
//! scrubber                    scrubber                        scrubber
//! ┌ stage (map│data, …) ─┐    ┌ stage ───────┬ data ─────┐    ┌ stage ────┬ data ────┬ log ──────┐
//! ├ log ─────────────────┤    │              ├ log ──────┤    │           │          │           │
//! └──────────────────────┘    ├ timeline ────┼ verdicts ─┤    ├ timeline ─┼ lag ─────┼ verdicts ─┤
//! notice                      └──────────────┴───────────┘    └───────────┴──────────┴───────────┘
//! hints                       notice, hints                   notice, hints
//! ```

use ratatui::layout::{Constraint, Layout, Rect, Spacing};

use super::model::Model;
use super::panes::PaneId;

/// The least that the screen needs, columns first.
pub(crate) const SIZE_MIN: (u16, u16) = (80, 24);
/// From here on there is room for a second column.
const WIDE: (u16, u16) = (116, 34);
/// From here on there is room for a third.
const HUGE: (u16, u16) = (176, 46);
/// Columns of the table beside the map, where it has to share.
const DATA_COLUMNS: u16 = 34;
/// Rows of the coach under the stage, at least.
const COACH_ROWS: u16 = 8;
/// Rows of the log under the stage, at least.
const LOG_ROWS: u16 = 7;

/// What stands where.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    pub(crate) title: Rect,
    pub(crate) tabs: Rect,
    pub(crate) scrubber: Rect,
    /// All panes together.
    pub(crate) stage: Rect,
    pub(crate) notice: Rect,
    pub(crate) hints: Rect,
    /// Each pane that is seen. They share their borders.
    pub(crate) panes: Vec<(PaneId, Rect)>,
}

/// Whether an area has room for the screen.
pub(crate) fn fits(area: Rect) -> bool {
    area.width >= SIZE_MIN.0 && area.height >= SIZE_MIN.1
}

/// What stands where on `area`.
pub(crate) fn places(model: &Model, area: Rect) -> Places {
    let rows = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(1),
        Constraint::Length(1),
    ]);
    let [title, tabs, scrubber, stage, notice, hints] = rows.areas(area);
    let panes = if model.zoomed { vec![(model.focus, stage)] } else { panes(model, stage) };
    Places { title, tabs, scrubber, stage, notice, hints, panes }
}

/// Whether a pane stands beside the stage, whatever is on it.
pub(crate) fn is_companion(model: &Model, pane: PaneId) -> bool {
    let (width, height) = model.size;
    companions(model, places(model, Rect::new(0, 0, width, height)).stage).contains(&pane)
}

/// The panes that stand beside the stage. A lesson takes the place of the log, and where there are two columns that of
/// the table as well.
fn companions(model: &Model, area: Rect) -> &'static [PaneId] {
    let is_wide = area.width >= WIDE.0 && area.height >= WIDE.1;
    if model.course.session.is_some() {
        return if is_wide { &[PaneId::Timeline, PaneId::Coach, PaneId::Verdicts] } else { &[PaneId::Coach] };
    }
    if area.width >= HUGE.0 && area.height >= HUGE.1 {
        &[PaneId::Timeline, PaneId::Data, PaneId::Lag, PaneId::Log, PaneId::Verdicts]
    } else if is_wide {
        &[PaneId::Timeline, PaneId::Data, PaneId::Log, PaneId::Verdicts]
    } else {
        &[PaneId::Log]
    }
}

fn panes(model: &Model, area: Rect) -> Vec<(PaneId, Rect)> {
    let companions = companions(model, area);
    // What has the focus is seen; where it stands beside the stage anyway, the stage keeps what was there.
    let shown = [model.focus, model.stage, PaneId::Map];
    let on_stage = shown.into_iter().find(|pane| !companions.contains(pane)).unwrap_or(PaneId::Map);
    match companions {
        [_, _, _, _, _] => huge(on_stage, area),
        [_, _, _, _] => wide(on_stage, area),
        [_, _, _] => lesson(on_stage, area),
        [below, ..] => narrow(on_stage, *below, area),
        [] => vec![(on_stage, area)],
    }
}

fn narrow(on_stage: PaneId, below: PaneId, area: Rect) -> Vec<(PaneId, Rect)> {
    let rows = if below == PaneId::Coach { COACH_ROWS } else { LOG_ROWS };
    let [upper, lower] = stacked(area, rows.max(area.height / 4));
    let mut panes = vec![(below, lower)];
    if matches!(on_stage, PaneId::Map | PaneId::Data) {
        let [map, data] = side_by_side(upper, DATA_COLUMNS.max(area.width / 3));
        panes.extend([(PaneId::Map, map), (PaneId::Data, data)]);
    } else {
        panes.push((on_stage, upper));
    }
    panes
}

/// A lesson on a wide screen: a column of its own for the coach.
fn lesson(on_stage: PaneId, area: Rect) -> Vec<(PaneId, Rect)> {
    let [left, right] = side_by_side(area, (area.width * 37 / 100).min(70));
    let lower = (area.height / 3).clamp(12, 16);
    let [stage, timeline] = stacked(left, lower);
    let [coach, verdicts] = stacked(right, lower);
    let mut panes = vec![(PaneId::Timeline, timeline), (PaneId::Coach, coach), (PaneId::Verdicts, verdicts)];
    if matches!(on_stage, PaneId::Map | PaneId::Data) && stage.width >= WIDE.0 {
        let [map, data] = side_by_side(stage, DATA_COLUMNS.max(stage.width / 3));
        panes.extend([(PaneId::Map, map), (PaneId::Data, data)]);
    } else {
        panes.push((on_stage, stage));
    }
    panes
}

fn wide(on_stage: PaneId, area: Rect) -> Vec<(PaneId, Rect)> {
    let [left, right] = side_by_side(area, area.width * 37 / 100);
    let lower = (area.height / 3).clamp(12, 16);
    let [stage, timeline] = stacked(left, lower);
    let [upper, verdicts] = stacked(right, lower);
    let [data, log] = stacked(upper, upper.height / 2 + 1);
    vec![
        (on_stage, stage),
        (PaneId::Timeline, timeline),
        (PaneId::Data, data),
        (PaneId::Log, log),
        (PaneId::Verdicts, verdicts),
    ]
}

fn huge(on_stage: PaneId, area: Rect) -> Vec<(PaneId, Rect)> {
    let [left, rest] = side_by_side(area, area.width * 60 / 100);
    let [middle, right] = side_by_side(rest, rest.width / 2);
    let lower = area.height * 2 / 5;
    let [stage, timeline] = stacked(left, lower);
    let [data, lag] = stacked(middle, lower);
    let [log, verdicts] = stacked(right, lower);
    vec![
        (on_stage, stage),
        (PaneId::Timeline, timeline),
        (PaneId::Data, data),
        (PaneId::Lag, lag),
        (PaneId::Log, log),
        (PaneId::Verdicts, verdicts),
    ]
}

/// Two areas that share a border: the lower one has `rows`.
fn stacked(area: Rect, rows: u16) -> [Rect; 2] {
    Layout::vertical([Constraint::Fill(1), Constraint::Length(rows)]).spacing(Spacing::Overlap(1)).areas(area)
}

/// Two areas that share a border: the right one has `columns`.
fn side_by_side(area: Rect, columns: u16) -> [Rect; 2] {
    Layout::horizontal([Constraint::Fill(1), Constraint::Length(columns)]).spacing(Spacing::Overlap(1)).areas(area)
}
