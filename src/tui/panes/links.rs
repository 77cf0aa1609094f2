//! Links on the map: whole, faulty or cut, with a word for it.

use ratatui::buffer::Buffer;

use super::map::Map;
use super::place::BoxSize;
use crate::base::{MessageClass, ReplicaId};
use crate::sim::LinkState;
use crate::tui::draw::rounded_span;
use crate::tui::text::{columns, put, put_sign};
use crate::tui::theme::Role;

/// How a link is, both ways together.
struct LinkLook {
    role: Role,
    /// Cut from the first to the second, and back.
    cut: (bool, bool),
    words: String,
}

impl Map<'_> {
    /// Draws a link, and says how it is.
    pub(super) fn link(&self, one: ReplicaId, other: ReplicaId, buffer: &mut Buffer) {
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

    /// Whether a link is cut for messages from one box to another.
    pub(super) fn link_cut(&self, from: usize, to: usize) -> bool {
        self.state(ReplicaId(from as u8), ReplicaId(to as u8)).cut
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
        let bend = cells.iter().find(|(_, y)| *y != top).map(|(x, _)| *x);
        // Between two boxes there may only be room for how much, as in `slow 500ms`.
        let is_tight = bend.is_none() && columns(&look.words) > level.len();
        let last = || look.words.rsplit_once(' ').map(|(_, last)| last);
        let words = is_tight.then(last).flatten().unwrap_or(&look.words);
        let width = columns(words) as u16;
        let x = match bend {
            // Where the way is short, one column stays free beside the box.
            Some(bend) if right - left < width + 2 && bend == *left => right.saturating_sub(width),
            Some(_) if right - left < width + 2 => left + 1,
            _ => ((left + right).div_ceil(2)).saturating_sub(width / 2),
        };
        let x = x.max(self.area.x);
        let x = x.min(self.area.right().saturating_sub(width));
        put(buffer, self.area, (x, top.saturating_sub(1)), words, style);
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
