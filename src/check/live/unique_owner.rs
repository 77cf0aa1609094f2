//! unique-owner: no name is given to two people.
//!
//! Violated when a claim is accepted and another one of the same name, by somebody else, was accepted before; that the
//! registry forgets one of them in the end mends nothing, since both were told that the name is theirs. Uniqueness is the
//! invariant that no store keeps without coordination (Bailis et al., *Coordination Avoidance in Database Systems*, VLDB
//! 2014).
//!
//! ```text
//! ana   username.claim star at r1: accepted       ben   username.claim star at r3, which has not heard: accepted ✗
//! ```

use super::broken::Act;
use crate::base::{KeyId, Paged};

/// The first accepted claim of each name.
#[derive(Clone, Debug, Default)]
pub(super) struct Owners {
    first: Paged<Option<Act>, 16>,
}

impl Owners {
    /// A claim was accepted: hands over the first one of the name, if it was somebody else's.
    pub(super) fn judge(&mut self, key: KeyId, claim: Act) -> Option<Act> {
        let first = self.first.reach(key.index())?;
        let owner = *first.get_or_insert(claim);
        (owner.deed.client != claim.deed.client).then_some(owner)
    }
}
