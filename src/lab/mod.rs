//! What a person does with a world: scripts, runs, rewind.

pub mod language;
pub mod answers;
pub mod judges;
pub mod log;
pub mod run;
pub mod sitting;
pub mod story;
pub mod telling;
pub mod evaluate;
pub mod replay;
