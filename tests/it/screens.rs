//! Golden pictures of the screen, glyphs and styles. They live in `tests/screens` and are read before they are
//! accepted.

#![allow(clippy::unwrap_used, reason = "in a test, what fails may panic")]

use std::fmt::Write;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use driftlab::tui::{Look, Message, Model, Signs, Theme, draw, update};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::Style;

fn plain() -> Look {
    Look { theme: Theme::Mono, signs: Signs::Ascii, ..Look::default() }
}

fn press(model: &mut Model, keys: &str) {
    for key in keys.chars() {
        let code = match key {
            '\n' => KeyCode::Enter,
            '→' => KeyCode::Right,
            '\t' => KeyCode::Tab,
            letter => KeyCode::Char(letter),
        };
        update(model, Message::Key(KeyEvent::new(code, KeyModifiers::NONE)));
    }
}

/// Lets time pass in frames of 10 ms.
fn wait_ms(model: &mut Model, ms: u64) {
    for _ in 0..ms / 10 {
        update(model, Message::Frame { elapsed: Duration::from_millis(10) });
    }
}

fn picture(model: &Model, columns: u16, rows: u16) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| draw(model, frame)).unwrap();
    terminal.backend().buffer().clone()
}

/// The glyphs, and then for each row its runs of one style, default ones left out: `3..8 fg=Cyan BOLD`.
fn dump(buffer: &Buffer) -> String {
    let mut glyphs = String::new();
    let mut styles = String::new();
    let area = *buffer.area();
    for y in area.rows().map(|row| row.y) {
        let cells: Vec<_> = (area.left()..area.right()).map(|x| &buffer[(x, y)]).collect();
        let line: String = cells.iter().map(|cell| cell.symbol()).collect();
        writeln!(glyphs, "{}", line.trim_end()).unwrap();
        let mut runs = Vec::new();
        let mut start = 0;
        while start < cells.len() {
            let style = cells[start].style();
            let length = cells[start..].iter().take_while(|cell| cell.style() == style).count();
            let words = style_words(style);
            if !words.is_empty() {
                runs.push(format!("{start}..{} {words}", start + length));
            }
            start += length;
        }
        if !runs.is_empty() {
            writeln!(styles, "{y:>2}: {}", runs.join(", ")).unwrap();
        }
    }
    format!("{glyphs}--- styles\n{styles}")
}

fn style_words(style: Style) -> String {
    let mut words = Vec::new();
    let shown = |colour: Option<ratatui::style::Color>| {
        colour.filter(|colour| *colour != ratatui::style::Color::Reset).map(|colour| colour.to_string())
    };
    words.extend(shown(style.fg));
    words.extend(shown(style.bg).map(|colour| format!("on {colour}")));
    if !style.add_modifier.is_empty() {
        words.push(format!("{:?}", style.add_modifier).replace(" | ", "+"));
    }
    words.join(" ")
}

fn golden(name: &str, model: &Model, columns: u16, rows: u16) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../screens");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, dump(&picture(model, columns, rows))));
}

fn opening() -> Model {
    let mut model = Model::opening((80, 24), Look::default());
    wait_ms(&mut model, 1_500);
    model
}

/// Ana buys a mug, r1 is cut off while the news travels, and ana buys another.
fn cut_while_the_news_travels() -> Model {
    let mut model = opening();
    press(&mut model, "o\n");
    wait_ms(&mut model, 320);
    press(&mut model, "p\n→k\n ");
    model
}

/// After half a minute of trouble: a load, a skewed clock, a cut that has lasted, and money that was paid out twice.
fn trouble() -> Model {
    let mut model = opening();
    submit(&mut model, "load w1 stock.reserve,stock.level,profile.* 20/s keys=4");
    submit(&mut model, "skew r2 +80ms");
    submit(&mut model, "run 5s");
    submit(&mut model, "partition r1 | r2 r3");
    submit(&mut model, "ana: account.withdraw joint 80");
    submit(&mut model, "ben: account.withdraw joint 80");
    submit(&mut model, "run 20s");
    model
}

/// The leader is cut off with an entry that nobody else has, asks in vain to be elected again, and is replaced.
fn a_leader_is_replaced() -> Model {
    let mut model = opening();
    submit(&mut model, "policy account.* linearizable");
    submit(&mut model, "run 2s");
    submit(&mut model, "ana: account.deposit joint 5");
    submit(&mut model, "run 500ms");
    submit(&mut model, "partition r1 | r2 r3");
    submit(&mut model, "ana: account.withdraw joint 80");
    submit(&mut model, "run 2500ms");
    submit(&mut model, "ben: account.withdraw joint 20");
    submit(&mut model, "run 500ms");
    press(&mut model, " ");
    model
}

/// Types a line into the palette, and lets frames pass until it is done.
fn submit(model: &mut Model, line: &str) {
    press(model, &format!(":{line}\n"));
    wait_ms(model, 1_500);
}

/// A scene: its name and how it is made.
type Scene = (&'static str, fn() -> Model);

/// The scenes.
const SCENES: [Scene; 3] = [("opening", opening), ("partition", cut_while_the_news_travels), ("trouble", trouble)];
/// Sizes of terminals, columns first.
const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];
/// The digits of the panes, with their names.
const PANES: [(&str, &str); 10] = [
    ("1", "map"),
    ("2", "data"),
    ("3", "time"),
    ("4", "lag"),
    ("5", "policy"),
    ("6", "clocks"),
    ("8", "phones"),
    ("9", "log"),
    ("0", "verdicts"),
    ("r", "roles"),
];

fn themed(model: &mut Model, theme: &str) {
    press(model, &format!(":theme {theme}\n"));
    // The notice goes with the next key.
    press(model, "zz");
}

#[test]
fn scenes_at_every_size_in_colour_and_without() {
    for (name, scene) in SCENES {
        let mut model = scene();
        press(&mut model, " ");
        for theme in ["dark", "mono"] {
            themed(&mut model, theme);
            for (columns, rows) in SIZES {
                update(&mut model, Message::Resize(columns, rows));
                golden(&format!("{name}_{columns}x{rows}_{theme}"), &model, columns, rows);
            }
        }
    }
}

#[test]
fn every_pane_in_every_other_theme() {
    let mut model = trouble();
    for theme in ["light", "safe"] {
        themed(&mut model, theme);
        for (digit, name) in PANES {
            press(&mut model, digit);
            golden(&format!("pane_{name}_{theme}"), &model, 80, 24);
        }
    }
}

#[test]
fn roles_terms_votes_and_logs_on_the_map_and_in_their_pane() {
    let mut model = a_leader_is_replaced();
    golden("raft_map_80x24", &model, 80, 24);
    press(&mut model, "r");
    for (columns, rows) in [(80, 24), (120, 40)] {
        update(&mut model, Message::Resize(columns, rows));
        golden(&format!("raft_{columns}x{rows}"), &model, columns, rows);
    }
}

#[test]
fn two_primaries_on_the_map_and_in_the_pane_of_roles() {
    let mut model = opening();
    press(&mut model, " ");
    let lines = ["policy account.* primary", "run 1s", "partition r1 | r2 r3", "ana: account.deposit joint 500"];
    for line in lines.into_iter().chain(["run 300ms", "promote r2", "run 600ms"]) {
        submit(&mut model, line);
    }
    press(&mut model, "2");
    update(&mut model, Message::Key(KeyEvent::new(KeyCode::Down, KeyModifiers::NONE)));
    press(&mut model, "1");
    golden("primaries_map_80x24", &model, 80, 24);
    press(&mut model, "r");
    for (columns, rows) in [(80, 24), (120, 40)] {
        update(&mut model, Message::Resize(columns, rows));
        golden(&format!("primaries_{columns}x{rows}"), &model, columns, rows);
    }
}

/// Ana's screen says that her address is saved, and then the old one; ben's says that he has it.
fn a_screen_lies(look: Look) -> Model {
    let mut model = Model::opening((80, 24), look);
    let lines = ["delay r1 -> r3 constant 500ms class=gossip", "skew ana +80ms", "ana: profile.set address \"New St\""];
    let later = ["run 30ms", "ana: profile.get address via=r3", "run 300ms", "ben: stock.reserve mug 30", "run 100ms"];
    for line in lines.into_iter().chain(later) {
        submit(&mut model, line);
    }
    press(&mut model, " 8");
    model
}

#[test]
fn phones_with_a_lie() {
    let mut model = a_screen_lies(Look::default());
    for (columns, rows) in [(80, 24), (120, 40)] {
        update(&mut model, Message::Resize(columns, rows));
        golden(&format!("phones_{columns}x{rows}"), &model, columns, rows);
    }
    golden("phones_mono_ascii_80x24", &a_screen_lies(plain()), 80, 24);
}

#[test]
fn levels_with_options_among_the_policies_and_in_the_list() {
    let mut model = opening();
    press(&mut model, " ");
    let levels = ["account.* primary(semi-sync=1,local)", "likes.* linearizable(lease-read)", "stock.* bounded(500ms)"];
    for level in levels {
        submit(&mut model, &format!("policy {level}"));
    }
    submit(&mut model, "load w1 stock.*,account.*,likes.* 40/s keys=2 amount=1 clients=10");
    submit(&mut model, "run 2s");
    press(&mut model, "5");
    for (columns, rows) in [(80, 24), (120, 40)] {
        update(&mut model, Message::Resize(columns, rows));
        golden(&format!("levels_{columns}x{rows}"), &model, columns, rows);
    }
    update(&mut model, Message::Resize(80, 24));
    press(&mut model, "b");
    golden("levels_list_80x24", &model, 80, 24);
}

#[test]
fn from_one_log_to_the_other_under_load() {
    let mut model = opening();
    press(&mut model, " ");
    let load = "load w1 account.* 40/s key=joint amount=1 clients=10";
    let lines = ["policy account.* linearizable", load, "run 2s", "partition r3 | r1 r2", "policy account.* primary"];
    for line in lines.into_iter().chain(["run 300ms"]) {
        submit(&mut model, line);
    }
    press(&mut model, "r");
    for (columns, rows) in [(80, 24), (120, 40)] {
        update(&mut model, Message::Resize(columns, rows));
        golden(&format!("logs_{columns}x{rows}"), &model, columns, rows);
    }
}

#[test]
fn a_switch_that_waits_and_a_lost_vote_without_colours_or_unicode() {
    let mut model = Model::opening((80, 24), plain());
    for line in ["partition r3 | r1 r2", "policy account.* linearizable", "run 1s", "crash r2 disk=lose", "restart r2"]
    {
        submit(&mut model, line);
    }
    press(&mut model, " r");
    update(&mut model, Message::Key(KeyEvent::new(KeyCode::Down, KeyModifiers::NONE)));
    golden("raft_switch_mono_ascii_80x24", &model, 80, 24);
}

#[test]
fn the_palette_with_an_error_and_with_candidates() {
    let mut model = opening();
    press(&mut model, " :partition r1 | r4\n");
    golden("palette_error_80x24", &model, 80, 24);
    let mut model = opening();
    press(&mut model, " :ana: stock.\t");
    golden("palette_candidates_80x24", &model, 80, 24);
}

#[test]
fn the_list_of_operations() {
    let mut model = opening();
    press(&mut model, " o→");
    golden("operations_80x24", &model, 80, 24);
}

#[test]
fn help() {
    let mut model = opening();
    press(&mut model, " ?");
    golden("help_80x24", &model, 80, 24);
}

#[test]
fn one_pane_alone_without_colours_or_unicode() {
    let mut model = Model::opening((80, 24), plain());
    press(&mut model, "o\n");
    wait_ms(&mut model, 300);
    press(&mut model, "p\n ");
    golden("partition_mono_ascii_80x24", &model, 80, 24);
    press(&mut model, "2z");
    golden("data_zoomed_mono_ascii_80x24", &model, 80, 24);
}

#[test]
fn a_small_terminal_is_told_what_is_needed() {
    golden("too_small_40x10", &opening(), 40, 10);
}

#[test]
fn no_size_is_too_small_to_draw() {
    for scene in SCENES.map(|(_, scene)| scene).into_iter().chain([a_leader_is_replaced as fn() -> Model]) {
        for keys in ["", " o", " :partition", " ?", "2z", "3z", "8z", "rz"] {
            let mut model = scene();
            press(&mut model, keys);
            for columns in 0..=40 {
                for rows in 0..=20 {
                    picture(&model, columns, rows);
                }
            }
        }
    }
}
