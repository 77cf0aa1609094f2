//! Partitions and faults of replicas: `partition`, `isolate`, `heal`, `crash`, `restart`, `pause`, `resume`.

use crate::cluster::command::{Disk, Heal, Party, Ways, WorldCommand};

use super::cursor::{Cursor, Read};
use super::error::ErrorKind;
use super::lex::{Sign, Token};

/// `partition A… | B…` or `partition A… -> B…`
pub(super) fn partition(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let column = cursor.first_column();
    let mut named = Vec::new();
    let mut sides = vec![side(cursor, &mut named)?];
    let (mut bars, mut arrows) = (0, 0);
    while let Some(sign) = cursor.peek().filter(|token| is_between(token)).cloned() {
        bars += u32::from(cursor.take_sign(Sign::Bar));
        arrows += u32::from(cursor.take_sign(Sign::Arrow));
        if arrows > 1 || (arrows == 1 && bars > 0) {
            return Err(cursor.error(sign.column, ErrorKind::MixedSides));
        }
        sides.push(side(cursor, &mut named)?);
    }
    if sides.len() < 2 {
        return Err(cursor.error(column, ErrorKind::OneSide));
    }
    Ok(WorldCommand::Partition { sides, ways: if arrows == 1 { Ways::One } else { Ways::Both } })
}

fn is_between(token: &Token) -> bool {
    token.is(Sign::Bar) || token.is(Sign::Arrow)
}

/// The actors up to the next sign; `named` are those of all sides so far.
fn side(cursor: &mut Cursor<'_>, named: &mut Vec<Party>) -> Read<Vec<Party>> {
    let mut side = Vec::new();
    while side.is_empty() || cursor.peek().is_some_and(|token| !is_between(token)) {
        let token = cursor.next("an actor")?;
        let party = cursor.party(&token)?;
        if named.contains(&party) {
            return Err(cursor.error(token.column, ErrorKind::ActorTwice(token.found())));
        }
        named.push(party.clone());
        side.push(party);
    }
    Ok(side)
}

/// `isolate A…`
pub(super) fn isolate(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    side(cursor, &mut Vec::new()).map(WorldCommand::Isolate)
}

/// `heal`, `heal all`, `heal A…`
pub(super) fn heal(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    if cursor.peek().is_none() {
        return Ok(WorldCommand::Heal(Heal::Links));
    }
    if cursor.take_word("all") {
        return Ok(WorldCommand::Heal(Heal::All));
    }
    side(cursor, &mut Vec::new()).map(|who| WorldCommand::Heal(Heal::Only(who)))
}

/// `crash REPLICA [disk=keep|lose]`
pub(super) fn crash(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let token = cursor.next("a replica")?;
    let replica = cursor.replica(&token)?;
    let disk = match cursor.option("disk") {
        Some(token) => cursor.choice(&token, &[("keep", Disk::Keep), ("lose", Disk::Lose)])?,
        None => Disk::Keep,
    };
    Ok(WorldCommand::Crash { replica, disk })
}

/// `restart REPLICA`
pub(super) fn restart(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let token = cursor.next("a replica")?;
    cursor.replica(&token).map(WorldCommand::Restart)
}

/// `pause ACTOR [for=TIME]`
pub(super) fn pause(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let party = party(cursor)?;
    let for_us = match cursor.option("for") {
        Some(token) => Some(cursor.duration(&token, "a pause", 1)?),
        None => None,
    };
    Ok(WorldCommand::Pause { party, for_us })
}

/// `resume ACTOR`
pub(super) fn resume(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    party(cursor).map(WorldCommand::Resume)
}

/// The next argument, an actor.
pub(super) fn party(cursor: &mut Cursor<'_>) -> Read<Party> {
    let token = cursor.next("an actor")?;
    cursor.party(&token)
}
