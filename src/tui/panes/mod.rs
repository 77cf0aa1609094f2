//! The panes: one file each, one line in [`PANES`]. A pane draws a view of the run and keeps scroll and selection.
//!
//! A new pane is a file with a `pub(super) const PANE: Pane`, a line in the table, a variant of [`PaneId`], a digit in
//! the table of keys and, if it remembers anything, a field of [`Panes`].

mod badge;
mod clocks;
mod data;
mod lag;
mod lesson;
mod links;
mod log;
mod map;
mod phones;
mod place;
mod policies;
mod roles;
mod timeline;
mod traffic;
mod verdicts;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::symbols::merge::MergeStrategy;
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Widget};

use crate::base::MessageClass;

use super::keys::Direction;
use super::model::Model;
use super::theme::{Role, Theme};
use super::travel::Way;

/// Which pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaneId {
    /// Replicas, links and what is on its way.
    Map,
    /// Each key at each replica.
    Data,
    /// A space-time diagram.
    Timeline,
    /// Lag against its objective, and what else is measured.
    Lag,
    /// Operation types, their levels and what these promise.
    Policies,
    /// True offsets and what NTP believes.
    Clocks,
    /// What the screen of each client said, true or not.
    Phones,
    /// The story.
    Log,
    /// Claims, and how they were broken.
    Verdicts,
    /// What each replica is to the logs that decide something, and those logs.
    Roles,
    /// The lesson that is played.
    Coach,
}

/// A pane: what it is called and what it does.
#[derive(Debug)]
pub(crate) struct Pane {
    /// Which.
    pub(crate) id: PaneId,
    /// The digit or letter on its tab.
    pub(crate) digit: char,
    /// What its tab says.
    pub(crate) name: &'static str,
    /// What its border says.
    pub(crate) title: fn(&Model) -> String,
    /// Draws it, inside its border.
    pub(crate) draw: fn(&Model, Rect, &mut Buffer),
    /// An arrow, Enter or Esc while it has the focus.
    pub(crate) press: fn(&mut Model, Direction),
    /// A click inside its border: the inner area and the cell.
    pub(crate) click: fn(&mut Model, Rect, (u16, u16)),
}

/// All panes, in the order of their tabs.
pub(crate) const PANES: &[Pane] = &[
    map::PANE,
    data::PANE,
    timeline::PANE,
    lag::PANE,
    policies::PANE,
    clocks::PANE,
    phones::PANE,
    log::PANE,
    verdicts::PANE,
    roles::PANE,
    lesson::PANE,
];

/// What the panes remember.
#[derive(Clone, Debug, Default)]
pub(crate) struct Panes {
    pub(crate) map: map::MapState,
    pub(crate) data: data::DataState,
    pub(crate) timeline: timeline::TimelineState,
    pub(crate) lag: lag::LagState,
    pub(crate) policies: policies::PoliciesState,
    pub(crate) clocks: clocks::ClocksState,
    pub(crate) phones: phones::PhonesState,
    pub(crate) log: log::LogState,
    pub(crate) verdicts: verdicts::VerdictsState,
    pub(crate) roles: roles::RolesState,
}

impl PaneId {
    /// The pane.
    pub(crate) fn pane(self) -> &'static Pane {
        PANES.iter().find(|pane| pane.id == self).expect("every pane has its line in the table")
    }

    /// The pane before or after, round and round; the coach is one of them while a lesson is open.
    pub(crate) fn neighbour(self, way: Way, with_coach: bool) -> Self {
        let panes: Vec<Self> = PANES.iter().map(|pane| pane.id).filter(|id| with_coach || *id != Self::Coach).collect();
        let place = panes.iter().position(|pane| *pane == self).unwrap_or(0);
        let by = if way == Way::On { 1 } else { panes.len() - 1 };
        panes[(place + by) % panes.len()]
    }
}

/// Draws a pane with its border.
pub(crate) fn draw(model: &Model, id: PaneId, area: Rect, buffer: &mut Buffer) {
    let pane = id.pane();
    let focused = model.focus == id;
    let role = if focused { Role::Accent } else { Role::Dim };
    let style = model.theme.style(role);
    let title_style = if focused { style.add_modifier(Modifier::BOLD) } else { model.theme.style(Role::Text) };
    let merge = if model.glyphs.merges { MergeStrategy::Exact } else { MergeStrategy::Replace };
    let title = super::text::clean(&model.glyphs.plain(&(pane.title)(model)));
    let block = Block::bordered()
        .border_set(model.glyphs.border)
        .border_style(style)
        .merge_borders(merge)
        .title(Line::styled(format!(" {title} "), title_style));
    let inner = block.inner(area);
    Clear.render(inner, buffer);
    block.render(area, buffer);
    if !inner.is_empty() {
        (pane.draw)(model, inner, buffer);
    }
}

/// The part of a pane inside its border.
pub(crate) fn inner(area: Rect) -> Rect {
    Block::bordered().inner(area)
}

/// An arrow goes to the pane with the focus.
pub(crate) fn press(model: &mut Model, direction: Direction) {
    (model.focus.pane().press)(model, direction);
}

/// Whose clock is chosen among the clocks.
pub(crate) use clocks::chosen as chosen_clock;
/// The coach: the digits that choose, whether there is more to read below, reading on, and letting the chosen option be seen.
pub(crate) use lesson::{digits, has_more, read_on, show_hint, show_option, show_said};
/// The operation that is chosen among the policies.
pub(crate) use policies::chosen as chosen_operation;

/// Lets panes look at what has happened, after every message of the shell.
pub(crate) fn look(model: &mut Model) {
    verdicts::look(model);
}

/// What `v` explains, by the pane that has the focus.
pub(crate) fn subject(model: &Model) -> Option<super::why::Subject> {
    match model.focus {
        PaneId::Verdicts => verdicts::subject(model),
        PaneId::Log => log::subject(model),
        PaneId::Phones => phones::subject(model),
        _ => None,
    }
}

/// Opens the line in which a text to find is typed.
pub(crate) fn find(model: &mut Model) {
    model.overlay = super::model::Overlay::Palette(super::palette::Palette::beginning_with("find "));
}

/// Finds a text in the log.
pub(crate) fn find_text(model: &mut Model, text: &str) {
    model.go_to_pane(PaneId::Log);
    log::find(model, text);
}

/// The style of a message by its class; its letter says the same.
pub(crate) fn message_style(theme: Theme, class: MessageClass) -> Style {
    theme.style(match class {
        MessageClass::Request | MessageClass::Reply => Role::Request,
        MessageClass::Gossip => Role::News,
        MessageClass::Repair | MessageClass::Raft | MessageClass::Primary | MessageClass::Quorum => Role::Warn,
        MessageClass::Heartbeat => Role::Dim,
    })
}

/// A selection among `count` that was moved.
fn moved(selected: usize, direction: Direction, count: usize) -> usize {
    let last = count.saturating_sub(1);
    match direction {
        Direction::Up | Direction::Left => selected.min(last).saturating_sub(1),
        Direction::Down | Direction::Right => (selected + 1).min(last),
        Direction::PageUp => selected.saturating_sub(10),
        Direction::PageDown => (selected + 10).min(last),
        Direction::Home => 0,
        Direction::End => last,
        Direction::Enter | Direction::Escape => selected,
    }
}
