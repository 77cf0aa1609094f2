//! writes-follow-reads: where a session's write is, what the session had read before is too, and it comes first (Terry
//! et al. 1994).
//!
//! ```text
//! ana   feed.read: ben's question ───▶ feed.post the answer        r3 has the answer and not the question ✗
//! ```
//!
//! Judged at every arrival of a write at a replica, against the last reads of its session of two different keys. If
//! the session had been shown a version of the same register or item, that one must not win.

use super::cells::{beats, is_cell};
use super::sessions::{Found, Look};
use super::writes::{Number, Writes};
use crate::base::{ReplicaId, Resolver};

/// What the session of `number` had read and `replica`, which has `number` now, lacks.
#[inline]
pub(super) fn judge(writes: &Writes, replica: ReplicaId, number: Number) -> Found<(Look, Number)> {
    let Some(write) = writes.get(number) else { return Ok(None) };
    for look in write.reads.iter().flatten() {
        let is_own = look.union == 0 && look.replica == replica && !writes.unreliable.contains(replica);
        if writes.is_closed(look.key) || is_own {
            continue;
        }
        let missing = writes
            .missing(look.key, replica, |_, other| other.deed.client != write.deed.client && writes.had(look, other))?;
        if let Some(missing) = missing {
            return Ok(Some((*look, missing)));
        }
    }
    Ok(None)
}

/// The last read of the session if it was shown a version of the key that wins against `number`.
#[inline]
pub(super) fn judge_order(writes: &Writes, number: Number, resolver: Resolver) -> Option<Number> {
    let write = writes.get(number).filter(|write| is_cell(write.deed.op_type))?;
    let shown = writes.get(write.known[1]).filter(|shown| shown.deed.client != write.deed.client)?;
    beats(shown, write, resolver).then_some(write.known[1])
}
