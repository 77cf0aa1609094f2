//! Elections: a follower that hears no leader asks first whether it would win (pre-vote), then asks for votes.
//!
//! Votes are refused while a leader is fresh: heard within the least election timeout. So a replica that cannot hear
//! the leader does not depose it, and a lease can be trusted.

use crate::base::{LocalInstant, LogPosition, ReplicaId, ReplicaSet};

use super::effects::{RaftEffect, RaftEffects};
use super::member::{Raft, Role};
use super::settings::RaftSettings;
use crate::wire::raft::{RaftBody, RaftMessage};

impl Raft {
    /// Campaigns if it waited for a leader long enough, else waits for the rest.
    ///
    /// The timer is not started anew by each heartbeat, which would be a timer for each message: it looks when it
    /// fires.
    pub(super) fn on_election_timer(&mut self, now: LocalInstant, settings: &RaftSettings, effects: &mut RaftEffects) {
        if self.leads() {
            return;
        }
        let waited_us = now.mono_us.saturating_sub(self.patient_since_us);
        let campaigns = self.has_vote(self.durable.term + 1, settings) && waited_us >= settings.election_low_us;
        let waited_us = if campaigns { 0 } else { waited_us.min(settings.election_low_us) };
        let (low_us, high_us) = (settings.election_low_us - waited_us, settings.election_high_us - waited_us);
        self.arm_election(low_us, high_us, effects);
        if campaigns {
            self.pre_campaign(now, settings, effects);
        }
    }

    /// Asks who would vote for it.
    fn pre_campaign(&mut self, now: LocalInstant, settings: &RaftSettings, effects: &mut RaftEffects) {
        self.patient_since_us = now.mono_us;
        self.leader = None;
        self.become_role(Role::PreCandidate(self.only_self()), effects);
        let (term, last) = (self.durable.term + 1, self.durable.last());
        let request = |to| RaftEffect::Send(to, RaftMessage { term, body: RaftBody::PreVote { last } });
        effects.extend(self.peers().map(request));
        if self.is_majority(self.only_self()) {
            self.campaign(now, settings, effects);
        }
    }

    /// Enters the next term, votes for itself and asks for votes.
    fn campaign(&mut self, now: LocalInstant, settings: &RaftSettings, effects: &mut RaftEffects) {
        self.patient_since_us = now.mono_us;
        self.durable.enter(self.durable.term + 1);
        self.durable.vote = Some(self.id);
        self.role = Role::Candidate(self.only_self());
        effects.push(RaftEffect::Role(self.role_name(), self.durable.term));
        let last = self.durable.last();
        for peer in self.peers() {
            self.send(peer, RaftBody::Vote { last }, effects);
        }
        if self.is_majority(self.only_self()) {
            self.lead(now, settings, effects);
        }
    }

    pub(super) fn on_pre_vote(
        &mut self,
        now: LocalInstant,
        from: ReplicaId,
        term: u32,
        last: LogPosition,
        settings: &RaftSettings,
        effects: &mut RaftEffects,
    ) {
        let granted = term > self.durable.term
            && self.has_vote(term, settings)
            && last >= self.durable.last()
            && !self.leader_is_fresh(now, settings);
        let term = if granted { term } else { self.durable.term };
        effects.push(RaftEffect::Send(from, RaftMessage { term, body: RaftBody::PreVoteReply { granted } }));
    }

    pub(super) fn on_pre_vote_reply(
        &mut self,
        now: LocalInstant,
        from: ReplicaId,
        term: u32,
        granted: bool,
        settings: &RaftSettings,
        effects: &mut RaftEffects,
    ) {
        if !granted {
            if term > self.durable.term {
                self.follow(term, None, settings, effects);
            }
            return;
        }
        let Role::PreCandidate(votes) = &mut self.role else { return };
        if term != self.durable.term + 1 {
            return;
        }
        votes.insert(from);
        let votes = *votes;
        if self.is_majority(votes) {
            self.campaign(now, settings, effects);
        }
    }

    pub(super) fn on_vote(
        &mut self,
        now: LocalInstant,
        from: ReplicaId,
        term: u32,
        last: LogPosition,
        settings: &RaftSettings,
        effects: &mut RaftEffects,
    ) {
        if term > self.durable.term {
            // Not even the term is taken: whoever cannot hear the leader shall not depose it.
            if self.leader_is_fresh(now, settings) {
                return;
            }
            self.follow(term, None, settings, effects);
        }
        let is_free = self.durable.vote.is_none_or(|vote| vote == from);
        let granted = term == self.durable.term
            && is_free
            && !self.leads()
            && self.has_vote(term, settings)
            && last >= self.durable.last();
        if granted {
            self.durable.vote = Some(from);
            self.patient_since_us = now.mono_us;
        }
        self.send(from, RaftBody::VoteReply { granted }, effects);
    }

    pub(super) fn on_vote_reply(
        &mut self,
        now: LocalInstant,
        from: ReplicaId,
        term: u32,
        granted: bool,
        settings: &RaftSettings,
        effects: &mut RaftEffects,
    ) {
        if term > self.durable.term {
            return self.follow(term, None, settings, effects);
        }
        let Role::Candidate(votes) = &mut self.role else { return };
        if term != self.durable.term || !granted {
            return;
        }
        votes.insert(from);
        let votes = *votes;
        if self.is_majority(votes) {
            self.lead(now, settings, effects);
        }
    }

    /// Whether it leads, or heard a leader within the least election timeout.
    fn leader_is_fresh(&self, now: LocalInstant, settings: &RaftSettings) -> bool {
        let is_recent = |heard| now.mono_us.saturating_sub(heard) < settings.election_low_us;
        self.leads() || self.heard_mono_us.is_some_and(is_recent)
    }

    fn only_self(&self) -> ReplicaSet {
        ReplicaSet(1 << self.id.0)
    }
}
