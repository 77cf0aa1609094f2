//! The swarm finds nothing wrong, touches everything, and is not blind.

use std::collections::BTreeSet;

use driftlab::base::fault::FaultCounts;
use driftlab::base::{Fault, Hazard};
use driftlab::cluster::specs::WORLD_COMMANDS;
use driftlab::lab::language::parse::parse_script;
use driftlab::lab::replay::play;
use driftlab::lab::swarm::run_seed;

/// Seeds of the run that everyone waits for; CI plays a thousand more in the release build.
const SEEDS: u64 = 50;
/// How often each kind of fault has to change an outcome in them.
const CHANGED_MIN: u64 = 20;

#[test]
fn every_replica_ends_with_the_join_and_every_fault_changed_outcomes() {
    let mut faults = FaultCounts::default();
    let mut commands = BTreeSet::new();
    for seed in 1..=SEEDS {
        let outcome = run_seed(seed, None);
        if let Some(failure) = outcome.failure {
            panic!("seed {seed}: {}\n{}", failure.found, failure.script);
        }
        faults.add(&outcome.faults);
        commands.extend(outcome.commands);
    }
    for fault in Fault::ALL {
        let count = faults.get(fault);
        assert!(count >= CHANGED_MIN, "{} changed an outcome {count} times only", fault.name());
    }
    // Without a log there is no primary.
    let loose = WORLD_COMMANDS.iter().map(|spec| spec.name).filter(|name| !["promote", "failover"].contains(name));
    let missing: Vec<_> = loose.filter(|name| !commands.contains(name)).collect();
    assert!(missing.is_empty(), "no script used {missing:?}");
}

#[test]
fn each_hazard_is_caught_with_a_script_that_shows_it() {
    for hazard in Hazard::LOOSE {
        let caught = (1..=SEEDS).find_map(|seed| run_seed(seed, Some(hazard)).failure);
        let failure = caught.unwrap_or_else(|| panic!("{} was not caught in {SEEDS} seeds", hazard.name()));
        let script = parse_script(&failure.script).expect("the script of a failure parses");
        let replay = play(&script, None).expect("the script of a failure plays");
        assert!(replay.unmet > 0, "{}: the script shows nothing:\n{}", hazard.name(), failure.script);
        let without =
            failure.script.replace(&format!("hazard {} on", hazard.name()), &format!("hazard {} off", hazard.name()));
        let script = parse_script(&without).expect("the script without its hazard parses");
        let replay = play(&script, None).expect("the script without its hazard plays");
        assert_eq!(
            replay.unmet + replay.undecided,
            0,
            "{}: it fails without the hazard too:\n{without}",
            hazard.name()
        );
    }
}
