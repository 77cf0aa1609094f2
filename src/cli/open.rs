//! `driftlab open`: plays a script and looks at it in the lab.

use std::fs;
use std::path::Path;

use crate::base::Instant;
use crate::base::limits::{SCRIPT_BYTES_MAX, STORY_LINES_MAX};
use crate::base::shown::is_hidden;
use crate::lab::language::parse::parse_script;
use crate::lab::language::statement::Script;
use crate::lab::replay::{self, Bounds, Replay, ReplayError};
use crate::lab::story::Telling;
use crate::lab::telling::{seconds, span};
use crate::tui::{Message, Model, Tone, update};

use super::arguments::OpenTask;
use super::{Ending, files, output, shell};

/// Events that are played before the lab opens: a minute's work at the most, and hours of a busy world.
const EVENTS_MAX: u64 = 50_000_000;

/// A script that was played, for the lab.
pub(super) struct Opened {
    name: String,
    replay: Replay,
}

/// Opens a script in the lab.
pub(super) fn open(task: &OpenTask) -> Ending {
    if task.file.as_os_str() == "-" {
        return output::refuse("the lab needs standard input for its keys: save the script as a file, and open that");
    }
    // Before the work: without a terminal nobody would see what comes of it.
    if let Err(why) = shell::terminal_is_fit() {
        return output::refuse(why);
    }
    match opened(&task.file, task.at) {
        Ok(opened) => shell::open(&task.look, shell::Start::Opened(Box::new(opened))),
        Err(errors) => {
            let name = files::shown(&task.file);
            for error in errors {
                output::refuse(&format!("{name}: {error}"));
            }
            Ending::BadInput
        }
    }
}

/// Plays a script as the lab does, within a bound on its work.
pub(super) fn play(script: &Script) -> Result<Replay, ReplayError> {
    replay::open(script, Bounds { events: EVENTS_MAX, lines: STORY_LINES_MAX })
}

fn opened(file: &Path, at: Option<Instant>) -> Result<Opened, Vec<String>> {
    let one = |error: &dyn ToString| vec![error.to_string()];
    let source = fs::File::open(file).and_then(|file| files::text_of(file, "a script", SCRIPT_BYTES_MAX));
    let source = source.map_err(|error| one(&format!("cannot read it: {error}")))?;
    let script = parse_script(&source).map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    let mut replay = play(&script).map_err(|error| one(&error))?;
    if let Some(at) = at {
        let end = replay.sitting.run().now();
        if at > end {
            return Err(one(&format!("--at {} is after its end at {}s", span(at.0), seconds(end.0))));
        }
        replay.sitting.go_to(at).map_err(|error| one(&error))?;
    }
    Ok(Opened { name: name_of(file), replay })
}

/// What the title calls it: the file's name without its ending, and without what a terminal would obey.
fn name_of(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let name: String = stem.chars().filter(|letter| !is_hidden(*letter)).collect();
    if name.trim().is_empty() { "a script".to_owned() } else { name }
}

impl Opened {
    /// Puts it in the place of the opening scene, and says what came of its expectations.
    pub(super) fn into_model(self, model: &mut Model) {
        let (tone, said) = self.said();
        model.open(&self.name, self.replay.sitting);
        update(model, Message::Said(tone, said));
    }

    fn said(&self) -> (Tone, String) {
        let Replay { sitting, story, unmet, undecided } = &self.replay;
        let is_expectation = |what: &Telling| matches!(what, Telling::Expectation { .. });
        let expected = story.iter().filter(|line| is_expectation(&line.what)).count();
        let played = format!("{} commands were played", sitting.commands().len());
        let open = unmet + undecided;
        match (expected, open) {
            (0, _) => (Tone::Done, format!("{played}; space goes on from here")),
            (_, 0) => (Tone::Met, format!("{played}; all {expected} expectations are met")),
            _ => (
                Tone::Unmet,
                format!("{played}; {open} of {expected} expectations are not met: `driftlab replay` tells which"),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_holds_nothing_that_a_terminal_obeys() {
        assert_eq!(name_of(Path::new("/tmp/a\u{1b}[31mred.lab")), "a[31mred");
        assert_eq!(name_of(Path::new("\u{7}.lab")), "a script");
    }
}
