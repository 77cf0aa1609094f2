//! What can be seen of a cluster: borrowed, for every reader. Nothing here changes anything.

use std::sync::Arc;

use crate::base::fault::FaultCounts;
use crate::base::{
    Actor, Column, Instant, KeyId, LocalInstant, LogId, LogPosition, MessageClass, MessageId, OpType, ReplicaId,
    Resolver, Role, Service, Stamp, Value,
};
use crate::data::{Binding, Bindings, Cell, Change, Delta, Ordered};
use crate::replica::Replica;
use crate::replica::primary::{Primary, round_of};
use crate::replica::raft::{Raft, Standing};
use crate::sim::LinkState;
use crate::wire::Settings;

use super::command::Topology;
use super::event::Event;
use super::provider::Provider;
use super::{Catalog, Cluster};

/// A look at a cluster.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    cluster: &'a Cluster,
}

/// One replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplicaView {
    /// Which.
    pub id: ReplicaId,
    /// How it is.
    pub condition: Condition,
    /// Inputs that wait in its inbox.
    pub waiting: usize,
    /// How long each input takes, in microseconds; 0 unless it is slow.
    pub per_input_us: u64,
    /// What its clock says.
    pub local: LocalInstant,
    /// How far its wall is ahead of true time, in microseconds. It does not know.
    pub offset_us: i64,
    /// What its NTP believes about that, in microseconds, if it has one.
    pub believed_offset_us: Option<i64>,
    /// How fast its clock runs ahead, in parts per million.
    pub drift_ppm: i64,
    /// The column that it writes to.
    pub column: Column,
    /// Which incarnation that is, from 1.
    pub incarnation: usize,
    /// How many tombstones it keeps.
    pub tombstones: usize,
    /// Its member of the Raft group, once a policy has called that into being.
    pub raft: Option<RaftView>,
    /// Its part in the primary's log, once a policy has called that into being.
    pub primary: Option<PrimaryView>,
}

/// A replica's part in the primary's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrimaryView {
    /// Whether it is the primary, as far as it knows.
    pub is_primary: bool,
    /// The number of the latest epoch that it knows.
    pub epoch: u32,
    /// Whom it takes for the primary of that epoch.
    pub primary: Option<ReplicaId>,
    /// The entry before the first that is still in its log.
    pub base: LogPosition,
    /// The last entry of its log, which is applied.
    pub last: LogPosition,
    /// Every replica has the log up to this entry, as far as it knows.
    pub stable: u32,
    /// What an operator's metric would say of its lag, in microseconds; `None` before it heard of a primary.
    pub lag_us: Option<u64>,
}

/// A replica's member of the Raft group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RaftView {
    /// What it is in its term.
    pub role: Role,
    /// The largest term that it has seen.
    pub term: u32,
    /// For whom it voted in that term.
    pub vote: Option<ReplicaId>,
    /// Whom it believes to lead.
    pub leader: Option<ReplicaId>,
    /// Whether it votes and counts: not after a lost disk, until it is readmitted.
    pub counts: bool,
    /// The entry before the first that is still in its log.
    pub base: LogPosition,
    /// The last entry of its log.
    pub last: LogPosition,
    /// The last entry that it knows to be committed.
    pub committed: LogPosition,
    /// The last entry in the state on its disk.
    pub applied: LogPosition,
}

/// How an actor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It handles inputs.
    Up,
    /// It does not, for now; they wait.
    Paused,
    /// It crashed.
    Down,
    /// It crashed and lost its disk.
    DiskLost,
}

/// One client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientView<'a> {
    /// Who.
    pub actor: Actor,
    /// Its name.
    pub name: &'a str,
    /// Where it turns to first.
    pub home: ReplicaId,
    /// What it waits for.
    pub running: Option<(OpType, KeyId)>,
    /// Operations that wait for it.
    pub queued: usize,
    /// How it is.
    pub condition: Condition,
    /// The workload that brought it along, if one did.
    pub workload: Option<&'a str>,
}

/// The outside card provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProviderView {
    /// Whether it knows a payment by its key.
    pub keys: bool,
    /// How long a request to it takes, and its answer, in microseconds.
    pub delay_us: u64,
    /// How many charges it made.
    pub charges: u64,
    /// Requests and answers under way.
    pub under_way: u64,
}

/// One workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkloadView<'a> {
    /// Its name.
    pub name: &'a str,
    /// Arrivals in a second.
    pub per_second: u32,
    /// Whether operations still arrive.
    pub is_running: bool,
    /// Arrivals that wait for a free client.
    pub queued: usize,
}

/// One message under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageView {
    /// Which.
    pub id: MessageId,
    /// From whom.
    pub from: Actor,
    /// To whom.
    pub to: Actor,
    /// What for.
    pub class: MessageClass,
    /// When it left.
    pub sent_at: Instant,
    /// When it arrives.
    pub arrives_at: Instant,
}

impl Cluster {
    /// A look at it.
    pub fn view(&self) -> View<'_> {
        View { cluster: self }
    }
}

impl<'a> View<'a> {
    /// True time.
    pub fn now(&self) -> Instant {
        self.cluster.world.now()
    }

    /// How many events were processed.
    pub fn events(&self) -> u64 {
        self.cluster.world.events()
    }

    /// The seed of all randomness.
    pub fn seed(&self) -> u64 {
        self.cluster.seed
    }

    /// How far apart the replicas are.
    pub fn topology(&self) -> Topology {
        self.cluster.topology
    }

    /// Whether something other than setup has happened.
    pub fn is_started(&self) -> bool {
        self.cluster.started
    }

    /// Names.
    pub fn catalog(&self) -> &'a Catalog {
        &self.cluster.catalog
    }

    /// What all replicas share, the policy among it.
    pub fn settings(&self) -> &'a Settings {
        &self.cluster.settings
    }

    /// The objective for the observed lag, in microseconds.
    pub fn slo_us(&self) -> u64 {
        self.cluster.slo_us
    }

    /// About how many bytes a snapshot of this cluster and of the folds over it holds that another one, `events` events
    /// later, does not share: pages of the stores that were written since, and everything that is copied whole.
    pub fn snapshot_bytes(&self, events: u64) -> usize {
        /// Histograms, series and tables of the folds, streams of the network.
        const FOLDS: usize = 400 << 10;
        /// A page with what its cells keep beside it.
        const PAGE: usize = 3 << 10;
        /// A message or a timer under way, with what it points to.
        const PENDING: usize = 200;
        let cluster = self.cluster;
        let pages = cluster.catalog.key_count().div_ceil(crate::data::store::FANOUT) * cluster.hosts.len();
        let queued: usize = cluster.workloads.iter().map(|workload| workload.queue.len()).sum();
        let waiting: usize = cluster.hosts.iter().map(|host| host.inbox.waiting.len()).sum();
        let touched = pages.min(usize::try_from(events).unwrap_or(usize::MAX));
        FOLDS + touched * PAGE + (cluster.world.schedule().len() + queued + waiting) * PENDING
    }

    /// How often each kind of fault changed an outcome.
    pub fn faults(&self) -> &'a FaultCounts {
        &self.cluster.faults
    }

    /// How many messages were delivered twice by their links.
    pub fn duplicates(&self) -> u64 {
        self.cluster.duplicates
    }

    /// How many replicas there are.
    pub fn replica_count(&self) -> usize {
        self.cluster.hosts.len()
    }

    /// All replicas.
    pub fn replicas(&self) -> impl Iterator<Item = ReplicaView> + use<'a> {
        let view = *self;
        ReplicaId::all(self.replica_count()).map(move |id| view.replica(id))
    }

    /// One replica.
    pub fn replica(&self, id: ReplicaId) -> ReplicaView {
        let host = &self.cluster.hosts[id.index()];
        let condition = match (host.is_down, host.disk_lost, host.inbox.paused) {
            (true, true, _) => Condition::DiskLost,
            (true, false, _) => Condition::Down,
            (false, _, true) => Condition::Paused,
            (false, _, false) => Condition::Up,
        };
        ReplicaView {
            id,
            condition,
            waiting: host.inbox.waiting.len(),
            per_input_us: host.inbox.per_input_us,
            local: self.cluster.local_time(id),
            offset_us: host.time.clock.true_offset_us(self.now()),
            believed_offset_us: host
                .time
                .ntp
                .as_ref()
                .and_then(|ntp| ntp.believed_offset_us(host.time.clock.slew_left_us(self.now()))),
            drift_ppm: host.time.clock.drift_ppm(),
            column: host.replica.column(),
            incarnation: self.cluster.catalog.incarnation(host.replica.column()),
            tombstones: host.replica.tombstones(),
            raft: host.replica.raft().map(|raft| RaftView {
                role: raft.role_name(),
                term: raft.term(),
                vote: raft.vote(),
                leader: raft.leader(),
                counts: matches!(raft.standing(), Standing::Voter { .. }),
                base: raft.log().base(),
                last: raft.log().last(),
                committed: raft.committed(),
                applied: host.replica.ordered(LogId::Raft).map(Ordered::position).unwrap_or_default(),
            }),
            primary: host.replica.primary().map(|primary| PrimaryView {
                is_primary: primary.is_primary(),
                epoch: round_of(primary.epoch()),
                primary: primary.primary(),
                base: primary.log().base(),
                last: primary.log().last(),
                stable: primary.stable(),
                lag_us: primary.observed_lag_us(self.cluster.local_time(id)),
            }),
        }
    }

    /// All clients, those of workloads included.
    pub fn clients(&self) -> impl Iterator<Item = ClientView<'a>> + use<'a> {
        let cluster = self.cluster;
        cluster.clients.iter().enumerate().map(move |(index, host)| ClientView {
            actor: Actor::client(index),
            name: cluster.catalog.client_name(index),
            home: host.client.home(),
            running: host.client.running().map(|intent| (intent.op_type, intent.key)),
            queued: host.queue.len(),
            condition: if host.inbox.paused { Condition::Paused } else { Condition::Up },
            workload: host.workload.map(|index| cluster.workloads[usize::from(index)].settings.name.as_str()),
        })
    }

    /// The true offset of a client's clock, in microseconds.
    pub fn client_offset_us(&self, client: usize) -> i64 {
        self.cluster.clients[client].time.clock.true_offset_us(self.now())
    }

    /// How fast a client's clock runs ahead, in parts per million.
    pub fn client_drift_ppm(&self, client: usize) -> i64 {
        self.cluster.clients[client].time.clock.drift_ppm()
    }

    /// Whether the client with this index came along with a workload.
    #[inline]
    pub fn belongs_to_workload(&self, client: usize) -> bool {
        self.cluster.clients[client].workload.is_some()
    }

    /// The outside card provider.
    pub fn provider(&self) -> ProviderView {
        let Provider { keys, delay_us, charges, under_way, .. } = self.cluster.provider;
        ProviderView { keys, delay_us, charges, under_way }
    }

    /// All workloads that were ever started.
    pub fn workloads(&self) -> impl Iterator<Item = WorkloadView<'a>> + use<'a> {
        self.cluster.workloads.iter().map(|workload| WorkloadView {
            name: &workload.settings.name,
            per_second: workload.settings.per_second,
            is_running: workload.is_running,
            queued: workload.queue.len(),
        })
    }

    /// How a link is now for a class of messages.
    pub fn link(&self, from: Actor, to: Actor, class: MessageClass) -> LinkState {
        self.cluster.world.network().link_state(self.now(), from, to, class)
    }

    /// All messages under way, in no particular order.
    pub fn in_flight(&self) -> impl Iterator<Item = MessageView> + use<'a> {
        self.cluster.world.schedule().iter().filter_map(|(arrives_at, event)| match event {
            Event::Deliver(envelope) => Some(MessageView {
                id: envelope.id,
                from: envelope.from,
                to: envelope.to,
                class: envelope.class(),
                sent_at: envelope.sent_at,
                arrives_at,
            }),
            _ => None,
        })
    }

    /// A replica's part in the primary's log itself, for whoever shows its entries.
    pub fn primary(&self, id: ReplicaId) -> Option<&'a Primary> {
        self.cluster.hosts[id.index()].replica.primary()
    }

    /// The logs that are in use.
    pub fn logs(&self) -> Vec<LogId> {
        let replicas = || self.cluster.hosts.iter().map(|host| &host.replica);
        LogId::ALL.into_iter().filter(|log| replicas().any(|replica| replica.ordered(*log).is_some())).collect()
    }

    /// A replica's member of the Raft group itself, for whoever reads its log or holds it against the paper.
    pub fn raft(&self, id: ReplicaId) -> Option<&'a Raft> {
        self.cluster.hosts[id.index()].replica.raft()
    }

    /// What a log has to do with an operation type, as far as any replica has applied it.
    pub fn binding(&self, log: LogId, op_type: OpType) -> Binding {
        self.bindings(log).map_or(Binding::Loose, |bindings| bindings.of(op_type))
    }

    /// What a log is bound to and which switches wait for whom, as far as any replica has applied it.
    pub fn bindings(&self, log: LogId) -> Option<&'a Bindings> {
        let folds = self.cluster.hosts.iter().filter_map(|host| host.replica.ordered(log));
        folds.max_by_key(|fold| fold.position()).map(|fold| &fold.bindings)
    }

    /// What a replica shows for a key to a weak read.
    pub fn value(&self, replica: ReplicaId, key: KeyId) -> Value {
        let value = self.cluster.hosts[replica.index()].replica.weak(key, &self.cluster.settings);
        match (self.cluster.catalog.service_of(key), value) {
            (Service::Stock | Service::Account | Service::Likes, Value::Nil) => Value::Int(0),
            (Service::Access, Value::Nil) => Value::Allowed(false),
            (_, value) => value,
        }
    }

    /// The write that a replica shows for a register or an item: who stamped it, and how; a deletion too.
    pub fn shown_write(&self, replica: ReplicaId, key: KeyId) -> Option<(ReplicaId, Stamp)> {
        match self.cluster.hosts[replica.index()].replica.cell(key, &self.cluster.settings) {
            // What was given from the start has the counter 0.
            Cell::Register(delta) | Cell::Item(delta) if delta.dot.counter > 0 && delta.dot.column.is_loose() => {
                Some((self.cluster.catalog.column_owner(delta.dot.column), delta.stamp))
            }
            Cell::Siblings(siblings) => match siblings.versions() {
                [delta] if delta.dot.counter > 0 && delta.dot.column.is_loose() => {
                    Some((self.cluster.catalog.column_owner(delta.dot.column), delta.stamp))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The versions that a replica shows for a register that keeps siblings, each with who stamped it; none if it shows one.
    pub fn siblings(&self, replica: ReplicaId, key: KeyId) -> Vec<(Value, ReplicaId)> {
        let settings = &self.cluster.settings;
        if settings.policy.resolver(Service::Profile) != Resolver::Siblings {
            return Vec::new();
        }
        let cell = self.cluster.hosts[replica.index()].replica.cell(key, settings);
        let Cell::Siblings(siblings) = &cell else { return Vec::new() };
        let loose = siblings.versions().iter().filter(|version| version.dot.column.is_loose());
        let version = |delta: &Arc<Delta>| match delta.change {
            Change::Assign(value) => (value, self.cluster.catalog.column_owner(delta.dot.column)),
            _ => (Value::Nil, self.cluster.catalog.column_owner(delta.dot.column)),
        };
        let versions: Vec<_> = loose.map(version).collect();
        if versions.len() > 1 { versions } else { Vec::new() }
    }

    /// How much of a bounded counter a replica may take alone now, within its grant; 0 where it has none.
    pub fn grant(&self, replica: ReplicaId, key: KeyId) -> i64 {
        self.cluster.hosts[replica.index()].replica.usable_grant(key, &self.cluster.settings)
    }

    /// A replica's protocol itself, for the other views of it.
    pub(super) fn protocol(&self, replica: ReplicaId) -> &'a Replica {
        &self.cluster.hosts[replica.index()].replica
    }

    /// What every replica was given at the start.
    pub fn given(&self) -> &'a [(KeyId, Service, Value)] {
        &self.cluster.given
    }

    /// Whether all replicas that are up hold the same writes, and no news that could part them is under way: no write is
    /// being pushed, and no named client waits for an answer. Workloads may run on.
    pub fn is_settled(&self) -> bool {
        let waits = |client: ClientView<'_>| client.workload.is_none() && client.running.is_some();
        self.is_converged()
            && self.provider().under_way == 0
            && !self.clients().any(waits)
            && !self.in_flight().any(|message| message.class == MessageClass::Gossip)
    }

    /// Whether all replicas that are up hold the same writes. A tombstone that only some still keep makes no difference.
    ///
    /// To show the same is not enough: two replicas that each counted another like show one like both, and have
    /// something to tell each other all the same.
    pub fn is_converged(&self) -> bool {
        let hosts = &self.cluster.hosts;
        let up = || ReplicaId::all(hosts.len()).filter(|replica| !hosts[replica.index()].is_down);
        let Some(first) = up().next() else { return true };
        let state = |replica: ReplicaId| hosts[replica.index()].replica.state();
        if up().all(|replica| state(replica).root() == state(first).root()) {
            return true;
        }
        let mut keys = (0..self.cluster.catalog.key_count() as u32).map(KeyId);
        keys.all(|key| up().all(|replica| state(replica).agrees_with(state(first), key)))
    }
}
