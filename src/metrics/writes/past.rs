//! The past of a cell: writes that no replica misses any more, the latest of them.
//!
//! Most of them lost against another. A replica that loses its disk lacks them all again, until something is there that
//! beats them: what it answers then is as old as the first of them.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Writes;
use super::resolve::{Rule, Version};
use super::table::Pending;
use crate::base::{Dot, Instant, KeyId, OpType, ReplicaId, ReplicaSet, Stamp};

/// Writes of one cell that are remembered, 12 KB. After more of them a replica on a new disk counts as stale since the
/// first that is.
const PAST_KEPT: usize = 256;

/// A write that nobody missed. One that was not acknowledged beats others all the same.
#[derive(Clone, Copy, Debug)]
struct Done {
    dot: Dot,
    op_type: OpType,
    stamp: Stamp,
    /// [`Instant::NEVER`] if it was not.
    acknowledged: Instant,
    /// Who took it in, on a disk not lost since.
    holders: ReplicaSet,
}

/// Those of one cell, in the order in which they were everywhere.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    writes: Arc<VecDeque<Done>>,
}

impl Done {
    fn version(&self) -> Version {
        Version::new(self.dot, self.stamp, self.op_type)
    }

    fn pending(&self, key: KeyId) -> Pending {
        Pending {
            key,
            op_type: self.op_type,
            undecided: false,
            missing: ReplicaSet::EMPTY,
            holders: self.holders,
            stamp: self.stamp,
            acknowledged: self.acknowledged,
            links: Default::default(),
        }
    }
}

impl Past {
    pub(super) fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// Nobody misses a write any more.
    pub(super) fn add(&mut self, dot: Dot, write: &Pending) {
        let Pending { op_type, stamp, acknowledged, holders, .. } = *write;
        let writes = Arc::make_mut(&mut self.writes);
        if writes.len() == PAST_KEPT {
            writes.pop_front();
        }
        writes.push_back(Done { dot, op_type, stamp, acknowledged, holders });
    }

    /// A replica takes in one of them: its version.
    pub(super) fn take_in(&mut self, dot: Dot, replica: ReplicaId) -> Option<Version> {
        let place = self.writes.iter().rposition(|write| write.dot == dot)?;
        if !self.writes[place].holders.contains(replica) {
            Arc::make_mut(&mut self.writes)[place].holders.insert(replica);
        }
        Some(self.writes[place].version())
    }

    /// A replica gives up what it holds, or one write of it. What nobody holds any more leaves.
    pub(super) fn give_up(&mut self, replica: ReplicaId, only: Option<Dot>, key: KeyId) -> Vec<(Dot, Pending)> {
        let is_meant = |write: &Done| only.is_none_or(|dot| write.dot == dot);
        let mut lost = Vec::new();
        if !self.writes.iter().any(is_meant) {
            return lost;
        }
        Arc::make_mut(&mut self.writes).retain_mut(|write| {
            if !is_meant(write) || !write.holders.contains(replica) {
                return true;
            }
            write.holders.remove(replica);
            if write.holders.is_empty() {
                lost.push((write.dot, write.pending(key)));
            }
            !write.holders.is_empty()
        });
        lost
    }

    /// What a replica holds of them, the best by a rule.
    pub(super) fn best_at(&self, replica: ReplicaId, rule: Rule) -> Option<Version> {
        let held = self.writes.iter().filter(|write| write.holders.contains(replica)).map(Done::version);
        held.reduce(|best, other| if other.beats(&best, rule) { other } else { best })
    }

    /// When those were acknowledged that beat what a replica holds.
    fn beyond(&self, held: Option<Version>, rule: Rule) -> impl Iterator<Item = Instant> + '_ {
        let is_beyond = move |write: &&Done| held.is_none_or(|held| write.version().beats(&held, rule));
        let acknowledged = self.writes.iter().filter(is_beyond).map(|write| write.acknowledged);
        acknowledged.filter(|at| *at != Instant::NEVER)
    }
}

impl Writes {
    /// When those acknowledged writes to a cell happened that a replica on a new disk lacks of its past.
    pub(super) fn owed_of_cell(&self, replica: ReplicaId, key: KeyId) -> impl Iterator<Item = Instant> + '_ {
        let rule = self.debts.owes_cell(replica, key);
        let state = rule.and_then(|rule| Some((self.keys.get(key.index())?, rule)));
        state.into_iter().flat_map(move |(state, rule)| state.past.beyond(state.held_at(replica), rule))
    }

    /// What `replica` lacks of what was everywhere, of one key and acknowledged before `instant`: the earliest
    /// acknowledgement and the number of writes.
    pub(super) fn owed(&self, replica: ReplicaId, key: KeyId, instant: Instant) -> Option<(Instant, u32)> {
        if self.debts.is_empty() {
            return None;
        }
        let counted = self.debts.of_key(replica, key, instant);
        let of_cell = self.owed_of_cell(replica, key).filter(|at| *at < instant).map(|at| (at, 1));
        counted.into_iter().chain(of_cell).reduce(|(at, count), (other, more)| (at.min(other), count + more))
    }

    /// The earliest acknowledgement among all that `replica` lacks of what was everywhere.
    pub(super) fn earliest_owed(&self, replica: ReplicaId) -> Option<Instant> {
        let of_cells = self.debts.cells_of(replica).flat_map(|key| self.owed_of_cell(replica, key));
        of_cells.chain(self.debts.earliest(replica)).min()
    }

    /// Looks whether a replica has what won at a cell again.
    pub(super) fn pay_cell(&mut self, replica: ReplicaId, key: KeyId) {
        if self.debts.owes_cell(replica, key).is_some() && self.owed_of_cell(replica, key).next().is_none() {
            Arc::make_mut(&mut self.debts).pay_cell(replica, key);
        }
    }
}
