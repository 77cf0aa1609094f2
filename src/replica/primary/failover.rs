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
        let is_its_turn = silent_us >= turn_us && waited_us >= turn_us;
        if self.durable.is_member && silent_us >= timeout_us && (self.is_eager || is_its_turn) {
            self.campaign(now, effects);
        }
    }

    fn campaign(&mut self, now: LocalInstant, effects: &mut PrimaryEffects) {
        let (epoch, last) = (self.next_epoch(), self.durable.log.last());
        let mut promised = ReplicaSet::EMPTY;
        promised.insert(self.id);
        self.campaigned_mono_us = now.mono_us;
        (self.campaign, self.is_eager) = (epoch, false);
        self.role = Role::Candidate(epoch, promised);
        for peer in self.peers() {
            self.send(peer, epoch, PrimaryBody::Campaign { last }, effects);
        }
        self.count(now, effects);
    }

    /// Promises to follow whoever misses the primary too and whose log is no shorter, and gives it time to win: far from
    /// each other, a promise takes longer to arrive than the next one's turn to come. Who has more campaigns itself.
    pub(super) fn on_campaign(
        &mut self,
        now: LocalInstant,
        from: ReplicaId,
        epoch: u32,
        last: LogPosition,
        settings: &Settings,
        effects: &mut PrimaryEffects,
    ) {
        self.campaign = self.campaign.max(epoch);
        let hears = self.is_primary()
            || patience_us(settings).is_some_and(|us| now.mono_us.saturating_sub(self.heard_mono_us) < us);
        if hears || !self.durable.is_member {
            return;
        }
        let own = self.durable.log.last();
        // Of two candidates with equal logs the later epoch wins, or each would give way to the other.
        let own_epoch = if let Role::Candidate(own_epoch, _) = self.role { own_epoch } else { 0 };
        let is_late = epoch < self.durable.epoch || (epoch == self.durable.epoch && self.durable.primary.is_some());
        if is_late || (last, epoch) < (own, own_epoch) {
            self.is_eager |= last < own;
            return self.send(from, self.durable.epoch, PrimaryBody::Refuse { last: own }, effects);
        }
        self.hear_of(epoch, None, effects);
        self.role = Role::Follower;
        // It is the other's turn.
        (self.campaigned_mono_us, self.is_eager) = (now.mono_us, false);
        self.send(from, epoch, PrimaryBody::Promise { last }, effects);
    }

    /// Learns of a later epoch, and lets go first who has more of the log.
    pub(super) fn on_refuse(&mut self, now: LocalInstant, epoch: u32, last: LogPosition, settings: &Settings) {
        self.campaign = self.campaign.max(epoch);
        if matches!(self.role, Role::Candidate(..)) && last > self.durable.log.last() {
            self.role = Role::Follower;
            self.campaigned_mono_us = now.mono_us + patience_us(settings).unwrap_or_default();
        }
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
        if let Role::Candidate(own, promised) = &mut self.role
            && *own == epoch
            && last == self.durable.log.last()
        {
            promised.insert(from);
            self.count(now, effects);
        }
    }

    fn count(&mut self, now: LocalInstant, effects: &mut PrimaryEffects) {
        let Role::Candidate(epoch, promised) = &self.role else { return };
        let majority = usize::from(self.replicas) / 2 + 1;
        if promised.0.count_ones() as usize >= majority && *epoch > self.durable.epoch {
            self.durable.epoch = *epoch;
            self.lead(now, effects);
        }
    }

    fn next_epoch(&self) -> u32 {
        epoch_of(round_of(self.durable.epoch.max(self.campaign)) + 1, self.column)
    }
}

/// How long a follower waits for its primary, in microseconds of its own monotonic clock: a few heartbeats at least.
fn patience_us(settings: &Settings) -> Option<u64> {
    settings.failover_us.map(|us| us.max(3 * settings.heartbeat_every_us))
}
