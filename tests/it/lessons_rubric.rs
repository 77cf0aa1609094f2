//! The rubric refuses what it is there to refuse: each row has a lesson that breaks it and nothing before it.

#![allow(clippy::unwrap_used, reason = "in a test, what fails may panic")]

use std::sync::Arc;

use driftlab::lesson::check::{Effort, Finding, Row, check};
use driftlab::lesson::{Catalogue, Grade, Lesson, read_lesson, skeleton};

const PHYSICS: &str = include_str!("../../lessons/part-00-it-is-physics.md");
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

#[test]
fn every_lesson_is_proved_by_every_row() {
    for lesson in Catalogue::built_in().lessons() {
        let findings = prove(lesson, u64::MAX);
        assert!(findings.is_empty(), "{findings:#?}");
    }
    assert_eq!(Catalogue::built_in().broken(), []);
    assert_eq!(Catalogue::built_in().lessons().len(), 3);
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
    let text = PHYSICS.replacen("given stock mug 10\n```", "given stock mug 10\ndelay r1 r3 uniform 10ms 90ms\n```", 1);
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
    refused(TOUR, "heal\ngrade\nnext\n2\n", "jump 8\n2\n", Row::Keys, "expected the keys to solve the lesson");
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
