//! Help: made from the table of keys, the signs of the map and the tables of commands.

use crossterm::event::{KeyCode, KeyEvent};

use crate::base::command::CommandSpec;
use crate::base::shown::shown;
use crate::lab::language::help::help_text;

use super::keys::{Group, KEYS};
use super::legend;
use super::model::{Model, Overlay};
use super::specs::SCREEN_COMMANDS;

/// Columns of a key in help.
const KEY_COLUMNS: usize = 8;

/// Help while it is open.
#[derive(Clone, Debug)]
pub(crate) struct Help {
    pub(crate) title: String,
    pub(crate) lines: Vec<HelpLine>,
    pub(crate) scroll: usize,
}

/// A line of help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HelpLine {
    /// A heading.
    Heading(String),
    /// Something, and what it is.
    Entry(String, String),
    /// Running text.
    Text(String),
}

impl Help {
    /// Keys, signs and commands.
    pub(crate) fn overview(model: &Model) -> Self {
        let mut lines = Vec::new();
        for (group, heading) in Group::ALL {
            lines.push(HelpLine::Heading(heading.to_owned()));
            let rows = KEYS.iter().filter(|row| row.group == group);
            lines.extend(rows.map(|row| HelpLine::Entry(model.keymap.shown(row), row.summary.to_owned())));
        }
        lines.push(HelpLine::Heading("Signs on the map".to_owned()));
        lines.extend(legend::signs(model.glyphs).into_iter().map(|(sign, what)| HelpLine::Entry(sign, what)));
        lines.push(HelpLine::Heading("Commands of the screen".to_owned()));
        lines.extend(SCREEN_COMMANDS.iter().map(|spec| HelpLine::Entry(spec.name.to_owned(), spec.summary.to_owned())));
        let language = help_text(None).unwrap_or_default();
        lines.extend(language.lines().map(language_line));
        Self { title: "Help".to_owned(), lines, scroll: 0 }
    }

    /// One command, operation, level, claim or measure.
    pub(crate) fn topic(name: &str) -> Result<Self, String> {
        let own = SCREEN_COMMANDS.iter().find(|spec| spec.name == name).map(screen_help);
        let shared = help_text(Some(name));
        let text = match (own, shared) {
            (Some(own), Ok(shared)) => format!("{own}\n{shared}"),
            (Some(own), Err(_)) => own,
            (None, Ok(shared)) => shared,
            (None, Err(error)) => {
                let near = error.nearest.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
                return Err(format!("there is no help on {}{near}", shown(name)));
            }
        };
        let lines = text.lines().map(|line| HelpLine::Text(line.to_owned())).collect();
        Ok(Self { title: format!("Help: {name}"), lines, scroll: 0 })
    }

    /// Takes a key; puts itself back unless it is done.
    pub(crate) fn press(mut self, model: &mut Model, key: KeyEvent) {
        let page = usize::from(model.size.1).saturating_sub(8).max(1);
        let last = self.lines.len().saturating_sub(1);
        self.scroll = match key.code {
            KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q' | '?') => return,
            KeyCode::Up | KeyCode::Char('k') => self.scroll.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => (self.scroll + 1).min(last),
            KeyCode::PageUp => self.scroll.saturating_sub(page),
            KeyCode::PageDown | KeyCode::Char(' ') => (self.scroll + page).min(last),
            KeyCode::Home => 0,
            KeyCode::End => last,
            _ => self.scroll,
        };
        model.overlay = Overlay::Help(self);
    }
}

fn language_line(line: &str) -> HelpLine {
    match line.strip_prefix("  ").and_then(|rest| rest.split_once(' ')) {
        Some((name, summary)) => HelpLine::Entry(name.to_owned(), summary.trim().to_owned()),
        None => HelpLine::Heading(line.to_owned()),
    }
}

fn screen_help(spec: &CommandSpec) -> String {
    format!("{}\n  {}\n  example: {}\n", spec.usage, spec.summary, spec.example)
}

/// The columns of the first part of an entry, so that the second ones are aligned.
pub(crate) fn entry_columns(lines: &[HelpLine]) -> usize {
    let widths = lines.iter().map(|line| match line {
        HelpLine::Entry(name, _) => super::text::columns(name),
        _ => 0,
    });
    widths.max().unwrap_or(0).clamp(KEY_COLUMNS, 16)
}
