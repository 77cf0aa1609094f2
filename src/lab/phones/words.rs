//! What a screen says, in the words of an app, and what showed that it is not true.

use super::{Contradiction, Mark, Phone, Screen};
use crate::base::operation::permission_parts;
use crate::base::{Answer, Instant, OpType, Refusal, Service, Value, versions_text};
use crate::check::Loss;
use crate::cluster::Catalog;
use crate::lab::telling::{self, request_of};
use crate::record::Outcome;

/// An instant to the millisecond: whoever looks at a screen cannot tell more.
fn clock(at: Instant) -> String {
    telling::clock((at.0 + 500) / 1_000 * 1_000)
}

/// The words on the screen: `Saved: New St`, `9 left`, `no answer`.
pub fn said(screen: &Screen, catalog: &Catalog) -> String {
    match screen.outcome {
        Outcome::Answered(Answer::Done(value)) if screen.op_type.is_read() => read(screen.op_type, value, catalog),
        Outcome::Answered(Answer::Done(_)) => done(screen, catalog),
        Outcome::Answered(Answer::Refused(refusal)) => refused(refusal).to_owned(),
        Outcome::Unknown => "no answer".to_owned(),
        Outcome::Overflowed => "not sent: too much waits".to_owned(),
    }
}

fn done(screen: &Screen, catalog: &Catalog) -> String {
    let argument = bare(screen.argument, catalog);
    let person = permission_parts(catalog.key_name(screen.key)).1;
    match screen.op_type {
        OpType::ProfileSet => format!("Saved: {argument}"),
        OpType::FeedPost => format!("Posted: {argument}"),
        OpType::StockRestock => format!("Put in: {argument}"),
        OpType::StockReserve => format!("Reserved: {argument}"),
        OpType::AccountDeposit => format!("Paid in: {argument}"),
        OpType::AccountWithdraw => format!("Paid out: {argument}"),
        OpType::AccountTransfer => match screen.argument {
            Value::Transfer { to, amount, .. } => format!("Sent: {amount} to {}", catalog.key_name(to)),
            _ => "Sent".to_owned(),
        },
        OpType::LikesAdd => "Liked".to_owned(),
        OpType::ItemCreate => format!("Created: {argument}"),
        OpType::ItemDelete => "Deleted".to_owned(),
        OpType::AccessGrant => format!("Let in: {person}"),
        OpType::AccessRevoke => format!("Shut out: {person}"),
        OpType::UsernameClaim => "It is yours".to_owned(),
        OpType::PaymentSubmit => format!("Paid: {argument}"),
        op_type => format!("{}: done", op_type.name()),
    }
}

fn read(op_type: OpType, value: Value, catalog: &Catalog) -> String {
    match (op_type, value) {
        (_, Value::Nil) => "nothing".to_owned(),
        (OpType::StockLevel, Value::Int(number)) => format!("{number} left"),
        (OpType::LikesRead, Value::Int(1)) => "1 like".to_owned(),
        (OpType::LikesRead, Value::Int(number)) => format!("{number} likes"),
        (_, value) => bare(value, catalog),
    }
}

/// A value without quotation marks, as an app shows it.
fn bare(value: Value, catalog: &Catalog) -> String {
    let text = |symbol| catalog.text(symbol);
    match value {
        Value::Text(symbol) => text(symbol).to_owned(),
        Value::Posts { count: 1, newest } => format!("1 post: {}", text(newest)),
        Value::Posts { count, newest } => format!("{count} posts, newest: {}", text(newest)),
        Value::Versions { first, second, count } => versions_text(text(first), text(second), count),
        value => catalog.value_text(value),
    }
}

fn refused(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Insufficient => "Sorry: not enough",
        Refusal::Granted => "Sorry: the rest is granted",
        Refusal::Mismatch => "Sorry: it has another amount",
        Refusal::Taken => "Sorry: it is taken",
        Refusal::Exists => "Sorry: it exists",
        Refusal::Pending => "Sorry: a switch is pending",
        Refusal::Sealed => "Sorry: it is on a log now",
        Refusal::Behind => "Sorry: it is behind",
        Refusal::Busy => "Sorry: busy",
    }
}

/// What showed that a screen is not true, in one plain sentence: "at 1.412s the same phone says Old St".
pub fn contradiction(screen: &Screen, lie: &Contradiction, catalog: &Catalog) -> String {
    match *lie {
        Contradiction::Answer { at, value, is_older, .. } => {
            let shown = if value == Value::Nil { "nothing".to_owned() } else { bare(value, catalog) };
            let clock = clock(at);
            if is_older {
                return format!("at {clock} the same phone says {shown}, which was accepted before it");
            }
            // A number lacks it without saying so.
            let without = match screen.op_type.service() {
                Service::Stock | Service::Account | Service::Likes | Service::Feed => ", without it",
                _ => "",
            };
            format!("at {clock} the same phone says {shown}{without}")
        }
        Contradiction::Gone { at, loser, how: Loss::Disk } => {
            format!("nobody has it since {}: {loser} lost its disk", clock(at))
        }
        Contradiction::Gone { at, loser, how: Loss::Log } => {
            format!("nobody has it since {}: {loser} dropped it from its log", clock(at))
        }
    }
}

/// The phone of a client as sentences, the newest last: for ears.
pub fn told(name: &str, phone: Option<&Phone>, catalog: &Catalog) -> Vec<String> {
    let Some(phone) = phone.filter(|phone| phone.now().is_some()) else {
        return vec![format!("{name}'s phone has said nothing yet")];
    };
    let count = match phone.lies() {
        0 => "no lie".to_owned(),
        1 => "1 lie".to_owned(),
        lies => format!("{lies} lies"),
    };
    let mut lines = vec![format!("{name}'s phone, {count}:")];
    for screen in phone.screens() {
        let request = request_of(screen.op_type, screen.key, screen.argument, catalog);
        let mark = match (screen.mark(), screen.lie) {
            (Mark::Lie, Some(lie)) => format!("; a lie: {}", contradiction(screen, &lie, catalog)),
            (Mark::True, _) => "; true so far".to_owned(),
            _ => String::new(),
        };
        lines.push(format!("at {}, after {request}: {}{mark}", clock(screen.at), said(screen, catalog)));
    }
    lines
}
