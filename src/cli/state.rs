//! Where the program keeps what it knows about a learner: one readable file, written whole or not at all.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::lesson::progress::{LessonProgress, PROGRESS_BYTES_MAX, Progress, ProgressError};

use super::files;
use super::folders::Folders;
use super::output::visible;

/// The learner's progress and where it is kept.
#[derive(Debug)]
pub(super) struct State {
    /// Nothing is saved without one.
    file: Option<PathBuf>,
    pub(super) progress: Progress,
    /// What the learner has to know about the file.
    pub(super) notices: Vec<String>,
}

impl State {
    /// Reads the progress from the platform's state folder.
    pub(super) fn load() -> Self {
        Self::in_folder(Folders::find().state.as_deref())
    }

    /// Reads the progress from a folder.
    pub(super) fn in_folder(folder: Option<&Path>) -> Self {
        let file = folder.map(|folder| folder.join("progress.toml"));
        let mut state = Self { file, progress: Progress::default(), notices: Vec::new() };
        match state.read() {
            Ok(progress) => state.progress = progress,
            Err(notice) => state.notices.push(notice),
        }
        state
    }

    /// Keeps how far the learner is in one lesson; what another program wrote about the others stays.
    pub(super) fn keep(&mut self, id: &str, lesson: &LessonProgress) -> Result<(), String> {
        if let Ok(fresh) = self.read() {
            self.progress.lessons.extend(fresh.lessons.into_iter().filter(|(other, _)| other != id));
        }
        self.progress.lessons.insert(id.to_owned(), lesson.clone());
        self.progress.current = Some(id.to_owned());
        let Some(file) = &self.file else { return Ok(()) };
        let folder = file.parent().map_or(Ok(()), fs::create_dir_all);
        folder.and_then(|()| files::write_at_once(file, &self.progress.print())).map_err(|error| {
            format!("your progress cannot be saved in {}: {error}", visible(&file.display().to_string()))
        })
    }

    /// What the file says. One that makes no sense is set aside, and one that is too new is left alone.
    fn read(&mut self) -> Result<Progress, String> {
        let Some(file) = self.file.clone() else {
            return Err("there is no folder for your progress here, so it is not saved".to_owned());
        };
        let name = visible(&file.display().to_string());
        let text = match text_of(&file) {
            Ok(text) => text,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(Progress::default());
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => String::new(),
            Err(error) => {
                self.file = None;
                return Err(format!("cannot read {name}: {error}; your progress is not saved"));
            }
        };
        Progress::parse(&text).map_err(|error| match error {
            ProgressError::Newer(_) => {
                self.file = None;
                format!("{name}: {error}; your progress is not saved")
            }
            ProgressError::Damaged { .. } => match set_aside(&file) {
                Ok(aside) => {
                    let aside = visible(&aside.display().to_string());
                    format!("{name} makes no sense ({error}); it is kept as {aside}, and you begin anew")
                }
                Err(refusal) => {
                    self.file = None;
                    format!(
                        "{name} makes no sense ({error}) and cannot be set aside: {refusal}; your progress is not saved"
                    )
                }
            },
        })
    }
}

fn text_of(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    fs::File::open(file)?.take(PROGRESS_BYTES_MAX as u64 + 1).read_to_string(&mut text)?;
    Ok(text)
}

/// Gives a file the first free name beside it.
fn set_aside(file: &Path) -> io::Result<PathBuf> {
    let free = |number: &u32| !file.with_extension(format!("damaged-{number}.toml")).exists();
    let number = (1..1_000).find(free).ok_or_else(|| io::Error::other("too many are set aside already"))?;
    let aside = file.with_extension(format!("damaged-{number}.toml"));
    fs::rename(file, &aside)?;
    Ok(aside)
}
