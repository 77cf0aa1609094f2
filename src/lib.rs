//! # driftlab
//!
//! A terminal lab in which a person breaks replica clusters and learns which consistency guarantee each operation
//! really needs. Everything runs in one process, deterministically, forwards and backwards.
//!
//! The layers, lowest first; a module imports only from layers below its own, and `tests/it/tidy.rs` holds this
//! table against the code. Read in this order; start with [`base`] and [`cluster`].
//!
//! ```text
//! L0 base                         nouns that all share
//! L1 clock  sim  record           clocks; a world without meaning; what happened
//! L2 data   check                 data types and the store; judges
//! L3 wire   metrics  exchange     what travels; what is measured; histories of others
//! L4 replica  client              the protocols, sans-IO
//! L5 cluster                      where actors meet the world
//! L6 lab                          commands, scripts, runs, rewind
//! L7 lesson                       the course: lessons as data, and the engine that plays them
//! L8 tui                          the screen
//! L9 cli                          files, the terminal, threads
//! ```

pub mod base;

pub mod clock;
pub mod record;
pub mod sim;

pub mod check;
pub mod data;

pub mod exchange;
pub mod metrics;
pub mod wire;

pub mod client;
pub mod replica;

pub mod cluster;

pub mod lab;

pub mod lesson;

pub mod tui;

pub mod cli;
