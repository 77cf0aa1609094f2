use super::{TestNames, told};
use crate::base::{Column, Instant, KeyId, OpId, OpType, ReplicaSet, Resolver, Service, Symbol, Value};
use crate::check::convergence::judge;
use crate::check::{Evidence, Given, Ruling, Shown, Underway, Unknown, Verdict, reason, sentence};
use crate::record::Happened;
use crate::record::story::{ANA, BEN, Story, r};

const MUG: u32 = 1;
const WALL: u32 = 2;
const ADDRESS: u32 = 3;
const REPORT: u32 = 4;

fn text(number: u32) -> Value {
    Value::Text(Symbol(number))
}

fn posts(count: u32, newest: u32) -> Value {
    Value::Posts { count, newest: Symbol(newest) }
}

fn evidence<'a>(given: &'a [Given], shown: &'a [Shown]) -> Evidence<'a> {
    Evidence {
        replicas: 3,
        at: Instant(5_000_000),
        given,
        shown,
        resolver: Resolver::LwwWall,
        resolver_switched: false,
        underway: Underway::default(),
        dropped: 0,
    }
}

/// Judges one key, of which r1, r2, r3 show these values.
fn judged_as(story: &Story, key: u32, values: [Value; 3], change: impl Fn(&mut Evidence<'_>)) -> Verdict {
    let given = [Given { key: KeyId(MUG), service: Service::Stock, value: Value::Int(10) }];
    let mut shown = Vec::new();
    if key != MUG {
        shown.extend([1, 2, 3].map(|number| Shown { replica: r(number), key: KeyId(MUG), value: Value::Int(10) }));
    }
    let values = values.into_iter().zip(1..);
    shown.extend(values.map(|(value, number)| Shown { replica: r(number), key: KeyId(key), value }));
    let mut evidence = evidence(&given, &shown);
    change(&mut evidence);
    judge(&evidence, story.history(), story.trace())
}

fn judged(story: &Story, key: u32, values: [Value; 3]) -> Verdict {
    judged_as(story, key, values, |_| ())
}

/// ana reserves 1 via r1, ben reserves 2 via r3; both arrive everywhere but for ana's at r3.
fn reserved() -> (Story, OpId) {
    let mut story = Story::new();
    let ana = story.write(1000, ANA, OpType::StockReserve, MUG, Value::Int(1), 1);
    let ben = story.write(1010, BEN, OpType::StockReserve, MUG, Value::Int(2), 3);
    story.apply_at(1030, &[1, 2], ben);
    story.apply_at(1030, &[2], ana);
    (story, OpId(0))
}

#[test]
fn replicas_that_show_the_join_have_converged() {
    let (mut story, _) = reserved();
    story.repair(2000, r(3), Column(0), MUG, (0, 1));
    let verdict = judged(&story, MUG, [Value::Int(7); 3]);
    assert_eq!((verdict.holds, verdict.count), (Ruling::Holds, 0));
}

#[test]
fn a_replica_that_lacks_a_write_has_not_and_the_write_is_the_witness() {
    let (story, lacking) = reserved();
    let verdict = judged(&story, MUG, [Value::Int(7), Value::Int(7), Value::Int(8)]);
    assert_eq!((verdict.holds, verdict.violations[0].operations.clone()), (Ruling::Violated, vec![lacking]));
    assert_eq!(
        told(&verdict),
        ["of mug, r1 and r2 show 7 and r3 shows 8, although all writes together make 7; r3 never learned that ana \
          reserved 1 of mug via r1 at 1.001 s"]
    );
}

#[test]
fn the_witness_alone_is_illegal_and_nothing_without_it() {
    // Only the witness in the run, seen by r1 and r2 and not by r3: still violated. Without it: legal.
    let mut story = Story::new();
    let ana = story.write(1000, ANA, OpType::StockReserve, MUG, Value::Int(1), 1);
    story.apply_at(1030, &[2], ana);
    assert_eq!(judged(&story, MUG, [Value::Int(9), Value::Int(9), Value::Int(10)]).holds, Ruling::Violated);
    assert_eq!(judged(&Story::new(), MUG, [Value::Int(10); 3]).holds, Ruling::Holds);
}

#[test]
fn of_several_lacking_writes_the_first_is_the_witness() {
    let mut story = Story::new();
    for step in 0..3 {
        let dot = story.write(1000 + step * 10, ANA, OpType::StockReserve, MUG, Value::Int(1), 1);
        story.apply_at(1005 + step * 10, &[2], dot);
    }
    let verdict = judged(&story, MUG, [Value::Int(7), Value::Int(7), Value::Int(10)]);
    assert_eq!(verdict.violations[0].operations, [OpId(0)]);
    assert!(
        told(&verdict)[0].ends_with("r3 never learned of 3 writes, the first: ana reserved 1 of mug via r1 at 1.001 s")
    );
}

#[test]
fn agreement_is_not_enough_if_a_write_is_missing_everywhere_it_was_applied() {
    let (mut story, _) = reserved();
    story.repair(2000, r(3), Column(0), MUG, (0, 1));
    assert_eq!(judged(&story, MUG, [Value::Int(8); 3]).holds, Ruling::Violated);
}

#[test]
fn a_delta_counted_twice_is_found() {
    let (mut story, _) = reserved();
    story.repair(2000, r(3), Column(0), MUG, (0, 1));
    let verdict = judged(&story, MUG, [Value::Int(7), Value::Int(5), Value::Int(7)]);
    assert_eq!(verdict.violations[0].operations, [OpId(1)]);
    assert!(told(&verdict)[0].ends_with("r2 counted more than once that ben reserved 2 of mug via r3 at 1.011 s"));
}

#[test]
fn a_write_lost_with_its_only_disk_is_not_in_the_join() {
    let mut story = Story::new();
    let dot = story.write(1000, ANA, OpType::StockReserve, MUG, Value::Int(1), 1);
    story.lose_disk(1100, r(1), Column(3));
    assert_eq!(judged(&story, MUG, [Value::Int(10); 3]).holds, Ruling::Holds);
    story.apply(1200, r(2), dot); // a message that was under way
    assert_eq!(judged(&story, MUG, [Value::Int(10); 3]).holds, Ruling::Violated);
    story.apply_at(1300, &[1, 3], dot);
    assert_eq!(judged(&story, MUG, [Value::Int(9); 3]).holds, Ruling::Holds);
}

#[test]
fn a_retry_counts_twice_in_the_join() {
    let mut story = Story::new();
    let first = story.invoke(1000, ANA, OpType::StockReserve, MUG, Value::Int(1));
    let one = story.accept(1001, first, r(1));
    let second = story.attempt(1500, first.op);
    let two = story.accept(1501, second, r(2));
    story.apply_at(1600, &[2, 3], one);
    story.apply_at(1600, &[1, 3], two);
    assert_eq!(judged(&story, MUG, [Value::Int(8); 3]).holds, Ruling::Holds);
    assert_eq!(judged(&story, MUG, [Value::Int(9); 3]).holds, Ruling::Violated);
}

#[test]
fn reused_dots_lose_a_write_and_are_found_though_all_agree() {
    let mut story = Story::new();
    let old = story.write(1000, ANA, OpType::StockReserve, MUG, Value::Int(1), 1);
    story.apply_at(1010, &[2, 3], old);
    story.happen(1100, r(1), Happened::Crashed { disk_lost: true });
    story.reuse_dots(r(1));
    story.write(1200, ANA, OpType::StockReserve, MUG, Value::Int(1), 1);
    let verdict = judged(&story, MUG, [Value::Int(9); 3]);
    assert_eq!(verdict.holds, Ruling::Violated, "{:?}", told(&verdict));
}

#[test]
fn a_feed_shows_its_count_and_its_newest_post() {
    let mut story = Story::new();
    let ana = story.write(1000, ANA, OpType::FeedPost, WALL, text(1), 1);
    let ben = story.write(1010, BEN, OpType::FeedPost, WALL, text(2), 2);
    story.apply_at(1100, &[2, 3], ana);
    story.apply_at(1100, &[1], ben);
    let verdict = judged(&story, WALL, [posts(2, 2), posts(2, 2), posts(1, 1)]);
    assert_eq!(
        told(&verdict),
        [
            "of wall, r1 and r2 show 2 posts, the newest \"t2\" and r3 shows 1 post, \"t1\", although all writes together \
          make 2 posts, the newest \"t2\"; r3 never learned that ben posted \"t2\" to wall via r2 at 1.011 s"
        ]
    );
    story.apply_at(1200, &[3], ben);
    assert_eq!(judged(&story, WALL, [posts(2, 2); 3]).holds, Ruling::Holds);
}

#[test]
fn an_empty_feed_may_show_nothing_or_no_posts() {
    let verdict = judged(&Story::new(), WALL, [Value::Nil; 3]);
    assert_eq!(verdict.holds, Ruling::Holds);
}

/// ana, whose replica's wall runs ahead, sets 1; then ben sets 2. Both arrive everywhere.
fn addressed() -> Story {
    let mut story = Story::new();
    story.skew_ms[0] = 5000;
    let ana = story.write(1000, ANA, OpType::ProfileSet, ADDRESS, text(1), 1);
    let ben = story.write(1010, BEN, OpType::ProfileSet, ADDRESS, text(2), 2);
    story.apply_at(1100, &[2, 3], ana);
    story.apply_at(1100, &[1, 3], ben);
    story
}

#[test]
fn a_register_shows_the_winner_of_its_resolver() {
    let story = addressed();
    let hybrid = |evidence: &mut Evidence<'_>| evidence.resolver = Resolver::LwwHlc;
    assert_eq!(judged(&story, ADDRESS, [text(1); 3]).holds, Ruling::Holds);
    assert_eq!(judged(&story, ADDRESS, [text(2); 3]).holds, Ruling::Violated);
    assert_eq!(judged_as(&story, ADDRESS, [text(2); 3], hybrid).holds, Ruling::Holds);
    assert_eq!(judged_as(&story, ADDRESS, [text(1); 3], hybrid).holds, Ruling::Violated);
}

#[test]
fn a_replica_that_applied_the_winner_and_shows_another_has_two_candidates_as_witness() {
    let verdict = judged(&addressed(), ADDRESS, [text(1), text(1), text(2)]);
    assert_eq!(verdict.violations[0].operations, [OpId(0), OpId(1)]);
    assert_eq!(
        told(&verdict),
        [
            "of address, r1 and r2 show \"t1\" and r3 shows \"t2\", although all writes together make \"t1\"; r3 knows that \
          ana set address to \"t1\" via r1 at 1.001 s, which wins, and that ben set address to \"t2\" via r2 at 1.011 s"
        ]
    );
}

#[test]
fn after_a_switch_of_resolvers_replicas_need_only_agree() {
    let story = addressed();
    let switched = |evidence: &mut Evidence<'_>| evidence.resolver_switched = true;
    assert_eq!(judged_as(&story, ADDRESS, [text(2); 3], switched).holds, Ruling::Holds);
    assert_eq!(judged_as(&story, ADDRESS, [text(1); 3], switched).holds, Ruling::Holds);
    assert_eq!(judged_as(&story, ADDRESS, [text(9); 3], switched).holds, Ruling::Violated);
    let verdict = judged_as(&story, ADDRESS, [text(1), text(2), text(2)], switched);
    assert_eq!(verdict.violations[0].operations, [OpId(0), OpId(1)]);
    assert_eq!(
        sentence(&verdict.violations[0], &TestNames),
        "of address, r1 shows \"t1\" and r2 and r3 show \"t2\", although they should agree; one shows that ana set \
         address to \"t1\" via r1 at 1.001 s, another that ben set address to \"t2\" via r2 at 1.011 s"
    );
}

/// ana creates the report, ben deletes it; both arrive everywhere.
fn deleted() -> Story {
    let mut story = Story::new();
    let create = story.write(1000, ANA, OpType::ItemCreate, REPORT, text(1), 1);
    story.apply_at(1005, &[2, 3], create);
    let delete = story.write(1010, BEN, OpType::ItemDelete, REPORT, Value::Nil, 2);
    story.apply_at(1100, &[1, 3], delete);
    story
}

#[test]
fn a_deleted_item_shows_nothing() {
    let story = deleted();
    assert_eq!(judged(&story, REPORT, [Value::Nil; 3]).holds, Ruling::Holds);
    let verdict = judged(&story, REPORT, [Value::Nil, Value::Nil, text(1)]);
    assert_eq!(verdict.violations[0].operations, [OpId(1), OpId(0)]);
}

#[test]
fn a_delete_beats_a_create_of_the_same_instant() {
    let mut story = Story::new();
    let delete = story.invoke(1000, ANA, OpType::ItemDelete, REPORT, Value::Nil);
    let create = story.invoke(1000, BEN, OpType::ItemCreate, REPORT, text(1));
    let tombstone = story.accept(1001, delete, r(1));
    let item = story.accept(1001, create, r(2));
    story.apply_at(1010, &[2, 3], tombstone);
    story.apply_at(1010, &[1, 3], item);
    assert_eq!(judged(&story, REPORT, [Value::Nil; 3]).holds, Ruling::Holds);
    assert_eq!(judged(&story, REPORT, [text(1); 3]).holds, Ruling::Violated);
}

#[test]
fn after_a_tombstone_was_collected_an_item_may_come_back_if_all_agree() {
    let mut story = deleted();
    assert_eq!(judged(&story, REPORT, [text(1); 3]).holds, Ruling::Violated);
    story.happen(3000, r(1), Happened::Collected { key: KeyId(REPORT) });
    assert_eq!(judged(&story, REPORT, [text(1); 3]).holds, Ruling::Holds);
    assert_eq!(judged(&story, REPORT, [Value::Nil; 3]).holds, Ruling::Holds);
    assert_eq!(judged(&story, REPORT, [text(1), Value::Nil, Value::Nil]).holds, Ruling::Violated);
    assert_eq!(judged(&story, REPORT, [text(7); 3]).holds, Ruling::Violated, "nobody wrote that");
}

#[test]
fn while_something_is_under_way_the_verdict_is_unknown_and_says_what() {
    let (story, _) = reserved();
    let underway = Underway { messages: 3, operations: 1, down: ReplicaSet(0b100), ..Underway::default() };
    let busy = |evidence: &mut Evidence<'_>| evidence.underway = underway;
    let verdict = judged_as(&story, MUG, [Value::Int(7), Value::Int(7), Value::Int(8)], busy);
    assert_eq!((verdict.holds, verdict.unknown), (Ruling::Unknown, Some(Unknown::Underway(underway))));
    assert_eq!(
        reason(&verdict.unknown.unwrap()),
        "not yet: 3 messages are under way, 1 operation has not returned and r3 is down"
    );
}

#[test]
fn a_truncated_record_is_given_up() {
    let (story, _) = reserved();
    let verdict = judged_as(&story, MUG, [Value::Int(7); 3], |evidence| evidence.dropped = 12);
    assert_eq!(verdict.holds, Ruling::Unknown);
    assert!(reason(&verdict.unknown.unwrap()).starts_with("gave up: the first 12 entries"));
}
