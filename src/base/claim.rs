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
}

impl Claim {
    /// All claims.
    pub const ALL: [Self; 3] = [Self::Convergence, Self::NoOverdraft, Self::NoOversell];

    /// The word for it in the language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Convergence => "convergence",
            Self::NoOverdraft => "no-overdraft",
            Self::NoOversell => "no-oversell",
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
        }
    }
}
