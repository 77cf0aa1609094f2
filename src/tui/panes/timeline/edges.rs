//! What stands around the chart: names, faults of links, the axis.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::text::{columns, fit, put};
use crate::tui::theme::Role;

use super::paint::Picture;
use super::plan::NAME_COLUMNS_MAX;
use super::window::ticks;

/// Columns between two labels of the axis.
const TICKS_APART: u16 = 12;

impl Picture<'_> {
    pub(super) fn names(&self, buffer: &mut Buffer) {
        let catalog = self.model.sitting.run().cluster().view().catalog();
        let own = self.chosen.map(|chosen| chosen.actor);
        for lane in &self.lanes.all {
            let at = (self.plan.names.x, self.plan.names.y + lane.row);
            let is_own = own == Some(lane.actor);
            let role = match (is_own, lane.actor.as_replica()) {
                (true, _) => Role::Selected,
                (false, Some(_)) => Role::Text,
                (false, None) => Role::Dim,
            };
            let cursor = if is_own { self.model.glyphs.cursor } else { ' ' };
            let name = fit(&catalog.actor_name(lane.actor), usize::from(NAME_COLUMNS_MAX), self.model.glyphs.more);
            put(buffer, self.plan.names, at, &format!("{cursor}{name}"), self.style(role));
        }
    }

    /// The faults of links, each in the first row that is free.
    pub(super) fn bands(&self, buffer: &mut Buffer) {
        let rows = self.plan.bands.height;
        if rows == 0 {
            return;
        }
        let mut free_from = vec![0_u16; usize::from(rows)];
        for band in &self.bands {
            let columns_of =
                self.columns(band.from.max(self.window.from), band.to.unwrap_or(self.window.to).min(self.window.to));
            let last = free_from.len() - 1;
            let row = free_from.iter().position(|free| free <= columns_of.start()).unwrap_or(last);
            free_from[row] = columns_of.end() + 1;
            let y = self.plan.bands.y + row as u16;
            let width = columns_of.len();
            let sign = self.model.glyphs.band;
            let text = fit(&format!("{sign} {} ", self.model.glyphs.plain(band.text)), width, sign);
            let rest = width.saturating_sub(columns(&text));
            let text = text + &String::from(sign).repeat(rest);
            let place = Rect { x: self.plan.bands.x + columns_of.start(), y, width: width as u16, height: 1 };
            put(buffer, place.intersection(self.plan.bands), (place.x, y), &text, self.style(Role::Band));
        }
    }

    pub(super) fn axis(&self, buffer: &mut Buffer) {
        let area = self.plan.axis;
        let (step_us, ticks) = ticks(&self.window, area.width, TICKS_APART);
        for at in ticks {
            let text = format!("{}{}", self.model.glyphs.down, tick_text(at.0, step_us));
            let x = area.x + self.window.place(at, area.width);
            if x + columns(&text) as u16 <= area.right() {
                put(buffer, area, (x, area.y), &text, self.style(Role::Dim));
            }
        }
        let now = self.model.sitting.run().now();
        if now >= self.window.from && now < self.window.end() {
            let x = area.x + self.window.place(now, area.width);
            put(buffer, area, (x, area.y), &self.model.glyphs.caret.to_string(), self.style(Role::Accent));
        }
    }
}

/// An instant with as many digits as the step between two of them needs.
fn tick_text(us: u64, step_us: u64) -> String {
    let (seconds, rest) = (us / 1_000_000, us % 1_000_000);
    match step_us {
        1_000_000.. if seconds >= 60 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        1_000_000.. => format!("{seconds}s"),
        100_000.. => format!("{seconds}.{}s", rest / 100_000),
        10_000.. => format!("{seconds}.{:02}s", rest / 10_000),
        1_000.. => format!("{seconds}.{:03}s", rest / 1_000),
        _ => format!("{seconds}.{rest:06}s"),
    }
}
