//! Faults of clocks: `skew`, `drift`, `step`, `ntp`, `noise`.

use crate::base::limits::{DRIFT_PPM_MAX, SKEW_US_MAX};
use crate::cluster::command::{NtpSettings, WorldCommand};

use super::cursor::{Cursor, Read};
use super::faults::party;
use super::lex::Token;
use super::quantity::{INTERVAL_US_MIN, time_text};

/// How often NTP measures unless said otherwise, in microseconds: its usual least interval.
const NTP_EVERY_US: u64 = 64_000_000;

/// `skew ACTOR OFFSET`
pub(super) fn skew(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let party = party(cursor)?;
    let token = cursor.next("an offset such as +80ms")?;
    let offset_us = cursor.signed_time(&token, "an offset", SKEW_US_MAX)?;
    Ok(WorldCommand::Skew { party, offset_us })
}

/// `drift ACTOR PPM`
pub(super) fn drift(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let party = party(cursor)?;
    let token = cursor.next("a drift such as +200ppm")?;
    let ppm = cursor.quantity(&token, "a drift", |number| number.ppm("a drift", DRIFT_PPM_MAX))?;
    Ok(WorldCommand::Drift { party, ppm })
}

/// `step ACTOR OFFSET`
pub(super) fn step(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let party = party(cursor)?;
    let token = cursor.next("a step such as -50ms")?;
    let by_us = cursor.signed_time(&token, "a step", SKEW_US_MAX)?;
    Ok(WorldCommand::Step { party, by_us })
}

/// `ntp ACTOR error=TIME [every=TIME]`, `ntp ACTOR off`
pub(super) fn ntp(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let party = party(cursor)?;
    if cursor.take_word("off") {
        return Ok(WorldCommand::Ntp { party, settings: None });
    }
    let token = cursor.required_option("error")?;
    let error_us = clock_error(cursor, &token)?;
    let every_us = match cursor.option("every") {
        Some(token) => cursor.duration(&token, "an interval", INTERVAL_US_MIN)?,
        None => NTP_EVERY_US,
    };
    Ok(WorldCommand::Ntp { party, settings: Some(NtpSettings { error_us, every_us }) })
}

/// `noise ACTOR TIME`
pub(super) fn noise(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let party = party(cursor)?;
    let token = cursor.next("the greatest error of a reading")?;
    let bound_us = clock_error(cursor, &token)?;
    Ok(WorldCommand::Noise { party, bound_us })
}

fn clock_error(cursor: &Cursor<'_>, token: &Token) -> Read<u64> {
    let most = SKEW_US_MAX as u64;
    cursor.time_within(token, "an error of a clock", 0, most, || time_text(most))
}
