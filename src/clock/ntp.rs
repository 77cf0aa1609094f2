//! NTP at one actor: it measures how far its wall is off, within an error, and corrects it.
//!
//! As ntpd does: a large measured offset is stepped at once, which may move the wall back; a small one is slewed. What
//! ntpd does to the frequency of the crystal is left out, so that a drift shows as a small offset that returns.
//! Source: Mills et al., RFC 5905, and ntpd's defaults.

use super::within;
use crate::base::LocalInstant;

/// A measured offset above this is stepped, not slewed.
pub const STEP_ABOVE_US: i64 = 128_000;
/// By how much the error bound grows without a measurement: the largest drift that NTP assumes of a clock.
pub const ASSUMED_DRIFT_PPM: u64 = 15;

/// NTP at one actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NtpSettings {
    /// The largest error of one measurement, in microseconds.
    pub error_us: u64,
    /// How often it measures, in microseconds.
    pub every_us: u64,
}

/// How a wall is to be corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correction {
    /// At once, by this many microseconds.
    Step(i64),
    /// Slowly, by this many microseconds.
    Slew(i64),
}

/// What NTP knows at one actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ntp {
    settings: NtpSettings,
    measured: Option<Measurement>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Measurement {
    offset_us: i64,
    correction: Correction,
    mono_us: u64,
}

impl Ntp {
    /// NTP before its first measurement.
    pub fn new(settings: NtpSettings) -> Self {
        Self { settings, measured: None }
    }

    /// Its settings.
    pub fn settings(&self) -> NtpSettings {
        self.settings
    }

    /// Measures, and says how to correct. `true_offset_us` is how far the wall is ahead, which nobody inside the world
    /// knows; `draw` decides the error with which it is measured.
    pub fn poll(&mut self, local: LocalInstant, true_offset_us: i64, draw: u64) -> Correction {
        let offset_us = true_offset_us + within(draw, self.settings.error_us);
        let correction =
            if offset_us.abs() > STEP_ABOVE_US { Correction::Step(-offset_us) } else { Correction::Slew(-offset_us) };
        self.measured = Some(Measurement { offset_us, correction, mono_us: local.mono_us });
        correction
    }

    /// The offset that it measured last, in microseconds, before its correction.
    pub fn measured_offset_us(&self) -> Option<i64> {
        Some(self.measured?.offset_us)
    }

    /// How far it believes the wall to be ahead now: what it measured less what has been corrected since. `slew_left_us`
    /// is what the clock has still to slew. `None` before the first measurement.
    pub fn believed_offset_us(&self, slew_left_us: i64) -> Option<i64> {
        match self.measured?.correction {
            Correction::Step(_) => Some(0),
            Correction::Slew(_) => Some(-slew_left_us),
        }
    }

    /// How wrong it believes its belief to be at most, in microseconds: the error of a measurement plus what an ordinary
    /// crystal gains since. A clock that drifts by more than [`ASSUMED_DRIFT_PPM`] makes it wrong. `None` before the
    /// first measurement.
    pub fn error_bound_us(&self, local: LocalInstant) -> Option<u64> {
        let age_us = local.mono_us.saturating_sub(self.measured?.mono_us);
        Some(self.settings.error_us + (age_us * ASSUMED_DRIFT_PPM).div_ceil(1_000_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Instant;
    use crate::base::time::{MS, SECOND};
    use crate::clock::PhysicalClock;

    const SETTINGS: NtpSettings = NtpSettings { error_us: 5_000, every_us: 16 * SECOND };

    fn poll(ntp: &mut Ntp, clock: &mut PhysicalClock, now: Instant, draw: u64) -> Correction {
        let correction = ntp.poll(clock.read(now, 0), clock.true_offset_us(now), draw);
        match correction {
            Correction::Step(by_us) => clock.ntp_step(now, by_us),
            Correction::Slew(by_us) => clock.ntp_slew(now, by_us),
        }
        correction
    }

    #[test]
    fn a_large_offset_is_stepped_back_to_within_the_error() {
        let (mut ntp, mut clock) = (Ntp::new(SETTINGS), PhysicalClock::new());
        assert_eq!(ntp.believed_offset_us(0), None);
        let now = Instant(SECOND);
        clock.set_offset(now, 300_000);
        let before = clock.read(now, 0);
        assert_eq!(poll(&mut ntp, &mut clock, now, u64::MAX), Correction::Step(-305_000));
        assert!(clock.read(now, 0).wall_us < before.wall_us);
        assert_eq!(clock.true_offset_us(now), -5_000);
        assert_eq!(ntp.measured_offset_us(), Some(305_000));
        assert_eq!(ntp.believed_offset_us(clock.slew_left_us(now)), Some(0));
    }

    #[test]
    fn a_small_offset_is_slewed() {
        let (mut ntp, mut clock) = (Ntp::new(SETTINGS), PhysicalClock::new());
        clock.set_offset(Instant(0), 100_000);
        let correction = poll(&mut ntp, &mut clock, Instant(0), u64::MAX / 2);
        assert_eq!(correction, Correction::Slew(-100_000));
        let later = Instant(100 * SECOND);
        assert_eq!(clock.true_offset_us(later), 50_000);
        assert_eq!(ntp.believed_offset_us(clock.slew_left_us(later)), Some(50_000));
    }

    #[test]
    fn the_border_between_both_is_128_milliseconds() {
        let exact = NtpSettings { error_us: 0, ..SETTINGS };
        let local = LocalInstant::default();
        assert_eq!(Ntp::new(exact).poll(local, 128_000, 0), Correction::Slew(-128_000));
        assert_eq!(Ntp::new(exact).poll(local, -128_001, 0), Correction::Step(128_001));
    }

    #[test]
    fn the_error_bound_holds_for_an_ordinary_crystal_and_not_for_a_bad_one() {
        for (ppm, holds) in [(15, true), (-15, true), (400, false)] {
            let (mut ntp, mut clock) = (Ntp::new(SETTINGS), PhysicalClock::new());
            clock.set_drift(Instant(0), ppm);
            let mut kept = true;
            for (round, draw) in [0, u64::MAX, u64::MAX / 3, 0, u64::MAX].into_iter().enumerate() {
                let now = Instant(SETTINGS.every_us * (round as u64 + 1));
                poll(&mut ntp, &mut clock, now, draw);
                for later in (0..16 * SECOND).step_by((100 * MS) as usize) {
                    let then = now + later;
                    let believed = ntp.believed_offset_us(clock.slew_left_us(then)).unwrap();
                    let bound = ntp.error_bound_us(clock.read(then, 0)).unwrap();
                    kept &= (clock.true_offset_us(then) - believed).unsigned_abs() <= bound + 1;
                }
            }
            assert_eq!(kept, holds, "{ppm} ppm");
        }
    }
}
