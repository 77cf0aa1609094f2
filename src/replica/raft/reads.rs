//! Reads that see every write acknowledged before they were invoked, without an entry in the log.
//!
//! ```text
//!   read ─▶ is an entry of this term committed? ─no─▶ wait for it
//!             │ yes
//!             ├─ lease ─ a majority answered lately? ─yes─▶ ready
//!             ▼
//!           the next round of heartbeats that begins after the read ─ a majority answers ─▶ ready
//! ```
//!
//! Reads that arrive while a round is under way share the next one. What is committed is applied at once, so a read is
//! served from the state as it is when its round is confirmed.

use std::collections::VecDeque;

use crate::base::{AttemptId, Hazard, LocalInstant};

use super::effects::{Declined, RaftEffect, RaftEffects};
use super::leader::Leader;
use super::member::{Raft, Role};
use super::settings::{READS_MAX, RaftSettings};

/// The reads that wait, in the order of their arrival.
#[derive(Clone, Debug, Default)]
pub(super) struct Reads {
    /// Each with the round that confirms it, which never falls along the queue.
    waiting: VecDeque<(AttemptId, u32)>,
}

impl Reads {
    /// Refuses all.
    pub(super) fn into_refused(self) -> impl Iterator<Item = RaftEffect> {
        self.waiting.into_iter().map(|(attempt, _)| RaftEffect::ReadRefused(attempt))
    }
}

impl Raft {
    /// Takes a read; [`RaftEffect::ReadReady`] or [`RaftEffect::ReadRefused`] answers it, at once or later, unless the
    /// member crashes.
    ///
    /// # Errors
    ///
    /// It does not lead, or [`READS_MAX`] reads wait.
    pub fn read(
        &mut self,
        now: LocalInstant,
        attempt: AttemptId,
        settings: &RaftSettings,
        effects: &mut RaftEffects,
    ) -> Result<(), Declined> {
        let confirmed = self.confirmed_round();
        let Role::Leader(leader) = &mut self.role else { return Err(Declined::NotLeader(self.leader)) };
        if leader.reads.waiting.len() >= READS_MAX {
            return Err(Declined::Busy);
        }
        // A round that begins now, or the one after that which is under way.
        let is_under_way = confirmed < leader.round;
        leader.reads.waiting.push_back((attempt, leader.round + 1));
        if !is_under_way && !self.lease_holds(now, settings) {
            self.begin_round(now, settings, effects);
        }
        self.confirm_reads(now, settings, effects);
        Ok(())
    }

    /// Serves the reads that are confirmed by now, and begins a round for those that none serves yet.
    pub(super) fn confirm_reads(&mut self, now: LocalInstant, settings: &RaftSettings, effects: &mut RaftEffects) {
        let confirmed = if self.lease_holds(now, settings) { u32::MAX } else { self.confirmed_round() };
        let knows_commit = self.knows_what_is_committed(settings);
        let Role::Leader(leader) = &mut self.role else { return };
        if knows_commit {
            leader.serve_upto(confirmed, effects);
        }
        let needs_round = leader.reads.waiting.back().is_some_and(|(_, round)| *round > leader.round);
        if needs_round && confirmed >= leader.round {
            self.begin_round(now, settings, effects);
        }
    }

    /// Whether an entry of its own term is committed: before, the leader may not know of entries that are.
    fn knows_what_is_committed(&self, settings: &RaftSettings) -> bool {
        let Role::Leader(leader) = &self.role else { return false };
        self.commit >= leader.noop || settings.hazards.on(Hazard::ReadBeforeNoop)
    }

    /// The newest round that a majority answered.
    fn confirmed_round(&self) -> u32 {
        let Role::Leader(leader) = &self.role else { return 0 };
        self.held_by_majority(leader.round, |peer| leader.progress[peer.index()].counted(|progress| progress.round))
    }

    /// Whether a majority, itself included, answered messages sent so lately that it has not voted for another since.
    fn lease_holds(&self, now: LocalInstant, settings: &RaftSettings) -> bool {
        let (Role::Leader(leader), Some(lease_us)) = (&self.role, settings.lease_us()) else { return false };
        let trusts_clock = settings.hazards.on(Hazard::LeaseTrustsClock);
        let is_within = |sent: LocalInstant| {
            let elapsed =
                if trusts_clock { now.wall_us - sent.wall_us } else { now.mono_us.saturating_sub(sent.mono_us) as i64 };
            elapsed < lease_us as i64
        };
        let holds = |progress: &super::progress::Progress| progress.counts && progress.answered.is_some_and(is_within);
        let count = self.peers().filter(|peer| holds(&leader.progress[peer.index()])).count();
        count + 1 >= self.majority()
    }
}

impl Leader {
    /// Serves the reads whose round is confirmed.
    fn serve_upto(&mut self, confirmed: u32, effects: &mut RaftEffects) {
        let count = self.reads.waiting.partition_point(|(_, round)| *round <= confirmed);
        effects.extend(self.reads.waiting.drain(..count).map(|(attempt, _)| RaftEffect::ReadReady(attempt)));
    }
}
