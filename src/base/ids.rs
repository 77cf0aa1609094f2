//! Small integers that name things.

use super::limits::REPLICAS_MAX;

/// A replica by its index from 0; people see `r1` for index 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReplicaId(pub u8);

impl ReplicaId {
    /// The index into tables of replicas.
    #[inline]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// All replicas of a cluster of `count`, in id order.
    pub fn all(count: usize) -> impl DoubleEndedIterator<Item = Self> + Clone {
        debug_assert!(count <= REPLICAS_MAX, "a cluster has at most {REPLICAS_MAX} replicas");
        (0..count as u8).map(Self)
    }
}

impl std::fmt::Display for ReplicaId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "r{}", self.0 + 1)
    }
}

/// Whoever sends and receives: a replica or a client.
///
/// Replicas take the numbers below [`Actor::PROVIDER`]; clients follow in the order of their declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Actor(pub u16);

impl Actor {
    /// The number of the first client.
    pub const FIRST_CLIENT: u16 = 16;

    /// The outside card provider: neither a replica nor a client, and on no link.
    pub const PROVIDER: Self = Self(15);

    /// The client with this index, from 0.
    pub fn client(index: usize) -> Self {
        Self(Self::FIRST_CLIENT + index as u16)
    }

    /// The replica, if it is one.
    #[inline]
    pub fn as_replica(self) -> Option<ReplicaId> {
        (self.0 < Self::PROVIDER.0).then_some(ReplicaId(self.0 as u8))
    }

    /// The index of the client, if it is one.
    #[inline]
    pub fn as_client(self) -> Option<usize> {
        self.0.checked_sub(Self::FIRST_CLIENT).map(usize::from)
    }
}

impl From<ReplicaId> for Actor {
    #[inline]
    fn from(replica: ReplicaId) -> Self {
        Self(u16::from(replica.0))
    }
}

/// A set of replicas, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReplicaSet(pub u16);

impl ReplicaSet {
    /// No replica.
    pub const EMPTY: Self = Self(0);

    /// The replicas of a cluster of `count`.
    pub fn all(count: usize) -> Self {
        Self((1 << count) - 1)
    }

    /// Whether it holds `replica`.
    #[inline]
    pub fn contains(self, replica: ReplicaId) -> bool {
        self.0 & (1 << replica.0) != 0
    }

    /// Adds `replica`.
    #[inline]
    pub fn insert(&mut self, replica: ReplicaId) {
        self.0 |= 1 << replica.0;
    }

    /// Takes `replica` out.
    #[inline]
    pub fn remove(&mut self, replica: ReplicaId) {
        self.0 &= !(1 << replica.0);
    }

    /// How many it holds.
    pub fn count(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Those that both hold.
    #[must_use]
    pub fn shared(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether it holds nobody.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its members in id order.
    pub fn iter(self) -> impl Iterator<Item = ReplicaId> {
        (0..REPLICAS_MAX as u8).map(ReplicaId).filter(move |r| self.contains(*r))
    }
}

/// A key of one service, numbered densely in the order of first use. The catalogue of the cluster knows its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub u32);

impl KeyId {
    /// The index into tables of keys.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// An operation, numbered in the order of arrival.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpId(pub u32);

/// One attempt at an operation: a retry has a number of its own, a duplicated message has not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttemptId {
    /// The operation that is attempted.
    pub op: OpId,
    /// From 0.
    pub number: u16,
}

/// A message, numbered in the order of sending; both copies of a duplicated one share it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub u32);

/// The number of an entry of the trace, from 1; 0 means none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub u32);

impl EntryId {
    /// No entry: what has no cause inside the world, such as a command.
    pub const NONE: Self = Self(0);
}
