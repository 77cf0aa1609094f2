//! How another replica becomes the primary: by hand, or when the failure detector has heard nothing for long.

use crate::base::{LocalInstant, LogPosition, ReplicaId, ReplicaSet};
use crate::wire::Settings;
use crate::wire::primary::PrimaryBody;

use super::{Primary, PrimaryEffects, Role, epoch_of, round_of};

impl Primary {
    /// Becomes the primary of a new epoch at once, whoever else believes to be it. What only the old primary has is lost.
    pub fn promote(&mut self, now: LocalInstant, effects: &mut PrimaryEffects) {
        self.durable.epoch = self.next_epoch();
        self.lead(now, effects);
    }

    /// With every heartbeat: a primary ships, a follower looks whether it still hears of one.
    pub fn beat(&mut self, now: LocalInstant, settings: &Settings, effects: &mut PrimaryEffects) {
        if self.is_primary() {
            return self.ship_all(now, effects);
        }
        let Some(timeout_us) = patience_us(settings) else { return };
        // One after the other: the second looks when the first has had time to win.
        let turn_us = timeout_us + settings.heartbeat_every_us * u64::from(self.id.0);
        let silent_us = now.mono_us.saturating_sub(self.heard_mono_us);
        let waited_us = now.mono_us.saturating_sub(self.campaigned_mono_us);
        if self.durable.is_member && silent_us >= turn_us && waited_us >= turn_us {
            self.campaign(now, effects);
        }
    }

    fn campaign(&mut self, now: LocalInstant, effects: &mut PrimaryEffects) {
        self.campaigned_mono_us = now.mono_us;
        let mut promised = ReplicaSet::EMPTY;
        promised.insert(self.id);
        self.role = Role::Candidate(promised);
        let (epoch, last) = (self.next_epoch(), self.durable.log.last());
        for peer in self.peers() {
            self.send(peer, epoch, PrimaryBody::Campaign { last }, effects);
        }
        self.count(now, epoch, effects);
    }

    /// Promises to follow whoever misses the primary too and whose log is no shorter, and gives it time to win: far from
    /// each other, a promise takes longer to arrive than the next one's turn to come. Of two candidates with equal logs
    /// the later epoch wins, or each would give way to the other, again and again.
    pub(super) fn on_campaign(
        &mut self,
        now: LocalInstant,
        from: ReplicaId,
        epoch: u32,
        last: LogPosition,
        settings: &Settings,
        effects: &mut PrimaryEffects,
    ) {
        let hears = self.is_primary()
            || patience_us(settings).is_some_and(|us| now.mono_us.saturating_sub(self.heard_mono_us) < us);
        let is_late = epoch < self.durable.epoch || (epoch == self.durable.epoch && self.durable.primary.is_some());
        if is_late {
            return self.send(from, self.durable.epoch, PrimaryBody::Deposed, effects);
        }
        let own = (self.durable.log.last(), if self.is_candidate() { self.next_epoch() } else { 0 });
        if hears || !self.durable.is_member || (last, epoch) < own {
            return;
        }
        self.hear_of(epoch, None, effects);
        if self.is_candidate() {
            self.role = Role::Follower;
        }
        self.campaigned_mono_us = now.mono_us;
        self.send(from, epoch, PrimaryBody::Promise { last }, effects);
    }

    /// Counts a promise, if it is about the present campaign.
    pub(super) fn on_promise(
        &mut self,
        now: LocalInstant,
        from: ReplicaId,
        epoch: u32,
        last: LogPosition,
        effects: &mut PrimaryEffects,
    ) {
        let is_present = epoch == self.next_epoch() && last == self.durable.log.last();
        if let Role::Candidate(promised) = &mut self.role
            && is_present
        {
            promised.insert(from);
            self.count(now, epoch, effects);
        }
    }

    fn count(&mut self, now: LocalInstant, epoch: u32, effects: &mut PrimaryEffects) {
        let Role::Candidate(promised) = &self.role else { return };
        let majority = usize::from(self.replicas) / 2 + 1;
        if promised.0.count_ones() as usize >= majority {
            self.durable.epoch = epoch;
            self.lead(now, effects);
        }
    }

    fn is_candidate(&self) -> bool {
        matches!(self.role, Role::Candidate(_))
    }

    fn next_epoch(&self) -> u32 {
        epoch_of(round_of(self.durable.epoch) + 1, self.column)
    }
}

/// How long a follower waits for its primary, in microseconds of its own monotonic clock: a few heartbeats at least.
fn patience_us(settings: &Settings) -> Option<u64> {
    settings.failover_us.map(|us| us.max(3 * settings.heartbeat_every_us))
}
