//! Why an answer is legal, or is not: the order of all operations that explains it.
//!
//! "Legal, because …" is an answer too. An order says more than "concurrent": here is how it can have been. It is one
//! of the orders that the judge of the claim accepts, and there may be others.

use crate::base::{KeyId, OpId, Value};
use crate::check::verdict::{End, Told};
use crate::check::{Ruling, Verdict};
use crate::lab::judges::Judges;
use crate::lab::searched;
use crate::lab::sitting::Sitting;

use super::{Explanation, Past, promise_name};

/// Operations of an order that are told, the last ones.
const TOLD_MAX: usize = 6;

pub(super) fn explain(op: OpId, key: KeyId, past: &Past<'_>, sitting: &Sitting, why: &mut Explanation) {
    match searched::legal(op, key, sitting) {
        Ok(legal) if legal.order.is_empty() => {}
        Ok(legal) => {
            why.heading("An order that makes it legal");
            why.text(format!("What is known of {} is {}.", past.catalog().key_name(key), promise_name(legal.claim)));
            let skip = legal.order.len().saturating_sub(TOLD_MAX);
            if skip > 0 {
                why.text(format!("{skip} earlier operations come first."));
            }
            for told in &legal.order[skip..] {
                why.fact(told.act.deed.at, text(past, told));
            }
        }
        Err(verdict) => none(&verdict, sitting, why),
    }
}

/// There is no order, or none was found.
fn none(verdict: &Verdict, sitting: &Sitting, why: &mut Explanation) {
    let view = sitting.run().cluster().view();
    let Some(violation) = verdict.violations.first().filter(|_| verdict.holds == Ruling::Violated) else { return };
    why.heading("No order of operations explains all of it");
    let words = Judges::sentence(violation, view);
    why.text(format!("{words}."));
}

/// "ben: profile.get address → "West St", by r3".
pub(super) fn text(past: &Past<'_>, told: &Told) -> String {
    let deed = &told.act.deed;
    let client = past.name(deed.client);
    let asked = |argument| format!("{client}: {}", past.request(deed.op_type, argument));
    match told.end {
        End::Done if deed.op_type.is_read() => {
            format!("{} → {}, by {}", asked(Value::Nil), past.catalog().value_text(deed.argument), deed.replica)
        }
        End::Done => format!("{}, accepted by {}", asked(deed.argument), deed.replica),
        End::Refused => format!("{}, refused by {}", asked(deed.argument), deed.replica),
        End::Unknown => format!("{}, sent to {}: nobody knows whether it happened", asked(deed.argument), deed.replica),
    }
}
