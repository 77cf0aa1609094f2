//! Taking the terminal and giving it back, exactly once each time, however the program ends.

use std::io::{self, Write};
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::execute;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};

use super::conversation::Host;

/// Whether the terminal is ours.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// Whether the mouse is.
static MOUSE_TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal while it is ours. Dropping it gives the terminal back.
pub(super) struct Screen(());

impl Screen {
    /// Takes the terminal: raw mode, alternate screen, no cursor. From now on a panic gives it back before it reports.
    pub(super) fn enter(mouse: bool) -> io::Result<Self> {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            give_back();
            report(info);
        }));
        // If a part of it fails, dropping undoes the others.
        let screen = Self(());
        take(mouse)?;
        Ok(screen)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

impl Host for Screen {
    fn mouse(&mut self, on: bool) -> io::Result<()> {
        if on { take_mouse() } else { give_mouse_back(&mut io::stdout()) }
    }

    fn stop(&mut self) -> Result<(), String> {
        give_back();
        stop()
    }

    fn take_again(&mut self, mouse: bool) -> io::Result<()> {
        // It may have been stopped without notice, and the terminal have been someone else's.
        give_back();
        take(mouse)
    }
}

/// Stops the whole group of processes, as the terminal itself would: who started us, as `cargo run` does, stops too,
/// and the shell above gets the terminal.
#[cfg(unix)]
fn stop() -> Result<(), String> {
    use rustix::process::{Signal, kill_current_process_group};
    kill_current_process_group(Signal::STOP).map_err(|error| format!("the program cannot be stopped: {error}"))
}

#[cfg(not(unix))]
fn stop() -> Result<(), String> {
    Err("this system cannot stop a program and bring it back".to_owned())
}

fn take(mouse: bool) -> io::Result<()> {
    TAKEN.store(true, Ordering::SeqCst);
    enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, Hide)?;
    if mouse { take_mouse() } else { Ok(()) }
}

fn take_mouse() -> io::Result<()> {
    MOUSE_TAKEN.store(true, Ordering::SeqCst);
    execute!(io::stdout(), EnableMouseCapture)
}

fn give_mouse_back(out: &mut impl Write) -> io::Result<()> {
    if MOUSE_TAKEN.swap(false, Ordering::SeqCst) { execute!(out, DisableMouseCapture) } else { Ok(()) }
}

/// Gives the terminal back, once. A terminal that is gone cannot take it, and nobody would see.
fn give_back() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout();
    let _ = give_mouse_back(&mut out);
    let _ = execute!(out, DisableBracketedPaste, LeaveAlternateScreen, Show);
    let _ = out.flush();
    let _ = disable_raw_mode();
}
