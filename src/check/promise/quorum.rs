//! What `quorum` promises.

use crate::base::{OpType, Policy, Quorum};

use super::{Promise, eventual};

/// What `quorum` promises for an operation type.
pub(super) fn quorum(op_type: OpType, _quorum: Quorum, policy: &Policy) -> Promise {
    eventual::eventual(op_type, policy.resolver(op_type.service()))
}
