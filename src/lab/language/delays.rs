//! Distributions of delays: `constant 30ms`, or a mixture `91.22% pareto 0.235ms 10 8.78% exponential 0.6ms`.

use crate::base::limits::{DURATION_US_MAX, MIXTURE_MAX};
use crate::sim::{Delay, Shape};

use super::cursor::{Cursor, Read};
use super::error::ErrorKind;
use super::lex::{Token, TokenKind};
use super::noun::Noun;
use super::quantity::duration_max_text;

/// How far the weights of a mixture may be from summing to all: what rounding to four digits leaves.
const WEIGHTS_TOLERANCE: f64 = 1e-4 + 1e-12;
/// The largest spread of a log-normal delay: its 99th percentile is then ten orders of magnitude above its median.
const SIGMA_MAX: f64 = 10.0;
/// The least tail index: below it most delays would exceed any bound.
const ALPHA_MIN: f64 = 0.1;
/// The largest tail index: above it the distribution is a constant.
const ALPHA_MAX: f64 = 1000.0;

/// The distributions by their names.
pub(super) const DISTRIBUTIONS: [&str; 5] = ["constant", "uniform", "exponential", "lognormal", "pareto"];

/// One distribution, or a mixture of weighted ones.
pub(super) fn distribution(cursor: &mut Cursor<'_>) -> Read<Delay> {
    if !cursor.peek().is_some_and(is_number) {
        return shape(cursor).map(Delay::of);
    }
    let column = cursor.peek().map_or(0, |token| token.column);
    let mut parts = Vec::new();
    while cursor.peek().is_some_and(is_number) {
        let token = cursor.next("a weight")?;
        let weight = cursor.quantity(&token, "a weight", |number| number.probability("a weight"))?;
        parts.push((weight, shape(cursor)?));
        if parts.len() > MIXTURE_MAX {
            let kind = ErrorKind::TooMany { what: "parts of a mixture", max: MIXTURE_MAX };
            return Err(cursor.error(token.column, kind));
        }
    }
    let total: f64 = parts.iter().map(|(weight, _)| weight).sum();
    let weights = ErrorKind::Weights(format!("{}%", (total * 1e6).round() / 1e4));
    if (total - 1.0).abs() > WEIGHTS_TOLERANCE {
        return Err(cursor.error(column, weights));
    }
    Delay::mixture(&parts).ok_or_else(|| cursor.error(column, weights))
}

fn is_number(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Number(_))
}

fn shape(cursor: &mut Cursor<'_>) -> Read<Shape> {
    let token = cursor.next("a distribution")?;
    Ok(match cursor.named(&token, Noun::Distribution, &DISTRIBUTIONS, |name| name)? {
        "constant" => Shape::Constant { us: time(cursor, "a delay")? },
        "uniform" => uniform(cursor)?,
        "exponential" => Shape::Exponential { mean_us: time(cursor, "a mean delay")? },
        "lognormal" => Shape::LogNormal {
            median_us: time(cursor, "a median delay")?,
            sigma: plain(cursor, "a spread (sigma)", 0.0, SIGMA_MAX)?,
        },
        _ => Shape::Pareto {
            min_us: time(cursor, "a least delay")?,
            alpha: plain(cursor, "a tail index (alpha)", ALPHA_MIN, ALPHA_MAX)?,
        },
    })
}

fn uniform(cursor: &mut Cursor<'_>) -> Read<Shape> {
    let column = cursor.peek().map_or(0, |token| token.column);
    let low = cursor.peek().map(Token::found).unwrap_or_default();
    let low_us = time(cursor, "the least delay")?;
    let high = cursor.peek().map(Token::found).unwrap_or_default();
    let high_us = time(cursor, "the greatest delay")?;
    if low_us > high_us {
        return Err(cursor.error(column, ErrorKind::ReversedRange { low, high }));
    }
    Ok(Shape::Uniform { low_us, high_us })
}

/// A parameter that is a time; it may be finer than a microsecond.
fn time(cursor: &mut Cursor<'_>, what: &'static str) -> Read<f64> {
    let token = cursor.next(what)?;
    cursor.quantity(&token, what, |number| {
        let us = number.float_us(what)?;
        if number.is_negative() || us > DURATION_US_MAX as f64 {
            return Err(number.out_of(what, "0ms", duration_max_text()));
        }
        Ok(us)
    })
}

fn plain(cursor: &mut Cursor<'_>, what: &'static str, low: f64, high: f64) -> Read<f64> {
    let token = cursor.next(what)?;
    cursor.quantity(&token, what, |number| number.plain(what, low, high))
}
