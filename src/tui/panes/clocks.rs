//! Clocks.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Pane, PaneId};
use crate::tui::keys::Direction;
use crate::tui::model::Model;

/// What the pane remembers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ClocksState {}

/// The pane.
pub(super) const PANE: Pane = Pane { id: PaneId::Clocks, digit: '6', name: "Clocks", title, draw, press, click };

fn title(_: &Model) -> String {
    "Clocks".to_owned()
}

fn press(_: &mut Model, _: Direction) {}

fn click(_: &mut Model, _: Rect, _: (u16, u16)) {}

fn draw(_: &Model, _: Rect, _: &mut Buffer) {}
