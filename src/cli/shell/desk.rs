//! The desk: everything of a sitting that is on the disk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::base::limits::SCRIPT_BYTES_MAX;
use crate::lab::language::parse::parse_script;
use crate::lab::recording;
use crate::tui::{Answer, Message, Model, Tone, update};

use super::super::files;
use super::super::folders::Folders;
use super::super::journal::Journal;
use super::super::journal::slots::{self, Orphan};
use super::super::open;
use super::super::state::State;
use super::super::watched::Watched;
use crate::lesson::Progress;

/// Where files go, and the journal.
pub(in crate::cli) struct Desk {
    folders: Folders,
    /// None, if it cannot be written.
    journal: Option<Journal>,
    /// Sittings that were offered and wait for an answer.
    orphans: Vec<Orphan>,
    /// The file of the lesson that is played, if it has one.
    watched: Option<Watched>,
}

impl Desk {
    /// Begins a journal, and offers what was left by programs that were killed. What goes wrong is said, with what is
    /// to be said anyway.
    pub(in crate::cli) fn open(folders: Folders, model: &mut Model, offers: bool, notices: &mut Vec<String>) -> Self {
        let mut desk = Self { folders, journal: None, orphans: Vec::new(), watched: None };
        if let Err(error) = desk.begin_journal(model, offers, notices) {
            notices.push(format!("no journal is kept: {error}"));
        }
        match notices.as_slice() {
            [] => {}
            [only] => say(model, only.clone()),
            [first, rest @ ..] => say(model, format!("{first}; and {} more", rest.len())),
        }
        let unclosed: Vec<_> = desk.orphans.iter().map(|orphan| orphan.about.clone()).collect();
        model.offer(&unclosed);
        desk
    }

    fn begin_journal(&mut self, model: &Model, offers: bool, notices: &mut Vec<String>) -> Result<(), String> {
        let Some(folder) = self.folders.state.clone() else { return Err("there is no home folder".to_owned()) };
        let at = |error: io::Error| format!("{}: {error}", files::shown(&folder));
        fs::create_dir_all(&folder).map_err(at)?;
        if offers {
            let found = slots::look(&folder).map_err(at)?;
            for (kept, wrong) in found.damaged {
                notices.push(format!("a damaged journal was set aside as {}: {wrong}", files::shown(&kept)));
            }
            self.orphans = found.orphans;
        }
        let slot = slots::claim(&folder).map_err(at)?;
        let mut journal = Journal::begin(slot, &folder, model);
        journal.keep(model).map_err(at)?;
        self.journal = Some(journal);
        Ok(())
    }

    /// Keeps how far the learner is; what another program wrote about other lessons stays.
    pub(super) fn keep_progress(&self, progress: &Progress) -> Result<(), String> {
        let Some(id) = &progress.current else { return Ok(()) };
        let lesson = progress.lessons.get(id).cloned().unwrap_or_default();
        State::in_folder(self.folders.state.as_deref()).keep(id, &lesson)
    }

    /// The file of the lesson that is played and its text, if it was saved since the last look.
    pub(super) fn saved_lesson(&mut self, model: &Model) -> Option<(String, String)> {
        let file = model.lesson_file()?;
        if !self.watched.as_ref().is_some_and(|watched| watched.is_of(file)) {
            self.watched = Some(Watched::of(file));
        }
        self.watched.as_mut()?.fresh()
    }

    /// Brings the journal up to date.
    pub(super) fn keep(&mut self, model: &mut Model) {
        let kept = self.journal.as_mut().map_or(Ok(()), |journal| journal.keep(model));
        self.give_up_on(kept, model);
    }

    /// Notes in the journal how far time has come.
    pub(super) fn note(&mut self, model: &mut Model) {
        let noted = self.journal.as_mut().map_or(Ok(()), |journal| journal.note(model));
        self.give_up_on(noted, model);
    }

    /// A journal with a gap is worse than one that ends: it would be another sitting.
    fn give_up_on(&mut self, result: io::Result<()>, model: &mut Model) {
        let Err(error) = result else { return };
        self.journal = None;
        say(model, format!("the journal ends here: {error}; `:save FILE` keeps this sitting"));
    }

    /// Writes a script, and says how it went.
    pub(super) fn save(&self, model: &Model, path: &str, text: &str) -> (Tone, String) {
        let path = self.folders.typed(path);
        let name = files::shown(&path);
        match save(&path, text) {
            Ok(()) => {
                let commands = model.sitting().commands().len();
                let full = fs::canonicalize(&path).map_or(name, |path| files::shown(&path));
                if text.len() > SCRIPT_BYTES_MAX {
                    let said = format!(
                        "saved to {full}, but nothing will read it: a script has {SCRIPT_BYTES_MAX} bytes at most"
                    );
                    return (Tone::Unmet, said);
                }
                (Tone::Done, format!("saved {commands} commands to {full}"))
            }
            Err(error) => (Tone::Error, format!("cannot save to {name}: {error}")),
        }
    }

    /// Does what was chosen with the sittings that were not closed.
    pub(super) fn answer(&mut self, model: &mut Model, answer: Answer) -> (Tone, String) {
        let mut orphans = std::mem::take(&mut self.orphans);
        match answer {
            Answer::GoOn(index) if index < orphans.len() => self.go_on(model, orphans.swap_remove(index)),
            Answer::GoOn(_) => (Tone::Error, "that sitting is gone".to_owned()),
            Answer::Afresh => set_aside(orphans),
        }
    }

    fn go_on(&mut self, model: &mut Model, orphan: Orphan) -> (Tone, String) {
        let replay = match open::play(&orphan.script) {
            Ok(replay) => replay,
            Err(error) => {
                let kept = orphan.set_aside("damaged");
                return match kept {
                    Ok(kept) => (Tone::Error, format!("it cannot be played: {error}; kept as {}", files::shown(&kept))),
                    Err(other) => (Tone::Error, format!("it cannot be played: {error}; nor kept elsewhere: {other}")),
                };
            }
        };
        let (scene, own) = (orphan.about.scene.clone(), orphan.about.commands);
        model.open(&scene, replay.sitting);
        if let Some(journal) = &mut self.journal {
            journal.begin_anew(model, own);
        }
        self.keep(model);
        // It goes once all of it is in the journal of this program.
        if self.journal.is_some() {
            orphan.remove();
        }
        (Tone::Done, format!("this is where it was left; space lets time run. {own} commands"))
    }

    /// The person leaves: the sitting is kept as the last one, and the journal goes.
    pub(super) fn close(self, model: &Model) -> Result<Option<PathBuf>, String> {
        let Some(journal) = self.journal else { return Ok(None) };
        journal.close(model).map_err(|error| format!("the sitting could not be kept: {error}"))
    }

    /// The program is made to end: the journal stays for the next start.
    pub(super) fn leave(self, model: &Model) -> Result<Option<PathBuf>, String> {
        let Some(journal) = self.journal else { return Ok(None) };
        journal.leave(model).map(|()| None).map_err(|error| format!("the journal could not be written: {error}"))
    }
}

fn say(model: &mut Model, error: String) {
    update(model, Message::Said(Tone::Error, error));
}

fn set_aside(orphans: Vec<Orphan>) -> (Tone, String) {
    let mut kept = Vec::new();
    for orphan in orphans {
        match orphan.set_aside("unclosed") {
            Ok(path) => kept.push(files::shown(&path)),
            Err(error) => return (Tone::Error, format!("it stays a journal: {error}")),
        }
    }
    (Tone::Done, format!("kept as {}; `driftlab open FILE` shows it", kept.join(", ")))
}

/// Writes a script where there is none, or in the place of another one.
fn save(path: &Path, text: &str) -> Result<(), String> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error.to_string()),
        Ok(data) if data.is_dir() => return Err("it is a folder; name a file in it".to_owned()),
        Ok(data) if !data.is_file() => return Err("it is no ordinary file".to_owned()),
        Ok(_) if is_script(path) => {}
        Ok(_) => return Err("there is a file that is no driftlab script; choose another name".to_owned()),
    }
    files::write_at_once(path, text).map_err(|error| error.to_string())
}

/// Whether a file is a script that says something, or one that was saved here.
fn is_script(path: &Path) -> bool {
    let text = fs::File::open(path).and_then(|file| files::text_of(file, "a script", SCRIPT_BYTES_MAX));
    text.is_ok_and(|text| {
        text.starts_with(recording::HEADER) || parse_script(&text).is_ok_and(|script| !script.lines.is_empty())
    })
}
