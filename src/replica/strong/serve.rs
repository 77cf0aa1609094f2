//! Serving a request that the log decides: where it is decided, and how the answer comes back.

use crate::base::time::SECOND;
use crate::base::{Actor, Answer, AttemptId, Context, LocalInstant, LogId, LogPosition, Refusal, ReplicaId, Stamp};
use crate::data::Binding;
use crate::replica::Replica;
use crate::replica::raft::{Declined, Entry, Operation};
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
    /// Takes a request of a level that the Raft log decides.
    pub(in crate::replica) fn serve_strong(
        &mut self,
        now: LocalInstant,
        client: Actor,
        request: &Request,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        let asked = Asked { client, origin: self.id, hops: 0, request: request.clone() };
        self.route(now, asked, settings, effects);
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
        self.route(now, Asked { client, origin, hops, request }, settings, effects);
    }

    /// The answer to a request that this replica handed on.
    pub(in crate::replica) fn on_relay(&mut self, now: LocalInstant, relay: Relay, effects: &mut Effects) {
        self.disk.clock.receive(now.wall_us, relay.reply.hlc);
        effects.push(Effect::Send(relay.client, Message::Reply(Box::new(relay.reply))));
    }

    /// Decides where a request belongs: here, at the leader, or nowhere yet.
    fn route(&mut self, now: LocalInstant, asked: Asked, settings: &Settings, effects: &mut Effects) {
        let leader = self.strong.as_ref().and_then(|strong| strong.raft.leader());
        match leader {
            Some(leader) if leader == self.id => self.take(now, asked, settings, effects),
            Some(leader) if asked.hops < HOPS_MAX => {
                let Asked { client, origin, hops, request } = asked;
                let forward = Forward { client, origin, hops: hops + 1, request };
                effects.push(Effect::Send(leader.into(), Message::Forward(Box::new(forward))));
            }
            _ => self.hold(now, asked),
        }
    }

    fn hold(&mut self, now: LocalInstant, asked: Asked) {
        let Some(strong) = &mut self.strong else { return };
        if strong.held.len() < HELD_MAX {
            strong.held.push_back(Held { since_mono_us: now.mono_us, asked: Asked { hops: 0, ..asked } });
        }
    }

    /// A read whose leader was deposed looks for the next one.
    pub(super) fn hold_again(&mut self, now: LocalInstant, attempt: AttemptId) {
        let asked = self.strong.as_mut().and_then(|strong| strong.reads.remove(&attempt));
        if let Some(asked) = asked {
            self.hold(now, asked);
        }
    }

    /// Sends on what was held, now that a leader is known. Whoever asked long ago waits no longer.
    pub(super) fn release(&mut self, now: LocalInstant, settings: &Settings, effects: &mut Effects) {
        let Some(strong) = &mut self.strong else { return };
        if strong.held.is_empty() || strong.raft.leader().is_none() {
            return;
        }
        for held in std::mem::take(&mut strong.held) {
            if now.mono_us.saturating_sub(held.since_mono_us) <= HOLD_US {
                self.route(now, held.asked, settings, effects);
            }
        }
    }

    /// A leader takes a request, once.
    fn take(&mut self, now: LocalInstant, asked: Asked, settings: &Settings, effects: &mut Effects) {
        let client = asked.client.as_client().expect("only clients send requests");
        let Some(strong) = &mut self.strong else { return };
        if !strong.taken.insert(client, asked.request.attempt) {
            return;
        }
        let declined = if asked.request.op_type.is_read() {
            self.take_read(now, asked.clone(), settings, effects)
        } else {
            self.take_write(now, asked.clone(), settings, effects)
        };
        match declined {
            None => {}
            Some(Declined::Busy) => self.refuse(&asked, Refusal::Busy, effects),
            Some(Declined::NotLeader(_)) => self.hold(now, asked),
        }
    }

    fn take_read(
        &mut self,
        now: LocalInstant,
        asked: Asked,
        settings: &Settings,
        effects: &mut Effects,
    ) -> Option<Declined> {
        let attempt = asked.request.attempt;
        self.disk.clock.receive(now.wall_us, asked.request.hlc);
        self.with_raft(now, settings, effects, |strong, settings, out| {
            strong.reads.insert(attempt, asked);
            let declined = strong.raft.read(now, attempt, settings, out).err();
            if declined.is_some() {
                strong.reads.remove(&attempt);
            }
            declined
        })
        .flatten()
    }

    fn take_write(
        &mut self,
        now: LocalInstant,
        asked: Asked,
        settings: &Settings,
        effects: &mut Effects,
    ) -> Option<Declined> {
        let hlc = self.disk.clock.receive(now.wall_us, asked.request.hlc);
        let Request { attempt, op_type, key, argument, context, keyed, .. } = asked.request;
        let stamp = Stamp { wall_us: now.wall_us, hlc };
        let operation = Operation { client: asked.client, attempt, op_type, key, argument, context, stamp, keyed };
        self.with_raft(now, settings, effects, |strong, settings, out| {
            match strong.raft.propose(now, Entry::Operation(Arc::new(operation)), settings, out) {
                Ok(LogPosition { term, index }) => {
                    strong.proposals.insert(index, (term, asked));
                    None
                }
                Err(declined) => Some(declined),
            }
        })
        .flatten()
    }

    /// The state as applied serves a read.
    pub(super) fn serve_read(&mut self, attempt: AttemptId, effects: &mut Effects) {
        let Some(asked) = self.strong.as_mut().and_then(|strong| strong.reads.remove(&attempt)) else { return };
        let (op_type, key) = (asked.request.op_type, asked.request.key);
        let is_bound = self.ordered(LogId::Raft).is_some_and(|ordered| ordered.bindings.of(op_type) == Binding::Bound);
        if !is_bound {
            return self.refuse(&asked, Refusal::Pending, effects);
        }
        let read = self.disk.state.strong(LogId::Raft, key);
        let reply = self.reply(attempt, Answer::Done(readable(op_type, read)), Some(key));
        effects.push(Effect::Decided(attempt, Box::new(decision(&reply, None))));
        self.send_back(&asked, reply, effects);
    }

    fn refuse(&mut self, asked: &Asked, refusal: Refusal, effects: &mut Effects) {
        let reply = self.reply(asked.request.attempt, Answer::Refused(refusal), None);
        effects.push(Effect::Decided(reply.attempt, Box::new(decision(&reply, None))));
        self.send_back(asked, reply, effects);
    }

    /// An answer with what whoever reads it has seen: the log up to here, and the loose writes that it absorbed.
    pub(super) fn reply(&self, attempt: AttemptId, answer: Answer, key: Option<crate::base::KeyId>) -> Reply {
        let mut context = Context::default();
        let basis = self.basis();
        context.logs = basis.logs;
        if let (Some(key), Some(ordered)) = (key, self.ordered(LogId::Raft)) {
            ordered.store.cell(key).add_seen(&mut context);
        }
        Reply { attempt, answer, context, hlc: self.disk.clock.latest(), basis }
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
