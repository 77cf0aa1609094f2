//! What a policy promises, for each operation type: which claims it keeps, which it breaks, and why it is not more.
//!
//! This is the effective promise: what a client can rely on when everything that a level is silent about goes wrong.
//! A claim that is neither kept nor broken does not concern the operation.

use crate::base::operation::OpType;
use crate::base::{Claim, Level, Policy, Resolver};

/// What can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    /// Claims that hold whatever happens.
    pub kept: &'static [Claim],
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
    }
}

fn eventual(op_type: OpType, resolver: Resolver) -> Promise {
    let converges = |words, why| Promise { kept: &[Claim::Convergence], broken: &[], words, why };
    match op_type {
        OpType::StockReserve => Promise {
            kept: &[Claim::Convergence],
            broken: &[Claim::NoOversell],
            words: "may sell what is gone",
            why: "each replica checks what it has heard of; two of them can both sell the last one",
        },
        OpType::AccountWithdraw => Promise {
            kept: &[Claim::Convergence],
            broken: &[Claim::NoOverdraft],
            words: "may overdraw",
            why: "each replica checks what it has heard of; two of them can both pay out the same money",
        },
        OpType::StockRestock | OpType::AccountDeposit => {
            converges("never lost", "it only adds: whatever the order, the sum is the same; others hear of it late")
        }
        OpType::StockLevel | OpType::AccountBalance | OpType::LikesRead | OpType::FeedRead => {
            converges("may be stale", "it answers from what its replica has heard of: as stale as the news is late")
        }
        OpType::ProfileGet => converges(
            "may be stale",
            "it answers from its replica; a second read elsewhere may be older than the first",
        ),
        OpType::ItemGet => converges(
            "may be stale, or undead",
            "it answers from its replica; what was deleted can be back once its tombstone is gone",
        ),
        OpType::FeedPost | OpType::LikesAdd => {
            converges("never lost", "posts and likes only add, so they merge without conflict; others see them late")
        }
        OpType::ProfileSet => match resolver {
            Resolver::LwwWall => converges(
                "the later clock wins",
                "of two writes one is dropped without a word, and a clock that is ahead keeps the older",
            ),
            Resolver::LwwHlc => converges(
                "a concurrent one may go",
                "of two concurrent writes one is dropped without a word; what had been seen before loses",
            ),
        },
        OpType::ItemCreate | OpType::ItemDelete => converges(
            "the later clock wins",
            "one timestamp decides, as in Cassandra: clocks that are ahead win, late copies undo deletions",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Service;
    use crate::base::operation::OPERATIONS;

    #[test]
    fn claims_of_a_service_are_promised_or_broken_where_it_can_break_them() {
        for spec in OPERATIONS {
            let promise = promise(spec.op_type, &Policy::default());
            assert!(!promise.words.is_empty() && promise.why.len() > 20, "{}", spec.name);
            for claim in promise.broken {
                let service = match claim {
                    Claim::NoOverdraft => Service::Account,
                    Claim::NoOversell => Service::Stock,
                    Claim::Convergence => panic!("{} can break convergence", spec.name),
                };
                assert_eq!(spec.service, service, "{}", spec.name);
                assert!(!promise.kept.contains(claim), "{} keeps and breaks {}", spec.name, claim.name());
            }
        }
    }
}
