//! Nouns that every layer shares: plain data, no behaviour beyond arithmetic and comparison.
//!
//! Read [`time`] and [`ids`] first, then [`dot`] (what identifies a write) and [`operation`] (what a client can ask
//! for). [`policy`] binds operation types to consistency levels, which is what the lab is about.
//!
//! Left out on purpose: texts. Keys, names and values that a person typed are interned ([`symbol`]) and travel as
//! small integers; only `exchange/` and the layers above turn them into strings. For those, [`shown`] makes what someone
//! else wrote fit to be shown.

pub mod claim;
pub mod command;
pub mod dot;
pub mod fault;
pub mod hazard;
pub mod ids;
pub mod level;
pub mod limits;
pub mod message;
pub mod operation;
pub mod paged;
pub mod policy;
pub mod role;
pub mod seen;
pub mod shown;
pub mod symbol;
pub mod time;
pub mod value;

pub use claim::Claim;
pub use dot::{Column, Context, Dot, Hlc, LogId, LogPosition, Stamp, VersionVector};
pub use fault::{Fault, Faults};
pub use hazard::{Hazard, Hazards};
pub use ids::{Actor, AttemptId, EntryId, KeyId, MessageId, OpId, ReplicaId, ReplicaSet};
pub use level::{Cover, Level, Quorum, ReadBy, Session, Shipping, StampBy, Strategy, Unfit};
pub use message::MessageClass;
pub use operation::{OpSet, OpType, Service};
pub use paged::Paged;
pub use policy::{Policy, Resolver};
pub use role::Role;
pub use seen::{Seen, Span};
pub use symbol::{Interner, Symbol};
pub use time::{Instant, LocalInstant};
pub use value::{Answer, Refusal, Value, versions_text};
