//! What operations carry and answer.

use super::ids::KeyId;
use super::symbol::Symbol;

/// An argument or a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// Nothing: never written, or deleted.
    #[default]
    Nil,
    /// A number: a level, a balance, an amount.
    Int(i64),
    /// A text.
    Text(Symbol),
    /// What a feed shows: how many posts, and the newest.
    Posts {
        /// How many posts the feed holds.
        count: u32,
        /// The text of the newest.
        newest: Symbol,
    },
    /// What a transfer carries.
    Transfer {
        /// The account that it takes from.
        from: KeyId,
        /// The account that it puts in.
        to: KeyId,
        /// How much: an amount is at most [`AMOUNT_MAX`](super::limits::AMOUNT_MAX).
        amount: u32,
    },
    /// Whether someone is let in.
    Allowed(bool),
    /// What a register shows that keeps concurrent versions: the first two in the order of their dots, and how many
    /// there are, at least 2.
    Versions {
        /// The text of the first.
        first: Symbol,
        /// The text of the second.
        second: Symbol,
        /// How many there are in all.
        count: u32,
    },
}

impl Value {
    /// The number that an operation carries, if it carries one.
    #[inline]
    pub fn amount(self) -> Option<i64> {
        match self {
            Self::Int(amount) => Some(amount),
            Self::Transfer { amount, .. } => Some(i64::from(amount)),
            _ => None,
        }
    }
}

/// How [`Value::Versions`] is written, of the first two texts in their form and how many there are in all.
pub fn versions_text(first: &str, second: &str, count: u32) -> String {
    match count {
        ..=2 => format!("{first} | {second}"),
        _ => format!("{first} | {second} | {} more", count - 2),
    }
}

/// Why a replica said no. A refusal is an answer: the operation did not happen and the client knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// The balance or the level is below the amount, as far as the deciding replica knows.
    Insufficient,
    /// The item exists already, as far as the deciding replica knows.
    Exists,
    /// The name is somebody else's, as far as the deciding replica knows.
    Taken,
    /// The key of the payment belongs to one with another amount.
    Mismatch,
    /// The level of the operation's type is being switched, and not every replica has handed over what it had.
    Pending,
    /// The operation's type is on a log now, or was when it was asked: this replica takes no loose write of it.
    Sealed,
    /// More waits for the log already than it takes.
    Busy,
    /// The balance or the level reaches, but what is not granted to replicas does not.
    Granted,
    /// The replica lacks something that the session has seen.
    Behind,
}

/// What a replica answers to one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// Done, with the result.
    Done(Value),
    /// Not done, and why.
    Refused(Refusal),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_takes_16_bytes() {
        assert_eq!(size_of::<Value>(), 16);
    }
}
