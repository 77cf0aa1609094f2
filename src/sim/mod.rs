//! A world without meaning: instants, random streams, links and their faults. It knows no clocks and keeps no record.
//!
//! Read [`schedule`] first, then [`delay`] and [`network`].

pub mod delay;

pub use delay::{Delay, Shape};
