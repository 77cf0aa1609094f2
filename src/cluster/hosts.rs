//! The host of a replica: its clock, its inbox, whether it is up.

use std::collections::{BTreeMap, VecDeque};

use crate::base::limits::INBOX_MAX;
use crate::base::{
    Actor, AttemptId, Column, Dot, EntryId, Fault, Faults, Instant, KeyId, LocalInstant, LogId, LogPosition, MessageId,
    ReplicaId,
};
use crate::clock::{Ntp, PhysicalClock};
use crate::data::{Cell, Change, StoreChange};
use crate::record::{DropReason, Happened, HistoryEntry, Recorded, TimerKind};
use crate::replica::{Input, Replica};
use crate::sim::{Drop, Passage, Purpose, StreamId};
use crate::wire::{Effect, Effects, Message, ReplicaTimer};

use super::event::{Envelope, Event, Timer, Waiting, Wake};
use super::{Cluster, note};

/// Places of a log of which it is remembered that some replica has applied them; a replica that is further behind than
/// a snapshot gets one.
const AGREED_KEPT: usize = 1 << 14;

/// A clock with what corrects it.
#[derive(Clone, Debug, Default)]
pub(super) struct Timekeeping {
    pub(super) clock: PhysicalClock,
    pub(super) ntp: Option<Ntp>,
    /// Raised when NTP is set anew.
    pub(super) ntp_epoch: u32,
}

/// What holds back the inputs of an actor.
#[derive(Clone, Debug, Default)]
pub(super) struct Inbox {
    pub(super) waiting: VecDeque<Waiting>,
    pub(super) paused: bool,
    /// Raised by every pause and resume.
    pub(super) pause_epoch: u32,
    /// How long each input takes.
    pub(super) per_input_us: u64,
    /// Whether a `Work` event is scheduled.
    pub(super) working: bool,
}

impl Inbox {
    /// Whether inputs have to queue.
    #[inline]
    pub(super) fn holds(&self) -> bool {
        self.paused || self.per_input_us > 0 || !self.waiting.is_empty()
    }
}

/// A replica with everything around it.
#[derive(Clone, Debug)]
pub(super) struct Host {
    pub(super) replica: Replica,
    pub(super) time: Timekeeping,
    pub(super) inbox: Inbox,
    pub(super) is_down: bool,
    pub(super) disk_lost: bool,
    /// Raised by every crash: timers of before are void.
    pub(super) epoch: u32,
    /// Wall stamps of collected tombstones, to tell when the dead return.
    collected: BTreeMap<KeyId, i64>,
}

impl Host {
    pub(super) fn new(id: ReplicaId, replicas: usize) -> Self {
        Self {
            replica: Replica::new(id, replicas, Column(id.0)),
            time: Timekeeping::default(),
            inbox: Inbox::default(),
            is_down: false,
            disk_lost: false,
            epoch: 0,
            collected: BTreeMap::new(),
        }
    }

    /// A lost disk loses this too: what returns to it is no surprise.
    pub(super) fn forget_collected(&mut self) {
        self.collected.clear();
    }
}

impl Cluster {
    /// A message reaches a replica.
    #[inline]
    pub(super) fn deliver_to_replica(&mut self, replica: ReplicaId, envelope: Envelope, out: &mut Recorded) {
        let host = &mut self.hosts[replica.index()];
        if host.is_down {
            self.faults.count(one(Fault::Crash));
            self.drop_envelope(&envelope, DropReason::Down, out);
        } else if host.inbox.holds() {
            self.hold(replica.into(), Waiting::Message(envelope), out);
        } else {
            self.take_message(replica, envelope, out);
        }
    }

    /// A timer of a replica fires.
    pub(super) fn wake_replica(&mut self, replica: ReplicaId, wake: Wake, out: &mut Recorded) {
        let host = &self.hosts[replica.index()];
        if host.is_down || host.epoch != wake.epoch {
            return;
        }
        if host.inbox.holds() {
            self.hold(replica.into(), Waiting::Timer(wake), out);
        } else {
            self.take_timer(replica, wake, out);
        }
    }

    /// A replica handles a message.
    #[inline]
    pub(super) fn take_message(&mut self, replica: ReplicaId, envelope: Envelope, out: &mut Recorded) {
        let delivered = Happened::Delivered { class: envelope.class(), from: envelope.from, message: envelope.id };
        let cause = self.record(out, envelope.sent, replica.into(), delivered);
        let peer = || envelope.from.as_replica().expect("only replicas send this class to replicas");
        let input = match envelope.message {
            Message::Request(request) => Input::Request(envelope.from, request),
            Message::Gossip(delta) => Input::Gossip(delta),
            Message::Repair(message) => Input::Repair(peer(), message),
            Message::Heartbeat(heartbeat) => Input::Heartbeat(peer(), heartbeat),
            Message::Forward(forward) => Input::Forward(forward),
            Message::Relay(relay) => Input::Relay(relay),
            Message::Raft(message) => Input::Raft(peer(), message),
            Message::Primary(message) => Input::Primary(peer(), message),
            Message::Handover(handover) => Input::Handover(peer(), handover),
            Message::Grants(news) => Input::Grants(news),
            Message::Quorum(message) => Input::Quorum(peer(), message),
            Message::Reply(_) => unreachable!("replies go to clients"),
        };
        self.handle(replica, cause, input, out);
    }

    pub(super) fn take_timer(&mut self, replica: ReplicaId, wake: Wake, out: &mut Recorded) {
        let Timer::Replica(timer) = wake.timer else { unreachable!("a replica's timer") };
        self.handle(replica, wake.cause, Input::Timer(timer), out);
    }

    pub(super) fn boot(&mut self, replica: ReplicaId, cause: EntryId, out: &mut Recorded) {
        self.handle(replica, cause, Input::Boot, out);
    }

    /// The local time of a replica.
    #[inline]
    pub(super) fn local_time(&self, replica: ReplicaId) -> LocalInstant {
        read_clock(&self.hosts[replica.index()].time.clock, self.seed, replica.into(), self.world.now())
    }

    /// Hands an input to a replica's protocol, then records and does what came of it.
    #[inline]
    pub(super) fn handle(&mut self, replica: ReplicaId, cause: EntryId, input: Input, out: &mut Recorded) {
        let now = self.local_time(replica);
        let mut effects = std::mem::take(&mut self.effects);
        let cause = match input {
            Input::Timer(timer) if is_worth_an_entry(timer) => {
                self.record(out, cause, replica.into(), Happened::Timer { timer: kind_of(timer) })
            }
            _ => cause,
        };
        self.hosts[replica.index()].replica.handle(now, input, &self.settings, &mut effects);
        self.record_changes(replica, cause, out);
        self.perform(replica, cause, now, &mut effects, out);
        self.effects = effects;
    }

    /// Records what the store took in.
    #[inline]
    fn record_changes(&mut self, replica: ReplicaId, cause: EntryId, out: &mut Recorded) {
        let host = &mut self.hosts[replica.index()];
        if !host.replica.has_changes() {
            return;
        }
        let changes = host.replica.take_changes();
        for change in &changes {
            let change = *change;
            let what = match change {
                StoreChange::Dot { key, dot } => Happened::Applied { column: dot.column, key, counter: dot.counter },
                StoreChange::Superseded { key, dot } => {
                    Happened::Superseded { column: dot.column, key, counter: dot.counter }
                }
                StoreChange::TakenBack { key, dot } => {
                    Happened::TakenBack { column: dot.column, key, counter: dot.counter }
                }
                StoreChange::Range { key, column, after, upto } => Happened::AppliedRange { column, key, after, upto },
            };
            self.record(out, cause, replica.into(), what);
            if let StoreChange::Dot { key, .. } = change {
                self.note_resurrection(replica, key, cause, out);
            }
        }
        self.hosts[replica.index()].replica.give_back(changes);
    }

    /// Says when a write that a collected tombstone had beaten comes to life here.
    fn note_resurrection(&mut self, replica: ReplicaId, key: KeyId, cause: EntryId, out: &mut Recorded) {
        let host = &mut self.hosts[replica.index()];
        let Some(buried) = host.collected.get(&key).copied() else { return };
        let Cell::Item(delta) = host.replica.state().loose.cell(key) else { return };
        let is_back = matches!(delta.change, Change::Put(_)) && delta.stamp.wall_us <= buried;
        host.collected.remove(&key);
        if is_back {
            self.record(out, cause, replica.into(), Happened::Resurrected { key });
        }
    }

    /// Does what a replica's protocol asked for, in order.
    #[inline]
    fn perform(
        &mut self,
        replica: ReplicaId,
        cause: EntryId,
        local: LocalInstant,
        effects: &mut Effects,
        out: &mut Recorded,
    ) {
        let actor = Actor::from(replica);
        let at = self.world.now();
        let mut cause = cause;
        for effect in effects.drain(..) {
            match effect {
                Effect::Send(to, message) => self.send(actor, to, message, cause, out),
                Effect::Wake { timer, low_us, high_us } => self.wake_later(replica, timer, low_us, high_us, cause),
                Effect::Decided(attempt, decision) => {
                    if decision.write.is_some() {
                        let clock = &self.hosts[replica.index()].time.clock;
                        self.faults.count(clock.touched(at, noise_word(clock, self.seed, actor, at)));
                    }
                    cause = self.record(out, cause, actor, Happened::Decided { attempt });
                    note(out, HistoryEntry::Decided { attempt, at, local, decision: *decision });
                }
                Effect::Contributed(attempt, basis, column) => {
                    note(out, HistoryEntry::Contributed { attempt, at, basis, column });
                }
                Effect::Agreed(log, position, attempt, decision) => {
                    if self.is_first_to_apply(log, position, Some(attempt)) {
                        cause = self.record(out, cause, actor, Happened::Decided { attempt });
                        note(out, HistoryEntry::Decided { attempt, at, local, decision: *decision });
                    }
                }
                Effect::Role(log, role, term) => {
                    self.record(out, cause, actor, Happened::Role { log, role, term });
                }
                Effect::Truncated { attempt, count } => {
                    self.record(out, cause, actor, Happened::Truncated { attempt, count });
                }
                Effect::Switched(log, position, stage, types) => {
                    let is_first = self.is_first_to_apply(log, position, None);
                    self.record(out, cause, actor, Happened::Switched { stage, is_first, types });
                }
                Effect::AbsorbedLate(key) => {
                    self.record(out, cause, actor, Happened::AbsorbedLate { key });
                }
                Effect::Granted(key, amount) => {
                    let amount = u32::try_from(amount).unwrap_or(u32::MAX);
                    self.record(out, cause, actor, Happened::Granted { key, amount });
                }
                Effect::GaveBack(key, amount) => {
                    let amount = u32::try_from(amount).unwrap_or(u32::MAX);
                    self.record(out, cause, actor, Happened::GaveBack { key, amount });
                }
                Effect::Charge(charge) => self.ask_provider(replica, charge, cause),
                Effect::ObservedLag(lag_us) => {
                    self.record(out, cause, actor, Happened::ObservedLag { lag_us });
                }
                Effect::RepairStarted(peer) => {
                    self.record(out, cause, actor, Happened::RepairStarted { peer });
                }
                Effect::RepairEnded { end, peer, keys } => {
                    self.record(out, cause, actor, Happened::RepairEnded { end, peer, keys });
                }
                Effect::Collected(key, wall_us) => {
                    self.hosts[replica.index()].collected.insert(key, wall_us);
                    self.record(out, cause, actor, Happened::Collected { key });
                }
                Effect::HeldBack(key, Dot { column, counter }) => {
                    self.record(out, cause, actor, Happened::HeldBack { column, key, counter });
                }
            }
        }
    }

    /// Whether no replica has applied this entry at its place of a log before. With a bug that loses what was committed, or
    /// that lets two lead one term, a place of Raft's log can hold two entries, and both are decisions. A place of the
    /// primary's log can be decided anew in a later epoch.
    fn is_first_to_apply(&mut self, log: LogId, position: LogPosition, attempt: Option<AttemptId>) -> bool {
        let places = &mut self.agreed[log.index()];
        let Some(known) = places.reach(position.index as usize) else { return false };
        let entry = (position.term, attempt);
        let is_first = match log {
            LogId::Raft => !known.contains(&entry),
            LogId::Primary => known[0].0 < position.term,
        };
        if is_first {
            *known = [entry, known[0]];
        }
        places.forget_before((position.index as usize).saturating_sub(AGREED_KEPT));
        is_first
    }

    fn wake_later(&mut self, replica: ReplicaId, timer: ReplicaTimer, low_us: u64, high_us: u64, cause: EntryId) {
        let actor = Actor::from(replica);
        // Elections must not shift what gossip draws: both meet in one run, and only one in another.
        let purpose = match timer {
            ReplicaTimer::Raft(_) => Purpose::Raft,
            ReplicaTimer::Campaign(_) => Purpose::Failover,
            _ => Purpose::Timer,
        };
        let stream = StreamId::Actor { actor, purpose };
        let local_us = if low_us < high_us { self.world.range(stream, low_us, high_us) } else { low_us };
        let host = &self.hosts[replica.index()];
        let after_us = host.time.clock.after_mono_us(self.world.now(), local_us);
        let wake = Wake { actor, epoch: host.epoch, cause, timer: Timer::Replica(timer) };
        self.schedule(after_us, Event::Wake(wake));
    }

    /// Sends a message: its fate is decided here.
    #[inline]
    pub(super) fn send(&mut self, from: Actor, to: Actor, message: Message, cause: EntryId, out: &mut Recorded) {
        self.messages += 1;
        let id = MessageId(self.messages);
        let class = message.class();
        let now = self.world.now();
        let fate = self.world.send(from, to, class, message.bytes());
        self.faults.count(fate.touched);
        let sent = match fate.first {
            Passage::Arrives { delay_us } => {
                let delay_us = delay_us.min(u64::from(u32::MAX)) as u32;
                self.record(out, cause, from, Happened::Sent { class, to, message: id, delay_us })
            }
            Passage::Dropped(drop) => {
                let why = match drop {
                    Drop::Cut => DropReason::Cut,
                    Drop::Flap => DropReason::Flap,
                    Drop::Lost => DropReason::Lost,
                };
                self.record(out, cause, from, Happened::Dropped { why, class, peer: to, message: id })
            }
        };
        if let Some(delay_us) = fate.second {
            self.duplicates += 1;
            let copy = Envelope { from, to, id, sent, sent_at: now, message: message.clone() };
            self.schedule(delay_us, Event::Deliver(copy));
        }
        if let Passage::Arrives { delay_us } = fate.first {
            self.schedule(delay_us, Event::Deliver(Envelope { from, to, id, sent, sent_at: now, message }));
        }
    }

    /// Notes that a message got no further than its receiver.
    pub(super) fn drop_envelope(&mut self, envelope: &Envelope, why: DropReason, out: &mut Recorded) {
        let what = Happened::Dropped { why, class: envelope.class(), peer: envelope.from, message: envelope.id };
        self.record(out, envelope.sent, envelope.to, what);
    }

    /// Puts an input into an actor's inbox.
    pub(super) fn hold(&mut self, actor: Actor, input: Waiting, out: &mut Recorded) {
        let inbox = self.inbox_mut(actor);
        // Timers are few, and an actor that lost one would be silent or wait for ever.
        if inbox.waiting.len() >= INBOX_MAX
            && let Waiting::Message(envelope) = &input
        {
            self.drop_envelope(envelope, DropReason::InboxFull, out);
            return;
        }
        let fault = match (inbox.paused, actor.as_replica()) {
            (true, Some(_)) => Fault::Pause,
            (true, None) => Fault::ClientPause,
            (false, _) => Fault::SlowReplica,
        };
        inbox.waiting.push_back(input);
        self.faults.count(one(fault));
        self.keep_working(actor);
    }

    /// Schedules the next input of an actor that has some waiting and is not paused.
    pub(super) fn keep_working(&mut self, actor: Actor) {
        let epoch = actor.as_replica().map_or(0, |replica| self.hosts[replica.index()].epoch);
        let inbox = self.inbox_mut(actor);
        if inbox.paused || inbox.working || inbox.waiting.is_empty() {
            return;
        }
        inbox.working = true;
        let after_us = inbox.per_input_us;
        self.schedule(after_us, Event::Work { actor, epoch });
    }

    /// An actor takes its next waiting input.
    pub(super) fn work(&mut self, actor: Actor, epoch: u32, out: &mut Recorded) {
        if actor.as_replica().is_some_and(|replica| self.hosts[replica.index()].epoch != epoch) {
            return;
        }
        let inbox = self.inbox_mut(actor);
        inbox.working = false;
        if inbox.paused {
            return;
        }
        let input = inbox.waiting.pop_front();
        match (input, actor.as_replica()) {
            (Some(Waiting::Message(envelope)), Some(replica)) => self.take_message(replica, envelope, out),
            (Some(Waiting::Timer(wake)), Some(replica)) => self.take_timer(replica, wake, out),
            (Some(Waiting::Message(envelope)), None) => self.take_reply(actor, envelope, out),
            (Some(Waiting::Timer(wake)), None) => self.take_client_timer(actor, wake, out),
            (Some(Waiting::Charged(line)), _) => self.charge_late(line, out),
            (None, _) => {}
        }
        self.keep_working(actor);
    }

    pub(super) fn inbox_mut(&mut self, actor: Actor) -> &mut Inbox {
        match (actor.as_replica(), actor.as_client()) {
            (Some(replica), _) => &mut self.hosts[replica.index()].inbox,
            (None, Some(client)) => &mut self.clients[client].inbox,
            (None, None) => unreachable!("an actor is a replica or a client"),
        }
    }

    pub(super) fn time_mut(&mut self, actor: Actor) -> &mut Timekeeping {
        match (actor.as_replica(), actor.as_client()) {
            (Some(replica), _) => &mut self.hosts[replica.index()].time,
            (None, Some(client)) => &mut self.clients[client].time,
            (None, None) => unreachable!("an actor is a replica or a client"),
        }
    }
}

/// A set of one fault.
pub(super) fn one(fault: Fault) -> Faults {
    let mut faults = Faults::NONE;
    faults.insert(fault);
    faults
}

/// What a clock says now: noise is a hash of the seed, the actor and the instant, never a draw.
#[inline]
pub(super) fn read_clock(clock: &PhysicalClock, seed: u64, actor: Actor, now: Instant) -> LocalInstant {
    clock.read(now, noise_word(clock, seed, actor, now))
}

/// The noise of a reading, where it counts.
#[inline]
fn noise_word(clock: &PhysicalClock, seed: u64, actor: Actor, now: Instant) -> u64 {
    if clock.noise_us() > 0 { crate::sim::noise(seed, actor, now) } else { 0 }
}

/// A collection that finds nothing ripe and the timeout of a repair that is over leave no trace; decided by the timer's
/// kind, so that the trace does not depend on what the protocol keeps to itself.
fn is_worth_an_entry(timer: ReplicaTimer) -> bool {
    matches!(timer, ReplicaTimer::Heartbeat(_) | ReplicaTimer::Repair(_))
}

fn kind_of(timer: ReplicaTimer) -> TimerKind {
    match timer {
        ReplicaTimer::Heartbeat(_) => TimerKind::Heartbeat,
        ReplicaTimer::Repair(_) => TimerKind::Repair,
        ReplicaTimer::RepairTimeout(_) => TimerKind::RepairTimeout,
        ReplicaTimer::Collect => TimerKind::Collect,
        ReplicaTimer::Raft(_) => TimerKind::Raft,
        ReplicaTimer::Campaign(_) => TimerKind::Campaign,
        ReplicaTimer::Unconfirmed(_) | ReplicaTimer::Hints => TimerKind::Hints,
    }
}
