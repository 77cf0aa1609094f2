//! True time and local time.
//!
//! Durations are plain `u64` (or `i64` where they can be negative) in microseconds, named `…_us`.

use std::ops::{Add, AddAssign, Sub};

/// One millisecond in microseconds.
pub const MS: u64 = 1_000;
/// One second in microseconds.
pub const SECOND: u64 = 1_000_000;

/// True time: microseconds since the start of the world. No replica and no client can read it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub u64);

impl Instant {
    /// The start of the world.
    pub const ZERO: Self = Self(0);
    /// Later than any instant that a world can reach.
    pub const NEVER: Self = Self(u64::MAX);

    /// Microseconds from `earlier` to `self`, or 0 if `earlier` is later.
    #[inline]
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<u64> for Instant {
    type Output = Self;
    #[inline]
    fn add(self, us: u64) -> Self {
        Self(self.0.saturating_add(us))
    }
}

impl AddAssign<u64> for Instant {
    #[inline]
    fn add_assign(&mut self, us: u64) {
        *self = *self + us;
    }
}

impl Sub<u64> for Instant {
    type Output = Self;
    /// Stops at the start of the world.
    #[inline]
    fn sub(self, us: u64) -> Self {
        Self(self.0.saturating_sub(us))
    }
}

/// What an actor's own clock says. A step moves `wall_us`; drift moves both; whoever measures a duration chooses one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LocalInstant {
    /// The wall reading in microseconds; equals true time on a perfect clock, may be negative, may go back.
    pub wall_us: i64,
    /// The monotonic reading in microseconds; never goes back.
    pub mono_us: u64,
}
