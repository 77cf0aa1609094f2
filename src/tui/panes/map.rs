//! The map: replicas where they stand, links and what is on its way along them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Widget};

use super::data::{differs, short_value};
use super::message_style;
use super::place::{BoxSize, Plan};
use crate::base::{Actor, MessageClass, ReplicaId};
use crate::cluster::view::{Condition, MessageView, View};
use crate::lab::telling::signed_span;
use crate::sim::{LinkState, Topology};
use crate::tui::draw::rounded_span;
use crate::tui::glyphs::condition_word;
use crate::tui::keys::Direction;
use crate::tui::model::Model;
use crate::tui::text::{columns, fit, put, put_sign};
use crate::tui::theme::Role;

/// A lag below this, in microseconds, is not shown.
const LAG_SHOWN_US: u64 = 1_000;
/// Where the first three replicas of `wan` stand.
const PLACES: [&str; 3] = ["west", "east", "Europe"];

/// What the map remembers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct MapState {
    /// The index of the selected replica.
    pub(crate) selected: usize,
}

impl MapState {
    /// Moves the selection.
    pub(crate) fn press(&mut self, direction: Direction, replicas: usize) {
        self.selected = super::moved(self.selected, direction, replicas);
    }
}

/// What its border says.
pub(crate) fn title(model: &Model) -> String {
    let catalog = model.sitting.run().cluster().view().catalog();
    match model.selected_key() {
        Some(key) => format!("Map · {} {}", catalog.service_of(key).name(), catalog.key_name(key)),
        None => "Map".to_owned(),
    }
}

/// Draws the map: links first, then what travels, then the boxes over both.
pub(crate) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let view = model.sitting.run().cluster().view();
    let plan = Plan::new(view.replica_count(), area);
    let homes = view.clients().map(|client| client.home.index()).collect();
    let map = Map { model, view, plan, area, homes, flights: view.in_flight().collect() };
    for one in view.replicas() {
        for other in view.replicas().filter(|other| other.id > one.id) {
            map.link(one.id, other.id, buffer);
        }
    }
    map.messages(buffer);
    for replica in view.replicas() {
        map.replica(replica.id, buffer);
    }
}

struct Map<'a> {
    model: &'a Model,
    view: View<'a>,
    plan: Plan,
    area: Rect,
    /// The home of each client, by their indices.
    homes: Vec<usize>,
    /// What is on its way.
    flights: Vec<MessageView>,
}

/// How a link is, both ways together.
struct LinkLook {
    role: Role,
    /// Cut from the first to the second, and back.
    cut: (bool, bool),
    words: String,
}

impl Map<'_> {
    fn link(&self, one: ReplicaId, other: ReplicaId, buffer: &mut Buffer) {
        let cells = self.plan.route(one.index(), other.index());
        let look = self.look(one, other);
        let style = self.model.theme.style(look.role);
        let broken = look.cut.0 || look.cut.1;
        for (index, (x, y)) in cells.iter().enumerate() {
            let sign = self.link_sign(&cells, index, broken);
            put_sign(buffer, self.area, (*x, *y), sign, style);
        }
        let place = match look.cut {
            (false, false) => None,
            (true, true) => Some(2),
            // One way: at the end that does not hear.
            (true, false) => Some(3),
            (false, true) => Some(1),
        };
        if let Some((x, y)) = place.and_then(|place| cells.get(cells.len() * place / 4)) {
            put_sign(buffer, self.area, (*x, *y), self.model.glyphs.cut, style);
        }
        self.words(&cells, &look, buffer);
    }

    /// The sign of a link's cell, by where the cells before and after it lie.
    fn link_sign(&self, cells: &[(u16, u16)], index: usize, broken: bool) -> char {
        let glyphs = self.model.glyphs;
        let (x, y) = cells[index];
        let before = index.checked_sub(1).map_or((x, y), |index| cells[index]);
        let after = cells.get(index + 1).copied().unwrap_or((x, y));
        let is_level = before.1 == y && after.1 == y;
        let is_upright = before.0 == x && after.0 == x;
        match (self.plan.size, broken) {
            (BoxSize::Full, _) if !is_level && !is_upright => {
                let right = before.0.max(after.0) > x;
                let below = before.1.max(after.1) > y;
                glyphs.corners[usize::from(!right) + 2 * usize::from(!below)]
            }
            (BoxSize::Full, false) if is_level => glyphs.across,
            (BoxSize::Full, true) if is_level => glyphs.across_broken,
            (BoxSize::Full, false) => glyphs.down,
            (BoxSize::Full, true) => glyphs.down_broken,
            (_, _) => glyphs.slanted,
        }
    }

    fn look(&self, one: ReplicaId, other: ReplicaId) -> LinkLook {
        let (there, back) = (self.state(one, other), self.state(other, one));
        let arrow = self.model.glyphs.plain("→");
        let cut = (there.cut, back.cut);
        let (role, words) = match cut {
            (true, true) => (Role::Bad, "cut".to_owned()),
            (true, false) => (Role::Bad, format!("{one}{arrow}{other} cut")),
            (false, true) => (Role::Bad, format!("{other}{arrow}{one} cut")),
            (false, false) if there.is_healthy() && back.is_healthy() => (Role::Dim, delay_words(&there)),
            (false, false) => (Role::Warn, fault_words(if there.is_healthy() { &back } else { &there })),
        };
        LinkLook { role, cut, words }
    }

    /// A link as it is for the class of messages that suffers.
    fn state(&self, from: ReplicaId, to: ReplicaId) -> LinkState {
        let of = |class| self.view.link(from.into(), to.into(), class);
        MessageClass::ALL
            .into_iter()
            .map(of)
            .find(|state| !state.is_healthy())
            .unwrap_or_else(|| of(MessageClass::Gossip))
    }

    /// Says how a link is, where there is room beside it.
    fn words(&self, cells: &[(u16, u16)], look: &LinkLook, buffer: &mut Buffer) {
        let style = self.model.theme.style(if look.role == Role::Dim { Role::Dim } else { look.role });
        if self.plan.size != BoxSize::Full {
            if look.role != Role::Dim
                && let Some((x, y)) = cells.get(cells.len() / 2)
            {
                put(buffer, self.area, (*x + 1, *y), &look.words, style);
            }
            return;
        }
        let top = cells.iter().map(|(_, y)| *y).min().unwrap_or(0);
        let level: Vec<u16> = cells.iter().filter(|(_, y)| *y == top).map(|(x, _)| *x).collect();
        let (Some(left), Some(right)) = (level.iter().min(), level.iter().max()) else { return };
        let width = columns(&look.words) as u16;
        let bend = cells.iter().find(|(_, y)| *y != top).map(|(x, _)| *x);
        let x = match bend {
            // Where the way is short, one column stays free beside the box.
            Some(bend) if right - left < width + 2 && bend == *left => right.saturating_sub(width),
            Some(_) if right - left < width + 2 => left + 1,
            _ => ((left + right).div_ceil(2)).saturating_sub(width / 2),
        };
        let x = x.max(self.area.x);
        let x = x.min(self.area.right().saturating_sub(width));
        put(buffer, self.area, (x, top.saturating_sub(1)), &look.words, style);
    }

    fn messages(&self, buffer: &mut Buffer) {
        let mut all: Vec<(MessageView, usize, usize)> = self
            .flights
            .iter()
            .map(|message| (*message, self.home(message.from), self.home(message.to)))
            .filter(|(_, from, to)| from != to)
            .collect();
        // What a person asked for lies on top; numbers make the order that of the sends.
        all.sort_by_key(|(message, ..)| (std::cmp::Reverse(weight(message.class)), message.id, message.arrives_at));
        for (message, from, to) in all {
            let cells = self.plan.route(from, to);
            self.message(&message, &cells, buffer);
        }
    }

    fn message(&self, message: &MessageView, cells: &[(u16, u16)], buffer: &mut Buffer) {
        let Some(last) = cells.len().checked_sub(1) else { return };
        let whole = message.arrives_at.since(message.sent_at).max(1);
        let gone = self.view.now().since(message.sent_at).min(whole);
        let place = (last as u64 * gone / whole) as usize;
        let glyphs = self.model.glyphs;
        let style = message_style(self.model.theme, message.class);
        put_sign(buffer, self.area, cells[place], glyphs.message(message.class), style);
        if message.class == MessageClass::Heartbeat {
            return;
        }
        // Paused, only a head tells which way it goes.
        if let Some(next) = cells.get(place + 1) {
            let (x, y) = cells[place];
            let head = match (next.0.cmp(&x), next.1.cmp(&y)) {
                (std::cmp::Ordering::Greater, _) => glyphs.heads[0],
                (std::cmp::Ordering::Less, _) => glyphs.heads[1],
                (_, std::cmp::Ordering::Greater) => glyphs.heads[2],
                _ => glyphs.heads[3],
            };
            put_sign(buffer, self.area, *next, head, style);
        }
    }

    /// The box from which an actor's messages come: clients live with their home.
    fn home(&self, actor: Actor) -> usize {
        match (actor.as_replica(), actor.as_client()) {
            (Some(replica), _) => replica.index(),
            (None, Some(client)) => self.homes.get(client).copied().unwrap_or(0),
            (None, None) => 0,
        }
    }

    fn replica(&self, id: ReplicaId, buffer: &mut Buffer) {
        let area = self.plan.boxes[id.index()].intersection(self.area);
        if area.is_empty() {
            return;
        }
        Clear.render(area, buffer);
        let replica = self.view.replica(id);
        let (theme, glyphs) = (self.model.theme, self.model.glyphs);
        let selected = self.model.selected_replica() == id;
        let role = match replica.condition {
            Condition::Up if selected => Role::Accent,
            Condition::Up => Role::Text,
            Condition::Paused => Role::Warn,
            Condition::Down | Condition::DiskLost => Role::Bad,
        };
        let style = theme.style(role);
        let marker = if selected { format!("{} ", glyphs.cursor) } else { String::new() };
        let place = if self.view.topology() == Topology::Wan { PLACES.get(id.index()).copied() } else { None };
        let name = match place {
            Some(place) if self.plan.size == BoxSize::Full => format!(" {marker}{id} {place} "),
            _ => format!(" {marker}{id} "),
        };
        let title = style.add_modifier(if selected { Modifier::BOLD | Modifier::REVERSED } else { Modifier::BOLD });
        let inner = if self.plan.size == BoxSize::Bare {
            let end = put(buffer, area, (area.x, area.y), name.trim_end(), title);
            put(buffer, area, (end + 1, area.y), &self.condition(id), style);
            Rect { y: area.y + 1, height: area.height - 1, ..area }
        } else {
            let mut block = Block::bordered().border_set(glyphs.rounded).border_style(style);
            block = block.title(Line::styled(name, title));
            if replica.offset_us != 0 {
                let text = format!(" clock {} ", offset_text(replica.offset_us));
                block = block.title_bottom(Line::styled(text, theme.style(Role::Warn)));
            }
            let inner = block.inner(area);
            block.render(area, buffer);
            let pad = u16::from(inner.width > 17);
            let inner = Rect { x: inner.x + pad, width: inner.width.saturating_sub(2 * pad), ..inner };
            let text = fit(&self.condition(id), usize::from(inner.width), glyphs.more);
            put(buffer, inner, (inner.x, inner.y), &text, style);
            Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner }
        };
        self.value(id, inner, buffer);
        if self.plan.size == BoxSize::Full && inner.height > 1 {
            self.clients(id, Rect { y: inner.y + 1, height: 1, ..inner }, buffer);
        }
    }

    /// How it is, and how far it lags.
    fn condition(&self, id: ReplicaId) -> String {
        let replica = self.view.replica(id);
        let sign = self.model.glyphs.condition(replica.condition);
        let mut text = format!("{sign} {}", condition_word(replica.condition));
        let lag_us = self.model.sitting.run().lag_us(id);
        if lag_us >= LAG_SHOWN_US {
            text.push_str(&format!(" lags {}", rounded_span(lag_us)));
        }
        text
    }

    /// What it shows for the selected key.
    fn value(&self, id: ReplicaId, area: Rect, buffer: &mut Buffer) {
        let Some(key) = self.model.selected_key() else { return };
        let catalog = self.view.catalog();
        let differs = differs(self.view, key);
        let sign = if differs { format!(" {}", self.model.glyphs.differs) } else { String::new() };
        let text = format!("{} {}{sign}", catalog.key_name(key), short_value(self.view.value(id, key), catalog));
        let role = if differs { Role::Warn } else { Role::Text };
        let text = fit(&text, usize::from(area.width), self.model.glyphs.more);
        put(buffer, area, (area.x, area.y), &text, self.model.theme.style(role));
    }

    /// Who lives here, what they wait for, and what travels between them and their home.
    fn clients(&self, home: ReplicaId, area: Rect, buffer: &mut Buffer) {
        let (theme, glyphs) = (self.model.theme, self.model.glyphs);
        let mut x = area.x;
        let mut workers = 0;
        for client in self.view.clients().filter(|client| client.home == home) {
            if client.workload.is_some() {
                workers += 1;
                continue;
            }
            let is_cut = self.view.link(client.actor, home.into(), MessageClass::Request).cut;
            let role = if is_cut || client.condition == Condition::Paused { Role::Warn } else { Role::Text };
            let cut = if is_cut { glyphs.cut.to_string() } else { String::new() };
            x = put(buffer, area, (x, area.y), &format!("{cut}{}", client.name), theme.style(role));
            if let Some((op_type, _)) = client.running {
                let verb = op_type.name().split('.').nth(1).unwrap_or_default();
                let sign = self.at_door(client.actor).map_or(glyphs.more, |class| glyphs.message(class));
                x = put(buffer, area, (x, area.y), &format!("{sign}{verb}"), theme.style(Role::Request));
            }
            x += 1;
        }
        if workers > 0 {
            let text = if workers == 1 { "+1 client".to_owned() } else { format!("+{workers} clients") };
            put(buffer, area, (x, area.y), &text, theme.style(Role::Dim));
        }
    }

    /// What is on its way between a client and anyone.
    fn at_door(&self, client: Actor) -> Option<MessageClass> {
        self.flights.iter().find(|message| message.from == client || message.to == client).map(|message| message.class)
    }
}

/// Which message lies on top of others; the smaller, the higher.
fn weight(class: MessageClass) -> u8 {
    match class {
        MessageClass::Request | MessageClass::Reply => 0,
        MessageClass::Gossip => 1,
        MessageClass::Repair => 2,
        MessageClass::Heartbeat => 3,
    }
}

fn delay_words(state: &LinkState) -> String {
    state.mean_us.map(|us| rounded_span(us as u64)).unwrap_or_default()
}

fn fault_words(state: &LinkState) -> String {
    let percent = |share: f64| format!("{}%", (share * 100.0).round());
    match state {
        _ if state.down => "link is down".to_owned(),
        _ if state.lose > 0.0 => format!("loses {}", percent(state.lose)),
        _ if state.slow.is_some() || state.other_delay => format!("slow {}", delay_words(state)),
        _ if state.duplicate > 0.0 => format!("doubles {}", percent(state.duplicate)),
        _ if state.reorder > 0.0 => format!("reorders {}", percent(state.reorder)),
        _ if state.bytes_per_second.is_some() => "narrow".to_owned(),
        _ if state.flap.is_some() => "flaps".to_owned(),
        _ => "faulty".to_owned(),
    }
}

/// An offset to the tenth of a millisecond: drift would make more digits run.
fn offset_text(us: i64) -> String {
    signed_span(us / 100 * 100)
}
