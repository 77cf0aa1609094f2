//! Promises that a run keeps or breaks.

/// What can be claimed of a run. Each has one judge, in `check/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Claim {
    /// Once nothing is under way and repair had its time, all replicas show the same.
    Convergence,
    /// No withdrawal is accepted beyond what was given and deposited.
    NoOverdraft,
    /// No reservation is accepted beyond what was given and restocked.
    NoOversell,
    /// Every read has all acknowledged writes of its own session to the key.
    ReadYourWrites,
    /// Every read has all writes that an earlier read of its session had of the key.
    MonotonicReads,
    /// Where a write is, the acknowledged one before it of its session is too.
    MonotonicWrites,
    /// Where a write is, what its session had read before is too.
    WritesFollowReads,
    /// Who reads a post of a feed reads all that was acknowledged before it was begun.
    ConsistentPrefix,
    /// No acknowledged write to a register gives way to one that did not know of it.
    NoLostUpdate,
    /// No write to a register loses to one that it knew.
    NoWrongWinner,
    /// What was deleted stays deleted.
    NoResurrection,
    /// No operation is accepted more than once.
    ExactlyOnce,
    /// No acknowledged write is gone from every disk.
    Durable,
    /// Every operation is answered.
    TotalAvailability,
    /// Every operation whose replica is up and in reach is answered.
    StickyAvailability,
    /// Every operation with a majority of replicas up and in reach is answered.
    MajorityAvailability,
    /// In the logs of all actors, merged by wall clock, no effect stands before its cause.
    NoLogInversion,
    /// Nobody is let in after a revocation was acknowledged, unless a later grant says so.
    NoAccessAfterRevocation,
    /// No name is given to two people.
    UniqueOwner,
    /// The outside provider charges a payment once.
    ChargedOnce,
    /// Who reads an account finds both halves of each transfer, or neither.
    ConstantSum,
    /// Every operation takes effect at one instant between its invocation and its return.
    Linearizable,
    /// One order of all operations of a service agrees with every client.
    Sequential,
    /// Whoever sees an effect sees its causes.
    CausalConsistency,
    /// The same, and all clients agree on the order of writes.
    CausalConvergence,
    /// The same as causal consistency, and no client changes its mind about what it saw.
    CausalMemory,
    /// A read returns the last write before it, or one beside it.
    Regular,
}

impl Claim {
    /// All claims.
    pub const ALL: [Self; 27] = [
        Self::Convergence,
        Self::NoOverdraft,
        Self::NoOversell,
        Self::ReadYourWrites,
        Self::MonotonicReads,
        Self::MonotonicWrites,
        Self::WritesFollowReads,
        Self::ConsistentPrefix,
        Self::NoLostUpdate,
        Self::NoWrongWinner,
        Self::NoResurrection,
        Self::ExactlyOnce,
        Self::Durable,
        Self::TotalAvailability,
        Self::StickyAvailability,
        Self::MajorityAvailability,
        Self::NoLogInversion,
        Self::NoAccessAfterRevocation,
        Self::UniqueOwner,
        Self::ChargedOnce,
        Self::ConstantSum,
        Self::Linearizable,
        Self::Sequential,
        Self::CausalConsistency,
        Self::CausalConvergence,
        Self::CausalMemory,
        Self::Regular,
    ];

    /// Whether it is about what was decided or kept, so that no later message mends what broke it.
    pub fn is_invariant(self) -> bool {
        use Claim::{
            ChargedOnce, ExactlyOnce, NoLostUpdate, NoOverdraft, NoOversell, NoResurrection, NoWrongWinner, UniqueOwner,
        };
        matches!(
            self,
            NoOverdraft
                | NoOversell
                | NoLostUpdate
                | NoWrongWinner
                | NoResurrection
                | ExactlyOnce
                | UniqueOwner
                | ChargedOnce
        )
    }

    /// Whether it is judged on demand, since its judge searches.
    pub fn is_searched(self) -> bool {
        self >= Self::Linearizable
    }

    /// The word for it in the language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Convergence => "convergence",
            Self::NoOverdraft => "no-overdraft",
            Self::NoOversell => "no-oversell",
            Self::ReadYourWrites => "read-your-writes",
            Self::MonotonicReads => "monotonic-reads",
            Self::MonotonicWrites => "monotonic-writes",
            Self::WritesFollowReads => "writes-follow-reads",
            Self::ConsistentPrefix => "consistent-prefix",
            Self::NoLostUpdate => "no-lost-update",
            Self::NoWrongWinner => "no-wrong-winner",
            Self::NoResurrection => "no-resurrection",
            Self::ExactlyOnce => "exactly-once",
            Self::Durable => "durable",
            Self::TotalAvailability => "total-availability",
            Self::StickyAvailability => "sticky-availability",
            Self::MajorityAvailability => "majority-availability",
            Self::NoLogInversion => "no-log-inversion",
            Self::NoAccessAfterRevocation => "no-access-after-revocation",
            Self::UniqueOwner => "unique-owner",
            Self::ChargedOnce => "charged-once",
            Self::ConstantSum => "constant-sum",
            Self::Linearizable => "linearizable",
            Self::Sequential => "sequential",
            Self::CausalConsistency => "causal-consistency",
            Self::CausalConvergence => "causal-convergence",
            Self::CausalMemory => "causal-memory",
            Self::Regular => "regular",
        }
    }

    /// The claim with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|claim| claim.name() == name)
    }

    /// One sentence for help.
    pub fn summary(self) -> &'static str {
        match self {
            Self::Convergence => "once all is quiet and repaired, every replica shows the same",
            Self::NoOverdraft => "no withdrawal is accepted beyond what was given and deposited",
            Self::NoOversell => "no reservation is accepted beyond what was given and restocked",
            Self::ReadYourWrites => "a read has all acknowledged writes of its own session",
            Self::MonotonicReads => "a read has all that earlier reads of its session had",
            Self::MonotonicWrites => "where a write is, the one before it of its session is too",
            Self::WritesFollowReads => "where a write is, what its session had read before is too",
            Self::ConsistentPrefix => "who reads a post reads all that was acknowledged before it was begun",
            Self::NoLostUpdate => "no acknowledged write gives way to one that did not know of it",
            Self::NoWrongWinner => "no write loses to one that it knew",
            Self::NoResurrection => "what was deleted stays deleted",
            Self::ExactlyOnce => "no operation is accepted more than once",
            Self::Durable => "no acknowledged write is gone from every disk",
            Self::TotalAvailability => "every operation is answered",
            Self::StickyAvailability => "every operation whose replica is up and in reach is answered",
            Self::MajorityAvailability => "every operation with a majority up and in reach is answered",
            Self::NoLogInversion => "in logs merged by wall clock no effect stands before its cause",
            Self::NoAccessAfterRevocation => "nobody is let in after a revocation that was acknowledged",
            Self::UniqueOwner => "no name is given to two people",
            Self::ChargedOnce => "the outside provider charges a payment once",
            Self::ConstantSum => "who reads an account finds both halves of each transfer, or neither",
            Self::Linearizable => "each operation takes effect at one instant between its invocation and its return",
            Self::Sequential => "one order of a service's operations agrees with every client",
            Self::CausalConsistency => "whoever sees a profile sees what it came from",
            Self::CausalConvergence => "the same, and all agree on the order of writes to profiles",
            Self::CausalMemory => "who sees a profile sees what it came from, and never changes its mind",
            Self::Regular => "a read of a profile returns the last write before it, or one beside it",
        }
    }
}
