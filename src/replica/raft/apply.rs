//! From committed to applied, and from applied to folded.

use std::sync::Arc;

use crate::base::LogPosition;
use crate::base::limits::REPLICAS_MAX;
use crate::data::Ordered;

use super::durable::Standing;
use super::effects::{RaftEffect, RaftEffects};
use super::member::Raft;
use super::settings::RaftSettings;
use crate::wire::{Entry, Snapshot};

impl Raft {
    /// Commits and applies everything up to `index`.
    pub(super) fn commit_upto(&mut self, index: u32, effects: &mut RaftEffects) {
        while self.commit < index {
            let index = self.commit + 1;
            let slot = self.durable.log.get(index).cloned();
            let slot = slot.expect("only what is in the log is committed");
            self.commit = index;
            if let Entry::Readmit { replica, incarnation } = slot.entry {
                let mut admitted = self.admitted;
                let own = &mut admitted[replica.index()];
                *own = incarnation.max(*own);
                self.admit_all(admitted);
            }
            effects.push(RaftEffect::Apply(LogPosition { term: slot.term, index }, slot.entry));
        }
    }

    /// Takes over which lives are admitted; this member's own may be among them.
    pub(super) fn admit_all(&mut self, admitted: [u32; REPLICAS_MAX]) {
        self.admitted = admitted;
        let is_readmitted = admitted[self.id.index()] == self.durable.incarnation;
        if self.durable.standing == Standing::Waiting && is_readmitted {
            self.durable.readmit();
        }
    }

    /// Whether enough is applied that the state should be folded into a snapshot.
    pub fn wants_snapshot(&self, settings: &RaftSettings) -> bool {
        self.commit - self.durable.snapshot.last.index >= settings.compact_after
    }

    /// Keeps `state`, which holds everything applied so far, and forgets the entries that it makes superfluous.
    pub fn compact(&mut self, state: Arc<Ordered>, settings: &RaftSettings) {
        assert_eq!(state.position(), self.committed(), "a snapshot is of what is applied");
        let last = self.committed();
        self.durable.snapshot = Arc::new(Snapshot { last, admitted: self.admitted, state });
        self.durable.log.forget_upto(last.index.saturating_sub(settings.kept));
    }
}
