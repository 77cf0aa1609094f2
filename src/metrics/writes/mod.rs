//! The oracle's view of replication: which acknowledged write is missing where.
//!
//! ```text
//! decided at r1 ──▶ pending: holders {r1}, missing {r2 r3} ──▶ applied at r2, r3 ──▶ settled: a line in a summary
//!                     │  acknowledged: from here it counts as lag and staleness
//!                     └─ every holder loses its disk ──▶ lost: counts no more, unless a late message brings it back
//! ```
//!
//! A write to a cell (`profile`, `item`) that loses against what a replica holds is superseded there and counts as
//! not missing. What was settled is missing again at a replica that loses its disk: of a cell every write that beats what
//! the new disk holds, although repair will bring the last one only. Only writes that were acknowledged to their client
//! count.
//!
//! Read `table` and `chain` first; then `apply` (a replica takes in a write) and `loss` (it loses
//! its disk).

mod apply;
mod chain;
mod debts;
mod loss;
mod past;
mod resolve;
mod table;
mod union;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::limits::REPLICAS_MAX;
use crate::base::{Dot, Instant, KeyId, OpType, Paged, Policy, ReplicaId, ReplicaSet, Resolver, Service, Stamp};
use crate::record::{Happened, TraceEntry};
use chain::{Chain, Thread};
use debts::{Debts, Settled};
use past::Past;
use resolve::{Rule, Version};
use table::{Pending, Table};

pub use table::PENDING_MAX;
pub(in crate::metrics) use union::Part;
use union::Recent;

/// What is known of the writes to one key.
#[derive(Clone, Debug, Default)]
struct KeyWrites {
    service: Option<Service>,
    /// Acknowledged and missing somewhere, oldest acknowledgement first.
    acknowledged: Chain,
    /// For cells, what is not acknowledged.
    waiting: Chain,
    /// How many of the acknowledged ones each replica misses.
    behind: [u32; REPLICAS_MAX],
    /// What was everywhere. Empty for cells.
    settled: Vec<Settled>,
    /// For cells, the winner at each replica.
    held: Vec<Option<Version>>,
    /// For cells, what was everywhere or lost against it.
    past: Past,
}

impl KeyWrites {
    fn held_at(&self, replica: ReplicaId) -> Option<Version> {
        self.held.get(replica.index()).copied().flatten()
    }
}

/// An accepted write, as the history tells it.
#[derive(Clone, Copy, Debug)]
pub struct Decided {
    /// Its identity.
    pub dot: Dot,
    /// Its stamps.
    pub stamp: Stamp,
    /// What was asked.
    pub op_type: OpType,
    /// Of which key.
    pub key: KeyId,
    /// Who decided, and hence holds it.
    pub replica: ReplicaId,
    /// Whether its operation is still under way, so that it may be acknowledged.
    pub under_way: bool,
    /// The resolver of `profile` in force.
    pub resolver: Resolver,
}

/// The table of writes not yet everywhere.
#[derive(Clone, Debug)]
pub struct Writes {
    replicas: usize,
    table: Table,
    /// All acknowledged pending writes, oldest acknowledgement first.
    by_age: Chain,
    keys: Paged<KeyWrites, 16>,
    debts: Arc<Debts>,
    lost: Arc<BTreeMap<Dot, Pending>>,
    lost_count: u64,
    untracked: u64,
    recent: Recent,
}

impl Writes {
    /// No write yet, in a cluster of `replicas`.
    pub fn new(replicas: usize) -> Self {
        Self {
            replicas,
            table: Table::default(),
            by_age: Chain::default(),
            keys: Paged::default(),
            debts: Arc::default(),
            lost: Arc::default(),
            lost_count: 0,
            untracked: 0,
            recent: Recent::default(),
        }
    }

    /// Takes in one entry of the trace.
    #[inline]
    pub fn trace(&mut self, entry: &TraceEntry, policy: &Policy) {
        let Some(replica) = entry.actor.as_replica() else { return };
        let resolver = policy.resolver(Service::Profile);
        match entry.what {
            Happened::Applied { column, key, counter } | Happened::Superseded { column, key, counter } => {
                self.recent.moved(replica);
                self.applied(replica, key, Dot { column, counter }, resolver);
            }
            Happened::AppliedRange { column, key, after, upto } => {
                self.recent.moved(replica);
                self.applied_range(replica, key, column, (after, upto), resolver);
            }
            Happened::TakenBack { column, key, counter } => {
                self.recent.moved(replica);
                self.taken_back(replica, key, Dot { column, counter }, resolver);
            }
            Happened::Crashed { disk_lost: true } => {
                self.recent.disk_lost(replica);
                self.disk_lost(replica, resolver);
            }
            _ => {}
        }
    }

    /// A replica accepted a write.
    pub fn decided(&mut self, write: &Decided) {
        let service = write.op_type.service();
        let rule = Rule::of(service, write.resolver);
        let version = Version::new(write.dot, write.stamp, write.op_type);
        if self.table.get(write.dot).is_some() {
            self.erase(write.dot); // a replica reuses its dots: the new write takes the place of the old one
        }
        let Some(state) = self.keys.reach(write.key.index()) else { return };
        state.service = Some(service);
        let mut missing = ReplicaSet::all(self.replicas);
        missing.remove(write.replica);
        if let Some(rule) = rule {
            state.held.resize(self.replicas, None);
            for (other, top) in ReplicaId::all(self.replicas).zip(&state.held) {
                if top.is_some_and(|top| top.beats(&version, rule)) {
                    missing.remove(other);
                }
            }
        }
        let mut holders = ReplicaSet::EMPTY;
        holders.insert(write.replica);
        let pending = Pending {
            key: write.key,
            op_type: write.op_type,
            undecided: write.under_way,
            missing,
            holders,
            stamp: write.stamp,
            acknowledged: Instant::NEVER,
            links: Default::default(),
        };
        if write.dot.counter == 0 || !self.table.insert(write.dot, pending) {
            self.untracked += 1;
        } else if service.is_cell()
            && let Some(state) = self.keys.get_mut(write.key.index())
        {
            state.waiting.insert(&mut self.table, Thread::Key, write.dot);
        }
        if let Some(rule) = rule {
            self.hold(write.replica, write.key, version, rule);
        }
        self.complete(write.dot);
    }

    /// The client of a write learned of it.
    pub fn acknowledged(&mut self, dot: Dot, at: Instant) {
        let Some(write) = self.table.get_mut(dot) else {
            self.change_lost(dot, |write| write.acknowledged = at);
            return;
        };
        write.undecided = false;
        let (key, is_cell) = (write.key, write.is_cell());
        if is_cell && let Some(state) = self.keys.get_mut(key.index()) {
            state.waiting.remove(&mut self.table, Thread::Key, dot);
        }
        self.enlist(dot, at);
        self.complete(dot);
    }

    /// The operation of a write is over without its acknowledgement.
    pub fn abandoned(&mut self, dot: Dot) {
        if let Some(write) = self.table.get_mut(dot) {
            write.undecided = false;
            self.complete(dot);
        } else {
            self.change_lost(dot, |_| ());
        }
    }

    /// The oracle's lag of a replica in microseconds: the age of the oldest acknowledged write that it has not applied.
    pub fn lag_us(&self, replica: ReplicaId, now: Instant) -> u64 {
        let pending = self.by_age.first_missing(replica).and_then(|dot| self.table.get(dot));
        let pending = pending.map(|write| write.acknowledged);
        let owed = if self.debts.is_empty() { None } else { self.earliest_owed(replica) };
        pending.into_iter().chain(owed).min().map_or(0, |oldest| now.since(oldest))
    }

    /// The staleness of a read that `replica` serves now, in microseconds and in versions: of the writes to `key`
    /// acknowledged before `invoked` and missing there, the age of the oldest acknowledgement at `invoked`, and how
    /// many they are.
    pub fn staleness_at_serve(&self, key: KeyId, replica: ReplicaId, invoked: Instant) -> (u64, u32) {
        let Some(state) = self.keys.get(key.index()) else { return (0, 0) };
        let before = |at: &Instant| *at < invoked;
        let oldest = state.acknowledged.first_missing(replica).and_then(|dot| self.table.get(dot));
        let mut oldest = oldest.map(|write| write.acknowledged).filter(before);
        let mut versions = 0;
        if oldest.is_some() {
            let since = state.acknowledged.iter_back(&self.table, Thread::Key);
            let since = since.take_while(|(_, write)| !before(&write.acknowledged));
            let since = since.filter(|(_, write)| write.missing.contains(replica)).count() as u32;
            versions = state.behind[replica.index()].saturating_sub(since);
        }
        if let Some((at, count)) = self.owed(replica, key, invoked) {
            oldest = Some(oldest.map_or(at, |oldest| oldest.min(at)));
            versions += count;
        }
        (oldest.map_or(0, |oldest| invoked.since(oldest)), versions)
    }

    /// How many writes are not yet everywhere, or wait for their acknowledgement.
    pub fn pending(&self) -> usize {
        self.table.len()
    }

    /// How many writes were lost: every replica that had applied them lost its disk. One that came back was lost too.
    pub fn lost(&self) -> u64 {
        self.lost_count
    }

    /// How many writes came while [`PENDING_MAX`] were pending, or for an operation forgotten long ago: their lag and
    /// staleness are not measured.
    pub fn untracked(&self) -> u64 {
        self.untracked
    }

    /// Counts a write whose operation is not known any more.
    pub(super) fn count_untracked(&mut self) {
        self.untracked += 1;
    }

    /// `replica` no longer misses a write.
    fn clear(&mut self, dot: Dot, replica: ReplicaId) {
        let Some(write) = self.table.get_mut(dot) else { return };
        if !write.missing.contains(replica) {
            return;
        }
        write.missing.remove(replica);
        let write = *write;
        self.cleared(dot, &write, replica);
    }

    /// Must follow when `replica` was taken out of those that miss `write`.
    fn cleared(&mut self, dot: Dot, write: &Pending, replica: ReplicaId) {
        self.recent.note_cleared(replica, write.key, dot);
        if write.is_acknowledged()
            && let Some(state) = self.keys.get_mut(write.key.index())
        {
            state.behind[replica.index()] -= 1;
            state.acknowledged.advance(&self.table, Thread::Key, dot, replica);
            self.by_age.advance(&self.table, Thread::Age, dot, replica);
        }
        if write.missing.is_empty() {
            self.complete(dot);
        }
    }

    /// Puts a write among the acknowledged ones.
    fn enlist(&mut self, dot: Dot, at: Instant) {
        let Some(write) = self.table.get_mut(dot) else { return };
        write.acknowledged = at;
        let (key, missing) = (write.key, write.missing);
        self.by_age.insert(&mut self.table, Thread::Age, dot);
        let Some(state) = self.keys.get_mut(key.index()) else { return };
        state.acknowledged.insert(&mut self.table, Thread::Key, dot);
        for replica in missing.iter() {
            state.behind[replica.index()] += 1;
        }
    }

    /// Lets go of a write if nobody misses it and its acknowledgement is settled.
    fn complete(&mut self, dot: Dot) {
        let Some(write) = self.table.get(dot) else { return };
        if write.undecided || !write.missing.is_empty() {
            return;
        }
        let Some(write) = self.unlink(dot) else { return };
        if write.is_acknowledged() {
            self.recent.note_completed(dot, write.acknowledged);
        }
        let Some(state) = self.keys.get_mut(write.key.index()) else { return };
        if !state.held.is_empty() {
            state.past.add(dot, &write);
        } else if write.is_acknowledged() {
            Settled::add(&mut state.settled, dot, write.acknowledged);
        }
    }

    /// Takes a write out that some may still miss.
    fn erase(&mut self, dot: Dot) -> Option<Pending> {
        let write = self.table.get_mut(dot)?;
        let (missing, undecided) = (write.missing, write.undecided);
        write.undecided = true; // so that it does not complete on the way
        for replica in missing.iter() {
            self.clear(dot, replica);
        }
        Some(Pending { undecided, ..self.unlink(dot)? })
    }

    fn unlink(&mut self, dot: Dot) -> Option<Pending> {
        let write = self.table.get(dot)?;
        let (key, acknowledged) = (write.key, write.is_acknowledged());
        if (acknowledged || write.is_cell())
            && let Some(state) = self.keys.get_mut(key.index())
        {
            let chain = if acknowledged { &mut state.acknowledged } else { &mut state.waiting };
            chain.remove(&mut self.table, Thread::Key, dot);
        }
        if acknowledged {
            self.by_age.remove(&mut self.table, Thread::Age, dot);
        }
        self.table.remove(dot)
    }
}
