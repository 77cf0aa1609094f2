//! One line of the log in as many rows as it needs: in columns where there is room, else folded.

use ratatui::style::Style;

use crate::cluster::Catalog;
use crate::lab::story::StoryLine;
use crate::lab::telling::{self, Columns, Kind};
use crate::tui::model::Model;
use crate::tui::text::{columns, pad, wrap};
use crate::tui::theme::Role;
use crate::tui::travel::milli_text;
use crate::tui::witness::Row;

/// From this width on an operation is told in columns.
const WIDE: usize = 60;
/// Columns of the instant; the first is the cursor's.
const TIME: usize = 9;
/// The column at which the text of a wide line begins.
const TEXT_FROM: usize = TIME + 8;
/// Columns of what was asked for, where it stands in columns.
const WHAT: (usize, usize) = (20, 60);

/// The text of a line that can be searched.
pub(super) fn searched(line: &StoryLine, catalog: &Catalog) -> String {
    let Columns { who, what, replica, note, .. } = telling::columns(line, catalog);
    format!("{who} {what} {replica} {note}")
}

/// A line as rows, at most `width` columns each.
pub(super) fn rows(model: &Model, line: &StoryLine, width: usize) -> Vec<Row> {
    let catalog = model.sitting.run().cluster().view().catalog();
    let told = telling::columns(line, catalog);
    let at = milli_text(line.at);
    let at = at.trim_end_matches('s');
    let rows = if width < WIDE {
        // As narrow as the longest instant that there is.
        let columns = milli_text(model.sitting.run().now()).len();
        folded(model, &told, &format!("{at:>columns$}"), width)
    } else {
        aligned(model, &told, &format!("{at:>TIME$}"), width)
    };
    let needle = &model.panes.log.sought;
    if needle.is_empty() {
        return rows;
    }
    let found = model.theme.style(Role::Selected);
    rows.into_iter().map(|row| row.into_iter().flat_map(|part| marked(part, needle, found)).collect()).collect()
}

fn role(kind: Kind) -> Role {
    match kind {
        Kind::Violation => Role::Bad,
        Kind::Alert | Kind::Unmet | Kind::Undecided => Role::Warn,
        Kind::Command => Role::Accent,
        Kind::Met => Role::Good,
        Kind::World | Kind::Message => Role::Dim,
        Kind::Operation => Role::Text,
    }
}

fn who_role(kind: Kind) -> Role {
    if kind == Kind::Operation { Role::Accent } else { role(kind) }
}

/// Everything in one text that is folded under itself.
fn folded(model: &Model, told: &Columns, time: &str, width: usize) -> Vec<Row> {
    let style = |role| model.theme.style(role);
    let who = model.glyphs.plain(&told.who);
    let mut text = format!("{who} {}", model.glyphs.plain(&told.what));
    if told.kind == Kind::Operation {
        text = format!("{text} · {} {}", told.replica, rounded(&told.took));
    }
    if !told.note.is_empty() {
        text = format!("{text} · {}", told.note);
    }
    let indent = time.len() + 1;
    let lines = wrap(&model.glyphs.plain(&text), width.saturating_sub(indent).max(12));
    let row = |(index, line): (usize, String)| {
        let body = style(role(told.kind));
        match (index, line.strip_prefix(&who)) {
            (0, Some(rest)) => vec![
                (time.to_owned(), style(Role::Dim)),
                (" ".to_owned(), body),
                (who.clone(), style(who_role(told.kind))),
                (rest.to_owned(), body),
            ],
            (0, None) => vec![(format!("{time} "), style(Role::Dim)), (line, body)],
            _ => vec![(" ".repeat(indent), body), (line, body)],
        }
    };
    lines.into_iter().enumerate().map(row).collect()
}

/// Instant, who, what, and for an operation who answered, how long it took and a note, in columns.
fn aligned(model: &Model, told: &Columns, time: &str, width: usize) -> Vec<Row> {
    let style = |role| model.theme.style(role);
    let glyphs = model.glyphs;
    let body = style(role(told.kind));
    let head = |text: String| {
        let who = format!("  {} ", pad(&glyphs.plain(&told.who), 5, glyphs.more));
        vec![(time.to_owned(), style(Role::Dim)), (who, style(who_role(told.kind))), (text, body)]
    };
    let what = glyphs.plain(&told.what);
    let left = width.saturating_sub(TEXT_FROM);
    if told.kind == Kind::Operation {
        let room = left.saturating_sub(14 + columns(&told.note)).clamp(WHAT.0, WHAT.1);
        if columns(&what) <= room && room + 14 + columns(&told.note) <= left {
            let mut row = head(pad(&what, room, glyphs.more));
            row.push((format!(" {:<2} {:>7}", told.replica, rounded(&told.took)), style(Role::Dim)));
            row.push((format!("  {}", told.note), style(Role::Warn)));
            return vec![row];
        }
    }
    let mut text = what;
    if told.kind == Kind::Operation {
        text = format!("{text} · {} {}", told.replica, rounded(&told.took));
    }
    if !told.note.is_empty() {
        text = format!("{text} · {}", told.note);
    }
    let lines = wrap(&glyphs.plain(&text), left.max(20));
    let row = |(index, line): (usize, String)| match index {
        0 => head(line),
        _ => vec![(" ".repeat(TEXT_FROM), body), (line, body)],
    };
    lines.into_iter().enumerate().map(row).collect()
}

/// Spans of the story are exact; here three digits after the point are noise.
fn rounded(took: &str) -> String {
    let unit = took.find(|sign: char| sign.is_ascii_alphabetic()).unwrap_or(took.len());
    match took[..unit].parse::<f64>() {
        Ok(number) if took.contains('.') => format!("{number:.1}{}", &took[unit..]),
        _ => took.to_owned(),
    }
}

/// Where a text stands in another, by characters, whatever its case.
pub(super) fn position(text: &str, needle: &str) -> Option<usize> {
    let lower = |sign: char| sign.to_lowercase().next().unwrap_or(sign);
    let needle: Vec<char> = needle.chars().map(lower).collect();
    let text: Vec<char> = text.chars().map(lower).collect();
    (!needle.is_empty()).then(|| text.windows(needle.len()).position(|part| part == needle))?
}

/// A piece of a row with what was sought in it in another style.
fn marked((text, style): (String, Style), needle: &str, found: Style) -> Row {
    let length = needle.chars().count();
    let mut rest: Vec<char> = text.chars().collect();
    let mut row = Vec::new();
    while let Some(at) = position(&rest.iter().collect::<String>(), needle) {
        row.push((rest[..at].iter().collect(), style));
        row.push((rest[at..at + length].iter().collect(), found));
        rest.drain(..at + length);
    }
    row.push((rest.into_iter().collect(), style));
    row
}
