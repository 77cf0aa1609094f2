//! What the levels of the primary's log promise: one copy, as long as there is one primary and its log is lost nowhere.

use crate::base::{Claim, LogId, OpSet, OpType, Policy, Service, Shipping};

use super::{
    ASKED_IS_UP, CLOCKS_OF_LINES, NO_LOSS, Promise, guarded, halved, ordered, shown_in_order, shown_late, takers,
};

/// What makes the primary's log one log for ever.
const ONE_PRIMARY: &str = "one replica at a time is the primary, and the next one has all of its log";
/// The same, of all that a service or a session does.
const ALL_AND_ONE_PRIMARY: &str = "all that is concerned is bound to it too, one replica at a time is the primary, and the next one has all of its log";
/// What puts all writes to a key into one order.
const WRITES_BOUND: &str = "all writes of the service are bound to it too";
/// What keeps acknowledged entries.
const SHIPPED: &str =
    "`semi-sync` reaches a majority, nobody is promoted by hand, and at any time a majority keeps its disk";
/// What keeps an answer coming.
const REACHED: &str = "a replica that is asked is up and in reach, a majority has the primary on its side or makes another (`failover auto`), and that and lost or late messages take less than the client's patience";
/// What keeps an operation single.
const KEYED_AND_ONE: &str = "nobody tries again, or each operation has a key, one replica at a time is the primary, and the next one has all of its log";
/// What a client that stays with its follower has.
const STAYS: &str = "the session stays at one replica, and that takes nothing back";

/// What `primary` promises for an operation type under a policy.
pub(super) fn primary(op_type: OpType, shipping: Shipping, policy: &Policy) -> Promise {
    let promise = match (op_type.is_read(), shipping.local_reads) {
        (false, _) => write(op_type, shipping, policy),
        (true, false) => read_at_primary(op_type, policy),
        (true, true) => return alone(read_at_follower(op_type, policy)),
    };
    through_primary(promise)
}

/// What `bounded` promises for an operation type under a policy.
pub(super) fn bounded(op_type: OpType, policy: &Policy) -> Promise {
    let promise =
        if op_type.is_read() { read_within(op_type, policy) } else { write(op_type, Shipping::default(), policy) };
    through_primary(promise)
}

/// Of an answer that whoever is reached gives.
fn alone(promise: Promise) -> Promise {
    promise
        .keeps_if(ASKED_IS_UP, &[Claim::MajorityAvailability])
        .keeps_if(NO_LOSS, &[Claim::StickyAvailability])
        .keeps_if(CLOCKS_OF_LINES, &[Claim::NoLogInversion])
        .breaks(&[Claim::TotalAvailability])
}

/// Of an answer that needs the primary.
fn through_primary(promise: Promise) -> Promise {
    promise
        .keeps_if(REACHED, &[Claim::MajorityAvailability])
        .keeps_if(CLOCKS_OF_LINES, &[Claim::NoLogInversion])
        .breaks(&[Claim::TotalAvailability, Claim::StickyAvailability])
}

/// Whether some types of a service are all on the primary's log.
fn is_bound(types: OpSet, policy: &Policy) -> bool {
    types.without(policy.on_log(LogId::Primary)).is_empty()
}

fn write(op_type: OpType, shipping: Shipping, policy: &Policy) -> Promise {
    let (words, why) = match shipping.followers {
        0 => (
            "safe until a failover",
            "the primary answers before anybody else has it: what no follower got is gone if another takes over",
        ),
        _ => (
            "on several disks",
            "it waits for followers; what fewer than a majority have can still be missed by the next primary",
        ),
    };
    let one = |types: OpSet| if is_bound(types, policy) { ONE_PRIMARY } else { ALL_AND_ONE_PRIMARY };
    let service = op_type.service();
    let promise =
        Promise::new(words, why).keeps(&[Claim::Convergence]).keeps_if(one(takers(service)), guarded(op_type));
    let promise = if service.is_cell() { of_cells(promise, service, policy) } else { promise };
    // A name is given away once, whoever asks how often.
    let single = if op_type == OpType::UsernameClaim { ONE_PRIMARY } else { KEYED_AND_ONE };
    let promise = promise
        .keeps_if(ALL_AND_ONE_PRIMARY, &[Claim::MonotonicWrites, Claim::WritesFollowReads])
        .keeps_if(single, &[Claim::ExactlyOnce])
        .keeps(halved(op_type));
    if shipping.followers == 0 {
        promise.breaks(&[Claim::Durable])
    } else {
        promise.keeps_if(SHIPPED, &[Claim::Durable])
    }
}

/// Of two writes to a key that keeps one the later entry stays, whatever clocks say, as long as there is one log. A log
/// forgets no tombstone, and a name that is taken is claimed by nobody who knows that.
fn of_cells(promise: Promise, service: Service, policy: &Policy) -> Promise {
    let is_bound = is_bound(OpSet::of(service).writes(), policy);
    let one = if is_bound { ONE_PRIMARY } else { ALL_AND_ONE_PRIMARY };
    let always = |promise: Promise, claim| {
        if is_bound { promise.keeps(&[claim]) } else { promise.keeps_if(WRITES_BOUND, &[claim]) }
    };
    let promise = promise.keeps_if(one, &[Claim::NoLostUpdate]);
    match service {
        Service::Username => always(promise, Claim::NoWrongWinner),
        Service::Item => always(promise.keeps_if(one, &[Claim::NoWrongWinner]), Claim::NoResurrection),
        _ => promise.keeps_if(one, &[Claim::NoWrongWinner]),
    }
}

fn read_at_primary(op_type: OpType, policy: &Policy) -> Promise {
    let whole = is_bound(OpSet::of(op_type.service()), policy);
    let condition = if whole { ONE_PRIMARY } else { ALL_AND_ONE_PRIMARY };
    Promise::new(
        "fresh, with one primary",
        "whoever believes to be the primary answers at once: one that was deposed answers from its old log",
    )
    .keeps(&[Claim::Convergence])
    .keeps_if(condition, &[Claim::ReadYourWrites, Claim::MonotonicReads])
    .keeps_if(condition, shown_late(op_type))
    .keeps_if(condition, shown_in_order(op_type))
    .keeps_if(condition, ordered(op_type))
    .keeps_sums(op_type, policy)
}

fn read_at_follower(op_type: OpType, policy: &Policy) -> Promise {
    Promise::new(
        "a prefix, and late",
        "the replica that is reached answers with as much of the log as it has: its own writes may be missing",
    )
    .keeps(&[Claim::Convergence])
    .keeps_if(ALL_AND_ONE_PRIMARY, shown_in_order(op_type))
    .keeps_if(STAYS, &[Claim::MonotonicReads])
    .keeps_sums(op_type, policy)
    .breaks(&[Claim::ReadYourWrites])
    .breaks(ordered(op_type))
    .breaks(shown_late(op_type))
}

fn read_within(op_type: OpType, policy: &Policy) -> Promise {
    Promise::new(
        "late by the bound at most",
        "a replica answers while its own metric is within the bound; beyond it the primary does, or nobody. The metric \
         compares two clocks: one that is wrong by a second makes it wrong by a second",
    )
    .keeps(&[Claim::Convergence])
    .keeps_if(ALL_AND_ONE_PRIMARY, shown_in_order(op_type))
    .keeps_sums(op_type, policy)
    .breaks(&[Claim::ReadYourWrites, Claim::MonotonicReads])
    .breaks(ordered(op_type))
    .breaks(shown_late(op_type))
}
