//! no-resurrection: what was deleted stays deleted.
//!
//! A tombstone is forgotten after its grace; a copy of the value that survived elsewhere then finds nothing that beats
//! it, and the dead return (the reason for Cassandra's `gc_grace_seconds`). Judged at the replica that had the deletion
//! and forgot it: a value that the deletion beats came to life there.
//!
//! ```text
//! r3   applies the delete ── forgets it ── applies the late copy of the create: the item is back ✗
//! ```

use super::broken::Broken;
use super::writes::{Risen, Writes};
use crate::base::Instant;

/// What is back, if both writes are still known.
pub(super) fn judge(writes: &Writes, risen: Risen, since: Instant) -> Option<Broken> {
    let (put, delete) = (writes.get(risen.put)?.act(), writes.get(risen.delete)?.act());
    Some(Broken::Resurrected { put, delete, at: risen.replica, since })
}
