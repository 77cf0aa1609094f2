//! Why: why a promise was broken, why a read was stale, why an answer is legal.
//!
//! ```text
//!   record ──▶ past (which writes, who had applied which, when) ──▶ news (where a missing write was)
//!                 │                                                    │
//!                 └────────── broken │ read │ write ◀──────────────────┘──▶ Explanation: facts, words, a picture
//! ```
//!
//! An explanation is computed on demand from the record, as a person would reconstruct it with true time at hand: no
//! replica could have known it. The set of writes behind an answer is rebuilt from the trace up to the decision, as
//! [`Basis`](crate::record::Basis) says. What the record has dropped is not guessed; that it is missing is said.
//!
//! Start with [`violation`] and [`operation`]; [`picture`] is what is drawn.

mod broken;
mod faults;
mod homes;
mod legal;
mod news;
mod past;
pub mod picture;
mod read;
mod siblings;
mod write;

#[cfg(test)]
mod tests;

use crate::base::{Claim, Cover, Instant, Level, OpId, OpType, Shipping};
use crate::check::Violation;
use crate::check::words::seconds;
use crate::cluster::WorldCommand;
use crate::record::Outcome;

use super::sitting::Sitting;
use past::Past;
pub use picture::Picture;

/// An answer to "why?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What is explained.
    pub title: String,
    /// When it happened.
    pub at: Instant,
    /// The answer, in order.
    pub parts: Vec<Part>,
}

/// A part of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A heading.
    Heading(&'static str),
    /// Running text.
    Text(String),
    /// Something that happened, or will, and when.
    Fact(Instant, String),
    /// All of it on an axis of true time.
    Picture(Picture),
}

impl Explanation {
    fn new(title: String, at: Instant) -> Self {
        Self { title, at, parts: Vec::new() }
    }

    fn heading(&mut self, text: &'static str) {
        self.parts.push(Part::Heading(text));
    }

    fn text(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Text(text.into()));
    }

    fn fact(&mut self, at: Instant, text: impl Into<String>) {
        self.parts.push(Part::Fact(at, text.into()));
    }

    /// The words of it, one part a line, without the picture.
    pub fn words(&self) -> String {
        let line = |part: &Part| match part {
            Part::Heading(heading) => format!("{heading}\n"),
            Part::Text(text) => format!("{text}\n"),
            Part::Fact(at, text) => format!("{}: {text}\n", seconds(*at)),
            Part::Picture(_) => String::new(),
        };
        self.parts.iter().map(line).collect()
    }
}

/// Why a promise was broken.
pub fn violation(violation: &Violation, sitting: &Sitting) -> Explanation {
    broken::explain(violation, sitting)
}

/// Why an operation ended as it did; `None` if the record does not have it any more.
pub fn operation(op: OpId, sitting: &Sitting) -> Option<Explanation> {
    let key = past::key_of(op, sitting)?;
    let past = Past::of(key, sitting);
    let asked = past.asked.get(&op)?;
    let answered = matches!(asked.returned?.outcome, Outcome::Answered(_));
    let is_read = asked.op_type.is_read();
    let mut why = if is_read && answered { read::explain(&past, asked) } else { write::explain(&past, asked) };
    if answered {
        legal::explain(op, key, &past, sitting, &mut why);
    }
    Some(why)
}

/// The level of an operation type at an instant.
fn level_at(op_type: OpType, at: Instant, sitting: &Sitting) -> Level {
    let mut level = Level::default();
    for recorded in sitting.commands().iter().take(sitting.applied()).filter(|recorded| recorded.at <= at) {
        if let WorldCommand::Policy { glob, level: bound, .. } = &recorded.command
            && OpType::matching(glob).contains(&op_type)
            && bound.unfit(op_type).is_none()
        {
            level = *bound;
        }
    }
    level
}

/// What a level leaves open about the age of an answer.
fn silent_on_age(level: Level) -> &'static str {
    match level {
        Level::Eventual => "It promises nothing about how old an answer may be, not even to who wrote it.",
        Level::Session(_) => {
            "It is about what one session did and saw. How old what others did may be it does not say."
        }
        Level::Causal => {
            "It is about what the session saw, and what that came from. Of what is beside it nothing is said."
        }
        Level::Quorum(_) => {
            "As many homes answer as are asked for, and the newest of what they have is the answer. What none of them has \
             is not in it."
        }
        Level::Linearizable(_) => {
            "Of what the log decides, an answer is never older than its question. Loose writes count once it absorbed them."
        }
        Level::Threshold(..) => "It is about taking, not about reading: how old an answer may be it does not say.",
        Level::Primary(Shipping { local_reads: true, .. }) => {
            "Any replica answers with as much of the log as it has: a prefix, as old as the way of the log is long."
        }
        Level::Primary(_) => {
            "Whoever believes to be the primary answers at once. A primary that was deposed and has not heard of it \
             answers from its old log."
        }
        Level::Bounded(_) => {
            "The replica answers while its own metric is within the bound. That metric compares two clocks, and knows \
             one primary."
        }
    }
}

/// What a level leaves open about what others decide meanwhile.
fn silent_on_others(level: Level) -> &'static str {
    match level {
        Level::Quorum(_) => {
            "Whoever coordinates decides on what R homes answered. What another coordinator decides in the same moment it \
             does not see: a quorum orders versions, not decisions."
        }
        Level::Eventual | Level::Session(_) | Level::Causal => {
            "The replica that is asked decides alone, on what it has. Nothing is promised about what others decide \
             before the news is there."
        }
        Level::Linearizable(_) => {
            "The log decides, and every replica decides the same at the same place of it: nothing that others decide \
             through the log comes in between."
        }
        Level::Threshold(_, Cover::Grants) => {
            "What a replica was granted is its own: the log counts it as taken, so nobody else can take it meanwhile. What \
             is beyond its grant the log decides, on what is not granted."
        }
        Level::Threshold(_, Cover::Naive) => {
            "Above the threshold the replica that is asked decides alone, on what it sees. What others take in the same \
             moment it does not see."
        }
        Level::Primary(_) | Level::Bounded(_) => {
            "The primary decides alone, in the order of its log. What another primary decides meanwhile it does not know, \
             and what no follower has is gone if another takes over."
        }
    }
}

/// What a claim about the order of operations is called of a history.
fn promise_name(claim: Claim) -> &'static str {
    match claim {
        Claim::Linearizable => {
            "linearizable: each operation can have taken effect at one instant while it was under way"
        }
        _ => "not linearizable, but sequential: one order agrees with every client, though not with time",
    }
}

/// "level eventual promises convergence: …".
fn promise(level: Level) -> String {
    format!("Level {} promises {}.", level.text(), level.promise())
}

/// "a", "a and b", "a, b and c".
fn list(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
