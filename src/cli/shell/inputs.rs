//! Everything that comes in, in one stream: what the terminal tells, and signals.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use crossterm::event::{Event, EventStream, KeyEventKind};
use futures::Stream;

use crate::tui::Message;

use super::signals::Signals;

/// Something that comes in.
#[derive(Clone, Debug)]
pub(super) enum Input {
    /// A key, a paste, the mouse, another size.
    Event(Event),
    /// Someone wants the program to end now: a signal, or a terminal that hangs up.
    End,
    /// Someone wants it to leave as by `q`: Ctrl-C from outside.
    Interrupt,
    /// Someone wants it to stop until it is continued.
    Stop,
    /// It was stopped, and is to go on.
    GoOn,
}

/// The terminal's events and the signals. Signals come first.
pub(super) struct Inputs {
    events: EventStream,
    signals: Signals,
}

impl Inputs {
    /// The two as one.
    pub(super) fn new(events: EventStream, signals: Signals) -> Self {
        Self { events, signals }
    }
}

impl Stream for Inputs {
    type Item = io::Result<Input>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Poll::Ready(input) = self.signals.poll(context) {
            return Poll::Ready(Some(Ok(input)));
        }
        Pin::new(&mut self.events).poll_next(context).map(|event| event.map(|event| event.map(Input::Event)))
    }
}

/// What an event tells the model.
pub(super) fn message(event: Event) -> Option<Message> {
    match event {
        // Some terminals tell when a key is let go.
        Event::Key(key) if key.kind == KeyEventKind::Release => None,
        Event::Key(key) => Some(Message::Key(key)),
        Event::Paste(text) => Some(Message::Paste(text)),
        Event::Resize(columns, rows) => Some(Message::Resize(columns, rows)),
        Event::Mouse(mouse) => Some(Message::Mouse(mouse)),
        Event::FocusGained | Event::FocusLost => None,
    }
}
