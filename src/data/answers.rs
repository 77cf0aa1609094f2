//! Attempts that a log has decided, with their answers: checked and stored in one step, where the operation is applied.
//!
//! A client has one operation at a time, so the last few of each client are enough: an attempt at an older one counts as
//! a repeated message. Every replica that applied the same entries has the same table.

use std::sync::Arc;

use crate::base::{Answer, AttemptId, OpId, Value};

/// Operations remembered for each client.
const OPERATIONS_KEPT: usize = 4;

/// One operation: which of its attempts were decided, and what the last of them was answered.
#[derive(Clone, Copy, Debug)]
struct Decided {
    op: OpId,
    /// One bit for each attempt; 0 in an unused place.
    attempts: u128,
    last: u16,
    answer: Answer,
}

const NOTHING: Decided = Decided { op: OpId(0), attempts: 0, last: 0, answer: Answer::Done(Value::Nil) };

/// For each client, its last operations.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    clients: Arc<Vec<[Decided; OPERATIONS_KEPT]>>,
}

impl Answers {
    /// Whether an attempt was decided, or is older than what is remembered.
    pub fn knows(&self, client: usize, attempt: AttemptId) -> bool {
        let Some(kept) = self.clients.get(client) else { return false };
        match kept.iter().find(|own| own.op == attempt.op && own.attempts != 0) {
            Some(own) => own.attempts & bit(attempt) != 0,
            None => kept.iter().all(|own| own.attempts != 0 && own.op > attempt.op),
        }
    }

    /// What the last decided attempt at an operation was answered.
    pub fn of(&self, client: usize, op: OpId) -> Option<(AttemptId, Answer)> {
        let own = self.clients.get(client)?.iter().find(|own| own.op == op && own.attempts != 0)?;
        Some((AttemptId { op, number: own.last }, own.answer))
    }

    /// Notes what an attempt was answered.
    pub fn insert(&mut self, client: usize, attempt: AttemptId, answer: Answer) {
        let clients = Arc::make_mut(&mut self.clients);
        if client >= clients.len() {
            clients.resize(client + 1, [NOTHING; OPERATIONS_KEPT]);
        }
        let kept = &mut clients[client];
        let known = kept.iter().position(|own| own.op == attempt.op && own.attempts != 0);
        let at = known.unwrap_or_else(|| oldest(kept));
        let attempts = known.map_or(0, |at| kept[at].attempts) | bit(attempt);
        kept[at] = Decided { op: attempt.op, attempts, last: attempt.number, answer };
    }
}

fn bit(attempt: AttemptId) -> u128 {
    1 << attempt.number
}

fn oldest(kept: &[Decided; OPERATIONS_KEPT]) -> usize {
    (0..OPERATIONS_KEPT).min_by_key(|at| (kept[*at].attempts != 0, kept[*at].op)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Refusal;

    fn attempt(op: u32, number: u16) -> AttemptId {
        AttemptId { op: OpId(op), number }
    }

    #[test]
    fn an_attempt_is_known_once_decided_and_its_answer_stays() {
        let mut answers = Answers::default();
        assert!(!answers.knows(2, attempt(7, 0)));
        answers.insert(2, attempt(7, 0), Answer::Refused(Refusal::Exists));
        assert!(answers.knows(2, attempt(7, 0)));
        assert!(!answers.knows(2, attempt(7, 1)), "a retry is an attempt of its own");
        assert_eq!(answers.of(2, OpId(7)), Some((attempt(7, 0), Answer::Refused(Refusal::Exists))));
        assert_eq!(answers.of(2, OpId(8)), None);
    }

    #[test]
    fn what_is_older_than_the_table_counts_as_repeated() {
        let mut answers = Answers::default();
        for op in 10..15 {
            answers.insert(0, attempt(op, 0), Answer::Done(Value::Nil));
        }
        assert!(answers.knows(0, attempt(10, 0)), "it fell out, and is older than all that is kept");
        assert!(!answers.knows(0, attempt(15, 0)));
    }
}
