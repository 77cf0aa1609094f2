//! Messages.

use std::sync::Arc;

use crate::base::{
    Actor, Answer, AttemptId, Column, Context, Hlc, KeyId, Level, LogId, MessageClass, OpType, ReplicaId, Seen, Value,
};
use crate::data::{Cell, Delta};
use crate::record::{Basis, Decision};

use super::{PrimaryMessage, QuorumMessage, RaftMessage, RepairMessage};

/// A client asks a replica.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which attempt at which operation.
    pub attempt: AttemptId,
    /// What to do.
    pub op_type: OpType,
    /// The level that was bound when the operation was invoked.
    pub level: Level,
    /// The key.
    pub key: KeyId,
    /// What it carries.
    pub argument: Value,
    /// What the client's session has seen.
    pub context: Context,
    /// The column of the replica that said last that it holds all of that.
    pub held: Option<Column>,
    /// What the client has seen of the key, if that keeps siblings.
    pub seen: Option<Box<Seen>>,
    /// The hybrid time of what it has seen.
    pub hlc: Hlc,
    /// Whether the operation has a key: an attempt after one that was decided gets that answer.
    pub keyed: bool,
}

/// A replica answers a client.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Which attempt.
    pub attempt: AttemptId,
    /// The answer.
    pub answer: Answer,
    /// What whoever reads this answer has seen.
    pub context: Context,
    /// The replica's column, if it holds that and all that the session had seen before.
    pub held: Option<Column>,
    /// What they have seen of the key, if that keeps siblings.
    pub seen: Option<Box<Seen>>,
    /// The replica's hybrid time.
    pub hlc: Hlc,
    /// Which state served it.
    pub basis: Basis,
}

/// A replica hands a request on to one that can serve it.
#[derive(Clone, Debug)]
pub struct Forward {
    /// Who asked.
    pub client: Actor,
    /// The replica that was asked: the answer goes through it.
    pub origin: ReplicaId,
    /// How many replicas have handed it on.
    pub hops: u8,
    /// What was asked.
    pub request: Request,
}

/// The answer to a request that was handed on, on its way back.
#[derive(Clone, Debug)]
pub struct Relay {
    /// Who asked.
    pub client: Actor,
    /// The answer.
    pub reply: Reply,
}

/// A replica gives the orderer of a log what it holds of sealed services.
#[derive(Clone, Debug)]
pub struct Handover {
    /// The log.
    pub log: LogId,
    /// The index of the seal that asks for it.
    pub seal: u32,
    /// What it holds: its loose writes, and what another log ordered before.
    pub cells: Vec<(KeyId, Cell)>,
    /// The column that it writes to.
    pub column: Column,
    /// By key, how much of its grants that column has returned in all: it keeps nothing of them.
    pub returned: Vec<(KeyId, i64)>,
}

/// A replica tells the orderer of a log about its grants.
#[derive(Clone, Debug)]
pub struct GrantNews {
    /// The column that it writes to.
    pub column: Column,
    /// One a key.
    pub keys: Vec<GrantOfKey>,
}

/// What a replica says about its grant of one key.
#[derive(Clone, Debug)]
pub struct GrantOfKey {
    /// The key.
    pub key: KeyId,
    /// All loose writes to it that the replica holds: what it spent is among them.
    pub cell: Cell,
    /// What it was given in all, as far as it knows.
    pub given: i64,
    /// What it has returned in all.
    pub returned: i64,
    /// Whether it asks for more.
    pub asks: bool,
}

/// A replica says that it is alive, and how far it has written.
#[derive(Clone, Copy, Debug)]
pub struct Heartbeat {
    /// How many its sender has sent with it: an older one that arrives later is known by it.
    pub number: u32,
    /// The column it writes to.
    pub column: Column,
    /// Its last write.
    pub upto: u32,
    /// Its wall at the sending, in microseconds.
    pub wall_us: i64,
}

/// Everything that travels. The large ones are boxed: most messages are pushes, and each moves through the schedule.
#[derive(Clone, Debug)]
pub enum Message {
    /// Client to replica.
    Request(Box<Request>),
    /// Replica to client.
    Reply(Box<Reply>),
    /// A write, from its origin to every other replica.
    Gossip(Arc<Delta>),
    /// Anti-entropy.
    Repair(Box<RepairMessage>),
    /// A heartbeat.
    Heartbeat(Heartbeat),
    /// A request, from the replica that was asked to one that can serve it.
    Forward(Box<Forward>),
    /// Its answer, back.
    Relay(Box<Relay>),
    /// Raft.
    Raft(Box<RaftMessage>),
    /// The primary's log.
    Primary(Box<PrimaryMessage>),
    /// A replica's part in a switch.
    Handover(Box<Handover>),
    /// What a replica has to say about its grants.
    Grants(Box<GrantNews>),
    /// Of a quorum operation.
    Quorum(Box<QuorumMessage>),
}

impl Message {
    /// Its class, which decides how links treat it.
    #[inline]
    pub fn class(&self) -> MessageClass {
        match self {
            Self::Request(_) => MessageClass::Request,
            Self::Reply(_) => MessageClass::Reply,
            Self::Gossip(_) => MessageClass::Gossip,
            Self::Repair(_) => MessageClass::Repair,
            Self::Heartbeat(_) => MessageClass::Heartbeat,
            Self::Forward(_) => MessageClass::Request,
            Self::Relay(_) => MessageClass::Reply,
            Self::Raft(_) | Self::Grants(_) => MessageClass::Raft,
            Self::Primary(_) => MessageClass::Primary,
            Self::Quorum(message) => message.class(),
            Self::Handover(handover) => match handover.log {
                LogId::Raft => MessageClass::Raft,
                LogId::Primary => MessageClass::Primary,
            },
        }
    }

    /// Its size in bytes, roughly what a compact encoding would take: what a limited bandwidth counts.
    #[inline]
    pub fn bytes(&self) -> u32 {
        match self {
            Self::Request(_) | Self::Reply(_) => 128,
            Self::Forward(_) | Self::Relay(_) => 144,
            Self::Raft(message) => message.bytes(),
            Self::Primary(message) => message.bytes(),
            Self::Handover(handover) => 32 + handover.cells.len() as u32 * 160,
            Self::Grants(news) => 32 + news.keys.len() as u32 * 176,
            Self::Gossip(_) => 160,
            Self::Quorum(message) => message.bytes(),
            Self::Repair(message) => message.bytes(),
            Self::Heartbeat(_) => 64,
        }
    }
}

/// What a replica decided, for the history: made by the protocol, recorded by the host.
pub fn decision(reply: &Reply, write: Option<&Delta>) -> Decision {
    Decision {
        answer: reply.answer,
        basis: reply.basis,
        write: write.map(|delta| (delta.dot, delta.stamp, delta.context)),
    }
}
