//! Distributions of delays, and how one is drawn from them.
//!
//! Sampling inverts the distribution function (for the log-normal: Box and Muller 1958), by `libm`, which gives the same
//! bits on every platform. One sample takes three words whatever the distribution, so that another distribution on one
//! link shifts no stream.

use super::streams::{open_unit, unit};
use crate::base::limits::MIXTURE_MAX;

/// The longest delay that a sample can give: about 71 minutes, so that a trace entry holds it in 32 bits.
pub const SAMPLE_US_MAX: u64 = u32::MAX as u64;

/// One distribution of delays. All parameters are in microseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// Always the same.
    Constant {
        /// The delay.
        us: f64,
    },
    /// Every value between two equally likely.
    Uniform {
        /// The least.
        low_us: f64,
        /// The greatest.
        high_us: f64,
    },
    /// Exponential, without memory.
    Exponential {
        /// The mean, 1/λ.
        mean_us: f64,
    },
    /// Log-normal: its logarithm is normal.
    LogNormal {
        /// The median, e^μ.
        median_us: f64,
        /// The standard deviation of the logarithm.
        sigma: f64,
    },
    /// Pareto, with a heavy tail.
    Pareto {
        /// The least value, `x_m`.
        min_us: f64,
        /// The tail index α: the smaller, the heavier.
        alpha: f64,
    },
}

impl Shape {
    /// One delay in microseconds, from two words.
    #[inline]
    fn sample(&self, draws: [u64; 2]) -> f64 {
        match *self {
            Self::Constant { us } => us,
            Self::Uniform { low_us, high_us } => low_us + (high_us - low_us) * unit(draws[0]),
            Self::Exponential { mean_us } => -mean_us * libm::log(open_unit(draws[0])),
            Self::LogNormal { median_us, sigma } => median_us * libm::exp(sigma * standard_normal(draws)),
            Self::Pareto { min_us, alpha } => min_us * libm::pow(open_unit(draws[0]), -1.0 / alpha),
        }
    }

    /// Its mean in microseconds, `None` where it is infinite.
    pub fn mean_us(&self) -> Option<f64> {
        match *self {
            Self::Constant { us } => Some(us),
            Self::Uniform { low_us, high_us } => Some(f64::midpoint(low_us, high_us)),
            Self::Exponential { mean_us } => Some(mean_us),
            Self::LogNormal { median_us, sigma } => Some(median_us * libm::exp(sigma * sigma / 2.0)),
            Self::Pareto { min_us, alpha } => (alpha > 1.0).then(|| alpha * min_us / (alpha - 1.0)),
        }
    }
}

fn standard_normal(draws: [u64; 2]) -> f64 {
    let radius = libm::sqrt(-2.0 * libm::log(open_unit(draws[0])));
    radius * libm::cos(std::f64::consts::TAU * unit(draws[1]))
}

/// A weighted mixture of distributions, plus a constant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Delay {
    parts: [(f64, Shape); MIXTURE_MAX],
    count: u8,
    plus_us: f64,
}

impl Delay {
    /// A single distribution.
    pub fn of(shape: Shape) -> Self {
        let mut parts = [(0.0, Shape::Constant { us: 0.0 }); MIXTURE_MAX];
        parts[0] = (1.0, shape);
        Self { parts, count: 1, plus_us: 0.0 }
    }

    /// A constant delay.
    pub fn constant(us: u64) -> Self {
        Self::of(Shape::Constant { us: us as f64 })
    }

    /// A mixture; weights are relative. `None` if there are no parts, more than [`MIXTURE_MAX`], or no positive weight.
    pub fn mixture(parts: &[(f64, Shape)]) -> Option<Self> {
        let total: f64 = parts.iter().map(|(weight, _)| weight).sum();
        if parts.is_empty() || parts.len() > MIXTURE_MAX || total.is_nan() || total <= 0.0 {
            return None;
        }
        let mut delay = Self::constant(0);
        delay.count = parts.len() as u8;
        for (slot, (weight, shape)) in delay.parts.iter_mut().zip(parts) {
            *slot = (weight / total, *shape);
        }
        Some(delay)
    }

    /// The same, longer by `us`.
    #[must_use]
    pub fn plus(mut self, us: u64) -> Self {
        self.plus_us += us as f64;
        self
    }

    /// Its parts with their weights, which sum to 1, before what [`Delay::plus`] added.
    pub fn parts(&self) -> &[(f64, Shape)] {
        &self.parts[..usize::from(self.count)]
    }

    /// One delay in microseconds, rounded, at most [`SAMPLE_US_MAX`], never negative.
    ///
    /// The first word chooses the part, the others the value.
    #[inline]
    pub fn sample(&self, draws: [u64; 3]) -> u64 {
        let us = self.choose(draws[0]).sample([draws[1], draws[2]]) + self.plus_us;
        // A cast takes what is negative or not a number to 0 and what is too large to the greatest number.
        ((us + 0.5) as u64).min(SAMPLE_US_MAX)
    }

    #[inline]
    fn choose(&self, draw: u64) -> &Shape {
        if self.count == 1 {
            return &self.parts[0].1;
        }
        let mut left = unit(draw);
        let (last, others) = self.parts().split_last().expect("a delay has at least one part");
        for (weight, shape) in others {
            left -= weight;
            if left < 0.0 {
                return shape;
            }
        }
        &last.1
    }

    /// Its mean in microseconds, `None` where it is infinite.
    pub fn mean_us(&self) -> Option<f64> {
        self.parts().iter().try_fold(self.plus_us, |sum, (weight, shape)| Some(sum + weight * shape.mean_us()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Actor;
    use crate::sim::streams::{Purpose, Stream, StreamId};

    const SAMPLES: usize = 200_000;

    /// Sorted samples, and their mean.
    fn samples(delay: &Delay) -> (Vec<u64>, f64) {
        let mut stream = Stream::new(7, StreamId::Actor { actor: Actor(0), purpose: Purpose::Timer });
        let mut samples: Vec<u64> = (0..SAMPLES).map(|_| delay.sample([0; 3].map(|_: u64| stream.draw()))).collect();
        samples.sort_unstable();
        let mean = samples.iter().sum::<u64>() as f64 / SAMPLES as f64;
        (samples, mean)
    }

    /// Holds the samples of `delay` against its analytic mean and quantiles, within 2 %.
    fn check(delay: &Delay, mean: Option<f64>, quantiles: &[(f64, f64)]) {
        let (samples, measured) = samples(delay);
        let close = |got: f64, want: f64| (got - want).abs() <= 0.02 * want + 0.5;
        if let Some(mean) = mean {
            assert!(close(measured, mean), "mean {measured}, expected {mean}");
        }
        assert_eq!(mean.is_some(), delay.mean_us().is_some());
        if let (Some(expected), Some(claimed)) = (mean, delay.mean_us()) {
            assert!((expected - claimed).abs() <= 1e-9 * expected, "claimed {claimed}, expected {expected}");
        }
        for (share, expected) in quantiles {
            let got = samples[(share * SAMPLES as f64) as usize] as f64;
            assert!(close(got, *expected), "quantile {share}: {got}, expected {expected}");
        }
    }

    #[test]
    fn a_constant_is_constant() {
        check(&Delay::constant(1_234), Some(1_234.0), &[(0.0, 1_234.0), (0.999, 1_234.0)]);
        check(&Delay::constant(1_000).plus(500), Some(1_500.0), &[(0.5, 1_500.0)]);
    }

    #[test]
    fn a_uniform_delay_is_flat() {
        let delay = Delay::of(Shape::Uniform { low_us: 1_000.0, high_us: 3_000.0 });
        check(&delay, Some(2_000.0), &[(0.0, 1_000.0), (0.25, 1_500.0), (0.5, 2_000.0), (0.99, 2_980.0)]);
    }

    #[test]
    fn an_exponential_delay_has_its_quantiles() {
        let delay = Delay::of(Shape::Exponential { mean_us: 10_000.0 });
        check(&delay, Some(10_000.0), &[(0.5, 6_931.47), (0.9, 23_025.85), (0.99, 46_051.7)]);
    }

    #[test]
    fn a_log_normal_delay_has_its_quantiles() {
        let delay = Delay::of(Shape::LogNormal { median_us: 10_000.0, sigma: 0.5 });
        let mean = 10_000.0 * 0.125_f64.exp();
        check(
            &delay,
            Some(mean),
            &[(0.158_655, 6_065.3), (0.5, 10_000.0), (0.841_345, 16_487.2), (0.977_25, 27_182.8)],
        );
    }

    #[test]
    fn a_pareto_delay_has_its_quantiles_and_may_lack_a_mean() {
        let quantiles =
            |min: f64, alpha: f64| [0.1, 0.5, 0.9, 0.99].map(|p: f64| (p, min * (1.0 - p).powf(-1.0 / alpha)));
        check(
            &Delay::of(Shape::Pareto { min_us: 3_000.0, alpha: 3.35 }),
            Some(3.35 * 3_000.0 / 2.35),
            &quantiles(3e3, 3.35),
        );
        check(&Delay::of(Shape::Pareto { min_us: 1_050.0, alpha: 0.9 }), None, &quantiles(1_050.0, 0.9));
    }

    #[test]
    fn a_mixture_mixes_by_weight() {
        let parts = [(3.0, Shape::Constant { us: 100.0 }), (1.0, Shape::Uniform { low_us: 1_000.0, high_us: 2_000.0 })];
        let delay = Delay::mixture(&parts).unwrap();
        check(&delay, Some(450.0), &[(0.74, 100.0), (0.875, 1_500.0)]);
        assert!(Delay::mixture(&[]).is_none());
        assert!(Delay::mixture(&[(0.0, parts[0].1)]).is_none());
    }

    #[test]
    fn no_parameter_gives_a_negative_or_endless_delay() {
        let extremes = [0, u64::MAX];
        let shapes = [
            Shape::Constant { us: -5.0 },
            Shape::Constant { us: f64::NAN },
            Shape::Pareto { min_us: 1e6, alpha: 0.01 },
            Shape::Exponential { mean_us: 1e300 },
        ];
        for shape in shapes {
            for a in extremes {
                for b in extremes {
                    assert!(Delay::of(shape).sample([a, b, a]) <= SAMPLE_US_MAX);
                }
            }
        }
    }
}
