//! Grants: how much of each bounded counter replicas may take alone, as a log decided it.
//!
//! ```text
//!   level 10   ├── granted to r1 ──┤├── to r3 ──┤├───────── for the log ─────────┤
//!   r1 takes 2 ├─────────┤ absorbed: the level and the open part of the grant shrink by 2 both
//!   r1 returns           └──┘ what is left of it: the log's part grows
//! ```
//!
//! The part for the log is `level − open`, and never falls below 0 by what is taken within grants: whatever replicas do
//! with theirs meanwhile, and whenever the log hears of it, nothing is taken twice. Escrow: O'Neil, *The Escrow
//! Transactional Method*, 1986; limits that sites keep apart: Barbará and Garcia-Molina, *The Demarcation Protocol*, 1994;
//! rights of bounded counters: Balegas et al. 2015.
//!
//! All numbers only grow, so that to say one again changes nothing: what a column was given, what it has returned, and
//! (in its counter) what it has spent. A replica that loses its disk writes to a new column; what the old one had open
//! stays open for ever, since nobody knows how much of it was spent.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::{Column, KeyId};

use super::Cell;

/// What one column was given of one key, over its whole life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    /// How much in all, not negative.
    pub given: i64,
    /// How much of that came back unspent.
    pub returned: i64,
}

/// All grants of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    of_columns: Arc<BTreeMap<(KeyId, Column), Grant>>,
    /// By key, the largest amount that was refused although it was there: so much is not granted any more.
    kept_back: Arc<BTreeMap<KeyId, i64>>,
}

impl Grants {
    /// Whether nothing was ever granted.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.of_columns.is_empty()
    }

    /// What a column was given of a key.
    pub fn of(&self, key: KeyId, column: Column) -> Grant {
        self.of_columns.get(&(key, column)).copied().unwrap_or_default()
    }

    /// The keys of which a column was given something.
    pub fn keys_of(&self, column: Column) -> impl Iterator<Item = KeyId> + use<'_> {
        self.of_columns.keys().filter(move |(_, own)| *own == column).map(|(key, _)| *key)
    }

    /// How much of a key a column may still take alone, as far as `cell`, the log's state of the key, has it.
    pub fn open_at(&self, key: KeyId, column: Column, cell: &Cell) -> i64 {
        let Grant { given, returned } = self.of(key, column);
        (given - returned - cell.spent(column)).max(0)
    }

    /// The same over all columns: what the log has to count as taken.
    #[inline]
    pub fn open(&self, key: KeyId, cell: &Cell) -> i64 {
        if self.is_empty() {
            return 0;
        }
        let columns = self.of_columns.range((key, Column(0))..=(key, Column(u8::MAX)));
        columns.map(|((_, column), _)| self.open_at(key, *column, cell)).sum()
    }

    /// A column may take so much more of a key.
    pub fn give(&mut self, key: KeyId, column: Column, amount: i64) {
        assert!(amount > 0, "a grant is of something");
        Arc::make_mut(&mut self.of_columns).entry((key, column)).or_default().given += amount;
    }

    /// A column has returned `upto` in all. Says how much of that is new.
    pub fn give_back(&mut self, key: KeyId, column: Column, upto: i64) -> i64 {
        let own = self.of(key, column);
        let fresh = (upto.min(own.given) - own.returned).max(0);
        if fresh > 0 {
            Arc::make_mut(&mut self.of_columns).entry((key, column)).or_default().returned += fresh;
        }
        fresh
    }

    /// How much of a key is not granted because it was missed once.
    pub fn kept_back(&self, key: KeyId) -> i64 {
        self.kept_back.get(&key).copied().unwrap_or(0)
    }

    /// An operation over so much was refused although it was there.
    pub fn keep_back(&mut self, key: KeyId, amount: i64) {
        if amount > self.kept_back(key) {
            Arc::make_mut(&mut self.kept_back).insert(key, amount);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::{AttemptId, Context, Dot, Stamp};
    use crate::data::{Change, Delta, Hold, Rules};

    const KEY: KeyId = KeyId(0);
    const GIVEN: i64 = 40;

    /// Columns that take alone, and the log with what it has absorbed. Each column belongs to one holder, who knows what
    /// it was given, spent and returned before anybody else does.
    #[derive(Default)]
    struct World {
        grants: Grants,
        /// What the log has absorbed.
        ordered: Cell,
        /// What each column holds of its own writes.
        own: [Cell; 3],
        promised: [i64; 3],
        written: [u32; 3],
        taken_by_log: i64,
    }

    /// One thing that happens: what, to which column, with how much.
    type Deed = (u8, usize, i64);

    impl World {
        fn level(&self) -> i64 {
            let sum = match &self.ordered {
                Cell::Counter(counter) => counter.sum(),
                _ => 0,
            };
            GIVEN + sum - self.taken_by_log
        }

        fn free(&self) -> i64 {
            self.level() - self.grants.open(KEY, &self.ordered)
        }

        fn rest(&self, at: usize) -> i64 {
            let column = Column(at as u8);
            self.grants.of(KEY, column).given - self.promised[at] - self.own[at].spent(column)
        }

        fn spend(&mut self, at: usize, amount: i64) {
            let previous = self.written[at];
            self.written[at] += 1;
            let dot = Dot { column: Column(at as u8), counter: self.written[at] };
            let delta = Delta {
                dot,
                previous,
                key: KEY,
                attempt: AttemptId::default(),
                stamp: Stamp::default(),
                context: Context::default(),
                seen: None,
                change: Change::Spend(amount),
                hold: Hold::default(),
            };
            self.own[at].apply(&Arc::new(delta), Rules::default());
        }

        /// Lets something happen, under the rules of the protocol. `stale` is what a column held some time ago.
        fn act(&mut self, (what, at, amount): Deed, stale: &[Cell; 3]) {
            let column = Column(at as u8);
            match what {
                0 if self.free() >= amount => self.grants.give(KEY, column, amount),
                1 if self.rest(at) >= amount => self.spend(at, amount),
                2 => self.ordered.merge(&self.own[at], KEY, Rules::default(), &mut Vec::new()),
                3 => self.ordered.merge(&stale[at], KEY, Rules::default(), &mut Vec::new()),
                4 => self.promised[at] += amount.min(self.rest(at)),
                5 => drop(self.grants.give_back(KEY, column, self.promised[at])),
                6 if self.free() >= amount => self.taken_by_log += amount,
                _ => {}
            }
        }
    }

    proptest! {
        #[test]
        fn no_interleaving_of_grants_takes_more_than_there_is(
            deeds in prop::collection::vec((0u8..7, 0usize..3, 1i64..9), 1..120),
            stale_at in 0usize..60,
        ) {
            let mut world = World::default();
            let mut stale: [Cell; 3] = Default::default();
            for (number, deed) in deeds.into_iter().enumerate() {
                if number == stale_at {
                    stale = world.own.clone();
                }
                world.act(deed, &stale);
                let spent: i64 = (0..3).map(|at| world.own[at].spent(Column(at as u8))).sum();
                prop_assert!(spent + world.taken_by_log <= GIVEN, "{spent} + {} of {GIVEN}", world.taken_by_log);
                prop_assert!(world.free() >= 0, "the log counts on {} that is not there", world.free());
            }
        }

        #[test]
        fn what_was_said_of_a_grant_can_be_said_again(deeds in prop::collection::vec((0u8..7, 0usize..3, 1i64..9), 1..60)) {
            let mut world = World::default();
            for deed in deeds {
                world.act(deed, &Default::default());
            }
            let free = world.free();
            for at in 0..3 {
                let (column, known) = (Column(at as u8), world.grants.of(KEY, Column(at as u8)).returned);
                prop_assert_eq!(world.grants.give_back(KEY, column, known), 0);
                world.ordered.merge(&world.ordered.clone(), KEY, Rules::default(), &mut Vec::new());
            }
            prop_assert_eq!(world.free(), free);
        }
    }

    #[test]
    fn absorbing_shrinks_the_level_and_the_grant_by_the_same() {
        let mut world = World::default();
        world.act((0, 1, 8), &Default::default());
        world.act((1, 1, 3), &Default::default());
        assert_eq!((world.level(), world.free(), world.rest(1)), (40, 32, 5));
        world.act((2, 1, 1), &Default::default());
        assert_eq!((world.level(), world.free()), (37, 32), "3 were sold, and they were granted");
        world.act((4, 1, 9), &Default::default());
        assert_eq!((world.rest(1), world.free()), (0, 32), "its holder spends no more, and the log does not know yet");
        world.act((5, 1, 1), &Default::default());
        assert_eq!((world.level(), world.free()), (37, 37));
    }

    #[test]
    fn what_was_missed_is_kept_back() {
        let mut grants = Grants::default();
        grants.keep_back(KEY, 3);
        grants.keep_back(KEY, 2);
        assert_eq!((grants.kept_back(KEY), grants.kept_back(KeyId(1))), (3, 0));
    }
}
