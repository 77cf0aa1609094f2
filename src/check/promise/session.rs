//! What `session` promises: what one session did and saw, found again by one of four strategies.
//!
//! Everything else is as at `eventual`: a session says nothing about what others do meanwhile.

use crate::base::{Claim, Level, OpSet, OpType, Policy, Resolver, Service, Session, Strategy};

use super::{Promise, eventual};

/// What keeps affinity.
const STAYS: &str = "all that the session does is at affinity too, and its replica keeps its disk";
/// What keeps a session at a named replica.
const PINNED: &str = "all that the session does goes to that replica too, and that keeps its disk";
/// What keeps a token whole.
const TOKENS: &str = "all that the session does with the service is at session(token) or causal too";
/// The same where deletions are forgotten.
const TOKENS_AND_GRACE: &str = "all that the session does with the service is at session(token) or causal too, and every copy and every repair arrives within the grace of the tombstone";
/// What keeps a claim single that one replica decides.
const REMEMBERS: &str = "the session's replica keeps its disk";
/// What makes the order of one origin the order of a session.
const ONE_ORIGIN: &str =
    "all that the session writes is at fifo too, and enters at one replica that keeps its disk; tombstones are kept";
/// The same where wall clocks decide between two versions.
const ONE_ORIGIN_AND_CLOCK: &str = "all that the session writes is at fifo too, and enters at one replica that keeps its disk and whose clock only goes forward; tombstones are kept";

/// What `session` promises for an operation type.
pub(super) fn session(op_type: OpType, session: Session, policy: &Policy) -> Promise {
    let weak = eventual::eventual(op_type, policy.resolver(op_type.service()));
    if op_type.is_read() {
        read(op_type, session.strategy, policy, weak)
    } else {
        write(op_type, session, policy, weak)
    }
}

/// Who waits for a replica that has the past gets no answer from one that is up and has not.
pub(super) const WAITED_FOR: [Claim; 2] = [Claim::StickyAvailability, Claim::MajorityAvailability];

/// What a session sees again of its own.
const OF_READS: [Claim; 2] = [Claim::ReadYourWrites, Claim::MonotonicReads];

fn read(op_type: OpType, strategy: Strategy, policy: &Policy, weak: Promise) -> Promise {
    let weak = weak.without(&OF_READS);
    match strategy {
        Strategy::Affinity => weak.keeps_if(STAYS, &OF_READS).says(
            "sees its own",
            "it always asks the session's own replica: while that is down the session is stranded, whoever else is up",
        ),
        Strategy::Pinned(_) => weak.keeps_if(PINNED, &OF_READS).says(
            "one replica",
            "all of it goes to one replica, near or far; while that is down it gets no answer, whoever else is up",
        ),
        Strategy::Wait(_) => weak.breaks(&OF_READS).says(
            "likely fresh",
            "it sleeps and hopes that the news has come: every read is slower, and slow news breaks it all the same",
        ),
        Strategy::Token => keeps_past(op_type, policy, weak.without(&WAITED_FOR)).breaks(&WAITED_FOR).says(
            "sees its own",
            "a replica that lacks what the session saw says so; the client moves or waits, and times out where none has it",
        ),
    }
}

/// A read at a replica that has all that the session has seen.
pub(super) fn keeps_past(op_type: OpType, policy: &Policy, promise: Promise) -> Promise {
    let asks = |op_type: OpType| match policy.level(op_type) {
        Level::Session(session) => session.strategy == Strategy::Token,
        level => level == Level::Causal,
    };
    match op_type.service() {
        Service::Item => promise.keeps_if(TOKENS_AND_GRACE, &OF_READS),
        service if OpSet::of(service).iter().all(asks) => promise.keeps(&OF_READS),
        _ => promise.keeps_if(TOKENS, &OF_READS),
    }
}

fn write(op_type: OpType, session: Session, policy: &Policy, weak: Promise) -> Promise {
    // Who gave a name away refuses it from then on, whoever asks how often.
    let weak = match (op_type, session.strategy) {
        (OpType::UsernameClaim, Strategy::Affinity | Strategy::Pinned(_)) => {
            weak.without(&[Claim::ExactlyOnce]).keeps_if(REMEMBERS, &[Claim::ExactlyOnce])
        }
        _ => weak,
    };
    if !session.fifo {
        return weak;
    }
    let by_wall = match op_type.service() {
        Service::Item => true,
        Service::Profile => policy.resolver(Service::Profile) == Resolver::LwwWall,
        // A hybrid clock never goes back.
        _ => false,
    };
    let condition = if by_wall { ONE_ORIGIN_AND_CLOCK } else { ONE_ORIGIN };
    weak.without(&[Claim::MonotonicWrites]).keeps_if(condition, &[Claim::MonotonicWrites])
}
