//! The search for an order, where values do not say it.
//!
//! Wing and Gong, *Testing and Verifying Concurrent Objects*, JPDC 1993; Lowe, *Testing for Linearizability*, CCPE
//! 2017: memoised, and just in time, that is, operations are put into the order only when one of them returns.
//!
//! ```text
//!  events   ├a    ├b    a┤          an operation that returns must be in the order by then; before it, any that
//!                       └ branch    are open may be: nothing │ a │ b a │ …   each a node: (event, who is in, state)
//! ```
//!
//! Three rules keep it small. A read that is legal now is put in at once: that forbids nothing later. (A write of what
//! is there already may be needed later.) Of two operations that ask the same and may never have happened, the earlier one goes first. And a
//! node that used more of those than another, all else equal, can do nothing that the other cannot.

use crate::check::black_box::history::{Call, Operation};
use crate::check::black_box::memo::{Seen, Table};
use crate::check::black_box::models::Machine;
use crate::check::black_box::verdict::{Reason, Work};

/// How many operations can be open at once: the bits of the set of those that are in the order.
pub(super) const OPEN_MAX: usize = 128;

/// How many bytes of nodes are remembered, about.
const SEEN_BYTES_MAX: usize = 256 << 20;

/// What a node takes apart from its state's bytes, about.
const NODE_BYTES: usize = 128;

/// What a search found.
pub(super) enum Found {
    /// An order, as numbers of operations; strangers are left out.
    Order(Vec<u32>),
    /// There is none, and no prefix of one gets past this event.
    Stuck(u32),
}

/// Looks for a legal order of these operations, which are in the order of their invocations.
pub(super) fn search<M: Machine>(machine: &M, operations: &[Operation], work: &mut Work<'_>) -> Result<Found, Reason> {
    let plan = Plan::new(operations)?;
    let nodes_max = SEEN_BYTES_MAX / (NODE_BYTES + machine.state_bytes());
    let mut search = Search {
        machine,
        operations,
        seen: Seen::new(nodes_max),
        nodes_max,
        now: Now { event: 0, open: 0, in_order: 0, state: machine.start(), by_slot: [0; OPEN_MAX] },
        plan: &plan,
        order: Vec::with_capacity(operations.len()),
        branches: Vec::new(),
        furthest: 0,
    };
    search.run(work)
}

/// Which operation begins or returns at each event, in which slot.
struct Plan {
    events: Vec<Event>,
    slots: Vec<u8>,
    /// For an operation that may never have happened, the one before it that asks the same.
    twins: Vec<Option<u32>>,
    /// Slots of operations that may never have happened.
    optional: u128,
}

#[derive(Clone, Copy)]
struct Event {
    position: u32,
    operation: u32,
    is_return: bool,
}

impl Plan {
    fn new(operations: &[Operation]) -> Result<Self, Reason> {
        let mut events = Vec::with_capacity(2 * operations.len());
        for (number, operation) in operations.iter().enumerate() {
            let number = number as u32;
            events.push(Event { position: operation.invoked, operation: number, is_return: false });
            if operation.is_done() {
                events.push(Event { position: operation.returned, operation: number, is_return: true });
            }
        }
        events.sort_unstable_by_key(|event| event.position);
        let mut plan =
            Self { events, slots: vec![0; operations.len()], twins: vec![None; operations.len()], optional: 0 };
        plan.give_slots(operations)?;
        plan.find_twins(operations);
        Ok(plan)
    }

    fn give_slots(&mut self, operations: &[Operation]) -> Result<(), Reason> {
        let mut open = 0_u128;
        for event in &self.events {
            let slot = &mut self.slots[event.operation as usize];
            if event.is_return {
                open &= !(1 << *slot);
                continue;
            }
            // Those that never return are at the upper end and stay there, so that a slot is of one kind.
            let is_done = operations[event.operation as usize].is_done();
            let free = if is_done { open.trailing_ones() } else { open.leading_ones() };
            if free as usize >= OPEN_MAX || open == u128::MAX {
                return Err(Reason::OpenMax(OPEN_MAX));
            }
            *slot = if is_done { free as u8 } else { OPEN_MAX as u8 - 1 - free as u8 };
            open |= 1 << *slot;
            if !is_done {
                self.optional |= 1 << *slot;
            }
        }
        // A slot that served both kinds could not be told apart in a set.
        let is_mixed = operations
            .iter()
            .zip(&self.slots)
            .any(|(operation, slot)| operation.is_done() && self.optional >> slot & 1 == 1);
        if is_mixed { Err(Reason::OpenMax(OPEN_MAX)) } else { Ok(()) }
    }

    fn find_twins(&mut self, operations: &[Operation]) {
        let mut last: Table<Call, u32> = Table::default();
        for (number, operation) in operations.iter().enumerate().filter(|(_, operation)| !operation.is_done()) {
            self.twins[number] = last.insert(operation.call, number as u32);
        }
    }
}

/// Where the search stands.
struct Now<S> {
    /// The next event.
    event: usize,
    /// Slots in use.
    open: u128,
    /// Slots whose operation is in the order.
    in_order: u128,
    state: S,
    /// The operation in each slot.
    by_slot: [u32; OPEN_MAX],
}

/// A place to come back to: an operation is about to return and is not in the order yet.
struct Branch<S> {
    event: usize,
    in_order: u128,
    state: S,
    order: usize,
    /// Slots that were not tried yet.
    untried: u128,
    strangers: usize,
}

struct Search<'a, M: Machine> {
    machine: &'a M,
    operations: &'a [Operation],
    plan: &'a Plan,
    now: Now<M::State>,
    seen: Seen<(u32, u128, M::State)>,
    nodes_max: usize,
    order: Vec<u32>,
    branches: Vec<Branch<M::State>>,
    furthest: usize,
}

impl<M: Machine> Search<'_, M> {
    fn run(&mut self, work: &mut Work<'_>) -> Result<Found, Reason> {
        loop {
            if self.advance(work)? {
                return Ok(Found::Order(std::mem::take(&mut self.order)));
            }
            self.furthest = self.furthest.max(self.now.event);
            self.branch()?;
            if !self.try_next(work)? {
                return Ok(Found::Stuck(self.plan.events[self.furthest].position));
            }
        }
    }

    /// Goes on until somebody returns who is not in the order. Whether the end was reached.
    fn advance(&mut self, work: &mut Work<'_>) -> Result<bool, Reason> {
        while let Some(event) = self.plan.events.get(self.now.event) {
            work.step()?;
            let slot = self.plan.slots[event.operation as usize];
            let bit = 1_u128 << slot;
            if event.is_return {
                if self.now.in_order & bit == 0 {
                    return Ok(false);
                }
                self.now.in_order &= !bit;
                self.now.open &= !bit;
            } else {
                self.now.open |= bit;
                self.now.by_slot[usize::from(slot)] = event.operation;
                self.absorb(bit);
            }
            self.now.event += 1;
        }
        Ok(true)
    }

    /// Puts in the reads in these slots that are legal now and change nothing.
    fn absorb(&mut self, slots: u128) {
        let mut rest = slots & !self.plan.optional;
        while rest != 0 {
            let slot = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            let operation = self.now.by_slot[slot];
            if !self.operations[operation as usize].call.is_update()
                && self.machine.step(&self.now.state, operation as usize).as_ref() == Some(&self.now.state)
            {
                self.now.in_order |= 1 << slot;
                self.order.push(operation);
            }
        }
    }

    /// Remembers this place, unless one as good was here before.
    fn branch(&mut self) -> Result<(), Reason> {
        let optional = self.now.in_order & self.plan.optional;
        let key = (self.now.event as u32, self.now.in_order & !self.plan.optional, self.now.state.clone());
        if self.seen.is_new(key, optional).ok_or(Reason::StatesMax(self.nodes_max))? {
            self.branches.push(Branch {
                event: self.now.event,
                in_order: self.now.in_order,
                state: self.now.state.clone(),
                order: self.order.len(),
                untried: self.now.open & !self.now.in_order,
                strangers: 0,
            });
        }
        Ok(())
    }

    /// Takes the next step that was not tried, from the last place that has one. Whether there was any.
    fn try_next(&mut self, work: &mut Work<'_>) -> Result<bool, Reason> {
        while let Some(branch) = self.branches.last_mut() {
            work.step()?;
            let next = if branch.untried == 0 {
                let number = branch.strangers;
                branch.strangers += 1;
                (number < self.machine.strangers()).then(|| (None, self.operations.len() + number))
            } else {
                let slot = branch.untried.trailing_zeros() as usize;
                branch.untried &= branch.untried - 1;
                Some((Some(slot), usize::MAX))
            };
            let Some((slot, stranger)) = next else {
                self.branches.pop();
                continue;
            };
            let (event, in_order, order) = (branch.event, branch.in_order, branch.order);
            let state = branch.state.clone();
            self.go_back(event);
            self.order.truncate(order);
            (self.now.in_order, self.now.state) = (in_order, state);
            if self.take(slot, stranger) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Undoes what opened and closed since an event.
    fn go_back(&mut self, event: usize) {
        while self.now.event > event {
            self.now.event -= 1;
            let undone = self.plan.events[self.now.event];
            let slot = self.plan.slots[undone.operation as usize];
            if undone.is_return {
                self.now.open |= 1 << slot;
                self.now.by_slot[usize::from(slot)] = undone.operation;
            } else {
                self.now.open &= !(1 << slot);
            }
        }
    }

    /// Puts the operation in this slot, or a stranger, into the order. Whether that is possible and changes anything.
    fn take(&mut self, slot: Option<usize>, stranger: usize) -> bool {
        let number = slot.map_or(stranger, |slot| self.now.by_slot[slot] as usize);
        if slot.is_some() && !self.is_first_twin(number) {
            return false;
        }
        let Some(state) = self.machine.step(&self.now.state, number) else { return false };
        match slot {
            None if state == self.now.state => return false,
            None => {}
            Some(slot) => {
                self.now.in_order |= 1 << slot;
                self.order.push(number as u32);
            }
        }
        self.now.state = state;
        self.absorb(self.now.open & !self.now.in_order);
        true
    }

    fn is_first_twin(&self, number: usize) -> bool {
        let Some(twin) = self.plan.twins[number] else { return true };
        self.now.in_order >> self.plan.slots[twin as usize] & 1 == 1
    }
}
