//! Registers that keep siblings: what should stand, and what was dropped although nobody had seen it.

use super::live::judged_by;
use super::told;
use crate::base::{Claim, Dot, Instant, KeyId, OpId, OpType, Resolver, Symbol, Value};
use crate::check::convergence::judge;
use crate::check::{Evidence, Reach, Ruling, Shown, Underway, Verdict};
use crate::record::Happened;
use crate::record::story::{ANA, BEN, Story, r};

const ADDRESS: u32 = 3;

fn text(number: u32) -> Value {
    Value::Text(Symbol(number))
}

fn both(first: u32, second: u32) -> Value {
    Value::Versions { first: Symbol(first), second: Symbol(second), count: 2 }
}

fn set(story: &mut Story, ms: u64, client: crate::base::Actor, number: u32, via: u8) -> Dot {
    story.write(ms, client, OpType::ProfileSet, ADDRESS, text(number), via)
}

/// ana sets 1 at r1, ben sets 2 at r2, and both arrive everywhere.
fn concurrent() -> Story {
    let mut story = Story::new();
    let ana = set(&mut story, 1000, ANA, 1, 1);
    let ben = set(&mut story, 1001, BEN, 2, 2);
    story.apply_at(1100, &[2, 3], ana);
    story.apply_at(1100, &[1, 3], ben);
    story
}

fn converged(story: &Story, values: [Value; 3]) -> Verdict {
    let shown = |(value, number)| Shown { replica: r(number), key: KeyId(ADDRESS), value };
    let shown: Vec<Shown> = values.into_iter().zip(1..).map(shown).collect();
    let evidence = Evidence {
        replicas: 3,
        at: Instant(5_000_000),
        given: &[],
        shown: &shown,
        resolver: Resolver::Siblings,
        resolver_switched: false,
        underway: Underway::default(),
        dropped: 0,
    };
    judge(&evidence, story.history(), story.trace())
}

fn lost(story: &Story) -> Verdict {
    let live = judged_by(story, Reach::default(), Resolver::Siblings);
    live.verdict(Claim::NoLostUpdate, None).expect("it is judged live")
}

#[test]
fn concurrent_writes_both_stand() {
    let story = concurrent();
    assert_eq!(converged(&story, [both(1, 2); 3]).holds, Ruling::Holds);
    let verdict = converged(&story, [both(1, 2), both(1, 2), text(2)]);
    assert_eq!(verdict.holds, Ruling::Violated);
    assert!(told(&verdict)[0].starts_with("of address, r1 and r2 show \"t1\" | \"t2\" and r3 shows \"t2\", although"));
}

#[test]
fn a_write_replaces_what_its_client_wrote_and_read_and_nothing_else() {
    let mut story = concurrent();
    let again = set(&mut story, 1200, ANA, 3, 1);
    story.apply_at(1300, &[2, 3], again);
    assert_eq!(converged(&story, [both(3, 2); 3]).holds, Ruling::Holds, "she had seen her own");
    story.read(1400, BEN, OpType::ProfileGet, ADDRESS, 3);
    let one = set(&mut story, 1500, BEN, 4, 2);
    story.apply_at(1600, &[1, 3], one);
    assert_eq!(converged(&story, [text(4); 3]).holds, Ruling::Holds, "he had read both");
    assert_eq!(converged(&story, [both(3, 4); 3]).holds, Ruling::Violated, "hers came back");
}

#[test]
fn what_was_read_before_it_arrived_was_not_seen() {
    let mut story = Story::new();
    let ana = set(&mut story, 1000, ANA, 1, 1);
    story.read(1010, BEN, OpType::ProfileGet, ADDRESS, 2);
    story.apply_at(1100, &[2, 3], ana);
    let ben = set(&mut story, 1200, BEN, 2, 2);
    story.apply_at(1300, &[1, 3], ben);
    assert_eq!(converged(&story, [both(1, 2); 3]).holds, Ruling::Holds);
    assert_eq!(converged(&story, [text(2); 3]).holds, Ruling::Violated);
}

#[test]
fn a_read_of_a_quorum_has_seen_what_its_homes_had_and_not_what_the_coordinator_had() {
    let mut story = concurrent();
    let late = set(&mut story, 1150, ANA, 3, 1);
    let read = story.invoke(1200, BEN, OpType::ProfileGet, ADDRESS, Value::Nil);
    for home in [2, 3] {
        story.contribute(1201, read, r(home), 2);
    }
    story.serve(1202, read, r(1), both(1, 2));
    story.answered(1203, read);
    let fourth = set(&mut story, 1300, BEN, 4, 2);
    story.apply_at(1400, &[1, 3], fourth);
    story.apply_at(1400, &[2, 3], late);
    assert_eq!(converged(&story, [both(3, 4); 3]).holds, Ruling::Holds, "the coordinator's own state was not asked");
    let read = story.invoke(1500, BEN, OpType::ProfileGet, ADDRESS, Value::Nil);
    story.contribute(1501, read, r(3), 4);
    story.serve(1502, read, r(2), both(3, 4));
    story.answered(1503, read);
    let fifth = set(&mut story, 1600, BEN, 5, 2);
    story.apply_at(1700, &[1, 3], fifth);
    assert_eq!(converged(&story, [text(5); 3]).holds, Ruling::Holds);
    assert_eq!(converged(&story, [both(3, 5); 3]).holds, Ruling::Violated);
}

#[test]
fn what_was_known_to_a_disk_that_is_lost_is_not_known_to_the_next() {
    let mut story = concurrent();
    story.lose_disk(1200, r(3), crate::base::Column(3));
    story.read(1300, BEN, OpType::ProfileGet, ADDRESS, 3);
    let third = set(&mut story, 1400, BEN, 3, 2);
    story.apply_at(1500, &[1, 3], third);
    assert_eq!(converged(&story, [both(1, 3); 3]).holds, Ruling::Holds, "he knew his own only");
}

#[test]
fn a_write_that_is_dropped_where_nothing_knew_it_is_lost() {
    let mut story = Story::new();
    let ana = set(&mut story, 1000, ANA, 1, 1);
    set(&mut story, 1010, BEN, 2, 2);
    let what = Happened::Superseded { column: ana.column, key: KeyId(ADDRESS), counter: ana.counter };
    story.happen(1100, r(2), what);
    let verdict = lost(&story);
    assert_eq!((verdict.holds, verdict.violations[0].operations.clone()), (Ruling::Violated, vec![OpId(0), OpId(1)]));
}

#[test]
fn one_that_is_dropped_where_a_reader_of_it_wrote_is_not() {
    let mut story = Story::new();
    let ana = set(&mut story, 1000, ANA, 1, 1);
    story.read(1010, BEN, OpType::ProfileGet, ADDRESS, 1);
    set(&mut story, 1020, BEN, 2, 2);
    let what = Happened::Superseded { column: ana.column, key: KeyId(ADDRESS), counter: ana.counter };
    story.happen(1100, r(2), what);
    assert_eq!(lost(&story).holds, Ruling::Holds);
    assert_eq!(lost(&concurrent()).holds, Ruling::Holds);
}
