//! Raft: one log that a majority agrees on, sans-IO.
//!
//! Ongaro and Ousterhout, *In Search of an Understandable Consensus Algorithm*, USENIX ATC 2014; pre-vote,
//! check-quorum, `ReadIndex` and leases are in Ongaro's dissertation, *Consensus: Bridging Theory and Practice*, 2014,
//! sections 4.2.3, 6.2, 6.4 and 9.6. The files are named by its terms.
//!
//! ```text
//!                        no leader for           a majority would         a majority
//!                     an election timeout        vote for it              voted for it
//!      ┌▶ Follower ────────────────────▶ PreCandidate ─────────▶ Candidate ─────────▶ Leader
//!      │                  nobody's term changes ┘     term + 1 ┘                        │
//!      └───────────────────────────────────┴───────────────────────┴────────────────────┘
//!            a later term, or a leader of this one; a leader also when no majority answers it
//! ```
//!
//! Read [`member`](Raft) first, then `election`, `leader` with `progress`, `follower`, `apply`, `reads`; [`Log`] draws
//! the log.
//!
//! **What it keeps.** The paper's five properties: at most one leader a term; a leader only appends; logs that agree at
//! a position agree up to it; a leader holds all that is committed; nobody applies two entries at one index. And a read
//! sees every write that was acknowledged before it was invoked. `tests` checks all six after every step of many small
//! worlds, and shows that each [hazard](crate::base::Hazard::RAFT) breaks one.
//!
//! **Durability.** [`Durable`] is on disk when an input has been handled, and its effects leave afterwards: so a vote,
//! a term and an entry are kept before the message that promises them. A crash keeps exactly that; commit index, role
//! and state are found again from the snapshot and the log.
//!
//! **A lost disk.** Whoever loses its disk forgets promises: votes, and entries that it helped to commit. So it comes
//! back in a new *incarnation* without a vote, and says in each answer that it does not count. The leader appends
//! [`Entry::Readmit`] for that incarnation; it is committed by those who count. Once the replica learns that it is, its
//! log holds all that its earlier life helped to commit, and it votes again, only in terms above the one in which it
//! learned: an earlier life may have voted in that one. Whether a life is admitted never changes back, so a leader
//! believes what a replica says of itself, and a new leader need not know.
//!
//! **Left out on purpose.** Membership changes: a cluster of the lab keeps its size, and joint consensus would be half
//! of the code. Leadership transfer: a learner isolates the leader instead. Chunks of snapshots: a message of the lab
//! may be large, and pays for it where bandwidth is limited.

mod apply;
mod durable;
mod effects;
mod election;
mod follower;
mod leader;
mod member;
mod progress;
mod reads;
mod settings;
#[cfg(test)]
mod tests;

pub use super::log::Log;
pub use crate::base::Role as RoleName;
pub use crate::wire::raft::{Outcome, RaftBody, RaftMessage, RaftTimer, Round};
pub use crate::wire::{Entry, Operation, Slot, Snapshot};
pub use durable::{Durable, Standing};
pub use effects::{Declined, RaftEffect, RaftEffects, RaftInput};
pub use member::Raft;
pub use settings::{READS_MAX, RaftSettings, ReadMode, UNCOMMITTED_MAX, WINDOW_MAX};
