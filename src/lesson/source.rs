//! The text of a lesson, cleaned where it enters, and errors that point into it.

use std::fmt;

use crate::base::shown::is_hidden;

/// The most bytes of a lesson: ten times what the limits of length allow.
pub const LESSON_BYTES_MAX: usize = 128 << 10;

/// What is wrong with a lesson, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonError {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// What was expected, what was found, and what to do.
    pub message: String,
}

impl fmt::Display for LessonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

impl std::error::Error for LessonError {}

/// A lesson's text without anything that a terminal would obey.
#[derive(Clone, Debug)]
pub struct Source {
    /// The name of its file, for errors.
    pub file: String,
    /// The text.
    pub text: String,
}

impl Source {
    /// Takes in a text; tabs become blanks, line ends `\n`, everything else that is hidden goes.
    pub fn new(file: &str, text: &str) -> Self {
        let mut text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
        if text.len() > LESSON_BYTES_MAX {
            let end = (0..=LESSON_BYTES_MAX).rev().find(|at| text.is_char_boundary(*at));
            text.truncate(end.unwrap_or(0));
        }
        let kept = |c: char| match c {
            '\n' => Some('\n'),
            '\t' => Some(' '),
            c => (!is_hidden(c)).then_some(c),
        };
        Self { file: clean(file), text: text.chars().filter_map(kept).collect() }
    }

    /// An error at a byte of the text.
    pub fn error(&self, at: usize, message: impl AsRef<str>) -> LessonError {
        let at = (0..=at.min(self.text.len())).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0);
        let before = &self.text[..at];
        let line = before.matches('\n').count() as u32 + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u32 + 1;
        LessonError { file: self.file.clone(), line, column, message: clean(message.as_ref()) }
    }
}

/// One line of text without hidden characters and line ends.
pub fn clean(text: &str) -> String {
    let visible = |c: char| if matches!(c, '\n' | '\t') { Some(' ') } else { (!is_hidden(c)).then_some(c) };
    text.chars().filter_map(visible).collect()
}

/// Text from a table of a lesson, cleaned: an escape sequence written as `\u001b` would pass the cleaning of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text(pub String);

impl<'de> serde::Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(clean(text.trim())))
    }
}

impl std::ops::Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How many words a text has.
pub fn words(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

/// A text in lines of at most `width` columns, broken at blanks; a word that is longer stands alone.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().expect("there is always a line");
        let columns = unicode_width::UnicodeWidthStr::width;
        if last.is_empty() {
            last.push_str(word);
        } else if columns(last.as_str()) + 1 + columns(word) <= width {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}
