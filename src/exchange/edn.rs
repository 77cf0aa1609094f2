//! Jepsen's `history.edn`: maps, in a vector or one after the other.
//!
//! The notation is Hickey's *extensible data notation* (edn-format.org), read here with a bound on its depth. Tags are
//! tolerated: what they mark is read as if they were not there, but `jepsen.independent/tuple` marks a key with its
//! value. Of a keyword with a namespace the name counts.

use std::borrow::Cow;

use crate::check::black_box::{History, Model};

use super::error::{Problem, ReadError};
use super::events::Events;
use super::form::{Form, Shape};
use super::scan::{DEPTH_MAX, Scan};

/// Reads a history.
///
/// # Errors
/// The first place where the text is not one.
pub fn read(text: &str, model: Model) -> Result<History, ReadError> {
    let mut scan = Scan::new(text);
    let mut events = Events::new(model);
    skip(&mut scan, 0)?;
    let closing = match scan.peek() {
        Some('[') => Some(']'),
        Some('(') => Some(')'),
        _ => None,
    };
    if closing.is_some() {
        scan.bump();
    }
    loop {
        skip(&mut scan, 0)?;
        match (scan.peek(), closing) {
            (None, None) => return events.history(&scan),
            (None, Some(_)) => return scan.error(Problem::End("a closing bracket of the history")),
            (Some(c), Some(closing)) if c == closing => break,
            _ => {}
        }
        let form = form(&mut scan, 0)?;
        events.map(&form)?;
    }
    scan.bump();
    skip(&mut scan, 0)?;
    if scan.peek().is_some() { scan.error(Problem::Trailing) } else { events.history(&scan) }
}

/// Leaves out white space, commas, comments, and forms marked to be left out.
pub(super) fn skip(scan: &mut Scan<'_>, depth: usize) -> Result<(), ReadError> {
    loop {
        scan.take_while(|c| c.is_whitespace() || c == ',');
        if scan.peek() == Some(';') {
            scan.take_while(|c| c != '\n');
        } else if scan.rest().starts_with("#_") {
            scan.bump();
            scan.bump();
            discard(scan, depth)?;
        } else {
            return Ok(());
        }
    }
}

/// Leaves out one form. Marks in a row leave out as many forms, and are counted rather than nested.
fn discard(scan: &mut Scan<'_>, depth: usize) -> Result<(), ReadError> {
    let mut left = 1_usize;
    while left > 0 {
        scan.take_while(|c| c.is_whitespace() || c == ',');
        if scan.rest().starts_with("#_") {
            scan.bump();
            scan.bump();
            left += 1;
            continue;
        }
        if scan.peek() == Some(';') {
            scan.take_while(|c| c != '\n');
            continue;
        }
        if scan.peek().is_none_or(|c| matches!(c, ']' | ')' | '}')) {
            return scan.error(Problem::Dangling);
        }
        form(scan, depth + 1)?;
        left -= 1;
    }
    Ok(())
}

/// Reads one form.
pub(super) fn form<'a>(scan: &mut Scan<'a>, depth: usize) -> Result<Form<'a>, ReadError> {
    skip(scan, depth)?;
    let place = scan.place();
    if depth > DEPTH_MAX {
        return scan.error(Problem::Depth(DEPTH_MAX));
    }
    let shape = match scan.peek() {
        None => return scan.error(Problem::End("a value")),
        Some('[') => Shape::List(list(scan, ']', depth)?),
        Some('(') => Shape::List(list(scan, ')', depth)?),
        Some('{') => map(scan, depth)?,
        Some('#') => tagged(scan, depth)?,
        Some('"') => Shape::Text(scan.quoted(true)?),
        Some('\\') => Shape::Text(Cow::Borrowed(character(scan))),
        Some(':') => keyword(scan)?,
        Some(c @ (']' | ')' | '}')) => return scan.error(Problem::Closing(c, None)),
        Some(c) if c.is_ascii_digit() || is_signed(scan.rest()) => scan.number()?,
        Some(c) if is_word(c) => symbol(scan),
        Some(c) => return scan.error(Problem::Character(c)),
    };
    Ok(Form { place, shape })
}

fn is_signed(rest: &str) -> bool {
    let mut characters = rest.chars();
    matches!(characters.next(), Some('-' | '+')) && characters.next().is_some_and(|c| c.is_ascii_digit())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || "*+!-_'?<>=.%&$|/:#".contains(c)
}

fn list<'a>(scan: &mut Scan<'a>, closing: char, depth: usize) -> Result<Vec<Form<'a>>, ReadError> {
    scan.bump();
    let mut items = Vec::new();
    loop {
        skip(scan, depth)?;
        match scan.peek() {
            None => return scan.error(Problem::End("a closing bracket")),
            Some(c) if c == closing => {
                scan.bump();
                return Ok(items);
            }
            Some(c @ (']' | ')' | '}')) => return scan.error(Problem::Closing(c, Some(closing))),
            Some(_) => items.push(form(scan, depth + 1)?),
        }
    }
}

fn map<'a>(scan: &mut Scan<'a>, depth: usize) -> Result<Shape<'a>, ReadError> {
    let items = list(scan, '}', depth)?;
    if items.len() % 2 == 1 {
        let place = items[items.len() - 1].place;
        return Err(ReadError { place, problem: Problem::OddMap });
    }
    let mut items = items.into_iter();
    let mut pairs = Vec::new();
    while let (Some(key), Some(value)) = (items.next(), items.next()) {
        pairs.push((key, value));
    }
    Ok(Shape::Map(pairs))
}

/// A set, a map with a namespace, or a value with a tag.
fn tagged<'a>(scan: &mut Scan<'a>, depth: usize) -> Result<Shape<'a>, ReadError> {
    scan.bump();
    if scan.peek() == Some('{') {
        return Ok(Shape::List(list(scan, '}', depth)?));
    }
    let tag = scan.take_while(|c| is_word(c) && c != '#');
    skip(scan, depth)?;
    if tag.is_empty() || scan.peek().is_none_or(|c| matches!(c, ']' | ')' | '}')) {
        return scan.error(Problem::Dangling);
    }
    let inner = form(scan, depth + 1)?;
    match inner.shape {
        Shape::List(items) if tag.ends_with("independent/tuple") && items.len() == 2 => {
            let mut items = items.into_iter();
            match (items.next(), items.next()) {
                (Some(key), Some(value)) => Ok(Shape::Tuple(Box::new((key, value)))),
                _ => Ok(Shape::Nil),
            }
        }
        shape => Ok(shape),
    }
}

fn character<'a>(scan: &mut Scan<'a>) -> &'a str {
    let rest = scan.rest();
    scan.bump();
    let first = scan.bump().map_or(0, char::len_utf8);
    let more = scan.take_while(char::is_alphanumeric).len();
    &rest[1..1 + first + more]
}

fn keyword<'a>(scan: &mut Scan<'a>) -> Result<Shape<'a>, ReadError> {
    scan.bump();
    let word = scan.take_while(is_word);
    if word.is_empty() { scan.error(Problem::Expected("a name behind the colon")) } else { Ok(Shape::Word(name(word))) }
}

fn symbol<'a>(scan: &mut Scan<'a>) -> Shape<'a> {
    match scan.take_while(is_word) {
        "nil" => Shape::Nil,
        word @ ("true" | "false") => Shape::Text(Cow::Borrowed(word)),
        word => Shape::Word(name(word)),
    }
}

/// What stands behind the namespace.
fn name(word: &str) -> &str {
    word.rsplit_once('/').map_or(word, |(_, name)| if name.is_empty() { word } else { name })
}
