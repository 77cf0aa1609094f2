//! A small world for members: a network that loses, repeats, delays and overtakes; crashes with and without the disk;
//! clocks that drift and are stepped; one writer of a register and many readers.

mod faults;
mod plan;

use std::collections::BTreeMap;

use super::super::*;
use super::checks::{Checks, Mirror, Property};
use super::random::Random;
use crate::base::time::{MS, SECOND};
use crate::base::{
    Actor, AttemptId, Context, Hlc, KeyId, LocalInstant, LogPosition, OpId, OpType, ReplicaId, Stamp, Value,
};
use crate::data::{Change, Delta, Hold, Ordered, Rules};
use std::sync::Arc;

pub(super) use plan::Plan;

/// The register.
const KEY: KeyId = KeyId(0);

/// Takes in the next entry: the register holds what was written last.
fn fold(state: &mut Ordered, position: LogPosition, entry: &Entry) {
    state.advance(position);
    let Entry::Operation(operation) = entry else { return };
    let index = i64::from(position.index);
    let delta = Delta {
        dot: state.dot(),
        previous: 0,
        key: operation.key,
        attempt: operation.attempt,
        stamp: Stamp { wall_us: index, hlc: Hlc { l_us: index, c: 0 } },
        context: Context::default(),
        seen: None,
        change: Change::Assign(operation.argument),
        hold: Hold::default(),
    };
    state.store.apply(&Arc::new(delta), Rules::default());
}

#[derive(Clone)]
enum Event {
    Deliver { from: ReplicaId, to: ReplicaId, message: RaftMessage },
    Timer { at: ReplicaId, epoch: u32, timer: RaftTimer },
    Restart { at: ReplicaId, epoch: u32 },
    Fault,
    Operation,
}

/// A clock: drift moves both readings, a step the wall alone.
#[derive(Clone, Copy, Default)]
struct Clock {
    drift_ppm: i64,
    wall_offset_us: i64,
}

impl Clock {
    fn read(self, now_us: u64) -> LocalInstant {
        let mono_us = (i128::from(now_us) * i128::from(1_000_000 + self.drift_ppm) / 1_000_000) as u64;
        LocalInstant { wall_us: mono_us as i64 + self.wall_offset_us, mono_us }
    }

    /// True time until the monotonic reading has moved by `local_us`.
    fn true_us(self, local_us: u64) -> u64 {
        (i128::from(local_us) * 1_000_000 / i128::from(1_000_000 + self.drift_ppm)) as u64 + 1
    }
}

pub(super) struct Node {
    pub(super) raft: Raft,
    pub(super) state: Ordered,
    pub(super) is_up: bool,
    clock: Clock,
    epoch: u32,
    lives: u32,
    paused_until_us: u64,
    pub(super) mirror: Mirror,
    /// Proposed here and not applied yet.
    pending: BTreeMap<u32, (u32, i64)>,
    /// Reads that wait here, with the least value that they may return.
    reads: BTreeMap<AttemptId, i64>,
}

/// What happened in a run.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) inputs: u64,
    pub(super) elections: u64,
    pub(super) writes: u64,
    pub(super) reads: u64,
    pub(super) snapshots: u64,
    pub(super) readmitted: u64,
    pub(super) truncated: u64,
}

impl Tally {
    pub(super) fn add(&mut self, other: Self) {
        self.inputs += other.inputs;
        self.elections += other.elections;
        self.writes += other.writes;
        self.reads += other.reads;
        self.snapshots += other.snapshots;
        self.readmitted += other.readmitted;
        self.truncated += other.truncated;
    }
}

pub(super) struct World {
    pub(super) plan: Plan,
    random: Random,
    pub(super) now_us: u64,
    sequence: u64,
    queue: BTreeMap<(u64, u64), Event>,
    pub(super) nodes: Vec<Node>,
    /// Whether a message from one to another is cut off.
    cut: [[bool; 9]; 9],
    pub(super) checks: Checks,
    effects: RaftEffects,
    pub(super) tally: Tally,
    is_calm: bool,
    /// Whether nobody asks for anything any more.
    pub(super) is_idle: bool,
    /// Whether a crash is for good, until a test restarts.
    pub(super) stays_down: bool,
    /// The writer's last value, and whether it waits for that one.
    pub(super) written: i64,
    waits_since_us: Option<u64>,
    /// The largest value that a completed write or read showed.
    floor: i64,
    asked: u32,
}

impl World {
    pub(super) fn new(seed: u64, plan: Plan) -> Self {
        let mut random = Random::new(seed);
        let node = |id| Node {
            raft: Raft::new(id, plan.replicas, Arc::default()),
            state: Ordered::default(),
            is_up: true,
            clock: Clock {
                drift_ppm: random.between(0, 2 * plan.drift_ppm) as i64 - plan.drift_ppm as i64,
                wall_offset_us: random.below(SECOND) as i64,
            },
            epoch: 0,
            lives: 0,
            paused_until_us: 0,
            mirror: Mirror::default(),
            pending: BTreeMap::new(),
            reads: BTreeMap::new(),
        };
        let nodes = ReplicaId::all(plan.replicas).map(node).collect();
        let mut world = Self {
            plan,
            random,
            now_us: 0,
            sequence: 0,
            queue: BTreeMap::new(),
            nodes,
            cut: [[false; 9]; 9],
            checks: Checks::default(),
            effects: Vec::new(),
            tally: Tally::default(),
            is_calm: false,
            is_idle: false,
            stays_down: false,
            written: 0,
            waits_since_us: None,
            floor: 0,
            asked: 0,
        };
        for id in ReplicaId::all(plan.replicas) {
            world.handle(id, RaftInput::Boot);
        }
        world.later(plan.fault_every_us, Event::Fault);
        world.later(plan.operation_every_us, Event::Operation);
        world
    }

    fn later(&mut self, after_us: u64, event: Event) {
        self.sequence += 1;
        self.queue.insert((self.now_us + after_us, self.sequence), event);
    }

    /// Lets events happen until an instant, or until something is broken.
    pub(super) fn run_until(&mut self, until_us: u64) {
        while self.checks.violation.is_none() {
            let Some(entry) = self.queue.first_entry().filter(|entry| entry.key().0 <= until_us) else { break };
            self.now_us = entry.key().0;
            let event = entry.remove();
            self.happen(event);
        }
        self.now_us = self.now_us.max(until_us);
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Deliver { to, .. } | Event::Timer { at: to, .. }
                if self.nodes[to.index()].paused_until_us > self.now_us =>
            {
                let after_us = self.nodes[to.index()].paused_until_us - self.now_us;
                self.later(after_us, event);
            }
            Event::Deliver { from, to, message } if self.nodes[to.index()].is_up => {
                self.handle(to, RaftInput::Message(from, message));
            }
            Event::Timer { at, epoch, timer } if self.is_current(at, epoch) => self.handle(at, RaftInput::Timer(timer)),
            Event::Restart { at, epoch } if self.nodes[at.index()].epoch == epoch => self.restart(at),
            Event::Deliver { .. } | Event::Timer { .. } | Event::Restart { .. } => {}
            Event::Fault => self.on_fault_tick(),
            Event::Operation => self.on_operation_tick(),
        }
    }

    fn is_current(&self, at: ReplicaId, epoch: u32) -> bool {
        self.nodes[at.index()].is_up && self.nodes[at.index()].epoch == epoch
    }

    pub(super) fn restart(&mut self, at: ReplicaId) {
        if !self.nodes[at.index()].is_up {
            self.nodes[at.index()].is_up = true;
            self.handle(at, RaftInput::Boot);
        }
    }

    fn handle(&mut self, at: ReplicaId, input: RaftInput) {
        let node = &mut self.nodes[at.index()];
        let now = node.clock.read(self.now_us);
        let mut effects = std::mem::take(&mut self.effects);
        node.raft.handle(now, input, &self.plan.settings, &mut effects);
        self.after(at, effects);
    }

    /// Checks what a member has become, then does what it wants.
    fn after(&mut self, at: ReplicaId, mut effects: RaftEffects) {
        self.tally.inputs += 1;
        let node = &mut self.nodes[at.index()];
        self.checks.look(&node.raft, &mut node.mirror, at);
        for effect in effects.drain(..) {
            self.perform(at, effect);
        }
        self.effects = effects;
        let node = &mut self.nodes[at.index()];
        if node.raft.wants_snapshot(&self.plan.settings) && self.checks.violation.is_none() {
            node.raft.compact(Arc::new(node.state.clone()), &self.plan.settings);
        }
    }

    fn perform(&mut self, at: ReplicaId, effect: RaftEffect) {
        match effect {
            RaftEffect::Send(to, message) => self.send(at, to, &message),
            RaftEffect::Wake { timer, low_us, high_us } => {
                let local_us = self.random.between(low_us, high_us);
                let node = &self.nodes[at.index()];
                let (after_us, epoch) = (node.clock.true_us(local_us), node.epoch);
                self.later(after_us, Event::Timer { at, epoch, timer });
            }
            RaftEffect::Restore(snapshot) => {
                let node = &mut self.nodes[at.index()];
                node.state = (*snapshot.state).clone();
                // Whoever asked here learns it elsewhere.
                node.pending.retain(|index, _| *index > snapshot.last.index);
                let value = number(node.state.store.cell(KEY).value());
                self.checks.restores(&mut node.mirror, snapshot.last, value);
                self.tally.snapshots += u64::from(snapshot.last.index > 0);
            }
            RaftEffect::Apply(position, entry) => self.apply(at, position, &entry),
            RaftEffect::ReadReady(attempt) => self.read_is_ready(at, attempt),
            RaftEffect::ReadRefused(attempt) => {
                self.nodes[at.index()].reads.remove(&attempt);
            }
            RaftEffect::Truncated(_) => self.tally.truncated += 1,
            RaftEffect::Role(role, _) => self.tally.elections += u64::from(role == RoleName::Leader),
        }
    }

    fn apply(&mut self, at: ReplicaId, position: LogPosition, entry: &Entry) {
        let node = &mut self.nodes[at.index()];
        if node.mirror.applied + 1 == position.index {
            fold(&mut node.state, position, entry);
        }
        let value = number(node.state.store.cell(KEY).value());
        if self.checks.applies(&node.raft, &mut node.mirror, position, entry.clone(), value) {
            for other in ReplicaId::all(self.plan.replicas) {
                self.checks.committed(&self.nodes[other.index()].raft, other, position.index);
            }
            self.tally.readmitted += u64::from(matches!(entry, Entry::Readmit { .. }));
        }
        let proposed = self.nodes[at.index()].pending.remove(&position.index);
        if let Some((_, value)) = proposed.filter(|(term, _)| *term == position.term) {
            self.floor = self.floor.max(value);
            self.tally.writes += 1;
            if value == self.written {
                self.waits_since_us = None;
            }
        }
    }

    fn read_is_ready(&mut self, at: ReplicaId, attempt: AttemptId) {
        let node = &mut self.nodes[at.index()];
        let Some(least) = node.reads.remove(&attempt) else { return };
        let value = number(node.state.store.cell(KEY).value());
        if value < least || value > self.written {
            let text =
                format!("{at} showed {value} to a read that was invoked after {least}, written {}", self.written);
            self.checks.broken(Property::Linearizable, text);
        }
        self.floor = self.floor.max(value);
        self.tally.reads += 1;
    }

    fn send(&mut self, from: ReplicaId, to: ReplicaId, message: &RaftMessage) {
        let plan = self.plan;
        let (loss, twice, late) = if self.is_calm { (0, 0, 0) } else { (plan.loss, plan.twice, plan.late) };
        if self.cut[from.index()][to.index()] || self.random.percent(loss) {
            return;
        }
        let copies = if self.random.percent(twice) { 2 } else { 1 };
        for _ in 0..copies {
            let most = if self.random.percent(late) { plan.late_us } else { plan.delay_us };
            let after_us = self.random.between(MS, most.max(MS));
            self.later(after_us, Event::Deliver { from, to, message: message.clone() });
        }
    }

    fn on_operation_tick(&mut self) {
        let every_us = self.plan.operation_every_us;
        let after_us = self.random.between(every_us / 4, every_us * 7 / 4);
        self.later(after_us, Event::Operation);
        if self.is_idle {
            return;
        }
        let at = self.somebody();
        if !self.nodes[at.index()].is_up || self.nodes[at.index()].paused_until_us > self.now_us {
            return;
        }
        if self.random.percent(50) {
            self.read_at(at);
        } else {
            self.write_at(at);
        }
    }

    /// Mostly a member that leads, or believes so.
    fn somebody(&mut self) -> ReplicaId {
        let leaders: Vec<ReplicaId> =
            ReplicaId::all(self.plan.replicas).filter(|id| self.nodes[id.index()].raft.leads()).collect();
        if leaders.is_empty() || self.random.percent(5) {
            return ReplicaId(self.random.below(self.plan.replicas as u64) as u8);
        }
        leaders[self.random.below(leaders.len() as u64) as usize]
    }

    /// The writer writes its next value, unless it still waits for the last one.
    pub(super) fn write_at(&mut self, at: ReplicaId) {
        if self.waits_since_us.is_some_and(|since| self.now_us < since + self.plan.patience_us) {
            return;
        }
        self.asked += 1;
        let value = self.written + 1;
        let operation = Operation {
            context: Context::default(),
            dot: None,
            keyed: false,
            client: Actor::client(0),
            attempt: AttemptId { op: OpId(self.asked), number: 0 },
            op_type: OpType::ProfileSet,
            key: KEY,
            argument: Value::Int(value),
            stamp: Stamp::default(),
        };
        let node = &mut self.nodes[at.index()];
        let now = node.clock.read(self.now_us);
        let mut effects = std::mem::take(&mut self.effects);
        let proposed = node.raft.propose(now, Entry::Operation(Arc::new(operation)), &self.plan.settings, &mut effects);
        if let Ok(position) = proposed {
            node.pending.insert(position.index, (position.term, value));
            self.written = value;
            self.waits_since_us = Some(self.now_us);
        }
        self.after(at, effects);
    }

    fn read_at(&mut self, at: ReplicaId) {
        self.asked += 1;
        let attempt = AttemptId { op: OpId(self.asked), number: 0 };
        let node = &mut self.nodes[at.index()];
        let now = node.clock.read(self.now_us);
        let mut effects = std::mem::take(&mut self.effects);
        node.reads.insert(attempt, self.floor);
        if node.raft.read(now, attempt, &self.plan.settings, &mut effects).is_err() {
            node.reads.remove(&attempt);
        }
        self.after(at, effects);
    }
}

/// What tests ask.
impl World {
    /// Whether one member leads and all have applied everything that it has.
    pub(super) fn is_settled(&self) -> bool {
        let leaders: Vec<&Node> = self.nodes.iter().filter(|node| node.is_up && node.raft.leads()).collect();
        let [leader] = leaders[..] else { return false };
        let last = leader.raft.log().last();
        self.nodes
            .iter()
            .filter(|node| node.is_up)
            .all(|node| node.raft.committed() == last && node.raft.log().last() == last)
    }

    pub(super) fn highest_term(&self) -> u32 {
        self.nodes.iter().map(|node| node.raft.term()).max().unwrap_or_default()
    }
}

pub(super) fn number(value: Value) -> i64 {
    match value {
        Value::Int(number) => number,
        _ => 0,
    }
}
