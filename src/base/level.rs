//! Consistency levels with their options, and what each of them says of itself.

use super::operation::OpType;
use super::{KeyId, LogId, ReplicaId, ReplicaSet};

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

/// How a session finds a replica that knows what it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// Always at the same replica, the one where its first operation of this level went.
    Affinity,
    /// Always at a named replica.
    Pinned(ReplicaId),
    /// Anywhere; a read sleeps first, for so many microseconds by the client's own clock.
    Wait(u32),
    /// At a replica that holds what the session saw; one that is behind says so.
    Token,
}

/// Options of `session`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Session {
    /// How it finds a replica.
    pub strategy: Strategy,
    /// Whether each replica applies the writes of one origin in the order in which that made them.
    pub fifo: bool,
}

/// Where the version of a quorum write comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum StampBy {
    /// A read of R homes first: later than the newest of what they have, and than the coordinator's clock.
    #[default]
    Read,
    /// The coordinator's clock alone, a round trip less.
    Clock,
}

/// Options of `quorum`. `1 <= reads, writes <= homes`.
#[allow(clippy::struct_excessive_bools, reason = "each is an option that a person switches by itself")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quorum {
    /// R: how many homes a read waits for.
    pub reads: u8,
    /// W: how many homes have a write before it is acknowledged.
    pub writes: u8,
    /// N: how many replicas are homes of a key.
    pub homes: u8,
    /// Where the version of a write comes from.
    pub stamp: StampBy,
    /// Whether a read waits until what it returns is on W homes.
    pub write_back: bool,
    /// Whether replicas beyond the homes stand in for homes that are not heard.
    pub sloppy: bool,
    /// Whether a read mends the homes that it finds behind.
    pub read_repair: bool,
    /// Whether the coordinator keeps a write for a home that does not confirm it, and brings it later.
    pub hints: bool,
}

impl Quorum {
    /// R, W and N with read repair and hints on, everything else off.
    pub const fn of(reads: u8, writes: u8, homes: u8) -> Self {
        Self {
            reads,
            writes,
            homes,
            stamp: StampBy::Read,
            write_back: false,
            sloppy: false,
            read_repair: true,
            hints: true,
        }
    }

    /// The homes of a key in a cluster of `replicas`: as many as N says, from the key's number on, around.
    pub fn homes_of(self, key: KeyId, replicas: usize) -> ReplicaSet {
        let mut homes = ReplicaSet::EMPTY;
        for place in key.index()..key.index() + usize::from(self.homes).min(replicas) {
            homes.insert(ReplicaId((place % replicas) as u8));
        }
        homes
    }

    /// With how many other homes a replica that lost its disk has to merge until it counts: then one of them has, of each
    /// acknowledged write, what the replica had. With W = 1 there may be none.
    pub fn merges(self) -> usize {
        usize::from((self.homes - self.writes + 1).min(self.homes - 1))
    }

    /// Whether every set of R homes meets every set of W homes, and nobody else counts.
    pub fn overlaps(self) -> bool {
        self.reads + self.writes > self.homes && !self.sloppy
    }
}

/// A consistency level with its options.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Level {
    /// The replica that is reached answers from what it has and tells the others afterwards.
    #[default]
    Eventual,
    /// The same, and the session finds a replica that knows what it did.
    Session(Session),
    /// Whoever sees a write sees what its writer had seen, of all services.
    Causal,
    /// A write is on W of N homes before it is acknowledged, and a read asks R of them.
    Quorum(Quorum),
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
    pub const NAMES: [&'static str; 8] =
        ["eventual", "session", "causal", "bounded", "quorum", "primary", "linearizable", "threshold"];
    /// The sleep of `session(wait)` where somebody only names it, in microseconds.
    pub const SLEEP_US: u32 = 100_000;
    /// How much `threshold` keeps for the log where somebody only names it: lists and help.
    pub const THRESHOLD_EXAMPLE: u32 = 5;

    /// The word for it in the language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Eventual => "eventual",
            Self::Session(_) => "session",
            Self::Causal => "causal",
            Self::Quorum(_) => "quorum",
            Self::Linearizable(_) => "linearizable",
            Self::Threshold(..) => "threshold",
            Self::Primary(_) => "primary",
            Self::Bounded(_) => "bounded",
        }
    }

    /// The level with this name and default options; where there are none, with those of an example.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "eventual" => Some(Self::Eventual),
            "session" => Some(Self::Session(Session { strategy: Strategy::Token, fifo: false })),
            "causal" => Some(Self::Causal),
            "quorum" => Some(Self::Quorum(Quorum::of(2, 2, 3))),
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
            Self::Bounded(us) => format!("bounded({})", time_text(us)),
            Self::Session(session) => session.text(),
            Self::Quorum(quorum) => quorum.text(),
            _ => self.name().to_owned(),
        }
    }

    /// What it promises, in one line.
    pub fn promise(self) -> &'static str {
        match self {
            Self::Eventual => "convergence: all replicas agree once the news has travelled",
            Self::Session(session) => session.promise(),
            Self::Causal => "causality: whoever sees a write can see what its writer had seen, of every service",
            Self::Quorum(quorum) => quorum.promise(),
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
            Self::Session(_) => {
                "session(affinity) goes to one replica always, the first that it turned to. session(pinned,r1) goes to a \
                 named one. session(wait,100ms) sleeps before each read and goes anywhere. session(token) asks any replica \
                 and shows it what the session has seen; a replica that is behind says so at once, and the client goes to \
                 the one that answered it last, else waits. With `fifo`, as in session(token,fifo), replicas apply the \
                 writes of one origin in the order in which it made them."
            }
            Self::Causal => {
                "a write carries what its session had seen, and replicas hold it back until they have that. A replica \
                 that lacks what a session has seen says so at once; its client goes to the one that answered it last, \
                 else waits."
            }
            Self::Quorum(_) => {
                "quorum(R,W,N): each key has N homes; a write is acknowledged when W of them have it, a read returns the \
                 newest of what R of them answer. More options, with commas: stamp=clock takes the version from the \
                 coordinator's clock and not from a read of R homes; write-back lets a read wait until W homes have what it \
                 returns; sloppy lets replicas beyond N stand in for homes that are not heard; read-repair=off and \
                 hints=off leave homes that are behind alone. The other replicas hear of writes by gossip and do not count."
            }
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
            Self::Quorum(_) if op_type == OpType::AccountTransfer => Some(Unfit::TwoKeys),
            level if (level.log().is_some() || matches!(level, Self::Quorum(_))) && op_type.is_outside() => {
                Some(Unfit::Outside)
            }
            _ => None,
        }
    }

    /// The log that decides operations of this level, if one does.
    #[inline]
    pub fn log(self) -> Option<LogId> {
        match self {
            Self::Eventual | Self::Session(_) | Self::Causal | Self::Quorum(_) => None,
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
    /// An outside provider decides it, which no log and no quorum can.
    Outside,
    /// It changes two keys, which have homes of their own.
    TwoKeys,
}

impl Session {
    fn text(self) -> String {
        let strategy = match self.strategy {
            Strategy::Affinity => "affinity".to_owned(),
            Strategy::Pinned(replica) => format!("pinned,{replica}"),
            Strategy::Wait(us) => format!("wait,{}", time_text(us)),
            Strategy::Token => "token".to_owned(),
        };
        format!("session({strategy}{})", if self.fifo { ",fifo" } else { "" })
    }

    fn promise(self) -> &'static str {
        match self.strategy {
            Strategy::Affinity => "read-your-writes and monotonic reads, while the session's replica lives",
            Strategy::Pinned(_) => "the same, if reads and writes both go to the named replica and it lives",
            Strategy::Wait(_) => "nothing: only that a fresh answer is likelier",
            Strategy::Token => "read-your-writes and monotonic reads, wherever the session goes",
        }
    }
}

impl Quorum {
    fn text(self) -> String {
        let mut text = format!("quorum({},{},{}", self.reads, self.writes, self.homes);
        let options = [
            (self.stamp == StampBy::Clock, ",stamp=clock"),
            (self.write_back, ",write-back"),
            (self.sloppy, ",sloppy"),
            (!self.read_repair, ",read-repair=off"),
            (!self.hints, ",hints=off"),
        ];
        options.iter().filter(|(is_set, _)| *is_set).for_each(|(_, option)| text.push_str(option));
        text.push(')');
        text
    }

    fn promise(self) -> &'static str {
        match (self.overlaps() && self.stamp == StampBy::Read, self.write_back) {
            (true, true) => "linearizability of plain reads and writes, where all of the service are bound to it",
            (true, false) => {
                "regularity: a read returns the last write that was acknowledged before it, or one beside it"
            }
            (false, _) => "a likelier fresh answer, and nothing certain",
        }
    }
}

/// A time as scripts write it, in the largest unit that it is a whole number of.
fn time_text(us: u32) -> String {
    match us {
        us if us % 1_000_000 == 0 => format!("{}s", us / 1_000_000),
        us if us % 1_000 == 0 => format!("{}ms", us / 1_000),
        us => format!("{us}us"),
    }
}
