//! Numbers with units, kept exactly: a time is whole microseconds and never passes through a float.

use super::error::{ErrorKind, shown};
use crate::base::limits::{DURATION_US_MAX, INSTANT_US_MAX};

/// Digits after the point that a number may have.
const SCALE_MAX: usize = 19;
/// The shortest interval of anything that recurs, in microseconds: shorter ones would fill the schedule with timers.
pub const INTERVAL_US_MIN: u64 = 1_000;
/// The names of the units of time, for errors.
pub const TIME_UNITS: &str = "us, ms, s, m or h";

/// A unit behind a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// No unit.
    None,
    /// Microseconds.
    Us,
    /// Milliseconds.
    Ms,
    /// Seconds.
    S,
    /// Minutes.
    M,
    /// Hours.
    H,
    /// In a second.
    PerSecond,
    /// Hundredths.
    Percent,
    /// Parts per million.
    Ppm,
}

impl Unit {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "" => Self::None,
            "us" => Self::Us,
            "ms" => Self::Ms,
            "s" => Self::S,
            "m" => Self::M,
            "h" => Self::H,
            "/s" => Self::PerSecond,
            "%" => Self::Percent,
            "ppm" => Self::Ppm,
            _ => return None,
        })
    }

    /// Microseconds in one, if it is a unit of time: a small factor and a power of ten.
    fn in_us(self) -> Option<(u128, i32)> {
        Some(match self {
            Self::Us => (1, 0),
            Self::Ms => (1, 3),
            Self::S => (1, 6),
            Self::M => (60, 6),
            Self::H => (3600, 6),
            _ => return None,
        })
    }
}

/// Whether a number had a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// It had none.
    No,
    /// `+`
    Plus,
    /// `-`
    Minus,
}

/// A number as it was written: `sign · mantissa · 10^-scale · unit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// How it was written.
    pub text: String,
    /// Its sign.
    pub signed: Signed,
    /// Its digits without the point.
    pub mantissa: u64,
    /// How many of them stand behind the point.
    pub scale: u32,
    /// Its unit.
    pub unit: Unit,
}

impl Number {
    /// Whether a bare token is meant as a number: a digit, perhaps behind a sign or a point.
    pub fn begins(bare: &str) -> bool {
        let unsigned = bare.strip_prefix(['+', '-']).unwrap_or(bare);
        unsigned.strip_prefix('.').unwrap_or(unsigned).starts_with(|c: char| c.is_ascii_digit())
    }

    /// Reads a bare token.
    ///
    /// # Errors
    /// If the digits make no number, are too many, or are followed by anything but a unit.
    pub fn parse(bare: &str) -> Result<Self, ErrorKind> {
        let (signed, unsigned) = match bare.as_bytes().first() {
            Some(b'+') => (Signed::Plus, &bare[1..]),
            Some(b'-') => (Signed::Minus, &bare[1..]),
            _ => (Signed::No, bare),
        };
        let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
        let (digits, unit) = unsigned.split_at(end);
        let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
        if whole.is_empty() || fraction.is_some_and(|f| f.is_empty() || f.contains('.')) {
            return Err(ErrorKind::BadNumber(shown(bare)));
        }
        let unit = Unit::parse(unit).ok_or_else(|| ErrorKind::UnknownUnit(shown(bare)))?;
        let fraction = fraction.unwrap_or_default();
        let mantissa = format!("{whole}{fraction}").parse().ok().filter(|_| fraction.len() <= SCALE_MAX);
        let mantissa = mantissa.ok_or_else(|| ErrorKind::TooManyDigits(shown(bare)))?;
        Ok(Self { text: bare.to_owned(), signed, mantissa, scale: fraction.len() as u32, unit })
    }

    /// Its size in microseconds, without its sign.
    ///
    /// # Errors
    /// If it is no time, or finer than a microsecond.
    pub fn size_us(&self, expected: &'static str) -> Result<u128, ErrorKind> {
        let (factor, power) = self.unit_of_time(expected)?;
        let numerator = u128::from(self.mantissa) * factor * 10_u128.pow(power as u32);
        let denominator = 10_u128.pow(self.scale);
        if !numerator.is_multiple_of(denominator) {
            return Err(ErrorKind::TooPrecise(shown(&self.text)));
        }
        Ok(numerator / denominator)
    }

    /// Its size in microseconds as the nearest float: for parameters of distributions, which may be finer than a
    /// microsecond.
    ///
    /// # Errors
    /// If it is no time.
    pub fn float_us(&self, expected: &'static str) -> Result<f64, ErrorKind> {
        let (factor, power) = self.unit_of_time(expected)?;
        Ok(decimal(u128::from(self.mantissa) * factor, power - self.scale as i32))
    }

    /// A share of all, from 0 to 1.
    ///
    /// # Errors
    /// If it is no percentage, or outside.
    pub fn probability(&self, expected: &'static str) -> Result<f64, ErrorKind> {
        self.require_unit(Unit::Percent, expected, "%", "%")?;
        let value = decimal(u128::from(self.mantissa), -2 - self.scale as i32);
        if self.is_negative() || value > 1.0 {
            return Err(self.out_of(expected, "0%", "100%"));
        }
        Ok(value)
    }

    /// Whole hundredths, from 0 to 100.
    ///
    /// # Errors
    /// If it is no percentage, no whole number, or outside.
    pub fn whole_percent(&self, expected: &'static str) -> Result<u8, ErrorKind> {
        self.require_unit(Unit::Percent, expected, "%", "%")?;
        let percent = self.whole(expected)?;
        match u8::try_from(percent) {
            Ok(percent) if percent <= 100 => Ok(percent),
            _ => Err(self.out_of(expected, "0%", "100%")),
        }
    }

    /// How many in a second.
    ///
    /// # Errors
    /// If it is no rate, no whole number, or outside.
    pub fn per_second(&self, expected: &'static str, max: u64) -> Result<u64, ErrorKind> {
        self.require_unit(Unit::PerSecond, expected, "/s", "/s")?;
        let rate = self.whole(expected)?;
        match u64::try_from(rate) {
            Ok(rate) if (1..=max).contains(&rate) => Ok(rate),
            _ => Err(self.out_of(expected, "1/s", format!("{max}/s"))),
        }
    }

    /// Parts per million, signed.
    ///
    /// # Errors
    /// If it is not in ppm, no whole number, or outside.
    pub fn ppm(&self, expected: &'static str, max: i64) -> Result<i64, ErrorKind> {
        self.require_unit(Unit::Ppm, expected, "ppm", "ppm")?;
        let ppm = self.whole(expected)?;
        match i64::try_from(ppm) {
            Ok(ppm) if (-max..=max).contains(&ppm) => Ok(ppm),
            _ => Err(self.out_of(expected, format!("-{max}ppm"), format!("{max}ppm"))),
        }
    }

    /// A whole number without a unit.
    ///
    /// # Errors
    /// If it has a unit or a fraction, or is outside.
    pub fn int(&self, expected: &'static str, low: i128, high: i128) -> Result<i128, ErrorKind> {
        self.require_unit(Unit::None, expected, "no unit", "")?;
        let value = self.whole(expected)?;
        if (low..=high).contains(&value) {
            Ok(value)
        } else {
            Err(self.out_of(expected, low.to_string(), high.to_string()))
        }
    }

    /// A plain number, perhaps with a fraction.
    ///
    /// # Errors
    /// If it has a unit, or is outside.
    pub fn plain(&self, expected: &'static str, low: f64, high: f64) -> Result<f64, ErrorKind> {
        self.require_unit(Unit::None, expected, "no unit", "")?;
        let value = decimal(u128::from(self.mantissa), -(self.scale as i32));
        if self.is_negative() || !(low..=high).contains(&value) {
            return Err(self.out_of(expected, low.to_string(), high.to_string()));
        }
        Ok(value)
    }

    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        self.signed == Signed::Minus && self.mantissa > 0
    }

    /// The error that it is outside its bounds.
    pub fn out_of(&self, what: &'static str, low: impl Into<String>, high: impl Into<String>) -> ErrorKind {
        ErrorKind::OutOfBounds { what, low: low.into(), high: high.into(), found: shown(&self.text) }
    }

    fn whole(&self, expected: &'static str) -> Result<i128, ErrorKind> {
        if self.scale > 0 {
            return Err(ErrorKind::NotWhole { expected, found: shown(&self.text) });
        }
        let size = i128::from(self.mantissa);
        Ok(if self.is_negative() { -size } else { size })
    }

    fn unit_of_time(&self, expected: &'static str) -> Result<(u128, i32), ErrorKind> {
        self.unit.in_us().ok_or_else(|| self.other_unit(expected, TIME_UNITS, "ms"))
    }

    fn require_unit(
        &self,
        unit: Unit,
        expected: &'static str,
        units: &'static str,
        fix: &str,
    ) -> Result<(), ErrorKind> {
        if self.unit == unit { Ok(()) } else { Err(self.other_unit(expected, units, fix)) }
    }

    fn other_unit(&self, expected: &'static str, units: &'static str, fix: &str) -> ErrorKind {
        let found = shown(&self.text);
        match self.unit {
            Unit::None => ErrorKind::MissingUnit { expected, units, found, fix: format!("{}{fix}", self.text) },
            _ => ErrorKind::WrongUnit { expected, units, found },
        }
    }
}

/// The float nearest to `mantissa · 10^exponent`.
fn decimal(mantissa: u128, exponent: i32) -> f64 {
    // The standard library's reading is correctly rounded, which a multiplication would not be.
    format!("{mantissa}e{exponent}").parse().unwrap_or(f64::MAX)
}

/// A duration as the language writes it, exact and in the unit that reads best.
pub fn time_text(us: u64) -> String {
    const MINUTE_US: u64 = 60_000_000;
    const HOUR_US: u64 = 60 * MINUTE_US;
    match us {
        0 => "0ms".to_owned(),
        _ if us.is_multiple_of(HOUR_US) => format!("{}h", us / HOUR_US),
        _ if us.is_multiple_of(MINUTE_US) => format!("{}m", us / MINUTE_US),
        1_000_000.. => scaled(us, 6, "s"),
        1_000.. => scaled(us, 3, "ms"),
        _ => format!("{us}us"),
    }
}

/// A signed duration as the language writes it.
pub fn signed_time_text(us: i64) -> String {
    let sign = if us < 0 { '-' } else { '+' };
    format!("{sign}{}", time_text(us.unsigned_abs()))
}

fn scaled(us: u64, digits: u32, unit: &str) -> String {
    let one = 10_u64.pow(digits);
    let (whole, rest) = (us / one, us % one);
    if rest == 0 {
        return format!("{whole}{unit}");
    }
    let rest = format!("{rest:0width$}", width = digits as usize);
    format!("{whole}.{}{unit}", rest.trim_end_matches('0'))
}

/// The longest duration that a command takes, as errors name it.
pub fn duration_max_text() -> String {
    time_text(DURATION_US_MAX)
}

/// The latest instant of a world, as errors name it.
pub fn instant_max_text() -> String {
    time_text(INSTANT_US_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn us(text: &str) -> Result<u128, &'static str> {
        Number::parse(text).and_then(|number| number.size_us("a time")).map_err(|kind| kind.code())
    }

    #[test]
    fn decimals_become_whole_microseconds_exactly() {
        assert_eq!(us("1.05s"), Ok(1_050_000));
        assert_eq!(us("0.000001s"), Ok(1));
        assert_eq!(us("0.1h"), Ok(360_000_000));
        assert_eq!(us("4503599627370.497ms"), Ok(4_503_599_627_370_497));
        assert_eq!(us("1.0000001s"), Err("too-precise"));
        assert_eq!(us("0.5us"), Err("too-precise"));
        assert_eq!(us("5"), Err("missing-unit"));
        assert_eq!(us("5%"), Err("wrong-unit"));
    }

    #[test]
    fn percent_is_rounded_once() {
        let share = |text: &str| Number::parse(text).unwrap().probability("a share");
        assert_eq!(share("91.22%"), Ok(0.9122));
        assert_eq!(share("0.1%"), Ok(0.001));
        assert_eq!(share("29%"), Ok(0.29));
        assert!(share("100.1%").is_err());
        assert!(share("-1%").is_err());
    }

    #[test]
    fn a_time_text_reads_back_as_the_same_time() {
        for time in [0, 1, 999, 1_000, 1_500, 71_000, 999_999, 1_000_001, 1_050_000, 90_000_000, 120_000_000] {
            assert_eq!(us(&time_text(time)), Ok(u128::from(time)), "{}", time_text(time));
        }
        assert_eq!(time_text(1_050_000), "1.05s");
        assert_eq!(time_text(7_200_000_000), "2h");
        assert_eq!(signed_time_text(-80_000), "-80ms");
    }
}
