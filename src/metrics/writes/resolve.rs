//! Which of two writes to one cell wins, as the measures need to know it: a write that loses at a replica is
//! *superseded* there and will never be applied.
//!
//! Counters and logs have no such rule: every write counts. Nor have registers that keep siblings: a replica that takes
//! in what replaced a write has an entry for that write too.

use crate::base::{Dot, OpType, Resolver, Service, Stamp};

/// What decides between two writes to one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// The larger wall reading, then the larger dot.
    Wall,
    /// The larger hybrid timestamp, then a revocation, then the larger dot.
    Hybrid,
    /// The larger wall reading, then a delete, then the larger dot: a cell as in Cassandra.
    Cell,
}

impl Rule {
    /// The rule of a service, if it keeps one write of each key only. `resolver` is that of `profile`, the one service
    /// with a choice.
    #[inline]
    pub(super) fn of(service: Service, resolver: Resolver) -> Option<Self> {
        match service {
            Service::Profile => match resolver {
                Resolver::LwwWall => Some(Self::Wall),
                Resolver::LwwHlc => Some(Self::Hybrid),
                // What gave way at a replica has its entry there.
                Resolver::Siblings => None,
            },
            Service::Item => Some(Self::Cell),
            Service::Access | Service::Username | Service::Payment => Some(Self::Hybrid),
            Service::Stock | Service::Account | Service::Feed | Service::Likes => None,
        }
    }
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) dot: Dot,
    pub(super) stamp: Stamp,
    /// Whether it takes away: a delete, or a revocation.
    pub(super) delete: bool,
}

impl Version {
    /// A write of this type with these stamps.
    pub(super) fn new(dot: Dot, stamp: Stamp, op_type: OpType) -> Self {
        Self { dot, stamp, delete: matches!(op_type, OpType::ItemDelete | OpType::AccessRevoke) }
    }

    /// Whether it wins against `other`, another write.
    #[inline]
    pub(super) fn beats(&self, other: &Self, rule: Rule) -> bool {
        let rank = |version: &Self| match rule {
            Rule::Wall => ((version.stamp.wall_us, 0, false), version.dot),
            Rule::Hybrid => ((version.stamp.hlc.l_us, version.stamp.hlc.c, version.delete), version.dot),
            Rule::Cell => ((version.stamp.wall_us, 0, version.delete), version.dot),
        };
        rank(self) > rank(other)
    }
}
