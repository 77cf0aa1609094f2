//! What can be seen of writes that replicas hold back.

use crate::base::{AttemptId, Column, KeyId, LogId, ReplicaId, Symbol, Value};
use crate::data::{Change, Delta};
use crate::replica::Replica;

use super::Catalog;
use super::view::View;

/// A write that a replica has and does not show yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldView {
    /// Its key.
    pub key: KeyId,
    /// The attempt that made it.
    pub attempt: AttemptId,
    /// The text that it carries, if it carries one.
    pub text: Option<Symbol>,
    /// What it waits for: the first of it.
    pub lacks: Lacks,
}

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacks {
    /// Up to so many writes that this replica accepted.
    Writes(ReplicaId, u32),
    /// Entries of a log.
    Entries(LogId),
}

impl View<'_> {
    /// The writes that a replica holds back, in the order of their dots.
    pub fn held_back(&self, replica: ReplicaId) -> impl Iterator<Item = HeldView> {
        let (host, catalog) = (self.protocol(replica), self.catalog());
        host.held_back().map(move |delta| held(host, delta, catalog))
    }
}

fn held(replica: &Replica, delta: &Delta, catalog: &Catalog) -> HeldView {
    let text = match delta.change {
        Change::Append(text) | Change::Claim(text) => Some(text),
        Change::Assign(value) | Change::Put(value) => text_of(value),
        _ => None,
    };
    HeldView { key: delta.key, attempt: delta.attempt, text, lacks: lacks(replica, delta, catalog) }
}

fn text_of(value: Value) -> Option<Symbol> {
    if let Value::Text(text) = value { Some(text) } else { None }
}

fn lacks(replica: &Replica, delta: &Delta, catalog: &Catalog) -> Lacks {
    let needs = delta.needs().unwrap_or_default();
    let prefix = replica.applied().prefix();
    let missing = needs.loose.0.iter().zip(prefix.0).enumerate().find(|(_, (need, have))| **need > *have);
    if let Some((index, (need, have))) = missing {
        return Lacks::Writes(catalog.column_owner(Column(index as u8)), need - have);
    }
    let is_short = |log: &LogId| {
        let reached = replica.ordered(*log).map(crate::data::Ordered::position).unwrap_or_default();
        needs.logs[log.index()] > reached
    };
    Lacks::Entries(LogId::ALL.into_iter().find(is_short).unwrap_or(LogId::Raft))
}
