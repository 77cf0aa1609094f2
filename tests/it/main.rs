//! Tests that look at the program as a whole, in one binary.

mod bless;
mod cli;
mod malformed;
mod mutate;
mod mutations;
mod program;
