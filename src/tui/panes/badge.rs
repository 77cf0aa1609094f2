//! What a box on the map says of its replica's part in Raft and of its clock: on its lower border, as far as there is
//! room.
//!
//! ```text
//! │● up            │    ╰ leader t3 ─────╯        ╰ leader t3 ── clock +80ms ╯
//! │● leader t3     │    ╰ clock +80ms ───╯        no room for both: the role takes the place of the word "up"
//! ```

use ratatui::text::Line;

use super::place::BoxSize;
use crate::base::Role as Member;
use crate::cluster::view::{Condition, ReplicaView};
use crate::lab::telling::signed_span;
use crate::tui::glyphs::condition_word;
use crate::tui::text::columns;
use crate::tui::theme::{Role, Theme};

/// What a box says.
pub(super) struct Badge {
    /// How the replica is, in a word.
    pub(super) word: String,
    /// What it is in Raft, on the lower border.
    role: Option<(Member, String)>,
    /// How far its clock is off, on the lower border.
    clock: Option<String>,
}

impl Badge {
    /// For a replica whose box is `width` columns wide.
    pub(super) fn of(replica: &ReplicaView, size: BoxSize, width: u16) -> Self {
        let room = usize::from(width.saturating_sub(2));
        let clock = (replica.offset_us != 0).then(|| clock_text(replica.offset_us, room));
        let word = condition_word(replica.condition).to_owned();
        // Who crashed is nothing in the group.
        let is_member = matches!(replica.condition, Condition::Up | Condition::Paused);
        let Some(raft) = replica.raft.filter(|_| is_member) else { return Self { word, role: None, clock } };
        let text = format!("{} t{}", short_role(raft.role, size), raft.term);
        let has_room = columns(&text) + 2 + clock.as_deref().map_or(0, columns) <= room;
        match (size, has_room) {
            (BoxSize::Bare, _) => Self { word: short_role(raft.role, size).to_owned(), role: None, clock },
            (_, true) => Self { word, role: Some((raft.role, format!(" {text} "))), clock },
            (_, false) => Self { word: text, role: None, clock },
        }
    }

    /// The lower border.
    pub(super) fn below(self, theme: Theme) -> impl Iterator<Item = Line<'static>> {
        let clock = self.clock.map(|text| Line::styled(text, theme.style(Role::Warn)));
        let clock = clock.map(|line| if self.role.is_some() { line.right_aligned() } else { line });
        let role = self.role.map(|(role, text)| Line::styled(text, theme.style(role_of(role))));
        role.into_iter().chain(clock)
    }
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
