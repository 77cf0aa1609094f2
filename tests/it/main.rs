//! Tests of the whole, in one binary.

mod determinism;
mod mutations;
mod readme;
mod screens;
mod swarm;
mod terminal;
mod tidy;
