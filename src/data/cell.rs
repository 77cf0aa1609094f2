//! What a replica holds for one key, whatever its service.

use std::sync::Arc;

use crate::base::{Column, Context, Hazard, KeyId, Resolver, Span, Stamp, Value};

use super::log::Log;
use super::{Change, Counter, Delta, Rules, Siblings, StoreChange, item, payment, permission, register, registry};

/// The state of one key. Its variant is decided by the first write to it; a key belongs to one service for ever.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cell {
    /// Never written, or collected.
    #[default]
    Empty,
    /// A register, or what works like one: the winner.
    Register(Arc<Delta>),
    /// A register that keeps concurrent versions.
    Siblings(Arc<Siblings>),
    /// A counter.
    Counter(Counter),
    /// A log.
    Log(Log),
    /// An item: the winner, a tombstone perhaps.
    Item(Arc<Delta>),
}

impl Cell {
    /// Whether it holds nothing.
    #[inline]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// What of it travels loosely: without the writes that a log ordered.
    #[must_use]
    pub fn loose_part(&self) -> Self {
        match self {
            Self::Register(delta) | Self::Item(delta) if !delta.dot.column.is_loose() => Self::Empty,
            Self::Counter(counter) => Self::Counter(counter.loose_part()),
            Self::Log(log) => Self::Log(log.loose_part()),
            Self::Siblings(siblings) => match siblings.loose_part() {
                loose if loose.versions().is_empty() => Self::Empty,
                loose => Self::Siblings(Arc::new(loose)),
            },
            cell => cell.clone(),
        }
    }

    /// What it shows by these rules: of versions that were kept, all, or the one that wins.
    #[inline]
    pub fn shown(&self, rules: Rules) -> Value {
        match self {
            Self::Siblings(siblings) if rules.resolver != Resolver::Siblings => {
                siblings.winner(rules.resolver).map_or(Value::Nil, |winner| Self::Register(winner.clone()).value())
            }
            cell => cell.value(),
        }
    }

    /// What it shows on its own, without an ordered part.
    #[inline]
    pub fn value(&self) -> Value {
        match self {
            Self::Empty => Value::Nil,
            Self::Siblings(siblings) => siblings.value(),
            Self::Counter(counter) => Value::Int(counter.sum()),
            Self::Log(log) => log.newest().first().map_or(Value::Nil, |post| Value::Posts {
                count: log.counts().count(),
                newest: match post.change {
                    Change::Append(text) => text,
                    _ => unreachable!("a log holds posts only"),
                },
            }),
            Self::Register(delta) | Self::Item(delta) => match delta.change {
                Change::Assign(value) | Change::Put(value) => value,
                Change::Claim(owner) => Value::Text(owner),
                Change::Record(amount) => Value::Int(amount),
                Change::Permit(allowed) => Value::Allowed(allowed),
                Change::Delete => Value::Nil,
                Change::Add(_) | Change::Spend(_) | Change::Append(_) => {
                    unreachable!("a register holds assignments only")
                }
            },
        }
    }

    /// The largest hybrid stamp in it, where it keeps stamps.
    pub fn newest_stamp(&self) -> Option<Stamp> {
        match self {
            Self::Empty | Self::Counter(_) => None,
            Self::Register(delta) | Self::Item(delta) => Some(delta.stamp),
            Self::Siblings(siblings) => siblings.newest_stamp(),
            Self::Log(log) => log.newest().first().map(|post| post.stamp),
        }
    }

    /// The tombstone, if it is one.
    pub fn tombstone(&self) -> Option<&Delta> {
        match self {
            Self::Item(delta) if item::is_tombstone(delta) => Some(delta),
            _ => None,
        }
    }

    /// Whether both hold the same writes. A tombstone is as good as nothing: some replica forgets it first.
    pub fn agrees_with(&self, other: &Self) -> bool {
        let is_gone = |cell: &Self| matches!(cell, Self::Empty) || cell.tombstone().is_some();
        self == other || (is_gone(self) && is_gone(other))
    }

    /// Adds to `context` what someone who reads this cell has seen.
    #[inline]
    pub fn add_seen(&self, context: &mut Context) {
        match self {
            Self::Empty => {}
            Self::Register(delta) | Self::Item(delta) => {
                context.join(&delta.context);
                context.see(delta.dot);
            }
            Self::Siblings(siblings) => siblings.add_seen(context),
            Self::Counter(counter) => counter.seen().for_each(|dot| context.see(dot)),
            Self::Log(log) => log.counts().seen().for_each(|dot| context.see(dot)),
        }
    }

    /// All that has to be at a replica before it shows what is here, if something has to.
    pub fn needs(&self) -> Option<Context> {
        match self {
            Self::Empty => None,
            Self::Register(delta) | Self::Item(delta) => delta.needs(),
            Self::Siblings(siblings) => siblings.needs(),
            Self::Counter(counter) => counter.needs().copied(),
            Self::Log(log) => log.counts().needs().copied(),
        }
    }

    /// How much a column has taken within grants, 0 unless it is a counter.
    pub fn spent(&self, column: Column) -> i64 {
        match self {
            Self::Counter(counter) => counter.spent(column),
            _ => 0,
        }
    }

    /// What a counter sums up to without what was taken within grants; 0 for everything else.
    pub fn sum_beside_grants(&self) -> i64 {
        match self {
            Self::Counter(counter) => counter.sum_beside_grants(),
            _ => 0,
        }
    }

    /// The counter of `column`'s last write to a counter, a log or a register that keeps siblings.
    pub fn last_of(&self, column: Column) -> u32 {
        match self {
            Self::Counter(counter) => counter.last_of(column),
            Self::Log(log) => log.counts().last_of(column),
            Self::Siblings(siblings) => siblings.last_of(column),
            _ => 0,
        }
    }

    /// The writes that a write's client had seen, to a register that keeps siblings, and of which nothing is known here.
    pub fn unheard_of(&self, delta: &Delta) -> Vec<Span> {
        let Some(seen) = delta.seen.as_deref() else { return Vec::new() };
        match self {
            Self::Siblings(siblings) => siblings.seen().unknown_of(seen),
            Self::Register(own) => Siblings::of(own).seen().unknown_of(seen),
            _ => seen.spans().to_vec(),
        }
    }

    /// Takes in one write. Says whether it changed what the cell holds.
    #[inline]
    pub fn apply(&mut self, delta: &Arc<Delta>, rules: Rules) -> bool {
        match delta.change {
            Change::Assign(_) if rules.resolver == Resolver::Siblings => self.siblings_mut().apply(delta),
            Change::Assign(_) | Change::Permit(_) | Change::Claim(_) | Change::Record(_) => {
                self.challenge_register(delta, rules)
            }
            Change::Put(_) | Change::Delete => self.challenge_item(delta),
            Change::Add(amount) => self.add(delta, amount, rules),
            Change::Spend(amount) => self.add(delta, -amount, rules),
            Change::Append(_) => {
                let log = self.log_mut();
                let is_new = log.apply(delta);
                if !is_new && rules.hazards.on(Hazard::CountTwice) {
                    log.count_again(delta);
                    return true;
                }
                is_new
            }
        }
    }

    /// Takes in all that another replica holds for the key, and tells what was new.
    pub fn merge(&mut self, other: &Self, key: KeyId, rules: Rules, changes: &mut Vec<StoreChange>) {
        match other {
            Self::Empty => {}
            Self::Register(delta) if keeps_siblings(delta, rules) && !delta.dot.column.is_loose() => {
                self.siblings_mut().stand_against(delta);
            }
            Self::Register(delta) | Self::Item(delta) => {
                if self.apply(delta, rules) {
                    changes.push(StoreChange::Dot { key, dot: delta.dot });
                }
            }
            Self::Siblings(siblings) => self.merge_siblings(siblings, key, rules, changes),
            Self::Counter(counter) => self.counter_mut().merge(counter, key, changes),
            Self::Log(log) => self.log_mut().merge(log, key, changes),
        }
    }

    /// A hash of what it holds; 0 if it is empty.
    #[inline]
    pub fn content_hash(&self) -> u64 {
        match self {
            Self::Empty => 0,
            Self::Register(delta) | Self::Item(delta) => delta.content_hash(),
            Self::Siblings(siblings) => siblings.content_hash(),
            Self::Counter(counter) => counter.content_hash(),
            Self::Log(log) => log.content_hash(),
        }
    }

    fn add(&mut self, delta: &Delta, amount: i64, rules: Rules) -> bool {
        let counter = self.counter_mut();
        let is_new = counter.apply(delta, amount);
        if !is_new && rules.hazards.on(Hazard::CountTwice) {
            counter.count_again(delta.dot.column, amount);
            return true;
        }
        is_new
    }

    /// The versions of another cell: as siblings, or one after the other where only one can stay.
    fn merge_siblings(&mut self, other: &Siblings, key: KeyId, rules: Rules, changes: &mut Vec<StoreChange>) {
        if rules.resolver != Resolver::Siblings {
            for version in other.versions() {
                if self.apply(version, rules) {
                    changes.push(StoreChange::Dot { key, dot: version.dot });
                }
            }
            return;
        }
        let own = self.siblings_mut();
        let unknown = own.seen().unknown_of(other.seen());
        let new = own.merge(other);
        // The versions first: they are what the others gave way to.
        changes.extend(new.iter().map(|version| StoreChange::Dot { key, dot: version.dot }));
        let is_version = |span: &Span| new.iter().any(|version| super::siblings::span_of(version) == *span);
        changes.extend(unknown.into_iter().filter(|span| !is_version(span)).map(|span| StoreChange::range(key, span)));
    }

    fn siblings_mut(&mut self) -> &mut Siblings {
        let siblings = match self {
            Self::Siblings(siblings) => return Arc::make_mut(siblings),
            Self::Register(winner) => Siblings::of(winner),
            _ => Siblings::default(),
        };
        *self = Self::Siblings(Arc::new(siblings));
        match self {
            Self::Siblings(siblings) => Arc::make_mut(siblings),
            _ => unreachable!("it was made one"),
        }
    }

    fn challenge_register(&mut self, delta: &Arc<Delta>, rules: Rules) -> bool {
        if let Self::Siblings(siblings) = self {
            *self = siblings.winner(rules.resolver).map_or(Self::Empty, |winner| Self::Register(winner.clone()));
        }
        let changes = match self {
            Self::Register(holder) if holder.dot == delta.dot => false,
            Self::Register(holder) => rules.hazards.on(Hazard::ArrivalWins) || wins(delta, holder, rules),
            _ => true,
        };
        if changes {
            *self = Self::Register(delta.clone());
        }
        changes
    }

    fn challenge_item(&mut self, delta: &Arc<Delta>) -> bool {
        let changes = match self {
            Self::Item(holder) => item::wins(delta, holder),
            _ => true,
        };
        if changes {
            *self = Self::Item(delta.clone());
        }
        changes
    }

    fn counter_mut(&mut self) -> &mut Counter {
        if matches!(self, Self::Empty) {
            *self = Self::Counter(Counter::default());
        }
        match self {
            Self::Counter(counter) => counter,
            _ => unreachable!("a key belongs to one service for ever"),
        }
    }

    fn log_mut(&mut self) -> &mut Log {
        if matches!(self, Self::Empty) {
            *self = Self::Log(Log::default());
        }
        match self {
            Self::Log(log) => log,
            _ => unreachable!("a key belongs to one service for ever"),
        }
    }
}

/// Whether it is a write to a register that keeps siblings.
fn keeps_siblings(delta: &Delta, rules: Rules) -> bool {
    rules.resolver == Resolver::Siblings && matches!(delta.change, Change::Assign(_))
}

/// Whether `challenger` takes the place of `holder` by the rule of its type.
fn wins(challenger: &Delta, holder: &Delta, rules: Rules) -> bool {
    match challenger.change {
        Change::Permit(_) => permission::wins(challenger, holder),
        Change::Claim(_) => registry::wins(challenger, holder),
        Change::Record(_) => payment::wins(challenger, holder),
        _ => register::wins(challenger, holder, rules.resolver),
    }
}
