//! Tests that look at the program as a whole, in one binary.

mod mutations;
mod screens;
#[cfg(unix)]
mod terminal;
