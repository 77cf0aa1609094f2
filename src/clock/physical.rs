//! A physical clock: a crystal that starts off, runs fast or slow, is stepped, is corrected, and shakes.
//!
//! Each cause keeps its own contribution, so that a run can tell which of them made a stamp wrong. Drift and slewing
//! accumulate in units of 10⁻⁶ µs (ppm × µs), so that changing a rate loses nothing.

use super::within;
use crate::base::limits::{DRIFT_PPM_MAX, SKEW_US_MAX};
use crate::base::{Fault, Faults, Instant, LocalInstant};

/// How fast NTP slews a wall, as ntpd does.
pub const SLEW_PPM_MAX: i64 = 500;
/// Units of an accumulator in one microsecond.
const UNITS: i64 = 1_000_000;

/// A rate over time: what was gained up to an instant, and how fast since.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Gain {
    units: i64,
    ppm: i64,
    since: Instant,
}

impl Gain {
    #[inline]
    fn units_at(&self, now: Instant) -> i64 {
        if self.ppm == 0 {
            return self.units;
        }
        self.units + self.ppm * now.since(self.since) as i64
    }

    #[inline]
    fn us_at(&self, now: Instant) -> i64 {
        self.units_at(now).div_euclid(UNITS)
    }

    fn set_ppm(&mut self, now: Instant, ppm: i64) {
        *self = Self { units: self.units_at(now), ppm, since: now };
    }
}

/// A correction of the wall that is under way, at most [`SLEW_PPM_MAX`] fast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Slew {
    by_us: i64,
    since: Instant,
}

impl Slew {
    /// How much of it is done.
    #[inline]
    fn done_us(&self, now: Instant) -> i64 {
        let most = (now.since(self.since) as i64).saturating_mul(SLEW_PPM_MAX) / UNITS;
        self.by_us.clamp(-most, most)
    }
}

/// The clock of one actor. Its wall is true time until something is wrong with it; its mono starts at 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PhysicalClock {
    offset_us: i64,
    steps_us: i64,
    noise_us: u64,
    /// What drift has moved the wall by since its offset was set.
    drift: Gain,
    /// What drift has moved mono by since the start of the world.
    mono_drift: Gain,
    /// What NTP has stepped, and slewed before the slew under way.
    ntp_us: i64,
    slew: Slew,
}

impl PhysicalClock {
    /// A perfect clock.
    pub fn new() -> Self {
        Self::default()
    }

    /// What it says at `now`. The word is the noise of this reading, from a hash; it is not looked at unless the clock
    /// is noisy.
    #[inline]
    pub fn read(&self, now: Instant, noise_word: u64) -> LocalInstant {
        let wall_us = now.0 as i64 + self.true_offset_us(now) + self.noise_of_us(noise_word);
        LocalInstant { wall_us, mono_us: self.mono_us(now) }
    }

    /// Its monotonic reading at `now`, which drift moves and nothing else.
    #[inline]
    pub fn mono_us(&self, now: Instant) -> u64 {
        (now.0 as i64 + self.mono_drift.us_at(now)) as u64
    }

    /// How far its wall is ahead of true time, in microseconds, noise not counted.
    #[inline]
    pub fn true_offset_us(&self, now: Instant) -> i64 {
        self.offset_us + self.drift.us_at(now) + self.steps_us + self.ntp_offset_us(now)
    }

    /// Which kinds of faults make the reading at `now` with this word differ from true time: none if it does not,
    /// else each that contributes, those included that make up for others.
    #[inline]
    pub fn touched(&self, now: Instant, noise_word: u64) -> Faults {
        let contributions = [
            (Fault::Skew, self.offset_us),
            (Fault::Drift, self.drift.us_at(now)),
            (Fault::Step, self.steps_us),
            (Fault::Ntp, self.ntp_offset_us(now)),
            (Fault::Noise, self.noise_of_us(noise_word)),
        ];
        let mut touched = Faults::NONE;
        if contributions.iter().map(|(_, us)| us).sum::<i64>() == 0 {
            return touched;
        }
        for (fault, us) in contributions {
            if us != 0 {
                touched.insert(fault);
            }
        }
        touched
    }

    /// Sets the wall to true time plus `offset_us`, at most [`SKEW_US_MAX`] either way. It forgets earlier steps and
    /// corrections; drift goes on from there.
    pub fn set_offset(&mut self, now: Instant, offset_us: i64) {
        assert!(offset_us.abs() <= SKEW_US_MAX, "an offset is at most {SKEW_US_MAX} µs");
        let drift = Gain { units: 0, ppm: self.drift.ppm, since: now };
        *self = Self { offset_us, drift, steps_us: 0, ntp_us: 0, slew: Slew::default(), ..*self };
    }

    /// Lets both readings run `ppm` parts per million fast (or slow, if negative), at most [`DRIFT_PPM_MAX`].
    ///
    /// What it has gained so far stays. Whoever waits for a reading of this clock asks [`Self::after_mono_us`] again.
    pub fn set_drift(&mut self, now: Instant, ppm: i64) {
        assert!(ppm.abs() <= DRIFT_PPM_MAX, "a drift is at most {DRIFT_PPM_MAX} ppm");
        self.drift.set_ppm(now, ppm);
        self.mono_drift.set_ppm(now, ppm);
    }

    /// Moves the wall at once by `by_us`, at most [`SKEW_US_MAX`] either way.
    pub fn step(&mut self, by_us: i64) {
        assert!(by_us.abs() <= SKEW_US_MAX, "a step is at most {SKEW_US_MAX} µs");
        self.steps_us = self.steps_us.saturating_add(by_us);
    }

    /// Lets each reading of the wall be off by up to `bound_us`, at most [`SKEW_US_MAX`]; 0 mends it.
    pub fn set_noise(&mut self, bound_us: u64) {
        assert!(bound_us <= SKEW_US_MAX as u64, "noise is at most {SKEW_US_MAX} µs");
        self.noise_us = bound_us;
    }

    /// The bound of its noise in microseconds; 0 if it has none.
    #[inline]
    pub fn noise_us(&self) -> u64 {
        self.noise_us
    }

    /// Its drift in parts per million.
    pub fn drift_ppm(&self) -> i64 {
        self.drift.ppm
    }

    /// Moves the wall at once by `by_us`, as a correction. A slew under way ends where it is.
    pub fn ntp_step(&mut self, now: Instant, by_us: i64) {
        self.end_slew(now);
        self.ntp_us = self.ntp_us.saturating_add(by_us);
    }

    /// Moves the wall by `by_us`, no faster than [`SLEW_PPM_MAX`], in place of a slew under way.
    pub fn ntp_slew(&mut self, now: Instant, by_us: i64) {
        self.end_slew(now);
        self.slew = Slew { by_us, since: now };
    }

    /// What is left of the slew under way, in microseconds.
    pub fn slew_left_us(&self, now: Instant) -> i64 {
        self.slew.by_us - self.slew.done_us(now)
    }

    /// How much true time passes until mono has advanced by `mono_duration_us`, rounded up, if the drift stays as it is.
    #[inline]
    pub fn after_mono_us(&self, now: Instant, mono_duration_us: u64) -> u64 {
        if self.mono_drift.ppm == 0 {
            return mono_duration_us;
        }
        let units = i128::from(UNITS);
        let ahead = i128::from(self.mono_drift.units_at(now).rem_euclid(UNITS));
        let wanted = i128::from(mono_duration_us) * units - ahead;
        let rate = units + i128::from(self.mono_drift.ppm);
        if wanted <= 0 { 0 } else { u64::try_from((wanted + rate - 1) / rate).unwrap_or(u64::MAX) }
    }

    #[inline]
    fn ntp_offset_us(&self, now: Instant) -> i64 {
        if self.slew.by_us == 0 {
            return self.ntp_us;
        }
        self.ntp_us + self.slew.done_us(now)
    }

    #[inline]
    fn noise_of_us(&self, word: u64) -> i64 {
        if self.noise_us == 0 { 0 } else { within(word, self.noise_us) }
    }

    fn end_slew(&mut self, now: Instant) {
        self.ntp_us += self.slew.done_us(now);
        self.slew = Slew::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::{MS, SECOND};
    use proptest::prelude::*;

    type Break = fn(&mut PhysicalClock);

    #[test]
    fn a_perfect_clock_tells_true_time() {
        let clock = PhysicalClock::new();
        assert_eq!(clock.read(Instant(123), 99), LocalInstant { wall_us: 123, mono_us: 123 });
        assert!(clock.touched(Instant(123), 99).is_empty());
    }

    #[test]
    fn drift_moves_both_readings_and_changing_it_loses_nothing() {
        let mut clock = PhysicalClock::new();
        clock.set_drift(Instant(0), 3);
        // Every microsecond gains three millionths of one, however often the drift is set anew.
        for part in 1..=300_000 {
            clock.set_drift(Instant(part * 3), 3);
        }
        clock.set_drift(Instant(SECOND), 0);
        assert_eq!(clock.true_offset_us(Instant(SECOND)), 3);
        clock.set_drift(Instant(SECOND), -100_000);
        let reading = clock.read(Instant(2 * SECOND), 0);
        assert_eq!(reading.mono_us as i64, reading.wall_us);
        assert_eq!(reading.mono_us, 1_900_003);
    }

    #[test]
    fn an_offset_starts_the_wall_anew_and_leaves_mono() {
        let mut clock = PhysicalClock::new();
        clock.set_drift(Instant(0), 100);
        clock.step(77);
        clock.ntp_step(Instant(5), 3);
        clock.set_offset(Instant(SECOND), -500);
        assert_eq!(clock.true_offset_us(Instant(SECOND)), -500);
        assert_eq!(clock.true_offset_us(Instant(2 * SECOND)), -400);
        assert_eq!(clock.mono_us(Instant(2 * SECOND)), 2 * SECOND + 200);
    }

    #[test]
    fn a_step_moves_the_wall_back_and_mono_not() {
        let mut clock = PhysicalClock::new();
        clock.step(-2_000_000);
        assert_eq!(clock.read(Instant(SECOND), 0), LocalInstant { wall_us: -1_000_000, mono_us: SECOND });
    }

    #[test]
    fn noise_shakes_the_wall_within_its_bound_only() {
        let mut clock = PhysicalClock::new();
        clock.set_noise(10);
        let readings = [0, u64::MAX / 2, u64::MAX].map(|word| clock.read(Instant(100), word));
        assert_eq!(readings.map(|reading| reading.wall_us), [90, 100, 110]);
        assert!(readings.iter().all(|reading| reading.mono_us == 100));
    }

    #[test]
    fn a_slew_is_no_faster_than_its_rate_and_then_done() {
        let mut clock = PhysicalClock::new();
        clock.set_offset(Instant(0), 1_000);
        clock.ntp_slew(Instant(0), -1_000);
        assert_eq!(clock.true_offset_us(Instant(SECOND)), 500);
        assert_eq!(clock.slew_left_us(Instant(SECOND)), -500);
        assert_eq!(clock.true_offset_us(Instant(3 * SECOND)), 0);
        clock.ntp_slew(Instant(3 * SECOND), 250);
        clock.ntp_step(Instant(3 * SECOND + 100 * MS), 0);
        assert_eq!(clock.true_offset_us(Instant(9 * SECOND)), 50);
    }

    #[test]
    fn each_fault_is_named_by_the_stamp_that_it_makes_wrong() {
        let now = Instant(10 * SECOND);
        let breaks: [(Fault, Break); 5] = [
            (Fault::Skew, |clock| clock.set_offset(Instant(0), 5)),
            (Fault::Drift, |clock| clock.set_drift(Instant(0), 50)),
            (Fault::Step, |clock| clock.step(-5)),
            (Fault::Ntp, |clock| clock.ntp_step(Instant(0), 7)),
            (Fault::Noise, |clock| clock.set_noise(3)),
        ];
        for (fault, break_it) in breaks {
            let mut clock = PhysicalClock::new();
            break_it(&mut clock);
            let mut expected = Faults::NONE;
            expected.insert(fault);
            assert_eq!(clock.touched(now, 0), expected);
        }
    }

    #[test]
    fn a_correction_that_fits_leaves_nothing_to_blame() {
        let mut clock = PhysicalClock::new();
        clock.set_offset(Instant(0), 40);
        clock.ntp_step(Instant(0), -40);
        assert!(clock.touched(Instant(9), 0).is_empty());
        clock.ntp_step(Instant(0), -1);
        assert!(clock.touched(Instant(9), 0).contains(Fault::Ntp));
    }

    proptest! {
        #[test]
        fn a_timer_fires_at_the_first_instant_that_is_late_enough(
            early in -100_000i64..=100_000, late in -100_000i64..=100_000,
            change in 0u64..10_000_000, wait in 0u64..10_000_000, duration in 0u64..100_000_000,
        ) {
            let mut clock = PhysicalClock::new();
            clock.set_drift(Instant(0), early);
            clock.set_drift(Instant(change), late);
            let now = Instant(change + wait);
            let due = clock.mono_us(now) + duration;
            let after = clock.after_mono_us(now, duration);
            prop_assert!(clock.mono_us(now + after) >= due);
            prop_assert!(after == 0 || clock.mono_us(now + (after - 1)) < due);
        }

        #[test]
        fn mono_never_goes_back(changes in prop::collection::vec((0u64..1_000, -100_000i64..=100_000), 1..50)) {
            let mut clock = PhysicalClock::new();
            let (mut now, mut last) = (Instant(0), 0);
            for (wait, ppm) in changes {
                now += wait;
                clock.set_drift(now, ppm);
                clock.step(-ppm);
                let mono = clock.mono_us(now);
                prop_assert!(mono >= last);
                last = mono;
            }
        }
    }
}
