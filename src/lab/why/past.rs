//! The past of one key, rebuilt from the record: who asked for what, which writes were accepted, and which of them each
//! replica had taken in when it decided.

use std::collections::BTreeMap;

use crate::base::limits::REPLICAS_MAX;
use crate::base::operation::Argument;
use crate::base::{
    Actor, Answer, AttemptId, Dot, Instant, KeyId, OpId, OpType, Refusal, ReplicaId, ReplicaSet, Resolver, Service,
    Stamp, Value,
};
use crate::cluster::{Catalog, WorldCommand};
use crate::lab::log::{Log, Ring};
use crate::lab::sitting::Sitting;
use crate::lab::telling;
use crate::record::{Decision, Happened, HistoryEntry, Outcome, TraceEntry, credit_of};

use super::homes::Homes;

/// One operation with all that came of it.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) op: OpId,
    pub(super) client: Actor,
    pub(super) op_type: OpType,
    pub(super) argument: Value,
    pub(super) invoked: Instant,
    pub(super) decided: Vec<Decided>,
    pub(super) returned: Option<Returned>,
}

/// What a replica decided on one attempt.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decided {
    pub(super) attempt: AttemptId,
    pub(super) at: Instant,
    pub(super) decision: Decision,
}

/// How an operation ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Returned {
    pub(super) at: Instant,
    pub(super) attempt: Option<AttemptId>,
    pub(super) outcome: Outcome,
}

impl Decided {
    /// Whether its replica lacked what the session had seen: then it decided nothing.
    pub(super) fn is_behind(&self) -> bool {
        self.decision.answer == Answer::Refused(Refusal::Behind)
    }
}

impl Asked {
    /// The decision that answered it.
    pub(super) fn answer(&self) -> Option<&Decided> {
        let attempt = self.returned?.attempt?;
        self.decided.iter().find(|decided| decided.attempt == attempt)
    }

    /// The replicas that lacked what its session had seen and said so, each with how often, in the order of their first
    /// time.
    pub(super) fn turned_away(&self) -> Vec<(ReplicaId, usize)> {
        let mut all: Vec<(ReplicaId, usize)> = Vec::new();
        for decided in self.decided.iter().filter(|decided| decided.is_behind()) {
            let replica = decided.decision.basis.replica;
            match all.iter_mut().find(|(own, _)| *own == replica) {
                Some((_, count)) => *count += 1,
                None => all.push((replica, 1)),
            }
        }
        all
    }
}

/// One accepted write.
#[derive(Clone, Copy, Debug)]
pub(super) struct Write {
    pub(super) op: OpId,
    pub(super) attempt: AttemptId,
    pub(super) client: Actor,
    pub(super) op_type: OpType,
    pub(super) argument: Value,
    pub(super) dot: Dot,
    pub(super) stamp: Stamp,
    /// Who accepted it, and when.
    pub(super) replica: ReplicaId,
    pub(super) at: Instant,
    /// Whether it is the credit of a transfer.
    pub(super) is_credit: bool,
    /// When its client learned of it.
    pub(super) acknowledged: Option<Instant>,
}

impl Write {
    /// By how much it changes a counter.
    pub(super) fn change(&self) -> i64 {
        match (self.op_type, self.argument) {
            (OpType::StockReserve | OpType::AccountWithdraw, Value::Int(amount)) => -amount,
            (_, Value::Transfer { amount, .. }) if self.is_credit => i64::from(amount),
            (_, Value::Transfer { amount, .. }) => -i64::from(amount),
            (_, Value::Int(amount)) => amount,
            (OpType::LikesAdd, _) => 1,
            _ => 0,
        }
    }
}

/// The past of one key.
#[derive(Debug)]
pub(super) struct Past<'a> {
    pub(super) sitting: &'a Sitting,
    pub(super) key: KeyId,
    pub(super) asked: BTreeMap<OpId, Asked>,
    /// In the order of their decisions.
    pub(super) writes: Vec<Write>,
    by_dot: BTreeMap<Dot, Vec<usize>>,
    /// The homes behind what quorums decided.
    pub(super) homes: Homes,
}

/// What each replica had taken in of the key up to somewhere in the trace: writes by their place, each as often as it
/// was applied.
#[derive(Clone, Debug, Default)]
pub(super) struct Knowledge {
    held: [Vec<usize>; REPLICAS_MAX],
    /// `Applied` and `AppliedRange` entries of any key since each replica last lost its disk: what a basis counts.
    pub(super) entries: [u32; REPLICAS_MAX],
}

impl Knowledge {
    pub(super) fn of(&self, replica: ReplicaId) -> &[usize] {
        &self.held[replica.index()]
    }

    /// Who holds a write.
    pub(super) fn holders(&self, write: usize) -> ReplicaSet {
        let mut holders = ReplicaSet::EMPTY;
        for (index, held) in self.held.iter().enumerate() {
            if held.contains(&write) {
                holders.insert(ReplicaId(index as u8));
            }
        }
        holders
    }
}

/// The key of an operation, if it is known.
pub(super) fn key_of(op: OpId, sitting: &Sitting) -> Option<KeyId> {
    if let Some(operation) = sitting.run().metrics().operations().get(op) {
        return Some(operation.key);
    }
    sitting.log().history.iter().rev().find_map(|entry| match entry {
        HistoryEntry::Invoked { op: own, key, .. } if *own == op => Some(*key),
        _ => None,
    })
}

/// The number in the trace of what a replica decided on one of some attempts. A replica that was paused may decide
/// several attempts at one operation at one instant.
pub(super) fn decision_number(
    log: &Log,
    replica: ReplicaId,
    at: Instant,
    is_meant: impl Fn(AttemptId) -> bool,
) -> Option<u64> {
    let first = log.trace.partition_point(|entry| entry.at < at);
    let is_of = |entry: &TraceEntry| matches!(entry.what, Happened::Decided { attempt } if is_meant(attempt));
    let decides = |entry: &TraceEntry| entry.actor == Actor::from(replica) && is_of(entry);
    let place = log.trace.since(first).take_while(|entry| entry.at == at).position(decides)?;
    Some(first + place as u64)
}

/// When an entry of the history was made.
pub(super) fn instant_of(entry: &HistoryEntry) -> Instant {
    match *entry {
        HistoryEntry::Invoked { at, .. }
        | HistoryEntry::Attempted { at, .. }
        | HistoryEntry::Moved { at, .. }
        | HistoryEntry::Decided { at, .. }
        | HistoryEntry::Charged { at, .. }
        | HistoryEntry::Contributed { at, .. }
        | HistoryEntry::Returned { at, .. } => at,
    }
}

fn first_instant<T>(ring: &Ring<T>, of: impl Fn(&T) -> Instant) -> Instant {
    ring.iter().next().map_or(Instant::ZERO, of)
}

impl<'a> Past<'a> {
    /// Reads the history once.
    pub(super) fn of(key: KeyId, sitting: &'a Sitting) -> Self {
        let (asked, writes, by_dot, homes) = (BTreeMap::new(), Vec::new(), BTreeMap::new(), Homes::default());
        let mut past = Self { sitting, key, asked, writes, by_dot, homes };
        for entry in sitting.log().history.iter() {
            past.read(entry);
        }
        past
    }

    fn read(&mut self, entry: &HistoryEntry) {
        match *entry {
            HistoryEntry::Invoked { op, at, client, op_type, key, argument, .. } if self.is_about(key, argument) => {
                let (decided, returned) = (Vec::new(), None);
                self.asked.insert(op, Asked { op, client, op_type, argument, invoked: at, decided, returned });
            }
            HistoryEntry::Contributed { attempt, basis, column, .. } if self.asked.contains_key(&attempt.op) => {
                self.homes.add(attempt, basis, column);
            }
            HistoryEntry::Decided { attempt, at, decision, .. } => self.decided(Decided { attempt, at, decision }),
            HistoryEntry::Returned { op, attempt, at, outcome, .. } => {
                self.returned(op, Returned { at, attempt, outcome });
            }
            _ => {}
        }
    }

    /// Whether an operation is about the key: a transfer is about two.
    fn is_about(&self, key: KeyId, argument: Value) -> bool {
        key == self.key || matches!(argument, Value::Transfer { to, .. } if to == self.key)
    }

    /// The operation, which may be known although its beginning is dropped from the history.
    fn asked_mut(&mut self, op: OpId) -> Option<&mut Asked> {
        if !self.asked.contains_key(&op) {
            let known = self.sitting.run().metrics().operations().get(op)?;
            if !self.is_about(known.key, known.argument) {
                return None;
            }
            let (client, op_type, argument, invoked) = (known.client, known.op_type, known.argument, known.invoked);
            let (decided, returned) = (Vec::new(), None);
            self.asked.insert(op, Asked { op, client, op_type, argument, invoked, decided, returned });
        }
        self.asked.get_mut(&op)
    }

    fn decided(&mut self, decided: Decided) {
        let Decided { attempt, at, decision } = decided;
        let Some(asked) = self.asked_mut(attempt.op) else { return };
        asked.decided.push(decided);
        let Some((dot, stamp, _)) = decision.write else { return };
        let Asked { op, client, op_type, argument, .. } = *asked;
        let replica = decision.basis.replica;
        // Of a transfer to this account, its second write.
        let credit = credit_of(argument, dot).filter(|(to, _)| *to == self.key);
        let (dot, is_credit, acknowledged) = (credit.map_or(dot, |(_, dot)| dot), credit.is_some(), None);
        let write = Write { op, attempt, client, op_type, argument, dot, stamp, replica, at, is_credit, acknowledged };
        self.by_dot.entry(dot).or_default().push(self.writes.len());
        self.writes.push(write);
    }

    fn returned(&mut self, op: OpId, returned: Returned) {
        let Some(asked) = self.asked_mut(op) else { return };
        asked.returned = Some(returned);
        // Of several attempts the client learned of the one that answered.
        if matches!(returned.outcome, Outcome::Answered(_))
            && let Some(write) = self.writes.iter_mut().rev().find(|write| Some(write.attempt) == returned.attempt)
        {
            write.acknowledged = Some(returned.at);
        }
    }

    /// What every replica had taken in before entry number `upto` of the trace.
    pub(super) fn knowledge(&self, upto: u64) -> Knowledge {
        let mut knowledge = Knowledge::default();
        let trace = &self.sitting.log().trace;
        for entry in trace.iter().take(upto.saturating_sub(trace.dropped()) as usize) {
            let Some(replica) = entry.actor.as_replica() else { continue };
            match entry.what {
                Happened::Applied { .. } | Happened::Superseded { .. } | Happened::AppliedRange { .. } => {
                    knowledge.entries[replica.index()] += 1;
                    let held = &mut knowledge.held[replica.index()];
                    for write in self.taken_in(entry) {
                        // A range says what is there now, a dot that it was counted, perhaps again.
                        if !held.contains(&write) || matches!(entry.what, Happened::Applied { .. }) {
                            held.push(write);
                        }
                    }
                }
                Happened::TakenBack { .. } => {
                    knowledge.entries[replica.index()] += 1;
                    let gone = self.taken_in(entry);
                    knowledge.held[replica.index()].retain(|write| !gone.contains(write));
                }
                Happened::Crashed { disk_lost: true } => {
                    knowledge.held[replica.index()].clear();
                    knowledge.entries[replica.index()] = 0;
                }
                _ => {}
            }
        }
        knowledge
    }

    /// The writes to the key that an entry of the trace takes in or gives up, by their places.
    pub(super) fn taken_in(&self, entry: &TraceEntry) -> Vec<usize> {
        // Where a replica reused its dots, the last write that existed then.
        let find = |places: &[usize]| places.iter().rev().copied().find(|place| self.writes[*place].at <= entry.at);
        match entry.what {
            Happened::Applied { column, key, counter }
            | Happened::Superseded { column, key, counter }
            | Happened::TakenBack { column, key, counter }
                if key == self.key =>
            {
                self.by_dot.get(&Dot { column, counter }).and_then(|places| find(places)).into_iter().collect()
            }
            Happened::AppliedRange { column, key, after, upto } if key == self.key && after < upto => {
                let range = Dot { column, counter: after + 1 }..=Dot { column, counter: upto };
                self.by_dot.range(range).filter_map(|(_, places)| find(places)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The number in the trace of a decision.
    pub(super) fn number_of(&self, decided: &Decided) -> Option<u64> {
        let replica = decided.decision.basis.replica;
        decision_number(self.sitting.log(), replica, decided.at, |attempt| attempt == decided.attempt)
    }

    /// What a replica knew when it decided, if the record reaches back so far.
    pub(super) fn knowledge_at(&self, decided: &Decided) -> Option<Knowledge> {
        let replica = decided.decision.basis.replica;
        let number = self.number_of(decided)?;
        let knowledge = self.knowledge(number);
        debug_assert!(
            self.is_truncated() || knowledge.entries[replica.index()] == decided.decision.basis.applied,
            "the trace has as many entries as the basis counts"
        );
        Some(knowledge)
    }

    /// Whether a write with these dots wins at its key against another, by the rule of the service; counters and logs
    /// keep both.
    pub(super) fn beats(&self, winner: usize, loser: usize) -> bool {
        let service = self.service();
        let resolver = self.sitting.run().cluster().view().settings().policy.resolver(Service::Profile);
        let by_hybrid = match service {
            // Which stand beside each other, and which gave way, the record of each replica tells.
            Service::Profile if resolver == Resolver::Siblings => return false,
            Service::Profile => resolver == Resolver::LwwHlc,
            service => matches!(service, Service::Access | Service::Username | Service::Payment),
        };
        let rank = |write: &Write| {
            let time = if by_hybrid { (write.stamp.hlc.l_us, write.stamp.hlc.c) } else { (write.stamp.wall_us, 0) };
            let takes_away = matches!(write.op_type, OpType::ItemDelete | OpType::AccessRevoke);
            (time, takes_away, write.dot)
        };
        service.is_cell() && rank(&self.writes[winner]) > rank(&self.writes[loser])
    }

    /// The service of the key.
    pub(super) fn service(&self) -> Service {
        self.catalog().service_of(self.key)
    }

    /// The number that a counter starts with.
    pub(super) fn given(&self) -> i64 {
        let given = self.sitting.run().cluster().view().given();
        let given = given.iter().find(|(key, ..)| *key == self.key).map(|(_, _, value)| *value);
        if let Some(Value::Int(amount)) = given { amount } else { 0 }
    }

    /// What a replica with this knowledge has of a counter; unknown if the record does not reach back to the start.
    pub(super) fn sum(&self, held: &[usize]) -> Option<i64> {
        let change: i64 = held.iter().map(|write| self.writes[*write].change()).sum();
        (!self.is_truncated()).then(|| self.given() + change)
    }

    /// Whether the beginning of the record is gone.
    pub(super) fn is_truncated(&self) -> bool {
        let log = self.sitting.log();
        log.trace.dropped() > 0 || log.history.dropped() > 0
    }

    /// From when on the record is whole.
    pub(super) fn known_from(&self) -> Instant {
        let log = self.sitting.log();
        first_instant(&log.trace, |entry| entry.at).max(first_instant(&log.history, instant_of))
    }

    pub(super) fn catalog(&self) -> &'a Catalog {
        self.sitting.run().cluster().view().catalog()
    }

    pub(super) fn name(&self, actor: Actor) -> String {
        self.catalog().actor_name(actor)
    }

    /// "stock.reserve mug 1".
    pub(super) fn request(&self, op_type: OpType, argument: Value) -> String {
        let key = if let Value::Transfer { from, .. } = argument { from } else { self.key };
        telling::request_of(op_type, key, argument, self.catalog())
    }

    /// Whether the resolver was switched in this run: which of two writes wins may have been another one.
    pub(super) fn was_resolver_switched(&self) -> bool {
        let commands = self.sitting.commands().iter().take(self.sitting.applied());
        commands.into_iter().any(|recorded| matches!(recorded.command, WorldCommand::Merge { .. }))
    }
}

/// "withdraw 80".
pub(super) fn short(op_type: OpType, argument: Value, catalog: &Catalog) -> String {
    let verb = op_type.name().split('.').next_back().unwrap_or_default();
    match argument {
        // It carries who asks, and that is said anyway.
        _ if op_type.spec().argument == Argument::Asker => verb.to_owned(),
        Value::Nil => verb.to_owned(),
        Value::Text(text) => format!("{verb} {}", catalog.text(text)),
        argument => format!("{verb} {}", catalog.value_text(argument)),
    }
}
