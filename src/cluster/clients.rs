//! The host of a client: its clock, its queue, and what it hears.

use std::collections::VecDeque;

use crate::base::limits::QUEUE_MAX;
use crate::base::operation::Argument;
use crate::base::{Actor, AttemptId, EntryId, Fault, Instant, KeyId, LocalInstant, OpType, ReplicaId, Value};
use crate::client::{Client, ClientTimer, Effect, Input, Intent};
use crate::record::{Happened, HistoryEntry, Outcome, Recorded, TimerKind};
use crate::sim::{Purpose, StreamId};
use crate::wire::Message;

use super::event::{Envelope, Event, Timer, Waiting, Wake};
use super::hosts::{Inbox, Timekeeping, one, read_clock};
use super::{Cluster, note};

/// An operation that someone wants done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    pub(super) op_type: OpType,
    pub(super) key: KeyId,
    pub(super) argument: Value,
    pub(super) via: Option<ReplicaId>,
    /// When it should begin.
    pub(super) intended: Instant,
}

/// A client with everything around it.
#[derive(Clone, Debug)]
pub(super) struct ClientHost {
    pub(super) client: Client,
    pub(super) time: Timekeeping,
    pub(super) inbox: Inbox,
    pub(super) queue: VecDeque<Order>,
    /// The workload that brought it along.
    pub(super) workload: Option<u16>,
}

impl ClientHost {
    pub(super) fn new(home: ReplicaId, replicas: usize, workload: Option<u16>) -> Self {
        Self {
            client: Client::new(home, replicas),
            time: Timekeeping::default(),
            inbox: Inbox::default(),
            queue: VecDeque::new(),
            workload,
        }
    }
}

impl Cluster {
    /// A named client gets something to do: now, or after what it is doing.
    pub(super) fn order(&mut self, client: usize, order: Order, cause: EntryId, out: &mut Recorded) {
        let host = &mut self.clients[client];
        if host.client.is_idle() && !host.inbox.paused {
            self.begin(client, order, cause, out);
        } else if host.queue.len() < QUEUE_MAX {
            host.queue.push_back(order);
            if host.inbox.paused {
                self.faults.count(one(Fault::ClientPause));
            }
        } else {
            self.overflow(client, order, cause, out);
        }
    }

    /// A client takes up an operation.
    pub(super) fn begin(&mut self, client: usize, order: Order, cause: EntryId, out: &mut Recorded) {
        let op = self.invoke(client, order, cause, out);
        let level = self.settings.policy.level(order.op_type);
        let Order { op_type, key, .. } = order;
        let argument = self.carried(client, order);
        let route = self.settings.policy.route(op_type);
        // Whom a person names counts more than a policy, and that more than what a load balancer draws.
        let via = if self.clients[client].workload.is_none() { order.via.or(route) } else { route.or(order.via) };
        let intent = Intent { op: op.0, op_type, level, key, argument, via };
        self.client_handles(client, op.1, Input::Begin(intent), out);
    }

    /// Notes an operation that found the queue full.
    pub(super) fn overflow(&mut self, client: usize, order: Order, cause: EntryId, out: &mut Recorded) {
        let (op, entry) = self.invoke(client, order, cause, out);
        let attempt = AttemptId { op, number: 0 };
        self.record(out, entry, Actor::client(client), Happened::Returned { attempt });
        let (at, local) = (self.world.now(), self.client_time(client));
        let outcome = Outcome::Overflowed;
        note(out, HistoryEntry::Returned { op, attempt: None, at, local, outcome });
    }

    fn invoke(
        &mut self,
        client: usize,
        order: Order,
        cause: EntryId,
        out: &mut Recorded,
    ) -> (crate::base::OpId, EntryId) {
        let op = self.next_operation();
        let actor = Actor::client(client);
        let entry = self.record(out, cause, actor, Happened::Invoked { attempt: AttemptId { op, number: 0 } });
        let (at, local) = (self.world.now(), self.client_time(client));
        let Order { op_type, key, intended, .. } = order;
        let argument = self.carried(client, order);
        note(out, HistoryEntry::Invoked { op, at, intended, local, client: actor, op_type, key, argument });
        (op, entry)
    }

    /// What an operation carries, once it is known who does it.
    fn carried(&self, client: usize, order: Order) -> Value {
        match order.op_type.spec().argument {
            Argument::Asker => Value::Text(self.catalog.client_symbol(client)),
            _ => order.argument,
        }
    }

    pub(super) fn deliver_to_client(&mut self, envelope: Envelope, out: &mut Recorded) {
        let actor = envelope.to;
        if self.inbox_mut(actor).holds() {
            self.hold(actor, Waiting::Message(envelope), out);
        } else {
            self.take_reply(actor, envelope, out);
        }
    }

    pub(super) fn take_reply(&mut self, actor: Actor, envelope: Envelope, out: &mut Recorded) {
        let what = Happened::Delivered { class: envelope.class(), from: envelope.from, message: envelope.id };
        let cause = self.record(out, envelope.sent, actor, what);
        let Message::Reply(reply) = envelope.message else { unreachable!("clients get replies only") };
        let client = actor.as_client().expect("a client");
        self.client_handles(client, cause, Input::Reply(reply), out);
    }

    pub(super) fn wake_client(&mut self, wake: Wake, out: &mut Recorded) {
        if self.inbox_mut(wake.actor).holds() {
            self.hold(wake.actor, Waiting::Timer(wake), out);
        } else {
            self.take_client_timer(wake.actor, wake, out);
        }
    }

    pub(super) fn take_client_timer(&mut self, actor: Actor, wake: Wake, out: &mut Recorded) {
        let Timer::Client(timer) = wake.timer else { unreachable!("a client's timer") };
        let client = actor.as_client().expect("a client");
        if !self.clients[client].client.awaits(timer) {
            return;
        }
        let kind = match timer {
            ClientTimer::Timeout(_) => TimerKind::Timeout,
            ClientTimer::Backoff(_) => TimerKind::Backoff,
            ClientTimer::AskAgain(_) => TimerKind::AskAgain,
            ClientTimer::Sleep(_) => TimerKind::Sleep,
        };
        let cause = self.record(out, wake.cause, actor, Happened::Timer { timer: kind });
        self.client_handles(client, cause, Input::Timer(timer), out);
    }

    fn client_handles(&mut self, client: usize, cause: EntryId, input: Input, out: &mut Recorded) {
        let mut effects = std::mem::take(&mut self.client_effects);
        self.clients[client].client.handle(input, &mut effects);
        // What is done here may make the client begin its next operation, which pushes to a list of its own.
        for effect in effects.drain(..) {
            self.perform_for_client(client, cause, effect, out);
        }
        self.client_effects = effects;
    }

    fn perform_for_client(&mut self, client: usize, cause: EntryId, effect: Effect, out: &mut Recorded) {
        let actor = Actor::client(client);
        let (at, local) = (self.world.now(), self.client_time(client));
        match effect {
            Effect::Attempt(to, request) => {
                let attempt = request.attempt;
                if attempt.number > 0 {
                    self.faults.count(one(Fault::Retry));
                }
                note(out, HistoryEntry::Attempted { attempt, at, local, to });
                self.send(actor, to.into(), Message::Request(request), cause, out);
            }
            Effect::Move(to, request) => {
                note(out, HistoryEntry::Moved { attempt: request.attempt, at, local, to });
                self.send(actor, to.into(), Message::Request(request), cause, out);
            }
            Effect::Wake { timer, low_us, high_us } => {
                let stream = StreamId::Actor { actor, purpose: Purpose::Retry };
                let local_us = if low_us < high_us { self.world.range(stream, low_us, high_us) } else { low_us };
                let after_us = self.clients[client].time.clock.after_mono_us(at, local_us);
                let wake = Wake { actor, epoch: 0, cause, timer: Timer::Client(timer) };
                self.schedule(after_us, Event::Wake(wake));
            }
            Effect::Returned { attempt, outcome } => {
                let cause = self.record(out, cause, actor, Happened::Returned { attempt });
                let answered = matches!(outcome, Outcome::Answered(_)).then_some(attempt);
                note(out, HistoryEntry::Returned { op: attempt.op, attempt: answered, at, local, outcome });
                self.next_order(client, cause, out);
            }
        }
    }

    /// A client that is idle again takes what waits.
    pub(super) fn next_order(&mut self, client: usize, cause: EntryId, out: &mut Recorded) {
        let host = &mut self.clients[client];
        if !host.client.is_idle() || host.inbox.paused {
            return;
        }
        let order = match host.workload {
            None => host.queue.pop_front(),
            Some(workload) => self.workloads[usize::from(workload)].next_for(client),
        };
        if let Some(order) = order {
            self.begin(client, order, cause, out);
        }
    }

    pub(super) fn client_time(&self, client: usize) -> LocalInstant {
        read_clock(&self.clients[client].time.clock, self.seed, Actor::client(client), self.world.now())
    }
}
