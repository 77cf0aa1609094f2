//! The sweep: how fresh quorum reads are, and what they cost, measured on the lab's own messages.
//!
//! ```text
//!   writer ─▶ coordinator ══W══▶ 3 homes ──A──▶ W of 3: committed at c
//!                                               c + t: a reader asks another coordinator ──R──▶ homes ──S──▶ R of 3
//! ```
//!
//! The model is WARS of Bailis et al., *Probabilistically Bounded Staleness for Practical Partial Quorums*, VLDB 2012: one
//! write to a key, reads some time after its commit, delays drawn for each message, a coordinator that is no home, no
//! gossip, repair, hints or order of messages. Each trial has a key of its own.
//!
//! A [`batch`] is a pure function of its cell and its seed, so batches can run on as many threads as there are; tallies
//! add up in the order of the seeds.

mod tally;
mod trial;

use crate::base::Quorum;
use crate::sim::Topology;

pub use tally::{Interval, Tally};

/// How many replicas are homes of a key, as in the paper.
pub const HOMES: u8 = 3;
/// The pairs of R and W of the paper's tables.
pub const PAIRS: [(u8, u8); 6] = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (1, 3)];
/// The four fits of the paper.
pub const FITS: [Topology; 4] = [Topology::LnkdSsd, Topology::LnkdDisk, Topology::Ymmr, Topology::WarsWan];
/// Trials of one batch: few enough keys for a small world, enough to make its setup cheap.
pub const BATCH: u64 = 1_000;

/// One cell of the sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The delays.
    pub topology: Topology,
    /// R: how many homes a read waits for, 1 to 3.
    pub reads: u8,
    /// W: how many homes a write waits for, 1 to 3.
    pub writes: u8,
}

impl Cell {
    /// The level of its operations: versions by equal clocks, nobody mends anything.
    pub fn quorum(self) -> Quorum {
        Quorum {
            stamp: crate::base::StampBy::Clock,
            read_repair: false,
            hints: false,
            ..Quorum::of(self.reads, self.writes, HOMES)
        }
    }
}

/// Runs up to [`BATCH`] trials of a cell in a world of their own, with reads at each of `after_us` microseconds after the
/// commit, ascending.
///
/// # Panics
/// Never for a cell whose R and W are 1 to 3.
pub fn batch(cell: Cell, after_us: &[u64], seed: u64, trials: u64) -> Tally {
    let mut world = trial::TrialWorld::new(cell, after_us.len(), seed);
    let mut tally = Tally::new(after_us.len());
    for _ in 0..trials.min(BATCH) {
        world.run(after_us, &mut tally);
    }
    tally
}

/// The seed of a batch: batches of one sweep share nothing.
pub fn seed_of(seed: u64, cell: Cell, number: u64) -> u64 {
    let place = cell.topology as u64 * 16 + u64::from(cell.reads) * 4 + u64::from(cell.writes);
    (seed << 40) ^ (place << 32) ^ number
}
