//! A counter as the sum of the writes of each column: exact under loss, duplication and reordering.
//!
//! A column keeps the sum of a prefix of its writes to the key and, past a gap, the single writes. A delta names its
//! predecessor, so the counter knows where the prefix has no gap; what it holds depends only on the set of writes, not
//! on their order. With amounts of both signs it is a PN-counter (Shapiro et al. 2011), and the loose part of a
//! bounded counter: beside its sum a column keeps how much of it was taken within grants (Balegas et al., *Extending
//! Eventually Consistent Cloud Databases for Enforcing Numeric Invariants*, 2015), so that a log that absorbs the column
//! takes exactly that off its open grant, however often and in whatever order it absorbs.

use crate::base::{Column, Context, Dot, KeyId};

use super::delta::dot_word;
use super::{Delta, StoreChange, hash3};

/// A counter at one replica.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counter {
    columns: Vec<ColumnSum>,
    /// All that has to be at a replica before it shows these writes, if something has to.
    needs: Option<Box<Context>>,
}

/// The writes of one column.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ColumnSum {
    column: Column,
    /// The prefix reaches to this counter.
    upto: u32,
    /// How many writes are in the prefix.
    count: u32,
    /// What they sum up to.
    sum: i64,
    /// How much of the prefix was taken within a grant: not negative, and part of `sum` as well.
    spent: i64,
    /// Writes beyond a gap, ascending.
    ahead: Vec<Ahead>,
    /// The sum of the hashes of `ahead`, kept so that a long gap stays cheap.
    ahead_hash: u64,
    /// The sum of the amounts of `ahead`.
    ahead_sum: i64,
}

/// A write beyond a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ahead {
    counter: u32,
    previous: u32,
    amount: i64,
    /// Whether it takes within a grant.
    is_spent: bool,
}

impl Ahead {
    /// How much it takes within a grant.
    fn spent(&self) -> i64 {
        if self.is_spent { -self.amount } else { 0 }
    }
}

impl Counter {
    /// The sum of all writes that it holds.
    #[inline]
    pub fn sum(&self) -> i64 {
        self.columns.iter().map(|column| column.sum + column.ahead_sum).sum()
    }

    /// How much of what it holds a column has taken within grants, not negative.
    pub fn spent(&self, column: Column) -> i64 {
        let own = self.columns.iter().find(|own| own.column == column);
        own.map_or(0, |own| own.spent + own.ahead.iter().map(Ahead::spent).sum::<i64>())
    }

    /// The sum of all writes that were not made within a grant.
    pub fn sum_beside_grants(&self) -> i64 {
        self.columns.iter().map(|own| self.spent(own.column)).sum::<i64>() + self.sum()
    }

    /// How many writes it holds.
    pub fn count(&self) -> u32 {
        self.columns.iter().map(|column| column.count + column.ahead.len() as u32).sum()
    }

    /// The largest counter of each column that it holds.
    pub fn seen(&self) -> impl Iterator<Item = Dot> {
        self.columns.iter().map(|column| Dot {
            column: column.column,
            counter: column.ahead.last().map_or(column.upto, |ahead| ahead.counter),
        })
    }

    /// The writes that no log ordered.
    #[must_use]
    pub fn loose_part(&self) -> Self {
        let columns = self.columns.iter().filter(|own| own.column.is_loose()).cloned().collect();
        Self { columns, needs: self.needs.clone() }
    }

    /// All that has to be at a replica before it shows these writes, if something has to.
    #[inline]
    pub fn needs(&self) -> Option<&Context> {
        self.needs.as_deref()
    }

    fn need(&mut self, needs: &Context) {
        self.needs.get_or_insert_default().join(needs);
    }

    /// The counter of `column`'s last write to this key, as far as the prefix reaches: exact at the column's own
    /// replica.
    pub fn last_of(&self, column: Column) -> u32 {
        self.columns.iter().find(|own| own.column == column).map_or(0, |own| own.upto)
    }

    /// Takes in one write of `amount`; says whether it is new.
    #[inline]
    pub fn apply(&mut self, delta: &Delta, amount: i64) -> bool {
        if let Some(needs) = delta.needs() {
            self.need(&needs);
        }
        let column = self.column_mut(delta.dot.column);
        let is_spent = matches!(delta.change, super::Change::Spend(_));
        column.insert(Ahead { counter: delta.dot.counter, previous: delta.previous, amount, is_spent })
    }

    /// Adds `amount` although the write is known: the hazard `count-twice`.
    pub(super) fn count_again(&mut self, column: Column, amount: i64) {
        self.column_mut(column).sum += amount;
    }

    /// Takes in all that `other` holds and tells what was new.
    pub fn merge(&mut self, other: &Self, key: KeyId, changes: &mut Vec<StoreChange>) {
        for theirs in &other.columns {
            self.column_mut(theirs.column).merge(theirs, key, changes);
        }
        if let Some(needs) = &other.needs {
            self.need(needs);
        }
    }

    /// A hash of what it holds.
    #[inline]
    pub(super) fn content_hash(&self) -> u64 {
        self.columns.iter().map(ColumnSum::content_hash).fold(0, u64::wrapping_add)
    }

    #[inline]
    fn column_mut(&mut self, column: Column) -> &mut ColumnSum {
        let at = match self.columns.binary_search_by_key(&column, |own| own.column) {
            Ok(at) => at,
            Err(at) => {
                self.columns.insert(at, ColumnSum::new(column));
                at
            }
        };
        &mut self.columns[at]
    }
}

impl ColumnSum {
    fn new(column: Column) -> Self {
        Self { column, upto: 0, count: 0, sum: 0, spent: 0, ahead: Vec::new(), ahead_hash: 0, ahead_sum: 0 }
    }

    #[inline]
    fn content_hash(&self) -> u64 {
        let dot = dot_word(Dot { column: self.column, counter: self.upto });
        hash3(dot, self.sum as u64, self.ahead_hash)
    }

    #[inline]
    fn insert(&mut self, write: Ahead) -> bool {
        if write.counter <= self.upto {
            return false;
        }
        if self.ahead.is_empty() && write.previous <= self.upto {
            self.extend_prefix(write);
            return true;
        }
        let Err(at) = self.ahead.binary_search_by_key(&write.counter, |own| own.counter) else { return false };
        self.ahead.insert(at, write);
        self.ahead_hash = self.ahead_hash.wrapping_add(ahead_hash(&write));
        self.ahead_sum += write.amount;
        self.close_gaps();
        true
    }

    fn merge(&mut self, theirs: &Self, key: KeyId, changes: &mut Vec<StoreChange>) {
        if theirs.upto > self.upto {
            changes.push(StoreChange::Range { key, column: self.column, after: self.upto, upto: theirs.upto });
            (self.upto, self.count) = (theirs.upto, theirs.count);
            (self.sum, self.spent) = (theirs.sum, theirs.spent);
            let swallowed = self.ahead.partition_point(|own| own.counter <= theirs.upto);
            self.drop_ahead(swallowed);
            self.close_gaps();
        }
        for write in &theirs.ahead {
            if self.insert(*write) {
                changes.push(StoreChange::Dot { key, dot: Dot { column: self.column, counter: write.counter } });
            }
        }
    }

    /// Moves writes from beyond the gap into the prefix while they touch it.
    fn close_gaps(&mut self) {
        let mut closed = 0;
        while let Some(write) = self.ahead.get(closed).copied().filter(|write| write.previous <= self.upto) {
            self.extend_prefix(write);
            closed += 1;
        }
        self.drop_ahead(closed);
    }

    fn extend_prefix(&mut self, write: Ahead) {
        self.upto = write.counter;
        self.count += 1;
        self.sum += write.amount;
        self.spent += write.spent();
    }

    fn drop_ahead(&mut self, count: usize) {
        for write in self.ahead.drain(..count) {
            self.ahead_hash = self.ahead_hash.wrapping_sub(ahead_hash(&write));
            self.ahead_sum -= write.amount;
        }
    }
}

fn ahead_hash(write: &Ahead) -> u64 {
    hash3(u64::from(write.counter), u64::from(write.previous), write.amount as u64)
}
