//! Measures: everything that an expectation can compare, one row a kind.
//!
//! The table is what help, completion, the README and errors read; a name that is not in it is an error with the
//! nearest one.

use crate::base::{Fault, OpType, ReplicaId, Service};

/// A measure of a run, or of one of its branches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Of which branch, else of this run.
    pub branch: Option<String>,
    /// Of what.
    pub kind: MeasureKind,
}

/// What is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeasureKind {
    /// Of a client.
    Client {
        /// Which.
        client: String,
        /// What.
        measure: ClientMeasure,
    },
    /// Of a workload.
    Workload {
        /// Which.
        workload: String,
        /// What.
        measure: WorkloadMeasure,
    },
    /// Of an operation type.
    Operation {
        /// Which.
        op_type: OpType,
        /// What.
        measure: OpMeasure,
    },
    /// Of a replica.
    Replica {
        /// Which.
        replica: ReplicaId,
        /// What.
        measure: ReplicaMeasure,
    },
    /// What a replica shows now for a key.
    Shown {
        /// The replica.
        replica: ReplicaId,
        /// The service.
        service: Service,
        /// The key.
        key: String,
    },
    /// How much of a key a replica may take alone.
    Grant {
        /// The replica.
        replica: ReplicaId,
        /// The key, of stock or of an account.
        key: String,
    },
    /// Of the whole run.
    World(WorldMeasure),
    /// How often a kind of fault changed an outcome.
    Fault(Fault),
}

/// Of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the table below describes each")]
pub enum ClientMeasure {
    Last,
    Completed,
    Lies,
}

/// Of a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the table below describes each")]
pub enum WorkloadMeasure {
    Availability,
    AvailabilityLeast,
}

/// A statistic over operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is its own name")]
pub enum Statistic {
    Max,
    P50,
    P99,
    Mean,
}

/// Of an operation type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the table below describes each")]
pub enum OpMeasure {
    Staleness(Statistic),
    StalenessVersionsMax,
    Latency(Statistic),
    Availability,
    Invoked,
    Done,
    Refused,
    Unknown,
    Overflowed,
}

/// Of a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the table below describes each")]
pub enum ReplicaMeasure {
    Lag,
    LagMax,
    LagObserved,
    LagObservedMax,
    Offset,
    OffsetBelieved,
}

/// Of the whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the table below describes each")]
pub enum WorldMeasure {
    Alerts,
    Violations,
    Retries,
    MessagesSent,
    MessagesDropped,
    MessagesDuplicated,
    RepairRuns,
    RepairSucceeded,
    RepairFailed,
    RepairKeys,
    TombstonesAlive,
    TombstonesCollected,
    TombstonesResurrected,
    Charges,
    Lies,
}

/// What kind of value a measure has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Signed microseconds.
    Time,
    /// A share of all, written in percent.
    Share,
    /// A whole number.
    Count,
    /// A number, a text, `refused`, `unknown` or `nothing`.
    Value,
}

impl Unit {
    /// What such a value is, for errors and help.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Time => "a time",
            Self::Share => "a percentage",
            Self::Count => "a count",
            Self::Value => "a value",
        }
    }
}

/// How a row of the table is built from a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// `CLIENT.…`
    Client(ClientMeasure),
    /// `WORKLOAD.…`
    Workload(WorkloadMeasure),
    /// `OPERATION.…`
    Operation(OpMeasure),
    /// `REPLICA.…`
    Replica(ReplicaMeasure),
    /// `REPLICA.SERVICE[KEY]`
    Shown,
    /// `REPLICA.grant[KEY]`
    Grant,
    /// A name of its own.
    World(WorldMeasure),
    /// `fault[NAME]`
    Fault,
}

/// A row of the table of measures.
#[derive(Clone, Copy, Debug)]
pub struct MeasureSpec {
    /// What comes after the name of whose it is: `last` in `ana.last`; a whole name if it is of the run.
    pub suffix: &'static str,
    /// How it is built.
    pub template: Template,
    /// What kind of value it has.
    pub unit: Unit,
    /// One line for help.
    pub summary: &'static str,
    /// A condition that can be typed after `expect`.
    pub example: &'static str,
}

macro_rules! rows {
    ($($suffix:literal $template:expr, $unit:ident $summary:literal $example:literal;)*) => {
        &[$(MeasureSpec {
            suffix: $suffix, template: $template, unit: Unit::$unit, summary: $summary, example: $example,
        }),*]
    };
}

use ClientMeasure as C;
use OpMeasure as O;
use ReplicaMeasure as R;
use Statistic as S;
use Template::{Client, Operation, Replica, Workload, World};
use WorkloadMeasure as L;
use WorldMeasure as W;

/// All measures.
pub const MEASURES: &[MeasureSpec] = rows! {
    "last" Client(C::Last), Value "the client's last answer: a number, a text, refused, unknown or nothing" "ben.last == 10";
    "completed" Client(C::Completed), Count "operations of the client that were answered" "ana.completed >= 1";
    "lies" Client(C::Lies), Count "how often its screen said done, and it was not" "ana.lies == 0";
    "availability" Workload(L::Availability), Share "answered operations of the workload among those that have ended" "w1.availability >= 99%";
    "availability.least" Workload(L::AvailabilityLeast), Share "the same at the home of its clients where it is lowest" "w1.availability.least >= 99.9%";
    "staleness.max" Operation(O::Staleness(S::Max)), Time "the greatest staleness of a read" "stock.level.staleness.max > 0ms";
    "staleness.p50" Operation(O::Staleness(S::P50)), Time "the staleness that half of the reads stay within" "feed.read.staleness.p50 < 50ms";
    "staleness.p99" Operation(O::Staleness(S::P99)), Time "the staleness that 99 of 100 reads stay within" "feed.read.staleness.p99 < 200ms";
    "staleness.mean" Operation(O::Staleness(S::Mean)), Time "the mean staleness of reads" "feed.read.staleness.mean < 50ms";
    "staleness.versions.max" Operation(O::StalenessVersionsMax), Count "the most writes that a read was behind" "stock.level.staleness.versions.max <= 1";
    "latency.p50" Operation(O::Latency(S::P50)), Time "the time that half of the answers stay within" "profile.get.latency.p50 <= 10ms";
    "latency.p99" Operation(O::Latency(S::P99)), Time "the time that 99 of 100 answers stay within" "account.balance.latency.p99 <= 5ms";
    "latency.max" Operation(O::Latency(S::Max)), Time "the time of the slowest answer" "stock.level.latency.max < 1s";
    "availability" Operation(O::Availability), Share "answered operations among the invoked ones" "account.deposit.availability >= 99.9%";
    "invoked" Operation(O::Invoked), Count "operations that began" "account.withdraw.invoked > 0";
    "done" Operation(O::Done), Count "operations that were answered and done" "account.withdraw.done == 2";
    "refused" Operation(O::Refused), Count "operations that were answered with a refusal" "account.withdraw.refused == 0";
    "unknown" Operation(O::Unknown), Count "operations whose outcome the client does not know" "stock.reserve.unknown == 0";
    "overflowed" Operation(O::Overflowed), Count "arrivals of a workload that found its queue full" "stock.reserve.overflowed == 0";
    "lag" Replica(R::Lag), Time "the age of the oldest acknowledged write it has not applied, by true time" "r2.lag < 100ms";
    "lag.max" Replica(R::LagMax), Time "the greatest such age so far" "r2.lag.max > 1s";
    "lag.observed" Replica(R::LagObserved), Time "what the replica's own metric says of its lag" "r2.lag.observed < 100ms";
    "lag.observed.max" Replica(R::LagObservedMax), Time "the greatest that this metric has said" "r2.lag.observed.max < r2.lag.max";
    "offset" Replica(R::Offset), Time "how far its wall clock is ahead of true time" "r2.offset > 50ms";
    "offset.believed" Replica(R::OffsetBelieved), Time "what its NTP believes of that; nothing before it measured" "r2.offset.believed == 0ms";
    "SERVICE[KEY]" Template::Shown, Value "what the replica shows now for a key" "r3.stock[mug] == 10";
    "grant[KEY]" Template::Grant, Count "how much of a key of stock, or else of an account, it may take alone" "r3.grant[mug] > 0";
    "alerts" World(W::Alerts), Count "alerts that the objective for lag has raised" "alerts == 0";
    "violations" World(W::Violations), Count "violations that judges have found" "violations >= 1";
    "retries" World(W::Retries), Count "attempts after the first" "retries > 0";
    "messages.sent" World(W::MessagesSent), Count "messages sent" "messages.sent > 0";
    "messages.dropped" World(W::MessagesDropped), Count "messages that faults swallowed" "messages.dropped == 0";
    "messages.duplicated" World(W::MessagesDuplicated), Count "messages that faults delivered twice" "messages.duplicated == 0";
    "repair.runs" World(W::RepairRuns), Count "repairs that began" "repair.runs >= 1";
    "repair.succeeded" World(W::RepairSucceeded), Count "repairs that ended well" "repair.succeeded == repair.runs";
    "repair.failed" World(W::RepairFailed), Count "repairs that failed" "repair.failed == 0";
    "repair.keys" World(W::RepairKeys), Count "keys in which repairs found a difference" "repair.keys > 0";
    "tombstones.alive" World(W::TombstonesAlive), Count "tombstones that replicas keep now" "tombstones.alive == 0";
    "tombstones.collected" World(W::TombstonesCollected), Count "tombstones that were collected" "tombstones.collected > 0";
    "tombstones.resurrected" World(W::TombstonesResurrected), Count "deleted items that came back" "tombstones.resurrected == 0";
    "provider.charges" World(W::Charges), Count "how often the outside provider charged a card" "provider.charges == 0";
    "lies" World(W::Lies), Count "how often the screens of all clients said done, and it was not" "lies == 0";
    "fault[NAME]" Template::Fault, Count "how often a kind of fault changed an outcome" "fault[partition] > 0";
};

impl MeasureSpec {
    /// How its name is written, with capitals for what is to be put in.
    pub fn pattern(&self) -> String {
        match self.template {
            Client(_) => format!("CLIENT.{}", self.suffix),
            Workload(_) => format!("WORKLOAD.{}", self.suffix),
            Operation(_) => format!("OPERATION.{}", self.suffix),
            Replica(_) | Template::Shown | Template::Grant => format!("REPLICA.{}", self.suffix),
            World(_) | Template::Fault => self.suffix.to_owned(),
        }
    }
}

impl MeasureKind {
    fn template(&self) -> Template {
        match self {
            Self::Client { measure, .. } => Client(*measure),
            Self::Workload { measure, .. } => Workload(*measure),
            Self::Operation { measure, .. } => Operation(*measure),
            Self::Replica { measure, .. } => Replica(*measure),
            Self::Shown { .. } => Template::Shown,
            Self::Grant { .. } => Template::Grant,
            Self::World(measure) => World(*measure),
            Self::Fault(_) => Template::Fault,
        }
    }

    /// Its row.
    pub fn spec(&self) -> &'static MeasureSpec {
        let template = self.template();
        // A test holds that every measure that can be parsed has a row.
        MEASURES.iter().find(|spec| spec.template == template).unwrap_or(&MEASURES[0])
    }

    /// What kind of value it has.
    pub fn unit(&self) -> Unit {
        self.spec().unit
    }
}

/// The word for a kind of fault in the language: its name without spaces.
pub fn fault_word(fault: Fault) -> String {
    fault.name().replace(' ', "-")
}

/// The kind of fault with this word.
pub fn parse_fault(word: &str) -> Option<Fault> {
    Fault::ALL.into_iter().find(|fault| fault_word(*fault) == word)
}
