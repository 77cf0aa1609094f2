//! `driftlab replay`: plays a script headless.

use std::fs;
use std::io::{self, Read};
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
    let name = task.file.display();
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

fn bless(file: &Path, source: &str, replay: &Replay) -> io::Result<()> {
    let script = source.split_inclusive('\n').take_while(|line| line.trim_end() != "---").collect::<String>();
    let gap = if script.ends_with('\n') { "" } else { "\n" };
    let catalog = replay.sitting.run().cluster().view().catalog();
    let story = telling::golden(&replay.story, catalog);
    fs::write(file, format!("{script}{gap}---\n{story}"))
}

fn read(file: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    let most = SCRIPT_BYTES_MAX as u64 + 1;
    if file.as_os_str() == "-" {
        io::stdin().lock().take(most).read_to_end(&mut bytes)?;
    } else {
        fs::File::open(file)?.take(most).read_to_end(&mut bytes)?;
    }
    if bytes.len() > SCRIPT_BYTES_MAX {
        return Err(io::Error::other(format!("a script has {SCRIPT_BYTES_MAX} bytes at most")));
    }
    String::from_utf8(bytes).map_err(|error| io::Error::other(format!("it is not UTF-8: {error}")))
}
