//! The primary and its followers in sentences.

use super::{Said, entries_text, is_up};
use crate::base::{Level, Shipping};
use crate::base::{OpSet, ReplicaId};
use crate::cluster::view::{Condition, ReplicaView, View};
use crate::replica::primary::Primary;
use crate::tui::draw::rounded_span;
use crate::tui::panes::roles::shown::Shown;
use crate::tui::theme::Role;

/// Everybody who takes itself for the primary.
pub(in super::super) fn heads(shown: &Shown<'_>) -> String {
    let up = shown.primaries().filter(|(id, _)| is_up(&shown.view.replica(*id)));
    let heads = up.filter(|(_, primary)| primary.is_primary());
    let heads: Vec<String> =
        heads.map(|(id, primary)| format!("{id} in epoch {}", shown.number(primary.epoch()))).collect();
    if heads.is_empty() { "nobody".to_owned() } else { heads.join(", ") }
}

/// How the log decides what is bound to it.
pub(super) fn how(view: View<'_>, types: OpSet) -> String {
    let mut levels: Vec<Level> = types.iter().map(|op_type| view.settings().policy.level(op_type)).collect();
    levels.dedup();
    let followers = levels.iter().map(|level| level.followers()).max().unwrap_or(0);
    let done = match followers {
        0 => "a write waits for no follower".to_owned(),
        1 => "a write waits for 1 follower".to_owned(),
        many => format!("a write waits for {many} followers"),
    };
    let read = levels.iter().find_map(|level| match level {
        Level::Bounded(us) => Some(format!(", any replica answers a read while it lags {}", span_text(*us))),
        Level::Primary(Shipping { local_reads: true, .. }) => Some(", any replica answers a read".to_owned()),
        _ => None,
    });
    done + &read.unwrap_or_default()
}

fn span_text(us: u32) -> String {
    format!("{} at most", rounded_span(u64::from(us)))
}

/// What a replica is to the log, and where it is wrong about that.
pub(super) fn standing(shown: &Shown<'_>, replica: &ReplicaView) -> Option<Said> {
    let (view, id) = (shown.view, replica.id);
    let primary = view.primary(id)?;
    let epoch = shown.number(primary.epoch());
    let newest = shown.newest_primary().filter(|(other, _)| *other != id);
    let later = newest.filter(|(_, other)| other.epoch() > primary.epoch());
    let said = match (replica.condition, later) {
        (Condition::DiskLost, _) => {
            (format!("{id} lost its disk, and its log; restarted, it needs all of a primary's to count"), Role::Warn)
        }
        (Condition::Down, _) => (format!("{id} is down; its epoch and its log are on its disk"), Role::Warn),
        (_, Some((other, later))) if primary.is_primary() => {
            let later = shown.number(later.epoch());
            let text =
                format!("{id} acts as the primary of epoch {epoch} still: it has not heard of {other}'s epoch {later}");
            (text, Role::Warn)
        }
        _ if primary.is_primary() => leads(shown, id, primary),
        _ if primary.is_campaigning() => {
            let majority = view.replica_count() / 2 + 1;
            (format!("{id} hears no primary and asks who would follow it; it needs {majority} with itself"), Role::Warn)
        }
        (_, later) => follows(shown, replica, primary, later.map(|(other, _)| other)),
    };
    Some(said)
}

fn leads(shown: &Shown<'_>, id: ReplicaId, primary: &Primary) -> Said {
    let log = primary.log();
    let behind = log.last().index - primary.stable();
    let lacking = shown.lacking(log.last().index, log.last().term);
    match behind {
        0 => (format!("{id} is the primary; every replica has all of its log"), Role::Text),
        _ if lacking.is_empty() => {
            (format!("{id} is the primary; it has not heard yet that all have its log"), Role::Text)
        }
        behind => {
            let lack = if behind == 1 { "is" } else { "are" };
            (format!("{id} is the primary; {} {lack} not known to be everywhere", entries_text(behind)), Role::Text)
        }
    }
}

fn follows(shown: &Shown<'_>, replica: &ReplicaView, primary: &Primary, later: Option<ReplicaId>) -> Said {
    let (view, id) = (shown.view, replica.id);
    let Some(followed) = primary.primary() else {
        let known = if primary.epoch() == 0 { "no primary" } else { "no primary of the epoch that it promised" };
        return (format!("{id} follows, and has heard of {known} yet"), Role::Warn);
    };
    if let Some(later) = later {
        return (format!("{id} follows {followed}, and has not heard that {later} is the primary now"), Role::Warn);
    }
    let silence_us = primary.silence_us(replica.local);
    if silence_us > 4 * view.settings().heartbeat_every_us {
        let next = match view.settings().failover_us {
            Some(_) => "failover is automatic".to_owned(),
            None => format!("failover is by hand: promote {id}"),
        };
        return (format!("{id} has not heard of {followed} for {}; {next}", rounded_span(silence_us)), Role::Warn);
    }
    let last = primary.log().last().index;
    let ahead = view.primary(followed).map_or(0, |other| other.log().last().index.saturating_sub(last));
    let lacks = if ahead == 0 { String::new() } else { format!(" and lacks {}", entries_text(ahead)) };
    (format!("{id} follows {followed}{lacks}"), Role::Text)
}
