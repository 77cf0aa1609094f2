//! The panes: one file each, one row here. A pane draws a view of the run and keeps scroll and selection.

mod data;
mod links;
mod log;
mod map;
mod place;

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

/// A pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PaneId {
    /// Replicas, links and what is on its way.
    Map,
    /// Each key at each replica.
    Data,
    /// The story.
    Log,
}

/// What the panes remember.
#[derive(Clone, Debug, Default)]
pub(crate) struct Panes {
    pub(crate) map: map::MapState,
    pub(crate) data: data::DataState,
    pub(crate) log: log::LogState,
}

impl PaneId {
    /// All panes; the digits go to them in this order.
    pub(crate) const ALL: &'static [Self] = &[Self::Map, Self::Data, Self::Log];

    /// What its tab says.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Map => "Map",
            Self::Data => "Data",
            Self::Log => "Log",
        }
    }

    /// The pane so many further on, round and round.
    pub(crate) fn neighbour(self, by: usize) -> Self {
        let place = Self::ALL.iter().position(|pane| *pane == self).unwrap_or(0);
        Self::ALL[(place + by) % Self::ALL.len()]
    }
}

/// Draws a pane with its border.
pub(crate) fn draw(model: &Model, pane: PaneId, area: Rect, buffer: &mut Buffer) {
    let title = match pane {
        PaneId::Map => map::title(model),
        PaneId::Data => data::title(),
        PaneId::Log => log::title(model),
    };
    let focused = model.focus == pane;
    let role = if focused { Role::Accent } else { Role::Dim };
    let style = model.theme.style(role);
    let title_style = if focused { style.add_modifier(Modifier::BOLD) } else { model.theme.style(Role::Text) };
    let merge = if model.glyphs.merges { MergeStrategy::Exact } else { MergeStrategy::Replace };
    let block = Block::bordered()
        .border_set(model.glyphs.border)
        .border_style(style)
        .merge_borders(merge)
        .title(Line::styled(format!(" {} ", model.glyphs.plain(&title)), title_style));
    let inner = block.inner(area);
    Clear.render(inner, buffer);
    block.render(area, buffer);
    match pane {
        PaneId::Map => map::draw(model, inner, buffer),
        PaneId::Data => data::draw(model, inner, buffer),
        PaneId::Log => log::draw(model, inner, buffer),
    }
}

/// An arrow goes to the pane with the focus.
pub(crate) fn press(model: &mut Model, direction: Direction) {
    let view = model.sitting.run().cluster().view();
    match model.focus {
        PaneId::Map => model.panes.map.press(direction, view.replica_count()),
        PaneId::Data => model.panes.data.press(direction, view.catalog().key_count()),
        PaneId::Log => {
            let lines = model.sitting.log().story.iter().len();
            model.panes.log.press(direction, lines);
        }
    }
}

/// The style of a message by its class; its letter says the same.
pub(crate) fn message_style(theme: Theme, class: MessageClass) -> Style {
    theme.style(match class {
        MessageClass::Request | MessageClass::Reply => Role::Request,
        MessageClass::Gossip => Role::News,
        MessageClass::Repair => Role::Warn,
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
    }
}
