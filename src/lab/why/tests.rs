//! Explanations of scripts that are played.

use crate::base::Service;
use crate::lab::language::parse::parse_script;
use crate::lab::replay::play;
use crate::lab::sitting::Sitting;
use crate::lab::story::{OperationLine, Telling};

use super::{Explanation, Part, operation, violation};

fn played(script: &str) -> Sitting {
    let script = parse_script(script).expect("a test's script is good");
    play(&script, None).expect("it can be played").sitting
}

fn replay(name: &str) -> Sitting {
    let path = format!("{}/tests/replays/{name}.lab", env!("CARGO_MANIFEST_DIR"));
    played(&std::fs::read_to_string(path).expect("the script is there"))
}

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
fn a_stale_read_names_the_write_and_where_its_news_was() {
    let sitting = replay("physics/stock_west_east");
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
    let why = of(&replay("physics/stock_west_east"), 2);
    has(&why, &["Legal, and fresh", "the one write", "ana's stock.reserve mug 1"]);
}

#[test]
fn the_double_spending_says_what_each_replica_knew() {
    let sitting = replay("physics/the_joint_account_pays_twice");
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
    let sitting = replay("clients/a_timeout_does_not_mean_that_it_did_not_happen");
    let unknown = told(&sitting).into_iter().find(|line| line.outcome == crate::record::Outcome::Unknown);
    let why = operation(unknown.expect("one is unknown").op, &sitting).expect("the record has it");
    has(&why, &["No answer came in time"]);
}

/// In every script of the project each told operation and each violation can be explained, and what is explained as
/// stale is what the measures call stale.
#[test]
fn explanations_agree_with_the_measures_in_every_script() {
    let root = format!("{}/tests/replays", env!("CARGO_MANIFEST_DIR"));
    let mut checked = 0;
    for folder in std::fs::read_dir(root).expect("the scripts are there") {
        let folder = folder.expect("it can be read").path();
        for file in std::fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path()) {
            let sitting = played(&std::fs::read_to_string(&file).expect("a script"));
            let switched = sitting.commands().iter().any(|command| command.text.trim_start().starts_with("merge"));
            for line in told(&sitting) {
                let Some(why) = operation(line.op, &sitting) else { continue };
                let words = why.words();
                if line.op_type.is_read() && !words.contains("dropped") && !switched {
                    checked += 1;
                    let versions = line.stale.map(|(_, versions)| versions);
                    let expected = match versions {
                        None => "fresh".to_owned(),
                        Some(1) => "1 version:".to_owned(),
                        Some(versions) => format!("{versions} versions:"),
                    };
                    let place = (file.display(), line.op);
                    if matches!(line.outcome, crate::record::Outcome::Answered(_)) {
                        assert!(words.contains(&expected), "{place:?}: no `{expected}` in\n{words}");
                    }
                }
            }
            for broken in sitting.run().judges().violations().iter().take(3) {
                assert!(!violation(broken, &sitting).parts.is_empty());
            }
        }
    }
    assert!(checked > 50, "only {checked} reads were checked");
    assert_eq!(Service::ALL.len(), 6);
}
