//! The loop over inputs and frames.

use std::error::Error;
use std::future::poll_fn;
use std::io;
use std::task::Poll;
use std::time::Duration;

use crossterm::event::{Event, KeyCode};
use futures::{Stream, StreamExt};
use ratatui::Terminal;
use ratatui::backend::Backend;
use ratatui::layout::Rect;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};

use crate::tui::{Message, Model, Request, Tone, draw, update};

use super::desk::Desk;
use super::inputs::{Input, message};

/// How long a frame lasts: sixty in a second.
const FRAME: Duration = Duration::from_millis(16);
/// How often the model is told how much time has passed, where it asks for that while nothing moves.
const TICK: Duration = Duration::from_secs(1);
/// Inputs between two drawings at most: a mouse that never rests must not keep the screen from changing.
const INPUTS_MAX: usize = 256;

/// What the loop needs of the terminal beside drawing on it.
pub(super) trait Host {
    /// Takes the mouse, or gives it back to the terminal.
    fn mouse(&mut self, on: bool) -> io::Result<()>;
    /// Gives the terminal back and stops the program; [`Input::GoOn`] comes when it is continued.
    fn stop(&mut self) -> Result<(), String>;
    /// Takes the terminal, whatever it has become.
    fn take_again(&mut self, mouse: bool) -> io::Result<()>;
}

/// How a conversation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The person leaves.
    Quit,
    /// A signal asks for it.
    Asked,
    /// Nothing comes in any more.
    InputGone,
}

/// A person and the lab.
pub(super) struct Conversation<B: Backend, H> {
    terminal: Terminal<B>,
    host: H,
    desk: Desk,
    frames: Interval,
    last_frame: Option<Instant>,
    ticks: Interval,
    /// Up to when the model was told how much time has passed.
    told: Instant,
}

impl<B, H> Conversation<B, H>
where
    B: Backend<Error: Error + Send + Sync + 'static>,
    H: Host,
{
    /// A conversation that has not begun. It needs tokio's clock.
    pub(super) fn new(terminal: Terminal<B>, host: H, desk: Desk) -> Self {
        let mut frames = interval(FRAME);
        frames.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        Self { terminal, host, desk, frames, last_frame: None, ticks, told: Instant::now() }
    }

    /// The host and the desk, for what is to be done at the end.
    pub(super) fn into_parts(self) -> (H, Desk) {
        (self.host, self.desk)
    }

    /// What is drawn on.
    #[cfg(test)]
    pub(super) fn terminal(&self) -> &Terminal<B> {
        &self.terminal
    }

    /// What is drawn on, to be changed behind the loop's back.
    #[cfg(test)]
    pub(super) fn terminal_mut(&mut self) -> &mut Terminal<B> {
        &mut self.terminal
    }

    /// Goes on until one side leaves.
    pub(super) async fn hold<S>(&mut self, model: &mut Model, inputs: &mut S) -> io::Result<End>
    where
        S: Stream<Item = io::Result<Input>> + Unpin,
    {
        loop {
            self.desk.keep(model);
            self.draw(model)?;
            let end = tokio::select! {
                biased;
                first = inputs.next() => {
                    self.tell_time(model);
                    self.take_all(model, first, inputs).await?
                }
                _ = self.frames.tick(), if model.is_moving() => {
                    self.frame(model);
                    self.fulfil_all(model, inputs).await?
                }
                _ = self.ticks.tick(), if model.wants_ticks() => {
                    self.tick(model);
                    self.fulfil_all(model, inputs).await?
                }
            };
            if !model.is_moving() {
                self.last_frame = None;
            }
            if let Some(end) = end {
                return Ok(end);
            }
        }
    }

    fn draw(&mut self, model: &mut Model) -> io::Result<()> {
        if model.take_redraw() {
            self.terminal.draw(|frame| draw(model, frame)).map_err(io::Error::other)?;
            self.terminal.backend_mut().flush().map_err(io::Error::other)?;
        }
        Ok(())
    }

    fn frame(&mut self, model: &mut Model) {
        // A tick says when it was due; after a pause that is long ago.
        let now = Instant::now();
        let elapsed = self.last_frame.map_or(Duration::ZERO, |last| now.saturating_duration_since(last));
        self.last_frame = Some(now);
        update(model, Message::Frame { elapsed });
    }

    /// A second has passed, whether anything moves or not.
    fn tick(&mut self, model: &mut Model) {
        self.tell_time(model);
        if let Some((file, text)) = self.desk.saved_lesson(model) {
            update(model, Message::LessonSaved { file, text });
        }
    }

    fn tell_time(&mut self, model: &mut Model) {
        let now = Instant::now();
        let elapsed = now.saturating_duration_since(std::mem::replace(&mut self.told, now));
        update(model, Message::Waited { elapsed });
    }

    /// Takes an input and those that are queued behind it.
    async fn take_all<S>(
        &mut self,
        model: &mut Model,
        first: Option<io::Result<Input>>,
        inputs: &mut S,
    ) -> io::Result<Option<End>>
    where
        S: Stream<Item = io::Result<Input>> + Unpin,
    {
        let mut next = first;
        for taken in 1.. {
            let Some(input) = next else { return Ok(Some(End::InputGone)) };
            let end = self.take(model, input?, inputs).await?;
            if end.is_some() || taken >= INPUTS_MAX {
                return Ok(end);
            }
            match queued(inputs).await {
                Some(item) => next = item,
                None => break,
            }
        }
        Ok(None)
    }

    async fn take<S>(&mut self, model: &mut Model, input: Input, inputs: &mut S) -> io::Result<Option<End>>
    where
        S: Stream<Item = io::Result<Input>> + Unpin,
    {
        match input {
            Input::End => return Ok(Some(End::Asked)),
            Input::Interrupt => return Ok(Some(End::Quit)),
            Input::Stop => return self.stop(model, inputs).await,
            Input::GoOn => self.take_again(model)?,
            Input::Event(event) => {
                panic_if_asked(&event);
                if let Some(message) = message(event) {
                    update(model, message);
                }
            }
        }
        let end = self.fulfil_all(model, inputs).await?;
        Ok(end.or(model.wants_to_quit().then_some(End::Quit)))
    }

    /// Does what the model asks for.
    async fn fulfil_all<S>(&mut self, model: &mut Model, inputs: &mut S) -> io::Result<Option<End>>
    where
        S: Stream<Item = io::Result<Input>> + Unpin,
    {
        for request in model.take_requests() {
            // What was done so far is in the journal before anything else happens.
            self.desk.keep(model);
            let end = self.fulfil(model, request, inputs).await?;
            if end.is_some() {
                return Ok(end);
            }
        }
        Ok(None)
    }

    async fn fulfil<S>(&mut self, model: &mut Model, request: Request, inputs: &mut S) -> io::Result<Option<End>>
    where
        S: Stream<Item = io::Result<Input>> + Unpin,
    {
        match request {
            Request::Mouse(on) => self.host.mouse(on)?,
            Request::Suspend => return self.stop(model, inputs).await,
            Request::Save { path, text } => {
                let (tone, said) = self.desk.save(model, &path, &text);
                update(model, Message::Said(tone, said));
            }
            Request::Progress(progress) => {
                if let Err(why) = self.desk.keep_progress(&progress) {
                    update(model, Message::Said(Tone::Error, why));
                }
            }
            Request::Unclosed(answer) => {
                let (tone, said) = self.desk.answer(model, answer);
                update(model, Message::Said(tone, said));
            }
        }
        Ok(None)
    }

    /// Stops the program until it is continued.
    async fn stop<S>(&mut self, model: &mut Model, inputs: &mut S) -> io::Result<Option<End>>
    where
        S: Stream<Item = io::Result<Input>> + Unpin,
    {
        self.desk.note(model);
        if let Err(why) = self.host.stop() {
            self.take_again(model)?;
            update(model, Message::Said(Tone::Error, why));
            return Ok(None);
        }
        loop {
            match inputs.next().await.transpose()? {
                None => return Ok(Some(End::InputGone)),
                Some(Input::End) => return Ok(Some(End::Asked)),
                Some(Input::GoOn) => break,
                // Typed before the program had stopped: it was meant for someone else.
                Some(Input::Event(_) | Input::Stop | Input::Interrupt) => {}
            }
        }
        self.take_again(model)?;
        Ok(None)
    }

    /// Takes the terminal again and draws everything: nobody knows what is on it.
    fn take_again(&mut self, model: &mut Model) -> io::Result<()> {
        self.host.take_again(model.has_mouse())?;
        self.last_frame = None;
        self.told = Instant::now();
        let size = self.terminal.size().map_err(io::Error::other)?;
        // `Terminal::clear` would ask for the cursor's place, and the answer would be taken for keys.
        self.terminal.resize(Rect::from((ratatui::layout::Position::ORIGIN, size))).map_err(io::Error::other)?;
        update(model, Message::Resize(size.width, size.height));
        Ok(())
    }
}

/// The next item, if it is there already; `Some(None)` at the end. It is asked with the waker of the loop itself: the
/// terminal's events know one waker only, and another one in its place would let the next key wait.
async fn queued<S: Stream + Unpin>(inputs: &mut S) -> Option<Option<S::Item>> {
    poll_fn(|context| {
        Poll::Ready(match inputs.poll_next_unpin(context) {
            Poll::Ready(item) => Some(item),
            Poll::Pending => None,
        })
    })
    .await
}

/// A hook for the test that proves that a panic gives the terminal back: `DRIFTLAB_PANIC=1`, then F12.
fn panic_if_asked(event: &Event) {
    let Event::Key(key) = event else { return };
    assert!(
        key.code != KeyCode::F(12) || std::env::var_os("DRIFTLAB_PANIC").is_none(),
        "F12 was pressed under DRIFTLAB_PANIC"
    );
}
