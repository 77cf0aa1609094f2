//! The closed tables of the language as lists, for help: every name of one kind with what it means.

use crate::base::operation::OPERATIONS;
use crate::base::{Claim, Fault, Hazard, Level, Resolver};

use super::help::{operation_usage, resolver_summary};
use super::measure::{MEASURES, fault_word};

/// The lists, by the words for what they list.
pub(super) const LISTS: [&str; 7] = ["operations", "levels", "resolvers", "claims", "hazards", "measures", "faults"];

/// A name with what it means.
pub(super) type Row = (String, &'static str);

/// The rows of a list; `None` if there is no such list.
pub(super) fn rows(list: &str) -> Option<Vec<Row>> {
    let row = |name: &str, summary| (name.to_owned(), summary);
    Some(match list {
        "operations" => OPERATIONS.iter().map(|spec| (operation_usage(spec), spec.summary)).collect(),
        "levels" => {
            Level::NAMES.into_iter().filter_map(|name| Some(row(name, Level::parse(name)?.promise()))).collect()
        }
        "resolvers" => Resolver::ALL.map(|resolver| row(resolver.name(), resolver_summary(resolver))).to_vec(),
        "claims" => Claim::ALL.map(|claim| row(claim.name(), claim.summary())).to_vec(),
        "hazards" => Hazard::ALL.map(|hazard| row(hazard.name(), hazard.summary())).to_vec(),
        "measures" => MEASURES.iter().map(|spec| (spec.pattern(), spec.summary)).collect(),
        "faults" => Fault::ALL.map(|fault| (fault_word(fault), fault.summary())).to_vec(),
        _ => return None,
    })
}

/// A list as help prints it, its names aligned.
pub(super) fn list(name: &str) -> Option<String> {
    rows(name).map(|rows| aligned(&rows, ""))
}

/// The levels as they can be typed, with what each promises, for the help of what takes one.
pub(super) fn levels_to_type() -> String {
    let levels = Level::NAMES.into_iter().filter_map(Level::parse);
    aligned(&levels.map(|level| (level.text(), level.promise())).collect::<Vec<_>>(), "  ")
}

fn aligned(rows: &[Row], indent: &str) -> String {
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let lines = rows.iter().map(|(name, summary)| format!("{indent}{name:width$}  {summary}\n"));
    lines.collect()
}
