//! Events to operations: an invocation and its return, found by their process.

use std::collections::BTreeMap;

use crate::base::shown::visible;
use crate::check::black_box::{History, Model, NEVER, Operation};

use super::error::{Place, Problem, ReadError};
use super::form::{Form, Shape};
use super::scan::Scan;
use super::values::{self, Asked};

/// How many operations a history has at most: some 100 bytes each.
const OPERATIONS_MAX: usize = 4_000_000;

/// The parts of an event.
pub(super) struct Event<'e, 'a> {
    pub(super) process: &'e Form<'a>,
    pub(super) kind: &'e Form<'a>,
    pub(super) function: &'e Form<'a>,
    pub(super) key: Option<&'e Form<'a>>,
    pub(super) value: Option<&'e Form<'a>>,
}

impl Event<'_, '_> {
    /// Whether nothing is to be learnt from its value: it did not happen, or nobody knows.
    pub(super) fn is_without_value(&self) -> bool {
        matches!(self.kind.word(), Some("fail" | "info"))
    }
}

/// What a process waits for.
struct Waiting {
    /// The number of the operation, or nothing while it has none.
    operation: u32,
    function: Box<str>,
    line: u32,
}

/// The history of a text with an event a line; lines can be blank. What reads a line knows nothing of those before.
///
/// # Errors
/// The first line that is no event, and why.
pub(super) fn line_by_line(
    text: &str,
    model: Model,
    read: impl Fn(&str, &mut Events) -> Result<(), ReadError>,
) -> Result<History, ReadError> {
    let mut events = Events::new(model);
    let mut last = Place { line: 1, column: 1 };
    for (number, line) in (0..).zip(text.lines()) {
        if line.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty() {
            continue;
        }
        last = Place { line: number + 1, column: 1 };
        events.lines_before = number;
        read(line, &mut events).map_err(|ReadError { place, problem }| ReadError {
            place: Place { line: place.line + number, ..place },
            problem,
        })?;
    }
    events.history_at(last)
}

/// The operations so far.
pub(super) struct Events {
    model: Model,
    history: History,
    /// Operations that did not happen, or say nothing.
    is_dropped: Vec<bool>,
    processes: BTreeMap<Box<str>, u32>,
    keys: BTreeMap<Box<str>, u32>,
    waiting: BTreeMap<u32, Waiting>,
    /// Lines before the event, which its places do not count.
    lines_before: u32,
}

impl Events {
    /// Nothing yet.
    pub(super) fn new(model: Model) -> Self {
        Self {
            model,
            history: History::default(),
            is_dropped: Vec::new(),
            processes: BTreeMap::new(),
            keys: BTreeMap::new(),
            waiting: BTreeMap::new(),
            lines_before: 0,
        }
    }

    /// Takes an event written as a map.
    pub(super) fn map(&mut self, form: &Form<'_>) -> Result<(), ReadError> {
        let wrong = |problem| Err(ReadError { place: form.place, problem });
        let Shape::Map(pairs) = &form.shape else { return wrong(Problem::Expected("a map with an event")) };
        let mut fields: [Option<&Form<'_>>; 5] = [None; 5];
        let names = ["process", "type", "f", "key", "value"];
        for (key, value) in pairs {
            let Some(at) = names.iter().position(|name| key.word() == Some(name)) else { continue };
            if fields[at].replace(value).is_some() {
                return Err(ReadError { place: key.place, problem: Problem::Twice(names[at]) });
            }
        }
        let [process, kind, function, key, value] = fields;
        let Some(process) = process else { return wrong(Problem::Missing("process")) };
        let Some(kind) = kind else { return wrong(Problem::Missing("type")) };
        let Some(function) = function else { return wrong(Problem::Missing("f")) };
        self.event(&Event { process, kind, function, key, value })
    }

    /// Takes an event.
    pub(super) fn event(&mut self, event: &Event<'_, '_>) -> Result<(), ReadError> {
        let Some(process) = self.process(event.process)? else { return Ok(()) };
        let kind = event.kind.word().unwrap_or_default();
        let is_known = matches!(kind, "invoke" | "ok" | "fail" | "info");
        if !is_known {
            let problem = Problem::Type(shown(event.kind));
            return Err(ReadError { place: event.kind.place, problem });
        }
        let position = self.history.events;
        self.history.events += 1;
        if kind == "invoke" { self.invoke(process, event, position) } else { self.end(process, event, kind, position) }
    }

    /// Who it is; nothing if it is no client, such as a nemesis.
    fn process(&mut self, form: &Form<'_>) -> Result<Option<u32>, ReadError> {
        let name = match &form.shape {
            Shape::Word(_) => return Ok(None),
            Shape::Text(text) if text == "nemesis" => return Ok(None),
            Shape::Text(text) => visible(text),
            Shape::Int(number) => number.to_string(),
            _ => return Err(ReadError { place: form.place, problem: Problem::Process }),
        };
        Ok(Some(number_of(name, &mut self.processes, &mut self.history.processes)))
    }

    fn invoke(&mut self, process: u32, event: &Event<'_, '_>, position: u32) -> Result<(), ReadError> {
        let place = event.process.place;
        if let Some(waiting) = self.waiting.get(&process) {
            let name = self.history.processes[process as usize].to_string();
            return Err(ReadError { place, problem: Problem::Busy(name, waiting.line) });
        }
        if self.history.operations.len() == OPERATIONS_MAX {
            return Err(ReadError { place, problem: Problem::TooMany(OPERATIONS_MAX) });
        }
        let Asked { call, key } =
            values::asked(self.model, event.function, event.key, event.value, &mut self.history.texts)?;
        let key = number_of(key, &mut self.keys, &mut self.history.keys);
        let line = place.line + self.lines_before;
        let operation = self.history.operations.len() as u32;
        self.history.operations.push(Operation {
            process,
            key,
            invoked: position,
            returned: NEVER,
            line,
            call,
            answer: crate::check::black_box::Datum::Nil,
        });
        // What never returns and changes nothing says nothing.
        self.is_dropped.push(!call.is_update());
        let function = shown(event.function).into_boxed_str();
        self.waiting.insert(process, Waiting { operation, function, line });
        Ok(())
    }

    fn end(&mut self, process: u32, event: &Event<'_, '_>, kind: &str, position: u32) -> Result<(), ReadError> {
        let wrong = |form: &Form<'_>, problem| Err(ReadError { place: form.place, problem });
        let Some(waiting) = self.waiting.remove(&process) else {
            let name = self.history.processes[process as usize].to_string();
            return wrong(event.process, Problem::NotInvoked(name));
        };
        if event.function.word() != Some(&waiting.function) {
            let problem = Problem::OtherFunction(shown(event.function), waiting.function.into());
            return wrong(event.function, problem);
        }
        let number = waiting.operation as usize;
        match kind {
            "fail" => {
                self.is_dropped[number] = true;
                self.history.failed += 1;
            }
            "ok" => self.answered(number, event, position)?,
            _ => {}
        }
        Ok(())
    }

    fn answered(&mut self, number: usize, event: &Event<'_, '_>, position: u32) -> Result<(), ReadError> {
        let operation = &mut self.history.operations[number];
        let told = values::told(self.model, operation.call, event, &mut self.history.texts)?;
        if let Some((key, place)) = told.key
            && *key != *self.history.keys[operation.key as usize]
        {
            return Err(ReadError { place, problem: Problem::OtherKey });
        }
        if operation.call.is_update() {
            operation.returned = position;
        } else if let Some(answer) = told.answer {
            operation.returned = position;
            operation.answer = answer;
            self.is_dropped[number] = false;
        }
        Ok(())
    }

    /// The history, at the end of a text.
    pub(super) fn history(self, scan: &Scan<'_>) -> Result<History, ReadError> {
        self.history_at(scan.place())
    }

    /// The history, at the end of a text whose last place this is.
    fn history_at(mut self, place: Place) -> Result<History, ReadError> {
        if self.history.events == 0 {
            return Err(ReadError { place, problem: Problem::Empty });
        }
        let silent = self.is_dropped.iter().filter(|is_dropped| **is_dropped).count() as u64;
        self.history.silent = silent - self.history.failed;
        let mut is_dropped = self.is_dropped.iter();
        self.history.operations.retain(|_| is_dropped.next() == Some(&false));
        Ok(self.history)
    }
}

fn number_of(name: String, numbers: &mut BTreeMap<Box<str>, u32>, names: &mut Vec<Box<str>>) -> u32 {
    if let Some(number) = numbers.get(&*name) {
        return *number;
    }
    let number = names.len() as u32;
    names.push(name.as_str().into());
    numbers.insert(name.into_boxed_str(), number);
    number
}

fn shown(form: &Form<'_>) -> String {
    match &form.shape {
        Shape::Int(number) => number.to_string(),
        _ => form.word().unwrap_or("something else").to_owned(),
    }
}
