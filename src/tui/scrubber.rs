//! The scrubber: all of this branch on one line, with what was done to it, what broke, and where the cursor stands.
//!
//! ```text
//!  0s ╞═══╳═══════✗══●───────h───┤ 42.1s   what lies ahead of the cursor is drawn thinner
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use crate::base::Instant;
use crate::cluster::WorldCommand;

use super::model::Model;
use super::text::{columns, put, put_sign};
use super::theme::Role;
use super::travel;

/// A branch shorter than this, in microseconds, is drawn as long as this: the first second should not look like all.
const SHOWN_US_MIN: u64 = 10_000_000;

/// The line between its two instants.
struct Track {
    line: Rect,
    end_us: u64,
    label: String,
}

impl Track {
    fn new(model: &Model, area: Rect) -> Self {
        let reached = model.sitting.reached().max(model.sitting.run().now());
        let end_us = reached.0.max(SHOWN_US_MIN);
        let label = format!("{} ", travel::rounded_instant(Instant(end_us)));
        let width = area.width.saturating_sub(columns(&label) as u16 + 5);
        Self { line: Rect { x: area.x + 4, width, ..area }, end_us, label }
    }

    fn column(&self, at: Instant) -> u16 {
        let last = u64::from(self.line.width.saturating_sub(1));
        self.line.x + (at.0.min(self.end_us) * last / self.end_us) as u16
    }

    fn instant(&self, x: u16) -> Instant {
        let last = u64::from(self.line.width.saturating_sub(1)).max(1);
        Instant(u64::from(x.saturating_sub(self.line.x)).min(last) * self.end_us / last)
    }
}

/// Draws it.
pub(crate) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let track = Track::new(model, area);
    let (theme, glyphs) = (model.theme, model.glyphs);
    let now = track.column(model.sitting.run().now());
    put(buffer, area, (area.x + 1, area.y), "0s", theme.style(Role::Dim));
    let reached = track.column(model.sitting.reached());
    for x in track.line.left()..track.line.right() {
        let (sign, role) = match x {
            x if x <= now => (glyphs.past, Role::Accent),
            x if x <= reached => (glyphs.across, Role::Text),
            _ => (glyphs.ahead, Role::Dim),
        };
        put_sign(buffer, area, (x, area.y), sign, theme.style(role));
    }
    for command in &model.sitting.commands()[model.scene.setup.min(model.sitting.commands().len())..] {
        let (sign, role) = sign(model, &command.command);
        put_sign(buffer, area, (track.column(command.at), area.y), sign, theme.style(role));
    }
    for at in model.seen.all() {
        put_sign(buffer, area, (track.column(at), area.y), glyphs.dead, theme.style(Role::Bad));
    }
    put_sign(buffer, area, (now, area.y), glyphs.up, theme.style(Role::Accent).add_modifier(Modifier::BOLD));
    put(buffer, area, (track.line.right() + 1, area.y), &track.label, theme.style(Role::Dim));
}

/// The sign of a command: what was cut, what was healed, what else was done.
fn sign(model: &Model, command: &WorldCommand) -> (char, Role) {
    match command {
        WorldCommand::Heal(_) | WorldCommand::Restart(_) | WorldCommand::Resume(_) => ('h', Role::Good),
        WorldCommand::Operate { .. } | WorldCommand::Load { .. } | WorldCommand::Stop(_) => ('o', Role::Request),
        WorldCommand::Policy { .. } | WorldCommand::Merge { .. } => ('b', Role::News),
        _ => (model.glyphs.cut, Role::Warn),
    }
}

/// A click goes to its instant.
pub(crate) fn click(model: &mut Model, area: Rect, x: u16) {
    let track = Track::new(model, area);
    if (track.line.left()..track.line.right()).contains(&x) {
        // Beyond what was reached there is nothing to see yet.
        travel::go_to(model, track.instant(x).min(model.sitting.reached()));
    }
}
