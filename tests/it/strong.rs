//! What the log promises, in random worlds: kept where it is promised, broken one step weaker, and Raft's own five
//! properties after every event.

use std::collections::BTreeSet;

use driftlab::base::operation::OPERATIONS;
use driftlab::base::{Claim, Cover, Hazard, Level, OpType};
use driftlab::lab::language::parse::parse_script;
use driftlab::lab::replay::{Replay, play};
use driftlab::lab::swarm::strong::{CLAIMS, Plan, check_raft, run_seed};

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
    // Stock takes the longest to be oversold.
    const WEAKER: u64 = 40;
    let broken: BTreeSet<Claim> = (1..=WEAKER).flat_map(|seed| run_seed(seed, Plan::Weaker, None).broken).collect();
    for claim in [
        Claim::NoOverdraft,
        Claim::NoOversell,
        Claim::ReadYourWrites,
        Claim::MonotonicReads,
        Claim::ConsistentPrefix,
        Claim::NoLostUpdate,
        Claim::NoWrongWinner,
        Claim::ExactlyOnce,
        Claim::Durable,
        Claim::Linearizable,
    ] {
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

#[test]
fn a_threshold_is_for_what_takes_and_a_pattern_binds_what_it_can() {
    let refused = |line: &str| {
        let script = parse_script(&format!("cluster 3\nclients ana@r1\n{line}\n")).expect("it parses");
        play(&script, None).expect_err(line).to_string()
    };
    for line in ["policy stock.level threshold(5)", "policy feed.* threshold(5)", "policy *.read threshold(0,naive)"] {
        let error = refused(line);
        let says = error.contains("takes nothing from a counter") && error.contains("stock.reserve, account.withdraw");
        assert!(says, "{error}");
    }
    let error = refused("policy stock.level primary\npolicy stock.reserve threshold(5)");
    assert!(error.contains("on two logs"), "{error}");
    let replay = played("cluster 3\npolicy account.balance linearizable\npolicy * threshold(5)\nrun 1s\n");
    let policy = replay.sitting.run().cluster().view().settings().policy;
    let bound: Vec<&str> = OPERATIONS
        .iter()
        .filter(|spec| policy.level(spec.op_type) == Level::Threshold(5, Cover::Grants))
        .map(|spec| spec.name)
        .collect();
    assert_eq!(bound, ["stock.reserve", "account.withdraw", "account.transfer"]);
    assert_eq!(policy.level(OpType::AccountBalance).name(), "linearizable", "what does not fit stays as it was");
    assert_eq!(policy.level(OpType::StockRestock), Level::Eventual);
}

#[test]
fn a_key_makes_a_retry_safe_whoever_decides_it() {
    // The answers are lost on their way back, whether the replica or the log gave them.
    let script = |kept: u32| {
        format!(
            "seed 4\ncluster 3 topology=wan\nclients ana@r3\ngiven stock mug 30\n\
             policy stock.reserve threshold({kept})\nretry ana timeout=300ms attempts=6 backoff=50ms key=yes\nrun 2s\n\
             lose r3 -> ana 100% class=reply\nana: stock.reserve mug 2\nrun 500ms\nheal\nrun 3s\n\
             expect retries > 0\nexpect exactly-once holds\nexpect stock.reserve.done == 1\nexpect r1.stock[mug] == 28\n"
        )
    };
    for kept in [0, 30] {
        let replay = played(&script(kept));
        assert_eq!((replay.unmet, replay.undecided), (0, 0), "threshold({kept})");
    }
}

#[test]
fn a_crash_forgets_no_grant_and_spends_none_twice() {
    // What nobody answered in time is done once the cut is over: 3, 5 and 1 are sold.
    let script = "seed 4\ncluster 3 topology=wan\nclients ben@r3\ngiven stock mug 30\n\
        policy stock.reserve threshold(6)\nrun 2s\nexpect r3.grant[mug] == 8\nben: stock.reserve mug 3\nrun 5ms\n\
        crash r3 disk=keep\nrun 100ms\nrestart r3\nrun 5ms\nexpect r3.grant[mug] == 5\n\
        partition r3 | r1 r2\nben: stock.reserve mug 5\nrun 1s\nexpect stock.reserve.done == 2\n\
        ben: stock.reserve mug 1\nrun 2s\nexpect ben.last == unknown\nheal\nrun 15s\nexpect r1.stock[mug] == 21\n";
    let replay = played(script);
    assert_eq!((replay.unmet, replay.undecided), (0, 0));
}

#[test]
fn grants_survive_a_snapshot_and_a_new_leader() {
    let script = "seed 4\ncluster 3 topology=lan\nclients ben@r3 ana@r2\ngiven stock mug 3000\ngiven stock cup 30\n\
        policy stock.reserve threshold(6)\nrun 1s\nexpect r3.grant[cup] == 8\n\
        load rush stock.reserve 300/s key=mug amount=1 clients=40\nrun 8s\nstop\nrun 1s\n\
        crash r1\nrun 4s\nben: stock.reserve cup 8\nrun 1s\nana: stock.reserve cup 15\nrun 1s\n\
        expect ana.last == refused\nana: stock.reserve cup 14\nrun 1s\nexpect r2.stock[cup] == 8\n\
        restart r1\nrun 3s\nexpect converged\nexpect r1.grant[cup] >= 0\nexpect no-oversell holds\n";
    let replay = played(script);
    let story: Vec<String> = replay.story.iter().map(|line| format!("{:?}", line.what)).collect();
    assert_eq!((replay.unmet, replay.undecided), (0, 0), "{}", story.join("\n"));
}

#[test]
fn a_primary_keeps_what_it_promises_and_reports_what_it_loses() {
    let (mut completed, mut lost) = (0, 0);
    for seed in 1..=3 * SEEDS {
        let outcome = run_seed(seed, Plan::Primary, None);
        if let Some(failure) = outcome.failure {
            panic!("seed {seed}: {}\n{}", failure.found, failure.script);
        }
        completed += outcome.completed;
        lost += outcome.tail.lost;
    }
    assert!(completed >= 100 * 3 * SEEDS, "only {completed} operations were done: that proves little");
    assert!(lost > 0, "promoted by hand, a primary loses what it acknowledged");
}

#[test]
fn the_same_failovers_lose_what_no_follower_acknowledged() {
    // Those in which nobody is promoted by hand.
    let failovers = (3..=3 * SEEDS).step_by(4);
    let outcomes: Vec<_> = failovers.map(|seed| run_seed(seed, Plan::PrimaryWeaker, None)).collect();
    assert!(outcomes.iter().any(|outcome| outcome.broken.contains(&Claim::Durable)), "nothing was lost");
    assert!(outcomes.iter().any(|outcome| outcome.tail.lost > 0), "nothing was lost");
}

#[test]
fn bounded_reads_are_within_their_bound() {
    let mut completed = 0;
    for seed in 1..=SEEDS {
        let outcome = run_seed(seed, Plan::Bounded, None);
        if let Some(failure) = outcome.failure {
            panic!("seed {seed}: {}\n{}", failure.found, failure.script);
        }
        completed += outcome.completed;
    }
    assert!(completed >= 100 * SEEDS, "only {completed} operations were done: that proves little");
}

#[test]
fn the_same_worlds_without_a_bound_have_reads_that_are_staler() {
    let failures = (1..=SEEDS).filter_map(|seed| run_seed(seed, Plan::BoundedWeaker, None).failure);
    let too_stale = failures.filter(|failure| failure.found.contains(" was stale by ")).count();
    assert!(too_stale > 0, "any replica answers, and none was staler than the bound");
}

#[test]
fn services_that_go_from_level_to_level_lose_nothing() {
    let mut completed = 0;
    for seed in 1..=3 * SEEDS {
        let outcome = run_seed(seed, Plan::Switching, None);
        if let Some(failure) = outcome.failure {
            panic!("seed {seed}: {}\n{}", failure.found, failure.script);
        }
        completed += outcome.completed;
    }
    assert!(completed >= 100 * 3 * SEEDS, "only {completed} operations were done: that proves little");
}

/// A hazard of Raft, the judge that catches it, and the script that shows it to that judge, which has its own seed.
const HAZARDS: [(Hazard, Claim, &str); 5] = [
    (Hazard::LeaseTrustsClock, Claim::Linearizable, include_str!("../replays/strong/hazards/lease_trusts_clock.lab")),
    (Hazard::ReadBeforeNoop, Claim::Linearizable, include_str!("../replays/strong/hazards/read_before_noop.lab")),
    (Hazard::VoteForgotten, Claim::NoOverdraft, include_str!("../replays/strong/hazards/vote_forgotten.lab")),
    (Hazard::OlderTermByCounting, Claim::Durable, include_str!("../replays/strong/hazards/older_term_by_counting.lab")),
    (Hazard::LostDiskCounts, Claim::Durable, include_str!("../replays/strong/hazards/lost_disk_counts.lab")),
];

#[test]
fn each_hazard_is_caught_and_without_it_nothing_is_wrong() {
    let named: Vec<Hazard> = HAZARDS.iter().map(|(hazard, ..)| *hazard).collect();
    assert_eq!(named, Hazard::RAFT, "one row for each hazard, in their order");
    for (hazard, judge, text) in HAZARDS {
        let ruling = |replay: &Replay, claim| {
            let sitting = &replay.sitting;
            sitting.run().judges().ruling(claim, None, None, sitting)
        };
        let with = played(text);
        assert_eq!((with.unmet, with.undecided), (0, 0), "{} was not caught", hazard.name());
        let (holds, words) = ruling(&with, judge);
        assert_eq!(holds, Some(false), "{} does not see {}: {words}", judge.name(), hazard.name());
        let without = played(&text.replace(&format!("hazard {} on", hazard.name()), ""));
        for claim in [judge, Claim::Linearizable, Claim::ReadYourWrites] {
            let (holds, words) = ruling(&without, claim);
            assert_ne!(holds, Some(false), "{} without {}: {words}", claim.name(), hazard.name());
        }
    }
}

#[test]
fn what_two_leaders_and_a_lost_commit_break_is_a_property_of_raft() {
    for (hazard, property) in
        [(Hazard::VoteForgotten, "election safety"), (Hazard::OlderTermByCounting, "leader completeness")]
    {
        let (_, _, text) = HAZARDS.into_iter().find(|row| row.0 == hazard).expect("it has a row");
        let (_, broken) = check_raft(text);
        let words = broken.unwrap_or_default();
        assert!(words.starts_with(property), "{}: {words}", hazard.name());
        let (checked, broken) = check_raft(&text.replace(&format!("hazard {} on", hazard.name()), ""));
        assert!(checked > 100 && broken.is_none(), "{} is off: {broken:?}", hazard.name());
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
