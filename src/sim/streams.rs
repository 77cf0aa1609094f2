//! One seed, split into named streams, so that what is drawn for one purpose never shifts another.
//!
//! A stream's start is a hash of the world's seed and the stream's name; it does not matter when it is first used. The
//! generator is PCG XSL-RR 128/64 (O'Neill 2014), whose output is part of its crate's contract; the mixing is the
//! finalizer of `SplitMix64` (Steele, Lea and Flood 2014).

use rand_core::Rng;
use rand_pcg::Pcg64Mcg;

use crate::base::{Actor, Instant, MessageClass};

/// What an actor draws for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Purpose {
    /// Where in its range a timer fires.
    Timer,
    /// How long a client waits before it tries again.
    Retry,
    /// The error of one measurement by NTP.
    Ntp,
    /// Whom and what to repair.
    Repair,
    /// When a member of the Raft group wakes.
    Raft,
    /// When a follower of a primary campaigns.
    Failover,
}

/// What a workload draws for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum WorkloadPurpose {
    /// When the next operation arrives.
    Arrival,
    /// Which operation type it is.
    Operation,
    /// Which key it takes.
    Key,
    /// What it carries.
    Argument,
    /// Where it goes, if that is drawn.
    Replica,
}

const ACTOR_PURPOSES: usize = 6;
const WORKLOAD_PURPOSES: usize = 5;

/// The name of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamId {
    /// One directed link and message class. Only a send draws from it.
    Link {
        /// The sender.
        from: Actor,
        /// The receiver.
        to: Actor,
        /// The class.
        class: MessageClass,
    },
    /// One purpose of one actor.
    Actor {
        /// Whose.
        actor: Actor,
        /// What for.
        purpose: Purpose,
    },
    /// One purpose of one workload, by the order in which workloads were started, from 0.
    Workload(u16, WorkloadPurpose),
}

impl StreamId {
    fn words(self) -> [u64; 4] {
        match self {
            Self::Link { from, to, class } => [1, from.0.into(), to.0.into(), class as u64],
            Self::Actor { actor, purpose } => [2, actor.0.into(), purpose as u64, 0],
            Self::Workload(index, purpose) => [3, index.into(), purpose as u64, 0],
        }
    }
}

/// One stream of random words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream(Pcg64Mcg);

impl Stream {
    /// The stream of this name in the world of this seed, from its start.
    pub fn new(seed: u64, id: StreamId) -> Self {
        let words = id.words();
        let high = absorb(0x6a09_e667_f3bc_c908 ^ seed, &words);
        let low = absorb(0xbb67_ae85_84ca_a73b ^ seed, &words);
        Self(Pcg64Mcg::new(u128::from(high) << 64 | u128::from(low)))
    }

    /// The next word.
    #[inline]
    pub fn draw(&mut self) -> u64 {
        self.0.next_u64()
    }
}

/// The streams of actors and workloads. Links keep their own.
#[derive(Clone, Debug)]
pub struct Streams {
    seed: u64,
    actors: Vec<[Stream; ACTOR_PURPOSES]>,
    workloads: Vec<[Stream; WORKLOAD_PURPOSES]>,
}

impl Streams {
    /// All streams of a world, at their start.
    pub fn new(seed: u64) -> Self {
        Self { seed, actors: Vec::new(), workloads: Vec::new() }
    }

    /// The world's seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The next word of a stream of an actor or a workload.
    ///
    /// Asking for a link's is a bug: every send draws the same number of words, and nobody else draws any.
    #[inline]
    pub fn draw(&mut self, id: StreamId) -> u64 {
        match id {
            StreamId::Link { .. } => panic!("only a send draws from a link's stream"),
            StreamId::Actor { actor, purpose } => self.actor(actor)[purpose as usize].draw(),
            StreamId::Workload(index, purpose) => self.workload(index)[purpose as usize].draw(),
        }
    }

    fn actor(&mut self, actor: Actor) -> &mut [Stream; ACTOR_PURPOSES] {
        let seed = self.seed;
        while self.actors.len() <= usize::from(actor.0) {
            let actor = Actor(self.actors.len() as u16);
            let purposes =
                [Purpose::Timer, Purpose::Retry, Purpose::Ntp, Purpose::Repair, Purpose::Raft, Purpose::Failover];
            self.actors.push(purposes.map(|purpose| Stream::new(seed, StreamId::Actor { actor, purpose })));
        }
        &mut self.actors[usize::from(actor.0)]
    }

    fn workload(&mut self, index: u16) -> &mut [Stream; WORKLOAD_PURPOSES] {
        use WorkloadPurpose::{Argument, Arrival, Key, Operation, Replica};
        let seed = self.seed;
        while self.workloads.len() <= usize::from(index) {
            let index = self.workloads.len() as u16;
            let purposes = [Arrival, Operation, Key, Argument, Replica];
            self.workloads.push(purposes.map(|purpose| Stream::new(seed, StreamId::Workload(index, purpose))));
        }
        &mut self.workloads[usize::from(index)]
    }
}

/// A word for the reading of a noisy clock: a hash, so that looking at a clock draws nothing.
#[inline]
pub fn noise(seed: u64, actor: Actor, at: Instant) -> u64 {
    absorb(0x3c6e_f372_fe94_f82b ^ seed, &[4, actor.0.into(), at.0])
}

/// A word as a number in [0, 1), by its upper 53 bits.
#[inline]
pub fn unit(word: u64) -> f64 {
    (word >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

/// A word as a number in (0, 1], so that its logarithm is finite.
#[inline]
pub fn open_unit(word: u64) -> f64 {
    ((word >> 11) + 1) as f64 * (1.0 / (1u64 << 53) as f64)
}

/// A word as a whole number below `n`, or 0 if `n` is 0. Its bias is below n / 2⁶⁴.
#[inline]
pub fn below(word: u64, n: u64) -> u64 {
    ((u128::from(word) * u128::from(n)) >> 64) as u64
}

/// The finalizer of `SplitMix64`: every bit of the result depends on every bit of the word.
#[inline]
pub(super) fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[inline]
fn absorb(start: u64, words: &[u64]) -> u64 {
    words.iter().fold(mix(start), |state, word| mix(state ^ mix(*word)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const TIMER: StreamId = StreamId::Actor { actor: Actor(0), purpose: Purpose::Timer };

    #[test]
    fn drawing_from_one_stream_shifts_no_other() {
        let retry = StreamId::Actor { actor: Actor(0), purpose: Purpose::Retry };
        let load = StreamId::Workload(3, WorkloadPurpose::Key);
        let (mut quiet, mut busy) = (Streams::new(7), Streams::new(7));
        for _ in 0..100 {
            busy.draw(TIMER);
            busy.draw(StreamId::Workload(9, WorkloadPurpose::Arrival));
        }
        for _ in 0..100 {
            assert_eq!(quiet.draw(retry), busy.draw(retry));
            assert_eq!(quiet.draw(load), busy.draw(load));
        }
    }

    #[test]
    fn names_and_seeds_lead_to_different_streams() {
        let mut firsts = BTreeSet::new();
        let mut count = 0;
        for seed in 0..20 {
            for from in 0..9 {
                for to in 0..9 {
                    for class in MessageClass::ALL {
                        let id = StreamId::Link { from: Actor(from), to: Actor(to), class };
                        firsts.insert(Stream::new(seed, id).draw());
                        count += 1;
                    }
                }
            }
        }
        assert_eq!(firsts.len(), count);
    }

    /// A change of these numbers changes every recorded trace.
    #[test]
    fn streams_start_where_they_always_did() {
        let mut streams = Streams::new(7);
        let drawn: Vec<u64> = (0..3).map(|_| streams.draw(TIMER)).collect();
        assert_eq!(drawn, GOLDEN);
        assert_eq!(noise(7, Actor(2), Instant(1_000_000)), GOLDEN_NOISE);
    }
    const GOLDEN: [u64; 3] = [5_993_736_316_360_201_194, 17_079_299_693_380_308_276, 16_241_606_464_852_011_064];
    const GOLDEN_NOISE: u64 = 4_844_147_606_895_253_002;

    #[test]
    fn helpers_keep_their_ranges() {
        assert_eq!(unit(0).to_bits(), 0.0_f64.to_bits());
        assert!(unit(u64::MAX) < 1.0);
        assert!(open_unit(0) > 0.0);
        assert!((open_unit(u64::MAX) - 1.0).abs() < f64::EPSILON);
        assert_eq!((below(0, 6), below(u64::MAX, 6), below(u64::MAX, 0)), (0, 5, 0));
    }

    #[test]
    fn noise_is_spread_evenly_over_its_range() {
        let mut counts = [0u32; 10];
        for instant in 0..100_000 {
            counts[below(noise(1, Actor(0), Instant(instant)), 10) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (9_600..10_400).contains(count)), "{counts:?}");
    }
}
