//! The shell of the screen: one loop over keys, frames and signals on one thread.
//!
//! The world is stepped from the frame, never from a task. Frames tick only while something moves; while input is
//! queued nothing is drawn.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use crossterm::event::{self, Event, EventStream, KeyCode, KeyEventKind};
use futures::StreamExt;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::tui::{Look, Message, Model, Signs, Theme, draw, update};

use super::shell_screen::Screen;
use super::shell_signals::Signals;
use super::{Ending, output};

/// How long a frame lasts: sixty in a second.
const FRAME: Duration = Duration::from_millis(16);
/// What to do without a terminal.
const NO_TERMINAL: &str = "driftlab needs a terminal for its screen: run it in one, \
    or play a script without one: driftlab replay FILE";

/// Opens the lab.
pub(super) fn open() -> Ending {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    if dumb || !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return output::refuse(NO_TERMINAL);
    }
    // A report is worth having, and none is worth a failure.
    let _ = color_eyre::install();
    match run() {
        Ok(()) => Ending::Fine,
        Err(error) => output::refuse(&format!("the terminal failed: {error}")),
    }
}

fn run() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let look = look();
    // Otherwise crossterm drops bold and reverse together with the colours that the theme does not use anyway.
    crossterm::style::force_color_output(true);
    let screen = Screen::enter()?;
    let mut model = Model::opening(crossterm::terminal::size()?, look);
    let result = runtime.block_on(converse(&mut model));
    // The terminal first: a long sitting takes a while to clear away.
    drop(screen);
    result
}

/// What kind of terminal it is, from the environment.
fn look() -> Look {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
    let is_unicode = |locale: String| locale.to_ascii_uppercase().replace('-', "").contains("UTF8");
    let theme = if set("NO_COLOR").is_some() { Theme::Mono } else { Theme::default() };
    let signs = if locale.is_some_and(|locale| !is_unicode(locale)) { Signs::Ascii } else { Signs::default() };
    Look { theme, signs, ..Look::default() }
}

async fn converse(model: &mut Model) -> io::Result<()> {
    let mut terminal = Terminal::new(CrosstermBackend::new(io::BufWriter::new(io::stdout())))?;
    let mut events = EventStream::new();
    let mut signals = Signals::new()?;
    let mut frames = interval(FRAME);
    frames.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut last_frame: Option<Instant> = None;
    loop {
        if model.take_redraw() {
            terminal.draw(|frame| draw(model, frame))?;
            terminal.backend_mut().flush()?;
        }
        tokio::select! {
            biased;
            () = signals.asked_to_end() => return Ok(()),
            event = events.next() => match event {
                Some(event) => take(model, event?)?,
                None => return Ok(()),
            },
            now = frames.tick(), if model.is_moving() => {
                let elapsed = last_frame.map_or(Duration::ZERO, |last| now.saturating_duration_since(last));
                last_frame = Some(now);
                update(model, Message::Frame { elapsed });
            }
        }
        if !model.is_moving() {
            last_frame = None;
        }
        if model.wants_to_quit() {
            return Ok(());
        }
    }
}

/// Takes in an event and all that are queued behind it.
fn take(model: &mut Model, first: Event) -> io::Result<()> {
    let mut event = first;
    loop {
        panic_if_asked(&event);
        if let Some(message) = message(event) {
            update(model, message);
        }
        if model.wants_to_quit() || !event::poll(Duration::ZERO)? {
            return Ok(());
        }
        event = event::read()?;
    }
}

fn message(event: Event) -> Option<Message> {
    match event {
        // Some terminals tell when a key is let go.
        Event::Key(key) if key.kind == KeyEventKind::Release => None,
        Event::Key(key) => Some(Message::Key(key)),
        Event::Paste(text) => Some(Message::Paste(text)),
        Event::Resize(columns, rows) => Some(Message::Resize(columns, rows)),
        Event::FocusGained | Event::FocusLost | Event::Mouse(_) => None,
    }
}

/// A hook for the test that proves that a panic gives the terminal back: `DRIFTLAB_PANIC=1`, then F12.
fn panic_if_asked(event: &Event) {
    let Event::Key(key) = event else { return };
    assert!(
        key.code != KeyCode::F(12) || std::env::var_os("DRIFTLAB_PANIC").is_none(),
        "F12 was pressed under DRIFTLAB_PANIC"
    );
}
