//! A witness as a small picture: processes as lanes, operations as bars from invocation to return.
//!
//! ```text
//!  0  ├─ write 1 ─┤
//!  1                ├─ write 2 ─┤
//!  2                              ├─ read → 1 ─┤
//! ```
//!
//! Distances mean nothing, order means everything: only the events of the witness take room. A witness that does not
//! fit has a line for each operation instead, with its text behind the bar.

use super::history::{History, NEVER};

/// How wide a picture is at most, in columns, before each operation gets a line of its own.
const WIDTH_MAX: usize = 78;

/// How many operations are drawn.
const OPERATIONS_MAX: usize = 32;

/// How long the text of an operation can be.
const LABEL_MAX: usize = 40;

/// How long the name of a process can be.
const NAME_MAX: usize = 12;

/// The lines of the picture.
pub fn timeline(history: &History, witness: &[u32]) -> Vec<String> {
    let shown = &witness[..witness.len().min(OPERATIONS_MAX)];
    let lanes = draw(history, shown);
    let width = lanes.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let mut lines = if width <= WIDTH_MAX { lanes } else { one_each(history, shown) };
    if shown.len() < witness.len() {
        lines.push(format!("… and {} more", witness.len() - shown.len()));
    }
    lines
}

/// A line for each operation.
fn one_each(history: &History, shown: &[u32]) -> Vec<String> {
    let events = events(history, shown);
    let place = |event: u32| events.partition_point(|other| *other < event);
    let operation = |number: &u32| &history.operations[*number as usize];
    let name = |number: &u32| cut(&history.processes[operation(number).process as usize], NAME_MAX);
    let indent = shown.iter().map(|number| name(number).chars().count()).max().unwrap_or(0) + 2;
    shown
        .iter()
        .map(|number| {
            let is_done = operation(number).returned != NEVER;
            let (from, to) = (place(operation(number).invoked), place(operation(number).returned));
            let line = if is_done { "─" } else { "┄" }.repeat(to - from - 1);
            let end = if is_done { '┤' } else { '┄' };
            let bar = format!("{:from$}├{line}{end}", "");
            format!("{:indent$}{bar:width$}  {}", name(number), label(history, *number), width = events.len())
        })
        .collect()
}

/// The events of these operations, each once.
fn events(history: &History, shown: &[u32]) -> Vec<u32> {
    let operation = |number: &u32| &history.operations[*number as usize];
    let mut events: Vec<u32> =
        shown.iter().flat_map(|number| [operation(number).invoked, operation(number).returned]).collect();
    events.sort_unstable();
    events.dedup();
    events
}

fn label(history: &History, number: u32) -> String {
    let operation = &history.operations[number as usize];
    let key = &history.keys[operation.key as usize];
    let text = history.show(operation);
    cut(&if key.is_empty() { text } else { format!("{key}: {text}") }, LABEL_MAX)
}

/// One bar: where it begins and ends, as columns, and what stands in it.
struct Bar {
    lane: usize,
    from: usize,
    to: usize,
    is_done: bool,
    label: String,
}

fn draw(history: &History, shown: &[u32]) -> Vec<String> {
    let mut lanes: Vec<u32> = Vec::new();
    for number in shown {
        let process = history.operations[*number as usize].process;
        if !lanes.contains(&process) {
            lanes.push(process);
        }
    }
    let names: Vec<String> = lanes.iter().map(|lane| cut(&history.processes[*lane as usize], NAME_MAX)).collect();
    let indent = names.iter().map(|name| name.chars().count()).max().unwrap_or(0) + 2;
    let bars = bars(history, shown, &lanes);
    let mut lines = Vec::new();
    for (lane, name) in names.iter().enumerate() {
        let mut rest: Vec<&Bar> = bars.iter().filter(|bar| bar.lane == lane).collect();
        let mut is_first = true;
        // Attempts of one process can overlap: then its lane has more than one line.
        while !rest.is_empty() {
            let (line, others) = row(&rest);
            let name = if is_first { name.as_str() } else { "" };
            lines.push(format!("{name:indent$}{line}").trim_end().to_owned());
            rest = others;
            is_first = false;
        }
    }
    lines
}

/// As many bars as have room on one line, and those that have none.
fn row<'a>(bars: &[&'a Bar]) -> (String, Vec<&'a Bar>) {
    let mut line = String::new();
    let mut width = 0;
    let mut others = Vec::new();
    for bar in bars {
        if bar.from < width {
            others.push(*bar);
            continue;
        }
        line.extend(std::iter::repeat_n(' ', bar.from - width));
        let inside = bar.to - bar.from - 1;
        let label = format!("─ {} ", bar.label);
        let fill = if bar.is_done { '─' } else { '┄' };
        line.push('├');
        line.push_str(&label);
        line.extend(std::iter::repeat_n(fill, inside.saturating_sub(label.chars().count())));
        line.push(if bar.is_done { '┤' } else { '┄' });
        width = bar.to + 1;
    }
    (line, others)
}

/// The columns of the events, so that every label has room.
fn bars(history: &History, shown: &[u32], lanes: &[u32]) -> Vec<Bar> {
    let operation = |number: &u32| &history.operations[*number as usize];
    let events = events(history, shown);
    let place = |event: u32| events.partition_point(|other| *other < event);
    let labels: Vec<String> = shown.iter().map(|number| label(history, *number)).collect();
    let mut columns = vec![0_usize; events.len()];
    for at in 0..events.len() {
        let mut column = if at == 0 { 0 } else { columns[at - 1] + 2 };
        for (number, label) in shown.iter().zip(&labels) {
            if place(operation(number).returned) == at {
                column = column.max(columns[place(operation(number).invoked)] + label.chars().count() + 5);
            }
        }
        columns[at] = column;
    }
    let lane = |number: &u32| lanes.iter().position(|lane| *lane == operation(number).process).unwrap_or(0);
    shown
        .iter()
        .zip(labels)
        .map(|(number, label)| Bar {
            lane: lane(number),
            from: columns[place(operation(number).invoked)],
            to: columns[place(operation(number).returned)],
            is_done: operation(number).returned != NEVER,
            label,
        })
        .collect()
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}
