//! Asking homes, and what is done with their answers.

use crate::base::operation::Effect as Kind;
use crate::base::{
    Actor, Answer, AttemptId, Context, KeyId, LocalInstant, Quorum, Refusal, ReplicaId, ReplicaSet, StampBy,
};
use crate::data::Cell;
use crate::replica::serve::{readable, seen_in};
use crate::replica::{Replica, rules};
use crate::wire::message::decision;
use crate::wire::quorum::QuorumBody;
use crate::wire::{Effect, Effects, Message, Reply, Request, Settings};

use super::{Given, Open, Stage};

impl Replica {
    /// Coordinates a request of level `quorum`.
    pub(in crate::replica) fn serve_quorum(
        &mut self,
        now: LocalInstant,
        client: Actor,
        request: &Request,
        quorum: Quorum,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        self.disk.clock.receive(now.wall_us, request.hlc);
        let Request { attempt, key, op_type, keyed, .. } = *request;
        if !op_type.is_read() && self.is_sealed(op_type) {
            return self.decline(client, attempt, Refusal::Sealed, effects);
        }
        let targets = self.targets(now, key, quorum, settings);
        let open = Open {
            client,
            request: request.clone(),
            quorum,
            targets: targets.clone(),
            answers: Vec::new(),
            joined: Cell::Empty,
            written: None,
            holders: [None; crate::base::limits::REPLICAS_MAX],
            confirmed: ReplicaSet::EMPTY,
            stage: Stage::Asking,
        };
        self.coordinator.begin(now, attempt, open);
        let asks = op_type.spec().effect != Kind::Write || keyed || quorum.stamp == StampBy::Read;
        if !asks {
            return self.decide_write(now, attempt, settings, effects);
        }
        let keyed = if keyed { client.as_client() } else { None };
        for target in targets.iter().filter(|target| target.replica != self.id) {
            self.say(target.replica, attempt, QuorumBody::Ask { key, quorum, keyed }, effects);
        }
        if targets.iter().any(|target| target.replica == self.id)
            && let Some(given) = self.give(attempt, key, quorum, keyed, settings)
        {
            self.take_answer(now, attempt, given, settings, effects);
        }
    }

    /// Refuses without a look at what is there.
    pub(super) fn decline(&self, client: Actor, attempt: AttemptId, refusal: Refusal, effects: &mut Effects) {
        let (context, hlc) = (Context::default(), self.disk.clock.latest());
        let (answer, basis) = (Answer::Refused(refusal), self.basis());
        let reply = Reply { attempt, answer, context, held: None, seen: None, hlc, basis };
        effects.push(Effect::Decided(attempt, Box::new(decision(&reply, None))));
        effects.push(Effect::Send(client, Message::Reply(Box::new(reply))));
    }

    /// What this replica holds of a key, if that counts.
    pub(super) fn give(
        &self,
        attempt: AttemptId,
        key: KeyId,
        quorum: Quorum,
        keyed: Option<usize>,
        settings: &Settings,
    ) -> Option<Given> {
        if !self.counts_for(key, quorum, settings) {
            return None;
        }
        let known = keyed.and_then(|client| self.disk.answers.of(client, attempt.op)).map(|(_, answer)| answer);
        let cell = self.disk.state.cell(key, rules(settings));
        Some(Given { from: self.id, column: self.disk.column, cell, known, basis: self.basis() })
    }

    /// A home answers, in time or late.
    pub(super) fn take_answer(
        &mut self,
        now: LocalInstant,
        attempt: AttemptId,
        given: Given,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        if let Some(stamp) = given.cell.newest_stamp() {
            self.disk.clock.receive(now.wall_us, stamp.hlc);
        }
        let from = given.from;
        let Some(open) = self.coordinator.get_mut(attempt) else { return };
        if !open.has_target(from) || open.answers.iter().any(|known| known.from == from) {
            return;
        }
        open.answers.push(given);
        let (is_read, is_enough) =
            (open.request.op_type.is_read(), open.answers.len() == usize::from(open.quorum.reads));
        match open.stage {
            Stage::Asking if !is_enough => {}
            Stage::Asking if is_read => self.decide_read(now, attempt, settings, effects),
            Stage::Asking => self.decide_write(now, attempt, settings, effects),
            _ if open.written.is_some() => {}
            _ => self.take_late(now, attempt, from, settings, effects),
        }
    }

    /// The join of what was answered. Says who answered.
    pub(super) fn join_answers(&self, attempt: AttemptId, settings: &Settings, effects: &mut Effects) -> Cell {
        let mut joined = Cell::Empty;
        let Some(open) = self.coordinator.open.get(&attempt) else { return joined };
        for given in &open.answers {
            joined.merge(&given.cell, open.request.key, rules(settings), &mut Vec::new());
            effects.push(Effect::Contributed(attempt, given.basis, given.column));
        }
        joined
    }

    fn decide_read(&mut self, now: LocalInstant, attempt: AttemptId, settings: &Settings, effects: &mut Effects) {
        let joined = self.join_answers(attempt, settings, effects);
        let Some(open) = self.coordinator.open.get(&attempt) else { return };
        let (op_type, key) = (open.request.op_type, open.request.key);
        let answer = Answer::Done(readable(op_type, self.disk.state.shown(key, &joined, rules(settings))));
        let writes_back = open.quorum.write_back;
        self.answer_joined(now, attempt, (joined, answer), writes_back, settings, effects);
    }

    /// Answers what was read: at once, or when W have it.
    pub(super) fn answer_joined(
        &mut self,
        now: LocalInstant,
        attempt: AttemptId,
        (joined, answer): (Cell, Answer),
        writes_back: bool,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        let heals_itself = |open: &Open| open.has_target(self.id) && (writes_back || open.quorum.read_repair);
        if let Some(key) =
            self.coordinator.open.get(&attempt).filter(|open| heals_itself(open)).map(|open| open.request.key)
        {
            // First, so that the basis of the answer counts what is here when it is decided.
            self.merge_cell(now, key, &joined.loose_part(), settings, effects);
            self.note_merged_dots();
        }
        let mut context = Context::default();
        joined.add_seen(&mut context);
        let (hlc, basis) = (self.disk.clock.latest(), self.basis());
        let Some(open) = self.coordinator.get_mut(attempt) else { return };
        let seen = seen_in(&joined, &open.request, settings);
        let reply = Reply { attempt, answer, context, held: None, seen, hlc, basis };
        effects.push(Effect::Decided(attempt, Box::new(decision(&reply, None))));
        open.joined = joined;
        let answered: Vec<ReplicaId> = open.answers.iter().map(|given| given.from).collect();
        if !writes_back {
            effects.push(Effect::Send(open.client, Message::Reply(Box::new(reply))));
            open.stage = Stage::Answered;
            let answered = if open.quorum.read_repair { answered } else { Vec::new() };
            return self.mend(now, attempt, answered, false, settings, effects);
        }
        open.stage = Stage::Waiting(Box::new(reply));
        let targets = open.targets.iter().map(|target| target.replica).collect();
        self.mend(now, attempt, targets, true, settings, effects);
    }

    /// A further home answers after the decision.
    fn take_late(
        &mut self,
        now: LocalInstant,
        attempt: AttemptId,
        from: ReplicaId,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        let Some(open) = self.coordinator.get_mut(attempt) else { return };
        let waits = matches!(open.stage, Stage::Waiting(_));
        if waits {
            // It was sent what was read already; if it had that before, it need not say so again.
            return self.mend(now, attempt, vec![from], false, settings, effects);
        }
        let before = open.joined.clone();
        let late = open.answers.last().map(|given| given.cell.clone()).unwrap_or_default();
        open.joined.merge(&late, open.request.key, rules(settings), &mut Vec::new());
        // What it knew better, the others are told.
        let is_newer = !open.joined.agrees_with(&before);
        let behind = if is_newer { open.answers.iter().map(|given| given.from).collect() } else { vec![from] };
        self.mend(now, attempt, behind, false, settings, effects);
    }

    /// Brings what was read to those of `replicas` that hold less, and counts those that hold it.
    fn mend(
        &mut self,
        now: LocalInstant,
        attempt: AttemptId,
        replicas: Vec<ReplicaId>,
        confirm: bool,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        for replica in replicas {
            let Some(open) = self.coordinator.get_mut(attempt) else { return };
            let (key, quorum) = (open.request.key, open.quorum);
            let given = open.answers.iter().find(|given| given.from == replica);
            let holds = |given: &&Given| {
                let mut both = given.cell.clone();
                both.merge(&open.joined, key, rules(settings), &mut Vec::new());
                both.agrees_with(&given.cell)
            };
            if let Some(given) = given.filter(holds) {
                open.holders[replica.index()] = Some(given.column);
                continue;
            }
            if matches!(open.stage, Stage::Waiting(_)) && !confirm {
                continue;
            }
            // Ordered writes travel in their log only.
            let cell = open.joined.loose_part();
            if replica == self.id {
                self.merge_cell(now, key, &cell, settings, effects);
                self.note_merged_dots();
                let life = self.counts_for(key, quorum, settings).then_some(self.disk.column);
                self.confirmed(attempt, replica, life, effects);
            } else {
                self.say(replica, attempt, QuorumBody::Cell { key, cell, quorum, confirm }, effects);
            }
        }
        self.answer_held(attempt, effects);
    }
}
