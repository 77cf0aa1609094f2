//! What must be so in every world, over random ones: the record's causes, and judges that blame nobody too early.

use std::collections::BTreeMap;

use driftlab::base::operation::Argument;
use driftlab::base::{Actor, EntryId, Instant, Value};
use driftlab::lab::language::parse::parse_script;
use driftlab::lab::replay::{Replay, play};
use driftlab::lab::swarm::{lines_of, lines_of_all};
use driftlab::record::{Happened, HistoryEntry, TraceEntry};

fn played(script: &str) -> Replay {
    let script = parse_script(script).unwrap_or_else(|errors| panic!("{errors:?}"));
    play(&script, None).unwrap_or_else(|error| panic!("{error}"))
}

/// What is wrong with the cause of an entry, if something is.
fn fault_of(entry: &TraceEntry, cause: Option<&TraceEntry>) -> Option<&'static str> {
    if cause.is_some_and(|cause| cause.at > entry.at) {
        return Some("it comes before its cause");
    }
    match (entry.what, cause.map(|cause| (cause.actor, cause.what))) {
        // A message whose first copy was lost may still arrive by its second.
        (Happened::Delivered { class, from, message }, Some((actor, sent))) => {
            let is_sent = match sent {
                Happened::Sent { class: own, to, message: id, .. } => (own, to, id) == (class, entry.actor, message),
                Happened::Dropped { class: own, peer, message: id, .. } => {
                    (own, peer, id) == (class, entry.actor, message)
                }
                _ => false,
            };
            (!is_sent || actor != from).then_some("its cause is not its sending")
        }
        (Happened::Delivered { .. }, None) => Some("nobody sent it"),
        (
            Happened::Applied { .. }
            | Happened::Superseded { .. }
            | Happened::AppliedRange { .. }
            | Happened::Decided { .. },
            cause,
        ) => match cause {
            Some((actor, Happened::Delivered { .. } | Happened::Decided { .. })) if actor == entry.actor => None,
            Some((Actor::PROVIDER, Happened::Charged { .. })) => None,
            _ => Some("its actor did not hear of it"),
        },
        (Happened::Sent { .. } | Happened::Returned { .. }, None) => Some("it has no cause"),
        _ => None,
    }
}

#[test]
fn every_effect_in_a_trace_has_its_cause() {
    let scripts = (0..30).flat_map(|seed| [(seed, lines_of(seed)), (seed, lines_of_all(seed))]);
    for (seed, lines) in scripts {
        let replay = played(&(lines.join("\n") + "\nrun 1s\n"));
        let trace = &replay.sitting.log().trace;
        assert_eq!(trace.dropped(), 0, "seed {seed}: too long for this test");
        let mut sent: BTreeMap<_, EntryId> = BTreeMap::new();
        for number in 0..trace.len() {
            let (id, entry) = (EntryId(number as u32 + 1), trace.get(number).expect("it is here"));
            assert!(entry.cause < id, "seed {seed}, entry {number}: an entry is caused by a later one");
            let cause = u64::from(entry.cause.0).checked_sub(1).and_then(|number| trace.get(number));
            if let Some(fault) = fault_of(entry, cause) {
                panic!("seed {seed}, entry {number}: {fault}: {entry:?}, by {cause:?}");
            }
            if let Happened::Sent { message, .. } = entry.what {
                assert_eq!(sent.insert(message, id), None, "seed {seed}: two messages have one number");
            }
        }
    }
}

#[test]
fn a_push_that_arrives_after_all_repairs_blames_nobody_before_the_next() {
    let script = "cluster 2\nclients ana@r1\nrepair off\nslow r1 -> r2 10s class=gossip\n\
        at 1s ana: likes.add photo\nat 2s crash r1 disk=lose\nat 3s restart r1\nat 4s repair r1 r2\n\
        at 15s expect convergence holds\n";
    let early = played(script);
    assert_eq!((early.unmet, early.undecided), (0, 1), "r1 lacks the write, and no repair has had a chance since");
    let late =
        played(&format!("{script}repair r1 r2\nrun 1s\nexpect convergence holds\nexpect r1.likes[photo] == 1\n"));
    assert_eq!((late.unmet, late.undecided), (0, 1), "the first is as it was, the second holds");
    assert_eq!(late.sitting.run().now(), Instant(16_000_000));
}

#[test]
fn a_paused_replica_begins_no_repair() {
    let script = parse_script("pause r1\nrepair r1 r2\n").expect("it parses");
    let refusal = play(&script, None).expect_err("a paused process does nothing");
    assert_eq!(refusal.to_string(), "line 2: r1 is paused; resume it first");
}

#[test]
fn faults_and_retries_change_no_arrival_of_a_workload() {
    let script = |faults: &str| {
        format!("seed 5\ncluster 3\nclients ana@r1\nload w1 * 200/s clients=64 queue=10000\n{faults}run 10s\n")
    };
    let arrivals = |faults: &str| {
        let replay = played(&script(faults));
        let invoked = |entry: &HistoryEntry| match *entry {
            HistoryEntry::Invoked { intended, op_type, key, argument, .. } => {
                // Which client of the pool is free, and hence asks, is no part of the arrival.
                let argument = if op_type.spec().argument == Argument::Asker { Value::Nil } else { argument };
                Some((intended, op_type, key, argument))
            }
            _ => None,
        };
        let mut arrivals: Vec<_> = replay.sitting.log().history.iter().filter_map(invoked).collect();
        arrivals.sort_by_key(|arrival| arrival.0);
        arrivals
    };
    let healthy = arrivals("");
    assert!(healthy.len() > 1_900, "there is a load: {}", healthy.len());
    for faults in [
        "lose r1 r2 50%\nduplicate r2 r3 50%\nreorder r1 r3 50% by=100ms\n",
        "retry * timeout=50ms attempts=4 backoff=20ms jitter=100%\nslow r2 3ms\n",
        "crash r1 disk=lose\nskew r2 +3s\npartition r1 | r2 r3\n",
    ] {
        // What still waits for a free client was not invoked, but what was is the same.
        let faulty = arrivals(faults);
        assert!(faulty.len() > 600, "hardly anything arrived under {faults}: {}", faulty.len());
        let mut rest = healthy.iter();
        for arrival in &faulty {
            assert!(rest.any(|own| own == arrival), "{arrival:?} is another one under {faults}");
        }
    }
}

/// What the provider charged, and what it answered from what it had stored.
fn charges(replay: &Replay) -> (usize, usize) {
    let decided = |stored: bool| {
        let trace = replay.sitting.log().trace.iter();
        trace.filter(|entry| matches!(entry.what, Happened::Charged { is_stored, .. } if is_stored == stored)).count()
    };
    (decided(false), decided(true))
}

#[test]
fn a_provider_with_keys_charges_each_payment_once_whatever_happens_and_one_without_does_not() {
    let script = |keys: &str| {
        format!(
            "seed 6\ncluster 3\nprovider keys={keys} delay=20ms\nretry * timeout=60ms attempts=3 backoff=10ms to=other\n\
             lose r1 r2 50%\nload w1 payment.submit 100/s keys=64 clients=32\nat 1s crash r1\nat 1.2s restart r1\n\
             at 2s crash r2 disk=lose\nat 2.5s restart r2\nat 3s pause r3 for=1s\nat 5s heal all\nrun 30s\n"
        )
    };
    let with = played(&(script("on") + "expect charged-once holds\nexpect convergence holds\n"));
    assert_eq!((with.unmet, with.undecided), (0, 0));
    let (charged, stored) = charges(&with);
    assert!(charged == 64 && stored > 10, "{charged} charges and {stored} stored answers");
    let without = played(&(script("off") + "expect charged-once violated\nexpect convergence holds\n"));
    assert_eq!((without.unmet, without.undecided), (0, 0));
    let (charged, stored) = charges(&without);
    assert!(charged > 64 && stored == 0, "{charged} charges and {stored} stored answers");
}

#[test]
fn transfers_move_money_and_make_none() {
    let script = "seed 8\ncluster 3\ngiven account k1 1000\ngiven account k2 500\nlose r1 r2 30%\n\
         load w1 account.transfer 100/s keys=3 amount=7 clients=32\nat 2s crash r1\nat 3s restart r1\n\
         at 5s heal all\nrun 60s\nexpect convergence holds\n";
    let replay = played(script);
    assert_eq!((replay.unmet, replay.undecided), (0, 0));
    let view = replay.sitting.run().cluster().view();
    for replica in view.replicas() {
        let balance = |key| match view.value(replica.id, key) {
            Value::Int(balance) => balance,
            other => panic!("an account shows {other:?}"),
        };
        assert_eq!(view.catalog().keys().map(|(key, ..)| key).map(balance).sum::<i64>(), 1500, "at {}", replica.id);
    }
}
