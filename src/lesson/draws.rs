//! What differs from seed to seed in a graded world besides chance: rows of values, put into its script for `$name`.
//!
//! ```text
//!   [[draw]]                        seed 1: $cut r1, $near r2, $long 5s
//!   cut  = ["r1", "r2"]             seed 2: $cut r2, $near r3, $long 5s
//!   near = ["r2", "r3"]             seed 3: $cut r1, $near r2, $long 9s
//!   [[draw]]                        seed 4: $cut r2, $near r3, $long 9s
//!   long = ["5s", "9s"]             seed 5: as seed 1
//! ```
//!
//! Lists of one table go together; tables multiply. So every combination is met equally often, and a witness shows plain
//! commands.

use std::collections::BTreeMap;

use crate::base::shown::shown;

use super::source::Text;

/// Combinations of one lesson.
const ROWS_MAX: usize = 64;

/// A table of lists that go together.
pub(super) type DrawTable = BTreeMap<String, Vec<Text>>;

/// What stands for each name under one seed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row(BTreeMap<String, String>);

/// All rows of these tables: one empty row if there are none.
///
/// # Errors
/// If lists of one table differ in length, a name is used twice or is none, or there are too many rows.
pub(super) fn rows(tables: &[DrawTable]) -> Result<Vec<Row>, String> {
    let mut rows = vec![Row::default()];
    for table in tables {
        let count = table.values().map(Vec::len).max().unwrap_or(0);
        if count == 0 || table.values().any(|list| list.len() != count) {
            return Err("expected lists of one length in a `draw`: what stands at one place goes together".to_owned());
        }
        if let Some(name) = table.keys().find(|name| !is_name(name) || rows[0].0.contains_key(*name)) {
            return Err(format!("expected a new name of a-z in a `draw`, found {}", shown(name)));
        }
        if rows.len() * count > ROWS_MAX {
            return Err(format!("expected at most {ROWS_MAX} combinations, found {}", rows.len() * count));
        }
        let multiplied = (0..count).flat_map(|place| rows.iter().map(move |row| row.with(table, place)));
        rows = multiplied.collect();
    }
    Ok(rows)
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase())
}

/// A line with its values in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Filled {
    pub(super) text: String,
    places: Vec<Place>,
}

/// Where a value stands, in characters from 0: in the line as it was written, and in the filled one.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    written: std::ops::Range<usize>,
    filled: std::ops::Range<usize>,
}

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Plain(&'a str),
    /// What stands behind a `$`.
    Name(&'a str),
}

impl Row {
    fn with(&self, table: &DrawTable, place: usize) -> Self {
        let mut row = self.clone();
        row.0.extend(table.iter().map(|(name, list)| (name.clone(), list[place].0.clone())));
        row
    }

    /// A name that a script does not use.
    pub(super) fn unused(&self, script: &str) -> Option<&str> {
        let used = pieces(script);
        self.0.keys().map(String::as_str).find(|name| !used.contains(&Piece::Name(name)))
    }

    /// A line with the values in it.
    ///
    /// # Errors
    /// The column, from 0, of a name that nothing stands for, and what to do.
    pub(super) fn fill(&self, line: &str) -> Result<Filled, (usize, String)> {
        let mut filled = Filled { text: String::new(), places: Vec::new() };
        let (mut from, mut to) = (0, 0);
        // Without a draw the language says what it thinks of a `$`.
        let pieces = if self.0.is_empty() { vec![Piece::Plain(line)] } else { pieces(line) };
        for piece in pieces {
            let (written, value) = match piece {
                Piece::Plain(text) => (text.chars().count(), text),
                Piece::Name(name) => {
                    let value = self.0.get(name).ok_or_else(|| (from, self.unknown(name)))?;
                    (1 + name.len(), value.as_str())
                }
            };
            let length = value.chars().count();
            if let Piece::Name(_) = piece {
                filled.places.push(Place { written: from..from + written, filled: to..to + length });
            }
            filled.text.push_str(value);
            (from, to) = (from + written, to + length);
        }
        Ok(filled)
    }

    fn unknown(&self, name: &str) -> String {
        let known: Vec<String> = self.0.keys().map(|name| format!("${name}")).collect();
        format!("expected {}, found {}", known.join(" or "), shown(&format!("${name}")))
    }
}

impl Filled {
    /// Where a column of the filled line stands in the line as it was written; within a value, where its name begins.
    pub(super) fn written(&self, column: usize) -> usize {
        match self.places.iter().rev().find(|place| place.filled.start <= column) {
            None => column,
            Some(place) if column < place.filled.end => place.written.start,
            Some(place) => place.written.end + (column - place.filled.end),
        }
    }
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut plain, mut at) = (0, 0);
    while let Some(sign) = text[at..].find('$').map(|offset| at + offset) {
        let rest = &text[sign + 1..];
        let length = rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len());
        at = sign + 1 + length;
        if length > 0 {
            pieces.extend([Piece::Plain(&text[plain..sign]), Piece::Name(&rest[..length])]);
            plain = at;
        }
    }
    pieces.push(Piece::Plain(&text[plain..]));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(lists: &[(&str, &[&str])]) -> DrawTable {
        let list = |values: &[&str]| values.iter().map(|value| Text((*value).to_owned())).collect();
        lists.iter().map(|(name, values)| ((*name).to_owned(), list(values))).collect()
    }

    #[test]
    fn lists_of_one_table_go_together_and_tables_multiply() {
        let tables =
            [table(&[("cut", &["r1", "r2"]), ("near", &["r2", "r3"])]), table(&[("long", &["5s", "9s", "1m"])])];
        let rows = rows(&tables).unwrap();
        let filled: Vec<String> = rows.iter().map(|row| row.fill("$cut $near $long").unwrap().text).collect();
        assert_eq!(filled, ["r1 r2 5s", "r2 r3 5s", "r1 r2 9s", "r2 r3 9s", "r1 r2 1m", "r2 r3 1m"]);
        assert_eq!(super::rows(&[]).unwrap(), [Row::default()]);
    }

    #[test]
    fn a_draw_that_makes_no_sense_is_refused() {
        let many: Vec<&str> = vec!["r1"; 9];
        let refusal = |tables: &[DrawTable]| rows(tables).unwrap_err();
        assert!(refusal(&[table(&[("cut", &["r1", "r2"]), ("near", &["r2"])])]).contains("one length"));
        assert!(refusal(&[table(&[("cut", &[])])]).contains("one length"));
        assert!(refusal(&[table(&[("cut", &["r1"])]), table(&[("cut", &["r2"])])]).contains("found \"cut\""));
        assert!(refusal(&[table(&[("Cut", &["r1"])])]).contains("found \"Cut\""));
        let refused = refusal(&[table(&[("a", &many)]), table(&[("b", &many)])]);
        assert_eq!(refused, "expected at most 64 combinations, found 81");
    }

    #[test]
    fn a_name_that_nothing_stands_for_is_said_with_its_column() {
        let row = rows(&[table(&[("cut", &["r1"])])]).unwrap().remove(0);
        assert_eq!(row.fill("at 1s isolate $who"), Err((14, "expected $cut, found \"$who\"".to_owned())));
        assert_eq!(row.fill("$ $1 $cut").unwrap().text, "$ $1 r1");
        assert_eq!((row.unused("isolate $cut"), row.unused("isolate $cutter")), (None, Some("cut")));
    }

    #[test]
    fn a_column_is_found_again_in_what_was_written() {
        let row = rows(&[table(&[("cut", &["r1"]), ("long", &["1000ms"])])]).unwrap().remove(0);
        let filled = row.fill("run $long isolate $cut now").unwrap();
        assert_eq!(filled.text, "run 1000ms isolate r1 now");
        let written: Vec<usize> = [0, 4, 9, 10, 11, 19, 22].into_iter().map(|column| filled.written(column)).collect();
        assert_eq!(written, [0, 4, 4, 9, 10, 18, 23]);
    }
}
