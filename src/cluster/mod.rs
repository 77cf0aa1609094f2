//! The only place where actors meet the world.

pub mod command;
pub mod specs;
