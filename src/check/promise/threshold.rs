//! What `threshold` promises: an invariant without an order.
//!
//! An invariant over a counter is kept if all types that take from it are decided by the log or within grants, since the
//! log counts grants as taken. It says nothing about who sees what, or how long an acknowledged taking lasts: within a
//! grant it is on one disk first, as at `eventual`.

use crate::base::{Claim, Cover, OpType, Policy};

use super::strong::{DISKS, ELECTED, TAKERS_BOUND, is_counted};
use super::{CLOCKS_OF_LINES, KEYED, Promise, guarded, halved};

/// What keeps an operation single that a replica may do alone: its answers to operations with a key are on its disk.
const KEYED_AT_HOME: &str = "nobody tries again, or with a key at the same replica, and that keeps its disk";
/// What keeps one single that a replica does on its own view.
const NO_RETRY: &str = "nobody tries again, and the replica keeps its disk";

/// What `threshold` promises for an operation type under a policy.
pub(super) fn threshold(op_type: OpType, cover: Cover, policy: &Policy) -> Promise {
    let (words, why) = said(op_type, cover);
    let promise = Promise::new(words, why).keeps(&[Claim::Convergence]);
    let promise = match policy.cover(op_type) {
        Some(Cover::Naive) => promise.breaks(guarded(op_type)),
        _ if is_counted(op_type.service(), policy) => promise.keeps(guarded(op_type)),
        _ => promise.keeps_if(TAKERS_BOUND, guarded(op_type)),
    };
    let single = match policy.cover(op_type) {
        Some(Cover::Grants) => KEYED_AT_HOME,
        Some(Cover::Naive) => NO_RETRY,
        None => KEYED,
    };
    // A transfer is an entry of the log always.
    let promise = match policy.cover(op_type) {
        Some(_) => promise.breaks(&[Claim::Durable]),
        None => promise.keeps_if(DISKS, &[Claim::Durable]),
    };
    // Within a grant it is loose, and beyond it the minority gets no answer.
    promise
        .keeps(halved(op_type))
        .keeps_if(single, &[Claim::ExactlyOnce])
        .keeps_if(ELECTED, &[Claim::MajorityAvailability])
        .keeps_if(CLOCKS_OF_LINES, &[Claim::NoLogInversion])
        .breaks(&[Claim::MonotonicWrites, Claim::WritesFollowReads])
        .breaks(&[Claim::TotalAvailability, Claim::StickyAvailability])
}

fn said(op_type: OpType, cover: Cover) -> (&'static str, &'static str) {
    match (cover, op_type) {
        (_, OpType::AccountTransfer) => (
            "never overdraws",
            "it touches two accounts, so no grant covers it: the log decides it, and the minority refuses",
        ),
        (Cover::Grants, OpType::StockReserve) => (
            "never oversells",
            "within its grant a replica sells alone, and one disk has it at first; beyond it takes a majority",
        ),
        (Cover::Grants, _) => (
            "never overdraws",
            "within its grant a replica pays alone, and one disk has it at first; beyond it takes a majority",
        ),
        (Cover::Naive, OpType::StockReserve) => (
            "may oversell",
            "above the threshold each replica trusts what it sees: when more than that is sold at once, it oversells",
        ),
        (Cover::Naive, _) => (
            "may overdraw",
            "above the threshold each replica trusts what it sees: when more than that is paid at once, it overdraws",
        ),
    }
}
