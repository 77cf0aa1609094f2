//! From text to statements: the entry points, and the way from a line's first word to the file that reads the rest.

use crate::base::Instant;
use crate::base::command::CommandSpec;
use crate::base::limits::{COMMANDS_MAX, INSTANT_US_MAX, SCRIPT_BYTES_MAX};
use crate::cluster::command::WorldCommand;
use crate::cluster::specs::OPERATE;

use super::cursor::{Cursor, Read};
use super::declared::{Declared, Position};
use super::error::{ErrorKind, LanguageError};
use super::lex::{Sign, Token, TokenKind, lex};
use super::noun::{Noun, nearest};
use super::quantity::instant_max_text;
use super::specs::{AFTER, AT, all_specs};
use super::statement::{Line, Script, Statement, When};
use super::{clients, clocks, faults, links, operate, settings, setup, test};

/// Errors that are reported of one script: more would scroll the first ones away.
pub const ERRORS_MAX: usize = 20;
/// The line after which golden output stands.
const GOLDEN: &str = "---";

/// Reads a whole script. Nothing of it is meant to run unless all of it is good.
///
/// # Errors
/// All errors, in order, at most [`ERRORS_MAX`].
pub fn parse_script(text: &str) -> Result<Script, Vec<LanguageError>> {
    if text.len() > SCRIPT_BYTES_MAX {
        let kind = ErrorKind::ScriptTooLong { max: SCRIPT_BYTES_MAX, bytes: text.len() };
        return Err(vec![LanguageError { line: 1, column: 1, kind, nearest: None }]);
    }
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mut script, mut errors, mut declared) = (Script::default(), Vec::new(), Declared::default());
    let mut number = 0;
    while !rest.is_empty() && errors.len() < ERRORS_MAX {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let line = line.strip_suffix('\r').unwrap_or(line);
        rest = after;
        number += 1;
        if line == GOLDEN {
            script.golden = Some(rest.to_owned());
            break;
        }
        match numbered_line(line, number, &mut declared) {
            Ok(line) => script.lines.extend(line),
            Err(error) => {
                salvage(line, &mut declared);
                errors.push(error);
            }
        }
        if script.lines.len() > COMMANDS_MAX {
            let kind = ErrorKind::TooMany { what: "statements in a script", max: COMMANDS_MAX };
            errors.push(LanguageError { line: number, column: 1, kind, nearest: None });
            break;
        }
    }
    if errors.is_empty() { Ok(script) } else { Err(errors) }
}

/// Reads one line, as the palette takes it. A line that says nothing is `None`.
///
/// # Errors
/// The first error; `declared` is then as it was.
pub fn parse_line(text: &str, declared: &mut Declared) -> Result<Option<Line>, LanguageError> {
    numbered_line(text, 1, declared)
}

fn numbered_line(text: &str, number: u32, declared: &mut Declared) -> Result<Option<Line>, LanguageError> {
    let tokens = lex(text, number)?;
    let Some(last) = tokens.last() else { return Ok(None) };
    let reader = Reader { line: number, end_column: last.end_column };
    let before = declared.position();
    let (when, rest) = reader.when(&tokens, declared)?;
    // What follows an `at` is read as of its instant.
    if let Some((_, position)) = when {
        declared.moved(position);
    }
    let when = when.map(|(when, _)| when);
    let (statement, source) = match rest {
        [] => (None, String::new()),
        [first, ..] => match reader.statement(rest, when.is_some(), declared) {
            Ok(statement) => (Some(statement), text[first.span.start..last.span.end].to_owned()),
            Err(error) => {
                declared.moved(before);
                return Err(error);
            }
        },
    };
    let line = Line { number, when, statement, source };
    declared.add(&line);
    Ok(Some(line))
}

/// An `at` or `after`, with the cursor behind it.
type Placed = (When, Position);

struct Reader {
    line: u32,
    end_column: u32,
}

impl Reader {
    fn cursor<'d>(&self, tokens: &[Token], spec: &'static CommandSpec, declared: &'d Declared) -> Read<Cursor<'d>> {
        Cursor::new(self.line, tokens, self.end_column, spec, declared)
    }

    /// `at TIME[:EVENTS]` or `after TIME`, and the tokens behind it.
    fn when<'t>(&self, tokens: &'t [Token], declared: &Declared) -> Read<(Option<Placed>, &'t [Token])> {
        let spec = match tokens {
            // Nobody can be called so, but the error should be about the name.
            [_, second, ..] if second.is(Sign::Colon) => return Ok((None, tokens)),
            [first, ..] if first.word() == Some(AT.name) => &AT,
            [first, ..] if first.word() == Some(AFTER.name) => &AFTER,
            _ => return Ok((None, tokens)),
        };
        let length = match tokens {
            [_, _, colon, ..] if spec.name == AT.name && colon.is(Sign::Colon) => 4,
            _ => 2,
        };
        let (head, rest) = tokens.split_at(length.min(tokens.len()));
        let mut cursor = self.cursor(&head[1..], spec, declared)?;
        let token = cursor.next("a time")?;
        let when = if spec.name == AT.name {
            let us = cursor.time_within(&token, "an instant", 0, INSTANT_US_MAX, instant_max_text)?;
            When::At { instant: Instant(us), events: events(&mut cursor)? }
        } else {
            When::After { us: cursor.duration(&token, "a duration", 0)? }
        };
        let position = declared.after(when).map_err(|kind| cursor.error(token.column, kind))?;
        Ok((Some((when, position)), rest))
    }

    fn statement(&self, tokens: &[Token], timed: bool, declared: &Declared) -> Read<Statement> {
        if let [client, colon, rest @ ..] = tokens
            && colon.is(Sign::Colon)
        {
            let mut cursor = self.cursor(rest, &OPERATE, declared)?;
            let command = operate::operate(&mut cursor, client)?;
            return cursor.finish().map(|()| Statement::World(command));
        }
        let (first, rest) = (&tokens[0], &tokens[1..]);
        let spec = self.spec(first)?;
        let mut cursor = self.cursor(rest, spec, declared)?;
        if matches!(spec.name, "seed" | "cluster" | "clients" | "given") {
            let allowed = declared.check_setup(spec.name, timed);
            allowed.map_err(|kind| cursor.error(first.column, kind))?;
        }
        let statement = read(&mut cursor, spec).ok_or_else(|| self.unknown(first))??;
        cursor.finish().map(|()| statement)
    }

    fn spec(&self, first: &Token) -> Read<&'static CommandSpec> {
        let found = first.word().and_then(|word| all_specs().find(|spec| spec.name == word));
        found.ok_or_else(|| self.unknown(first))
    }

    fn unknown(&self, first: &Token) -> LanguageError {
        let kind = ErrorKind::Unknown { noun: Noun::Command, known: String::new(), found: first.found() };
        let names = all_specs().map(|spec| spec.name).filter(|name| *name != OPERATE.name);
        let nearest = first.word().and_then(|word| nearest(word, names));
        LanguageError { line: self.line, column: first.column, kind, nearest }
    }
}

fn events(cursor: &mut Cursor<'_>) -> Read<Option<u64>> {
    if !cursor.take_sign(Sign::Colon) {
        return Ok(None);
    }
    let token = cursor.next("a number of events")?;
    let events = cursor.int(&token, "a number of events", 0, i128::from(u64::MAX))?;
    Ok(Some(events as u64))
}

/// Reads the rest of a statement. `None` only for the words that are no statements of their own.
fn read(cursor: &mut Cursor<'_>, spec: &CommandSpec) -> Option<Read<Statement>> {
    match spec.name {
        "run" => Some(test::run(cursor)),
        "mark" => Some(test::mark(cursor)),
        "expect" => Some(test::expect(cursor)),
        "story" => Some(test::story(cursor)),
        name => world(cursor, name).map(|read| read.map(Statement::World)),
    }
}

fn world(cursor: &mut Cursor<'_>, name: &str) -> Option<Read<WorldCommand>> {
    let read = match name {
        "seed" => setup::seed,
        "cluster" => setup::cluster,
        "clients" => setup::clients,
        "given" => setup::given,
        "policy" => operate::policy,
        "merge" => operate::merge,
        "partition" => faults::partition,
        "isolate" => faults::isolate,
        "heal" => faults::heal,
        "crash" => faults::crash,
        "restart" => faults::restart,
        "pause" => faults::pause,
        "resume" => faults::resume,
        "flap" => links::flap,
        "slow" => links::slow,
        "delay" => links::delay,
        "lose" => links::lose,
        "duplicate" => links::duplicate,
        "reorder" => links::reorder,
        "bandwidth" => links::bandwidth,
        "skew" => clocks::skew,
        "drift" => clocks::drift,
        "step" => clocks::step,
        "ntp" => clocks::ntp,
        "noise" => clocks::noise,
        "retry" => clients::retry,
        "load" => clients::load,
        "stop" => clients::stop,
        "tell" => clients::tell,
        "hazard" => settings::hazard,
        "gossip" => settings::gossip,
        "repair" => settings::repair,
        "grace" => settings::grace,
        "heartbeat" => settings::heartbeat,
        "promote" => settings::promote,
        "failover" => settings::failover,
        "slo" => settings::slo,
        "provider" => settings::provider,
        _ => return None,
    };
    let read: fn(&mut Cursor<'_>) -> Read<WorldCommand> = read;
    Some(read(cursor))
}

/// See [`Declared::salvage`].
fn salvage(text: &str, declared: &mut Declared) {
    let Ok(tokens) = lex(text, 0) else { return };
    let statement =
        tokens.iter().position(|token| matches!(token.word(), Some("clients" | "load" | "mark" | "cluster")));
    let Some((command, rest)) = statement.and_then(|index| tokens[index..].split_first()) else { return };
    let after_at = |index: usize| index > 0 && rest[index - 1].is(Sign::At);
    let names = rest.iter().enumerate().filter(|(index, _)| !after_at(*index));
    let names = names.filter_map(|(_, token)| match &token.kind {
        TokenKind::Word(word) => Some(word.clone()),
        _ => None,
    });
    declared.salvage(command.word().unwrap_or_default(), names.collect());
}
