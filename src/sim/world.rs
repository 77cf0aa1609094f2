//! The world: an instant, what will happen, links and random streams.

use super::SimError;
use super::network::{Fate, Network};
use super::presets::Topology;
use super::schedule::Schedule;
use super::streams::{StreamId, Streams, below, noise};
use crate::base::{Actor, Instant, MessageClass};

/// A world in which payloads happen at instants.
#[derive(Clone, Debug)]
pub struct World<P> {
    now: Instant,
    events: u64,
    schedule: Schedule<P>,
    network: Network,
    streams: Streams,
}

impl<P> World<P> {
    /// A world at its start.
    ///
    /// # Errors
    ///
    /// [`SimError::ReplicaCount`] unless a cluster can have so many replicas.
    pub fn new(replicas: usize, topology: Topology, seed: u64) -> Result<Self, SimError> {
        let network = Network::new(replicas, topology, seed)?;
        Ok(Self { now: Instant::ZERO, events: 0, schedule: Schedule::new(), network, streams: Streams::new(seed) })
    }

    /// True time.
    #[inline]
    pub fn now(&self) -> Instant {
        self.now
    }

    /// How many payloads have been popped.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The seed of all randomness.
    pub fn seed(&self) -> u64 {
        self.streams.seed()
    }

    /// The links.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The links, to break and mend them.
    pub fn network_mut(&mut self) -> &mut Network {
        &mut self.network
    }

    /// What will happen.
    pub fn schedule(&self) -> &Schedule<P> {
        &self.schedule
    }

    /// Sends now, and says what becomes of it; the caller schedules what arrives.
    #[inline]
    pub fn send(&mut self, from: Actor, to: Actor, class: MessageClass, bytes: u32) -> Fate {
        self.network.send(self.now, from, to, class, bytes)
    }

    /// Lets `payload` happen at `at`, or now if that is past.
    ///
    /// # Errors
    ///
    /// [`SimError::TooManyPending`] if the schedule is full.
    #[inline]
    pub fn schedule_at(&mut self, at: Instant, payload: P) -> Result<(), SimError> {
        self.schedule.schedule(at.max(self.now), payload)
    }

    /// Lets `payload` happen `delay_us` microseconds from now.
    ///
    /// # Errors
    ///
    /// [`SimError::TooManyPending`] if the schedule is full.
    #[inline]
    pub fn schedule_in(&mut self, delay_us: u64, payload: P) -> Result<(), SimError> {
        self.schedule.schedule(self.now + delay_us, payload)
    }

    /// When the next payload happens.
    #[inline]
    pub fn peek(&self) -> Option<Instant> {
        self.schedule.peek()
    }

    /// Moves to the next payload and takes it out: one event.
    #[inline]
    pub fn pop(&mut self) -> Option<P> {
        let (at, payload) = self.schedule.pop()?;
        debug_assert!(at >= self.now, "time does not go back");
        self.now = at;
        self.events += 1;
        Some(payload)
    }

    /// Moves to `at`, where nothing happens in between; not back.
    pub fn advance_to(&mut self, at: Instant) {
        assert!(self.peek().is_none_or(|next| next >= at), "an event between now and then would be skipped");
        self.now = self.now.max(at);
    }

    /// The next word of a stream of an actor or a workload.
    #[inline]
    pub fn draw(&mut self, stream: StreamId) -> u64 {
        self.streams.draw(stream)
    }

    /// A whole number from `low` to `high`, both included, each equally likely. Takes one word.
    #[inline]
    pub fn range(&mut self, stream: StreamId, low: u64, high: u64) -> u64 {
        assert!(low <= high, "a range has its lower end first");
        low + below(self.draw(stream), (high - low).saturating_add(1))
    }

    /// The word of a noisy clock's reading now: a hash, not a draw.
    #[inline]
    pub fn noise(&self, actor: Actor) -> u64 {
        noise(self.seed(), actor, self.now)
    }
}

#[cfg(test)]
mod tests {
    use super::super::network::Passage;
    use super::super::streams::Purpose;
    use super::*;

    /// Runs `steps` deliveries, each of which sends on, and returns what was delivered when.
    fn bounce(mut world: World<u16>, steps: usize) -> Vec<(Instant, u16)> {
        let mut log = Vec::new();
        for _ in 0..steps {
            let at = world.pop().expect("a message is always under way");
            log.push((world.now(), at));
            let to = (at + 1) % 3;
            let fate = world.send(Actor(at), Actor(to), MessageClass::Gossip, 10);
            let Passage::Arrives { delay_us } = fate.first else { panic!("nothing is wrong with this world") };
            world.schedule_in(delay_us, to).unwrap();
        }
        assert_eq!(world.events(), log.len() as u64);
        log
    }

    #[test]
    fn one_seed_is_one_run_and_a_clone_goes_on_alike() {
        let start = |seed| {
            let mut world = World::new(3, Topology::Lan, seed).unwrap();
            (0..3).for_each(|actor| world.schedule_at(Instant(5), actor).unwrap());
            world
        };
        let world = start(7);
        assert_eq!(bounce(world.clone(), 1_000), bounce(world, 1_000));
        assert_eq!(bounce(start(7), 1_000), bounce(start(7), 1_000));
        assert_ne!(bounce(start(7), 1_000), bounce(start(8), 1_000));
    }

    #[test]
    fn a_range_reaches_both_of_its_ends() {
        let mut world: World<()> = World::new(1, Topology::Lan, 1).unwrap();
        let stream = StreamId::Actor { actor: Actor(0), purpose: Purpose::Timer };
        let drawn: Vec<u64> = (0..1_000).map(|_| world.range(stream, 3, 5)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&3), Some(&5)));
        assert_eq!(world.range(stream, 9, 9), 9);
        world.range(stream, 0, u64::MAX);
    }

    #[test]
    fn time_moves_on_where_nothing_happens() {
        let mut world = World::new(1, Topology::Lan, 1).unwrap();
        world.schedule_in(50, ()).unwrap();
        world.advance_to(Instant(40));
        world.advance_to(Instant(10));
        assert_eq!(world.now(), Instant(40));
        world.schedule_at(Instant(3), ()).unwrap();
        assert!(world.pop().is_some());
        assert_eq!(world.now(), Instant(40));
    }
}
