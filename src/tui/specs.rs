//! Commands of the screen: they move through time or change what is shown, and are never recorded.
//!
//! Two of them share their first word with the language: `run` without a time runs on, and `step` alone makes one
//! event happen, where `step r2 -50ms` moves a clock.

use crate::base::Instant;
use crate::base::command::{CommandSpec, Kind, Scope};
use crate::base::limits::INSTANT_US_MAX;
use crate::base::shown::shown;
use crate::lab::language::quantity::{Number, Unit};

use crate::lesson::Input;

use super::command::LineError;
use super::glyphs::Signs;
use super::model::Motion;
use super::theme::Theme;

const fn row(
    name: &'static str,
    usage: &'static str,
    arguments: &'static [Kind],
    summary: &'static str,
    example: &'static str,
    scope: Scope,
) -> CommandSpec {
    CommandSpec { name, usage, arguments, options: &[], summary, example, scope }
}

const THEMES: Kind = Kind::Word(&["dark", "light", "safe", "mono"]);
const SIGNS: Kind = Kind::Word(&["braille", "blocks", "dots", "ascii"]);
const MOTIONS: Kind = Kind::Word(&["full", "reduced"]);

/// All commands of the screen.
pub(crate) const SCREEN_COMMANDS: &[CommandSpec] = &[
    row("run", "run", &[], "run on at the speed of the screen", "run", Scope::Time),
    row("pause", "pause", &[], "stop time", "pause", Scope::Time),
    row("step", "step", &[], "let one event happen", "step", Scope::Time),
    row("back", "back", &[], "go back by one event", "back", Scope::Time),
    row("go", "go TIME", &[Kind::Time], "go to an instant, back or on", "go 1.2s", Scope::Time),
    row("undo", "undo", &[], "take back the last command, and go back to it", "undo", Scope::Time),
    row("branches", "branches", &[], "list the branches that were left", "branches", Scope::Time),
    row("branch", "branch NUMBER", &[Kind::Int], "go over to a branch that was left", "branch 0", Scope::Time),
    row("speed", "speed NUMBER", &[], "how fast time passes, from 0.05 to 64", "speed 0.1", Scope::Screen),
    row("next", "next", &[], "the lesson's next step, or the next thing to do in it", "next", Scope::Course),
    row("choose", "choose NUMBER", &[Kind::Int], "lock an option of the lesson's question", "choose 2", Scope::Course),
    row("answer", "answer TEXT", &[Kind::Value], "write down what you saw", "answer 10", Scope::Course),
    row("ways", "ways", &[], "the lesson's steps, and the ways out of it", "ways", Scope::Course),
    row("hint", "hint", &[], "a hint, after an attempt or 45 seconds", "hint", Scope::Course),
    row("grade", "grade", &[], "try the fix in many runs, each with other random delays", "grade", Scope::Course),
    row("witness", "witness", &[], "open a run in which a goal was not met", "witness", Scope::Course),
    row("solution", "solution", &[], "show the solution; asked first", "solution", Scope::Course),
    row("again", "again", &[], "begin the world of this step again", "again", Scope::Course),
    row("jump", "jump NUMBER", &[Kind::Int], "go to a step of the lesson", "jump 3", Scope::Course),
    row("test-out", "test-out", &[], "go straight to the fix", "test-out", Scope::Course),
    row("skip", "skip", &[], "leave this lesson out", "skip", Scope::Course),
    row("reset", "reset", &[], "begin this lesson again; asked first", "reset", Scope::Course),
    row("yes", "yes", &[], "yes, to what was asked", "yes", Scope::Course),
    row("no", "no", &[], "no, to what was asked", "no", Scope::Course),
    row("lessons", "lessons", &[], "all lessons", "lessons", Scope::Course),
    row("lesson", "lesson NAME", &[Kind::Name], "open a lesson by its number or id", "lesson 2", Scope::Course),
    row("sandbox", "sandbox", &[], "leave the lesson, keep the cluster as it stands", "sandbox", Scope::Course),
    row(
        "theme",
        "theme NAME",
        &[THEMES],
        "colours: dark, light, safe for all colour vision, mono",
        "theme light",
        Scope::Screen,
    ),
    row(
        "signs",
        "signs NAME",
        &[SIGNS],
        "what the terminal's font has: braille, blocks, dots, ascii",
        "signs dots",
        Scope::Screen,
    ),
    row("motion", "motion NAME", &[MOTIONS], "how much moves: full, reduced", "motion reduced", Scope::Screen),
    row("save", "save FILE", &[Kind::Value], "write this sitting as a script", "save sitting.lab", Scope::Screen),
    row("why", "why", &[], "why a promise was broken, or a read was stale", "why", Scope::Screen),
    row("find", "find TEXT", &[Kind::Value], "find a text in the log", "find mug", Scope::Screen),
    row("hash", "hash", &[], "the hash of the record: equal runs have equal ones", "hash", Scope::Screen),
    row("help", "help [NAME]", &[Kind::Name], "explain the screen, or one name", "help partition", Scope::Screen),
    row("quit", "quit", &[], "leave", "quit", Scope::Screen),
];

/// A command of the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ScreenCommand {
    Run,
    Pause,
    Step,
    Back,
    Go(Instant),
    Undo,
    Branches,
    Branch(u32),
    Speed(u32),
    Lesson(Input),
    Ask(Input),
    Next,
    Ways,
    Lessons,
    OpenLesson(String),
    Theme(Theme),
    Signs(Signs),
    Motion(Motion),
    Save(String),
    Why,
    Find(String),
    Hash,
    Help(Option<String>),
    Quit,
}

/// The command of the screen that a line is, if it is one.
pub(crate) fn parse(text: &str) -> Result<Option<ScreenCommand>, LineError> {
    let text = text.split('#').next().unwrap_or_default();
    let words: Vec<(usize, &str)> = words(text);
    let [(_, name), arguments @ ..] = words.as_slice() else { return Ok(None) };
    let Some(spec) = SCREEN_COMMANDS.iter().find(|spec| spec.name == *name) else { return Ok(None) };
    let end = text.trim_end().chars().count() + 1;
    let missing = |what: &str| LineError { column: end, message: format!("expected {what}; usage: {}", spec.usage) };
    let command = match (spec.name, arguments) {
        // With more words these are of the language.
        ("run" | "pause" | "step", [_, ..]) => return Ok(None),
        ("run", []) => ScreenCommand::Run,
        ("pause", []) => ScreenCommand::Pause,
        ("step", []) => ScreenCommand::Step,
        ("back", []) => ScreenCommand::Back,
        ("undo", []) => ScreenCommand::Undo,
        ("branches", []) => ScreenCommand::Branches,
        ("branch", []) => return Err(missing("the number of a branch")),
        ("branch", [(column, word)]) => ScreenCommand::Branch(word.parse().map_err(|_| LineError {
            column: *column,
            message: format!("expected the number of a branch, found {}; `branches` lists them", shown(word)),
        })?),
        ("next", []) => ScreenCommand::Next,
        ("ways", []) => ScreenCommand::Ways,
        ("hint", []) => ScreenCommand::Lesson(Input::Hint),
        ("grade", []) => ScreenCommand::Lesson(Input::Grade),
        ("witness", []) => ScreenCommand::Lesson(Input::Witness),
        ("again", []) => ScreenCommand::Lesson(Input::Line("again".to_owned())),
        ("test-out", []) => ScreenCommand::Lesson(Input::TestOut),
        ("skip", []) => ScreenCommand::Lesson(Input::Skip),
        ("sandbox", []) => ScreenCommand::Lesson(Input::Sandbox),
        ("yes", []) => ScreenCommand::Lesson(Input::Confirm),
        ("no", []) => ScreenCommand::Lesson(Input::Where),
        ("solution", []) => ScreenCommand::Ask(Input::Solution),
        ("reset", []) => ScreenCommand::Ask(Input::Reset),
        ("lessons", []) => ScreenCommand::Lessons,
        ("lesson" | "answer", []) => return Err(missing("a text")),
        ("choose" | "jump", []) => return Err(missing("a number")),
        ("lesson", [(_, name)]) => ScreenCommand::OpenLesson((*name).to_owned()),
        ("answer", [(column, _), ..]) => ScreenCommand::Lesson(Input::Answer(rest(text, *column))),
        ("choose", [word]) => ScreenCommand::Lesson(Input::Choose(number(*word)?)),
        ("jump", [word]) => ScreenCommand::Lesson(Input::Jump(number(*word)?)),
        ("why", []) => ScreenCommand::Why,
        ("hash", []) => ScreenCommand::Hash,
        ("theme", [word]) => ScreenCommand::Theme(one_of(*word, &Theme::ALL)?),
        ("signs", [word]) => ScreenCommand::Signs(one_of(*word, &Signs::ALL)?),
        ("motion", [word]) => ScreenCommand::Motion(one_of(*word, &Motion::ALL)?),
        ("theme" | "signs" | "motion", []) => return Err(missing("a name")),
        ("save" | "find", []) => return Err(missing("a text")),
        // A path and a text may have spaces.
        ("save", [(column, _), ..]) => ScreenCommand::Save(rest(text, *column)),
        ("find", [(column, _), ..]) => ScreenCommand::Find(rest(text, *column)),
        ("quit", []) => ScreenCommand::Quit,
        ("help", []) => ScreenCommand::Help(None),
        ("help", [(_, name)]) => ScreenCommand::Help(Some((*name).to_owned())),
        ("go", []) => return Err(missing("an instant such as 1.2s")),
        ("go", [word]) => ScreenCommand::Go(instant(*word)?),
        ("speed", []) => return Err(missing("a speed such as 0.1")),
        ("speed", [word]) => ScreenCommand::Speed(speed(*word)?),
        (_, [.., (column, word)]) => {
            let message = format!("expected the end of the line, found {}; usage: {}", shown(word), spec.usage);
            return Err(LineError { column: *column, message });
        }
        (name, []) => unreachable!("{name} has a row above"),
    };
    Ok(Some(command))
}

fn number((column, word): (usize, &str)) -> Result<usize, LineError> {
    word.parse().map_err(|_| LineError { column, message: format!("expected a number, found {}", shown(word)) })
}

/// What stands from a column on.
fn rest(text: &str, column: usize) -> String {
    text.trim_end().chars().skip(column - 1).collect()
}

/// The value with this name.
fn one_of<T: Copy>((column, word): (usize, &str), all: &[(T, &str)]) -> Result<T, LineError> {
    let found = all.iter().find(|(_, name)| *name == word).map(|(value, _)| *value);
    found.ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|(_, name)| *name).collect();
        LineError { column, message: format!("expected one of {}, found {}", names.join(", "), shown(word)) }
    })
}

/// The words of a line with their columns, from 1.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        // A word is a part of the text, so its place is the distance of the two.
        let bytes = word.as_ptr() as usize - text.as_ptr() as usize;
        words.push((text[..bytes].chars().count() + 1, word));
    }
    words
}

fn instant((column, word): (usize, &str)) -> Result<Instant, LineError> {
    let us = Number::parse(word).and_then(|number| number.size_us("an instant"));
    let us = us.map_err(|kind| LineError { column, message: kind.to_string() })?;
    if us > u128::from(INSTANT_US_MAX) || word.starts_with('-') {
        return Err(LineError {
            column,
            message: format!("expected an instant from 0s to 720h, found {}", shown(word)),
        });
    }
    Ok(Instant(us as u64))
}

fn speed((column, word): (usize, &str)) -> Result<u32, LineError> {
    let bare = word.trim_end_matches(['×', 'x']);
    let number = Number::parse(bare).ok().filter(|number| number.unit == Unit::None && !number.is_negative());
    let milli = number.and_then(|_| bare.parse::<f64>().ok()).map(|factor| (factor * 1_000.0).round());
    match milli {
        Some(milli) if (50.0..=64_000.0).contains(&milli) => Ok(milli as u32),
        _ => Err(LineError { column, message: format!("expected a speed from 0.05 to 64, found {}", shown(word)) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_a_command_of_the_screen() {
        for spec in SCREEN_COMMANDS {
            assert!(matches!(parse(spec.example), Ok(Some(_))), "{}", spec.example);
        }
    }

    #[test]
    fn words_that_the_language_has_too_are_left_to_it() {
        for line in ["run 3s", "step r2 -50ms", "pause ana", "partition r1 | r2", "", "# note"] {
            assert_eq!(parse(line), Ok(None), "{line}");
        }
    }

    #[test]
    fn errors_point_at_their_word() {
        for (line, column) in [("go  12", 5), ("speed 100", 7), ("speed", 6), ("go", 3), ("quit now", 6), ("go -1s", 4)]
        {
            assert_eq!(parse(line).unwrap_err().column, column, "{line}");
        }
    }
}
