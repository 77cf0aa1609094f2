//! A register under last-write-wins: of two writes the one with the larger stamp stays, ties go to the larger dot.
//!
//! Whatever the clocks say decides, not what happened: under `lww-wall` a write that came later, even one whose writer
//! had seen the other, loses to a fast clock. `lww-hlc` orders by hybrid time, which never runs behind a cause.

use crate::base::{Dot, Hlc, Resolver};

use super::Delta;

/// Whether `challenger` takes the place of `holder`.
#[inline]
pub fn wins(challenger: &Delta, holder: &Delta, resolver: Resolver) -> bool {
    order(challenger, resolver) > order(holder, resolver)
}

fn order(delta: &Delta, resolver: Resolver) -> (Hlc, Dot) {
    let stamp = match resolver {
        // A register that keeps siblings asks this only where one must be shown, as a log does.
        Resolver::LwwWall | Resolver::Siblings => Hlc { l_us: delta.stamp.wall_us, c: 0 },
        Resolver::LwwHlc => delta.stamp.hlc,
    };
    (stamp, delta.dot)
}
