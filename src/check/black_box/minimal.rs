//! Witnesses in which every operation is needed.
//!
//! What does it mean to leave an operation out? Not that it did not happen: then a read of what it wrote would be a
//! wonder, and every witness would be that one read. It means that nothing is known of it any more. For orders
//! (linearizable, sequential) an update left out may have taken effect at any instant, any number of times, or never,
//! whatever its outcome was; a read left out says nothing. For the other judges a read whose write is left out says
//! nothing. So what is left out can only make more legal, a witness speaks for the whole history, and one pass that
//! tries to leave out each operation once ends with a witness in which each is needed.

use super::history::{Call, History};
use super::verdict::{Reason, Witness};

/// The smallest witness that leaving out of these operations leads to. `is_broken` says whether a part of them,
/// ascending, is still a violation.
pub(super) fn minimal(operations: &[u32], mut is_broken: impl FnMut(&[u32]) -> Result<bool, Reason>) -> Witness {
    let mut kept = operations.to_vec();
    kept.sort_unstable();
    kept.dedup();
    let mut is_minimal = true;
    let mut size = kept.len().div_ceil(2).max(1);
    loop {
        let mut at = 0;
        while at < kept.len() {
            let end = kept.len().min(at + size);
            let rest: Vec<u32> = kept[..at].iter().chain(&kept[end..]).copied().collect();
            let verdict = is_broken(&rest);
            if let Err(Reason::WorkSpent(_)) = verdict {
                return Witness { operations: kept, is_minimal: false };
            }
            is_minimal &= verdict.is_ok() || size > 1;
            if verdict == Ok(true) {
                kept = rest;
            } else {
                at = end;
            }
        }
        if size == 1 {
            return Witness { operations: kept, is_minimal };
        }
        size = size.div_ceil(2);
    }
}

/// The different updates among `all` that are not in `kept`; both are ascending.
pub(super) fn left_out(history: &History, kept: &[u32], all: &[u32]) -> Vec<Call> {
    let mut kept = kept.iter().peekable();
    let mut calls = Vec::new();
    for number in all {
        if kept.next_if_eq(&number).is_some() {
            continue;
        }
        let call = history.operations[*number as usize].call;
        if call.is_update() {
            calls.push(call);
        }
    }
    calls.sort_unstable();
    calls.dedup();
    calls
}
