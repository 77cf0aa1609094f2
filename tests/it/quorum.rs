//! What quorums promise, in random worlds: kept where they overlap, broken one step weaker.

use std::collections::BTreeSet;

use driftlab::base::{Claim, Hazard};
use driftlab::lab::language::parse::parse_script;
use driftlab::lab::replay::play;
use driftlab::lab::story::Telling;
use driftlab::lab::swarm::quorum::Strength;
use driftlab::lab::swarm::strong::{Outcome, Plan, play_seed, run_seed};
use driftlab::lab::telling::span;
use driftlab::lab::why;
use driftlab::record::Outcome as Ended;

/// Seeds of the run that everyone waits for; CI plays more in the release build.
const SEEDS: u64 = 16;

fn run(seeds: u64, strength: Strength, hazard: Option<Hazard>) -> Vec<Outcome> {
    (1..=seeds).map(|seed| run_seed(seed, Plan::Quorum(strength), hazard)).collect()
}

fn broken(outcomes: &[Outcome]) -> BTreeSet<Claim> {
    outcomes.iter().flat_map(|outcome| outcome.broken.iter().copied()).collect()
}

#[test]
fn quorums_that_overlap_are_regular_and_linearizable_with_write_back() {
    let outcomes = run(SEEDS, Strength::AsPromised, None);
    for (seed, outcome) in (1..).zip(&outcomes) {
        if let Some(failure) = &outcome.failure {
            panic!("seed {seed}: {}\n{}", failure.found, failure.script);
        }
        assert_eq!(outcome.undecided, [], "seed {seed}");
    }
    let completed: u64 = outcomes.iter().map(|outcome| outcome.completed).sum();
    assert!(completed >= 100 * SEEDS, "only {completed} operations were done: that proves little");
}

#[test]
fn without_write_back_the_same_worlds_are_not_linearizable() {
    let broken = broken(&run(2 * SEEDS, Strength::WithoutWriteBack, None));
    assert!(broken.contains(&Claim::Linearizable), "{broken:?}");
    assert!(!broken.contains(&Claim::Regular), "{broken:?}");
}

#[test]
fn quorums_of_one_are_not_regular_in_the_same_worlds() {
    let broken = broken(&run(SEEDS, Strength::One, None));
    assert!(broken.contains(&Claim::Regular), "{broken:?}");
}

#[test]
fn a_home_that_lost_its_disk_and_counts_at_once_is_caught() {
    let hazard = Hazard::LostDiskCounts;
    let seed = 29;
    let failure = run_seed(seed, Plan::Quorum(Strength::AsPromised), Some(hazard)).failure.expect("it is caught");
    let script = parse_script(&failure.script).expect("the script of a failure parses");
    assert!(play(&script, None).expect("the script of a failure plays").unmet > 0, "{}", failure.script);
    let without = run_seed(seed, Plan::Quorum(Strength::AsPromised), None);
    assert_eq!(without.failure, None);
}

/// Two that share no code: the fold that measures, and the explanation that rebuilds the set of writes from the trace.
#[test]
fn why_finds_a_quorum_read_as_stale_as_it_was_measured() {
    let (mut fresh, mut stale) = (0, 0);
    for seed in 1..=6 {
        let replay = play_seed(seed, Plan::Quorum(Strength::One));
        for line in &replay.story {
            let Telling::Operation(operation) = &line.what else { continue };
            let (true, Ended::Answered(_)) = (operation.op_type.is_read(), operation.outcome) else { continue };
            let words = why::operation(operation.op, &replay.sitting).expect("the record has it").words();
            let expected = match operation.stale {
                Some((us, 1)) => format!("Stale by {} and 1 version:", span(us)),
                Some((us, versions)) => format!("Stale by {} and {versions} versions:", span(us)),
                None => "Legal, and fresh".to_owned(),
            };
            assert!(words.contains(&expected), "seed {seed}, {:?}: expected {expected}\n{words}", operation.op);
            (fresh, stale) =
                (fresh + usize::from(operation.stale.is_none()), stale + usize::from(operation.stale.is_some()));
        }
    }
    assert!(fresh > 100 && stale > 20, "{fresh} fresh and {stale} stale reads prove little");
}
