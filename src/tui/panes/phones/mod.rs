//! Phones: what the screen of each client says, and what that of the chosen one said before, lies marked.
//!
//! ```text
//! ╭ ana ───────── 1 lie ─╮   true time  own clock   ana's screen said
//! │ address              │      1.002s     1.002s ✗ address  Saved: New St
//! │ Old St               │                                   a lie: at 1.412s the same phone says Old St
//! ╰────────── since 1.4s ╯ ▸    1.412s     1.412s   address  Old St
//!  ben    ✓ Reserved: 3
//! ```
//!
//! Left and Right choose a client, Up and Down one of its screens; Enter goes to its instant. Where not every phone has
//! room for its frame, only the chosen one has it. [`history`] draws the right half.

mod history;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::{Pane, PaneId};
use crate::base::OpId;
use crate::cluster::view::ClientView;
use crate::lab::phones::{self, Contradiction, Mark, Phone, Screen};
use crate::tui::draw::rounded_span;
use crate::tui::keys::Direction;
use crate::tui::model::Model;
use crate::tui::text::{columns, fit, pad, put, put_sign};
use crate::tui::theme::Role;
use crate::tui::travel;
use crate::tui::why::Subject;

/// Columns of the phones: a share of the pane's, within bounds.
const PHONE_COLUMNS: (u16, u16) = (24, 34);
/// Rows of a phone with its frame.
const PHONE_ROWS: u16 = 4;

/// What the pane remembers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PhonesState {
    /// The client that is chosen, by its place among the named ones.
    client: usize,
    /// The screen that is chosen, by its operation; none follows the newest.
    screen: Option<OpId>,
}

/// The pane.
pub(super) const PANE: Pane = Pane { id: PaneId::Phones, digit: '8', name: "Phones", title, draw, press, click };

/// The named clients, each with its index.
fn clients(model: &Model) -> Vec<(usize, ClientView<'_>)> {
    let all = model.sitting.run().cluster().view().clients().enumerate();
    all.filter(|(_, client)| client.workload.is_none()).collect()
}

/// The place of the chosen client.
fn chosen(model: &Model, clients: usize) -> usize {
    model.panes.phones.client.min(clients.saturating_sub(1))
}

/// The phone of the chosen client, if it ever said something.
fn phone(model: &Model) -> Option<&Phone> {
    let clients = clients(model);
    let (index, _) = clients.get(chosen(model, clients.len()))?;
    model.sitting.run().phones().of(*index)
}

/// The place of the chosen screen among those of a phone: the newest, unless one was chosen that is still there.
fn chosen_screen(model: &Model, phone: &Phone) -> usize {
    let newest = phone.screens().len().saturating_sub(1);
    let is_chosen = |screen: &Screen| Some(screen.op) == model.panes.phones.screen;
    phone.screens().position(is_chosen).unwrap_or(newest)
}

/// What `v` explains: what broke the promise of the chosen screen, else its operation.
pub(super) fn subject(model: &Model) -> Option<Subject> {
    let phone = phone(model)?;
    let screen = phone.screens().nth(chosen_screen(model, phone))?;
    if screen.lie.is_some() {
        let violations = model.sitting.run().judges().violations();
        let found = violations.into_iter().find(|violation| violation.operations.contains(&screen.op));
        if let Some(violation) = found {
            return Some(Subject::Violation(violation));
        }
    }
    match screen.lie {
        Some(Contradiction::Answer { op, .. }) => Some(Subject::Operation(op)),
        _ => Some(Subject::Operation(screen.op)),
    }
}

fn title(model: &Model) -> String {
    let clients = clients(model);
    let mut parts = vec!["Phones".to_owned()];
    if let Some((_, client)) = clients.get(chosen(model, clients.len())) {
        let ways = if clients.len() > 1 && model.focus == PaneId::Phones { " ← →" } else { "" };
        parts.push(format!("{}{ways}", client.name));
    }
    parts.push(count(model.sitting.run().phones().all_lies()));
    parts.join(" · ")
}

/// "no lie", "1 lie", "2 lies".
fn count(lies: u64) -> String {
    match lies {
        0 => "no lie".to_owned(),
        1 => "1 lie".to_owned(),
        lies => format!("{lies} lies"),
    }
}

fn press(model: &mut Model, direction: Direction) {
    let count = clients(model).len();
    let client = chosen(model, count);
    match direction {
        Direction::Left | Direction::Right => {
            model.panes.phones = PhonesState { client: super::moved(client, direction, count), screen: None };
        }
        Direction::Escape => model.panes.phones.screen = None,
        Direction::Enter => {
            let Some(phone) = phone(model) else { return };
            let Some(at) = phone.screens().nth(chosen_screen(model, phone)).map(|screen| screen.at) else { return };
            travel::go_to(model, at);
        }
        _ => {
            let Some(phone) = phone(model) else { return };
            let count = phone.screens().len();
            let to = super::moved(chosen_screen(model, phone), direction, count);
            // On the newest one it goes along with what comes.
            let screen = phone.screens().nth(to).filter(|_| to + 1 < count).map(|screen| screen.op);
            model.panes.phones.screen = screen;
        }
    }
}

/// A click chooses a client or a screen, and one on the chosen screen goes to its instant.
fn click(model: &mut Model, area: Rect, (x, y): (u16, u16)) {
    let (left, right) = halves(area);
    if x < left.right() {
        let hit = places(model, left).into_iter().find(|(_, place)| place.contains((x, y).into()));
        if let Some((client, _)) = hit {
            model.panes.phones = PhonesState { client, screen: None };
        }
        return;
    }
    let Some(phone) = phone(model) else { return };
    let here = chosen_screen(model, phone);
    let Some(hit) = history::hit(model, phone, right, y) else { return };
    if hit == here {
        return press(model, Direction::Enter);
    }
    let screen = phone.screens().nth(hit).map(|screen| screen.op);
    model.panes.phones.screen = screen;
}

/// The phones, and what the chosen one said.
fn halves(area: Rect) -> (Rect, Rect) {
    let width = (area.width * 3 / 10).clamp(PHONE_COLUMNS.0, PHONE_COLUMNS.1).min(area.width);
    let x = (area.x + width + 1).min(area.right());
    (Rect { width, ..area }, Rect { x, width: area.right() - x, ..area })
}

/// Where each phone is, by the place of its client: all with their frames if there is room, else the chosen one and the
/// others in a row each.
fn places(model: &Model, area: Rect) -> Vec<(usize, Rect)> {
    let count = clients(model).len();
    let chosen = chosen(model, count);
    let has_frame = |place: usize| place == chosen || count * usize::from(PHONE_ROWS) <= usize::from(area.height);
    let rows = |place: usize| if has_frame(place) { PHONE_ROWS } else { 1 };
    // The chosen one stands in the middle, unless there is less above or below.
    let room = usize::from(area.height.saturating_sub(PHONE_ROWS));
    let others = room.min(count.saturating_sub(1));
    let first = if rows(count) == PHONE_ROWS || others + 1 >= count {
        0
    } else {
        chosen.saturating_sub(others / 2).min(count - 1 - others)
    };
    let mut y = area.y;
    let mut place = |client: usize| {
        let place = Rect { y, height: rows(client), ..area }.intersection(area);
        y = y.saturating_add(rows(client));
        (client, place)
    };
    (first..count).map(&mut place).filter(|(_, place)| !place.is_empty()).collect()
}

fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let (left, right) = halves(area);
    let clients = clients(model);
    if clients.is_empty() {
        put(buffer, area, (area.x + 1, area.y), "no client has a name here", model.theme.style(Role::Dim));
        return;
    }
    let chosen = chosen(model, clients.len());
    for (place, at) in places(model, left) {
        let Some((index, client)) = clients.get(place) else { continue };
        let phone = model.sitting.run().phones().of(*index);
        let shown = Shown { model, client, phone, is_chosen: place == chosen };
        if at.height == PHONE_ROWS { shown.frame(at, buffer) } else { shown.row(at, buffer) }
    }
    history::draw(model, clients[chosen].1.name, phone(model), right, buffer);
}

/// The sign of a mark and the word that says the same.
fn mark_of(mark: Mark) -> (char, &'static str, Role) {
    match mark {
        Mark::True => ('✓', "✓ true", Role::Good),
        Mark::Lie => ('✗', "✗ a lie", Role::Bad),
        Mark::Open => (' ', "", Role::Dim),
    }
}

/// One phone as it is now.
struct Shown<'a> {
    model: &'a Model,
    client: &'a ClientView<'a>,
    phone: Option<&'a Phone>,
    is_chosen: bool,
}

impl Shown<'_> {
    fn screen(&self) -> Option<&Screen> {
        self.phone.and_then(Phone::now)
    }

    /// What it is about, and what it says.
    fn texts(&self) -> [String; 2] {
        let catalog = self.model.sitting.run().cluster().view().catalog();
        let Some(screen) = self.screen() else { return [String::new(), "nothing yet".to_owned()] };
        let texts = [catalog.key_name(screen.key).to_owned(), phones::said(screen, catalog)];
        texts.map(|text| self.model.glyphs.plain(&text))
    }

    fn name_role(&self) -> Role {
        if self.is_chosen { Role::Accent } else { Role::Text }
    }

    /// With a frame: its name and its lies above, how the screen stands to the truth and since when it is so below.
    fn frame(&self, area: Rect, buffer: &mut Buffer) {
        let (theme, glyphs) = (self.model.theme, self.model.glyphs);
        let style = theme.style(if self.is_chosen { Role::Accent } else { Role::Dim });
        let across = |corners: [&str; 2]| {
            let inner = usize::from(area.width).saturating_sub(2);
            format!("{}{}{}", corners[0], glyphs.rounded.horizontal_top.repeat(inner), corners[1])
        };
        let set = glyphs.rounded;
        put(buffer, area, (area.x, area.y), &across([set.top_left, set.top_right]), style);
        put(buffer, area, (area.x, area.y + 3), &across([set.bottom_left, set.bottom_right]), style);
        let width = usize::from(area.width.saturating_sub(4));
        for (y, (text, role)) in (area.y + 1..).zip(self.texts().into_iter().zip([Role::Dim, Role::Text])) {
            put(buffer, area, (area.x, y), set.vertical_left, style);
            put(buffer, area, (area.right().saturating_sub(1), y), set.vertical_right, style);
            put(buffer, area, (area.x + 2, y), &pad(&text, width, glyphs.more), theme.style(role));
        }
        let name = format!(" {} ", fit(self.client.name, width / 2, glyphs.more));
        put(buffer, area, (area.x + 1, area.y), &name, theme.style(self.name_role()).add_modifier(Modifier::BOLD));
        let lies = self.phone.map_or(0, Phone::lies);
        if lies > 0 {
            self.at_right(&format!(" {} ", count(lies)), area, area.y, Role::Bad, buffer);
        }
        let Some(screen) = self.screen() else { return };
        let (_, word, role) = mark_of(screen.mark());
        if !word.is_empty() {
            let word = glyphs.plain(&format!(" {word} "));
            put(buffer, area, (area.x + 1, area.y + 3), &word, theme.style(role));
        }
        let since = format!(" since {} ", rounded_span(screen.at.0));
        self.at_right(&since, area, area.y + 3, Role::Dim, buffer);
    }

    fn at_right(&self, text: &str, area: Rect, y: u16, role: Role, buffer: &mut Buffer) {
        let x = area.right().saturating_sub(columns(text) as u16 + 1).max(area.x);
        put(buffer, area, (x, y), text, self.model.theme.style(role));
    }

    /// In one row: name, mark, what it says.
    fn row(&self, area: Rect, buffer: &mut Buffer) {
        let (theme, glyphs) = (self.model.theme, self.model.glyphs);
        let name = pad(self.client.name, 6, glyphs.more);
        let x = put(buffer, area, (area.x + 1, area.y), &name, theme.style(self.name_role()));
        let (sign, _, role) = self.screen().map_or((' ', "", Role::Dim), |screen| mark_of(screen.mark()));
        let sign = glyphs.plain(&sign.to_string());
        put_sign(buffer, area, (x + 1, area.y), sign.chars().next().unwrap_or(' '), theme.style(role));
        let [_, text] = self.texts();
        let room = usize::from(area.right().saturating_sub(x + 3));
        put(buffer, area, (x + 3, area.y), &fit(&text, room, glyphs.more), theme.style(Role::Text));
    }
}
