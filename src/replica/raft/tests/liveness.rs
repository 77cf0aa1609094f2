//! Work gets done as long as a majority can talk; terms do not rise for nothing.

use super::super::*;
use super::world::{Plan, World};
use crate::base::ReplicaId;
use crate::base::time::{MS, SECOND};

/// How long a group may take to elect a leader after the last one is gone: an election timeout until somebody notices,
/// and another one for a vote that is split.
const ELECTED_WITHIN_US: u64 = 900 * MS;

/// A world of `replicas` without faults but those of the test.
fn world(seed: u64, replicas: usize) -> World {
    let mut world = World::new(seed, Plan { chaos_us: 60 * SECOND, ..Plan::calm(replicas) });
    world.stays_down = true;
    world.run_until(300 * MS);
    world
}

fn leader(world: &World) -> Option<ReplicaId> {
    let leads = |id: &ReplicaId| world.nodes[id.index()].is_up && world.nodes[id.index()].raft.leads();
    ReplicaId::all(world.plan.replicas).filter(leads).max_by_key(|id| world.nodes[id.index()].raft.term())
}

/// Lets `us` pass and says how many writes were completed.
fn writes_in(world: &mut World, us: u64) -> u64 {
    let before = world.tally.writes;
    world.run_until(world.now_us + us);
    if let Some(violation) = &world.checks.violation {
        panic!("{violation:?}");
    }
    world.tally.writes - before
}

#[test]
fn the_founder_leads_at_once_in_the_first_term() {
    for replicas in 1..=9 {
        let mut world = world(u64::from(replicas as u8), replicas);
        assert_eq!(leader(&world), Some(ReplicaId(0)));
        assert!(writes_in(&mut world, SECOND) > 5);
        assert_eq!(world.highest_term(), 1);
    }
}

#[test]
fn a_minority_down_stops_nobody_and_a_majority_down_everybody() {
    for seed in 0..20 {
        let mut world = world(seed, 5);
        world.crash(ReplicaId(0), false);
        world.crash(ReplicaId(1), false);
        writes_in(&mut world, ELECTED_WITHIN_US);
        assert!(leader(&world).is_some(), "seed {seed}");
        assert!(writes_in(&mut world, SECOND) > 5, "seed {seed}");
        world.crash(ReplicaId(2), false);
        writes_in(&mut world, SECOND);
        assert_eq!(writes_in(&mut world, SECOND), 0, "two of five decide nothing");
        assert_eq!(leader(&world), None, "a leader that no majority answers steps down");
        world.restart(ReplicaId(0));
        writes_in(&mut world, ELECTED_WITHIN_US);
        assert!(writes_in(&mut world, SECOND) > 5, "seed {seed}");
    }
}

#[test]
fn an_isolated_leader_steps_down_and_a_replica_that_returns_deposes_nobody() {
    for seed in 0..20 {
        let mut world = world(seed, 3);
        isolate(&mut world, 0, true);
        writes_in(&mut world, ELECTED_WITHIN_US);
        assert!(!world.nodes[0].raft.leads(), "no majority answers it");
        let elected = leader(&world).expect("the others elect one");
        let term = world.highest_term();
        assert!(writes_in(&mut world, 5 * SECOND) > 20, "seed {seed}");
        assert_eq!(world.highest_term(), term, "pre-vote: who cannot win raises no term");
        isolate(&mut world, 0, false);
        writes_in(&mut world, 2 * SECOND);
        assert_eq!((leader(&world), world.highest_term()), (Some(elected), term), "seed {seed}");
        world.is_idle = true;
        writes_in(&mut world, SECOND);
        assert!(world.is_settled(), "seed {seed}");
    }
}

#[test]
fn a_flapping_link_raises_no_term_as_long_as_a_majority_hears_the_leader() {
    for (every_ms, seed) in [(40, 1), (160, 2), (310, 3), (700, 4)] {
        let mut world = world(seed, 3);
        for turn in 0..40 {
            world.cut_link(0, 1, turn % 2 == 0);
            writes_in(&mut world, every_ms * MS);
        }
        assert_eq!(world.highest_term(), 1, "a link that flaps every {every_ms} ms");
        assert_eq!(leader(&world), Some(ReplicaId(0)));
    }
}

#[test]
fn a_leader_that_is_heard_but_hears_nobody_gives_way() {
    let mut world = world(1, 3);
    for peer in 1..3 {
        world.cut_one_way(peer, 0);
    }
    writes_in(&mut world, 2 * SECOND);
    let elected = leader(&world).expect("the others elect one");
    assert_ne!(elected, ReplicaId(0));
    assert!(writes_in(&mut world, SECOND) > 5);
}

#[test]
fn a_lost_disk_has_no_vote_until_it_is_readmitted_and_then_counts() {
    for seed in 0..20 {
        let mut world = world(seed, 3);
        world.crash(ReplicaId(2), true);
        world.restart(ReplicaId(2));
        assert_eq!(world.nodes[2].raft.standing(), Standing::Waiting);
        isolate(&mut world, 1, true);
        assert_eq!(after_a_while(&mut world), 0, "one member and one without a vote are no majority of three");
        assert_eq!(world.nodes[2].raft.standing(), Standing::Waiting);
        isolate(&mut world, 1, false);
        assert!(after_a_while(&mut world) > 5, "seed {seed}");
        let Standing::Voter { above } = world.nodes[2].raft.standing() else { panic!("seed {seed}: not readmitted") };
        assert!(above >= 1, "it never votes in a term in which an earlier life may have");
        isolate(&mut world, 1, true);
        assert!(after_a_while(&mut world) > 5, "seed {seed}: it counts again");
    }
}

/// Gives an election its time, then counts the writes of a second.
fn after_a_while(world: &mut World) -> u64 {
    writes_in(world, 2 * SECOND);
    writes_in(world, SECOND)
}

#[test]
fn a_follower_that_missed_much_gets_a_snapshot_and_then_entries() {
    let mut world = world(1, 3);
    isolate(&mut world, 2, true);
    writes_in(&mut world, 5 * SECOND);
    let base = world.nodes[0].raft.log().base().index;
    assert!(base > world.nodes[2].raft.log().last().index, "what it needs is folded");
    isolate(&mut world, 2, false);
    writes_in(&mut world, SECOND);
    world.is_idle = true;
    writes_in(&mut world, SECOND);
    assert!(world.is_settled() && world.tally.snapshots > 0);
}

#[test]
fn a_new_leader_brings_up_a_follower_that_is_far_behind() {
    let mut world = world(3, 5);
    for (is_cut, upto) in [(false, WINDOW_MAX), (true, 2 * WINDOW_MAX)] {
        isolate(&mut world, 4, is_cut);
        while world.nodes[0].raft.log().last().index < upto {
            writes_in(&mut world, 5 * SECOND);
        }
    }
    assert!(world.nodes[4].raft.log().last().index >= WINDOW_MAX);
    world.crash(ReplicaId(0), false);
    isolate(&mut world, 4, false);
    writes_in(&mut world, 2 * ELECTED_WITHIN_US);
    assert_ne!(leader(&world), Some(ReplicaId(0)), "it has to learn how far the others are");
    world.restart(ReplicaId(0));
    world.is_idle = true;
    writes_in(&mut world, 2 * SECOND);
    assert!(world.is_settled(), "what nobody knows of a follower is no reason to send it nothing");
}

fn isolate(world: &mut World, member: usize, is_cut: bool) {
    for other in (0..world.plan.replicas).filter(|other| *other != member) {
        world.cut_link(member, other, is_cut);
    }
}
