//! A witness on an axis of true time: who did what when, the news between, the faults around.
//!
//! ```text
//!            1.000s                          1.071s
//!  ana       ━◆━ withdraw 80 at r1
//!  ben                 ━◆━ withdraw 80 at r3
//!  r1→r3      ····························▸ news
//!  fault     ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒ partition r1 | r2 r3
//! ```
//!
//! Here is what there is to draw; the screen draws it in as many columns as it has.

use crate::base::{Actor, Instant, OpId, ReplicaId};
use crate::check::Violation;
use crate::check::verdict::{Cause, Deed, Sentence};
use crate::lab::sitting::Sitting;
use crate::record::HistoryEntry;

use super::faults;
use super::news::{Push, Written, push};
use super::past::{instant_of, short};

/// Operations that have a lane each; of more, those of one replica share one.
const OPERATIONS_MAX: usize = 6;
/// Faults of one picture.
const FAULTS_MAX: usize = 3;
/// Entries of the history after a decision among which the answer is looked for: a busy lab has a few hundred before
/// any client gives up.
const SEARCH_MAX: usize = 20_000;

/// What is to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// The left end.
    pub from: Instant,
    /// The right end.
    pub to: Instant,
    /// From top to bottom.
    pub lanes: Vec<Lane>,
}

/// One lane with one bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// What stands at its left.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Where the bar begins.
    pub from: Instant,
    /// Where it ends; none if it goes on.
    pub to: Option<Instant>,
    /// What matters most on it: the decisions.
    pub moments: Vec<Instant>,
    /// What stands beside the bar.
    pub label: String,
}

/// What a lane is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An operation, from its invocation to its return.
    Operation,
    /// The one that is explained, or that broke the promise.
    Accused,
    /// News of a write on its way.
    News,
    /// News that got no further.
    Lost,
    /// A fault, while it lasted.
    Fault,
}

/// A picture in the making.
pub(super) struct Sketch<'a> {
    sitting: &'a Sitting,
    lanes: Vec<Lane>,
}

/// One operation for a picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bar {
    pub(super) deed: Deed,
    pub(super) invoked: Instant,
    pub(super) returned: Option<Instant>,
    pub(super) kind: Kind,
}

impl<'a> Sketch<'a> {
    pub(super) fn new(sitting: &'a Sitting) -> Self {
        Self { sitting, lanes: Vec::new() }
    }

    pub(super) fn bar(&mut self, bar: Bar) {
        let catalog = self.sitting.run().cluster().view().catalog();
        let Deed { client, op_type, argument, replica, at, .. } = bar.deed;
        self.lanes.push(Lane {
            name: catalog.actor_name(client),
            kind: bar.kind,
            from: bar.invoked.min(at),
            to: bar.returned,
            moments: vec![at],
            label: format!("{} at {replica}", short(op_type, argument, catalog)),
        });
    }

    /// A lane for each replica with all that it accepted.
    fn crowd(&mut self, witness: &[Deed], accused: Option<Deed>) {
        let count = self.sitting.run().cluster().view().replica_count();
        for replica in ReplicaId::all(count) {
            let own: Vec<&Deed> = witness.iter().filter(|deed| deed.replica == replica).collect();
            let (Some(first), Some(last)) = (own.first(), own.last()) else { continue };
            let sum: i64 = own.iter().map(|deed| deed.amount()).sum();
            let is_accused = accused.is_some_and(|accused| accused.replica == replica);
            self.lanes.push(Lane {
                name: replica.to_string(),
                kind: if is_accused { Kind::Accused } else { Kind::Operation },
                from: first.at,
                to: Some(last.at),
                moments: own.iter().map(|deed| deed.at).collect(),
                label: format!("accepted {}, {sum} in all", own.len()),
            });
        }
    }

    /// The news of a write on its way to a replica, if its record is there.
    pub(super) fn news(&mut self, written: Written, to: ReplicaId) {
        let name = format!("{}→{to}", written.replica);
        if written.replica == to || self.lanes.iter().any(|lane| lane.name == name && lane.from == written.at) {
            return;
        }
        let lane = match push(self.sitting.log(), written, to) {
            Ok(Some(Push::Sent { arrives, .. })) => (Kind::News, arrives, "the news"),
            Ok(Some(Push::Dropped(_))) => (Kind::Lost, written.at, "the news is lost"),
            _ => return,
        };
        let (kind, end, label) = (lane.0, lane.1, lane.2.to_owned());
        self.lanes.push(Lane { name, kind, from: written.at, to: Some(end), moments: Vec::new(), label });
    }

    /// The picture, with the faults around it.
    pub(super) fn finish(mut self) -> Picture {
        let now = self.sitting.run().now();
        let from = self.lanes.iter().map(|lane| lane.from).min().unwrap_or(now);
        let ends = self.lanes.iter().map(|lane| lane.to.unwrap_or(now));
        let to = ends.max().unwrap_or(now).max(from + 1);
        let around = faults::between(self.sitting, from, to);
        let skip = around.len().saturating_sub(FAULTS_MAX);
        for fault in around.into_iter().skip(skip) {
            let (name, kind, label) = ("fault".to_owned(), Kind::Fault, fault.text);
            let end = fault.to.filter(|end| *end <= to);
            self.lanes.push(Lane { name, kind, from: fault.from.max(from), to: end, moments: Vec::new(), label });
        }
        Picture { from, to, lanes: self.lanes }
    }
}

impl Picture {
    /// The witness of a violation. Cheap enough for every frame: the record is only looked at where it has to be.
    pub fn of(violation: &Violation, sitting: &Sitting) -> Self {
        let mut sketch = Sketch::new(sitting);
        let (witness, accused, missing) = match &violation.sentence {
            Sentence::Overspent { accused, witness, .. } => {
                let mut all = witness.clone();
                if !all.contains(accused) {
                    all.push(*accused);
                }
                (all, Some(*accused), None)
            }
            Sentence::Diverged { cause: Cause::Missing { replica, .. }, witness, .. } => {
                (witness.clone(), None, Some(*replica))
            }
            Sentence::Diverged { witness, .. } => (witness.clone(), None, None),
            Sentence::Unordered { witness, .. } => (witness.iter().map(|told| told.act.deed).collect(), None, None),
            Sentence::Broken(found) => {
                let witness: Vec<Deed> = found.witness().into_iter().map(|act| act.deed).collect();
                let accused = witness.last().copied();
                (witness, accused, found.missing().map(|(_, replica)| replica))
            }
        };
        if witness.len() > OPERATIONS_MAX {
            sketch.crowd(&witness, accused);
            return sketch.finish();
        }
        for (index, deed) in witness.iter().enumerate() {
            let kind = if Some(*deed) == accused { Kind::Accused } else { Kind::Operation };
            let (invoked, returned) = span(deed, sitting);
            sketch.bar(Bar { deed: *deed, invoked, returned, kind });
            let written = Written { op: deed.op, attempt: None, replica: deed.replica, at: deed.at };
            let others = witness[index + 1..].iter().map(|later| later.replica).chain(missing);
            if let Some(to) = others.into_iter().find(|replica| *replica != deed.replica) {
                sketch.news(written, to);
            }
        }
        sketch.finish()
    }
}

/// When an operation began and ended for its client.
fn span(deed: &Deed, sitting: &Sitting) -> (Instant, Option<Instant>) {
    let known = sitting.run().metrics().operations().get(deed.op);
    let invoked = known.map_or(deed.at, |operation| operation.invoked);
    (invoked, returned(deed.op, deed.at, sitting))
}

fn returned(op: OpId, after: Instant, sitting: &Sitting) -> Option<Instant> {
    let history = &sitting.log().history;
    let first = history.partition_point(|entry| instant_of(entry) < after);
    history.since(first).take(SEARCH_MAX).find_map(|entry| match *entry {
        HistoryEntry::Returned { op: own, at, .. } if own == op => Some(at),
        _ => None,
    })
}

/// A deed that is only a client's: for reads.
pub(super) fn deed(
    (op, client): (OpId, Actor),
    what: (crate::base::OpType, crate::base::Value),
    replica: ReplicaId,
    at: Instant,
) -> Deed {
    Deed { op, client, op_type: what.0, argument: what.1, replica, at }
}
