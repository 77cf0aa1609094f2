//! Nothing is ever broken, whatever breaks; and when everything is mended, everything gets done.

use super::super::*;
use super::checks::{Mirror, Property};
use super::world::{Plan, Tally, World};
use crate::base::ReplicaId;
use crate::base::time::{MS, SECOND};

/// Worlds of every run of the tests; `DRIFTLAB_RAFT_SEEDS` at build time asks for more.
const SEEDS: u64 = 2_000;

/// How long mended members may take until one leads, in microseconds: the latest message is 1.5 s late, and then a few
/// elections of at most 0.3 s.
const MENDED_WITHIN_US: u64 = 4 * SECOND;

/// Runs a world through its faults and then in peace.
fn run(seed: u64) -> Tally {
    let plan = Plan::of_seed(seed);
    let mut world = World::new(seed, plan);
    world.run_until(plan.chaos_us);
    world.calm_down();
    let before = world.tally.writes;
    let by_us = world.now_us + MENDED_WITHIN_US;
    while world.now_us < by_us && world.checks.violation.is_none() && world.tally.writes < before + 3 {
        world.run_until(world.now_us + 50 * MS);
    }
    world.is_idle = true;
    world.run_until(world.now_us + 500 * MS);
    if let Some(violation) = &world.checks.violation {
        panic!("seed {seed} broke {:?}: {}\n{plan:?}", violation.property, violation.text);
    }
    let keeps_majority = !plan.loses_majority || plan.lost_disks == 0;
    assert!(!keeps_majority || world.tally.writes >= before + 3, "seed {seed}: nothing is written\n{plan:?}");
    assert!(!keeps_majority || world.is_settled(), "seed {seed}: members do not agree in peace\n{plan:?}");
    world.tally
}

#[test]
fn no_property_is_ever_broken_and_in_peace_all_agree() {
    let asked = option_env!("DRIFTLAB_RAFT_SEEDS").and_then(|text| text.parse().ok());
    let seeds = asked.unwrap_or(SEEDS);
    let mut sum = Tally::default();
    for seed in 0..seeds {
        sum.add(run(seed));
    }
    // A world that does nothing breaks nothing.
    let enough = [(sum.elections, 2), (sum.writes, 30), (sum.reads, 40), (sum.snapshots, 1)];
    assert!(enough.into_iter().all(|(count, each)| count >= each * seeds), "{sum:?}");
    assert!(sum.readmitted * 2 > seeds && sum.truncated * 2 > seeds, "{sum:?}");
}

/// A calm world after a second, with the member that leads.
fn calm() -> (World, usize) {
    let mut world = World::new(1, Plan::calm(3));
    world.run_until(SECOND);
    assert!(world.checks.violation.is_none(), "a calm world is whole");
    (world, 0)
}

/// What the checks say of a member after it was tampered with.
fn look(mut world: World, member: usize, tamper: impl Fn(&mut Raft)) -> Option<Property> {
    let node = &mut world.nodes[member];
    tamper(&mut node.raft);
    world.checks.look(&node.raft, &mut node.mirror, ReplicaId(member as u8));
    world.checks.violation.map(|violation| violation.property)
}

#[test]
fn the_checks_see_a_tampered_member() {
    let change = |raft: &mut Raft| {
        let last = raft.durable.log.last();
        raft.durable.log.truncate_from(last.index);
        raft.durable
            .log
            .append(Slot { term: last.term, entry: Entry::Readmit { replica: ReplicaId(1), incarnation: 9 } });
    };
    let drop_last = |raft: &mut Raft| raft.durable.log.truncate_from(raft.durable.log.last().index);
    let usurp = |raft: &mut Raft| {
        let (now, mut effects) = (crate::base::LocalInstant::default(), Vec::new());
        raft.lead(now, &RaftSettings::default(), &mut effects);
    };
    let forget_all = |raft: &mut Raft| {
        raft.durable.log = Log::default();
        raft.durable.term += 1;
        usurp(raft);
    };
    let (world, leader) = calm();
    assert_eq!(look(world, leader, |_| ()), None);
    assert_eq!(look(calm().0, leader, drop_last), Some(Property::LeaderAppendOnly));
    assert_eq!(look(calm().0, leader, change), Some(Property::LeaderAppendOnly));
    assert_eq!(look(calm().0, 1, change), Some(Property::LogMatching));
    assert_eq!(look(calm().0, 1, usurp), Some(Property::ElectionSafety));
    assert_eq!(look(calm().0, 1, forget_all), Some(Property::LeaderCompleteness));
}

#[test]
fn the_checks_see_what_is_applied_wrongly() {
    let applies = |index: u32, entry: Entry, value: i64| {
        let (mut world, _) = calm();
        let node = &world.nodes[1];
        let position = crate::base::LogPosition { term: 1, index };
        let mut mirror = Mirror::after(index - 1);
        world.checks.applies(&node.raft, &mut mirror, position, entry.clone(), value);
        world.checks.applies(&node.raft, &mut mirror, position, entry.clone(), value);
        world.checks.violation.map(|violation| violation.text)
    };
    let wrong_entry = applies(1, Entry::Readmit { replica: ReplicaId(1), incarnation: 9 }, 0).expect("it was a noop");
    assert!(wrong_entry.starts_with("at 1 "), "{wrong_entry}");
    let wrong_value = applies(1, Entry::Noop, 7).expect("it gave 0");
    assert!(wrong_value.starts_with("at 1 "), "{wrong_value}");
    assert_eq!(applies(1, Entry::Noop, 0).as_deref(), Some("applied 1 after 1"));
}
