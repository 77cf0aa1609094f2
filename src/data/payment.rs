//! The record of a payment: how much was paid under a key.
//!
//! A payment is a request with a key of its own, and the record is what a replica remembers of it once the provider has
//! charged. Two records of one payment say the same as long as the key was used for one amount, so merging keeps one: the
//! larger hybrid timestamp, then the larger dot. What the provider charged is not here: it stands outside, and no merge
//! takes it back.

use crate::base::{Dot, Hlc};

use super::Delta;

/// Whether `challenger` takes the place of `holder`.
#[inline]
pub fn wins(challenger: &Delta, holder: &Delta) -> bool {
    order(challenger) > order(holder)
}

fn order(delta: &Delta) -> (Hlc, Dot) {
    (delta.stamp.hlc, delta.dot)
}
