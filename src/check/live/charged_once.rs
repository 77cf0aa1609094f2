//! charged-once: the outside provider charges a payment once.
//!
//! A payment is its key: whoever submits it, however often, at whichever replica, is to be charged once. The judge counts
//! the charges that the provider made and not what replicas accepted, since those are two steps: a replica that crashes
//! between them has charged and does not know, and two that each record the payment have one record in the end. So this
//! is a claim of its own, and exactly-once leaves payments out. A key for each request, looked at by whoever does what
//! cannot be undone, is the remedy (Helland, *Idempotence Is Not a Medical Condition*, ACM Queue 2012).
//!
//! ```text
//! ana   payment.submit order7 30 at r1 ─▶ charged ─▶ r1 crashes      asked again at r2 ─▶ charged ✗
//! ```

use super::broken::Act;
use crate::base::{KeyId, Paged};

/// The first charge of each payment.
#[derive(Clone, Debug, Default)]
pub(super) struct ChargedOnce {
    first: Paged<Option<Act>, 16>,
}

impl ChargedOnce {
    /// The provider charged: hands over the first charge of the payment, if this is another.
    pub(super) fn judge(&mut self, key: KeyId, charge: Act) -> Option<Act> {
        let first = self.first.reach(key.index())?;
        let known = *first;
        first.get_or_insert(charge);
        known
    }
}
