//! Black-box judges, both ways: against brute force, and on the smallest histories that break each promise.

mod causal;
mod lab_models;
mod linearizable;
mod small;
mod witnesses;

use super::*;

/// A small generator of our own (splitmix64), so that a failing case is known by its seed.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (word ^ (word >> 31)) % most
    }
}

/// A history from calls with their processes, keys, answers and events.
pub(super) fn history(operations: &[(u32, u32, Call, Datum, u32, u32)]) -> History {
    let mut history = History::default();
    for (process, key, call, answer, invoked, returned) in operations.iter().copied() {
        let operation = Operation { process, key, invoked, returned, line: 0, call, answer };
        history.operations.push(operation);
        while history.processes.len() <= process as usize {
            history.processes.push(history.processes.len().to_string().into());
        }
        while history.keys.len() <= key as usize {
            history.keys.push(history.keys.len().to_string().into());
        }
        history.events = history.events.max(invoked + 1);
    }
    history.operations.sort_by_key(|operation| operation.invoked);
    history
}

/// Each process's operations one after the other, all processes side by side, one at a time in turn.
pub(super) fn sessions(sessions: &[&[(u32, Call, i64)]]) -> History {
    let mut operations = Vec::new();
    let mut event = 0;
    let longest = sessions.iter().map(|session| session.len()).max().unwrap_or(0);
    for at in 0..longest {
        for (process, session) in sessions.iter().enumerate() {
            if let Some((key, call, answer)) = session.get(at).copied() {
                let answer = if answer == 0 { Datum::Nil } else { Datum::Int(answer) };
                operations.push((process as u32, key, call, answer, event, event + 1));
                event += 2;
            }
        }
    }
    history(&operations)
}

pub(super) fn write(value: i64) -> Call {
    Call::Write(Datum::Int(value))
}

pub(super) fn judged(history: &History, model: Model, promise: Promise) -> Finding {
    judge(history, model, promise, &mut Work::new(Work::MOST, &mut |_| {}))
}

/// What a random history is like.
pub(super) struct Shape {
    pub(super) operations: u64,
    pub(super) processes: u64,
    pub(super) keys: u64,
    pub(super) values: i64,
    pub(super) has_cas: bool,
    pub(super) has_doubt: bool,
    /// Every write has a value of its own.
    pub(super) is_unique: bool,
}

/// A random history over registers. Most of it comes from a real register, so that legal and illegal ones are both
/// frequent.
pub(super) fn random(dice: &mut Dice, shape: &Shape) -> History {
    let mut made = Vec::new();
    let mut open: Vec<Option<usize>> = vec![None; shape.processes as usize];
    let mut values = vec![Datum::Nil; shape.keys as usize];
    let mut written = 0;
    let mut event = 0;
    let total = 1 + dice.below(shape.operations);
    while made.len() < total as usize || open.iter().any(Option::is_some) {
        let process = dice.below(shape.processes) as usize;
        if let Some(number) = open[process] {
            let (_, key, call, answer, _, returned): &mut (u32, u32, Call, Datum, u32, u32) = &mut made[number];
            take_effect(dice, *call, answer, &mut values[*key as usize], shape);
            *returned = if shape.has_doubt && dice.below(6) == 0 { NEVER } else { event };
            open[process] = None;
            event += 1;
        } else if made.len() < total as usize {
            let key = dice.below(shape.keys) as u32;
            let value = if shape.is_unique {
                written += 1;
                written
            } else {
                1 + dice.below(shape.values as u64) as i64
            };
            let call = match dice.below(if shape.has_cas { 3 } else { 2 }) {
                0 => Call::Read,
                1 => write(value),
                _ => Call::Cas(Datum::Int(1 + dice.below(shape.values as u64) as i64), Datum::Int(value)),
            };
            open[process] = Some(made.len());
            made.push((process as u32, key, call, Datum::Nil, event, NEVER));
            event += 1;
        }
    }
    made.retain(|operation| operation.2.is_update() || operation.5 != NEVER);
    history(&made)
}

/// Takes effect at its return, and sometimes answers what it likes.
fn take_effect(dice: &mut Dice, call: Call, answer: &mut Datum, value: &mut Datum, shape: &Shape) {
    let odd = dice.below(4) == 0;
    match call {
        Call::Write(new) => *value = new,
        Call::Cas(_, new) => *value = new,
        _ if odd => {
            let any = dice.below(shape.values as u64 + 1) as i64;
            *answer = if any == 0 { Datum::Nil } else { Datum::Int(any) };
        }
        _ => *answer = *value,
    }
}

/// Whether there is a legal order, by trying all: `is_before` says who must come first, `strangers` may step in.
pub(super) fn has_order(
    operations: &[Operation],
    strangers: &[Call],
    is_before: &dyn Fn(&Operation, &Operation) -> bool,
) -> bool {
    let keys = operations.iter().map(|operation| operation.key + 1).max().unwrap_or(1);
    let start = vec![Datum::Nil; keys as usize];
    extend(operations, strangers, is_before, &mut vec![false; operations.len()], &start)
}

fn extend(
    operations: &[Operation],
    strangers: &[Call],
    is_before: &dyn Fn(&Operation, &Operation) -> bool,
    is_in: &mut Vec<bool>,
    values: &[Datum],
) -> bool {
    if operations.iter().zip(is_in.iter()).all(|(operation, is_in)| *is_in || !operation.is_done()) {
        return true;
    }
    for number in 0..operations.len() {
        let own = &operations[number];
        let waits = |(other, is_in): (&Operation, &bool)| !is_in && is_before(other, own);
        if is_in[number] || operations.iter().zip(is_in.iter()).any(waits) {
            continue;
        }
        for value in reachable(values[own.key as usize], strangers) {
            let after = match own.call {
                Call::Write(new) => Some(new),
                Call::Cas(from, to) => (value == from).then_some(to),
                _ => (value == own.answer).then_some(value),
            };
            let Some(after) = after else { continue };
            let mut values = values.to_vec();
            values[own.key as usize] = after;
            is_in[number] = true;
            let is_found = extend(operations, strangers, is_before, is_in, &values);
            is_in[number] = false;
            if is_found {
                return true;
            }
        }
    }
    false
}

/// What a register of one key can hold when strangers do what they like.
fn reachable(value: Datum, strangers: &[Call]) -> Vec<Datum> {
    let mut all = vec![value];
    let mut at = 0;
    while at < all.len() {
        for stranger in strangers {
            let next = match stranger {
                Call::Write(new) => Some(*new),
                Call::Cas(from, to) if *from == all[at] => Some(*to),
                _ => None,
            };
            if let Some(next) = next.filter(|next| !all.contains(next)) {
                all.push(next);
            }
        }
        at += 1;
    }
    all
}

pub(super) fn real_time(one: &Operation, other: &Operation) -> bool {
    one.is_before(other)
}

pub(super) fn same_process(one: &Operation, other: &Operation) -> bool {
    one.process == other.process && one.is_before(other)
}
