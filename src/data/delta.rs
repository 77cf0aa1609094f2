//! A write as it travels.

use crate::base::{AttemptId, Context, Dot, KeyId, Level, Seen, Stamp, Symbol, Value};

use super::hash3;

/// What a write does to its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A register takes this value.
    Assign(Value),
    /// A counter moves by this much.
    Add(i64),
    /// A bounded counter falls by this much, within the grant of the write's column at its key.
    Spend(i64),
    /// A log gets one more post.
    Append(Symbol),
    /// An item takes this value.
    Put(Value),
    /// An item is deleted.
    Delete,
    /// A name is taken by whoever is called so.
    Claim(Symbol),
    /// A payment of this much was charged.
    Record(i64),
    /// A permission is granted or revoked.
    Permit(bool),
}

/// What has to be at a replica before it shows a write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hold {
    /// All earlier writes of its column: the order in which one origin made them.
    pub fifo: bool,
    /// All that its writer had seen.
    pub causal: bool,
}

impl Hold {
    /// What a level asks for.
    #[inline]
    pub fn of(level: Level) -> Self {
        match level {
            Level::Session(session) => Self { fifo: session.fifo, causal: false },
            Level::Causal => Self { fifo: false, causal: true },
            _ => Self::default(),
        }
    }

    /// Whether something has to.
    #[inline]
    pub fn is_any(self) -> bool {
        self.fifo || self.causal
    }
}

/// One loose write: its identity, what it does, when its replica thought it was, and what its writer had seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    /// Which write this is.
    pub dot: Dot,
    /// The counter of the same column's previous write to the same key, 0 if there is none: with it a counter knows
    /// where its prefix has no gap. Registers and items leave it 0, but for registers that keep siblings.
    pub previous: u32,
    /// The key.
    pub key: KeyId,
    /// The attempt that made it.
    pub attempt: AttemptId,
    /// Wall and hybrid time of its replica.
    pub stamp: Stamp,
    /// What its writer had seen.
    pub context: Context,
    /// For a register that keeps siblings: what its client had seen of the key.
    pub seen: Option<Box<Seen>>,
    /// What it does.
    pub change: Change,
    /// What a replica waits for before it shows it.
    pub hold: Hold,
}

impl Delta {
    /// All that has to be at a replica before it shows this write; nothing for most.
    #[inline]
    pub fn needs(&self) -> Option<Context> {
        if !self.hold.is_any() {
            return None;
        }
        let mut needs = if self.hold.causal { self.context } else { Context::default() };
        if self.hold.fifo {
            needs.see(Dot { counter: self.dot.counter.saturating_sub(1), ..self.dot });
        }
        Some(needs)
    }

    /// Whether its key keeps one write only, so that it can lose.
    #[inline]
    pub fn can_lose(&self) -> bool {
        !matches!(self.change, Change::Add(_) | Change::Spend(_) | Change::Append(_))
    }

    /// A hash of its identity and content.
    pub(super) fn content_hash(&self) -> u64 {
        let change = match self.change {
            Change::Assign(value) | Change::Put(value) => value_word(value),
            Change::Add(amount) | Change::Record(amount) => amount as u64,
            Change::Append(text) | Change::Claim(text) => u64::from(text.0),
            Change::Delete => u64::MAX,
            Change::Spend(amount) => hash3(8, amount as u64, 0),
            Change::Permit(allowed) => hash3(5, u64::from(allowed), 0),
        };
        hash3(dot_word(self.dot), self.stamp.wall_us as u64, change)
    }
}

/// A dot as one word.
#[inline]
pub(super) fn dot_word(dot: Dot) -> u64 {
    u64::from(dot.column.0) << 32 | u64::from(dot.counter)
}

fn value_word(value: Value) -> u64 {
    match value {
        Value::Nil => 1,
        Value::Int(number) => hash3(2, number as u64, 0),
        Value::Text(text) => hash3(3, u64::from(text.0), 0),
        Value::Posts { count, newest } => hash3(4, u64::from(count), u64::from(newest.0)),
        Value::Transfer { from, to, amount } => hash3(7, u64::from(from.0) << 32 | u64::from(to.0), u64::from(amount)),
        Value::Versions { first, second, count } => {
            hash3(9, u64::from(first.0) << 32 | u64::from(second.0), u64::from(count))
        }
        Value::Allowed(allowed) => hash3(6, u64::from(allowed), 0),
    }
}
