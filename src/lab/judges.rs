//! The live judges of a run, and the words for what they find.

use crate::cluster::view::View;
use crate::cluster::{Cluster, WorldCommand};
use crate::record::{HistoryEntry, Operations, TraceEntry};

/// The live judges.
#[derive(Clone, Debug, Default)]
pub struct Judges {}

/// stub
#[derive(Clone, Debug)]
pub struct Violation {
    /// stub
    pub claim: crate::base::Claim,
    /// stub
    pub at: crate::base::Instant,
}

#[allow(clippy::unused_self, missing_docs)]
impl Judges {
    pub(super) fn commanded(&mut self, _command: &WorldCommand, _cluster: &Cluster) {}
    pub(super) fn trace(&mut self, _entry: &TraceEntry) {}
    pub(super) fn history(&mut self, _entry: &HistoryEntry, _operations: &Operations) {}
    pub fn count(&self) -> u64 {
        0
    }
    pub fn told_since(&self, _found: u64) -> impl Iterator<Item = &Violation> {
        std::iter::empty()
    }
    pub fn ruling(
        &self,
        _claim: crate::base::Claim,
        _since: Option<crate::base::Instant>,
        _sitting: &super::sitting::Sitting,
    ) -> (Option<bool>, String) {
        (None, String::new())
    }
    pub fn sentence(&self, _violation: &Violation, _view: View<'_>) -> String {
        String::new()
    }
}
