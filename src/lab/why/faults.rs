//! Faults as spans of time: from the command that brings one to the command that ends it.

use crate::base::Instant;
use crate::cluster::WorldCommand;
use crate::cluster::command::{Heal, Party, Recorded};
use crate::lab::sitting::Sitting;

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Since when.
    pub(super) from: Instant,
    /// Until when, if it is over.
    pub(super) to: Option<Instant>,
    /// The line that brought it.
    pub(super) text: String,
}

/// The faults that were in force at some time between two instants, oldest first.
pub(super) fn between(sitting: &Sitting, from: Instant, to: Instant) -> Vec<Fault> {
    let commands = &sitting.commands()[..sitting.applied()];
    let mut faults = Vec::new();
    for (index, recorded) in commands.iter().enumerate().take_while(|(_, recorded)| recorded.at <= to) {
        if !is_fault(&recorded.command) {
            continue;
        }
        let end = end(recorded, &commands[index + 1..]);
        if end.is_none_or(|end| end >= from) {
            faults.push(Fault { from: recorded.at, to: end, text: recorded.text.trim().to_owned() });
        }
    }
    faults
}

fn is_fault(command: &WorldCommand) -> bool {
    use WorldCommand as C;
    match command {
        C::Partition { .. } | C::Isolate(_) | C::Flap { .. } | C::Crash { .. } | C::Pause { .. } => true,
        C::Lose { .. } | C::Duplicate { .. } | C::Reorder { .. } | C::SlowLink { .. } | C::Delay { .. } => true,
        C::Bandwidth { bytes_per_second, .. } => bytes_per_second.is_some(),
        C::SlowReplica { per_input_us, .. } => *per_input_us > 0,
        C::Skew { .. } | C::Drift { .. } | C::Step { .. } | C::Noise { .. } => true,
        C::Hazard { on, .. } => *on,
        C::Gossip { on } => !on,
        _ => false,
    }
}

/// When a fault was over.
fn end(fault: &Recorded, later: &[Recorded]) -> Option<Instant> {
    if let WorldCommand::Pause { for_us: Some(us), .. } = fault.command {
        let ends = fault.at + us;
        let sooner = later.iter().find(|next| ends_it(&fault.command, &next.command)).map(|next| next.at);
        return Some(sooner.map_or(ends, |sooner| sooner.min(ends)));
    }
    later.iter().find(|next| ends_it(&fault.command, &next.command)).map(|next| next.at)
}

fn ends_it(fault: &WorldCommand, next: &WorldCommand) -> bool {
    use WorldCommand as C;
    match (fault, next) {
        (C::Crash { replica, .. }, C::Restart(again)) => replica == again,
        (C::Pause { party, .. }, C::Resume(again)) => party == again,
        (C::Crash { .. } | C::Pause { .. }, C::Heal(Heal::All)) => true,
        (C::SlowReplica { replica, .. }, C::SlowReplica { replica: again, .. }) => replica == again,
        (C::Skew { party, .. }, C::Skew { party: again, .. }) => party == again,
        (C::Drift { party, .. }, C::Drift { party: again, .. }) => party == again,
        (C::Noise { party, .. }, C::Noise { party: again, .. }) => party == again,
        (C::Hazard { hazard, .. }, C::Hazard { hazard: again, .. }) => hazard == again,
        (C::Gossip { .. }, C::Gossip { .. }) => true,
        (_, C::Heal(Heal::Links | Heal::All)) => is_of_links(fault),
        (_, C::Heal(Heal::Only(parties))) => mends(fault, parties),
        _ => false,
    }
}

fn is_of_links(fault: &WorldCommand) -> bool {
    use WorldCommand as C;
    matches!(
        fault,
        C::Partition { .. }
            | C::Isolate(_)
            | C::Flap { .. }
            | C::Lose { .. }
            | C::Duplicate { .. }
            | C::Reorder { .. }
            | C::SlowLink { .. }
            | C::Delay { .. }
            | C::Bandwidth { .. }
    )
}

/// Whether nothing is left of a fault when the links of `parties` are mended.
fn mends(fault: &WorldCommand, parties: &[Party]) -> bool {
    use WorldCommand as C;
    let all = |side: &Vec<Party>| side.iter().all(|party| parties.contains(party));
    match fault {
        C::Partition { sides, .. } => sides.iter().filter(|side| !all(side)).count() <= 1,
        C::Isolate(isolated) => all(isolated),
        C::Flap { link, .. }
        | C::Lose { link, .. }
        | C::Duplicate { link, .. }
        | C::Reorder { link, .. }
        | C::SlowLink { link, .. }
        | C::Delay { link, .. }
        | C::Bandwidth { link, .. } => parties.contains(&link.from) || parties.contains(&link.to),
        _ => false,
    }
}
