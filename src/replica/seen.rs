//! Attempts that a replica has decided, so that a duplicated message never runs twice.
//!
//! A client has one operation at a time, so a few operations for each client are enough: a copy of a message that is
//! older than a client's last [`OPERATIONS_KEPT`] operations at this replica counts as a duplicate.

use std::sync::Arc;

use crate::base::{AttemptId, OpId};

/// Operations remembered for each client.
const OPERATIONS_KEPT: usize = 4;

/// For each client, its last operations here, each with a bit for each attempt.
#[derive(Clone, Debug, Default)]
pub(super) struct SeenAttempts {
    clients: Arc<Vec<[(OpId, u128); OPERATIONS_KEPT]>>,
}

impl SeenAttempts {
    /// Notes an attempt of the client with this index; says whether it is the first time.
    #[inline]
    pub(super) fn insert(&mut self, client: usize, attempt: AttemptId) -> bool {
        let clients = Arc::make_mut(&mut self.clients);
        if client >= clients.len() {
            clients.resize(client + 1, [(OpId(0), 0); OPERATIONS_KEPT]);
        }
        let kept = &mut clients[client];
        let bit = 1u128 << attempt.number;
        if let Some((_, bits)) = kept.iter_mut().find(|(op, bits)| *op == attempt.op && *bits != 0) {
            let is_new = *bits & bit == 0;
            *bits |= bit;
            return is_new;
        }
        let oldest = kept.iter_mut().min_by_key(|(op, bits)| (*bits != 0, *op)).expect("the array is not empty");
        if oldest.1 != 0 && oldest.0 > attempt.op {
            return false;
        }
        *oldest = (attempt.op, bit);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(op: u32, number: u16) -> AttemptId {
        AttemptId { op: OpId(op), number }
    }

    #[test]
    fn a_copy_is_known_and_a_retry_is_new() {
        let mut seen = SeenAttempts::default();
        assert!(seen.insert(3, attempt(0, 0)));
        assert!(!seen.insert(3, attempt(0, 0)));
        assert!(seen.insert(3, attempt(0, 1)));
        assert!(seen.insert(2, attempt(0, 0)));
    }

    #[test]
    fn a_late_first_arrival_runs_and_an_ancient_one_does_not() {
        let mut seen = SeenAttempts::default();
        assert!(seen.insert(0, attempt(7, 0)));
        assert!(seen.insert(0, attempt(5, 0)), "operation 5 was never seen here");
        for op in 8..12 {
            assert!(seen.insert(0, attempt(op, 0)));
        }
        assert!(!seen.insert(0, attempt(5, 0)));
    }
}
