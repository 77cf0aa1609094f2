//! What of the trace is shown.

use crate::base::MessageClass;
use crate::record::Happened;

/// What of the trace is shown; Enter goes round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shown {
    /// What clients ask, what they are answered, and writes on their way.
    #[default]
    Writes,
    /// Repair as well.
    Repair,
    /// Everything, heartbeats and timers among it.
    All,
}

impl Shown {
    /// The next one.
    pub(super) fn next(self) -> Self {
        match self {
            Self::Writes => Self::Repair,
            Self::Repair => Self::All,
            Self::All => Self::Writes,
        }
    }

    /// What the title says.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Writes => "operations and writes",
            Self::Repair => "operations, writes, repair",
            Self::All => "everything",
        }
    }

    /// What Enter adds.
    pub(super) fn more(self) -> &'static str {
        match self {
            Self::Writes => "shows repair too",
            Self::Repair => "shows heartbeats too",
            Self::All => "hides heartbeats and repair",
        }
    }

    /// Whether messages of a class are shown.
    pub(super) fn has_class(self, class: MessageClass) -> bool {
        match class {
            MessageClass::Request | MessageClass::Reply | MessageClass::Gossip => true,
            MessageClass::Repair | MessageClass::Raft | MessageClass::Primary | MessageClass::Quorum => {
                self != Self::Writes
            }
            MessageClass::Heartbeat => self == Self::All,
        }
    }

    /// Whether an entry is shown.
    pub(super) fn has(self, what: &Happened) -> bool {
        match what {
            Happened::Sent { class, .. } | Happened::Delivered { class, .. } | Happened::Dropped { class, .. } => {
                self.has_class(*class)
            }
            Happened::Command { .. } => false,
            Happened::RepairStarted { .. } | Happened::RepairEnded { .. } => self != Self::Writes,
            Happened::Timer { .. } | Happened::ObservedLag { .. } | Happened::Corrected { .. } => self == Self::All,
            _ => true,
        }
    }
}
