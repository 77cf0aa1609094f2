//! The fold: feeds the record to the tables, and asks the judges.

use std::sync::Arc;

use super::access::Access;
use super::availability::Reach;
use super::broken::{Act, Broken, Line};
use super::charged_once::ChargedOnce;
use super::constant_sum::Transfers;
use super::durable::{Durable, Loss};
use super::exactly_once::ExactlyOnce;
use super::sessions::{self, Came, Candidate, Found, Served, Sessions};
use super::union::Behind;
use super::unique_owner::Owners;
use super::writes::{self, Arrival, Number, Writes};
use super::{log_inversion, monotonic_reads, prefix, read_your_writes};
use crate::base::{
    Actor, Answer, AttemptId, Claim, Dot, Instant, MessageClass, OpId, OpType, Refusal, ReplicaId, Resolver, Service,
    Value,
};
use crate::check::findings::{Findings, Place};
use crate::check::verdict::{Deed, Ruling, Sentence, Unknown, Verdict, Violation};
use crate::record::{Decision, Happened, HistoryEntry, Operation, Operations, TraceEntry, credit_of};

/// The claims that are judged here, in the order of their findings.
const CLAIMS: [Claim; 18] = [
    Claim::ReadYourWrites,
    Claim::MonotonicReads,
    Claim::MonotonicWrites,
    Claim::WritesFollowReads,
    Claim::ConsistentPrefix,
    Claim::NoLostUpdate,
    Claim::NoWrongWinner,
    Claim::NoResurrection,
    Claim::ExactlyOnce,
    Claim::Durable,
    Claim::TotalAvailability,
    Claim::StickyAvailability,
    Claim::MajorityAvailability,
    Claim::NoLogInversion,
    Claim::NoAccessAfterRevocation,
    Claim::UniqueOwner,
    Claim::ChargedOnce,
    Claim::ConstantSum,
];

/// All live white-box judges.
#[derive(Clone, Debug)]
pub struct Live {
    pub(super) writes: Writes,
    pub(super) sessions: Sessions,
    pub(super) once: ExactlyOnce,
    pub(super) durable: Durable,
    pub(super) access: Access,
    pub(super) owners: Owners,
    pub(super) charges: ChargedOnce,
    pub(super) transfers: Transfers,
    findings: [Findings; CLAIMS.len()],
    /// The first violations of a claim at a key since they were last taken.
    news: Vec<Arc<Violation>>,
    /// Every acknowledgement that turned out hollow since they were last taken.
    hollow: Vec<Broken>,
}

impl Live {
    /// Nothing judged yet, in a cluster of `replicas`.
    pub fn new(replicas: usize) -> Self {
        Self {
            writes: Writes::new(replicas),
            sessions: Sessions::default(),
            once: ExactlyOnce::default(),
            durable: Durable::default(),
            access: Access::default(),
            owners: Owners::default(),
            charges: ChargedOnce::default(),
            transfers: Transfers::default(),
            findings: CLAIMS.map(Findings::new),
            news: Vec::new(),
            hollow: Vec::new(),
        }
    }

    /// What was found about a claim, if it is judged here.
    pub fn findings(&self, claim: Claim) -> Option<&Findings> {
        self.findings.iter().find(|findings| findings.claim() == claim)
    }

    /// The verdict on a claim that is judged here, over all or over what was invoked at `mark` or after it.
    pub fn verdict(&self, claim: Claim, mark: Option<Instant>) -> Option<Verdict> {
        let verdict = self.findings(claim)?.verdict(mark);
        let asks_for_writes = claim < Claim::NoLostUpdate;
        if verdict.holds == Ruling::Holds && asks_for_writes && self.writes.forgotten > 0 {
            return Some(Verdict::unknown(claim, Unknown::TooMuch { cases: self.writes.forgotten }));
        }
        Some(verdict)
    }

    /// All findings.
    pub fn all(&self) -> &[Findings] {
        &self.findings
    }

    /// How many violations of all claims there are.
    #[inline]
    pub fn count(&self) -> u64 {
        self.findings.iter().map(Findings::count).sum()
    }

    /// Whether there is news.
    #[inline]
    pub fn has_news(&self) -> bool {
        !self.news.is_empty()
    }

    /// The first violations of a claim at a key since this was last asked.
    pub fn take_news(&mut self) -> Vec<Arc<Violation>> {
        std::mem::take(&mut self.news)
    }

    /// Every case since this was last asked in which an acknowledged write was not there for its client, is gone, or lost
    /// to another.
    #[inline]
    pub fn take_hollow(&mut self) -> Vec<Broken> {
        std::mem::take(&mut self.hollow)
    }

    /// Takes in one entry of the trace. `resolver` is that of `profile`.
    #[inline]
    pub fn trace(&mut self, entry: &TraceEntry, resolver: Resolver) {
        let Some(replica) = entry.actor.as_replica() else { return };
        match entry.what {
            Happened::Applied { column, key, counter } => {
                let dot = Dot { column, counter };
                self.writes.taken_in(replica, key, dot, Arrival::Won, resolver);
                if !column.is_loose() {
                    self.durable.log_moved(dot, entry.at);
                }
            }
            Happened::Superseded { column, key, counter } => {
                self.writes.taken_in(replica, key, Dot { column, counter }, Arrival::Lost, resolver);
            }
            Happened::AppliedRange { column, key, after, upto } => {
                self.writes.range_taken_in(replica, key, Dot { column, counter: after + 1 }, upto, resolver);
            }
            Happened::Sent {
                class: MessageClass::Gossip | MessageClass::Repair | MessageClass::Primary,
                delay_us,
                ..
            } => {
                self.durable.sent(replica, entry.at + u64::from(delay_us));
            }
            Happened::TakenBack { column, key, counter } => {
                let gone = self.writes.taken_back(replica, key, Dot { column, counter }, resolver);
                self.durable.suspect(gone, (replica, Loss::Log), &self.writes);
                self.judge_dropped(key, Dot { column, counter }, entry.at);
            }
            Happened::Sent { class: MessageClass::Raft, delay_us, .. } => {
                self.durable.sent_entries(entry.at + u64::from(delay_us));
            }
            Happened::Crashed { disk_lost: true } => {
                self.durable.disk_lost(replica, entry.at, self.writes.replicas);
                let gone = self.writes.disk_lost(replica, resolver);
                self.durable.suspect(gone, (replica, Loss::Disk), &self.writes);
            }
            Happened::Restarted { column } => self.writes.begins(replica, column),
            Happened::Collected { key } => self.writes.collected(replica, key),
            _ => {}
        }
    }

    /// The step's entries of the trace are all in: judges what arrived, which nobody could see before.
    #[inline]
    pub fn settle(&mut self, at: Instant, resolver: Resolver) {
        if !self.writes.fresh.is_empty() {
            self.judge_arrivals(at, resolver);
        }
        if self.durable.is_due(at) {
            self.judge_suspects(at, resolver);
        }
    }

    /// Takes in one entry of the history, after `operations` has. `reach` is asked when a client gives up.
    #[inline]
    pub fn history(
        &mut self,
        entry: &HistoryEntry,
        operations: &Operations,
        resolver: Resolver,
        reach: impl FnOnce(Actor, ReplicaId) -> Reach,
    ) {
        match *entry {
            HistoryEntry::Invoked { .. } => {}
            HistoryEntry::Contributed { attempt, basis, column, .. } => {
                self.writes.contributed(attempt, basis, column);
            }
            HistoryEntry::Attempted { attempt, to, local, .. } | HistoryEntry::Moved { attempt, to, local, .. } => {
                let Some(operation) = operations.get(attempt.op) else { return };
                let Some(session) = self.sessions.of_mut(operation.client) else { return };
                session.attempted(attempt.op, attempt.number, to, local.wall_us);
            }
            HistoryEntry::Decided { attempt, at, local, decision } => {
                let Some(operation) = operations.get(attempt.op).copied() else { return };
                self.decided(attempt, &operation, (at, local.wall_us), &decision, resolver);
            }
            HistoryEntry::Charged { attempt, at, replica, key, .. } => {
                let Some(operation) = operations.get(attempt.op).copied() else { return };
                let who = (operation.client, operation.op_type, key);
                let act = writes::act(attempt.op, who, operation.argument, (replica, at));
                self.judge_charge(act, operation.invoked);
            }
            HistoryEntry::Returned { op, attempt, at, local, outcome } => {
                let Some(operation) = operations.get(op).copied() else { return };
                self.returned((op, attempt), &operation, (at, local.wall_us), outcome, reach, resolver);
            }
        }
    }

    pub(super) fn decided(
        &mut self,
        attempt: AttemptId,
        operation: &Operation,
        when: (Instant, i64),
        decision: &Decision,
        resolver: Resolver,
    ) {
        let (at, wall_us) = when;
        let replica = decision.basis.replica;
        // It decides nothing: the operation is still to be served.
        if decision.answer == Answer::Refused(Refusal::Behind) {
            return;
        }
        let behind = self.writes.behind(attempt, replica);
        let came = if decision.write.is_some() {
            Came::Write(self.written(attempt.op, operation, at, decision, behind, resolver))
        } else if let (true, Answer::Done(value)) = (operation.op_type.is_read(), decision.answer) {
            Came::Read(self.served(attempt.op, operation, (replica, at), behind, value, resolver))
        } else {
            Came::Nothing
        };
        let candidate = Candidate { attempt: attempt.number, came, replica, wall_us };
        let Some(session) = self.sessions.of_mut(operation.client).filter(|session| session.op == attempt.op) else {
            return;
        };
        session.decided(candidate);
        let asked = session.asked.filter(|(number, ..)| *number == attempt.number);
        let inverted = asked.and_then(|(.., asked_us)| log_inversion::of_decision(asked_us, wall_us));
        if let Some((line, by_us)) = inverted {
            self.inverted(attempt.op, operation, (replica, at), line, by_us);
        }
    }

    /// A write was accepted: it has a number from now on, and its replica has it.
    pub(super) fn written(
        &mut self,
        op: OpId,
        operation: &Operation,
        at: Instant,
        decision: &Decision,
        behind: Behind,
        resolver: Resolver,
    ) -> Number {
        let Some((dot, stamp, _)) = decision.write else { return 0 };
        let Operation { client, op_type, argument, key, invoked, .. } = *operation;
        let deed = Deed { op, client, op_type, argument, replica: decision.basis.replica, at };
        let mut write = writes::new_write(deed, key, invoked, (dot, stamp));
        write.union = behind.union();
        if let Some(session) = self.sessions.of(client).filter(|session| session.op == op) {
            write.before = session.last_write;
            write.reads = session.reads;
            write.known = session.seen(key).map(sessions::Seen::known).unwrap_or_default();
            // Of a session that used many keys nobody knows what it had seen: nothing is said of its writes.
            let is_kept = op_type == OpType::ProfileSet && resolver == Resolver::Siblings && dot.column.is_loose();
            write.is_sibling = is_kept && !session.has_forgotten;
            write.looked = session.seen(key).map(|seen| seen.looked).unwrap_or_default();
            // An attempt that is accepted after another was answered left before that answer.
            if let Some(same) = self.writes.get(session.last_write).filter(|before| before.deed.op == op) {
                (write.before, write.known) = (same.before, same.known);
            }
        }
        let number = self.writes.decided(write, resolver);
        self.judge_arrivals(at, resolver);
        self.judge_order(number, at, resolver);
        self.judge_again(op, number, at);
        match op_type {
            OpType::AccessGrant => self.access.granted(key, at),
            OpType::AccountTransfer => self.credited(number, at, resolver),
            OpType::UsernameClaim => self.judge_owner(Act { deed, key }, invoked),
            _ => {}
        }
        number
    }

    /// The second write of a transfer, which comes with its debit and is as old.
    fn credited(&mut self, debit: Number, at: Instant, resolver: Resolver) {
        let Some(mut credit) = self.writes.get(debit).copied() else { return };
        let Some((to, dot)) = credit_of(credit.deed.argument, credit.dot) else { return };
        let from = std::mem::replace(&mut credit.key, to);
        let client = credit.deed.client;
        credit = writes::Write {
            before: credit.before,
            reads: credit.reads,
            ..writes::new_write(credit.deed, to, credit.invoked, (dot, credit.stamp))
        };
        if let Some(session) = self.sessions.of(client) {
            credit.known = session.seen(to).map(sessions::Seen::known).unwrap_or_default();
        }
        let number = self.writes.decided(credit, resolver);
        self.judge_arrivals(at, resolver);
        assert_eq!(number, debit + 1, "the credit comes right after its debit");
        self.transfers.accepted(&self.writes, [from, to], debit);
    }

    /// A read was served: what is wrong with it counts if its answer is taken.
    pub(super) fn served(
        &self,
        op: OpId,
        operation: &Operation,
        (replica, at): (ReplicaId, Instant),
        behind: Behind,
        value: Value,
        resolver: Resolver,
    ) -> Served {
        let Operation { client, op_type, key, .. } = *operation;
        let writes = &self.writes;
        let seen = self.sessions.of(client).and_then(|session| session.seen(key));
        let lead = writes.lead_of(key, behind, resolver);
        let position = (writes.position(replica), lead, behind.union());
        let gap = if op_type.service() == Service::Feed { prefix::judge(writes, key, behind, lead) } else { Ok(None) };
        let is_let_in = value == Value::Allowed(true);
        let revoked = if is_let_in { self.access.judge(key, operation.invoked) } else { None };
        let is_balance = op_type == OpType::AccountBalance;
        let halved = if is_balance { self.transfers.judge(writes, key, behind) } else { Ok(None) };
        Served {
            look: sessions::look(op, (op_type, key), (replica, at), position, value),
            unread: read_your_writes::judge(writes, client, seen, key, behind),
            back: monotonic_reads::judge(writes, seen, key, behind),
            gap,
            revoked,
            halved,
        }
    }

    pub(super) fn inverted(
        &mut self,
        op: OpId,
        operation: &Operation,
        place: (ReplicaId, Instant),
        line: Line,
        by_us: u64,
    ) {
        let Operation { client, op_type, argument, key, invoked, .. } = *operation;
        let act = writes::act(op, (client, op_type, key), argument, place);
        self.add(Claim::NoLogInversion, Place { at: place.1, invoked, key }, Broken::Inverted { act, line, by_us });
    }

    /// Counts a case of a claim, and one that could not be told; hands over what was found.
    #[inline]
    pub(super) fn verdict_of<T>(&mut self, claim: Claim, found: Found<T>) -> Option<T> {
        let findings = self.findings_of(claim);
        findings.judged += 1;
        findings.given_up += u64::from(found.is_err());
        found.ok().flatten()
    }

    #[inline]
    pub(super) fn findings_of(&mut self, claim: Claim) -> &mut Findings {
        &mut self.findings[claim as usize - CLAIMS[0] as usize]
    }

    pub(super) fn add(&mut self, claim: Claim, place: Place, broken: Broken) {
        if broken.is_hollow() {
            self.hollow.push(broken);
        }
        let first = self.findings_of(claim).add(place, || Sentence::Broken(Box::new(broken)));
        self.news.extend(first);
    }
}
