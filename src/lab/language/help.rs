//! Help, and the language reference of the README: both are made from the tables.

use std::fmt::Write;

use crate::base::command::{CommandSpec, Kind, Scope};
use crate::base::operation::{Argument, OPERATIONS, OpSpec};
use crate::base::{Claim, Fault, Hazard, Level, MessageClass, Resolver, Service};

use super::delays::DISTRIBUTIONS;
use super::error::{ErrorKind, LanguageError, shown};
use super::lists::{self, LISTS};
use super::measure::{MEASURES, MeasureSpec, fault_word, parse_fault};
use super::noun::{Noun, nearest};
use super::quantity::TIME_UNITS;
use super::setup::TOPOLOGIES;
use super::specs::all_specs;

/// Help for one name, or the list of commands.
///
/// A name is that of a command, an operation type, a level, a resolver, a claim, a hazard, a measure or a fault, or
/// the plural of one of these kinds, for the list of all its names.
///
/// # Errors
/// If nothing has this name; with the nearest one.
pub fn help_text(name: Option<&str>) -> Result<String, LanguageError> {
    let Some(name) = name else { return Ok(overview()) };
    entry(name).ok_or_else(|| {
        let kind = ErrorKind::Unknown { noun: Noun::Topic, known: String::new(), found: shown(name) };
        let names = topics();
        let nearest = nearest(name, names.iter().map(String::as_str));
        LanguageError { line: 1, column: 1, kind, nearest }
    })
}

/// Every name that [`help_text`] knows.
pub fn topics() -> Vec<String> {
    let commands = all_specs().map(|spec| spec.name);
    let operations = OPERATIONS.iter().map(|spec| spec.name);
    let claims = Claim::ALL.into_iter().map(Claim::name);
    let hazards = Hazard::ALL.into_iter().map(Hazard::name);
    let resolvers = Resolver::ALL.into_iter().map(Resolver::name);
    let words = commands.chain(operations).chain(Level::NAMES).chain(resolvers).chain(claims).chain(hazards);
    let faults = Fault::ALL.into_iter().map(fault_word);
    words.chain(LISTS).map(str::to_owned).chain(MEASURES.iter().map(MeasureSpec::pattern)).chain(faults).collect()
}

fn entry(name: &str) -> Option<String> {
    let command = all_specs().find(|spec| spec.name == name).map(command_help);
    let operation = || OPERATIONS.iter().find(|spec| spec.name == name).map(operation_help);
    let level = || Level::parse(name).map(level_help);
    let resolver = || Resolver::parse(name).map(|resolver| format!("{name}: {}\n", resolver_summary(resolver)));
    let claim = || Claim::parse(name).map(|claim| format!("{name}: {}\n", claim.summary()));
    let hazard = || Hazard::parse(name).map(|hazard| format!("{name}: {}\n", hazard.summary()));
    let measure = || MEASURES.iter().find(|spec| measure_fits(spec, name)).map(measure_help);
    let fault = || parse_fault(name).map(|fault| format!("{name}: {}\n", fault.summary()));
    let names = command.or_else(operation).or_else(level).or_else(resolver).or_else(claim).or_else(hazard);
    names.or_else(measure).or_else(fault).or_else(|| lists::list(name))
}

fn measure_fits(spec: &MeasureSpec, name: &str) -> bool {
    spec.suffix == name || spec.pattern() == name
}

fn overview() -> String {
    let mut out = String::new();
    for (scope, title) in SCOPES {
        line(&mut out, format_args!("{title}"));
        for spec in all_specs().filter(|spec| spec.scope == scope) {
            line(&mut out, format_args!("  {:<10} {}", spec.name, spec.summary));
        }
    }
    line(&mut out, format_args!("Help lists these too: {}.", LISTS.join(", ")));
    out
}

fn command_help(spec: &CommandSpec) -> String {
    let mut out = String::new();
    line(&mut out, format_args!("{}", spec.usage));
    line(&mut out, format_args!("  {}", spec.summary));
    for option in spec.options {
        line(&mut out, format_args!("  {}= {}", option.name, option.summary));
    }
    line(&mut out, format_args!("  example: {}", spec.example));
    if spec.arguments.contains(&Kind::Level) {
        line(&mut out, format_args!("Levels, each with more in `help NAME`, such as `help quorum`:"));
        out.push_str(&lists::levels_to_type());
    }
    out
}

fn operation_help(spec: &OpSpec) -> String {
    let usage = operation_usage(spec);
    format!("CLIENT: {usage} [via=REPLICA]\n  {}\n  example: {}\n", spec.summary, spec.example)
}

pub(super) fn operation_usage(spec: &OpSpec) -> String {
    let argument = match spec.argument {
        Argument::None | Argument::Asker => "",
        Argument::Amount => " AMOUNT",
        Argument::AmountOrOne => " [AMOUNT]",
        Argument::Text => " TEXT",
        Argument::Person => " PERSON",
        Argument::Transfer => " TO AMOUNT",
    };
    format!("{} KEY{argument}", spec.name)
}

fn level_help(level: Level) -> String {
    let details = if level.details().is_empty() { String::new() } else { format!("  {}\n", level.details()) };
    format!("{}: {}\n{details}", level.name(), level.promise())
}

fn measure_help(spec: &MeasureSpec) -> String {
    format!("{} is {}\n  {}\n  example: expect {}\n", spec.pattern(), spec.unit.noun(), spec.summary, spec.example)
}

pub(super) fn resolver_summary(resolver: Resolver) -> &'static str {
    match resolver {
        Resolver::LwwWall => "the larger wall reading wins, so a fast clock beats a later write",
        Resolver::Siblings => "a write replaces what its client had seen of the key, and stands beside the rest",
        Resolver::LwwHlc => "the larger hybrid timestamp wins, so a write beats every write that it has seen",
    }
}

/// Scopes with their headings.
const SCOPES: [(Scope, &str); 2] = [(Scope::World, "World"), (Scope::Time, "Time and judging")];

/// What stands before the promise table.
const PROMISES: &str = "With all operation types at one level: a claim is *kept* whatever happens, *kept if* the numbered \
conditions below hold, *broken* by some schedule of at least one operation type that it concerns, or does not concern \
the level (·). Of `payment` nothing is said at levels of a log, since no log decides what a card provider does. `help LEVEL` and the policies pane say it for each operation type under the policy in force.";

/// The language reference: commands by scope, operation types, levels, resolvers, claims, hazards, faults and measures.
pub fn reference_markdown() -> String {
    let mut out = String::new();
    let rows = notation().map(|(name, text)| [code(name), text]);
    table(&mut out, "Notation", &["written", "means"], rows);
    for (scope, title) in SCOPES {
        line(&mut out, format_args!("### {title}\n"));
        for spec in all_specs().filter(|spec| spec.scope == scope) {
            command_markdown(&mut out, spec);
        }
    }
    let rows = OPERATIONS.iter().map(|spec| [code(&operation_usage(spec)), spec.summary.into(), code(spec.example)]);
    table(&mut out, "Operation types", &["operation", "what it does", "example"], rows);
    for (list, title, head) in [
        ("levels", "Levels", ["level", "promise"]),
        ("resolvers", "Resolvers", ["resolver", "how versions merge"]),
        ("claims", "Claims", ["claim", "promise"]),
        ("hazards", "Hazards", ["hazard", "bug"]),
        ("faults", "Faults", ["fault", "when it counts as used"]),
    ] {
        let rows = lists::rows(list).unwrap_or_default().into_iter();
        table(&mut out, title, &head, rows.map(|(name, summary)| [code(&name), summary.to_owned()]));
        if list == "levels" {
            let levels = Level::NAMES.into_iter().filter_map(Level::parse).filter(|level| !level.details().is_empty());
            levels.for_each(|level| line(&mut out, format_args!("- {}: {}", code(level.name()), level.details())));
            line(&mut out, format_args!(""));
        }
    }
    line(&mut out, format_args!("### Promises\n"));
    line(&mut out, format_args!("{PROMISES}\n"));
    line(&mut out, format_args!("{}", super::promises::table()));
    let rows = MEASURES
        .iter()
        .map(|spec| [code(&spec.pattern()), spec.unit.noun().to_owned(), spec.summary.to_owned(), code(spec.example)]);
    table(&mut out, "Measures", &["measure", "is", "what it says", "example"], rows);
    out
}

/// What the capital words of usages stand for.
fn notation() -> [(&'static str, String); 12] {
    let words = |names: &[&str]| names.iter().map(|name| code(name)).collect::<Vec<_>>().join(", ");
    let topologies = TOPOLOGIES.map(|(name, _)| name);
    let faults = Fault::ALL.map(fault_word);
    [
        ("REPLICA, ACTOR", "`r1`, `r2`, …; an actor is a replica or a declared client".to_owned()),
        ("LINK", "`r1 r2` both ways, `r1 -> r2` one way; a client is an end too".to_owned()),
        ("class=", format!("only messages of one class: {}", words(&MessageClass::ALL.map(MessageClass::name)))),
        ("topology=", words(&topologies)),
        (
            "DISTRIBUTION",
            format!(
                "{}: `constant 30ms`, `uniform 10ms 20ms`, `exponential 5ms` (mean), `lognormal 10ms 0.5` (median, sigma), `pareto 0.235ms 10` (least, alpha)",
                words(&DISTRIBUTIONS)
            ),
        ),
        ("OPERATIONS", "an operation type, `stock.*`, `*.read` or `*`".to_owned()),
        ("SERVICE", words(&Service::ALL.map(Service::name))),
        ("KEY, VALUE", "a word, or a text in quotes with `\\\"` and `\\\\`; amounts are whole numbers".to_owned()),
        (
            "TIME, OFFSET",
            format!("a number with its unit ({TIME_UNITS}), whole microseconds; an offset may be negative"),
        ),
        ("RATE, PERCENT, PPM", "`20/s`, `5%`, `+200ppm`".to_owned()),
        ("FAULT", words(&faults.each_ref().map(String::as_str))),
        ("# …", "a comment, to the end of the line".to_owned()),
    ]
}

fn command_markdown(out: &mut String, spec: &CommandSpec) {
    line(out, format_args!("**{}**: {}\n", code(spec.usage), spec.summary));
    for option in spec.options {
        line(out, format_args!("- {} {}", code(&format!("{}=", option.name)), option.summary));
    }
    if !spec.options.is_empty() {
        line(out, format_args!(""));
    }
    line(out, format_args!("```\n{}\n```\n", spec.example));
}

fn table<const N: usize>(out: &mut String, title: &str, head: &[&str; N], rows: impl IntoIterator<Item = [String; N]>) {
    line(out, format_args!("### {title}\n"));
    line(out, format_args!("| {} |", head.join(" | ")));
    line(out, format_args!("|{}", "---|".repeat(N)));
    for row in rows {
        line(out, format_args!("| {} |", row.map(|cell| cell.replace('|', "\\|")).join(" | ")));
    }
    line(out, format_args!(""));
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{text}");
}
