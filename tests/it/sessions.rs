//! What sessions and causality promise, in random worlds: kept where it is promised, broken one step weaker.

use std::collections::BTreeSet;

use driftlab::base::Claim;
use driftlab::lab::swarm::strong::{Plan, run_seed};

/// Seeds of the run that everyone waits for; CI plays ten times as many in the release build.
const SEEDS: u64 = 16;

#[derive(Default)]
struct Total {
    completed: u64,
    turned_away: u64,
    held_back: u64,
}

fn run(plan: Plan) -> Total {
    let mut total = Total::default();
    for seed in 0..SEEDS {
        let outcome = run_seed(seed, plan, None);
        if let Some(failure) = outcome.failure {
            panic!("seed {seed}: {}\n{}", failure.found, failure.script);
        }
        total.completed += outcome.completed;
        total.turned_away += outcome.turned_away;
        total.held_back += outcome.held_back;
    }
    total
}

fn broken(plan: Plan, seeds: u64) -> BTreeSet<Claim> {
    (0..seeds).flat_map(|seed| run_seed(seed, plan, None).broken).collect()
}

#[test]
fn a_session_keeps_what_its_strategy_promises() {
    let total = run(Plan::Session);
    assert!(total.completed >= 100 * SEEDS, "only {} operations were done: that proves little", total.completed);
    assert!(total.turned_away >= SEEDS, "only {} times was a session turned away", total.turned_away);
    assert!(total.held_back >= SEEDS, "only {} writes were held back", total.held_back);
}

#[test]
fn causal_keeps_all_four_guarantees() {
    let total = run(Plan::Causal);
    assert!(total.completed >= 100 * SEEDS, "only {} operations were done: that proves little", total.completed);
    assert!(total.turned_away >= SEEDS, "only {} times was a session turned away", total.turned_away);
    assert!(total.held_back >= SEEDS, "only {} writes were held back", total.held_back);
}

#[test]
fn the_same_worlds_without_sessions_break_what_they_promise() {
    let broken = broken(Plan::LessThanSession, 60);
    for claim in [Claim::ReadYourWrites, Claim::MonotonicReads, Claim::MonotonicWrites] {
        assert!(broken.contains(&claim), "{} was not broken", claim.name());
    }
}

#[test]
fn the_same_worlds_with_tokens_break_what_causal_promises() {
    let broken = broken(Plan::LessThanCausal, 60);
    for claim in [Claim::MonotonicWrites, Claim::WritesFollowReads] {
        assert!(broken.contains(&claim), "{} was not broken", claim.name());
    }
    assert!(!broken.contains(&Claim::ReadYourWrites) && !broken.contains(&Claim::MonotonicReads), "{broken:?}");
}
