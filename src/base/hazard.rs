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
}

impl Hazard {
    /// All hazards, in order.
    pub const ALL: [Self; 3] = [Self::ArrivalWins, Self::CountTwice, Self::ReuseDots];

    /// The word for it in the language.
    pub fn name(self) -> &'static str {
        match self {
            Self::ArrivalWins => "arrival-wins",
            Self::CountTwice => "count-twice",
            Self::ReuseDots => "reuse-dots",
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
        }
    }
}

/// Which hazards are on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Hazards(u32);

impl Hazards {
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
