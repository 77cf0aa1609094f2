//! Tests of the whole, in one binary.

mod determinism;
mod mutations;
mod swarm;
mod tidy;
