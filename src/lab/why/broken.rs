//! Why a promise was broken: the witness in order, what each replica knew when it decided, where the news was that it
//! lacked, and the faults around.

use crate::base::{Instant, ReplicaId, ReplicaSet};
use crate::check::verdict::{Cause, Deed, End, Sentence, Told};
use crate::check::{Broken, Violation};
use crate::lab::judges::Judges;
use crate::lab::sitting::Sitting;

use super::homes::Answerer;
use super::past::{Decided, Past};
use super::{Explanation, Part, Picture, level_at, list, promise, silent_on_others, write};

/// Operations of a witness that are told one by one.
const TOLD_MAX: usize = 8;

pub(super) fn explain(violation: &Violation, sitting: &Sitting) -> Explanation {
    let past = Past::of(violation.key, sitting);
    let view = sitting.run().cluster().view();
    let title = format!("Why was {} broken?", violation.claim.name());
    let mut why = Explanation::new(title, violation.at);
    why.text(format!("Promised: {}.", violation.claim.summary()));
    why.text(format!("What happened: {}.", Judges::sentence(violation, view)));
    let first = match &violation.sentence {
        Sentence::Overspent { accused, witness, older, .. } => {
            overspent(&past, *accused, witness, &mut why);
            if let Some(older) = older {
                why.text(format!("{} earlier operations are remembered only as a sum, {}.", older.count, older.amount));
            }
            witness.first().map_or(accused.at, |deed| deed.at.min(accused.at))
        }
        Sentence::Diverged { cause, witness, .. } => {
            diverged(&past, *cause, witness, &mut why);
            witness.first().map_or(violation.at, |deed| deed.at)
        }
        Sentence::Broken(found) => {
            witnessed(&past, found, violation.at, &mut why);
            found.witness().first().map_or(violation.at, |act| act.deed.at)
        }
        Sentence::Unordered { witness, .. } => {
            why.heading("No order of these is right");
            for told in witness {
                why.fact(told.act.deed.at, super::legal::text(&past, told));
            }
            if let Some(last) = witness.last() {
                promised(&past, &last.act.deed, &mut why);
            }
            witness.first().map_or(violation.at, |told| told.act.deed.at)
        }
    };
    write::faults(&past, (first, violation.at), &mut why);
    if past.is_truncated() {
        why.text(format!(
            "The record before {} is dropped: what a replica knew from before is not told.",
            crate::check::words::seconds(past.known_from())
        ));
    }
    why.parts.push(Part::Picture(Picture::of(violation, sitting)));
    why
}

fn overspent(past: &Past<'_>, accused: Deed, witness: &[Deed], why: &mut Explanation) {
    let mut all = witness.to_vec();
    if !all.contains(&accused) {
        all.push(accused);
    }
    why.heading("In order, and what each replica knew");
    let skip = all.len().saturating_sub(TOLD_MAX);
    if skip > 0 {
        why.text(format!("{skip} earlier operations of the witness are left out."));
    }
    for (index, deed) in all.iter().enumerate().skip(skip) {
        let text = decision_text(past, (index, deed), &all);
        why.fact(deed.at, text);
    }
    why.heading("Why nobody stopped it");
    let level = level_at(accused.op_type, accused.at, past.sitting);
    why.text(format!("{} {}", promise(level), silent_on_others(level)));
    why.text("Each decision was right on what its replica knew. Merging keeps both: what is spent cannot be unspent.");
}

/// "ana: account.withdraw joint 80, accepted by r1, which knew of 100: 20 left there".
fn decision_text(past: &Past<'_>, (index, deed): (usize, &Deed), witness: &[Deed]) -> String {
    let (client, request) = (past.name(deed.client), past.request(deed.op_type, deed.argument));
    let accepted = format!("{client}: {request}, accepted by {}", deed.replica);
    // A replica that was paused may accept two attempts at one operation at one instant.
    let again = witness[..index].iter().filter(|before| *before == deed).count();
    let Some(decided) = decided_of(past, deed, again) else { return accepted };
    let Some(knowledge) = past.knowledge_at(decided) else { return accepted };
    let own = past.writes.iter().position(|write| write.attempt == decided.attempt);
    let (answerers, behind) = past.behind(decided, &knowledge);
    let held: Vec<usize> = behind.into_iter().filter(|held| Some(*held) != own).collect();
    let who = match &answerers[..] {
        homes if past.is_of_quorum(decided) => format!("which heard from {}", list(&names(homes))),
        _ => "which knew".to_owned(),
    };
    let knew = match past.sum(&held) {
        Some(sum) => format!(", {who} of {sum}: {} left there", sum - deed.amount()),
        None => String::new(),
    };
    let lacking = |other: &&Deed| {
        let write = past.writes.iter().position(|write| write.op == other.op && write.at == other.at);
        other.at < deed.at && write.is_some_and(|write| !held.contains(&write))
    };
    let lacked: Vec<&Deed> = witness.iter().filter(lacking).collect();
    format!("{accepted}{knew}{}", lacked_text(past, &answerers, &lacked))
}

fn names(answerers: &[Answerer]) -> Vec<String> {
    answerers.iter().map(|home| home.replica.to_string()).collect()
}

fn lacked_text(past: &Past<'_>, answerers: &[Answerer], lacked: &[&Deed]) -> String {
    match lacked {
        [] => String::new(),
        [other] => {
            let write = past.writes.iter().position(|write| write.op == other.op && write.at == other.at);
            let place = write.zip(answerers.first()).map(|(write, by)| {
                let place = past.whereabouts(write, by.replica, by.upto, by.at);
                past.whereabouts_text(write, by.replica, place)
            });
            let client = past.name(other.client);
            format!("; it lacked {client}'s: {}", place.unwrap_or_else(|| "its record is dropped".to_owned()))
        }
        many => {
            let mut homes = ReplicaSet::EMPTY;
            for other in many {
                homes.insert(other.replica);
            }
            let homes: Vec<String> = homes.iter().map(|replica| replica.to_string()).collect();
            format!("; it lacked {} of the earlier ones, accepted by {}", many.len(), list(&homes))
        }
    }
}

/// The decision that a deed is, after so many equal ones.
fn decided_of<'a>(past: &'a Past<'_>, deed: &Deed, again: usize) -> Option<&'a Decided> {
    let asked = past.asked.get(&deed.op)?;
    let is_it = |decided: &&Decided| decided.at == deed.at && decided.decision.basis.replica == deed.replica;
    asked.decided.iter().filter(is_it).nth(again)
}

fn diverged(past: &Past<'_>, cause: Cause, witness: &[Deed], why: &mut Explanation) {
    why.heading("The writes that show it");
    for deed in witness.iter().take(TOLD_MAX) {
        let (client, request) = (past.name(deed.client), past.request(deed.op_type, deed.argument));
        why.fact(deed.at, format!("{client}: {request}, accepted by {}", deed.replica));
    }
    let Some(first) = witness.first() else { return };
    let Some(write) = past.writes.iter().position(|write| write.op == first.op && write.at == first.at) else { return };
    why.heading("Where the news went");
    let (log, view) = (past.sitting.log(), past.sitting.run().cluster().view());
    let from = log.trace.partition_point(|entry| entry.at < first.at);
    let about: Vec<ReplicaId> = match cause {
        Cause::Missing { replica, .. } => vec![replica],
        _ => ReplicaId::all(view.replica_count()).filter(|replica| *replica != first.replica).collect(),
    };
    for replica in about {
        if let Some((at, _)) = past.arrival(write, replica, from) {
            why.fact(at, format!("{replica} has it"));
            continue;
        }
        let place = past.whereabouts(write, replica, log.trace.len(), view.now());
        why.fact(view.now(), format!("{replica} lacks it: {}", past.whereabouts_text(write, replica, place)));
    }
}

/// The witness in order, and where the write was that should have been there.
fn witnessed(past: &Past<'_>, found: &Broken, at: Instant, why: &mut Explanation) {
    why.heading("In order");
    let witness = found.witness();
    for act in &witness {
        let deed = &act.deed;
        if found.is_unanswered() {
            let (client, request) = (past.name(deed.client), past.request(deed.op_type, deed.argument));
            why.fact(deed.at, format!("{client}: {request}, asked of {}", deed.replica));
        } else {
            why.fact(deed.at, super::legal::text(past, &Told { act: *act, end: End::Done }));
        }
    }
    if let Some((act, replica)) = found.missing()
        && let Some(write) = past.writes.iter().position(|write| write.op == act.deed.op && write.at == act.deed.at)
    {
        why.heading("Where the news was");
        let trace = &past.sitting.log().trace;
        let upto = trace.partition_point(|entry| entry.at < at);
        let asked = witness.last().and_then(|last| decided_of(past, &last.deed, 0));
        let asked = asked.filter(|decided| past.is_of_quorum(decided));
        let homes = asked.and_then(|decided| Some(past.behind(decided, &past.knowledge_at(decided)?).0));
        for Answerer { replica, upto, at } in homes.unwrap_or_else(|| vec![Answerer { replica, upto, at }]) {
            let place = past.whereabouts(write, replica, upto, at);
            why.fact(at, format!("{replica} lacked it: {}", past.whereabouts_text(write, replica, place)));
            if let Some((later, _)) = past.arrival(write, replica, upto) {
                why.fact(later, format!("{replica} has it"));
            }
        }
    }
    if let Some(last) = witness.last() {
        promised(past, &last.deed, why);
    }
}

/// What the level of an operation promised.
fn promised(past: &Past<'_>, deed: &Deed, why: &mut Explanation) {
    why.heading("What was promised");
    let level = level_at(deed.op_type, deed.at, past.sitting);
    why.text(format!("{} {}", promise(level), silent_on_others(level)));
}
