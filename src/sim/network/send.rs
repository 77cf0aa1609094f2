//! What becomes of one message.

use super::super::presets::Order;
use super::Network;
use super::link::{Draws, Effect, Link, LinkFaults, PairFaults, Transit};
use crate::base::{Actor, Fault, Faults, Instant, MessageClass, ReplicaId};

/// Why a link dropped a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drop {
    /// A partition or an isolation.
    Cut,
    /// A flapping link was down.
    Flap,
    /// A lossy link lost it.
    Lost,
}

/// Whether a message arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passage {
    /// It does.
    Arrives {
        /// After this, in microseconds from the send.
        delay_us: u64,
    },
    /// It does not.
    Dropped(Drop),
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fate {
    /// Whether and when it arrives.
    pub first: Passage,
    /// When its second copy arrives, in microseconds from the send, if it was duplicated.
    pub second: Option<u64>,
    /// The faults that changed this outcome; empty on a healthy network.
    pub touched: Faults,
}

impl Fate {
    fn dropped(why: Drop, fault: Fault) -> Self {
        let mut touched = Faults::NONE;
        touched.insert(fault);
        Self { first: Passage::Dropped(why), second: None, touched }
    }
}

/// The way of a message: a leg between client and home, a link between replicas, or both.
#[derive(Clone, Copy)]
struct Route {
    /// Who sends to whom, where faults of a client's own path are looked up.
    ends: (Actor, Actor),
    class: MessageClass,
    /// The place of the leg's delay.
    leg: Option<u16>,
    /// The pair of replicas.
    pair: Option<usize>,
    /// The link or path that orders its messages.
    carrier: Carrier,
}

#[derive(Clone, Copy)]
enum Carrier {
    Link(usize),
    Path(usize),
}

impl Carrier {
    fn number(self) -> u64 {
        match self {
            Self::Link(index) => index as u64 * 2,
            Self::Path(index) => index as u64 * 2 + 1,
        }
    }
}

impl Network {
    /// Sends `bytes` from one actor to another, and says what becomes of them.
    ///
    /// Both must exist and at most one may be a client: clients do not talk to each other, and what an actor tells
    /// itself does not travel.
    #[inline]
    pub fn send(&mut self, now: Instant, from: Actor, to: Actor, class: MessageClass, bytes: u32) -> Fate {
        assert!(from != to, "what an actor tells itself does not travel");
        match (from.as_replica(), to.as_replica()) {
            (Some(from), Some(to)) => self.send_between(now, from, to, class, bytes),
            (None, Some(replica)) => self.send_along(now, (from, to), (from, replica), 0, class, bytes),
            (Some(replica), None) => self.send_along(now, (from, to), (to, replica), 1, class, bytes),
            (None, None) => panic!("clients have no link with each other"),
        }
    }

    #[inline]
    fn send_between(&mut self, now: Instant, from: ReplicaId, to: ReplicaId, class: MessageClass, bytes: u32) -> Fate {
        let pair = self.pair(from, to);
        let index = pair * super::CLASSES + class as usize;
        let cut = self.cuts.contains(from, to);
        if !cut && self.link_faults[pair].is_none() && self.links[index].is_on_time() {
            return self.pass(now, Carrier::Link(index));
        }
        let ends = (from.into(), to.into());
        let route = Route { ends, class, leg: None, pair: Some(pair), carrier: Carrier::Link(index) };
        self.pass_faults(now, route, cut, bytes)
    }

    /// Sends between a client and a replica; `direction` is 0 towards the replica, 1 back.
    fn send_along(
        &mut self,
        now: Instant,
        ends: (Actor, Actor),
        (client, replica): (Actor, ReplicaId),
        direction: usize,
        class: MessageClass,
        bytes: u32,
    ) -> Fate {
        let number = client.as_client().expect("one end of a path is a client");
        let home = self.clients[number].home;
        let index = (number * self.replicas + replica.index()) * 2 + direction;
        let cut = self.clients[number].cut;
        let cut = if direction == 0 { cut.out.contains(replica) } else { cut.into.contains(replica) };
        if replica == home && !cut && self.path_faults.is_empty() && self.paths[index].is_on_time() {
            return self.pass(now, Carrier::Path(index));
        }
        let (link_from, link_to) = if direction == 0 { (home, replica) } else { (replica, home) };
        let pair = (replica != home).then(|| self.pair(link_from, link_to));
        let leg = Some(self.legs[class as usize]);
        self.pass_faults(now, Route { ends, class, leg, pair, carrier: Carrier::Path(index) }, cut, bytes)
    }

    /// What becomes of a message on one link or leg without faults.
    #[inline]
    fn pass(&mut self, now: Instant, carrier: Carrier) -> Fate {
        let link = match carrier {
            Carrier::Link(index) => &mut self.links[index],
            Carrier::Path(index) => &mut self.paths[index],
        };
        let draws = link.draw();
        let us = self.delays[usize::from(link.delay)].sample(draws.delay());
        let us = self.stretch.of(us, carrier.number());
        let delay_us = if self.order == Order::Fifo { link.queue(now, us).since(now) } else { us };
        Fate { first: Passage::Arrives { delay_us }, second: None, touched: Faults::NONE }
    }

    /// What becomes of a message on any route, under any faults.
    fn pass_faults(&mut self, now: Instant, route: Route, cut: bool, bytes: u32) -> Fate {
        let draws = self.carrier(route.carrier).draw();
        let mut transit = self.transit(route, draws);
        transit.waited_us = self.occupy_us(now, route, bytes);
        let effect = self.effect(now, route, draws);
        let fifo = self.order == Order::Fifo;
        let (in_order, mut touched) =
            if fifo { self.carrier(route.carrier).queue_faulty(now, transit) } else { Link::pass_faulty(now, transit) };
        if let Some(fate) = drop_fate(cut, effect) {
            return fate;
        }
        let at = if effect.extra_us > 0 { transit.end(now) + effect.extra_us } else { in_order };
        if at != in_order {
            touched.insert(Fault::Reorder);
        }
        let second = effect.duplicated.then(|| {
            touched.insert(Fault::Duplicate);
            let copy = Transit { waited_us: transit.waited_us, ..self.transit(route, draws.of_copy()) };
            let copy = copy.end(now);
            if fifo { copy.max(at).since(now) } else { copy.since(now) }
        });
        Fate { first: Passage::Arrives { delay_us: at.since(now) }, second, touched }
    }

    fn carrier(&mut self, carrier: Carrier) -> &mut Link {
        match carrier {
            Carrier::Link(index) => &mut self.links[index],
            Carrier::Path(index) => &mut self.paths[index],
        }
    }

    fn faults_of_link(&self, route: Route) -> Option<&LinkFaults> {
        Some(&self.link_faults[route.pair?].as_ref()?.classes[route.class as usize])
    }

    fn faults_of_path(&self, route: Route) -> Option<&LinkFaults> {
        route.leg?;
        Some(&self.path_faults.get(&route.ends)?.classes[route.class as usize])
    }

    fn transit(&self, route: Route, draws: Draws) -> Transit {
        let sample = |delay: u16, draws: Draws| self.delays[usize::from(delay)].sample(draws.delay());
        let leg_us = route.leg.map_or(0, |delay| self.stretch.of(sample(delay, draws), route.carrier.number()));
        let mut transit = Transit { healthy_us: leg_us, us: leg_us, waited_us: 0 };
        if let Some(pair) = route.pair {
            let draws = draws_of_link(route, draws);
            let index = pair * super::CLASSES + route.class as usize;
            let stretched = |us| self.stretch.of(us, Carrier::Link(index).number());
            let us = sample(self.links[index].delay, draws);
            transit.healthy_us += stretched(us);
            let us = self.faults_of_link(route).map_or(us, |faults| faults.transit_us(us, draws));
            transit.us = transit.us.saturating_add(stretched(us));
        }
        if let Some(faults) = self.faults_of_path(route) {
            let us = faults.transit_us(transit.us, draws);
            // What the path's faults add is stretched; what they are added to is already.
            let (kept, added) = us.checked_sub(transit.us).map_or((0, us), |added| (transit.us, added));
            transit.us = kept.saturating_add(self.stretch.of(added, route.carrier.number()));
        }
        transit
    }

    fn effect(&self, now: Instant, route: Route, draws: Draws) -> Effect {
        let link = self.faults_of_link(route).map(|faults| faults.effect(now, draws_of_link(route, draws)));
        let path = self.faults_of_path(route).map(|faults| faults.effect(now, draws));
        link.unwrap_or_default().and(path.unwrap_or_default())
    }

    fn occupy_us(&mut self, now: Instant, route: Route, bytes: u32) -> u64 {
        let link = route.pair.and_then(|pair| self.link_faults[pair].as_deref_mut());
        let path = route.leg.and_then(|_| self.path_faults.get_mut(&route.ends));
        let occupy = |faults: &mut PairFaults| faults.occupy_us(now, route.class, bytes);
        link.map_or(0, occupy).saturating_add(path.map_or(0, occupy))
    }
}

/// The words that decide on the link of a route.
fn draws_of_link(route: Route, draws: Draws) -> Draws {
    if route.leg.is_some() { draws.onward() } else { draws }
}

fn drop_fate(cut: bool, effect: Effect) -> Option<Fate> {
    let (why, fault) = match (cut, effect.down, effect.lost) {
        (true, _, _) => (Drop::Cut, Fault::Partition),
        (_, true, _) => (Drop::Flap, Fault::Flap),
        (_, _, true) => (Drop::Lost, Fault::Lose),
        _ => return None,
    };
    Some(Fate::dropped(why, fault))
}
