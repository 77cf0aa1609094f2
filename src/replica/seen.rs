//! Attempts that a replica has decided, so that a duplicated message never runs twice.
//!
//! A client has one operation at a time, so a few operations for each client are enough: a copy of a message that is
//! older than a client's last [`OPERATIONS_KEPT`] operations at this replica counts as a duplicate.

use std::sync::Arc;

use crate::base::{AttemptId, OpId};

/// Operations remembered for each client.
const OPERATIONS_KEPT: usize = 4;

/// For each client, its last operations here.
#[derive(Clone, Debug, Default)]
pub(super) struct SeenAttempts {
    clients: Arc<Vec<[Seen; OPERATIONS_KEPT]>>,
}

/// The attempts at one operation: a bit for each of the last 128 up to the newest. One that is older counts as seen.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    op: OpId,
    newest: u16,
    /// The lowest bit is the newest; 0 in an unused place.
    bits: u128,
}

impl Seen {
    fn first(attempt: AttemptId) -> Self {
        Self { op: attempt.op, newest: attempt.number, bits: 1 }
    }

    fn insert(&mut self, number: u16) -> bool {
        if number > self.newest {
            self.bits = self.bits.checked_shl(u32::from(number - self.newest)).unwrap_or(0) | 1;
            self.newest = number;
            return true;
        }
        let Some(bit) = 1u128.checked_shl(u32::from(self.newest - number)) else { return false };
        let is_new = self.bits & bit == 0;
        self.bits |= bit;
        is_new
    }
}

impl SeenAttempts {
    /// Notes an attempt of the client with this index; says whether it is the first time.
    #[inline]
    pub(super) fn insert(&mut self, client: usize, attempt: AttemptId) -> bool {
        let clients = Arc::make_mut(&mut self.clients);
        if client >= clients.len() {
            clients.resize(client + 1, [Seen::default(); OPERATIONS_KEPT]);
        }
        let kept = &mut clients[client];
        if let Some(seen) = kept.iter_mut().find(|seen| seen.op == attempt.op && seen.bits != 0) {
            return seen.insert(attempt.number);
        }
        let oldest = kept.iter_mut().min_by_key(|seen| (seen.bits != 0, seen.op)).expect("the array is not empty");
        if oldest.bits != 0 && oldest.op > attempt.op {
            return false;
        }
        *oldest = Seen::first(attempt);
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
    fn many_attempts_at_one_operation_are_told_apart() {
        let mut seen = SeenAttempts::default();
        for number in (0..1_000).step_by(3) {
            assert!(seen.insert(0, attempt(0, number)));
            assert!(!seen.insert(0, attempt(0, number)));
        }
        assert!(seen.insert(0, attempt(0, 998)), "it was overtaken");
        assert!(!seen.insert(0, attempt(0, 998)));
        assert!(!seen.insert(0, attempt(0, 4)), "too old to be told from a copy");
        assert!(seen.insert(0, attempt(0, 5_000)));
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
