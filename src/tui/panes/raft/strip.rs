//! The ends of all logs under one ruler: a column is an index, a number the term of the entry there.
//!
//! ```text
//!     34  36  38  40        the ruler
//!  ▒ 1 1 1 1│1 1 ·          ▒ folded into a snapshot, │ committed up to here, · no entry
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::base::ReplicaId;
use crate::cluster::view::View;
use crate::replica::raft::Raft;
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
    pub(super) fn of(view: View<'_>, area: Rect) -> Self {
        let members = || view.replicas().filter_map(|replica| replica.raft);
        let last = members().map(|raft| raft.last.index).max().unwrap_or(0);
        let term = members().map(|raft| raft.last.term).max().unwrap_or(0);
        let cell = term.to_string().len() as u16 + 1;
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
    pub(super) fn row(&self, model: &Model, view: View<'_>, id: ReplicaId, y: u16, buffer: &mut Buffer) {
        let Some(raft) = view.raft(id) else { return };
        let (theme, glyphs) = (model.theme, model.glyphs);
        let (base, last) = (raft.log().base().index, raft.log().last().index);
        let committed = raft.committed().index.max(base);
        for index in self.first..=self.last {
            let x = self.mark(index);
            let width = usize::from(self.cell) - 1;
            let at = (x - self.cell + 1, y);
            match raft.log().get(index) {
                Some(slot) => {
                    let role = match (index <= committed, is_outdone(view, index, slot.term)) {
                        (true, _) => Role::Text,
                        (false, false) => Role::Warn,
                        (false, true) => Role::Bad,
                    };
                    put(buffer, self.area, at, &format!("{:>width$}", slot.term), theme.style(role));
                }
                None if index > last => put_sign(buffer, self.area, (x - 1, y), glyphs.slanted, theme.style(Role::Dim)),
                None => put_sign(buffer, self.area, (x - 1, y), glyphs.band, theme.style(Role::Dim)),
            }
        }
        self.marks(model, view, raft, id, y, buffer);
    }

    /// Up to where the log is committed, and up to where it is applied if that is elsewhere: after a restart the disk
    /// has more than is known to be committed.
    fn marks(&self, model: &Model, view: View<'_>, raft: &Raft, id: ReplicaId, y: u16, buffer: &mut Buffer) {
        let (theme, glyphs) = (model.theme, model.glyphs);
        let committed = raft.committed().index;
        let applied = view.replica(id).raft.map_or(committed, |raft| raft.applied.index);
        let is_seen = |index: u32| index + 1 >= self.first && index <= self.last;
        if applied != committed && is_seen(applied) {
            put_sign(buffer, self.area, (self.mark(applied), y), glyphs.down_broken, theme.style(Role::Accent));
        }
        if is_seen(committed) {
            put_sign(buffer, self.area, (self.mark(committed), y), glyphs.down, theme.style(Role::Good));
        }
    }
}

/// Whether a later leader has put another entry there: this one will go.
pub(super) fn is_outdone(view: View<'_>, index: u32, term: u32) -> bool {
    let terms = view.replicas().filter_map(|replica| view.raft(replica.id)?.log().term_at(index));
    terms.max().is_some_and(|latest| latest > term)
}
