//! What the language promises: every kind of error has a case with its exact message and a good neighbour, every
//! example parses, and every command reads back as it was printed.

mod errors;
mod examples;
mod reading;
mod round_trip;

use super::{Declared, Known, Line, parse_line, parse_script};
use crate::base::Instant;

/// A running lab: r1 to r3, ana and ben, the workload w1, the mark fixed, two seconds in.
fn lab() -> Declared {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Declared::running(Known {
        replicas: 3,
        clients: names(&["ana", "ben"]),
        workloads: names(&["w1"]),
        pool_clients: 8,
        marks: names(&["fixed"]),
        branches: names(&["before"]),
        setup_done: true,
        now: Instant(2_000_000),
    })
}

/// Reads one line in a running lab, or a whole script if it has several lines.
fn read(text: &str) -> Result<Vec<Line>, Vec<super::LanguageError>> {
    if text.contains('\n') {
        return parse_script(text).map(|script| script.lines);
    }
    parse_line(text, &mut lab()).map(|line| line.into_iter().collect()).map_err(|error| vec![error])
}
