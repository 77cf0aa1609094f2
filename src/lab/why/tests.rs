//! Explanations of scripts that are played.

use crate::base::{Answer, Value};
use crate::lab::language::parse::parse_script;
use crate::lab::replay::play;
use crate::lab::sitting::Sitting;
use crate::lab::story::{OperationLine, Telling};
use crate::lab::swarm::lines_of;
use crate::lab::telling::span;
use crate::record::Outcome;

use super::{Explanation, Part, operation, violation};

/// Random worlds.
const SEEDS: u64 = 250;

fn played(script: &str) -> Sitting {
    let script = parse_script(script).expect("a test's script is good");
    play(&script, None).expect("it can be played").sitting
}

const WEST_EAST: &str = include_str!("../../../tests/replays/physics/stock_west_east.lab");
const PAYS_TWICE: &str = include_str!("../../../tests/replays/physics/the_joint_account_pays_twice.lab");
const TIMEOUT: &str = include_str!("../../../tests/replays/clients/a_timeout_does_not_mean_that_it_did_not_happen.lab");

/// The operations that the story tells, in order.
fn told(sitting: &Sitting) -> Vec<OperationLine> {
    let line = |what: &Telling| if let Telling::Operation(line) = what { Some(*line) } else { None };
    sitting.log().story.iter().filter_map(|told| line(&told.what)).collect()
}

fn of(sitting: &Sitting, index: usize) -> Explanation {
    operation(told(sitting)[index].op, sitting).expect("the record has it")
}

fn has(explanation: &Explanation, texts: &[&str]) {
    let words = explanation.words();
    for text in texts {
        assert!(words.contains(text), "no `{text}` in\n{words}");
    }
}

#[test]
fn a_refusal_for_grants_says_that_there_was_enough_and_who_may_have_it() {
    let sitting = played(include_str!("../../../tests/replays/strong/a_minority_sells_its_grant.lab"));
    let refused = told(&sitting).iter().position(|line| line.client == told(&sitting)[2].client).expect("ana asked");
    let why = of(&sitting, refused);
    has(&why, &["there was enough, but too much of it is granted", "The holders return it now", "threshold(4)"]);
    // What a replica did alone is explained by its grant.
    has(&of(&sitting, 0), &["What a replica was granted is its own"]);
}

#[test]
fn who_was_turned_away_is_told_and_what_is_held_back_too() {
    let waits = played(include_str!("../../../tests/replays/sessions/a_token_waits_for_the_one_who_knows.lab"));
    let given_up = of(&waits, 1);
    has(
        &given_up,
        &["r2 (6 times) lacked something that ana's session has seen", "No replica has decided it up to now."],
    );
    assert!(!given_up.words().contains("it is behind"), "{}", given_up.words());
    has(&of(&waits, 2), &["r2 lacked something that ana's session has seen", "Legal, and fresh"]);
    let reply = played(include_str!("../../../tests/replays/sessions/the_reply_waits_for_its_question.lab"));
    let read = told(&reply).iter().rposition(|line| line.latency_us == 2_000 && line.stale.is_some());
    has(&of(&reply, read.expect("cyd read too early")), &["which held it back, since something that comes before it"]);
}

#[test]
fn versions_say_what_their_clients_had_not_seen() {
    let blind = played(include_str!("../../../tests/replays/siblings/a_blind_write_keeps_both.lab"));
    has(
        &of(&blind, 2),
        &[
            "ana's profile.set address \"A\", accepted by r1: ana had seen no write to it before",
            "r2 had ana's profile.set address \"A\" by then, but ben had not read it: what one has not seen",
            "Neither replaced the other",
        ],
    );
    let stale = "cluster 3 topology=wan\nclients ana@r1 ben@r3\nmerge profile siblings\n\
        at 1s ana: profile.set address \"A1\"\nat 1.01s ben: profile.set address \"B1\"\n\
        at 1.5s ana: profile.set address \"A2\"\nat 2s ben: profile.get address\nrun 100ms\n";
    let why = of(&played(stale), 3);
    has(
        &why,
        &[
            "profile.set address \"A2\", accepted by r1: it replaced what ana had seen, ana's profile.set address \"A1\"",
            "r1 had ben's profile.set address \"B1\" by then, but ana had not read it",
        ],
    );
    let early = stale.replace("at 2s ben", "at 1.2s ben").replace("at 1.5s ana", "at 5s ana");
    let lines = early.lines().filter(|line| !line.contains("A2")).collect::<Vec<_>>().join("\n");
    has(
        &of(&played(&lines), 2),
        &["When r3 accepted the later one, ana's profile.set address \"A1\" had not reached it"],
    );
    let merged = format!("{stale}at 3s ben: profile.set address \"C\"\nat 4s ben: profile.get address\nrun 1s\n");
    let one = of(&played(&merged), 5).words();
    assert!(!one.contains("several versions"), "who read both and writes leaves one:\n{one}");
}

#[test]
fn news_of_an_ordered_write_comes_in_its_log_and_by_no_repair() {
    let primary = "cluster 3 topology=wan\nclients ana@r1 ben@r3\ngiven feed chart give\nfailover auto timeout=500ms\n\
         policy feed.* primary\nat 1s isolate r1\nat 3s ben: feed.post chart stop\nat 4s ana: feed.read chart\nrun 10ms\n";
    let raft = "seed 18\ncluster 3 topology=lan\nclients ana@r1 ben@r2\ngiven feed chart give\n\
         policy feed.* linearizable(lease-read)\nhazard lease-trusts-clock on\nat 2s step r1 -5s\nisolate r1\n\
         at 2.54s ben: feed.post chart stop\nat 2.565s ana: feed.read chart\nrun 5ms\n";
    for (script, whose) in [(primary, "the primary's"), (raft, "Raft's")] {
        let why = of(&played(script), 1);
        let place =
            format!("when r1 answered, the news came in {whose} log alone, and r1 showed nothing of that entry");
        has(&why, &[&place, "Not yet: r1 still lacks some of it, and only the log can bring it."]);
    }
}

#[test]
fn a_stale_read_names_the_write_and_where_its_news_was() {
    let sitting = played(WEST_EAST);
    let why = of(&sitting, 1);
    has(
        &why,
        &[
            "Stale by 48ms and 1 version",
            "acknowledged: ana's stock.reserve mug 1, accepted by r1 at 1.001 s",
            "still under way from r1 to r3, to arrive at 1.071 s",
            "1.071 s: the news arrived",
            "r3 had all of it at 1.071 s",
            "r1 and r2 each had it all",
            "eventual",
        ],
    );
    assert!(why.title.contains("ben get 10"), "{}", why.title);
}

#[test]
fn a_fresh_read_says_that_it_is_legal() {
    let why = of(&played(WEST_EAST), 2);
    has(&why, &["Legal, and fresh", "the one write", "ana's stock.reserve mug 1"]);
}

#[test]
fn the_double_spending_says_what_each_replica_knew() {
    let sitting = played(PAYS_TWICE);
    let broken = sitting.run().judges().violations();
    let why = violation(&broken[0], &sitting);
    has(
        &why,
        &[
            "Promised: no withdrawal is accepted beyond",
            "1.001 s: ana: account.withdraw joint 80, accepted by r1, which knew of 100: 20 left there",
            "1.031 s: ben: account.withdraw joint 80, accepted by r3, which knew of 100: 20 left there; it lacked ana's",
            "under way from r1 to r3, to arrive at 1.071 s",
        ],
    );
    let Some(Part::Picture(picture)) = why.parts.last() else { panic!("it has a picture") };
    let names: Vec<&str> = picture.lanes.iter().map(|lane| lane.name.as_str()).collect();
    assert_eq!(names, ["ana", "r1→r3", "ben"]);
    // The third withdrawal was refused, and rightly so.
    has(&of(&sitting, 2), &["Legal: r1 refused it", "it knew of -60"]);
    has(&of(&sitting, 0), &["Legal: r1 accepted it", "it knew of 100", "1.071 s: r3 has the news"]);
}

#[test]
fn an_order_is_named_that_makes_an_answer_legal_or_that_none_does() {
    let sitting = played(WEST_EAST);
    has(&of(&sitting, 2), &["not linearizable, but sequential"]);
    let beside = "clients ana@r1 ben@r1\ngiven stock mug 10\nat 1s ana: stock.reserve mug 1\n\
                  at 1s ben: stock.level mug\nrun 1s\n";
    has(
        &of(&played(beside), 1),
        &[
            "An order that makes it legal",
            "linearizable",
            "ana: stock.reserve mug 1, accepted by r1\n",
            "ben: stock.level mug → 9, by r1",
        ],
    );
    let back = "clients ana@r1 ben@r1\ngossip off\nrepair off\nat 1s ana: profile.set address \"West St\"\n\
                at 2s ben: profile.get address\nat 3s ben: profile.get address via=r2\nrun 1s\n";
    has(
        &of(&played(back), 2),
        &["No order of operations explains all of it", "and ben read nothing of address via r2", "cannot all be"],
    );
}

const CUT: &str = "cluster 3 topology=wan\nclients ana@r1 ben@r3\ngiven stock mug 10\n\
    at 1s partition r1 | r2 r3\nat 1.1s ana: stock.reserve mug 1\nat 1.2s ben: stock.level mug\nrun 1s\n";

#[test]
fn a_cut_is_blamed_while_it_lasts_and_a_repair_is_thanked_afterwards() {
    let sitting = played(CUT);
    let why = of(&sitting, 1);
    has(
        &why,
        &[
            "the news was dropped at 1.101 s, because the link from r1 to r3 was cut",
            "Not yet: r3 still lacks some of it, and only a repair will bring it",
            "r1 had it all at that moment",
        ],
    );
    let sitting = played(&format!("{CUT}heal\nrun until converged within 60s\n"));
    has(&of(&sitting, 1), &["a repair brought it"]);
}

#[test]
fn a_paused_replica_has_the_news_waiting() {
    let sitting = played(
        "cluster 3 topology=wan\nclients ana@r1 ben@r3\ngiven stock mug 10\nat 1s slow r3 300ms\n\
         at 1.1s ana: stock.reserve mug 1\nat 1.15s ben: stock.level mug\nrun 4s\n",
    );
    let stale = told(&sitting).into_iter().find(|line| line.stale.is_some());
    if let Some(stale) = stale {
        let why = operation(stale.op, &sitting).expect("the record has it");
        has(&why, &["Stale by", "had not handled it yet"]);
    }
}

#[test]
fn an_operation_without_an_answer_says_what_the_record_knows() {
    let sitting = played(TIMEOUT);
    let unknown = told(&sitting).into_iter().find(|line| line.outcome == Outcome::Unknown);
    let why = operation(unknown.expect("one is unknown").op, &sitting).expect("the record has it");
    has(&why, &["No answer came in time"]);
}

/// In random worlds with every fault, each told operation and each violation can be explained, and a read is explained
/// as stale by so many versions exactly if the measures, which are folds and know nothing of this, say so.
#[test]
fn explanations_agree_with_the_measures_in_random_worlds() {
    let (mut fresh, mut stale) = (0, 0);
    for seed in 1..=SEEDS {
        let lines = lines_of(seed);
        // Another resolver changes what wins afterwards, a hazard what the store does.
        let usual = |line: &&String| !line.contains("merge ") && !line.contains("hazard ");
        let lines: Vec<&str> = lines.iter().filter(usual).map(String::as_str).collect();
        let sitting = played(&lines.join("\n"));
        for line in told(&sitting) {
            let Some(why) = operation(line.op, &sitting) else { panic!("seed {seed}: {line:?} is not in the record") };
            if !line.op_type.is_read() || !matches!(line.outcome, Outcome::Answered(_)) {
                continue;
            }
            let expected = match line.stale {
                None => "and fresh:".to_owned(),
                Some((us, 1)) => format!("Stale by {} and 1 version:", span(us)),
                Some((us, versions)) => format!("Stale by {} and {versions} versions:", span(us)),
            };
            *if line.stale.is_some() { &mut stale } else { &mut fresh } += 1;
            assert!(why.words().contains(&expected), "seed {seed}, {:?}: no `{expected}` in\n{}", line.op, why.words());
        }
        for broken in sitting.run().judges().violations().iter().take(3) {
            assert!(violation(broken, &sitting).parts.len() > 4);
        }
    }
    assert!(fresh > 100 && stale > 40, "only {fresh} fresh and {stale} stale reads were checked");
}

#[test]
fn versions_are_explained_in_random_worlds() {
    let mut explained = 0;
    for seed in 1..=60 {
        let mut lines = lines_of(seed);
        lines.retain(|line| !line.contains("merge ") && !line.contains("hazard "));
        let begun = lines.iter().position(|line| line.starts_with("at ")).unwrap_or(lines.len());
        for place in (begun..lines.len()).rev().step_by(3) {
            lines.insert(place, "ben: profile.get pear".to_owned());
        }
        lines.insert(begun, "merge profile siblings".to_owned());
        let sitting = played(&lines.join("\n"));
        for line in told(&sitting) {
            if let Outcome::Answered(Answer::Done(Value::Versions { .. })) = line.outcome {
                let why = operation(line.op, &sitting).expect("the record has it");
                has(&why, &["Why there are several versions", "Neither replaced the other"]);
                explained += 1;
            }
        }
    }
    assert!(explained > 20, "only {explained} answers showed several versions");
}

#[test]
fn a_witness_of_many_operations_has_a_lane_for_each_replica() {
    let sitting = played(
        "cluster 3 topology=wan\nclients ana@r1\ngiven account joint 100\nat 1s partition r1 | r2 r3\n\
         at 1s load w1 account.withdraw 20/s key=joint amount=5\nrun 4s\n",
    );
    let broken = sitting.run().judges().violations();
    let why = violation(&broken[3], &sitting);
    has(&why, &["earlier operations of the witness are left out", "partition r1 | r2 r3, still in force", "it lacked"]);
    let Some(Part::Picture(picture)) = why.parts.last() else { panic!("it has a picture") };
    let names: Vec<&str> = picture.lanes.iter().map(|lane| lane.name.as_str()).collect();
    assert_eq!(names, ["r1", "r2", "r3", "fault"]);
    assert!(picture.lanes[0].label.starts_with("accepted "), "{}", picture.lanes[0].label);
}

#[test]
fn a_record_whose_beginning_is_dropped_is_not_guessed_at() {
    // More operations than the record keeps entries of: 4 for each that is answered.
    let sitting = played(
        "cluster 2 topology=lan\nclients ana@r1\ngiven account joint 100\nat 1s ana: account.deposit joint 5\n\
         at 2s load w1 likes.add 20000/s key=photo amount=1 clients=64\nrun 3500ms\nstop w1\n\
         at 8s ana: account.balance joint\nat 9s ana: likes.read photo\nrun 1s\n",
    );
    assert!(sitting.log().history.dropped() > 0, "the test is about a record that dropped something");
    let reads: Vec<OperationLine> = told(&sitting).into_iter().filter(|line| line.op_type.is_read()).collect();
    for line in &reads {
        let why = operation(line.op, &sitting).expect("the end of the record is there");
        has(&why, &["Legal, and fresh as far as the record reaches", "is dropped: older writes are not looked at"]);
    }
    assert_eq!(reads.len(), 2);
    assert!(operation(told(&sitting)[0].op, &sitting).is_none(), "its end is dropped");
}
