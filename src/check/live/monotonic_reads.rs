//! monotonic-reads: what a session's read had, its later reads of the same key have too (Terry et al. 1994).
//!
//! ```text
//! ana   feed.read at r1: 2 posts ───▶ feed.read at r3: 1 post ✗
//! ```
//!
//! Judged over sets of writes, not over answers: a register that shows the old value again because the newer write
//! lost to the resolver lacks nothing. A session remembers its last read of a key at each of three replicas.

use super::sessions::{Found, Look, Seen};
use super::writes::{Number, Writes};
use crate::base::{KeyId, ReplicaId};

/// An earlier read of the session, and a write that it had and `replica` lacks now.
#[inline]
pub(super) fn judge(writes: &Writes, seen: Option<&Seen>, key: KeyId, replica: ReplicaId) -> Found<(Look, Number)> {
    let Some(seen) = seen else { return Ok(None) };
    if writes.is_closed(key) {
        return Ok(None);
    }
    let keeps = |look: &&Look| look.replica == replica && !writes.unreliable.contains(replica);
    for look in seen.looks.iter().flatten().filter(|look| !keeps(look)) {
        let missing = writes.missing(key, replica, |_, write| writes.was_at(write, look.replica, look.position))?;
        if let Some(number) = missing {
            return Ok(Some((*look, number)));
        }
    }
    Ok(None)
}
