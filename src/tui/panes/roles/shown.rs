//! One of the two logs, as the pane reads it: Raft's with its terms, the primary's with its epochs.

use crate::base::{LogId, ReplicaId, ReplicaSet};
use crate::cluster::view::View;
use crate::replica::log::Log;
use crate::replica::primary::{Primary, round_of};
use crate::replica::raft::Raft;

/// Entries at the end of a log among which an epoch is told from another of the same number.
const LOOKED_AT: u32 = 100;

/// A log of a cluster, at all replicas.
#[derive(Clone, Debug)]
pub(super) struct Shown<'a> {
    pub(super) view: View<'a>,
    pub(super) log: LogId,
    /// Numbers that several primaries gave to an epoch of their own.
    shared: Vec<u32>,
}

impl<'a> Shown<'a> {
    /// Log `log` as it is now.
    pub(super) fn of(view: View<'a>, log: LogId) -> Self {
        let mut shown = Self { view, log, shared: Vec::new() };
        if log == LogId::Primary {
            shown.shared = shown.shared_numbers();
        }
        shown
    }

    fn shared_numbers(&self) -> Vec<u32> {
        let mut epochs: Vec<u32> = self.primaries().map(|(_, primary)| primary.epoch()).collect();
        for (_, primary) in self.primaries() {
            let last = primary.log().last().index;
            let seen = last.saturating_sub(LOOKED_AT)..=last;
            epochs.extend(seen.filter_map(|index| primary.log().term_at(index)));
        }
        epochs.sort_unstable();
        epochs.dedup();
        epochs.windows(2).filter(|two| round_of(two[0]) == round_of(two[1])).map(|two| round_of(two[0])).collect()
    }

    /// Every replica's part in the primary's log.
    pub(super) fn primaries(&self) -> impl Iterator<Item = (ReplicaId, &'a Primary)> + use<'a> {
        let view = self.view;
        view.replicas().filter_map(move |replica| Some((replica.id, view.primary(replica.id)?)))
    }

    /// The log at a replica.
    pub(super) fn at(&self, id: ReplicaId) -> Option<&'a Log> {
        match self.log {
            LogId::Raft => self.view.raft(id).map(Raft::log),
            LogId::Primary => self.view.primary(id).map(Primary::log),
        }
    }

    fn logs(&self) -> impl Iterator<Item = (ReplicaId, &'a Log)> + '_ {
        self.view.replicas().filter_map(|replica| Some((replica.id, self.at(replica.id)?)))
    }

    /// The last index that any replica has.
    pub(super) fn last(&self) -> u32 {
        self.logs().map(|(_, log)| log.last().index).max().unwrap_or(0)
    }

    /// What stays whatever happens, as far as a replica knows: what is committed, what every replica has.
    pub(super) fn kept(&self, id: ReplicaId) -> u32 {
        let base = self.at(id).map_or(0, |log| log.base().index);
        let kept = match self.log {
            LogId::Raft => self.view.raft(id).map_or(0, |raft| raft.committed().index),
            LogId::Primary => self.view.primary(id).map_or(0, Primary::stable),
        };
        kept.max(base)
    }

    /// Up to where a replica has applied Raft's log: after a restart the disk has more than is known to be committed.
    /// The primary's is applied as it arrives.
    pub(super) fn applied(&self, id: ReplicaId) -> Option<u32> {
        let raft = self.view.replica(id).raft.filter(|_| self.log == LogId::Raft)?;
        Some(raft.applied.index)
    }

    /// A term, or the number of an epoch: with a letter, if two replicas began one of that number.
    pub(super) fn number(&self, term: u32) -> String {
        if self.log == LogId::Raft {
            return term.to_string();
        }
        let round = round_of(term);
        let letter = if self.shared.contains(&round) { letter_of(term) } else { "" };
        format!("{round}{letter}")
    }

    /// The columns of the widest of these.
    pub(super) fn number_columns(&self) -> u16 {
        let newest = self.logs().map(|(_, log)| self.number(log.last().term).len()).max().unwrap_or(1);
        (newest.max(1) + usize::from(!self.shared.is_empty() && newest == 1)) as u16
    }

    /// Whether an entry goes once its replica hears of a later leader or primary.
    pub(super) fn is_outdone(&self, index: u32, term: u32) -> bool {
        match self.log {
            LogId::Raft => self.logs().filter_map(|(_, log)| log.term_at(index)).any(|other| other > term),
            LogId::Primary => self.newest_primary().is_some_and(|(_, primary)| {
                let log = primary.log();
                primary.epoch() > term && index > log.base().index && log.term_at(index) != Some(term)
            }),
        }
    }

    /// Who lacks an entry of the primary's log.
    pub(super) fn lacking(&self, index: u32, term: u32) -> ReplicaSet {
        let mut lacking = ReplicaSet::EMPTY;
        let lacks = |log: &Log| index > log.base().index && log.term_at(index) != Some(term);
        self.logs().filter(|(_, log)| lacks(log)).for_each(|(id, _)| lacking.insert(id));
        lacking
    }

    /// The primary of the latest epoch, among those who are up.
    pub(super) fn newest_primary(&self) -> Option<(ReplicaId, &'a Primary)> {
        self.primaries().filter(|(_, primary)| primary.is_primary()).max_by_key(|(_, primary)| primary.epoch())
    }
}

/// The letter of who began an epoch: of `r1` it is `a`.
fn letter_of(epoch: u32) -> &'static str {
    const LETTERS: &str = "abcdefghijklmnop";
    let at = (epoch % 16) as usize;
    &LETTERS[at..=at]
}
