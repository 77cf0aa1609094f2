//! The neutral history: what clients asked and what they were told, whoever the system was.
//!
//! ```text
//! events     0     1     2     3     4
//! ana        ├─ write 1 ─┤                     invoked 0, returned 2
//! ben              ├──────── read → 1 ───┤     invoked 1, returned 4
//! cyd                          ├─ write 2 ┄┄   invoked 3, no return: it may happen later, or never
//! ```
//!
//! Time is the number of an event, so that no two are at the same one. What is known to have failed did not happen
//! and is counted, not kept; nor is a read that was never answered, since it says nothing. An operation that was sent
//! several times is entered once for each attempt: those that were not answered have an unknown outcome.

use std::collections::BTreeMap;

/// A number for one that never comes: after all events.
pub const NEVER: u32 = u32::MAX;

/// A value. Numbers stand for themselves; texts and lists are kept once, in [`Texts`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Datum {
    /// Nothing: what a register holds before the first write.
    #[default]
    Nil,
    /// A number.
    Int(i64),
    /// Words, by their place in [`Texts`].
    Text(u32),
    /// Several values, by their place in [`Texts`].
    List(u32),
}

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Call {
    /// Tell what is there.
    Read,
    /// Replace what is there.
    Write(Datum),
    /// Replace what is there if it is the first of the two.
    Cas(Datum, Datum),
    /// Add to a counter, or to a set.
    Add(Datum),
    /// Put behind the text that is there.
    Append(Datum),
    /// Take from a quantity, which never goes below 0.
    Take(Datum),
    /// Find that less than this is there: a taking that was refused.
    Lacks(Datum),
    /// Find that something is there: a creation that was refused.
    Exists,
    /// Put an entry at the end of a log.
    Post(Datum),
    /// Give a name that was never given.
    Generate,
    /// Move an amount from one account to another.
    Transfer(Datum, Datum, i64),
}

impl Call {
    /// Whether it can change what is there.
    pub fn is_update(self) -> bool {
        !matches!(self, Self::Read | Self::Generate | Self::Lacks(_) | Self::Exists)
    }
}

/// One operation that happened, or may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Who asked, by its place in [`History::processes`].
    pub process: u32,
    /// Of what, by its place in [`History::keys`].
    pub key: u32,
    /// The number of the event with which it began.
    pub invoked: u32,
    /// The number of the event with which it ended; [`NEVER`] if nobody knows whether it happened.
    pub returned: u32,
    /// The line of its invocation in the source, counted from 1; 0 if there is none.
    pub line: u32,
    /// What was asked.
    pub call: Call,
    /// What was told: of reads and of names; nothing otherwise.
    pub answer: Datum,
}

impl Operation {
    /// Whether it is known to have happened.
    pub fn is_done(&self) -> bool {
        self.returned != NEVER
    }

    /// Whether it was over before the other began.
    pub fn is_before(&self, other: &Self) -> bool {
        self.returned < other.invoked
    }
}

/// Texts and lists, each kept once.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    words: Vec<Box<str>>,
    word_ids: BTreeMap<Box<str>, u32>,
    lists: Vec<Box<[Datum]>>,
    list_ids: BTreeMap<Box<[Datum]>, u32>,
}

impl Texts {
    /// The value of a text.
    pub fn text(&mut self, text: &str) -> Datum {
        if let Some(id) = self.word_ids.get(text) {
            return Datum::Text(*id);
        }
        let id = self.words.len() as u32;
        self.words.push(text.into());
        self.word_ids.insert(text.into(), id);
        Datum::Text(id)
    }

    /// The value of a list.
    pub fn list(&mut self, list: &[Datum]) -> Datum {
        if let Some(id) = self.list_ids.get(list) {
            return Datum::List(*id);
        }
        let id = self.lists.len() as u32;
        self.lists.push(list.into());
        self.list_ids.insert(list.into(), id);
        Datum::List(id)
    }

    /// The words of a text, nothing for another value.
    pub fn words(&self, datum: Datum) -> &str {
        match datum {
            Datum::Text(id) => &self.words[id as usize],
            _ => "",
        }
    }

    /// The values of a list, nothing for another value.
    pub fn items(&self, datum: Datum) -> &[Datum] {
        match datum {
            Datum::List(id) => &self.lists[id as usize],
            _ => &[],
        }
    }

    /// A value as people write it.
    pub fn show(&self, datum: Datum) -> String {
        match datum {
            Datum::Nil => "nil".to_owned(),
            Datum::Int(number) => number.to_string(),
            Datum::Text(_) => self.words(datum).to_owned(),
            Datum::List(_) => {
                let items: Vec<String> = self.items(datum).iter().map(|item| self.show(*item)).collect();
                format!("[{}]", items.join(" "))
            }
        }
    }
}

/// Operations in the order of their invocations, and the names in them.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The operations.
    pub operations: Vec<Operation>,
    /// The names of processes.
    pub processes: Vec<Box<str>>,
    /// The names of keys; the empty name if there is one thing only.
    pub keys: Vec<Box<str>>,
    /// The texts and lists of values.
    pub texts: Texts,
    /// How many operations are known not to have happened.
    pub failed: u64,
    /// How many reads were never answered, or with nothing.
    pub silent: u64,
    /// How many events it has.
    pub events: u32,
}

impl History {
    /// An operation as people write it: `write 3`, `read → nil`.
    pub fn show(&self, operation: &Operation) -> String {
        let show = |datum| self.texts.show(datum);
        match operation.call {
            Call::Read => format!("read → {}", show(operation.answer)),
            Call::Generate => format!("generate → {}", show(operation.answer)),
            Call::Write(value) => format!("write {}", show(value)),
            Call::Cas(from, to) => format!("cas {} → {}", show(from), show(to)),
            Call::Add(value) => format!("add {}", show(value)),
            Call::Append(value) => format!("append {}", show(value)),
            Call::Take(amount) => format!("take {}", show(amount)),
            Call::Lacks(amount) => format!("take {} → refused", show(amount)),
            Call::Exists => "create → refused".to_owned(),
            Call::Post(value) => format!("post {}", show(value)),
            Call::Transfer(from, to, amount) => format!("transfer {amount} {} → {}", show(from), show(to)),
        }
    }

    /// The operations of each key, in their order.
    pub fn by_key(&self) -> Vec<Vec<u32>> {
        let mut lists = vec![Vec::new(); self.keys.len()];
        for (index, operation) in self.operations.iter().enumerate() {
            lists[operation.key as usize].push(index as u32);
        }
        lists
    }

    /// The operations of each process, in their order.
    pub fn by_process(&self) -> Vec<Vec<u32>> {
        let mut lists = vec![Vec::new(); self.processes.len()];
        for (index, operation) in self.operations.iter().enumerate() {
            lists[operation.process as usize].push(index as u32);
        }
        lists
    }
}
