//! Lines of the command language inside a lesson, with their places in its file.

use crate::base::Instant;
use crate::base::limits::INSTANT_US_MAX;
use crate::base::shown::shown;
use crate::lab::language::declared::Declared;
use crate::lab::language::error::LanguageError;
use crate::lab::language::measure::Measure;
use crate::lab::language::parse::parse_line;
use crate::lab::language::quantity::Number;
use crate::lab::language::statement::{Condition, Line, Statement};

use super::draws::Row;
use super::model::{Move, Typed};
use super::source::{LessonError, Source};

/// Lines of one script in a lesson.
const LINES_MAX: usize = 200;

/// Reads a script that stands at byte `at`; mistakes go to `errors`.
pub(super) fn lines(
    source: &Source,
    at: usize,
    text: &str,
    declared: &mut Declared,
    errors: &mut Vec<LessonError>,
) -> Vec<Line> {
    filled_lines(source, at, text, &Row::default(), declared, errors)
}

/// Reads a script that stands at byte `at`, with the values of a row in it; mistakes go to `errors`.
pub(super) fn filled_lines(
    source: &Source,
    at: usize,
    text: &str,
    row: &Row,
    declared: &mut Declared,
    errors: &mut Vec<LessonError>,
) -> Vec<Line> {
    let mut read = Vec::new();
    let mut offset = at;
    for (count, text) in text.split_inclusive('\n').enumerate() {
        if count == LINES_MAX {
            errors.push(source.error(offset, format!("expected at most {LINES_MAX} lines in one script")));
            break;
        }
        match filled_line(source, offset, text, row, declared) {
            Ok(line) => read.extend(line),
            Err(error) => errors.push(error),
        }
        offset += text.len();
    }
    read
}

/// Reads one line that changes the world or lets time pass.
pub(super) fn line(
    source: &Source,
    at: usize,
    text: &str,
    declared: &mut Declared,
) -> Result<Option<Line>, LessonError> {
    filled_line(source, at, text, &Row::default(), declared)
}

fn filled_line(
    source: &Source,
    at: usize,
    text: &str,
    row: &Row,
    declared: &mut Declared,
) -> Result<Option<Line>, LessonError> {
    let later = |mut error: LessonError, columns: usize| {
        error.column += columns as u32;
        error
    };
    let filled = row.fill(text).map_err(|(column, message)| later(source.error(at, message), column))?;
    let column = source.error(at, "").column;
    let line = any_line(source, at, &filled.text, declared).map_err(|mut error| {
        error.column = column + filled.written((error.column - column) as usize) as u32;
        error
    })?;
    let Some(line) = line else { return Ok(None) };
    if matches!(line.statement, Some(Statement::Expect(_) | Statement::Story(_))) {
        return Err(source.error(at, "expected what changes the world or lets time pass; a lesson's goals judge it"));
    }
    Ok(Some(line))
}

fn any_line(source: &Source, at: usize, text: &str, declared: &mut Declared) -> Result<Option<Line>, LessonError> {
    let read = parse_line(text.trim_end_matches('\n'), declared).map_err(|error| located(source, at, &error, 0))?;
    Ok(read.map(|line| Line { number: source.error(at, "").line, ..line }))
}

/// Reads a condition, as it stands behind `expect`.
pub(super) fn condition(source: &Source, at: usize, text: &str, declared: &Declared) -> Result<Condition, LessonError> {
    let line = format!("expect {}", conditions_of(text));
    let read = parse_line(&line, &mut declared.clone()).map_err(|error| located(source, at, &error, 7))?;
    match read.and_then(|line| line.statement) {
        Some(Statement::Expect(condition)) => Ok(condition),
        _ => Err(source.error(at, "expected a condition such as ben.last == 10")),
    }
}

/// A condition as it is typed: on one line.
pub(super) fn conditions_of(text: &str) -> &str {
    text.lines().next().unwrap_or_default().trim()
}

/// Reads the name of a measure.
pub(super) fn measure(source: &Source, at: usize, text: &str, declared: &Declared) -> Result<Measure, LessonError> {
    let found = |condition| match condition {
        Condition::Compare { measure, .. } => Some(measure),
        _ => None,
    };
    let tries = ["nothing", "0ms", "0", "0%"].map(|value| format!("{} == {value}", conditions_of(text)));
    let mut first = None;
    for text in &tries {
        match condition(source, at, text, declared) {
            Ok(condition) => {
                let expected = || source.error(at, "expected a measure such as ben.last");
                return found(condition).ok_or_else(expected);
            }
            Err(error) => {
                first.get_or_insert(error);
            }
        }
    }
    Err(first.unwrap_or_else(|| source.error(at, "expected a measure such as ben.last")))
}

/// Reads a line for the prompt.
pub(super) fn typed(source: &Source, at: usize, text: &str, declared: &mut Declared) -> Result<Typed, LessonError> {
    let what = match travel(text) {
        Some(Ok(what)) => what,
        Some(Err(message)) => return Err(source.error(at, message)),
        None => {
            let line = any_line(source, at, text, declared)?;
            let line = line.ok_or_else(|| source.error(at, "expected a line to type, found nothing"))?;
            Move::Line(Box::new(line))
        }
    };
    // What comes after a way back is read as of its instant, whenever that is.
    if !matches!(what, Move::Line(_)) {
        *declared = rewound(declared);
    }
    Ok(Typed { text: super::source::clean(text.trim()), what })
}

/// `go TIME`, `undo` or `again`; `None` if it is something else.
pub fn travel(text: &str) -> Option<Result<Move, String>> {
    let mut words = text.split_whitespace();
    match (words.next()?, words.next(), words.next()) {
        ("undo", None, None) => Some(Ok(Move::Undo)),
        ("again", None, None) => Some(Ok(Move::Again)),
        ("go", Some(time), None) => Some(instant(time).map(Move::Go)),
        ("go", ..) => Some(Err("expected go TIME, as in go 1s".to_owned())),
        _ => None,
    }
}

fn instant(text: &str) -> Result<Instant, String> {
    let wrong = |_| format!("expected an instant such as 1.05s, found {}", shown(text));
    let number = Number::parse(text).map_err(wrong)?;
    let us = number.size_us("an instant").map_err(wrong)?;
    let fits = u64::try_from(us).ok().filter(|us| *us <= INSTANT_US_MAX && !number.is_negative());
    fits.map(Instant).ok_or_else(|| format!("expected an instant within 30 days, found {}", shown(text)))
}

/// The same names, with time at the beginning again.
pub(super) fn rewound(declared: &Declared) -> Declared {
    Declared::running(crate::lab::language::declared::Known {
        replicas: declared.replicas(),
        clients: declared.clients().to_vec(),
        workloads: declared.workloads().to_vec(),
        marks: declared.marks().to_vec(),
        setup_done: true,
        ..Default::default()
    })
}

fn located(source: &Source, at: usize, error: &LanguageError, shift: u32) -> LessonError {
    let mut located = source.error(at, message(error));
    located.column += (error.column - 1).saturating_sub(shift);
    located
}

/// What is wrong with a line, without its place.
pub fn message(error: &LanguageError) -> String {
    match &error.nearest {
        Some(nearest) => format!("{}; did you mean {nearest}?", error.kind),
        None => error.kind.to_string(),
    }
}
