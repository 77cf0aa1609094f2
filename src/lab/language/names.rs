//! New names: which a person may give to clients, workloads and marks.

use crate::base::Service;

use super::cursor::{Cursor, Read, replica_number};
use super::error::ErrorKind;
use super::lex::Token;
use super::specs::all_specs;

/// Characters of a name.
const NAME_MAX: usize = 32;
/// Words that begin a condition, a measure or an option's value.
const RESERVED: [&str; 11] =
    ["all", "on", "off", "alerts", "violations", "retries", "messages", "tombstones", "fault", "converged", "used"];

/// A name of a person's own: a letter, then letters, digits, `-` or `_`.
pub(super) fn own_name(cursor: &Cursor<'_>, token: &Token) -> Read<String> {
    let fits = |word: &&str| {
        word.starts_with(char::is_alphabetic)
            && word.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
            && word.chars().count() <= NAME_MAX
    };
    match token.word().filter(fits) {
        Some(word) => Ok(word.to_owned()),
        None => Err(cursor.error(token.column, ErrorKind::BadName(token.found()))),
    }
}

/// The name of a new client or workload: not a word of the language, since a measure may begin with it.
pub(super) fn actor_name(cursor: &Cursor<'_>, token: &Token) -> Read<String> {
    let name = own_name(cursor, token)?;
    let reserved = replica_number(&name).is_some()
        || RESERVED.contains(&name.as_str())
        || Service::parse(&name).is_some()
        || all_specs().any(|spec| spec.name == name);
    if reserved {
        return Err(cursor.error(token.column, ErrorKind::ReservedName(token.found())));
    }
    cursor.declared.check_new_actor(&name).map_err(|kind| cursor.error(token.column, kind))?;
    Ok(name)
}
