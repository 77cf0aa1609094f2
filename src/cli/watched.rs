//! A lesson's file, looked at from time to time: whoever writes a lesson sees what was saved.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::lessons::text_of;

/// The file of a lesson, and when it was saved last.
#[derive(Debug)]
pub(super) struct Watched {
    file: PathBuf,
    /// None, if there is nothing to be seen.
    saved: Option<SystemTime>,
}

impl Watched {
    /// Watches a file from now on.
    pub(super) fn of(file: &str) -> Self {
        Self { file: PathBuf::from(file), saved: saved_at(Path::new(file)) }
    }

    /// Whether it watches this file.
    pub(super) fn is_of(&self, file: &str) -> bool {
        self.file == Path::new(file)
    }

    /// Its name and text, if it was saved since.
    pub(super) fn fresh(&mut self) -> Option<(String, String)> {
        self.saved?;
        let saved = saved_at(&self.file)?;
        if Some(saved) == self.saved {
            return None;
        }
        let text = text_of(&self.file).ok()?;
        self.saved = Some(saved);
        Some((self.file.display().to_string(), text))
    }
}

fn saved_at(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).ok()?.modified().ok()
}
