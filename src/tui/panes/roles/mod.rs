//! Roles: what each replica is to the logs that decide something, and the ends of those logs.
//!
//! ```text
//!      role          term  vote     34  36  38  40  42          commit applied
//! ▸● r1 follower        2  r1    ▒ 1 1 1 1│1 1 ·                  37      37   two entries of the old leader
//!  ● r2 leader          3  r2    ▒ 1 1 1 1 3 3│3                  39      39   in whose place others are committed
//!  ● r3 follower        3  r2    ▒ 1 1 1 1 3│3 ·                  38      38
//!      role     epoch  primary      6   8  10             stable  last    lag
//! ▸● r1 primary      1  r1       1 1 1 1│1 1 ·                 7     9
//!  ● r2 primary      2  r2       1 1 1 1│2 2 2                 7    10
//!  the log decides account.*; a read asks a majority
//!  r1 follows r2
//!  39 t1  ana: account.withdraw joint 10                not committed
//! ```
//!
//! An entry is shown as its term or its epoch; where these differ in a column, logs differ. [`strip`] draws the logs,
//! [`words`] says what they mean, [`shown`] reads either log. If both logs are in use and there is room, both are shown,
//! and an arrow to the side chooses of which more is said. The chosen replica is the one that is chosen on the map.

mod shown;
mod strip;
mod words;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Pane, PaneId, badge};
use crate::base::{LogId, ReplicaId};
use crate::cluster::view::{Condition, RaftView, ReplicaView, View};
use crate::tui::choices;
use crate::tui::draw::rounded_span;
use crate::tui::glyphs::condition_word;
use crate::tui::keys::{Action, Direction};
use crate::tui::model::{Model, Overlay};
use crate::tui::text::{fit, pad, put, put_sign, wrap};
use crate::tui::theme::Role;
use shown::Shown;
use strip::Strip;

/// Columns of a role, a term and a vote.
const ROLE: usize = 14;
const TERM: usize = 4;
const VOTE: usize = 7;
/// Columns of a role and an epoch; with the primary as wide as those, so that both logs begin in one column.
const PART: usize = 9;
const EPOCH: usize = 6;
/// Where the role stands: after the cursor, the sign of the condition and the name.
const NAME: u16 = 6;
/// Columns of Raft's two indexes at the right.
const COMMIT: usize = 7;
const APPLIED: usize = 8;
/// Columns of what is at the right of the primary's log.
const STABLE: usize = 7;
const LAST: usize = 6;
const LAG: usize = 7;
/// Rows for what is said of the chosen replica before the signs are explained.
const SAID_ROWS_MIN: u16 = 5;
/// Rows that are left for it if both logs are shown.
const SAID_ROWS_LEFT: u16 = 2;
/// With so many, a row of air is left between the logs.
const SAID_ROWS_MUCH: u16 = 8;

/// What the pane remembers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RolesState {
    /// The log that was chosen, if one was.
    chosen: Option<LogId>,
}

/// The pane.
pub(super) const PANE: Pane = Pane { id: PaneId::Roles, digit: 'r', name: "Roles", title, draw, press, click };

fn title(model: &Model) -> String {
    words::title(model.sitting.run().cluster().view())
}

/// An arrow up or down chooses a replica, one to the side a log, and Enter asks what shall befall the replica, as on
/// the map.
fn press(model: &mut Model, direction: Direction) {
    let view = model.sitting.run().cluster().view();
    match direction {
        Direction::Enter => model.overlay = Overlay::Chooser(choices::crashes(model)),
        Direction::Left | Direction::Right if view.logs().len() > 1 => {
            model.panes.roles.chosen = chosen(model, view).map(LogId::other);
        }
        _ => {
            let replicas = view.replica_count();
            model.panes.map.selected = super::moved(model.panes.map.selected, direction, replicas);
        }
    }
}

/// A click chooses a replica and a log, and one on the chosen asks what shall befall it.
fn click(model: &mut Model, area: Rect, (_, y): (u16, u16)) {
    let view = model.sitting.run().cluster().view();
    let replicas = view.replica_count();
    let tables = tables(model, view, area);
    let Some((log, table)) = tables.into_iter().find(|(_, table)| (table.y..table.bottom()).contains(&y)) else {
        return;
    };
    let row = usize::from(y - table.y);
    let is_chosen = chosen(model, view) == Some(log) && model.panes.map.selected + 1 == row;
    model.panes.roles.chosen = Some(log);
    if is_chosen {
        return press(model, Direction::Enter);
    }
    if (1..=replicas).contains(&row) {
        model.panes.map.selected = row - 1;
    }
}

/// The log of which more is said: the one that was chosen, else the one that decides more.
fn chosen(model: &Model, view: View<'_>) -> Option<LogId> {
    let policy = &view.settings().policy;
    let logs = view.logs();
    let of_policy = || logs.iter().copied().max_by_key(|log| policy.on_log(*log).iter().count());
    model.panes.roles.chosen.filter(|log| logs.contains(log)).or_else(of_policy)
}

/// Where the tables of logs are: both, if that leaves room for what is said, else the chosen one.
fn tables(model: &Model, view: View<'_>, area: Rect) -> Vec<(LogId, Rect)> {
    let rows = 1 + view.replica_count() as u16;
    let logs = view.logs();
    if logs.len() > 1 && area.height < 2 * rows + SAID_ROWS_LEFT {
        return chosen(model, view)
            .map(|log| (log, Rect { height: rows.min(area.height), ..area }))
            .into_iter()
            .collect();
    }
    let gap = u16::from(area.height >= 2 * rows + SAID_ROWS_MUCH);
    let place = |at: u16| Rect { y: area.y + at * (rows + gap), height: rows, ..area }.intersection(area);
    (0..).zip(logs.into_iter().rev()).map(|(at, log)| (log, place(at))).collect()
}

fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let view = model.sitting.run().cluster().view();
    let Some(chosen) = chosen(model, view) else {
        return asleep(model, area, buffer);
    };
    let tables = tables(model, view, area);
    for (log, place) in &tables {
        Table::of(model, view, *log, *place).draw(*place, view.logs().len() > 1 && *log == chosen, buffer);
    }
    let y = tables.last().map_or(area.y, |(_, place)| place.bottom());
    let is_alone = tables.len() == view.logs().len();
    let below = Rect { y, height: area.bottom().saturating_sub(y), ..area };
    Table::of(model, view, chosen, area).said(below, is_alone, buffer);
}

/// No policy has called a log into being.
fn asleep(model: &Model, area: Rect, buffer: &mut Buffer) {
    let (bind, palette) = (model.keymap.of(Action::Bind), model.keymap.of(Action::Palette));
    let lines = [
        format!("No log decides anything yet. Type a policy, or press {bind}:"),
        format!("`{palette}policy stock.* linearizable` starts a Raft group; r1 is its first leader"),
        format!("`{palette}policy stock.* primary` makes r1 the primary, which ships its log"),
    ];
    let width = usize::from(area.width.saturating_sub(2)).max(1);
    let lines = lines.iter().flat_map(|text| wrap(text, width));
    for (y, line) in (area.y..area.bottom()).zip(lines) {
        put(buffer, area, (area.x + 1, y), &line, model.theme.style(Role::Dim));
    }
}

struct Table<'a> {
    model: &'a Model,
    shown: Shown<'a>,
    strip: Strip,
}

impl<'a> Table<'a> {
    fn of(model: &'a Model, view: View<'a>, log: LogId, area: Rect) -> Self {
        let left = NAME + (ROLE + TERM + VOTE) as u16;
        let right = match log {
            LogId::Raft => COMMIT + APPLIED,
            LogId::Primary => STABLE + LAST + LAG,
        } as u16;
        let shown = Shown::of(view, log);
        let room = Rect { x: area.x + left, width: area.width.saturating_sub(left + right), ..area };
        Self { model, strip: Strip::of(&shown, room), shown }
    }

    /// The table; its head is lit if more is said of this log than of the other.
    fn draw(&self, area: Rect, is_chosen: bool, buffer: &mut Buffer) {
        self.head(area, is_chosen, buffer);
        for (y, replica) in (area.y + 1..area.bottom()).zip(self.shown.view.replicas()) {
            self.row(&replica, Rect { y, height: 1, ..area }, buffer);
        }
    }

    fn head(&self, area: Rect, is_chosen: bool, buffer: &mut Buffer) {
        let style = self.model.theme.style(if is_chosen { Role::Accent } else { Role::Dim });
        let (left, right) = match self.shown.log {
            LogId::Raft => (
                format!("{:<ROLE$}{:>TERM$}  {:<4}", "role", "term", "vote"),
                format!("{:>COMMIT$}{:>APPLIED$}", "commit", "applied"),
            ),
            LogId::Primary => (
                format!("{:<PART$}{:>EPOCH$}  {:<8}", "role", "epoch", "primary"),
                format!("{:>STABLE$}{:>LAST$}{:>LAG$}", "stable", "last", "lag"),
            ),
        };
        put(buffer, area, (area.x + NAME, area.y), &left, style);
        self.strip.ruler(area.y, style, buffer);
        put(buffer, area, (self.strip.right(), area.y), &right, style);
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
        match self.shown.log {
            LogId::Raft => self.member(replica, area, buffer),
            LogId::Primary => self.part(replica, area, buffer),
        }
        self.strip.row(self.model, &self.shown, replica.id, area.y, buffer);
    }

    /// What is left and right of a log of Raft's.
    fn member(&self, replica: &ReplicaView, area: Rect, buffer: &mut Buffer) {
        let (theme, glyphs) = (self.model.theme, self.model.glyphs);
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
        let text = format!("{:>COMMIT$}{:>APPLIED$}", raft.committed.index, raft.applied.index);
        put(buffer, area, (self.strip.right(), area.y), &text, theme.style(Role::Text));
    }

    /// What is left and right of a log of a primary or a follower.
    fn part(&self, replica: &ReplicaView, area: Rect, buffer: &mut Buffer) {
        let (theme, glyphs) = (self.model.theme, self.model.glyphs);
        let (Some(part), Some(primary)) = (&replica.primary, self.shown.view.primary(replica.id)) else { return };
        let is_up = words::is_up(replica);
        let is_past = badge::is_past(self.shown.view, replica.id);
        let (text, role) = match (is_up, part.is_primary) {
            (false, _) => (condition_word(replica.condition), Role::Bad),
            (true, true) if is_past => ("primary", Role::Warn),
            (true, true) => ("primary", Role::Good),
            (true, false) if primary.is_campaigning() => ("candidate", Role::Warn),
            (true, false) => ("follower", Role::Text),
        };
        let x = put(buffer, area, (area.x + NAME, area.y), &pad(text, PART, glyphs.more), theme.style(role));
        let epoch = if part.epoch == 0 { "-".to_owned() } else { self.shown.number(primary.epoch()) };
        let x = put(buffer, area, (x, area.y), &format!("{epoch:>EPOCH$}  "), theme.style(Role::Text));
        let (whom, role) = match part.primary {
            Some(whom) => (whom.to_string(), if is_past { Role::Warn } else { Role::Text }),
            None => ("-".to_owned(), Role::Dim),
        };
        put(buffer, area, (x, area.y), &whom, theme.style(role));
        let text = format!("{:>STABLE$}{:>LAST$}", part.stable, part.last.index);
        let x = put(buffer, area, (self.strip.right(), area.y), &text, theme.style(Role::Text));
        let (lag, role) = match part.lag_us {
            _ if !is_up || part.is_primary => ("-".to_owned(), Role::Dim),
            None => ("none".to_owned(), Role::Warn),
            Some(us) if us > self.shown.view.slo_us() => (rounded_span(us), Role::Warn),
            Some(us) => (rounded_span(us), Role::Text),
        };
        put(buffer, area, (x, area.y), &format!("{lag:>LAG$}"), theme.style(role));
    }

    /// What the log decides, what the chosen replica believes, and the newest entries of its log.
    fn said(&self, area: Rect, is_alone: bool, buffer: &mut Buffer) {
        let (theme, glyphs) = (self.model.theme, self.model.glyphs);
        let width = usize::from(area.width.saturating_sub(2)).max(1);
        let mut area = Rect { x: area.x + 1, width: width as u16, ..area };
        if area.height >= SAID_ROWS_MIN || !is_alone {
            area.height = area.height.saturating_sub(1);
            let text = if is_alone { words::signs(self.shown.log, glyphs) } else { words::other(self.shown.log) };
            let text = glyphs.plain(&text);
            put(buffer, buffer.area, (area.x, area.bottom()), &fit(&text, width, glyphs.more), theme.style(Role::Dim));
        }
        let mut lines = words::switches(&self.shown);
        let replica = self.shown.view.replica(self.model.selected_replica());
        lines.extend(words::standing(&self.shown, &replica));
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
        let Some(log) = self.shown.at(id) else { return };
        let (theme, glyphs) = (self.model.theme, self.model.glyphs);
        let (last, base) = (log.last().index, log.base().index);
        let first = last.saturating_sub(u32::from(area.height)).max(base) + 1;
        let columns = last.to_string().len();
        let letter = match self.shown.log {
            LogId::Raft => 't',
            LogId::Primary => 'e',
        };
        for (y, index) in (area.y..area.bottom()).zip(first..=last) {
            let Some(slot) = log.get(index) else { continue };
            let (mark, role) = words::note(&self.shown, (index, slot.term), self.shown.kept(id));
            let text = format!("{index:>columns$} {letter}{:<3} ", self.shown.number(slot.term));
            let x = put(buffer, area, (area.x, y), &text, theme.style(Role::Dim));
            let text = glyphs.plain(&words::entry(self.shown.log, &slot.entry, self.shown.view.catalog()));
            let room = usize::from(area.right().saturating_sub(x)).saturating_sub(mark.len() + 1);
            put(buffer, area, (x, y), &fit(&text, room, glyphs.more), theme.style(role));
            let x = area.right().saturating_sub(mark.len() as u16);
            put(buffer, area, (x, y), &mark, theme.style(role));
        }
    }
}

/// What a member of the group is, in a word: whoever is down is nothing.
fn role_of(replica: &ReplicaView, raft: &RaftView) -> (&'static str, Role) {
    match replica.condition {
        Condition::Down | Condition::DiskLost => (condition_word(replica.condition), Role::Bad),
        Condition::Up | Condition::Paused => (raft.role.name(), badge::role_of(raft.role)),
    }
}
