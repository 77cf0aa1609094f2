//! The journal: what is done in the lab, on the disk as it is done, so that a kill loses one command at most.
//!
//! ```text
//!   # Journal of driftlab: a sitting that is not closed. It is a script like any other.
//!   # scene: Three shops
//!   # begins with: 10
//!   seed 7
//!   …
//!   at 1.250000s:312 partition r1 | r2 r3      a line for each command, when it was given
//!   at 5.000000s:2411                          how far time had come: now and then, and at each pause
//! ```
//!
//! Lines are only appended; when commands were taken away (`undo`, acting in the past) a new file takes the place of
//! the old one. Each running program has a journal of its own and holds its lock ([`slots`]); a journal that nobody
//! holds is of a program that was killed, and is offered by the next one. Whoever leaves by `q` keeps the sitting as
//! `last-sitting.lab`, and the journal goes.

pub(super) mod slots;

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::Instant;

use crate::cluster::command::Recorded;
use crate::lab::recording;
use crate::lab::sitting::Sitting;
use crate::tui::Model;

use super::files;
use slots::Slot;

/// What the first line of a journal says.
const HEADER: &str = "# Journal of driftlab: a sitting that is not closed. It is a script like any other.";
/// What stands before the name of its scene.
const SCENE: &str = "# scene: ";
/// What stands before the number of commands that the person did not give.
const BEGINS: &str = "# begins with: ";
/// How often the instant is noted while time runs.
const NOTE_EVERY: Duration = Duration::from_secs(5);
/// Bare instants in a journal; past that it is written anew without them.
const NOTES_MAX: usize = 1_000;
/// What a sitting is called that was left properly.
const LAST: &str = "last-sitting.lab";

/// The journal of this program.
#[derive(Debug)]
pub(super) struct Journal {
    slot: Slot,
    folder: PathBuf,
    scene: String,
    /// Commands that the sitting began with: those of the scene or of the script that was opened.
    given: usize,
    /// What is in the file; `None` before the first time.
    kept: Option<Kept>,
    noted: Instant,
    was_moving: bool,
}

/// What is in the file.
#[derive(Debug)]
struct Kept {
    revision: u64,
    commands: usize,
    last: Option<Recorded>,
    marks: Vec<(String, crate::base::Instant)>,
    end: (u64, crate::base::Instant),
    /// Bare instants.
    notes: usize,
}

impl Journal {
    /// A journal in this slot, for what stands in the model now.
    pub(super) fn begin(slot: Slot, folder: &Path, model: &Model) -> Self {
        let mut journal = Self {
            slot,
            folder: folder.to_owned(),
            scene: String::new(),
            given: 0,
            kept: None,
            noted: Instant::now(),
            was_moving: false,
        };
        journal.begin_anew(model, 0);
        journal
    }

    /// What the model holds now is another sitting, of whose commands the person has given so many.
    pub(super) fn begin_anew(&mut self, model: &Model, own: usize) {
        model.scene_name().clone_into(&mut self.scene);
        self.given = model.sitting().commands().len().saturating_sub(own);
        self.kept = None;
    }

    /// Writes what is new.
    pub(super) fn keep(&mut self, model: &Model) -> io::Result<()> {
        let sitting = model.sitting();
        if model.scene_name() != self.scene {
            self.begin_anew(model, 0);
        }
        let is_added_to = self.kept.as_ref().is_some_and(|kept| kept.is_beginning_of(sitting));
        if !is_added_to {
            self.write_all(sitting)?;
        } else if let Some(kept) = &mut self.kept {
            let text = kept.add(sitting);
            if !text.is_empty() {
                self.slot.append(&text)?;
            }
        }
        let paused = self.was_moving && !model.is_moving();
        self.was_moving = model.is_moving();
        if paused || self.noted.elapsed() >= NOTE_EVERY {
            self.note(model)?;
        }
        Ok(())
    }

    /// Notes how far time has come.
    pub(super) fn note(&mut self, model: &Model) -> io::Result<()> {
        self.noted = Instant::now();
        let Some(kept) = &mut self.kept else { return Ok(()) };
        let end = model.sitting().end();
        if end == kept.end {
            return Ok(());
        }
        if kept.notes >= NOTES_MAX {
            return self.write_all(model.sitting());
        }
        (kept.end, kept.notes) = (end, kept.notes + 1);
        self.slot.append(&instant(end))
    }

    /// Whether the person has done anything that is worth keeping.
    fn is_worth_keeping(&self, sitting: &Sitting) -> bool {
        sitting.commands().len() > self.given
    }

    /// The sitting is left properly: it is kept under its name, and the journal goes. Says where it is, if it is.
    pub(super) fn close(self, model: &Model) -> io::Result<Option<PathBuf>> {
        let worth = self.is_worth_keeping(model.sitting());
        let last = self.folder.join(LAST);
        if worth {
            files::write_at_once(&last, &recording::script(model.sitting()))?;
        }
        self.slot.remove();
        Ok(worth.then_some(last))
    }

    /// The program is made to end: what was done stays, and is offered at the next start.
    pub(super) fn leave(mut self, model: &Model) -> io::Result<()> {
        self.keep(model)?;
        self.note(model)?;
        if !self.is_worth_keeping(model.sitting()) {
            self.slot.remove();
        }
        Ok(())
    }

    fn write_all(&mut self, sitting: &Sitting) -> io::Result<()> {
        // Whoever takes back what the script had brought has less that is not their own.
        self.given = self.given.min(sitting.commands().len());
        let scene: String = self.scene.chars().filter(|letter| !letter.is_control()).collect();
        let head = format!("{HEADER}\n{SCENE}{scene}\n{BEGINS}{}\n", self.given);
        self.slot.replace(&(head + &recording::script(sitting)))?;
        self.kept = Some(Kept::of(sitting));
        Ok(())
    }
}

impl Kept {
    fn of(sitting: &Sitting) -> Self {
        Self {
            revision: sitting.revision(),
            commands: sitting.commands().len(),
            last: sitting.commands().last().cloned(),
            marks: marks(sitting),
            end: sitting.end(),
            notes: 0,
        }
    }

    /// Whether what is in the file is how this sitting begins, so that lines have to be added only.
    fn is_beginning_of(&self, sitting: &Sitting) -> bool {
        let commands = sitting.commands();
        self.revision == sitting.revision()
            && self.commands <= commands.len()
            && self.commands.checked_sub(1).is_none_or(|last| commands.get(last) == self.last.as_ref())
            // Setup stands before all instants.
            && !commands[self.commands..].iter().any(|recorded| recorded.command.is_setup())
            && sitting.run().marks().count() == self.marks.len()
            && sitting.run().marks().zip(&self.marks).all(|(own, kept)| own == (kept.0.as_str(), kept.1))
    }

    /// The lines of the commands that are new.
    fn add(&mut self, sitting: &Sitting) -> String {
        let fresh = &sitting.commands()[self.commands..];
        let text: String = fresh.iter().map(recording::line).collect();
        if let Some(last) = fresh.last() {
            self.commands = sitting.commands().len();
            self.last = Some(last.clone());
            self.end = (last.events, last.at);
        }
        text
    }
}

fn marks(sitting: &Sitting) -> Vec<(String, crate::base::Instant)> {
    sitting.run().marks().map(|(name, at)| (name.to_owned(), at)).collect()
}

fn instant((events, at): (u64, crate::base::Instant)) -> String {
    let mut text = String::new();
    recording::position(&mut text, at, events);
    let _ = writeln!(text);
    text
}
