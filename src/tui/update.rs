//! The one place where the model changes.

use std::time::Duration;

use crossterm::event::{KeyEvent, KeyEventKind, MouseEvent};

use crate::lesson::Input;

use super::chooser::Chooser;
use super::help::Help;
use super::keys::{self, Action, Direction};
use super::model::{Model, Overlay, Request, Tone};
use super::palette::Palette;
use super::{act, branching, choices, course, mouse, panes, text, travel, why};

/// What the shell tells.
#[derive(Clone, Debug)]
pub enum Message {
    /// A key.
    Key(KeyEvent),
    /// A text that was pasted.
    Paste(String),
    /// The terminal has another size, columns first.
    Resize(u16, u16),
    /// Something that the mouse did.
    Mouse(MouseEvent),
    /// What came of a request.
    Said(Tone, String),
    /// So much of the person's time has passed since the last time that this was told, whether anything moves or not.
    Waited {
        /// How much.
        elapsed: Duration,
    },
    /// The file of the lesson that is played was saved.
    LessonSaved {
        /// Its name.
        file: String,
        /// Its text.
        text: String,
    },
    /// So much of the person's time has passed since the frame before.
    Frame {
        /// How much.
        elapsed: Duration,
    },
}

/// Takes in what the shell tells.
pub fn update(model: &mut Model, message: Message) {
    take(model, message);
    model.seen.look(&model.sitting);
    panes::look(model);
}

fn take(model: &mut Model, message: Message) {
    match message {
        Message::Frame { elapsed } => {
            travel::frame(model, elapsed);
            course::frame(model);
        }
        Message::Waited { elapsed } => course::waited(model, elapsed.as_micros() as u64),
        Message::LessonSaved { file, text } => course::reload(model, &file, &text),
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
        Message::Mouse(event) => mouse::take(model, event),
        Message::Said(tone, text) => model.say(tone, text),
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
    if keys::is_suspend(key) {
        return model.requests.push(Request::Suspend);
    }
    match std::mem::take(&mut model.overlay) {
        Overlay::Palette(palette) => palette.press(model, key),
        Overlay::Chooser(chooser) => chooser.press(model, key),
        Overlay::Help(help) => help.press(model, key),
        Overlay::Why(why) => why.press(model, key),
        Overlay::None => {
            if let Some(action) = model.keymap.action(key) {
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
        Action::PreviousViolation => travel::to_violation(model, travel::Way::Back),
        Action::NextViolation => travel::to_violation(model, travel::Way::On),
        Action::GoTo => model.overlay = Overlay::Palette(Palette::beginning_with("go ")),
        Action::Branches => open(model, branching::branches),
        Action::Partition => open(model, choices::partitions),
        Action::Crash => open(model, choices::crashes),
        Action::Stall => open(model, choices::stalls),
        Action::Clock => open(model, choices::clocks),
        Action::Link => open(model, choices::links),
        Action::Operate => open(model, choices::operations),
        Action::Load => open(model, choices::loads),
        Action::Bind => open(model, choices::policies),
        Action::Why => why::explain(model),
        Action::Next => course::next(model),
        Action::Hint => course::tell(model, Input::Hint),
        Action::Ways => open(model, course::ways),
        Action::Lessons => model.overlay = Overlay::Chooser(course::menu(model)),
        Action::Pane(pane) => {
            // While the coach asks, its digits are those of the options.
            if !course::pick(model, pane.pane().digit) {
                model.go_to_pane(pane);
            }
        }
        Action::NextPane => model.go_to_pane(model.focus.neighbour(travel::Way::On, model.course.session.is_some())),
        Action::PreviousPane => {
            model.go_to_pane(model.focus.neighbour(travel::Way::Back, model.course.session.is_some()));
        }
        Action::Move(Direction::Escape) if course::cancel(model) => {}
        Action::Move(direction) => panes::press(model, direction),
        Action::Zoom => model.zoomed = !model.zoomed,
        Action::Find => panes::find(model),
        Action::Mouse => {
            model.mouse = !model.mouse;
            model.requests.push(Request::Mouse(model.mouse));
            let text = if model.mouse {
                "the mouse acts: links, replicas, cells, tabs, the scrubber"
            } else {
                "the mouse is the terminal's again"
            };
            model.say(Tone::Done, text);
        }
        Action::Palette => model.overlay = Overlay::Palette(Palette::default()),
        Action::Help => model.overlay = Overlay::Help(Help::overview(model)),
        Action::Suspend => model.requests.push(Request::Suspend),
        Action::Quit => model.quit = true,
    }
}

fn open(model: &mut Model, list: fn(&Model) -> Chooser) {
    model.overlay = Overlay::Chooser(list(model));
}
