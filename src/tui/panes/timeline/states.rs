//! How actors are, and what they wait for, over stretches of their lanes.

use crate::base::{Actor, AttemptId, Instant};
use crate::cluster::view::{Condition, View};
use crate::record::{Happened, TraceEntry};

use super::scan::{Pass, Stretch};

/// Entries after the window that are asked how an actor was in it, where nothing in it says so.
pub(super) const LOOK_AHEAD_MAX: u64 = 4_096;

impl Pass<'_> {
    /// What an entry says about how its actor is, and was before.
    pub(super) fn changes(&mut self, lane: usize, entry: &TraceEntry) {
        let (from, at) = (self.window.from, entry.at);
        let open = &mut self.open[lane];
        if let Some((before, after)) = change(&entry.what) {
            let (was, since) = open.condition.unwrap_or((before, from));
            if was != Condition::Up {
                self.scan.conditions.push(Stretch { lane, from: since, to: at, is: was });
            }
            open.condition = Some((after, at));
        }
        match entry.what {
            Happened::Invoked { attempt } => {
                open.operation.get_or_insert((Some(attempt), at));
                open.knows_operation = true;
            }
            Happened::Returned { attempt } => {
                let began = open.operation.take().or((!open.knows_operation).then_some((Some(attempt), from)));
                if let Some((is, since)) = began {
                    self.scan.operations.push(Stretch { lane, from: since, to: at, is });
                }
                open.knows_operation = true;
            }
            _ => {}
        }
    }

    /// Ends everything at the end of the window; what nothing in it said, what comes after says, or else how things
    /// are now.
    pub(super) fn finish<'b>(&mut self, view: View<'_>, ahead: &(impl Iterator<Item = &'b TraceEntry> + Clone)) {
        let to = self.window.to;
        for (lane, open) in std::mem::take(&mut self.open).into_iter().enumerate() {
            self.scan.counts.add(open.moment);
            let actor = self.lanes.all[lane].actor;
            let later = || ahead.clone().filter(|entry| entry.actor == actor);
            let (is, since) = open.condition.unwrap_or_else(|| {
                let said = later().find_map(|entry| change(&entry.what)).map(|(before, _)| before);
                (said.unwrap_or_else(|| condition(view, actor)), self.window.from)
            });
            if is != Condition::Up {
                self.scan.conditions.push(Stretch { lane, from: since, to, is });
            }
            let unsaid = || -> Option<(Option<AttemptId>, Instant)> {
                let said = later().find_map(|entry| match entry.what {
                    Happened::Returned { attempt } => Some(Some(attempt)),
                    Happened::Invoked { .. } => Some(None),
                    _ => None,
                });
                match said {
                    Some(attempt) => attempt.map(|attempt| (Some(attempt), self.window.from)),
                    None => runs(view, actor).then_some((None, self.window.from)),
                }
            };
            let running = if open.knows_operation { open.operation } else { unsaid() };
            if let Some((is, since)) = running {
                self.scan.operations.push(Stretch { lane, from: since, to, is });
            }
        }
    }
}

/// How an actor was before and after an entry, if that says so.
fn change(what: &Happened) -> Option<(Condition, Condition)> {
    match what {
        Happened::Paused => Some((Condition::Up, Condition::Paused)),
        Happened::Resumed => Some((Condition::Paused, Condition::Up)),
        Happened::Crashed { disk_lost: false } => Some((Condition::Up, Condition::Down)),
        Happened::Crashed { disk_lost: true } => Some((Condition::Up, Condition::DiskLost)),
        Happened::Restarted { .. } => Some((Condition::Down, Condition::Up)),
        _ => None,
    }
}

fn condition(view: View<'_>, actor: Actor) -> Condition {
    match actor.as_replica() {
        Some(replica) => view.replica(replica).condition,
        None => view.clients().find(|client| client.actor == actor).map_or(Condition::Up, |client| client.condition),
    }
}

/// Whether an operation of this actor runs now.
fn runs(view: View<'_>, actor: Actor) -> bool {
    view.clients().any(|client| client.actor == actor && client.running.is_some())
}
