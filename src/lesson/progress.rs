//! How far a learner is: one readable TOML text, versioned. Whoever has files keeps it in one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::source::clean;

/// The version that is written, and the newest that is read.
pub const VERSION: u32 = 1;
/// The most bytes of a progress file.
pub const PROGRESS_BYTES_MAX: usize = 1 << 20;

/// All that is known about a learner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    version: u32,
    /// The lesson to continue with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// By the ids of lessons; those that this program does not know are kept.
    #[serde(default)]
    pub lessons: BTreeMap<String, LessonProgress>,
}

impl Default for Progress {
    fn default() -> Self {
        Self { version: VERSION, current: None, lessons: BTreeMap::new() }
    }
}

/// How far a learner is in one lesson.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LessonProgress {
    /// How it stands.
    pub standing: Standing,
    /// The step to go on with, by its name; empty at the beginning.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub step: String,
    /// Hints that were asked for.
    pub hints: u32,
    /// Fixes that were tried.
    pub attempts: u32,
    /// Time spent, in seconds of the learner's own time.
    #[serde(skip_serializing_if = "is_nothing")]
    pub seconds: u32,
    /// Whether the solution was looked up: it is then found no more, until a reset.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub shown: bool,
    /// For each question that was answered, whether the prediction was right.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub predictions: BTreeMap<String, bool>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_nothing(seconds: &u32) -> bool {
    *seconds == 0
}

/// How a lesson stands, from nothing to all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Never opened.
    #[default]
    New,
    /// Left out on purpose.
    Skipped,
    /// Begun.
    Started,
    /// Its solution was looked up.
    Shown,
    /// Its fix was found without the lesson.
    TestedOut,
    /// Its fix was found.
    Solved,
}

impl Standing {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Skipped => "skipped",
            Self::Started => "started",
            Self::Shown => "shown",
            Self::TestedOut => "tested out",
            Self::Solved => "solved",
        }
    }

    /// Whether the lesson is behind the learner.
    pub fn is_done(self) -> bool {
        self >= Self::Shown
    }
}

impl LessonProgress {
    /// Leaves the lesson out; what was solved stays so.
    pub fn leave_out(&mut self) {
        if !self.standing.is_done() {
            self.standing = Standing::Skipped;
        }
        self.step.clear();
    }

    /// Raises the standing; it falls only by a reset, or when a lesson that was begun is left out.
    pub fn reach(&mut self, standing: Standing) {
        self.standing = self.standing.max(standing);
    }
}

/// Why a progress text cannot be used. It is to be set aside, never overwritten.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProgressError {
    /// It makes no sense.
    #[error("line {line}: {message}")]
    Damaged {
        /// Where.
        line: u32,
        /// Why.
        message: String,
    },
    /// A newer program wrote it.
    #[error("it has version {0}, and this program reads up to version {VERSION}; use the newer program")]
    Newer(u32),
}

impl Progress {
    /// Reads a text.
    ///
    /// # Errors
    /// If it is damaged, or newer than this program.
    pub fn parse(text: &str) -> Result<Self, ProgressError> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let damaged = |error: &toml::de::Error| {
            let before = text.get(..error.span().map_or(0, |span| span.start)).unwrap_or_default();
            ProgressError::Damaged { line: before.matches('\n').count() as u32 + 1, message: clean(error.message()) }
        };
        if text.len() > PROGRESS_BYTES_MAX {
            let message = format!("expected at most {PROGRESS_BYTES_MAX} bytes, found {}", text.len());
            return Err(ProgressError::Damaged { line: 1, message });
        }
        let Versioned { version } = toml::from_str(text).map_err(|error| damaged(&error))?;
        if version > VERSION {
            return Err(ProgressError::Newer(version));
        }
        let read: Self = toml::from_str(text).map_err(|error| damaged(&error))?;
        let lessons = read.lessons.into_iter().map(|(id, lesson)| {
            let lesson = LessonProgress { step: clean(&lesson.step), ..lesson };
            (clean(&id), lesson)
        });
        Ok(Self { version: VERSION, current: read.current.as_deref().map(clean), lessons: lessons.collect() })
    }

    /// Writes it, readable.
    pub fn print(&self) -> String {
        let body = toml::to_string(self).expect("numbers, words and tables can be written as TOML");
        format!(
            "# How far you are in driftlab's course. You may edit it; a file that makes no sense is set aside.\n{body}"
        )
    }

    /// How a lesson stands.
    pub fn standing(&self, id: &str) -> Standing {
        self.lessons.get(id).map_or(Standing::New, |lesson| lesson.standing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_the_same() {
        let mut progress = Progress { current: Some("the-tour".to_owned()), ..Progress::default() };
        let mut lesson = LessonProgress { hints: 2, attempts: 3, step: "fix".to_owned(), ..LessonProgress::default() };
        lesson.reach(Standing::Solved);
        lesson.reach(Standing::Started);
        lesson.predictions.insert("predict".to_owned(), false);
        progress.lessons.insert("the-tour".to_owned(), lesson);
        assert_eq!(Progress::parse(&progress.print()), Ok(progress.clone()));
        assert_eq!(progress.standing("the-tour"), Standing::Solved);
    }

    #[test]
    fn a_newer_file_is_not_read_as_an_old_one() {
        assert_eq!(Progress::parse("version = 2\nstars = 5"), Err(ProgressError::Newer(2)));
        assert!(matches!(Progress::parse("lessons = 3"), Err(ProgressError::Damaged { line: 1, .. })));
    }
}
