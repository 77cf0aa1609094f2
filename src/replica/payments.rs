//! Payments: a replica asks the outside provider to charge, and records it when the provider has.
//!
//! ```text
//!   submit ─▶ recorded here? ──yes─▶ the stored result
//!                │ no
//!                ▼
//!             charge ─▶ provider ─▶ charged ─▶ record ─▶ reply
//!                       ▲                   ▲
//!                       a crash here, or a retry at a replica without the record, charges again
//! ```
//!
//! Effect and record are two steps, and no step of a replica undoes the first. The key of the payment stops a second
//! charge where its record is known, or where the replica itself waits for the provider; elsewhere only the provider can,
//! if it knows the key (`provider keys=on`).

use std::collections::BTreeMap;

use crate::base::{Actor, Answer, KeyId, LocalInstant, Refusal, Stamp, Value};
use crate::data::Change;
use crate::wire::{Charge, Charged, Effect, Effects, Request, Settings};

use super::{Replica, rules};

/// Attempts that wait for one charge: more than all clients with a few attempts each; later ones get no answer.
const WAITING_MAX: usize = 2_048;

/// What a replica waits for from the provider. A crash forgets it.
#[derive(Clone, Debug, Default)]
pub(super) struct Payments {
    asked: BTreeMap<KeyId, Asked>,
}

/// A charge that was asked for, and the attempts that wait for it.
#[derive(Clone, Debug)]
struct Asked {
    amount: i64,
    waiting: Vec<(Actor, Box<Request>)>,
}

impl Replica {
    /// Takes up a payment: answers from the record, joins a charge under way, or asks for one.
    pub(super) fn submit(
        &mut self,
        now: LocalInstant,
        client: Actor,
        request: &Request,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        let Value::Int(amount) = request.argument else { unreachable!("a payment has an amount: the parser checks") };
        let read = self.disk.state.read(request.key, rules(settings));
        let known = match (read, self.payments.asked.get_mut(&request.key)) {
            (Value::Int(paid), _) => Some(stored(paid, amount)),
            (_, Some(asked)) if asked.amount != amount => Some(Answer::Refused(Refusal::Mismatch)),
            (_, Some(asked)) => {
                if asked.waiting.len() < WAITING_MAX {
                    asked.waiting.push((client, Box::new(request.clone())));
                }
                None
            }
            (_, None) => {
                let waiting = vec![(client, Box::new(request.clone()))];
                self.payments.asked.insert(request.key, Asked { amount, waiting });
                effects.push(Effect::Charge(Charge { attempt: request.attempt, key: request.key, amount }));
                None
            }
        };
        if let Some(answer) = known {
            self.conclude(now, client, request, (answer, None), settings, effects);
        }
    }

    /// The provider answers: records the payment, unless its record came from elsewhere, and tells all who wait.
    pub(super) fn charged(
        &mut self,
        now: LocalInstant,
        key: KeyId,
        charged: Charged,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        let Some(Asked { amount, waiting }) = self.payments.asked.remove(&key) else { return };
        for (client, request) in waiting {
            let outcome = match (charged, self.disk.state.read(key, rules(settings))) {
                (Charged::Mismatch, _) => (Answer::Refused(Refusal::Mismatch), None),
                (Charged::Done, Value::Int(_)) => (Answer::Done(Value::Nil), None),
                (Charged::Done, _) => (Answer::Done(Value::Nil), Some(Change::Record(amount))),
            };
            self.conclude(now, client, &request, outcome, settings, effects);
        }
    }

    fn conclude(
        &mut self,
        now: LocalInstant,
        client: Actor,
        request: &Request,
        (answer, change): (Answer, Option<Change>),
        settings: &Settings,
        effects: &mut Effects,
    ) {
        let stamp = Stamp { wall_us: now.wall_us, hlc: self.disk.clock.receive(now.wall_us, request.hlc) };
        self.answer(client, request, (answer, change), stamp, settings, effects);
    }
}

/// The stored result of a payment: done, or that the key was used for another amount.
fn stored(paid: i64, amount: i64) -> Answer {
    if paid == amount { Answer::Done(Value::Nil) } else { Answer::Refused(Refusal::Mismatch) }
}
