//! A name in a registry: whose it is.
//!
//! A claim is refused where the name is known to be taken, and merging keeps one owner: of two claims that did not know
//! of each other the one with the larger hybrid timestamp stays, ties go to the larger dot. So replicas agree in the end,
//! and whoever claimed first loses the name without a word; a registry that keeps its promise has to ask before.

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
