//! What the levels that a log decides promise.
//!
//! Promises belong to services: a claim about what all operations of a service see holds only if all of them are on the
//! log; an invariant needs those that consume what it guards.

use crate::base::{Claim, LogId, OpSet, OpType, Policy, ReadBy, Service};

use super::threshold::takes_are_bound;
use super::{CLOCKS, Promise};

/// What keeps an operation single.
pub(super) const KEYED: &str = "nobody tries again, or each operation has a key";
/// What keeps acknowledged entries.
const DISKS: &str = "at any time a majority keeps its disk";
/// What keeps an answer coming.
pub(super) const ELECTED: &str =
    "elections and lost messages take less than the client's patience, and no switch is pending";
/// What makes one order of all that a session does.
const ALL_BOUND: &str = "all that the session does is bound to it too";
/// What makes one copy of all writes.
const WRITES_BOUND: &str = "all writes of the service are bound to it too";
/// What keeps a counter from falling below 0.
pub(super) const TAKES_BOUND: &str = "all that takes from it is bound to linearizable too, or to threshold with grants";
/// What keeps a lease true.
const DRIFT: &str = "clocks run at the same rate to within 500 ppm, and all of the service is bound to it";

const NOT_ALWAYS: &[Claim] = &[Claim::TotalAvailability, Claim::StickyAvailability];

/// Of a write.
const WRITES: &[(Claim, &str)] = &[
    (Claim::MonotonicWrites, ALL_BOUND),
    (Claim::WritesFollowReads, ALL_BOUND),
    (Claim::ExactlyOnce, KEYED),
    (Claim::Durable, DISKS),
    (Claim::MajorityAvailability, ELECTED),
    (Claim::NoLogInversion, CLOCKS),
];

/// Of a withdrawal, where other types take from accounts beside the log.
const WITHDRAW_IF: &[(Claim, &str)] = &[
    (Claim::NoOverdraft, TAKES_BOUND),
    (Claim::MonotonicWrites, ALL_BOUND),
    (Claim::WritesFollowReads, ALL_BOUND),
    (Claim::ExactlyOnce, KEYED),
    (Claim::Durable, DISKS),
    (Claim::MajorityAvailability, ELECTED),
    (Claim::NoLogInversion, CLOCKS),
];

/// Of a write that consumes what an invariant guards.
const CONSUMES: &[Claim] = &[Claim::Convergence];
pub(super) const NO_OVERDRAFT: &[Claim] = &[Claim::Convergence, Claim::NoOverdraft];
pub(super) const NO_OVERSELL: &[Claim] = &[Claim::Convergence, Claim::NoOversell];

const UNIQUE_OWNER: &[Claim] = &[Claim::Convergence, Claim::UniqueOwner];

/// Of a write to a register or an item of which all writes are bound.
const OF_CELLS: &[Claim] = &[Claim::Convergence, Claim::NoLostUpdate, Claim::NoWrongWinner, Claim::NoResurrection];
/// Of one of which some are not.
const CELL_IF: &[(Claim, &str)] = &[
    (Claim::NoLostUpdate, WRITES_BOUND),
    (Claim::NoWrongWinner, WRITES_BOUND),
    (Claim::NoResurrection, WRITES_BOUND),
    (Claim::MonotonicWrites, ALL_BOUND),
    (Claim::WritesFollowReads, ALL_BOUND),
    (Claim::ExactlyOnce, KEYED),
    (Claim::Durable, DISKS),
    (Claim::MajorityAvailability, ELECTED),
    (Claim::NoLogInversion, CLOCKS),
];

/// Of a read, where all of the service is bound.
const WHOLE: &[Claim] = &[Claim::Convergence, Claim::ReadYourWrites, Claim::MonotonicReads];
const WHOLE_FEED: &[Claim] =
    &[Claim::Convergence, Claim::ReadYourWrites, Claim::MonotonicReads, Claim::ConsistentPrefix];
const WHOLE_ACCESS: &[Claim] =
    &[Claim::Convergence, Claim::ReadYourWrites, Claim::MonotonicReads, Claim::NoAccessAfterRevocation];
const READ_IF: &[(Claim, &str)] = &[(Claim::MajorityAvailability, ELECTED), (Claim::NoLogInversion, CLOCKS)];
/// Where not.
const PART: &[(Claim, &str)] = &[
    (Claim::ReadYourWrites, WRITES_BOUND),
    (Claim::MonotonicReads, WRITES_BOUND),
    (Claim::MajorityAvailability, ELECTED),
    (Claim::NoLogInversion, CLOCKS),
];
const PART_FEED: &[(Claim, &str)] = &[
    (Claim::ReadYourWrites, WRITES_BOUND),
    (Claim::MonotonicReads, WRITES_BOUND),
    (Claim::ConsistentPrefix, WRITES_BOUND),
    (Claim::MajorityAvailability, ELECTED),
    (Claim::NoLogInversion, CLOCKS),
];
/// With leases.
const LEASED: &[(Claim, &str)] = &[
    (Claim::ReadYourWrites, DRIFT),
    (Claim::MonotonicReads, DRIFT),
    (Claim::MajorityAvailability, ELECTED),
    (Claim::NoLogInversion, CLOCKS),
];
const LEASED_FEED: &[(Claim, &str)] = &[
    (Claim::ReadYourWrites, DRIFT),
    (Claim::MonotonicReads, DRIFT),
    (Claim::ConsistentPrefix, DRIFT),
    (Claim::MajorityAvailability, ELECTED),
    (Claim::NoLogInversion, CLOCKS),
];

/// What `linearizable` promises for an operation type under a policy.
pub(super) fn linearizable(op_type: OpType, reads: ReadBy, policy: &Policy) -> Promise {
    if op_type.is_read() { read(op_type, reads, policy) } else { write(op_type, policy) }
}

/// Whether all that a service has, and all writes of it, are on Raft's log and nowhere else: what a replica may do alone
/// is not.
fn bound(service: Service, policy: &Policy) -> (bool, bool) {
    let on_log = policy.on_log(LogId::Raft);
    let on: OpSet = on_log.iter().filter(|op_type| policy.cover(*op_type).is_none()).collect();
    let all = OpSet::of(service);
    (all.without(on).is_empty(), all.writes().without(on).is_empty())
}

fn write(op_type: OpType, policy: &Policy) -> Promise {
    let service = op_type.service();
    let (_, writes_bound) = bound(service, policy);
    let promise = |kept, kept_if, words, why| Promise { kept, kept_if, broken: NOT_ALWAYS, words, why };
    match (service, writes_bound) {
        (Service::Account, _) if op_type == OpType::AccountWithdraw && !takes_are_bound(service, policy) => promise(
            CONSUMES,
            WITHDRAW_IF,
            "never overdraws alone",
            "the log decides it on what the log has, but other types take from accounts without it",
        ),
        (Service::Account, _) if op_type == OpType::AccountWithdraw => promise(
            NO_OVERDRAFT,
            WRITES,
            "never overdraws",
            "the log decides it on what the log has; it costs a round trip to a majority, and the minority refuses",
        ),
        (Service::Stock, _) if op_type == OpType::StockReserve => promise(
            NO_OVERSELL,
            WRITES,
            "never oversells",
            "the log decides it on what the log has; it costs a round trip to a majority, and the minority refuses",
        ),
        (Service::Username, _) => promise(
            UNIQUE_OWNER,
            WRITES,
            "one owner for ever",
            "the log decides who was first; it costs a round trip to a majority, and the minority refuses",
        ),
        (Service::Profile | Service::Item, true) => promise(
            OF_CELLS,
            WRITES,
            "one after the other",
            "one log orders all writes; it costs a round trip to a majority, and the minority refuses",
        ),
        (Service::Profile | Service::Item, false) => promise(
            CONSUMES,
            CELL_IF,
            "in the log's order",
            "other writes of the service are loose: one with a fast clock still beats what the log ordered",
        ),
        _ => promise(
            CONSUMES,
            WRITES,
            "in the log's order",
            "one log orders it; it costs a round trip to a majority, and it would merge without that too",
        ),
    }
}

fn read(op_type: OpType, reads: ReadBy, policy: &Policy) -> Promise {
    let service = op_type.service();
    let (all_bound, _) = bound(service, policy);
    let is_feed = service == Service::Feed;
    let (kept, kept_if): (&[Claim], &[(Claim, &str)]) = match (reads, all_bound, is_feed) {
        (ReadBy::Lease, _, false) => (CONSUMES, LEASED),
        (ReadBy::Lease, _, true) => (CONSUMES, LEASED_FEED),
        (ReadBy::Index, true, false) if service == Service::Access => (WHOLE_ACCESS, READ_IF),
        (ReadBy::Index, true, false) => (WHOLE, READ_IF),
        (ReadBy::Index, true, true) => (WHOLE_FEED, READ_IF),
        (ReadBy::Index, false, false) => (CONSUMES, PART),
        (ReadBy::Index, false, true) => (CONSUMES, PART_FEED),
    };
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
    Promise { kept, kept_if, broken: NOT_ALWAYS, words, why }
}
