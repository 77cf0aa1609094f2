//! The data types, and the store that holds them in pages with a Merkle tree over it.
//!
//! Every type here is a join semilattice: merging is idempotent, commutative and associative, so deliveries may be
//! repeated and reordered at will (Shapiro et al., *Conflict-free Replicated Data Types*, 2011). A write travels as a
//! [`Delta`] that carries its own write only (Almeida et al., *Delta State Replicated Data Types*, 2018); repair
//! ships whole cells and merges them.
//!
//! ```text
//!   delta ──apply──▶ cell ◀──merge── cell of another replica
//!                     │
//!                    page (16 cells, copy on write) ── sums ──▶ Merkle root
//! ```
//!
//! Read [`delta`], then [`counter`], then [`store`].

pub mod answers;
pub mod applied;
pub mod bindings;
pub mod cell;
pub mod counter;
pub mod delta;
pub mod grants;
pub mod item;
pub mod log;
pub mod ordered;
pub mod payment;
pub mod permission;
pub mod register;
pub mod registry;
pub mod siblings;
pub mod store;
pub mod two_part;

pub use answers::Answers;
pub use applied::AppliedSet;
pub use bindings::{Binding, Bindings, Switch};
pub use cell::Cell;
pub use counter::Counter;
pub use delta::{Change, Delta, Hold};
pub use grants::{Grant, Grants};
pub use ordered::Ordered;
pub use siblings::Siblings;
pub use store::{Store, StoreChange};
pub use two_part::TwoPart;

/// How cells are merged: the rules in force, and the hazards that bend them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules {
    /// How concurrent versions of a register merge.
    pub resolver: crate::base::Resolver,
    /// Bugs that are switched on.
    pub hazards: crate::base::Hazards,
}

/// A bijective mixing of 64 bits, for content hashes.
#[inline]
fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// A hash of three words.
#[inline]
fn hash3(a: u64, b: u64, c: u64) -> u64 {
    mix(mix(mix(a.wrapping_add(0x9e37_79b9_7f4a_7c15)) ^ b).wrapping_add(c))
}
