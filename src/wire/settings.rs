//! Settings that all replicas share.

use std::sync::Arc;

use crate::base::time::{MS, SECOND};
use crate::base::{Hazards, KeyId, OpSet, Policy, Service};

/// What a learner can set for the whole cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Which level each operation type has, and which resolver each service.
    pub policy: Policy,
    /// Bugs that are switched on.
    pub hazards: Hazards,
    /// Whether new writes are pushed to the other replicas.
    pub gossip: bool,
    /// How often each replica starts a repair, in microseconds; `None`: never.
    pub repair_every_us: Option<u64>,
    /// How often each replica sends heartbeats, in microseconds.
    pub heartbeat_every_us: u64,
    /// How long a tombstone is kept, in microseconds of the replica's own wall.
    pub grace_us: u64,
    /// How many keys have been named: what a Merkle tree has to span.
    pub keys: u32,
    /// The service of each key.
    pub services: Arc<Vec<Service>>,
    /// How long a follower hears nothing of its primary before it campaigns, in microseconds of its own monotonic clock;
    /// `None`: never, only `promote` makes another primary.
    pub failover_us: Option<u64>,
    /// Types whose switch does not wait for silent replicas.
    pub forced: OpSet,
}

impl Settings {
    /// The keys of some services.
    pub fn keys_of(&self, touched: OpSet) -> impl Iterator<Item = KeyId> + use<'_> {
        let is_touched = Service::ALL.map(|service| touched.touches(service));
        let keys = self.services.iter().enumerate().filter(move |(_, service)| is_touched[**service as usize]);
        keys.map(|(index, _)| KeyId(index as u32))
    }

    /// The service of a key.
    #[inline]
    pub fn service_of(&self, key: KeyId) -> Option<Service> {
        self.services.get(key.index()).copied()
    }
}

impl Default for Settings {
    /// Gossip on, a repair every 10 s, heartbeats every 100 ms, tombstones kept for 60 s.
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            hazards: Hazards::default(),
            gossip: true,
            repair_every_us: Some(10 * SECOND),
            heartbeat_every_us: 100 * MS,
            grace_us: 60 * SECOND,
            keys: 0,
            services: Arc::default(),
            failover_us: None,
            forced: OpSet::EMPTY,
        }
    }
}

/// To whom a client turns with the next attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RetryTo {
    /// The same replica.
    #[default]
    Same,
    /// The next one, in id order.
    Other,
}

/// How a client tries again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetrySettings {
    /// How long it waits for an answer, in microseconds by its own monotonic clock.
    pub timeout_us: u64,
    /// Attempts in all, at least 1.
    pub attempts: u16,
    /// The wait before the second attempt, in microseconds; it doubles each time.
    pub backoff_us: u64,
    /// How much of each wait is random, 0 to 100 percent.
    pub jitter_percent: u8,
    /// To whom.
    pub to: RetryTo,
    /// Whether each operation has a key, so that a further attempt gets the answer of an earlier one.
    pub keyed: bool,
}

impl Default for RetrySettings {
    /// One attempt of one second.
    fn default() -> Self {
        Self {
            timeout_us: 1_000_000,
            attempts: 1,
            backoff_us: 100_000,
            jitter_percent: 50,
            to: RetryTo::Same,
            keyed: false,
        }
    }
}
