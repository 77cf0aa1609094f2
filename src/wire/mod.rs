//! What travels between actors, and the effects through which a protocol acts.
//!
//! A protocol takes an input and pushes [`Effect`]s; it never sends, waits or draws by itself.

pub mod charge;
pub mod effects;
pub mod entry;
pub mod message;
pub mod primary;
pub mod quorum;
pub mod raft;
pub mod repair;
pub mod settings;

pub use charge::{Charge, Charged};
pub use effects::{Effect, Effects, ReplicaTimer};
pub use entry::{Entry, Operation, Slot, Snapshot};
pub use message::{Forward, GrantNews, GrantOfKey, Handover, Heartbeat, Message, Relay, Reply, Request};
pub use primary::PrimaryMessage;
pub use quorum::{Lives, QuorumMessage};
pub use raft::{RaftMessage, RaftTimer};
pub use repair::{RepairMessage, Session};
pub use settings::Settings;
