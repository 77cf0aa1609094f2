//! Tests of the screen: keys in, commands and pictures out. Nothing sleeps: frames carry their time.

mod acting;
mod drawing;
mod lessons;
mod motion;
mod palette;
mod roles;
mod sessions;
mod time;
mod verdicts;

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::model::{Look, Model, Notice, Overlay};
use super::update::{Message, update};

/// A person at the opening scene.
struct Person {
    model: Model,
}

impl Person {
    fn new() -> Self {
        Self { model: Model::opening((80, 24), Look::default()) }
    }

    fn press(&mut self, code: KeyCode) -> &mut Self {
        update(&mut self.model, Message::Key(KeyEvent::new(code, KeyModifiers::NONE)));
        self
    }

    fn type_in(&mut self, text: &str) -> &mut Self {
        for letter in text.chars() {
            self.press(KeyCode::Char(letter));
        }
        self
    }

    fn key(&mut self, letter: char) -> &mut Self {
        self.press(KeyCode::Char(letter))
    }

    fn enter(&mut self) -> &mut Self {
        self.press(KeyCode::Enter)
    }

    fn command(&mut self, line: &str) -> &mut Self {
        self.key(':').type_in(line).enter()
    }

    /// Waits at the screen, in frames.
    fn wait_ms(&mut self, ms: u64) -> &mut Self {
        for _ in 0..ms / 20 {
            update(&mut self.model, Message::Frame { elapsed: Duration::from_millis(20) });
        }
        self
    }

    /// Lets frames pass until a journey is over.
    fn arrive(&mut self) -> &mut Self {
        for _ in 0..10_000 {
            if self.model.journey.is_none() {
                return self;
            }
            self.wait_ms(20);
        }
        panic!("the journey goes on and on");
    }

    fn now_us(&self) -> u64 {
        self.model.sitting.run().now().0
    }

    /// The lines of the commands after the setup.
    fn recorded(&self) -> Vec<&str> {
        let commands = self.model.sitting.commands();
        commands[self.model.scene.setup..].iter().map(|command| command.text.as_str()).collect()
    }

    fn notice(&self) -> &str {
        self.model.notice.as_ref().map_or("", |Notice { text, .. }| text)
    }

    fn error(&self) -> (usize, &str) {
        match &self.model.overlay {
            Overlay::Palette(palette) => {
                let error = palette.error.as_ref().expect("the line has an error");
                (error.column, &error.message)
            }
            other => panic!("the palette is not open: {other:?}"),
        }
    }
}
