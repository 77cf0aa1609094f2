//! What was asked: a fold over the history that answers which operation an attempt belongs to.
//!
//! Entries after `Invoked` carry ids only. Judges and metrics share one such table, fed before them. It keeps
//! completed operations too: a retry or a request that waited at a paused replica may be decided long after its
//! client gave up, and a withdrawal is a withdrawal even then.

use super::history::HistoryEntry;
use crate::base::{Actor, Dot, Instant, KeyId, OpId, OpType, Paged, Value};

/// Operations that are kept; older ones are forgotten, and what is decided for them later is counted by the folds
/// that miss it. Nearly 3 minutes at 200 operations a second, 1.3 MB.
pub const OPERATIONS_KEPT: usize = 1 << 15;

/// One operation, as it was invoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Who asked.
    pub client: Actor,
    /// For what.
    pub op_type: OpType,
    /// Of which key.
    pub key: KeyId,
    /// What it carries.
    pub argument: Value,
    /// True time: when its client took it up.
    pub invoked: Instant,
    /// When it should have begun. Latency counts from here.
    pub intended: Instant,
}

impl Operation {
    /// The amount that it carries: 1 for a plain like, 0 for a text.
    #[inline]
    pub fn amount(&self) -> i64 {
        match self.argument {
            Value::Nil if self.op_type == OpType::LikesAdd => 1,
            argument => argument.amount().unwrap_or(0),
        }
    }
}

/// The second write of an accepted operation, if it makes two: of a transfer, whose debit has this dot, the account of the
/// credit and its dot, which is the next of the column.
#[inline]
pub fn credit_of(argument: Value, debit: Dot) -> Option<(KeyId, Dot)> {
    let Value::Transfer { to, .. } = argument else { return None };
    Some((to, Dot { counter: debit.counter + 1, ..debit }))
}

/// The last [`OPERATIONS_KEPT`] operations by id.
#[derive(Clone, Debug, Default)]
pub struct Operations {
    table: Paged<Option<Operation>, 128>,
}

impl Operations {
    /// Takes in one entry; only `Invoked` says something new.
    #[inline]
    pub fn history(&mut self, entry: &HistoryEntry) {
        let HistoryEntry::Invoked { op, intended, at, client, op_type, key, argument, .. } = *entry else { return };
        let number = op.0 as usize;
        if let Some(slot) = self.table.reach(number) {
            *slot = Some(Operation { client, op_type, key, argument, invoked: at, intended });
        }
        self.table.forget_before((number + 1).saturating_sub(OPERATIONS_KEPT));
    }

    /// The operation, unless it is unknown or forgotten.
    #[inline]
    pub fn get(&self, op: OpId) -> Option<&Operation> {
        self.table.get(op.0 as usize)?.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::LocalInstant;

    fn invoked(op: u32) -> HistoryEntry {
        HistoryEntry::Invoked {
            op: OpId(op),
            at: Instant(u64::from(op)),
            intended: Instant::ZERO,
            local: LocalInstant::default(),
            client: Actor::client(0),
            op_type: OpType::LikesAdd,
            key: KeyId(0),
            argument: Value::Nil,
        }
    }

    #[test]
    fn an_operation_stays_known_until_many_later_ones() {
        let mut operations = Operations::default();
        operations.history(&invoked(1));
        assert_eq!(operations.get(OpId(1)).unwrap().amount(), 1);
        assert_eq!(operations.get(OpId(0)), None);
        for op in 2..OPERATIONS_KEPT as u32 {
            operations.history(&invoked(op));
        }
        assert!(operations.get(OpId(1)).is_some());
        operations.history(&invoked(OPERATIONS_KEPT as u32 + 200));
        assert!(operations.get(OpId(1)).is_none());
    }
}
