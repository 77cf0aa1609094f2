//! The policy table: operation type → level, and service → resolver.

use super::ReplicaId;
use super::operation::{OPERATIONS, OpType, Service};

/// A consistency level with its options.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Level {
    /// The replica that is reached answers from what it has and tells the others afterwards.
    #[default]
    Eventual,
}

impl Level {
    /// The names of all levels, as scripts write them.
    pub const NAMES: [&'static str; 1] = ["eventual"];

    /// The word for it in the language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Eventual => "eventual",
        }
    }

    /// The level with this name and default options.
    pub fn parse(name: &str) -> Option<Self> {
        (name == "eventual").then_some(Self::Eventual)
    }

    /// What it promises, in one line.
    pub fn promise(self) -> &'static str {
        match self {
            Self::Eventual => "convergence: all replicas agree once the news has travelled",
        }
    }
}

/// How concurrent versions of one register merge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Resolver {
    /// The larger wall reading wins, ties by dot.
    #[default]
    LwwWall,
    /// The larger hybrid timestamp wins, ties by dot.
    LwwHlc,
}

impl Resolver {
    /// All resolvers.
    pub const ALL: [Self; 2] = [Self::LwwWall, Self::LwwHlc];

    /// The word for it in the language.
    pub fn name(self) -> &'static str {
        match self {
            Self::LwwWall => "lww-wall",
            Self::LwwHlc => "lww-hlc",
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

    /// Binds an operation type to a level.
    pub fn bind(&mut self, op_type: OpType, level: Level) {
        self.levels[op_type as usize] = level;
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
