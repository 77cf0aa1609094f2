//! Generated histories of one contended register, for the benches here and in `bench-peers/`.

use driftlab::check::black_box::{Call, Datum, History, NEVER, Operation};

/// A small generator (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (word ^ (word >> 31)) % most
    }
}

/// What a generated history is like.
pub(crate) struct Shape {
    /// How many operations.
    pub(crate) operations: u32,
    /// How many processes at a time.
    pub(crate) processes: u32,
    /// How many values are written; 0 if every write has its own.
    pub(crate) values: u64,
    /// One in so many operations has an unknown outcome; 0 for none.
    pub(crate) doubt: u64,
    /// One read in so many is wrong; 0 for none.
    pub(crate) lies: u64,
}

/// Processes that are never idle, over one register; each operation takes effect at some instant while it runs.
pub(crate) fn contended(shape: &Shape, seed: u64) -> History {
    let mut dice = Dice(seed);
    let mut history = History { keys: vec!["".into()], ..History::default() };
    let mut running: Vec<Option<(u32, bool)>> = vec![None; shape.processes as usize];
    let mut value = Datum::Nil;
    let mut names: Vec<u32> = (0..shape.processes).collect();
    let mut next_name = shape.processes;
    loop {
        let at = dice.below(u64::from(shape.processes)) as usize;
        let made = history.operations.len() as u32;
        let Some((number, is_done)) = running[at] else {
            if made >= shape.operations {
                if running.iter().all(Option::is_none) {
                    break;
                }
                continue;
            }
            let own = if shape.values == 0 { i64::from(made) + 1 } else { 1 + dice.below(shape.values) as i64 };
            let call = match dice.below(3) {
                0 | 1 if shape.values == 0 => Call::Write(Datum::Int(own)),
                0 => Call::Write(Datum::Int(own)),
                1 => Call::Cas(Datum::Int(1 + dice.below(shape.values) as i64), Datum::Int(own)),
                _ => Call::Read,
            };
            let (invoked, process) = (history.events, names[at]);
            let answer = Datum::Nil;
            history.operations.push(Operation { process, key: 0, invoked, returned: NEVER, line: 0, call, answer });
            history.events += 1;
            running[at] = Some((made, false));
            continue;
        };
        let operation = &mut history.operations[number as usize];
        if is_done {
            operation.returned = history.events;
            history.events += 1;
            running[at] = None;
            continue;
        }
        let is_lie = shape.lies > 0 && dice.below(shape.lies) == 0;
        match operation.call {
            Call::Read if is_lie => operation.answer = Datum::Int(1 + dice.below(shape.values.max(1)) as i64),
            Call::Read => operation.answer = value,
            Call::Write(new) => value = new,
            Call::Cas(from, new) if from == value => value = new,
            // It found something else: in this history it asked for that.
            Call::Cas(_, new) => {
                operation.call = Call::Cas(value, new);
                value = new;
            }
            _ => {}
        }
        if shape.doubt > 0 && operation.call.is_update() && dice.below(shape.doubt) == 0 {
            running[at] = None;
            names[at] = next_name;
            next_name += 1;
        } else {
            running[at] = Some((number, true));
        }
    }
    let is_known = |operation: &Operation| operation.call.is_update() || operation.returned != NEVER;
    history.operations.retain(is_known);
    history.processes = (0..next_name).map(|name| name.to_string().into()).collect();
    history
}
