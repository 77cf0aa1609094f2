//! Time: a space-time diagram (Lamport, 1978) of the run up to the cursor. Time runs to the right, a lane is an actor, a
//! slope is a message. Where an event is chosen, what led to it and what it led to are lit.
//!
//! Read [`scan`] first: one pass over the window's entries. [`causes`] tells before from after, [`faults`] what links
//! suffered, [`paint`] draws. Everything is made anew for each frame, from no more entries than a frame has time for.

mod causes;
mod choose;
mod faults;
mod ink;
mod lanes;
mod paint;
mod scan;
mod shown;
#[cfg(test)]
mod tests;
mod window;
mod words;

use std::fmt::Write;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Pane, PaneId};
use crate::base::Instant;
use crate::lab::log::Ring;
use crate::lab::telling::span;
use crate::record::TraceEntry;
use crate::tui::keys::Direction;
use crate::tui::model::Model;

use choose::Chosen;
use shown::Shown;
use window::{SPANS_US, Window};

/// What the pane remembers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TimelineState {
    shown: Shown,
    /// Which span the window has, if one was chosen; else it goes with the speed.
    zoom: Option<usize>,
    chosen: Option<Chosen>,
    /// Where the window ends while something is chosen.
    end: Instant,
}

/// The pane.
pub(super) const PANE: Pane =
    Pane { id: PaneId::Timeline, digit: '3', name: "Time", title, draw, press, click: choose::click };

impl TimelineState {
    /// The event that is chosen, if the trace still has it: after a rewind it may not have happened yet.
    fn chosen(&self, trace: &Ring<TraceEntry>) -> Option<Chosen> {
        let chosen = self.chosen?;
        let entry = trace.get(chosen.number)?;
        (entry.actor == chosen.actor && entry.at == chosen.at).then_some(chosen)
    }

    /// The index of the window's span at a speed, in thousandths of real time.
    fn zoom(&self, speed_milli: u32) -> usize {
        self.zoom.unwrap_or_else(|| window::zoom_for(speed_milli))
    }
}

/// What its border says: how much time is seen, of what, and what is left out.
fn title(model: &Model) -> String {
    let window = Window::of(model);
    // Writing to a String cannot fail.
    let mut text = format!("Time · {}", span(window.span_us));
    if window.span_us < window.wanted_us {
        let _ = write!(text, " of {}, so much happens", span(window.wanted_us));
    }
    let _ = write!(text, " · {}", model.panes.timeline.shown.words());
    let view = model.sitting.run().cluster().view();
    let workers = view.clients().filter(|client| client.workload.is_some()).count();
    if workers > 0 {
        let _ = write!(text, " · without {workers} clients of load");
    }
    text
}

fn press(model: &mut Model, direction: Direction) {
    match direction {
        Direction::Escape => model.panes.timeline.chosen = None,
        Direction::Enter => model.panes.timeline.shown = model.panes.timeline.shown.next(),
        Direction::PageUp => zoom(model, 1),
        Direction::PageDown => zoom(model, -1),
        _ => choose::go(model, direction),
    }
}

/// A longer window, or a shorter one, around what is chosen.
fn zoom(model: &mut Model, by: isize) {
    let state = model.panes.timeline;
    let chosen = state.chosen(&model.sitting.log().trace);
    let zoom = state.zoom(model.pace.milli()).saturating_add_signed(by).min(SPANS_US.len() - 1);
    model.panes.timeline.zoom = Some(zoom);
    if let Some(chosen) = chosen {
        model.panes.timeline.end = chosen.at + SPANS_US[zoom] / 2;
    }
}

fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    paint::Picture::new(model, area).draw(buffer);
}
