//! Settings of the cluster and of the provider beside it: `hazard`, `gossip`, `repair`, `grace`, `heartbeat`,
//! `promote`, `failover`, `slo`, `provider`.

use crate::base::Hazard;
use crate::cluster::command::{RepairSettings, WorldCommand};

use super::cursor::{Cursor, Read};
use super::error::ErrorKind;
use super::noun::Noun;
use super::quantity::INTERVAL_US_MIN;

const ON_OFF: [(&str, bool); 2] = [("on", true), ("off", false)];

/// `hazard NAME on|off`
pub(super) fn hazard(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let token = cursor.next("a hazard")?;
    let hazard = cursor.named(&token, Noun::Hazard, &Hazard::ALL, |hazard| hazard.name())?;
    Ok(WorldCommand::Hazard { hazard, on: on_off(cursor)? })
}

/// `gossip on|off`
pub(super) fn gossip(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    Ok(WorldCommand::Gossip { on: on_off(cursor)? })
}

fn on_off(cursor: &mut Cursor<'_>) -> Read<bool> {
    let token = cursor.next("on or off")?;
    cursor.choice(&token, &ON_OFF)
}

/// `repair every=TIME`, `repair off`, `repair A B`
pub(super) fn repair(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    if let Some(token) = cursor.option("every") {
        let every_us = cursor.duration(&token, "an interval", INTERVAL_US_MIN)?;
        return Ok(WorldCommand::Repair(RepairSettings::Every(every_us)));
    }
    if cursor.take_word("off") {
        return Ok(WorldCommand::Repair(RepairSettings::Off));
    }
    let token = cursor.next("every=TIME, off, or two replicas")?;
    let first = cursor.replica(&token)?;
    let token = cursor.next("a second replica")?;
    let second = cursor.replica(&token)?;
    if first == second {
        return Err(cursor.error(token.column, ErrorKind::SameEnds(token.found())));
    }
    Ok(WorldCommand::Repair(RepairSettings::Now(first, second)))
}

/// `grace TIME`
pub(super) fn grace(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let token = cursor.next("how long tombstones are kept")?;
    cursor.duration(&token, "a grace", 0).map(WorldCommand::Grace)
}

/// `heartbeat every=TIME`
pub(super) fn heartbeat(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let token = cursor.required_option("every")?;
    cursor.duration(&token, "an interval", INTERVAL_US_MIN).map(WorldCommand::Heartbeat)
}

/// `promote REPLICA`
pub(super) fn promote(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let token = cursor.next("a replica")?;
    cursor.replica(&token).map(WorldCommand::Promote)
}

/// How long followers are patient if nobody says.
const FAILOVER_US: u64 = 1_000_000;

/// `failover auto [timeout=TIME]`, `failover manual`
pub(super) fn failover(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let token = cursor.next("auto or manual")?;
    if !cursor.choice(&token, &[("auto", true), ("manual", false)])? {
        return Ok(WorldCommand::Failover(None));
    }
    let timeout = cursor.option("timeout");
    let timeout_us = timeout.map(|token| cursor.duration(&token, "a timeout", INTERVAL_US_MIN)).transpose()?;
    Ok(WorldCommand::Failover(Some(timeout_us.unwrap_or(FAILOVER_US))))
}

/// `provider [keys=on|off] [delay=TIME]`, one of them at least
pub(super) fn provider(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let delay = cursor.option("delay");
    let delay_us = delay.map(|token| cursor.duration(&token, "a delay", 0)).transpose()?;
    let keys = match delay_us {
        None => Some(cursor.required_option("keys")?),
        Some(_) => cursor.option("keys"),
    };
    let keys = keys.map(|token| cursor.choice(&token, &ON_OFF)).transpose()?;
    Ok(WorldCommand::Provider { keys, delay_us })
}

/// `slo TIME`
pub(super) fn slo(cursor: &mut Cursor<'_>) -> Read<WorldCommand> {
    let token = cursor.next("the greatest lag that is fine")?;
    cursor.duration(&token, "an objective", 1).map(WorldCommand::Slo)
}
