//! Each hazard is seen by a check within few worlds, and the same worlds without it are clean.

use super::super::*;
use super::checks::{Property, Violation};
use super::world::{Plan, World};
use crate::base::time::{MS, SECOND};
use crate::base::{Hazard, Hazards};

/// A hazard, the worlds that show it, and the first of them that does.
struct Case {
    hazard: Hazard,
    plan: fn() -> Plan,
    property: Property,
    seed: u64,
}

/// Worlds that a hazard may take to show.
const SEEDS_MAX: u64 = 400;

fn cases() -> [Case; 6] {
    use Hazard::{LeaseTrustsClock, LostDiskCounts, OlderTermByCounting, ReadBeforeNoop, VoteForgotten};
    use Property::{ElectionSafety, LeaderCompleteness, Linearizable};
    [
        Case { hazard: LeaseTrustsClock, plan: drifting, property: Linearizable, seed: 25 },
        Case { hazard: LeaseTrustsClock, plan: stepped, property: Linearizable, seed: 0 },
        Case { hazard: ReadBeforeNoop, plan: restarting, property: Linearizable, seed: 2 },
        Case { hazard: VoteForgotten, plan: blinking, property: ElectionSafety, seed: 153 },
        Case { hazard: OlderTermByCounting, plan: one_by_one, property: LeaderCompleteness, seed: 2 },
        Case { hazard: LostDiskCounts, plan: losing_disks, property: LeaderCompleteness, seed: 1 },
    ]
}

/// A quick network, so that an election is over before a lease is; and a writer that does not wait for the old leader.
fn leases() -> Plan {
    let quick = Plan { delay_us: 2 * MS, operation_every_us: MS, patience_us: 4 * MS, ..Plan::calm(3) };
    let mut plan = Plan { cuts: 50, ..quick };
    plan.settings.reads = ReadMode::Lease { drift_ppm: 100_000 };
    plan.settings.election_high_us = plan.settings.election_low_us + 10 * MS;
    plan
}

/// Rates of clocks differ by up to a fifth, a tenth each way. The lease leaves room for as much.
fn drifting() -> Plan {
    Plan { drift_ppm: 100_000, ..leases() }
}

/// Perfect rates, but walls are stepped by up to a second.
fn stepped() -> Plan {
    Plan { steps: 40, ..leases() }
}

/// Leaders crash while followers lag.
fn restarting() -> Plan {
    Plan { crashes: 40, loss: 10, operation_every_us: 5 * MS, ..Plan::calm(3) }
}

/// Crashes that are over at once, elections that collide, and messages that are late.
fn blinking() -> Plan {
    let often = Plan { crashes: 80, fault_every_us: 30 * MS, down_us: 4 * MS, ..Plan::calm(3) };
    let mut plan = Plan { late: 30, late_us: 100 * MS, ..often };
    plan.settings.election_high_us = plan.settings.election_low_us + 20 * MS;
    plan
}

/// One entry a message, and leaders that fail before their followers have all of them.
fn one_by_one() -> Plan {
    let often = Plan { crashes: 50, down_us: 500 * MS, loss: 50, chaos_us: 20 * SECOND, ..Plan::calm(3) };
    let mut plan = Plan { delay_us: 30 * MS, patience_us: 50 * MS, ..often };
    plan.settings.batch = 1;
    plan
}

/// Disks are lost while followers lag.
fn losing_disks() -> Plan {
    Plan { lost_disks: 30, cuts: 30, loss: 10, ..Plan::calm(3) }
}

fn run(case: &Case, seed: u64, is_on: bool) -> Option<Violation> {
    let mut plan = (case.plan)();
    if is_on {
        plan.settings.hazards = Hazards::only(case.hazard);
    }
    let mut world = World::new(seed, plan);
    world.run_until(plan.chaos_us);
    world.checks.violation
}

#[test]
fn each_hazard_is_caught_and_the_same_worlds_without_it_are_clean() {
    let mut wrong = Vec::new();
    for case in cases() {
        let first = (0..SEEDS_MAX).find_map(|seed| run(&case, seed, true).map(|found| (seed, found)));
        let Some((seed, found)) = first else {
            wrong.push(format!("{} is not seen in {SEEDS_MAX} worlds", case.hazard.name()));
            continue;
        };
        if (seed, found.property) != (case.seed, case.property) {
            let named = format!("{:?} on seed {}", case.property, case.seed);
            wrong.push(format!("{}: {found:?} on seed {seed}, named {named}", case.hazard.name()));
        }
        for seed in 0..=seed {
            if let Some(violation) = run(&case, seed, false) {
                wrong.push(format!("{} is off, seed {seed}: {violation:?}", case.hazard.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
