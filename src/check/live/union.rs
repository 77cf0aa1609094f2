//! The state behind a read: that of one replica, or of a quorum the join of what several homes answered.
//!
//! ```text
//!   r1 answers at its position 7 ─┐
//!   r2 answers at its position 4 ─┴─▶ the union: whatever r1 had at 7 or r2 at 4        judged when both are joined
//! ```
//!
//! Homes take in more while their answers travel, so a write that they have *now* says nothing: what counts is their
//! position when they answered. A write that is everywhere by now may have been missing then, so the last ones that
//! became so are looked at too.

use super::cells::rank;
use super::sessions::{Found, Look, TooMuch};
use super::writes::{LOOKED_AT_MAX, Number, WRITES_KEPT, Write, Writes};
use crate::base::limits::{COLUMNS_MAX, REPLICAS_MAX};
use crate::base::{AttemptId, Column, KeyId, Paged, ReplicaId, ReplicaSet, Resolver, Service};
use crate::record::Basis;

/// Writes that became known everywhere last: those of the time that an answer travels.
const CLOSED_KEPT: usize = 128;

/// Homes, each with its position when it answered.
#[derive(Clone, Copy, Debug, Default)]
struct Union {
    homes: ReplicaSet,
    positions: [u32; REPLICAS_MAX],
}

/// What a read or a decision is based on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behind {
    /// What a replica has now.
    Replica(ReplicaId),
    /// The union of this number.
    Union(u32),
}

impl Behind {
    /// The number of the union, from 1; 0 if it is none.
    #[inline]
    pub(super) fn union(self) -> u32 {
        match self {
            Self::Replica(_) => 0,
            Self::Union(number) => number,
        }
    }
}

/// The unions that are remembered.
#[derive(Clone, Debug)]
pub(super) struct Unions {
    table: Paged<Union, 16>,
    last: u32,
    /// Of the attempt that is decided next.
    gathering: Option<(AttemptId, Union)>,
    /// The position of each column's replica when it began to write there.
    began: [u32; COLUMNS_MAX],
    /// The last writes that became known everywhere, around.
    closed: [Number; CLOSED_KEPT],
    next: usize,
}

impl Default for Unions {
    fn default() -> Self {
        Self {
            table: Paged::default(),
            last: 0,
            gathering: None,
            began: [0; COLUMNS_MAX],
            closed: [0; CLOSED_KEPT],
            next: 0,
        }
    }
}

impl Unions {
    /// Every replica has a write now.
    #[inline]
    pub(super) fn note_closed(&mut self, number: Number) {
        self.closed[self.next] = number;
        self.next = (self.next + 1) % CLOSED_KEPT;
    }

    /// The last ones that became known everywhere, the newest first.
    fn closed(&self) -> impl Iterator<Item = Number> + '_ {
        (1..=CLOSED_KEPT).map(|ago| self.closed[(self.next + CLOSED_KEPT - ago) % CLOSED_KEPT])
    }
}

impl Writes {
    /// A replica writes to this column from now on: its life since it lost a disk last, if it did.
    pub(super) fn begins(&mut self, replica: ReplicaId, column: Column) {
        if let Some(began) = self.unions.began.get_mut(column.index()) {
            *began = self.lost_at[replica.index()][2];
        }
    }

    /// A home contributed to what is decided next.
    pub(super) fn contributed(&mut self, attempt: AttemptId, basis: Basis, column: Column) {
        let began = self.unions.began.get(column.index()).copied().unwrap_or(0);
        let gathering = self.unions.gathering.take().filter(|(own, _)| *own == attempt);
        let (_, mut union) = gathering.unwrap_or((attempt, Union::default()));
        // Who begins a life with nothing contributes nothing; its position would be the last of the life before.
        if basis.applied > 0 {
            union.homes.insert(basis.replica);
            union.positions[basis.replica.index()] = began + basis.applied;
        }
        self.unions.gathering = Some((attempt, union));
    }

    /// What is behind an attempt that `replica` decides now.
    #[inline]
    pub(super) fn behind(&mut self, attempt: AttemptId, replica: ReplicaId) -> Behind {
        match self.unions.gathering.take() {
            Some((own, union)) if own == attempt => {
                self.unions.last += 1;
                let number = self.unions.last;
                if let Some(place) = self.unions.table.reach(number as usize) {
                    *place = union;
                }
                self.unions.table.forget_before((number as usize).saturating_sub(WRITES_KEPT));
                Behind::Union(number)
            }
            _ => Behind::Replica(replica),
        }
    }

    /// Whether a state has a write.
    #[inline]
    pub(super) fn has(&self, write: &Write, behind: Behind) -> bool {
        match behind {
            Behind::Replica(replica) => write.holders.contains(replica),
            Behind::Union(number) => self.was_in(write, number),
        }
    }

    /// Whether an earlier read had a write.
    #[inline]
    pub(super) fn had(&self, look: &Look, write: &Write) -> bool {
        match look.union {
            0 => self.was_at(write, look.replica, look.position),
            number => self.was_in(write, number),
        }
    }

    /// Of each replica that had a part in a read, its position when it had; 0 of all others.
    pub(super) fn positions_of(&self, look: &Look) -> [u32; REPLICAS_MAX] {
        if let Some(union) = self.unions.table.get(look.union as usize).filter(|_| look.union != 0) {
            return union.positions;
        }
        let mut positions = [0; REPLICAS_MAX];
        positions[look.replica.index()] = look.position;
        positions
    }

    pub(super) fn was_in(&self, write: &Write, number: u32) -> bool {
        let Some(union) = self.unions.table.get(number as usize) else { return false };
        union.homes.iter().any(|home| self.was_at(write, home, union.positions[home.index()]))
    }

    /// The newest write to `key` that a state lacks and for which `test` holds; `Err` if there are too many to tell.
    #[inline]
    pub(super) fn lacks(&self, key: KeyId, behind: Behind, test: impl Fn(Number, &Write) -> bool) -> Found<Number> {
        match behind {
            Behind::Replica(replica) => self.missing(key, replica, test),
            Behind::Union(_) => {
                let is_lacking = |number: &Number| {
                    self.get(*number)
                        .is_some_and(|write| write.key == key && !self.has(write, behind) && test(*number, write))
                };
                let open = self.keys.get(key.index()).map(|key| key.open.clone()).unwrap_or_default();
                let newest = open.iter().rev().take(LOOKED_AT_MAX).copied();
                match newest.chain(self.unions.closed()).find(is_lacking) {
                    None if open.len() > LOOKED_AT_MAX => Err(TooMuch),
                    found => Ok(found),
                }
            }
        }
    }

    /// Of a cell the winner in a state, of a feed the write in it that was begun last.
    pub(super) fn lead_of(&self, key: KeyId, behind: Behind, resolver: Resolver) -> Number {
        let Behind::Union(_) = behind else {
            let Behind::Replica(replica) = behind else { return 0 };
            return self.lead(key, replica);
        };
        let Some(state) = self.keys.get(key.index()) else { return 0 };
        let open = state.open.iter().rev().take(LOOKED_AT_MAX).copied();
        let all = open.chain(state.lead).chain(self.unions.closed());
        let there = all.filter_map(|number| Some((number, self.get(number)?)));
        let there = there.filter(|(_, write)| write.key == key && self.has(write, behind));
        let lead = match state.service {
            Some(Service::Feed) => there.max_by_key(|(_, write)| write.invoked),
            Some(service) if service.is_cell() => there.max_by_key(|(_, write)| rank(write, resolver)),
            _ => None,
        };
        lead.map_or(0, |(number, _)| number)
    }
}
