//! What `session` promises.

use crate::base::{OpType, Policy, Session};

use super::{Promise, eventual};

/// What `session` promises for an operation type.
pub(super) fn session(op_type: OpType, _session: Session, policy: &Policy) -> Promise {
    eventual::eventual(op_type, policy.resolver(op_type.service()))
}
