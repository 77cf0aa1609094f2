//! The files of journals: each is locked by the program that writes it, and one that nobody holds is an orphan.
//!
//! A lock is on the file, not on its name. Whoever gets one has to look whether the name still leads to that file: its
//! owner may have removed it, or put another in its place.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::base::Instant;
use crate::base::limits::SCRIPT_BYTES_MAX;
use crate::lab::language::parse::parse_script;
use crate::lab::language::statement::{Script, Statement, When};
use crate::tui::Unclosed;

use super::super::files;
use super::{BEGINS, SCENE};

/// How the name of a journal begins.
const STEM: &str = "journal-";
/// Journals in one folder: so many programs at once, killed ones included.
const SLOTS_MAX: u32 = 1_000;
/// What a sitting is called whose journal does not say it.
const NAMELESS: &str = "a sitting";

/// A journal's file, locked.
#[derive(Debug)]
pub(in crate::cli) struct Slot {
    file: File,
    path: PathBuf,
}

/// A journal that nobody held. It is locked as long as this lives.
#[derive(Debug)]
pub(in crate::cli) struct Orphan {
    slot: Slot,
    /// What it is about.
    pub(in crate::cli) about: Unclosed,
    /// What it says.
    pub(in crate::cli) script: Script,
}

/// What was found in the folder.
#[derive(Debug, Default)]
pub(in crate::cli) struct Found {
    /// Sittings that were not closed, oldest name first.
    pub(in crate::cli) orphans: Vec<Orphan>,
    /// Where damaged ones were put, with what is wrong.
    pub(in crate::cli) damaged: Vec<(PathBuf, String)>,
}

/// Looks for journals that nobody holds; empty ones are cleared away.
pub(in crate::cli) fn look(folder: &Path) -> io::Result<Found> {
    let mut found = Found::default();
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| is_journal(path))
        .collect();
    paths.sort();
    for path in paths {
        // Whatever goes wrong with one, as when its owner removes it now, it is left alone.
        let Ok(Some(slot)) = Slot::take(path) else { continue };
        match slot.read() {
            Ok((about, script)) if about.commands > 0 => found.orphans.push(Orphan { slot, about, script }),
            Ok(_) => slot.remove(),
            Err(wrong) => {
                let kept = slot.rename(folder, "damaged")?;
                found.damaged.push((kept, wrong));
            }
        }
    }
    Ok(found)
}

/// A journal of one's own.
pub(in crate::cli) fn claim(folder: &Path) -> io::Result<Slot> {
    for number in 1..=SLOTS_MAX {
        let path = folder.join(format!("{STEM}{number}.lab"));
        match OpenOptions::new().read(true).append(true).create_new(true).open(&path) {
            Ok(file) => {
                if let Some(slot) = Slot::lock(file, path)? {
                    return Ok(slot);
                }
                // Someone who looks for orphans has it for a moment.
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other(format!("there are {SLOTS_MAX} journals already; clear some away")))
}

fn is_journal(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.starts_with(STEM) && Path::new(name).extension().is_some_and(|extension| extension == "lab")
}

impl Slot {
    /// Opens a journal that is there, unless someone holds it.
    fn take(path: PathBuf) -> io::Result<Option<Self>> {
        let file = OpenOptions::new().read(true).append(true).open(&path)?;
        Self::lock(file, path)
    }

    fn lock(file: File, path: PathBuf) -> io::Result<Option<Self>> {
        match file.try_lock() {
            Ok(()) => Ok(is_at(&file, &path).then_some(Self { file, path })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Adds lines. They are the system's at once, so that a kill of this program cannot take them away.
    pub(super) fn append(&mut self, text: &str) -> io::Result<()> {
        self.file.write_all(text.as_bytes())
    }

    /// Puts another text in the place of the file. There is no instant at which neither is there, or unlocked.
    pub(super) fn replace(&mut self, text: &str) -> io::Result<()> {
        let fresh = files::beside(&self.path);
        let put = |fresh: &Path| {
            let _ = fs::remove_file(fresh);
            let mut file = OpenOptions::new().read(true).append(true).create_new(true).open(fresh)?;
            file.try_lock().map_err(io::Error::from)?;
            file.write_all(text.as_bytes())?;
            file.sync_data()?;
            fs::rename(fresh, &self.path)?;
            Ok(file)
        };
        let put: io::Result<File> = put(&fresh);
        if put.is_err() {
            let _ = fs::remove_file(&fresh);
        }
        self.file = put?;
        Ok(())
    }

    /// The file goes. That it is gone already, or cannot go, changes nothing for anybody: it is offered once more.
    pub(super) fn remove(self) {
        let _ = fs::remove_file(&self.path);
    }

    /// The file gets a name under which nobody takes it for a journal.
    fn rename(self, folder: &Path, stem: &str) -> io::Result<PathBuf> {
        let name = files::free_name(folder, stem)?;
        fs::rename(&self.path, &name)?;
        Ok(name)
    }

    fn read(&self) -> Result<(Unclosed, Script), String> {
        let text = files::text_of(&self.file, "a journal", SCRIPT_BYTES_MAX).map_err(|error| error.to_string())?;
        read(&text)
    }
}

impl Orphan {
    /// It is someone's sitting again, under another name, or no use any more.
    pub(in crate::cli) fn remove(self) {
        self.slot.remove();
    }

    /// Keeps it as a file of its own, and says where.
    pub(in crate::cli) fn set_aside(self, stem: &str) -> io::Result<PathBuf> {
        let folder = self.slot.path.parent().unwrap_or(Path::new(".")).to_owned();
        self.slot.rename(&folder, stem)
    }
}

/// What a journal is about, and what it says. A last line without an end was being written when the program was killed.
fn read(text: &str) -> Result<(Unclosed, Script), String> {
    let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
    let script = parse_script(whole).map_err(|errors| errors.first().map(ToString::to_string).unwrap_or_default())?;
    let noted =
        |what: &str| whole.lines().take_while(|line| line.starts_with('#')).find_map(|line| line.strip_prefix(what));
    let given: usize = noted(BEGINS).and_then(|number| number.parse().ok()).unwrap_or(0);
    let is_command = |statement: &Option<Statement>| matches!(statement, Some(Statement::World(_)));
    let commands = script.lines.iter().filter(|line| is_command(&line.statement)).count();
    let reached = script.lines.iter().rev().find_map(|line| match line.when {
        Some(When::At { instant, .. }) => Some(instant),
        _ => None,
    });
    let about = Unclosed {
        scene: noted(SCENE).unwrap_or(NAMELESS).to_owned(),
        commands: commands.saturating_sub(given),
        reached: reached.unwrap_or(Instant::ZERO),
    };
    Ok((about, script))
}

/// Whether a name still leads to a file.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let place = |data: fs::Metadata| (data.dev(), data.ino());
    let (Ok(own), Ok(named)) = (file.metadata(), fs::metadata(path)) else { return false };
    place(own) == place(named)
}

/// Where an open file cannot be removed, its name leads to it.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}
