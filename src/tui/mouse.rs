//! The mouse: a click asks the layout what is there.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use super::keys::Direction;
use super::model::{Model, Overlay};
use super::update::{Message, update};
use super::{draw, layout, panes, popups, scrubber};

/// Lines that one notch of the wheel moves.
const NOTCH: usize = 3;

/// Takes in what the mouse did.
pub(crate) fn take(model: &mut Model, event: MouseEvent) {
    if !model.mouse {
        return;
    }
    let at = (event.column, event.row);
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => click(model, at),
        MouseEventKind::ScrollUp => wheel(model, at, Direction::Up),
        MouseEventKind::ScrollDown => wheel(model, at, Direction::Down),
        _ => return,
    }
    model.redraw = true;
}

fn area(model: &Model) -> Rect {
    Rect::new(0, 0, model.size.0, model.size.1)
}

fn click(model: &mut Model, at: (u16, u16)) {
    let area = area(model);
    if !layout::fits(area) || !area.contains(at.into()) {
        return;
    }
    model.notice = None;
    let places = layout::places(model, area);
    if !matches!(model.overlay, Overlay::None) {
        return popups::click(model, places.stage, at);
    }
    if places.scrubber.contains(at.into()) {
        return scrubber::click(model, places.scrubber, at.0);
    }
    let tab = draw::tab_places(places.tabs).into_iter().find(|(_, place)| place.contains(at.into()));
    if let Some((pane, _)) = tab {
        return model.go_to_pane(pane);
    }
    let hit = |(_, place): &&(panes::PaneId, Rect)| panes::inner(*place).contains(at.into());
    if let Some((pane, place)) = places.panes.iter().find(hit).copied() {
        model.go_to_pane(pane);
        (pane.pane().click)(model, panes::inner(place), at);
    }
}

/// The wheel scrolls what lies under the pointer.
fn wheel(model: &mut Model, at: (u16, u16), direction: Direction) {
    if !matches!(model.overlay, Overlay::None) {
        let code = if direction == Direction::Up { KeyCode::Up } else { KeyCode::Down };
        return update(model, Message::Key(KeyEvent::new(code, KeyModifiers::NONE)));
    }
    let places = layout::places(model, area(model));
    let hit = |(_, place): &&(panes::PaneId, Rect)| place.contains(at.into());
    if let Some((pane, _)) = places.panes.iter().find(hit).copied() {
        for _ in 0..NOTCH {
            (pane.pane().press)(model, direction);
        }
    }
}
