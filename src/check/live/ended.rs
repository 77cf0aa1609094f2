//! The end of an operation: what its client knows now, and what is wrong with the answer.

use super::availability::{self, Reach};
use super::broken::{Act, Broken, Half};
use super::durable::Loss;
use super::fold::Live;
use super::log_inversion;
use super::sessions::{Came, Served, Session};
use super::writes::{self, Number};
use crate::base::{Actor, Answer, AttemptId, Claim, Instant, OpId, OpType, ReplicaId, Resolver, Service, Value};
use crate::check::findings::Place;
use crate::record::{Operation, Outcome};

impl Live {
    pub(super) fn returned(
        &mut self,
        which: (OpId, Option<AttemptId>),
        operation: &Operation,
        when: (Instant, i64),
        outcome: Outcome,
        reach: impl FnOnce(Actor, ReplicaId) -> Reach,
        resolver: Resolver,
    ) {
        let ((op, attempt), (at, wall_us)) = (which, when);
        let session = self.sessions.of(operation.client).filter(|session| session.op == op);
        let asked = session.and_then(|session| session.asked).map(|(_, to, _)| to);
        self.judge_availability(op, operation, at, outcome, asked, reach);
        let (Outcome::Answered(_), Some(attempt)) = (outcome, attempt) else { return };
        let session = self.sessions.of(operation.client).filter(|session| session.op == op);
        let Some(answered) = session.and_then(|session| session.answer(attempt.number)) else { return };
        let is_done = matches!(outcome, Outcome::Answered(Answer::Done(_))) && !operation.op_type.is_read();
        let came = match answered.came {
            Came::Nothing if is_done => session.and_then(Session::made).unwrap_or(answered),
            _ => answered,
        };
        self.findings_of(Claim::NoLogInversion).judged += 1;
        if let Some((line, by_us)) = log_inversion::of_return(answered.wall_us, wall_us) {
            self.inverted(op, operation, (answered.replica, at), line, by_us);
        }
        match came.came {
            Came::Write(number) => self.acknowledged(number, operation, came.replica, at, resolver),
            Came::Read(served) => self.read(&served, operation, at),
            Came::Nothing => {}
        }
    }

    /// A session knows that its operation is done: its write, and of a transfer the credit before it, since what comes
    /// later comes after both.
    pub(super) fn acknowledged(
        &mut self,
        number: Number,
        operation: &Operation,
        via: ReplicaId,
        at: Instant,
        resolver: Resolver,
    ) {
        if let Value::Transfer { to, .. } = operation.argument {
            self.write_acknowledged(number + 1, &Operation { key: to, ..*operation }, via, at, resolver);
        }
        self.findings_of(Claim::ExactlyOnce).judged += u64::from(operation.op_type != OpType::PaymentSubmit);
        self.write_acknowledged(number, operation, via, at, resolver);
    }

    fn write_acknowledged(
        &mut self,
        number: Number,
        operation: &Operation,
        via: ReplicaId,
        at: Instant,
        resolver: Resolver,
    ) {
        if let Some(session) = self.sessions.of_mut(operation.client) {
            session.wrote(number, operation.key, via);
        }
        let Some(write) = self.writes.get_mut(number) else { return };
        write.acknowledged = at;
        let (lost_to, act) = (write.lost_to, write.act());
        if operation.op_type == OpType::AccessRevoke {
            self.access.revoked(act, operation.invoked, at);
        }
        self.findings_of(Claim::Durable).judged += 1;
        if lost_to != 0 {
            self.lost(number, at);
        }
        if self.writes.is_gone(number, resolver) {
            let how = if self.writes.outlived_disk(number) { Loss::Log } else { Loss::Disk };
            self.durable.suspect([number], (act.deed.replica, how), &self.writes);
        }
    }

    /// A session has the answer of a read.
    pub(super) fn read(&mut self, served: &Served, operation: &Operation, at: Instant) {
        let client = operation.client;
        let positions = self.writes.positions_of(&served.look);
        if let Some(session) = self.sessions.of_mut(client) {
            session.looked(served.look, positions);
        }
        let (place, read) = (Place { at, invoked: operation.invoked, key: operation.key }, served.look.act(client));
        if let Some(write) = self.verdict_of(Claim::ReadYourWrites, served.unread) {
            self.unread(place, read, write);
        }
        if let Some((look, write)) = self.verdict_of(Claim::MonotonicReads, served.back)
            && let Some(write) = self.writes.get(write).map(writes::Write::act)
        {
            let first = look.act(client);
            self.add(Claim::MonotonicReads, place, Broken::WentBack { first, second: read, write });
        }
        match operation.op_type.service() {
            Service::Feed => {
                if let Some((missing, later)) = self.verdict_of(Claim::ConsistentPrefix, served.gap) {
                    self.gap(place, read, missing, later);
                }
            }
            Service::Access => {
                if let Some(revoked) = self.verdict_of(Claim::NoAccessAfterRevocation, Ok(served.revoked)) {
                    let (revoke, acknowledged) = (revoked.act, revoked.acknowledged);
                    self.add(
                        Claim::NoAccessAfterRevocation,
                        place,
                        Broken::LetIn { check: read, revoke, acknowledged },
                    );
                }
            }
            Service::Account => self.judge_sum(place, read, served),
            _ => {}
        }
    }

    fn judge_sum(&mut self, place: Place, read: Act, served: &Served) {
        let Some(debit) = self.verdict_of(Claim::ConstantSum, served.halved) else { return };
        let Some(transfer) = self.writes.get(debit) else { return };
        let was_there = self.writes.had(&served.look, transfer);
        let half = if was_there { Half::Debit } else { Half::Credit };
        let transfer = transfer.act();
        self.add(Claim::ConstantSum, place, Broken::Halved { read, transfer, half });
    }

    pub(super) fn unread(&mut self, place: Place, read: Act, write: Number) {
        let Some(write) = self.writes.get(write) else { return };
        let broken = Broken::Unread { read, write: write.act(), acknowledged: write.acknowledged };
        self.add(Claim::ReadYourWrites, place, broken);
    }

    pub(super) fn gap(&mut self, place: Place, read: Act, missing: Number, later: Number) {
        let (Some(missing), Some(later)) = (self.writes.get(missing), self.writes.get(later)) else { return };
        let (acknowledged, later) = (missing.acknowledged, later.act());
        let broken = Broken::Gap { read, missing: missing.act(), acknowledged, later };
        self.add(Claim::ConsistentPrefix, place, broken);
    }

    pub(super) fn judge_availability(
        &mut self,
        op: OpId,
        operation: &Operation,
        at: Instant,
        outcome: Outcome,
        asked: Option<ReplicaId>,
        reach: impl FnOnce(Actor, ReplicaId) -> Reach,
    ) {
        const OF: [Claim; 3] = [Claim::TotalAvailability, Claim::StickyAvailability, Claim::MajorityAvailability];
        for claim in OF {
            self.findings_of(claim).judged += 1;
        }
        if matches!(outcome, Outcome::Answered(_)) {
            return;
        }
        let reach = asked.map(|asked| reach(operation.client, asked)).unwrap_or_default();
        let Operation { client, op_type, argument, key, invoked, .. } = *operation;
        let who = (client, op_type, key);
        let asked = writes::act(op, who, argument, (asked.unwrap_or_default(), invoked));
        for (claim, duty) in OF.into_iter().zip(availability::judge(outcome, reach)) {
            if let Some(duty) = duty {
                self.add(claim, Place { at, invoked, key }, Broken::Unanswered { asked, duty });
            }
        }
    }
}
