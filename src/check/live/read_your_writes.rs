//! read-your-writes: a session's reads have all its own acknowledged writes (Terry et al., *Session Guarantees for
//! Weakly Consistent Replicated Data*, 1994), judged over the set of writes behind each read.
//!
//! ```text
//! ana   profile.set "New St" at r1 ✓ ───▶ profile.get at r3, which has not heard of it ✗
//! ```
//!
//! A session that writes and reads a key at one replica that never lost its disk has nothing to lose: that is decided
//! without a look at the writes.

use super::sessions::{Found, Seen};
use super::union::Behind;
use super::writes::{Number, Write, Writes};
use crate::base::{Actor, KeyId};

/// An own acknowledged write to `key` that a state lacks.
#[inline]
pub(super) fn judge(writes: &Writes, client: Actor, seen: Option<&Seen>, key: KeyId, behind: Behind) -> Found<Number> {
    let Some(seen) = seen else { return Ok(None) };
    let is_own = |_, write: &Write| write.deed.client == client && write.is_acknowledged();
    let Behind::Replica(replica) = behind else { return writes.lacks(key, behind, is_own) };
    let mut elsewhere = seen.wrote_via;
    if !writes.unreliable.contains(replica) {
        elsewhere.remove(replica);
    }
    if elsewhere.is_empty() || writes.is_closed(key) {
        return Ok(None);
    }
    writes.missing(key, replica, is_own)
}
