//! Serving a request that the log decides: where it is decided, and how the answer comes back.

use crate::base::time::SECOND;
use crate::base::{Actor, Answer, AttemptId, Context, KeyId, LocalInstant, LogId, Refusal, ReplicaId, Stamp};
use crate::data::Binding;
use crate::replica::Replica;
use crate::replica::raft::{Declined, Entry, Operation, Raft};
use crate::replica::serve::readable;
use crate::wire::message::decision;
use crate::wire::{Effect, Effects, Forward, Message, Relay, Reply, Request, Settings};
use std::sync::Arc;

/// How many replicas may hand a request on: beliefs about who leads are behind for a moment only.
const HOPS_MAX: u8 = 4;
/// How long a request waits for a leader, in microseconds by the own clock: as long as any election takes, a few times.
const HOLD_US: u64 = 3 * SECOND;
/// Requests that wait for a leader at one replica.
const HELD_MAX: usize = 4_096;

/// A request, and the way back.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) client: Actor,
    /// The replica that the client asked.
    pub(super) origin: ReplicaId,
    pub(super) hops: u8,
    pub(super) request: Request,
}

/// A request that waits for a leader.
#[derive(Clone, Debug)]
pub(super) struct Held {
    since_mono_us: u64,
    asked: Asked,
}

impl Replica {
    /// Takes a request of a level that a log decides.
    pub(in crate::replica) fn serve_strong(
        &mut self,
        now: LocalInstant,
        log: LogId,
        client: Actor,
        request: &Request,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        let asked = Asked { client, origin: self.id, hops: 0, request: request.clone() };
        if request.op_type.is_read() && self.serves_locally(now, request.level) {
            self.disk.clock.receive(now.wall_us, request.hlc);
            return self.serve_from(log, &asked, effects);
        }
        self.route(now, log, asked, settings, effects);
    }

    /// Another replica hands a request on.
    pub(in crate::replica) fn on_forward(
        &mut self,
        now: LocalInstant,
        forward: Forward,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        let Forward { client, origin, hops, request } = forward;
        let Some(log) = request.level.log() else { return };
        self.route(now, log, Asked { client, origin, hops, request }, settings, effects);
    }

    /// The answer to a request that this replica handed on.
    pub(in crate::replica) fn on_relay(&mut self, now: LocalInstant, relay: Relay, effects: &mut Effects) {
        self.disk.clock.receive(now.wall_us, relay.reply.hlc);
        effects.push(Effect::Send(relay.client, Message::Reply(Box::new(relay.reply))));
    }

    /// Decides where a request belongs: here, at the leader, or nowhere yet.
    fn route(&mut self, now: LocalInstant, log: LogId, asked: Asked, settings: &Settings, effects: &mut Effects) {
        let leader = self.lanes.of(log).and_then(|lane| lane.orderer.leader());
        match leader {
            Some(leader) if leader == self.id => self.take(now, log, asked, settings, effects),
            Some(leader) if asked.hops < HOPS_MAX => {
                let Asked { client, origin, hops, request } = asked;
                let forward = Forward { client, origin, hops: hops + 1, request };
                effects.push(Effect::Send(leader.into(), Message::Forward(Box::new(forward))));
            }
            _ => self.hold(now, log, asked),
        }
    }

    fn hold(&mut self, now: LocalInstant, log: LogId, asked: Asked) {
        let Some(lane) = self.lanes.of_mut(log) else { return };
        if lane.held.len() < HELD_MAX {
            lane.held.push_back(Held { since_mono_us: now.mono_us, asked: Asked { hops: 0, ..asked } });
        }
    }

    /// A read whose leader was deposed looks for the next one.
    pub(super) fn hold_again(&mut self, now: LocalInstant, log: LogId, attempt: AttemptId) {
        let asked = self.lanes.of_mut(log).and_then(|lane| lane.reads.remove(&attempt));
        if let Some(asked) = asked {
            self.hold(now, log, asked);
        }
    }

    /// Sends on what was held, now that a leader is known. Whoever asked long ago waits no longer.
    pub(super) fn release(&mut self, now: LocalInstant, log: LogId, settings: &Settings, effects: &mut Effects) {
        let Some(lane) = self.lanes.of_mut(log) else { return };
        if lane.held.is_empty() || lane.orderer.leader().is_none() {
            return;
        }
        for held in std::mem::take(&mut lane.held) {
            if now.mono_us.saturating_sub(held.since_mono_us) <= HOLD_US {
                self.route(now, log, held.asked, settings, effects);
            }
        }
    }

    /// A leader takes a request, once.
    fn take(&mut self, now: LocalInstant, log: LogId, asked: Asked, settings: &Settings, effects: &mut Effects) {
        let client = asked.client.as_client().expect("only clients send requests");
        let Some(lane) = self.lanes.of_mut(log) else { return };
        if !lane.taken.insert(client, asked.request.attempt) {
            return;
        }
        let declined = if asked.request.op_type.is_read() {
            self.take_read(now, log, asked.clone(), settings, effects)
        } else {
            self.take_write(now, log, asked.clone(), settings, effects)
        };
        match declined {
            None => {}
            Some(Declined::Busy) => self.refuse(&asked, Refusal::Busy, effects),
            Some(Declined::NotLeader(_)) => self.hold(now, log, asked),
        }
    }

    fn take_read(
        &mut self,
        now: LocalInstant,
        log: LogId,
        asked: Asked,
        settings: &Settings,
        effects: &mut Effects,
    ) -> Option<Declined> {
        let attempt = asked.request.attempt;
        self.disk.clock.receive(now.wall_us, asked.request.hlc);
        if log == LogId::Primary {
            self.serve_from(log, &asked, effects);
            return None;
        }
        self.lanes.of_mut(log)?.reads.insert(attempt, asked);
        let asked = |raft: &mut Raft, settings: &_, out: &mut _| raft.read(now, attempt, settings, out);
        let declined = self.with_raft(now, settings, effects, asked)?.err();
        if declined.is_some() {
            self.lanes.of_mut(log)?.reads.remove(&attempt);
        }
        declined
    }

    fn take_write(
        &mut self,
        now: LocalInstant,
        log: LogId,
        asked: Asked,
        settings: &Settings,
        effects: &mut Effects,
    ) -> Option<Declined> {
        let hlc = self.disk.clock.receive(now.wall_us, asked.request.hlc);
        let Request { attempt, op_type, key, argument, context, keyed, .. } = asked.request;
        let stamp = Stamp { wall_us: now.wall_us, hlc };
        let dot = (log == LogId::Primary).then(|| self.next_shipped_dot());
        let client = asked.client;
        let operation = Operation { client, attempt, op_type, key, argument, context, stamp, dot, keyed };
        let lane = self.lanes.of_mut(log)?;
        let place = lane.orderer.next();
        lane.proposals.insert(place.index, (place.term, asked));
        let declined = self.propose(now, log, Entry::Operation(Arc::new(operation)), settings, effects).err();
        if declined.is_some() {
            self.lanes.of_mut(log)?.proposals.remove(&place.index);
        }
        declined
    }

    /// The state as applied serves a read.
    pub(super) fn serve_read(&mut self, log: LogId, attempt: AttemptId, effects: &mut Effects) {
        let Some(asked) = self.lanes.of_mut(log).and_then(|lane| lane.reads.remove(&attempt)) else { return };
        self.serve_from(log, &asked, effects);
    }

    /// Answers a read from a log as it is applied here.
    pub(super) fn serve_from(&mut self, log: LogId, asked: &Asked, effects: &mut Effects) {
        let Request { attempt, op_type, key, .. } = asked.request;
        let is_bound = self.ordered(log).is_some_and(|ordered| ordered.bindings.of(op_type) == Binding::Bound);
        if !is_bound {
            return self.refuse(asked, Refusal::Pending, effects);
        }
        let read = self.disk.state.strong(log, key);
        let reply = self.reply(attempt, Answer::Done(readable(op_type, read)), Some((log, key)));
        effects.push(Effect::Decided(attempt, Box::new(decision(&reply, None))));
        self.send_back(asked, reply, effects);
    }

    fn refuse(&mut self, asked: &Asked, refusal: Refusal, effects: &mut Effects) {
        let reply = self.reply(asked.request.attempt, Answer::Refused(refusal), None);
        effects.push(Effect::Decided(reply.attempt, Box::new(decision(&reply, None))));
        self.send_back(asked, reply, effects);
    }

    /// An answer with what whoever reads it has seen: the log up to here, and the loose writes that it absorbed.
    pub(super) fn reply(&self, attempt: AttemptId, answer: Answer, of: Option<(LogId, KeyId)>) -> Reply {
        let mut context = Context::default();
        let basis = self.basis();
        context.logs = basis.logs;
        if let Some((log, key)) = of
            && let Some(ordered) = self.ordered(log)
        {
            ordered.store.cell(key).add_seen(&mut context);
        }
        Reply { attempt, answer, context, held: None, seen: None, hlc: self.disk.clock.latest(), basis }
    }

    /// Sends an answer the way that its request came.
    pub(super) fn send_back(&self, asked: &Asked, reply: Reply, effects: &mut Effects) {
        let client = asked.client;
        effects.push(if asked.origin == self.id {
            Effect::Send(client, Message::Reply(Box::new(reply)))
        } else {
            Effect::Send(asked.origin.into(), Message::Relay(Box::new(Relay { client, reply })))
        });
    }
}
