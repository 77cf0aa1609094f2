//! Sittings that came from elsewhere: a script that is opened, and what a program that was killed has left behind.

use crate::base::Instant;
use crate::lab::sitting::Sitting;

use super::chooser::{Choice, Chooser, Of};
use super::model::{Model, Overlay, Request};
use super::pace::Pace;
use super::panes::Panes;
use super::seen::Seen;
use super::travel::rounded_instant;
use super::{scene, text};

/// A sitting that was not closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unclosed {
    /// What its title called it.
    pub scene: String,
    /// How many commands the person had given.
    pub commands: usize,
    /// The latest instant that it is known to have reached.
    pub reached: Instant,
}

/// What to do with sittings that were not closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Go on with this one.
    GoOn(usize),
    /// Keep them as files, and begin afresh.
    Afresh,
}

impl Unclosed {
    fn about(&self) -> String {
        let plural = if self.commands == 1 { "" } else { "s" };
        format!("{} command{plural} up to {}", self.commands, rounded_instant(self.reached))
    }
}

impl Model {
    /// Asks what shall become of sittings that were not closed. Time stands still meanwhile.
    pub fn offer(&mut self, unclosed: &[Unclosed]) {
        let [first, rest @ ..] = unclosed else { return };
        let title = match rest.len() {
            0 => format!("A sitting of {} was not closed", first.about()),
            more => format!("{} sittings were not closed", more + 1),
        };
        let go_on = |(index, sitting): (usize, &Unclosed)| {
            let line = if rest.is_empty() { "go on with it".to_owned() } else { format!("go on with {}", index + 1) };
            Choice { line, about: format!("{}: {}", text::clean(&sitting.scene), sitting.about()) }
        };
        let mut choices: Vec<Choice> = unclosed.iter().enumerate().map(go_on).collect();
        let about = if rest.is_empty() { "it is kept as a file" } else { "they are kept as files" };
        choices.push(Choice { line: "begin afresh".to_owned(), about: about.to_owned() });
        self.pace.running = false;
        self.overlay = Overlay::Chooser(Chooser { of: Of::Unclosed, ..Chooser::new(title, choices) });
        self.redraw = true;
    }

    /// Passes the answer on to the shell.
    pub(crate) fn answer(&mut self, chooser: &Chooser, line: &str) {
        let afresh = chooser.choices.len() - 1;
        let chosen = chooser.choices.iter().position(|choice| choice.line == line);
        let answer = match chosen {
            Some(index) if index < afresh => Answer::GoOn(index),
            _ => Answer::Afresh,
        };
        self.pace.running = answer == Answer::Afresh;
        self.requests.push(Request::Unclosed(answer));
    }

    /// Takes a sitting in the place of the one that is here, where its cursor stands, paused.
    pub fn open(&mut self, name: &str, sitting: Sitting) {
        self.scene = scene::opened(&text::clean(name), &sitting);
        self.sitting = sitting;
        self.pace = Pace::default();
        self.pace.running = false;
        self.journey = None;
        self.panes = Panes::default();
        self.overlay = Overlay::None;
        self.notice = None;
        self.operator = 0;
        self.frame_from = self.sitting.run().now();
        self.seen = Seen::default();
        self.seen.look(&self.sitting);
        self.redraw = true;
    }
}
