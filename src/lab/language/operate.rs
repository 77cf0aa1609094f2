//! Operations and what they are bound to: `ana: stock.reserve mug 1`, `policy`, `merge`.

use crate::base::limits::AMOUNT_MAX;
use crate::base::operation::{Argument, OPERATIONS};
use crate::base::{Level, OpType, ReplicaId, Resolver, Service};
use crate::cluster::command::{Literal, WorldCommand};

use super::cursor::{Cursor, Read};
use super::error::ErrorKind;
use super::levels::level_options;
use super::lex::Token;
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
