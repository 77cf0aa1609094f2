//! Levels with their options, as `policy` and lessons write them.

use crate::base::limits::{AMOUNT_MAX, REPLICAS_MAX};
use crate::base::time::SECOND;
use crate::base::{Cover, Level, Quorum, ReadBy, Session, Shipping, StampBy, Strategy};

use super::cursor::{Cursor, Read};
use super::lex::{Sign, Token};

/// What stands in parentheses behind a level: `linearizable(lease-read)`, `primary(semi-sync=1,local)`, `bounded(1s)`,
/// `threshold(5,naive)`, `session(token,fifo)`, `quorum(2,2,3,write-back)`.
pub(super) fn level_options(cursor: &mut Cursor<'_>, level: Level) -> Read<Level> {
    if !cursor.take_sign(Sign::Open) {
        return match level {
            Level::Bounded(_) => Err(cursor.missing(HOW_LATE)),
            Level::Threshold(..) => Err(cursor.missing(HOW_MUCH)),
            Level::Session(_) => Err(cursor.missing(STRATEGY)),
            Level::Quorum(_) => Err(cursor.missing(HOW_MANY)),
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
        Level::Session(_) => session(cursor, &token)?,
        Level::Quorum(_) => quorum(cursor, &token)?,
        Level::Eventual => return Err(cursor.wrong(&token, "no options of eventual")),
        Level::Causal => return Err(cursor.wrong(&token, "no options of causal")),
    };
    if cursor.take_sign(Sign::Close) {
        return Ok(level);
    }
    Err(match cursor.peek() {
        Some(token) => cursor.wrong(token, "a comma or a closing parenthesis"),
        None => cursor.missing("a closing parenthesis"),
    })
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

/// What stands behind `session`, as people may have forgotten it.
const STRATEGY: &str = "a strategy: session(affinity), session(pinned,r1), session(wait,100ms) or session(token)";

/// `affinity`, `pinned,r1`, `wait,100ms` or `token`, and perhaps `fifo` behind it, from the first word on.
fn session(cursor: &mut Cursor<'_>, first: &Token) -> Read<Level> {
    let strategy = match first.word() {
        Some("affinity") => Strategy::Affinity,
        Some("token") => Strategy::Token,
        Some("pinned") => {
            let token = behind_comma(cursor, "a replica, as in session(pinned,r1)")?;
            Strategy::Pinned(cursor.replica(&token)?)
        }
        Some("wait") => {
            let token = behind_comma(cursor, "how long a read sleeps, as in session(wait,100ms)")?;
            Strategy::Wait(
                cursor.time_within(&token, "how long a read sleeps", 1, SLEEP_US_MAX, || "1m".to_owned())? as u32
            )
        }
        _ => return Err(cursor.wrong(first, "affinity, pinned, wait or token")),
    };
    let fifo = cursor.take_sign(Sign::Comma);
    if fifo {
        let token = cursor.next("fifo")?;
        cursor.choice(&token, &[("fifo", ())])?;
    }
    Ok(Level::Session(Session { strategy, fifo }))
}

/// The longest sleep of `session(wait)`, in microseconds: a minute.
const SLEEP_US_MAX: u64 = 60 * SECOND;

/// What stands behind `quorum`, as people may have forgotten it.
const HOW_MANY: &str = "how many answer a read, have a write, and are homes of a key, as in quorum(2,2,3)";

/// `2,2,3` and options with commas, from the first number on.
fn quorum(cursor: &mut Cursor<'_>, first: &Token) -> Read<Level> {
    let most = REPLICAS_MAX as i128;
    let reads = cursor.int(first, "how many homes answer a read", 1, most)? as u8;
    let token = behind_comma(cursor, HOW_MANY)?;
    let writes = cursor.int(&token, "how many homes have a write", 1, most)? as u8;
    let token = behind_comma(cursor, HOW_MANY)?;
    let homes = cursor.int(&token, "how many homes a key has", i128::from(reads.max(writes)), most)? as u8;
    let mut quorum = Quorum::of(reads, writes, homes);
    while cursor.take_sign(Sign::Comma) {
        let token = cursor.next("an option of quorum")?;
        match token.word() {
            Some("write-back") => quorum.write_back = is_on(cursor)?,
            Some("sloppy") => quorum.sloppy = is_on(cursor)?,
            Some("stamp") => quorum.stamp = set_to(cursor, &[("read", StampBy::Read), ("clock", StampBy::Clock)])?,
            Some("read-repair") => quorum.read_repair = set_to(cursor, &ON_OFF)?,
            Some("hints") => quorum.hints = set_to(cursor, &ON_OFF)?,
            _ => {
                let options = "write-back, sloppy, stamp=clock, read-repair=off or hints=off";
                return Err(cursor.wrong(&token, options));
            }
        }
    }
    Ok(Level::Quorum(quorum))
}

const ON_OFF: [(&str, bool); 2] = [("on", true), ("off", false)];

/// `=` and one of some words.
fn set_to<T: Copy>(cursor: &mut Cursor<'_>, choices: &[(&'static str, T)]) -> Read<T> {
    if !cursor.take_sign(Sign::Assign) {
        return Err(cursor.missing("`=` and a word"));
    }
    let token = cursor.next("a word")?;
    cursor.choice(&token, choices)
}

/// Whether an option is on that needs no word: `write-back` is `write-back=on`.
fn is_on(cursor: &mut Cursor<'_>) -> Read<bool> {
    if cursor.take_sign(Sign::Assign) {
        let token = cursor.next("on or off")?;
        return cursor.choice(&token, &ON_OFF);
    }
    Ok(true)
}

fn behind_comma(cursor: &mut Cursor<'_>, expected: &'static str) -> Read<Token> {
    if cursor.take_sign(Sign::Comma) { cursor.next(expected) } else { Err(cursor.missing(expected)) }
}
