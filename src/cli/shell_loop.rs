//! Stand-in.
use std::time::Duration;

use crossterm::event::Event;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::tui::{Message, Model, Request, draw, update};

#[cfg(test)]
pub(super) fn drive(
    model: &mut Model,
    terminal: &mut Terminal<TestBackend>,
    events: Vec<Event>,
    wait: Duration,
) -> Vec<Request> {
    for event in events {
        match event {
            Event::Key(key) => update(model, Message::Key(key)),
            Event::Mouse(mouse) => update(model, Message::Mouse(mouse)),
            _ => {}
        }
    }
    for _ in 0..wait.as_millis() / 16 {
        update(model, Message::Frame { elapsed: Duration::from_millis(16) });
    }
    while model.journey.is_some() {
        update(model, Message::Frame { elapsed: Duration::from_millis(16) });
    }
    terminal.draw(|frame| draw(model, frame)).expect("a test can draw");
    model.take_requests()
}
