//! A timestamped cell with delete, merged without a version vector, as in Cassandra.
//!
//! A delete writes a tombstone. Of two writes the one with the larger wall stamp stays; on equal stamps a tombstone
//! beats a value, then the larger dot wins. A tombstone is collected after its grace, by each replica's own clock; a
//! copy of the value that survived elsewhere until then brings the dead back, since nothing is left to beat it.

use super::{Change, Delta};

/// Whether `challenger` takes the place of `holder`.
#[inline]
pub fn wins(challenger: &Delta, holder: &Delta) -> bool {
    let order = |delta: &Delta| (delta.stamp.wall_us, is_tombstone(delta), delta.dot);
    order(challenger) > order(holder)
}

/// Whether it is a write to an item.
#[inline]
pub fn is_item(delta: &Delta) -> bool {
    matches!(delta.change, Change::Put(_) | Change::Delete)
}

/// Whether it deletes.
#[inline]
pub fn is_tombstone(delta: &Delta) -> bool {
    delta.change == Change::Delete
}
