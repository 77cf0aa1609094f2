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

use crossterm::event::{Event, KeyCode, MouseEventKind};

use super::typist::{Did, Typist, event};
use crate::cli::shell::inputs::Input;
use crate::lab::language::specs::all_specs;
use crate::tui::Motion;
use crate::tui::keys::{Action, KEYS, Key};
use crate::tui::model::{Model, Overlay};
use crate::tui::specs::SCREEN_COMMANDS;

/// A person at the opening scene.
struct Person {
    typist: Typist,
    remembered_events: u64,
    /// The actions that were pressed while nothing was open, and the first words that were submitted.
    pressed: Vec<Action>,
    submitted: Vec<String>,
}

impl Person {
    fn new() -> Self {
        Self { typist: Typist::new(), remembered_events: 0, pressed: Vec::new(), submitted: Vec::new() }
    }

    fn press(&mut self, key: Key) {
        let input = event(key);
        let model = &self.typist.model;
        if let (Overlay::None, Input::Event(Event::Key(event))) = (&model.overlay, &input)
            && let Some(action) = model.keymap.action(*event)
        {
            self.pressed.push(action);
        }
        if let Overlay::Palette(palette) = &model.overlay
            && key.code == KeyCode::Enter
        {
            let first = palette.input.value().split_whitespace().next().unwrap_or_default();
            self.submitted.push(if first.ends_with(':') { "CLIENT:".to_owned() } else { first.to_owned() });
        }
        self.typist.input(input);
    }

    fn type_in(&mut self, text: &str) {
        for letter in text.chars() {
            self.press(Key { code: KeyCode::Char(letter), control: false });
        }
    }

    /// Where a text begins on the screen; `beside` is beside everything that is open.
    fn place_of(&self, text: &str) -> (u16, u16) {
        if text == "beside" { (0, 3) } else { self.typist.place_of(text) }
    }

    fn line(&mut self, line: &str) {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb {
            "press" => rest.split(' ').for_each(|key| {
                let name = key.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(key);
                let name = name.replace("BackTab", "Shift-Tab").replace("C-", "Ctrl-");
                self.press(name.parse().expect("it is a key"));
            }),
            "type" => self.type_in(rest),
            "submit" => {
                self.type_in(&format!(":{rest}"));
                self.press(Key { code: KeyCode::Enter, control: false });
                let until_there = || self.typist.model.journey.is_none();
                if !until_there() {
                    self.typist.until_idle();
                }
            }
            "click" => {
                let place = self.place_of(rest);
                self.typist.click(place);
            }
            "wheel" => {
                let (way, text) = rest.split_once(' ').expect("wheel WAY TEXT");
                let kind = if way == "up" { MouseEventKind::ScrollUp } else { MouseEventKind::ScrollDown };
                let place = self.place_of(text);
                self.typist.mouse(kind, place);
            }
            "wait" => {
                let ms = rest.strip_suffix("ms").and_then(|ms| ms.parse().ok()).expect("wait 100ms");
                self.typist.wait_ms(ms);
            }
            "remember" => self.remembered_events = self.typist.model.sitting().run().events(),
            "expect" => {
                let (fact, wanted) = rest.split_once(' ').unwrap_or((rest, ""));
                self.expect(fact, wanted);
            }
            other => panic!("there is no verb {other}"),
        }
    }

    fn expect(&self, fact: &str, wanted: &str) {
        let shown = self.typist.screen();
        if fact == "screen" {
            return assert!(shown.contains(wanted), "{wanted:?} is not on the screen:\n{shown}");
        }
        let found = self.fact(fact);
        if matches!(fact, "notice" | "error") {
            return assert!(found.contains(wanted), "{fact}: {found:?} has no {wanted:?}\n{shown}");
        }
        assert_eq!(found, wanted, "{fact}\n{shown}");
    }

    fn fact(&self, fact: &str) -> String {
        let model = &self.typist.model;
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
            "step" => model.course.page().map(|page| page.step.name().to_owned()).unwrap_or_default(),
            "lesson" if model.course.session.is_none() => "none".to_owned(),
            "lesson" => model.scene.name.clone(),
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
            "did" => self.typist.host.did.borrow().iter().map(did).collect::<Vec<_>>().join("; "),
            "quit" => yes(model.wants_to_quit()),
            other => panic!("there is no fact {other}"),
        }
    }
}

fn did(did: &Did) -> String {
    match did {
        Did::Mouse(on) => format!("mouse {}", if *on { "taken" } else { "given back" }),
        Did::Stopped => "stopped".to_owned(),
        Did::TakenAgain(_) => "taken again".to_owned(),
    }
}

fn overlay(model: &Model) -> &'static str {
    match &model.overlay {
        Overlay::None => "none",
        Overlay::Palette(_) => "palette",
        Overlay::Chooser(_) => "list",
        Overlay::Help(_) => "help",
        Overlay::Why(_) => "why",
    }
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
