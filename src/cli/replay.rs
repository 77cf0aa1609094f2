//! `driftlab replay`: plays a script headless.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use crate::base::limits::SCRIPT_BYTES_MAX;
use crate::lab::language::parse::parse_script;
use crate::lab::replay::{Replay, play};
use crate::lab::telling;

use super::arguments::ReplayTask;
use super::{Ending, output};

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
    write_at_once(file, &(head_of(source) + &telling::golden(&replay.story, catalog)))
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

/// Puts a text in the place of a file, or leaves the file as it is: a full disk or a kill destroys no script.
fn write_at_once(file: &Path, text: &str) -> io::Result<()> {
    // A link stays a link.
    let file = fs::canonicalize(file)?;
    let permissions = fs::metadata(&file)?.permissions();
    if permissions.readonly() {
        return Err(io::Error::from(io::ErrorKind::PermissionDenied));
    }
    let fresh = file.with_extension(format!("{}.tmp", std::process::id()));
    let written = fs::File::create_new(&fresh)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::set_permissions(&fresh, permissions))
        .and_then(|()| fs::rename(&fresh, &file));
    if written.is_err() {
        // What is left of it is of no use to anybody.
        let _ = fs::remove_file(&fresh);
    }
    written
}

fn is_standard_input(file: &Path) -> bool {
    file.as_os_str() == "-"
}

fn read(file: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    let most = SCRIPT_BYTES_MAX as u64 + 1;
    if is_standard_input(file) {
        io::stdin().lock().take(most).read_to_end(&mut bytes)?;
    } else {
        fs::File::open(file)?.take(most).read_to_end(&mut bytes)?;
    }
    if bytes.len() > SCRIPT_BYTES_MAX {
        return Err(io::Error::other(format!("a script has {SCRIPT_BYTES_MAX} bytes at most")));
    }
    String::from_utf8(bytes).map_err(|error| io::Error::other(format!("it is not UTF-8: {error}")))
}
