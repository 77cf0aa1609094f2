//! A leader: what it knows of each follower, what it sends, and when an entry is committed.

use std::sync::Arc;

use crate::base::limits::REPLICAS_MAX;
use crate::base::{Hazard, LocalInstant, LogPosition, ReplicaId};

use super::effects::{Declined, RaftEffect, RaftEffects};
use super::member::{Raft, Role};
use super::progress::{Progress, Stage};
use super::reads::Reads;
use super::settings::{RaftSettings, UNCOMMITTED_MAX};
use crate::wire::RaftTimer;
use crate::wire::raft::{Outcome, RaftBody, Round};
use crate::wire::{Entry, Slot};

/// What only a leader knows.
#[derive(Clone, Debug)]
pub(super) struct Leader {
    /// The index of its first entry.
    pub(super) noop: u32,
    /// The newest round of heartbeats.
    pub(super) round: u32,
    pub(super) progress: [Progress; REPLICAS_MAX],
    pub(super) reads: Reads,
}

/// A follower's answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answered {
    pub(super) round: Round,
    pub(super) incarnation: u32,
    pub(super) counts: bool,
    pub(super) outcome: Outcome,
}

impl Raft {
    /// Takes the lead of its term: appends an entry that says nothing and sends it.
    pub(super) fn lead(&mut self, now: LocalInstant, settings: &RaftSettings, effects: &mut RaftEffects) {
        let noop = self.durable.append(Entry::Noop).index;
        self.leader = Some(self.id);
        let progress = [Progress::unknown(noop, now.mono_us); REPLICAS_MAX];
        let leader = Leader { noop, round: 1, progress, reads: Reads::default() };
        self.become_role(Role::Leader(Box::new(leader)), effects);
        self.timers += 1;
        self.arm_heartbeat(settings, effects);
        for peer in self.peers() {
            self.send_entries(now, peer, settings, effects);
        }
        self.advance_commit(settings, effects);
    }

    /// Appends `entry`, if this member leads. It is decided once it is applied at that position; if another entry is
    /// applied there, it never happened.
    ///
    /// # Errors
    ///
    /// It does not lead, or [`UNCOMMITTED_MAX`] entries wait for a majority.
    pub fn propose(
        &mut self,
        now: LocalInstant,
        entry: Entry,
        settings: &RaftSettings,
        effects: &mut RaftEffects,
    ) -> Result<LogPosition, Declined> {
        if !self.leads() {
            return Err(Declined::NotLeader(self.leader));
        }
        if self.durable.last().index - self.commit >= UNCOMMITTED_MAX {
            return Err(Declined::Busy);
        }
        let position = self.durable.append(entry);
        for peer in self.peers() {
            self.send_entries(now, peer, settings, effects);
        }
        self.advance_commit(settings, effects);
        Ok(position)
    }

    pub(super) fn on_heartbeat_timer(&mut self, now: LocalInstant, settings: &RaftSettings, effects: &mut RaftEffects) {
        let Role::Leader(leader) = &self.role else { return };
        let is_recent = |progress: &Progress| {
            progress.counts && now.mono_us.saturating_sub(progress.heard_mono_us) <= settings.election_low_us
        };
        let recent = self.peers().filter(|peer| is_recent(&leader.progress[peer.index()])).count();
        if recent + 1 < self.majority() {
            return self.follow(self.durable.term, None, settings, effects);
        }
        self.arm_heartbeat(settings, effects);
        self.begin_round(now, settings, effects);
    }

    fn arm_heartbeat(&self, settings: &RaftSettings, effects: &mut RaftEffects) {
        let (timer, us) = (RaftTimer::Heartbeat(self.timers), settings.heartbeat_us);
        effects.push(RaftEffect::Wake { timer, low_us: us, high_us: us });
    }

    /// Sends a heartbeat to everybody.
    pub(super) fn begin_round(&mut self, now: LocalInstant, settings: &RaftSettings, effects: &mut RaftEffects) {
        let Role::Leader(leader) = &mut self.role else { return };
        leader.round += 1;
        for peer in self.peers() {
            self.send_heartbeat(now, peer, settings, effects);
        }
    }

    fn send_heartbeat(
        &mut self,
        now: LocalInstant,
        peer: ReplicaId,
        settings: &RaftSettings,
        effects: &mut RaftEffects,
    ) {
        let Role::Leader(leader) = &self.role else { return };
        let progress = leader.progress[peer.index()];
        if progress.snapshot_is_overdue(now.mono_us, settings.election_low_us) {
            return self.send_snapshot(now, peer, effects);
        }
        self.send_append(now, peer, progress.next, Arc::default(), effects);
    }

    /// Sends what a follower lacks, as far as its answers allow.
    pub(super) fn send_entries(
        &mut self,
        now: LocalInstant,
        peer: ReplicaId,
        settings: &RaftSettings,
        effects: &mut RaftEffects,
    ) {
        loop {
            let Role::Leader(leader) = &self.role else { return };
            let progress = leader.progress[peer.index()];
            let last = self.durable.last().index;
            if !progress.may_send() || progress.next > last || progress.is_full() {
                return;
            }
            if progress.next <= self.durable.log.base().index {
                return self.send_snapshot(now, peer, effects);
            }
            let entries = self.durable.log.slice(progress.next, settings.batch);
            let count = entries.len() as u32;
            self.send_append(now, peer, progress.next, entries, effects);
            let Role::Leader(leader) = &mut self.role else { return };
            leader.progress[peer.index()].sent(count);
        }
    }

    fn send_append(
        &self,
        now: LocalInstant,
        peer: ReplicaId,
        next: u32,
        entries: Arc<[Slot]>,
        effects: &mut RaftEffects,
    ) {
        // Whoever needs less than the log has gets a snapshot; its heartbeats only ask.
        let index = (next - 1).max(self.durable.log.base().index);
        let term = self.durable.log.term_at(index).expect("a leader knows the terms from its base on");
        let prev = LogPosition { term, index };
        self.send(peer, RaftBody::Append { prev, entries, commit: self.commit, round: self.round(now) }, effects);
    }

    fn send_snapshot(&mut self, now: LocalInstant, peer: ReplicaId, effects: &mut RaftEffects) {
        let snapshot = self.durable.snapshot.clone();
        self.send(peer, RaftBody::Snapshot { snapshot, round: self.round(now) }, effects);
        if let Role::Leader(leader) = &mut self.role {
            leader.progress[peer.index()].stage = Stage::Snapshot { sent_mono_us: now.mono_us };
        }
    }

    fn round(&self, now: LocalInstant) -> Round {
        let number = if let Role::Leader(leader) = &self.role { leader.round } else { 0 };
        Round { number, sent: now }
    }

    pub(super) fn on_appended(
        &mut self,
        now: LocalInstant,
        from: ReplicaId,
        term: u32,
        answer: Answered,
        settings: &RaftSettings,
        effects: &mut RaftEffects,
    ) {
        if term > self.durable.term {
            return self.follow(term, None, settings, effects);
        }
        let last = self.durable.last().index;
        let Role::Leader(leader) = &mut self.role else { return };
        let progress = &mut leader.progress[from.index()];
        if term < self.durable.term || !progress.hear(&answer, now.mono_us, last) {
            return;
        }
        match answer.outcome {
            Outcome::Matches(index) => progress.matches(index.min(last)),
            Outcome::Conflict { prev, term, first } => {
                let shared = if term == 0 { None } else { self.durable.log.last_of_term(term) };
                let next = shared.map_or(first, |index| index + 1);
                progress.conflicts(prev, next);
            }
        }
        self.readmit(from, &answer);
        self.advance_commit(settings, effects);
        self.send_entries(now, from, settings, effects);
        self.confirm_reads(now, settings, effects);
    }

    /// Appends that a replica which lost its disk may vote and count again, once for each life and leadership. It is
    /// committed by those who count, which that replica does not until it knows.
    fn readmit(&mut self, replica: ReplicaId, answer: &Answered) {
        let is_full = self.durable.last().index - self.commit >= UNCOMMITTED_MAX;
        let Role::Leader(leader) = &mut self.role else { return };
        let asked = &mut leader.progress[replica.index()].readmitted;
        if answer.counts || *asked >= answer.incarnation || is_full {
            return;
        }
        *asked = answer.incarnation;
        self.durable.append(Entry::Readmit { replica, incarnation: answer.incarnation });
    }

    /// Commits what a majority of those who count holds, if that is of this term; older entries follow it.
    fn advance_commit(&mut self, settings: &RaftSettings, effects: &mut RaftEffects) {
        let Role::Leader(leader) = &self.role else { return };
        let held = |peer: ReplicaId| leader.progress[peer.index()].counted(|progress| progress.matched);
        let index = self.held_by_majority(self.durable.last().index, held);
        let is_own = self.durable.log.term_at(index) == Some(self.durable.term);
        if index > self.commit && (is_own || settings.hazards.on(Hazard::OlderTermByCounting)) {
            self.commit_upto(index, effects);
        }
    }

    /// The largest number that a majority reaches, given its own and that of each peer; who does not count has 0.
    pub(super) fn held_by_majority(&self, own: u32, of_peer: impl Fn(ReplicaId) -> u32) -> u32 {
        let mut numbers = [0; REPLICAS_MAX];
        numbers[0] = own;
        for (number, peer) in numbers[1..].iter_mut().zip(self.peers()) {
            *number = of_peer(peer);
        }
        numbers.sort_unstable_by(|a, b| b.cmp(a));
        numbers[self.majority() - 1]
    }
}
