//! What a person does with a world: scripts, runs, rewind.

pub mod answers;
pub mod evaluate;
pub mod judges;
pub mod language;
pub mod log;
mod neutral;
pub mod phones;
pub mod recording;
pub mod replay;
pub mod run;
pub mod searched;
pub mod sitting;
pub mod story;
pub mod swarm;
pub mod sweep;
pub mod telling;
pub mod why;
