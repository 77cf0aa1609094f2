//! A place in a text, and what both notations have in common: numbers, texts in quotes, lines.

use std::borrow::Cow;

use super::error::{Place, Problem, ReadError};
use super::form::Shape;

/// How many brackets can be within each other.
pub(super) const DEPTH_MAX: usize = 32;

/// Where a reader is.
pub(super) struct Scan<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    column: u32,
}

impl<'a> Scan<'a> {
    /// The beginning of a text, behind a byte order mark.
    pub(super) fn new(text: &'a str) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, at, line: 1, column: 1 }
    }

    /// What is left.
    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// The next character.
    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Takes the next character.
    pub(super) fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        self.column += 1;
        if c == '\n' {
            self.line += 1;
            self.column = 1;
        }
        Some(c)
    }

    /// Takes the next character if it is this one.
    pub(super) fn eat(&mut self, wanted: char) -> bool {
        let is_next = self.peek() == Some(wanted);
        if is_next {
            self.bump();
        }
        is_next
    }

    /// Takes characters as long as they are like this.
    pub(super) fn take_while(&mut self, is_like: impl Fn(char) -> bool) -> &'a str {
        let start = self.at;
        while self.peek().is_some_and(&is_like) {
            self.bump();
        }
        &self.text[start..self.at]
    }

    /// Where it is.
    pub(super) fn place(&self) -> Place {
        Place { line: self.line, column: self.column }
    }

    /// Something is wrong here.
    pub(super) fn error<T>(&self, problem: Problem) -> Result<T, ReadError> {
        Err(ReadError { place: self.place(), problem })
    }

    /// A number; one with a fraction or an exponent stays as it is written.
    pub(super) fn number(&mut self) -> Result<Shape<'a>, ReadError> {
        let place = self.place();
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-' | '/' | '_');
        let text = self.take_while(is_part);
        let plain = text.strip_suffix('N').unwrap_or(text);
        let digits = plain.strip_prefix(['-', '+']).unwrap_or(plain);
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            if let Ok(number) = plain.parse() {
                return Ok(Shape::Int(number));
            }
        } else if is_fraction(text) {
            return Ok(Shape::Text(Cow::Borrowed(text)));
        }
        Err(ReadError { place, problem: Problem::Number(text.to_owned()) })
    }

    /// A text in quotes, from its opening quote. A text over several lines is fine where `is_long`.
    pub(super) fn quoted(&mut self, is_long: bool) -> Result<Cow<'a, str>, ReadError> {
        self.bump();
        let plain = self.take_while(|c| !matches!(c, '"' | '\\') && !c.is_control());
        if self.eat('"') {
            return Ok(Cow::Borrowed(plain));
        }
        let mut text = plain.to_owned();
        loop {
            match self.peek() {
                None => return self.error(Problem::End("a closing quote")),
                Some('"') => {
                    self.bump();
                    return Ok(Cow::Owned(text));
                }
                Some('\\') => text.push(self.escape()?),
                Some(c) if c.is_control() && !(is_long && matches!(c, '\n' | '\r' | '\t')) => {
                    return self.error(Problem::Control);
                }
                Some(c) => {
                    self.bump();
                    text.push(c);
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, ReadError> {
        let place = self.place();
        self.bump();
        let Some(c) = self.bump() else { return self.error(Problem::End("an escaped character")) };
        Ok(match c {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            '"' | '\\' | '/' => c,
            'u' => return self.unicode(place),
            _ => return Err(ReadError { place, problem: Problem::Escape(c) }),
        })
    }

    fn unicode(&mut self, place: Place) -> Result<char, ReadError> {
        let code = match self.digits() {
            Some(high @ 0xd800..=0xdbff) if self.rest().starts_with("\\u") => {
                self.bump();
                self.bump();
                let low = self.digits().filter(|low| (0xdc00..=0xdfff).contains(low));
                low.map(|low| 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00))
            }
            other => other,
        };
        code.and_then(char::from_u32).ok_or(ReadError { place, problem: Problem::Escape('u') })
    }

    /// Four hexadecimal digits.
    fn digits(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        for _ in 0..4 {
            self.bump();
        }
        u32::from_str_radix(digits, 16).ok()
    }
}

/// Whether it is a number with a point, an exponent or a denominator. Nobody computes with it, so it is kept as a text.
fn is_fraction(text: &str) -> bool {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let ratio = text.strip_prefix('-').unwrap_or(text).split_once('/');
    let is_ratio = ratio.is_some_and(|(one, other)| is_digits(one) && is_digits(other));
    is_ratio || text.strip_suffix('M').unwrap_or(text).parse::<f64>().is_ok_and(f64::is_finite)
}
