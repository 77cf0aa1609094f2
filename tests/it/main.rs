//! Tests of the whole, in one binary.

mod determinism;
mod mutations;
mod screens;
#[cfg(unix)]
mod terminal;
mod swarm;
mod tidy;
