//! The rubric refuses what it is there to refuse: each row has a lesson that breaks it and nothing before it.

#![allow(clippy::unwrap_used, reason = "in a test, what fails may panic")]

use std::sync::Arc;

use driftlab::lesson::catalogue::SHELF;
use driftlab::lesson::check::{Effort, Finding, Row, check};
use driftlab::lesson::{Catalogue, Grade, Lesson, read_lesson, skeleton};

const PHYSICS: &str = include_str!("../../lessons/part-00-it-is-physics.md");
const ACCOUNT: &str = include_str!("../../lessons/part-02-the-joint-account.md");
const TOUR: &str = include_str!("../../lessons/part-00-the-tour.md");

/// Proves a lesson, each grading over at most so many seeds.
fn prove(lesson: &Arc<Lesson>, seeds_max: u64) -> Vec<Finding> {
    let mut grade = |grade: &mut Grade| while !grade.step(10_000) {};
    let mut effort = Effort { grade: &mut grade, progress: &mut |_| {}, seeds_max };
    check(lesson, &Catalogue::built_in(), &mut effort)
}

/// A lesson with one thing changed.
fn spoiled(text: &str, from: &str, to: &str) -> Arc<Lesson> {
    assert!(text.contains(from), "the lesson has no `{from}` any more");
    let spoiled = text.replacen(from, to, 1);
    Arc::new(read_lesson("spoiled.md", &spoiled).unwrap_or_else(|errors| panic!("{errors:?}")))
}

/// That this change is refused by this row, in these words, and at a place in the file.
fn refused(text: &str, from: &str, to: &str, row: Row, words: &str) {
    let findings = prove(&spoiled(text, from, to), 12);
    let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(!findings.is_empty(), "{from} -> {to}: nothing was refused");
    assert!(findings.iter().all(|finding| finding.row == row), "{from} -> {to}: {said:#?}");
    assert!(said.iter().any(|line| line.contains(words)), "{from} -> {to}: no `{words}` in {said:#?}");
    assert!(said.iter().all(|line| line.starts_with("spoiled.md:")), "{said:#?}");
}

/// Seeds of one grading here: what the rubric asks at least; a release build takes all that a lesson names.
const SEEDS_MAX: u64 = if cfg!(debug_assertions) { 200 } else { u64::MAX };
/// The parts of which lessons are built, each a test of its own: they run side by side.
const BUILT: [u8; 5] = [0, 1, 2, 6, SHELF];

fn prove_part(part: u8) {
    for lesson in Catalogue::built_in().lessons().into_iter().filter(|lesson| lesson.head.part == part) {
        let findings = prove(lesson, SEEDS_MAX);
        assert!(findings.is_empty(), "{findings:#?}");
    }
}

#[test]
fn every_lesson_of_part_0_is_proved_by_every_row() {
    prove_part(0);
}

#[test]
fn every_lesson_of_part_1_is_proved_by_every_row() {
    prove_part(1);
}

#[test]
fn every_lesson_of_part_2_is_proved_by_every_row() {
    prove_part(2);
}

#[test]
fn every_lesson_of_part_6_is_proved_by_every_row() {
    prove_part(6);
}

#[test]
fn every_lesson_of_the_shelf_is_proved_by_every_row() {
    prove_part(SHELF);
}

#[test]
fn no_lesson_is_broken_or_left_out_of_the_proofs() {
    let catalogue = Catalogue::built_in();
    assert_eq!(catalogue.broken(), []);
    assert_eq!(catalogue.lessons().len(), 14);
    assert!(catalogue.lessons().iter().all(|lesson| BUILT.contains(&lesson.head.part)));
}

#[test]
fn a_new_lesson_passes_until_its_author_changes_it() {
    let text = skeleton::skeleton("my-lesson");
    let lesson = Arc::new(read_lesson("my-lesson.md", &text).unwrap());
    assert_eq!((lesson.head.id.as_str(), lesson.head.title.as_str()), ("my-lesson", "My lesson"));
    assert_eq!(prove(&lesson, 20), []);
}

#[test]
fn an_anomaly_that_hangs_on_exact_delays_is_refused() {
    // The news arrives at 1.071 s; with delays a fifth shorter at 1.057 s.
    refused(
        PHYSICS,
        "at 1.05s ben: stock.level mug via=r3\nrun",
        "at 1.065s ben: stock.level mug via=r3\nrun",
        Row::Bites,
        "All { per_mille: 800 }",
    );
}

#[test]
fn an_anomaly_that_does_not_occur_is_refused() {
    let late = "at 1.05s ben: stock.level mug via=r3\nrun";
    let text = PHYSICS.replacen("expect = \"ben.last == 10\"", "expect = \"ben.last == 7\"", 1);
    refused(&text, late, "at 1.2s ben: stock.level mug via=r3\nrun", Row::Bites, "on its seed");
}

#[test]
fn a_fix_that_does_not_mend_is_refused() {
    refused(
        PHYSICS,
        "fix = [\"policy stock.level eventual via=r1\"]",
        "fix = [\"policy stock.level eventual via=r2\"]",
        Row::Mends,
        "stock.level.staleness.max == 0ms",
    );
}

#[test]
fn a_fix_under_which_nothing_happens_is_refused() {
    let text = PHYSICS.replacen("run 5s\n", "run 1.6s\n", 1);
    refused(
        &text,
        "load lookers stock.level 20/s",
        "load lookers stock.level 1/s arrivals=even",
        Row::Mends,
        "only 12 operations completed, expected 100",
    );
}

#[test]
fn a_near_miss_that_fails_another_goal_is_refused() {
    refused(
        PHYSICS,
        "fails = \"buy-time\"",
        "fails = \"feed-time\"",
        Row::NearMisses,
        "expected it to fail `feed-time` and nothing else, found buy-time",
    );
}

#[test]
fn a_near_miss_that_fails_more_or_less_than_it_names_is_refused() {
    let (found, both) = ("found deposits, balance-time", "fails = [\"deposits\", \"balance-time\"]");
    refused(ACCOUNT, both, "fails = \"deposits\"", Row::NearMisses, found);
    refused(ACCOUNT, both, "fails = [\"deposits\", \"balance-time\", \"late\"]", Row::NearMisses, found);
}

#[test]
fn the_shelf_is_for_optional_lessons() {
    refused(PHYSICS, "part = 0", "part = 9", Row::Limits, "or 9, the shelf, for an optional lesson; found 9");
    let text = PHYSICS.replacen("part = 0", "part = 9", 1);
    let text = text.replacen("status = \"core\"", "status = \"optional\"", 1);
    assert_eq!(prove(&spoiled(&text, "seed 7", "seed 8"), 12), []);
    refused(&text, "part = 9", "part = 10", Row::Limits, "found 10");
}

/// What a lesson says that has this instead.
fn unreadable(from: &str, to: &str) -> String {
    assert!(ACCOUNT.contains(from), "the lesson has no `{from}` any more");
    let errors = read_lesson("spoiled.md", &ACCOUNT.replacen(from, to, 1)).expect_err(to);
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_drawn_is_drawn_equally_often_and_shown_as_plain_commands() {
    let lesson = spoiled(ACCOUNT, "seed 7", "seed 8");
    let cut = |seed: u64| {
        let after = lesson.mend.after(seed).iter();
        after.map(|line| line.source.as_str()).find(|text| text.starts_with("isolate")).unwrap().to_owned()
    };
    let cuts: Vec<String> = (1..=7).map(cut).collect();
    let expected = ["r1", "r1", "r2", "r2", "r3", "r3", "r1"].map(|replica| format!("isolate {replica}"));
    assert_eq!(cuts, expected);
    assert_eq!(lesson.mend.afters.len(), 24);
}

#[test]
fn a_draw_that_does_not_fit_its_script_is_refused_with_its_place() {
    let line = 1 + ACCOUNT.lines().position(|line| line == "isolate $cut").unwrap();
    let errors = unreadable("isolate $cut\n", "isolate $cutt\n");
    let expected = format!("spoiled.md:{line}:9: expected $cut or $long or $near, found \"$cutt\"");
    assert!(errors.contains(&expected), "{errors}");
    // The place is that of what was written, not of what was filled in.
    let errors = unreadable("run $long\n", "run $long oops\n");
    assert!(errors.contains(":11: ") && errors.contains("\"oops\""), "{errors}");
    let errors = unreadable("run $long\n", "run 3s\n");
    assert!(errors.contains("expected `$long` somewhere in `after`"), "{errors}");
    let errors = unreadable("long = [\"3s\", ", "long = [\"3 s\", ");
    assert!(errors.contains(":5: "), "a value that is no time is shown at its name: {errors}");
    let errors = unreadable("near = [\"r2\", ", "near = [");
    assert!(errors.contains("expected lists of one length"), "{errors}");
}

#[test]
fn a_near_miss_that_passes_is_refused() {
    refused(
        PHYSICS,
        "commands = [\"policy * eventual via=r1\"]",
        "commands = [\"policy stock.level eventual via=r1\"]",
        Row::NearMisses,
        "none failed",
    );
}

#[test]
fn a_near_miss_that_would_not_count_is_refused() {
    refused(
        PHYSICS,
        "commands = [\"policy * eventual via=r1\"]",
        "commands = [\"slow r1 r3 1s\"]",
        Row::NearMisses,
        "the others would not count",
    );
}

#[test]
fn an_alternative_that_fails_is_refused() {
    refused(
        PHYSICS,
        "[[alternative]]\ncommands = [\"policy stock.* eventual via=r1\"]",
        "[[alternative]]\ncommands = [\"policy stock.* eventual via=r2\"]",
        Row::NearMisses,
        "expected the alternative to pass",
    );
}

#[test]
fn an_alternative_that_is_the_solution_is_refused() {
    refused(
        PHYSICS,
        "[[alternative]]\ncommands = [\"policy stock.* eventual via=r1\"]",
        "[[alternative]]\ncommands = [\"policy stock.level eventual via=r1\"]",
        Row::NearMisses,
        "another fix than the solution",
    );
}

#[test]
fn a_leftover_that_blocks_is_refused() {
    refused(
        PHYSICS,
        "leftovers = [",
        "leftovers = [[\"policy feed.* eventual via=r1\"], ",
        Row::NearMisses,
        "harmless leftovers not to block",
    );
}

#[test]
fn a_question_with_two_right_options_is_refused() {
    refused(
        PHYSICS,
        "expect = \"ben.completed == 0\"",
        "expect = \"ben.completed == 1\"",
        Row::OneOption,
        "found An error or a wait",
    );
}

#[test]
fn a_question_without_a_right_option_is_refused() {
    refused(PHYSICS, "expect = \"check.last == 100\"", "expect = \"check.last == 99\"", Row::OneOption, "found none");
}

#[test]
fn chance_is_the_answer_only_where_the_seed_decides() {
    // Under a delay that varies around 50 ms the answer does too, and then `varies` is the right option.
    let text = PHYSICS.replacen("slo 1m\n```", "slo 1m\ndelay r1 r3 uniform 10ms 90ms\n```", 1);
    let lesson = read_lesson("chance.md", &text).unwrap();
    let mut scene = driftlab::lab::sitting::Sitting::going_on_only();
    driftlab::lesson::playback::Playback::new(lesson.scene.lines.clone()).play(&mut scene).unwrap();
    let decision = driftlab::lesson::decide::decide(&lesson.predict, &scene, driftlab::sim::Stretch::None).unwrap();
    assert_eq!(decision.right, [3]);
}

#[test]
fn limits_of_length_are_kept() {
    let long = "Ana buys ".repeat(31);
    refused(PHYSICS, "Ana buys a blue mug", &long, Row::Limits, "at most 60 words in `hook`");
    refused(
        PHYSICS,
        "Ana buys a blue mug",
        "Ana buys a donaudampfschifffahrtsgesellschaftsmug",
        Row::Limits,
        "words of at most 30 columns",
    );
    refused(
        PHYSICS,
        "text = \"10: the news has not arrived\"",
        "text = \"10: the news has not arrived because it is still on its long way over the sea\"",
        Row::Limits,
        "14 words in an option",
    );
    refused(
        PHYSICS,
        "  \"Which one kind of operation must be fresh, and which may be late?\",\n",
        "",
        Row::Limits,
        "three hints",
    );
    refused(PHYSICS, "seeds = 200", "seeds = 100", Row::Limits, "at least 200 seeds");
    refused(
        PHYSICS,
        "clients ana@r1 ben@r3\ngiven stock mug 10\n",
        "clients ana@r1 ben@r3 cyd dan\ngiven stock mug 10\n",
        Row::Limits,
        "people in the scene",
    );
}

#[test]
fn a_long_lesson_is_refused_in_all() {
    let sentence = "One more thing that is true and that nobody needs to know here. ";
    let text = PHYSICS.replacen("There are ten mugs.", &format!("There are ten mugs. {sentence}"), 1);
    let text = text.replacen(
        "A faster server changes neither.",
        &format!("A faster server changes neither.\n\n{}", sentence.repeat(9)),
        1,
    );
    let found = prove(&spoiled(&text, "seed 7", "seed 8"), 1);
    assert!(found.iter().any(|finding| finding.error.message.contains("at most 450 words in all")), "{found:#?}");
}

#[test]
fn a_need_that_nobody_knows_is_refused() {
    refused(PHYSICS, "needs = [\"the-tour\"]", "needs = [\"the-tower\"]", Row::Needs, "\"the-tower\"");
    refused(PHYSICS, "needs = [\"the-tour\"]", "needs = [\"it-is-physics\"]", Row::Needs, "itself");
}

#[test]
fn a_fix_that_is_not_needed_is_refused() {
    refused(
        PHYSICS,
        "load lookers stock.level 20/s key=mug at=r3",
        "load lookers stock.level 20/s key=mug at=r1",
        Row::Start,
        "all are met without a fix",
    );
}

#[test]
fn a_task_that_is_done_before_it_begins_is_refused() {
    refused(
        PHYSICS,
        "done = \"ben.completed >= 1\"",
        "done = \"ben.completed >= 0\"",
        Row::Start,
        "it is done already",
    );
}

#[test]
fn a_lesson_without_keys_is_refused() {
    let (without, _) = TOUR.split_once("## Keys").unwrap();
    refused(without, "id = \"the-tour\"", "id = \"a-tour\"", Row::Keys, "expected a section `## keys`");
}

#[test]
fn keys_that_stop_early_are_refused() {
    refused(TOUR, "grade\nnext\n2\nnext\nnext\n", "grade\nnext\n", Row::Keys, "they stop at `transfer`");
    refused(TOUR, "next\nnext\n3\n", "next\nnext\n7\n", Row::Keys, "expected a number from 1 to 4");
    let fixed = "heal\nrun 3s\nben: stock.level mug\nrun 10ms\ngrade\nnext\n2\n";
    refused(TOUR, fixed, "jump 8\n2\n", Row::Keys, "expected the keys to solve the lesson");
}

#[test]
fn a_placeholder_that_stands_for_nothing_is_refused() {
    refused(TOUR, "{next} types each line", "{nixt} types each line", Row::Limits, "found \"nixt\"");
    refused(TOUR, "  \"`{:}heal` mends links.", "  \"`{;}heal` mends links.", Row::Limits, "found \";\"");
}

#[test]
fn an_opening_that_is_done_before_it_begins_is_refused() {
    refused(TOUR, "done = \"ben.completed >= 1\"", "done = \"ben.completed >= 0\"", Row::Start, "it is done already");
}
