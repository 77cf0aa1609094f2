//! The policy table: operation type → level, and service → resolver.

use super::operation::{OPERATIONS, OpSet, OpType, Service};
use super::{LogId, ReplicaId};

/// How a leader makes sure that it still leads before it serves a linearizable read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ReadBy {
    /// A majority answers a round of heartbeats that began after the read arrived.
    #[default]
    Index,
    /// A majority answered lately enough that no other leader can have been elected, if clocks run at about one rate.
    Lease,
}

/// What lets a replica take from a bounded counter alone, at `threshold`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cover {
    /// A grant, which the log counts as taken until it is given back: escrow (O'Neil, *The Escrow Transactional
    /// Method*, 1986), the demarcation protocol (Barbará and Garcia-Molina 1994), bounded counters (Balegas et al. 2015).
    Grants,
    /// Its own view, as long as that shows enough. Others may be taking the same at the same moment.
    Naive,
}

impl Cover {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Grants, Self::Naive];
}

/// A consistency level with its options.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Level {
    /// The replica that is reached answers from what it has and tells the others afterwards.
    #[default]
    Eventual,
    /// One log that a majority agrees on (Raft) decides writes, and reads see all that was done before them.
    Linearizable(ReadBy),
    /// A replica takes from a bounded counter alone while more than so much is left; what it may not take alone, the
    /// log decides. With 0 and grants this is escrow. The number is 0 to [`AMOUNT_MAX`](super::limits::AMOUNT_MAX).
    Threshold(u32, Cover),
    /// One replica decides and ships its log to the others.
    Primary(Shipping),
    /// Writes as at `primary`; a read is served where it arrives, if that replica's metric says that it lags at most so
    /// many microseconds, else by the primary.
    Bounded(u32),
}

/// Options of `primary`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Shipping {
    /// How many followers have a write on disk before it is acknowledged (`semi-sync`).
    pub followers: u8,
    /// Whether a read is served by the replica that it reaches: a prefix of what was written.
    pub local_reads: bool,
}

impl Level {
    /// The bound of `bounded` without one, in microseconds.
    pub const BOUND_US: u32 = 500_000;
    /// The names of all levels, as scripts write them.
    pub const NAMES: [&'static str; 5] = ["eventual", "bounded", "primary", "linearizable", "threshold"];
    /// How much `threshold` keeps for the log where somebody only names it: lists and help.
    pub const THRESHOLD_EXAMPLE: u32 = 5;

    /// The word for it in the language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Eventual => "eventual",
            Self::Linearizable(_) => "linearizable",
            Self::Threshold(..) => "threshold",
            Self::Primary(_) => "primary",
            Self::Bounded(_) => "bounded",
        }
    }

    /// The level with this name and default options; `threshold` has none, it is that of an example.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "eventual" => Some(Self::Eventual),
            "linearizable" => Some(Self::Linearizable(ReadBy::Index)),
            "threshold" => Some(Self::Threshold(Self::THRESHOLD_EXAMPLE, Cover::Grants)),
            "primary" => Some(Self::Primary(Shipping::default())),
            "bounded" => Some(Self::Bounded(Self::BOUND_US)),
            _ => None,
        }
    }

    /// It with its options, as scripts write it.
    pub fn text(self) -> String {
        match self {
            Self::Linearizable(ReadBy::Lease) => "linearizable(lease-read)".to_owned(),
            Self::Threshold(above, Cover::Grants) => format!("threshold({above})"),
            Self::Threshold(above, Cover::Naive) => format!("threshold({above},naive)"),
            Self::Primary(Shipping { followers: 0, local_reads: true }) => "primary(local)".to_owned(),
            Self::Primary(Shipping { followers, local_reads: true }) => format!("primary(semi-sync={followers},local)"),
            Self::Primary(Shipping { followers: 1.., .. }) => format!("primary(semi-sync={})", self.followers()),
            Self::Bounded(us) if us % 1_000_000 == 0 => format!("bounded({}s)", us / 1_000_000),
            Self::Bounded(us) if us % 1_000 == 0 => format!("bounded({}ms)", us / 1_000),
            Self::Bounded(us) => format!("bounded({us}us)"),
            _ => self.name().to_owned(),
        }
    }

    /// What it promises, in one line.
    pub fn promise(self) -> &'static str {
        match self {
            Self::Eventual => "convergence: all replicas agree once the news has travelled",
            Self::Linearizable(_) => {
                "linearizability: as if there were one copy, where all reads and writes of the service are bound to it"
            }
            Self::Primary(_) => "one copy at the primary, until a failover loses the tail of its log or two answer",
            Self::Bounded(_) => "reads that are late by no more than the bound, as far as clocks agree",
            Self::Threshold(_, Cover::Grants) => {
                "no oversell: a replica takes alone what it was granted, and the log decides the last ones"
            }
            Self::Threshold(_, Cover::Naive) => {
                "nothing: a replica takes alone while it sees enough, and others may be taking the same"
            }
        }
    }

    /// What else there is to know about it, for help; empty if its promise says all.
    pub fn details(self) -> &'static str {
        match self {
            Self::Eventual => "",
            Self::Linearizable(_) => {
                "linearizable(lease-read) lets the leader answer reads alone while its lease runs."
            }
            Self::Primary(_) => {
                "primary answers before any other replica has a write; primary(semi-sync=1) waits until so many followers \
                 have it on disk. Reads go to the primary; with primary(local) the replica that is reached answers, with as \
                 much of the log as it has. Another primary is made by `promote`, or by `failover auto` once a majority \
                 hears none."
            }
            Self::Bounded(_) => {
                "bounded(500ms): a replica answers reads alone while it has heard within that time that it misses nothing of \
                 the log; else the primary does. Writes are those of primary. Reads are late by no more than the bound and \
                 the difference of both clocks, with all writes of the service on the log and one primary at a time."
            }
            Self::Threshold(..) => {
                "threshold(n), n a whole number from 0: a replica is granted its share of what is above n, and takes that \
                 alone. What is more goes through the log, which counts all grants as taken; the last n are never granted. \
                 threshold(0) is escrow: it refuses while others hold the rest, until they return it. threshold(n,naive) \
                 has no grants: a replica takes alone while it sees that n stay. For stock.reserve and account.withdraw; an \
                 account.transfer touches two accounts and always goes through the log. A pattern such as stock.* binds \
                 these and leaves all other types as they are."
            }
        }
    }

    /// Why operations of a type cannot have this level, if they cannot.
    pub fn unfit(self, op_type: OpType) -> Option<Unfit> {
        match self {
            Self::Threshold(..) if !op_type.takes() => Some(Unfit::TakesNothing),
            level if level.log().is_some() && op_type.is_outside() => Some(Unfit::Outside),
            _ => None,
        }
    }

    /// The log that decides operations of this level, if one does.
    #[inline]
    pub fn log(self) -> Option<LogId> {
        match self {
            Self::Eventual => None,
            Self::Linearizable(_) | Self::Threshold(..) => Some(LogId::Raft),
            Self::Primary(_) | Self::Bounded(_) => Some(LogId::Primary),
        }
    }

    /// How many followers have a write on disk before it is acknowledged.
    #[inline]
    pub fn followers(self) -> u8 {
        if let Self::Primary(shipping) = self { shipping.followers } else { 0 }
    }
}

/// Why a level is not for an operation type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It takes nothing from a counter that must not fall below 0, so there is nothing to grant.
    TakesNothing,
    /// An outside provider decides it, which no log can.
    Outside,
}

/// How concurrent versions of one register merge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Resolver {
    /// The larger wall reading wins, ties by dot.
    #[default]
    LwwWall,
    /// The larger hybrid timestamp wins, ties by dot.
    LwwHlc,
}

impl Resolver {
    /// All resolvers.
    pub const ALL: [Self; 2] = [Self::LwwWall, Self::LwwHlc];

    /// The word for it in the language.
    pub fn name(self) -> &'static str {
        match self {
            Self::LwwWall => "lww-wall",
            Self::LwwHlc => "lww-hlc",
        }
    }

    /// The resolver with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|resolver| resolver.name() == name)
    }
}

/// What is bound now. An operation keeps the level of its invocation, retries included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    levels: [Level; OPERATIONS.len()],
    routes: [Option<ReplicaId>; OPERATIONS.len()],
    resolvers: [Resolver; Service::ALL.len()],
}

impl Default for Policy {
    /// Every operation type at `eventual`, every register `lww-wall`.
    fn default() -> Self {
        Self {
            levels: [Level::default(); OPERATIONS.len()],
            routes: [None; OPERATIONS.len()],
            resolvers: [Resolver::default(); Service::ALL.len()],
        }
    }
}

impl Policy {
    /// The level of an operation type.
    #[inline]
    pub fn level(&self, op_type: OpType) -> Level {
        self.levels[op_type as usize]
    }

    /// Binds an operation type to a level. A type for which the level is not stays as it is: so a pattern binds what it
    /// can.
    pub fn bind(&mut self, op_type: OpType, level: Level) {
        if level.unfit(op_type).is_none() {
            self.levels[op_type as usize] = level;
        }
    }

    /// What lets a replica do operations of this type alone, beside the log that decides them. A transfer takes from one
    /// counter and adds to another in one step, which only the log can: it never has a cover.
    #[inline]
    pub fn cover(&self, op_type: OpType) -> Option<Cover> {
        match self.level(op_type) {
            Level::Threshold(_, cover) if op_type.takes_alone() => Some(cover),
            _ => None,
        }
    }

    /// How much of each counter of a service is never granted, if its type of taking is at `threshold` with grants.
    #[inline]
    pub fn kept_for_log(&self, service: Service) -> Option<i64> {
        match service.taker().map(|op_type| self.level(op_type)) {
            Some(Level::Threshold(above, Cover::Grants)) => Some(i64::from(above)),
            _ => None,
        }
    }

    /// The types that a log decides.
    pub fn on_log(&self, log: LogId) -> OpSet {
        OPERATIONS.iter().map(|spec| spec.op_type).filter(|op_type| self.level(*op_type).log() == Some(log)).collect()
    }

    /// Whether some type is at this level.
    pub fn has(&self, level: Level) -> bool {
        self.levels.contains(&level)
    }

    /// A service of which several logs would decide something, if there is one.
    pub fn mixed(&self) -> Option<Service> {
        let on = LogId::ALL.map(|log| self.on_log(log));
        Service::ALL.into_iter().find(|service| on.iter().all(|types| types.touches(*service)))
    }

    /// The replica that operations of this type go to when they name none; `None` for the client's home.
    #[inline]
    pub fn route(&self, op_type: OpType) -> Option<ReplicaId> {
        self.routes[op_type as usize]
    }

    /// Sends the operations of a type that name no replica to this one, or home again.
    pub fn send_via(&mut self, op_type: OpType, replica: Option<ReplicaId>) {
        self.routes[op_type as usize] = replica;
    }

    /// The resolver of a service.
    #[inline]
    pub fn resolver(&self, service: Service) -> Resolver {
        self.resolvers[service as usize]
    }

    /// Gives a service another resolver.
    ///
    /// Only `profile` has a choice: `item` is a timestamped cell by definition (`lww-wall`), the others are counters
    /// and logs, which merge without one.
    pub fn set_resolver(&mut self, service: Service, resolver: Resolver) {
        self.resolvers[service as usize] = resolver;
    }
}
