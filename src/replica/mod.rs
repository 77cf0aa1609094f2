//! The protocols of a replica, sans-IO: an input comes in with the replica's own time, effects go out.
//!
//! ```text
//!   request ─▶ serve ─┬─▶ store (two parts) ─▶ reply        a session's past is missing ─▶ "behind", at once
//!                     └─▶ gossip: the delta, once, to every other replica ─▶ holdback, if it came too early
//!   payment: charge ─▶ the outside provider ─▶ charged ─▶ store, reply
//!   repair: root ▶ compare ▶ … ▶ cells ▶ cells ▶ done        every few seconds, with the next peer
//!   quorum: ask the homes of a key ─▶ decide ─▶ write to them       until enough have answered
//!   heartbeat: (last write, wall)                             every 100 ms; what observed lag is made of
//! ```
//!
//! Read `serve` first. Nothing here knows true time, links, other actors' state or the record.

mod anti_entropy;
mod heartbeat;
mod holdback;
pub mod log;
mod payments;
pub mod primary;
mod quorum;
pub mod raft;
mod seen;
mod serve;
pub mod strong;
#[cfg(test)]
mod tests;
mod tombstones;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::{Column, Hazard, KeyId, LocalInstant, ReplicaId, ReplicaSet, Service, Value};
use crate::clock::HybridClock;
use crate::data::{AppliedSet, Cell, Delta, Rules, TwoPart, item};
use crate::record::Basis;
use crate::wire::{
    Effect, Effects, Forward, GrantNews, Handover, Lives, Message, PrimaryMessage, QuorumMessage, RaftMessage, Relay,
    RepairMessage, ReplicaTimer, Request, Settings,
};

use anti_entropy::AntiEntropy;
use heartbeat::Heartbeats;
use holdback::Holdback;
use payments::Payments;
use seen::SeenAttempts;

/// What a replica reacts to.
#[derive(Clone, Debug)]
pub enum Input {
    /// It starts, after installation or a crash.
    Boot,
    /// A client asks.
    Request(crate::base::Actor, Box<Request>),
    /// A peer pushes a write.
    Gossip(Arc<Delta>),
    /// A peer repairs.
    Repair(ReplicaId, Box<RepairMessage>),
    /// A peer is alive.
    Heartbeat(ReplicaId, crate::wire::Heartbeat),
    /// The outside provider answers what was asked for a payment.
    Charged(KeyId, crate::wire::Charged),
    /// A timer fired.
    Timer(ReplicaTimer),
    /// A learner asks for a repair with this peer now.
    RepairNow(ReplicaId),
    /// A learner changed how often replicas repair or send heartbeats.
    Rearm,
    /// A member of the Raft group says something.
    Raft(ReplicaId, Box<RaftMessage>),
    /// A replica says something about the primary's log.
    Primary(ReplicaId, Box<PrimaryMessage>),
    /// An operator makes this replica the primary.
    Promote,
    /// A peer hands a request on.
    Forward(Box<Forward>),
    /// A peer brings the answer to a request that was handed on.
    Relay(Box<Relay>),
    /// A peer hands over what it holds of sealed services.
    Handover(ReplicaId, Box<Handover>),
    /// A peer says something of its grants.
    Grants(Box<GrantNews>),
    /// A peer says something about a quorum operation.
    Quorum(ReplicaId, Box<QuorumMessage>),
    /// A learner bound operation types to other levels.
    Bind,
}

/// One replica.
#[derive(Clone, Debug)]
pub struct Replica {
    id: ReplicaId,
    replicas: u8,
    disk: Disk,
    anti_entropy: AntiEntropy,
    heartbeats: Heartbeats,
    payments: Payments,
    /// Writes that came too early.
    holdback: Holdback,
    /// Whether a timer to collect tombstones runs.
    collecting: bool,
    /// The number of the periodic timers that count; older ones are void.
    timers: u32,
    /// Its parts in the logs that are in use.
    lanes: strong::Lanes,
    /// What it has to say about its grants.
    errands: strong::Errands,
    /// The quorum operations that it coordinates.
    coordinator: quorum::Coordinator,
}

/// What survives a crash.
#[derive(Clone, Debug)]
struct Disk {
    column: Column,
    /// The counter of the last own write.
    written: u32,
    /// The counter of the last write that it ordered as the primary.
    shipped: u32,
    state: TwoPart,
    applied: AppliedSet,
    clock: HybridClock,
    seen: SeenAttempts,
    /// What operations with a key were answered here.
    answers: crate::data::Answers,
    tombstones: tombstones::Tombstones,
    /// By key, how much of its column's grants it has returned in all.
    returned: BTreeMap<KeyId, i64>,
    /// Writes for homes that have not confirmed them.
    hints: quorum::Hints,
    /// Which lives of whom it has heard of.
    lives: Lives,
    /// If the disk before this one was lost, with whom it has merged since.
    merged: Option<ReplicaSet>,
    /// Whether there are writes, here or where it heard of them, that must not be shown before others.
    has_needs: bool,
}

impl Replica {
    /// A freshly installed replica that writes to `column`.
    pub fn new(id: ReplicaId, replicas: usize, column: Column) -> Self {
        Self {
            id,
            replicas: replicas as u8,
            disk: Disk::new(id, column),
            anti_entropy: AntiEntropy::default(),
            heartbeats: Heartbeats::default(),
            payments: Payments::default(),
            holdback: Holdback::default(),
            collecting: false,
            timers: 0,
            lanes: strong::Lanes::default(),
            errands: strong::Errands::default(),
            coordinator: quorum::Coordinator::default(),
        }
    }

    /// Takes one input at the replica's own time.
    #[inline]
    pub fn handle(&mut self, now: LocalInstant, input: Input, settings: &Settings, effects: &mut Effects) {
        match input {
            Input::Boot => self.boot(now, settings, effects),
            Input::Request(client, request) => self.serve(now, client, &request, settings, effects),
            Input::Gossip(delta) => self.take_in(now, &delta, settings, effects),
            Input::Repair(peer, message) => self.on_repair(now, peer, &message, settings, effects),
            Input::Heartbeat(peer, heartbeat) => {
                self.disk.lives.heard(peer, heartbeat.column);
                self.heartbeats.note_heard(peer, now);
                self.heartbeats.heard(peer, heartbeat, self.disk.applied.prefix());
            }
            Input::Charged(key, charged) => self.charged(now, key, charged, settings, effects),
            Input::Timer(timer) => self.on_timer(now, timer, settings, effects),
            Input::RepairNow(peer) => self.begin_repair(now, peer, effects),
            Input::Rearm => self.arm(settings, effects),
            Input::Raft(peer, message) => self.on_raft_message(now, peer, *message, settings, effects),
            Input::Primary(peer, message) => self.on_primary_message(now, peer, *message, settings, effects),
            Input::Promote => self.promote(now, settings, effects),
            Input::Forward(forward) => self.on_forward(now, *forward, settings, effects),
            Input::Relay(relay) => self.on_relay(now, *relay, effects),
            Input::Handover(peer, handover) => self.on_handover(now, peer, *handover, settings, effects),
            Input::Grants(news) => self.on_grants(now, *news, settings, effects),
            Input::Quorum(peer, message) => self.on_quorum(now, peer, *message, settings, effects),
            Input::Bind => self.bind(now, settings, effects),
        }
        if !self.holdback.is_empty() {
            self.release_held(settings, effects);
        }
        if self.lanes.is_any() {
            self.settle_strong(now, settings, effects);
            if !self.holdback.is_empty() {
                self.release_held(settings, effects);
            }
        }
    }

    /// Forgets what a crash forgets; with `Some(column)` the disk is lost too, and writes go to that column.
    pub fn crash(&mut self, lost: Option<Column>) {
        self.anti_entropy = AntiEntropy::resume(&self.anti_entropy);
        self.heartbeats = Heartbeats::resume(&self.heartbeats);
        self.payments = Payments::default();
        self.holdback = Holdback::default();
        self.collecting = false;
        if let Some(column) = lost {
            self.disk = Disk::new(self.id, column);
            self.disk.merged = (self.replicas > 1).then_some(ReplicaSet::EMPTY);
        }
        self.coordinator = quorum::Coordinator::default();
        self.lanes.crash(lost);
        self.errands = strong::Errands::default();
    }

    /// Gives a key its value from the installation: before the start, and again after a lost disk.
    pub fn install(&mut self, key: KeyId, service: Service, value: Value) {
        use crate::base::{AttemptId, Context, Dot, Hlc, Stamp};
        let change = match service {
            Service::Stock | Service::Account | Service::Likes | Service::Feed => {
                return self.disk.state.install(key, value);
            }
            Service::Profile => crate::data::Change::Assign(value),
            Service::Item => crate::data::Change::Put(value),
            Service::Payment => match value {
                Value::Int(amount) => crate::data::Change::Record(amount),
                value => crate::data::Change::Assign(value),
            },
            Service::Username => match value {
                Value::Text(owner) => crate::data::Change::Claim(owner),
                value => crate::data::Change::Assign(value),
            },
            Service::Access => crate::data::Change::Permit(value == Value::Allowed(true)),
        };
        // Older than every write; its dot belongs to nobody.
        let stamp = Stamp { wall_us: i64::MIN, hlc: Hlc { l_us: i64::MIN, c: 0 } };
        let delta = Delta {
            dot: Dot::default(),
            previous: 0,
            key,
            attempt: AttemptId::default(),
            stamp,
            context: Context::default(),
            seen: None,
            change,
            hold: crate::data::Hold::default(),
        };
        self.disk.state.install_cell(key, value);
        self.disk.state.loose.install(&Arc::new(delta));
    }

    /// Hands over what the store changed since the last call.
    #[inline]
    pub fn take_changes(&mut self) -> Vec<crate::data::StoreChange> {
        self.disk.state.take_changes()
    }

    /// Gives an emptied list back, for its space.
    #[inline]
    pub fn give_back(&mut self, changes: Vec<crate::data::StoreChange>) {
        self.disk.state.loose.give_back(changes);
    }

    /// Whether the store changed since the last drain.
    #[inline]
    pub fn has_changes(&self) -> bool {
        self.disk.state.has_changes()
    }

    /// Both parts of its state.
    pub fn state(&self) -> &TwoPart {
        &self.disk.state
    }

    /// Which writes it has applied.
    pub fn applied(&self) -> &AppliedSet {
        &self.disk.applied
    }

    /// The column that it writes to.
    pub fn column(&self) -> Column {
        self.disk.column
    }

    /// With whom it repairs now, if it began a repair.
    pub fn repairs_with(&self) -> Option<ReplicaId> {
        self.anti_entropy.peer()
    }

    /// How many tombstones it keeps.
    pub fn tombstones(&self) -> usize {
        self.disk.tombstones.count()
    }

    fn boot(&mut self, now: LocalInstant, settings: &Settings, effects: &mut Effects) {
        self.heartbeats.boot(now, self.id, self.replicas);
        self.arm(settings, effects);
        self.watch_tombstones(effects);
        self.watch_hints(effects);
        self.boot_strong(now, settings, effects);
    }

    /// What a weak read of a key returns here.
    pub fn weak(&self, key: KeyId, settings: &Settings) -> Value {
        self.disk.state.read(key, rules(settings))
    }

    /// The join of all that it holds for a key, ordered or not, without what was given.
    pub fn cell(&self, key: KeyId, settings: &Settings) -> Cell {
        self.disk.state.cell(key, rules(settings))
    }

    /// Starts the periodic timers anew, at random phases.
    fn arm(&mut self, settings: &Settings, effects: &mut Effects) {
        self.timers += 1;
        effects.push(wake(ReplicaTimer::Heartbeat(self.timers), 0, settings.heartbeat_every_us));
        if let Some(every_us) = settings.repair_every_us {
            effects.push(wake(ReplicaTimer::Repair(self.timers), every_us / 10, every_us));
        }
    }

    fn on_timer(&mut self, now: LocalInstant, timer: ReplicaTimer, settings: &Settings, effects: &mut Effects) {
        match timer {
            ReplicaTimer::Heartbeat(number) if number == self.timers => self.beat(now, settings, effects),
            ReplicaTimer::Repair(number) if number == self.timers => self.repair_next(now, settings, effects),
            ReplicaTimer::Heartbeat(_) | ReplicaTimer::Repair(_) => {}
            ReplicaTimer::RepairTimeout(session) => self.repair_timed_out(session, effects),
            ReplicaTimer::Collect => self.collect_tombstones(now, settings, effects),
            ReplicaTimer::Unconfirmed(attempt) => self.on_unconfirmed(attempt, effects),
            ReplicaTimer::Hints => self.send_hints(now, settings, effects),
            ReplicaTimer::Campaign(number) => self.on_campaign_timer(now, number, settings, effects),
            ReplicaTimer::Raft(timer) => self.on_raft_timer(now, timer, settings, effects),
        }
    }

    /// Takes in a write that a peer pushed.
    #[inline]
    fn take_in(&mut self, now: LocalInstant, delta: &Arc<Delta>, settings: &Settings, effects: &mut Effects) {
        if delta.hold.is_any() && self.hold_back(now, delta, effects) {
            return;
        }
        let is_new = self.disk.applied.insert(delta.dot);
        self.disk.clock.receive(now.wall_us, delta.stamp.hlc);
        let ignores_copies = !settings.hazards.on(Hazard::CountTwice) && !settings.hazards.on(Hazard::ArrivalWins);
        // An item has no version vector: a late copy of a value whose tombstone is gone brings it back.
        if !is_new && ignores_copies && !item::is_item(delta) {
            return;
        }
        self.store(delta, is_new, settings, effects);
    }

    /// Brings a write to the store. A new one that loses there is noted all the same: judges ask what was taken in.
    #[inline]
    fn store(&mut self, delta: &Arc<Delta>, is_new: bool, settings: &Settings, effects: &mut Effects) {
        if self.disk.state.loose.apply(delta, rules(settings)) {
            self.note_tombstone(delta, effects);
        } else if is_new && delta.can_lose() {
            self.disk.state.loose.note_superseded(delta);
        }
    }

    fn basis(&self) -> Basis {
        Basis { replica: self.id, applied: self.disk.state.changed(), logs: self.positions() }
    }

    fn peers(&self) -> impl Iterator<Item = ReplicaId> + use<> {
        let own = self.id;
        ReplicaId::all(usize::from(self.replicas)).filter(move |peer| *peer != own)
    }

    fn broadcast(&self, effects: &mut Effects, message: impl Fn() -> Message) {
        effects.extend(self.peers().map(|peer| Effect::Send(peer.into(), message())));
    }
}

impl Disk {
    fn new(id: ReplicaId, column: Column) -> Self {
        let mut lives = Lives::default();
        lives.heard(id, column);
        Self {
            column,
            written: 0,
            shipped: 0,
            state: TwoPart::default(),
            applied: AppliedSet::default(),
            clock: HybridClock::default(),
            seen: SeenAttempts::default(),
            answers: crate::data::Answers::default(),
            tombstones: tombstones::Tombstones::default(),
            returned: BTreeMap::new(),
            hints: quorum::Hints::default(),
            lives,
            merged: None,
            has_needs: false,
        }
    }
}

/// How cells are merged now. Only registers ask for the resolver, and only `profile` is one.
fn rules(settings: &Settings) -> Rules {
    Rules { resolver: settings.policy.resolver(Service::Profile), hazards: settings.hazards }
}

fn wake(timer: ReplicaTimer, low_us: u64, high_us: u64) -> Effect {
    Effect::Wake { timer, low_us, high_us }
}
