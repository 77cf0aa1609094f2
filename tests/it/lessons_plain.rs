//! The real program plays each lesson as plain text: golden transcripts in `tests/lessons`, read before they are
//! accepted.

#![allow(clippy::unwrap_used, reason = "in a test, what fails may panic")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use driftlab::lesson::Catalogue;
use driftlab::lesson::progress::{Progress, Standing};
use tempfile::TempDir;

use super::program::{Run, finish, program};

struct Learner {
    home: TempDir,
}

impl Learner {
    fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    /// Runs the program with these lines on its input.
    fn run(&self, arguments: &[&str], lines: &[&str]) -> Run {
        let mut input = tempfile::tempfile().unwrap();
        for line in lines {
            writeln!(input, "{line}").unwrap();
        }
        std::io::Seek::rewind(&mut input).unwrap();
        let mut command = program();
        command.env("XDG_STATE_HOME", self.home.path()).env("HOME", self.home.path());
        finish(command.args(arguments).stdin(Stdio::from(input)))
    }

    fn file(&self) -> std::path::PathBuf {
        self.home.path().join("driftlab/progress.toml")
    }

    fn progress(&self) -> Progress {
        Progress::parse(&fs::read_to_string(self.file()).unwrap()).unwrap()
    }
}

fn golden(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../lessons");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn each_lesson_plays_to_its_end_as_plain_text() {
    for lesson in Catalogue::built_in().lessons() {
        let learner = Learner::new();
        let keys: Vec<&str> = lesson.keys.iter().map(String::as_str).collect();
        let run = learner.run(&["play", &lesson.head.id, "--plain"], &keys);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
        assert!(run.out.contains(&format!("The end of \"{}\".\n\nSolved: ", lesson.head.title)), "{}", run.out);
        assert_eq!(learner.progress().standing(&lesson.head.id), Standing::Solved);
        golden(&lesson.head.id, &run.out);
    }
}

#[test]
fn a_lesson_can_be_left_and_taken_up_again() {
    let learner = Learner::new();
    let first = learner.run(&["play", "--plain"], &["jump 3", "2"]);
    assert!(first.out.contains("The tour. Step 1 of 9"), "{}", first.out);
    let again = learner.run(&["play"], &["jump 3", "quit"]);
    assert!(again.out.contains("Last time you came to the step `predict`; `jump 3` goes there."), "{}", again.out);
    let list = learner.run(&["lessons"], &[]);
    assert!(list.out.contains("The tour") && list.out.contains("started"), "{}", list.out);
    assert!(list.out.contains("  29  Ship the shop"), "{}", list.out);
    assert!(list.out.contains("to come"), "{}", list.out);
}

#[test]
fn a_lesson_that_is_played_again_and_left_in_the_middle_is_resumed() {
    let learner = Learner::new();
    let solved = learner.run(&["play", "the-tour", "--plain"], &["jump 7", "heal", "grade", "jump 9", ""]);
    assert!(solved.out.contains("Next: It is physics, 10 min: driftlab play it-is-physics --plain"), "{}", solved.out);
    learner.run(&["play", "the-tour", "--plain"], &["jump 3", "quit"]);
    let resumed = learner.run(&["play", "--plain"], &["skip"]);
    assert!(resumed.out.contains("Last time you came to the step `predict`"), "{}", resumed.out);
    let next = learner.run(&["play", "--plain"], &["quit"]);
    assert!(next.out.contains("It is physics. Step 1 of 9"), "{}", next.out);
}

#[test]
fn the_lesson_after_this_one_comes_next_whatever_was_left_out_before() {
    let learner = Learner::new();
    let over = learner.run(&["play", "back-in-time", "--plain"], &["jump 9", ""]);
    assert!(over.out.contains("Next: The reply before the question, 10 min"), "{}", over.out);
    learner.run(&["play", "the-reply-before-the-question", "--plain"], &["skip"]);
    let again = learner.run(&["play", "back-in-time", "--plain"], &["jump 9", ""]);
    assert!(again.out.contains("Next: The joint account"), "{}", again.out);
    let last = learner.run(&["play", "break-raft", "--plain"], &["jump 9", ""]);
    assert!(last.out.contains("Next: The tour"), "behind the last the first that is open: {}", last.out);
}

#[test]
fn help_is_broken_at_words_and_ascii_is_all_ascii() {
    let learner = Learner::new();
    let keys = ["help", "help policy", "help levels", "help quorum", "jump 4", "next", "next", "next", "help commands"];
    let run = learner.run(&["play", "it-is-physics", "--plain", "--ascii"], &keys);
    assert!(run.out.is_ascii() && run.out.contains("mug -> 10"), "{}", run.out);
    assert!(run.out.lines().all(|line| line.len() <= 78), "{}", run.out);
    let words = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("quorum(2,2,3) regularity: a read returns the last write"), "{words}");
}

#[test]
fn who_has_played_all_is_told_that_more_are_to_come() {
    let learner = Learner::new();
    for lesson in Catalogue::built_in().lessons() {
        learner.run(&["play", &lesson.head.id, "--plain"], &["skip"]);
    }
    let run = learner.run(&["play", "--plain"], &[]);
    let words = run.out.replace('\n', " ");
    let expected = "You have played all lessons that this version has, but for what you left out. More are to come: `driftlab lessons`";
    assert!(words.contains(expected), "{words}");
}

#[test]
fn no_command_is_answered_with_silence_and_no_line_is_wide() {
    let learner = Learner::new();
    let keys = ["jump 4", "goals", "load w stock.reserve 20/s key=mug", "run 5s", "stop", "run 1s", "run 100ms"];
    let run = learner.run(&["play", "the-tour", "--plain"], &keys);
    let expected =
        ["there are no goals yet", "it is 5.000s; ", " operations, 0 stale", "nothing happened that the story"];
    for words in expected {
        assert!(run.out.contains(words), "{words}: {}", run.out);
    }
    assert!(run.out.lines().all(|line| line.chars().count() <= 78), "{}", run.out);
}

#[test]
fn a_damaged_progress_file_is_set_aside_and_said() {
    let learner = Learner::new();
    fs::create_dir_all(learner.file().parent().unwrap()).unwrap();
    for (number, text) in
        ["version = \"one\"", "\u{1b}[2J", "version = 1\n[lessons.the-tour]\nhints = -1\n"].iter().enumerate()
    {
        fs::write(learner.file(), text).unwrap();
        let run = learner.run(&["play", "the-tour"], &["quit"]);
        assert_eq!(run.code, Some(0));
        assert!(run.out.contains("makes no sense (line "), "{}", run.out);
        assert!(!run.out.contains('\u{1b}'), "{}", run.out);
        let aside = learner.file().with_extension(format!("damaged-{}.toml", number + 1));
        assert_eq!(fs::read_to_string(aside).unwrap(), *text);
        assert_eq!(learner.progress().standing("the-tour"), Standing::Started);
    }
}

#[test]
fn a_newer_progress_file_is_left_alone() {
    let learner = Learner::new();
    fs::create_dir_all(learner.file().parent().unwrap()).unwrap();
    let newer = "version = 9\nstars = 3\n";
    fs::write(learner.file(), newer).unwrap();
    let run = learner.run(&["play", "the-tour"], &["skip"]);
    assert!(run.out.contains("use the newer program"), "{}", run.out);
    assert_eq!(fs::read_to_string(learner.file()).unwrap(), newer);
}

#[test]
fn lessons_of_a_folder_are_added_and_take_the_place_of_others() {
    let learner = Learner::new();
    let folder = learner.home.path().join("mine");
    fs::create_dir(&folder).unwrap();
    let dir = folder.to_str().unwrap();
    let new = learner.run(&["lessons", "new", "my-lesson", "--lessons", dir], &[]);
    assert_eq!(new.code, Some(0), "{}", new.err);
    let again = learner.run(&["lessons", "new", "my-lesson", "--lessons", dir], &[]);
    assert_eq!(again.code, Some(2), "a lesson is never overwritten");
    let proved = learner.run(&["lessons", "check", "my-lesson", "--lessons", dir], &[]);
    assert_eq!((proved.code, proved.out.as_str()), (Some(0), "✓ my-lesson: proved by every row of the machine\n"));
    let tour = include_str!("../../lessons/part-00-the-tour.md").replacen("Three shops", "Four shops", 1);
    fs::write(folder.join("tour.md"), tour).unwrap();
    let played = learner.run(&["play", "the-tour", "--lessons", dir], &[]);
    assert!(played.out.contains("Four shops"), "{}", played.out);
}

#[test]
fn what_is_wrong_with_a_lesson_is_said_with_its_place() {
    let learner = Learner::new();
    let file = learner.home.path().join("bad.md");
    let text = include_str!("../../lessons/part-00-the-tour.md");
    fs::write(
        &file,
        text.replacen("given stock mug 10\n", "given stick mug 10\n", 1).replacen("minutes = 5", "minutes = \"5\"", 1),
    )
    .unwrap();
    let run = learner.run(&["lessons", "check", file.to_str().unwrap()], &[]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("bad.md:5:11: "), "{}", run.err);
    fs::write(&file, text.replacen("given stock mug 10\n", "given stick mug 10\n", 1)).unwrap();
    let run = learner.run(&["lessons", "check", file.to_str().unwrap()], &[]);
    assert!(
        run.err.contains("bad.md:58:7: expected a service") && run.err.contains("did you mean stock?"),
        "{}",
        run.err
    );
    let unknown = learner.run(&["play", "no-such"], &[]);
    assert_eq!(unknown.code, Some(2));
    let to_come = learner.run(&["play", "ship-the-shop"], &[]);
    assert!(to_come.err.contains("still to come"), "{}", to_come.err);
}

#[test]
fn a_pipe_that_ends_ends_the_lesson_and_keeps_the_progress() {
    let learner = Learner::new();
    let run = learner.run(&["play", "2", "--plain"], &["next"]);
    assert_eq!(run.code, Some(0));
    assert_eq!(learner.progress().lessons["it-is-physics"].step, "scene");
    assert!(Path::new(&learner.file()).exists());
}

#[test]
fn a_lesson_that_is_saved_while_it_is_played_is_taken_up_at_the_next_prompt() {
    let learner = Learner::new();
    let file = learner.home.path().join("tour.md");
    let text = include_str!("../../lessons/part-00-the-tour.md");
    fs::write(&file, text).unwrap();
    let mut command = program();
    command.env("XDG_STATE_HOME", learner.home.path()).env("HOME", learner.home.path());
    command.args(["play", "the-tour", "--lessons", learner.home.path().to_str().unwrap()]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut hands, mut eyes) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut seen = Vec::new();
    while !seen.ends_with(b"> ") {
        let mut byte = [0];
        std::io::Read::read_exact(&mut eyes, &mut byte).unwrap();
        seen.push(byte[0]);
    }
    fs::write(&file, text.replacen("Three shops", "Four shops", 1)).unwrap();
    fs::File::open(&file).unwrap().set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    writeln!(hands, "where").unwrap();
    drop(hands);
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut eyes, &mut rest).unwrap();
    assert!(rest.contains("this is the new text") && rest.contains("Four shops share"), "{rest}");
    assert!(child.wait().unwrap().success());
}
