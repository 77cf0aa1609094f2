//! Switching a level under load: the leader compares what the policy asks for with what the log has bound.
//!
//! ```text
//!   leader        Seal ──────────────────────────────▶ Absorb… Handed(r2) ─▶ Handed(r3) ─▶ bound
//!   each replica       applied: no loose write of the type any more ─▶ handover: its loose cells
//! ```
//!
//! A type that another log decides is let go there first: a replica hands over only once it has applied that, and then
//! with all that the other log had decided. All have to hand over, so whoever decided last is among them.
//!
//! A replica that is silent leaves the switch pending, and the types refuse. With `force=yes` the leader opens them once
//! all who have not handed over are silent. Loose writes of types that stay loose are absorbed as the leader hears of
//! them.

use std::sync::Arc;

use crate::base::time::MS;
use crate::base::{KeyId, LocalInstant, LogId, OpSet, OpType, ReplicaId, Service};
use crate::data::{Binding, Cell, Rules, StoreChange};
use crate::replica::raft::Entry;
use crate::replica::{Replica, rules};
use crate::wire::{Effect, Effects, Handover, Message, Settings};

/// How long a replica waits before it hands over again, in microseconds by its own clock: longer than the way there and
/// back.
const HAND_AGAIN_US: u64 = 400 * MS;
/// Rounds of duties after one input: in a cluster of one each entry is applied at once and may ask for the next.
const ROUNDS_MAX: usize = 8;

impl Replica {
    /// Whether a log takes the loose writes of a type, or is about to.
    #[inline]
    pub(in crate::replica) fn is_sealed(&self, op_type: OpType) -> bool {
        self.disk.state.has_logs()
            && LogId::ALL
                .into_iter()
                .filter_map(|log| self.ordered(log))
                .any(|ordered| ordered.bindings.of(op_type) != Binding::Loose)
    }

    /// After an input: puts into the log what is due, hands over, and sends on what was held.
    pub(in crate::replica) fn settle_strong(&mut self, now: LocalInstant, settings: &Settings, effects: &mut Effects) {
        for log in LogId::ALL {
            if self.lanes.of(log).is_some() {
                self.settle_lane(now, log, settings, effects);
            }
        }
    }

    fn settle_lane(&mut self, now: LocalInstant, log: LogId, settings: &Settings, effects: &mut Effects) {
        self.absorb_changes(now, log, settings, effects);
        for _ in 0..ROUNDS_MAX {
            let is_due = self.lanes.of_mut(log).is_some_and(|lane| std::mem::take(&mut lane.duties.is_due));
            if !is_due {
                break;
            }
            self.do_duties(now, log, settings, effects);
        }
        if log == LogId::Raft {
            self.settle_grants(now, settings, effects);
        }
        self.release(now, log, settings, effects);
    }

    fn do_duties(&mut self, now: LocalInstant, log: LogId, settings: &Settings, effects: &mut Effects) {
        if self.leads(log) {
            self.seal_and_unseal(now, log, settings, effects);
            self.switch_covers(now, log, settings, effects);
            self.force_open(now, log, settings, effects);
            self.absorb_all(now, log, settings, effects);
        }
        self.hand_over(now, log, settings, effects);
    }

    /// Whether this replica decides what goes into a log, as far as it knows.
    pub(super) fn leads(&self, log: LogId) -> bool {
        self.lanes.of(log).is_some_and(|lane| lane.orderer.leads())
    }

    /// Appends an entry. False if the log takes none now; then it is due again at the next heartbeat.
    pub(super) fn append(
        &mut self,
        now: LocalInstant,
        log: LogId,
        entry: Entry,
        settings: &Settings,
        effects: &mut Effects,
    ) -> bool {
        self.propose(now, log, entry, settings, effects).is_ok()
    }

    fn seal_and_unseal(&mut self, now: LocalInstant, log: LogId, settings: &Settings, effects: &mut Effects) {
        let wanted = settings.policy.on_log(log);
        let Some((sealed, duties)) = self.sealed_and_duties(log) else { return };
        let missing = wanted.without(sealed).without(duties.0);
        let extra = sealed.without(wanted).without(duties.1);
        if !missing.is_empty() && self.append(now, log, Entry::Seal(missing), settings, effects) {
            self.note_duty(log, |duties| duties.sealing = duties.sealing.with(missing));
        }
        if !extra.is_empty() && self.append(now, log, Entry::Unseal(extra), settings, effects) {
            self.note_duty(log, |duties| duties.unsealing = duties.unsealing.with(extra));
        }
    }

    /// What is sealed as far as the log is applied, and what is on the way to be sealed and unsealed.
    fn sealed_and_duties(&self, log: LogId) -> Option<(OpSet, (OpSet, OpSet))> {
        let duties = &self.lanes.of(log)?.duties;
        Some((self.ordered(log)?.bindings.sealed(), (duties.sealing, duties.unsealing)))
    }

    /// In a cluster of one the entry may have been applied meanwhile: what is sealed then is not on the way any more.
    fn note_duty(&mut self, log: LogId, note: impl FnOnce(&mut super::Duties)) {
        let Some(sealed) = self.ordered(log).map(|ordered| ordered.bindings.sealed()) else { return };
        let Some(lane) = self.lanes.of_mut(log) else { return };
        note(&mut lane.duties);
        lane.duties.sealing = lane.duties.sealing.without(sealed);
        lane.duties.unsealing = lane.duties.unsealing.shared(sealed);
    }

    /// Opens switches that shall not wait, once all they wait for are silent.
    fn force_open(&mut self, now: LocalInstant, log: LogId, settings: &Settings, effects: &mut Effects) {
        let Some(lane) = self.lanes.of(log) else { return };
        let Some(ordered) = self.ordered(log) else { return };
        let all = || ReplicaId::all(usize::from(self.replicas));
        let is_stuck = |switch: &&crate::data::Switch| {
            let mut missing = all().filter(|replica| !switch.handed.contains(*replica));
            !switch.forced
                && !switch.types.shared(settings.forced).is_empty()
                && !lane.duties.opening.contains(&switch.seal)
                && missing.all(|replica| !lane.orderer.hears_from(replica, now, settings))
        };
        let stuck: Vec<u32> = ordered.bindings.switches().iter().filter(is_stuck).map(|switch| switch.seal).collect();
        for seal in stuck {
            if self.append(now, log, Entry::Open(seal), settings, effects) {
                self.note_duty(log, |duties| {
                    duties.opening.insert(seal);
                });
            }
        }
    }

    /// Gives the leader what this replica holds of the services that are being switched.
    fn hand_over(&mut self, now: LocalInstant, log: LogId, settings: &Settings, effects: &mut Effects) {
        let Some(ordered) = self.ordered(log) else { return };
        let id = self.id;
        // Another log has to stop first: what it decided until then is handed over too.
        let other = self.ordered(log.other());
        let is_free = |types| other.is_none_or(|other| other.bindings.sealed().shared(types).is_empty());
        let waits = |switch: &&crate::data::Switch| !switch.handed.contains(id) && is_free(switch.types);
        let waiting: Vec<_> = ordered.bindings.switches().iter().filter(waits).copied().collect();
        let Some(lane) = self.lanes.of_mut(log).filter(|_| !waiting.is_empty()) else { return };
        let Some(leader) = lane.orderer.leader() else { return };
        let last_us = lane.duties.handed_mono_us;
        if leader != id && last_us.is_some_and(|last| now.mono_us.saturating_sub(last) < HAND_AGAIN_US) {
            return;
        }
        lane.duties.handed_mono_us = Some(now.mono_us);
        for switch in waiting {
            let (column, returned) = (self.disk.column, self.returned_with(switch.types, settings));
            let cells = self.cells_of(log, switch.types, settings);
            let handover = Handover { log, seal: switch.seal, cells, column, returned };
            if leader == id {
                self.on_handover(now, id, handover, settings, effects);
            } else {
                effects.push(Effect::Send(leader.into(), Message::Handover(Box::new(handover))));
            }
        }
    }

    /// All that this replica holds of the services of some types beside `log`.
    fn cells_of(&self, log: LogId, types: OpSet, settings: &Settings) -> Vec<(KeyId, Cell)> {
        let cell = |key| (key, self.disk.state.cell_beside(log, key, rules(settings)));
        settings.keys_of(types).map(cell).filter(|(_, cell)| !cell.is_empty()).collect()
    }

    /// The leader puts into the log what a replica hands over, and that it did.
    pub(in crate::replica) fn on_handover(
        &mut self,
        now: LocalInstant,
        from: ReplicaId,
        handover: Handover,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        let Handover { log, seal, cells, column, returned } = handover;
        let Some(ordered) = self.ordered(log).filter(|_| self.leads(log)) else { return };
        let is_open = ordered.bindings.switches().iter().any(|it| it.seal == seal && !it.handed.contains(from));
        let is_known = self.lanes.of(log).is_some_and(|lane| lane.duties.handed.contains(&(seal, from)));
        if !is_open || is_known {
            return;
        }
        let absorbed = cells.iter().all(|(key, cell)| self.absorb_cell(now, log, *key, cell, settings, effects));
        let back = |(key, upto): &(KeyId, i64)| self.take_back(now, (*key, column, *upto), settings, effects);
        let is_back = absorbed && returned.iter().all(back);
        if is_back && self.append(now, log, Entry::Handed { replica: from, seal }, settings, effects) {
            self.note_duty(log, |duties| {
                duties.handed.insert((seal, from));
            });
        }
    }

    /// A leader that took in loose writes of a bound service passes them on to the log.
    fn absorb_changes(&mut self, now: LocalInstant, log: LogId, settings: &Settings, effects: &mut Effects) {
        if !self.disk.state.loose.has_changes() || !self.leads(log) {
            return;
        }
        let key_of = |change: &StoreChange| match change {
            StoreChange::Dot { key, .. }
            | StoreChange::Superseded { key, .. }
            | StoreChange::TakenBack { key, .. }
            | StoreChange::Range { key, .. } => *key,
        };
        let keys: Vec<KeyId> = self.disk.state.loose.changes().iter().map(key_of).collect();
        for key in keys {
            self.absorb_key(now, log, key, settings, effects);
        }
    }

    /// A leader looks at all loose state of bound services: when it begins to lead, and after a seal.
    fn absorb_all(&mut self, now: LocalInstant, log: LogId, settings: &Settings, effects: &mut Effects) {
        let Some(lane) = self.lanes.of_mut(log) else { return };
        if !std::mem::take(&mut lane.duties.absorbs_all) {
            return;
        }
        let Some(sealed) = self.ordered(log).map(|ordered| ordered.bindings.sealed()) else { return };
        let keys: Vec<KeyId> = settings.keys_of(sealed).collect();
        let all = keys.into_iter().all(|key| self.absorb_key(now, log, key, settings, effects));
        if !all && let Some(lane) = self.lanes.of_mut(log) {
            lane.duties.absorbs_all = true;
        }
    }

    /// Puts the loose state of a key into the log, if it is news there. False if the log takes nothing now.
    pub(super) fn absorb_key(
        &mut self,
        now: LocalInstant,
        log: LogId,
        key: KeyId,
        settings: &Settings,
        effects: &mut Effects,
    ) -> bool {
        let Some(sealed) = self.ordered(log).map(|ordered| ordered.bindings.sealed()) else { return true };
        if !settings.service_of(key).is_some_and(|service| sealed.touches(service)) {
            return true;
        }
        let cell = self.disk.state.loose.cell(key);
        let hash = cell.content_hash();
        let last = self.lanes.of(log).and_then(|lane| lane.duties.absorbed.get(&key));
        if cell.is_empty() || last == Some(&hash) {
            return true;
        }
        let cell = cell.clone();
        let absorbed = self.absorb_cell(now, log, key, &cell, settings, effects);
        if absorbed {
            self.note_duty(log, |duties| {
                duties.absorbed.insert(key, hash);
            });
        }
        absorbed
    }

    fn absorb_cell(
        &mut self,
        now: LocalInstant,
        log: LogId,
        key: KeyId,
        cell: &Cell,
        settings: &Settings,
        effects: &mut Effects,
    ) -> bool {
        let resolver = settings.policy.resolver(Service::Profile).in_a_log();
        let Some(ordered) = self.ordered(log) else { return true };
        let own = ordered.store.cell(key);
        let mut merged = own.clone();
        merged.merge(cell, key, Rules { resolver, ..Rules::default() }, &mut Vec::new());
        if merged == *own {
            return true;
        }
        self.append(now, log, Entry::Absorb { key, cell: Arc::new(cell.clone()), resolver }, settings, effects)
    }
}
