//! Who stood behind an answer, and all that they had: the replica that decided, or the homes that a quorum asked.
//!
//! ```text
//!   home  ──took in 1, 2──▶ answers ──took in 3──▶        what it answered has 1 and 2, and 3 came too late,
//!                              ╰─────────▶ decided        although the coordinator decided after it
//! ```
//!
//! A home says how much it had taken in and in which of its lives, and the trace says what that was. Both are needed: after
//! a lost disk it counts from nothing again.

use std::collections::BTreeMap;

use crate::base::{AttemptId, Column, Instant, ReplicaId};
use crate::record::{Basis, Happened, TraceEntry};

use super::past::{Decided, Knowledge, Past};

/// Who answered, and until when: before that entry of the trace, at that instant or before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answerer {
    pub(super) replica: ReplicaId,
    pub(super) upto: u64,
    pub(super) at: Instant,
}

/// The homes behind what quorums decided, by attempt.
#[derive(Debug, Default)]
pub(super) struct Homes {
    by_attempt: BTreeMap<AttemptId, Vec<Home>>,
}

/// One home that answered a coordinator.
#[derive(Clone, Copy, Debug)]
struct Home {
    replica: ReplicaId,
    /// How much it had taken in, as its basis counts.
    applied: u32,
    /// The column that it wrote to: which of its lives.
    column: Column,
}

impl Homes {
    /// A home contributed to an attempt.
    pub(super) fn add(&mut self, attempt: AttemptId, basis: Basis, column: Column) {
        let home = Home { replica: basis.replica, applied: basis.applied, column };
        self.by_attempt.entry(attempt).or_default().push(home);
    }

    fn of(&self, attempt: AttemptId) -> Option<&[Home]> {
        self.by_attempt.get(&attempt).map(Vec::as_slice)
    }
}

impl Past<'_> {
    /// Whether a quorum decided it.
    pub(super) fn is_of_quorum(&self, decided: &Decided) -> bool {
        self.homes.of(decided.attempt).is_some()
    }

    /// Who answered what was decided on an attempt, and all that they had then: the homes that a quorum asked, else the
    /// replica itself. Of a home each write counts once.
    pub(super) fn behind(&self, decided: &Decided, knowledge: &Knowledge) -> (Vec<Answerer>, Vec<usize>) {
        let upto = self.number_of(decided).unwrap_or(0);
        let answerer = |replica| Answerer { replica, upto, at: decided.at };
        let Some(homes) = self.homes.of(decided.attempt) else {
            let replica = decided.decision.basis.replica;
            return (vec![answerer(replica)], knowledge.of(replica).to_vec());
        };
        let (mut answerers, mut behind) = (Vec::new(), Vec::new());
        for home in homes {
            let (next, held) = self.held_at(home, upto);
            // The delivery of what it took in next had not come yet.
            let until = next.map_or(answerer(home.replica), |next| just_before(home.replica, next));
            answerers.push(until);
            for write in held.unwrap_or_else(|| knowledge.of(home.replica).to_vec()) {
                if !behind.contains(&write) {
                    behind.push(write);
                }
            }
        }
        (answerers, behind)
    }

    /// What a home had once it had taken in so much in this life, unless the record does not reach back to it; and the
    /// entry of what it took in next, if it did before entry number `upto`.
    fn held_at(&self, home: &Home, upto: u64) -> (Option<&TraceEntry>, Option<Vec<usize>>) {
        let replica = home.replica;
        let (mut life, mut count, mut held) = (Column(replica.0), 0, Vec::new());
        let (mut next, mut found) = (None, None);
        let trace = &self.sitting.log().trace;
        let entries = trace.iter().take(upto.saturating_sub(trace.dropped()) as usize);
        for entry in [None].into_iter().chain(entries.filter(|entry| entry.actor == replica.into()).map(Some)) {
            match entry.map(|entry| (entry, entry.what)) {
                Some((
                    entry,
                    Happened::Applied { .. } | Happened::Superseded { .. } | Happened::AppliedRange { .. },
                )) => {
                    count += 1;
                    held.extend(self.taken_in(entry));
                }
                Some((entry, Happened::TakenBack { .. })) => {
                    count += 1;
                    let gone = self.taken_in(entry);
                    held.retain(|write| !gone.contains(write));
                }
                Some((_, Happened::Crashed { disk_lost: true })) => (count, held) = (0, Vec::new()),
                Some((_, Happened::Restarted { column })) => life = column,
                _ => {}
            }
            if (count, life) == (home.applied, home.column) {
                (next, found) = (None, Some(held.clone()));
            } else if found.is_some() && next.is_none() {
                next = entry;
            }
        }
        (next, found)
    }
}

/// Before what led to an entry of the trace.
fn just_before(replica: ReplicaId, entry: &TraceEntry) -> Answerer {
    let upto = u64::from(entry.cause.0.saturating_sub(1));
    Answerer { replica, upto, at: Instant(entry.at.0.saturating_sub(1)) }
}
