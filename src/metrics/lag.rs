//! How far each replica lags behind: by true time (*oracle*), and by its own metric (*observed*), which clocks and
//! lost heartbeats can fool. Where they part is a lesson.

use std::collections::VecDeque;
use std::sync::Arc;

use super::writes::Writes;
use crate::base::limits::REPLICAS_MAX;
use crate::base::time::MS;
use crate::base::{Instant, ReplicaId};

/// Samples of one series that are kept for charts: the last minute.
pub const SAMPLES_KEPT: usize = 600;
/// How often the oracle's lag is to be sampled, in microseconds of true time.
pub const SAMPLE_US: u64 = 100 * MS;
/// Alerts that are kept; older ones are only counted.
pub const ALERTS_KEPT: usize = 1_000;
/// The objective until one is chosen, in microseconds: half a second.
pub const OBJECTIVE_US: u64 = 500 * MS;

/// A measure over time.
#[derive(Clone, Debug, Default)]
pub struct Series {
    samples: Arc<VecDeque<(Instant, u64)>>,
    last_us: Option<u64>,
    max_us: u64,
}

impl Series {
    fn add(&mut self, at: Instant, us: u64) {
        let samples = Arc::make_mut(&mut self.samples);
        if samples.len() == SAMPLES_KEPT {
            samples.pop_front();
        }
        samples.push_back((at, us));
        self.last_us = Some(us);
        self.max_us = self.max_us.max(us);
    }

    /// The last sample in microseconds, if there is one.
    pub fn last_us(&self) -> Option<u64> {
        self.last_us
    }

    /// The largest sample of all time in microseconds.
    pub fn max_us(&self) -> u64 {
        self.max_us
    }

    /// The last [`SAMPLES_KEPT`] samples, oldest first.
    pub fn samples(&self) -> impl ExactSizeIterator<Item = (Instant, u64)> {
        self.samples.iter().copied()
    }
}

/// A replica's own metric was over the objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// When it was raised.
    pub at: Instant,
    /// Whose.
    pub replica: ReplicaId,
    /// What it said then, in microseconds.
    pub observed_us: u64,
    /// When it was first within the objective again.
    pub cleared_at: Option<Instant>,
}

/// The lag of all replicas.
#[derive(Clone, Debug)]
pub struct Lag {
    replicas: usize,
    oracle: [Series; REPLICAS_MAX],
    observed: [Series; REPLICAS_MAX],
    objective_us: u64,
    alerts: Arc<VecDeque<Alert>>,
    raised: [bool; REPLICAS_MAX],
    alert_count: u64,
}

impl Lag {
    /// Nothing measured yet, in a cluster of `replicas`.
    pub fn new(replicas: usize) -> Self {
        Self {
            replicas,
            oracle: Default::default(),
            observed: Default::default(),
            objective_us: OBJECTIVE_US,
            alerts: Arc::default(),
            raised: [false; REPLICAS_MAX],
            alert_count: 0,
        }
    }

    /// Alerts are raised from now on when a replica's metric says more than this, in microseconds.
    pub fn hold_to(&mut self, objective_us: u64) {
        self.objective_us = objective_us;
    }

    /// The objective in microseconds.
    pub fn objective_us(&self) -> u64 {
        self.objective_us
    }

    /// Takes the oracle's lag of every replica. Called every [`SAMPLE_US`], so that charts do not depend on the load.
    pub fn sample(&mut self, now: Instant, writes: &Writes) {
        for (replica, series) in ReplicaId::all(self.replicas).zip(&mut self.oracle) {
            series.add(now, writes.lag_us(replica, now));
        }
    }

    /// A replica's own metric spoke.
    pub fn observe(&mut self, at: Instant, replica: ReplicaId, observed_us: u64) {
        let Some(series) = self.observed.get_mut(replica.index()) else { return };
        series.add(at, observed_us);
        let raised = &mut self.raised[replica.index()];
        if observed_us > self.objective_us && !*raised {
            *raised = true;
            self.raise(Alert { at, replica, observed_us, cleared_at: None });
        } else if observed_us <= self.objective_us && *raised {
            *raised = false;
            let alerts = Arc::make_mut(&mut self.alerts);
            if let Some(alert) = alerts.iter_mut().rev().find(|alert| alert.replica == replica) {
                alert.cleared_at = Some(at);
            }
        }
    }

    /// By true time.
    pub fn oracle(&self, replica: ReplicaId) -> &Series {
        &self.oracle[replica.index()]
    }

    /// By the replica's own metric.
    pub fn observed(&self, replica: ReplicaId) -> &Series {
        &self.observed[replica.index()]
    }

    /// Whether the replica's alert is raised now.
    pub fn is_raised(&self, replica: ReplicaId) -> bool {
        self.raised[replica.index()]
    }

    /// The last [`ALERTS_KEPT`] alerts, oldest first.
    pub fn alerts(&self) -> impl DoubleEndedIterator<Item = &Alert> {
        self.alerts.iter()
    }

    /// How many alerts were raised in all.
    pub fn alert_count(&self) -> u64 {
        self.alert_count
    }

    fn raise(&mut self, alert: Alert) {
        let alerts = Arc::make_mut(&mut self.alerts);
        if alerts.len() == ALERTS_KEPT {
            alerts.pop_front();
        }
        alerts.push_back(alert);
        self.alert_count += 1;
    }
}
