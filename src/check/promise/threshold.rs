//! What `threshold` promises: an invariant without an order.
//!
//! An invariant over a counter is kept if all types that take from it are decided by the log or within grants, since the
//! log counts grants as taken. It says nothing about who sees what, or how long an acknowledged taking lasts: within a
//! grant it is on one disk first, as at `eventual`.

use crate::base::{Claim, Cover, LogId, OpSet, OpType, Policy, Service};

use super::strong::{ELECTED, KEYED, NO_OVERDRAFT, NO_OVERSELL, TAKES_BOUND};
use super::{CLOCKS, NO_RETRY, Promise};

/// What keeps an operation single: a replica's answers to operations with a key are on its disk.
const KEYED_AT_HOME: &str = "nobody tries again, or with a key at the same replica, which keeps its disk";

/// Of what a replica may do alone, within a grant.
const GRANTED: &[(Claim, &str)] =
    &[(Claim::ExactlyOnce, KEYED_AT_HOME), (Claim::MajorityAvailability, ELECTED), (Claim::NoLogInversion, CLOCKS)];
/// The same where other types take from the counter beside the log.
const GRANTED_AND_NO_OVERDRAFT: &[(Claim, &str)] = &[
    (Claim::NoOverdraft, TAKES_BOUND),
    (Claim::ExactlyOnce, KEYED_AT_HOME),
    (Claim::MajorityAvailability, ELECTED),
    (Claim::NoLogInversion, CLOCKS),
];
/// Of what the log decides whatever the level.
const LOGGED: &[(Claim, &str)] =
    &[(Claim::ExactlyOnce, KEYED), (Claim::MajorityAvailability, ELECTED), (Claim::NoLogInversion, CLOCKS)];
const LOGGED_AND_NO_OVERDRAFT: &[(Claim, &str)] = &[
    (Claim::NoOverdraft, TAKES_BOUND),
    (Claim::ExactlyOnce, KEYED),
    (Claim::MajorityAvailability, ELECTED),
    (Claim::NoLogInversion, CLOCKS),
];
/// Of what a replica does on its own view.
const NAIVE: &[(Claim, &str)] =
    &[(Claim::ExactlyOnce, NO_RETRY), (Claim::MajorityAvailability, ELECTED), (Claim::NoLogInversion, CLOCKS)];

const CONVERGES: &[Claim] = &[Claim::Convergence];
/// What no `threshold` promises: within a grant it is loose, and beyond it the minority gets no answer.
const BROKEN: &[Claim] = &[
    Claim::MonotonicWrites,
    Claim::WritesFollowReads,
    Claim::Durable,
    Claim::TotalAvailability,
    Claim::StickyAvailability,
];
const BROKEN_AND_NO_OVERSELL: &[Claim] = &[
    Claim::NoOversell,
    Claim::MonotonicWrites,
    Claim::WritesFollowReads,
    Claim::Durable,
    Claim::TotalAvailability,
    Claim::StickyAvailability,
];
const BROKEN_AND_NO_OVERDRAFT: &[Claim] = &[
    Claim::NoOverdraft,
    Claim::MonotonicWrites,
    Claim::WritesFollowReads,
    Claim::Durable,
    Claim::TotalAvailability,
    Claim::StickyAvailability,
];

/// Whether all types that take from a service are on Raft's log, each alone or with grants.
pub(super) fn takes_are_bound(service: Service, policy: &Policy) -> bool {
    let takes: OpSet = OpSet::of(service).iter().filter(|op_type| op_type.takes()).collect();
    let is_naive = |op_type: OpType| policy.cover(op_type) == Some(Cover::Naive);
    takes.without(policy.on_log(LogId::Raft)).is_empty() && !takes.iter().any(is_naive)
}

/// What `threshold` promises for an operation type under a policy.
pub(super) fn threshold(op_type: OpType, cover: Cover, policy: &Policy) -> Promise {
    let is_safe = takes_are_bound(op_type.service(), policy);
    if op_type == OpType::AccountTransfer {
        return Promise {
            kept: if is_safe { NO_OVERDRAFT } else { CONVERGES },
            kept_if: if is_safe { LOGGED } else { LOGGED_AND_NO_OVERDRAFT },
            broken: BROKEN,
            words: "never overdraws",
            why: "it touches two accounts, so no grant covers it: the log decides it, and the minority refuses",
        };
    }
    match (cover, op_type) {
        (Cover::Grants, OpType::StockReserve) => Promise {
            kept: NO_OVERSELL,
            kept_if: GRANTED,
            broken: BROKEN,
            words: "never oversells",
            why: "within its grant a replica sells alone, and one disk has it at first; beyond it takes a majority",
        },
        (Cover::Grants, _) => Promise {
            kept: if is_safe { NO_OVERDRAFT } else { CONVERGES },
            kept_if: if is_safe { GRANTED } else { GRANTED_AND_NO_OVERDRAFT },
            broken: BROKEN,
            words: "never overdraws",
            why: "within its grant a replica pays alone, and one disk has it at first; beyond it takes a majority",
        },
        (Cover::Naive, OpType::StockReserve) => Promise {
            kept: CONVERGES,
            kept_if: NAIVE,
            broken: BROKEN_AND_NO_OVERSELL,
            words: "may sell what is gone",
            why: "above the threshold each replica trusts what it sees: when more than that is sold at once, it oversells",
        },
        (Cover::Naive, _) => Promise {
            kept: CONVERGES,
            kept_if: NAIVE,
            broken: BROKEN_AND_NO_OVERDRAFT,
            words: "may overdraw",
            why: "above the threshold each replica trusts what it sees: when more than that is paid at once, it overdraws",
        },
    }
}
