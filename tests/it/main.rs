//! Tests of the whole, in one binary.

mod determinism;
mod mutations;
mod screens;
mod swarm;
#[cfg(unix)]
mod terminal;
mod tidy;
