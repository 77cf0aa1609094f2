//! World commands: everything that a person can do to the simulated world, as data.
//!
//! The language parses into these, the screen emits them, a recording is a list of them with instants. Names of
//! clients, keys and workloads are still texts here; applying a command interns them.

use crate::base::{Hazard, Instant, Level, MessageClass, OpType, ReplicaId, Resolver, Service};
use crate::sim::Delay;
pub use crate::wire::settings::{RetrySettings, RetryTo};

pub use crate::clock::NtpSettings;
pub use crate::sim::{SlowBy, Topology};

/// A replica, or a client by its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// A replica.
    Replica(ReplicaId),
    /// A declared client.
    Client(String),
}

/// A link that a command is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkTarget {
    /// One end; the sender if one way.
    pub from: Party,
    /// The other end.
    pub to: Party,
    /// Both directions or one.
    pub ways: Ways,
    /// Only this class of messages, or all.
    pub class: Option<MessageClass>,
}

/// Directions of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ways {
    /// There and back.
    Both,
    /// From the first to the second only.
    One,
}

/// An argument as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// A number.
    Int(i64),
    /// A text.
    Text(String),
    /// Another key, and an amount.
    Transfer {
        /// The key.
        to: String,
        /// How much.
        amount: i64,
    },
}

/// What `heal` mends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heal {
    /// All links and partitions.
    Links,
    /// Those, and it restarts, resumes and stops load.
    All,
    /// The links of these parties.
    Only(Vec<Party>),
}

/// What a crash does to the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disk {
    /// State survives.
    Keep,
    /// State is gone.
    Lose,
}

/// How arrivals of a workload are spaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrivals {
    /// A Poisson process.
    #[default]
    Poisson,
    /// Evenly.
    Even,
}

/// An open-loop workload: operations arrive at their rate whatever completes.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadSettings {
    /// Its name; its clients are `NAME.1`, `NAME.2`, …
    pub name: String,
    /// The operation types it draws from, equally.
    pub op_types: Vec<OpType>,
    /// Arrivals in a second.
    pub per_second: u32,
    /// How they are spaced.
    pub arrivals: Arrivals,
    /// The key, if there is one; else `keys` keys `k1`, `k2`, … drawn equally.
    pub key: Option<String>,
    /// How many keys, if no key is named.
    pub keys: u32,
    /// The amount of each operation that takes one.
    pub amount: i64,
    /// How many clients it brings, spread over the replicas in id order, or all at `at`.
    pub clients: u16,
    /// Where its clients live, if at one replica.
    pub at: Option<ReplicaId>,
    /// Whether a load balancer sends each operation to a replica of its own choice, not to the client's home.
    pub is_balanced: bool,
    /// How many arrivals may wait for a free client.
    pub queue: u32,
}

/// When replicas repair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RepairSettings {
    /// Each replica starts one with the next peer this often.
    Every(u64),
    /// Never by themselves.
    Off,
    /// Now, between these two.
    Now(ReplicaId, ReplicaId),
}

/// A command of the world.
#[allow(clippy::large_enum_variant, reason = "commands are few; a box around the mixture of delays would be noise")]
#[derive(Clone, Debug, PartialEq)]
pub enum WorldCommand {
    /// The seed of all randomness. Setup.
    Seed(u64),
    /// How many replicas, how far apart. Setup.
    Cluster {
        /// From 1 to 9.
        replicas: usize,
        /// Delays.
        topology: Topology,
    },
    /// Declares clients with their homes. Setup.
    Clients(Vec<(String, Option<ReplicaId>)>),
    /// A value that every replica has from the start. Setup.
    Given {
        /// The service.
        service: Service,
        /// The key.
        key: String,
        /// The value.
        value: Literal,
    },
    /// A client begins an operation.
    Operate {
        /// The client.
        client: String,
        /// The type.
        op_type: OpType,
        /// The key.
        key: String,
        /// What it carries, if it takes something.
        argument: Option<Literal>,
        /// At which replica, else at home.
        via: Option<ReplicaId>,
    },
    /// Binds operation types to a level.
    Policy {
        /// The glob, as it was typed.
        glob: String,
        /// The level.
        level: Level,
        /// The replica that operations without a `via=` of their own go to, else the client's home.
        via: Option<ReplicaId>,
        /// Whether a switch to a log does not wait for silent replicas.
        force: bool,
    },
    /// Gives a service another resolver.
    Merge {
        /// The service.
        service: Service,
        /// The resolver.
        resolver: Resolver,
    },
    /// Cuts the links between sides. Actors that are not named keep theirs.
    Partition {
        /// Two or more sides.
        sides: Vec<Vec<Party>>,
        /// Both directions, or only from the first side to the second.
        ways: Ways,
    },
    /// Cuts all links of these parties with everyone else.
    Isolate(Vec<Party>),
    /// Mends.
    Heal(Heal),
    /// A link goes up and down.
    Flap {
        /// Which.
        link: LinkTarget,
        /// How long it is up, in microseconds.
        up_us: u64,
        /// How long it is down, in microseconds.
        down_us: u64,
    },
    /// A link is slower.
    SlowLink {
        /// Which.
        link: LinkTarget,
        /// By how much.
        by: SlowBy,
    },
    /// A link has another distribution of delays.
    Delay {
        /// Which.
        link: LinkTarget,
        /// The distribution.
        delay: Delay,
    },
    /// A link loses messages.
    Lose {
        /// Which.
        link: LinkTarget,
        /// The probability, 0 to 1.
        probability: f64,
    },
    /// A link delivers messages twice.
    Duplicate {
        /// Which.
        link: LinkTarget,
        /// The probability, 0 to 1.
        probability: f64,
    },
    /// A link lets messages be overtaken.
    Reorder {
        /// Which.
        link: LinkTarget,
        /// The probability, 0 to 1.
        probability: f64,
        /// The greatest extra delay, in microseconds.
        by_us: u64,
    },
    /// A link carries so many bytes in a second.
    Bandwidth {
        /// Which.
        link: LinkTarget,
        /// Bytes in a second; `None` lifts the limit.
        bytes_per_second: Option<u64>,
    },
    /// A replica crashes.
    Crash {
        /// Which.
        replica: ReplicaId,
        /// With or without its disk.
        disk: Disk,
    },
    /// A crashed replica starts again.
    Restart(ReplicaId),
    /// An actor stops handling inputs; its clock runs on.
    Pause {
        /// Who.
        party: Party,
        /// For how long, else until `resume`.
        for_us: Option<u64>,
    },
    /// A paused actor goes on.
    Resume(Party),
    /// A replica takes this long for each input; 0 mends it.
    SlowReplica {
        /// Which.
        replica: ReplicaId,
        /// Microseconds.
        per_input_us: u64,
    },
    /// Sets a clock's offset from true time.
    Skew {
        /// Whose.
        party: Party,
        /// Microseconds; positive is ahead.
        offset_us: i64,
    },
    /// Sets a clock's drift.
    Drift {
        /// Whose.
        party: Party,
        /// Parts per million; positive is fast.
        ppm: i64,
    },
    /// Moves a clock's wall at once.
    Step {
        /// Whose.
        party: Party,
        /// Microseconds.
        by_us: i64,
    },
    /// Lets NTP correct a clock, or stops it.
    Ntp {
        /// Whose.
        party: Party,
        /// How, or `None` to stop it.
        settings: Option<NtpSettings>,
    },
    /// Makes a clock's wall readings noisy.
    Noise {
        /// Whose.
        party: Party,
        /// The greatest error of a reading, in microseconds; 0 mends it.
        bound_us: u64,
    },
    /// How a client tries again.
    Retry {
        /// Which client or workload; all, if `None`.
        client: Option<String>,
        /// How.
        settings: RetrySettings,
    },
    /// Starts a workload.
    Load(LoadSettings),
    /// Stops a workload, or all.
    Stop(Option<String>),
    /// Turns a hazard on or off.
    Hazard {
        /// Which.
        hazard: Hazard,
        /// On or off.
        on: bool,
    },
    /// Turns the push of new writes on or off; repair goes on.
    Gossip {
        /// On or off.
        on: bool,
    },
    /// When replicas repair.
    Repair(RepairSettings),
    /// How long tombstones are kept, in microseconds of each replica's own wall clock.
    Grace(u64),
    /// How often replicas send heartbeats, in microseconds.
    Heartbeat(u64),
    /// Makes a replica the primary, whoever is it now.
    Promote(ReplicaId),
    /// How long followers hear nothing of the primary before they make another one, in microseconds; `None`: never by
    /// themselves.
    Failover(Option<u64>),
    /// One person tells another something outside of the system, which no clock and no context in it can see.
    Tell {
        /// Who.
        from: String,
        /// Whom.
        to: String,
    },
    /// The objective for the observed lag, in microseconds.
    Slo(u64),
    /// How the outside card provider works.
    Provider {
        /// Whether it knows a payment by its key; `None` leaves it.
        keys: Option<bool>,
        /// How long a request to it takes, and its answer, in microseconds; `None` leaves it.
        delay_us: Option<u64>,
    },
}

impl WorldCommand {
    /// Whether it builds the world, before anything happens in it.
    pub fn is_setup(&self) -> bool {
        matches!(self, Self::Seed(_) | Self::Cluster { .. } | Self::Clients(_) | Self::Given { .. })
    }
}

/// A command with its place in the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// When.
    pub at: Instant,
    /// How many events had been processed.
    pub events: u64,
    /// What.
    pub command: WorldCommand,
    /// The line that was typed, or an equal one.
    pub text: String,
}
