//! A permission: whether one person may use one thing. A permission set is the map of all pairs, each a cell of its own.
//!
//! Of a grant and a revocation the one with the larger hybrid timestamp stays, whichever arrives first; on equal
//! timestamps the revocation, then the larger dot (the last-writer-wins element set of Shapiro et al., *A Comprehensive
//! Study of Convergent and Commutative Replicated Data Types*, 2011). Hybrid time never runs behind a cause, so who has
//! seen a grant can revoke it.
//!
//! A revocation is never forgotten: it is one small cell for each pair, and a permission set whose revocations have a
//! grace would let people in again.

use crate::base::{Dot, Hlc};

use super::{Change, Delta};

/// Whether `challenger` takes the place of `holder`.
#[inline]
pub fn wins(challenger: &Delta, holder: &Delta) -> bool {
    order(challenger) > order(holder)
}

fn order(delta: &Delta) -> (Hlc, bool, Dot) {
    (delta.stamp.hlc, delta.change == Change::Permit(false), delta.dot)
}
