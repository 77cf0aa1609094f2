//! What trials came to: latencies, and how many reads were fresh.

use hdrhistogram::Histogram;

/// The longest latency that is told apart, in microseconds: ten minutes, far beyond the tails of the fits.
const LATENCY_US_MAX: u64 = 600_000_000;
/// Decimal digits of a latency.
const DIGITS: u8 = 4;
/// The normal quantile of 95 %, both sides.
const Z: f64 = 1.959_963_984_540_054;

/// The outcome of some trials.
#[derive(Clone, Debug)]
pub struct Tally {
    /// How many writes were made, each with one read for each time.
    pub trials: u64,
    /// For each time after the commit, how many reads showed the write.
    pub fresh: Vec<u64>,
    writes_us: Histogram<u64>,
    reads_us: Histogram<u64>,
}

/// An estimate, and between what it lies with 95 % confidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The estimate.
    pub value: f64,
    /// At least.
    pub low: f64,
    /// At most.
    pub high: f64,
}

impl Tally {
    /// Nothing yet, for so many times after the commit.
    pub fn new(times: usize) -> Self {
        let empty = || Histogram::new_with_max(LATENCY_US_MAX, DIGITS).expect("bounds and digits are in range");
        Self { trials: 0, fresh: vec![0; times], writes_us: empty(), reads_us: empty() }
    }

    /// Adds the trials of another one with the same times.
    pub fn add(&mut self, other: &Self) {
        self.trials += other.trials;
        self.fresh.iter_mut().zip(&other.fresh).for_each(|(mine, theirs)| *mine += theirs);
        for (mine, theirs) in [(&mut self.writes_us, &other.writes_us), (&mut self.reads_us, &other.reads_us)] {
            mine.add(theirs).expect("both have the same bounds");
        }
    }

    pub(super) fn wrote(&mut self, latency_us: u64) {
        self.trials += 1;
        self.writes_us.saturating_record(latency_us);
    }

    pub(super) fn read(&mut self, time: usize, latency_us: u64, is_fresh: bool) {
        self.fresh[time] += u64::from(is_fresh);
        self.reads_us.saturating_record(latency_us);
    }

    /// A quantile of the latencies of writes, in microseconds.
    pub fn write_us(&self, quantile: f64) -> Interval {
        quantile_of(&self.writes_us, quantile)
    }

    /// A quantile of the latencies of reads, in microseconds.
    pub fn read_us(&self, quantile: f64) -> Interval {
        quantile_of(&self.reads_us, quantile)
    }

    /// The probability that a read is fresh, for one of the times: Wilson's interval (1927).
    pub fn fresh(&self, time: usize) -> Interval {
        let (count, fresh) = (self.trials as f64, self.fresh[time] as f64);
        if self.trials == 0 {
            return Interval { value: 0.0, low: 0.0, high: 1.0 };
        }
        let value = fresh / count;
        let weight = 1.0 + Z * Z / count;
        let middle = (value + Z * Z / (2.0 * count)) / weight;
        let half = Z / weight * (value * (1.0 - value) / count + Z * Z / (4.0 * count * count)).sqrt();
        Interval { value, low: (middle - half).max(0.0), high: (middle + half).min(1.0) }
    }
}

/// A quantile, and those of the ranks that lie 95 % of a binomial spread beside its own.
fn quantile_of(histogram: &Histogram<u64>, quantile: f64) -> Interval {
    let count = histogram.len().max(1) as f64;
    let half = Z * (quantile * (1.0 - quantile) / count).sqrt();
    let at = |quantile: f64| histogram.value_at_quantile(quantile.clamp(0.0, 1.0)) as f64;
    Interval { value: at(quantile), low: at(quantile - half), high: at(quantile + half) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_hold_their_estimates_and_shrink_with_trials() {
        let of = |trials: u64| {
            let mut tally = Tally::new(1);
            for trial in 0..trials {
                tally.wrote(trial % 100);
                tally.read(0, trial % 50, trial % 4 != 0);
            }
            tally
        };
        let (few, many) = (of(400), of(40_000));
        for tally in [&few, &many] {
            for interval in [tally.fresh(0), tally.write_us(0.999), tally.read_us(0.5)] {
                assert!(interval.low <= interval.value && interval.value <= interval.high, "{interval:?}");
            }
        }
        assert!(many.fresh(0).high - many.fresh(0).low < (few.fresh(0).high - few.fresh(0).low) / 5.0);
        assert!((many.fresh(0).value - 0.75).abs() < 1e-9);
    }

    #[test]
    fn sums_are_what_one_tally_would_have() {
        let (mut one, mut other, mut both) = (Tally::new(2), Tally::new(2), Tally::new(2));
        for trial in 0..100 {
            for tally in [if trial < 30 { &mut one } else { &mut other }, &mut both] {
                tally.wrote(trial);
                tally.read(0, trial, trial % 2 == 0);
                tally.read(1, trial, true);
            }
        }
        one.add(&other);
        assert_eq!((one.trials, &one.fresh), (both.trials, &both.fresh));
        assert_eq!(one.write_us(0.9), both.write_us(0.9));
    }
}
