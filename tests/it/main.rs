//! Tests of the whole, in one binary.

mod determinism;
mod laws;
mod mutations;
mod readme;
mod rewind;
mod screens;
mod swarm;
mod terminal;
mod tidy;
