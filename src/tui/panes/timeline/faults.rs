//! Faults of links as stretches of time, from the command that made them to the one that mended them.

use crate::base::Instant;
use crate::cluster::WorldCommand;
use crate::cluster::command::{Heal, LinkTarget, Party, Recorded};

use super::window::Window;

/// Commands before the cursor that are looked at: a fault that is older than so many others is no news.
const COMMANDS_MAX: usize = 2_000;

/// A fault of links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Band<'a> {
    pub(super) from: Instant,
    /// When it was mended, if it was.
    pub(super) to: Option<Instant>,
    /// The line that made it.
    pub(super) text: &'a str,
}

/// The faults of links that overlap the window, oldest first. `commands` are those up to the cursor.
pub(super) fn bands<'a>(commands: &'a [Recorded], window: &Window) -> Vec<Band<'a>> {
    let mut found: Vec<Fault<'a>> = Vec::new();
    for recorded in &commands[commands.len().saturating_sub(COMMANDS_MAX)..] {
        let at = recorded.at;
        let open = found.iter_mut().filter(|fault| fault.band.to.is_none());
        for fault in open.filter(|fault| ends(&recorded.command, fault.command)) {
            fault.band.to = Some(at);
        }
        if begins(&recorded.command) {
            let band = Band { from: at, to: None, text: &recorded.text };
            found.push(Fault { band, command: &recorded.command });
        }
    }
    let is_seen = |band: &Band<'_>| band.from <= window.to && band.to.is_none_or(|to| to >= window.from);
    found.into_iter().map(|fault| fault.band).filter(is_seen).collect()
}

struct Fault<'a> {
    band: Band<'a>,
    command: &'a WorldCommand,
}

/// Whether a command makes a fault of links, and does not mend one.
fn begins(command: &WorldCommand) -> bool {
    match command {
        WorldCommand::Partition { .. }
        | WorldCommand::Isolate(_)
        | WorldCommand::Flap { .. }
        | WorldCommand::SlowLink { .. }
        | WorldCommand::Delay { .. } => true,
        WorldCommand::Lose { probability, .. }
        | WorldCommand::Duplicate { probability, .. }
        | WorldCommand::Reorder { probability, .. } => *probability > 0.0,
        WorldCommand::Bandwidth { bytes_per_second, .. } => bytes_per_second.is_some(),
        _ => false,
    }
}

/// Whether a command mends a fault wholly, or puts another of its kind in its place.
fn ends(command: &WorldCommand, fault: &WorldCommand) -> bool {
    match command {
        WorldCommand::Heal(Heal::Links | Heal::All) => true,
        WorldCommand::Heal(Heal::Only(parties)) => is_mended(fault, parties),
        _ => {
            let same_kind = std::mem::discriminant(command) == std::mem::discriminant(fault);
            same_kind && link(command).is_some_and(|own| link(fault) == Some(own))
        }
    }
}

/// Whether each link that suffers ends at one of these.
fn is_mended(fault: &WorldCommand, parties: &[Party]) -> bool {
    let among = |side: &[Party]| side.iter().all(|party| parties.contains(party));
    match fault {
        WorldCommand::Partition { sides, .. } => sides.iter().filter(|side| !among(side)).count() <= 1,
        WorldCommand::Isolate(isolated) => among(isolated),
        other => link(other).is_some_and(|link| parties.contains(&link.from) || parties.contains(&link.to)),
    }
}

fn link(command: &WorldCommand) -> Option<&LinkTarget> {
    match command {
        WorldCommand::Flap { link, .. }
        | WorldCommand::SlowLink { link, .. }
        | WorldCommand::Delay { link, .. }
        | WorldCommand::Lose { link, .. }
        | WorldCommand::Duplicate { link, .. }
        | WorldCommand::Reorder { link, .. }
        | WorldCommand::Bandwidth { link, .. } => Some(link),
        _ => None,
    }
}
