//! The keys: one table. Hints at the bottom, the help and the dispatch are all made from it, and a test holds it
//! against conflicts.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What a key does while no palette, list or help is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the table says it")]
pub enum Action {
    RunOrPause,
    StepOn,
    StepBack,
    SecondOn,
    SecondBack,
    Faster,
    Slower,
    Undo,
    Partition,
    Isolate,
    Heal,
    HealAll,
    Crash,
    Clock,
    Operate,
    Load,
    Pane(usize),
    NextPane,
    PreviousPane,
    Move(Direction),
    Zoom,
    Palette,
    Help,
    Quit,
}

/// Where an arrow points.
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
}

/// Where help lists a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Group {
    Time,
    Faults,
    Acts,
    Screen,
}

impl Group {
    /// All groups with their headings.
    pub const ALL: [(Self, &'static str); 4] =
        [(Self::Time, "Time"), (Self::Faults, "Faults"), (Self::Acts, "Acts"), (Self::Screen, "Screen")];
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct KeyRow {
    /// The keys.
    pub keys: &'static [(KeyCode, Action)],
    /// How help and hints write them.
    pub shown: &'static str,
    /// Where help lists them.
    pub group: Group,
    /// How the bottom line writes it, if it has room: how soon (the smaller, the sooner), the key and a word.
    pub hint: Option<(u8, &'static str, &'static str)>,
    /// One line for help.
    pub summary: &'static str,
}

macro_rules! rows {
    ($($group:ident $shown:literal [$($code:expr => $action:expr),* $(,)?] $hint:expr, $summary:literal;)*) => {
        &[$(KeyRow {
            keys: &[$(($code, $action)),*], shown: $shown, group: Group::$group, hint: $hint, summary: $summary,
        }),*]
    };
}

use Action as A;
use Direction as D;
use KeyCode::{BackTab, Char, Down, End, Home, Left, PageDown, PageUp, Right, Tab, Up};

/// All keys, in the order of help.
pub const KEYS: &[KeyRow] = rows! {
    Time "space" [Char(' ') => A::RunOrPause] Some((0, "space", "run")), "run or pause";
    Time ". ," [Char('.') => A::StepOn, Char(',') => A::StepBack] Some((4, ".", "step")), "one event on, one event back";
    Time "> <" [Char('>') => A::SecondOn, Char('<') => A::SecondBack] Some((8, "<", "back 1s")), "one second on, one second back";
    Time "+ -" [Char('+') => A::Faster, Char('=') => A::Faster, Char('-') => A::Slower, Char('_') => A::Slower]
        Some((9, "+ -", "speed")), "faster, slower: 0.05× to 64×";
    Time "u" [Char('u') => A::Undo] Some((10, "u", "undo")), "undo the last command, and go back to it";
    Faults "p" [Char('p') => A::Partition] Some((2, "p", "partition")), "cut links";
    Faults "i" [Char('i') => A::Isolate] None, "isolate the selected replica";
    Faults "h H" [Char('h') => A::Heal, Char('H') => A::HealAll] Some((3, "h", "heal")), "heal links; heal, restart and resume all";
    Faults "c" [Char('c') => A::Crash] Some((12, "c", "crash")), "crash, pause or restart the selected replica";
    Faults "k" [Char('k') => A::Clock] Some((11, "k", "clock")), "skew the clock of the selected replica";
    Acts "o" [Char('o') => A::Operate] Some((1, "o", "operate")), "begin an operation of a client";
    Acts "w" [Char('w') => A::Load] Some((13, "w", "load")), "start or stop a workload";
    Screen "1 2 3" [Char('1') => A::Pane(0), Char('2') => A::Pane(1), Char('3') => A::Pane(2)] None, "go to a pane";
    Screen "Tab" [Tab => A::NextPane, BackTab => A::PreviousPane] None, "next pane; Shift-Tab: the one before";
    Screen "arrows" [
        Up => A::Move(D::Up), Down => A::Move(D::Down), Left => A::Move(D::Left), Right => A::Move(D::Right),
        PageUp => A::Move(D::PageUp), PageDown => A::Move(D::PageDown), Home => A::Move(D::Home), End => A::Move(D::End),
    ] None, "choose a replica or a key, scroll the log";
    Screen "z" [Char('z') => A::Zoom] None, "give the pane the whole stage, and back";
    Screen ":" [Char(':') => A::Palette] Some((5, ":", "command")), "type a command; Tab completes";
    Screen "?" [Char('?') => A::Help] Some((6, "?", "help")), "this help; `:help NAME` explains one command";
    Screen "q" [Char('q') => A::Quit] Some((7, "q", "quit")), "quit; Ctrl-C as well";
};

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

/// What a key does while nothing is open.
pub fn action(key: KeyEvent) -> Option<Action> {
    if key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SUPER) {
        return None;
    }
    let mut all = KEYS.iter().flat_map(|row| row.keys);
    all.find(|(code, _)| *code == key.code).map(|(_, action)| *action)
}

/// Whether a key leaves the program from everywhere.
pub(crate) fn is_interrupt(key: KeyEvent) -> bool {
    key.code == Char('c') && key.modifiers.contains(KeyModifiers::CONTROL)
}

/// The table as Markdown, for the README.
pub fn keys_markdown() -> String {
    let mut text = String::from("| | keys | |\n|---|---|---|\n");
    for (group, heading) in Group::ALL {
        for row in KEYS.iter().filter(|row| row.group == group) {
            let keys: Vec<String> = row.shown.split(' ').map(|key| format!("`{key}`")).collect();
            text.push_str(&["| ", heading, " | ", &keys.join(" "), " | ", row.summary, " |\n"].concat());
        }
    }
    text
}

/// The hints for the bottom line, those that are needed first first.
pub(crate) fn hints() -> Vec<(&'static str, &'static str)> {
    let mut rows: Vec<_> = KEYS.iter().filter_map(|row| row.hint).collect();
    rows.sort_by_key(|(rank, ..)| *rank);
    rows.into_iter().map(|(_, key, word)| (key, word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_does_two_things() {
        let keys: Vec<_> = KEYS.iter().flat_map(|row| row.keys).map(|(code, _)| code).collect();
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key), "{key:?} stands in the table twice");
        }
    }

    #[test]
    fn every_row_shows_the_keys_that_it_has() {
        for row in KEYS {
            for (code, _) in row.keys {
                let Char(letter) = code else { continue };
                let named = row.shown == "space" || matches!(letter, '=' | '_');
                assert!(named || row.shown.contains(*letter), "{} does not show {letter}", row.shown);
            }
        }
    }

    #[test]
    fn keys_with_control_or_alt_do_nothing() {
        assert_eq!(action(KeyEvent::new(Char('p'), KeyModifiers::CONTROL)), None);
        assert_eq!(action(KeyEvent::new(Char('p'), KeyModifiers::ALT)), None);
        assert_eq!(action(KeyEvent::new(Char('H'), KeyModifiers::SHIFT)), Some(Action::HealAll));
    }
}
