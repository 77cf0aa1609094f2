//! Why a register shows several versions: which writes stand beside each other, and why neither replaced the other.
//!
//! A write takes the place of what its client had seen, and of nothing else. So for each version that is shown: what had
//! its client seen of the register before it wrote, and was the other version there to be seen at all?

use crate::base::{Symbol, Value};
use crate::check::words::seconds;

use super::past::{Asked, Past, Write};
use super::{Explanation, list};

/// Earlier reads of a client that are looked at: each is a way through the trace.
const READS_MAX: usize = 32;
/// Writes of one text that are looked at.
const SAME_TEXT_MAX: usize = 8;
/// Replaced versions that are told one by one.
const TOLD_MAX: usize = 4;

/// Explains an answer with several versions, of all writes that were behind it.
pub(super) fn explain(past: &Past<'_>, value: Value, behind: &[usize], why: &mut Explanation) {
    let Value::Versions { first, second, count } = value else { return };
    why.heading("Why there are several versions");
    let Some((early, late)) = beside(past, (first, second), behind) else {
        why.text("The record does not tell any more how they came to stand beside each other.");
        return;
    };
    for write in [early, late] {
        let own = &past.writes[write];
        why.fact(own.at, format!("{}, accepted by {}: {}", told(past, write), own.replica, replaced(past, write)));
    }
    why.text(unseen(past, early, late));
    why.text(
        "Neither replaced the other: a write takes the place of what its client had seen, and of nothing else. Who reads \
         both and then writes replaces both.",
    );
    if count > 2 {
        why.text(format!("And {} more beside them.", count - 2));
    }
}

/// The latest two writes of these texts of which neither was seen by the other's client, in the order of time.
fn beside(past: &Past<'_>, (first, second): (Symbol, Symbol), behind: &[usize]) -> Option<(usize, usize)> {
    let of = |text| {
        let is_shown = |write: &usize| past.writes[*write].argument == Value::Text(text);
        let mut writes: Vec<usize> = behind.iter().copied().filter(is_shown).collect();
        writes.sort_unstable();
        writes.dedup();
        writes.into_iter().rev().take(SAME_TEXT_MAX).map(|write| (write, seen(past, write))).collect::<Vec<_>>()
    };
    let others = of(second);
    for (one, seen_by_one) in of(first) {
        let is_beside = |(other, seen): &&(usize, Vec<usize>)| !seen.contains(&one) && !seen_by_one.contains(other);
        if let Some((other, _)) = others.iter().filter(|(other, _)| *other != one).find(is_beside) {
            return Some((one.min(*other), one.max(*other)));
        }
    }
    None
}

/// "ana's profile.set address "A"".
fn told(past: &Past<'_>, write: usize) -> String {
    let Write { client, op_type, argument, .. } = past.writes[write];
    format!("{}'s {}", past.name(client), past.request(op_type, argument))
}

/// What a write took the place of.
fn replaced(past: &Past<'_>, write: usize) -> String {
    let client = past.name(past.writes[write].client);
    let seen = seen(past, write);
    if seen.is_empty() {
        return format!("{client} had seen no write to it before, so it replaced none");
    }
    let mut names: Vec<String> = seen.iter().rev().take(TOLD_MAX).map(|write| told(past, *write)).collect();
    if seen.len() > TOLD_MAX {
        names.push(format!("{} earlier ones", seen.len() - TOLD_MAX));
    }
    format!("it replaced what {client} had seen, {}", list(&names))
}

/// Why the client of the later write had not seen the earlier one.
fn unseen(past: &Past<'_>, early: usize, late: usize) -> String {
    let (first, second) = (&past.writes[early], &past.writes[late]);
    let (writer, other) = (past.name(second.client), told(past, early));
    let asked = past.asked.get(&second.op);
    let decided = asked.and_then(|asked| asked.decided.iter().find(|decided| decided.attempt == second.attempt));
    let had = decided.and_then(|decided| Some(past.behind(decided, &past.knowledge_at(decided)?).1));
    let replica = second.replica;
    match had {
        Some(had) if had.contains(&early) => {
            let look = asked.and_then(|asked| reads_before(past, asked).next_back());
            let look = match look.and_then(|read| read.answer()) {
                Some(read) => format!("{writer} had not read it since {}", seconds(read.at)),
                None => format!("{writer} had not read it"),
            };
            format!("{replica} had {other} by then, but {look}: what one has not seen one cannot mean to replace.")
        }
        _ => format!(
            "When {replica} accepted the later one, {other} had not reached it, {} after it was accepted.",
            crate::lab::telling::span(second.at.since(first.at))
        ),
    }
}

/// The writes that the client of a write had seen when it asked for it, the oldest first: its own that were acknowledged,
/// and all that was behind its reads.
fn seen(past: &Past<'_>, write: usize) -> Vec<usize> {
    let own = &past.writes[write];
    let Some(asked) = past.asked.get(&own.op) else { return Vec::new() };
    let is_own = |other: &usize| {
        let other = &past.writes[*other];
        other.client == own.client && other.acknowledged.is_some_and(|at| at <= asked.invoked) && other.op != own.op
    };
    let mut seen: Vec<usize> = (0..past.writes.len()).filter(is_own).collect();
    for read in reads_before(past, asked).rev().take(READS_MAX) {
        let behind = read.answer().and_then(|decided| Some(past.behind(decided, &past.knowledge_at(decided)?).1));
        seen.extend(behind.unwrap_or_default());
    }
    seen.sort_unstable();
    seen.dedup();
    seen
}

/// The reads of the key that a client had an answer to before it asked for something.
fn reads_before<'a>(past: &'a Past<'_>, asked: &'a Asked) -> impl DoubleEndedIterator<Item = &'a Asked> {
    let is_before = |read: &&Asked| {
        read.client == asked.client
            && read.op_type.is_read()
            && read.returned.is_some_and(|returned| returned.attempt.is_some() && returned.at <= asked.invoked)
    };
    past.asked.values().filter(is_before)
}
