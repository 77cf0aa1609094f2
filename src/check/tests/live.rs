//! The live judges against hand-made records: the smallest that breaks one guarantee alone, and random ones against
//! the definitions, written down over plain sets.

use std::collections::{BTreeMap, BTreeSet};

use super::TestNames;
use crate::base::time::MS;
use crate::base::{Actor, Claim, Column, Dot, Instant, KeyId, OpId, OpType, ReplicaId, Resolver, Symbol, Value};
use crate::check::live::Live;
use crate::check::{Reach, Ruling, Verdict, sentence};
use crate::record::story::{ANA, BEN, Entry, Story, r};
use crate::record::{Happened, Operations, Outcome};

const WALL: u32 = 2;
const ADDRESS: u32 = 3;
const REPORT: u32 = 4;
const SESSIONS: [Claim; 4] =
    [Claim::ReadYourWrites, Claim::MonotonicReads, Claim::MonotonicWrites, Claim::WritesFollowReads];

pub(super) fn judged(story: &Story) -> Live {
    judged_with(story, Reach::default())
}

fn judged_with(story: &Story, reach: Reach) -> Live {
    let (mut live, mut operations) = (Live::new(3), Operations::default());
    for entry in &story.entries {
        match entry {
            Entry::Trace(entry) => {
                live.trace(entry, Resolver::LwwWall);
                live.settle(entry.at, Resolver::LwwWall);
            }
            Entry::History(entry) => {
                operations.history(entry);
                live.history(entry, &operations, Resolver::LwwWall, |_, _| reach);
            }
        }
    }
    live
}

pub(super) fn verdict(live: &Live, claim: Claim) -> Verdict {
    live.verdict(claim, None).unwrap()
}

/// The claims that a story breaks.
pub(super) fn broken(story: &Story) -> Vec<Claim> {
    let live = judged(story);
    live.all().iter().filter(|findings| findings.count() > 0).map(super::super::Findings::claim).collect()
}

/// What is said of the first violation of a claim, and its witness.
pub(super) fn said(story: &Story, claim: Claim) -> (String, Vec<u32>) {
    let live = judged(story);
    let violation = verdict(&live, claim).violations.first().cloned().expect("it is violated");
    (sentence(&violation, &TestNames), violation.operations.iter().map(|op| op.0).collect())
}

fn text(number: u32) -> Value {
    Value::Text(Symbol(number))
}

fn post(story: &mut Story, ms: u64, client: Actor, via: u8) -> Dot {
    story.write(ms, client, OpType::FeedPost, WALL, text(ms as u32), via)
}

fn read(story: &mut Story, ms: u64, client: Actor, via: u8) -> OpId {
    story.read(ms, client, OpType::FeedRead, WALL, via)
}

fn set(story: &mut Story, ms: u64, client: Actor, via: u8) -> Dot {
    story.write(ms, client, OpType::ProfileSet, ADDRESS, text(ms as u32), via)
}

fn superseded(story: &mut Story, ms: u64, via: u8, dot: Dot, key: u32) {
    story.happen(ms, r(via), Happened::Superseded { column: dot.column, key: KeyId(key), counter: dot.counter });
}

#[test]
fn a_read_without_ones_own_write_breaks_read_your_writes_alone() {
    let mut story = Story::new();
    post(&mut story, 10, ANA, 1);
    read(&mut story, 20, ANA, 3);
    assert_eq!(broken(&story), [Claim::ReadYourWrites]);
    let (words, witness) = said(&story, Claim::ReadYourWrites);
    let expected = "ana read nothing of wall via r3 at 0.021 s, although ana posted \"t10\" to wall via r1 at 0.011 s, \
                    acknowledged at 0.012 s";
    assert_eq!((words.as_str(), witness), (expected, vec![0, 1]));
}

#[test]
fn either_operation_of_that_witness_alone_is_legal() {
    let mut story = Story::new();
    post(&mut story, 10, ANA, 1);
    assert_eq!(broken(&story), []);
    let mut story = Story::new();
    read(&mut story, 20, ANA, 3);
    assert_eq!(broken(&story), []);
}

#[test]
fn a_read_of_less_breaks_monotonic_reads_alone() {
    let mut story = Story::new();
    post(&mut story, 10, BEN, 1);
    read(&mut story, 20, ANA, 1);
    read(&mut story, 30, ANA, 3);
    assert_eq!(broken(&story), [Claim::MonotonicReads]);
    assert_eq!(said(&story, Claim::MonotonicReads).1, [0, 1, 2]);
}

#[test]
fn a_second_write_without_the_first_breaks_monotonic_writes_alone() {
    let mut story = Story::new();
    post(&mut story, 10, ANA, 1);
    let second = post(&mut story, 20, ANA, 1);
    story.apply(30, r(3), second);
    assert_eq!(broken(&story), [Claim::MonotonicWrites]);
    let (words, witness) = said(&story, Claim::MonotonicWrites);
    let expected = "r3 has that ana posted \"t20\" to wall via r1 at 0.021 s and not what went before it: ana posted \
                    \"t10\" to wall via r1 at 0.011 s";
    assert_eq!((words.as_str(), witness), (expected, vec![0, 1]));
}

#[test]
fn an_answer_without_its_question_breaks_writes_follow_reads_alone() {
    let mut story = Story::new();
    post(&mut story, 10, BEN, 1);
    read(&mut story, 20, ANA, 1);
    let answer = post(&mut story, 30, ANA, 1);
    story.apply(40, r(3), answer);
    assert_eq!(broken(&story), [Claim::WritesFollowReads]);
    assert_eq!(said(&story, Claim::WritesFollowReads).1, [0, 1, 2]);
}

#[test]
fn a_write_that_times_out_promises_nothing() {
    let mut story = Story::new();
    let attempt = story.invoke(10, ANA, OpType::FeedPost, WALL, text(1));
    story.accept(11, attempt, r(1));
    story.end(20, attempt.op, None, Outcome::Unknown);
    read(&mut story, 30, ANA, 3);
    assert_eq!(broken(&story), [Claim::TotalAvailability]);
}

#[test]
fn a_write_that_lost_on_arrival_is_there_all_the_same() {
    let mut story = Story::new();
    let first = set(&mut story, 10, ANA, 1);
    let second = set(&mut story, 20, BEN, 3);
    story.apply(25, r(1), second);
    superseded(&mut story, 26, 3, first, ADDRESS);
    story.read(30, ANA, OpType::ProfileGet, ADDRESS, 3);
    assert_eq!(broken(&story), [Claim::NoLostUpdate], "it lost, and nobody who overwrote it knew of it");
}

#[test]
fn what_a_better_write_stands_for_is_not_missing() {
    let mut story = Story::new();
    let first = set(&mut story, 10, ANA, 1);
    story.apply(15, r(2), first);
    let second = set(&mut story, 20, BEN, 2);
    story.apply(25, r(3), second); // by repair: the winner alone
    story.read(30, ANA, OpType::ProfileGet, ADDRESS, 3);
    assert_eq!(broken(&story), []);
}

#[test]
fn a_repaired_range_brings_the_writes_to_its_key_only() {
    let mut story = Story::new();
    post(&mut story, 10, ANA, 1);
    story.write(20, ANA, OpType::LikesAdd, 0, Value::Int(1), 1);
    story.repair(30, r(3), Column(0), WALL, (0, 9));
    read(&mut story, 40, ANA, 3);
    assert_eq!(broken(&story), []);
    story.read(50, ANA, OpType::LikesRead, 0, 3);
    assert_eq!(broken(&story), [Claim::ReadYourWrites]);
}

#[test]
fn a_lost_disk_lacks_what_it_had() {
    let mut story = Story::new();
    let dot = post(&mut story, 10, ANA, 1);
    story.apply_at(15, &[2, 3], dot);
    story.lose_disk(20, r(1), Column(9));
    read(&mut story, 30, ANA, 1);
    assert_eq!(broken(&story), [Claim::ReadYourWrites], "and two others have it, so it is not gone");
}

#[test]
fn an_acknowledged_write_on_lost_disks_only_is_gone() {
    let mut story = Story::new();
    let dot = post(&mut story, 10, ANA, 1);
    story.apply(15, r(2), dot);
    story.lose_disk(20, r(1), Column(9));
    story.lose_disk(30, r(2), Column(10));
    story.happen(40, r(3), Happened::Resumed);
    assert_eq!(broken(&story), [Claim::Durable]);
    assert!(said(&story, Claim::Durable).0.ends_with("and nobody has it any more: r2 lost its disk"));
}

#[test]
fn a_copy_under_way_is_waited_for() {
    let mut story = Story::new();
    let attempt = story.invoke(10, ANA, OpType::FeedPost, WALL, text(1));
    let dot = story.accept(11, attempt, r(1));
    let (class, message) = (crate::base::MessageClass::Gossip, crate::base::MessageId(1));
    story.happen(11, r(1), Happened::Sent { class, to: r(2).into(), message, delay_us: 70 * MS as u32 });
    story.answered(12, attempt);
    story.lose_disk(20, r(1), Column(9));
    story.happen(50, r(3), Happened::Resumed);
    let mut lost = story.clone();
    story.apply(81, r(2), dot);
    story.happen(100, r(3), Happened::Resumed);
    assert_eq!(broken(&story), []);
    lost.happen(100, r(3), Happened::Resumed);
    assert_eq!(broken(&lost), [Claim::Durable]);
}

#[test]
fn a_later_write_under_a_slow_clock_loses_to_what_it_knew() {
    let mut story = Story::new();
    story.skew_ms[0] = 1000;
    let first = set(&mut story, 10, BEN, 1);
    story.apply(15, r(2), first);
    let second = set(&mut story, 20, ANA, 2);
    superseded(&mut story, 30, 1, second, ADDRESS);
    // At r2 the store dropped it when it was decided; the record of the tests says applied, which the hazard does.
    assert!(broken(&story).contains(&Claim::NoWrongWinner));
    assert!(!broken(&story).contains(&Claim::NoLostUpdate));
}

#[test]
fn an_operation_accepted_twice_is_its_own_witness() {
    let mut story = Story::new();
    let first = story.invoke(10, ANA, OpType::LikesAdd, 0, Value::Int(1));
    story.accept(11, first, r(1));
    let again = story.attempt(20, first.op);
    story.accept(21, again, r(2));
    story.answered(22, again);
    assert_eq!(broken(&story), [Claim::ExactlyOnce]);
    assert_eq!(said(&story, Claim::ExactlyOnce).1, [0]);
}

#[test]
fn a_value_that_its_deletion_beats_comes_back_where_that_is_forgotten() {
    let mut story = Story::new();
    let put = story.write(10, ANA, OpType::ItemCreate, REPORT, text(1), 1);
    let delete = story.write(20, ANA, OpType::ItemDelete, REPORT, Value::Nil, 1);
    story.apply(30, r(3), delete);
    story.happen(40, r(3), Happened::Collected { key: KeyId(REPORT) });
    let mut again = story.clone();
    story.apply(50, r(3), put);
    assert!(broken(&story).contains(&Claim::NoResurrection));
    assert_eq!(said(&story, Claim::NoResurrection).1, [0, 1]);
    let create = again.write(50, BEN, OpType::ItemCreate, REPORT, text(2), 2);
    again.apply(60, r(3), create);
    assert!(!broken(&again).contains(&Claim::NoResurrection), "it was created anew");
}

#[test]
fn a_post_without_one_that_was_done_before_it_is_no_prefix() {
    let mut story = Story::new();
    post(&mut story, 10, ANA, 1);
    let later = post(&mut story, 20, BEN, 2);
    let mut concurrent = story.clone();
    story.apply(30, r(3), later);
    story.read(40, Actor(Actor::FIRST_CLIENT + 2), OpType::FeedRead, WALL, 3);
    assert_eq!(broken(&story), [Claim::ConsistentPrefix]);
    assert_eq!(said(&story, Claim::ConsistentPrefix).1, [0, 1, 2]);
    concurrent.read(40, Actor(Actor::FIRST_CLIENT + 2), OpType::FeedRead, WALL, 1);
    assert_eq!(broken(&concurrent), [], "without the later one it is a prefix");
}

#[test]
fn who_is_in_reach_decides_which_availability_is_missed() {
    let mut story = Story::new();
    let asked = story.queue(10, ANA, OpType::FeedRead, WALL, Value::Nil);
    story.attempt(10, asked);
    story.end(20, asked, None, Outcome::Unknown);
    for (reach, count) in [
        (Reach { asked: false, majority: false }, [1, 0, 0]),
        (Reach { asked: true, majority: false }, [1, 1, 0]),
        (Reach { asked: false, majority: true }, [1, 0, 1]),
    ] {
        let live = judged_with(&story, reach);
        let counts = [Claim::TotalAvailability, Claim::StickyAvailability, Claim::MajorityAvailability]
            .map(|claim| verdict(&live, claim).count);
        assert_eq!(counts, count, "{reach:?}");
    }
}

#[test]
fn since_a_mark_only_later_operations_count() {
    let mut story = Story::new();
    post(&mut story, 10, ANA, 1);
    read(&mut story, 20, ANA, 3);
    let live = judged(&story);
    let since = |ms: u64| live.verdict(Claim::ReadYourWrites, Some(Instant(ms * MS))).unwrap().holds;
    assert_eq!((since(20), since(21)), (Ruling::Violated, Ruling::Holds));
}

#[test]
fn more_missing_writes_than_are_looked_at_make_a_verdict_unknown() {
    let mut story = Story::new();
    post(&mut story, 10, ANA, 1);
    for ms in 0..200 {
        post(&mut story, 20 + 5 * ms, BEN, 1);
    }
    read(&mut story, 2000, ANA, 3);
    let verdict = verdict(&judged(&story), Claim::ReadYourWrites);
    assert_eq!(verdict.holds, Ruling::Unknown);
    assert!(verdict.unknown.is_some());
}

/// The definitions of Terry et al. over plain sets, for stores in which every write counts.
#[derive(Default)]
struct Model {
    has: [BTreeSet<Dot>; 3],
    key_of: BTreeMap<Dot, u32>,
    wrote: BTreeMap<Actor, Vec<Dot>>,
    saw: BTreeMap<Actor, BTreeMap<u32, BTreeSet<Dot>>>,
    /// What must be wherever a write is: the session's writes before it, and what it had seen.
    needs: BTreeMap<Dot, (BTreeSet<Dot>, BTreeSet<Dot>)>,
    counts: [u64; 4],
}

impl Model {
    fn arrive(&mut self, replica: usize, dot: Dot) {
        if self.has[replica].insert(dot) {
            let (own, seen) = &self.needs[&dot];
            self.counts[2] += u64::from(!own.is_subset(&self.has[replica]));
            self.counts[3] += u64::from(!seen.is_subset(&self.has[replica]));
        }
    }

    fn write(&mut self, client: Actor, key: u32, replica: usize, dot: Dot) {
        let own: BTreeSet<Dot> = self.wrote.entry(client).or_default().iter().copied().collect();
        let seen = self.saw.entry(client).or_default().values().flatten().copied();
        let seen = seen.filter(|dot| !own.contains(dot)).collect();
        self.needs.insert(dot, (own, seen));
        self.key_of.insert(dot, key);
        self.arrive(replica, dot);
        self.wrote.entry(client).or_default().push(dot);
    }

    fn read(&mut self, client: Actor, key: u32, replica: usize) {
        let of_key = |dot: &&Dot| self.key_of[*dot] == key;
        let here: BTreeSet<Dot> = self.has[replica].iter().filter(of_key).copied().collect();
        let own = self.wrote.entry(client).or_default();
        self.counts[0] += u64::from(own.iter().filter(of_key).any(|dot| !here.contains(dot)));
        let seen = self.saw.entry(client).or_default().entry(key).or_default();
        self.counts[1] += u64::from(!seen.is_subset(&here));
        seen.extend(here);
    }
}

/// A random record of three sessions over two feeds at three replicas, and what the definitions say of it.
fn random(seed: u64) -> (Story, Model) {
    let mut state = seed;
    let mut below = |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    let (mut story, mut model) = (Story::new(), Model::default());
    let mut dots = Vec::new();
    for step in 1..=below(25) + 3 {
        let (ms, client) = (10 * step, Actor::client(below(3) as usize));
        let (key, via) = (WALL + below(2) as u32, below(3) as u8);
        match below(5) {
            0 | 1 => {
                let dot = story.write(ms, client, OpType::FeedPost, key, text(step as u32), via + 1);
                model.write(client, key, usize::from(via), dot);
                dots.push(dot);
            }
            2 | 3 => {
                story.read(ms, client, OpType::FeedRead, key, via + 1);
                model.read(client, key, usize::from(via));
            }
            _ if dots.is_empty() => {}
            _ => {
                let dot = dots[below(dots.len() as u64) as usize];
                if !model.has[usize::from(via)].contains(&dot) {
                    story.apply(ms, ReplicaId(via), dot);
                    model.arrive(usize::from(via), dot);
                }
            }
        }
    }
    (story, model)
}

#[test]
fn session_guarantees_are_what_their_definitions_say_on_random_records() {
    let mut alone = [0; 4];
    for seed in 0..20_000 {
        let (story, model) = random(seed);
        let live = judged(&story);
        let found = SESSIONS.map(|claim| verdict(&live, claim).count);
        assert_eq!(found[..2], model.counts[..2], "seed {seed}: reads");
        assert_eq!(found[2] > 0, model.counts[2] > 0, "seed {seed}: monotonic writes");
        // Only the last read of each key is remembered: an earlier one had more only if reads went back.
        let is_exact = model.counts[1] == 0;
        assert!(found[3] <= model.counts[3], "seed {seed}: writes follow reads, found too many");
        assert!(!is_exact || found[3] == model.counts[3], "seed {seed}: writes follow reads");
        for at in 0..4 {
            alone[at] += u32::from(found[at] > 0 && found.iter().filter(|count| **count > 0).count() == 1);
        }
    }
    assert!(alone.iter().all(|count| *count > 50), "each must be broken alone often enough: {alone:?}");
}

/// A read of a quorum that r1 and r3 answered, each with so many writes.
fn joined(story: &mut Story, ms: u64, client: Actor, parts: [u32; 2]) {
    let attempt = story.invoke(ms, client, OpType::FeedRead, WALL, Value::Nil);
    for (home, applied) in [r(1), r(3)].into_iter().zip(parts) {
        story.contribute(ms + 9, attempt, home, applied);
    }
    story.serve(ms + 9, attempt, r(1), Value::Nil);
    story.answered(ms + 10, attempt);
}

#[test]
fn a_quorum_read_has_what_one_of_its_homes_had_when_it_answered() {
    let mut story = Story::new();
    let dot = story.write(10, ANA, OpType::FeedPost, WALL, text(1), 2);
    let mut has = story.clone();
    has.apply(20, r(3), dot);
    joined(&mut has, 30, ANA, [0, 1]);
    assert_eq!(broken(&has), []);
    joined(&mut story, 30, ANA, [0, 0]);
    assert_eq!(broken(&story), [Claim::ReadYourWrites]);
}

#[test]
fn what_reached_a_home_after_it_had_answered_is_not_in_the_answer() {
    let mut story = Story::new();
    let dot = story.write(10, ANA, OpType::FeedPost, WALL, text(1), 2);
    let attempt = story.invoke(30, ANA, OpType::FeedRead, WALL, Value::Nil);
    story.apply_at(35, &[1, 3], dot);
    for home in [r(1), r(3)] {
        story.contribute(39, attempt, home, 0);
    }
    story.serve(39, attempt, r(1), Value::Nil);
    story.answered(40, attempt);
    assert_eq!(broken(&story), [Claim::ReadYourWrites], "it is everywhere when the answers are joined");
}

#[test]
fn a_quorum_read_that_lacks_what_another_found_goes_back() {
    let mut story = Story::new();
    let dot = story.write(10, BEN, OpType::FeedPost, WALL, text(1), 2);
    story.apply(20, r(3), dot);
    joined(&mut story, 30, ANA, [0, 1]);
    let mut on = story.clone();
    joined(&mut story, 50, ANA, [0, 0]);
    assert_eq!(broken(&story), [Claim::MonotonicReads]);
    on.apply(45, r(1), dot);
    joined(&mut on, 50, ANA, [1, 1]);
    assert_eq!(broken(&on), []);
}

#[test]
fn what_a_home_had_in_an_earlier_life_counts_for_that_life() {
    let mut story = Story::new();
    let dot = story.write(10, ANA, OpType::FeedPost, WALL, text(1), 2);
    story.apply(20, r(3), dot);
    let attempt = story.invoke(30, ANA, OpType::FeedRead, WALL, Value::Nil);
    let mut before = story.clone();
    before.contribute(39, attempt, r(3), 1);
    before.serve(39, attempt, r(1), Value::Nil);
    before.answered(40, attempt);
    assert_eq!(broken(&before), []);
    story.lose_disk(32, r(3), Column(9));
    story.contribute(39, attempt, r(3), 0);
    story.serve(39, attempt, r(1), Value::Nil);
    story.answered(40, attempt);
    assert_eq!(broken(&story), [Claim::ReadYourWrites]);
}
