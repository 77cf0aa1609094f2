//! What `quorum` promises: of plain reads and writes much, if R homes always meet W homes; of conditional ones nothing.
//!
//! ```text
//!   R+W > N, not sloppy ─▶ a read has every acknowledged write     read-your-writes
//!     … and stamp=read  ─▶ and what is later has the later version regular
//!     … and write-back  ─▶ and nobody goes back behind a read      monotonic reads; a register: linearizable
//! ```
//!
//! A counter or a feed is not linearizable even then: of two writes that are under way one read can find the one only,
//! another the other.

use crate::base::{Claim, Level, OpSet, OpType, Policy, Quorum, Resolver, Service, StampBy};

use super::eventual::{NO_RETRY, WITHIN_GRACE};
use super::{CLOCKS, CLOCKS_OF_LINES, Promise, guarded, shown};

/// What makes sets of homes meet.
const ALL_BOUND: &str = "all of the service is bound to the same quorum";
/// The same, where one disk may have the only copy.
const ALL_BOUND_AND_DISKS: &str = "all of the service is bound to the same quorum, and its homes keep their disks";
/// What keeps a write from coming up late.
const ANSWERED: &str = "all of the service is bound to the same quorum, and every earlier write was answered: one that too few homes confirmed can come up later";
/// What keeps an answer coming.
const REACHED: &str = "a replica that is asked is up and in reach, as many homes as it waits for are up, count and are in its reach, and no message is lost or takes longer than the client's patience";
/// What keeps acknowledged writes.
const DISKS: &str = "at any time fewer than W homes have lost their disks and not been repaired";
/// What keeps an operation single.
const KEYED_ALONE: &str = "nobody tries again and the replica keeps its disk, or each operation has a key and no attempt runs while an earlier one is under way";

/// What `quorum` promises for an operation type.
pub(super) fn quorum(op_type: OpType, quorum: Quorum, policy: &Policy) -> Promise {
    let promise = if op_type.is_read() { read(op_type, quorum, policy) } else { write(op_type, quorum, policy) };
    promise
        .keeps(&[Claim::Convergence])
        .keeps_if(REACHED, &[Claim::MajorityAvailability])
        .keeps_if(CLOCKS_OF_LINES, &[Claim::NoLogInversion])
        .breaks(&[Claim::TotalAvailability, Claim::StickyAvailability])
}

/// Keeps claims that need every set of R homes to meet every set of W homes.
fn keep_met(promise: Promise, op_type: OpType, quorum: Quorum, policy: &Policy, claims: &[Claim]) -> Promise {
    let mut types = OpSet::of(op_type.service()).iter();
    let is_bound = types.all(|op_type| policy.level(op_type) == Level::Quorum(quorum));
    match (quorum.writes, is_bound) {
        (1, _) => promise.keeps_if(ALL_BOUND_AND_DISKS, claims),
        (_, true) => promise.keeps(claims),
        (_, false) => promise.keeps_if(ALL_BOUND, claims),
    }
}

fn read(op_type: OpType, quorum: Quorum, policy: &Policy) -> Promise {
    let is_register = matches!(op_type, OpType::ProfileGet | OpType::AccessCheck);
    let is_later = quorum.overlaps() && quorum.stamp == StampBy::Read;
    let (words, why) = said_of_read(quorum, is_register);
    let claims = [
        (Claim::ReadYourWrites, quorum.overlaps()),
        (Claim::MonotonicReads, quorum.overlaps() && quorum.write_back),
        (Claim::Linearizable, is_later && quorum.write_back && is_register),
    ];
    let regular = (op_type == OpType::ProfileGet).then_some((Claim::Regular, is_later));
    let all = || claims.into_iter().chain(regular);
    let kept: Vec<Claim> = all().filter(|(_, holds)| *holds).map(|(claim, _)| claim).collect();
    let broken: Vec<Claim> = all().filter(|(_, holds)| !holds).map(|(claim, _)| claim).collect();
    let promise = keep_met(Promise::new(words, why), op_type, quorum, policy, &kept).breaks(&broken);
    match op_type {
        OpType::AccessCheck if is_later => promise.keeps_if(ANSWERED, shown(op_type)),
        _ => promise.breaks(shown(op_type)),
    }
}

fn said_of_read(quorum: Quorum, is_register: bool) -> (&'static str, &'static str) {
    let whole = (quorum.stamp, quorum.write_back);
    match (quorum.overlaps(), whole) {
        (false, _) if quorum.sloppy => (
            "likely fresh",
            "who stands in for a home that is not heard has what others do not: a read and a write need not meet",
        ),
        (false, _) => ("likely fresh", "R+W is not above N, so a read can ask only homes that a write has not reached"),
        (true, (StampBy::Clock, _)) => (
            "by the clock",
            "the homes that it asks have every acknowledged write, but a slow clock gave the later one the older version",
        ),
        (true, (StampBy::Read, true)) if is_register => (
            "linearizable",
            "what it shows is on W homes before it is shown; that costs a round trip where homes differ",
        ),
        (true, (StampBy::Read, true)) => (
            "monotonic",
            "what it shows is on W homes first; of two writes under way two reads can each find another one only",
        ),
        (true, (StampBy::Read, false)) => (
            "regular",
            "it has every acknowledged write; one that is under way can be seen, and then be gone for the next reader",
        ),
    }
}

fn write(op_type: OpType, quorum: Quorum, policy: &Policy) -> Promise {
    let service = op_type.service();
    let is_conditional = op_type.spec().effect == crate::base::operation::Effect::Conditional;
    let (words, why) = said_of_write(quorum, is_conditional);
    let promise = Promise::new(words, why)
        .breaks(guarded(op_type))
        .breaks(&[Claim::MonotonicWrites, Claim::WritesFollowReads])
        .keeps_if(if quorum.overlaps() { KEYED_ALONE } else { NO_RETRY }, &[Claim::ExactlyOnce]);
    let promise = match quorum.writes {
        1 => promise.breaks(&[Claim::Durable]),
        _ => promise.keeps_if(DISKS, &[Claim::Durable]),
    };
    if !service.is_cell() {
        return promise;
    }
    let by_wall =
        service == Service::Item || (service == Service::Profile && policy.resolver(service) == Resolver::LwwWall);
    let is_above = quorum.overlaps() && quorum.stamp == StampBy::Read && quorum.write_back;
    let promise = match (by_wall, is_above) {
        // A hybrid clock carries what the session saw.
        (false, _) => promise.keeps(&[Claim::NoWrongWinner]),
        (true, true) => keep_met(promise, op_type, quorum, policy, &[Claim::NoWrongWinner]),
        (true, false) => promise.keeps_if(CLOCKS, &[Claim::NoWrongWinner]),
    };
    let promise = match service {
        Service::Item => promise.keeps_if(WITHIN_GRACE, &[Claim::NoResurrection]),
        _ => promise,
    };
    promise.breaks(&[Claim::NoLostUpdate])
}

fn said_of_write(quorum: Quorum, is_conditional: bool) -> (&'static str, &'static str) {
    match (is_conditional, quorum.stamp) {
        (true, _) => (
            "may race",
            "between the read of R homes and the write to W another can do the same: quorums order nothing",
        ),
        (false, StampBy::Read) => (
            "on W disks",
            "its version is above all that R homes have; of two that run at once one is dropped without a word",
        ),
        (false, StampBy::Clock) => {
            ("by the clock", "one round trip, and a clock that is ahead keeps the older of two writes on all homes")
        }
    }
}
