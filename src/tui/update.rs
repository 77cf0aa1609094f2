//! The one place where the model changes.

use std::time::Duration;

use crossterm::event::{KeyEvent, KeyEventKind};

use super::chooser::Chooser;
use super::help::Help;
use super::keys::{self, Action};
use super::model::{Model, Overlay};
use super::palette::Palette;
use super::panes::PaneId;
use super::{act, choices, panes, text, travel};

/// What the shell tells.
#[derive(Clone, Debug)]
pub enum Message {
    /// A key.
    Key(KeyEvent),
    /// A text that was pasted.
    Paste(String),
    /// The terminal has another size, columns first.
    Resize(u16, u16),
    /// So much of the person's time has passed since the frame before.
    Frame {
        /// How much.
        elapsed: Duration,
    },
}

/// Takes in what the shell tells.
pub fn update(model: &mut Model, message: Message) {
    match message {
        Message::Frame { elapsed } => travel::frame(model, elapsed),
        Message::Resize(columns, rows) => {
            model.size = (columns, rows);
            model.redraw = true;
        }
        Message::Paste(pasted) => {
            model.redraw = true;
            if let Overlay::Palette(palette) = &mut model.overlay {
                palette.insert(&text::clean(&pasted));
            }
        }
        // Some terminals tell when a key is let go.
        Message::Key(key) if key.kind == KeyEventKind::Release => {}
        Message::Key(key) => {
            model.redraw = true;
            model.notice = None;
            press(model, key);
        }
    }
}

fn press(model: &mut Model, key: KeyEvent) {
    if keys::is_interrupt(key) {
        model.quit = true;
        return;
    }
    match std::mem::take(&mut model.overlay) {
        Overlay::Palette(palette) => palette.press(model, key),
        Overlay::Chooser(chooser) => chooser.press(model, key),
        Overlay::Help(help) => help.press(model, key),
        Overlay::None => {
            if let Some(action) = keys::action(key) {
                perform(model, action);
            }
        }
    }
}

fn perform(model: &mut Model, action: Action) {
    match action {
        Action::RunOrPause => travel::run_or_pause(model),
        Action::StepOn => travel::step_on(model),
        Action::StepBack => travel::step_back(model),
        Action::SecondOn => travel::second_on(model),
        Action::SecondBack => travel::second_back(model),
        Action::Faster => travel::change_speed(model, super::pace::Pace::faster),
        Action::Slower => travel::change_speed(model, super::pace::Pace::slower),
        Action::Undo => travel::undo(model),
        Action::Isolate => act::isolate(model),
        Action::Heal => act::heal(model, crate::cluster::command::Heal::Links),
        Action::HealAll => act::heal(model, crate::cluster::command::Heal::All),
        Action::Partition => open(model, choices::partitions),
        Action::Crash => open(model, choices::crashes),
        Action::Clock => open(model, choices::clocks),
        Action::Operate => open(model, choices::operations),
        Action::Load => open(model, choices::loads),
        Action::Pane(index) => model.focus = PaneId::ALL.get(index).copied().unwrap_or(model.focus),
        Action::NextPane => model.focus = model.focus.neighbour(1),
        Action::PreviousPane => model.focus = model.focus.neighbour(PaneId::ALL.len() - 1),
        Action::Move(direction) => panes::press(model, direction),
        Action::Zoom => model.zoomed = !model.zoomed,
        Action::Palette => model.overlay = Overlay::Palette(Palette::default()),
        Action::Help => model.overlay = Overlay::Help(Help::overview(model)),
        Action::Quit => model.quit = true,
    }
}

fn open(model: &mut Model, list: fn(&Model) -> Chooser) {
    model.overlay = Overlay::Chooser(list(model));
}
