//! Hazards: run-time switches for famous protocol bugs, off unless a lesson or a test turns one on.
//!
//! Each exists to be caught: a test names the hazard and the judge that finds it.

/// A protocol bug that can be switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Hazard {
    /// A register keeps whatever arrives last instead of the larger stamp: merging is not commutative.
    ArrivalWins,
    /// A counter adds a delta that it has counted already: merging is not idempotent.
    CountTwice,
    /// A replica that lost its disk starts again at its old dots: new writes look like old ones and are dropped.
    ReuseDots,
    /// A Raft leader's lease is measured on the wall, which can be stepped, and leaves no margin for drift.
    LeaseTrustsClock,
    /// A new Raft leader serves reads before an entry of its own term is committed: it may not know what is committed.
    ReadBeforeNoop,
    /// A restart forgets for whom the replica voted: it can vote twice in one term.
    VoteForgotten,
    /// An entry of an older term counts as committed once a majority holds it (figure 8 of the Raft paper).
    OlderTermByCounting,
    /// A replica that lost its disk votes and counts at once, in the log's group and in quorums, although it has forgotten
    /// what it promised.
    LostDiskCounts,
}

impl Hazard {
    /// All hazards, in order.
    pub const ALL: [Self; 8] = [
        Self::ArrivalWins,
        Self::CountTwice,
        Self::ReuseDots,
        Self::LeaseTrustsClock,
        Self::ReadBeforeNoop,
        Self::VoteForgotten,
        Self::OlderTermByCounting,
        Self::LostDiskCounts,
    ];
    /// Those of loose writes.
    pub const LOOSE: [Self; 3] = [Self::ArrivalWins, Self::CountTwice, Self::ReuseDots];
    /// Those of Raft.
    pub const RAFT: [Self; 5] = [
        Self::LeaseTrustsClock,
        Self::ReadBeforeNoop,
        Self::VoteForgotten,
        Self::OlderTermByCounting,
        Self::LostDiskCounts,
    ];

    /// The word for it in the language.
    pub fn name(self) -> &'static str {
        match self {
            Self::ArrivalWins => "arrival-wins",
            Self::CountTwice => "count-twice",
            Self::ReuseDots => "reuse-dots",
            Self::LeaseTrustsClock => "lease-trusts-clock",
            Self::ReadBeforeNoop => "read-before-noop",
            Self::VoteForgotten => "vote-forgotten",
            Self::OlderTermByCounting => "older-term-by-counting",
            Self::LostDiskCounts => "lost-disk-counts",
        }
    }

    /// The hazard with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hazard| hazard.name() == name)
    }

    /// One sentence for help.
    pub fn summary(self) -> &'static str {
        match self {
            Self::ArrivalWins => "a register keeps what arrives last, not what has the larger stamp",
            Self::CountTwice => "a counter adds a delta again that it has counted already",
            Self::ReuseDots => "a replica that lost its disk numbers its writes from 1 again",
            Self::LeaseTrustsClock => "a leader's lease runs by the wall and leaves no margin for drift",
            Self::ReadBeforeNoop => "a new leader serves reads before it knows what is committed",
            Self::VoteForgotten => "a replica that restarts forgets for whom it voted",
            Self::OlderTermByCounting => "an entry of an older term counts as committed once a majority holds it",
            Self::LostDiskCounts => "a replica that lost its disk votes and counts at once",
        }
    }
}

/// Which hazards are on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Hazards(u32);

impl Hazards {
    /// Only this one.
    pub fn only(hazard: Hazard) -> Self {
        let mut hazards = Self::default();
        hazards.set(hazard, true);
        hazards
    }

    /// Whether `hazard` is on.
    #[inline]
    pub fn on(self, hazard: Hazard) -> bool {
        self.0 & (1 << hazard as u32) != 0
    }

    /// Turns `hazard` on or off.
    pub fn set(&mut self, hazard: Hazard, on: bool) {
        let bit = 1 << hazard as u32;
        self.0 = if on { self.0 | bit } else { self.0 & !bit };
    }
}
