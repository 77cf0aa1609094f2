//! The hybrid logical clock: stamps that follow the wall and never put an effect before its cause.
//!
//! Kulkarni, Demirbas, Madappa, Avva and Leone, *Logical Physical Clocks*, 2014. `l` is the largest wall reading that an
//! event depends on, so it is never below the event's own; `c` counts events that share it.

use crate::base::Hlc;

/// The hybrid clock of one actor.
///
/// It survives crashes: an actor keeps [`HybridClock::latest`] on its disk and goes on from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HybridClock {
    latest: Hlc,
}

impl Default for HybridClock {
    fn default() -> Self {
        Self::new()
    }
}

impl HybridClock {
    /// A clock before its first event: below every wall reading, negative ones included.
    pub fn new() -> Self {
        Self { latest: Hlc { l_us: i64::MIN, c: 0 } }
    }

    /// The stamp of the latest event.
    pub fn latest(&self) -> Hlc {
        self.latest
    }

    /// The stamp of a local event or a send, whose wall reading is `wall_us`.
    #[inline]
    pub fn tick(&mut self, wall_us: i64) -> Hlc {
        let before = self.latest;
        self.latest = if wall_us > before.l_us { Hlc { l_us: wall_us, c: 0 } } else { next(before) };
        self.latest
    }

    /// The stamp of receiving what was stamped `remote`, at the wall reading `wall_us`.
    #[inline]
    pub fn receive(&mut self, wall_us: i64, remote: Hlc) -> Hlc {
        let before = self.latest.max(remote);
        self.latest = if wall_us > before.l_us { Hlc { l_us: wall_us, c: 0 } } else { next(before) };
        self.latest
    }
}

#[inline]
fn next(stamp: Hlc) -> Hlc {
    let c = stamp.c.checked_add(1).expect("fewer than 2^32 events share one wall reading");
    Hlc { l_us: stamp.l_us, c }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Instant;
    use crate::clock::PhysicalClock;

    const ACTORS: usize = 5;

    /// An actor, with the largest offset of any event in its causal past: the paper's bound, carried along.
    struct Node {
        physical: PhysicalClock,
        hybrid: HybridClock,
        offset_max_us: i64,
    }

    /// A small generator for the test alone.
    struct Words(u64);

    impl Words {
        fn below(&mut self, n: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % n
        }
    }

    /// Random local events, sends, receptions, steps back and forth; returns how often `l` was ahead of the wall.
    fn check(events: u64, seed: u64) -> u64 {
        let mut words = Words(seed);
        let mut nodes: Vec<Node> = (0..ACTORS)
            .map(|actor| {
                let mut physical = PhysicalClock::new();
                physical.set_offset(Instant(0), words.below(200_000) as i64 - 100_000);
                physical.set_drift(Instant(0), (actor as i64 - 2) * 200);
                Node { physical, hybrid: HybridClock::new(), offset_max_us: i64::MIN }
            })
            .collect();
        let mut flying: Vec<(Hlc, i64)> = Vec::new();
        let (mut now, mut ahead) = (Instant(0), 0);
        for _ in 0..events {
            now += words.below(50);
            let node = &mut nodes[words.below(ACTORS as u64) as usize];
            if words.below(1_000) == 0 {
                node.physical.step(words.below(100_000) as i64 - 50_000);
            }
            let (wall_us, offset_us) = (node.physical.read(now, 0).wall_us, node.physical.true_offset_us(now));
            let before = node.hybrid.latest();
            node.offset_max_us = node.offset_max_us.max(offset_us);
            let stamp = if words.below(2) == 0 && !flying.is_empty() {
                let (remote, remote_max_us) = flying.swap_remove(words.below(flying.len() as u64) as usize);
                node.offset_max_us = node.offset_max_us.max(remote_max_us);
                let stamp = node.hybrid.receive(wall_us, remote);
                assert!(stamp > remote, "a message is received after it was sent");
                stamp
            } else {
                let stamp = node.hybrid.tick(wall_us);
                if flying.len() < 100 {
                    flying.push((stamp, node.offset_max_us));
                }
                stamp
            };
            assert!(stamp > before, "an actor's events are in order");
            assert!(stamp.l_us >= wall_us, "l is never below the wall");
            assert!(stamp.l_us - wall_us <= node.offset_max_us - offset_us, "l is bounded by the offsets of its past");
            ahead += u64::from(stamp.l_us > wall_us);
        }
        ahead
    }

    #[test]
    fn stamps_follow_causes_and_stay_within_the_bound_over_ten_million_events() {
        for seed in 0..10 {
            let ahead = check(1_000_000, seed);
            assert!(ahead > 10_000, "the bound was hardly put to the test: {ahead}");
        }
    }

    #[test]
    fn the_paper_counts_as_we_do() {
        let mut clock = HybridClock::new();
        assert_eq!(clock.tick(10), Hlc { l_us: 10, c: 0 });
        assert_eq!(clock.tick(10), Hlc { l_us: 10, c: 1 });
        assert_eq!(clock.tick(3), Hlc { l_us: 10, c: 2 });
        assert_eq!(clock.receive(4, Hlc { l_us: 10, c: 7 }), Hlc { l_us: 10, c: 8 });
        assert_eq!(clock.receive(4, Hlc { l_us: 12, c: 1 }), Hlc { l_us: 12, c: 2 });
        assert_eq!(clock.receive(4, Hlc { l_us: 5, c: 90 }), Hlc { l_us: 12, c: 3 });
        assert_eq!(clock.receive(20, Hlc { l_us: 12, c: 9 }), Hlc { l_us: 20, c: 0 });
    }
}
