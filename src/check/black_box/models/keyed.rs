//! One machine for each key, for judges whose promise is about all keys together.

use super::Machine;
use crate::check::black_box::history::{Call, Operation, Texts};

/// Machines side by side.
pub(in crate::check::black_box) struct Keyed<M> {
    machines: Vec<M>,
    /// For each operation and stranger, its machine and its number there.
    places: Vec<(u32, u32)>,
    strangers: usize,
}

impl<M: Machine> Keyed<M> {
    /// The machine for operations on several keys, and strangers each with its key.
    pub(in crate::check::black_box) fn over(
        texts: &Texts,
        keys: usize,
        operations: &[Operation],
        strangers: &[(u32, Call)],
    ) -> Self {
        let mut own = vec![(Vec::new(), Vec::new()); keys];
        let mut places = Vec::with_capacity(operations.len());
        for operation in operations {
            let of_key = &mut own[operation.key as usize].0;
            places.push((operation.key, of_key.len() as u32));
            of_key.push(*operation);
        }
        for (key, call) in strangers {
            own[*key as usize].1.push(*call);
        }
        let machines: Vec<M> = own.iter().map(|(operations, strangers)| M::new(texts, operations, strangers)).collect();
        for (key, machine) in machines.iter().enumerate() {
            let first = own[key].0.len() as u32;
            places.extend((0..machine.strangers() as u32).map(|number| (key as u32, first + number)));
        }
        let strangers = places.len() - operations.len();
        Self { machines, places, strangers }
    }

    /// What each holds at first.
    pub(in crate::check::black_box) fn start(&self) -> Box<[M::State]> {
        self.machines.iter().map(M::start).collect()
    }

    /// How many bytes their states take apart from their own sizes, at most.
    pub(in crate::check::black_box) fn state_bytes(&self) -> usize {
        self.machines.iter().map(M::state_bytes).sum()
    }

    /// How many strangers are of any use.
    pub(in crate::check::black_box) fn strangers(&self) -> usize {
        self.strangers
    }

    /// What they hold after an operation, or nothing if its answer is not possible here.
    pub(in crate::check::black_box) fn step(&self, state: &[M::State], number: usize) -> Option<Box<[M::State]>> {
        let (key, own) = self.places[number];
        let next = self.machines[key as usize].step(&state[key as usize], own as usize)?;
        let mut state: Box<[M::State]> = state.into();
        state[key as usize] = next;
        Some(state)
    }
}
