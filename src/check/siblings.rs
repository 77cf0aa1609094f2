//! What a register that keeps siblings should show: every write that no later one replaced.
//!
//! A write replaces what its client had seen: its own writes that were acknowledged before, and all that the replicas of
//! its reads, or the homes behind them, had taken in when they served them. That is rebuilt from the record, as positions
//! in the order in which each replica took things in; nothing here knows of contexts or version vectors.

use std::collections::BTreeMap;

use super::replay::Write;
use crate::base::limits::REPLICAS_MAX;
use crate::base::{Actor, AttemptId, Column, Dot, Instant, KeyId, OpId, OpType, ReplicaId, Service, Value};
use crate::record::{Decision, HistoryEntry, Outcome};

/// What clients saw of registers, and when replicas took writes in.
#[derive(Clone, Debug, Default)]
pub(super) struct Sights {
    asked: BTreeMap<OpId, Asked>,
    decided: BTreeMap<AttemptId, (Instant, Decision)>,
    /// The homes that contributed to what was decided, where a quorum was asked.
    contributed: BTreeMap<AttemptId, Vec<Look>>,
    sessions: BTreeMap<(Actor, KeyId), Session>,
    /// When each replica lost a disk.
    lost: [Vec<Instant>; REPLICAS_MAX],
    /// How many disks a column's replica had lost before it wrote there, if any.
    lives: BTreeMap<Column, usize>,
    /// How many entries each replica has since.
    counts: [u32; REPLICAS_MAX],
    /// For a write and a life of a replica, the number of the entry by which it took the write in.
    taken: BTreeMap<(KeyId, Dot, ReplicaId, usize), u32>,
    /// For each read that was answered, the states behind it.
    looks: BTreeMap<(Actor, KeyId), Vec<Vec<Look>>>,
}

/// An operation on a register, and what its client had seen of it before.
#[derive(Clone, Copy, Debug)]
struct Asked {
    client: Actor,
    key: KeyId,
    before: (usize, usize),
}

/// What a client did with one register.
#[derive(Clone, Debug, Default)]
struct Session {
    looks: usize,
    /// Its writes, as far as it knows of them: an attempt that is accepted beside the one that was answered is none.
    own: Vec<Dot>,
}

/// A state behind an answer.
#[derive(Clone, Copy, Debug)]
struct Look {
    replica: ReplicaId,
    when: When,
    applied: u32,
}

/// Which of a replica's lives a state is of.
#[derive(Clone, Copy, Debug)]
enum When {
    /// The one of this instant.
    At(Instant),
    /// The one in which it wrote to this column.
    Column(Column),
}

impl Sights {
    pub(super) fn history(&mut self, entry: &HistoryEntry) {
        match *entry {
            HistoryEntry::Invoked { op, client, op_type, key, .. } if op_type.service() == Service::Profile => {
                let session = self.sessions.entry((client, key)).or_default();
                let before = (session.looks, session.own.len());
                self.asked.insert(op, Asked { client, key, before });
            }
            HistoryEntry::Contributed { attempt, basis, column, .. } if self.asked.contains_key(&attempt.op) => {
                let look = Look { replica: basis.replica, when: When::Column(column), applied: basis.applied };
                self.contributed.entry(attempt).or_default().push(look);
            }
            HistoryEntry::Decided { attempt, at, decision, .. } if self.asked.contains_key(&attempt.op) => {
                self.decided.insert(attempt, (at, decision));
            }
            HistoryEntry::Returned { op, attempt: Some(attempt), outcome: Outcome::Answered(_), .. } => {
                let (Some(asked), Some((at, decision))) = (self.asked.get(&op), self.decided.get(&attempt)) else {
                    return;
                };
                let session = self.sessions.entry((asked.client, asked.key)).or_default();
                if let Some((dot, ..)) = decision.write {
                    session.own.push(dot);
                    return;
                }
                session.looks += 1;
                let (replica, applied) = (decision.basis.replica, decision.basis.applied);
                let own = || vec![Look { replica, when: When::At(*at), applied }];
                let looks = self.contributed.get(&attempt).cloned().unwrap_or_else(own);
                self.looks.entry((asked.client, asked.key)).or_default().push(looks);
            }
            _ => {}
        }
    }

    /// A replica has one entry more.
    pub(super) fn counted(&mut self, replica: ReplicaId) {
        self.counts[replica.index()] += 1;
    }

    /// By that, it took in a write.
    pub(super) fn took_in(&mut self, replica: ReplicaId, write: &Write) {
        if write.deed.op_type == OpType::ProfileSet {
            let life = self.lost[replica.index()].len();
            let count = self.counts[replica.index()];
            self.taken.entry((write.key, write.dot, replica, life)).or_insert(count);
        }
    }

    pub(super) fn lost_disk(&mut self, replica: ReplicaId, at: Instant) {
        self.lost[replica.index()].push(at);
        self.counts[replica.index()] = 0;
    }

    /// From now on it writes to this column.
    pub(super) fn restarted(&mut self, replica: ReplicaId, column: Column) {
        self.lives.insert(column, self.lost[replica.index()].len());
    }

    /// Those of the writes to a key that none of them replaced, by their dots.
    pub(super) fn standing(&self, key: KeyId, living: &[Write]) -> Vec<Write> {
        let mut shown: BTreeMap<(ReplicaId, usize), u32> = BTreeMap::new();
        let mut own: Vec<Dot> = Vec::new();
        for asked in living.iter().filter_map(|write| self.asked.get(&write.deed.op)) {
            let looks = self.looks.get(&(asked.client, key)).map_or(&[][..], |looks| looks);
            for look in looks[..asked.before.0.min(looks.len())].iter().flatten() {
                let most = shown.entry((look.replica, self.life(look))).or_default();
                *most = look.applied.max(*most);
            }
            if let Some(session) = self.sessions.get(&(asked.client, key)) {
                own.extend(&session.own[..asked.before.1]);
            }
        }
        let was_shown = |write: &Write| {
            let taken = |(replica, life): (ReplicaId, usize)| self.taken.get(&(key, write.dot, replica, life));
            shown.iter().any(|(place, upto)| taken(*place).is_some_and(|at| at <= upto))
        };
        let is_replaced = |write: &Write| own.contains(&write.dot) || was_shown(write);
        let mut standing: Vec<Write> = living.iter().copied().filter(|write| !is_replaced(write)).collect();
        standing.sort_by_key(|write| write.dot);
        standing
    }

    /// Which of its replica's lives a state is of.
    fn life(&self, look: &Look) -> usize {
        match look.when {
            When::At(instant) => self.lost[look.replica.index()].iter().filter(|at| **at <= instant).count(),
            When::Column(column) => self.lives.get(&column).copied().unwrap_or(0),
        }
    }
}

/// What a register shows if these writes stand.
pub(super) fn shown(given: Value, standing: &[Write]) -> Value {
    match standing {
        [] => given,
        [only] => only.deed.argument,
        [first, second, ..] => match (first.deed.argument, second.deed.argument) {
            (Value::Text(first), Value::Text(second)) => {
                Value::Versions { first, second, count: standing.len() as u32 }
            }
            (first, _) => first,
        },
    }
}
