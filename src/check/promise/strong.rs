//! What `linearizable` promises.
//!
//! Promises belong to services: a claim about what all operations of a service see holds only if all of them are on the
//! log; an invariant needs those that consume what it guards.

use crate::base::{Claim, Cover, LogId, OpSet, OpType, Policy, ReadBy, Service};

use super::{CLOCKS_OF_LINES, KEYED, Promise, guarded, halved, of_cells, ordered, shown_in_order, shown_late, takers};

/// What keeps acknowledged entries.
pub(super) const DISKS: &str = "at any time a majority keeps its disk";
/// What keeps an answer coming.
pub(super) const ELECTED: &str = "a replica that is asked is up and in reach, and elections and lost or late messages take less than the client's patience";
/// What makes one order of all that a session does.
const ALL_BOUND: &str = "all that the session does is bound to it too";
/// What makes one copy of all writes.
const WRITES_BOUND: &str = "all writes of the service are bound to it too";
/// What guards what is taken.
pub(super) const TAKERS_BOUND: &str =
    "all that takes from the same is bound to linearizable, or to threshold with grants";
/// What keeps a lease true.
const DRIFT: &str = "clocks run at the same rate to within 500 ppm";
/// The same where not all of the service is on the log.
const DRIFT_AND_BOUND: &str = "clocks run at the same rate to within 500 ppm, and all of the service is bound to it";

/// What `linearizable` promises for an operation type under a policy.
pub(super) fn linearizable(op_type: OpType, reads: ReadBy, policy: &Policy) -> Promise {
    let promise = if op_type.is_read() { read(op_type, reads, policy) } else { write(op_type, policy) };
    promise
        .keeps_if(ELECTED, &[Claim::MajorityAvailability])
        .keeps_if(CLOCKS_OF_LINES, &[Claim::NoLogInversion])
        .breaks(&[Claim::TotalAvailability, Claim::StickyAvailability])
}

/// Whether some types of a service are all on Raft's log and nowhere else: what a replica may do alone is not.
fn is_bound(types: OpSet, policy: &Policy) -> bool {
    let on_log = policy.on_log(LogId::Raft);
    types.iter().all(|op_type| on_log.contains(op_type) && policy.cover(op_type).is_none())
}

/// Whether all that takes from a service is counted by Raft's log, as its own or as granted.
pub(super) fn is_counted(service: Service, policy: &Policy) -> bool {
    let on_log = policy.on_log(LogId::Raft);
    takers(service).iter().all(|op_type| on_log.contains(op_type) && policy.cover(op_type) != Some(Cover::Naive))
}

fn write(op_type: OpType, policy: &Policy) -> Promise {
    let service = op_type.service();
    let writes_bound = is_bound(OpSet::of(service).writes(), policy);
    let takers_bound = is_counted(service, policy);
    let (words, why) = said(op_type, writes_bound, takers_bound);
    let promise = Promise::new(words, why).keeps(&[Claim::Convergence]);
    let promise =
        if takers_bound { promise.keeps(guarded(op_type)) } else { promise.keeps_if(TAKERS_BOUND, guarded(op_type)) };
    let cells = of_cells(service);
    let promise = if writes_bound { promise.keeps(cells) } else { promise.keeps_if(WRITES_BOUND, cells) };
    // A name is given away once, whoever asks how often.
    let promise = match op_type {
        OpType::UsernameClaim => promise.keeps(&[Claim::ExactlyOnce]),
        _ => promise.keeps_if(KEYED, &[Claim::ExactlyOnce]),
    };
    promise
        .keeps(halved(op_type))
        .keeps_if(ALL_BOUND, &[Claim::MonotonicWrites, Claim::WritesFollowReads])
        .keeps_if(DISKS, &[Claim::Durable])
}

fn said(op_type: OpType, writes_bound: bool, takers_bound: bool) -> (&'static str, &'static str) {
    match (op_type, op_type.service()) {
        (OpType::AccountWithdraw | OpType::AccountTransfer, _) if !takers_bound => (
            "in the log's order",
            "the log decides it on what the log has, but what is taken loosely beside it is taken from the same money",
        ),
        (OpType::AccountWithdraw, _) => (
            "never overdraws",
            "the log decides it on what the log has; it costs a round trip to a majority, and the minority refuses",
        ),
        (OpType::AccountTransfer, _) => (
            "never overdraws, and whole",
            "debit and credit are one entry; it costs a round trip to a majority, and the minority refuses",
        ),
        (OpType::StockReserve, _) => (
            "never oversells",
            "the log decides it on what the log has; it costs a round trip to a majority, and the minority refuses",
        ),
        (OpType::UsernameClaim, _) => (
            "one owner for ever",
            "the log decides who was first; it costs a round trip to a majority, and the minority refuses",
        ),
        (_, Service::Profile | Service::Item | Service::Access) if writes_bound => (
            "one after the other",
            "one log orders all writes; it costs a round trip to a majority, and the minority refuses",
        ),
        (_, Service::Profile | Service::Item | Service::Access) => (
            "in the log's order",
            "other writes of the service are loose: one with a fast clock still beats what the log ordered",
        ),
        _ => (
            "in the log's order",
            "one log orders it; it costs a round trip to a majority, and it would merge without that too",
        ),
    }
}

fn read(op_type: OpType, reads: ReadBy, policy: &Policy) -> Promise {
    let all_bound = is_bound(OpSet::of(op_type.service()), policy);
    let (words, why) = match (reads, all_bound) {
        (ReadBy::Lease, _) => (
            "fresh, if clocks agree",
            "the leader answers alone while its lease runs: a clock that drifts too far lets it answer too long",
        ),
        (ReadBy::Index, true) => (
            "linearizable",
            "a majority confirms the leader before it answers: a round trip, and the minority does not answer",
        ),
        (ReadBy::Index, false) => (
            "fresh of what is ordered",
            "writes of the service that are loose count only once the leader heard of them and absorbed them",
        ),
    };
    let promise = Promise::new(words, why).keeps(&[Claim::Convergence]).keeps_sums(op_type, policy);
    let fresh = [&[Claim::ReadYourWrites, Claim::MonotonicReads], shown_late(op_type), ordered(op_type)].concat();
    let promise = match (reads, all_bound) {
        (ReadBy::Lease, true) => promise.keeps_if(DRIFT, &fresh),
        (ReadBy::Lease, false) => promise.keeps_if(DRIFT_AND_BOUND, &fresh),
        (ReadBy::Index, true) => promise.keeps(&fresh),
        (ReadBy::Index, false) => promise.keeps_if(WRITES_BOUND, &fresh),
    };
    // Who was deposed answers with less of the same log.
    if all_bound {
        promise.keeps(shown_in_order(op_type))
    } else {
        promise.keeps_if(WRITES_BOUND, shown_in_order(op_type))
    }
}
