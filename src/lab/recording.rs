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

/// This branch as a script, as far as it came: replayed, it has the same record, to the byte.
pub fn script(sitting: &Sitting) -> String {
    let mut text =
        String::from("# A sitting in driftlab. Play it with `driftlab replay`, or look at it with `driftlab open`.\n");
    let mut marks: Vec<(&str, Instant)> = sitting.run().marks().collect();
    marks.sort_by_key(|(name, at)| (*at, *name));
    let mut marks = marks.into_iter().filter(|(_, at)| *at <= sitting.reached()).peekable();
    for command in sitting.commands() {
        while let Some((name, at)) = marks.next_if(|(_, at)| *at < command.at) {
            mark(&mut text, name, at);
        }
        text.push_str(&line(command));
    }
    for (name, at) in marks {
        mark(&mut text, name, at);
    }
    let (events, at) = sitting.end();
    position(&mut text, at, events);
    text.push('\n');
    text
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

fn mark(text: &mut String, name: &str, at: Instant) {
    let _ = writeln!(text, "at {}s mark {name}", seconds(at.0));
}
