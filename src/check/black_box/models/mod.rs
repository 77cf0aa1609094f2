//! Sequential models: what each object does when nobody else is there, on purpose apart from `data/`.
//!
//! A machine is made for the operations of one problem and knows them by number. So it can turn values into small
//! numbers first, and forget states that no answer can tell apart.
//!
//! Behind the operations come *strangers*: updates that a witness left out. What is left out may have taken effect at
//! any instant, any number of times, or never, so a stranger is a step that the search may take whenever it likes.

mod bank;
mod counter;
mod keyed;
mod kv;
mod log;
mod register;
mod set;

use std::fmt::Debug;
use std::hash::Hash;

use super::history::{Call, Operation, Texts};

pub(super) use bank::Bank;
pub(super) use counter::Counter;
pub(super) use keyed::Keyed;
pub(super) use kv::Kv;
pub(super) use log::Log;
pub(super) use register::Register;
pub(super) use set::Set;

/// An object that takes one operation after the other.
pub(super) trait Machine: Sized {
    /// What it can hold.
    type State: Clone + Eq + Ord + Hash + Debug;

    /// The machine for these operations and strangers.
    fn new(texts: &Texts, operations: &[Operation], strangers: &[Call]) -> Self;

    /// What it holds at first.
    fn start(&self) -> Self::State;

    /// What it holds after the operation with this number, or nothing if the operation's answer is not possible here.
    /// The strangers' numbers follow those of the operations.
    fn step(&self, state: &Self::State, number: usize) -> Option<Self::State>;

    /// How many bytes a state takes apart from its own size, at most.
    fn state_bytes(&self) -> usize {
        0
    }

    /// How many strangers are of any use: those whose effect no answer can show are dropped.
    fn strangers(&self) -> usize;
}
