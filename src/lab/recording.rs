//! A sitting as a script: what someone did on the screen, in the language, so that it can be played again headless.
//!
//! Each command stands at its instant and after its number of events (`at 1.25s:312 heal`), which says exactly between
//! which events it took effect, however many share its instant. The last line brings the world to where this branch
//! ended. Other branches are not in it.

use std::fmt::Write;

use crate::base::Instant;
use crate::cluster::command::Recorded;

use super::sitting::Sitting;
use super::telling::seconds;

/// How a script begins that was made from a sitting.
pub const HEADER: &str = "# A sitting in driftlab. Play it with `driftlab replay`, or look at it with `driftlab open`.";

/// This branch as a script, as far as it came: replayed, it has the same record, to the byte.
pub fn script(sitting: &Sitting) -> String {
    let mut text = format!("{HEADER}\n");
    let mut marks = marks(sitting).into_iter().peekable();
    let mut last = None;
    for command in sitting.commands() {
        while let Some((name, at)) = marks.next_if(|(_, at)| *at < command.at) {
            mark(&mut text, name, at, last);
        }
        text.push_str(&line(command));
        last = Some((command.at, command.events));
    }
    let (events, at) = sitting.end();
    for (name, marked) in marks {
        // At the end, not all events of the last instant may be done.
        mark(&mut text, name, marked, if marked == at { Some((at, events)) } else { last });
    }
    position(&mut text, at, events);
    text.push('\n');
    text
}

/// The marks that lie within this branch, oldest first.
pub fn marks(sitting: &Sitting) -> Vec<(&str, Instant)> {
    let reached = sitting.reached();
    let mut marks: Vec<_> = sitting.run().marks().filter(|(_, at)| *at <= reached).collect();
    marks.sort_by_key(|(name, at)| (*at, *name));
    marks
}

/// One command as a line of a script, with its end.
pub fn line(command: &Recorded) -> String {
    let mut text = String::new();
    if !command.command.is_setup() {
        position(&mut text, command.at, command.events);
        text.push(' ');
    }
    text.push_str(&command.text);
    text.push('\n');
    text
}

/// Where the world stands, as the beginning of a line.
pub fn position(text: &mut String, at: Instant, events: u64) {
    // Writing to a String cannot fail.
    let _ = write!(text, "at {}s:{events}", seconds(at.0));
}

/// Names an instant. After a command at this very instant no further event may happen, or the next one comes too late.
fn mark(text: &mut String, name: &str, at: Instant, last: Option<(Instant, u64)>) {
    match last {
        Some((same, events)) if same == at => position(text, at, events),
        _ => {
            let _ = write!(text, "at {}s", seconds(at.0));
        }
    }
    let _ = writeln!(text, " mark {name}");
}
