//! White-box judges that judge while the run goes on, and rewind with it.
//!
//! ```text
//! trace ────▶ writes: which write is where ─┬─▶ monotonic-writes, writes-follow-reads, no-lost-update,
//! history ─┬▶   (decided)                   │    no-wrong-winner, no-resurrection, durable
//!          └▶ sessions: what a client knows ┴─▶ read-your-writes, monotonic-reads, consistent-prefix, exactly-once,
//!                                                availability, no-log-inversion, no-access-after-revocation,
//!                                                unique-owner, charged-once, constant-sum
//! ```
//!
//! They ask for the *set of writes* behind a state, not for values: that set is in the record, since every write that a
//! replica takes in, winning or losing, has its entry. So a violation says which write was missing where, and no two
//! equal values can hide one. One claim, one file; each is a question to [`writes`] and `sessions`.
//!
//! All is bounded: the last writes, keys and reads are remembered, and a question looks at the newest missing writes
//! only. What could not be told is counted, and then a claim that was not found broken is unknown, not kept.
//! Tables are shared with snapshots until they change, and nothing here allocates as long as nothing is broken.
//!
//! Read [`writes`] first, then `read_your_writes`; `fold` asks the judges, `arrivals` at the end of a step and `ended` at
//! the end of an operation.

mod access;
mod arrivals;
mod availability;
mod broken;
mod cells;
mod charged_once;
mod constant_sum;
mod durable;
mod ended;
mod exactly_once;
mod fold;
mod log_inversion;
mod losses;
mod lost_update;
mod monotonic_reads;
mod monotonic_writes;
mod prefix;
mod read_your_writes;
mod resurrection;
mod sessions;
mod siblings;
mod union;
mod unique_owner;
pub(super) mod words;
pub mod writes;
mod writes_follow_reads;
mod wrong_winner;

pub use availability::Reach;
pub use broken::{Act, Broken, Duty, Half, Line};
pub use durable::Loss;
pub use fold::Live;
