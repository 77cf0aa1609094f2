//! The shell of the screen: what the lab needs from the world outside, on one thread.
//!
//! ```text
//!   keys, mouse, signals ─▶ inputs ─▶ ┌──────────────┐ ─▶ draw ─▶ terminal
//!                                     │ conversation │ ─▶ host: mouse, stop and go on
//!                     frame clock ─▶  └──────────────┘ ─▶ desk: files, journal
//! ```
//!
//! [`conversation`] is the loop; read it first. It is generic over the terminal, the inputs and the host, so that tests
//! drive the very same loop without any of them. The world is stepped from the frame, never from a task. Frames tick
//! only while something moves; while input is queued nothing is drawn.

mod conversation;
mod desk;
mod inputs;
mod look;
mod screen;
mod signals;

#[cfg(test)]
mod tests;

use std::io::{self, IsTerminal};

use crossterm::event::EventStream;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use crate::lesson::Catalogue;
use crate::tui::{Look, Model, Signs};

use super::arguments::LookOptions;
use super::folders::Folders;
use super::open::Opened;
use super::state::State;
use super::{Ending, output};
use conversation::{Conversation, End};
use desk::Desk;
use inputs::Inputs;
use screen::Screen;
use signals::Signals;

/// What to do without a terminal.
const NO_TERMINAL: &str = "driftlab needs a terminal for its screen: run it in one, \
    or play a lesson as plain text: driftlab play --plain, or a script without one: driftlab replay FILE";

/// Where the lab begins.
pub(super) enum Start {
    /// In the course: where the learner was, or in this lesson.
    Course(Catalogue, Option<String>),
    /// At the opening scene, without a lesson.
    Sandbox,
    /// At what was opened.
    Opened(Box<Opened>),
}

/// Opens the lab.
pub(super) fn open(options: &LookOptions, start: Start) -> Ending {
    if let Err(why) = terminal_is_fit() {
        return output::refuse(why);
    }
    // A report is worth having, and none is worth a failure.
    let _ = color_eyre::install();
    let folders = Folders::find();
    let (look, mut notices) = look::look(options, &folders);
    match run(look, folders, start, &mut notices) {
        Ok(()) => Ending::Fine,
        Err(error) => output::refuse(&format!("the terminal failed: {error}")),
    }
}

/// Whether nothing but ASCII is to be shown, by the options, the config file or the locale.
pub(super) fn is_ascii(options: &LookOptions) -> bool {
    look::look(options, &Folders::find()).0.signs == Signs::Ascii
}

/// Whether there is a terminal that can show the lab.
pub(super) fn terminal_is_fit() -> Result<(), &'static str> {
    if is_dumb() || !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(NO_TERMINAL);
    }
    Ok(())
}

/// Whether the terminal can only print.
pub(super) fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

fn run(look: Look, folders: Folders, start: Start, notices: &mut Vec<String>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // Otherwise crossterm drops bold and reverse together with the colours that the theme does not use anyway.
    crossterm::style::force_color_output(true);
    let screen = Screen::enter(look.mouse)?;
    let size = crossterm::terminal::size()?;
    let is_opening = !matches!(start, Start::Opened(_));
    let mut model = begin(start, size, look, notices);
    runtime.block_on(async {
        let terminal = Terminal::new(CrosstermBackend::new(io::BufWriter::new(io::stdout())))?;
        let mut inputs = Inputs::new(EventStream::new(), Signals::new()?);
        let desk = Desk::open(folders, &mut model, is_opening, notices);
        let mut conversation = Conversation::new(terminal, screen, desk);
        let end = conversation.hold(&mut model, &mut inputs).await;
        // The terminal first: a long sitting takes a while to save and to clear away.
        let (screen, desk) = conversation.into_parts();
        drop(screen);
        let left = match end {
            Ok(End::Quit) => desk.close(&model),
            Ok(End::Asked | End::InputGone) | Err(_) => desk.leave(&model),
        };
        if let Err(error) = left {
            output::refuse(&error);
        }
        end.map(|_| ())
    })
}

fn begin(start: Start, size: (u16, u16), look: Look, notices: &mut Vec<String>) -> Model {
    let mut state = State::load();
    notices.append(&mut state.notices);
    match start {
        Start::Course(catalogue, None) => Model::course(catalogue, state.progress, size, look),
        Start::Course(catalogue, Some(lesson)) => {
            let mut model = Model::sandbox(catalogue, state.progress, size, look);
            if let Err(why) = model.open_lesson(&lesson) {
                notices.push(why);
            }
            model
        }
        Start::Sandbox => Model::sandbox(Catalogue::built_in(), state.progress, size, look),
        Start::Opened(opened) => {
            let mut model = Model::sandbox(Catalogue::built_in(), state.progress, size, look);
            opened.into_model(&mut model);
            model
        }
    }
}
