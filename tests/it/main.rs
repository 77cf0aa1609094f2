//! Tests of the whole, in one binary.

mod bless;
mod bounds;
mod check;
mod claims;
mod cli;
mod config;
mod determinism;
mod laws;
mod lessons;
mod lessons_damaged;
mod lessons_plain;
mod lessons_rubric;
mod malformed;
mod mutate;
mod mutations;
mod program;
mod pty;
mod readme;
mod recording;
mod resurrection;
mod rewind;
mod screens;
mod shell;
mod swarm;
mod terminal;
mod tidy;
