//! Clients and workloads: `retry`, `tell`, `load`, `stop`.

use crate::base::OpType;
use crate::base::limits::{AMOUNT_MAX, ATTEMPTS_MAX, KEYS_MAX, POOL_MAX, QUEUE_MAX, RATE_MAX};
use crate::cluster::command::{Arrivals, LoadSettings, RetrySettings, RetryTo, WorldCommand};

use super::cursor::{Cursor, Read};
use super::error::ErrorKind;
use super::lex::{Sign, Token};
use super::names::actor_name;
use super::noun::Noun;
use super::operate::{glob, yes_no};

/// Keys of a workload that names none: a few hot ones.
pub(super) const LOAD_KEYS: u32 = 16;
/// Clients of a workload unless said otherwise.
const LOAD_CLIENTS: u16 = 8;
/// Arrivals of a workload that may wait unless said otherwise.
const LOAD_QUEUE: u32 = 1_000;

/// `retry CLIENT|WORKLOAD|* [options]`
pub(super) fn retry(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let client = if cursor.take_word("*") {
        None
    } else {
        let token = cursor.next("a client, a workload or *")?;
        Some(client_or_workload(cursor, &token)?)
    };
    let mut settings = RetrySettings::default();
    if let Some(token) = cursor.option("timeout") {
        settings.timeout_us = cursor.duration(&token, "a timeout", 1)?;
    }
    if let Some(token) = cursor.option("attempts") {
        settings.attempts = cursor.int(&token, "a number of attempts", 1, i128::from(ATTEMPTS_MAX))? as u16;
    }
    if let Some(token) = cursor.option("backoff") {
        settings.backoff_us = cursor.duration(&token, "a wait", 0)?;
    }
    if let Some(token) = cursor.option("jitter") {
        settings.jitter_percent = cursor.quantity(&token, "a jitter", |number| number.whole_percent("a jitter"))?;
    }
    if let Some(token) = cursor.option("to") {
        settings.to = cursor.choice(&token, &[("same", RetryTo::Same), ("other", RetryTo::Other)])?;
    }
    settings.keyed = yes_no(cursor, "key")?;
    Ok(WorldCommand::Retry { client, settings })
}

fn client_or_workload(cursor: &Cursor<'_>, token: &Token) -> Read<String> {
    let names = cursor.declared.clients().iter().chain(cursor.declared.workloads()).map(String::as_str);
    match token.word().filter(|word| names.clone().any(|name| name == *word)) {
        Some(word) => Ok(word.to_owned()),
        None => Err(cursor.unknown(token, Noun::ClientOrWorkload, &names.collect::<Vec<_>>(), "none yet")),
    }
}

/// `tell CLIENT CLIENT`
pub(super) fn tell(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let token = cursor.next("who tells")?;
    let from = cursor.client(&token)?;
    let token = cursor.next("who is told")?;
    let to = cursor.client(&token)?;
    if from == to {
        return Err(cursor.error(token.column, ErrorKind::SameEnds(token.found())));
    }
    Ok(WorldCommand::Tell { from, to })
}

/// `load NAME OPERATIONS RATE [options]`
pub(super) fn load(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let name_token = cursor.next("a name for the workload")?;
    let name = actor_name(cursor, &name_token)?;
    cursor.declared.check_workloads().map_err(|kind| cursor.error(name_token.column, kind))?;
    let op_types = operations(cursor)?;
    let token = cursor.next("a rate such as 20/s")?;
    let per_second = cursor.quantity(&token, "a rate", |number| number.per_second("a rate", u64::from(RATE_MAX)))?;
    let key = match cursor.option("key") {
        Some(token) => {
            cursor.refuse_option("keys", "key")?;
            Some(cursor.key(&token)?)
        }
        None => None,
    };
    let keys = bounded(cursor, "keys", "a number of keys", KEYS_MAX as i128)?.map_or(LOAD_KEYS, |keys| keys as u32);
    let amount = bounded(cursor, "amount", "an amount", i128::from(AMOUNT_MAX))?.map_or(1, |amount| amount as i64);
    let clients = bounded(cursor, "clients", "a number of clients", POOL_MAX as i128)?;
    let clients = clients.map_or(LOAD_CLIENTS, |clients| clients as u16);
    cursor.declared.check_clients(usize::from(clients)).map_err(|kind| cursor.error(name_token.column, kind))?;
    let queue = bounded(cursor, "queue", "a length of a queue", QUEUE_MAX as i128)?.map_or(LOAD_QUEUE, |n| n as u32);
    let at = match cursor.option("at") {
        Some(token) => Some(cursor.replica(&token)?),
        None => None,
    };
    let is_balanced = match cursor.option("via") {
        Some(token) => cursor.choice(&token, &[("any", true)])?,
        None => false,
    };
    let arrivals = match cursor.option("arrivals") {
        Some(token) => cursor.choice(&token, &[("poisson", Arrivals::Poisson), ("even", Arrivals::Even)])?,
        None => Arrivals::default(),
    };
    let per_second = per_second as u32;
    Ok(WorldCommand::Load(LoadSettings {
        name,
        op_types,
        per_second,
        arrivals,
        key,
        keys,
        amount,
        clients,
        at,
        is_balanced,
        queue,
    }))
}

/// Globs with commas between them; each type counts once, in the order of first mention.
fn operations(cursor: &mut Cursor<'_>) -> Read<Vec<OpType>> {
    let mut types = Vec::new();
    loop {
        let token = cursor.next("an operation type or a pattern")?;
        for op_type in glob(cursor, &token)?.1 {
            if !types.contains(&op_type) {
                types.push(op_type);
            }
        }
        if !cursor.take_sign(Sign::Comma) {
            return Ok(types);
        }
    }
}

/// An option that is a whole number from 1.
fn bounded(cursor: &mut Cursor<'_>, option: &str, what: &'static str, most: i128) -> Read<Option<i128>> {
    match cursor.option(option) {
        Some(token) => cursor.int(&token, what, 1, most).map(Some),
        None => Ok(None),
    }
}

/// `stop`, `stop WORKLOAD`
pub(super) fn stop(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let Some(token) = cursor.peek().cloned() else { return Ok(WorldCommand::Stop(None)) };
    let names: Vec<&str> = cursor.declared.workloads().iter().map(String::as_str).collect();
    let Some(word) = token.word().filter(|word| names.contains(word)) else {
        return Err(cursor.unknown(&token, Noun::Workload, &names, "none yet"));
    };
    let stop = WorldCommand::Stop(Some(word.to_owned()));
    cursor.next("a workload")?;
    Ok(stop)
}
