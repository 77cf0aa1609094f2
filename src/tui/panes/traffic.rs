//! What travels along the links of the map.
//!
//! ```text
//!  ─────G▸──────   a message, and which way it goes
//!  ──···G▸──────   what it passed since the frame before
//!  ────✗╳───────   it met the cut
//!  ──────G2▸────   with reduced motion: two, in the middle of their way until they arrive
//! ```

use std::cmp::{Ordering, Reverse};

use ratatui::buffer::Buffer;
use ratatui::style::Modifier;

use super::map::Map;
use super::message_style;
use crate::base::{Actor, Instant, MessageClass};
use crate::cluster::view::MessageView;
use crate::record::{DropReason, Happened, TraceEntry};
use crate::tui::model::Motion;
use crate::tui::text::{columns, put, put_sign};
use crate::tui::theme::Role;

/// Messages on their way from which on heads would hide more than they tell.
const HEADS_MAX: usize = 40;
/// Messages that leave a streak in one frame; with more, the links are full of dots anyway.
const STREAKS_MAX: usize = 256;
/// Entries of the trace that one frame looks back on, for what arrived or was lost.
const LOOK_BACK_MAX: usize = 8_192;
/// How long the sign of a lost message stays, by the person's clock.
const LOST_STAYS_US: u64 = 150_000;

type Cell = (u16, u16);

impl Map<'_> {
    /// Draws what is under way, and what became of what no longer is.
    pub(super) fn traffic(&self, buffer: &mut Buffer) {
        match self.model.motion {
            Motion::Full => {
                self.streaks(buffer);
                self.messages(buffer);
            }
            Motion::Reduced => self.standing(buffer),
        }
        self.lost(buffer);
    }

    fn messages(&self, buffer: &mut Buffer) {
        let mut all: Vec<(MessageView, usize, usize)> = self
            .flights
            .iter()
            .map(|message| (*message, self.home(message.from), self.home(message.to)))
            .filter(|(_, from, to)| from != to)
            .collect();
        // What a person asked for lies on top; numbers make the order that of the sends.
        all.sort_by_key(|(message, ..)| (Reverse(weight(message.class)), message.id, message.arrives_at));
        for (message, from, to) in all {
            let cells = self.plan.route(from, to);
            self.message(&message, &cells, buffer);
        }
    }

    fn message(&self, message: &MessageView, cells: &[Cell], buffer: &mut Buffer) {
        let Some(place) = place(message.sent_at, message.arrives_at, self.view.now(), cells) else { return };
        let style = message_style(self.model.theme, message.class);
        put_sign(buffer, self.area, cells[place], self.model.glyphs.message(message.class), style);
        if message.class == MessageClass::Heartbeat || self.flights.len() > HEADS_MAX {
            return;
        }
        // Paused, only a head tells which way it goes.
        if let Some(next) = cells.get(place + 1) {
            put_sign(buffer, self.area, *next, self.head(cells, place), style);
        }
    }

    /// Which way a route goes at a place.
    fn head(&self, cells: &[Cell], place: usize) -> char {
        let heads = self.model.glyphs.heads;
        let last = cells.len() - 1;
        let ((x, y), next) = (cells[place.min(last.saturating_sub(1))], cells[(place + 1).min(last)]);
        match (next.0.cmp(&x), next.1.cmp(&y)) {
            (Ordering::Greater, _) => heads[0],
            (Ordering::Less, _) => heads[1],
            (_, Ordering::Greater) => heads[2],
            _ => heads[3],
        }
    }

    /// What messages passed since the frame before, while time runs: those that are under way still, and those that
    /// were faster than the eye.
    fn streaks(&self, buffer: &mut Buffer) {
        let (before, now) = (self.model.frame_from, self.view.now());
        if !self.model.is_moving() || before >= now {
            return;
        }
        let under_way =
            self.flights.iter().map(|flight| (flight.class, flight.from, flight.to, flight.sent_at, flight.arrives_at));
        let arrived = self.since(before).filter_map(|entry| self.flight(entry));
        let mut left = STREAKS_MAX;
        for (class, from, to, sent_at, arrives_at) in under_way.chain(arrived) {
            let (from, to) = (self.home(from), self.home(to));
            if from == to {
                continue;
            }
            if left == 0 {
                return;
            }
            left -= 1;
            let cells = self.plan.route(from, to);
            let place = |at| place(sent_at, arrives_at, at, &cells);
            let Some((first, last)) = place(before).zip(place(now)) else { continue };
            let style =
                message_style(self.model.theme, class).remove_modifier(Modifier::BOLD).add_modifier(Modifier::DIM);
            for cell in &cells[first..=last] {
                put_sign(buffer, self.area, *cell, self.model.glyphs.slanted, style);
            }
        }
    }

    /// The entries of the trace after an instant, newest first, as far as one frame can look.
    fn since(&self, at: Instant) -> impl Iterator<Item = &TraceEntry> {
        let trace = &self.model.sitting.log().trace;
        trace.iter().rev().take(LOOK_BACK_MAX).take_while(move |entry| entry.at > at)
    }

    /// The flight of a message that ended with this entry.
    fn flight(&self, entry: &TraceEntry) -> Option<(MessageClass, Actor, Actor, Instant, Instant)> {
        let (Happened::Delivered { class, .. }
        | Happened::Dropped { why: DropReason::Down | DropReason::InboxFull, class, .. }) = entry.what
        else {
            return None;
        };
        let sent = self.model.sitting.log().trace.get(u64::from(entry.cause.0).checked_sub(1)?)?;
        let Happened::Sent { delay_us, .. } = sent.what else { return None };
        // What waited in an inbox had arrived before.
        let arrived = entry.at.min(sent.at + u64::from(delay_us));
        Some((class, sent.actor, entry.actor, sent.at, arrived))
    }

    /// Shows for a moment where messages were lost; paused, those of this very instant.
    fn lost(&self, buffer: &mut Buffer) {
        let now = self.view.now();
        let stays_us = LOST_STAYS_US * u64::from(self.model.pace.milli()) / 1_000;
        let since = if self.model.is_moving() { (now - stays_us).min(self.model.frame_from) } else { now - 1 };
        for entry in self.since(since) {
            let Happened::Dropped { why, peer, .. } = entry.what else { continue };
            let at_the_door = matches!(why, DropReason::Down | DropReason::InboxFull);
            let (from, to) = if at_the_door { (peer, entry.actor) } else { (entry.actor, peer) };
            let (from, to) = (self.home(from), self.home(to));
            if from == to {
                continue;
            }
            let cells = self.plan.route(from, to);
            let place = match why {
                DropReason::Down | DropReason::InboxFull => cells.len().saturating_sub(1),
                DropReason::Cut => self.cut_place(&cells, from, to).saturating_sub(1),
                DropReason::Flap | DropReason::Lost => cells.len() / 2,
            };
            if let Some(cell) = cells.get(place) {
                put_sign(buffer, self.area, *cell, self.model.glyphs.dead, self.model.theme.style(Role::Bad));
            }
        }
    }

    /// Where a link from one box to another shows that it is cut, on the way from there: in the middle, or at the end
    /// that does not hear.
    fn cut_place(&self, cells: &[Cell], from: usize, to: usize) -> usize {
        let back = self.link_cut(to, from);
        let middle = |low: usize| if from < to { low } else { (cells.len() - 1).saturating_sub(low) };
        if back { middle(cells.len() * 2 / 4) } else { middle(cells.len() * if from < to { 3 } else { 1 } / 4) }
    }

    /// With reduced motion: each class in the middle of its way, with how many there are.
    fn standing(&self, buffer: &mut Buffer) {
        let count = self.plan.boxes.len();
        for (from, to) in
            (0..count).flat_map(|from| (0..count).map(move |to| (from, to))).filter(|(from, to)| from != to)
        {
            let own: Vec<MessageClass> = self
                .flights
                .iter()
                .filter(|flight| self.home(flight.from) == from && self.home(flight.to) == to)
                .map(|flight| flight.class)
                .collect();
            if own.is_empty() {
                continue;
            }
            let cells = self.plan.route(from, to);
            // A little past the middle, so that both directions have room.
            let mut place = cells.len() / 2 + 1;
            for class in MessageClass::ALL {
                let count = own.iter().filter(|own| **own == class).count();
                if let (1.., Some(at)) = (count, cells.get(place).copied()) {
                    let text = self.standing_text(class, count, &cells, place);
                    let end = put(buffer, self.area, at, &text, message_style(self.model.theme, class));
                    let is_free = |(x, y): &Cell| *y != at.1 || *x > end || *x + (columns(&text) as u16) < at.0;
                    place += cells[place..].iter().position(is_free).unwrap_or(cells.len());
                }
            }
        }
    }

    fn standing_text(&self, class: MessageClass, count: usize, cells: &[Cell], place: usize) -> String {
        let sign = self.model.glyphs.message(class);
        let number = if count > 1 { count.to_string() } else { String::new() };
        let head = self.head(cells, place);
        if head == self.model.glyphs.heads[1] {
            format!("{head}{sign}{number}")
        } else {
            format!("{sign}{number}{head}")
        }
    }
}

/// The place of a message among the cells of its way at an instant; before it left and after it arrived, at the ends.
fn place(sent_at: Instant, arrives_at: Instant, at: Instant, cells: &[Cell]) -> Option<usize> {
    let last = cells.len().checked_sub(1)?;
    let whole = arrives_at.since(sent_at).max(1);
    let gone = at.since(sent_at).min(whole);
    Some((last as u64 * gone / whole) as usize)
}

/// Which message lies on top of others; the smaller, the higher.
fn weight(class: MessageClass) -> u8 {
    match class {
        MessageClass::Request | MessageClass::Reply => 0,
        MessageClass::Gossip => 1,
        MessageClass::Repair | MessageClass::Raft | MessageClass::Primary | MessageClass::Quorum => 2,
        MessageClass::Heartbeat => 3,
    }
}
