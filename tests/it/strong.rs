//! What the log promises, in random worlds: kept where it is promised, broken one step weaker, and Raft's own five
//! properties after every event.

use std::collections::BTreeSet;

use driftlab::base::Claim;
use driftlab::lab::swarm::strong::{Plan, run_seed};

/// Seeds of the run that everyone waits for; CI plays more in the release build.
const SEEDS: u64 = 16;

#[test]
fn what_is_linearizable_keeps_its_claims_and_raft_its_properties() {
    let (mut completed, mut checked) = (0, 0);
    let mut decided = BTreeSet::new();
    for seed in 1..=SEEDS {
        let outcome = run_seed(seed, Plan::Linearizable, None);
        if let Some(failure) = outcome.failure {
            panic!("seed {seed}: {}\n{}", failure.found, failure.script);
        }
        completed += outcome.completed;
        checked += outcome.checked;
        let undecided: BTreeSet<Claim> = outcome.undecided.into_iter().collect();
        decided.extend(driftlab::lab::swarm::strong::CLAIMS.into_iter().filter(|claim| !undecided.contains(claim)));
    }
    assert!(completed >= 100 * SEEDS, "only {completed} operations were done: that proves little");
    assert!(checked > 1_000 * SEEDS, "only {checked} events were checked");
    assert_eq!(decided.len(), driftlab::lab::swarm::strong::CLAIMS.len(), "a judge never decided: {decided:?}");
}

#[test]
fn the_same_worlds_at_eventual_break_the_claims() {
    let broken: BTreeSet<Claim> = (1..=SEEDS).flat_map(|seed| run_seed(seed, Plan::Weaker, None).broken).collect();
    for claim in
        [Claim::NoOverdraft, Claim::ReadYourWrites, Claim::MonotonicReads, Claim::NoLostUpdate, Claim::Linearizable]
    {
        assert!(broken.contains(&claim), "{} was not broken in {SEEDS} seeds", claim.name());
    }
}
