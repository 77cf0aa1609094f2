//! What the logs and their replicas do, in sentences. The two parts know a log each.

pub(super) mod primary;
pub(super) mod raft;

use super::shown::Shown;
use crate::base::{Cover, LogId, OpSet, ReplicaSet};
use crate::cluster::Catalog;
use crate::cluster::view::{Condition, ReplicaView, View};
use crate::data::Switch;
use crate::lab::telling::{request_of, types_text};
use crate::tui::glyphs::Glyphs;
use crate::tui::theme::Role;
use crate::wire::Entry;

/// A sentence and its role.
pub(super) type Said = (String, Role);

/// "Raft · r1 leads term 3", "Primary · r1 in epoch 1, r2 in epoch 2", or both.
pub(super) fn title(view: View<'_>) -> String {
    let of = |log: &LogId| match log {
        LogId::Raft => ("Raft", raft::heads(view)),
        LogId::Primary => ("Primary", primary::heads(&Shown::of(view, LogId::Primary))),
    };
    let logs = view.logs();
    match logs.iter().rev().map(of).collect::<Vec<_>>().as_slice() {
        [] => "Roles".to_owned(),
        [(name, heads)] => format!("{name} · {heads}"),
        several => {
            let parts: Vec<String> = several.iter().map(|(name, heads)| format!("{name}: {heads}")).collect();
            format!("{} · ←→", parts.join(" · "))
        }
    }
}

/// What the signs in a log mean.
pub(super) fn signs(log: LogId, glyphs: &Glyphs) -> String {
    let Glyphs { down, down_broken, band, slanted, .. } = glyphs;
    match log {
        LogId::Raft => {
            format!(
                "1 an entry of term 1  {down} committed  {down_broken} applied  {band} in a snapshot  {slanted} no entry"
            )
        }
        LogId::Primary => {
            format!("1 an entry of epoch 1  {down} all replicas have it  {band} forgotten  {slanted} no entry")
        }
    }
}

/// That there is another log, for which there is no room.
pub(super) fn other(log: LogId) -> String {
    match log {
        LogId::Raft => "an arrow to the side shows the primary's log".to_owned(),
        LogId::Primary => "an arrow to the side shows Raft's log".to_owned(),
    }
}

/// Whether it handles inputs, or will go on to.
pub(super) fn is_up(replica: &ReplicaView) -> bool {
    matches!(replica.condition, Condition::Up | Condition::Paused)
}

/// What the log decides, and which switches wait for whom.
pub(super) fn switches(shown: &Shown<'_>) -> Vec<Said> {
    let view = shown.view;
    let Some(bindings) = view.bindings(shown.log) else { return Vec::new() };
    let on_log = view.settings().policy.on_log(shown.log);
    // Of two logs it is said which is meant.
    let log = match (view.logs().len(), shown.log) {
        (..=1, _) => "the log",
        (_, LogId::Raft) => "Raft's log",
        (_, LogId::Primary) => "the primary's log",
    };
    let mut said = Vec::new();
    if !bindings.bound().is_empty() {
        let how = match shown.log {
            LogId::Raft => raft::how(view).to_owned(),
            LogId::Primary => primary::how(view, bindings.bound()),
        };
        said.push((format!("{log} decides {}; {how}", types_text(bindings.bound())), Role::Accent));
    } else if on_log.is_empty() {
        said.push((format!("{log} decides nothing any more, and stays up"), Role::Dim));
    }
    let who = match shown.log {
        LogId::Raft => "a leader",
        LogId::Primary => "the primary",
    };
    let unsealed = on_log.without(bindings.sealed());
    if !unsealed.is_empty() {
        said.push((unsealed_text(shown, unsealed, who), Role::Warn));
    }
    let kept = bindings.sealed().without(on_log);
    if !kept.is_empty() {
        said.push((format!("{}: {who} has to say in the log that it lets go", types_text(kept)), Role::Warn));
    }
    said.extend(bindings.switches().iter().map(|switch| (switch_text(view, switch), Role::Warn)));
    said
}

/// What the policy binds to a log that has not sealed it: the other one may have to let go first.
fn unsealed_text(shown: &Shown<'_>, types: OpSet, who: &str) -> String {
    let other = shown.log.other();
    let holds = shown.view.bindings(other).is_some_and(|bindings| !bindings.sealed().shared(types).is_empty());
    let types = types_text(types);
    match (holds, other) {
        (true, LogId::Raft) => format!("{types}: Raft's log has to let go of it first"),
        (true, LogId::Primary) => format!("{types}: the primary's log has to let go of it first"),
        (false, _) => format!("{types}: {who} has to seal it before the log can decide it"),
    }
}

fn switch_text(view: View<'_>, switch: &Switch) -> String {
    let mut silent = ReplicaSet::all(view.replica_count());
    switch.handed.iter().for_each(|replica| silent.remove(replica));
    let (types, names) = (types_text(switch.types), names(silent, " and "));
    let have = if silent.iter().count() == 1 { "has" } else { "have" };
    if switch.forced {
        format!("{types}: bound by force; what {names} had acknowledged may come late")
    } else {
        format!("{types}: sealed, refuses until {names} {have} handed over")
    }
}

/// Names with something between them.
pub(super) fn names(replicas: ReplicaSet, between: &str) -> String {
    let names: Vec<String> = replicas.iter().map(|replica| replica.to_string()).collect();
    names.join(between)
}

/// What a replica believes of a log, and where that is wrong.
pub(super) fn standing(shown: &Shown<'_>, replica: &ReplicaView) -> Option<Said> {
    match shown.log {
        LogId::Raft => raft::standing(shown.view, replica),
        LogId::Primary => primary::standing(shown, replica),
    }
}

/// What is to be said of an entry, and its role.
pub(super) fn note(shown: &Shown<'_>, (index, term): (u32, u32), kept: u32) -> Said {
    let lacking = match shown.log {
        LogId::Raft => ReplicaSet::EMPTY,
        LogId::Primary => shown.lacking(index, term),
    };
    match (index > kept, shown.is_outdone(index, term), shown.log) {
        (false, ..) => (String::new(), Role::Text),
        (true, true, LogId::Raft) => ("will be replaced".to_owned(), Role::Bad),
        (true, false, LogId::Raft) => ("not committed".to_owned(), Role::Warn),
        (true, true, LogId::Primary) => ("will be dropped".to_owned(), Role::Bad),
        (true, false, LogId::Primary) if lacking.is_empty() => (String::new(), Role::Text),
        (true, false, LogId::Primary) => (format!("not at {}", names(lacking, ", ")), Role::Warn),
    }
}

/// How many entries, in words.
pub(super) fn entries_text(count: u32) -> String {
    if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }
}

/// What an entry says.
pub(super) fn entry(log: LogId, entry: &Entry, catalog: &Catalog) -> String {
    let types = |types: &OpSet| types_text(*types);
    match (entry, log) {
        (Entry::Noop, LogId::Raft) => "a new leader's first entry, which does nothing".to_owned(),
        (Entry::Noop, LogId::Primary) => "a new primary's first entry, which does nothing".to_owned(),
        (Entry::Readmit { replica, .. }, _) => format!("{replica} votes and counts again"),
        (Entry::Operation(operation), _) => {
            let request = request_of(operation.op_type, operation.key, operation.argument, catalog);
            format!("{}: {request}", catalog.actor_name(operation.client))
        }
        (Entry::Absorb { key, .. }, _) => {
            format!("loose writes to {} {} join the log", catalog.service_of(*key).name(), catalog.key_name(*key))
        }
        (Entry::Seal(sealed), _) => format!("seal: no loose write of {} any more", types(sealed)),
        (Entry::Handed { replica, .. }, _) => format!("{replica} has handed over what it had"),
        (Entry::Open(seal), _) => format!("what entry {seal} sealed is opened by force"),
        (Entry::Unseal(unsealed), _) => format!("the log lets go of {}", types(unsealed)),
        (Entry::Cover(covered, Cover::Grants), _) => format!("replicas may be granted {}", types(covered)),
        (Entry::Cover(covered, Cover::Naive), _) => {
            format!("replicas decide {} while they see enough", types(covered))
        }
        (Entry::Grant { key, column, amount, .. }, _) => {
            let (service, name) = (catalog.service_of(*key).name(), catalog.key_name(*key));
            format!("{} may take {amount} of {service} {name} alone", catalog.column_owner(*column))
        }
        (Entry::Return { key, column, .. }, _) => {
            let (service, name) = (catalog.service_of(*key).name(), catalog.key_name(*key));
            format!("{} returns what is left of its grant of {service} {name}", catalog.column_owner(*column))
        }
    }
}
