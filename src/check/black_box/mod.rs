//! Judges of neutral histories: what clients saw, whoever the system was. No cluster is needed.
//!
//! ```text
//! exchange ──▶ history ──▶ a judge, with a model ──▶ holds, and an order │ violated, and a witness │ unknown, and why
//!                                                        │                    │
//!                                                 replay accepts it     timeline, one sentence
//! ```
//!
//! One promise, one judge, one file. What orders all operations ([`linearizable`], [`sequential`]) works for every
//! model. What follows values to their writes (the [`causal`] judges, [`regular`], the four session guarantees) is
//! for reads and writes, or sets, and most of it wants every value to be written once; else it says `unknown`. All
//! work is bounded by a count, never by a clock, so a verdict is the same everywhere.
//!
//! A witness is minimal in the sense of [`minimal`]. Every order can be checked by [`replay`], which shares nothing
//! with the search.
//!
//! Left out: transactions of several keys, and lists (Elle), since the lab has none.
//!
//! Start with [`history`], then [`linearizable`].

pub mod causal;
pub mod constant_sum;
pub mod history;
pub mod linearizable;
mod memo;
pub mod minimal;
mod models;
pub mod monotonic_reads;
pub mod monotonic_writes;
mod order;
pub mod promise;
pub mod read_your_writes;
pub mod regular;
pub mod replay;
pub mod sequential;
mod sessions;
pub mod timeline;
pub mod unique_ids;
pub mod verdict;
pub mod words;
pub mod writes_follow_reads;

#[cfg(test)]
mod tests;

pub use history::{Call, Datum, History, NEVER, Operation, Texts};
pub use promise::{Model, Promise};
pub use verdict::{Finding, Reason, Witness, Work};

/// Judges a history.
pub fn judge(history: &History, model: Model, promise: Promise, work: &mut Work<'_>) -> Finding {
    match promise {
        Promise::Linearizable => linearizable::judge(history, model, work),
        Promise::Sequential => sequential::judge(history, model, work),
        Promise::CausalConsistency => causal::consistency::judge(history, model, work),
        Promise::CausalConvergence => causal::convergence::judge(history, model, work),
        Promise::CausalMemory => causal::memory::judge(history, model, work),
        Promise::ReadYourWrites => read_your_writes::judge(history, model, work),
        Promise::MonotonicReads => monotonic_reads::judge(history, model, work),
        Promise::MonotonicWrites => monotonic_writes::judge(history, model, work),
        Promise::WritesFollowReads => writes_follow_reads::judge(history, model, work),
        Promise::Regular => regular::judge(history, model, work),
        Promise::UniqueIds => unique_ids::judge(history),
        Promise::ConstantSum => constant_sum::judge(history),
    }
}
