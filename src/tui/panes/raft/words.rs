//! What the group does, in sentences.

use crate::base::policy::Level;
use crate::base::{Cover, LogId, OpSet, ReadBy, ReplicaId, ReplicaSet, Role as Member};
use crate::cluster::Catalog;
use crate::cluster::view::{Condition, ReplicaView, View};
use crate::data::Switch;
use crate::lab::telling::{request_of, types_text};
use crate::tui::glyphs::Glyphs;
use crate::tui::theme::Role;
use crate::wire::Entry;

/// A sentence and its role.
type Said = (String, Role);

/// "Raft · r1 leads term 3", and everybody else who believes to lead.
pub(super) fn title(view: View<'_>) -> String {
    let members = || view.replicas().filter(is_up).filter_map(|it| Some((it.id, it.raft?)));
    let leaders = members().filter(|(_, raft)| raft.role == Member::Leader);
    let leaders: Vec<String> = leaders.map(|(id, raft)| format!("{id} leads term {}", raft.term)).collect();
    match (leaders.is_empty(), members().next()) {
        (false, _) => format!("Raft · {}", leaders.join(", ")),
        (true, Some(_)) => "Raft · nobody leads".to_owned(),
        (true, None) => "Raft".to_owned(),
    }
}

/// What the signs in the logs mean.
pub(super) fn signs(glyphs: &Glyphs) -> String {
    let Glyphs { down, down_broken, band, slanted, .. } = glyphs;
    format!("1 an entry of term 1  {down} committed  {down_broken} applied  {band} in a snapshot  {slanted} no entry")
}

fn is_up(replica: &ReplicaView) -> bool {
    matches!(replica.condition, Condition::Up | Condition::Paused)
}

/// What the log decides, and which switches wait for whom.
pub(super) fn switches(view: View<'_>) -> Vec<Said> {
    let Some(bindings) = view.bindings(LogId::Raft) else { return Vec::new() };
    let policy = view.settings().policy;
    let mut said = Vec::new();
    let reads = if policy.has(Level::Linearizable(ReadBy::Lease)) { "trusts a lease" } else { "asks a majority" };
    if !bindings.bound().is_empty() {
        said.push((format!("the log decides {}; a read {reads}", types_text(bindings.bound())), Role::Accent));
    } else if policy.on_log(LogId::Raft).is_empty() {
        said.push(("the log decides nothing any more, and stays up".to_owned(), Role::Dim));
    }
    let unsealed = policy.on_log(LogId::Raft).without(bindings.sealed());
    if !unsealed.is_empty() {
        said.push((
            format!("{}: a leader has to seal it before the log can decide it", types_text(unsealed)),
            Role::Warn,
        ));
    }
    let kept = bindings.sealed().without(policy.on_log(LogId::Raft));
    if !kept.is_empty() {
        said.push((format!("{}: a leader has to say in the log that it lets go", types_text(kept)), Role::Warn));
    }
    said.extend(bindings.switches().iter().map(|switch| (switch_text(view, switch), Role::Warn)));
    said
}

fn switch_text(view: View<'_>, switch: &Switch) -> String {
    let mut silent = ReplicaSet::all(view.replica_count());
    switch.handed.iter().for_each(|replica| silent.remove(replica));
    let (types, names) = (types_text(switch.types), names(silent));
    let have = if silent.iter().count() == 1 { "has" } else { "have" };
    if switch.forced {
        format!("{types}: bound by force; what {names} had acknowledged may come late")
    } else {
        format!("{types}: sealed, refuses until {names} {have} handed over")
    }
}

fn names(replicas: ReplicaSet) -> String {
    let names: Vec<String> = replicas.iter().map(|replica| replica.to_string()).collect();
    names.join(" and ")
}

/// What a replica believes, and where that is wrong.
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
    match ahead {
        0 => (format!("{id} follows {leader}"), Role::Text),
        1 => (format!("{id} follows {leader} and lacks 1 entry"), Role::Text),
        many => (format!("{id} follows {leader} and lacks {many} entries"), Role::Text),
    }
}

/// What an entry says.
pub(super) fn entry(entry: &Entry, catalog: &Catalog) -> String {
    let types = |types: &OpSet| types_text(*types);
    match entry {
        Entry::Noop => "a new leader's first entry, which does nothing".to_owned(),
        Entry::Readmit { replica, .. } => format!("{replica} votes and counts again"),
        Entry::Operation(operation) => {
            let request = request_of(operation.op_type, operation.key, operation.argument, catalog);
            format!("{}: {request}", catalog.actor_name(operation.client))
        }
        Entry::Absorb { key, .. } => {
            format!("loose writes to {} {} join the log", catalog.service_of(*key).name(), catalog.key_name(*key))
        }
        Entry::Seal(sealed) => format!("seal: no loose write of {} any more", types(sealed)),
        Entry::Handed { replica, .. } => format!("{replica} has handed over what it had"),
        Entry::Open(seal) => format!("what entry {seal} sealed is opened by force"),
        Entry::Unseal(unsealed) => format!("the log lets go of {}", types(unsealed)),
        Entry::Cover(covered, Cover::Grants) => format!("replicas may be granted {}", types(covered)),
        Entry::Cover(covered, Cover::Naive) => format!("replicas decide {} while they see enough", types(covered)),
        Entry::Grant { key, column, amount, .. } => {
            let (service, name) = (catalog.service_of(*key).name(), catalog.key_name(*key));
            format!("{} may take {amount} of {service} {name} alone", catalog.column_owner(*column))
        }
        Entry::Return { key, column, .. } => {
            let (service, name) = (catalog.service_of(*key).name(), catalog.key_name(*key));
            format!("{} returns what is left of its grant of {service} {name}", catalog.column_owner(*column))
        }
    }
}
