//! What `eventual` promises: every replica serves alone, and all agree once the news has travelled.

use crate::base::operation::OpType;
use crate::base::{Claim, Resolver};

use super::{ASKED_IS_UP, CLOCKS, CLOCKS_OF_LINES, NO_LOSS, Promise, guarded, halved, ordered, shown};

/// What a client that stays with its replica has.
const STAYS: &str = "the session stays at one replica, and that keeps its disk";
/// What keeps an operation single.
pub(super) const NO_RETRY: &str = "nobody tries again, and the replica keeps its disk";
/// What keeps a deletion.
pub(super) const WITHIN_GRACE: &str = "every copy and every repair arrives within the grace of the tombstone";
/// What keeps a charge single.
const PROVIDER_KEYS: &str = "the provider knows a payment by its key (`provider keys=on`)";

/// What `eventual` promises for an operation type.
pub(super) fn eventual(op_type: OpType, resolver: Resolver) -> Promise {
    let (words, why) = said(op_type, resolver);
    let promise = Promise::new(words, why).keeps(&[Claim::Convergence]);
    let promise = if op_type.is_read() { read(op_type, promise) } else { write(op_type, resolver, promise) };
    promise
        .keeps_if(NO_LOSS, &[Claim::StickyAvailability])
        .keeps_if(CLOCKS_OF_LINES, &[Claim::NoLogInversion])
        .keeps_if(ASKED_IS_UP, &[Claim::MajorityAvailability])
        .breaks(&[Claim::TotalAvailability])
}

fn read(op_type: OpType, promise: Promise) -> Promise {
    promise
        .keeps_if(STAYS, &[Claim::ReadYourWrites, Claim::MonotonicReads])
        .breaks(shown(op_type))
        .breaks(ordered(op_type))
}

fn write(op_type: OpType, resolver: Resolver, promise: Promise) -> Promise {
    let is_cell = op_type.service().is_cell();
    let by_wall = match op_type {
        OpType::ItemCreate | OpType::ItemDelete => true,
        OpType::ProfileSet => resolver == Resolver::LwwWall,
        _ => false,
    };
    let promise = match op_type {
        OpType::PaymentSubmit => promise.keeps_if(PROVIDER_KEYS, &[Claim::ChargedOnce]),
        _ => promise.keeps_if(NO_RETRY, &[Claim::ExactlyOnce]),
    };
    let promise = match (is_cell, by_wall) {
        (true, true) => promise.keeps_if(CLOCKS, &[Claim::NoWrongWinner]),
        (true, false) => promise.keeps(&[Claim::NoWrongWinner]),
        (false, _) => promise,
    };
    let promise = match op_type {
        OpType::ItemCreate | OpType::ItemDelete => promise.keeps_if(WITHIN_GRACE, &[Claim::NoResurrection]),
        _ => promise,
    };
    let promise = promise.breaks(guarded(op_type)).breaks(halved(op_type));
    let promise = match (is_cell, op_type, resolver) {
        (true, OpType::ProfileSet, Resolver::Siblings) => promise.keeps(&[Claim::NoLostUpdate]),
        (true, ..) => promise.breaks(&[Claim::NoLostUpdate]),
        (false, ..) => promise,
    };
    promise.breaks(&[Claim::MonotonicWrites, Claim::WritesFollowReads, Claim::Durable])
}

/// The promise in a few words, and why it is not more.
fn said(op_type: OpType, resolver: Resolver) -> (&'static str, &'static str) {
    const STALE: &str = "it answers from what its replica has heard of: as stale as the news is late";
    match op_type {
        OpType::StockReserve => {
            ("may oversell", "each replica checks what it has heard of; two of them can both sell the last one")
        }
        OpType::AccountWithdraw => {
            ("may overdraw", "each replica checks what it has heard of; two of them can both pay out the same money")
        }
        OpType::AccountTransfer => {
            ("in halves", "debit and credit travel apart: between the two, money has vanished or is there twice")
        }
        OpType::StockRestock | OpType::AccountDeposit => {
            ("never lost", "it only adds: whatever the order, the sum is the same; others hear of it late")
        }
        OpType::AccountBalance | OpType::StockLevel | OpType::LikesRead => ("may be stale", STALE),
        OpType::FeedRead => (
            "may be stale",
            "it answers from what its replica has heard of: as stale as the news is late, an answer before its question",
        ),
        OpType::ProfileGet => {
            ("may be stale", "it answers from its replica; a second read elsewhere may be older than the first")
        }
        OpType::ItemGet => {
            ("stale/undead", "it answers from its replica; what was deleted can be back once its tombstone is gone")
        }
        OpType::FeedPost | OpType::LikesAdd => {
            ("never lost", "posts and likes only add, so they merge without conflict; others see them late")
        }
        OpType::AccessGrant | OpType::AccessRevoke => (
            "heard late",
            "who was revoked here is let in wherever the news has not come; of two at once one is dropped",
        ),
        OpType::PaymentSubmit => (
            "may repeat",
            "it charges and records then: a crash between, or a retry that does not find the record, charges again",
        ),
        OpType::PaymentStatus => {
            ("may not know", "it answers from its replica's record; the provider may have charged what nobody recorded")
        }
        OpType::UsernameClaim => {
            ("two owners", "each replica asks itself whether the name is free; two of them can both give it away")
        }
        OpType::UsernameLookup => {
            ("may be stale", "it answers from its replica; whoever it names may have lost the name already")
        }
        OpType::AccessCheck => (
            "may let in",
            "it answers from what its replica has heard of, and a revocation that is on its way stops nobody",
        ),
        OpType::ProfileSet => match resolver {
            Resolver::LwwWall => (
                "by the clock",
                "of two writes one is dropped without a word, and a clock that is ahead keeps the older",
            ),
            Resolver::Siblings => (
                "keeps both",
                "of two concurrent writes neither is dropped: a read shows both, and who saw both can write one",
            ),
            Resolver::LwwHlc => (
                "may drop one",
                "of two concurrent writes one is dropped without a word; what had been seen before loses",
            ),
        },
        OpType::ItemCreate | OpType::ItemDelete => (
            "by the clock",
            "one timestamp decides, as in Cassandra: clocks that are ahead win, late copies undo deletions",
        ),
    }
}
