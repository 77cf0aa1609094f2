//! monotonic-reads: what a session's read had, its later reads of the same key have too (Terry et al. 1994).
//!
//! ```text
//! ana   feed.read at r1: 2 posts ───▶ feed.read at r3: 1 post ✗
//! ```
//!
//! Judged over sets of writes, not over answers: a register that shows the old value again because the newer write
//! lost to the resolver lacks nothing. A session remembers its last read of a key at each of three replicas.

use super::sessions::{Found, Look, Seen};
use super::union::Behind;
use super::writes::{Number, Writes};
use crate::base::KeyId;

/// An earlier read of the session, and a write that it had and a state lacks.
#[inline]
pub(super) fn judge(writes: &Writes, seen: Option<&Seen>, key: KeyId, behind: Behind) -> Found<(Look, Number)> {
    let Some(seen) = seen else { return Ok(None) };
    let single = match behind {
        Behind::Replica(_) if writes.is_closed(key) => return Ok(None),
        Behind::Replica(replica) if !writes.unreliable.contains(replica) => Some(replica),
        _ => None,
    };
    let keeps = |look: &&Look| single == Some(look.replica) && look.union == 0;
    for look in seen.looks.iter().flatten().filter(|look| !keeps(look)) {
        let missing = writes.lacks(key, behind, |_, write| writes.had(look, write))?;
        if let Some(number) = missing {
            return Ok(Some((*look, number)));
        }
    }
    Ok(None)
}
