//! The set of dots that a replica has applied: a prefix of each column, and runs beyond gaps.

use std::sync::Arc;

use crate::base::limits::COLUMNS_MAX;
use crate::base::{Column, Dot, VersionVector};

/// Which dots were applied. Runs past a gap are kept as intervals, so that a lost message costs one interval and not
/// one entry for each later write.
#[derive(Clone, Debug, Default)]
pub struct AppliedSet {
    prefix: VersionVector,
    /// For each column, disjoint runs (first, last), ascending, all beyond prefix + 1.
    runs: Arc<[Vec<(u32, u32)>; COLUMNS_MAX]>,
}

impl AppliedSet {
    /// The prefix of each column: everything up to and including it was applied.
    pub fn prefix(&self) -> &VersionVector {
        &self.prefix
    }

    /// Whether `dot` was applied.
    #[inline]
    pub fn contains(&self, dot: Dot) -> bool {
        dot.counter <= self.prefix.get(dot.column)
            || self.runs[dot.column.index()].iter().any(|(first, last)| (*first..=*last).contains(&dot.counter))
    }

    /// Adds `dot`; says whether it is new.
    #[inline]
    pub fn insert(&mut self, dot: Dot) -> bool {
        let prefix = self.prefix.get(dot.column);
        if dot.counter <= prefix {
            return false;
        }
        if dot.counter == prefix + 1 {
            self.advance(dot.column, dot.counter);
            return true;
        }
        self.insert_run(dot)
    }

    /// Adds every dot up to `other`, as after a repair that left nothing out.
    pub fn join(&mut self, other: &VersionVector) {
        for (index, counter) in other.0.iter().enumerate() {
            let column = Column(index as u8);
            if *counter > self.prefix.get(column) {
                self.advance(column, *counter);
            }
        }
    }

    /// Moves the prefix to `counter`, and further through runs that now touch it.
    fn advance(&mut self, column: Column, counter: u32) {
        self.prefix.0[column.index()] = counter;
        if self.runs[column.index()].is_empty() {
            return;
        }
        let runs = &mut Arc::make_mut(&mut self.runs)[column.index()];
        let mut reached = counter;
        let touching = runs.iter().take_while(|(first, last)| {
            let touches = *first <= reached + 1;
            if touches {
                reached = reached.max(*last);
            }
            touches
        });
        let swallowed = touching.count();
        runs.drain(..swallowed);
        self.prefix.0[column.index()] = reached;
    }

    fn insert_run(&mut self, dot: Dot) -> bool {
        let counter = dot.counter;
        let runs = &mut Arc::make_mut(&mut self.runs)[dot.column.index()];
        let after = runs.partition_point(|(first, _)| *first <= counter);
        if after > 0 && runs[after - 1].1 >= counter {
            return false;
        }
        let joins_left = after > 0 && runs[after - 1].1 + 1 == counter;
        let joins_right = after < runs.len() && runs[after].0 == counter + 1;
        match (joins_left, joins_right) {
            (true, true) => {
                runs[after - 1].1 = runs[after].1;
                runs.remove(after);
            }
            (true, false) => runs[after - 1].1 = counter,
            (false, true) => runs[after].0 = counter,
            (false, false) => runs.insert(after, (counter, counter)),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn it_is_the_set_of_what_was_inserted(counters in prop::collection::vec(1u32..60, 0..80), joined in 0u32..20) {
            let mut set = AppliedSet::default();
            let mut model = BTreeSet::new();
            for counter in counters {
                let dot = Dot { column: Column(2), counter };
                prop_assert_eq!(set.insert(dot), model.insert(counter));
            }
            let mut vector = VersionVector::default();
            vector.0[2] = joined;
            set.join(&vector);
            model.extend(1..=joined);
            for counter in 1..70 {
                prop_assert_eq!(set.contains(Dot { column: Column(2), counter }), model.contains(&counter));
            }
            let gap = (1..100).find(|counter| !model.contains(counter)).expect("no counter reaches so far");
            prop_assert_eq!(set.prefix().0[2], gap - 1);
        }
    }
}
