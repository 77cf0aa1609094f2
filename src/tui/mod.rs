//! The screen: one model, one update, one view.
//!
//! ```text
//!   key, frame, resize ──▶ update(&mut Model, Message) ──▶ commands into the sitting
//!                                     │
//!                          draw(&Model, &mut Frame) ◀── views of the run
//! ```
//!
//! Read [`model`] first, then [`mod@update`], then [`keys`]: one table from which hints and help are made. A pane is one
//! file in `panes/` and one row in `panes/mod.rs`; it keeps scroll and selection, nothing else. What the palette and
//! the choosers do goes through the command language, so a learner sees the line that they could have typed.
//!
//! The rule: the screen emits commands and reads views. It reads no wall clock: the shell says how much time has
//! passed between two frames. It touches no file and no terminal: `cli/` owns both.

mod act;
mod branching;
mod choices;
mod chooser;
mod coach;
mod command;
mod complete;
pub mod config;
mod course;
mod draw;
mod glyphs;
mod help;
mod journey;
pub mod keys;
mod layout;
mod legend;
mod levels;
pub mod model;
mod mouse;
mod pace;
mod palette;
mod panes;
mod popups;
mod scene;
mod screen;
mod scrubber;
mod seen;
pub(crate) mod specs;
mod text;
mod theme;
mod travel;
mod unclosed;
pub mod update;
mod why;
mod witness;

#[cfg(test)]
mod tests;

pub use draw::draw;
pub use glyphs::Signs;
pub use model::{Look, Model, Motion, Request, Tone};
pub use panes::PaneId;
pub use theme::Theme;
pub use unclosed::{Answer, Unclosed};
pub use update::{Message, update};
