//! The violations that were seen on this branch. Judges rewind with the run; what lies ahead of the cursor has been seen
//! all the same, so it can be marked and jumped to.

use std::collections::BTreeSet;

use crate::base::Instant;
use crate::lab::sitting::Sitting;

/// The instants of violations.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    instants: BTreeSet<Instant>,
    /// How many the judges had found when they were last asked.
    count: u64,
    /// Which branch it was, and how often its commands had changed.
    of: (u32, u64),
}

impl Seen {
    /// Takes in what the judges have found since.
    pub(crate) fn look(&mut self, sitting: &Sitting) {
        let of = (sitting.branch(), sitting.revision());
        if self.of != of {
            // Another past or another future: only what stands behind the cursor is known to be so.
            self.of = of;
            self.instants.retain(|at| *at <= sitting.run().now());
            self.count = u64::MAX;
        }
        let count = sitting.run().judges().count();
        if count != self.count {
            self.count = count;
            self.instants.extend(sitting.run().judges().violations().iter().map(|violation| violation.at));
        }
    }

    /// The last before an instant.
    pub(crate) fn before(&self, now: Instant) -> Option<Instant> {
        self.instants.range(..now).next_back().copied()
    }

    /// The first after an instant.
    pub(crate) fn after(&self, now: Instant) -> Option<Instant> {
        self.instants.range(now + 1..).next().copied()
    }

    /// All of them, oldest first.
    pub(crate) fn all(&self) -> impl Iterator<Item = Instant> {
        self.instants.iter().copied()
    }
}
