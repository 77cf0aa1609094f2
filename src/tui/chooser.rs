//! A list of lines of the language to choose from: what a key such as `p` or `o` opens. The line is shown as it could
//! be typed, with a few words on what it does.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::complete::rank;
use super::model::{Model, Overlay, Tone};
use super::{choices, command};

/// Letters that a filter can have.
const FILTER_MAX: usize = 40;

/// A line that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// The line of the language.
    pub(crate) line: String,
    /// What it does.
    pub(crate) about: String,
}

/// What the list is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// Anything.
    Lines,
    /// Operations of one client; left and right change the client.
    Operations,
    /// Sittings that were not closed, and to begin afresh: the shell does what is chosen.
    Unclosed,
}

/// A list with its filter and its selection.
#[derive(Clone, Debug)]
pub(crate) struct Chooser {
    pub(crate) title: String,
    pub(crate) of: Of,
    pub(crate) choices: Vec<Choice>,
    pub(crate) filter: String,
    pub(crate) selected: usize,
}

impl Chooser {
    /// A list that was just opened.
    pub(crate) fn new(title: impl Into<String>, choices: Vec<Choice>) -> Self {
        Self { title: title.into(), of: Of::Lines, choices, filter: String::new(), selected: 0 }
    }

    /// The choices that fit the filter, best first.
    pub(crate) fn shown(&self) -> Vec<&Choice> {
        rank(&self.filter, &self.choices, |choice| format!("{} {}", choice.line, choice.about))
    }

    /// Takes a key; puts itself back unless it is done.
    pub(crate) fn press(mut self, model: &mut Model, key: KeyEvent) {
        match key.code {
            KeyCode::Esc => {
                // Time stood still for the question.
                model.pace.running |= self.of == Of::Unclosed;
                return;
            }
            KeyCode::Enter => {
                let Some(line) = self.shown().get(self.selected).map(|choice| choice.line.clone()) else { return };
                if self.of == Of::Unclosed {
                    return model.answer(&self, &line);
                }
                if let Err(error) = command::submit(model, &line) {
                    model.say(Tone::Error, error.message);
                }
                return;
            }
            KeyCode::Up | KeyCode::BackTab => self.selected = self.selected.saturating_sub(1),
            KeyCode::Down | KeyCode::Tab => self.move_down(1),
            KeyCode::PageUp => self.selected = self.selected.saturating_sub(5),
            KeyCode::PageDown => self.move_down(5),
            KeyCode::Left | KeyCode::Right if self.of == Of::Operations => {
                self = self.other_client(model, key.code == KeyCode::Right);
            }
            KeyCode::Backspace => {
                self.filter.pop();
                self.selected = 0;
            }
            KeyCode::Char(letter)
                if !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT)
                    && self.filter.chars().count() < FILTER_MAX =>
            {
                self.filter.push(letter);
                self.selected = 0;
            }
            _ => {}
        }
        model.overlay = Overlay::Chooser(self);
    }

    fn move_down(&mut self, by: usize) {
        self.selected = (self.selected + by).min(self.shown().len().saturating_sub(1));
    }

    fn other_client(self, model: &mut Model, next: bool) -> Self {
        let own = choices::own_clients(model);
        let Some(place) = own.iter().position(|index| *index == model.operator) else { return self };
        let place = if next { place + 1 } else { place + own.len() - 1 };
        model.operator = own[place % own.len()];
        Self { filter: self.filter, selected: self.selected, ..choices::operations(model) }
    }
}
