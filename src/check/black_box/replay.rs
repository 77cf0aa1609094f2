//! The independent replayer: does an order keep what it promises?
//!
//! It shares nothing with the judges: no machines, no search. It walks the order once, with plain values.

use std::collections::{BTreeMap, BTreeSet};

use super::history::{Call, Datum, History, Operation, Texts};
use super::promise::Model;

/// What is wrong with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// An operation that happened is not in it.
    Missing(u32),
    /// An operation is in it twice, or is not one of the history.
    Stray(u32),
    /// The second was over before the first began, and comes after it.
    Late(u32, u32),
    /// Its answer is not what was there.
    Answer(u32),
}

/// Which operations have to stand in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// Any two of which one was over before the other began.
    RealTime,
    /// Those of the same process only.
    Process,
}

/// What is there.
#[derive(Clone, Debug, Default)]
struct Object {
    value: Datum,
    sum: i128,
    elements: Vec<Datum>,
    text: String,
    accounts: BTreeMap<Datum, i128>,
    start: Option<BTreeMap<Datum, i128>>,
    names: BTreeSet<Datum>,
}

/// Checks an order of a history.
///
/// # Errors
/// If the order is wrong, with the first reason found.
pub fn replay(history: &History, model: Model, order: &[u32], keeping: Keeping) -> Result<(), Wrong> {
    complete(history, order)?;
    in_time(history, order, keeping)?;
    let mut objects = vec![Object::default(); history.keys.len()];
    for number in order {
        let operation = &history.operations[*number as usize];
        if !objects[operation.key as usize].take(operation, &history.texts, model) {
            return Err(Wrong::Answer(*number));
        }
    }
    Ok(())
}

fn complete(history: &History, order: &[u32]) -> Result<(), Wrong> {
    let mut is_in = vec![false; history.operations.len()];
    for number in order {
        match is_in.get_mut(*number as usize) {
            Some(is_in) if !*is_in => *is_in = true,
            _ => return Err(Wrong::Stray(*number)),
        }
    }
    let missing = history.operations.iter().zip(&is_in).position(|(operation, is_in)| operation.is_done() && !is_in);
    missing.map_or(Ok(()), |number| Err(Wrong::Missing(number as u32)))
}

fn in_time(history: &History, order: &[u32], keeping: Keeping) -> Result<(), Wrong> {
    // Of each process, or of all together, the one that began last.
    let mut latest: BTreeMap<u32, u32> = BTreeMap::new();
    for number in order {
        let operation = &history.operations[*number as usize];
        let group = if keeping == Keeping::Process { operation.process } else { 0 };
        let last = latest.entry(group).or_insert(*number);
        let began = &history.operations[*last as usize];
        if operation.is_before(began) {
            return Err(Wrong::Late(*last, *number));
        }
        if operation.invoked > began.invoked {
            *last = *number;
        }
    }
    Ok(())
}

impl Object {
    /// Takes one operation; whether its answer is right.
    fn take(&mut self, operation: &Operation, texts: &Texts, model: Model) -> bool {
        match operation.call {
            Call::Write(value) => {
                self.value = value;
                self.text = shown(texts, value);
            }
            Call::Cas(from, to) => {
                if self.value != from {
                    return false;
                }
                self.value = to;
            }
            Call::Add(value) if model == Model::Set => self.elements.push(value),
            Call::Add(value) => self.sum += i128::from(number(value)),
            Call::Append(text) => self.text.push_str(&shown(texts, text)),
            Call::Post(entry) => self.elements.push(entry),
            Call::Take(amount) => {
                self.sum -= i128::from(number(amount));
                return self.sum >= 0;
            }
            Call::Lacks(amount) => return self.sum < i128::from(number(amount)),
            Call::Exists => return self.value != Datum::Nil,
            Call::Transfer(from, to, amount) => {
                *self.accounts.entry(from).or_default() -= i128::from(amount);
                *self.accounts.entry(to).or_default() += i128::from(amount);
            }
            Call::Generate => return self.names.insert(operation.answer),
            Call::Read => return self.is_answer(operation.answer, texts, model),
        }
        true
    }

    /// Whether a read may return this.
    fn is_answer(&mut self, answer: Datum, texts: &Texts, model: Model) -> bool {
        match model {
            Model::Register | Model::CasRegister => answer == self.value,
            Model::Counter => i128::from(number(answer)) == self.sum,
            Model::Set => same(texts.items(answer), &self.elements),
            Model::Kv => shown(texts, answer) == self.text,
            Model::Bank => self.is_balance(texts.items(answer)),
            Model::Log => match (texts.items(answer), self.elements.last()) {
                ([], None) => true,
                ([count, newest], Some(last)) => {
                    usize::try_from(number(*count)) == Ok(self.elements.len()) && newest == last
                }
                _ => false,
            },
            Model::UniqueIds => false,
        }
    }

    fn is_balance(&mut self, items: &[Datum]) -> bool {
        let mut start: BTreeMap<Datum, i128> =
            items.chunks_exact(2).map(|pair| (pair[0], i128::from(number(pair[1])))).collect();
        for (account, gained) in &self.accounts {
            *start.entry(*account).or_default() -= gained;
        }
        start.retain(|_, amount| *amount != 0);
        self.start.get_or_insert_with(|| start.clone()) == &start
    }
}

fn number(value: Datum) -> i64 {
    if let Datum::Int(number) = value { number } else { 0 }
}

fn shown(texts: &Texts, value: Datum) -> String {
    if value == Datum::Nil { String::new() } else { texts.show(value) }
}

fn same(one: &[Datum], other: &[Datum]) -> bool {
    let sorted = |list: &[Datum]| {
        let mut list = list.to_vec();
        list.sort_unstable();
        list.dedup();
        list
    };
    sorted(one) == sorted(other)
}
