//! Someone at the screen, who follows a script.

use std::cell::RefCell;
use std::io;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use futures::{Stream, stream};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::time::sleep;

use crate::cli::folders::Folders;
use crate::cli::shell::conversation::{Conversation, End, Host};
use crate::cli::shell::desk::Desk;
use crate::cli::shell::inputs::Input;
use crate::lesson::{Catalogue, Progress};
use crate::tui::keys::Key;
use crate::tui::{Look, Model};

/// Waits of a second that [`Typist::until_idle`] takes at most.
const WAITS_MAX: u32 = 10_000;

/// What the host was asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Did {
    /// The mouse was taken, or given back.
    Mouse(bool),
    /// The program was stopped.
    Stopped,
    /// The terminal was taken again, with or without the mouse.
    TakenAgain(bool),
}

/// A host that only remembers.
#[derive(Clone, Debug, Default)]
pub(super) struct Remembering {
    pub(super) did: Rc<RefCell<Vec<Did>>>,
    /// Why it refuses to stop, if it does.
    pub(super) refusal: Rc<RefCell<Option<String>>>,
}

impl Host for Remembering {
    fn mouse(&mut self, on: bool) -> io::Result<()> {
        self.did.borrow_mut().push(Did::Mouse(on));
        Ok(())
    }

    fn stop(&mut self) -> Result<(), String> {
        self.did.borrow_mut().push(Did::Stopped);
        self.refusal.borrow_mut().take().map_or(Ok(()), Err)
    }

    fn take_again(&mut self, mouse: bool) -> io::Result<()> {
        self.did.borrow_mut().push(Did::TakenAgain(mouse));
        Ok(())
    }
}

/// Someone at the screen.
pub(super) struct Typist {
    pub(super) model: Model,
    pub(super) host: Remembering,
    pub(super) conversation: Conversation<TestBackend, Remembering>,
    /// How the program ended, if it did.
    pub(super) end: Option<End>,
    runtime: Runtime,
    /// Their home, with the state folder in it; it goes with them unless it is someone else's.
    home: Option<TempDir>,
}

enum Feed {
    Input(Input),
    Wait(Duration),
}

impl Typist {
    /// At the opening scene on 80×24, with a home of their own.
    pub(super) fn new() -> Self {
        Self::sized(80, 24)
    }

    /// The same on another size.
    pub(super) fn sized(columns: u16, rows: u16) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut typist = Self::living_in(home.path(), (columns, rows));
        typist.home = Some(home);
        typist
    }

    /// At the opening scene, with a home that others have lived in.
    pub(super) fn at_home(home: &Path) -> Self {
        Self::living_in(home, (80, 24))
    }

    fn living_in(home: &Path, size: (u16, u16)) -> Self {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build().unwrap();
        let look = Look { mouse: true, ..Look::default() };
        let mut model = Model::sandbox(Catalogue::built_in(), Progress::default(), size, look);
        let folders =
            Folders { home: Some(home.to_owned()), config: Some(home.join("config")), state: Some(home.join("state")) };
        let host = Remembering::default();
        let conversation = {
            let _guard = runtime.enter();
            let desk = Desk::open(folders, &mut model, true, &mut Vec::new());
            let terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
            Conversation::new(terminal, host.clone(), desk)
        };
        let mut typist = Self { model, host, conversation, end: None, runtime, home: None };
        typist.feed(Vec::new());
        typist
    }

    /// Presses keys by the names that help and the config file use, with spaces between: `p Enter Ctrl-z PgUp space`.
    pub(super) fn keys(&mut self, names: &str) -> &mut Self {
        let key = |name: &str| name.parse::<Key>().unwrap_or_else(|error| panic!("{error}"));
        self.feed(names.split_whitespace().map(|name| Feed::Input(event(key(name)))).collect())
    }

    /// Types a text, letter by letter.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        let key = |letter| Feed::Input(event(Key { code: KeyCode::Char(letter), control: false }));
        self.feed(text.chars().map(key).collect())
    }

    /// Types a line into the palette.
    pub(super) fn command(&mut self, line: &str) -> &mut Self {
        self.keys(":").text(line).keys("Enter")
    }

    /// Pastes a text.
    pub(super) fn paste(&mut self, text: &str) -> &mut Self {
        self.input(Input::Event(Event::Paste(text.to_owned())))
    }

    /// Clicks at a place of the screen.
    pub(super) fn click(&mut self, (column, row): (u16, u16)) -> &mut Self {
        self.mouse(MouseEventKind::Down(MouseButton::Left), (column, row))
    }

    /// Something that the mouse does.
    pub(super) fn mouse(&mut self, kind: MouseEventKind, (column, row): (u16, u16)) -> &mut Self {
        let event = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
        self.input(Input::Event(Event::Mouse(event)))
    }

    /// The window gets another size.
    pub(super) fn resize(&mut self, columns: u16, rows: u16) -> &mut Self {
        self.conversation.terminal_mut().backend_mut().resize(columns, rows);
        self.input(Input::Event(Event::Resize(columns, rows)))
    }

    /// Anything that comes in.
    pub(super) fn input(&mut self, input: Input) -> &mut Self {
        self.feed(vec![Feed::Input(input)])
    }

    /// Several inputs that are queued at once.
    pub(super) fn inputs(&mut self, inputs: Vec<Input>) -> &mut Self {
        self.feed(inputs.into_iter().map(Feed::Input).collect())
    }

    /// Waits at the screen.
    pub(super) fn wait_ms(&mut self, ms: u64) -> &mut Self {
        self.feed(vec![Feed::Wait(Duration::from_millis(ms))])
    }

    /// Waits until nothing moves.
    pub(super) fn until_idle(&mut self) -> &mut Self {
        for _ in 0..WAITS_MAX {
            if !self.model.is_moving() {
                return self;
            }
            self.wait_ms(1_000);
        }
        panic!("it moves and moves; the screen shows\n{}", self.screen());
    }

    /// What the screen shows.
    pub(super) fn screen(&self) -> String {
        let buffer = self.conversation.terminal().backend().buffer();
        let width = usize::from(buffer.area.width).max(1);
        let rows = buffer.content().chunks(width);
        let line = |row: &[ratatui::buffer::Cell]| row.iter().map(ratatui::buffer::Cell::symbol).collect::<String>();
        rows.map(|row| line(row).trim_end().to_owned() + "\n").collect()
    }

    /// Where a text stands on the screen, for the mouse.
    pub(super) fn place_of(&self, text: &str) -> (u16, u16) {
        let screen = self.screen();
        let found = screen.lines().zip(0..).find_map(|(line, row)| line.find(text).map(|at| (&line[..at], row)));
        let (before, row) = found.unwrap_or_else(|| panic!("there is no {text:?} on\n{screen}"));
        (before.chars().count() as u16, row)
    }

    /// The lines of the commands after the setup, those ahead of the cursor too.
    pub(super) fn recorded(&self) -> Vec<&str> {
        let commands = &self.model.sitting().commands()[self.model.scene.setup..];
        commands.iter().map(|command| command.text.as_str()).collect()
    }

    /// What the notice says.
    pub(super) fn notice(&self) -> &str {
        self.model.notice.as_ref().map_or("", |notice| &notice.text)
    }

    /// Time passes while nobody looks.
    pub(super) fn let_pass(&mut self, span: Duration) {
        self.runtime.block_on(async { sleep(span).await });
    }

    /// The program ends as its main loop would end it.
    pub(super) fn leave(self) {
        let (_, desk) = self.conversation.into_parts();
        let _guard = self.runtime.enter();
        match self.end {
            Some(End::Quit) => desk.close(&self.model),
            _ => desk.leave(&self.model),
        }
        .unwrap();
    }

    fn feed(&mut self, feeds: Vec<Feed>) -> &mut Self {
        assert_eq!(self.end, None, "the program has ended");
        let mut scripted = Box::pin(scripted(feeds));
        let end = self.runtime.block_on(self.conversation.hold(&mut self.model, &mut scripted)).unwrap();
        if end == End::InputGone {
            // What came of the last input is drawn and written.
            let mut nothing = Box::pin(scripted_end());
            self.runtime.block_on(self.conversation.hold(&mut self.model, &mut nothing)).unwrap();
        } else {
            self.end = Some(end);
        }
        self
    }
}

fn scripted(feeds: Vec<Feed>) -> impl Stream<Item = io::Result<Input>> {
    stream::unfold(feeds.into_iter(), |mut feeds| async move {
        loop {
            match feeds.next()? {
                Feed::Input(input) => return Some((Ok(input), feeds)),
                Feed::Wait(span) => sleep(span).await,
            }
        }
    })
}

fn scripted_end() -> impl Stream<Item = io::Result<Input>> {
    stream::empty()
}

/// The event of a key.
pub(super) fn event(key: Key) -> Input {
    let shifted = matches!(key.code, KeyCode::Char(letter) if letter.is_uppercase());
    let control = if key.control { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
    let shift = if shifted { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
    Input::Event(Event::Key(KeyEvent::new(key.code, control | shift)))
}
