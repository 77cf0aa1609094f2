//! What was measured of an operation type since its level was switched last: a level is judged by what began under it.
//!
//! Types that were never switched have nothing here, and their whole measure stands.

use std::collections::BTreeMap;

use super::latency::{Latency, OfOperations};
use super::staleness::{OfReads, Staleness};
use crate::base::{Instant, OpType};
use crate::record::Outcome;

/// Of one operation type.
#[derive(Clone, Debug)]
struct Since {
    at: Instant,
    operations: Latency,
    reads: Staleness,
}

/// Of all operation types that were switched.
#[derive(Clone, Debug, Default)]
pub(super) struct Switched {
    types: BTreeMap<OpType, Box<Since>>,
}

impl Switched {
    /// A type has another level from now on.
    pub(super) fn switch(&mut self, op_type: OpType, at: Instant) {
        let since = Since { at, operations: Latency::default(), reads: Staleness::default() };
        self.types.insert(op_type, Box::new(since));
    }

    /// An operation began.
    #[inline]
    pub(super) fn invoked(&mut self, op_type: OpType) {
        if let Some(since) = self.types.get_mut(&op_type) {
            since.operations.invoked(op_type);
        }
    }

    /// An operation ended that was invoked at `invoked`; before the switch, it had the level of before.
    #[inline]
    pub(super) fn returned(
        &mut self,
        op_type: OpType,
        invoked: Instant,
        times: (Instant, Instant),
        outcome: Outcome,
        stale: Option<(u64, u32)>,
    ) {
        let Some(since) = self.types.get_mut(&op_type).filter(|since| invoked >= since.at) else { return };
        since.operations.returned(op_type, times.0, times.1, outcome);
        if let Some((staleness_us, versions)) = stale {
            since.reads.add(op_type, staleness_us, versions);
        }
    }

    /// When a type was switched last, if ever.
    pub(super) fn at(&self, op_type: OpType) -> Option<Instant> {
        self.types.get(&op_type).map(|since| since.at)
    }

    pub(super) fn operations(&self, op_type: OpType) -> Option<&OfOperations> {
        self.types.get(&op_type).map(|since| since.operations.of(op_type))
    }

    pub(super) fn reads(&self, op_type: OpType) -> Option<&OfReads> {
        self.types.get(&op_type).map(|since| since.reads.of(op_type))
    }
}
