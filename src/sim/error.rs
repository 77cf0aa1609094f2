//! What can be refused here, in words for the person who asked for it.

use crate::base::limits::{CLIENTS_MAX, LINK_RULES_MAX, PENDING_EVENTS_MAX, REPLICAS_MAX};

/// Why the world refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SimError {
    /// The schedule is full.
    #[error("more than {PENDING_EVENTS_MAX} messages and timers are under way: slow the load or speed up the links")]
    TooManyPending,
    /// A cluster of this size is not possible.
    #[error("a cluster has 1 to {REPLICAS_MAX} replicas: choose a number in between")]
    ReplicaCount,
    /// No more clients.
    #[error("more than {CLIENTS_MAX} clients: declare fewer, or give workloads smaller pools")]
    TooManyClients,
    /// No more partitions and link faults.
    #[error("more than {LINK_RULES_MAX} partitions and link faults are in force: heal some first")]
    TooManyRules,
    /// A replica or client that does not exist.
    #[error("no such replica or client: name one of this cluster")]
    UnknownActor,
    /// Both ends are the same.
    #[error("a link has two ends: name two different ones")]
    SameEnds,
    /// Both ends are clients.
    #[error("clients have no link with each other: name a replica at one end")]
    ClientsOnly,
    /// A share outside 0 to 1.
    #[error("expected a probability from 0 to 1, or 0% to 100%")]
    Probability,
    /// A flap that never changes.
    #[error("a flapping link is up for a while and down for a while: give both a duration above 0")]
    FlapPhases,
    /// A bandwidth of nothing.
    #[error("expected at least 1 byte in a second: to cut a link, partition it")]
    Bandwidth,
    /// A partition without two sides.
    #[error("a partition has at least two sides with somebody on each")]
    Sides,
    /// A one-way partition with more than two sides.
    #[error("a one-way partition has exactly two sides, from the first to the second")]
    OneWaySides,
    /// Somebody is on two sides.
    #[error("an actor is named twice: put each on one side, once")]
    NamedTwice,
    /// Nobody is left to be cut off from.
    #[error("nobody is left to be isolated from: name fewer")]
    NobodyLeft,
}
