//! Our JSON lines: one object a line. The fields are in the table of [`super`].
//!
//! JSON is RFC 8259, read here with a bound on its depth and with the column of every mistake.

use std::borrow::Cow;

use crate::check::black_box::{History, Model};

use super::error::{Problem, ReadError};
use super::events::{Events, line_by_line};
use super::form::{Form, Shape};
use super::scan::{DEPTH_MAX, Scan};

/// Reads a history.
///
/// # Errors
/// The first line that is not an event.
pub fn read(text: &str, model: Model) -> Result<History, ReadError> {
    line_by_line(text, model, event)
}

fn event(line: &str, events: &mut Events) -> Result<(), ReadError> {
    let mut scan = Scan::new(line);
    let form = form(&mut scan, 0)?;
    spaces(&mut scan);
    if scan.peek().is_some() { scan.error(Problem::Trailing) } else { events.map(&form) }
}

fn spaces(scan: &mut Scan<'_>) {
    scan.take_while(|c| matches!(c, ' ' | '\t' | '\r'));
}

fn form<'a>(scan: &mut Scan<'a>, depth: usize) -> Result<Form<'a>, ReadError> {
    spaces(scan);
    let place = scan.place();
    if depth > DEPTH_MAX {
        return scan.error(Problem::Depth(DEPTH_MAX));
    }
    let shape = match scan.peek() {
        None => return scan.error(Problem::End("a value")),
        Some('{') => Shape::Map(object(scan, depth)?),
        Some('[') => Shape::List(array(scan, depth)?),
        Some('"') => Shape::Text(scan.quoted(false)?),
        Some(c) if c.is_ascii_digit() || c == '-' => scan.number()?,
        Some(c) if c.is_alphabetic() => word(scan)?,
        Some(c @ (']' | '}')) => return scan.error(Problem::Closing(c, None)),
        Some(c) => return scan.error(Problem::Character(c)),
    };
    Ok(Form { place, shape })
}

fn word<'a>(scan: &mut Scan<'a>) -> Result<Shape<'a>, ReadError> {
    let place = scan.place();
    match scan.take_while(char::is_alphanumeric) {
        "null" => Ok(Shape::Nil),
        word @ ("true" | "false") => Ok(Shape::Text(Cow::Borrowed(word))),
        word => Err(ReadError { place, problem: Problem::Word(word.to_owned()) }),
    }
}

fn array<'a>(scan: &mut Scan<'a>, depth: usize) -> Result<Vec<Form<'a>>, ReadError> {
    scan.bump();
    let mut items = Vec::new();
    spaces(scan);
    if scan.eat(']') {
        return Ok(items);
    }
    loop {
        items.push(form(scan, depth + 1)?);
        if !goes_on(scan, ']')? {
            return Ok(items);
        }
    }
}

fn object<'a>(scan: &mut Scan<'a>, depth: usize) -> Result<Vec<(Form<'a>, Form<'a>)>, ReadError> {
    scan.bump();
    let mut pairs = Vec::new();
    spaces(scan);
    if scan.eat('}') {
        return Ok(pairs);
    }
    loop {
        spaces(scan);
        let place = scan.place();
        if scan.peek() != Some('"') {
            return scan.error(Problem::Expected("a field's name in quotes"));
        }
        let key = Form { place, shape: Shape::Text(scan.quoted(false)?) };
        spaces(scan);
        if !scan.eat(':') {
            return scan.error(Problem::Expected("a colon behind the field's name"));
        }
        pairs.push((key, form(scan, depth + 1)?));
        if !goes_on(scan, '}')? {
            return Ok(pairs);
        }
    }
}

/// Takes a comma, or the closing bracket.
fn goes_on(scan: &mut Scan<'_>, closing: char) -> Result<bool, ReadError> {
    spaces(scan);
    match scan.peek() {
        Some(',') => {
            scan.bump();
            Ok(true)
        }
        Some(c) if c == closing => {
            scan.bump();
            Ok(false)
        }
        Some(c @ (']' | '}')) => scan.error(Problem::Closing(c, Some(closing))),
        Some(_) => scan.error(Problem::Expected("a comma or a closing bracket")),
        None => scan.error(Problem::End("a closing bracket")),
    }
}
