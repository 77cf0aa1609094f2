//! consistent-prefix, of feeds: who reads a post reads all that was acknowledged before that post was begun.
//!
//! Terry, *Replicated Data Consistency Explained Through Baseball*, 2013: a reader sees the state after some prefix of
//! the writes. A feed without a log has no one order of its posts; any that people can tell puts those first that were
//! done before the others began, and this much is judged.
//!
//! ```text
//! ana posts "question" ✓        ben posts "answer" ✓        carl reads "answer" at r3, and no question ✗
//! ```

use super::sessions::Found;
use super::writes::{Number, Writes};
use crate::base::{KeyId, ReplicaId};

/// A post that `replica` lacks now, and a later one that it has.
#[inline]
pub(super) fn judge(writes: &Writes, key: KeyId, replica: ReplicaId) -> Found<(Number, Number)> {
    let lead = writes.lead(key, replica);
    if writes.is_closed(key) {
        return Ok(None);
    }
    let Some(begun) = writes.get(lead).map(|write| write.invoked) else { return Ok(None) };
    let missing = writes.missing(key, replica, |_, write| write.acknowledged < begun)?;
    Ok(missing.map(|missing| (missing, lead)))
}
