//! The map: replicas where they stand, links and what is on its way along them.

use std::fmt::Write;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Widget};

use super::badge::Badge;
use super::data::{differs, fitted_value};
use super::place::{BoxSize, Plan};
use super::{Pane, PaneId};
use crate::base::{Actor, MessageClass, ReplicaId};
use crate::cluster::view::{Condition, MessageView, View};
use crate::sim::Topology;
use crate::tui::draw::rounded_span;
use crate::tui::keys::Direction;
use crate::tui::model::{Model, Overlay};
use crate::tui::text::{columns, fit, put};
use crate::tui::theme::Role;
use crate::tui::{act, choices};

/// A lag below this, in microseconds, is not shown.
const LAG_SHOWN_US: u64 = 1_000;
/// Columns that are left to the name of a key, however long its value is.
const NAME_COLUMNS_MIN: usize = 4;
/// Where the first three replicas of `wan` stand.
const PLACES: [&str; 3] = ["west", "east", "Europe"];

/// What the map remembers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct MapState {
    /// The index of the selected replica.
    pub(crate) selected: usize,
}

/// The pane.
pub(super) const PANE: Pane = Pane { id: PaneId::Map, digit: '1', name: "Map", title, draw, press, click };

fn press(model: &mut Model, direction: Direction) {
    if direction == Direction::Enter {
        model.overlay = Overlay::Chooser(choices::crashes(model));
        return;
    }
    let replicas = model.sitting.run().cluster().view().replica_count();
    model.panes.map.selected = super::moved(model.panes.map.selected, direction, replicas);
}

/// A click on a replica selects it, and one on the selected asks what shall befall it; a click on a link cuts it, or
/// mends it where it is cut.
fn click(model: &mut Model, area: Rect, at: (u16, u16)) {
    let replicas = model.sitting.run().cluster().view().replica_count();
    let plan = Plan::new(replicas, area);
    if let Some(index) = plan.boxes.iter().position(|own| own.contains(at.into())) {
        if model.panes.map.selected == index {
            press(model, Direction::Enter);
        }
        model.panes.map.selected = index;
        return;
    }
    if let Some((one, other)) = plan.link_at(at) {
        act::cut_or_mend(model, ReplicaId(one as u8), ReplicaId(other as u8));
    }
}

/// What its border says.
fn title(model: &Model) -> String {
    let catalog = model.sitting.run().cluster().view().catalog();
    match model.selected_key() {
        Some(key) => format!("Map · {} {}", catalog.service_of(key).name(), catalog.key_name(key)),
        None => "Map".to_owned(),
    }
}

/// Draws the map: links first, then what travels, then the boxes over both.
fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let view = model.sitting.run().cluster().view();
    let plan = Plan::new(view.replica_count(), area);
    let homes = view.clients().map(|client| client.home.index()).collect();
    let map = Map { model, view, plan, area, homes, flights: view.in_flight().collect() };
    for one in view.replicas() {
        for other in view.replicas().filter(|other| other.id > one.id) {
            map.link(one.id, other.id, buffer);
        }
    }
    map.traffic(buffer);
    for replica in view.replicas() {
        map.replica(replica.id, buffer);
    }
}

/// What the parts of the map are drawn from.
pub(super) struct Map<'a> {
    pub(super) model: &'a Model,
    pub(super) view: View<'a>,
    pub(super) plan: Plan,
    pub(super) area: Rect,
    /// The home of each client, by their indices.
    homes: Vec<usize>,
    /// What is on its way.
    pub(super) flights: Vec<MessageView>,
}

impl Map<'_> {
    /// The box from which an actor's messages come: clients live with their home.
    pub(super) fn home(&self, actor: Actor) -> usize {
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
        let badge = Badge::of(self.view, &replica, self.plan.size, area.width);
        let condition = self.condition(id, &badge);
        let inner = if self.plan.size == BoxSize::Bare {
            let end = put(buffer, area, (area.x, area.y), name.trim(), title);
            put(buffer, area, (end + 1, area.y), &condition, style);
            Rect { y: area.y + 1, height: area.height - 1, ..area }
        } else {
            let mut block = Block::bordered().border_set(glyphs.rounded).border_style(style);
            block = badge.below(theme).fold(block.title(Line::styled(name, title)), Block::title_bottom);
            let inner = block.inner(area);
            block.render(area, buffer);
            let pad = u16::from(inner.width > 17);
            let inner = Rect { x: inner.x + pad, width: inner.width.saturating_sub(2 * pad), ..inner };
            let text = fit(&condition, usize::from(inner.width), glyphs.more);
            put(buffer, inner, (inner.x, inner.y), &text, style);
            Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner }
        };
        self.value(id, inner, buffer);
        if self.plan.size == BoxSize::Full && inner.height > 1 {
            self.clients(id, Rect { y: inner.y + 1, height: 1, ..inner }, buffer);
        }
    }

    /// How it is, and how far it lags.
    fn condition(&self, id: ReplicaId, badge: &Badge) -> String {
        let sign = self.model.glyphs.condition(self.view.replica(id).condition);
        let gap = if self.plan.size == BoxSize::Bare { "" } else { " " };
        let mut text = format!("{sign}{gap}{}", badge.word);
        let lag_us = self.model.sitting.run().lag_us(id);
        if lag_us >= LAG_SHOWN_US {
            // Writing to a String cannot fail.
            let _ = write!(text, " lags {}", rounded_span(lag_us));
        }
        text
    }

    /// What it shows for the selected key.
    fn value(&self, id: ReplicaId, area: Rect, buffer: &mut Buffer) {
        let Some(key) = self.model.selected_key() else { return };
        let catalog = self.view.catalog();
        let differs = differs(self.view, key);
        let sign = if differs { format!(" {}", self.model.glyphs.differs) } else { String::new() };
        let (width, more) = (usize::from(area.width), self.model.glyphs.more);
        let room = width.saturating_sub(columns(&sign));
        // The name stands above the map as well; the value is what is looked for.
        let value = fitted_value(self.view.value(id, key), catalog, room.saturating_sub(NAME_COLUMNS_MIN + 1), more);
        let name = fit(catalog.key_name(key), room.saturating_sub(columns(&value) + 1), more);
        let text = format!("{name} {value}{sign}");
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
