//! `driftlab replay`: plays a script headless.

use std::fs;
use std::io;
use std::path::Path;

use crate::base::limits::SCRIPT_BYTES_MAX;
use crate::lab::language::parse::parse_script;
use crate::lab::replay::{Replay, play};
use crate::lab::telling;

use super::arguments::ReplayTask;
use super::{Ending, files, output};

/// Plays a script and prints its story, or writes it into the script.
pub(super) fn replay(task: &ReplayTask) -> Ending {
    if task.bless && std::env::var_os("CI").is_some() {
        return output::refuse(
            "CI does not accept golden output by itself; run --bless by hand, read it, and commit it",
        );
    }
    if task.bless && is_standard_input(&task.file) {
        return output::refuse("--bless writes into a file: name one instead of -");
    }
    let name = output::visible(&task.file.display().to_string());
    let source = match read(&task.file) {
        Ok(source) => source,
        Err(error) => return output::refuse(&format!("cannot read {name}: {error}")),
    };
    let script = match parse_script(&source) {
        Ok(script) => script,
        Err(errors) => {
            for error in &errors {
                output::refuse(&format!("{name}: {error}"));
            }
            return Ending::BadInput;
        }
    };
    let replay = match play(&script, task.seed) {
        Ok(replay) => replay,
        Err(error) => return output::refuse(&format!("{name}: {error}")),
    };
    if task.bless {
        if let Err(error) = bless(&task.file, &source, &replay) {
            return output::refuse(&format!("cannot write {name}: {error}"));
        }
    } else {
        print(&replay, task.json);
    }
    ending(&replay)
}

fn print(replay: &Replay, json: bool) {
    let catalog = replay.sitting.run().cluster().view().catalog();
    if !json {
        return output::text(&telling::golden(&replay.story, catalog));
    }
    for line in &replay.story {
        output::line(&telling::json(line, catalog));
    }
}

fn ending(replay: &Replay) -> Ending {
    match (replay.unmet, replay.undecided) {
        (0, 0) => Ending::Fine,
        (0, _) => Ending::Undecided,
        _ => Ending::Unmet,
    }
}

/// Writes the story behind the script's line `---`, or adds that line with the story behind it.
fn bless(file: &Path, source: &str, replay: &Replay) -> io::Result<()> {
    let catalog = replay.sitting.run().cluster().view().catalog();
    files::write_at_once(file, &(head_of(source) + &telling::golden(&replay.story, catalog)))
}

/// A script up to its line `---`, as it stands there.
fn head_of(source: &str) -> String {
    let is_golden = |line: &str| matches!(line.trim_start_matches('\u{feff}'), "---" | "---\n" | "---\r\n");
    let mut lines = source.split_inclusive('\n');
    let own: String = lines.by_ref().take_while(|line| !is_golden(line)).collect();
    let golden = &source[own.len()..];
    let golden = golden.split_inclusive('\n').next().unwrap_or("---\n");
    let gap = |text: &str| if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    format!("{own}{}{golden}{}", gap(&own), gap(golden))
}

fn is_standard_input(file: &Path) -> bool {
    file.as_os_str() == "-"
}

fn read(file: &Path) -> io::Result<String> {
    if is_standard_input(file) {
        return files::text_of(io::stdin().lock(), "a script", SCRIPT_BYTES_MAX);
    }
    files::text_of(fs::File::open(file)?, "a script", SCRIPT_BYTES_MAX)
}
