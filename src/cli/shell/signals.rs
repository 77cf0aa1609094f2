//! Signals that are for the program as a whole.

use std::io;
use std::task::{Context, Poll};

use super::inputs::Input;

/// The signals that the program answers: to end, to stop, to go on.
#[cfg(unix)]
pub(super) struct Signals {
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    stop: tokio::signal::unix::Signal,
    go_on: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Listens from now on.
    pub(super) fn new() -> io::Result<Self> {
        use rustix::process::Signal;
        use tokio::signal::unix::{SignalKind, signal};
        let other = |number: Signal| signal(SignalKind::from_raw(number.as_raw()));
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            stop: other(Signal::TSTP)?,
            go_on: other(Signal::CONT)?,
        })
    }

    /// The next one.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Input> {
        if self.terminate.poll_recv(context).is_ready() || self.hang_up.poll_recv(context).is_ready() {
            return Poll::Ready(Input::End);
        }
        if self.interrupt.poll_recv(context).is_ready() {
            return Poll::Ready(Input::Interrupt);
        }
        let stop = self.stop.poll_recv(context).is_ready();
        // Who was continued before it could stop goes on: this is what the system does with them too.
        if self.go_on.poll_recv(context).is_ready() {
            return Poll::Ready(Input::GoOn);
        }
        if stop { Poll::Ready(Input::Stop) } else { Poll::Pending }
    }
}

/// Where there are no signals, only Ctrl-C, which raw mode makes a key.
#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// Listens to nothing.
    #[allow(clippy::unnecessary_wraps, reason = "the same signature as on Unix")]
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self)
    }

    /// None ever comes.
    pub(super) fn poll(&mut self, _: &mut Context<'_>) -> Poll<Input> {
        Poll::Pending
    }
}
