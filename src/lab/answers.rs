//! What each client was last told, and where its attempts went: a fold for the story and for `CLIENT.last`.

use std::sync::Arc;

use crate::base::{Actor, Answer, AttemptId, OpId, OpType, ReplicaId, ReplicaSet};
use crate::record::{HistoryEntry, Operations, Outcome};

/// The fold.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    clients: Vec<Client>,
}

#[derive(Clone, Debug, Default)]
struct Client {
    op: OpId,
    /// Where each attempt at `op` went.
    attempts: Arc<Vec<ReplicaId>>,
    /// The homes that contributed to attempts at `op`, by their numbers.
    contributors: Arc<Vec<(u16, ReplicaSet)>>,
    last: Option<(OpType, Outcome)>,
    counts: Counts,
}

/// How the operations of a client ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Done.
    pub done: u64,
    /// Refused.
    pub refused: u64,
    /// Not answered in time, or never sent because the queue was full.
    pub unknown: u64,
}

impl Counts {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            done: self.done + other.done,
            refused: self.refused + other.refused,
            unknown: self.unknown + other.unknown,
        }
    }

    /// The fraction of those that were answered, a refusal being an answer; `None` if none has ended.
    pub fn availability(self) -> Option<f64> {
        let answered = self.done + self.refused;
        let ended = answered + self.unknown;
        (ended > 0).then(|| answered as f64 / ended as f64)
    }

    fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Answered(Answer::Done(_)) => self.done += 1,
            Outcome::Answered(Answer::Refused(_)) => self.refused += 1,
            Outcome::Unknown | Outcome::Overflowed => self.unknown += 1,
        }
    }
}

impl Answers {
    /// Takes in one entry, after `operations` has.
    #[inline]
    pub fn history(&mut self, entry: &HistoryEntry, operations: &Operations) {
        match *entry {
            HistoryEntry::Attempted { attempt, to, .. } => {
                let Some(operation) = operations.get(attempt.op) else { return };
                let client = self.client_mut(operation.client);
                // Not when it is invoked: an operation that found the queue full is invoked while another runs.
                if client.op != attempt.op || attempt.number == 0 {
                    client.op = attempt.op;
                    Arc::make_mut(&mut client.attempts).clear();
                    if !client.contributors.is_empty() {
                        Arc::make_mut(&mut client.contributors).clear();
                    }
                }
                Arc::make_mut(&mut client.attempts).push(to);
            }
            HistoryEntry::Returned { op, outcome, .. } => {
                let Some(operation) = operations.get(op) else { return };
                let op_type = operation.op_type;
                let client = self.client_mut(operation.client);
                client.last = Some((op_type, outcome));
                client.counts.add(outcome);
            }
            HistoryEntry::Contributed { attempt, basis, .. } => {
                let Some(operation) = operations.get(attempt.op) else { return };
                let client = self.client_mut(operation.client);
                if client.op == attempt.op {
                    let all = Arc::make_mut(&mut client.contributors);
                    if all.last().is_none_or(|(number, _)| *number != attempt.number) {
                        all.push((attempt.number, ReplicaSet::EMPTY));
                    }
                    if let Some((_, homes)) = all.last_mut() {
                        homes.insert(basis.replica);
                    }
                }
            }
            HistoryEntry::Invoked { .. } | HistoryEntry::Decided { .. } | HistoryEntry::Charged { .. } => {}
        }
    }

    /// How a client's last operation ended, and its type.
    pub fn last(&self, client: usize) -> Option<(OpType, Outcome)> {
        self.clients.get(client)?.last
    }

    /// How many operations of a client were answered.
    pub fn completed(&self, client: usize) -> u64 {
        let Counts { done, refused, .. } = self.counts(client);
        done + refused
    }

    /// How the operations of a client ended.
    pub fn counts(&self, client: usize) -> Counts {
        self.clients.get(client).map(|client| client.counts).unwrap_or_default()
    }

    /// Where an attempt at a client's last operation went.
    pub fn went_to(&self, client: Actor, attempt: AttemptId) -> Option<ReplicaId> {
        let client = self.clients.get(client.as_client()?)?;
        (client.op == attempt.op).then(|| client.attempts.get(usize::from(attempt.number)).copied())?
    }

    /// The homes behind what was decided for an attempt at a client's last operation; nobody unless a quorum decided it.
    pub fn contributors(&self, client: Actor, attempt: AttemptId) -> ReplicaSet {
        let client = client.as_client().and_then(|index| self.clients.get(index));
        let own = client.filter(|client| client.op == attempt.op);
        let mut all = own.into_iter().flat_map(|client| client.contributors.iter());
        all.find(|(number, _)| *number == attempt.number).map(|(_, homes)| *homes).unwrap_or_default()
    }

    /// How many attempts an operation of a client took so far; 0 if the client has begun another since.
    pub fn attempts(&self, client: Actor, op: OpId) -> usize {
        let client = client.as_client().and_then(|index| self.clients.get(index));
        client.filter(|client| client.op == op).map_or(0, |client| client.attempts.len())
    }

    fn client_mut(&mut self, client: Actor) -> &mut Client {
        let index = client.as_client().expect("operations belong to clients");
        if index >= self.clients.len() {
            self.clients.resize_with(index + 1, Client::default);
        }
        &mut self.clients[index]
    }
}
