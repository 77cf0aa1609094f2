//! What can be asked of a neutral history: of which kind its object is, and what was promised.

/// The kind of object that a history is about: which calls it knows, and what they do when nobody else is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Model {
    /// Reads and writes of a value.
    Register,
    /// The same with compare-and-set.
    CasRegister,
    /// Additions, takings that keep it from going below 0, and reads of the sum.
    Counter,
    /// Additions of elements, and reads of them all.
    Set,
    /// Names that must never be given twice.
    UniqueIds,
    /// Texts under keys: get, put, append.
    Kv,
    /// Transfers between accounts, and reads of them all.
    Bank,
    /// Posts, and reads of their number and the newest. Of the lab only; no file of histories has it.
    Log,
}

impl Model {
    /// The models that a file can be about.
    pub const ALL: [Self; 7] =
        [Self::Register, Self::CasRegister, Self::Counter, Self::Set, Self::UniqueIds, Self::Kv, Self::Bank];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::CasRegister => "cas-register",
            Self::Counter => "counter",
            Self::Set => "set",
            Self::UniqueIds => "unique-ids",
            Self::Kv => "kv",
            Self::Bank => "bank",
            Self::Log => "log",
        }
    }

    /// The model with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|model| model.name() == name)
    }

    /// The functions it knows, as histories name them. Some have two names.
    pub fn functions(self) -> &'static [&'static str] {
        match self {
            Self::Register => &["read", "write"],
            Self::CasRegister => &["read", "write", "cas"],
            Self::Counter | Self::Set => &["read", "add"],
            Self::UniqueIds => &["generate"],
            Self::Kv => &["get", "put", "append", "read", "write"],
            Self::Bank => &["read", "transfer"],
            Self::Log => &["read", "post"],
        }
    }
}

/// What was promised. Each has one judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Promise {
    /// Every operation takes effect at one instant between its invocation and its return.
    Linearizable,
    /// There is one order of all operations that every process agrees with.
    Sequential,
    /// Whoever sees an effect sees its causes.
    CausalConsistency,
    /// The same, and all processes agree on the order of writes without a cause in common.
    CausalConvergence,
    /// The same as causal consistency, and a process never changes its mind about what it has seen.
    CausalMemory,
    /// A session sees its own writes.
    ReadYourWrites,
    /// A session never sees an older state than before.
    MonotonicReads,
    /// A session's writes are seen in the order in which it made them.
    MonotonicWrites,
    /// A write is seen only with what its session had read before.
    WritesFollowReads,
    /// A read returns the last write before it, or one that runs beside it.
    Regular,
    /// No name is given twice.
    UniqueIds,
    /// All reads of the bank have the same sum.
    ConstantSum,
}

impl Promise {
    /// All promises.
    pub const ALL: [Self; 12] = [
        Self::Linearizable,
        Self::Sequential,
        Self::CausalConsistency,
        Self::CausalConvergence,
        Self::CausalMemory,
        Self::ReadYourWrites,
        Self::MonotonicReads,
        Self::MonotonicWrites,
        Self::WritesFollowReads,
        Self::Regular,
        Self::UniqueIds,
        Self::ConstantSum,
    ];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linearizable => "linearizable",
            Self::Sequential => "sequential",
            Self::CausalConsistency => "causal-consistency",
            Self::CausalConvergence => "causal-convergence",
            Self::CausalMemory => "causal-memory",
            Self::ReadYourWrites => "read-your-writes",
            Self::MonotonicReads => "monotonic-reads",
            Self::MonotonicWrites => "monotonic-writes",
            Self::WritesFollowReads => "writes-follow-reads",
            Self::Regular => "regular",
            Self::UniqueIds => "unique-ids",
            Self::ConstantSum => "constant-sum",
        }
    }

    /// The promise with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|promise| promise.name() == name)
    }

    /// What it says, to follow "although".
    pub fn says(self) -> &'static str {
        match self {
            Self::Linearizable => {
                "each operation was to take effect at one instant between its invocation and its return"
            }
            Self::Sequential => "all processes were to agree on one order that keeps the order of each of them",
            Self::CausalConsistency => "whoever sees an effect was to see its causes",
            Self::CausalConvergence => "all processes were to agree on the order of writes, causes before effects",
            Self::CausalMemory => "each process was to see one order of writes that it never revises",
            Self::ReadYourWrites => "a session was to see its own writes",
            Self::MonotonicReads => "a session was never to see an older state than before",
            Self::MonotonicWrites => "a session's writes were to be seen in the order in which it made them",
            Self::WritesFollowReads => "a write was to be seen only with what its session had read before it",
            Self::Regular => "a read was to return the last write before it, or one that runs beside it",
            Self::UniqueIds => "no name was to be given twice",
            Self::ConstantSum => "money was only to move, never to appear or to vanish",
        }
    }
}
