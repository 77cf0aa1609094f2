//! What is under way for each client: which attempt made which write, and how stale which read was.
//!
//! A client has one operation at a time, so a place for each client is enough; it is kept until the client sends
//! another, so that the story of an operation can be told after its end.

use crate::base::{Actor, AttemptId, Dot, OpId, Paged};

/// What one attempt came to at its replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// A write was accepted.
    Write(Dot),
    /// A read was served: its staleness in microseconds and in versions.
    Read { staleness_us: u64, versions: u32 },
}

/// One client's operation.
#[derive(Clone, Debug, Default)]
pub(super) struct Flight {
    op: Option<OpId>,
    returned: bool,
    /// By attempt number; nearly always one.
    first: Option<(u16, Came)>,
    more: Vec<(u16, Came)>,
    /// Which one answered.
    answer: Option<Came>,
}

impl Flight {
    fn all(&self) -> impl Iterator<Item = (u16, Came)> {
        self.first.into_iter().chain(self.more.iter().copied())
    }
}

/// All clients.
#[derive(Clone, Debug, Default)]
pub(super) struct Flights {
    clients: Paged<Flight, 16>,
}

impl Flights {
    /// A client sent an attempt. The dots of an operation before it that never returned, if any.
    pub(super) fn attempted(&mut self, client: Actor, op: OpId) -> Vec<Dot> {
        let Some(flight) = client.as_client().and_then(|index| self.clients.reach(index)) else { return Vec::new() };
        if flight.op == Some(op) {
            return Vec::new();
        }
        let before = std::mem::take(flight);
        flight.op = Some(op);
        if before.returned { Vec::new() } else { before.all().filter_map(|(_, came)| dot(came)).collect() }
    }

    /// Whether the operation is still under way for its client.
    pub(super) fn is_under_way(&self, client: Actor, op: OpId) -> bool {
        self.of(client, op).is_some_and(|flight| !flight.returned)
    }

    /// A replica decided an attempt.
    pub(super) fn decided(&mut self, client: Actor, attempt: AttemptId, came: Came) {
        let Some(flight) = client.as_client().and_then(|index| self.clients.get_mut(index)) else { return };
        if flight.op != Some(attempt.op) || flight.returned {
            return;
        }
        if flight.first.is_none() {
            flight.first = Some((attempt.number, came));
        } else {
            flight.more.push((attempt.number, came));
        }
    }

    /// The operation is over: what answered it, and the writes of its other attempts.
    pub(super) fn returned(&mut self, client: Actor, op: OpId, by: Option<u16>) -> (Option<Came>, Vec<Dot>) {
        let flight = client.as_client().and_then(|index| self.clients.get_mut(index));
        let Some(flight) = flight.filter(|flight| flight.op == Some(op) && !flight.returned) else {
            return (None, Vec::new());
        };
        flight.returned = true;
        let answer = flight.all().find(|(number, _)| Some(*number) == by).map(|(_, came)| came);
        flight.answer = answer;
        let others = flight.all().filter(|(number, _)| Some(*number) != by).filter_map(|(_, came)| dot(came)).collect();
        (answer, others)
    }

    /// What answered the operation, until its client sends another.
    pub(super) fn answer(&self, client: Actor, op: OpId) -> Option<Came> {
        self.of(client, op)?.answer
    }

    fn of(&self, client: Actor, op: OpId) -> Option<&Flight> {
        self.clients.get(client.as_client()?).filter(|flight| flight.op == Some(op))
    }
}

fn dot(came: Came) -> Option<Dot> {
    match came {
        Came::Write(dot) => Some(dot),
        Came::Read { .. } => None,
    }
}
