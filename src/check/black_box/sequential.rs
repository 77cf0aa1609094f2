//! Sequential: one order of all operations that every process agrees with.
//!
//! Lamport, *How to Make a Multiprocessor Computer That Correctly Executes Multiprocess Programs*, IEEE Trans. Comput.
//! 1979. The promise is not local: two keys can each keep it and both together break it, so there is one search over
//! all of them (the memoised one of Wing and Gong, JPDC 1993, with the set of ordered operations as bits). What keeps
//! real time keeps it too, so a linearizable history is not searched.
//!
//! A process's operations are ordered where one was over before the next began. One with an unknown outcome comes
//! after those before it, at any place, or nowhere.

use super::history::{Call, History, Operation};
use super::linearizable;
use super::memo::Table;
use super::minimal;
use super::models::{Bank, Counter, Keyed, Kv, Log, Machine, Register, Set};
use super::order::process_order;
use super::promise::Model;
use super::verdict::{Finding, Reason, Work};

/// How many operations the search holds.
const OPERATIONS_MAX: usize = 4_096;

/// How many bytes of seen places it remembers, about.
const SEEN_BYTES_MAX: usize = 256 << 20;

/// Judges a history.
pub fn judge(history: &History, model: Model, work: &mut Work<'_>) -> Finding {
    if model == Model::UniqueIds || linearizable::holds(history, model, work) == Ok(true) {
        return linearizable::judge(history, model, work);
    }
    let all: Vec<u32> = (0..history.operations.len() as u32).collect();
    match order(history, model, &all, work) {
        Ok(Some(order)) => Finding::Holds(Some(order)),
        Ok(None) => Finding::Violated(minimal::minimal(&all, |kept| Ok(order(history, model, kept, work)?.is_none()))),
        Err(reason) => Finding::Unknown(reason),
    }
}

/// A legal order of these operations, whatever the updates that are left out did.
fn order(history: &History, model: Model, kept: &[u32], work: &mut Work<'_>) -> Result<Option<Vec<u32>>, Reason> {
    if kept.len() > OPERATIONS_MAX {
        return Err(Reason::TooMany(OPERATIONS_MAX));
    }
    match model {
        Model::Register | Model::CasRegister => Search::<Register>::new(history, kept).run(work),
        Model::Counter => Search::<Counter>::new(history, kept).run(work),
        Model::Set => Search::<Set>::new(history, kept).run(work),
        Model::Kv => Search::<Kv>::new(history, kept).run(work),
        Model::Bank => Search::<Bank>::new(history, kept).run(work),
        Model::Log => Search::<Log>::new(history, kept).run(work),
        Model::UniqueIds => Err(Reason::WrongModel),
    }
}

/// What each key holds.
type States<M> = Box<[<M as Machine>::State]>;

struct Search<'a, M: Machine> {
    machine: Keyed<M>,
    kept: &'a [u32],
    operations: Vec<Operation>,
    /// For each operation those of its process that have to come before it.
    before: Vec<Vec<u32>>,
    done: usize,
    /// For each set of ordered operations, the states that were seen with it.
    seen: Table<Box<[u64]>, Vec<States<M>>>,
    seen_bytes: usize,
}

/// What is in the order, and what is there after it.
#[derive(Clone)]
struct Place<S> {
    is_in: Box<[u64]>,
    state: Box<[S]>,
    order: Vec<u32>,
    done: usize,
}

impl<S> Place<S> {
    fn has(&self, number: u32) -> bool {
        self.is_in[number as usize / 64] >> (number % 64) & 1 == 1
    }
}

impl<'a, M: Machine> Search<'a, M> {
    fn new(history: &History, kept: &'a [u32]) -> Self {
        let operations: Vec<Operation> = kept.iter().map(|number| history.operations[*number as usize]).collect();
        let strangers = strangers(history, kept);
        let machine = Keyed::over(&history.texts, history.keys.len(), &operations, &strangers);
        let done = operations.iter().filter(|operation| operation.is_done()).count();
        Self {
            machine,
            kept,
            before: process_order(&operations),
            operations,
            done,
            seen: Table::default(),
            seen_bytes: 0,
        }
    }

    fn run(&mut self, work: &mut Work<'_>) -> Result<Option<Vec<u32>>, Reason> {
        let is_in = vec![0; self.operations.len().div_ceil(64)].into_boxed_slice();
        let mut start = Place { is_in, state: self.machine.start(), order: Vec::new(), done: 0 };
        self.absorb(&mut start);
        let mut places = vec![(start, 0_usize)];
        let most = self.operations.len() + self.machine.strangers();
        while let Some((place, next)) = places.last_mut() {
            work.step()?;
            if place.done == self.done {
                return Ok(Some(place.order.iter().map(|number| self.kept[*number as usize]).collect()));
            }
            let number = *next;
            *next += 1;
            if number == most {
                places.pop();
            } else if let Some(next) = self.take(place, number)
                && self.is_new(&next)?
            {
                places.push((next, 0));
            }
        }
        Ok(None)
    }

    /// The place after one more operation or stranger, if it may be next and changes anything.
    fn take(&self, place: &Place<M::State>, number: usize) -> Option<Place<M::State>> {
        let is_own = number < self.operations.len();
        if is_own && !self.is_next(place, number as u32) {
            return None;
        }
        let state = self.machine.step(&place.state, number)?;
        if !is_own && state == place.state {
            return None;
        }
        let mut place = Place { state, ..place.clone() };
        if is_own {
            self.put(&mut place, number as u32);
        }
        self.absorb(&mut place);
        Some(place)
    }

    fn is_next(&self, place: &Place<M::State>, number: u32) -> bool {
        !place.has(number) && self.before[number as usize].iter().all(|before| place.has(*before))
    }

    fn put(&self, place: &mut Place<M::State>, number: u32) {
        place.is_in[number as usize / 64] |= 1 << (number % 64);
        place.order.push(number);
        place.done += usize::from(self.operations[number as usize].is_done());
    }

    /// Puts in the reads that may be next and change nothing: that forbids nothing later.
    fn absorb(&self, place: &mut Place<M::State>) {
        loop {
            let before = place.done;
            for number in 0..self.operations.len() as u32 {
                let is_candidate = !self.operations[number as usize].call.is_update() && self.is_next(place, number);
                if is_candidate && self.machine.step(&place.state, number as usize).as_ref() == Some(&place.state) {
                    self.put(place, number);
                }
            }
            if place.done == before {
                return;
            }
        }
    }

    fn is_new(&mut self, place: &Place<M::State>) -> Result<bool, Reason> {
        let states = self.seen.entry(place.is_in.clone()).or_default();
        if states.contains(&place.state) {
            return Ok(false);
        }
        states.push(place.state.clone());
        let state_bytes = size_of::<M::State>() * place.state.len() + self.machine.state_bytes();
        self.seen_bytes += 8 * place.is_in.len() + state_bytes + 64;
        if self.seen_bytes > SEEN_BYTES_MAX { Err(Reason::StatesMax(self.seen.len())) } else { Ok(true) }
    }
}

/// The updates that are left out, each with its key.
fn strangers(history: &History, kept: &[u32]) -> Vec<(u32, Call)> {
    let mut strangers = Vec::new();
    for (key, all) in history.by_key().into_iter().enumerate() {
        let of_key: Vec<u32> =
            kept.iter().copied().filter(|number| history.operations[*number as usize].key as usize == key).collect();
        strangers.extend(minimal::left_out(history, &of_key, &all).into_iter().map(|call| (key as u32, call)));
    }
    strangers
}
