//! Faults of links: `slow`, `delay`, `lose`, `duplicate`, `reorder`, `bandwidth`, `flap`.

use crate::base::MessageClass;
use crate::cluster::command::{LinkTarget, Party, SlowBy, Ways, WorldCommand};

use super::cursor::{Cursor, Read};
use super::delays;
use super::error::ErrorKind;
use super::lex::{Sign, Token, TokenKind};
use super::noun::Noun;
use super::quantity::{INTERVAL_US_MIN, Signed};

/// Bytes in a second that a link can be limited to: beyond it no message of the lab would notice.
const BANDWIDTH_MAX: u64 = 1_000_000_000_000;

/// `LINK`: `A B` or `A -> B`, and the option `class`.
fn link(cursor: &mut Cursor<'_>) -> Read<LinkTarget> {
    let first = cursor.next("one end of a link")?;
    let from = cursor.party(&first)?;
    link_from(cursor, &first, from)
}

fn link_from(cursor: &mut Cursor<'_>, first: &Token, from: Party) -> Read<LinkTarget> {
    let ways = if cursor.take_sign(Sign::Arrow) { Ways::One } else { Ways::Both };
    let second = cursor.next("the other end of the link")?;
    let to = cursor.party(&second)?;
    if from == to {
        return Err(cursor.error(second.column, ErrorKind::SameEnds(second.found())));
    }
    if matches!((&from, &to), (Party::Client(_), Party::Client(_))) {
        return Err(cursor.error(first.column, ErrorKind::NoLink(first.found(), second.found())));
    }
    let class = match cursor.option("class") {
        Some(token) => Some(cursor.named(&token, Noun::Class, &MessageClass::ALL, |class| class.name())?),
        None => None,
    };
    Ok(LinkTarget { from, to, ways, class })
}

/// `slow LINK TIME`, `slow LINK +TIME`, `slow REPLICA TIME`
pub(super) fn slow(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let first = cursor.next("a link or a replica")?;
    let party = cursor.party(&first)?;
    if cursor.peek().is_none_or(|token| matches!(token.kind, TokenKind::Number(_))) {
        return slow_replica(cursor, &first);
    }
    let link = link_from(cursor, &first, party)?;
    let token = cursor.next("a delay, or +delay to add to it")?;
    let us = cursor.duration(&token, "a delay", 0)?;
    let adds = cursor.number(&token, "a delay")?.signed == Signed::Plus;
    Ok(WorldCommand::SlowLink { link, by: if adds { SlowBy::By(us) } else { SlowBy::To(us) } })
}

fn slow_replica(cursor: &mut Cursor<'_>, first: &Token) -> Read<WorldCommand> {
    cursor.refuse_option("class", "one replica, only with a link")?;
    let token = cursor.next("a time, or the other end of a link")?;
    let replica = cursor.replica(first)?;
    let per_input_us = cursor.duration(&token, "a time for each input", 0)?;
    Ok(WorldCommand::SlowReplica { replica, per_input_us })
}

/// `delay LINK DISTRIBUTION`
pub(super) fn delay(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let link = link(cursor)?;
    let delay = delays::distribution(cursor)?;
    Ok(WorldCommand::Delay { link, delay })
}

/// `lose LINK PERCENT`
pub(super) fn lose(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let link = link(cursor)?;
    let probability = percent(cursor)?;
    Ok(WorldCommand::Lose { link, probability })
}

/// `duplicate LINK PERCENT`
pub(super) fn duplicate(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let link = link(cursor)?;
    let probability = percent(cursor)?;
    Ok(WorldCommand::Duplicate { link, probability })
}

/// `reorder LINK PERCENT by=TIME`
pub(super) fn reorder(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let link = link(cursor)?;
    let probability = percent(cursor)?;
    let token = cursor.required_option("by")?;
    let by_us = cursor.duration(&token, "an extra delay", 1)?;
    Ok(WorldCommand::Reorder { link, probability, by_us })
}

fn percent(cursor: &mut Cursor<'_>) -> Read<f64> {
    let token = cursor.next("a percentage")?;
    cursor.quantity(&token, "a percentage", |number| number.probability("a percentage"))
}

/// `bandwidth LINK RATE`, `bandwidth LINK off`
pub(super) fn bandwidth(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    const WHAT: &str = "bytes in a second";
    let link = link(cursor)?;
    if cursor.take_word("off") {
        return Ok(WorldCommand::Bandwidth { link, bytes_per_second: None });
    }
    let token = cursor.next("bytes in a second, or off")?;
    let rate = cursor.quantity(&token, WHAT, |number| number.per_second(WHAT, BANDWIDTH_MAX))?;
    Ok(WorldCommand::Bandwidth { link, bytes_per_second: Some(rate) })
}

/// `flap LINK up=TIME down=TIME`
pub(super) fn flap(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let link = link(cursor)?;
    let token = cursor.required_option("up")?;
    let up_us = cursor.duration(&token, "a time up", INTERVAL_US_MIN)?;
    let token = cursor.required_option("down")?;
    let down_us = cursor.duration(&token, "a time down", INTERVAL_US_MIN)?;
    Ok(WorldCommand::Flap { link, up_us, down_us })
}
