//! The bank's invariant: money moves, it does not appear or vanish.
//!
//! All reads of all accounts have one sum. It is snapshot isolation's smallest test (Berenson et al., *A Critique of
//! ANSI SQL Isolation Levels*, SIGMOD 1995: read skew), which needs no order of the transfers.

use super::history::{Call, Datum, History};
use super::verdict::{Finding, Reason, Witness};

/// Judges a history.
pub fn judge(history: &History) -> Finding {
    let mut first: Option<(u32, i128)> = None;
    for (number, operation) in history.operations.iter().enumerate() {
        match operation.call {
            Call::Transfer(..) => continue,
            Call::Read => {}
            _ => return Finding::Unknown(Reason::WrongModel),
        }
        let sum = sum(history.texts.items(operation.answer));
        let (earlier, expected) = *first.get_or_insert((number as u32, sum));
        if sum != expected {
            return Finding::Violated(Witness { operations: vec![earlier, number as u32], is_minimal: true });
        }
    }
    Finding::Holds(None)
}

/// The sum of a list of accounts and amounts in turn.
fn sum(items: &[Datum]) -> i128 {
    let amount = |pair: &[Datum]| if let Datum::Int(amount) = pair[1] { i128::from(amount) } else { 0 };
    items.chunks_exact(2).map(amount).sum()
}
