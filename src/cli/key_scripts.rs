//! Key scripts: what a person does and sees, as text in `tests/keys`, fed to the real loop over a test backend.
//!
//! ```text
//! == what it shows            a script begins, at the opening scene on 80×24
//! press p <Enter>             keys; <space>, <PgUp>, <C-z> …
//! type partition              letters
//! submit run 2s               the palette, the line, Enter
//! click 70ms                  where this text begins on the screen
//! wheel down mug              three notches' worth of one
//! wait 100ms                  lets frames pass, in virtual time
//! remember                    for `events +1`
//! expect FACT VALUE           a fact of the model, or a text on the screen
//! ```
//!
//! Every action of the table of keys and every command has to occur in a script, or the test fails.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::lab::language::specs::all_specs;
use crate::tui::keys::{Action, KEYS};
use crate::tui::model::{Model, Overlay};
use crate::tui::specs::SCREEN_COMMANDS;
use crate::tui::{Look, Motion, Request};

use super::shell_loop::drive;

/// A person at the opening scene.
struct Person {
    model: Model,
    terminal: Terminal<TestBackend>,
    asked: Vec<Request>,
    remembered_events: u64,
    /// The actions that were pressed while nothing was open, and the first words that were submitted.
    pressed: Vec<Action>,
    submitted: Vec<String>,
}

impl Person {
    fn new() -> Self {
        let look = Look { mouse: true, ..Look::default() };
        let terminal = Terminal::new(TestBackend::new(80, 24)).expect("a test has a terminal");
        Self {
            model: Model::opening((80, 24), look),
            terminal,
            asked: Vec::new(),
            remembered_events: 0,
            pressed: Vec::new(),
            submitted: Vec::new(),
        }
    }

    /// Feeds events to the real loop until it is idle, or for so long.
    fn feed(&mut self, events: Vec<Event>, wait: Duration) {
        self.asked.extend(drive(&mut self.model, &mut self.terminal, events, wait));
    }

    fn press(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        let key = KeyEvent::new(code, modifiers);
        if matches!(self.model.overlay, Overlay::None)
            && let Some(action) = self.model.keymap.action(key)
        {
            self.pressed.push(action);
        }
        if let Overlay::Palette(palette) = &self.model.overlay
            && code == KeyCode::Enter
        {
            let line = palette.input.value();
            let first = line.split_whitespace().find(|word| !word.starts_with("at")).unwrap_or_default();
            self.submitted.push(if first.ends_with(':') { "CLIENT:".to_owned() } else { first.to_owned() });
        }
        self.feed(vec![Event::Key(key)], Duration::ZERO);
    }

    fn type_in(&mut self, text: &str) {
        for letter in text.chars() {
            self.press(KeyCode::Char(letter), KeyModifiers::NONE);
        }
    }

    fn screen(&self) -> Vec<Vec<String>> {
        let buffer = self.terminal.backend().buffer();
        let area = *buffer.area();
        area.rows()
            .map(|row| (row.left()..row.right()).map(|x| buffer[(x, row.y)].symbol().to_owned()).collect())
            .collect()
    }

    /// Where a text begins on the screen.
    fn place_of(&self, text: &str) -> (u16, u16) {
        for (y, row) in self.screen().iter().enumerate() {
            let line = row.concat();
            if let Some(at) = line.find(text) {
                let mut bytes = 0;
                let x = row.iter().take_while(|cell| {
                    let before = bytes < at;
                    bytes += cell.len();
                    before
                });
                return (x.count() as u16, y as u16);
            }
        }
        // Where nothing is open, beside everything: the frame's first row.
        if text == "beside" { (0, 3) } else { panic!("{text:?} is not on the screen:\n{}", self.shown()) }
    }

    fn shown(&self) -> String {
        self.screen().iter().map(|row| row.concat() + "\n").collect()
    }

    fn mouse(&mut self, kind: MouseEventKind, text: &str) {
        let (column, row) = self.place_of(text);
        let event = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
        self.feed(vec![Event::Mouse(event)], Duration::ZERO);
    }

    fn line(&mut self, line: &str) {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb {
            "press" => rest.split(' ').for_each(|key| {
                let (code, modifiers) = key_of(key);
                self.press(code, modifiers);
            }),
            "type" => self.type_in(rest),
            "submit" => {
                self.press(KeyCode::Char(':'), KeyModifiers::NONE);
                self.type_in(rest);
                self.press(KeyCode::Enter, KeyModifiers::NONE);
            }
            "click" => self.mouse(MouseEventKind::Down(MouseButton::Left), rest),
            "wheel" => {
                let (way, text) = rest.split_once(' ').expect("wheel WAY TEXT");
                let kind = if way == "up" { MouseEventKind::ScrollUp } else { MouseEventKind::ScrollDown };
                self.mouse(kind, text);
            }
            "wait" => {
                let ms = rest.strip_suffix("ms").and_then(|ms| ms.parse().ok()).expect("wait 100ms");
                self.feed(Vec::new(), Duration::from_millis(ms));
            }
            "remember" => self.remembered_events = self.model.sitting().run().events(),
            "expect" => {
                let (fact, wanted) = rest.split_once(' ').unwrap_or((rest, ""));
                self.expect(fact, wanted);
            }
            other => panic!("there is no verb {other}"),
        }
    }

    fn expect(&self, fact: &str, wanted: &str) {
        let shown = self.shown();
        if fact == "screen" {
            return assert!(shown.contains(wanted), "{wanted:?} is not on the screen:\n{shown}");
        }
        let found = self.fact(fact);
        if matches!(fact, "notice" | "error") {
            return assert!(found.contains(wanted), "{fact}: {found:?} has no {wanted:?}\n{shown}");
        }
        if fact == "asked" {
            return assert!(found.contains(wanted), "asked was {found}");
        }
        assert_eq!(found, wanted, "{fact}\n{shown}");
    }

    fn fact(&self, fact: &str) -> String {
        let model = &self.model;
        let run = model.sitting().run();
        let recorded = &model.sitting().commands()[model.scene.setup..];
        let yes = |is: bool| if is { "yes".to_owned() } else { "no".to_owned() };
        match fact {
            "recorded" => recorded.iter().map(|command| command.text.as_str()).collect::<Vec<_>>().join("; "),
            "last" => recorded.last().map(|command| command.text.clone()).unwrap_or_default(),
            "now" => format!("{}s", run.now().0 as f64 / 1e6),
            "moving" => yes(model.is_moving()),
            "speed" => format!("{}×", f64::from(model.pace.milli()) / 1e3),
            "events" => format!("+{}", run.events() - self.remembered_events),
            "broken" => run.judges().count().to_string(),
            "branch" => model.sitting().branch().to_string(),
            "overlay" => overlay(model).to_owned(),
            "line" => match &model.overlay {
                Overlay::Palette(palette) => palette.input.value().trim_end().to_owned(),
                _ => String::new(),
            },
            "error" => match &model.overlay {
                Overlay::Palette(palette) => palette.error.as_ref().map(|e| e.message.clone()).unwrap_or_default(),
                _ => String::new(),
            },
            "notice" => model.notice.as_ref().map(|notice| notice.text.clone()).unwrap_or_default(),
            "focus" => model.focus.pane().name.to_owned(),
            "replica" => model.selected_replica().to_string(),
            "key" => {
                let key = model.selected_key().expect("there is a key");
                run.cluster().view().catalog().key_name(key).to_owned()
            }
            "zoomed" => yes(model.zoomed),
            "theme" => model.theme.name().to_owned(),
            "motion" => if model.motion == Motion::Full { "full" } else { "reduced" }.to_owned(),
            "mouse" => yes(model.mouse),
            "asked" => self.asked.iter().map(asked).collect::<Vec<_>>().join("; "),
            "quit" => yes(model.wants_to_quit()),
            other => panic!("there is no fact {other}"),
        }
    }
}

fn asked(request: &Request) -> String {
    match request {
        Request::Save { path, text } => {
            assert!(text.starts_with('#'), "a script begins with a comment");
            format!("save {path}")
        }
        Request::Mouse(on) => format!("mouse {}", if *on { "yes" } else { "no" }),
        Request::Suspend => "suspend".to_owned(),
        Request::Progress(_) => "progress".to_owned(),
    }
}

fn overlay(model: &Model) -> &'static str {
    match &model.overlay {
        Overlay::None => "none",
        Overlay::Palette(_) => "palette",
        Overlay::Chooser(_) => "list",
        Overlay::Help(_) => "help",
    }
}

fn key_of(text: &str) -> (KeyCode, KeyModifiers) {
    let code = match text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
        None => KeyCode::Char(text.chars().next().expect("a key")),
        Some("<") => KeyCode::Char('<'),
        Some("space") => KeyCode::Char(' '),
        Some("Enter") => KeyCode::Enter,
        Some("Esc") => KeyCode::Esc,
        Some("Tab") => KeyCode::Tab,
        Some("BackTab") => KeyCode::BackTab,
        Some("Up") => KeyCode::Up,
        Some("Down") => KeyCode::Down,
        Some("Left") => KeyCode::Left,
        Some("Right") => KeyCode::Right,
        Some("PgUp") => KeyCode::PageUp,
        Some("PgDn") => KeyCode::PageDown,
        Some("Home") => KeyCode::Home,
        Some("End") => KeyCode::End,
        Some("C-c") => return (KeyCode::Char('c'), KeyModifiers::CONTROL),
        Some("C-z") => return (KeyCode::Char('z'), KeyModifiers::CONTROL),
        Some(other) => panic!("there is no key {other}"),
    };
    (code, KeyModifiers::NONE)
}

/// Plays all scripts; says which actions were pressed and which commands were submitted.
fn play_all() -> (Vec<Action>, Vec<String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut pressed, mut submitted, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for script in text.split("== ").filter(|script| !script.trim().is_empty()) {
            let mut lines = script.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
            let title = lines.next().unwrap_or_default();
            let lines: Vec<&str> = lines.collect();
            assert!(lines.iter().any(|line| line.starts_with("expect")), "{title}: a script expects something");
            let mut person = Person::new();
            person.feed(Vec::new(), Duration::ZERO);
            let mut plays = |line: &&str| {
                let played = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| person.line(line)));
                played.is_ok()
            };
            if let Some(line) = lines.iter().copied().find(|line| !plays(line)) {
                failed.push(format!("{}: `{title}`: {line}", file.display()));
            }
            pressed.append(&mut person.pressed);
            submitted.append(&mut person.submitted);
        }
    }
    assert!(failed.is_empty(), "scripts that failed:\n{}", failed.join("\n"));
    (pressed, submitted)
}

#[test]
fn key_scripts_do_everything_that_the_tables_list() {
    let (pressed, submitted) = play_all();
    for row in KEYS {
        for (key, action) in row.keys.iter().chain(row.aliases) {
            assert!(pressed.contains(action), "no key script presses {key} ({})", row.name);
        }
    }
    assert!(pressed.contains(&Action::Suspend), "no key script presses Ctrl-Z");
    for spec in all_specs().chain(SCREEN_COMMANDS) {
        assert!(submitted.iter().any(|word| word == spec.name), "no key script submits `{}`", spec.name);
    }
}
