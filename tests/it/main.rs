//! Tests of the whole, in one binary.

mod determinism;
mod mutations;
mod readme;
mod swarm;
mod tidy;
