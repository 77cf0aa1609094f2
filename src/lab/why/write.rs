//! Why a write was accepted or refused, or why nobody knows what became of an operation.

use crate::base::operation::Effect;
use crate::base::{Answer, Instant, Refusal};
use crate::check::words::seconds;
use crate::record::Outcome;

use super::past::{Asked, Decided, Past};
use super::picture::{Bar, Kind, Sketch, deed};
use super::{Explanation, Part, level_at, list, promise, silent_on_others};

pub(super) fn explain(past: &Past<'_>, asked: &Asked) -> Explanation {
    let at = asked.returned.map_or(asked.invoked, |returned| returned.at);
    let (client, request) = (past.name(asked.client), past.request(asked.op_type, asked.argument));
    let outcome = asked.returned.map_or(Outcome::Unknown, |returned| returned.outcome);
    let mut why = match outcome {
        Outcome::Answered(answer) => {
            let text = past.catalog().answer_text(asked.op_type, answer);
            Explanation::new(format!("Why was {client}'s {request} {}?", text.trim_end_matches(": not enough")), at)
        }
        _ => Explanation::new(format!("What became of {client}'s {request}?"), at),
    };
    match (outcome, asked.answer()) {
        (Outcome::Answered(answer), Some(decided)) => answered(past, asked, (decided, answer), &mut why),
        (Outcome::Answered(_), None) => why.text("The record of this decision is dropped."),
        (Outcome::Unknown, _) => unanswered(past, asked, &mut why),
        (Outcome::Overflowed, _) => why.text("It was never sent: too many operations waited for a free client."),
    }
    if let Some(decided) = asked.answer().or(asked.decided.first()) {
        let mut sketch = Sketch::new(past.sitting);
        let what = (asked.op_type, asked.argument);
        let own = deed((asked.op, asked.client), what, decided.decision.basis.replica, decided.at);
        let returned = asked.returned.map(|returned| returned.at);
        sketch.bar(Bar { deed: own, invoked: asked.invoked, returned, kind: Kind::Accused });
        why.parts.push(Part::Picture(sketch.finish()));
    }
    why
}

fn answered(past: &Past<'_>, asked: &Asked, (decided, answer): (&Decided, Answer), why: &mut Explanation) {
    let replica = decided.decision.basis.replica;
    let knew = knew(past, decided);
    let text = match (answer, asked.op_type.spec().effect) {
        (Answer::Refused(Refusal::Insufficient), _) => {
            format!("Legal: {replica} refused it because, as far as it knew, there was not enough{knew}.")
        }
        (Answer::Refused(Refusal::Granted), _) => {
            "Legal: there was enough, but too much of it is granted. What a replica may take alone may be gone already, so \
             the log cannot give it away. The holders return it now; a replica that lost its disk cannot."
                .to_owned()
        }
        (Answer::Refused(Refusal::Exists), _) => {
            format!("Legal: {replica} refused it because it had the item already.")
        }
        (Answer::Refused(Refusal::Pending), _) => {
            "Legal: its level is being switched. Until every replica has handed over what it had, the log does not have \
             all that was acknowledged."
                .to_owned()
        }
        (Answer::Refused(Refusal::Sealed), _) => {
            format!("Legal: a log decides such operations now, so {replica} takes none by itself.")
        }
        (Answer::Refused(Refusal::Busy), _) => {
            format!("Legal: {replica} leads, and as much waits for a majority as it keeps.")
        }
        (Answer::Refused(Refusal::Behind), _) => {
            format!("Legal: {replica} lacked something that the session has seen, and said so.")
        }
        (Answer::Refused(Refusal::Mismatch), _) => {
            format!("Legal: {replica} refused it because the key of the payment belongs to another amount.")
        }
        (Answer::Refused(Refusal::Taken), _) => {
            format!("Legal: {replica} refused it because, as far as it knew, the name was somebody else's.")
        }
        (Answer::Done(_), Effect::Conditional) => {
            format!("Legal: {replica} accepted it because its condition held there, as far as it knew{knew}.")
        }
        (Answer::Done(_), _) => format!("Legal: it has no condition, so {replica} accepted it."),
    };
    why.text(text);
    let answered = past.knowledge_at(decided).map(|knowledge| past.behind(decided, &knowledge).0).unwrap_or_default();
    let homes: Vec<String> = answered.iter().map(|home| home.replica.to_string()).collect();
    if !homes.is_empty() && homes != [replica.to_string()] {
        why.text(format!("{replica} coordinated it: it decided on what {} answered.", list(&homes)));
    }
    why.fact(asked.invoked, format!("{} asks", past.name(asked.client)));
    why.fact(decided.at, format!("{replica} decides"));
    spread(past, asked, why);
    let level = level_at(asked.op_type, asked.invoked, past.sitting);
    why.heading("What was promised");
    why.text(format!("{} {}", promise(level), silent_on_others(level)));
}

/// ": it knew 100".
fn knew(past: &Past<'_>, decided: &Decided) -> String {
    let before = |write: &usize| past.writes[*write].attempt != decided.attempt;
    let known = past.knowledge_at(decided).and_then(|knowledge| {
        let held: Vec<usize> = past.behind(decided, &knowledge).1.into_iter().filter(before).collect();
        past.sum(&held)
    });
    let counts = matches!(past.service(), crate::base::Service::Stock | crate::base::Service::Account);
    known.filter(|_| counts).map(|sum| format!(": it knew of {sum}")).unwrap_or_default()
}

/// When the other replicas had the write.
fn spread(past: &Past<'_>, asked: &Asked, why: &mut Explanation) {
    let Some(write) = past.writes.iter().position(|write| write.op == asked.op) else { return };
    let home = past.writes[write].replica;
    let trace = &past.sitting.log().trace;
    let from = trace.partition_point(|entry| entry.at < past.writes[write].at);
    let count = past.sitting.run().cluster().view().replica_count();
    for replica in crate::base::ReplicaId::all(count).filter(|replica| *replica != home) {
        if let Some((at, _)) = past.arrival(write, replica, from) {
            why.fact(at, format!("{replica} has the news"));
            continue;
        }
        let (upto, now) = (trace.len(), past.sitting.run().now());
        let place = past.whereabouts(write, replica, upto, now);
        why.fact(now, format!("{replica} lacks it: {}", past.whereabouts_text(write, replica, place)));
    }
}

fn unanswered(past: &Past<'_>, asked: &Asked, why: &mut Explanation) {
    why.text(
        "No answer came in time, and the client cannot know more: it may have happened, may happen later, or never.",
    );
    why.heading("What the record knows");
    if asked.decided.is_empty() {
        why.text("No replica has decided it up to now.");
    }
    for decided in &asked.decided {
        let replica = decided.decision.basis.replica;
        let answer = past.catalog().answer_text(asked.op_type, decided.decision.answer);
        why.fact(
            decided.at,
            format!(
                "{replica} did decide attempt {}: {answer}; the answer did not get through in time",
                decided.attempt.number + 1
            ),
        );
    }
    let from = asked.invoked;
    let to = asked.returned.map_or(from, |returned: super::past::Returned| returned.at);
    faults(past, (from, to), why);
}

/// The faults around, as facts.
pub(super) fn faults(past: &Past<'_>, (from, to): (Instant, Instant), why: &mut Explanation) {
    let around = super::faults::between(past.sitting, from, to);
    if around.is_empty() {
        return;
    }
    why.heading("Faults at the time");
    for fault in around {
        let until = fault.to.map_or("still in force".to_owned(), |end| format!("until {}", seconds(end)));
        why.fact(fault.from, format!("{}, {until}", fault.text));
    }
}
