//! Hand-made records for the tests of judges and metrics: a few verbs that write the entries a cluster would.
//!
//! Times are milliseconds, replicas are numbered from 1 as people see them.

use super::{Basis, Decision, Happened, HistoryEntry, Outcome, TraceEntry, credit_of};
use crate::base::time::MS;
use crate::base::{
    Actor, Answer, AttemptId, Column, Context, Dot, EntryId, Hlc, Instant, KeyId, LocalInstant, OpId, OpType, Refusal,
    ReplicaId, Stamp, Value,
};

/// One entry of either stream, in the order of the steps.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Entry {
    Trace(TraceEntry),
    History(HistoryEntry),
}

/// What happened so far.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    pub(crate) entries: Vec<Entry>,
    /// The next counter of each column.
    counters: [u32; 16],
    /// The column that each replica writes to.
    columns: [Column; 9],
    /// What each operation is: its key, its attempts so far, and what it carries.
    operations: Vec<(KeyId, u16, Value)>,
    /// The key of each write, to apply it elsewhere.
    writes: Vec<(Dot, KeyId)>,
    /// What is added to the wall of each replica, in milliseconds.
    pub(crate) skew_ms: [i64; 9],
}

/// The first two clients.
pub(crate) const ANA: Actor = Actor(Actor::FIRST_CLIENT);
pub(crate) const BEN: Actor = Actor(Actor::FIRST_CLIENT + 1);

/// The replica that people see as `r{number}`.
pub(crate) fn r(number: u8) -> ReplicaId {
    ReplicaId(number - 1)
}

fn at(ms: u64) -> Instant {
    Instant(ms * MS)
}

impl Story {
    pub(crate) fn new() -> Self {
        Self {
            entries: Vec::new(),
            counters: [1; 16],
            columns: std::array::from_fn(|index| Column(index as u8)),
            operations: Vec::new(),
            writes: Vec::new(),
            skew_ms: [0; 9],
        }
    }

    pub(crate) fn trace(&self) -> impl Iterator<Item = &TraceEntry> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Trace(entry) => Some(entry),
            Entry::History(_) => None,
        })
    }

    pub(crate) fn history(&self) -> impl Iterator<Item = &HistoryEntry> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::History(entry) => Some(entry),
            Entry::Trace(_) => None,
        })
    }

    /// Adds any entry of the trace.
    pub(crate) fn happen(&mut self, ms: u64, actor: impl Into<Actor>, what: Happened) {
        let entry = TraceEntry { at: at(ms), cause: EntryId::NONE, actor: actor.into(), what };
        self.entries.push(Entry::Trace(entry));
    }

    /// A client begins an operation and sends its first attempt.
    pub(crate) fn invoke(&mut self, ms: u64, client: Actor, op_type: OpType, key: u32, argument: Value) -> AttemptId {
        let op = self.queue(ms, client, op_type, key, argument);
        self.attempt(ms, op)
    }

    /// A client begins an operation that is not sent yet.
    pub(crate) fn queue(&mut self, ms: u64, client: Actor, op_type: OpType, key: u32, argument: Value) -> OpId {
        let op = OpId(self.operations.len() as u32);
        let key = KeyId(key);
        self.operations.push((key, 0, argument));
        let (at, local) = (at(ms), LocalInstant::default());
        let entry = HistoryEntry::Invoked { op, at, intended: at, local, client, op_type, key, argument };
        self.entries.push(Entry::History(entry));
        op
    }

    /// A client sends the next attempt.
    pub(crate) fn attempt(&mut self, ms: u64, op: OpId) -> AttemptId {
        let number = &mut self.operations[op.0 as usize].1;
        let attempt = AttemptId { op, number: *number };
        *number += 1;
        let local = LocalInstant::default();
        self.entries.push(Entry::History(HistoryEntry::Attempted { attempt, at: at(ms), local, to: ReplicaId(0) }));
        attempt
    }

    /// A replica accepts a write.
    pub(crate) fn accept(&mut self, ms: u64, attempt: AttemptId, replica: ReplicaId) -> Dot {
        let column = self.columns[replica.index()];
        let counter = self.counters[column.index()];
        self.counters[column.index()] += 1;
        let dot = Dot { column, counter };
        let (key, _, argument) = self.operations[attempt.op.0 as usize];
        self.writes.push((dot, key));
        self.apply(ms, replica, dot);
        if let Some((to, credit)) = credit_of(argument, dot) {
            self.counters[column.index()] += 1;
            self.writes.push((credit, to));
            self.apply(ms, replica, credit);
        }
        let wall_us = (ms * MS) as i64 + self.skew_ms[replica.index()] * MS as i64;
        let stamp = Stamp { wall_us, hlc: Hlc { l_us: (ms * MS) as i64, c: 0 } };
        self.decide(ms, attempt, replica, Answer::Done(Value::Nil), Some((dot, stamp, Context::default())));
        dot
    }

    /// The outside provider charges for an attempt.
    pub(crate) fn charge(&mut self, ms: u64, attempt: AttemptId, replica: ReplicaId, amount: i64) {
        let key = self.operations[attempt.op.0 as usize].0;
        self.entries.push(Entry::History(HistoryEntry::Charged { attempt, at: at(ms), replica, key, amount }));
    }

    /// A replica refuses a conditional write.
    pub(crate) fn refuse(&mut self, ms: u64, attempt: AttemptId, replica: ReplicaId) {
        self.decide(ms, attempt, replica, Answer::Refused(Refusal::Insufficient), None);
    }

    /// A replica answers a read.
    pub(crate) fn serve(&mut self, ms: u64, attempt: AttemptId, replica: ReplicaId, value: Value) {
        self.decide(ms, attempt, replica, Answer::Done(value), None);
    }

    /// A home that had taken in so much contributes to what is decided next.
    pub(crate) fn contribute(&mut self, ms: u64, attempt: AttemptId, home: ReplicaId, applied: u32) {
        let basis = Basis { replica: home, applied, logs: Default::default() };
        let column = self.columns[home.index()];
        self.entries.push(Entry::History(HistoryEntry::Contributed { attempt, at: at(ms), basis, column }));
    }

    /// A client gets the answer to an attempt.
    pub(crate) fn answered(&mut self, ms: u64, attempt: AttemptId) {
        self.end(ms, attempt.op, Some(attempt), Outcome::Answered(Answer::Done(Value::Nil)));
    }

    /// An operation ends.
    pub(crate) fn end(&mut self, ms: u64, op: OpId, attempt: Option<AttemptId>, outcome: Outcome) {
        let local = LocalInstant::default();
        self.entries.push(Entry::History(HistoryEntry::Returned { op, attempt, at: at(ms), local, outcome }));
    }

    /// A write that is begun, accepted 1 ms later and acknowledged after another one.
    pub(crate) fn write(&mut self, ms: u64, client: Actor, op_type: OpType, key: u32, argument: Value, via: u8) -> Dot {
        let attempt = self.invoke(ms, client, op_type, key, argument);
        let dot = self.accept(ms + 1, attempt, r(via));
        self.answered(ms + 2, attempt);
        dot
    }

    /// A read that is begun, served 1 ms later and answered after another one.
    pub(crate) fn read(&mut self, ms: u64, client: Actor, op_type: OpType, key: u32, via: u8) -> OpId {
        let attempt = self.invoke(ms, client, op_type, key, Value::Nil);
        self.serve(ms + 1, attempt, r(via), Value::Nil);
        self.answered(ms + 2, attempt);
        attempt.op
    }

    /// A replica applies one write.
    pub(crate) fn apply(&mut self, ms: u64, replica: ReplicaId, dot: Dot) {
        let known = self.writes.iter().rev().find(|(known, _)| *known == dot);
        let key = known.map_or(KeyId(0), |(_, key)| *key);
        self.happen(ms, replica, Happened::Applied { column: dot.column, key, counter: dot.counter });
    }

    /// Several replicas apply one write.
    pub(crate) fn apply_at(&mut self, ms: u64, replicas: &[u8], dot: Dot) {
        for replica in replicas {
            self.apply(ms, r(*replica), dot);
        }
    }

    /// A replica gets a range by repair.
    pub(crate) fn repair(&mut self, ms: u64, replica: ReplicaId, column: Column, key: u32, range: (u32, u32)) {
        let (after, upto) = range;
        self.happen(ms, replica, Happened::AppliedRange { column, key: KeyId(key), after, upto });
    }

    /// A replica loses its disk and comes back with another column.
    pub(crate) fn lose_disk(&mut self, ms: u64, replica: ReplicaId, column: Column) {
        self.happen(ms, replica, Happened::Crashed { disk_lost: true });
        self.happen(ms, replica, Happened::Restarted { column });
        self.columns[replica.index()] = column;
    }

    /// The hazard: a replica numbers its writes from 1 again.
    pub(crate) fn reuse_dots(&mut self, replica: ReplicaId) {
        self.counters[self.columns[replica.index()].index()] = 1;
    }

    fn decide(
        &mut self,
        ms: u64,
        attempt: AttemptId,
        replica: ReplicaId,
        answer: Answer,
        write: Option<(Dot, Stamp, Context)>,
    ) {
        let basis = Basis { replica, applied: 0, logs: Default::default() };
        let decision = Decision { answer, basis, write };
        let (at, local) = (at(ms), LocalInstant::default());
        self.entries.push(Entry::History(HistoryEntry::Decided { attempt, at, local, decision }));
    }
}
