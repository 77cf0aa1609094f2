//! The palette: a line of the language, with its history, completion and errors.

use crossterm::event::{Event, KeyCode, KeyEvent};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::command::{self, LineError};
use super::complete::{self, Completion};
use super::model::{Model, Overlay};

/// Characters that a line can have.
const LINE_MAX: usize = 500;

/// The palette while it is open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Palette {
    pub(crate) input: Input,
    /// The question that the line is to answer, if one is.
    pub(crate) question: Option<String>,
    /// Why the line could not be done, until it is changed.
    pub(crate) error: Option<LineError>,
    /// Which line of the history is shown, counted from the newest, and what was typed before.
    recalled: Option<(usize, String)>,
    /// What Tab goes through.
    cycle: Option<Cycle>,
}

#[derive(Clone, Debug)]
struct Cycle {
    completion: Completion,
    /// The line before the word, and behind it.
    around: (String, String),
    next: usize,
}

impl Palette {
    /// One that begins with a text.
    pub(crate) fn beginning_with(text: &str) -> Self {
        Self { input: Input::new(text.to_owned()), ..Self::default() }
    }

    /// One that begins with a text, and answers a question.
    pub(crate) fn answering(question: String, text: &str) -> Self {
        Self { question: Some(question), ..Self::beginning_with(text) }
    }

    /// Adds a text at the cursor.
    pub(crate) fn insert(&mut self, text: &str) {
        let line = self.input.value();
        let at = line.char_indices().nth(self.input.cursor()).map_or(line.len(), |(index, _)| index);
        let joined: String = format!("{}{text}{}", &line[..at], &line[at..]).chars().take(LINE_MAX).collect();
        let cursor = self.input.cursor() + text.chars().count();
        self.set(joined, cursor);
    }

    /// What could stand at the cursor.
    pub(crate) fn completion(&self, model: &Model) -> Completion {
        match &self.cycle {
            Some(cycle) => cycle.completion.clone(),
            None => complete::at(model, &self.before_cursor()),
        }
    }

    /// Which of the candidates Tab has put in.
    pub(crate) fn put_in(&self) -> Option<usize> {
        let cycle = self.cycle.as_ref()?;
        let count = cycle.completion.candidates.len();
        Some((cycle.next + count - 1) % count)
    }

    /// Takes a key; puts itself back unless it is done.
    pub(crate) fn press(mut self, model: &mut Model, key: KeyEvent) {
        match key.code {
            KeyCode::Esc => return,
            KeyCode::Enter => return self.submit(model),
            KeyCode::Tab => self.complete(model),
            KeyCode::Up => self.recall(model, true),
            KeyCode::Down => self.recall(model, false),
            KeyCode::Backspace if self.input.value().is_empty() => return,
            KeyCode::Char(_) if self.input.value().chars().count() >= LINE_MAX => {}
            _ => self.edit(key),
        }
        model.overlay = Overlay::Palette(self);
    }

    fn edit(&mut self, key: KeyEvent) {
        let changed = self.input.handle_event(&Event::Key(key));
        if changed.is_some_and(|changed| changed.value) {
            self.error = None;
        }
        self.cycle = None;
        self.recalled = None;
    }

    fn submit(mut self, model: &mut Model) {
        let line = self.input.value().trim().to_owned();
        match command::submit(model, self.input.value()) {
            Ok(()) => {
                if !line.is_empty() {
                    model.remember(&line);
                }
            }
            Err(error) => {
                self.error = Some(error);
                model.overlay = Overlay::Palette(self);
            }
        }
    }

    fn complete(&mut self, model: &Model) {
        if self.cycle.is_none() {
            let before = self.before_cursor();
            let behind = self.input.value()[before.len()..].to_owned();
            let completion = complete::at(model, &before);
            if completion.candidates.is_empty() {
                return;
            }
            let before = before[..before.len() - completion.word.len()].to_owned();
            self.cycle = Some(Cycle { completion, around: (before, behind), next: 0 });
        }
        let Some(cycle) = &mut self.cycle else { return };
        let candidates = &cycle.completion.candidates;
        let candidate = &candidates[cycle.next].text;
        cycle.next = (cycle.next + 1) % candidates.len();
        let (before, behind) = &cycle.around;
        // A value follows an option's sign without a space.
        let gap = if candidate.ends_with('=') { "" } else { " " };
        let line = format!("{before}{candidate}{gap}{}", behind.trim_start());
        let cursor = format!("{before}{candidate}{gap}").chars().count();
        let cycle = if candidates.len() == 1 { None } else { self.cycle.take() };
        self.set(line, cursor);
        self.cycle = cycle;
    }

    fn recall(&mut self, model: &Model, earlier: bool) {
        let (place, typed) = self.recalled.take().unwrap_or((0, self.input.value().to_owned()));
        let place = if earlier { (place + 1).min(model.typed.len()) } else { place.saturating_sub(1) };
        let line = if place == 0 { typed.clone() } else { model.typed[model.typed.len() - place].clone() };
        let end = line.chars().count();
        self.set(line, end);
        self.recalled = (place > 0).then_some((place, typed));
    }

    fn set(&mut self, line: String, cursor: usize) {
        self.input = Input::new(line).with_cursor(cursor);
        self.error = None;
        self.cycle = None;
        self.recalled = None;
    }

    fn before_cursor(&self) -> String {
        self.input.value().chars().take(self.input.cursor()).collect()
    }
}
