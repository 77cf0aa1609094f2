//! Classes of messages: a link can treat each differently.

/// What a message is for, as far as a link needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum MessageClass {
    /// A client's request to a replica.
    Request,
    /// A replica's reply to a client.
    Reply,
    /// A delta pushed from its origin.
    Gossip,
    /// Anti-entropy.
    Repair,
    /// A heartbeat.
    Heartbeat,
    /// Raft: votes, entries, snapshots, and what is handed over to its leader.
    Raft,
    /// The primary's log: entries, snapshots, campaigns, and what is handed over to it.
    Primary,
    /// What coordinators ask homes of a key, and their answers and confirmations. Writes on their way to homes are gossip.
    Quorum,
}

impl MessageClass {
    /// All classes, in the order of their streams.
    pub const ALL: [Self; 8] = [
        Self::Request,
        Self::Reply,
        Self::Gossip,
        Self::Repair,
        Self::Heartbeat,
        Self::Raft,
        Self::Primary,
        Self::Quorum,
    ];

    /// The word for it in the language and on the screen.
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Reply => "reply",
            Self::Gossip => "gossip",
            Self::Repair => "repair",
            Self::Heartbeat => "heartbeat",
            Self::Raft => "raft",
            Self::Primary => "primary",
            Self::Quorum => "quorum",
        }
    }

    /// The class with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }
}
