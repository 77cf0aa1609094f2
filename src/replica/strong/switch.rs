//! Switching a level under load: the leader compares what the policy asks for with what the log has bound.
//!
//! ```text
//!   leader        Seal ──────────────────────────────▶ Absorb… Handed(r2) ─▶ Handed(r3) ─▶ bound
//!   each replica       applied: no loose write of the type any more ─▶ handover: its loose cells
//! ```
//!
//! A replica that is silent leaves the switch pending, and the types refuse. With `force=yes` the leader opens them once
//! all who have not handed over are silent. Loose writes of types that stay loose are absorbed as the leader hears of
//! them.

use std::sync::Arc;

use crate::base::time::MS;
use crate::base::{KeyId, LocalInstant, LogId, OpSet, OpType, ReplicaId, Service};
use crate::data::{Binding, Cell, Rules, StoreChange};
use crate::replica::Replica;
use crate::replica::raft::Entry;
use crate::wire::{Effect, Effects, Handover, Message, Settings};

use super::raft_settings;

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
        self.absorb_changes(now, settings, effects);
        for _ in 0..ROUNDS_MAX {
            let is_due = self.strong.as_mut().is_some_and(|strong| std::mem::take(&mut strong.duties.is_due));
            if !is_due {
                break;
            }
            self.do_duties(now, settings, effects);
        }
        self.release(now, settings, effects);
    }

    fn do_duties(&mut self, now: LocalInstant, settings: &Settings, effects: &mut Effects) {
        if self.leads() {
            self.seal_and_unseal(now, settings, effects);
            self.force_open(now, settings, effects);
            self.absorb_all(now, settings, effects);
        }
        self.hand_over(now, settings, effects);
    }

    fn leads(&self) -> bool {
        self.strong.as_ref().is_some_and(|strong| strong.raft.leads())
    }

    /// Appends an entry. False if the log takes none now; then it is due again at the next heartbeat.
    fn append(&mut self, now: LocalInstant, entry: Entry, settings: &Settings, effects: &mut Effects) -> bool {
        let appended = self.with_raft(now, settings, effects, |strong, settings, out| {
            strong.raft.propose(now, entry, settings, out).is_ok()
        });
        appended == Some(true)
    }

    fn seal_and_unseal(&mut self, now: LocalInstant, settings: &Settings, effects: &mut Effects) {
        let wanted = settings.policy.on_log(LogId::Raft);
        let Some((sealed, duties)) = self.sealed_and_duties() else { return };
        let missing = wanted.without(sealed).without(duties.0);
        let extra = sealed.without(wanted).without(duties.1);
        if !missing.is_empty() && self.append(now, Entry::Seal(missing), settings, effects) {
            self.note_duty(|duties| duties.sealing = duties.sealing.with(missing));
        }
        if !extra.is_empty() && self.append(now, Entry::Unseal(extra), settings, effects) {
            self.note_duty(|duties| duties.unsealing = duties.unsealing.with(extra));
        }
    }

    /// What is sealed as far as the log is applied, and what is on the way to be sealed and unsealed.
    fn sealed_and_duties(&self) -> Option<(OpSet, (OpSet, OpSet))> {
        let duties = &self.strong.as_ref()?.duties;
        Some((self.ordered(LogId::Raft)?.bindings.sealed(), (duties.sealing, duties.unsealing)))
    }

    /// In a cluster of one the entry may have been applied meanwhile: what is sealed then is not on the way any more.
    fn note_duty(&mut self, note: impl FnOnce(&mut super::Duties)) {
        let Some(sealed) = self.ordered(LogId::Raft).map(|ordered| ordered.bindings.sealed()) else { return };
        let Some(strong) = &mut self.strong else { return };
        note(&mut strong.duties);
        strong.duties.sealing = strong.duties.sealing.without(sealed);
        strong.duties.unsealing = strong.duties.unsealing.shared(sealed);
    }

    /// Opens switches that shall not wait, once all they wait for are silent.
    fn force_open(&mut self, now: LocalInstant, settings: &Settings, effects: &mut Effects) {
        let raft = raft_settings(settings);
        let Some(strong) = &self.strong else { return };
        let Some(ordered) = self.ordered(LogId::Raft) else { return };
        let all = || ReplicaId::all(usize::from(self.replicas));
        let is_stuck = |switch: &&crate::data::Switch| {
            let mut missing = all().filter(|replica| !switch.handed.contains(*replica));
            !switch.forced
                && !switch.types.shared(settings.forced).is_empty()
                && !strong.duties.opening.contains(&switch.seal)
                && missing.all(|replica| !strong.raft.hears_from(replica, now, &raft))
        };
        let stuck: Vec<u32> = ordered.bindings.switches().iter().filter(is_stuck).map(|switch| switch.seal).collect();
        for seal in stuck {
            if self.append(now, Entry::Open(seal), settings, effects) {
                self.note_duty(|duties| {
                    duties.opening.insert(seal);
                });
            }
        }
    }

    /// Gives the leader what this replica holds of the services that are being switched.
    fn hand_over(&mut self, now: LocalInstant, settings: &Settings, effects: &mut Effects) {
        let Some(ordered) = self.ordered(LogId::Raft) else { return };
        let id = self.id;
        let waits = |switch: &&crate::data::Switch| !switch.handed.contains(id);
        let waiting: Vec<_> = ordered.bindings.switches().iter().filter(waits).copied().collect();
        let Some(strong) = self.strong.as_mut().filter(|_| !waiting.is_empty()) else { return };
        let Some(leader) = strong.raft.leader() else { return };
        let last_us = strong.duties.handed_mono_us;
        if leader != id && last_us.is_some_and(|last| now.mono_us.saturating_sub(last) < HAND_AGAIN_US) {
            return;
        }
        strong.duties.handed_mono_us = Some(now.mono_us);
        for switch in waiting {
            let handover = Handover { seal: switch.seal, cells: self.cells_of(switch.types, settings) };
            if leader == id {
                self.on_handover(now, id, handover, settings, effects);
            } else {
                effects.push(Effect::Send(leader.into(), Message::Handover(Box::new(handover))));
            }
        }
    }

    /// All that this replica holds of the services of some types.
    fn cells_of(&self, types: OpSet, settings: &Settings) -> Vec<(KeyId, Cell)> {
        let cell = |key| (key, self.disk.state.loose.cell(key).clone());
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
        let Handover { seal, cells } = handover;
        let Some(ordered) = self.ordered(LogId::Raft).filter(|_| self.leads()) else { return };
        let is_open = ordered.bindings.switches().iter().any(|it| it.seal == seal && !it.handed.contains(from));
        let is_known = self.strong.as_ref().is_some_and(|strong| strong.duties.handed.contains(&(seal, from)));
        if !is_open || is_known {
            return;
        }
        let absorbed = cells.iter().all(|(key, cell)| self.absorb_cell(now, *key, cell, settings, effects));
        if absorbed && self.append(now, Entry::Handed { replica: from, seal }, settings, effects) {
            self.note_duty(|duties| {
                duties.handed.insert((seal, from));
            });
        }
    }

    /// A leader that took in loose writes of a bound service passes them on to the log.
    fn absorb_changes(&mut self, now: LocalInstant, settings: &Settings, effects: &mut Effects) {
        if !self.disk.state.loose.has_changes() || !self.leads() {
            return;
        }
        let key_of = |change: &StoreChange| match change {
            StoreChange::Dot { key, .. } | StoreChange::Superseded { key, .. } | StoreChange::Range { key, .. } => *key,
        };
        let keys: Vec<KeyId> = self.disk.state.loose.changes().iter().map(key_of).collect();
        for key in keys {
            self.absorb_key(now, key, settings, effects);
        }
    }

    /// A leader looks at all loose state of bound services: when it begins to lead, and after a seal.
    fn absorb_all(&mut self, now: LocalInstant, settings: &Settings, effects: &mut Effects) {
        let Some(strong) = &mut self.strong else { return };
        if !std::mem::take(&mut strong.duties.absorbs_all) {
            return;
        }
        let Some(sealed) = self.ordered(LogId::Raft).map(|ordered| ordered.bindings.sealed()) else { return };
        let keys: Vec<KeyId> = settings.keys_of(sealed).collect();
        let all = keys.into_iter().all(|key| self.absorb_key(now, key, settings, effects));
        if !all && let Some(strong) = &mut self.strong {
            strong.duties.absorbs_all = true;
        }
    }

    /// Puts the loose state of a key into the log, if it is news there. False if the log takes nothing now.
    fn absorb_key(&mut self, now: LocalInstant, key: KeyId, settings: &Settings, effects: &mut Effects) -> bool {
        let Some(sealed) = self.ordered(LogId::Raft).map(|ordered| ordered.bindings.sealed()) else { return true };
        if !settings.service_of(key).is_some_and(|service| sealed.touches(service)) {
            return true;
        }
        let cell = self.disk.state.loose.cell(key);
        let hash = cell.content_hash();
        let last = self.strong.as_ref().and_then(|strong| strong.duties.absorbed.get(&key));
        if cell.is_empty() || last == Some(&hash) {
            return true;
        }
        let cell = cell.clone();
        let absorbed = self.absorb_cell(now, key, &cell, settings, effects);
        if absorbed {
            self.note_duty(|duties| {
                duties.absorbed.insert(key, hash);
            });
        }
        absorbed
    }

    fn absorb_cell(
        &mut self,
        now: LocalInstant,
        key: KeyId,
        cell: &Cell,
        settings: &Settings,
        effects: &mut Effects,
    ) -> bool {
        let resolver = settings.policy.resolver(Service::Profile);
        let Some(ordered) = self.ordered(LogId::Raft) else { return true };
        let own = ordered.store.cell(key);
        let mut merged = own.clone();
        merged.merge(cell, key, Rules { resolver, ..Rules::default() }, &mut Vec::new());
        if merged == *own {
            return true;
        }
        self.append(now, Entry::Absorb { key, cell: Arc::new(cell.clone()), resolver }, settings, effects)
    }
}
