//! What a person does with a world: scripts, runs, rewind.

pub mod language;
