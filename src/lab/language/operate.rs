//! Operations and what they are bound to: `ana: stock.reserve mug 1`, `policy`, `merge`.

use crate::base::limits::{AMOUNT_MAX, REPLICAS_MAX};
use crate::base::operation::{Argument, OPERATIONS};
use crate::base::time::SECOND;
use crate::base::{Cover, Level, OpType, ReadBy, ReplicaId, Resolver, Service, Shipping};
use crate::cluster::command::{Literal, WorldCommand};

use super::cursor::{Cursor, Read};
use super::error::ErrorKind;
use super::lex::{Sign, Token};
use super::noun::{Noun, nearest};
use super::setup::{person, service, text};

/// `CLIENT: OPERATION KEY [VALUE] [via=REPLICA]`, from behind the colon.
pub(super) fn operate(cursor: &mut Cursor<'_>, client: &Token) -> Read<WorldCommand> {
    let client = cursor.client(client)?;
    let token = cursor.next("an operation type such as stock.reserve")?;
    let op_type = operation(cursor, &token)?;
    let token = cursor.next("a key")?;
    let key = cursor.key(&token)?;
    let argument = argument(cursor, op_type, &key)?;
    let via = via(cursor)?;
    Ok(WorldCommand::Operate { client, op_type, key, argument, via })
}

fn via(cursor: &mut Cursor<'_>) -> Read<Option<ReplicaId>> {
    cursor.option("via").map(|token| cursor.replica(&token)).transpose()
}

fn argument(cursor: &mut Cursor<'_>, op_type: OpType, key: &str) -> Read<Option<Literal>> {
    match op_type.spec().argument {
        Argument::None | Argument::Asker => Ok(None),
        Argument::AmountOrOne if cursor.peek().is_none() => Ok(Some(Literal::Int(1))),
        Argument::Amount | Argument::AmountOrOne => {
            let token = cursor.next("an amount")?;
            let amount = cursor.int(&token, "an amount", 1, i128::from(AMOUNT_MAX))?;
            Ok(Some(Literal::Int(amount as i64)))
        }
        Argument::Text => {
            let token = cursor.next("a text")?;
            text(cursor, &token).map(Some)
        }
        Argument::Transfer => {
            let token = cursor.next("the other account")?;
            let to = cursor.key(&token)?;
            if to == key {
                return Err(cursor.wrong(&token, "another account than the first"));
            }
            let token = cursor.next("an amount")?;
            let amount = cursor.int(&token, "an amount", 1, i128::from(AMOUNT_MAX))? as i64;
            Ok(Some(Literal::Transfer { to, amount }))
        }
        Argument::Person => person(cursor).map(Some),
    }
}

/// An operation type by its name.
pub(super) fn operation(cursor: &Cursor<'_>, token: &Token) -> Read<OpType> {
    let found = OPERATIONS.iter().find(|spec| token.word() == Some(spec.name));
    found.map(|spec| spec.op_type).ok_or_else(|| {
        let names: Vec<&str> = OPERATIONS.iter().map(|spec| spec.name).collect();
        cursor.unknown(token, Noun::Operation, &names, "")
    })
}

/// A glob that names at least one operation type, with those types.
pub(super) fn glob(cursor: &Cursor<'_>, token: &Token) -> Read<(String, Vec<OpType>)> {
    let word = token.word().unwrap_or_default();
    let types = OpType::matching(word);
    if types.is_empty() {
        let patterns: Vec<String> = Service::ALL.iter().map(|service| format!("{}.*", service.name())).collect();
        let names = OPERATIONS.iter().map(|spec| spec.name).chain(patterns.iter().map(String::as_str));
        let kind = ErrorKind::GlobMatchesNothing(token.found());
        return Err(cursor.error_near(token.column, kind, nearest(word, names)));
    }
    Ok((word.to_owned(), types))
}

/// `policy GLOB LEVEL [via=REPLICA] [force=yes]`
pub(super) fn policy(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let token = cursor.next("an operation type or a pattern")?;
    let (glob, _) = glob(cursor, &token)?;
    let token = cursor.next("a level")?;
    let Some(level) = token.word().and_then(Level::parse) else {
        return Err(cursor.unknown(&token, Noun::Level, &Level::NAMES, ""));
    };
    let level = level_options(cursor, level)?;
    let (via, force) = (via(cursor)?, yes_no(cursor, "force")?);
    if force && level.log().is_none() {
        cursor.refuse_option("force", "a level without a log")?;
    }
    Ok(WorldCommand::Policy { glob, level, via, force })
}

/// What stands in parentheses behind a level: `linearizable(lease-read)`, `primary(semi-sync=1,local)`, `bounded(1s)`,
/// `threshold(5,naive)`.
fn level_options(cursor: &mut Cursor<'_>, level: Level) -> Read<Level> {
    if !cursor.take_sign(Sign::Open) {
        return match level {
            Level::Bounded(_) => Err(cursor.missing(HOW_LATE)),
            Level::Threshold(..) => Err(cursor.missing(HOW_MUCH)),
            _ => Ok(level),
        };
    }
    let token = cursor.next("an option of the level")?;
    let level = match level {
        Level::Linearizable(_) => Level::Linearizable(cursor.choice(&token, &[("lease-read", ReadBy::Lease)])?),
        Level::Threshold(..) => threshold(cursor, &token)?,
        Level::Primary(_) => primary(cursor, token)?,
        Level::Bounded(_) => {
            Level::Bounded(cursor.time_within(&token, HOW_LATE, 1, BOUND_US_MAX, || "1h".to_owned())? as u32)
        }
        Level::Eventual => return Err(cursor.wrong(&token, "no options of eventual")),
    };
    if cursor.take_sign(Sign::Close) {
        return Ok(level);
    }
    Err(cursor.missing("a closing parenthesis"))
}

/// What stands behind `threshold`, as people may have forgotten it.
const HOW_MUCH: &str = "how much is left for the log, as in threshold(5)";

/// `5` or `5,naive`, from the number on.
fn threshold(cursor: &mut Cursor<'_>, token: &Token) -> Read<Level> {
    let above = cursor.int(token, "how much is left for the log,", 0, i128::from(AMOUNT_MAX))? as u32;
    if !cursor.take_sign(Sign::Comma) {
        return Ok(Level::Threshold(above, Cover::Grants));
    }
    let token = cursor.next("naive")?;
    Ok(Level::Threshold(above, cursor.choice(&token, &[("naive", Cover::Naive)])?))
}

/// What stands behind `bounded`, as people may have forgotten it.
const HOW_LATE: &str = "how late a read may be, as in bounded(500ms)";
/// The largest bound of `bounded`, in microseconds: an hour.
const BOUND_US_MAX: u64 = 3_600 * SECOND;

/// `semi-sync=1`, `local`, or both with a comma, from the first word on.
fn primary(cursor: &mut Cursor<'_>, first: Token) -> Read<Level> {
    let mut shipping = Shipping::default();
    let mut token = first;
    loop {
        match token.word() {
            Some("local") => shipping.local_reads = true,
            Some("semi-sync") if cursor.take_sign(Sign::Assign) => {
                let count = cursor.next("how many followers")?;
                shipping.followers = cursor.int(&count, "how many followers", 1, REPLICAS_MAX as i128 - 1)? as u8;
            }
            Some("semi-sync") => return Err(cursor.wrong(&token, "semi-sync=1, with how many followers")),
            _ => return Err(cursor.wrong(&token, "semi-sync=1 or local")),
        }
        if !cursor.take_sign(Sign::Comma) {
            return Ok(Level::Primary(shipping));
        }
        token = cursor.next("an option of primary")?;
    }
}

/// An option that is yes or no; no if it is left out.
pub(super) fn yes_no(cursor: &mut Cursor<'_>, option: &str) -> Read<bool> {
    let token = cursor.option(option);
    token.map_or(Ok(false), |token| cursor.choice(&token, &[("yes", true), ("no", false)]))
}

/// `merge SERVICE RESOLVER`
pub(super) fn merge(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let token = cursor.next("a service")?;
    let service = service(cursor, &token)?;
    let reason = match service {
        Service::Profile => None,
        Service::Item => Some("is a timestamped cell, merged by the larger wall reading"),
        Service::Stock | Service::Account | Service::Likes => Some("is a counter, whose additions merge in any order"),
        Service::Payment => Some("is a record of keyed requests, which all say the same"),
        Service::Username => Some("is a unique registry: the later claim by hybrid time stays"),
        Service::Access => Some("is a permission set: the later by hybrid time stays, on a tie the revocation"),
        Service::Feed => Some("is a log that only grows, so there is nothing to choose between"),
    };
    if let Some(reason) = reason {
        return Err(cursor.error(token.column, ErrorKind::NoChoice { service: service.name(), reason }));
    }
    let token = cursor.next("a resolver")?;
    let resolver = cursor.named(&token, Noun::Resolver, &Resolver::ALL, |resolver| resolver.name())?;
    Ok(WorldCommand::Merge { service, resolver })
}
