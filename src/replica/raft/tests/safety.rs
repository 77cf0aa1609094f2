//! Nothing is ever broken, whatever breaks; and when everything is mended, everything gets done.

use super::world::{Plan, Tally, World};
use crate::base::time::SECOND;

/// Worlds of every run of the tests; `DRIFTLAB_RAFT_SEEDS` asks for more.
const SEEDS: u64 = 2_000;

/// Runs a world through its faults and then in peace.
fn run(seed: u64) -> Tally {
    let plan = Plan::of_seed(seed);
    let mut world = World::new(seed, plan);
    world.run_until(plan.chaos_us);
    world.calm_down();
    world.run_until(world.now_us + SECOND);
    if let Some(violation) = &world.checks.violation {
        panic!("seed {seed} broke {:?}: {}\n{plan:?}", violation.property, violation.text);
    }
    world.tally
}

#[test]
fn no_property_is_ever_broken() {
    let asked = option_env!("DRIFTLAB_RAFT_SEEDS").and_then(|text| text.parse().ok());
    let mut sum = Tally::default();
    for seed in 0..asked.unwrap_or(SEEDS) {
        let tally = run(seed);
        sum.inputs += tally.inputs;
        sum.elections += tally.elections;
        sum.writes += tally.writes;
        sum.reads += tally.reads;
        sum.snapshots += tally.snapshots;
        sum.readmitted += tally.readmitted;
        sum.truncated += tally.truncated;
    }
    eprintln!("{sum:?}");
}
