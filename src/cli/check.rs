//! `driftlab check`: judges a history that any system left behind.

use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::check::black_box::{self, Finding, History, Model, Operation, Witness, Work, timeline, words};
use crate::exchange::{self, Format, ReadError};

use super::arguments::CheckTask;
use super::{Ending, output};

/// How large a history may be. What a reader makes of it takes about three times as much.
const BYTES_MAX: u64 = 64 << 20;

/// Of a long order only the beginning is printed as text; `--json` has all of it.
const ORDER_SHOWN: usize = 12;

/// Reads and judges a history, and says what was found.
pub(super) fn check(task: &CheckTask) -> Ending {
    let name = output::visible(&task.file.display().to_string());
    let text = match read(&task.file) {
        Ok(text) => text,
        Err(error) => return output::refuse(&format!("cannot read {name}: {error}")),
    };
    let format = task.format.unwrap_or_else(|| Format::guess(&text));
    let history = match exchange::read(&text, format, task.model) {
        Ok(history) => history,
        Err(error) => return refuse(&name, format, task, &error),
    };
    drop(text);
    let mut progress = Progress::new(task.work);
    let mut tell = |spent| progress.show(spent);
    let finding = black_box::judge(&history, task.model, task.claim, &mut Work::new(task.work, &mut tell));
    progress.clear();
    if task.json {
        output::line(&json(&history, task, &finding));
    } else {
        output::text(&text_of(&history, task, &finding));
    }
    match finding {
        Finding::Holds(_) => Ending::Fine,
        Finding::Violated(_) => Ending::Unmet,
        Finding::Unknown(_) => Ending::Undecided,
    }
}

fn refuse(name: &str, format: Format, task: &CheckTask, error: &ReadError) -> Ending {
    let guessed =
        if task.format.is_none() { format!(" (read as {}; --format chooses)", format.name()) } else { String::new() };
    output::refuse(&format!("{name}: {error}{guessed}"))
}

fn read(file: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    if file.as_os_str() == "-" {
        io::stdin().lock().take(BYTES_MAX + 1).read_to_end(&mut bytes)?;
    } else {
        fs::File::open(file)?.take(BYTES_MAX + 1).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > BYTES_MAX {
        return Err(io::Error::other(format!("a history has {} MiB at most; judge a part of it", BYTES_MAX >> 20)));
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let before = String::from_utf8_lossy(before);
        let (line, column) =
            (before.split('\n').count(), before.split('\n').next_back().map_or(0, |own| own.chars().count()));
        let column = column + 1;
        io::Error::other(format!("line {line}, column {column}: expected UTF-8"))
    })
}

/// How far the judge is, on a terminal and only if it takes long.
struct Progress {
    most: u64,
    is_shown: bool,
    next: Option<Instant>,
}

/// How long a judge works before anything is shown, and between two lines.
const PATIENCE: Duration = Duration::from_millis(300);

#[expect(clippy::disallowed_methods, reason = "a person waits; the verdict does not hang on it")]
impl Progress {
    fn new(most: u64) -> Self {
        let next = io::stderr().is_terminal().then(|| Instant::now() + PATIENCE);
        Self { most, is_shown: false, next }
    }

    fn show(&mut self, spent: u64) {
        if self.next.is_none_or(|next| Instant::now() < next) {
            return;
        }
        self.next = Some(Instant::now() + PATIENCE);
        self.is_shown = true;
        let part = spent.saturating_mul(20) / self.most.max(1);
        let bar: String = (0..20).map(|at| if at < part { '#' } else { '.' }).collect();
        let _ = write!(io::stderr().lock(), "\r judging [{bar}] {spent} of at most {} steps", self.most);
    }

    fn clear(&self) {
        if self.is_shown {
            let _ = write!(io::stderr().lock(), "\r{:78}\r", "");
        }
    }
}

fn text_of(history: &History, task: &CheckTask, finding: &Finding) -> String {
    let (model, claim) = (task.model.name(), task.claim.name());
    let about = about(history);
    match finding {
        Finding::Holds(None) => format!("✓ {claim} holds for model {model}: {about}\n"),
        Finding::Holds(Some(order)) => {
            let shown: Vec<String> = order.iter().take(ORDER_SHOWN).map(|number| short(history, *number)).collect();
            let more = if order.len() > ORDER_SHOWN { ", …" } else { "" };
            format!("✓ {claim} holds for model {model}: {about}\n  one order: {}{more}\n", shown.join(", "))
        }
        Finding::Violated(witness) => {
            let mut text = format!("✗ {}\n\n", words::sentence(history, task.claim, witness));
            for line in timeline::timeline(history, &witness.operations) {
                text = text + "  " + &line + "\n";
            }
            let how = how_minimal(witness);
            text + &format!("\n  {} of {about}; {how}\n", counted(witness.operations.len() as u64, "operation"))
        }
        Finding::Unknown(reason) => format!("? {claim} is not decided for model {model}: {reason}; {about}\n"),
    }
}

fn how_minimal(witness: &Witness) -> &'static str {
    match (witness.is_minimal, witness.operations.len()) {
        (true, 1) => "it breaks the promise alone",
        (true, _) => "forget what is known of any one of them, and the others are legal",
        (false, _) => "fewer might do, but looking for them took too long",
    }
}

fn about(history: &History) -> String {
    let open = history.operations.iter().filter(|operation| !operation.is_done()).count();
    let mut parts = vec![counted(history.operations.len() as u64, "operation")];
    for (count, what) in [
        (open as u64, "of unknown outcome"),
        (history.failed, "more that did not happen"),
        (history.silent, "more that say nothing"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    parts.join(", ")
}

fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn short(history: &History, number: u32) -> String {
    let operation = &history.operations[number as usize];
    let key = &history.keys[operation.key as usize];
    let key = if key.is_empty() { String::new() } else { format!(" {key}:") };
    format!("{}{key} {}", history.processes[operation.process as usize], history.show(operation))
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    claim: &'static str,
    model: &'static str,
    verdict: &'static str,
    operations: usize,
    unknown: usize,
    failed: u64,
    silent: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<Vec<Told<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    witness: Option<Vec<Told<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minimal: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sentence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeline: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// An operation in it.
#[derive(Serialize)]
struct Told<'a> {
    process: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    key: &'a str,
    operation: String,
    line: u32,
    invoked: u32,
    returned: Option<u32>,
}

fn json(history: &History, task: &CheckTask, finding: &Finding) -> String {
    let told = |numbers: &[u32]| numbers.iter().map(|number| told(history, *number)).collect::<Vec<_>>();
    let witness = if let Finding::Violated(witness) = finding { Some(witness) } else { None };
    let report = Report {
        claim: task.claim.name(),
        model: Model::name(task.model),
        verdict: match finding {
            Finding::Holds(_) => "holds",
            Finding::Violated(_) => "violated",
            Finding::Unknown(_) => "unknown",
        },
        operations: history.operations.len(),
        unknown: history.operations.iter().filter(|operation| !operation.is_done()).count(),
        failed: history.failed,
        silent: history.silent,
        order: if let Finding::Holds(Some(order)) = finding { Some(told(order)) } else { None },
        witness: witness.map(|witness| told(&witness.operations)),
        minimal: witness.map(|witness| witness.is_minimal),
        sentence: witness.map(|witness| words::sentence(history, task.claim, witness)),
        timeline: witness.map(|witness| timeline::timeline(history, &witness.operations)),
        reason: if let Finding::Unknown(reason) = finding { Some(reason.to_string()) } else { None },
    };
    // Maps with texts as keys and numbers always become JSON.
    serde_json::to_string(&report).unwrap_or_default()
}

fn told(history: &History, number: u32) -> Told<'_> {
    let operation: &Operation = &history.operations[number as usize];
    Told {
        process: &history.processes[operation.process as usize],
        key: &history.keys[operation.key as usize],
        operation: history.show(operation),
        line: operation.line,
        invoked: operation.invoked,
        returned: operation.is_done().then_some(operation.returned),
    }
}
