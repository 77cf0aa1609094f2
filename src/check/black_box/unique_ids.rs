//! Unique names: no two calls are given the same one.
//!
//! The promise of services such as Snowflake (2010) and of RFC 9562's identifiers. What a call with an unknown outcome
//! was given nobody saw.

use super::history::{Call, History};
use super::verdict::{Finding, Reason, Witness};

/// Judges a history.
pub fn judge(history: &History) -> Finding {
    let mut names = Vec::with_capacity(history.operations.len());
    for (number, operation) in history.operations.iter().enumerate() {
        if operation.call != Call::Generate {
            return Finding::Unknown(Reason::WrongModel);
        }
        if operation.is_done() {
            names.push((operation.key, operation.answer, number as u32));
        }
    }
    names.sort_unstable();
    let is_twice = |pair: &&[(u32, _, u32)]| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1);
    match names.windows(2).filter(is_twice).min_by_key(|pair| pair[1].2) {
        Some(pair) => Finding::Violated(Witness { operations: vec![pair[0].2, pair[1].2], is_minimal: true }),
        None => Finding::Holds(None),
    }
}
