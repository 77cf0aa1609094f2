//! The policy table: operation type → level, and service → resolver.

use super::operation::{OPERATIONS, OpSet, OpType, Service};
use super::{Cover, Level, LogId, Quorum, ReplicaId};

/// How concurrent versions of one register merge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Resolver {
    /// The larger wall reading wins, ties by dot.
    #[default]
    LwwWall,
    /// The larger hybrid timestamp wins, ties by dot.
    LwwHlc,
    /// A write takes the place of what its client had seen, and stands beside the rest.
    Siblings,
}

impl Resolver {
    /// All resolvers.
    pub const ALL: [Self; 3] = [Self::LwwWall, Self::LwwHlc, Self::Siblings];

    /// The word for it in the language.
    pub fn name(self) -> &'static str {
        match self {
            Self::LwwWall => "lww-wall",
            Self::LwwHlc => "lww-hlc",
            Self::Siblings => "siblings",
        }
    }

    /// The one that decides what a log absorbs: a log keeps one version.
    #[must_use]
    pub fn in_a_log(self) -> Self {
        match self {
            Self::Siblings => Self::LwwWall,
            resolver => resolver,
        }
    }

    /// The resolver with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|resolver| resolver.name() == name)
    }
}

/// What is bound now. An operation keeps the level of its invocation, retries included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    levels: [Level; OPERATIONS.len()],
    routes: [Option<ReplicaId>; OPERATIONS.len()],
    resolvers: [Resolver; Service::ALL.len()],
}

impl Default for Policy {
    /// Every operation type at `eventual`, every register `lww-wall`.
    fn default() -> Self {
        Self {
            levels: [Level::default(); OPERATIONS.len()],
            routes: [None; OPERATIONS.len()],
            resolvers: [Resolver::default(); Service::ALL.len()],
        }
    }
}

impl Policy {
    /// The level of an operation type.
    #[inline]
    pub fn level(&self, op_type: OpType) -> Level {
        self.levels[op_type as usize]
    }

    /// Binds an operation type to a level. A type for which the level is not stays as it is: so a pattern binds what it
    /// can.
    pub fn bind(&mut self, op_type: OpType, level: Level) {
        if level.unfit(op_type).is_none() {
            self.levels[op_type as usize] = level;
        }
    }

    /// What lets a replica do operations of this type alone, beside the log that decides them. A transfer takes from one
    /// counter and adds to another in one step, which only the log can: it never has a cover.
    #[inline]
    pub fn cover(&self, op_type: OpType) -> Option<Cover> {
        match self.level(op_type) {
            Level::Threshold(_, cover) if op_type.takes_alone() => Some(cover),
            _ => None,
        }
    }

    /// How much of each counter of a service is never granted, if its type of taking is at `threshold` with grants.
    #[inline]
    pub fn kept_for_log(&self, service: Service) -> Option<i64> {
        match service.taker().map(|op_type| self.level(op_type)) {
            Some(Level::Threshold(above, Cover::Grants)) => Some(i64::from(above)),
            _ => None,
        }
    }

    /// The types that a log decides.
    pub fn on_log(&self, log: LogId) -> OpSet {
        OPERATIONS.iter().map(|spec| spec.op_type).filter(|op_type| self.level(*op_type).log() == Some(log)).collect()
    }

    /// Whether some type is at this level.
    pub fn has(&self, level: Level) -> bool {
        self.levels.contains(&level)
    }

    /// The quorums that types are bound to.
    pub fn quorums(&self) -> impl Iterator<Item = Quorum> {
        self.levels.iter().filter_map(|level| if let Level::Quorum(quorum) = level { Some(*quorum) } else { None })
    }

    /// Whether a log decides some type of a register that keeps siblings where it is not on one.
    pub fn keeps_siblings_on_a_log(&self) -> bool {
        let is_on_a_log = LogId::ALL.into_iter().any(|log| self.on_log(log).touches(Service::Profile));
        is_on_a_log && self.resolver(Service::Profile) == Resolver::Siblings
    }

    /// A service of which several logs would decide something, if there is one.
    pub fn mixed(&self) -> Option<Service> {
        let on = LogId::ALL.map(|log| self.on_log(log));
        Service::ALL.into_iter().find(|service| on.iter().all(|types| types.touches(*service)))
    }

    /// The replica that operations of this type go to when they name none; `None` for the client's home.
    #[inline]
    pub fn route(&self, op_type: OpType) -> Option<ReplicaId> {
        self.routes[op_type as usize]
    }

    /// Sends the operations of a type that name no replica to this one, or home again.
    pub fn send_via(&mut self, op_type: OpType, replica: Option<ReplicaId>) {
        self.routes[op_type as usize] = replica;
    }

    /// The resolver of a service.
    #[inline]
    pub fn resolver(&self, service: Service) -> Resolver {
        self.resolvers[service as usize]
    }

    /// Gives a service another resolver.
    ///
    /// Only `profile` has a choice: `item` is a timestamped cell by definition (`lww-wall`), the others are counters
    /// and logs, which merge without one.
    pub fn set_resolver(&mut self, service: Service, resolver: Resolver) {
        self.resolvers[service as usize] = resolver;
    }
}
