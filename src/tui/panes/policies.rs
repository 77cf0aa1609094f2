//! Policy.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Pane, PaneId};
use crate::tui::keys::Direction;
use crate::tui::model::Model;

/// What the pane remembers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PoliciesState {}

/// The pane.
pub(super) const PANE: Pane = Pane { id: PaneId::Policies, digit: '5', name: "Policy", title, draw, press, click };

fn title(_: &Model) -> String {
    "Policy".to_owned()
}

fn press(_: &mut Model, _: Direction) {}

fn click(_: &mut Model, _: Rect, _: (u16, u16)) {}

fn draw(_: &Model, _: Rect, _: &mut Buffer) {}
