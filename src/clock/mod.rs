//! Clocks: what an actor believes the time is, and why it is wrong.
//!
//! ```text
//! true time ──┬─ drift ────────────────────────────────→ mono_us   never goes back
//!             └─ offset + drift + steps + NTP + noise ─→ wall_us   may jump, may go back
//! ```
//!
//! [`physical`] turns true time into a [`LocalInstant`](crate::base::LocalInstant); [`ntp`] measures a clock and corrects
//! its wall; [`hybrid`] orders events by the wall and by what led to what. Read [`physical`] first.
//!
//! The rule it keeps: integers only, and no generator. Whoever reads a noisy clock or measures one brings the random
//! word, so reading a clock, or looking at it, changes nothing.
//!
//! Left out on purpose: Lamport's and vector clocks. Version vectors of the store do what a vector clock would.

pub mod hybrid;
pub mod ntp;
pub mod physical;

pub use hybrid::HybridClock;
pub use ntp::{Correction, Ntp, NtpSettings};
pub use physical::PhysicalClock;

/// A word as a whole number from -`bound` to `bound`, each equally likely.
#[inline]
fn within(word: u64, bound: u64) -> i64 {
    let count = 2 * u128::from(bound) + 1;
    ((u128::from(word) * count) >> 64) as i64 - bound as i64
}
