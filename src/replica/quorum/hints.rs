//! Hints: writes that are kept for a home until it confirms them (`DeCandia` et al., *Dynamo*, SOSP 2007).
//!
//! Whoever coordinates a write keeps it for each home that has not confirmed it within [`PATIENCE_US`]; with `sloppy`
//! whoever stands in for a home does so at once. They are on disk, and are sent to homes that are heard.

use std::sync::Arc;

use crate::base::time::{MS, SECOND};
use crate::base::{AttemptId, Dot, LocalInstant, Quorum, ReplicaId};
use crate::data::Delta;
use crate::replica::{Replica, wake};
use crate::wire::quorum::{KeyRecord, QuorumBody};
use crate::wire::{Effects, ReplicaTimer, Settings};

use super::Stage;

/// How long a home may take to confirm a write before a hint is kept for it, in microseconds by the coordinator's own
/// clock.
pub(super) const PATIENCE_US: u64 = 500 * MS;
/// How often hints are sent, in microseconds.
const SEND_EVERY_US: u64 = SECOND;
/// Hints that one replica keeps: past it none are added, and homes hear of writes from repairs.
const HINTS_MAX: usize = 4_096;
/// Hints that are sent at once, the oldest first.
const SENT_AT_ONCE_MAX: usize = 256;

/// One write for one home.
#[derive(Clone, Debug)]
struct Hint {
    home: ReplicaId,
    delta: Arc<Delta>,
    quorum: Quorum,
    record: Option<KeyRecord>,
}

/// All hints of one replica, the oldest first.
#[derive(Clone, Debug, Default)]
pub(in crate::replica) struct Hints {
    list: Arc<Vec<Hint>>,
}

impl Hints {
    /// How many there are.
    pub(in crate::replica) fn count(&self) -> usize {
        self.list.len()
    }

    /// A home has a write.
    pub(super) fn confirmed(&mut self, home: ReplicaId, dot: Dot) {
        let is_done = |hint: &Hint| hint.home == home && hint.delta.dot == dot;
        if self.list.iter().any(is_done) {
            Arc::make_mut(&mut self.list).retain(|hint| !is_done(hint));
        }
    }
}

impl Replica {
    /// How many writes this replica keeps for homes that have not confirmed them.
    pub fn hints(&self) -> usize {
        self.disk.hints.count()
    }

    /// Keeps a write for a home.
    pub(super) fn keep_hint(
        &mut self,
        home: ReplicaId,
        delta: &Arc<Delta>,
        quorum: Quorum,
        record: Option<KeyRecord>,
        effects: &mut Effects,
    ) {
        let list = &mut self.disk.hints.list;
        let is_known = list.iter().any(|hint| hint.home == home && hint.delta.dot == delta.dot);
        if !is_known && list.len() < HINTS_MAX {
            Arc::make_mut(list).push(Hint { home, delta: delta.clone(), quorum, record });
        }
        self.watch_hints(effects);
    }

    /// Keeps a timer running while there are hints.
    pub(in crate::replica) fn watch_hints(&mut self, effects: &mut Effects) {
        if !self.coordinator.hinting && self.disk.hints.count() > 0 {
            self.coordinator.hinting = true;
            effects.push(wake(ReplicaTimer::Hints, SEND_EVERY_US, SEND_EVERY_US));
        }
    }

    /// Homes have had their time to confirm a write: it is kept for the others, and sent to them once more.
    pub(in crate::replica) fn on_unconfirmed(&mut self, attempt: AttemptId, effects: &mut Effects) {
        let Some(open) = self.coordinator.open.get(&attempt).cloned() else { return };
        let Some((delta, record)) = &open.written else { return };
        for target in open.targets.iter().filter(|target| !open.confirmed.contains(target.replica)) {
            let home = target.instead_of.unwrap_or(target.replica);
            self.keep_hint(home, delta, open.quorum, *record, effects);
            let body = QuorumBody::Write { delta: delta.clone(), quorum: open.quorum, record: *record, keep_for: None };
            self.say(home, attempt, body, effects);
        }
        if matches!(open.stage, Stage::Answered) {
            self.coordinator.open.remove(&attempt);
        }
    }

    /// Sends hints to the homes that are heard.
    pub(in crate::replica) fn send_hints(&mut self, now: LocalInstant, settings: &Settings, effects: &mut Effects) {
        self.coordinator.hinting = false;
        let list = self.disk.hints.list.clone();
        let is_heard = |hint: &&Hint| self.heartbeats.is_heard(hint.home, now, settings.heartbeat_every_us);
        for Hint { home, delta, quorum, record } in list.iter().filter(is_heard).take(SENT_AT_ONCE_MAX) {
            let (delta, quorum, record) = (delta.clone(), *quorum, *record);
            let attempt = delta.attempt;
            self.say(*home, attempt, QuorumBody::Write { delta, quorum, record, keep_for: None }, effects);
        }
        self.watch_hints(effects);
    }
}
