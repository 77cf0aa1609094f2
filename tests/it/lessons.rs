//! A lesson as a learner plays it: what is locked, what counts, what is said.

#![allow(clippy::unwrap_used, reason = "in a test, what fails may panic")]

use driftlab::lab::sitting::Sitting;
use driftlab::lesson::session::{Action, Ending, GoalLine};
use driftlab::lesson::{Catalogue, Input, LessonProgress, LessonSession, Page, Show, Standing, Step};

struct Play {
    session: LessonSession,
    sitting: Sitting,
}

impl Play {
    fn of(id: &str) -> Self {
        let lesson = Catalogue::built_in().lesson(id).unwrap().clone();
        let mut play =
            Self { session: LessonSession::new(lesson, LessonProgress::default()), sitting: Sitting::default() };
        play.session.begin(&mut play.sitting);
        play
    }

    fn handle(&mut self, input: Input) -> Vec<Show> {
        self.session.handle(input, &mut self.sitting)
    }

    /// What a learner types, line by line; grading runs to its end. What was shown at last comes back.
    fn type_in(&mut self, lines: &[&str]) -> Vec<Show> {
        let mut shows = Vec::new();
        for line in lines {
            shows = self.handle(Input::read(line, &self.session));
            while self.session.is_working() {
                shows.extend(self.handle(Input::WorkOn(50_000)));
            }
        }
        shows
    }

    fn page(&self) -> Page {
        self.session.page()
    }
}

fn said(shows: &[Show]) -> String {
    let text = |show: &Show| match show {
        Show::Notice(text) | Show::Refused(text) | Show::Hint(text) => text.clone(),
        Show::Story(text) | Show::Typed(text) | Show::Task(text) => text.clone(),
        Show::Page | Show::World | Show::Goals | Show::HintReady | Show::Ended(_) => String::new(),
    };
    shows.iter().map(text).collect::<Vec<_>>().join("\n")
}

fn is_refused(shows: &[Show]) -> bool {
    shows.iter().any(|show| matches!(show, Show::Refused(_)))
}

#[test]
fn a_prediction_is_locked_and_told_only_after_the_run() {
    let mut play = Play::of("it-is-physics");
    play.type_in(&["next", "next"]);
    assert_eq!(play.session.step(), Step::Predict);
    assert!(is_refused(&play.type_in(&["next"])), "nobody goes on without an answer");
    play.type_in(&["1"]);
    assert!(is_refused(&play.type_in(&["3"])), "an answer is locked");
    let options = play.page().options;
    assert!(options[0].is_chosen && options.iter().all(|option| option.is_right.is_none()));
    play.type_in(&["next"]);
    assert!(play.page().prediction.is_some_and(|words| words.starts_with("You predicted 1) 9")), "seen while it runs");
    play.type_in(&["jump 6"]);
    let explained = play.page().paragraphs.join(" ");
    assert!(explained.contains("You predicted 1) 9") && explained.contains("The world says 3) 10"), "{explained}");
    assert!(!play.session.progress().predictions["predict"]);
}

#[test]
fn the_world_decides_and_a_changed_world_is_said() {
    let mut play = Play::of("it-is-physics");
    play.type_in(&["next", "next", "slow r1 r3 1ms"]);
    let shows = play.type_in(&["1"]);
    assert!(said(&shows).contains("you have changed the world"), "{shows:?}");
    assert!(play.session.progress().predictions["predict"], "with a link of 1 ms Ben reads 9");
    assert_eq!(play.sitting.run().now().0, 0, "a fork decides, the sitting stays where it was");
}

#[test]
fn what_was_seen_is_written_down_before_it_is_explained() {
    let mut play = Play::of("it-is-physics");
    play.type_in(&["jump 5"]);
    assert_eq!(play.page().actions, [Action::Answer]);
    assert!(is_refused(&play.type_in(&["next"])));
    assert!(said(&play.type_in(&["I don't know"])).contains("nothing is written down"));
    assert!(is_refused(&play.type_in(&["next"])), "that was no answer");
    play.type_in(&["go 1s"]);
    assert_eq!(play.sitting.run().now().0, 1_000_000, "to look again is no answer either");
    assert!(said(&play.type_in(&["11"])).contains("The record says 10"));
    play.type_in(&["next"]);
    assert_eq!(play.session.step(), Step::Explain);
}

#[test]
fn goals_are_ticked_live_and_only_allowed_commands_count() {
    let mut play = Play::of("it-is-physics");
    play.type_in(&["jump 7"]);
    let open = |play: &Play| play.page().goals.iter().filter(|goal| !goal.is_met()).count();
    assert_eq!(open(&play), 1);
    assert!(is_refused(&play.type_in(&["slow r1 r3 1ms"])), "links are not the learner's to change");
    assert!(said(&play.type_in(&["slo 2s"])).contains("not part of the fix"));
    play.type_in(&["run 1s", "policy stock.level eventual via=r1"]);
    assert_eq!((open(&play), play.page().fix.len()), (0, 1));
    play.type_in(&["undo"]);
    assert_eq!((open(&play), play.page().fix.len()), (1, 0));
}

#[test]
fn a_fix_that_fails_has_a_witness_to_open() {
    let mut play = Play::of("how-late-is-the-news");
    play.type_in(&["jump 7", "heartbeat every=440ms"]);
    let shows = play.type_in(&["grade"]);
    assert!(said(&shows).contains("runs broke a goal"), "{shows:?}");
    assert!(play.page().actions.contains(&Action::Witness));
    play.type_in(&["witness"]);
    assert!(play.sitting.run().now().0 > 20_000_000);
    play.type_in(&["again"]);
    assert_eq!(play.page().fix, ["heartbeat every=440ms"], "what was typed is kept");
}

#[test]
fn a_run_that_fails_already_can_be_opened() {
    let mut play = Play::of("the-tour");
    let shows = play.type_in(&["jump 7", "heal r2", "grade"]);
    assert!(said(&shows).contains("`witness` opens the run that fails"), "{shows:?}");
    assert!(play.page().actions.contains(&Action::Witness));
    let shows = play.type_in(&["witness"]);
    assert!(said(&shows).contains("this is run 1, at its end, at 34.310s"), "{shows:?}");
    play.type_in(&["again"]);
    assert_eq!(play.page().fix, ["heal r2"], "what was typed is kept");
}

#[test]
fn a_hint_comes_after_an_attempt_or_45_seconds() {
    let mut play = Play::of("it-is-physics");
    play.type_in(&["jump 7"]);
    assert!(is_refused(&play.type_in(&["hint"])));
    play.handle(Input::Elapsed(45_000_000));
    assert!(said(&play.type_in(&["hint"])).starts_with("hint 1 of 3"));
    assert!(is_refused(&play.type_in(&["hint"])));
    assert!(said(&play.type_in(&["policy * eventual via=r1", "hint"])).starts_with("hint 2 of 3"));
    assert_eq!(play.page().hints.left, 1);
}

#[test]
fn a_revealed_solution_counts_as_shown() {
    let mut play = Play::of("the-tour");
    play.type_in(&["jump 7", "solution"]);
    assert_eq!(said(&play.type_in(&["no"])), "nothing was changed");
    play.type_in(&["solution"]);
    assert!(said(&play.type_in(&["yes"])).contains("the solution: heal"));
    play.type_in(&["heal", "grade"]);
    assert_eq!(play.session.progress().standing, Standing::Shown);
    let (lesson, progress) = (play.session.lesson().clone(), play.session.progress().clone());
    let mut later = Play { session: LessonSession::new(lesson, progress), sitting: Sitting::default() };
    later.session.begin(&mut later.sitting);
    later.type_in(&["jump 7", "heal", "grade"]);
    assert_eq!(later.session.progress().standing, Standing::Shown, "it is not found by beginning again");
}

#[test]
fn testing_out_is_fixing_without_hints() {
    let mut play = Play::of("the-tour");
    play.type_in(&["test out", "heal", "grade"]);
    assert_eq!(play.session.progress().standing, Standing::TestedOut);
    let mut helped = Play::of("the-tour");
    helped.type_in(&["test out", "repair every=1s", "hint", "heal", "grade"]);
    assert_eq!(helped.session.progress().standing, Standing::Solved);
}

#[test]
fn a_reset_is_asked_for_first() {
    let mut play = Play::of("the-tour");
    play.type_in(&["jump 7", "reset", "where"]);
    assert_eq!(play.session.step(), Step::Fix, "anything but yes is no");
    play.type_in(&["reset", "yes"]);
    assert_eq!((play.session.step(), play.session.progress().attempts), (Step::Hook, 0));
}

#[test]
fn the_sandbox_keeps_the_cluster_as_it_stands() {
    let mut play = Play::of("the-tour");
    play.type_in(&["jump 4", "at 1s partition r1 | r2 r3"]);
    let before = play.sitting.run().digest();
    let shows = play.type_in(&["sandbox"]);
    assert_eq!(shows, [Show::Ended(Ending::Sandbox)]);
    assert_eq!(play.sitting.run().digest(), before);
    assert!(!is_refused(&play.type_in(&["load w likes.add 5/s", "run 1s", "crash r2"])));
}

#[test]
fn the_machine_grades_alike_in_steps_of_any_size() {
    let lesson = Catalogue::built_in().lesson("it-is-physics").unwrap().clone();
    let fix = lesson.mend.near_misses[2].lines.clone();
    let graded = |events: u64| {
        let mut grade = driftlab::lesson::Grade::new(lesson.clone(), fix.clone(), 8);
        while !grade.step(events) {}
        (grade.failures().to_vec(), grade.completed(), grade.witness().cloned())
    };
    let whole = graded(u64::MAX);
    assert_eq!(graded(777), whole);
    let mut pooled = driftlab::lesson::Grade::new(lesson.clone(), fix.clone(), 8);
    for seed in 1..=8 {
        pooled.take(driftlab::lesson::grade::run_seed(&lesson, &fix, seed));
    }
    assert_eq!((pooled.failures().to_vec(), pooled.completed(), pooled.witness().cloned()), whole);
}

#[test]
fn a_recall_question_opens_a_lesson_that_has_one() {
    let text = include_str!("../../lessons/part-00-it-is-physics.md");
    let (_, rest) = text.split_once("## Transfer\n").unwrap();
    let (question, _) = rest.split_once("## Further").unwrap();
    let text = text.replacen("## Hook", &format!("## Recall\n{question}\n## Hook"), 1);
    let lesson = driftlab::lesson::read_lesson("recall.md", &text).unwrap();
    let mut play = Play {
        session: LessonSession::new(std::sync::Arc::new(lesson), LessonProgress::default()),
        sitting: Sitting::default(),
    };
    play.session.begin(&mut play.sitting);
    assert_eq!((play.session.step(), play.page().of), (Step::Recall, 10));
    assert!(said(&play.type_in(&["2"])).contains("Right. The same 70 ms."));
    play.type_in(&["next"]);
    assert_eq!(play.session.step(), Step::Hook);
}

#[test]
fn a_screen_that_acts_by_itself_ticks_the_same_tasks() {
    let mut play = Play::of("it-is-physics");
    play.type_in(&["jump 4"]);
    let task = play.page().task.unwrap();
    assert_eq!((task.number, task.line.as_str()), (1, "at 1s ana: stock.reserve mug 1 via=r1"));
    play.handle(Input::Did(0));
    assert_eq!(play.page().task.unwrap().number, 2);
    let shows = play.type_in(&["again"]);
    assert!(shows.contains(&Show::World), "{shows:?}");
}

#[test]
fn a_thing_to_do_whose_instant_is_past_is_gone_back_to() {
    let mut play = Play::of("it-is-physics");
    play.type_in(&["jump 4", "run 5s"]);
    let shows = play.type_in(&["next"]);
    assert!(said(&shows).contains("it was 5s already: back to 1s first"), "{shows:?}");
    assert_eq!((play.sitting.run().now().0, play.page().task.unwrap().number), (1_050_000, 2));
    play.type_in(&["next", "next", "next", "next"]);
    assert_eq!(play.page().actions, [Action::Next], "all of it is done");
}

#[test]
fn what_the_learner_does_by_hand_is_ticked_like_what_is_typed_for_them() {
    let mut play = Play::of("the-tour");
    play.type_in(&["jump 4", "run 300ms", "partition r1 | r2 r3"]);
    assert_eq!(play.page().task.unwrap().number, 2, "at another instant, but it is the cut that was asked for");
    play.type_in(&["ben: stock.level mug"]);
    assert_eq!(play.page().task.unwrap().number, 2, "that was not asked for now");
}

#[test]
fn a_lesson_that_opens_with_things_to_do_moves_until_they_are_done() {
    let mut play = Play::of("the-tour");
    assert!(play.page().is_live);
    play.type_in(&["next", "next", "next", "next"]);
    assert_eq!((play.session.step(), play.page().task), (Step::Hook, None));
    play.type_in(&["next"]);
    assert_eq!((play.session.step(), play.sitting.run().now().0), (Step::Scene, 0), "the scene begins anew");
    assert!(!play.page().is_live);
}

#[test]
fn what_is_in_force_is_what_was_not_set_anew() {
    let mut play = Play::of("it-is-physics");
    play.type_in(&["jump 7", "policy stock.level eventual via=r2", "policy stock.level eventual via=r1"]);
    assert_eq!(play.page().fix, ["policy stock.level eventual via=r1"]);
    assert!(said(&play.type_in(&["grade"])).contains("it holds"), "what was tried before does not block");
    let mut other = Play::of("it-is-physics");
    let tries = ["jump 7", "policy * eventual via=r1", "policy stock.level eventual via=r1"];
    let shows = other.type_in(&tries);
    assert_eq!(other.page().fix.len(), 2, "the feed is still sent to r1");
    assert!(said(&shows).contains("2 commands are in force together"), "{shows:?}");
    other.type_in(&["again"]);
    assert!(other.page().fix.is_empty());
}

#[test]
fn a_refused_grading_is_no_attempt_and_a_stopped_one_counts_for_nothing() {
    let mut play = Play::of("the-tour");
    let shows = play.type_in(&["jump 7", "grade"]);
    let words = said(&shows);
    assert!(words.contains("nothing that counts is changed yet (what counts: heal"), "{words}");
    assert!(
        words.contains("goals still open: all replicas show the same — now: the replicas differ, not yet"),
        "{words}"
    );
    assert!(words.contains("`hint` gives a hint after an attempt, or in 45 s"), "{words}");
    assert_eq!(play.session.progress().attempts, 0);
    play.type_in(&["heal"]);
    play.handle(Input::Grade);
    assert_eq!(play.page().grading, Some((0, 200)));
    let shows = play.handle(Input::Cancel);
    assert!(said(&shows).contains("stopped after 0 of 200 runs"), "{shows:?}");
    assert_eq!((play.page().grading, play.page().verdict), (None, None));
}

#[test]
fn goals_that_are_met_because_nothing_happened_are_open() {
    let text = include_str!("../../lessons/part-00-the-tour.md");
    let idle = text.replacen("load shoppers stock.reserve 20/s key=cup clients=30\n", "", 1).replacen("stop\n", "", 1);
    let idle = idle.replacen("at 1.1s ana: stock.reserve mug 1\nat 3.1s ben: stock.level mug\nat 4s", "at 4s", 1);
    let idle = idle.replacen("stock.reserve.latency.p99 <= 5ms", "alerts <= 1000", 1);
    let idle = idle.replacen("ben.last == 9\" }", "ben.last == 10\" }", 1);
    let lesson = driftlab::lesson::read_lesson("idle.md", &idle).unwrap();
    let mut play = Play {
        session: LessonSession::new(std::sync::Arc::new(lesson), LessonProgress::default()),
        sitting: Sitting::default(),
    };
    play.session.begin(&mut play.sitting);
    let shows = play.type_in(&["jump 7", "heal"]);
    assert!(play.page().goals.iter().all(GoalLine::is_met));
    assert!(said(&shows).contains("no stock.reserve was done"), "{shows:?}");
    let shows = play.type_in(&["grade"]);
    assert!(said(&shows).contains("so no more are tried") && play.page().grading.is_none(), "{shows:?}");
}

#[test]
fn the_end_says_what_to_keep_and_how_it_went() {
    let mut play = Play::of("it-is-physics");
    play.type_in(&["jump 3", "1"]);
    play.handle(Input::Elapsed(65_000_000));
    play.type_in(&["jump 7", "policy stock.level eventual via=r1", "grade", "next", "2", "next"]);
    assert_eq!(play.type_in(&["next"]), [Show::Page, Show::Ended(Ending::Finished)]);
    let words = play.page().paragraphs.join(" ");
    assert!(words.starts_with("Solved") && words.contains("1 of 2 predictions were right"), "{words}");
    assert!(words.contains("It took you 1 min (planned: 10 min)"), "{words}");
    assert!(words.contains(&play.session.lesson().head.idea), "{words}");
    assert!(play.session.progress().step.is_empty(), "it begins anew when it is opened again");
}

#[test]
fn a_second_breach_at_the_same_key_is_told_too() {
    let mut play = Play::of("i-just-saved-that");
    play.type_in(&["jump 4", "next", "next"]);
    let first = said(&play.type_in(&["next"]));
    assert!(first.contains("violation: read-your-writes: ana read") && !first.contains("again"), "{first}");
    let second = said(&play.type_in(&["next", "next", "next"]));
    assert!(second.contains("violation: read-your-writes, again: ana read \"Old St\""), "{second}");
}
