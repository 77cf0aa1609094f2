//! The model: everything that the screen shows, in one place.

use std::time::Duration;

use crate::base::{Instant, KeyId, ReplicaId};
use crate::lab::language::{Declared, Known};
use crate::lab::sitting::Sitting;
use crate::lesson::{Catalogue, Progress};

use super::chooser::Chooser;
use super::course::{self, Course};
use super::glyphs::{Glyphs, Signs};
use super::help::Help;
use super::journey::Journey;
use super::keys::Keymap;
use super::pace::Pace;
use super::palette::Palette;
use super::panes::{PaneId, Panes};
use super::scene::{self, Scene};
use super::seen::Seen;
use super::theme::{Role, Theme};
use super::unclosed::Answer;
use super::why::Why;

/// Lines that the palette remembers.
const HISTORY_MAX: usize = 200;

/// How the screen looks and what it listens to: what the terminal can do and what the person wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Its colours.
    pub theme: Theme,
    /// Its signs.
    pub signs: Signs,
    /// How much moves on it.
    pub motion: Motion,
    /// Whether the mouse acts.
    pub mouse: bool,
    /// Its keys.
    pub keymap: Keymap,
}

/// How much moves on the screen by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Motion {
    /// Messages travel, and leave a streak where they were faster than the eye.
    #[default]
    Full,
    /// Messages stand still in the middle of their way until they arrive, and the screen changes four times a second
    /// at most.
    Reduced,
}

impl Motion {
    /// Both with their names.
    pub const ALL: [(Self, &'static str); 2] = [(Self::Full, "full"), (Self::Reduced, "reduced")];
}

/// What the screen asks the shell to do: it touches no file and no terminal itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Write a text to a file, and say how it went.
    Save {
        /// Where, as it was typed.
        path: String,
        /// What.
        text: String,
    },
    /// Keep how far the learner is.
    Progress(Progress),
    /// Take the mouse, or give it back to the terminal.
    Mouse(bool),
    /// Stop until the shell of the terminal brings the program back.
    Suspend,
    /// Do so with the sittings that were not closed.
    Unclosed(Answer),
}

/// Everything that the screen shows. [`fn@super::update`] alone changes it.
#[allow(clippy::struct_excessive_bools, reason = "four facts that have nothing to do with each other")]
#[derive(Debug)]
pub struct Model {
    pub(crate) sitting: Sitting,
    pub(crate) scene: Scene,
    pub(crate) pace: Pace,
    pub(crate) journey: Option<Journey>,
    pub(crate) size: (u16, u16),
    pub(crate) focus: PaneId,
    /// What had the stage last.
    pub(crate) stage: PaneId,
    pub(crate) zoomed: bool,
    pub(crate) panes: Panes,
    pub(crate) overlay: Overlay,
    pub(crate) notice: Option<Notice>,
    /// Lines that were typed, oldest first.
    pub(crate) typed: Vec<String>,
    /// The client for whom the operation chooser opens, by its index.
    pub(crate) operator: usize,
    pub(crate) theme: Theme,
    pub(crate) glyphs: &'static Glyphs,
    pub(crate) motion: Motion,
    pub(crate) mouse: bool,
    pub(crate) keymap: Keymap,
    /// Where the world was a frame ago: what passed since leaves a streak.
    pub(crate) frame_from: Instant,
    /// The violations that were seen on this branch, those ahead of the cursor too.
    pub(crate) seen: Seen,
    /// The course.
    pub(crate) course: Course,
    /// What the shell is to do.
    pub(crate) requests: Vec<Request>,
    pub(crate) quit: bool,
    pub(crate) redraw: bool,
}

/// What lies over the panes and takes the keys.
#[derive(Debug, Default)]
pub(crate) enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// The palette.
    Palette(Palette),
    /// A list to choose from.
    Chooser(Chooser),
    /// Help.
    Help(Help),
    /// An answer to "why?".
    Why(Why),
}

/// A line that tells the person something until the next key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) tone: Tone,
    pub(crate) text: String,
    /// For how long it was there while time ran.
    pub(crate) shown: Duration,
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something was done.
    Done,
    /// An expectation is met.
    Met,
    /// It is not, or a judge gave up.
    Unmet,
    /// Something could not be done.
    Error,
}

impl Tone {
    /// The sign before the line.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Done => "·",
            Self::Met => "✓",
            Self::Unmet | Self::Error => "✗",
        }
    }

    /// Its role.
    pub(crate) fn role(self) -> Role {
        match self {
            Self::Done => Role::Text,
            Self::Met => Role::Good,
            Self::Unmet => Role::Warn,
            Self::Error => Role::Bad,
        }
    }
}

impl Model {
    /// The opening scene on a screen of `size`, columns first.
    pub fn opening(size: (u16, u16), look: Look) -> Self {
        Self::of(scene::opening(), size, look)
    }

    /// The course where the learner left it, or its beginning; the opening scene if all of it is behind them.
    pub fn course(catalogue: Catalogue, progress: Progress, size: (u16, u16), look: Look) -> Self {
        let mut model = Self::sandbox(catalogue, progress, size, look);
        course::go_on(&mut model);
        model
    }

    /// The opening scene, with the lessons at hand.
    pub fn sandbox(catalogue: Catalogue, progress: Progress, size: (u16, u16), look: Look) -> Self {
        let mut model = Self::opening(size, look);
        model.course.catalogue = catalogue;
        model.course.progress = progress;
        model
    }

    /// Opens a lesson by its id or its number.
    ///
    /// # Errors
    /// If there is none.
    pub fn open_lesson(&mut self, name: &str) -> Result<(), String> {
        course::open(self, name)
    }

    /// A scene that was set up.
    pub(crate) fn of((scene, sitting): (Scene, Sitting), size: (u16, u16), look: Look) -> Self {
        Self {
            sitting,
            scene,
            pace: Pace::default(),
            journey: None,
            size,
            focus: PaneId::Map,
            stage: PaneId::Map,
            zoomed: false,
            panes: Panes::default(),
            overlay: Overlay::None,
            notice: None,
            typed: Vec::new(),
            operator: 0,
            theme: look.theme,
            glyphs: look.signs.glyphs(),
            motion: look.motion,
            mouse: look.mouse,
            keymap: look.keymap,
            frame_from: Instant::ZERO,
            seen: Seen::default(),
            course: Course::default(),
            requests: Vec::new(),
            quit: false,
            redraw: true,
        }
    }

    /// The sitting.
    pub fn sitting(&self) -> &Sitting {
        &self.sitting
    }

    /// Whether the mouse acts.
    pub fn has_mouse(&self) -> bool {
        self.mouse
    }

    /// What the title calls it.
    pub fn scene_name(&self) -> &str {
        &self.scene.name
    }

    /// Whether the person wants to leave.
    pub fn wants_to_quit(&self) -> bool {
        self.quit
    }

    /// Whether frames change anything: else the shell need not tick.
    pub fn is_moving(&self) -> bool {
        self.pace.running || self.journey.is_some() || self.course.is_working()
    }

    /// Whether the shell should tell from time to time how much time has passed, though nothing moves.
    pub fn wants_ticks(&self) -> bool {
        self.course.wants_ticks()
    }

    /// The file of the lesson that is played, if it is not part of the program.
    pub fn lesson_file(&self) -> Option<&str> {
        self.course.file()
    }

    /// Whether the screen is out of date; asking makes it up to date.
    pub fn take_redraw(&mut self) -> bool {
        std::mem::take(&mut self.redraw)
    }

    /// What the shell is to do; asking takes it.
    pub fn take_requests(&mut self) -> Vec<Request> {
        std::mem::take(&mut self.requests)
    }

    /// Gives a pane the focus, and the stage if it does not stand beside it.
    pub(crate) fn go_to_pane(&mut self, pane: PaneId) {
        self.focus = pane;
        if !super::layout::is_companion(self, pane) {
            self.stage = pane;
        }
    }

    /// Tells the person something until the next key.
    pub(crate) fn say(&mut self, tone: Tone, text: impl Into<String>) {
        self.notice = Some(Notice { tone, text: text.into(), shown: Duration::ZERO });
        self.redraw = true;
    }

    /// The replica that is selected on the map.
    pub(crate) fn selected_replica(&self) -> ReplicaId {
        let last = self.sitting.run().cluster().view().replica_count() - 1;
        ReplicaId(self.panes.map.selected.min(last) as u8)
    }

    /// The key that is selected in the data pane, if there is one.
    pub(crate) fn selected_key(&self) -> Option<KeyId> {
        self.panes.data.selected_key(self.sitting.run().cluster().view())
    }

    /// Remembers a line that was typed.
    pub(crate) fn remember(&mut self, line: &str) {
        self.typed.retain(|other| other != line);
        self.typed.push(line.to_owned());
        if self.typed.len() > HISTORY_MAX {
            self.typed.remove(0);
        }
    }

    /// What the language may take for declared: what the running lab knows.
    pub(crate) fn declared(&self) -> Declared {
        let run = self.sitting.run();
        let view = run.cluster().view();
        let own = |index: &usize| !view.belongs_to_workload(*index);
        let clients: Vec<_> = view.clients().map(|client| client.name.to_owned()).collect();
        let mine: Vec<_> = (0..clients.len()).filter(own).map(|index| clients[index].clone()).collect();
        Declared::running(Known {
            replicas: view.replica_count(),
            pool_clients: clients.len() - mine.len(),
            clients: mine,
            workloads: view.workloads().map(|workload| workload.name.to_owned()).collect(),
            marks: run.marks().map(|(name, _)| name.to_owned()).collect(),
            branches: self.sitting.branches().iter().map(|branch| branch.number.to_string()).collect(),
            setup_done: true,
            now: run.now(),
        })
    }
}
