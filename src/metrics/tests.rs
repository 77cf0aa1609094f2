//! The definitions of lag and staleness, held against hand-made records.

use super::*;
use crate::base::time::MS;
use crate::base::{Actor, Answer, Column, KeyId, ReplicaId, Resolver, Service, Value};
use crate::record::story::{ANA, BEN, Entry, Story, r};

const MUG: u32 = 0;
const ADDRESS: u32 = 1;

fn measured_with(story: &Story, replicas: usize, policy: &Policy) -> Metrics {
    let mut metrics = Metrics::new(replicas);
    for entry in &story.entries {
        match entry {
            Entry::Trace(entry) => metrics.trace(entry, policy),
            Entry::History(entry) => metrics.history(entry, policy),
        }
    }
    metrics
}

fn measured(story: &Story) -> Metrics {
    measured_with(story, 3, &Policy::default())
}

/// The lag of r1, r2, r3 in milliseconds.
fn lag_ms(metrics: &Metrics, ms: u64) -> [u64; 3] {
    std::array::from_fn(|index| metrics.writes().lag_us(ReplicaId(index as u8), Instant(ms * MS)) / MS)
}

fn reserve(story: &mut Story, ms: u64, client: Actor, via: u8) -> crate::base::Dot {
    story.write(ms, client, OpType::StockReserve, MUG, Value::Int(1), via)
}

fn set(story: &mut Story, ms: u64, client: Actor, via: u8) -> crate::base::Dot {
    story.write(ms, client, OpType::ProfileSet, ADDRESS, Value::Int(0), via)
}

#[test]
fn the_incident_is_48_ms_stale_and_one_behind() {
    let mut story = Story::new();
    let dot = reserve(&mut story, 1000, ANA, 1);
    let read = story.read(1050, BEN, OpType::StockLevel, MUG, 3);
    story.apply_at(1071, &[2, 3], dot);
    let metrics = measured(&story);
    assert_eq!(metrics.last_read(read), Some((48 * MS, 1)));
    let reads = metrics.staleness(OpType::StockLevel);
    assert_eq!((reads.age.max_us(), reads.versions_max, reads.stale), (48 * MS, 1, 1));
    assert_eq!(metrics.writes().pending(), 0, "what is everywhere needs no place");
}

#[test]
fn staleness_takes_the_oldest_acknowledgement_and_counts_all() {
    let mut story = Story::new();
    reserve(&mut story, 1000, ANA, 1);
    reserve(&mut story, 1010, ANA, 1);
    let late = story.invoke(1020, ANA, OpType::StockReserve, MUG, Value::Int(1));
    story.accept(1021, late, r(1));
    let read = story.invoke(1050, BEN, OpType::StockLevel, MUG, Value::Nil);
    story.answered(1051, late); // acknowledged after the read's invocation: does not count
    story.serve(1052, read, r(3), Value::Nil);
    story.answered(1053, read);
    assert_eq!(measured(&story).last_read(read.op), Some((48 * MS, 2)));
}

#[test]
fn staleness_counts_by_acknowledgement_though_writes_were_decided_in_another_order() {
    let mut story = Story::new();
    let slow = story.invoke(1000, ANA, OpType::StockReserve, MUG, Value::Int(1));
    story.accept(1001, slow, r(1));
    reserve(&mut story, 1002, BEN, 2);
    story.answered(1030, slow);
    let at_r3 = story.read(1050, BEN, OpType::StockLevel, MUG, 3);
    let metrics = measured(&story);
    assert_eq!(metrics.last_read(at_r3), Some((46 * MS, 2)));
    let at_r2 = story.read(1060, BEN, OpType::StockLevel, MUG, 2);
    assert_eq!(measured(&story).last_read(at_r2), Some((30 * MS, 1)));
}

#[test]
fn a_write_that_its_replica_applied_before_serving_is_not_missed() {
    let mut story = Story::new();
    let dot = reserve(&mut story, 1000, ANA, 1);
    let read = story.invoke(1050, BEN, OpType::StockLevel, MUG, Value::Nil);
    story.apply(1051, r(3), dot);
    story.serve(1051, read, r(3), Value::Nil);
    story.answered(1052, read);
    let metrics = measured(&story);
    assert_eq!(metrics.last_read(read.op), Some((0, 0)));
    assert_eq!(metrics.staleness(OpType::StockLevel).age.count(), 1, "fresh reads count");
}

#[test]
fn another_key_makes_no_read_stale() {
    let mut story = Story::new();
    reserve(&mut story, 1000, ANA, 1);
    let read = story.read(1050, BEN, OpType::StockLevel, 5, 3);
    assert_eq!(measured(&story).last_read(read), Some((0, 0)));
}

#[test]
fn lag_is_the_age_of_the_oldest_acknowledged_write_not_applied() {
    let mut story = Story::new();
    let first = reserve(&mut story, 1000, ANA, 1);
    let second = reserve(&mut story, 1010, ANA, 1);
    let pending = story.invoke(1020, BEN, OpType::StockReserve, MUG, Value::Int(1));
    story.accept(1021, pending, r(2));
    assert_eq!(lag_ms(&measured(&story), 1100), [0, 98, 98], "unacknowledged writes do not count");
    story.apply_at(1101, &[2], first);
    story.apply_at(1101, &[3], second);
    assert_eq!(lag_ms(&measured(&story), 1110), [0, 98, 108]);
    story.answered(1110, pending);
    assert_eq!(lag_ms(&measured(&story), 1112), [2, 100, 110]);
}

#[test]
fn a_write_everywhere_before_its_acknowledgement_never_counts() {
    let mut story = Story::new();
    let attempt = story.invoke(1000, ANA, OpType::StockReserve, MUG, Value::Int(1));
    let dot = story.accept(1001, attempt, r(1));
    story.apply_at(1002, &[2, 3], dot);
    assert_eq!(measured(&story).writes().pending(), 1, "its acknowledgement is awaited");
    story.answered(1010, attempt);
    let metrics = measured(&story);
    assert_eq!((lag_ms(&metrics, 1100), metrics.writes().pending()), ([0, 0, 0], 0));
}

#[test]
fn a_write_whose_client_gave_up_does_not_count() {
    let mut story = Story::new();
    let attempt = story.invoke(1000, ANA, OpType::StockReserve, MUG, Value::Int(1));
    let dot = story.accept(1001, attempt, r(1));
    story.end(1500, attempt.op, None, Outcome::Unknown);
    assert_eq!(lag_ms(&measured(&story), 2000), [0, 0, 0]);
    story.apply_at(2001, &[2, 3], dot);
    assert_eq!(measured(&story).writes().pending(), 0);
}

#[test]
fn a_retry_is_a_second_write_and_only_the_answered_one_counts() {
    let mut story = Story::new();
    let first = story.invoke(1000, ANA, OpType::LikesAdd, 3, Value::Nil);
    let lost_reply = story.accept(1001, first, r(1));
    let second = story.attempt(1500, first.op);
    let answered = story.accept(1501, second, r(2));
    story.answered(1502, second);
    let metrics = measured(&story);
    assert_eq!(metrics.writes().pending(), 2);
    assert_eq!(lag_ms(&metrics, 1602), [100, 0, 100]);
    assert_eq!(metrics.traffic().retries, 1);
    story.apply_at(1603, &[1, 3], answered);
    story.apply_at(1603, &[2, 3], lost_reply);
    assert_eq!(measured(&story).writes().pending(), 0);
}

#[test]
fn a_late_decision_after_giving_up_is_a_write_too() {
    let mut story = Story::new();
    let attempt = story.invoke(1000, ANA, OpType::ProfileSet, ADDRESS, Value::Int(1));
    story.end(1500, attempt.op, None, Outcome::Unknown);
    let other = set(&mut story, 1600, ANA, 1);
    let late = story.accept(2000, attempt, r(1));
    story.apply_at(2001, &[2], late);
    assert_eq!(lag_ms(&measured(&story), 2100), [0, 0, 498], "it supersedes ana's later operation at r2");
    story.apply_at(2101, &[3], other);
    assert_eq!(lag_ms(&measured(&story), 2200), [0, 0, 0]);
}

#[test]
fn a_range_brings_all_writes_of_its_column_to_its_key() {
    let mut story = Story::new();
    for step in 0..100 {
        reserve(&mut story, 1000 + step * 10, ANA, 1);
    }
    let other_key = story.write(3000, ANA, OpType::StockReserve, 7, Value::Int(1), 1);
    story.repair(3100, r(3), Column(0), MUG, (0, 100));
    story.repair(3100, r(2), Column(0), MUG, (0, 50));
    let metrics = measured(&story);
    assert_eq!(lag_ms(&metrics, 3102), [0, 1600, 100]);
    story.apply_at(3110, &[2, 3], other_key);
    story.repair(3111, r(2), Column(0), MUG, (50, 100));
    let metrics = measured(&story);
    assert_eq!((lag_ms(&metrics, 3200), metrics.writes().pending()), ([0, 0, 0], 0));
}

#[test]
fn a_superseded_write_counts_neither_as_lag_nor_as_staleness() {
    let mut story = Story::new();
    set(&mut story, 1000, ANA, 1);
    let winner = set(&mut story, 1010, BEN, 2);
    let stale = story.read(1050, ANA, OpType::ProfileGet, ADDRESS, 3);
    assert_eq!(measured(&story).last_read(stale), Some((48 * MS, 2)));
    story.apply_at(1060, &[1, 3], winner);
    let fresh = story.read(1070, ANA, OpType::ProfileGet, ADDRESS, 3);
    let metrics = measured(&story);
    assert_eq!(metrics.last_read(fresh), Some((0, 0)));
    assert_eq!((lag_ms(&metrics, 1100), metrics.writes().pending()), ([0, 0, 0], 0));
}

#[test]
fn the_resolver_decides_what_is_superseded() {
    let mut story = Story::new();
    story.skew_ms[0] = 5000; // r1's wall runs ahead: its earlier write wins by wall, loses by hybrid clock
    let early = set(&mut story, 1000, ANA, 1);
    let late = set(&mut story, 1010, BEN, 2);
    story.apply(1020, r(3), early);
    assert_eq!(lag_ms(&measured(&story), 1100), [0, 98, 0], "by wall, r3 and r1 need no loser");
    let mut hybrid = Policy::default();
    hybrid.set_resolver(Service::Profile, Resolver::LwwHlc);
    let metrics = measured_with(&story, 3, &hybrid);
    assert_eq!(lag_ms(&metrics, 1100), [88, 0, 88]);
    story.apply_at(1101, &[1, 3], late);
    assert_eq!(lag_ms(&measured_with(&story, 3, &hybrid), 1200), [0, 0, 0]);
}

#[test]
fn a_delete_beats_a_create_of_the_same_instant() {
    let mut story = Story::new();
    let delete = story.invoke(1000, ANA, OpType::ItemDelete, 4, Value::Nil);
    let create = story.invoke(1000, BEN, OpType::ItemCreate, 4, Value::Int(1));
    let tombstone = story.accept(1001, delete, r(1));
    story.accept(1001, create, r(2));
    story.answered(1002, delete);
    story.answered(1002, create);
    story.apply_at(1010, &[2, 3], tombstone);
    assert_eq!(lag_ms(&measured(&story), 1100), [0, 0, 0]);
}

#[test]
fn a_lost_write_does_not_count_until_a_late_message_brings_it_back() {
    let mut story = Story::new();
    let dot = reserve(&mut story, 1000, ANA, 1);
    assert_eq!(lag_ms(&measured(&story), 1100), [0, 98, 98]);
    story.lose_disk(1100, r(1), Column(3));
    let metrics = measured(&story);
    assert_eq!((lag_ms(&metrics, 1200), metrics.writes().lost()), ([0, 0, 0], 1));
    story.apply(1300, r(2), dot);
    assert_eq!(lag_ms(&measured(&story), 1402), [400, 0, 400]);
}

#[test]
fn a_lost_disk_misses_again_what_was_everywhere_until_repair() {
    let mut story = Story::new();
    for ms in [1000, 1100] {
        let dot = reserve(&mut story, ms, ANA, 1);
        story.apply_at(ms + 20, &[2, 3], dot);
    }
    let set = set(&mut story, 1200, ANA, 1);
    story.apply_at(1220, &[2, 3], set);
    assert_eq!(measured(&story).writes().pending(), 0);
    story.lose_disk(2000, r(3), Column(3));
    assert_eq!(lag_ms(&measured(&story), 2002), [0, 0, 1000]);
    let stale = story.read(2002, BEN, OpType::StockLevel, MUG, 3);
    assert_eq!(measured(&story).last_read(stale), Some((1000 * MS, 2)));
    story.repair(2100, r(3), Column(0), MUG, (0, 2));
    assert_eq!(lag_ms(&measured(&story), 2202), [0, 0, 1000], "the address is still missing");
    story.apply(2300, r(3), set);
    assert_eq!(lag_ms(&measured(&story), 2400), [0, 0, 0]);
}

#[test]
fn a_cell_on_a_new_disk_is_as_old_as_the_first_write_that_it_lacks() {
    let mut story = Story::new();
    let first = set(&mut story, 1000, ANA, 1);
    story.apply_at(1010, &[2, 3], first);
    let second = set(&mut story, 1100, ANA, 1);
    story.apply_at(1110, &[2, 3], second);
    story.lose_disk(2000, r(3), Column(3));
    let empty = story.read(2002, BEN, OpType::ProfileGet, ADDRESS, 3);
    let metrics = measured(&story);
    assert_eq!(metrics.last_read(empty), Some((1000 * MS, 2)), "what it shows was right before the first");
    assert_eq!(lag_ms(&metrics, 2002), [0, 0, 1000]);
    // A late copy of the first is not the last word.
    story.apply(2010, r(3), first);
    let older = story.read(2102, BEN, OpType::ProfileGet, ADDRESS, 3);
    assert_eq!(measured(&story).last_read(older), Some((1000 * MS, 1)));
    story.apply(2110, r(3), second);
    let fresh = story.read(2202, BEN, OpType::ProfileGet, ADDRESS, 3);
    assert_eq!(measured(&story).last_read(fresh), Some((0, 0)));
}

#[test]
fn a_write_that_won_and_was_lost_leaves_what_others_hold() {
    let mut story = Story::new();
    let early = set(&mut story, 1000, ANA, 1);
    story.apply_at(1010, &[3], early);
    set(&mut story, 1100, BEN, 2); // nobody hears of it
    story.lose_disk(2000, r(2), Column(3));
    let read = story.read(2002, BEN, OpType::ProfileGet, ADDRESS, 2);
    let metrics = measured(&story);
    assert_eq!(metrics.last_read(read), Some((1000 * MS, 1)), "r2 had never missed ana's, which lost there");
    assert_eq!(metrics.writes().lost(), 1);
}

#[test]
fn a_lost_disk_misses_pending_writes_again() {
    let mut story = Story::new();
    let dot = reserve(&mut story, 1000, ANA, 1);
    story.apply(1010, r(3), dot);
    story.lose_disk(1100, r(3), Column(3));
    assert_eq!(lag_ms(&measured(&story), 1202), [0, 200, 200]);
    story.lose_disk(1210, r(1), Column(4));
    assert_eq!(lag_ms(&measured(&story), 1300), [0, 0, 0], "now it is lost");
}

#[test]
fn what_every_replica_lost_counts_no_more() {
    let mut story = Story::new();
    let dot = reserve(&mut story, 1000, ANA, 1);
    story.apply_at(1010, &[2, 3], dot);
    let set = set(&mut story, 1100, ANA, 1);
    story.apply_at(1110, &[2, 3], set);
    for number in 1..=3 {
        story.lose_disk(2000, r(number), Column(2 + number));
    }
    assert_eq!(lag_ms(&measured(&story), 3000), [0, 0, 0]);
}

#[test]
fn reused_dots_are_new_writes() {
    let mut story = Story::new();
    let old = reserve(&mut story, 1000, ANA, 1);
    story.apply(1010, r(2), old);
    story.happen(1100, r(1), Happened::Crashed { disk_lost: true });
    story.reuse_dots(r(1));
    let new = reserve(&mut story, 1200, ANA, 1);
    assert_eq!(old, new);
    assert_eq!(lag_ms(&measured(&story), 1302), [0, 100, 100]);
}

#[test]
fn alerts_are_raised_over_the_objective_and_cleared_within_it() {
    let mut metrics = Metrics::new(3);
    metrics.hold_to(100 * MS);
    let mut story = Story::new();
    for (ms, lag_ms) in [(100, 100), (200, 101), (300, 500), (400, 100)] {
        story.happen(ms, r(2), Happened::ObservedLag { lag_us: lag_ms * MS });
    }
    for entry in story.trace() {
        metrics.trace(entry, &Policy::default());
    }
    let alerts: Vec<_> = metrics.lag().alerts().copied().collect();
    let cleared_at = Some(Instant(400 * MS));
    assert_eq!(alerts, [Alert { at: Instant(200 * MS), replica: r(2), observed_us: 101 * MS, cleared_at }]);
    assert_eq!((metrics.lag().alert_count(), metrics.lag().is_raised(r(2))), (1, false));
    assert_eq!(metrics.lag().observed(r(2)).max_us(), 500 * MS);
}

#[test]
fn the_oracle_is_sampled_into_a_bounded_series() {
    let mut story = Story::new();
    reserve(&mut story, 1000, ANA, 1);
    let mut metrics = measured(&story);
    for step in 0..1000 {
        metrics.sample(Instant((1100 + step * 100) * MS));
    }
    let series = metrics.lag().oracle(r(3));
    assert_eq!((series.samples().len(), series.last_us()), (lag::SAMPLES_KEPT, Some(99_998 * MS)));
    assert_eq!(metrics.lag().oracle(r(1)).max_us(), 0);
}

#[test]
fn availability_is_the_answered_part_of_what_ended() {
    let mut story = Story::new();
    reserve(&mut story, 1000, ANA, 1);
    let refused = story.invoke(1100, ANA, OpType::StockReserve, MUG, Value::Int(9));
    story.refuse(1101, refused, r(1));
    let no = Answer::Refused(crate::base::Refusal::Insufficient);
    story.end(1104, refused.op, Some(refused), Outcome::Answered(no));
    let unknown = story.invoke(1200, ANA, OpType::StockReserve, MUG, Value::Int(1));
    let overflowed = story.queue(1210, ANA, OpType::StockReserve, MUG, Value::Int(1));
    story.end(1210, overflowed, None, Outcome::Overflowed);
    story.accept(1220, unknown, r(1));
    story.end(2200, unknown.op, None, Outcome::Unknown);
    let metrics = measured(&story);
    let reserves = metrics.latency(OpType::StockReserve);
    assert_eq!(
        (reserves.invoked, reserves.done, reserves.refused, reserves.unknown, reserves.overflowed),
        (4, 1, 1, 1, 1)
    );
    assert_eq!(reserves.availability(), Some(0.5));
    assert_eq!(reserves.latency.summary().unwrap().max_us, 4 * MS);
    assert_eq!(metrics.latency(OpType::FeedRead).availability(), None);
}

#[test]
fn lag_and_staleness_equal_a_plain_model_on_random_records() {
    super::model::compare(3_000);
}

#[test]
fn a_snapshot_is_not_changed_by_what_follows() {
    let mut story = Story::new();
    let dot = reserve(&mut story, 1000, ANA, 1);
    let before = measured(&story);
    let mut after = before.clone();
    story.entries.clear();
    story.apply_at(1100, &[2, 3], dot);
    for entry in story.trace() {
        after.trace(entry, &Policy::default());
    }
    assert_eq!((lag_ms(&before, 1102), lag_ms(&after, 1102)), ([0, 100, 100], [0, 0, 0]));
    assert_eq!(before.writes().staleness_at_serve(KeyId(MUG), r(3), Instant(1102 * MS)), (100 * MS, 1));
}

#[test]
fn past_its_bound_the_table_counts_what_it_does_not_track() {
    let mut metrics = Metrics::new(3);
    let policy = Policy::default();
    let mut story = Story::new();
    let writes = writes::PENDING_MAX + 1000;
    for step in 0..writes as u64 {
        reserve(&mut story, 1000 + step, ANA, 1);
        for entry in story.entries.drain(..) {
            match entry {
                Entry::Trace(entry) => metrics.trace(&entry, &policy),
                Entry::History(entry) => metrics.history(&entry, &policy),
            }
        }
    }
    assert_eq!(metrics.writes().pending() as u64 + metrics.writes().untracked(), writes as u64);
    assert!(metrics.writes().pending() <= writes::PENDING_MAX && metrics.writes().untracked() >= 1000);
    assert_eq!(lag_ms(&metrics, 1002 + writes as u64), [0, writes as u64, writes as u64], "the oldest is still known");
    story.repair(1_000_000, r(2), Column(0), MUG, (0, writes as u32));
    story.repair(1_000_000, r(3), Column(0), MUG, (0, writes as u32));
    story.trace().for_each(|entry| metrics.trace(entry, &policy));
    assert_eq!((metrics.writes().pending(), lag_ms(&metrics, 2_000_000)), (0, [0; 3]));
}
