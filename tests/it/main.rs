//! Tests that look at the program as a whole, in one binary.

mod malformed;
mod mutate;
mod mutations;
