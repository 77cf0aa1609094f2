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
use super::union::Behind;
use super::writes::{Number, Writes};
use crate::base::KeyId;

/// A post that a state lacks, and `lead`, the last that it has.
#[inline]
pub(super) fn judge(writes: &Writes, key: KeyId, behind: Behind, lead: Number) -> Found<(Number, Number)> {
    if matches!(behind, Behind::Replica(_)) && writes.is_closed(key) {
        return Ok(None);
    }
    let Some(begun) = writes.get(lead).map(|write| write.invoked) else { return Ok(None) };
    let missing = writes.lacks(key, behind, |_, write| write.acknowledged < begun)?;
    Ok(missing.map(|missing| (missing, lead)))
}
