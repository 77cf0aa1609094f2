//! What the log promises, in random worlds: kept where it is promised, broken one step weaker, and Raft's own five
//! properties after every event.

use std::collections::BTreeSet;

use driftlab::base::{Claim, Cover, Hazard};
use driftlab::lab::language::parse::parse_script;
use driftlab::lab::replay::{Replay, play};
use driftlab::lab::swarm::strong::{CLAIMS, Plan, run_seed};

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
        decided.extend(CLAIMS.into_iter().filter(|claim| !undecided.contains(claim)));
    }
    assert!(completed >= 100 * SEEDS, "only {completed} operations were done: that proves little");
    assert!(checked > 1_000 * SEEDS, "only {checked} events were checked");
    assert_eq!(decided.len(), CLAIMS.len(), "a judge never decided: {decided:?}");
}

#[test]
fn the_same_worlds_at_eventual_break_the_claims() {
    const WEAKER: u64 = 60;
    let broken: BTreeSet<Claim> = (1..=WEAKER).flat_map(|seed| run_seed(seed, Plan::Weaker, None).broken).collect();
    for claim in
        [Claim::NoOverdraft, Claim::ReadYourWrites, Claim::MonotonicReads, Claim::NoLostUpdate, Claim::Linearizable]
    {
        assert!(broken.contains(&claim), "{} was not broken in {WEAKER} seeds", claim.name());
    }
}

#[test]
fn within_grants_nothing_is_oversold_and_raft_keeps_its_properties() {
    let (mut completed, mut alone) = (0, 0);
    for seed in 1..=SEEDS {
        let outcome = run_seed(seed, Plan::Threshold(Cover::Grants), None);
        if let Some(failure) = outcome.failure {
            panic!("seed {seed}: {}\n{}", failure.found, failure.script);
        }
        (completed, alone) = (completed + outcome.completed, alone + outcome.alone);
    }
    assert!(alone >= 10 * SEEDS, "only {alone} takings were within a grant");
    assert!(completed >= 150 * SEEDS, "only {completed} operations were done: that proves little");
}

#[test]
fn the_same_worlds_with_a_naive_threshold_oversell() {
    let broken: BTreeSet<Claim> =
        (1..=SEEDS).flat_map(|seed| run_seed(seed, Plan::Threshold(Cover::Naive), None).broken).collect();
    assert!(broken.contains(&Claim::NoOversell) && broken.contains(&Claim::NoOverdraft), "{broken:?}");
}

/// Hazards of Raft with a script that shows each, and what the lab says of the same script without it. What
/// `vote-forgotten` and `older-term-by-counting` need, elections that collide and messages that part an entry from the
/// one after it, is made in the small worlds of `replica/raft/tests`.
const HAZARDS: [(Hazard, &str); 3] = [
    (Hazard::LeaseTrustsClock, include_str!("../replays/strong/hazards/lease_trusts_clock.lab")),
    (Hazard::ReadBeforeNoop, include_str!("../replays/strong/hazards/read_before_noop.lab")),
    (Hazard::LostDiskCounts, include_str!("../replays/strong/hazards/lost_disk_counts.lab")),
];

#[test]
fn each_hazard_is_caught_and_without_it_nothing_is_wrong() {
    for (hazard, text) in HAZARDS {
        let with = played(text);
        assert_eq!((with.unmet, with.undecided), (0, 0), "{} was not caught", hazard.name());
        let without = played(&text.replace(&format!("hazard {} on", hazard.name()), ""));
        let judges = without.sitting.run().judges();
        for claim in [Claim::Linearizable, Claim::ReadYourWrites] {
            let (holds, words) = judges.ruling(claim, None, None, &without.sitting);
            assert_ne!(holds, Some(false), "without {}: {words}", hazard.name());
        }
    }
}

#[test]
fn a_lost_disk_that_counts_breaks_a_property_of_raft() {
    let failure = run_seed(9, Plan::Linearizable, Some(Hazard::LostDiskCounts)).failure.expect("it is caught");
    assert!(failure.found.starts_with("election safety"), "{}", failure.found);
}

fn played(text: &str) -> Replay {
    let script = parse_script(text).expect("the script parses");
    play(&script, None).expect("the script plays")
}
