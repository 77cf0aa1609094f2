//! What identifies a write, and what a session has seen.
//!
//! A loose write is the `counter`-th of one *column*: one incarnation of one replica. A replica that loses its disk
//! comes back with a new incarnation, hence a new column: reusing dots would erase writes.
//! Dotted version vectors: Preguiça et al., *Dotted Version Vectors*, 2010. Hybrid timestamps: Kulkarni et al. 2014.

use std::hash::{Hash, Hasher};

use super::limits::COLUMNS_MAX;

/// One incarnation of one replica, as an index into version vectors. The cluster keeps which is whose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Column(pub u8);

impl Column {
    /// The index into a version vector.
    #[inline]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// The column of the writes that Raft orders: past those of all incarnations, in no version vector.
    pub const RAFT: Self = Self(COLUMNS_MAX as u8 + 1);

    /// The column of the writes that one incarnation of one replica orders as the primary, by its loose column.
    #[inline]
    pub const fn of_primary(loose: Self) -> Self {
        Self(Self::RAFT.0 + 1 + loose.0)
    }

    /// The log that orders its writes, if one does.
    #[inline]
    pub fn log(self) -> Option<LogId> {
        match self {
            _ if self.is_loose() => None,
            Self::RAFT => Some(LogId::Raft),
            _ => Some(LogId::Primary),
        }
    }

    /// Whether its writes travel loosely, and not in a log.
    #[inline]
    pub fn is_loose(self) -> bool {
        self.index() < COLUMNS_MAX
    }
}

/// A log that orders writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum LogId {
    /// The primary's.
    Primary,
    /// Raft's.
    Raft,
}

impl LogId {
    /// Both, in the order of their tables.
    pub const ALL: [Self; 2] = [Self::Primary, Self::Raft];

    /// The index into tables of logs.
    #[inline]
    pub fn index(self) -> usize {
        self as usize
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Primary => Self::Raft,
            Self::Raft => Self::Primary,
        }
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Raft => "raft",
        }
    }
}

/// The identity of one write: of a loose one its column and number; of one that Raft ordered its column and twice its
/// index there; of one that a primary ordered the column of that primary and its number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dot {
    /// Who wrote.
    pub column: Column,
    /// The how-manieth write of that column, from 1, over all keys.
    pub counter: u32,
}

/// A reading of a hybrid logical clock: the largest wall reading seen, and a counter among equals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hlc {
    /// The largest wall reading that this reading depends on, in microseconds.
    pub l_us: i64,
    /// Orders events that share `l_us`.
    pub c: u32,
}

/// The two timestamps that every write carries, so that a resolver can be chosen and compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// The deciding replica's wall reading in microseconds.
    pub wall_us: i64,
    /// The deciding replica's hybrid clock.
    pub hlc: Hlc,
}

/// How far a log has been seen: everything up to `index`, which was written in `term`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogPosition {
    /// The term (or epoch) of the entry.
    pub term: u32,
    /// The entry's index, from 1; 0 is the start.
    pub index: u32,
}

/// For each column, a counter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VersionVector(pub [u32; COLUMNS_MAX]);

impl Hash for VersionVector {
    /// Two counters to a word: record digests meet one of these for each write.
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        for pair in self.0.chunks_exact(2) {
            state.write_u64(u64::from(pair[0]) << 32 | u64::from(pair[1]));
        }
    }
}

impl VersionVector {
    /// The counter of `column`.
    #[inline]
    pub fn get(&self, column: Column) -> u32 {
        self.0[column.index()]
    }

    /// Raises `dot`'s column to at least `dot`'s counter.
    #[inline]
    pub fn raise(&mut self, dot: Dot) {
        let counter = &mut self.0[dot.column.index()];
        *counter = (*counter).max(dot.counter);
    }

    /// The least upper bound of both.
    #[inline]
    pub fn join(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine = (*mine).max(theirs);
        }
    }

    /// Whether it reaches at least as far as `other` in every column.
    #[inline]
    pub fn covers(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).all(|(mine, theirs)| *mine >= theirs)
    }
}

/// What a session has seen: the loose writes (by their largest counter in each column) and its position in each log.
///
/// The largest counters overstate what was seen where deliveries had gaps; waiting for them is safe and may be longer
/// than needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Context {
    /// The loose part.
    pub loose: VersionVector,
    /// The primary's log and Raft's, in this order.
    pub logs: [LogPosition; 2],
}

impl Context {
    /// Adds a write that was seen. How far a log was seen is told by the position of whoever reads from it.
    #[inline]
    pub fn see(&mut self, dot: Dot) {
        if dot.column.is_loose() {
            self.loose.raise(dot);
        }
    }

    /// Whether whoever has applied all of `applied`, and stands at these places of the logs, has all of it.
    #[inline]
    pub fn is_held(&self, applied: &VersionVector, logs: [LogPosition; 2]) -> bool {
        applied.covers(&self.loose) && self.logs.iter().zip(logs).all(|(seen, reached)| reached >= *seen)
    }

    /// Adds all that `other` has seen.
    #[inline]
    pub fn join(&mut self, other: &Self) {
        self.loose.join(&other.loose);
        for (mine, theirs) in self.logs.iter_mut().zip(other.logs) {
            *mine = (*mine).max(theirs);
        }
    }
}
