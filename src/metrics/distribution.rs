//! Percentiles of durations.

use std::sync::Arc;

use hdrhistogram::Histogram;

/// Two digits: a percentile is off by less than 1 %, and a histogram of up to a minute takes 10 kB.
const DIGITS: u8 = 2;

/// A distribution of durations in microseconds. Percentiles by `hdrhistogram`; count, mean and extremes are exact.
#[derive(Clone, Debug, Default)]
pub struct Distribution {
    histogram: Option<Arc<Histogram<u32>>>,
    count: u64,
    sum_us: u64,
    min_us: u64,
    max_us: u64,
}

/// What a distribution looks like, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// How many samples.
    pub count: u64,
    /// Their mean.
    pub mean_us: f64,
    /// The median, within 1 %.
    pub p50_us: u64,
    /// What 99 of 100 do not exceed, within 1 %.
    pub p99_us: u64,
    /// The largest.
    pub max_us: u64,
}

impl Distribution {
    /// Adds a sample.
    pub fn add(&mut self, us: u64) {
        if self.histogram.is_none() {
            self.histogram = Histogram::new(DIGITS).ok().map(Arc::new);
        }
        if let Some(histogram) = &mut self.histogram {
            let recorded = Arc::make_mut(histogram).record(us);
            debug_assert!(recorded.is_ok(), "a histogram that resizes takes any value");
        }
        self.min_us = if self.count == 0 { us } else { self.min_us.min(us) };
        self.max_us = self.max_us.max(us);
        self.sum_us = self.sum_us.saturating_add(us);
        self.count += 1;
    }

    /// How many samples it has.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The largest sample, 0 if there is none.
    pub fn max_us(&self) -> u64 {
        self.max_us
    }

    /// The duration that the fraction `quantile` of the samples does not exceed, within 1 %.
    pub fn quantile_us(&self, quantile: f64) -> Option<u64> {
        let histogram = self.histogram.as_ref()?;
        let bucket = histogram.value_at_quantile(quantile);
        Some(histogram.median_equivalent(bucket).clamp(self.min_us, self.max_us))
    }

    /// All at once, if there is a sample.
    pub fn summary(&self) -> Option<Summary> {
        Some(Summary {
            count: self.count,
            mean_us: self.sum_us as f64 / self.count as f64,
            p50_us: self.quantile_us(0.5)?,
            p99_us: self.quantile_us(0.99)?,
            max_us: self.max_us,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_within_one_percent() {
        let mut distribution = Distribution::default();
        assert_eq!(distribution.summary(), None, "no sample has no mean");
        for us in 1..=100_000 {
            distribution.add(us);
        }
        let summary = distribution.summary().unwrap();
        assert_eq!((summary.count, summary.max_us), (100_000, 100_000));
        assert!(summary.p50_us.abs_diff(50_000) <= 500, "{summary:?}");
        assert!(summary.p99_us.abs_diff(99_000) <= 990, "{summary:?}");
        assert!((summary.mean_us - 50_000.5).abs() < 0.01, "{summary:?}");
    }

    #[test]
    fn equal_samples_are_shown_exactly() {
        let mut distribution = Distribution::default();
        distribution.add(48_000);
        distribution.add(48_000);
        let summary = distribution.summary().unwrap();
        assert_eq!((summary.p50_us, summary.p99_us, summary.max_us), (48_000, 48_000, 48_000));
    }
}
