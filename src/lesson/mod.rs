//! The course: lessons as data, and the engine that plays them without knowing any screen.
//!
//! ```text
//!   lessons/*.md ──read──▶ Lesson ──▶ LessonSession ──▶ Page, Show     (plain mode, a coach pane)
//!                            │            │
//!                            │            ├─ decide: a question in a fork of the sitting
//!                            │            └─ grade: a fix over many seeds, step by step
//!                            └──check──▶ the machine's part of the rubric
//! ```
//!
//! A lesson is Markdown: a TOML head between two lines `+++`, then one section a block, `## Hook` to `## Keys`, with
//! fences for what a machine reads. Read `model` first, for what a lesson is; then `session`, for how it goes; then
//! `check`, for what it has to prove.
//!
//! The rules that it keeps:
//! - **The world answers.** Which option is right is an expectation, judged in a fork; a goal is an expectation too.
//!   No lesson holds a letter.
//! - **Predict before you see.** An option is locked; what it reveals is said after the learner has looked and has
//!   written down what happened.
//! - **A fix is commands.** Only those that the lesson's `allows` names count, so what a learner tried besides never
//!   blocks. It is graded over many seeds; when it fails there is a witness to open.
//! - **A lesson is text.** It can name commands of the simulated world and nothing else: no file, no program, no
//!   address is ever opened for it. What a terminal would obey is stripped where the text enters.
//!
//! Nothing here reads a file or a clock: texts come in as strings, elapsed time as an input.

pub mod catalogue;
pub mod check;
pub mod decide;
mod draws;
pub mod grade;
pub mod hands;
mod markdown;
pub mod model;
pub mod playback;
pub mod progress;
pub mod read;
pub mod script;
pub mod session;
pub mod skeleton;
pub mod source;
mod tables;

pub use catalogue::{Catalogue, Entry};
pub use grade::{GoalState, Grade, SeedResult, Verdict, Witness};
pub use hands::Hands;
pub use model::Lesson;
pub use progress::{LessonProgress, Progress, Standing};
pub use read::read_lesson;
pub use session::{Input, LessonSession, Page, Show, Step};
pub use source::LessonError;
