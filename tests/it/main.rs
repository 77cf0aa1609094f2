//! Tests of the whole, in one binary.

mod bless;
mod bounds;
mod check;
mod cli;
mod determinism;
mod laws;
mod malformed;
mod mutate;
mod mutations;
mod program;
mod readme;
mod resurrection;
mod rewind;
mod screens;
mod swarm;
mod terminal;
mod tidy;
