//! convergence: once all is quiet and repaired, every replica shows the join of all writes that replicas have.
//!
//! Judged on demand. From the record the judge rebuilds which replica applied which write on its present disk, joins
//! them with its own models and compares with what each replica shows. A write whose every holder lost its disk is
//! not in the join. If something is still under way, or the beginning of the record is gone, the verdict is unknown.
//!
//! It asks less of some keys, since their join depends on when a replica did what: an `item` of which a tombstone was
//! collected, and a `profile` whose resolver was switched once something had happened, or that keeps siblings and has
//! been on a log. There all must agree, on something that was written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::model::{change, content, join, newest, normal, winner};
use super::replay::{Replay, Write};
use super::siblings;
use super::verdict::{Cause, Sentence, Underway, Unknown, Verdict, Violation};
use crate::base::limits::VIOLATIONS_KEPT;
use crate::base::{Claim, Instant, KeyId, ReplicaId, Resolver, Service, Value};
use crate::record::{HistoryEntry, TraceEntry};

/// What a replica answers now if it is read. A key that it does not have shows nothing and can be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The replica.
    pub replica: ReplicaId,
    /// The key.
    pub key: KeyId,
    /// The answer.
    pub value: Value,
}

/// What every replica has from the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// The key.
    pub key: KeyId,
    /// Its service.
    pub service: Service,
    /// Its value: a number, a text (of a feed, its first post), or posts.
    pub value: Value,
}

/// What the judge needs besides the record.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// How many replicas there are.
    pub replicas: usize,
    /// Now.
    pub at: Instant,
    /// What was given, each key once.
    pub given: &'a [Given],
    /// What each replica shows now.
    pub shown: &'a [Shown],
    /// The resolver of `profile` in force.
    pub resolver: Resolver,
    /// Whether it was another one earlier in the run.
    pub resolver_switched: bool,
    /// What is still under way.
    pub underway: Underway,
    /// Entries of history and trace that were dropped from their beginnings.
    pub dropped: u64,
}

/// The verdict on convergence now, over the whole record.
pub fn judge<'a>(
    evidence: &Evidence<'_>,
    history: impl IntoIterator<Item = &'a HistoryEntry>,
    trace: impl IntoIterator<Item = &'a TraceEntry>,
) -> Verdict {
    if evidence.dropped > 0 {
        return Verdict::unknown(Claim::Convergence, Unknown::Truncated { dropped: evidence.dropped });
    }
    if !evidence.underway.is_quiet() {
        return Verdict::unknown(Claim::Convergence, Unknown::Underway(evidence.underway));
    }
    let court = Court::new(evidence, Replay::of(history, trace));
    let mut violations = Vec::new();
    let mut count = 0;
    for key in court.keys() {
        let Some(sentence) = court.judge(key) else { continue };
        count += 1;
        if violations.len() < VIOLATIONS_KEPT {
            let (claim, at, operations) = (Claim::Convergence, evidence.at, sentence.operations());
            violations.push(Arc::new(Violation { claim, at, invoked: at, key, operations, sentence }));
        }
    }
    Verdict::of(Claim::Convergence, violations, count)
}

/// The evidence, by key.
struct Court<'a> {
    evidence: &'a Evidence<'a>,
    replay: Replay,
    given: BTreeMap<KeyId, Given>,
    shown: BTreeMap<(KeyId, ReplicaId), Value>,
}

impl<'a> Court<'a> {
    fn new(evidence: &'a Evidence<'a>, replay: Replay) -> Self {
        let given = evidence.given.iter().map(|given| (given.key, *given)).collect();
        let shown = evidence.shown.iter().map(|shown| ((shown.key, shown.replica), shown.value)).collect();
        Self { evidence, replay, given, shown }
    }

    fn keys(&self) -> BTreeSet<KeyId> {
        let shown = self.shown.keys().map(|(key, _)| *key);
        self.replay.keys().chain(self.given.keys().copied()).chain(shown).collect()
    }

    /// What is wrong with a key, if something is.
    fn judge(&self, key: KeyId) -> Option<Sentence> {
        let written = self.replay.any(key).map(|write| write.deed.op_type.service());
        let Some(service) = written.or(self.given.get(&key).map(|given| given.service)) else {
            return disagreement(&self.shown_of(key, |value| value), &[]);
        };
        let shown = self.shown_of(key, |value| normal(service, value));
        let given = self.given.get(&key).map(|given| given.value);
        let living = self.replay.living(key);
        let switched = service == Service::Profile && self.evidence.resolver_switched;
        if switched || self.replay.was_collected(key) {
            return disagreement(&shown, &living).or_else(|| invention(&shown, given, &living));
        }
        let keeps_siblings = service == Service::Profile && self.evidence.resolver == Resolver::Siblings;
        let standing = if keeps_siblings { self.replay.standing(key) } else { Vec::new() };
        let join = if keeps_siblings {
            siblings::shown(given.unwrap_or_default(), &standing)
        } else {
            normal(service, join(service, given, &living, self.evidence.resolver))
        };
        let (replica, value) = *shown.iter().find(|(_, value)| *value != join)?;
        let case = Case { service, replica, value, join, living: &living };
        let (cause, witness) = match service {
            Service::Stock | Service::Account | Service::Likes => case.of_counter(),
            Service::Feed => case.of_feed(),
            Service::Profile if keeps_siblings => case.of_siblings(&standing),
            Service::Profile | Service::Item | Service::Access | Service::Username | Service::Payment => {
                case.of_cell(self.evidence.resolver)
            }
        };
        Some(diverged(shown, Some(join), cause, &witness))
    }

    fn shown_of(&self, key: KeyId, normal: impl Fn(Value) -> Value) -> Vec<(ReplicaId, Value)> {
        let value = |replica| normal(self.shown.get(&(key, replica)).copied().unwrap_or_default());
        ReplicaId::all(self.evidence.replicas).map(|replica| (replica, value(replica))).collect()
    }
}

/// A replica that shows something else than the join.
struct Case<'a> {
    service: Service,
    replica: ReplicaId,
    value: Value,
    join: Value,
    living: &'a [Write],
}

impl Case<'_> {
    /// The writes that the replica never applied.
    fn missing(&self) -> Vec<Write> {
        self.living.iter().copied().filter(|write| !write.held.contains(self.replica)).collect()
    }

    fn lacks(&self, missing: &[Write]) -> (Cause, Vec<Write>) {
        let cause = Cause::Missing { replica: self.replica, count: missing.len() as u32 };
        (cause, missing.iter().take(1).copied().collect())
    }

    fn of_counter(&self) -> (Cause, Vec<Write>) {
        let replica = self.replica;
        let (Value::Int(value), Value::Int(join)) = (self.value, self.join) else {
            return (Cause::Invented { replica }, Vec::new());
        };
        let missing = self.missing();
        let lacking: i64 = missing.iter().map(change).sum();
        if !missing.is_empty() && join - value == lacking {
            return self.lacks(&missing);
        }
        let extra = value - join + lacking;
        let repeated = |write: &&Write| write.repeated.contains(replica) || change(write) == extra;
        let held = || self.living.iter().filter(|write| write.held.contains(replica));
        if let Some(write) = held().find(|write| change(write) == extra && write.repeated.contains(replica)) {
            return (Cause::Repeated { replica }, vec![*write]);
        }
        if let Some(write) = held().find(repeated) {
            return (Cause::Repeated { replica }, vec![*write]);
        }
        if missing.is_empty() {
            (Cause::Unexplained { replica }, self.living.last().copied().into_iter().collect())
        } else {
            self.lacks(&missing)
        }
    }

    fn of_feed(&self) -> (Cause, Vec<Write>) {
        let replica = self.replica;
        let missing = self.missing();
        if !missing.is_empty() {
            return self.lacks(&missing);
        }
        match self.living.iter().find(|write| write.repeated.contains(replica)) {
            Some(write) => (Cause::Repeated { replica }, vec![*write]),
            None => (Cause::Unexplained { replica }, newest(self.living).copied().into_iter().collect()),
        }
    }

    fn of_siblings(&self, standing: &[Write]) -> (Cause, Vec<Write>) {
        let missing: Vec<Write> = self.missing().into_iter().filter(|write| standing.contains(write)).collect();
        if !missing.is_empty() {
            return self.lacks(&missing);
        }
        let witness = standing.last().or(self.living.last()).copied();
        (Cause::Unexplained { replica: self.replica }, witness.into_iter().collect())
    }

    fn of_cell(&self, resolver: Resolver) -> (Cause, Vec<Write>) {
        let replica = self.replica;
        let Some(best) = winner(self.service, self.living, resolver) else {
            return (Cause::Invented { replica }, Vec::new());
        };
        if !best.held.contains(replica) {
            return self.lacks(&[*best]);
        }
        match self.living.iter().rev().find(|write| content(write) == self.value) {
            Some(other) => (Cause::Overruled { replica }, vec![*best, *other]),
            None => (Cause::Invented { replica }, vec![*best]),
        }
    }
}

/// What is wrong if replicas show different things; the witness is a write for each of two of them.
fn disagreement(shown: &[(ReplicaId, Value)], living: &[Write]) -> Option<Sentence> {
    let (_, first) = *shown.first()?;
    let (_, other) = *shown.iter().find(|(_, value)| *value != first)?;
    let says = |value| living.iter().rev().find(|write| content(write) == value);
    let witness: Vec<Write> = [first, other].into_iter().filter_map(says).copied().collect();
    Some(diverged(shown.to_vec(), None, Cause::Disagreement, &witness))
}

/// What is wrong if all show something that nobody wrote.
fn invention(shown: &[(ReplicaId, Value)], given: Option<Value>, living: &[Write]) -> Option<Sentence> {
    let (replica, value) = *shown.first()?;
    let is_content = |value| living.iter().any(|write| content(write) == value);
    let written = match value {
        Value::Versions { first, second, .. } => is_content(Value::Text(first)) && is_content(Value::Text(second)),
        value => is_content(value),
    };
    let is_start = value == given.unwrap_or_default() && (living.is_empty() || given.is_some());
    let witness: Vec<Write> = living.last().copied().into_iter().collect();
    (!written && !is_start).then(|| diverged(shown.to_vec(), None, Cause::Invented { replica }, &witness))
}

fn diverged(shown: Vec<(ReplicaId, Value)>, join: Option<Value>, cause: Cause, witness: &[Write]) -> Sentence {
    Sentence::Diverged { shown, join, cause, witness: witness.iter().map(|write| write.deed).collect() }
}
