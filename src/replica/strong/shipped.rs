//! What only the primary's log needs: followers that take entries back, and acknowledgements that wait for followers.

use std::sync::Arc;

use crate::base::{AttemptId, Column, Dot, KeyId, Level, LocalInstant, LogId, LogPosition, ReplicaId, Shipping};
use crate::data::Ordered;
use crate::record::credit_of;
use crate::replica::Replica;
use crate::replica::primary::{Primary, PrimaryEffect, PrimaryEffects};
use crate::wire::{
    Effect, Effects, Entry, Message, Operation, PrimaryMessage, ReplicaTimer, Reply, Settings, Snapshot,
};

use super::Orderer;
use super::serve::Asked;

impl Replica {
    /// The replica's part in the primary's log, if that is in use.
    pub fn primary(&self) -> Option<&Primary> {
        match &self.lanes.of(LogId::Primary)?.orderer {
            Orderer::Primary(primary) => Some(primary),
            Orderer::Raft(_) => None,
        }
    }

    pub(in crate::replica) fn on_primary_message(
        &mut self,
        now: LocalInstant,
        peer: ReplicaId,
        message: PrimaryMessage,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        self.with_primary(settings, effects, |primary, out| {
            primary.on_message(now, peer, message, settings, out);
        });
    }

    /// An operator makes it the primary.
    pub(in crate::replica) fn promote(&mut self, now: LocalInstant, settings: &Settings, effects: &mut Effects) {
        self.with_primary(settings, effects, |primary, out| primary.promote(now, out));
    }

    pub(in crate::replica) fn on_campaign_timer(
        &mut self,
        now: LocalInstant,
        number: u32,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        self.with_primary(settings, effects, |primary, out| primary.on_turn(now, number, settings, out));
    }

    /// With every heartbeat: ships, or looks for the primary; and looks at what is due in its log.
    pub(in crate::replica) fn beat_primary(&mut self, now: LocalInstant, settings: &Settings, effects: &mut Effects) {
        if let Some(lane) = self.lanes.of_mut(LogId::Primary) {
            lane.duties.is_due = true;
            self.with_primary(settings, effects, |primary, out| primary.beat(now, settings, out));
        }
    }

    /// Whether a read of this level is served here, whoever is the primary.
    pub(super) fn serves_locally(&self, now: LocalInstant, level: Level) -> bool {
        match level {
            Level::Primary(Shipping { local_reads, .. }) => local_reads,
            Level::Bounded(bound_us) => {
                let lag_us = self.primary().and_then(|primary| primary.observed_lag_us(now));
                lag_us.is_some_and(|lag_us| lag_us <= u64::from(bound_us))
            }
            _ => false,
        }
    }

    /// The identity of the next write that this replica orders as the primary, with room for the credit of a transfer.
    pub(super) fn next_shipped_dot(&mut self) -> Dot {
        self.disk.shipped += 2;
        Dot { column: Column::of_primary(self.disk.column), counter: self.disk.shipped }
    }

    /// Answers what was decided, once as many followers have it as its level asks for.
    pub(super) fn send_when_shipped(
        &mut self,
        log: LogId,
        index: u32,
        asked: Asked,
        reply: Reply,
        effects: &mut Effects,
    ) {
        let followers = asked.request.level.followers();
        match self.lanes.of_mut(log).filter(|_| followers > 0) {
            Some(lane) => {
                lane.unacknowledged.insert(index, (followers, asked, reply));
            }
            None => self.send_back(&asked, reply, effects),
        }
    }

    pub(super) fn with_primary(
        &mut self,
        settings: &Settings,
        effects: &mut Effects,
        act: impl FnOnce(&mut Primary, &mut PrimaryEffects),
    ) {
        self.with_primary_lane(settings, effects, act);
        self.checkpoint();
    }

    /// Lets something be done with the log, then does what that asks for.
    pub(super) fn with_primary_lane<T>(
        &mut self,
        settings: &Settings,
        effects: &mut Effects,
        act: impl FnOnce(&mut Primary, &mut PrimaryEffects) -> T,
    ) -> Option<T> {
        let mut out = std::mem::take(&mut self.lanes.primary_effects);
        let Orderer::Primary(primary) = &mut self.lanes.of_mut(LogId::Primary)?.orderer else { return None };
        let result = act(primary, &mut out);
        for effect in out.drain(..) {
            self.perform_primary(effect, settings, effects);
        }
        self.lanes.primary_effects = out;
        Some(result)
    }

    fn perform_primary(&mut self, effect: PrimaryEffect, settings: &Settings, effects: &mut Effects) {
        let log = LogId::Primary;
        match effect {
            PrimaryEffect::Send(to, message) => {
                effects.push(Effect::Send(to.into(), Message::Primary(Box::new(message))));
            }
            PrimaryEffect::Wake { number, low_us, high_us } => {
                effects.push(Effect::Wake { timer: ReplicaTimer::Campaign(number), low_us, high_us });
            }
            PrimaryEffect::Apply(position, entry) => self.apply(log, position, &entry, settings, effects),
            PrimaryEffect::Rewind { state, again, dropped } => {
                self.rewind(&state, &again, &dropped, settings, effects);
            }
            PrimaryEffect::Restore(snapshot, dropped) => self.reseed(&snapshot, &dropped, settings, effects),
            PrimaryEffect::Acknowledged => self.answer_acknowledged(effects),
            PrimaryEffect::Role(role, epoch) => self.become_role(log, role, epoch, effects),
        }
    }

    /// Answers what enough followers have.
    fn answer_acknowledged(&mut self, effects: &mut Effects) {
        let Some(lane) = self.lanes.of_mut(LogId::Primary) else { return };
        let Orderer::Primary(primary) = &lane.orderer else { return };
        let is_enough = |index: &u32, followers: u8| primary.acknowledgements(*index) >= usize::from(followers);
        let ready: Vec<u32> = lane
            .unacknowledged
            .iter()
            .filter(|(index, (followers, ..))| is_enough(index, *followers))
            .map(|(index, _)| *index)
            .collect();
        for index in ready {
            let answered = self.lanes.of_mut(LogId::Primary).and_then(|lane| lane.unacknowledged.remove(&index));
            if let Some((_, asked, reply)) = answered {
                self.send_back(&asked, reply, effects);
            }
        }
    }

    /// Goes back to a checkpoint, applies again what is still in the log, and reports what is not.
    fn rewind(
        &mut self,
        state: &Arc<Ordered>,
        again: &[(LogPosition, Entry)],
        dropped: &[(LogPosition, Entry)],
        settings: &Settings,
        effects: &mut Effects,
    ) {
        let log = LogId::Primary;
        let before = std::mem::replace(self.disk.state.ordered_mut(log), state.folded());
        // It happened before, so nobody is told again.
        let mut untold = Effects::new();
        for (position, entry) in again {
            self.apply(log, *position, entry, settings, &mut untold);
        }
        let shared = self.disk.state.ordered_mut(log).clone();
        // Once more what is dropped, to know what it had done.
        let mut gone = Gone::default();
        for (position, entry) in dropped {
            match entry {
                Entry::Operation(operation) => {
                    self.disk.state.ordered_mut(log).advance(*position);
                    if let Some((_, Some(write))) = self.decide_ordered(log, operation) {
                        gone.add(operation, write.dot);
                    }
                }
                entry => self.apply(log, *position, entry, settings, &mut untold),
            }
        }
        let ordered = self.disk.state.ordered_mut(log);
        *ordered = before;
        ordered.return_to(&shared, gone.report(effects));
    }

    /// Takes over a snapshot in place of its own log.
    fn reseed(
        &mut self,
        snapshot: &Snapshot,
        dropped: &[(LogPosition, Entry)],
        settings: &Settings,
        effects: &mut Effects,
    ) {
        // What it shares with the snapshot is forgotten, so what was refused cannot be told from what was done.
        let mut gone = Gone::default();
        for (_, entry) in dropped {
            if let Entry::Operation(operation) = entry
                && let Some(dot) = operation.dot
            {
                gone.add(operation, dot);
            }
        }
        let ordered = self.disk.state.ordered_mut(LogId::Primary);
        ordered.store.take_back(gone.report(effects));
        ordered.restore(&snapshot.state);
        self.loosen_all(snapshot, settings);
        if let Some(lane) = self.lanes.of_mut(LogId::Primary) {
            lane.duties.is_due = true;
        }
    }

    /// Keeps a state to go back to, once in a while.
    fn checkpoint(&mut self) {
        let Some(Orderer::Primary(primary)) = self.lanes.of_mut(LogId::Primary).map(|lane| &mut lane.orderer) else {
            return;
        };
        if primary.wants_checkpoint()
            && let Some(ordered) = self.disk.state.ordered(LogId::Primary)
        {
            primary.checkpoint(Arc::new(ordered.folded()));
        }
    }
}

/// Writes that a log dropped.
#[derive(Default)]
struct Gone {
    writes: Vec<(KeyId, Dot)>,
    /// The attempt that made the first.
    first: Option<AttemptId>,
    /// Of how many operations they are.
    count: u32,
}

impl Gone {
    fn add(&mut self, operation: &Operation, dot: Dot) {
        self.writes.push((operation.key, dot));
        self.writes.extend(credit_of(operation.argument, dot));
        self.first = self.first.or(Some(operation.attempt));
        self.count += 1;
    }

    /// Says that they are gone.
    fn report(self, effects: &mut Effects) -> Vec<(KeyId, Dot)> {
        let count = self.count;
        effects.extend(self.first.map(|attempt| Effect::Truncated { attempt, count }));
        self.writes
    }
}
