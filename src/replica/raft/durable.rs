//! What survives a crash, and what comes back after a lost disk.

use std::sync::Arc;

use crate::base::{LogPosition, ReplicaId};

use crate::data::Ordered;
use crate::replica::log::Log;
use crate::wire::{Slot, Snapshot};

/// The term in which a freshly installed group is led by its founder, by everybody's vote.
pub(super) const FIRST_TERM: u32 = 1;
/// Who leads a freshly installed group.
pub(super) const FOUNDER: ReplicaId = ReplicaId(0);

/// Whether a member may vote and count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It votes in terms above this one, and counts.
    Voter {
        /// 0, or the term in which it learned that it was readmitted.
        above: u32,
    },
    /// It lost its disk: no vote, and it counts toward no quorum.
    Waiting,
}

/// What a member has on disk.
#[derive(Clone, Debug)]
pub struct Durable {
    /// The largest term that it has seen.
    pub(super) term: u32,
    /// For whom it voted in that term.
    pub(super) vote: Option<ReplicaId>,
    /// How many disks it has lost before this one.
    pub(super) incarnation: u32,
    pub(super) standing: Standing,
    pub(super) log: Log,
    pub(super) snapshot: Arc<Snapshot>,
}

impl Durable {
    /// What installation writes: everybody has voted for the founder.
    pub(super) fn installed(state: Arc<Ordered>) -> Self {
        Self {
            term: FIRST_TERM,
            vote: Some(FOUNDER),
            incarnation: 0,
            standing: Standing::Voter { above: 0 },
            log: Log::default(),
            snapshot: installed_with(state),
        }
    }

    /// An empty disk in place of a lost one.
    pub(super) fn lost(incarnation: u32, state: Arc<Ordered>) -> Self {
        let snapshot = installed_with(state);
        Self { term: 0, vote: None, incarnation, standing: Standing::Waiting, log: Log::default(), snapshot }
    }

    /// The end of the log.
    pub(super) fn last(&self) -> LogPosition {
        self.log.last()
    }

    /// Adds an entry of the current term.
    pub(super) fn append(&mut self, entry: super::Entry) -> LogPosition {
        self.log.append(Slot { term: self.term, entry })
    }

    /// Enters a later term, in which it has not voted.
    pub(super) fn enter(&mut self, term: u32) {
        assert!(term > self.term, "terms only rise");
        self.term = term;
        self.vote = None;
    }

    /// Votes and counts from now on, but not in any term that it has seen: an earlier life may have voted there.
    pub(super) fn readmit(&mut self) {
        self.standing = Standing::Voter { above: self.term };
    }
}

/// The start of the log, with the state of the installation.
fn installed_with(state: Arc<Ordered>) -> Arc<Snapshot> {
    Arc::new(Snapshot { state, ..Snapshot::default() })
}
