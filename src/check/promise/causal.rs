//! What `causal` promises.

use crate::base::{OpType, Policy};

use super::{Promise, eventual};

/// What `causal` promises for an operation type.
pub(super) fn causal(op_type: OpType, policy: &Policy) -> Promise {
    eventual::eventual(op_type, policy.resolver(op_type.service()))
}
