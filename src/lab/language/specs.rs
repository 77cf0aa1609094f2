//! The table of time commands, and the tables of all layers together.

use crate::base::command::{CommandSpec, Kind, OptionSpec, Scope};
use crate::cluster::specs::WORLD_COMMANDS;

const fn row(
    name: &'static str,
    usage: &'static str,
    arguments: &'static [Kind],
    options: &'static [OptionSpec],
    summary: &'static str,
    example: &'static str,
) -> CommandSpec {
    CommandSpec { name, usage, arguments, options, summary, example, scope: Scope::Time }
}

/// To an instant.
pub const AT: CommandSpec = row(
    "at",
    "at TIME[:EVENTS] [STATEMENT]",
    &[Kind::Time],
    &[],
    "run to an instant, never back, and then do something",
    "at 1.05s ben: stock.level mug via=r3",
);

/// On by a duration.
pub const AFTER: CommandSpec = row(
    "after",
    "after TIME [STATEMENT]",
    &[Kind::Time],
    &[],
    "run on for so long, and then do something",
    "after 50ms heal",
);

const SINCE: OptionSpec = OptionSpec {
    name: "since",
    kind: Kind::Mark,
    summary: "with a claim: judge only what was invoked after this mark",
};

const OF: OptionSpec = OptionSpec {
    name: "of",
    kind: Kind::Service,
    summary: "with a claim about the order of operations: judge only this service",
};

/// Commands that move through time or judge what happened.
pub const TIME_COMMANDS: &[CommandSpec] = &[
    AT,
    AFTER,
    row(
        "run",
        "run TIME  or  run until CONDITION within TIME",
        &[Kind::Time],
        &[SINCE, OF],
        "let time pass, or until something is so",
        "run until converged within 10s",
    ),
    row("mark", "mark NAME", &[Kind::Name], &[], "name this instant, for since=", "mark cut"),
    row(
        "expect",
        "expect CLAIM holds|violated [since=MARK] [of=SERVICE]  or  expect MEASURE COMPARISON VALUE  or  expect converged  or  expect used FAULT",
        &[Kind::Condition],
        &[SINCE, OF],
        "say what should be so now; a failed expectation does not stop the run",
        "expect stock.level.staleness.max > 0ms",
    ),
    row(
        "story",
        "story operations|messages",
        &[Kind::Word(&["operations", "messages"])],
        &[],
        "how much the story of a run tells",
        "story messages",
    ),
];

/// The specs of all world and time commands, in the order of help.
pub fn all_specs() -> impl Iterator<Item = &'static CommandSpec> {
    WORLD_COMMANDS.iter().chain(TIME_COMMANDS)
}
