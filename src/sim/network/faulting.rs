//! How links break and mend.
//!
//! Everything here is directed, from the first actor to the second, for one message class or for all; who means both
//! ways calls twice. Setting a fault again replaces its earlier setting; setting it to nothing (probability 0, slower
//! by 0) mends it. A fault on a client's path is that path's own and comes on top of those of the link behind its home;
//! a delay set there is the delay of the whole path.

use std::sync::Arc;

use super::super::SimError;
use super::super::delay::Delay;
use super::Network;
use super::link::{Flap, LinkFaults, PairFaults, SlowBy};
use crate::base::limits::LINK_RULES_MAX;
use crate::base::{Actor, Instant, MessageClass, ReplicaId};

impl Network {
    /// Loses messages with this probability, 0 to 1.
    ///
    /// # Errors
    ///
    /// For impossible ends, too many rules, or a number that is no probability; as for all faults of links.
    pub fn lose(&mut self, from: Actor, to: Actor, class: Option<MessageClass>, share: f64) -> Result<(), SimError> {
        check_probability(share)?;
        self.change(from, to, class, |faults| faults.lose = share)
    }

    /// Delivers messages twice with this probability, 0 to 1.
    ///
    /// # Errors
    ///
    /// As [`Network::lose`].
    pub fn duplicate(
        &mut self,
        from: Actor,
        to: Actor,
        class: Option<MessageClass>,
        share: f64,
    ) -> Result<(), SimError> {
        check_probability(share)?;
        self.change(from, to, class, |faults| faults.duplicate = share)
    }

    /// Delays messages with this probability by 1 to `by_us` microseconds more, and lets later ones overtake them.
    ///
    /// # Errors
    ///
    /// As [`Network::lose`].
    pub fn reorder(
        &mut self,
        from: Actor,
        to: Actor,
        class: Option<MessageClass>,
        share: f64,
        by_us: u64,
    ) -> Result<(), SimError> {
        check_probability(share)?;
        let (share, by_us) = if by_us == 0 { (0.0, 0) } else { (share, by_us) };
        self.change(from, to, class, |faults| {
            faults.reorder = share;
            faults.reorder_by_us = if share > 0.0 { by_us } else { 0 };
        })
    }

    /// Lets a link go up and down from `now` on, beginning with up. `None` mends it.
    ///
    /// # Errors
    ///
    /// [`SimError::FlapPhases`] if a phase has no length; else as [`Network::lose`].
    pub fn flap(
        &mut self,
        now: Instant,
        from: Actor,
        to: Actor,
        class: Option<MessageClass>,
        up_down_us: Option<(u64, u64)>,
    ) -> Result<(), SimError> {
        if up_down_us.is_some_and(|(up_us, down_us)| up_us == 0 || down_us == 0) {
            return Err(SimError::FlapPhases);
        }
        let flap = up_down_us.map(|(up_us, down_us)| Flap { since: now, up_us, down_us });
        self.change(from, to, class, |faults| faults.flap = flap)
    }

    /// Makes a link slower. `By(0)` mends it.
    ///
    /// # Errors
    ///
    /// As [`Network::lose`].
    pub fn slow(&mut self, from: Actor, to: Actor, class: Option<MessageClass>, by: SlowBy) -> Result<(), SimError> {
        let slow = (by != SlowBy::By(0)).then_some(by);
        self.change(from, to, class, |faults| faults.slow = slow)
    }

    /// Gives a link another distribution of delays. `None` gives it back that of the topology.
    ///
    /// # Errors
    ///
    /// As [`Network::lose`].
    pub fn delay(
        &mut self,
        from: Actor,
        to: Actor,
        class: Option<MessageClass>,
        delay: Option<Delay>,
    ) -> Result<(), SimError> {
        let delay = delay.map(Arc::new);
        self.change(from, to, class, |faults| faults.delay.clone_from(&delay))
    }

    /// Lets so many bytes in a second through; messages queue for it. `None` lifts the limit.
    ///
    /// # Errors
    ///
    /// [`SimError::Bandwidth`] for 0; else as [`Network::lose`].
    pub fn bandwidth(
        &mut self,
        from: Actor,
        to: Actor,
        class: Option<MessageClass>,
        bytes_per_second: Option<u64>,
    ) -> Result<(), SimError> {
        if bytes_per_second == Some(0) {
            return Err(SimError::Bandwidth);
        }
        self.change(from, to, class, |faults| faults.bytes_per_second = bytes_per_second)
    }

    /// Cuts the links between sides; if `one_way`, only from the first side to the second. Who is not named keeps all
    /// links, save that a client goes with its home. Partitions add up.
    ///
    /// # Errors
    ///
    /// For fewer than two sides, somebody unknown or on two sides, clients only, or too many rules.
    pub fn partition(&mut self, sides: &[Vec<Actor>], one_way: bool) -> Result<(), SimError> {
        sides.iter().flatten().try_for_each(|actor| self.check_known(*actor))?;
        self.check_room()?;
        self.cuts.partition(sides, one_way)?;
        self.cut_clients();
        Ok(())
    }

    /// Cuts the links between `actors` and everybody else; among themselves they keep theirs.
    ///
    /// # Errors
    ///
    /// [`SimError::NobodyLeft`] if no replica is left on the other side; else as [`Network::partition`].
    pub fn isolate(&mut self, actors: &[Actor]) -> Result<(), SimError> {
        let others = ReplicaId::all(self.replicas).map(Actor::from).filter(|replica| !actors.contains(replica));
        let others: Vec<Actor> = others.collect();
        if others.is_empty() {
            return Err(SimError::NobodyLeft);
        }
        self.partition(&[actors.to_vec(), others], false)
    }

    /// Mends all partitions and all faults of links. What is in flight or was lost stays so.
    pub fn heal_links(&mut self) {
        self.cuts.clear();
        self.link_faults.fill(None);
        self.path_faults.clear();
        self.cut_clients();
    }

    /// Mends all partitions and faults of the links of `actors`. A partition goes on between others. A client's links are
    /// its own leg and the cuts that hold for it; faults of the link behind its home stay.
    ///
    /// # Errors
    ///
    /// [`SimError::UnknownActor`].
    pub fn heal_only(&mut self, actors: &[Actor]) -> Result<(), SimError> {
        actors.iter().try_for_each(|actor| self.check_known(*actor))?;
        self.cuts.mend(actors);
        for replica in actors.iter().filter_map(|actor| actor.as_replica()) {
            for other in ReplicaId::all(self.replicas) {
                let (out, into) = (self.pair(replica, other), self.pair(other, replica));
                self.link_faults[out] = None;
                self.link_faults[into] = None;
            }
        }
        self.path_faults.retain(|(from, to), _| !actors.contains(from) && !actors.contains(to));
        self.cut_clients();
        Ok(())
    }

    /// How many partitions and faulty links there are, at most [`LINK_RULES_MAX`].
    pub fn rules(&self) -> usize {
        self.cuts.len() + self.link_faults.iter().flatten().count() + self.path_faults.len()
    }

    fn change(
        &mut self,
        from: Actor,
        to: Actor,
        class: Option<MessageClass>,
        change: impl Fn(&mut LinkFaults),
    ) -> Result<(), SimError> {
        self.check_ends(from, to)?;
        let mut faults = self.pair_faults(from, to).cloned().unwrap_or_default();
        let was_default = faults.is_default();
        for each in MessageClass::ALL.into_iter().filter(|each| class.is_none_or(|class| class == *each)) {
            change(&mut faults.classes[each as usize]);
        }
        if was_default && !faults.is_default() {
            self.check_room()?;
        }
        self.replace(from, to, (!faults.is_default()).then_some(faults));
        Ok(())
    }

    /// The faults of a directed link or path, if it has any.
    pub(super) fn pair_faults(&self, from: Actor, to: Actor) -> Option<&PairFaults> {
        match (from.as_replica(), to.as_replica()) {
            (Some(from), Some(to)) => self.link_faults[self.pair(from, to)].as_deref(),
            _ => self.path_faults.get(&(from, to)),
        }
    }

    fn replace(&mut self, from: Actor, to: Actor, faults: Option<PairFaults>) {
        if let (Some(from), Some(to)) = (from.as_replica(), to.as_replica()) {
            let pair = self.pair(from, to);
            self.link_faults[pair] = faults.map(Box::new);
        } else if let Some(faults) = faults {
            self.path_faults.insert((from, to), faults);
        } else {
            self.path_faults.remove(&(from, to));
        }
    }

    fn cut_clients(&mut self) {
        for (number, client) in self.clients.iter_mut().enumerate() {
            client.cut = self.cuts.of_client(number, client.home);
        }
    }

    fn check_room(&self) -> Result<(), SimError> {
        if self.rules() < LINK_RULES_MAX { Ok(()) } else { Err(SimError::TooManyRules) }
    }

    fn check_ends(&self, from: Actor, to: Actor) -> Result<(), SimError> {
        self.check_known(from)?;
        self.check_known(to)?;
        if from == to {
            return Err(SimError::SameEnds);
        }
        if from.as_client().is_some() && to.as_client().is_some() { Err(SimError::ClientsOnly) } else { Ok(()) }
    }

    fn check_known(&self, actor: Actor) -> Result<(), SimError> {
        let known = match actor.as_client() {
            Some(client) => client < self.clients.len(),
            None => usize::from(actor.0) < self.replicas,
        };
        if known { Ok(()) } else { Err(SimError::UnknownActor) }
    }
}

fn check_probability(share: f64) -> Result<(), SimError> {
    if (0.0..=1.0).contains(&share) { Ok(()) } else { Err(SimError::Probability) }
}
