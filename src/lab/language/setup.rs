//! Setup: the seed, the cluster, the clients, and what is there from the start.

use crate::base::limits::{AMOUNT_MAX, CLIENTS_MAX, REPLICAS_MAX};
use crate::base::operation::permission_name;
use crate::base::{ReplicaId, Service};
use crate::cluster::command::{Literal, Topology, WorldCommand};

use super::cursor::{Cursor, Read};
use super::error::ErrorKind;
use super::lex::{Sign, Token, TokenKind};
use super::names::actor_name;
use super::noun::Noun;

/// The topologies by their names.
pub(super) const TOPOLOGIES: [(&str, Topology); 6] = [
    ("lan", Topology::Lan),
    ("wan", Topology::Wan),
    ("lnkd-ssd", Topology::LnkdSsd),
    ("lnkd-disk", Topology::LnkdDisk),
    ("ymmr", Topology::Ymmr),
    ("wars-wan", Topology::WarsWan),
];

/// `seed INT`
pub(super) fn seed(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let token = cursor.next("a seed (a whole number)")?;
    let seed = cursor.int(&token, "a seed", 0, i128::from(u64::MAX))?;
    Ok(WorldCommand::Seed(seed as u64))
}

/// `cluster INT topology=NAME`
pub(super) fn cluster(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let token = cursor.next("the number of replicas")?;
    let replicas = cursor.int(&token, "a number of replicas", 1, REPLICAS_MAX as i128)? as usize;
    let topology = match cursor.option("topology") {
        Some(token) => cursor.named(&token, Noun::Topology, &TOPOLOGIES, |(name, _)| name)?.1,
        None => Topology::default(),
    };
    Ok(WorldCommand::Cluster { replicas, topology })
}

/// `clients NAME[@REPLICA] …`
pub(super) fn clients(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let mut clients: Vec<(String, Option<ReplicaId>)> = Vec::new();
    while clients.is_empty() || cursor.peek().is_some() {
        let token = cursor.next("the name of a client")?;
        let name = actor_name(cursor, &token)?;
        if clients.iter().any(|(other, _)| *other == name) {
            let kind = ErrorKind::NameTaken { noun: Noun::Client, found: token.found() };
            return Err(cursor.error(token.column, kind));
        }
        let home = if cursor.take_sign(Sign::At) {
            let token = cursor.next("the replica where the client lives")?;
            Some(cursor.replica(&token)?)
        } else {
            None
        };
        clients.push((name, home));
        if clients.len() > CLIENTS_MAX {
            break;
        }
    }
    let column = cursor.first_column();
    cursor.declared.check_clients(clients.len()).map_err(|kind| cursor.error(column, kind))?;
    Ok(WorldCommand::Clients(clients))
}

/// `given SERVICE KEY VALUE`
pub(super) fn given(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let token = cursor.next("a service")?;
    let service = service(cursor, &token)?;
    let key_token = cursor.next("a key")?;
    let key = cursor.key(&key_token)?;
    let value = match service {
        Service::Stock | Service::Account | Service::Likes | Service::Payment => {
            let token = cursor.next("a number")?;
            Literal::Int(cursor.int(&token, "a number", 0, i128::from(AMOUNT_MAX))? as i64)
        }
        Service::Access => person(cursor)?,
        Service::Feed | Service::Profile | Service::Item | Service::Username => {
            let token = cursor.next("a text")?;
            text(cursor, &token)?
        }
    };
    cursor
        .declared
        .check_given(service, &given_name(service, &key, &value))
        .map_err(|kind| cursor.error(key_token.column, kind))?;
    Ok(WorldCommand::Given { service, key, value })
}

/// What is given, of which there can be one only: a key, of a permission set a pair.
pub(super) fn given_name(service: Service, key: &str, value: &Literal) -> String {
    match (service, value) {
        (Service::Access, Literal::Text(person)) => permission_name(key, person),
        _ => key.to_owned(),
    }
}

/// A service by its name.
pub(super) fn service(cursor: &Cursor<'_>, token: &Token) -> Read<Service> {
    cursor.named(token, Noun::Service, &Service::ALL, |service| service.name())
}

/// Who may do something: a text of one word, since the key and it make one name.
pub(super) fn person(cursor: &mut Cursor<'_>) -> Read<Literal> {
    let token = cursor.next("the name of a person")?;
    match text(cursor, &token)? {
        Literal::Text(name) if name.is_empty() || name.contains(char::is_whitespace) => {
            Err(cursor.wrong(&token, "the name of a person, one word"))
        }
        name => Ok(name),
    }
}

/// A text: in quotes, or a bare word.
pub(super) fn text(cursor: &Cursor<'_>, token: &Token) -> Read<Literal> {
    match &token.kind {
        TokenKind::Word(text) | TokenKind::Text(text) => {
            cursor.check_text(token, text).map(|()| Literal::Text(text.clone()))
        }
        TokenKind::Number(number) => Err(cursor.wrong(token, &format!("a text (write \"{}\")", number.text))),
        TokenKind::Sign(_) => Err(cursor.wrong(token, "a text")),
    }
}
