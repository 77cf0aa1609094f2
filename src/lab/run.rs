//! A run: the cluster, and the folds over its record. It is `Clone`, and it is all that rewinds.
//!
//! Folds are fed in a fixed order: metrics, judges, answers, phones, story; within a step the trace before the history.

use std::collections::BTreeMap;

use crate::base::operation::OPERATIONS;
use crate::base::{Instant, OpType, ReplicaId, Service};
use crate::cluster::{Cluster, CommandError, WorldCommand};
use crate::metrics::{Metrics, lag};
use crate::record::{Digest, Recorded};
use crate::sim::{SimError, Stretch};

use super::answers::Answers;
use super::judges::Judges;
use super::log::Log;
use super::phones::Phones;
use super::story::{self, Roles};

/// A run.
#[derive(Clone, Debug)]
pub struct Run {
    cluster: Cluster,
    metrics: Metrics,
    judges: Judges,
    answers: Answers,
    phones: Phones,
    roles: Roles,
    marks: BTreeMap<String, Instant>,
    digest: Digest,
    next_sample: Instant,
    /// Kept for its space.
    fresh: Recorded,
}

impl Default for Run {
    fn default() -> Self {
        Self::of(Cluster::default())
    }
}

impl Run {
    fn of(cluster: Cluster) -> Self {
        let replicas = cluster.view().replica_count();
        let mut metrics = Metrics::new(replicas);
        metrics.hold_to(cluster.view().slo_us());
        Self {
            cluster,
            metrics,
            judges: Judges::default(),
            answers: Answers::default(),
            phones: Phones::default(),
            roles: Roles::default(),
            marks: BTreeMap::new(),
            digest: Digest::default(),
            next_sample: Instant::ZERO,
            fresh: Recorded::default(),
        }
    }

    /// The cluster.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// What was measured.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The live judges.
    pub fn judges(&self) -> &Judges {
        &self.judges
    }

    /// What each client was last told.
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// What the screen of each named client said.
    pub fn phones(&self) -> &Phones {
        &self.phones
    }

    /// Stretches all delays from now on. It is no command, so it is not recorded.
    pub(super) fn stretch_delays(&mut self, stretch: Stretch) {
        self.cluster.stretch_delays(stretch);
    }

    /// True time.
    pub fn now(&self) -> Instant {
        self.cluster.now()
    }

    /// How many events were processed.
    pub fn events(&self) -> u64 {
        self.cluster.events()
    }

    /// The hash of the record up to now: two runs that tell the same story have the same.
    pub fn digest(&self) -> u64 {
        self.digest.value()
    }

    /// Names this instant.
    pub fn mark(&mut self, name: &str) {
        self.marks.insert(name.to_owned(), self.now());
    }

    /// Takes over the names of instants: they are the person's, so they do not rewind.
    pub(super) fn keep_marks_of(&mut self, before: Self) {
        self.marks = before.marks;
    }

    /// The instant that was named so.
    pub fn marked(&self, name: &str) -> Option<Instant> {
        self.marks.get(name).copied()
    }

    /// All names of instants.
    pub fn marks(&self) -> impl Iterator<Item = (&str, Instant)> {
        self.marks.iter().map(|(name, at)| (name.as_str(), *at))
    }

    /// When the next event is due.
    #[inline]
    pub fn next_event(&mut self, log: &mut Log) -> Option<Instant> {
        let due = self.cluster.next_event(&mut self.fresh);
        if !self.fresh.trace.is_empty() {
            self.absorb(log);
        }
        due
    }

    /// Processes one event. `None` if nothing is left to happen.
    ///
    /// # Errors
    /// If a bound of the world was reached.
    #[inline]
    pub fn step(&mut self, log: &mut Log) -> Result<Option<Instant>, SimError> {
        if let Some(due) = self.next_event(log) {
            self.sample_until(due);
        }
        let at = self.cluster.step(&mut self.fresh)?;
        self.absorb(log);
        Ok(at)
    }

    /// Moves time on to `to` if no event is due before.
    pub fn rest_until(&mut self, to: Instant, log: &mut Log) {
        if to <= self.now() {
            return; // asking for the next event would start a world that is still being set up
        }
        if self.next_event(log).is_none_or(|due| due > to) {
            self.sample_until(to);
            self.cluster.rest_until(to);
        }
    }

    /// Lets a command take effect.
    ///
    /// # Errors
    /// If it cannot; the run may then have half of it and is to be thrown away.
    pub(super) fn apply(&mut self, command: &WorldCommand, text: &str, log: &mut Log) -> Result<(), CommandError> {
        let started = self.cluster.view().is_started();
        let before = self.cluster.view().settings().policy;
        self.cluster.apply(command, &mut self.fresh)?;
        if !started {
            // Setup may have built another cluster.
            self.metrics = Metrics::new(self.cluster.view().replica_count());
        }
        self.metrics.hold_to(self.cluster.view().slo_us());
        let (now, policy) = (self.now(), self.cluster.view().settings().policy);
        if policy != before {
            let is_switched = |op_type: &OpType| policy.level(*op_type) != before.level(*op_type);
            let types = OPERATIONS.iter().map(|spec| spec.op_type).filter(is_switched);
            types.for_each(|op_type| self.metrics.switch(op_type, now));
        }
        self.judges.commanded(command, &self.cluster);
        if story::is_told(command) {
            log.story.push(story::command(self.now(), command, text));
        }
        self.absorb(log);
        Ok(())
    }

    /// Feeds what just happened to the folds, and appends it to the log.
    #[inline]
    fn absorb(&mut self, log: &mut Log) {
        let view = self.cluster.view();
        let policy = view.settings().policy;
        let resolver = policy.resolver(Service::Profile);
        for entry in &self.fresh.trace {
            self.digest.add(entry);
            let alerts = self.metrics.lag().alert_count();
            self.metrics.trace(entry, &policy);
            self.judges.trace(entry, resolver);
            story::trace(entry, alerts, &self.metrics, &mut self.roles, log);
            log.trace.push(*entry);
        }
        self.judges.settle(self.cluster.now(), resolver);
        self.phones.hollow(self.judges.take_hollow(), view);
        if self.judges.has_news() {
            story::news(&mut self.judges, self.metrics.operations(), view, log);
        }
        for entry in &self.fresh.history {
            self.digest.add(entry);
            self.metrics.history(entry, &policy);
            let spent = self.judges.history(entry, self.metrics.operations(), view);
            self.answers.history(entry, self.metrics.operations());
            self.phones.history(entry, self.metrics.operations(), view);
            self.phones.hollow(self.judges.take_hollow(), view);
            story::history(entry, &self.metrics, &self.answers, view, log);
            if let Some(violation) = spent {
                story::violation(&violation, view, log);
            }
            if self.judges.has_news() {
                story::news(&mut self.judges, self.metrics.operations(), view, log);
            }
            log.history.push(*entry);
        }
        self.fresh.clear();
    }

    #[inline]
    fn sample_until(&mut self, to: Instant) {
        while self.next_sample <= to {
            self.metrics.sample(self.next_sample);
            self.next_sample += lag::SAMPLE_US;
        }
    }

    /// The true lag of a replica now, in microseconds.
    pub fn lag_us(&self, replica: ReplicaId) -> u64 {
        self.metrics.writes().lag_us(replica, self.now())
    }
}
