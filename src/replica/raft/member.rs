//! A member of the group: what it knows, how it takes an input, and how it changes its role.

use std::sync::Arc;

use crate::base::limits::REPLICAS_MAX;
use crate::base::{Hazard, LocalInstant, LogPosition, ReplicaId, ReplicaSet};
use crate::data::Ordered;

use super::durable::{Durable, FIRST_TERM, FOUNDER, Standing};
use super::effects::{RaftEffect, RaftEffects, RaftInput};
use super::leader::Leader;
use super::settings::{RaftSettings, ReadMode};
use crate::base::Role as RoleName;
use crate::replica::log::Log;
use crate::wire::RaftTimer;
use crate::wire::raft::{RaftBody, RaftMessage};
use crate::wire::{Entry, Snapshot};

/// What a member is in its term, with what only that role knows.
#[derive(Clone, Debug)]
pub(super) enum Role {
    Follower,
    /// Who would vote for it.
    PreCandidate(ReplicaSet),
    /// Who voted for it.
    Candidate(ReplicaSet),
    Leader(Box<Leader>),
}

/// One member of a Raft group.
#[derive(Clone, Debug)]
pub struct Raft {
    pub(super) id: ReplicaId,
    pub(super) replicas: u8,
    pub(super) durable: Durable,
    pub(super) role: Role,
    /// Who leads the current term, as far as it knows.
    pub(super) leader: Option<ReplicaId>,
    /// What is committed here is applied here.
    pub(super) commit: u32,
    /// For each replica, which of its lives was admitted by an entry that is applied here.
    pub(super) admitted: [u32; REPLICAS_MAX],
    /// When it last heard a leader of its term, on its monotonic clock; `None`: not since it started.
    pub(super) heard_mono_us: Option<u64>,
    /// Since when it waits for a leader, on its monotonic clock.
    pub(super) patient_since_us: u64,
    /// The leader's wall at the newest message after which everything committed is here, in microseconds.
    pub(super) caught_up_wall_us: Option<i64>,
    /// The number of the timers that count; older ones are void.
    pub(super) timers: u32,
}

impl Raft {
    /// A freshly installed member of a group of `replicas`. The first replica leads from its first boot on.
    pub fn new(id: ReplicaId, replicas: usize, state: Arc<Ordered>) -> Self {
        assert!((1..=REPLICAS_MAX).contains(&replicas), "a group has 1 to {REPLICAS_MAX} members");
        Self::from_disk(id, replicas as u8, Durable::installed(state))
    }

    fn from_disk(id: ReplicaId, replicas: u8, durable: Durable) -> Self {
        let snapshot = durable.snapshot.clone();
        Self {
            id,
            replicas,
            durable,
            role: Role::Follower,
            leader: None,
            commit: snapshot.last.index,
            admitted: snapshot.admitted,
            heard_mono_us: None,
            patient_since_us: 0,
            caught_up_wall_us: None,
            timers: 0,
        }
    }

    /// Forgets what a crash forgets: all but what is durable.
    pub fn crash(&mut self) {
        *self = Self::from_disk(self.id, self.replicas, self.durable.clone());
    }

    /// Loses the disk too: `incarnation` counts the disks that this replica has lost, `state` is the installation's.
    pub fn lose_disk(&mut self, incarnation: u32, state: Arc<Ordered>) {
        assert!(incarnation > self.durable.incarnation, "each lost disk is a new life");
        *self = Self::from_disk(self.id, self.replicas, Durable::lost(incarnation, state));
    }

    /// Takes one input at the member's own time.
    pub fn handle(&mut self, now: LocalInstant, input: RaftInput, settings: &RaftSettings, effects: &mut RaftEffects) {
        match input {
            RaftInput::Boot => self.boot(now, settings, effects),
            RaftInput::Message(from, message) => self.on_message(now, from, message, settings, effects),
            RaftInput::Timer(RaftTimer::Election(number)) if number == self.timers => {
                self.on_election_timer(now, settings, effects);
            }
            RaftInput::Timer(RaftTimer::Heartbeat(number)) if number == self.timers => {
                self.on_heartbeat_timer(now, settings, effects);
            }
            RaftInput::Timer(_) => {}
        }
        assert!(self.commit <= self.durable.last().index, "only what is in the log is committed");
    }

    fn boot(&mut self, now: LocalInstant, settings: &RaftSettings, effects: &mut RaftEffects) {
        self.patient_since_us = now.mono_us;
        let founds = self.founds();
        if settings.hazards.on(Hazard::VoteForgotten) {
            self.durable.vote = None;
        }
        // A leader's lease trusts that nobody who answered it votes for a while; who restarts may have answered.
        if matches!(settings.reads, ReadMode::Lease { .. }) && self.durable.last().index > 0 {
            self.heard_mono_us = Some(now.mono_us);
        }
        effects.push(RaftEffect::Restore(self.durable.snapshot.clone()));
        if founds {
            self.lead(now, settings, effects);
        } else {
            self.arm_election(settings.election_low_us, settings.election_high_us, effects);
        }
    }

    /// Whether this is the first boot of the replica that leads first: it has appended nothing yet.
    fn founds(&self) -> bool {
        self.id == FOUNDER
            && self.durable.term == FIRST_TERM
            && self.durable.vote == Some(FOUNDER)
            && self.durable.last().index == 0
    }

    fn on_message(
        &mut self,
        now: LocalInstant,
        from: ReplicaId,
        message: RaftMessage,
        settings: &RaftSettings,
        effects: &mut RaftEffects,
    ) {
        let term = message.term;
        match message.body {
            RaftBody::PreVote { last } => self.on_pre_vote(now, from, term, last, settings, effects),
            RaftBody::PreVoteReply { granted } => self.on_pre_vote_reply(now, from, term, granted, settings, effects),
            RaftBody::Vote { last } => self.on_vote(now, from, term, last, settings, effects),
            RaftBody::VoteReply { granted } => self.on_vote_reply(now, from, term, granted, settings, effects),
            RaftBody::Append { prev, entries, commit, round } => {
                if self.hears(now, from, term, effects, settings) {
                    let outcome = self.take_entries(prev, &entries, commit, effects);
                    if self.commit >= commit {
                        self.caught_up_wall_us = self.caught_up_wall_us.max(Some(round.sent.wall_us));
                    }
                    self.answer(from, round, outcome, settings, effects);
                } else {
                    self.answer(from, round, Self::lacks(prev.index), settings, effects);
                }
            }
            RaftBody::Snapshot { snapshot, round } => {
                if self.hears(now, from, term, effects, settings) {
                    let outcome = self.take_snapshot(&snapshot, effects);
                    self.answer(from, round, outcome, settings, effects);
                } else {
                    self.answer(from, round, Self::lacks(snapshot.last.index), settings, effects);
                }
            }
            RaftBody::Appended { round, incarnation, counts, outcome } => {
                let answer = super::leader::Answered { round, incarnation, counts, outcome };
                self.on_appended(now, from, term, answer, settings, effects);
            }
        }
    }

    /// Becomes a follower, in a later term if `term` is one.
    pub(super) fn follow(
        &mut self,
        term: u32,
        leader: Option<ReplicaId>,
        settings: &RaftSettings,
        effects: &mut RaftEffects,
    ) {
        let before = (self.role_name(), self.durable.term);
        if term > self.durable.term {
            self.durable.enter(term);
            self.caught_up_wall_us = None;
        }
        self.leader = leader;
        let old = std::mem::replace(&mut self.role, Role::Follower);
        if let Role::Leader(leader) = old {
            effects.extend(leader.reads.into_refused());
            self.arm_election(settings.election_low_us, settings.election_high_us, effects);
        }
        self.note_role(before, effects);
    }

    /// Changes its role and says so, if it is a change.
    pub(super) fn become_role(&mut self, role: Role, effects: &mut RaftEffects) {
        let before = (self.role_name(), self.durable.term);
        self.role = role;
        self.note_role(before, effects);
    }

    pub(super) fn note_role(&self, before: (RoleName, u32), effects: &mut RaftEffects) {
        let now = (self.role_name(), self.durable.term);
        if now != before {
            effects.push(RaftEffect::Role(now.0, now.1));
        }
    }

    /// Starts the timer that asks for a leader anew; older timers are void.
    pub(super) fn arm_election(&mut self, low_us: u64, high_us: u64, effects: &mut RaftEffects) {
        self.timers += 1;
        effects.push(RaftEffect::Wake { timer: RaftTimer::Election(self.timers), low_us, high_us });
    }

    pub(super) fn send(&self, to: ReplicaId, body: RaftBody, effects: &mut RaftEffects) {
        effects.push(RaftEffect::Send(to, RaftMessage { term: self.durable.term, body }));
    }

    /// Whether it may vote in `term`, and counts.
    pub(super) fn has_vote(&self, term: u32, settings: &RaftSettings) -> bool {
        match self.durable.standing {
            Standing::Voter { above } => term > above,
            Standing::Waiting => settings.hazards.on(Hazard::LostDiskCounts),
        }
    }

    pub(super) fn majority(&self) -> usize {
        usize::from(self.replicas) / 2 + 1
    }

    pub(super) fn is_majority(&self, set: ReplicaSet) -> bool {
        set.0.count_ones() as usize >= self.majority()
    }

    pub(super) fn peers(&self) -> impl Iterator<Item = ReplicaId> + use<> {
        let own = self.id;
        ReplicaId::all(usize::from(self.replicas)).filter(move |peer| *peer != own)
    }
}

/// What others may look at.
impl Raft {
    /// Its role.
    pub fn role_name(&self) -> RoleName {
        match self.role {
            Role::Follower => RoleName::Follower,
            Role::PreCandidate(_) => RoleName::PreCandidate,
            Role::Candidate(_) => RoleName::Candidate,
            Role::Leader(_) => RoleName::Leader,
        }
    }

    /// Whether it leads, as far as it knows.
    pub fn leads(&self) -> bool {
        matches!(self.role, Role::Leader(_))
    }

    /// Whom it believes to lead: where clients and other replicas turn to.
    pub fn leader(&self) -> Option<ReplicaId> {
        self.leader
    }

    /// The largest term that it has seen.
    pub fn term(&self) -> u32 {
        self.durable.term
    }

    /// For whom it voted in that term.
    pub fn vote(&self) -> Option<ReplicaId> {
        self.durable.vote
    }

    /// How many disks it has lost.
    pub fn incarnation(&self) -> u32 {
        self.durable.incarnation
    }

    /// Whether a follower was heard lately: within the least election timeout. Only a leader can tell.
    pub fn hears_from(&self, peer: ReplicaId, now: LocalInstant, settings: &RaftSettings) -> bool {
        let Role::Leader(leader) = &self.role else { return false };
        let heard_mono_us = leader.progress[peer.index()].heard_mono_us;
        peer == self.id || now.mono_us.saturating_sub(heard_mono_us) <= settings.election_low_us
    }

    /// What an operator's metric would say of its lag: its own wall minus its leader's at the newest message after which
    /// everything committed was here, in microseconds. 0 at the leader, `None` before the first such message of a term.
    pub fn observed_lag_us(&self, now: LocalInstant) -> Option<u64> {
        if self.leads() {
            return Some(0);
        }
        self.caught_up_wall_us.map(|wall_us| now.wall_us.saturating_sub(wall_us).max(0) as u64)
    }

    /// Whether it may vote and count.
    pub fn standing(&self) -> Standing {
        self.durable.standing
    }

    /// Its log.
    pub fn log(&self) -> &Log {
        &self.durable.log
    }

    /// What its disk has folded.
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.durable.snapshot
    }

    /// The last entry that it knows to be committed; it is applied too.
    pub fn committed(&self) -> LogPosition {
        let term = self.durable.log.term_at(self.commit).unwrap_or_default();
        LogPosition { term, index: self.commit }
    }

    /// The entry at `index`, if it is in the log.
    pub fn entry(&self, index: u32) -> Option<&Entry> {
        self.durable.log.get(index).map(|slot| &slot.entry)
    }
}
