//! What the schedule of the world holds.

use crate::base::{Actor, EntryId, Instant, MessageClass, MessageId};
use crate::client::ClientTimer;
use crate::wire::{Message, ReplicaTimer};

use super::provider::Line;

/// One thing that is going to happen.
#[derive(Clone, Debug)]
pub(super) enum Event {
    /// A message arrives.
    Deliver(Envelope),
    /// A timer fires.
    Wake(Wake),
    /// An actor that was paused or is slow takes its next input.
    Work {
        actor: Actor,
        /// Void if the actor crashed since.
        epoch: u32,
    },
    /// A request reaches the outside provider, or its answer a replica.
    Charge(Line),
    /// An operation of a workload arrives.
    Arrival {
        workload: u16,
        /// Void if the workload was stopped since.
        epoch: u32,
    },
    /// NTP measures.
    NtpPoll {
        actor: Actor,
        /// Void if NTP was set anew since.
        epoch: u32,
    },
    /// A timed pause ends.
    PauseEnds {
        actor: Actor,
        /// Void if the actor was paused or resumed since.
        epoch: u32,
    },
}

/// A message under way.
#[derive(Clone, Debug)]
pub(super) struct Envelope {
    pub(super) from: Actor,
    pub(super) to: Actor,
    pub(super) id: MessageId,
    /// The entry of its sending.
    pub(super) sent: EntryId,
    pub(super) sent_at: Instant,
    pub(super) message: Message,
}

impl Envelope {
    pub(super) fn class(&self) -> MessageClass {
        self.message.class()
    }
}

/// A timer under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wake {
    pub(super) actor: Actor,
    /// Void if the actor crashed since.
    pub(super) epoch: u32,
    /// The entry that led to it.
    pub(super) cause: EntryId,
    pub(super) timer: Timer,
}

/// Whose timer it is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Timer {
    Replica(ReplicaTimer),
    Client(ClientTimer),
}

/// What waits in an inbox.
#[derive(Clone, Debug)]
pub(super) enum Waiting {
    Message(Envelope),
    Timer(Wake),
    Charged(Line),
}
