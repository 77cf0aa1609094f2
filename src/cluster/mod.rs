//! The only place where actors meet the world: it hands events to protocols, gives them their own time, does what
//! they ask for, and records what happened.
//!
//! ```text
//!   world.pop ─▶ dispatch ─▶ host (down? paused? slow?) ─▶ replica.handle(local time, input)
//!                                                              │ effects
//!                    world.send / schedule  ◀──────────────────┤
//!                    record: trace and history  ◀──────────────┘
//! ```
//!
//! [`Cluster::step`] returns record entries and calls nobody. Read `event`, then `dispatch`, then `apply`.

mod apply;
pub mod catalog;
mod clients;
pub mod command;
mod dispatch;
mod event;
mod faults;
pub mod held;
mod hosts;
mod load;
mod provider;
pub mod specs;
pub mod view;

use crate::base::fault::FaultCounts;
use crate::base::symbol::InternError;
use crate::base::{Actor, AttemptId, EntryId, Instant, KeyId, OpId, Paged, ReplicaId, Service, Value};
use crate::client::RetrySettings;
use crate::record::{Happened, HistoryEntry, Recorded, TraceEntry};
use crate::sim::{SimError, Stretch, World};
use crate::wire::{Effects, Settings};

pub use catalog::Catalog;
pub use command::WorldCommand;

use clients::ClientHost;
use command::Topology;
use event::Event;
use hosts::Host;
use load::Workload;
use provider::Provider;

/// Why a command had no effect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say it")]
pub enum CommandError {
    #[error("`{0}` belongs to the setup, before anything else; start a new world for it")]
    NotInSetup(&'static str),
    #[error("there is no replica {0}; this cluster has r1 to r{1}")]
    NoReplica(ReplicaId, usize),
    #[error("there is no client `{0}`; declare it with `clients {0}`")]
    NoClient(String),
    #[error("there is a client `{0}` already; choose another name")]
    ClientExists(String),
    #[error("{0} is down already")]
    IsDown(ReplicaId),
    #[error("{0} is up; only a crashed replica restarts")]
    IsUp(ReplicaId),
    #[error("{0} is paused; resume it first")]
    IsPaused(ReplicaId),
    #[error("{0} is not paused")]
    NotPaused(String),
    #[error("no workload `{0}` runs")]
    NoWorkload(String),
    #[error("workload `{0}` runs already; stop it first")]
    WorkloadRuns(String),
    #[error("`{0}` matches no operation type; see `help operations`")]
    NoSuchOperation(String),
    #[error("at most {0} workloads can be declared", crate::base::limits::WORKLOADS_MAX)]
    TooManyWorkloads,
    #[error("a transfer needs two different accounts")]
    TransferToItself,
    #[error("at most {0} keys can be used", crate::base::limits::KEYS_MAX)]
    TooManyKeys,
    #[error(
        "no more disks can be lost in this run: a version vector has {0} columns, one for each incarnation of a replica",
        crate::base::limits::COLUMNS_MAX
    )]
    TooManyLostDisks,
    #[error("a sitting may have {0} commands at most; save it and start another", crate::base::limits::COMMANDS_MAX)]
    TooManyCommands,
    #[error("{0} repairs with {1} now; wait until that is over, or begin it at the other end")]
    Repairs(ReplicaId, ReplicaId),
    #[error(
        "{service} would be on two logs, the primary's and Raft's, and neither could tell the order of its writes; \
         bind all of {service}.* to one of them, or to eventual first"
    )]
    TwoLogs { service: &'static str },
    #[error("`{0}` asks an outside provider, and neither a log nor a quorum can decide what that does")]
    OutsideOfLogs(String),
    #[error("`{0}` changes two keys, which have homes of their own; quorum is for operations on one key")]
    TwoKeys(String),
    #[error("{0} replicas cannot be homes of a key: this cluster has {1}")]
    TooFewHomes(u8, usize),
    #[error(
        "`{0}` takes nothing from a counter that must not fall below 0, so there is nothing to grant; threshold is for \
         {1}"
    )]
    TakesNothing(String, String),
    #[error("no operation type is bound to the primary's log; bind one first, for example `policy account.* primary`")]
    NoPrimary,
    #[error("{0} is the primary already")]
    IsPrimary(ReplicaId),
    #[error("{0} followers cannot have a write: this cluster has {1}")]
    TooFewFollowers(u8, usize),
    #[error("a repair needs two different replicas")]
    RepairAlone,
    #[error("{0}")]
    Text(#[from] InternError),
    #[error("{0}")]
    World(#[from] SimError),
}

/// The term and the attempt of the newest two entries that were applied at a place of a log.
type Agreed = [(u32, Option<AttemptId>); 2];

/// A cluster with its clients and the world that it lives in. A clone is a snapshot.
#[derive(Clone, Debug)]
pub struct Cluster {
    seed: u64,
    topology: Topology,
    world: World<Event>,
    hosts: Vec<Host>,
    clients: Vec<ClientHost>,
    workloads: Vec<Workload>,
    /// How those try again who come later.
    retries: RetrySettings,
    settings: Settings,
    catalog: Catalog,
    slo_us: u64,
    /// For each log, what was applied at each of its places.
    agreed: [Paged<Agreed, 256>; 2],
    provider: Provider,
    given: Vec<(KeyId, Service, Value)>,
    faults: FaultCounts,
    started: bool,
    entries: u32,
    messages: u32,
    duplicates: u64,
    operations: u32,
    commands: u32,
    /// The first thing that made the world stop, if something did.
    failed: Option<SimError>,
    /// Kept for its space.
    effects: Effects,
    /// Kept for its space.
    client_effects: Vec<crate::client::Effect>,
}

/// The seed of a world that was given none.
pub const DEFAULT_SEED: u64 = 1;
/// The replicas of a world that was given no number.
pub const DEFAULT_REPLICAS: usize = 3;
/// The objective for the observed lag until another is set, in microseconds.
pub const DEFAULT_SLO_US: u64 = 500_000;

impl Default for Cluster {
    fn default() -> Self {
        Self::new(DEFAULT_SEED, DEFAULT_REPLICAS, Topology::default())
    }
}

impl Cluster {
    /// A cluster that was not started yet.
    pub fn new(seed: u64, replicas: usize, topology: Topology) -> Self {
        let catalog = Catalog::new(replicas);
        let hosts = ReplicaId::all(replicas).map(|id| Host::new(id, replicas)).collect();
        Self {
            seed,
            topology,
            world: World::new(replicas, topology, seed).expect("the parser checks the number of replicas"),
            hosts,
            clients: Vec::new(),
            workloads: Vec::new(),
            retries: RetrySettings::default(),
            settings: Settings::default(),
            catalog,
            slo_us: DEFAULT_SLO_US,
            agreed: Default::default(),
            provider: Provider::default(),
            given: Vec::new(),
            faults: FaultCounts::default(),
            started: false,
            entries: 0,
            messages: 0,
            duplicates: 0,
            operations: 0,
            commands: 0,
            failed: None,
            effects: Effects::new(),
            client_effects: Vec::new(),
        }
    }

    /// Processes one event and appends to `out` what happened. `None` if nothing is left to happen.
    ///
    /// # Errors
    /// If a bound of the world was reached; the world then stays where it is.
    #[inline]
    pub fn step(&mut self, out: &mut Recorded) -> Result<Option<Instant>, SimError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.start(out);
        let Some(event) = self.world.pop() else { return Ok(None) };
        self.dispatch(event, out);
        Ok(Some(self.world.now()))
    }

    /// When the next event is due.
    pub fn next_event(&mut self, out: &mut Recorded) -> Option<Instant> {
        self.start(out);
        self.world.peek()
    }

    /// Moves time on to `at` if no event is due before.
    pub fn rest_until(&mut self, at: Instant) {
        self.world.advance_to(at);
    }

    /// Stretches all delays from now on, to see what hangs on their exact numbers. Setup that builds a new world
    /// forgets it.
    pub fn stretch_delays(&mut self, stretch: Stretch) {
        self.world.network_mut().stretch(stretch);
    }

    /// True time.
    pub fn now(&self) -> Instant {
        self.world.now()
    }

    /// How many events were processed.
    pub fn events(&self) -> u64 {
        self.world.events()
    }

    /// Boots all replicas, once.
    fn start(&mut self, out: &mut Recorded) {
        if self.started {
            return;
        }
        self.started = true;
        for replica in ReplicaId::all(self.hosts.len()) {
            self.boot(replica, EntryId::NONE, out);
        }
    }

    /// Appends an entry to the trace and returns its id.
    #[inline]
    fn record(&mut self, out: &mut Recorded, cause: EntryId, actor: Actor, what: Happened) -> EntryId {
        self.entries += 1;
        out.trace.push(TraceEntry { at: self.world.now(), cause, actor, what });
        EntryId(self.entries)
    }

    /// Schedules an event; a world that is full stops.
    #[inline]
    fn schedule(&mut self, after_us: u64, event: Event) {
        if let Err(error) = self.world.schedule_in(after_us, event) {
            self.failed.get_or_insert(error);
        }
    }

    fn next_operation(&mut self) -> OpId {
        let op = OpId(self.operations);
        self.operations += 1;
        op
    }
}

/// Appends to the history.
#[inline]
fn note(out: &mut Recorded, entry: HistoryEntry) {
    out.history.push(entry);
}
