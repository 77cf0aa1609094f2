//! The command language: one for the palette, lessons, scripts and recordings.
//!
//! ```text
//!   line ──lex──▶ tokens ──parse──▶ statement ──▶ the run
//!                   ▲                   │
//!                 quantity           print ──▶ the same line again
//! ```
//!
//! Read [`statement`] first, for what a script is; then [`parse`], for the way there. Each family of commands has a
//! file that turns tokens into typed commands; the tables of specs, which help and errors read, are in `specs`, here
//! and in `cluster/`.
//!
//! Two rules. Actors are declared, so that a typo is an error and not a new client. Whatever an error repeats of a
//! person's text goes through [`error::shown`], so that no escape sequence reaches a terminal.
//!
//! Left out: running anything. A condition is data here; what it says of a run is for the run to find out.

mod clients;
mod clocks;
mod cursor;
pub mod declared;
mod delays;
pub mod error;
mod faults;
pub mod help;
mod levels;
pub mod lex;
mod links;
mod lists;
pub mod measure;
pub mod measures;
mod names;
pub mod noun;
mod operate;
pub mod parse;
pub mod print;
pub mod promises;
pub mod quantity;
mod settings;
mod setup;
pub mod specs;
pub mod statement;
mod test;

#[cfg(test)]
mod tests;

pub use declared::{Declared, Known};
pub use error::{ErrorKind, LanguageError};
pub use help::{help_text, reference_markdown};
pub use measure::{
    ClientMeasure, Measure, MeasureKind, OpMeasure, ReplicaMeasure, Statistic, Unit, WorkloadMeasure, WorldMeasure,
};
pub use measures::measure_names;
pub use parse::{parse_line, parse_script};
pub use print::command_text;
pub use quantity::{signed_time_text, time_text};
pub use specs::all_specs;
pub use statement::{Comparison, Condition, Expected, Line, Operand, Script, Statement, StoryDetail, Verdict, When};
