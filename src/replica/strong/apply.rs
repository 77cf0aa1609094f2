//! Applying entries: every replica decides the same, from the ordered state alone.

use std::sync::Arc;

use crate::base::{Answer, Cover, Dot, Hlc, KeyId, LogId, LogPosition, OpSet, Refusal, Resolver, Stamp, Value};
use crate::data::{Binding, Cell, Change, Delta, Hold, Ordered, Rules, StoreChange, TwoPart};
use crate::record::{Decision, SwitchStage, credit_of};
use crate::replica::raft::{Entry, Operation, Snapshot};
use crate::replica::serve::decide;
use crate::replica::{Replica, rules};
use crate::wire::{Effect, Effects, Settings};

impl Replica {
    /// Takes in a committed entry, unless it is on disk already.
    pub(super) fn apply(
        &mut self,
        log: LogId,
        position: LogPosition,
        entry: &Entry,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        let replicas = usize::from(self.replicas);
        let ordered = self.disk.state.ordered_mut(log);
        if position.index <= ordered.position().index {
            return;
        }
        ordered.advance(position);
        let is_about_grants = matches!(entry, Entry::Cover(..)) || !ordered.grants.is_empty();
        if is_about_grants || !ordered.bindings.covered().is_empty() {
            self.errands.hear(entry);
        }
        let bindings = &mut ordered.bindings;
        let switched = match entry {
            Entry::Noop | Entry::Readmit { .. } => None,
            Entry::Operation(operation) => return self.apply_operation(log, position, operation, effects),
            Entry::Absorb { key, cell, resolver } => return self.absorb(log, *key, cell, *resolver, settings, effects),
            Entry::Grant { .. } | Entry::Return { .. } => return self.apply_grant(log, entry, settings, effects),
            Entry::Cover(types, cover) => return self.apply_cover((log, position), (*types, *cover), effects),
            Entry::Seal(types) => {
                bindings.seal(position.index, *types);
                Some((SwitchStage::Sealed, *types))
            }
            Entry::Handed { replica, seal } => {
                let ended = bindings.hand(*seal, *replica, replicas);
                ended.filter(|switch| !switch.forced).map(|switch| (SwitchStage::Bound, switch.types))
            }
            Entry::Open(seal) => bindings.force(*seal).map(|switch| (SwitchStage::Forced, switch.types)),
            Entry::Unseal(types) => {
                bindings.unseal(*types);
                Some((SwitchStage::Unsealed, *types))
            }
        };
        self.note_switch(log, position, entry, switched, effects);
    }

    fn note_switch(
        &mut self,
        log: LogId,
        position: LogPosition,
        entry: &Entry,
        switched: Option<(SwitchStage, OpSet)>,
        effects: &mut Effects,
    ) {
        effects.extend(switched.map(|(stage, types)| Effect::Switched(log, position, stage, types)));
        // Another log may have waited for this one to let go.
        if let (Entry::Unseal(_), Some(other)) = (entry, self.lanes.of_mut(log.other())) {
            other.duties.is_due = true;
        }
        let Some(lane) = self.lanes.of_mut(log) else { return };
        let duties = &mut lane.duties;
        duties.is_due = true;
        match entry {
            Entry::Seal(types) => {
                duties.sealing = duties.sealing.without(*types);
                duties.absorbs_all = true;
                duties.handed_mono_us = None;
            }
            Entry::Unseal(types) => duties.unsealing = duties.unsealing.without(*types),
            _ => {}
        }
    }

    fn apply_operation(&mut self, log: LogId, position: LogPosition, operation: &Operation, effects: &mut Effects) {
        let attempt = operation.attempt;
        let decided = self.decide_ordered(log, operation);
        let proposal = self.lanes.of_mut(log).and_then(|lane| lane.proposals.remove(&position.index));
        let Some((answer, write)) = decided else { return };
        let reply = self.reply(attempt, answer, Some((log, operation.key)));
        let write = write.map(|delta| (delta.dot, delta.stamp, delta.context));
        let decision = Decision { answer, basis: reply.basis, write };
        match log {
            LogId::Raft => effects.push(Effect::Agreed(log, position, attempt, Box::new(decision))),
            // Followers only repeat what their primary decided.
            LogId::Primary if self.leads(log) => effects.push(Effect::Decided(attempt, Box::new(decision))),
            LogId::Primary => {}
        }
        if let Some((_, asked)) = proposal.filter(|(term, _)| *term == position.term) {
            self.send_when_shipped(log, position.index, asked, reply, effects);
        }
    }

    /// What an operation comes to at the present position: nothing if this attempt was decided before.
    pub(super) fn decide_ordered(&mut self, log: LogId, operation: &Operation) -> Option<(Answer, Option<Arc<Delta>>)> {
        let client = operation.client.as_client().expect("only clients send requests");
        let attempt = operation.attempt;
        let ordered = self.disk.state.ordered(log)?;
        if ordered.answers.knows(client, attempt) {
            return None;
        }
        let earlier = ordered.answers.of(client, attempt.op).filter(|_| operation.keyed);
        let decided = match earlier {
            Some((_, answer)) => (answer, None),
            None if ordered.bindings.of(operation.op_type) != Binding::Bound => {
                (Answer::Refused(Refusal::Pending), None)
            }
            None => self.execute(log, operation),
        };
        self.disk.state.ordered_mut(log).answers.insert(client, attempt, decided.0);
        Some(decided)
    }

    fn execute(&mut self, log: LogId, operation: &Operation) -> (Answer, Option<Arc<Delta>>) {
        let read = self.disk.state.strong(log, operation.key);
        let (answer, change) = decide_beside_grants(self.disk.state.ordered_mut(log), operation, read);
        let Some(change) = change else { return (answer, None) };
        let dot = operation.dot.unwrap_or_else(|| self.disk.state.ordered_mut(log).dot());
        let state = &mut self.disk.state;
        let debit = put(state, log, operation, (operation.key, dot), change);
        if let Some((to, dot)) = credit_of(operation.argument, dot)
            && let Some(amount) = operation.argument.amount()
        {
            put(state, log, operation, (to, dot), Change::Add(amount));
        }
        (answer, Some(debit))
    }

    /// Takes loose writes into both parts. Those of a replica that a forced switch left out go beneath ordered ones.
    fn absorb(
        &mut self,
        log: LogId,
        key: KeyId,
        cell: &Cell,
        resolver: Resolver,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        let ordered = self.disk.state.ordered_mut(log);
        let own = Rules { resolver, ..Rules::default() };
        if is_late(ordered, key, cell, own, settings) {
            let is_ordered = |holder: &Cell| !holder.is_empty() && holder.loose_part().is_empty();
            if !is_ordered(ordered.store.cell(key)) {
                self.disk.state.absorb(log, key, cell, own);
            }
            if self.leads(log) {
                effects.push(Effect::AbsorbedLate(key));
            }
        } else {
            self.disk.state.absorb(log, key, cell, own);
        }
        self.loosen(key, cell, settings);
    }

    /// Takes in what travels loosely of a cell that came by the log, as if by gossip.
    pub(super) fn loosen(&mut self, key: KeyId, cell: &Cell, settings: &Settings) {
        let loose = &mut self.disk.state.loose;
        let before = loose.changes().len();
        loose.merge(key, &cell.loose_part(), rules(settings));
        for change in &loose.changes()[before..] {
            if let StoreChange::Dot { dot, .. } = change {
                self.disk.applied.insert(*dot);
            }
        }
    }

    /// Takes over a snapshot, unless more is on disk.
    pub(super) fn restore(&mut self, log: LogId, snapshot: &Snapshot, settings: &Settings, effects: &mut Effects) {
        let ordered = self.disk.state.ordered_mut(log);
        if snapshot.last.index <= ordered.position().index {
            return;
        }
        ordered.restore(&snapshot.state);
        self.loosen_all(snapshot, settings);
        self.answer_from_snapshot(log, snapshot.last, effects);
    }

    /// Takes in all that travels loosely of a snapshot.
    pub(super) fn loosen_all(&mut self, snapshot: &Snapshot, settings: &Settings) {
        for key in (0..snapshot.state.store.key_space()).map(KeyId) {
            let cell = snapshot.state.store.cell(key);
            if !cell.is_empty() {
                self.loosen(key, cell, settings);
            }
        }
        self.errands.look_at_all();
    }

    /// What this replica proposed and the snapshot covers was decided elsewhere, if at all.
    fn answer_from_snapshot(&mut self, log: LogId, last: LogPosition, effects: &mut Effects) {
        let Some(lane) = self.lanes.of_mut(log) else { return };
        lane.duties.is_due = true;
        let later = lane.proposals.split_off(&(last.index + 1));
        let covered = std::mem::replace(&mut lane.proposals, later);
        for (_, asked) in covered.into_values() {
            let attempt = asked.request.attempt;
            let client = asked.client.as_client().expect("only clients send requests");
            let known = self.ordered(log).and_then(|ordered| ordered.answers.of(client, attempt.op));
            if let Some((_, answer)) = known.filter(|(known, _)| *known == attempt) {
                let reply = self.reply(attempt, answer, None);
                self.send_back(&asked, reply, effects);
            }
        }
    }
}

/// Decides an operation as if all that is granted were taken: whoever holds a grant may have taken it already.
fn decide_beside_grants(ordered: &mut Ordered, operation: &Operation, read: Value) -> (Answer, Option<Change>) {
    let (op_type, argument, key) = (operation.op_type, operation.argument, operation.key);
    let open = if op_type.takes() { ordered.open(key) } else { 0 };
    let Value::Int(level) = read else { return decide(op_type, argument, read) };
    let decided = decide(op_type, argument, Value::Int(level - open));
    match argument.amount() {
        Some(amount) if decided.1.is_none() && level >= amount && open > 0 => {
            ordered.grants.keep_back(key, amount);
            (Answer::Refused(Refusal::Granted), None)
        }
        _ => decided,
    }
}

/// Makes an ordered write of an operation.
fn put(state: &mut TwoPart, log: LogId, operation: &Operation, place: (KeyId, Dot), change: Change) -> Arc<Delta> {
    let (key, dot) = place;
    let cell = state.ordered_mut(log).store.cell(key);
    let delta = Arc::new(Delta {
        dot,
        previous: cell.last_of(dot.column),
        key,
        attempt: operation.attempt,
        stamp: later(operation.stamp, cell.newest_stamp()),
        context: operation.context,
        seen: None,
        change,
        hold: Hold::default(),
    });
    let is_beside = state.is_beside(log, &delta, Rules::default());
    let store = &mut state.ordered_mut(log).store;
    if is_beside {
        store.apply_again(&delta, Rules::default());
    } else {
        store.apply(&delta, Rules::default());
    }
    delta
}

/// Whether a cell brings something although all writes of its service are the log's: its replica was left out.
fn is_late(ordered: &Ordered, key: KeyId, cell: &Cell, rules: Rules, settings: &Settings) -> bool {
    let Some(service) = settings.service_of(key) else { return false };
    let loose_types = OpSet::of(service).writes().without(ordered.bindings.bound());
    let has_naive = OpSet::of(service).iter().any(|op_type| ordered.bindings.cover(op_type) == Some(Cover::Naive));
    if !loose_types.is_empty() || has_naive {
        return false;
    }
    let own = ordered.store.cell(key);
    let mut merged = own.clone();
    merged.merge(cell, key, rules, &mut Vec::new());
    let has_grants = service.taker().and_then(|taker| ordered.bindings.cover(taker)) == Some(Cover::Grants);
    if has_grants { merged.sum_beside_grants() != own.sum_beside_grants() } else { merged != *own }
}

/// The stamp of an ordered write: no earlier than the proposer's clocks, and later than what it replaces.
fn later(proposed: Stamp, replaced: Option<Stamp>) -> Stamp {
    let Some(replaced) = replaced else { return proposed };
    let next = Hlc { l_us: replaced.hlc.l_us, c: replaced.hlc.c + 1 };
    Stamp { wall_us: proposed.wall_us.max(replaced.wall_us.saturating_add(1)), hlc: proposed.hlc.max(next) }
}
