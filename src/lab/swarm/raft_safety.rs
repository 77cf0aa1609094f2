//! The five properties of figure 3 of the Raft paper (Ongaro and Ousterhout, USENIX ATC 2014), held against the members
//! of a running lab after every event.
//!
//! It looks at a member only if something moved there, and remembers by index and term what any log ever held.

use std::collections::BTreeMap;

use crate::base::{LogPosition, ReplicaId, Role};
use crate::cluster::view::{RaftView, View};
use crate::replica::raft::{Raft, Slot};

/// What is known of all members together.
#[derive(Clone, Debug, Default)]
pub(super) struct RaftSafety {
    /// By term, who led it.
    leaders: BTreeMap<u32, ReplicaId>,
    /// By index and term, the entry, and the term before it.
    seen: BTreeMap<(u32, u32), (Slot, Option<u32>)>,
    /// By index, the term of what was applied, and the term in which that was known first.
    applied: BTreeMap<u32, (u32, u32)>,
    mirrors: BTreeMap<ReplicaId, RaftView>,
    broken: Option<String>,
}

impl RaftSafety {
    /// What was broken first.
    pub(super) fn broken(self) -> Option<String> {
        self.broken
    }

    /// Looks at all members.
    pub(super) fn look(&mut self, view: View<'_>) {
        for replica in view.replicas() {
            let (Some(now), Some(raft)) = (replica.raft, view.raft(replica.id)) else { continue };
            let before = self.mirrors.insert(replica.id, now);
            if before != Some(now) {
                self.look_at(replica.id, before, now, raft);
            }
        }
    }

    fn look_at(&mut self, id: ReplicaId, before: Option<RaftView>, now: RaftView, raft: &Raft) {
        let led = before.filter(|before| before.role == Role::Leader && before.term == now.term);
        let leads = now.role == Role::Leader;
        if let Some(before) = led.filter(|_| leads) {
            let has = raft.log().term_at(before.last.index);
            if now.last.index < before.last.index || has.is_some_and(|term| term != before.last.term) {
                self.fail(format!("leader append-only: {id} leads term {} and changed its log", now.term));
            }
        }
        self.match_log(id, before, now, raft);
        self.apply(id, before, now, raft);
        if leads && led.is_none() {
            self.elected(id, now, raft);
        }
    }

    /// Two logs that agree at a position agree up to it.
    fn match_log(&mut self, id: ReplicaId, before: Option<RaftView>, now: RaftView, raft: &Raft) {
        // Where the end is the same as before, nothing else can have changed; else it may have from the commit on.
        let first =
            before.map_or(now.base.index, |before| before.committed.index.min(now.last.index)).max(now.base.index);
        if before.is_some_and(|before| before.last == now.last) {
            return;
        }
        for index in first + 1..=now.last.index {
            let Some(slot) = raft.log().get(index) else { continue };
            let previous = raft.log().term_at(index - 1);
            let known = self.seen.entry((index, slot.term)).or_insert_with(|| (slot.clone(), previous));
            if known.0 != *slot || known.1.is_some() && previous.is_some() && known.1 != previous {
                let text = format!("log matching: {id} has another entry at {index} of term {}", slot.term);
                return self.fail(text);
            }
        }
    }

    /// Nobody applies another entry at an index.
    fn apply(&mut self, id: ReplicaId, before: Option<RaftView>, now: RaftView, raft: &Raft) {
        let from = before.map_or(0, |before| before.committed.index.min(now.committed.index)).max(now.base.index);
        for index in from + 1..=now.committed.index {
            let Some(term) = raft.log().term_at(index) else { continue };
            let known = *self.applied.entry(index).or_insert((term, now.term));
            if known.0 != term {
                let text =
                    format!("state machine safety: {id} applied term {term} at {index}, others term {}", known.0);
                self.fail(text);
            }
        }
    }

    /// At most one leader a term, and it has all that was committed in the terms before.
    fn elected(&mut self, id: ReplicaId, now: RaftView, raft: &Raft) {
        let other = self.leaders.insert(now.term, id).filter(|other| *other != id);
        if let Some(other) = other {
            self.fail(format!("election safety: {id} and {other} both lead term {}", now.term));
        }
        let LogPosition { index: base, .. } = now.base;
        let lacks = self.applied.iter().find(|(index, (term, in_term))| {
            **index > base && *in_term < now.term && raft.log().term_at(**index) != Some(*term)
        });
        if let Some((index, (term, _))) = lacks {
            let text = format!(
                "leader completeness: {id} leads term {} without the entry of term {term} at {index}",
                now.term
            );
            self.fail(text);
        }
    }

    fn fail(&mut self, text: String) {
        self.broken.get_or_insert(text);
    }
}
