//! The keys: one table. Hints at the bottom, help, the README's list and the dispatch are all made from it, and it is
//! held against conflicts, also after a config file has changed it.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::panes::PaneId;

/// What a key does while no palette, list or help is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the table says it")]
pub enum Action {
    RunOrPause,
    StepOn,
    StepBack,
    SecondOn,
    SecondBack,
    PreviousViolation,
    NextViolation,
    Faster,
    Slower,
    GoTo,
    Undo,
    Branches,
    Partition,
    Isolate,
    Heal,
    HealAll,
    Crash,
    Stall,
    Clock,
    Link,
    Operate,
    Load,
    Bind,
    Why,
    Next,
    Hint,
    Ways,
    Lessons,
    Pane(PaneId),
    NextPane,
    PreviousPane,
    Move(Direction),
    Zoom,
    Find,
    Mouse,
    Palette,
    Help,
    Suspend,
    Quit,
}

/// Where an arrow points, and what else a pane understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Direction {
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    Enter,
    Escape,
}

/// Where help lists a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Group {
    Time,
    Faults,
    Acts,
    Course,
    Screen,
}

impl Group {
    /// All groups with their headings.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Time, "Time"),
        (Self::Faults, "Faults"),
        (Self::Acts, "Acts"),
        (Self::Course, "Course"),
        (Self::Screen, "Screen"),
    ];
}

/// A key: a code, and whether Control is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its code.
    pub code: KeyCode,
    /// Whether Control is held.
    pub control: bool,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct KeyRow {
    /// How a config file calls it.
    pub name: &'static str,
    /// The keys that help shows, and a config file can change.
    pub keys: &'static [(Key, Action)],
    /// More keys for the same, which are not shown: where a keyboard has them without Shift.
    pub aliases: &'static [(Key, Action)],
    /// Where help lists them.
    pub group: Group,
    /// How the bottom line writes it, if it has room: how soon (the smaller, the sooner), how many of the keys, a word.
    pub hint: Option<(u8, usize, &'static str)>,
    /// One line for help.
    pub summary: &'static str,
}

const fn key(code: KeyCode) -> Key {
    Key { code, control: false }
}

macro_rules! rows {
    ($($group:ident $name:literal [$($code:expr => $action:expr),* $(,)?] $(or [$($alias:expr => $also:expr),*])? hint $hint:expr,
        $summary:literal;)*) => {
        &[$(KeyRow {
            name: $name,
            keys: &[$((key($code), $action)),*],
            aliases: &[$($((key($alias), $also)),*)?],
            group: Group::$group,
            hint: $hint,
            summary: $summary,
        }),*]
    };
}

use Action as A;
use Direction as D;
use KeyCode::{BackTab, Char, Down, End, Enter, Esc, Home, Left, PageDown, PageUp, Right, Tab, Up};
use PaneId as P;

/// All keys, in the order of help. `Ctrl-Z` and `Ctrl-C` are no letters: the first stands apart, the second leaves from
/// everywhere.
pub const KEYS: &[KeyRow] = rows! {
    Time "run" [Char(' ') => A::RunOrPause] hint Some((0, 1, "run")), "run or pause";
    Time "step" [Char('.') => A::StepOn, Char(',') => A::StepBack] hint Some((4, 1, "step")), "one event on, one event back";
    Time "second" [Char('<') => A::SecondBack, Char('>') => A::SecondOn] hint Some((9, 1, "back 1s")), "one second back, one second on";
    Time "violation" [PageUp => A::PreviousViolation, PageDown => A::NextViolation] hint None, "to the violation before, to the next";
    Time "speed" [Char('+') => A::Faster, Char('-') => A::Slower] or [Char('=') => A::Faster, Char('_') => A::Slower]
        hint Some((10, 2, "speed")), "faster, slower: 0.05× to 64×";
    Time "go" [Char('g') => A::GoTo] hint None, "go to an instant, back or on";
    Time "undo" [Char('u') => A::Undo] hint Some((11, 1, "undo")), "take back the last command, and go back to it";
    Time "branches" [Char('B') => A::Branches] hint None, "the branches that were left, and back to one";
    Faults "partition" [Char('p') => A::Partition] hint Some((2, 1, "partition")), "cut the network";
    Faults "isolate" [Char('i') => A::Isolate] hint None, "isolate the selected replica";
    Faults "heal" [Char('h') => A::Heal, Char('H') => A::HealAll] hint Some((3, 1, "heal")), "heal links; heal, restart and resume all";
    Faults "crash" [Char('c') => A::Crash] hint Some((13, 1, "crash")), "crash, restart or promote the selected replica";
    Faults "stall" [Char('s') => A::Stall] hint None, "stall a replica or a client, or slow one down";
    Faults "clock" [Char('k') => A::Clock] hint Some((12, 1, "clock")), "skew the clock of the selected replica";
    Faults "link" [Char('l') => A::Link] hint None, "lose, slow, double, reorder or narrow what a link carries";
    Acts "operate" [Char('o') => A::Operate] hint Some((1, 1, "operate")), "begin an operation of a client";
    Acts "load" [Char('w') => A::Load] hint Some((14, 1, "load")), "start or stop a workload";
    Acts "bind" [Char('b') => A::Bind] hint None, "bind an operation type to a level, or a service to a resolver";
    Acts "why" [Char('v') => A::Why] hint Some((8, 1, "why")), "why a promise was broken, or a read was stale";
    Course "next" [Char('n') => A::Next] hint None, "read on, then the lesson's next step or the next thing to do";
    Course "hint" [Char('t') => A::Hint] hint None, "a hint";
    Course "ways" [Char('j') => A::Ways] hint None, "jump to a step of the lesson, test out, skip, begin again, leave";
    Course "lessons" [Char('L') => A::Lessons] hint None, "all lessons";
    Screen "panes" [
        Char('1') => A::Pane(P::Map), Char('2') => A::Pane(P::Data), Char('3') => A::Pane(P::Timeline),
        Char('4') => A::Pane(P::Lag), Char('5') => A::Pane(P::Policies), Char('6') => A::Pane(P::Clocks),
        Char('8') => A::Pane(P::Phones), Char('9') => A::Pane(P::Log), Char('0') => A::Pane(P::Verdicts),
    ] hint None, "go to a pane";
    Screen "roles" [Char('r') => A::Pane(P::Roles)] hint None, "go to roles: who leads, in which term or epoch, and the logs";
    Screen "next-pane" [Tab => A::NextPane, BackTab => A::PreviousPane] hint None, "next pane, pane before";
    Screen "move" [
        Up => A::Move(D::Up), Down => A::Move(D::Down), Left => A::Move(D::Left), Right => A::Move(D::Right),
        Home => A::Move(D::Home), End => A::Move(D::End), Enter => A::Move(D::Enter), Esc => A::Move(D::Escape),
    ] hint None, "choose inside a pane; Enter acts on what is chosen";
    Screen "page" [Char('[') => A::Move(D::PageUp), Char(']') => A::Move(D::PageDown)] hint None, "a page up, a page down";
    Screen "zoom" [Char('z') => A::Zoom] hint None, "give the pane the whole stage, and back";
    Screen "find" [Char('/') => A::Find] hint None, "find a text in the log";
    Screen "mouse" [Char('m') => A::Mouse] hint None, "let the mouse act, or leave it to the terminal";
    Screen "command" [Char(':') => A::Palette] hint Some((5, 1, "command")), "type a command; Tab completes";
    Screen "help" [Char('?') => A::Help] hint Some((6, 1, "help")), "this help; `:help NAME` explains one command";
    Screen "quit" [Char('q') => A::Quit] hint Some((7, 1, "quit")), "quit; Ctrl-C as well";
};

/// What stops the program until the shell brings it back.
const SUSPEND: Key = Key { code: Char('z'), control: true };

/// Hints while the palette is open.
pub(crate) const PALETTE_HINTS: &[(&str, &str)] =
    &[("Enter", "do it"), ("Tab", "complete"), ("↑ ↓", "earlier lines"), ("Esc", "close")];
/// Hints while a list is open.
pub(crate) const CHOOSER_HINTS: &[(&str, &str)] =
    &[("↑ ↓", "choose"), ("Enter", "do it"), ("letters", "filter"), ("Esc", "close")];
/// Hints while the operations are open.
pub(crate) const OPERATE_HINTS: &[(&str, &str)] =
    &[("↑ ↓", "choose"), ("← →", "client"), ("Enter", "do it"), ("letters", "filter"), ("Esc", "close")];
/// Hints while help is open.
pub(crate) const HELP_HINTS: &[(&str, &str)] = &[("↑ ↓ PgUp PgDn", "scroll"), ("Esc", "close")];
/// Hints while an explanation is open.
pub(crate) const WHY_HINTS: &[(&str, &str)] = &[("↑ ↓ PgUp PgDn", "scroll"), ("Enter", "go there"), ("Esc", "close")];

/// The table with the keys that are in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    /// For each row of [`KEYS`] its shown keys, in the order of their actions.
    rows: Vec<Vec<Key>>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self { rows: KEYS.iter().map(|row| row.keys.iter().map(|(key, _)| *key).collect()).collect() }
    }
}

/// Why keys could not be changed so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The table has no such row.
    #[error("there is no key named `{0}`; `driftlab config` lists them")]
    NoSuchRow(String),
    /// Each action needs a key.
    #[error("`{name}` needs {expected}, found {found}")]
    WrongCount {
        /// The row.
        name: &'static str,
        /// How many keys it needs, in words.
        expected: String,
        /// How many there were.
        found: usize,
    },
    /// It is no key.
    #[error("`{0}` is no key; write a letter or a sign, or one of space, Tab, Enter, Esc, Up, PageUp, F1, Ctrl-x")]
    NoSuchKey(String),
    /// Two rows want it.
    #[error("{key} is both `{first}` and `{second}`")]
    Conflict {
        /// The key.
        key: String,
        /// The row that has it.
        first: &'static str,
        /// The row that wants it too.
        second: &'static str,
    },
}

impl Keymap {
    /// Gives a row other keys, in the order of its actions. Conflicts are looked for by [`Self::check`], when all rows
    /// have theirs.
    ///
    /// # Errors
    /// If there is no such row, or not one key for each of its actions, or a name is no key.
    pub fn rebind(&mut self, name: &str, keys: &[&str]) -> Result<(), KeyError> {
        let Some(index) = KEYS.iter().position(|row| row.name == name) else {
            return Err(KeyError::NoSuchRow(name.to_owned()));
        };
        let row = &KEYS[index];
        if keys.len() != row.keys.len() {
            let expected = if row.keys.len() == 1 { "1 key".into() } else { format!("{} keys", row.keys.len()) };
            return Err(KeyError::WrongCount { name: row.name, expected, found: keys.len() });
        }
        self.rows[index] = keys.iter().map(|key| key.parse()).collect::<Result<_, _>>()?;
        Ok(())
    }

    /// Looks for keys that would do two things.
    ///
    /// # Errors
    /// If there is one.
    pub fn check(&self) -> Result<(), KeyError> {
        let mut seen: Vec<(Key, &'static str)> = vec![(SUSPEND, "suspend")];
        for (row, keys) in KEYS.iter().zip(&self.rows) {
            for key in keys {
                if let Some((_, first)) = seen.iter().find(|(other, _)| other == key) {
                    return Err(KeyError::Conflict { key: key.to_string(), first, second: row.name });
                }
                seen.push((*key, row.name));
            }
        }
        Ok(())
    }

    /// What a key does while nothing is open.
    pub fn action(&self, event: KeyEvent) -> Option<Action> {
        let key = Key::of(event)?;
        if key == SUSPEND {
            return Some(Action::Suspend);
        }
        let shown = KEYS.iter().zip(&self.rows).flat_map(|(row, keys)| keys.iter().zip(row.keys));
        let shown = shown.map(|(own, (_, action))| (*own, *action));
        // A key that was given away is no alias any more.
        let aliases = KEYS.iter().flat_map(|row| row.aliases).copied();
        shown.chain(aliases).find(|(own, _)| *own == key).map(|(_, action)| action)
    }

    /// The keys of a row as help writes them.
    pub fn shown(&self, row: &KeyRow) -> String {
        let keys = self.keys(row).iter().map(Key::to_string);
        keys.collect::<Vec<_>>().join(" ")
    }

    /// The first key that does this, as help writes it.
    pub fn of(&self, action: Action) -> String {
        let all = KEYS.iter().zip(&self.rows).flat_map(|(row, keys)| keys.iter().zip(row.keys));
        let found = all.into_iter().find(|(_, (_, own))| *own == action);
        found.map(|(key, _)| key.to_string()).unwrap_or_default()
    }

    /// The hints for the bottom line, those that are needed first first.
    pub(crate) fn hints(&self) -> Vec<(String, &'static str)> {
        let mut rows: Vec<_> = KEYS.iter().filter_map(|row| Some((row, row.hint?))).collect();
        rows.sort_by_key(|(_, (rank, ..))| *rank);
        let shown = |row: &KeyRow, count: usize| {
            let keys: Vec<_> = self.keys(row).iter().take(count).map(Key::to_string).collect();
            keys.join(" ")
        };
        rows.into_iter().map(|(row, (_, count, word))| (shown(row, count), word)).collect()
    }

    /// The keys of a row, in the order of its actions.
    pub(crate) fn keys(&self, row: &KeyRow) -> &[Key] {
        let index = KEYS.iter().position(|own| own.name == row.name);
        index.map_or(&[], |index| &self.rows[index])
    }
}

impl Key {
    /// The key of an event; none where Alt or a window key is held.
    fn of(event: KeyEvent) -> Option<Self> {
        if event.modifiers.intersects(KeyModifiers::ALT | KeyModifiers::SUPER) {
            return None;
        }
        Some(Self { code: event.code, control: event.modifiers.contains(KeyModifiers::CONTROL) })
    }

    /// The names of keys that are no letters, as a config file writes them.
    pub(crate) fn named() -> Vec<&'static str> {
        NAMES.iter().map(|(_, shown, written)| if shown.is_ascii() { *shown } else { *written }).collect()
    }

    /// Its name as a config file writes it, which every keyboard can type.
    pub(crate) fn written(self) -> String {
        let named = NAMES.iter().find(|(code, shown, _)| *code == self.code && !shown.is_ascii());
        match named {
            Some((_, _, written)) if self.control => format!("Ctrl-{written}"),
            Some((_, _, written)) => (*written).to_owned(),
            None => self.to_string(),
        }
    }
}

/// Letters of a name that is no key, as an error repeats it.
const NAME_SHOWN: usize = 24;

/// Names of keys that are no letters, as they are shown and as they may be written too.
const NAMES: &[(KeyCode, &str, &str)] = &[
    (Char(' '), "space", "Space"),
    (Tab, "Tab", "tab"),
    (BackTab, "Shift-Tab", "BackTab"),
    (Enter, "Enter", "Return"),
    (Esc, "Esc", "Escape"),
    (Up, "↑", "Up"),
    (Down, "↓", "Down"),
    (Left, "←", "Left"),
    (Right, "→", "Right"),
    (PageUp, "PgUp", "PageUp"),
    (PageDown, "PgDn", "PageDown"),
    (Home, "Home", "home"),
    (End, "End", "end"),
];

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.control {
            out.write_str("Ctrl-")?;
        }
        let named = NAMES.iter().find(|(code, ..)| *code == self.code);
        match (named, self.code) {
            (Some((_, name, _)), _) => out.write_str(name),
            (None, Char(letter)) => write!(out, "{letter}"),
            (None, KeyCode::F(number)) => write!(out, "F{number}"),
            (None, code) => write!(out, "{code:?}"),
        }
    }
}

impl std::str::FromStr for Key {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (control, name) = match text.strip_prefix("Ctrl-").or_else(|| text.strip_prefix("ctrl-")) {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let error = || KeyError::NoSuchKey(super::text::clean(text).chars().take(NAME_SHOWN).collect());
        let named = NAMES.iter().find(|(_, shown, written)| *shown == name || *written == name);
        let mut letters = name.chars();
        let code = match (named, letters.next(), letters.as_str()) {
            (Some((code, ..)), ..) => *code,
            (None, Some(letter), "") if !letter.is_control() => Char(letter),
            (None, Some('F'), number) => {
                let number: u8 = number.parse().map_err(|_| error())?;
                if !(1..=24).contains(&number) {
                    return Err(error());
                }
                KeyCode::F(number)
            }
            _ => return Err(error()),
        };
        Ok(Self { code, control })
    }
}

/// Whether a key leaves the program from everywhere.
pub(crate) fn is_interrupt(key: KeyEvent) -> bool {
    key.code == Char('c') && key.modifiers.contains(KeyModifiers::CONTROL)
}

/// Whether a key stops the program from everywhere.
pub(crate) fn is_suspend(key: KeyEvent) -> bool {
    Key::of(key) == Some(SUSPEND)
}

/// The table as Markdown, for the README.
pub fn keys_markdown() -> String {
    let map = Keymap::default();
    let mut text = String::from("| | keys | | in the config file |\n|---|---|---|---|\n");
    for (group, heading) in Group::ALL {
        for row in KEYS.iter().filter(|row| row.group == group) {
            let keys: Vec<String> = map.keys(row).iter().map(|key| format!("`{key}`")).collect();
            let cells = ["| ", heading, " | ", &keys.join(" "), " | ", row.summary, " | `", row.name, "` |\n"];
            text.push_str(&cells.concat());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_does_two_things() {
        Keymap::default().check().expect("the table has no conflict");
        let aliases: Vec<_> = KEYS.iter().flat_map(|row| row.aliases).collect();
        for (alias, _) in aliases {
            assert!(KEYS.iter().flat_map(|row| row.keys).all(|(key, _)| key != alias), "{alias} is a key and an alias");
        }
    }

    #[test]
    fn every_key_can_be_written_as_it_is_shown() {
        for (key, _) in KEYS.iter().flat_map(|row| row.keys) {
            assert_eq!(key.to_string().parse(), Ok(*key));
        }
        assert_eq!("Ctrl-x".parse::<Key>().unwrap().to_string(), "Ctrl-x");
        assert_eq!("F5".parse::<Key>().unwrap().code, KeyCode::F(5));
        for text in ["", "xx", "F0", "F99", "\u{1b}", "Ctrl-"] {
            assert!(text.parse::<Key>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn keys_can_be_changed_unless_they_collide() {
        let mut map = Keymap::default();
        map.rebind("undo", &["U"]).unwrap();
        map.check().unwrap();
        assert_eq!(map.action(KeyEvent::new(Char('U'), KeyModifiers::SHIFT)), Some(Action::Undo));
        assert_eq!(map.action(KeyEvent::new(Char('u'), KeyModifiers::NONE)), None);
        map.rebind("go", &["p"]).unwrap();
        assert!(matches!(map.check(), Err(KeyError::Conflict { first: "go", second: "partition", .. })));
        assert!(matches!(map.rebind("step", &["."]), Err(KeyError::WrongCount { .. })));
        assert!(matches!(map.rebind("stride", &["."]), Err(KeyError::NoSuchRow(_))));
    }

    #[test]
    fn keys_with_control_or_alt_do_nothing_else() {
        let map = Keymap::default();
        assert_eq!(map.action(KeyEvent::new(Char('p'), KeyModifiers::CONTROL)), None);
        assert_eq!(map.action(KeyEvent::new(Char('p'), KeyModifiers::ALT)), None);
        assert_eq!(map.action(KeyEvent::new(Char('H'), KeyModifiers::SHIFT)), Some(Action::HealAll));
        assert_eq!(map.action(KeyEvent::new(Char('z'), KeyModifiers::CONTROL)), Some(Action::Suspend));
    }
}
