//! Why a read was stale, or that it was not.
//!
//! Stale is a read whose answer lacks a write that was acknowledged before the read's invocation and could change the
//! answer. For each such write: who wrote it and where, when its client knew of it, where the news was, when it came.

use crate::base::{Answer, Instant, ReplicaId};
use crate::check::words::seconds;
use crate::lab::telling::span;
use crate::record::Outcome;

use super::homes::Answerer;
use super::news::How;
use super::past::{Asked, Decided, Knowledge, Past};
use super::picture::{Bar, Kind, Sketch, deed};
use super::{Explanation, Part, level_at, list, promise, siblings, silent_on_age, write};

/// Missing writes, and lost ones, that are told one by one.
const TOLD_MAX: usize = 8;
/// Missing writes that are drawn.
const DRAWN_MAX: usize = 2;

/// A read that was answered, with what stood behind its answer.
struct Case<'a, 'b> {
    past: &'a Past<'b>,
    asked: &'a Asked,
    decided: &'a Decided,
    replica: ReplicaId,
    knowledge: Knowledge,
    /// Who answered: that replica, or the homes that it asked for a quorum.
    homes: Vec<Answerer>,
    /// The writes that were in what they answered.
    behind: Vec<usize>,
}

pub(super) fn explain(past: &Past<'_>, asked: &Asked) -> Explanation {
    let mut why = Explanation::new(title(past, asked), asked.returned.map_or(asked.invoked, |returned| returned.at));
    let Some(case) = Case::of(past, asked) else {
        why.text("The record of this decision is dropped: what stood behind the answer is not known any more.");
        return why;
    };
    write::turned_away(past, asked, &mut why);
    let (missing, lost) = case.missing();
    if missing.is_empty() {
        case.fresh(&mut why);
    } else {
        case.stale(&missing, &mut why);
    }
    if let Some(Outcome::Answered(Answer::Done(value))) = asked.returned.map(|returned| returned.outcome) {
        siblings::explain(past, value, &case.behind, &mut why);
    }
    for write in lost.iter().take(TOLD_MAX) {
        let text =
            format!("{} is lost: every replica that had it lost its disk. It counts no more.", case.told(*write));
        why.text(text);
    }
    if lost.len() > TOLD_MAX {
        why.text(format!("{} more are lost.", lost.len() - TOLD_MAX));
    }
    case.leave_open(&mut why);
    why.parts.push(Part::Picture(case.picture(&missing)));
    why
}

fn title(past: &Past<'_>, asked: &Asked) -> String {
    let answer = match asked.returned.map(|returned| returned.outcome) {
        Some(Outcome::Answered(answer)) => past.catalog().answer_text(asked.op_type, answer),
        _ => "nothing".to_owned(),
    };
    let request = past.request(asked.op_type, asked.argument);
    format!("Why did {} get {answer} for {request}?", past.name(asked.client))
}

impl<'a, 'b> Case<'a, 'b> {
    fn of(past: &'a Past<'b>, asked: &'a Asked) -> Option<Self> {
        let decided = asked.answer()?;
        let replica = decided.decision.basis.replica;
        let knowledge = past.knowledge_at(decided)?;
        let (homes, behind) = past.behind(decided, &knowledge);
        Some(Self { past, asked, decided, replica, knowledge, homes, behind })
    }

    /// Who answered, by name.
    fn who(&self) -> String {
        list(&self.homes.iter().map(|home| home.replica.to_string()).collect::<Vec<_>>())
    }

    /// Whether the answer has a write, or one that beats it.
    fn answer_has(&self, write: usize) -> bool {
        self.behind.iter().any(|held| *held == write || self.past.beats(*held, write))
    }

    /// When the first of those who answered got a write that they lacked.
    fn arrival(&self, write: usize) -> Option<Instant> {
        let arrivals = self.homes.iter().filter_map(|home| self.past.arrival(write, home.replica, home.upto));
        arrivals.map(|(at, _)| at).min()
    }

    /// Whether the replica had a write, or one that beats it.
    fn has(&self, replica: ReplicaId, write: usize) -> bool {
        self.knowledge.of(replica).iter().any(|held| *held == write || self.past.beats(*held, write))
    }

    /// The writes acknowledged before the invocation that the answer lacks, the oldest first; and those of them that
    /// nobody has any more.
    fn missing(&self) -> (Vec<usize>, Vec<usize>) {
        let before = |write: &usize| {
            self.past.writes[*write].acknowledged.is_some_and(|acknowledged| acknowledged < self.asked.invoked)
        };
        let all = (0..self.past.writes.len()).filter(before).filter(|write| !self.answer_has(*write));
        let (mut missing, lost): (Vec<_>, Vec<_>) = all.partition(|write| !self.knowledge.holders(*write).is_empty());
        missing.sort_by_key(|write| self.past.writes[*write].acknowledged);
        (missing, lost)
    }

    fn stale(&self, missing: &[usize], why: &mut Explanation) {
        let past = self.past;
        let oldest = missing.first().and_then(|write| past.writes[*write].acknowledged).unwrap_or(self.asked.invoked);
        let age = span(self.asked.invoked.since(oldest));
        let versions = if missing.len() == 1 { "1 version".to_owned() } else { format!("{} versions", missing.len()) };
        why.text(format!(
            "Stale by {age} and {versions}: {} answered from what {} had at {}, and that lacked what was acknowledged \
             before {} asked at {}.",
            self.who(),
            if self.homes.len() == 1 { "it" } else { "they" },
            seconds(self.decided.at),
            past.name(self.asked.client),
            seconds(self.asked.invoked)
        ));
        why.heading("What the answer lacked");
        for write in missing.iter().take(TOLD_MAX) {
            self.tell_missing(*write, why);
        }
        if missing.len() > TOLD_MAX {
            why.text(format!("And {} more.", missing.len() - TOLD_MAX));
        }
        let since = missing.iter().map(|write| past.writes[*write].at).min().unwrap_or(self.decided.at);
        write::faults(past, (since, self.decided.at), why);
        why.heading("When it would have been fresh");
        why.text(self.fresh_from(missing));
        if let Some(text) = self.elsewhere(missing) {
            why.text(text);
        }
    }

    /// "ana's stock.reserve mug 1, accepted by r1 at 1.001 s".
    fn told(&self, write: usize) -> String {
        let write = &self.past.writes[write];
        let (client, request) = (self.past.name(write.client), self.past.request(write.op_type, write.argument));
        format!("{client}'s {request}, accepted by {} at {}", write.replica, seconds(write.at))
    }

    fn tell_missing(&self, write: usize, why: &mut Explanation) {
        let past = self.past;
        let acknowledged = past.writes[write].acknowledged.unwrap_or(past.writes[write].at);
        why.fact(acknowledged, format!("acknowledged: {}", self.told(write)));
        for Answerer { replica: home, upto, at } in self.homes.iter().copied() {
            let place = past.whereabouts(write, home, upto, at);
            why.fact(at, format!("when {home} answered, {}", past.whereabouts_text(write, home, place)));
            if let Some((at, how)) = past.arrival(write, home, upto) {
                let how = match how {
                    How::Gossip => "the news arrived",
                    How::Repair => "a repair brought it",
                    How::Otherwise => "it came",
                };
                why.fact(at, format!("{how}: {home} has it from here on"));
            }
        }
    }

    /// From when on the replica that answered had all that was missing.
    fn fresh_from(&self, missing: &[usize]) -> String {
        let arrivals: Option<Vec<Instant>> = missing.iter().map(|write| self.arrival(*write)).collect();
        if let Some(last) = arrivals.and_then(|arrivals| arrivals.into_iter().max()) {
            return format!("{} had all of it at {}: the same read, served then, is fresh.", self.who(), seconds(last));
        }
        let now = self.past.sitting.run().now();
        let due = missing.iter().map(|write| {
            match self.past.whereabouts(*write, self.replica, self.past.sitting.log().trace.len(), now) {
                super::news::Whereabouts::UnderWay { arrives } => Some(arrives),
                _ => None,
            }
        });
        if let Some(due) = due.collect::<Option<Vec<Instant>>>().and_then(|due| due.into_iter().max()) {
            return format!("Not yet: the news is to reach {} at {}.", self.replica, seconds(due));
        }
        let is_ordered = |write: &usize| self.past.writes[*write].dot.column.log().is_some();
        let by = if missing.iter().any(is_ordered) { "the log can" } else { "a repair will" };
        format!("Not yet: {} still lacks some of it, and only {by} bring it.", self.replica)
    }

    /// Who could have answered fresh at the same moment.
    fn elsewhere(&self, missing: &[usize]) -> Option<String> {
        let count = self.past.sitting.run().cluster().view().replica_count();
        let fresh = ReplicaId::all(count).filter(|replica| missing.iter().all(|write| self.has(*replica, *write)));
        let names: Vec<String> = fresh.map(|replica| replica.to_string()).collect();
        let verb = if names.len() == 1 { "had" } else { "each had" };
        (!names.is_empty()).then(|| format!("{} {verb} it all at that moment.", list(&names)))
    }

    fn fresh(&self, why: &mut Explanation) {
        let past = self.past;
        let before = |write: &&super::past::Write| write.acknowledged.is_some_and(|at| at < self.asked.invoked);
        let known = past.writes.iter().filter(before).count();
        let holds = match known {
            0 => "no write to it was acknowledged before it was asked".to_owned(),
            1 => format!("{} had the one write to it that was acknowledged before it was asked", self.who()),
            _ => format!("{} had all {known} writes to it that were acknowledged before it was asked", self.who()),
        };
        let reach = if past.is_truncated() { " as far as the record reaches" } else { "" };
        why.text(format!("Legal, and fresh{reach}: {holds}."));
        why.heading("What stood behind the answer");
        let mut seen = Vec::new();
        for write in self.behind.iter().rev() {
            if seen.len() < TOLD_MAX && !seen.contains(write) {
                seen.push(*write);
            }
        }
        if seen.is_empty() {
            why.text("What was there from the start, and no write.");
        }
        for write in seen.into_iter().rev() {
            why.fact(past.writes[write].at, self.told(write));
        }
    }

    /// What the level in force promised, and what the record does not say any more.
    fn leave_open(&self, why: &mut Explanation) {
        let past = self.past;
        let level = level_at(self.asked.op_type, self.asked.invoked, past.sitting);
        why.heading("What was promised");
        why.text(format!("{} {}", promise(level), silent_on_age(level)));
        if past.is_truncated() {
            let from = seconds(past.known_from());
            why.text(format!("The record before {from} is dropped: older writes are not looked at."));
        }
        if past.was_resolver_switched() {
            why.text("The resolver was switched in this run; which write wins is judged by the one in force now.");
        }
    }

    fn picture(&self, missing: &[usize]) -> super::Picture {
        let mut sketch = Sketch::new(self.past.sitting);
        for write in missing.iter().take(DRAWN_MAX).map(|write| &self.past.writes[*write]) {
            let what = (write.op_type, write.argument);
            let own = deed((write.op, write.client), what, write.replica, write.at);
            let asked = self.past.asked.get(&write.op);
            let invoked = asked.map_or(write.at, |asked| asked.invoked);
            sketch.bar(Bar { deed: own, invoked, returned: write.acknowledged, kind: Kind::Operation });
            sketch.news(write.written(), self.replica);
        }
        let what = (self.asked.op_type, self.asked.argument);
        let own = deed((self.asked.op, self.asked.client), what, self.replica, self.decided.at);
        let returned = self.asked.returned.map(|returned| returned.at);
        sketch.bar(Bar { deed: own, invoked: self.asked.invoked, returned, kind: Kind::Accused });
        sketch.finish()
    }
}
