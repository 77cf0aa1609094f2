//! The ends of all logs under one ruler: a column is an index, a number the term or the epoch of the entry there.
//!
//! ```text
//!     34  36  38  40        the ruler
//!  ▒ 1 1 1 1│1 1 ·          ▒ not in the log any more, │ kept up to here, · no entry
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::shown::Shown;
use crate::base::{LogId, ReplicaId};
use crate::tui::model::Model;
use crate::tui::text::{put, put_sign};
use crate::tui::theme::Role;

/// Which indexes are shown, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Strip {
    area: Rect,
    /// The first index that is shown, and the last that any replica has.
    first: u32,
    last: u32,
    /// Columns of an entry: its term, and the mark after it.
    cell: u16,
}

impl Strip {
    /// The newest entries for which `area` has room.
    pub(super) fn of(shown: &Shown<'_>, area: Rect) -> Self {
        let last = shown.last();
        let cell = shown.number_columns() + 1;
        let count = u32::from(area.width.saturating_sub(1) / cell);
        let first = (last + 1).saturating_sub(count).max(1);
        Self { area, first, last, cell }
    }

    /// The column after it.
    pub(super) fn right(&self) -> u16 {
        self.area.right()
    }

    /// The column of the mark after an index; an entry's term ends before it.
    fn mark(&self, index: u32) -> u16 {
        self.area.x + (index + 1 - self.first) as u16 * self.cell
    }

    /// The indexes, as many as there is room for.
    pub(super) fn ruler(&self, y: u16, style: Style, buffer: &mut Buffer) {
        let label = self.last.to_string().len() as u16;
        let step = [1, 2, 5, 10, 20].into_iter().find(|step| *step as u16 * self.cell > label).unwrap_or(50);
        for index in (self.first..=self.last).filter(|index| index % step == 0) {
            let text = index.to_string();
            let Some(x) = self.mark(index).checked_sub(text.len() as u16).filter(|x| *x >= self.area.x) else {
                continue;
            };
            put(buffer, self.area, (x, y), &text, style);
        }
    }

    /// The log of one replica.
    pub(super) fn row(&self, model: &Model, shown: &Shown<'_>, id: ReplicaId, y: u16, buffer: &mut Buffer) {
        let Some(log) = shown.at(id) else { return };
        let (theme, glyphs) = (model.theme, model.glyphs);
        let last = log.last().index;
        for index in self.first..=self.last {
            let x = self.mark(index);
            let width = usize::from(self.cell) - 1;
            let at = (x - self.cell + 1, y);
            match log.get(index) {
                Some(slot) => {
                    let role = role_of(shown, id, index, slot.term);
                    let text = format!("{:>width$}", shown.number(slot.term));
                    put(buffer, self.area, at, &text, theme.style(role));
                }
                None if index > last => put_sign(buffer, self.area, (x - 1, y), glyphs.slanted, theme.style(Role::Dim)),
                None => put_sign(buffer, self.area, (x - 1, y), glyphs.band, theme.style(Role::Dim)),
            }
        }
        self.marks(model, shown, id, y, buffer);
    }

    /// Up to where the log is kept, and up to where it is applied if that is elsewhere.
    fn marks(&self, model: &Model, shown: &Shown<'_>, id: ReplicaId, y: u16, buffer: &mut Buffer) {
        let (theme, glyphs) = (model.theme, model.glyphs);
        // Raft's own word: a snapshot is committed, but after a restart a member does not know it.
        let kept = match shown.log {
            LogId::Raft => shown.view.raft(id).map_or(0, |raft| raft.committed().index),
            LogId::Primary => shown.kept(id),
        };
        let applied = shown.applied(id).unwrap_or(kept);
        let is_seen = |index: u32| index + 1 >= self.first && index <= self.last;
        if applied != kept && is_seen(applied) {
            put_sign(buffer, self.area, (self.mark(applied), y), glyphs.down_broken, theme.style(Role::Accent));
        }
        if is_seen(kept) {
            put_sign(buffer, self.area, (self.mark(kept), y), glyphs.down, theme.style(Role::Good));
        }
    }
}

/// What an entry's colour says: kept, not yet, or about to go.
fn role_of(shown: &Shown<'_>, id: ReplicaId, index: u32, term: u32) -> Role {
    let is_kept = match shown.log {
        LogId::Raft => index <= shown.kept(id),
        LogId::Primary => index <= shown.kept(id) || shown.lacking(index, term).is_empty(),
    };
    match is_kept {
        true => Role::Text,
        false if shown.is_outdone(index, term) => Role::Bad,
        false => Role::Warn,
    }
}
