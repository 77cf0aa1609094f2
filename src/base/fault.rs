//! Kinds of faults, so that a run can say which of them changed an outcome.

/// A kind of fault that a learner can inject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Fault {
    /// A partition into sides, or one way, or an isolated replica: a message was not sent through.
    Partition,
    /// A flapping link swallowed a message.
    Flap,
    /// A slowed link (or one with another delay than its topology's) delivered at another instant.
    SlowLink,
    /// A limited bandwidth delayed a message.
    Bandwidth,
    /// A lossy link swallowed a message.
    Lose,
    /// A link delivered a message twice.
    Duplicate,
    /// A link let a message be overtaken.
    Reorder,
    /// A crash with its disk kept: an input met a dead replica.
    Crash,
    /// A crash with its disk lost: applied writes were forgotten.
    LoseDisk,
    /// A paused replica handled an input late.
    Pause,
    /// A slow replica handled an input late.
    SlowReplica,
    /// A clock with an offset: a stamp differs from the true time for it.
    Skew,
    /// A clock that drifts: a stamp differs from the true time for it.
    Drift,
    /// A clock that was stepped: a stamp differs for it.
    Step,
    /// NTP's own error: a stamp differs for it.
    Ntp,
    /// A noisy clock: a stamp differs for it.
    Noise,
    /// A paused client handled an input late.
    ClientPause,
    /// A client sent an attempt again.
    Retry,
}

impl Fault {
    /// All kinds, in order.
    pub const ALL: [Self; 18] = [
        Self::Partition,
        Self::Flap,
        Self::SlowLink,
        Self::Bandwidth,
        Self::Lose,
        Self::Duplicate,
        Self::Reorder,
        Self::Crash,
        Self::LoseDisk,
        Self::Pause,
        Self::SlowReplica,
        Self::Skew,
        Self::Drift,
        Self::Step,
        Self::Ntp,
        Self::Noise,
        Self::ClientPause,
        Self::Retry,
    ];

    /// The word for it on the screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Partition => "partition",
            Self::Flap => "flap",
            Self::SlowLink => "slow link",
            Self::Bandwidth => "bandwidth",
            Self::Lose => "lose",
            Self::Duplicate => "duplicate",
            Self::Reorder => "reorder",
            Self::Crash => "crash",
            Self::LoseDisk => "lose disk",
            Self::Pause => "pause",
            Self::SlowReplica => "slow replica",
            Self::Skew => "skew",
            Self::Drift => "drift",
            Self::Step => "step",
            Self::Ntp => "ntp",
            Self::Noise => "noise",
            Self::ClientPause => "client pause",
            Self::Retry => "retry",
        }
    }

    /// What it does, for help.
    pub fn summary(self) -> &'static str {
        match self {
            Self::Partition => {
                "a partition into sides, or one way, or an isolated replica: a message was not sent through"
            }
            Self::Flap => "a flapping link swallowed a message",
            Self::SlowLink => {
                "a slowed link (or one with another delay than its topology's) delivered at another instant"
            }
            Self::Bandwidth => "a limited bandwidth delayed a message",
            Self::Lose => "a lossy link swallowed a message",
            Self::Duplicate => "a link delivered a message twice",
            Self::Reorder => "a link let a message be overtaken",
            Self::Crash => "a crash with its disk kept: an input met a dead replica",
            Self::LoseDisk => "a crash with its disk lost: applied writes were forgotten",
            Self::Pause => "a paused replica handled an input late",
            Self::SlowReplica => "a slow replica handled an input late",
            Self::Skew => "a clock with an offset: a stamp differs from the true time for it",
            Self::Drift => "a clock that drifts: a stamp differs from the true time for it",
            Self::Step => "a clock that was stepped: a stamp differs for it",
            Self::Ntp => "NTP's own error: a stamp differs for it",
            Self::Noise => "a noisy clock: a stamp differs for it",
            Self::ClientPause => "a paused client handled an input late",
            Self::Retry => "a client sent an attempt again",
        }
    }
}

/// A set of kinds of faults, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Faults(pub u32);

impl Faults {
    /// None.
    pub const NONE: Self = Self(0);

    /// Adds `fault`.
    #[inline]
    pub fn insert(&mut self, fault: Fault) {
        self.0 |= 1 << fault as u32;
    }

    /// Whether it holds `fault`.
    #[inline]
    pub fn contains(self, fault: Fault) -> bool {
        self.0 & (1 << fault as u32) != 0
    }

    /// Whether it holds none.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// How often each kind of fault changed an outcome: a message's fate or instant, an input's handling, a stamp.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FaultCounts(pub [u64; Fault::ALL.len()]);

impl FaultCounts {
    /// Counts each member of `faults` once.
    #[inline]
    pub fn count(&mut self, faults: Faults) {
        if faults.is_empty() {
            return;
        }
        for fault in Fault::ALL {
            self.0[fault as usize] += u64::from(faults.contains(fault));
        }
    }

    /// How often `fault` changed an outcome.
    pub fn get(&self, fault: Fault) -> u64 {
        self.0[fault as usize]
    }

    /// Adds the counts of another run.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine += theirs;
        }
    }
}
