//! What `causal` promises: all four guarantees of sessions, and whoever sees a write can see what its writer had seen.
//!
//! A log beside it absorbs loose writes whole, and hands them to replicas that may lack what comes before them; a clock
//! that decides between two versions can turn them around; a tombstone that was forgotten comes before nothing. So what
//! is about order holds on conditions.

use crate::base::{Claim, OpType, Policy, Resolver, Service};

use super::{Promise, eventual, session};

/// What makes one order of all that a session did and saw.
const ALL_CAUSAL: &str = "all that the session does is causal too, on no log, and tombstones are kept";
/// The same where wall clocks decide between two versions.
const ALL_CAUSAL_AND_CLOCKS: &str = "all that the session does is causal too, on no log, tombstones are kept, clocks never go back, they differ by less than the way between who writes and who knows of it, and no two writes come in one microsecond";
/// What makes it causal for who sees values only.
const OF_VALUES: &str = "the profile is at lww-hlc and all of it at causal, and nobody tries a write again";

/// What `causal` promises for an operation type.
pub(super) fn causal(op_type: OpType, policy: &Policy) -> Promise {
    let weak = eventual::eventual(op_type, policy.resolver(op_type.service())).without(&session::WAITED_FOR);
    let promise = if op_type.is_read() { read(op_type, policy, weak) } else { write(op_type, policy, weak) };
    let promise = promise.breaks(&session::WAITED_FOR);
    match op_type.service() {
        Service::Profile => promise.keeps_if(OF_VALUES, &[Claim::CausalConsistency, Claim::CausalConvergence]),
        _ => promise,
    }
}

fn read(op_type: OpType, policy: &Policy, weak: Promise) -> Promise {
    let weak = weak.without(&[Claim::ReadYourWrites, Claim::MonotonicReads]);
    session::keeps_past(op_type, policy, weak).says(
        "causes first",
        "a replica that lacks the session's past says so; the client moves or waits. What is beside that past may be missing",
    )
}

fn write(op_type: OpType, policy: &Policy, weak: Promise) -> Promise {
    let by_wall = match op_type.service() {
        Service::Item => true,
        Service::Profile => policy.resolver(Service::Profile) == Resolver::LwwWall,
        _ => false,
    };
    let condition = if by_wall { ALL_CAUSAL_AND_CLOCKS } else { ALL_CAUSAL };
    let promise = weak
        .without(&[Claim::MonotonicWrites, Claim::WritesFollowReads])
        .keeps_if(condition, &[Claim::MonotonicWrites, Claim::WritesFollowReads]);
    match op_type {
        OpType::FeedPost => promise.says(
            "after causes",
            "replicas hold it back until they have what its writer had seen; others see it late, and it waits for the past",
        ),
        OpType::LikesAdd | OpType::StockRestock | OpType::AccountDeposit => promise.says(
            "after causes",
            "it only adds, and replicas hold it back until they have what its writer had seen; others see it late",
        ),
        _ => promise,
    }
}
