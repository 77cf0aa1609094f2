//! The tables of a lesson as they are written: its head, and what stands in its fences.

use serde::Deserialize;
use toml::Spanned;

use super::draws::DrawTable;
use super::model::Status;
use super::source::{LessonError, Source, Text};

/// The head, between two lines `+++`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeadTable {
    pub(super) id: Spanned<Text>,
    pub(super) title: Text,
    pub(super) part: u8,
    pub(super) minutes: u16,
    pub(super) status: Status,
    pub(super) needs: Vec<Spanned<Text>>,
    pub(super) idea: Text,
    pub(super) misconceptions: Vec<u8>,
    pub(super) operation: Spanned<Text>,
    pub(super) claim: ClaimTable,
    #[serde(default)]
    pub(super) budgets: Vec<BudgetTable>,
    pub(super) weak: Vec<Spanned<String>>,
    pub(super) fix: Vec<Spanned<String>>,
    pub(super) seeds: u32,
    pub(super) allows: Vec<Spanned<Text>>,
    #[serde(default)]
    pub(super) forbids: Vec<Spanned<Text>>,
    #[serde(default)]
    pub(super) sources: Vec<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClaimTable {
    pub(super) text: Text,
    pub(super) expect: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BudgetTable {
    pub(super) id: Spanned<Text>,
    pub(super) text: Text,
    pub(super) expect: Spanned<String>,
}

/// ```` ```options ````
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuestionTable {
    pub(super) world: Spanned<String>,
    #[serde(default, rename = "option")]
    pub(super) options: Vec<OptionTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OptionTable {
    pub(super) text: Spanned<Text>,
    pub(super) expect: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) varies: bool,
    pub(super) belief: Text,
    pub(super) reply: Text,
}

/// ```` ```do ````
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TasksTable {
    #[serde(default, rename = "task")]
    pub(super) tasks: Vec<TaskTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskTable {
    pub(super) say: Text,
    #[serde(rename = "type")]
    pub(super) line: Spanned<String>,
    pub(super) done: Option<Spanned<String>>,
}

/// ```` ```record ````
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordTable {
    pub(super) measure: Spanned<String>,
}

/// ```` ```fix ````
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MendTable {
    pub(super) before: Spanned<String>,
    pub(super) after: Spanned<String>,
    #[serde(default, rename = "draw")]
    pub(super) draws: Vec<Spanned<DrawTable>>,
    pub(super) hints: Vec<Text>,
    #[serde(default)]
    pub(super) leftovers: Vec<Vec<Spanned<String>>>,
    #[serde(default, rename = "near-miss")]
    pub(super) near_misses: Vec<NearMissTable>,
    #[serde(default, rename = "alternative")]
    pub(super) alternatives: Vec<AlternativeTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NearMissTable {
    pub(super) commands: Vec<Spanned<String>>,
    pub(super) fails: Spanned<OneOrMore>,
    pub(super) reply: Text,
}

/// A goal, or some.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMore {
    One(Text),
    More(Vec<Text>),
}

impl OneOrMore {
    /// All of them.
    pub(super) fn all(&self) -> &[Text] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::More(more) => more,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AlternativeTable {
    pub(super) commands: Vec<Spanned<String>>,
}

/// Reads a table that stands at these bytes of a lesson.
pub(super) fn read<T: serde::de::DeserializeOwned>(
    source: &Source,
    body: std::ops::Range<usize>,
) -> Result<T, LessonError> {
    let start = body.start;
    toml::from_str(&source.text[body]).map_err(|error| {
        let at = start + error.span().map_or(0, |span| span.start);
        source.error(at, format!("expected a TOML table: {}", error.message()))
    })
}

/// Where the text of a value begins, behind its quotes.
pub(super) fn inside(source: &Source, base: usize, value: &Spanned<String>) -> usize {
    let at = base + value.span().start;
    let raw = source.text.get(at..base + value.span().end).unwrap_or_default();
    for quotes in ["'''\n", "\"\"\"\n", "'''", "\"\"\"", "'", "\""] {
        if raw.starts_with(quotes) {
            return at + quotes.len();
        }
    }
    at
}
