//! Raft's members in sentences.

use super::{Said, entries_text, is_up};
use crate::base::Level;
use crate::base::{ReadBy, ReplicaId, Role as Member};
use crate::cluster::view::{Condition, ReplicaView, View};
use crate::tui::theme::Role;

/// Everybody who believes to lead.
pub(in super::super) fn heads(view: View<'_>) -> String {
    let members = view.replicas().filter(is_up).filter_map(|it| Some((it.id, it.raft?)));
    let leaders = members.filter(|(_, raft)| raft.role == Member::Leader);
    let leaders: Vec<String> = leaders.map(|(id, raft)| format!("{id} leads term {}", raft.term)).collect();
    if leaders.is_empty() { "nobody leads".to_owned() } else { leaders.join(", ") }
}

/// How the log decides.
pub(super) fn how(view: View<'_>) -> &'static str {
    let by_lease = view.settings().policy.has(Level::Linearizable(ReadBy::Lease));
    if by_lease { "a read trusts a lease" } else { "a read asks a majority" }
}

/// What a member believes, and where that is wrong.
pub(super) fn standing(view: View<'_>, replica: &ReplicaView) -> Option<Said> {
    let (id, raft) = (replica.id, replica.raft?);
    let latest = view.replicas().filter_map(|other| other.raft).map(|other| other.term).max().unwrap_or(raft.term);
    let said = match (replica.condition, raft.role) {
        (Condition::DiskLost, _) => {
            (format!("{id} lost its disk, with its vote and its log; restarted, it has to be readmitted"), Role::Warn)
        }
        (Condition::Down, _) => (format!("{id} is down; its term, its vote and its log are on its disk"), Role::Warn),
        _ if !raft.counts => {
            (format!("{id} lost its disk: no vote until a majority without it readmits it"), Role::Warn)
        }
        (_, Member::Leader) if raft.term < latest => {
            (format!("{id} believes to lead term {}; there is a term {latest} already", raft.term), Role::Warn)
        }
        (_, Member::Leader) => match raft.last.index - raft.committed.index {
            0 => (format!("{id} leads, and all that it appended is committed"), Role::Text),
            1 => (format!("{id} leads; 1 entry waits for a majority"), Role::Text),
            waiting => (format!("{id} leads; {waiting} entries wait for a majority"), Role::Text),
        },
        (_, Member::PreCandidate) => {
            let term = raft.term;
            (format!("{id} hears no leader and asks who would vote for it; its term stays {term}"), Role::Warn)
        }
        (_, Member::Candidate) => {
            let majority = view.replica_count() / 2 + 1;
            (format!("{id} asks for votes in term {}, and needs {majority} with its own", raft.term), Role::Warn)
        }
        (_, Member::Follower) => match raft.leader {
            Some(leader) => follower(view, id, leader, raft.last.index),
            None => (format!("{id} follows, and knows of no leader in term {}", raft.term), Role::Text),
        },
    };
    Some(said)
}

fn follower(view: View<'_>, id: ReplicaId, leader: ReplicaId, last: u32) -> Said {
    let ahead = view.replica(leader).raft.map_or(0, |raft| raft.last.index.saturating_sub(last));
    let lacks = if ahead == 0 { String::new() } else { format!(" and lacks {}", entries_text(ahead)) };
    (format!("{id} follows {leader}{lacks}"), Role::Text)
}
