//! monotonic-writes: where a session's write is, the one before it is too, and it comes first (Terry et al. 1994).
//!
//! ```text
//! ana   feed.post "one" at r1 ✓, feed.post "two" at r1 ✓        r3 has "two" and not "one" ✗
//! ```
//!
//! Judged at every arrival of a write at a replica, against the last write that its session knew to be done. If both
//! are to one register or item, the earlier one must not win.

use super::cells::{beats, is_cell};
use super::writes::{Number, Writes};
use crate::base::{ReplicaId, Resolver};

/// The write before `number` if `replica`, which has `number` now, lacks it.
#[inline]
pub(super) fn judge(writes: &Writes, (replica, number): (ReplicaId, Number), resolver: Resolver) -> Option<Number> {
    let before = writes.get(number)?.before;
    let earlier = writes.get(before).filter(|earlier| !earlier.holders.contains(replica))?;
    // Of a register that is written often, the losers are not followed for ever.
    let lead = writes.get(writes.lead(earlier.key, replica)).filter(|_| is_cell(earlier.deed.op_type));
    let is_beaten = lead.is_some_and(|lead| beats(lead, earlier, resolver));
    (!is_beaten).then_some(before)
}

/// The own version of the key that the session made before `number` and that wins against it.
#[inline]
pub(super) fn judge_order(writes: &Writes, number: Number, resolver: Resolver) -> Option<Number> {
    let write = writes.get(number).filter(|write| is_cell(write.deed.op_type))?;
    let before = write.known[0];
    beats(writes.get(before)?, write, resolver).then_some(before)
}
