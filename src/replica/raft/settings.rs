//! What can be set for a Raft group, its hazards, and the bounds of its queues.

use crate::base::time::MS;
use crate::base::{Hazard, Hazards};

/// Entries that may be under way to one follower without an answer: at 200 operations/s more than two seconds, longer
/// than any election.
pub const WINDOW_MAX: u32 = 512;
/// Entries of a leader that are not committed yet. A leader that lost its majority steps down within an election
/// timeout; past this bound it says that it is busy instead of growing.
pub const UNCOMMITTED_MAX: u32 = 4_096;
/// Reads that wait for one leader to be confirmed: as many as clients can have outstanding, and their retries.
pub const READS_MAX: usize = 4_096;

/// How a leader makes sure that it still leads before it serves a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadMode {
    /// A round of heartbeats, answered by a majority after the read arrived.
    ReadIndex,
    /// No round as long as a majority answered recently enough that no other leader can have been elected.
    Lease {
        /// How far any two clocks' rates are trusted to differ from true time, in parts per million. The lease is
        /// shorter than the least election timeout by (1 − ρ)/(1 + ρ).
        drift_ppm: u32,
    },
}

/// What all members of the group share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RaftSettings {
    /// How often a leader sends heartbeats, in microseconds.
    pub heartbeat_us: u64,
    /// The least time without a leader before a follower campaigns, in microseconds. Within it, votes are refused.
    pub election_low_us: u64,
    /// The most, in microseconds; the host draws between both.
    pub election_high_us: u64,
    /// How reads are served.
    pub reads: ReadMode,
    /// Entries of one message, at least 1.
    pub batch: u32,
    /// Entries applied since the last snapshot before another is wanted.
    pub compact_after: u32,
    /// Applied entries that a compaction keeps, so that a follower that is a little behind needs no snapshot.
    pub kept: u32,
    /// Bugs that are switched on.
    pub hazards: Hazards,
}

impl Default for RaftSettings {
    /// The preset `wan`: heartbeats every 70 ms, elections after 560 to 980 ms, `ReadIndex`.
    fn default() -> Self {
        Self {
            heartbeat_us: 70 * MS,
            election_low_us: 560 * MS,
            election_high_us: 980 * MS,
            reads: ReadMode::ReadIndex,
            batch: 64,
            compact_after: 1_024,
            kept: 128,
            hazards: Hazards::default(),
        }
    }
}

impl RaftSettings {
    /// How long a lease lasts on the leader's clock, in microseconds; `None`: reads take a round.
    pub(super) fn lease_us(&self) -> Option<u64> {
        match self.reads {
            ReadMode::ReadIndex => None,
            ReadMode::Lease { .. } if self.hazards.on(Hazard::LeaseTrustsClock) => Some(self.election_low_us),
            ReadMode::Lease { drift_ppm } => {
                let drift = u64::from(drift_ppm.min(1_000_000));
                Some(self.election_low_us * (1_000_000 - drift) / (1_000_000 + drift))
            }
        }
    }
}
