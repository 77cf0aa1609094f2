//! Distributions of delays.

use crate::base::limits::MIXTURE_MAX;

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
        /// The least value, x_m.
        min_us: f64,
        /// The tail index α: the smaller, the heavier.
        alpha: f64,
    },
}

/// A weighted mixture of distributions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Delay {
    parts: [(f64, Shape); MIXTURE_MAX],
    count: u8,
}

impl Delay {
    /// A single distribution.
    pub fn of(shape: Shape) -> Self {
        let mut parts = [(0.0, Shape::Constant { us: 0.0 }); MIXTURE_MAX];
        parts[0] = (1.0, shape);
        Self { parts, count: 1 }
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

    /// Its parts with their weights, which sum to 1.
    pub fn parts(&self) -> &[(f64, Shape)] {
        &self.parts[..usize::from(self.count)]
    }
}
