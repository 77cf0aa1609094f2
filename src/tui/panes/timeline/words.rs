//! What the chosen event is, in words, and how many are before it, after it and neither.

use ratatui::buffer::Buffer;

use crate::base::{Actor, AttemptId, MessageClass};
use crate::lab::story::{OperationLine, Telling};
use crate::lab::telling;
use crate::record::{Happened, TraceEntry};
use crate::tui::keys::{Action, Direction};
use crate::tui::legend;
use crate::tui::model::Model;
use crate::tui::text::{columns, fit, put, wrap};
use crate::tui::theme::Role;

use super::causes::is_of;
use super::choose::Chosen;
use super::paint::Picture;

/// Entries of one moment that are told; a repair can bring very many.
const TOLD_MAX: usize = 64;

/// Draws the line, or two where there is room.
pub(super) fn draw(picture: &Picture<'_>, buffer: &mut Buffer) {
    let (model, area, counts) = (picture.model, picture.plan.words, picture.scan.counts);
    if area.is_empty() {
        return;
    }
    let width = usize::from(area.width.saturating_sub(2));
    let left = area.x + 1;
    let Some(chosen) = picture.chosen else {
        let text = fit(&model.glyphs.keys(&hint(picture)), width, model.glyphs.more);
        put(buffer, area, (left, area.y), &text, model.theme.style(Role::Dim));
        return;
    };
    let parts = [
        (format!("{} before", counts.before), Role::Past),
        (format!("{} after", counts.after), Role::Future),
        (format!("{} concurrent", counts.concurrent), Role::Dim),
    ];
    let taken: usize = parts.iter().map(|(text, _)| columns(text) + 2).sum();
    let told = model.glyphs.plain(&moment(model, chosen));
    // Alone in its row, the text is cut; with a second one, it goes on there, beside the numbers.
    let mut rows = wrap(&told, width);
    if area.height == 1 || rows.len() < 2 {
        rows = vec![told];
    }
    for (row, text) in rows.iter().enumerate().take(usize::from(area.height)) {
        let room = if row + 1 == usize::from(area.height) { width.saturating_sub(taken) } else { width };
        let text = fit(text, room, model.glyphs.more);
        put(buffer, area, (left, area.y + row as u16), &text, model.theme.style(Role::Text));
    }
    let mut x = area.right().saturating_sub(taken as u16).max(left);
    for (text, role) in parts {
        x = put(buffer, area, (x, area.bottom() - 1), &text, model.theme.style(role)) + 2;
    }
}

/// What can be done, and what is left out for want of rows.
fn hint(picture: &Picture<'_>) -> String {
    let model = picture.model;
    let key = |direction| model.keymap.of(Action::Move(direction));
    let catalog = model.sitting.run().cluster().view().catalog();
    let mut text = format!(
        "{} {} choose an event  {} {} zoom  {} {}",
        key(Direction::Left),
        key(Direction::Right),
        key(Direction::PageUp),
        key(Direction::PageDown),
        key(Direction::Enter),
        model.panes.timeline.shown.more(),
    );
    if picture.scan.thinned > 1 {
        text = format!("1 message drawn of up to {}  {text}", picture.scan.thinned);
    }
    if let [first, rest @ ..] = picture.lanes.left_out.as_slice() {
        let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
        text = format!("no room for {}{more}  {text}", catalog.actor_name(*first));
    }
    text
}

/// When, who, and all that it did at that instant.
pub(super) fn moment(model: &Model, chosen: Chosen) -> String {
    let trace = &model.sitting.log().trace;
    let catalog = model.sitting.run().cluster().view().catalog();
    let at_once = trace.since(chosen.number).take_while(|entry| entry.at == chosen.at);
    let own = at_once.filter(|entry| is_of(entry, chosen.actor, chosen.at)).take(TOLD_MAX);
    let who = catalog.actor_name(chosen.actor);
    let mut clauses: Vec<(u8, String)> = Vec::new();
    let mut got: Vec<String> = Vec::new();
    let mut sent: Vec<(MessageClass, Vec<String>)> = Vec::new();
    for entry in own {
        match entry.what {
            Happened::Sent { class, to, .. } => match sent.iter_mut().find(|(own, _)| *own == class) {
                Some((_, names)) => names.push(catalog.actor_name(to)),
                None => sent.push((class, vec![catalog.actor_name(to)])),
            },
            Happened::Delivered { class, from, .. } => {
                got.push(format!("{} from {}", class.name(), catalog.actor_name(from)));
            }
            _ => clauses.push((rank(&entry.what), clause(model, entry, &who))),
        }
    }
    clauses.sort_by_key(|(rank, _)| *rank);
    clauses.dedup();
    let mut texts: Vec<String> = clauses.into_iter().map(|(_, text)| text).filter(|text| !text.is_empty()).collect();
    match (texts.first_mut(), got.is_empty()) {
        (_, true) => {}
        (Some(first), false) => *first = format!("{first} ({})", got.join(", ")),
        (None, false) => texts.push(format!("gets {}", got.join(", "))),
    }
    texts.extend(sent.into_iter().map(|(class, names)| format!("sends {} to {}", class.name(), names.join(" "))));
    if texts.is_empty() {
        texts.push("a timer that changed nothing".to_owned());
    }
    let digits = telling::seconds(chosen.at.0);
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    format!("{digits}s {who}: {}", texts.join(", "))
}

/// What is told first of a moment.
fn rank(what: &Happened) -> u8 {
    match what {
        Happened::Invoked { .. } | Happened::Decided { .. } | Happened::Returned { .. } => 0,
        Happened::Applied { .. } | Happened::AppliedRange { .. } => 1,
        Happened::Timer { .. } | Happened::ObservedLag { .. } => 3,
        _ => 2,
    }
}

/// What an entry did, without the name of who did it.
fn clause(model: &Model, entry: &TraceEntry, who: &str) -> String {
    let catalog = model.sitting.run().cluster().view().catalog();
    match entry.what {
        Happened::Invoked { attempt } => format!("begins {}", operation(model, attempt)),
        Happened::Decided { attempt } => format!("decides {}", operation(model, attempt)),
        Happened::Returned { attempt } => match told(model, entry.actor, entry) {
            Some(line) => format!("{} {}", operation(model, attempt), ended(model, &line)),
            None => format!("{} ends", operation(model, attempt)),
        },
        _ => {
            let text = legend::entry_text(entry, catalog);
            text.strip_prefix(who).map_or(text.clone(), |rest| rest.trim_start().to_owned())
        }
    }
}

fn operation(model: &Model, attempt: AttemptId) -> String {
    let run = model.sitting.run();
    let Some(operation) = run.metrics().operations().get(attempt.op) else { return "an operation".to_owned() };
    format!("{} {}", operation.op_type.name(), run.cluster().view().catalog().key_name(operation.key))
}

fn ended(model: &Model, line: &OperationLine) -> String {
    let catalog = model.sitting.run().cluster().view().catalog();
    let text = format!("→ {}", telling::outcome_text(line, catalog));
    match line.stale {
        Some((stale_us, _)) => format!("{text}, stale by {}", telling::span(stale_us)),
        None => text,
    }
}

/// The line that the story has of an operation that ended here.
fn told(model: &Model, client: Actor, entry: &TraceEntry) -> Option<OperationLine> {
    let story = &model.sitting.log().story;
    let first = story.partition_point(|line| line.at < entry.at);
    let lines = story.since(first).take_while(|line| line.at == entry.at);
    lines
        .filter_map(|line| match line.what {
            Telling::Operation(operation) => Some(operation),
            _ => None,
        })
        .find(|operation| operation.client == client)
}
