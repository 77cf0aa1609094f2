//! The config file, from its text: what it says, and where it is wrong. A wrong part never spoils the others.
//!
//! ```toml
//! theme = "light"
//! mouse = false
//!
//! [keys]
//! undo = "U"
//! step = [".", ","]
//! ```

use std::fmt::Write;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::base::shown::shown;
use crate::lab::language::noun::nearest;

use super::glyphs::Signs;
use super::keys::{Group, KEYS, Key, KeyError, Keymap};
use super::model::Motion;
use super::text;
use super::theme::Theme;

/// What a config file says; what it leaves open, or says wrongly, is `None` or as in the table of keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The colours.
    pub theme: Option<Theme>,
    /// The signs that the terminal's font has.
    pub signs: Option<Signs>,
    /// How much moves.
    pub motion: Option<Motion>,
    /// Whether the mouse acts.
    pub mouse: Option<bool>,
    /// The keys.
    pub keymap: Keymap,
}

/// What is wrong with a config file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct ConfigError {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What was expected, and what to do.
    pub message: String,
}

/// The settings beside `[keys]`: name, the values that it takes, what it is.
const SETTINGS: [(&str, &[&str], &str); 4] = [
    ("theme", &["dark", "light", "safe", "mono"], "colours; safe is for all colour vision, mono has none"),
    ("signs", &["braille", "blocks", "dots", "ascii"], "what the terminal's font has"),
    ("motion", &["full", "reduced"], "how much moves by itself"),
    ("mouse", &["true", "false"], "whether the mouse acts, or is left to the terminal"),
];
/// The table of keys.
const KEYS_NAME: &str = "keys";

/// Reads a config file. All errors, in the order of their places.
pub fn parse(text: &str) -> (Config, Vec<ConfigError>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (table, syntax) = DeTable::parse_recoverable(text);
    let mut reader = Reader { found: Vec::new() };
    for error in syntax {
        let end = text.len();
        reader.complain(error.span().unwrap_or(end..end), text::clean(error.message()));
    }
    let config = reader.config(table.get_ref());
    (config, located(text, reader.found))
}

/// Errors with lines and columns.
fn located(text: &str, mut found: Vec<(Range<usize>, String)>) -> Vec<ConfigError> {
    found.sort_by_key(|(span, _)| span.start);
    let at = |(span, message): (Range<usize>, String)| {
        let before = text.get(..span.start).unwrap_or(text);
        let line = before.rsplit_once('\n').map_or(before, |(_, line)| line);
        ConfigError { line: before.matches('\n').count() + 1, column: line.chars().count() + 1, message }
    };
    found.into_iter().map(at).collect()
}

struct Reader {
    found: Vec<(Range<usize>, String)>,
}

impl Reader {
    fn complain(&mut self, span: Range<usize>, message: String) {
        self.found.push((span, message));
    }

    fn config(&mut self, table: &DeTable<'_>) -> Config {
        let mut config = Config::default();
        for (name, value) in table {
            match name.get_ref().as_ref() {
                "theme" => config.theme = self.one_of(value, &Theme::ALL),
                "signs" => config.signs = self.one_of(value, &Signs::ALL),
                "motion" => config.motion = self.one_of(value, &Motion::ALL),
                "mouse" => config.mouse = self.truth(value),
                KEYS_NAME => config.keymap = self.keymap(value),
                other if KEYS.iter().any(|row| row.name == other) => {
                    self.complain(name.span(), format!("`{other}` is a key, and keys stand below a line [keys]"));
                }
                other => {
                    let names = SETTINGS.iter().map(|(name, ..)| *name).chain([KEYS_NAME]);
                    self.complain(name.span(), unknown("one of theme, signs, motion, mouse and [keys]", other, names));
                }
            }
        }
        config
    }

    fn one_of<T: Copy>(&mut self, value: &Spanned<DeValue<'_>>, all: &[(T, &'static str)]) -> Option<T> {
        let names: Vec<String> = all.iter().map(|(_, name)| format!("\"{name}\"")).collect();
        let expected = format!("one of {}", names.join(", "));
        let Some(word) = value.get_ref().as_str() else {
            self.complain(value.span(), format!("expected {expected}, found {}", kind(value.get_ref())));
            return None;
        };
        let found = all.iter().find(|(_, name)| *name == word).map(|(found, _)| *found);
        if found.is_none() {
            self.complain(value.span(), unknown(&expected, word, all.iter().map(|(_, name)| *name)));
        }
        found
    }

    fn truth(&mut self, value: &Spanned<DeValue<'_>>) -> Option<bool> {
        let found = value.get_ref().as_bool();
        if found.is_none() {
            self.complain(value.span(), format!("expected true or false, found {}", kind(value.get_ref())));
        }
        found
    }

    fn keymap(&mut self, value: &Spanned<DeValue<'_>>) -> Keymap {
        let Some(table) = value.get_ref().as_table() else {
            self.complain(value.span(), format!("expected a table [keys], found {}", kind(value.get_ref())));
            return Keymap::default();
        };
        // What was changed, with its place, for conflicts that show up when all rows have their keys.
        let mut changed: Vec<(&str, Vec<String>, Range<usize>)> = Vec::new();
        for (name, value) in table {
            let Some(row) = KEYS.iter().find(|row| row.name == name.get_ref().as_ref()) else {
                let names = KEYS.iter().map(|row| row.name);
                let expected = "the name of a key as `driftlab config` lists them";
                self.complain(name.span(), unknown(expected, name.get_ref(), names));
                continue;
            };
            let Some(keys) = self.keys(value) else { continue };
            match rebound(&mut Keymap::default(), row.name, &keys) {
                Ok(()) => changed.push((row.name, keys, value.span())),
                Err(error) => self.complain(value.span(), error.to_string()),
            }
        }
        self.without_conflicts(changed)
    }

    /// The keys of a row: one, or a list.
    fn keys(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Vec<String>> {
        let values = match value.get_ref() {
            DeValue::String(_) => std::slice::from_ref(value),
            DeValue::Array(values) => values.as_ref(),
            other => {
                self.complain(value.span(), format!("expected a key such as \"U\", or a list, found {}", kind(other)));
                return None;
            }
        };
        let mut keys = Vec::new();
        for value in values {
            let Some(key) = value.get_ref().as_str() else {
                let found = kind(value.get_ref());
                self.complain(value.span(), format!("expected a key such as \"U\", found {found}"));
                return None;
            };
            if let Err(error) = key.parse::<Key>() {
                self.complain(value.span(), error.to_string());
                return None;
            }
            keys.push(key.to_owned());
        }
        Some(keys)
    }

    /// The keys with those changes that collide with nothing: of two rows that want a key, one that was changed keeps
    /// what it had.
    fn without_conflicts(&mut self, mut changed: Vec<(&str, Vec<String>, Range<usize>)>) -> Keymap {
        loop {
            let mut map = Keymap::default();
            for (name, keys, _) in &changed {
                rebound(&mut map, name, keys).expect("each of them was tried");
            }
            let Err(error) = map.check() else { return map };
            let place = match &error {
                KeyError::Conflict { first, second, .. } => {
                    let of = |row: &str| changed.iter().position(|(name, ..)| *name == row);
                    of(second).or_else(|| of(first))
                }
                _ => None,
            };
            let Some(place) = place else { return Keymap::default() };
            let (_, _, span) = changed.remove(place);
            self.complain(span, error.to_string());
        }
    }
}

/// Gives a row its keys; Ctrl-C leaves from everywhere and is no key for anything else.
fn rebound(map: &mut Keymap, name: &str, keys: &[String]) -> Result<(), KeyError> {
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    if let Some(key) = keys.iter().find(|key| key.eq_ignore_ascii_case("ctrl-c")) {
        return Err(KeyError::Conflict { key: (*key).to_owned(), first: "quit", second: row_name(name) });
    }
    map.rebind(name, &keys)
}

fn row_name(name: &str) -> &'static str {
    KEYS.iter().find(|row| row.name == name).map_or("", |row| row.name)
}

fn unknown<'a>(expected: &str, found: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let near = nearest(found, names).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
    format!("expected {expected}, found {}{near}", shown(found))
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A config file that says what holds without one, every setting commented out. `[keys]` is not: who takes the # from a
/// key alone means it to stand there.
pub fn example() -> String {
    let mut text =
        String::from("# How driftlab looks, and its keys. Take away a # to change what stands behind it.\n\n");
    for (name, values, about) in SETTINGS {
        let quoted = |value: &&str| if name == "mouse" { (*value).to_owned() } else { format!("\"{value}\"") };
        let all: Vec<String> = values.iter().map(quoted).collect();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "# {about}: {}\n#{name} = {}\n", all.join(", "), all[0]);
    }
    let _ = writeln!(text, "# Keys: a letter or a sign, or {}.", Key::named().join(", "));
    let _ = writeln!(text, "# Ctrl-C always leaves, Ctrl-Z always stops.\n[keys]");
    let map = Keymap::default();
    let longest = KEYS.iter().map(|row| row.name.len()).max().unwrap_or(0);
    for (group, heading) in Group::ALL {
        let _ = writeln!(text, "\n# {heading}");
        for row in KEYS.iter().filter(|row| row.group == group) {
            let keys: Vec<String> = map.keys(row).iter().map(|key| quoted(&key.written())).collect();
            let keys = if let [key] = keys.as_slice() { key.clone() } else { format!("[{}]", keys.join(", ")) };
            let _ = writeln!(text, "#{:<longest$} = {keys}  # {}", row.name, row.summary);
        }
    }
    text
}

fn quoted(key: &str) -> String {
    format!("\"{}\"", key.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keys::Action;

    fn errors(text: &str) -> Vec<String> {
        parse(text).1.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_example_says_what_holds_anyway() {
        let example = example();
        assert_eq!(parse(&example), (Config::default(), Vec::new()));
        let is_setting = |line: &str| line.starts_with('#') && !line.starts_with("# ");
        let bare: Vec<&str> = example.lines().map(|line| if is_setting(line) { &line[1..] } else { line }).collect();
        let (config, errors) = parse(&bare.join("\n"));
        assert_eq!(errors, []);
        assert_eq!(config.keymap, Keymap::default());
        let first = (config.theme, config.signs, config.motion, config.mouse);
        assert_eq!(first, (Some(Theme::Dark), Some(Signs::Braille), Some(Motion::Full), Some(true)));
        assert!(KEYS.iter().all(|row| bare.iter().any(|line| line.split(' ').next() == Some(row.name))));
    }

    #[test]
    fn settings_have_the_names_of_their_tables() {
        let names = |index: usize| SETTINGS[index].1.to_vec();
        assert_eq!(names(0), Theme::ALL.map(|(_, name)| name));
        assert_eq!(names(1), Signs::ALL.map(|(_, name)| name));
        assert_eq!(names(2), Motion::ALL.map(|(_, name)| name));
    }

    #[test]
    fn what_is_wrong_is_located_and_the_rest_holds() {
        let text = "theme = \"ligth\"\nmouse = false\n[keys]\nundo = \"U\"\nundoo = \"x\"\n";
        let (config, errors) = parse(text);
        assert_eq!((config.theme, config.mouse), (None, Some(false)));
        let undo = KEYS.iter().find(|row| row.name == "undo").unwrap();
        assert_eq!(config.keymap.shown(undo), "U");
        let places: Vec<_> = errors.iter().map(|error| (error.line, error.column)).collect();
        assert_eq!(places, [(1, 9), (5, 1)]);
        assert!(errors[0].message.ends_with("found \"ligth\"; did you mean light?"), "{}", errors[0]);
        assert!(errors[1].message.ends_with("did you mean undo?"), "{}", errors[1]);
    }

    #[test]
    fn keys_that_collide_are_left_as_they_were() {
        let (config, found) = parse("[keys]\ngo = \"p\"\nundo = \"U\"\n");
        assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2:6: p is both `go` and `partition`"]);
        assert_eq!((config.keymap.of(Action::GoTo), config.keymap.of(Action::Undo)), ("g".into(), "U".into()));
        assert_eq!(errors("[keys]\ngo = \"p\"\npartition = \"g\"\n"), [""; 0]);
        assert_eq!(errors("[keys]\ngo = \"Ctrl-c\"\n").len(), 1);
        assert_eq!(errors("[keys]\ngo = \"Ctrl-z\"\n").len(), 1);
    }

    #[test]
    fn kinds_and_counts_are_checked() {
        for (text, place) in [
            ("theme = 3", "1:9"),
            ("mouse = \"yes\"", "1:9"),
            ("keys = 1", "1:8"),
            ("[keys]\nstep = \".\"", "2:8"),
            ("[keys]\nstep = [\".\", 1]", "2:14"),
            ("[keys]\nstep = [\".\", \"xx\"]", "2:14"),
            ("colour = 1", "1:1"),
            ("undo = \"U\"", "1:1"),
            ("theme = \n", "1:9"),
        ] {
            let found = errors(text);
            assert!(found.iter().any(|error| error.starts_with(&format!("{place}: "))), "{text:?}: {found:?}");
        }
    }
}
