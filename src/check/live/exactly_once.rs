//! exactly-once: one operation is accepted once, however many attempts it took.
//!
//! A client that got no answer cannot know whether its request was lost or only the answer (Akkoyunlu et al. 1975, the
//! two generals); it tries again, and without a key for the operation the second attempt is a new one to its replica.
//!
//! Payments are left out: what counts there is what the outside provider does, see `charged_once`.
//!
//! ```text
//! ana   likes.add: accepted at r1, the answer is lost, asked again, accepted at r1 again ✗
//! ```

use super::writes::{Number, WRITES_KEPT};
use crate::base::{OpId, Paged};

/// The first write of each operation.
#[derive(Clone, Debug, Default)]
pub(super) struct ExactlyOnce {
    first: Paged<Number, 128>,
}

impl ExactlyOnce {
    /// A write was accepted for an operation: hands over the first one, if there was one.
    #[inline]
    pub(super) fn judge(&mut self, op: OpId, number: Number) -> Option<Number> {
        let index = op.0 as usize;
        let first = self.first.reach(index)?;
        let known = (*first != 0).then_some(*first);
        if known.is_none() {
            *first = number;
        }
        self.first.forget_before(index.saturating_sub(2 * WRITES_KEPT));
        known
    }
}
