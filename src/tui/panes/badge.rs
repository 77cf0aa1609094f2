//! What a box on the map says of its replica's part in a log and of its clock: on its lower border, as far as there is
//! room.
//!
//! ```text
//! │● up            │    ╰ leader t3 ─────╯        ╰ leader t3 ── clock +80ms ╯
//! │● leader t3     │    ╰ clock +80ms ───╯        no room for both: the role takes the place of the word "up"
//! │● up            │    ╰ primary e2 ────╯        lit as a warning where another is the primary of a later epoch
//! ```

use ratatui::text::Line;

use super::place::BoxSize;
use crate::base::{LogId, ReplicaId, Role as Member};
use crate::cluster::view::{Condition, ReplicaView, View};
use crate::lab::telling::signed_span;
use crate::tui::glyphs::condition_word;
use crate::tui::text::columns;
use crate::tui::theme::{Role, Theme};

/// What a box says.
pub(super) struct Badge {
    /// How the replica is, in a word.
    pub(super) word: String,
    /// What it is to a log, on the lower border.
    role: Option<(String, Role)>,
    /// How far its clock is off, on the lower border.
    clock: Option<String>,
}

impl Badge {
    /// For a replica whose box is `width` columns wide.
    pub(super) fn of(view: View<'_>, replica: &ReplicaView, size: BoxSize, width: u16) -> Self {
        let room = usize::from(width.saturating_sub(2));
        let clock = (replica.offset_us != 0).then(|| clock_text(replica.offset_us, room));
        let word = condition_word(replica.condition).to_owned();
        let Some((short, number, role)) = part(view, replica, size) else { return Self { word, role: None, clock } };
        let text = format!("{short} {number}");
        let has_room = columns(&text) + 2 + clock.as_deref().map_or(0, columns) <= room;
        match (size, has_room) {
            (BoxSize::Bare, _) => Self { word: short.to_owned(), role: None, clock },
            (_, true) => Self { word, role: Some((format!(" {text} "), role)), clock },
            (_, false) => Self { word: text, role: None, clock },
        }
    }

    /// The lower border.
    pub(super) fn below(self, theme: Theme) -> impl Iterator<Item = Line<'static>> {
        let clock = self.clock.map(|text| Line::styled(text, theme.style(Role::Warn)));
        let clock = clock.map(|line| if self.role.is_some() { line.right_aligned() } else { line });
        let role = self.role.map(|(text, role)| Line::styled(text, theme.style(role)));
        role.into_iter().chain(clock)
    }
}

/// What a replica is, in which term or epoch, and the role of that among the colours. Who crashed is nothing. If both
/// logs are in use, the one that decides more.
fn part(view: View<'_>, replica: &ReplicaView, size: BoxSize) -> Option<(&'static str, String, Role)> {
    let is_up = matches!(replica.condition, Condition::Up | Condition::Paused);
    let policy = &view.settings().policy;
    let log = view.logs().into_iter().max_by_key(|log| policy.on_log(*log).iter().count()).filter(|_| is_up)?;
    if let (LogId::Raft, Some(raft)) = (log, replica.raft) {
        return Some((short_role(raft.role, size), format!("t{}", raft.term), role_of(raft.role)));
    }
    let primary = replica.primary?;
    let short = match (primary.is_primary, size) {
        (true, BoxSize::Full) => "primary",
        (true, _) => "prim",
        (false, BoxSize::Full) => "follower",
        (false, _) => "foll",
    };
    let role = match primary.is_primary {
        true if is_past(view, replica.id) => Role::Warn,
        true => Role::Good,
        false => Role::Text,
    };
    Some((short, format!("e{}", primary.epoch), role))
}

/// Whether a replica acts as the primary, or follows one, although another became it in a later epoch.
pub(super) fn is_past(view: View<'_>, id: ReplicaId) -> bool {
    let Some(own) = view.primary(id) else { return false };
    let others = view.replicas().filter_map(|other| view.primary(other.id));
    others.filter(|other| other.is_primary()).any(|other| other.epoch() > own.epoch())
}

/// The role of a member's name among the colours.
pub(super) fn role_of(member: Member) -> Role {
    match member {
        Member::Leader => Role::Good,
        Member::Candidate | Member::PreCandidate => Role::Warn,
        Member::Follower => Role::Text,
    }
}

/// A member's role in as many letters as a box has room for.
fn short_role(role: Member, size: BoxSize) -> &'static str {
    match (size, role) {
        (BoxSize::Full, Member::PreCandidate) => "pre-vote",
        (BoxSize::Full, role) => role.name(),
        (_, Member::Leader) => "lead",
        (_, Member::Follower) => "foll",
        (_, Member::Candidate) => "cand",
        (_, Member::PreCandidate) => "pre",
    }
}

/// An offset to the tenth of a millisecond: drift would make more digits run.
fn clock_text(us: i64, room: usize) -> String {
    let offset = signed_span(us / 100 * 100);
    let text = format!(" clock {offset} ");
    if columns(&text) <= room { text } else { format!(" {offset} ") }
}
