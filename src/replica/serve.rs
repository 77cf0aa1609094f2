//! Serving a request that no log decides: decide it on what is here, tell the others afterwards. At the levels of
//! sessions that ask for it, what a session has seen has to be here first.

use std::sync::Arc;

use crate::base::operation::Effect as Kind;
use crate::base::{
    Actor, Answer, Column, Context, Dot, Hlc, KeyId, Level, LocalInstant, LogId, OpType, Refusal, Resolver, Seen,
    Service, Stamp, Value, VersionVector,
};
use crate::data::{Cell, Change, Delta, Hold, Siblings, siblings};
use crate::record::credit_of;
use crate::wire::message::decision;
use crate::wire::{Effect, Effects, Message, Reply, Request, Settings};

use super::{Replica, rules};

/// Spans that a client is told of a key. It writes blindly again and again beside others before there are more, and to
/// know less only leaves more siblings.
const SPANS_MAX: usize = 64;

impl Replica {
    /// Decides an attempt once; a copy of its message is dropped.
    #[inline]
    pub(super) fn serve(
        &mut self,
        now: LocalInstant,
        client: Actor,
        request: &Request,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        let index = client.as_client().expect("only clients send requests");
        if !self.disk.seen.insert(index, request.attempt) {
            return;
        }
        if request.level.asks_for_past(request.op_type) {
            // Others hold a write back until they have all before what its writer saw: it is made where that is so.
            let is_read = request.op_type.is_read();
            let is_ready = if is_read { self.holds_past(request) } else { self.holds(&request.context) };
            if !is_ready {
                return self.turn_away(client, request, effects);
            }
        }
        match request.level {
            Level::Eventual | Level::Session(_) | Level::Causal if request.op_type == OpType::PaymentSubmit => {
                self.submit(now, client, request, settings, effects);
            }
            Level::Quorum(quorum) => self.serve_quorum(now, client, request, quorum, settings, effects),
            Level::Eventual | Level::Session(_) | Level::Causal => {
                self.serve_eventual(now, client, request, settings, effects);
            }
            Level::Threshold(above, cover) => {
                self.serve_threshold(now, client, request, (above, cover), settings, effects);
            }
            Level::Linearizable(_) => self.serve_strong(now, LogId::Raft, client, request, settings, effects),
            Level::Primary(_) | Level::Bounded(_) => {
                self.serve_strong(now, LogId::Primary, client, request, settings, effects);
            }
        }
    }

    /// Whether it has all that the session has seen. Of the loose part it has what it showed itself, also where there are
    /// gaps before that; a log has none, but may have been taken back since.
    fn holds_past(&self, request: &Request) -> bool {
        let mut context = request.context;
        if request.held == Some(self.disk.column) {
            context.loose = VersionVector::default();
        }
        self.holds(&context)
    }

    /// Its column, if it holds what the session had seen before.
    fn held(&self, request: &Request) -> Option<Column> {
        self.holds_past(request).then_some(self.disk.column)
    }

    /// Says at once that something is missing here which the session has seen. It decides nothing.
    fn turn_away(&mut self, client: Actor, request: &Request, effects: &mut Effects) {
        let (answer, hlc) = (Answer::Refused(Refusal::Behind), self.disk.clock.latest());
        let (attempt, context, basis) = (request.attempt, Context::default(), self.basis());
        let reply = Reply { attempt, answer, context, held: None, seen: None, hlc, basis };
        effects.push(Effect::Decided(request.attempt, Box::new(decision(&reply, None))));
        effects.push(Effect::Send(client, Message::Reply(Box::new(reply))));
    }

    fn serve_eventual(
        &mut self,
        now: LocalInstant,
        client: Actor,
        request: &Request,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        let hlc = self.disk.clock.receive(now.wall_us, request.hlc);
        let read = self.disk.state.read(request.key, rules(settings));
        if request.keyed && self.answer_again(client, request, hlc, effects) {
            return;
        }
        let decided = if !request.op_type.is_read() && self.is_sealed(request.op_type) {
            (Answer::Refused(Refusal::Sealed), None)
        } else {
            decide(request.op_type, request.argument, read)
        };
        let stamp = Stamp { wall_us: now.wall_us, hlc };
        self.answer(client, request, decided, stamp, settings, effects);
    }

    /// Makes the write of a decision, if it has one, and replies.
    #[inline]
    pub(super) fn answer(
        &mut self,
        client: Actor,
        request: &Request,
        (answer, change): (Answer, Option<Change>),
        stamp: Stamp,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        let hlc = stamp.hlc;
        let written = change.map(|change| {
            let debit = self.write(request, request.key, stamp, change, settings, effects);
            if let Value::Transfer { to, amount, .. } = request.argument {
                // The next dot of the column: who knows the debit knows the credit.
                self.write(request, to, stamp, Change::Add(i64::from(amount)), settings, effects);
            }
            debit
        });
        let mut context = self.seen_by(request);
        if let Some(delta) = written.as_ref().filter(|_| request.level.is_of_sessions()) {
            // A session has seen its own write, which may have lost at once. A transfer's credit is the next of the column.
            let last = credit_of(request.argument, delta.dot).map_or(delta.dot, |(_, credit)| credit);
            context.see(last);
        }
        let seen = self.seen_of(request, written.as_deref(), settings);
        let (held, basis) = (self.held(request), self.basis());
        let reply = Reply { attempt: request.attempt, answer, context, held, seen, hlc, basis };
        if request.keyed {
            let client = client.as_client().expect("only clients send requests");
            self.disk.answers.insert(client, request.attempt, answer);
        }
        effects.push(Effect::Decided(request.attempt, Box::new(decision(&reply, written.as_deref()))));
        effects.push(Effect::Send(client, Message::Reply(Box::new(reply))));
    }

    /// What whoever reads the keys of a request has seen. A session that reads what a log ordered has seen that log.
    fn seen_by(&self, request: &Request) -> Context {
        let mut context = Context::default();
        let other = if let Value::Transfer { to, .. } = request.argument { Some(to) } else { None };
        for key in [Some(request.key), other].into_iter().flatten() {
            self.disk.state.loose.cell(key).add_seen(&mut context);
            if request.level.is_of_sessions() {
                let ordered = |log| self.ordered(log).filter(|ordered| !ordered.store.cell(key).is_empty());
                for (log, seen) in LogId::ALL.into_iter().zip(&mut context.logs) {
                    *seen = ordered(log).map_or(*seen, |ordered| ordered.position().max(*seen));
                }
            }
        }
        context
    }

    /// An operation with a key that was decided here before gets that answer. Elsewhere nobody knows of it yet.
    pub(super) fn answer_again(&mut self, client: Actor, request: &Request, hlc: Hlc, effects: &mut Effects) -> bool {
        let index = client.as_client().expect("only clients send requests");
        let Some((_, answer)) = self.disk.answers.of(index, request.attempt.op) else { return false };
        let is_of_session = request.level.is_of_sessions();
        let context = if is_of_session { self.seen_by(request) } else { Context::default() };
        let (held, basis, seen) = (self.held(request), self.basis(), self.seen_again(request));
        let reply = Reply { attempt: request.attempt, answer, context, held, seen, hlc, basis };
        effects.push(Effect::Decided(request.attempt, Box::new(decision(&reply, None))));
        effects.push(Effect::Send(client, Message::Reply(Box::new(reply))));
        true
    }

    /// Makes a write to `key`, applies it here and pushes it to the others.
    fn write(
        &mut self,
        request: &Request,
        key: KeyId,
        stamp: Stamp,
        change: Change,
        settings: &Settings,
        effects: &mut Effects,
    ) -> Arc<Delta> {
        let delta = self.make(request, key, stamp, change, settings, effects);
        if settings.gossip {
            self.broadcast(effects, || Message::Gossip(delta.clone()));
        }
        delta
    }

    /// Makes a write to `key` and applies it here.
    pub(super) fn make(
        &mut self,
        request: &Request,
        key: KeyId,
        stamp: Stamp,
        change: Change,
        settings: &Settings,
        effects: &mut Effects,
    ) -> Arc<Delta> {
        let hold = Hold::of(request.level);
        self.disk.has_needs |= hold.is_any();
        self.disk.written += 1;
        let dot = Dot { column: self.disk.column, counter: self.disk.written };
        let is_sibling = keeps_siblings(request.op_type, settings);
        let delta = Arc::new(Delta {
            dot,
            previous: self.last_own_write(key),
            key,
            attempt: request.attempt,
            stamp,
            context: request.context,
            seen: is_sibling.then(|| request.seen.clone().unwrap_or_default()),
            change,
            hold,
        });
        let is_new = self.disk.applied.insert(dot);
        self.store(&delta, is_new, settings, effects);
        delta
    }

    /// The counter of the own last write to a key. Of a register that kept one version only, nobody knows it any more: then
    /// it may be any write before this one.
    fn last_own_write(&self, key: KeyId) -> u32 {
        match self.disk.state.loose.cell(key) {
            Cell::Register(only) if only.dot.counter > 0 => self.disk.written.saturating_sub(1),
            cell => cell.last_of(self.disk.column),
        }
    }

    /// What whoever gets an answer has seen of its key, if that keeps siblings: of a read, all that is known here; of a
    /// write, what was seen before, and the write. Others that stand beside it were not shown.
    pub(super) fn seen_of(&self, request: &Request, written: Option<&Delta>, settings: &Settings) -> Option<Box<Seen>> {
        let Some(written) = written else { return seen_in(self.disk.state.loose.cell(request.key), request, settings) };
        if !keeps_siblings(request.op_type, settings) {
            return None;
        }
        let mut seen = request.seen.clone().unwrap_or_default();
        seen.add(siblings::span_of(written));
        seen.shorten(SPANS_MAX);
        Some(seen)
    }

    /// The same for an operation that was decided here before: its write, as long as nothing has replaced it.
    fn seen_again(&self, request: &Request) -> Option<Box<Seen>> {
        let Cell::Siblings(siblings) = self.disk.state.loose.cell(request.key) else { return None };
        let own = siblings.versions().iter().find(|version| version.attempt.op == request.attempt.op)?;
        let mut seen = request.seen.clone().unwrap_or_default();
        seen.add(siblings::span_of(own));
        Some(seen)
    }
}

/// What a cell knows of its key, if that keeps siblings.
pub(super) fn seen_in(cell: &Cell, request: &Request, settings: &Settings) -> Option<Box<Seen>> {
    match cell {
        _ if !keeps_siblings(request.op_type, settings) => None,
        Cell::Siblings(siblings) => Some(Box::new(siblings.seen().clone())),
        Cell::Register(only) => Some(Box::new(Siblings::of(only).seen().clone())),
        _ => None,
    }
}

/// Whether an operation is about a register that keeps siblings now.
fn keeps_siblings(op_type: OpType, settings: &Settings) -> bool {
    op_type.service() == Service::Profile && rules(settings).resolver == Resolver::Siblings
}

/// The answer, and the change that it makes to its key; the credit of a transfer follows from it.
pub(super) fn decide(op_type: OpType, argument: Value, read: Value) -> (Answer, Option<Change>) {
    let done = |change| (Answer::Done(Value::Nil), Some(change));
    if op_type.spec().effect == Kind::Read {
        return (Answer::Done(readable(op_type, read)), None);
    }
    let level = match read {
        Value::Int(level) => level,
        _ => 0,
    };
    match (op_type, argument) {
        (OpType::StockReserve | OpType::AccountWithdraw, Value::Int(amount)) if level < amount => {
            (Answer::Refused(Refusal::Insufficient), None)
        }
        (OpType::StockReserve | OpType::AccountWithdraw, Value::Int(amount)) => done(Change::Add(-amount)),
        (OpType::AccountTransfer, Value::Transfer { amount, .. }) if level < i64::from(amount) => {
            (Answer::Refused(Refusal::Insufficient), None)
        }
        (OpType::AccountTransfer, Value::Transfer { amount, .. }) => done(Change::Add(-i64::from(amount))),
        (OpType::StockRestock | OpType::AccountDeposit | OpType::LikesAdd, Value::Int(amount)) => {
            done(Change::Add(amount))
        }
        (OpType::FeedPost, Value::Text(text)) => done(Change::Append(text)),
        (OpType::ProfileSet, value) => done(Change::Assign(value)),
        (OpType::ItemCreate, _) if read != Value::Nil => (Answer::Refused(Refusal::Exists), None),
        (OpType::ItemCreate, value) => done(Change::Put(value)),
        (OpType::ItemDelete, _) => done(Change::Delete),
        (OpType::AccessGrant, _) => done(Change::Permit(true)),
        (OpType::AccessRevoke, _) => done(Change::Permit(false)),
        // Whose it is already has it.
        (OpType::UsernameClaim, owner) if read == owner => (Answer::Done(Value::Nil), None),
        (OpType::UsernameClaim, _) if read != Value::Nil => (Answer::Refused(Refusal::Taken), None),
        (OpType::UsernameClaim, Value::Text(owner)) => done(Change::Claim(owner)),
        (op_type, argument) => unreachable!("{} does not take {argument:?}: the parser checks", op_type.name()),
    }
}

/// What a read shows: a counter that was never touched shows 0, and nobody may do what was never granted.
pub(super) fn readable(op_type: OpType, read: Value) -> Value {
    match (op_type, read) {
        (OpType::StockLevel | OpType::AccountBalance | OpType::LikesRead, Value::Nil) => Value::Int(0),
        (OpType::AccessCheck, Value::Nil) => Value::Allowed(false),
        (_, value) => value,
    }
}
