//! Deciding a write, and bringing it to the homes.

use crate::base::{Answer, AttemptId, Context, LocalInstant, Refusal, Stamp, StampBy};
use crate::data::Change;
use crate::replica::serve::decide;
use crate::replica::{Replica, rules, wake};
use crate::wire::message::decision;
use crate::wire::quorum::QuorumBody;
use crate::wire::{Effect, Effects, Message, ReplicaTimer, Reply, Settings};

use super::Stage;
use super::hints::PATIENCE_US;

impl Replica {
    /// Enough is known to decide an operation that may write.
    pub(super) fn decide_write(
        &mut self,
        now: LocalInstant,
        attempt: AttemptId,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        let mut joined = self.join_answers(attempt, settings, effects);
        let Some(open) = self.coordinator.open.get(&attempt) else { return };
        let (client, request, quorum) = (open.client, open.request.clone(), open.quorum);
        let known = open.answers.iter().find_map(|given| given.known);
        let stamps: Vec<Stamp> = open.answers.iter().filter_map(|given| given.cell.newest_stamp()).collect();
        if self.is_sealed(request.op_type) {
            self.coordinator.open.remove(&attempt);
            return self.decline(client, attempt, Refusal::Sealed, effects);
        }
        // What the coordinator holds does not count, and is no secret either.
        let own = self.disk.state.cell(request.key, rules(settings));
        joined.merge(&own, request.key, rules(settings), &mut Vec::new());
        let index = client.as_client().expect("only clients send requests");
        let known = known.or_else(|| {
            let own = || self.disk.answers.of(index, attempt.op).map(|(_, answer)| answer);
            if request.keyed { own() } else { None }
        });
        if let Some(answer) = known {
            // Whoever answered it first may not know that W have it: so this one makes sure.
            return self.answer_joined(now, attempt, (joined, answer), true, settings, effects);
        }
        let read = self.disk.state.shown(request.key, &joined, rules(settings));
        let (answer, change) = decide(request.op_type, request.argument, read);
        let Some(change) = change else {
            return self.answer_joined(now, attempt, (joined, answer), false, settings, effects);
        };
        let newest = stamps.into_iter().chain(own.newest_stamp());
        let stamp = self.stamp(now, quorum.stamp, newest);
        self.write_to_homes(attempt, (answer, change), stamp, settings, effects);
    }

    /// The version of a write: of the own clock, and above what was read.
    fn stamp(&mut self, now: LocalInstant, by: StampBy, newest: impl Iterator<Item = Stamp>) -> Stamp {
        let above = |stamp: Stamp| stamp.wall_us.saturating_add(1);
        let wall_us = match by {
            StampBy::Clock => now.wall_us,
            StampBy::Read => newest.map(above).fold(now.wall_us, i64::max),
        };
        let latest = self.disk.clock.latest();
        Stamp { wall_us, hlc: self.disk.clock.receive(now.wall_us, latest) }
    }

    fn write_to_homes(
        &mut self,
        attempt: AttemptId,
        (answer, change): (Answer, Change),
        stamp: Stamp,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        let Some(open) = self.coordinator.open.get(&attempt) else { return };
        let (client, request, quorum, targets) = (open.client, open.request.clone(), open.quorum, open.targets.clone());
        let delta = self.make(&request, request.key, stamp, change, settings, effects);
        let index = client.as_client().filter(|_| request.keyed);
        let record = index.map(|client| (client, answer));
        if let Some((client, answer)) = record {
            self.disk.answers.insert(client, attempt, answer);
        }
        for target in targets.iter().filter(|target| target.replica != self.id) {
            let keep_for = target.instead_of.filter(|_| quorum.hints);
            let body = QuorumBody::Write { delta: delta.clone(), quorum, record, keep_for };
            self.say(target.replica, attempt, body, effects);
        }
        let is_target = |replica| targets.iter().any(|target| target.replica == replica);
        if settings.gossip {
            let others = self.peers().filter(|peer| !is_target(*peer));
            effects.extend(others.map(|peer| Effect::Send(peer.into(), Message::Gossip(delta.clone()))));
        }
        let mut context = Context::default();
        self.disk.state.loose.cell(request.key).add_seen(&mut context);
        context.see(delta.dot);
        let seen = self.seen_of(&request, Some(&delta), settings);
        let reply = Reply { attempt, answer, context, held: None, seen, hlc: stamp.hlc, basis: self.basis() };
        effects.push(Effect::Decided(attempt, Box::new(decision(&reply, Some(&delta)))));
        let own = targets.iter().find(|target| target.replica == self.id);
        if let Some(home) = own.and_then(|target| target.instead_of).filter(|_| quorum.hints) {
            self.keep_hint(home, &delta, quorum, record, effects);
        }
        if quorum.hints && targets.iter().any(|target| target.replica != self.id) {
            effects.push(wake(ReplicaTimer::Unconfirmed(attempt), PATIENCE_US, PATIENCE_US));
        }
        if let Some(open) = self.coordinator.get_mut(attempt) {
            open.written = Some((delta, record));
            open.stage = Stage::Waiting(Box::new(reply));
            open.answers.clear();
        }
        if own.is_some() {
            let life = self.counts_for(request.key, quorum, settings).then_some(self.disk.column);
            self.confirmed(attempt, self.id, life, effects);
        }
    }
}
