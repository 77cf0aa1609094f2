//! Raft: what each member of the group is in its term, for whom it voted, and the end of its log.
//!
//! ```text
//!      role          term  vote     34  36  38  40  42          commit applied
//! ▸● r1 follower        2  r1    ▒ 1 1 1 1│1 1 ·                  37      37   two entries of the old leader
//!  ● r2 leader          3  r2    ▒ 1 1 1 1 3 3│3                  39      39   in whose place others are committed
//!  ● r3 follower        3  r2    ▒ 1 1 1 1 3│3 ·                  38      38
//!  the log decides account.*; a read asks a majority
//!  r1 follows r2
//!  39 t1  ana: account.withdraw joint 10                not committed
//! ```
//!
//! An entry is shown as its term; where terms differ in a column, logs differ. [`strip`] draws the logs, [`words`] says
//! what they mean. The chosen replica is the one that is chosen on the map.

mod strip;
mod words;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Pane, PaneId, badge};
use crate::base::ReplicaId;
use crate::cluster::view::{Condition, RaftView, ReplicaView, View};
use crate::tui::choices;
use crate::tui::glyphs::condition_word;
use crate::tui::keys::{Action, Direction};
use crate::tui::model::{Model, Overlay};
use crate::tui::text::{fit, pad, put, put_sign, wrap};
use crate::tui::theme::Role;
use strip::Strip;

/// Columns of a role, a term and a vote.
const ROLE: usize = 14;
const TERM: usize = 4;
const VOTE: usize = 7;
/// Where the role stands: after the cursor, the sign of the condition and the name.
const NAME: u16 = 6;
/// Columns of the two indexes at the right.
const COMMIT: usize = 7;
const APPLIED: usize = 8;
/// Rows for what is said of the chosen replica before the signs are explained.
const SAID_ROWS_MIN: u16 = 5;

/// The pane.
pub(super) const PANE: Pane = Pane { id: PaneId::Raft, digit: 'r', name: "Raft", title, draw, press, click };

fn title(model: &Model) -> String {
    words::title(model.sitting.run().cluster().view())
}

/// An arrow chooses a replica, and Enter asks what shall befall it, as on the map.
fn press(model: &mut Model, direction: Direction) {
    if direction == Direction::Enter {
        model.overlay = Overlay::Chooser(choices::crashes(model));
        return;
    }
    let replicas = model.sitting.run().cluster().view().replica_count();
    model.panes.map.selected = super::moved(model.panes.map.selected, direction, replicas);
}

/// A click chooses a replica, and one on the chosen asks what shall befall it.
fn click(model: &mut Model, area: Rect, (_, y): (u16, u16)) {
    let row = usize::from(y.saturating_sub(area.y));
    let replicas = model.sitting.run().cluster().view().replica_count();
    if !(1..=replicas).contains(&row) {
        return;
    }
    if model.panes.map.selected == row - 1 {
        return press(model, Direction::Enter);
    }
    model.panes.map.selected = row - 1;
}

fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let view = model.sitting.run().cluster().view();
    if view.replicas().all(|replica| replica.raft.is_none()) {
        return asleep(model, area, buffer);
    }
    let left = NAME + (ROLE + TERM + VOTE) as u16;
    let right = (COMMIT + APPLIED) as u16;
    let room = Rect { x: area.x + left, width: area.width.saturating_sub(left + right), ..area };
    let table = Table { model, view, strip: Strip::of(view, room) };
    table.head(area, buffer);
    for (y, replica) in (area.y + 1..area.bottom()).zip(view.replicas()) {
        table.row(&replica, Rect { y, height: 1, ..area }, buffer);
    }
    let y = area.y + 1 + view.replica_count() as u16;
    table.said(Rect { y, height: area.bottom().saturating_sub(y), ..area }, buffer);
}

/// No policy has called the group into being.
fn asleep(model: &Model, area: Rect, buffer: &mut Buffer) {
    let (bind, palette) = (model.keymap.of(Action::Bind), model.keymap.of(Action::Palette));
    let text = format!(
        "No log decides anything yet. Type `{palette}policy stock.* linearizable`, or press {bind}: a Raft group starts, and r1 is its first leader."
    );
    let width = usize::from(area.width.saturating_sub(2)).max(1);
    for (y, line) in (area.y..area.bottom()).zip(wrap(&text, width)) {
        put(buffer, area, (area.x + 1, y), &line, model.theme.style(Role::Dim));
    }
}

struct Table<'a> {
    model: &'a Model,
    view: View<'a>,
    strip: Strip,
}

impl Table<'_> {
    fn head(&self, area: Rect, buffer: &mut Buffer) {
        let style = self.model.theme.style(Role::Dim);
        let text = format!("{:<ROLE$}{:>TERM$}  {:<4}", "role", "term", "vote");
        put(buffer, area, (area.x + NAME, area.y), &text, style);
        self.strip.ruler(area.y, style, buffer);
        let x = self.strip.right();
        put(buffer, area, (x, area.y), &format!("{:>COMMIT$}{:>APPLIED$}", "commit", "applied"), style);
    }

    fn row(&self, replica: &ReplicaView, area: Rect, buffer: &mut Buffer) {
        let (theme, glyphs) = (self.model.theme, self.model.glyphs);
        let is_chosen = self.model.selected_replica() == replica.id;
        if is_chosen {
            put_sign(buffer, area, (area.x, area.y), glyphs.cursor, theme.style(Role::Accent));
        }
        let role = match replica.condition {
            Condition::Up if is_chosen => Role::Accent,
            Condition::Up => Role::Text,
            Condition::Paused => Role::Warn,
            Condition::Down | Condition::DiskLost => Role::Bad,
        };
        let name = format!("{} {}", glyphs.condition(replica.condition), replica.id);
        put(buffer, area, (area.x + 1, area.y), &name, theme.style(role));
        let Some(raft) = &replica.raft else { return };
        let (text, role) = role_of(replica, raft);
        let x = put(buffer, area, (area.x + NAME, area.y), &pad(text, ROLE, glyphs.more), theme.style(role));
        let x = put(buffer, area, (x, area.y), &format!("{:>TERM$}  ", raft.term), theme.style(Role::Text));
        let (vote, role) = match (raft.counts, raft.vote) {
            (false, _) => ("none".to_owned(), Role::Warn),
            (true, Some(vote)) => (vote.to_string(), Role::Text),
            (true, None) => ("-".to_owned(), Role::Dim),
        };
        put(buffer, area, (x, area.y), &vote, theme.style(role));
        self.strip.row(self.model, self.view, replica.id, area.y, buffer);
        let text = format!("{:>COMMIT$}{:>APPLIED$}", raft.committed.index, raft.applied.index);
        put(buffer, area, (self.strip.right(), area.y), &text, theme.style(Role::Text));
    }

    /// What the log decides, what the chosen replica believes, and the newest entries of its log.
    fn said(&self, area: Rect, buffer: &mut Buffer) {
        let (theme, glyphs) = (self.model.theme, self.model.glyphs);
        let width = usize::from(area.width.saturating_sub(2)).max(1);
        let mut area = Rect { x: area.x + 1, width: width as u16, ..area };
        if area.height >= SAID_ROWS_MIN {
            area.height -= 1;
            let text = glyphs.plain(&words::signs(glyphs));
            put(buffer, buffer.area, (area.x, area.bottom()), &fit(&text, width, glyphs.more), theme.style(Role::Dim));
        }
        let mut lines = words::switches(self.view);
        let replica = self.view.replica(self.model.selected_replica());
        lines.extend(words::standing(self.view, &replica));
        let mut y = area.y;
        for (text, role) in lines {
            for line in wrap(&glyphs.plain(&text), width) {
                put(buffer, area, (area.x, y), &line, theme.style(role));
                y += 1;
            }
        }
        self.entries(replica.id, Rect { y, height: area.bottom().saturating_sub(y), ..area }, buffer);
    }

    /// The newest entries of a replica's log in words, the newest last.
    fn entries(&self, id: ReplicaId, area: Rect, buffer: &mut Buffer) {
        let Some(raft) = self.view.raft(id) else { return };
        let (theme, glyphs) = (self.model.theme, self.model.glyphs);
        let (log, committed) = (raft.log(), raft.committed().index.max(raft.log().base().index));
        let (last, base) = (log.last().index, log.base().index);
        let first = last.saturating_sub(u32::from(area.height)).max(base) + 1;
        let columns = last.to_string().len();
        for (y, index) in (area.y..area.bottom()).zip(first..=last) {
            let Some(slot) = log.get(index) else { continue };
            let (mark, role) = match (index > committed, strip::is_outdone(self.view, index, slot.term)) {
                (false, _) => ("", Role::Text),
                (true, false) => ("not committed", Role::Warn),
                (true, true) => ("will be replaced", Role::Bad),
            };
            let text = format!("{index:>columns$} t{:<3} ", slot.term);
            let x = put(buffer, area, (area.x, y), &text, theme.style(Role::Dim));
            let text = glyphs.plain(&words::entry(&slot.entry, self.view.catalog()));
            let room = usize::from(area.right().saturating_sub(x)).saturating_sub(mark.len() + 1);
            put(buffer, area, (x, y), &fit(&text, room, glyphs.more), theme.style(role));
            let x = area.right().saturating_sub(mark.len() as u16);
            put(buffer, area, (x, y), mark, theme.style(role));
        }
    }
}

/// What a replica is, in a word: whoever is down is nothing.
fn role_of(replica: &ReplicaView, raft: &RaftView) -> (&'static str, Role) {
    match replica.condition {
        Condition::Down | Condition::DiskLost => (condition_word(replica.condition), Role::Bad),
        Condition::Up | Condition::Paused => (raft.role.name(), badge::role_of(raft.role)),
    }
}
