//! Heartbeats, and the lag that an operator's metric would show.
//!
//! A heartbeat says how far its sender has written and what its wall says. *Observed lag* is the own wall minus the
//! wall in the newest heartbeat of a peer all of whose writes are applied here; the maximum over peers. It is made of
//! clocks: a fast peer hides lag, a fast own clock invents it. Of a log the peer is whoever leads it, and the heartbeat
//! is what it ships.

use crate::base::limits::REPLICAS_MAX;
use crate::base::{LocalInstant, ReplicaId, VersionVector};
use crate::wire::{Effect, Effects, Heartbeat, Message, ReplicaTimer, Settings};

use super::{Replica, wake};

/// Heartbeats of one peer that wait for their writes; more are merged into the last.
const WAITING_MAX: usize = 32;

/// For how many intervals a peer may be silent before it counts as not heard.
const SILENT_INTERVALS: u64 = 3;

/// What this replica heard of its peers.
#[derive(Clone, Debug, Default)]
pub(super) struct Heartbeats {
    /// How many this replica has sent, before a crash too.
    sent: u32,
    peers: [Peer; REPLICAS_MAX],
}

#[derive(Clone, Debug, Default)]
struct Peer {
    /// The wall of the newest heartbeat whose writes are all here; at boot, the own wall.
    caught_up_wall_us: i64,
    /// The own monotonic clock when it was heard last; at boot, then.
    heard_mono_us: u64,
    /// The number of the newest heartbeat: one that it overtook tells nothing.
    newest: u32,
    /// Heartbeats whose writes are not all here yet, oldest first.
    waiting: Vec<Heartbeat>,
}

impl Heartbeats {
    /// After a crash: nothing heard, and numbers that were not used before.
    pub(super) fn resume(before: &Self) -> Self {
        Self { sent: before.sent, ..Self::default() }
    }

    /// Starts counting from now.
    pub(super) fn boot(&mut self, now: LocalInstant, own: ReplicaId, replicas: u8) {
        for peer in ReplicaId::all(usize::from(replicas)).filter(|peer| *peer != own) {
            self.peers[peer.index()] =
                Peer { caught_up_wall_us: now.wall_us, heard_mono_us: now.mono_us, ..Peer::default() };
        }
    }

    /// A peer was heard.
    #[inline]
    pub(super) fn note_heard(&mut self, peer: ReplicaId, now: LocalInstant) {
        self.peers[peer.index()].heard_mono_us = now.mono_us;
    }

    /// Whether a peer was heard within [`SILENT_INTERVALS`] of its heartbeats.
    pub(super) fn is_heard(&self, peer: ReplicaId, now: LocalInstant, every_us: u64) -> bool {
        now.mono_us.saturating_sub(self.peers[peer.index()].heard_mono_us) <= SILENT_INTERVALS * every_us
    }

    /// Takes in a heartbeat.
    #[inline]
    pub(super) fn heard(&mut self, peer: ReplicaId, heartbeat: Heartbeat, applied: &VersionVector) {
        let peer = &mut self.peers[peer.index()];
        if heartbeat.number <= peer.newest {
            return;
        }
        peer.newest = heartbeat.number;
        if peer.waiting.is_empty() && applied.get(heartbeat.column) >= heartbeat.upto {
            peer.caught_up_wall_us = heartbeat.wall_us;
            return;
        }
        let is_full = peer.waiting.len() == WAITING_MAX;
        match peer.waiting.last_mut() {
            Some(last) if last.column == heartbeat.column && last.upto == heartbeat.upto => *last = heartbeat,
            Some(last) if is_full => *last = heartbeat,
            _ => peer.waiting.push(heartbeat),
        }
        peer.catch_up(applied);
    }

    fn observed_lag_us(&mut self, now: LocalInstant, own: ReplicaId, replicas: u8, applied: &VersionVector) -> u64 {
        let mut lag_us = 0;
        for id in ReplicaId::all(usize::from(replicas)).filter(|id| *id != own) {
            let peer = &mut self.peers[id.index()];
            peer.catch_up(applied);
            lag_us = lag_us.max(now.wall_us.saturating_sub(peer.caught_up_wall_us));
        }
        lag_us.max(0) as u64
    }
}

impl Peer {
    fn catch_up(&mut self, applied: &VersionVector) {
        let met = self.waiting.iter().rposition(|heartbeat| applied.get(heartbeat.column) >= heartbeat.upto);
        if let Some(met) = met {
            self.caught_up_wall_us = self.waiting[met].wall_us;
            self.waiting.drain(..=met);
        }
    }
}

impl Replica {
    /// Sends a heartbeat, says how far this replica believes to lag, and sleeps until the next.
    pub(super) fn beat(&mut self, now: LocalInstant, settings: &Settings, effects: &mut Effects) {
        self.heartbeats.sent += 1;
        let heartbeat = Heartbeat {
            number: self.heartbeats.sent,
            column: self.disk.column,
            upto: self.disk.written,
            wall_us: now.wall_us,
        };
        self.broadcast(effects, || Message::Heartbeat(heartbeat));
        if self.replicas > 1 {
            let applied = self.disk.applied.prefix();
            let lag_us = self.heartbeats.observed_lag_us(now, self.id, self.replicas, applied);
            effects.push(Effect::ObservedLag(lag_us.max(self.observed_log_lag_us(now))));
        }
        let every_us = settings.heartbeat_every_us;
        effects.push(wake(ReplicaTimer::Heartbeat(self.timers), every_us, every_us));
        self.beat_primary(now, settings, effects);
        self.recover(now, settings, effects);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Column;

    #[test]
    fn a_heartbeat_that_was_overtaken_or_repeated_makes_no_lag() {
        let (own, peer, applied) = (ReplicaId(0), ReplicaId(1), VersionVector::default());
        let at = |wall_us| LocalInstant { wall_us, ..LocalInstant::default() };
        let beat = |number, wall_us| Heartbeat { number, column: Column(1), upto: 0, wall_us };
        let mut heartbeats = Heartbeats::default();
        heartbeats.boot(at(0), own, 2);
        heartbeats.heard(peer, beat(1, 100), &applied);
        heartbeats.heard(peer, beat(3, 300), &applied);
        heartbeats.heard(peer, beat(2, 200), &applied);
        heartbeats.heard(peer, beat(1, 100), &applied);
        assert_eq!(heartbeats.observed_lag_us(at(310), own, 2, &applied), 10);
    }
}
