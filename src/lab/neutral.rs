//! The clients' history of one service as a neutral one, for the judges that search for an order.
//!
//! ```text
//!   history ring ──▶ operations, each with its attempts ──▶ one entry an attempt ──▶ check::black_box
//!   given values ──▶ updates before all others
//! ```
//!
//! Attempts are judged, not operations: an attempt that was not the one answered may have happened, later or never. A
//! refusal says what was not there. Reads that were never answered say nothing, nor do arrivals that found the queue
//! full. From a mark on, what was read or refused before it is left out, and what was taken before it was taken,
//! whatever was there: a promise that begins at the mark says nothing about that.
//!
//! A transfer is two entries, a withdrawal and a deposit, since each account is judged by itself: that both happen at
//! once is another claim. What had its effect already, as a payment that was recorded before, leaves it as it is.

use std::collections::BTreeMap;

use crate::base::{Actor, Answer, AttemptId, Instant, KeyId, OpId, OpType, Refusal, ReplicaId, Service, Value};
use crate::check::black_box::{Call, Datum, History, Model, NEVER, Operation, Texts};
use crate::check::verdict::{Deed, End, Told};
use crate::check::{Act, Unknown};
use crate::cluster::Catalog;
use crate::record::{HistoryEntry, Outcome};

use super::sitting::Sitting;

/// Which operations a history has.
#[derive(Clone, Copy)]
pub(super) struct Scope {
    pub(super) service: Service,
    /// Of this key, else of all.
    pub(super) key: Option<KeyId>,
    /// What was invoked from then on, and what had changed something before.
    pub(super) since: Option<Instant>,
}

impl Scope {
    /// Whether an operation belongs to it: a transfer to the key does.
    fn has_operation(self, service: Service, key: KeyId, argument: Value) -> bool {
        let to = if let Value::Transfer { to, .. } = argument { to } else { key };
        self.has(service, key) || self.has(service, to)
    }

    fn has(self, service: Service, key: KeyId) -> bool {
        service == self.service && self.key.is_none_or(|own| own == key)
    }
}

/// The history of one service, or of one key of it.
pub(super) struct Neutral {
    pub(super) history: History,
    /// What stands behind each of its operations; nothing behind what was given.
    pub(super) told: Vec<Option<Told>>,
}

/// What kind of object a service is.
pub(super) fn model(service: Service) -> Model {
    match service {
        Service::Stock | Service::Account | Service::Likes => Model::Counter,
        Service::Feed => Model::Log,
        Service::Profile | Service::Access => Model::Register,
        Service::Item | Service::Username | Service::Payment => Model::CasRegister,
    }
}

/// An attempt, as far as it is known.
#[derive(Clone, Copy)]
struct Attempt {
    sent: u32,
    to: ReplicaId,
    /// When it was decided, else when it was sent.
    at: Instant,
    came: Came,
}

/// What an attempt came to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    /// Nobody decided it.
    Nothing,
    /// It made the write.
    Write,
    /// It was answered without a write: a read, or what an earlier attempt had come to.
    Repeated,
    /// It was refused.
    Refused,
    /// Its replica lacked what the session had seen, and did nothing.
    TurnedAway,
}

/// An operation, as far as it is known.
struct Asked {
    op: OpId,
    client: Actor,
    op_type: OpType,
    key: KeyId,
    argument: Value,
    invoked: Instant,
    attempts: Vec<Attempt>,
    /// The event of its answer, the attempt that was answered, and the answer.
    answered: Option<(u32, usize, Answer)>,
}

impl Asked {
    /// The attempt that did what another was answered: operations with a key are done once.
    fn made(&self) -> Option<usize> {
        let (_, answered, _) = self.answered.filter(|_| !self.op_type.is_read())?;
        if self.attempts.get(answered)?.came != Came::Repeated {
            return None;
        }
        self.attempts.iter().position(|attempt| attempt.came == Came::Write)
    }

    /// The answer that belongs to an attempt.
    fn answer_of(&self, number: usize) -> Option<(u32, usize, Answer)> {
        self.answered.filter(|(_, own, _)| self.made().unwrap_or(*own) == number)
    }
}

impl Neutral {
    /// The history up to the cursor.
    ///
    /// # Errors
    /// If the beginning of the record is dropped.
    pub(super) fn of(scope: Scope, model: Model, sitting: &Sitting) -> Result<Self, Unknown> {
        let dropped = sitting.log().history.dropped();
        if dropped > 0 {
            return Err(Unknown::Truncated { dropped });
        }
        let catalog = sitting.run().cluster().view().catalog();
        let (history, keys) = (History::default(), BTreeMap::new());
        let mut builder = Builder { catalog, scope, since: scope.since, entries: Vec::new(), history, keys };
        let given = sitting.run().cluster().view().given();
        for (key, _, value) in given.iter().filter(|(key, service, _)| scope.has(*service, *key)) {
            builder.given(*key, *value, model);
        }
        let first = builder.history.events;
        for asked in asked(scope, first, sitting) {
            builder.take(&asked);
        }
        Ok(builder.finish())
    }
}

/// The operations in the order of their invocations. Events are numbered from `first`, by twos: the second entry of a
/// transfer begins and ends right after the first.
fn asked(scope: Scope, first: u32, sitting: &Sitting) -> Vec<Asked> {
    let mut all: Vec<Asked> = Vec::new();
    let mut places: BTreeMap<OpId, usize> = BTreeMap::new();
    for (event, entry) in (first..).step_by(2).zip(sitting.log().history.iter()) {
        match *entry {
            HistoryEntry::Invoked { op, at, client, op_type, key, argument, .. }
                if scope.has_operation(op_type.service(), key, argument) =>
            {
                places.insert(op, all.len());
                let attempts = Vec::new();
                all.push(Asked { op, client, op_type, key, argument, invoked: at, attempts, answered: None });
            }
            HistoryEntry::Attempted { attempt, at, to, .. } | HistoryEntry::Moved { attempt, at, to, .. } => {
                if let Some(place) = places.get(&attempt.op) {
                    all[*place].attempts.push(Attempt { sent: event, to, at, came: Came::Nothing });
                }
            }
            HistoryEntry::Decided { attempt, at, decision, .. } => {
                if let Some(attempt) = attempt_of(&mut all, &places, attempt) {
                    attempt.at = at;
                    attempt.came = match decision.answer {
                        Answer::Refused(Refusal::Behind) => Came::TurnedAway,
                        Answer::Refused(_) => Came::Refused,
                        Answer::Done(_) if decision.write.is_some() => Came::Write,
                        Answer::Done(_) => Came::Repeated,
                    };
                }
            }
            HistoryEntry::Returned { op, attempt: Some(attempt), outcome: Outcome::Answered(answer), .. } => {
                if let Some(place) = places.get(&op) {
                    all[*place].answered = Some((event, usize::from(attempt.number), answer));
                }
            }
            _ => {}
        }
    }
    all
}

fn attempt_of<'a>(all: &'a mut [Asked], places: &BTreeMap<OpId, usize>, attempt: AttemptId) -> Option<&'a mut Attempt> {
    all[*places.get(&attempt.op)?].attempts.get_mut(usize::from(attempt.number))
}

struct Builder<'a> {
    catalog: &'a Catalog,
    scope: Scope,
    since: Option<Instant>,
    entries: Vec<(Operation, Option<Told>)>,
    history: History,
    keys: BTreeMap<KeyId, u32>,
}

impl Builder<'_> {
    fn key(&mut self, key: KeyId) -> u32 {
        let (history, catalog) = (&mut self.history, self.catalog);
        *self.keys.entry(key).or_insert_with(|| {
            history.keys.push(catalog.key_name(key).into());
            history.keys.len() as u32 - 1
        })
    }

    fn process(&mut self, name: &str) -> u32 {
        let known = self.history.processes.iter().position(|other| **other == *name);
        known.unwrap_or_else(|| {
            self.history.processes.push(name.into());
            self.history.processes.len() - 1
        }) as u32
    }

    /// What was there from the start, as one update before all.
    fn given(&mut self, key: KeyId, value: Value, model: Model) {
        // A feed is given one post.
        let value = if let Value::Posts { newest, .. } = value { Value::Text(newest) } else { value };
        let datum = datum(value, self.catalog, &mut self.history.texts);
        let call = match model {
            Model::Counter => Call::Add(datum),
            Model::Log => Call::Post(datum),
            _ => Call::Write(datum),
        };
        let (process, key, invoked) = (self.process("given"), self.key(key), self.history.events);
        let operation = Operation { process, key, invoked, returned: invoked + 1, line: 0, call, answer: Datum::Nil };
        self.entries.push((operation, None));
        self.history.events += 2;
    }

    /// One entry an attempt.
    fn take(&mut self, asked: &Asked) {
        let is_before = self.since.is_some_and(|mark| asked.invoked < mark);
        let process = self.process(&self.catalog.actor_name(asked.client));
        let is_keyed = asked.made().is_some();
        for (number, attempt) in asked.attempts.iter().enumerate() {
            if attempt.came == Came::TurnedAway || is_keyed && attempt.came == Came::Repeated {
                continue;
            }
            let answer = asked.answer_of(number);
            let (returned, end) = match answer {
                // Nothing was tried, so nothing is said of what was there.
                Some((
                    ..,
                    Answer::Refused(
                        Refusal::Pending | Refusal::Sealed | Refusal::Busy | Refusal::Granted | Refusal::Behind,
                    ),
                )) => {
                    continue;
                }
                Some((event, _, Answer::Done(value))) => (event, Ok(Some(value))),
                Some((event, _, Answer::Refused(_))) => (event, Err(())),
                None => (NEVER, Ok(None)),
            };
            let Some((call, told)) = self.call(asked, (end, attempt.came == Came::Write), is_before) else { continue };
            let shown = if let Ok(Some(value)) = end { value } else { Value::Nil };
            let is_read = asked.op_type.is_read();
            let answer = if is_read { datum(shown, self.catalog, &mut self.history.texts) } else { Datum::Nil };
            // With a key, a refusal is that of the first attempt that was refused.
            let first = asked.attempts.iter().filter(|own| own.came == Came::Refused).map(|own| own.sent).min();
            let sent = first.filter(|_| told == End::Refused).map_or(attempt.sent, |sent| sent.min(attempt.sent));
            let Asked { op, client, op_type, argument, .. } = *asked;
            let argument = if is_read { shown } else { argument };
            let deed = Deed { op, client, op_type, argument, replica: attempt.to, at: attempt.at };
            let told = |key| Some(Told { act: Act { deed, key }, end: told });
            let entry = Operation { process, key: 0, invoked: sent, returned, line: 0, call, answer };
            if self.scope.has(op_type.service(), asked.key) {
                let key = self.key(asked.key);
                self.entries.push((Operation { key, ..entry }, told(asked.key)));
            }
            if let (Value::Transfer { to, amount, .. }, false) = (asked.argument, matches!(end, Err(())))
                && self.scope.has(op_type.service(), to)
            {
                let (key, call) = (self.key(to), Call::Add(Datum::Int(i64::from(amount))));
                let (invoked, returned) = (attempt.sent + 1, if returned == NEVER { NEVER } else { returned + 1 });
                self.entries.push((Operation { key, invoked, returned, call, ..entry }, told(to)));
            }
        }
    }

    /// What an attempt was, from its end; nothing where it says nothing.
    fn call(
        &mut self,
        asked: &Asked,
        (end, wrote): (Result<Option<Value>, ()>, bool),
        is_before: bool,
    ) -> Option<(Call, End)> {
        let op_type = asked.op_type;
        let amount = asked.argument.amount().unwrap_or(1);
        let told = match end {
            Ok(Some(_)) => End::Done,
            Ok(None) => End::Unknown,
            Err(()) => End::Refused,
        };
        let says_nothing = told == End::Unknown && op_type.is_read();
        if says_nothing || (is_before && (op_type.is_read() || told == End::Refused)) {
            return None;
        }
        let text = |builder: &mut Self| datum(asked.argument, builder.catalog, &mut builder.history.texts);
        let call = match (op_type, told) {
            (OpType::StockRestock | OpType::AccountDeposit | OpType::LikesAdd, _) => Call::Add(Datum::Int(amount)),
            (OpType::StockReserve | OpType::AccountWithdraw | OpType::AccountTransfer, end) => match end {
                End::Refused => Call::Lacks(Datum::Int(amount)),
                _ if is_before => Call::Add(Datum::Int(-amount)),
                _ => Call::Take(Datum::Int(amount)),
            },
            (OpType::FeedPost, _) => Call::Post(text(self)),
            (OpType::ProfileSet, _) => Call::Write(text(self)),
            (OpType::ItemCreate | OpType::UsernameClaim | OpType::PaymentSubmit, End::Refused) => Call::Exists,
            (OpType::UsernameClaim | OpType::PaymentSubmit, End::Done) if !wrote => Call::Cas(text(self), text(self)),
            (OpType::ItemCreate | OpType::UsernameClaim | OpType::PaymentSubmit, _) => {
                Call::Cas(Datum::Nil, text(self))
            }
            (OpType::AccessGrant, _) => Call::Write(Datum::Int(1)),
            (OpType::AccessRevoke, _) => Call::Write(Datum::Nil),
            (OpType::ItemDelete, _) => Call::Write(Datum::Nil),
            (op_type, _) if op_type.is_read() => Call::Read,
            _ => return None,
        };
        Some((call, told))
    }

    fn finish(mut self) -> Neutral {
        self.entries.sort_by_key(|(operation, _)| operation.invoked);
        let last = self.entries.iter().map(|(operation, _)| operation.invoked + 1).max().unwrap_or(0);
        let returns = self.entries.iter().map(|(operation, _)| operation.returned).filter(|event| *event != NEVER);
        self.history.events = returns.max().map_or(last, |event| last.max(event + 1));
        let (operations, told) = self.entries.into_iter().unzip();
        self.history.operations = operations;
        Neutral { history: self.history, told }
    }
}

/// A value, as judges of neutral histories know it. What a feed shows is its length and its newest post.
fn datum(value: Value, catalog: &Catalog, texts: &mut Texts) -> Datum {
    match value {
        // Nobody is let in by a permission that was never given, nor by one that was taken away.
        Value::Nil | Value::Allowed(false) => Datum::Nil,
        Value::Allowed(true) => Datum::Int(1),
        Value::Transfer { amount, .. } => Datum::Int(i64::from(amount)),
        Value::Int(number) => Datum::Int(number),
        Value::Text(text) => texts.text(catalog.text(text)),
        Value::Versions { first, second, count } => {
            let [first, second] = [first, second].map(|text| texts.text(catalog.text(text)));
            texts.list(&[Datum::Int(i64::from(count)), first, second])
        }
        Value::Posts { count, newest } => {
            let newest = texts.text(catalog.text(newest));
            texts.list(&[Datum::Int(i64::from(count)), newest])
        }
    }
}
