//! What can be set for a Raft group, its hazards, and the bounds of its queues.

use crate::base::time::MS;

/// Entries that may be under way to one follower without an answer: at 200 operations/s more than two seconds, longer
/// than any election.
pub const WINDOW_MAX: u32 = 512;
/// Entries of a leader that are not committed yet. A leader that lost its majority steps down within an election
/// timeout; past this bound it says that it is busy instead of growing.
pub const UNCOMMITTED_MAX: u32 = 4_096;
/// Reads that wait for one leader to be confirmed: as many as clients can have outstanding, and their retries.
pub const READS_MAX: usize = 4_096;

/// A protocol bug that can be switched on. Each exists to be caught.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum RaftHazard {
    /// A lease is measured on the wall, which can be stepped, and leaves no margin for drift.
    LeaseTrustsClock,
    /// A new leader serves reads before an entry of its own term is committed: it may not know what is committed yet.
    ReadBeforeNoop,
    /// A restart forgets for whom the replica voted: it can vote twice in one term.
    VoteForgotten,
    /// An entry of an older term counts as committed once a majority holds it (figure 8 of the paper).
    OlderTermByCounting,
    /// A replica that lost its disk votes and counts at once, although it has forgotten what it promised.
    LostDiskCounts,
}

impl RaftHazard {
    /// All hazards, in order.
    pub const ALL: [Self; 5] = [
        Self::LeaseTrustsClock,
        Self::ReadBeforeNoop,
        Self::VoteForgotten,
        Self::OlderTermByCounting,
        Self::LostDiskCounts,
    ];

    /// The word for it in the language.
    pub fn name(self) -> &'static str {
        match self {
            Self::LeaseTrustsClock => "lease-trusts-clock",
            Self::ReadBeforeNoop => "read-before-noop",
            Self::VoteForgotten => "vote-forgotten",
            Self::OlderTermByCounting => "older-term-by-counting",
            Self::LostDiskCounts => "lost-disk-counts",
        }
    }
}

/// Which hazards are on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RaftHazards(u8);

impl RaftHazards {
    /// Only this one.
    pub fn only(hazard: RaftHazard) -> Self {
        Self(1 << hazard as u8)
    }

    /// Whether `hazard` is on.
    #[inline]
    pub fn on(self, hazard: RaftHazard) -> bool {
        self.0 & (1 << hazard as u8) != 0
    }
}

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
    pub hazards: RaftHazards,
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
            hazards: RaftHazards::default(),
        }
    }
}

impl RaftSettings {
    /// How long a lease lasts on the leader's clock, in microseconds; `None`: reads take a round.
    pub(super) fn lease_us(&self) -> Option<u64> {
        match self.reads {
            ReadMode::ReadIndex => None,
            ReadMode::Lease { .. } if self.hazards.on(RaftHazard::LeaseTrustsClock) => Some(self.election_low_us),
            ReadMode::Lease { drift_ppm } => {
                let drift = u64::from(drift_ppm.min(1_000_000));
                Some(self.election_low_us * (1_000_000 - drift) / (1_000_000 + drift))
            }
        }
    }
}
