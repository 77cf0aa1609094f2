//! What a policy promises, for each operation type: which claims it keeps, which it breaks, and why it is not more.
//!
//! This is the effective promise: what a client can rely on when everything that a level is silent about goes wrong.
//! A claim that is neither kept nor broken does not concern the operation.

mod strong;
mod threshold;

use crate::base::operation::OpType;
use crate::base::{Claim, Level, Policy, Resolver};

/// What can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    /// Claims that hold whatever happens.
    pub kept: &'static [Claim],
    /// Claims that hold as long as something else does, and what.
    pub kept_if: &'static [(Claim, &'static str)],
    /// Claims that some schedule breaks.
    pub broken: &'static [Claim],
    /// In a few words.
    pub words: &'static str,
    /// Why it is not more, or what it costs.
    pub why: &'static str,
}

/// What the policy promises for an operation type.
pub fn promise(op_type: OpType, policy: &Policy) -> Promise {
    match policy.level(op_type) {
        Level::Eventual => eventual(op_type, policy.resolver(op_type.spec().service)),
        Level::Linearizable(reads) => strong::linearizable(op_type, reads, policy),
        Level::Threshold(_, cover) => threshold::threshold(op_type, cover, policy),
    }
}

/// What a client that stays with its replica has at `eventual`.
const STAYS: &str = "the session stays at one replica, and that keeps its disk";
/// What keeps an operation single.
const NO_RETRY: &str = "nobody tries again, and the replica keeps its disk";
/// What keeps an answer coming.
const NO_LOSS: &str = "no request and no answer between the client and its replica is lost";
/// What keeps wall clocks in the order of what happened.
const CLOCKS: &str =
    "clocks differ by less than the way between who writes and who knows of it, no two writes in one microsecond";

/// What reads promise if something else holds.
const READS: &[(Claim, &str)] = &[
    (Claim::ReadYourWrites, STAYS),
    (Claim::MonotonicReads, STAYS),
    (Claim::StickyAvailability, NO_LOSS),
    (Claim::NoLogInversion, CLOCKS),
];
/// What writes promise if something else holds.
const WRITES: &[(Claim, &str)] =
    &[(Claim::ExactlyOnce, NO_RETRY), (Claim::StickyAvailability, NO_LOSS), (Claim::NoLogInversion, CLOCKS)];
/// The same for registers by wall clock.
const BY_WALL: &[(Claim, &str)] = &[
    (Claim::ExactlyOnce, NO_RETRY),
    (Claim::StickyAvailability, NO_LOSS),
    (Claim::NoWrongWinner, CLOCKS),
    (Claim::NoLogInversion, CLOCKS),
];
/// The same for items.
const OF_ITEMS: &[(Claim, &str)] = &[
    (Claim::ExactlyOnce, NO_RETRY),
    (Claim::StickyAvailability, NO_LOSS),
    (Claim::NoWrongWinner, CLOCKS),
    (Claim::NoResurrection, "every copy and every repair arrives within the grace of the tombstone"),
    (Claim::NoLogInversion, CLOCKS),
];
/// The same for payments.
const PAID: &[(Claim, &str)] = &[
    (Claim::ChargedOnce, "the provider knows a payment by its key (`provider keys=on`)"),
    (Claim::StickyAvailability, NO_LOSS),
    (Claim::NoLogInversion, CLOCKS),
];
/// What no write at `eventual` promises.
const ORDER: &[Claim] = &[
    Claim::MonotonicWrites,
    Claim::WritesFollowReads,
    Claim::Durable,
    Claim::TotalAvailability,
    Claim::MajorityAvailability,
];
/// The same for registers and items.
const ORDER_AND_LOSS: &[Claim] = &[
    Claim::MonotonicWrites,
    Claim::WritesFollowReads,
    Claim::NoLostUpdate,
    Claim::Durable,
    Claim::TotalAvailability,
    Claim::MajorityAvailability,
];
/// What no read at `eventual` promises.
const ANSWERS: &[Claim] = &[Claim::TotalAvailability, Claim::MajorityAvailability];

fn eventual(op_type: OpType, resolver: Resolver) -> Promise {
    const KEPT: &[Claim] = &[Claim::Convergence];
    const HYBRID: &[Claim] = &[Claim::Convergence, Claim::NoWrongWinner];
    let adds = |words, why| Promise { kept: KEPT, kept_if: WRITES, broken: ORDER, words, why };
    let reads = |broken, words, why| Promise { kept: KEPT, kept_if: READS, broken, words, why };
    match op_type {
        OpType::StockReserve => Promise {
            kept: KEPT,
            kept_if: WRITES,
            broken: &[Claim::NoOversell, Claim::MonotonicWrites, Claim::WritesFollowReads, Claim::Durable],
            words: "may sell what is gone",
            why: "each replica checks what it has heard of; two of them can both sell the last one",
        },
        OpType::AccountWithdraw => Promise {
            kept: KEPT,
            kept_if: WRITES,
            broken: &[Claim::NoOverdraft, Claim::MonotonicWrites, Claim::WritesFollowReads, Claim::Durable],
            words: "may overdraw",
            why: "each replica checks what it has heard of; two of them can both pay out the same money",
        },
        OpType::AccountTransfer => Promise {
            kept: KEPT,
            kept_if: WRITES,
            broken: &[
                Claim::NoOverdraft,
                Claim::ConstantSum,
                Claim::MonotonicWrites,
                Claim::WritesFollowReads,
                Claim::Durable,
            ],
            words: "may overdraw, in halves",
            why: "debit and credit travel apart: between the two, money has vanished or is there twice",
        },
        OpType::AccountBalance => reads(
            &[Claim::ConstantSum, Claim::TotalAvailability, Claim::MajorityAvailability],
            "may be stale",
            "it answers from what its replica has heard of: as stale as the news is late",
        ),
        OpType::StockRestock | OpType::AccountDeposit => {
            adds("never lost", "it only adds: whatever the order, the sum is the same; others hear of it late")
        }
        OpType::StockLevel | OpType::LikesRead => reads(
            ANSWERS,
            "may be stale",
            "it answers from what its replica has heard of: as stale as the news is late",
        ),
        OpType::FeedRead => reads(
            &[Claim::ConsistentPrefix, Claim::TotalAvailability, Claim::MajorityAvailability],
            "may be stale",
            "it answers from what its replica has heard of: as stale as the news is late, an answer before its question",
        ),
        OpType::ProfileGet => reads(
            ANSWERS,
            "may be stale",
            "it answers from its replica; a second read elsewhere may be older than the first",
        ),
        OpType::ItemGet => reads(
            ANSWERS,
            "may be stale, or undead",
            "it answers from its replica; what was deleted can be back once its tombstone is gone",
        ),
        OpType::FeedPost | OpType::LikesAdd => {
            adds("never lost", "posts and likes only add, so they merge without conflict; others see them late")
        }
        OpType::AccessGrant | OpType::AccessRevoke => Promise {
            kept: HYBRID,
            kept_if: WRITES,
            broken: ORDER_AND_LOSS,
            words: "heard of late",
            why: "who was revoked here is let in wherever the news has not come; of two at once one is dropped",
        },
        OpType::PaymentSubmit => Promise {
            kept: HYBRID,
            kept_if: PAID,
            broken: ORDER_AND_LOSS,
            words: "may charge twice",
            why: "it charges and records then: a crash between, or a retry that does not find the record, charges again",
        },
        OpType::PaymentStatus => reads(
            ANSWERS,
            "may not know of the charge",
            "it answers from its replica's record; the provider may have charged what nobody recorded",
        ),
        OpType::UsernameClaim => Promise {
            kept: HYBRID,
            kept_if: WRITES,
            broken: &[
                Claim::UniqueOwner,
                Claim::MonotonicWrites,
                Claim::WritesFollowReads,
                Claim::NoLostUpdate,
                Claim::Durable,
                Claim::TotalAvailability,
                Claim::MajorityAvailability,
            ],
            words: "may have two owners",
            why: "each replica asks itself whether the name is free; two of them can both give it away",
        },
        OpType::UsernameLookup => reads(
            ANSWERS,
            "may name another owner",
            "it answers from its replica; whoever it names may have lost the name already",
        ),
        OpType::AccessCheck => reads(
            &[Claim::NoAccessAfterRevocation, Claim::TotalAvailability, Claim::MajorityAvailability],
            "may let the revoked in",
            "it answers from what its replica has heard of, and a revocation that is on its way stops nobody",
        ),
        OpType::ProfileSet => match resolver {
            Resolver::LwwWall => Promise {
                kept: KEPT,
                kept_if: BY_WALL,
                broken: ORDER_AND_LOSS,
                words: "the later clock wins",
                why: "of two writes one is dropped without a word, and a clock that is ahead keeps the older",
            },
            Resolver::LwwHlc => Promise {
                kept: HYBRID,
                kept_if: WRITES,
                broken: ORDER_AND_LOSS,
                words: "a concurrent one may go",
                why: "of two concurrent writes one is dropped without a word; what had been seen before loses",
            },
        },
        OpType::ItemCreate | OpType::ItemDelete => Promise {
            kept: KEPT,
            kept_if: OF_ITEMS,
            broken: ORDER_AND_LOSS,
            words: "the later clock wins",
            why: "one timestamp decides, as in Cassandra: clocks that are ahead win, late copies undo deletions",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::operation::OPERATIONS;
    use crate::base::{Cover, ReadBy, Service};

    fn policies() -> Vec<Policy> {
        let mut hybrid = Policy::default();
        hybrid.set_resolver(Service::Profile, Resolver::LwwHlc);
        let covered = Cover::ALL.map(|cover| {
            let mut policy = Policy::default();
            for spec in &OPERATIONS {
                policy.bind(spec.op_type, Level::Threshold(3, cover));
            }
            policy
        });
        [Policy::default(), hybrid].into_iter().chain(covered).collect()
    }

    #[test]
    fn claims_of_a_service_are_promised_or_broken_where_it_can_break_them() {
        for (spec, policy) in
            OPERATIONS.iter().flat_map(|spec| policies().into_iter().map(move |policy| (spec, policy)))
        {
            let promise = promise(spec.op_type, &policy);
            assert!(!promise.words.is_empty() && promise.why.len() > 20, "{}", spec.name);
            for claim in promise.broken {
                let services: &[Service] = match claim {
                    Claim::NoOverdraft | Claim::ConstantSum => &[Service::Account],
                    Claim::NoOversell => &[Service::Stock],
                    Claim::ConsistentPrefix => &[Service::Feed],
                    Claim::NoLostUpdate | Claim::NoWrongWinner => {
                        &[Service::Profile, Service::Item, Service::Access, Service::Username, Service::Payment]
                    }
                    Claim::UniqueOwner => &[Service::Username],
                    Claim::NoAccessAfterRevocation => &[Service::Access],
                    Claim::Convergence => panic!("{} can break convergence", spec.name),
                    _ => &Service::ALL,
                };
                assert!(services.contains(&spec.service), "{} and {}", spec.name, claim.name());
            }
        }
    }

    #[test]
    fn an_invariant_is_kept_only_if_all_that_takes_is_counted() {
        let policy = |withdraw, transfer| {
            let mut policy = Policy::default();
            policy.bind(OpType::AccountBalance, Level::Linearizable(ReadBy::Index));
            policy.bind(OpType::AccountDeposit, Level::Linearizable(ReadBy::Index));
            policy.bind(OpType::AccountWithdraw, withdraw);
            policy.bind(OpType::AccountTransfer, transfer);
            policy
        };
        let (log, granted) = (Level::Linearizable(ReadBy::Index), Level::Threshold(5, Cover::Grants));
        let (naive, loose) = (Level::Threshold(5, Cover::Naive), Level::Eventual);
        let keeps = |withdraw, transfer, op_type| {
            promise(op_type, &policy(withdraw, transfer)).kept.contains(&Claim::NoOverdraft)
        };
        for (withdraw, transfer, is_kept) in [
            (granted, granted, true),
            (granted, log, true),
            (log, granted, true),
            (granted, loose, false),
            (log, loose, false),
            (naive, log, false),
            (naive, granted, false),
        ] {
            assert_eq!(keeps(withdraw, transfer, OpType::AccountWithdraw), is_kept, "{withdraw:?}, {transfer:?}");
        }
        // A grant is spent at one replica: a read of the log hears of it later.
        let reads = promise(OpType::AccountBalance, &policy(granted, granted));
        assert!(!reads.kept.contains(&Claim::ReadYourWrites));
        let bound = promise(OpType::AccountBalance, &policy(log, log));
        assert!(bound.kept.contains(&Claim::ReadYourWrites));
    }

    #[test]
    fn no_claim_is_said_twice_of_an_operation() {
        for (spec, policy) in
            OPERATIONS.iter().flat_map(|spec| policies().into_iter().map(move |policy| (spec, policy)))
        {
            let promise = promise(spec.op_type, &policy);
            let conditional = promise.kept_if.iter().map(|(claim, _)| claim);
            let mut all: Vec<Claim> = promise.kept.iter().chain(conditional).chain(promise.broken).copied().collect();
            let said = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), said, "{}", spec.name);
            assert!(promise.kept_if.iter().all(|(_, condition)| condition.len() > 10), "{}", spec.name);
        }
    }
}
