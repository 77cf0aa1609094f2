//! What is measured, live: folds over the record.
//!
//! ```text
//! trace ───▶ applied, crashed ──▶ writes ──▶ lag (oracle)      observed lag ──▶ lag (observed), alerts
//!       └──▶ sent, dropped, repaired ──▶ traffic
//! history ─▶ operations ─▶ flights ─▶ writes (decided, acknowledged) ──▶ staleness ──▶ latency
//! ```
//!
//! Everything here knows true time and sees all replicas; no protocol may ask it. Start with [`writes`], the oracle's
//! table of what is missing where, from which lag and staleness follow. Within one step of the cluster the trace is
//! fed before the history, so that a read's staleness counts what its replica had just applied.
//!
//! All folds are part of snapshots: big tables are shared until they change. Most entries concern no fold and cost a
//! branch.

mod distribution;
mod flights;
pub mod lag;
pub mod latency;
pub mod staleness;
mod switched;
pub mod traffic;
pub mod writes;

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

pub use distribution::{Distribution, Summary};
pub use lag::{Alert, Lag, Series};
pub use latency::{Latency, OfOperations};
pub use staleness::{OfReads, Staleness};
pub use traffic::Traffic;
pub use writes::Writes;

use crate::base::{Answer, AttemptId, Instant, Level, OpId, OpType, Policy, Refusal, Resolver, Service};
use crate::record::{Decision, Happened, HistoryEntry, Operations, Outcome, TraceEntry, credit_of};
use flights::{Came, Flights};
use switched::Switched;
use writes::{Decided, Part};

/// All measures of a run.
#[derive(Clone, Debug)]
pub struct Metrics {
    operations: Operations,
    flights: Flights,
    writes: Writes,
    lag: Lag,
    staleness: Staleness,
    latency: Latency,
    traffic: Traffic,
    switched: Switched,
    /// The homes that contributed to what is decided next.
    parts: Vec<(AttemptId, Part)>,
}

impl Metrics {
    /// Nothing measured yet, in a cluster of `replicas`.
    pub fn new(replicas: usize) -> Self {
        Self {
            operations: Operations::default(),
            flights: Flights::default(),
            writes: Writes::new(replicas),
            lag: Lag::new(replicas),
            staleness: Staleness::default(),
            latency: Latency::default(),
            traffic: Traffic::default(),
            switched: Switched::default(),
            parts: Vec::new(),
        }
    }

    /// Takes in one entry of the trace. `policy` is the one in force, for its resolvers.
    #[inline]
    pub fn trace(&mut self, entry: &TraceEntry, policy: &Policy) {
        match entry.what {
            Happened::Applied { .. }
            | Happened::Superseded { .. }
            | Happened::AppliedRange { .. }
            | Happened::TakenBack { .. }
            | Happened::Crashed { .. } => {
                self.writes.trace(entry, policy);
            }
            Happened::Restarted { column } => {
                if let Some(replica) = entry.actor.as_replica() {
                    self.writes.begins(replica, column);
                }
            }
            Happened::ObservedLag { lag_us } => {
                if let Some(replica) = entry.actor.as_replica() {
                    self.lag.observe(entry.at, replica, lag_us);
                }
            }
            _ => self.traffic.trace(entry),
        }
    }

    /// Takes in one entry of the history, after the trace of the same step.
    #[inline]
    pub fn history(&mut self, entry: &HistoryEntry, policy: &Policy) {
        self.operations.history(entry);
        match *entry {
            HistoryEntry::Invoked { op_type, .. } => {
                if let Level::Quorum(_) = policy.level(op_type) {
                    self.writes.use_unions();
                }
                self.latency.invoked(op_type);
                self.switched.invoked(op_type);
            }
            HistoryEntry::Attempted { attempt, .. } => self.attempted(attempt),
            HistoryEntry::Decided { attempt, decision, .. } => {
                self.decided(attempt, &decision, policy.resolver(Service::Profile));
            }
            HistoryEntry::Returned { op, attempt, at, outcome, .. } => self.returned(op, attempt, at, outcome),
            HistoryEntry::Contributed { attempt, basis, column, .. } => {
                let part = self.writes.part(basis, column);
                if self.parts.first().is_some_and(|(own, _)| *own != attempt) {
                    self.parts.clear();
                }
                self.parts.push((attempt, part));
            }
            HistoryEntry::Moved { .. } | HistoryEntry::Charged { .. } => {}
        }
    }

    /// Takes the samples of `now`: to be called every [`lag::SAMPLE_US`] of true time.
    pub fn sample(&mut self, now: Instant) {
        self.lag.sample(now, &self.writes);
    }

    /// Alerts are raised from now on when a replica's own lag metric says more than this, in microseconds.
    pub fn hold_to(&mut self, objective_us: u64) {
        self.lag.hold_to(objective_us);
    }

    /// What was asked: the table that judges share.
    pub fn operations(&self) -> &Operations {
        &self.operations
    }

    /// What is missing where, now.
    pub fn writes(&self) -> &Writes {
        &self.writes
    }

    /// Lag over time, and its alerts.
    pub fn lag(&self) -> &Lag {
        &self.lag
    }

    /// The staleness of the reads of one type.
    pub fn staleness(&self, op_type: OpType) -> &OfReads {
        self.staleness.of(op_type)
    }

    /// Latency, outcomes and availability of one type.
    pub fn latency(&self, op_type: OpType) -> &OfOperations {
        self.latency.of(op_type)
    }

    /// A type has another level from now on: what is measured since then is kept apart.
    pub fn switch(&mut self, op_type: OpType, at: Instant) {
        self.switched.switch(op_type, at);
    }

    /// When the level of a type was switched last, if ever.
    pub fn switched_at(&self, op_type: OpType) -> Option<Instant> {
        self.switched.at(op_type)
    }

    /// Latency, outcomes and availability of one type since its level was switched last, else from the start.
    pub fn latency_since_switch(&self, op_type: OpType) -> &OfOperations {
        self.switched.operations(op_type).unwrap_or_else(|| self.latency.of(op_type))
    }

    /// The staleness of the reads of one type since its level was switched last, else from the start.
    pub fn staleness_since_switch(&self, op_type: OpType) -> &OfReads {
        self.switched.reads(op_type).unwrap_or_else(|| self.staleness.of(op_type))
    }

    /// Messages, retries, repairs, tombstones.
    pub fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// How stale the answer of a read was, in microseconds and in versions, for the story: known from its return until
    /// its client sends another operation.
    pub fn last_read(&self, op: OpId) -> Option<(u64, u32)> {
        let client = self.operations.get(op)?.client;
        match self.flights.answer(client, op)? {
            Came::Read { staleness_us, versions } => Some((staleness_us, versions)),
            Came::Write(_) => None,
        }
    }

    fn attempted(&mut self, attempt: AttemptId) {
        self.traffic.attempted(attempt.number);
        let Some(operation) = self.operations.get(attempt.op) else { return };
        for dot in self.flights.attempted(operation.client, attempt.op) {
            self.writes.abandoned(dot);
        }
    }

    fn decided(&mut self, attempt: AttemptId, decision: &Decision, resolver: Resolver) {
        let Some(operation) = self.operations.get(attempt.op).copied() else {
            if decision.write.is_some() {
                self.writes.count_untracked();
            }
            return;
        };
        let parts = std::mem::take(&mut self.parts);
        let replica = decision.basis.replica;
        // It decides nothing: the operation is still to be served.
        if decision.answer == Answer::Refused(Refusal::Behind) {
            return;
        }
        if let Some((dot, stamp, _)) = decision.write {
            let under_way = self.flights.is_under_way(operation.client, attempt.op);
            let (op_type, key) = (operation.op_type, operation.key);
            self.writes.decided(&Decided { dot, stamp, op_type, key, replica, under_way, resolver });
            if let Some((key, dot)) = credit_of(operation.argument, dot) {
                // Its own acknowledgement follows that of the debit, if it comes at all.
                let under_way = false;
                self.writes.decided(&Decided { dot, stamp, op_type, key, replica, under_way, resolver });
            }
            self.flights.decided(operation.client, attempt, Came::Write(dot));
        } else if operation.op_type.is_read() {
            let parts: Vec<Part> = parts.iter().filter(|(own, _)| *own == attempt).map(|(_, part)| *part).collect();
            let (staleness_us, versions) = match &parts[..] {
                [] => self.writes.staleness_at_serve(operation.key, replica, operation.invoked),
                parts => self.writes.staleness_of_union(operation.key, parts, operation.invoked),
            };
            self.flights.decided(operation.client, attempt, Came::Read { staleness_us, versions });
        }
    }

    fn returned(&mut self, op: OpId, attempt: Option<AttemptId>, at: Instant, outcome: Outcome) {
        let Some(operation) = self.operations.get(op).copied() else { return };
        self.latency.returned(operation.op_type, operation.intended, at, outcome);
        let by = attempt.filter(|_| matches!(outcome, Outcome::Answered(_))).map(|attempt| attempt.number);
        let (answer, others) = self.flights.returned(operation.client, op, by);
        let stale = match answer {
            Some(Came::Read { staleness_us, versions }) => Some((staleness_us, versions)),
            _ => None,
        };
        let (op_type, times) = (operation.op_type, (operation.intended, at));
        self.switched.returned(op_type, operation.invoked, times, outcome, stale);
        match answer {
            Some(Came::Write(dot)) => {
                self.writes.acknowledged(dot, at);
                if let Some((_, credit)) = credit_of(operation.argument, dot) {
                    self.writes.acknowledged(credit, at);
                }
            }
            Some(Came::Read { staleness_us, versions }) => {
                self.staleness.add(operation.op_type, staleness_us, versions);
            }
            None => {}
        }
        for dot in others {
            self.writes.abandoned(dot);
        }
    }
}
