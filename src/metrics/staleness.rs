//! How stale reads are, by operation type: in microseconds and in versions.
//!
//! The definition is [`Writes::staleness_at_serve`](super::Writes::staleness_at_serve)'s, taken when a replica serves
//! the read; only reads whose answer reached their client count, fresh ones included.

use super::distribution::Distribution;
use crate::base::OpType;
use crate::base::operation::OPERATIONS;

/// Of one operation type.
#[derive(Clone, Debug, Default)]
pub struct OfReads {
    /// In microseconds; 0 for a fresh read.
    pub age: Distribution,
    /// The most acknowledged writes that an answer lacked.
    pub versions_max: u32,
    /// How many answers lacked one at least.
    pub stale: u64,
}

/// Of all operation types.
#[derive(Clone, Debug, Default)]
pub struct Staleness {
    types: [OfReads; OPERATIONS.len()],
}

impl Staleness {
    /// A read was answered.
    pub fn add(&mut self, op_type: OpType, staleness_us: u64, versions: u32) {
        let reads = &mut self.types[op_type as usize];
        reads.age.add(staleness_us);
        reads.versions_max = reads.versions_max.max(versions);
        reads.stale += u64::from(versions > 0);
    }

    /// The reads of one type.
    pub fn of(&self, op_type: OpType) -> &OfReads {
        &self.types[op_type as usize]
    }
}
