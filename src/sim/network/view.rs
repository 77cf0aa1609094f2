//! What a reader sees of a link.

use super::Network;
use super::link::{Flap, LinkFaults, SlowBy};
use crate::base::{Actor, Instant, MessageClass, ReplicaId};

/// The state of one directed link, or of a client's path, for one message class. A path through the client's home
/// shows its own faults; those of the link behind the home are that link's.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LinkState {
    /// A partition or isolation stops messages.
    pub cut: bool,
    /// The link flaps and is in its down phase.
    pub down: bool,
    /// Its phases, if it flaps.
    pub flap: Option<Flap>,
    /// The probability of loss, 0 to 1.
    pub lose: f64,
    /// The probability of duplication, 0 to 1.
    pub duplicate: f64,
    /// The probability of reordering, 0 to 1.
    pub reorder: f64,
    /// How it is slowed.
    pub slow: Option<SlowBy>,
    /// Whether its distribution of delays is another than the topology's.
    pub other_delay: bool,
    /// The limit on its bytes in a second.
    pub bytes_per_second: Option<u64>,
    /// The mean delay now in microseconds, without queueing and order; `None` where it is infinite.
    pub mean_us: Option<f64>,
    /// The mean delay of the topology in microseconds, `None` where it is infinite.
    pub healthy_mean_us: Option<f64>,
}

impl LinkState {
    /// Whether nothing is wrong with it.
    pub fn is_healthy(&self) -> bool {
        let nothing = Self { mean_us: self.mean_us, healthy_mean_us: self.healthy_mean_us, ..Self::default() };
        *self == nothing
    }
}

impl Network {
    /// Whether a partition or isolation stops messages from one to the other. False where there is no link at all:
    /// between clients, and to oneself.
    pub fn is_cut(&self, from: Actor, to: Actor) -> bool {
        match (from.as_replica(), to.as_replica()) {
            (Some(from), Some(to)) => self.cuts.contains(from, to),
            (None, Some(to)) => self.client(from).is_some_and(|client| client.cut.out.contains(to)),
            (Some(from), None) => self.client(to).is_some_and(|client| client.cut.into.contains(from)),
            (None, None) => false,
        }
    }

    /// The state of a link or path. Both ends must exist, and one of them must be a replica.
    pub fn link_state(&self, now: Instant, from: Actor, to: Actor, class: MessageClass) -> LinkState {
        let healthy = LinkFaults::default();
        let own = self.pair_faults(from, to).map_or(&healthy, |faults| &faults.classes[class as usize]);
        let (mean_us, healthy_mean_us) = self.means(from, to, class);
        LinkState {
            cut: self.is_cut(from, to),
            down: own.flap.is_some_and(|flap| flap.is_down(now)),
            flap: own.flap,
            lose: own.lose,
            duplicate: own.duplicate,
            reorder: own.reorder,
            slow: own.slow,
            other_delay: own.delay.is_some(),
            bytes_per_second: own.bytes_per_second,
            mean_us: changed_mean(own, mean_us),
            healthy_mean_us,
        }
    }

    fn client(&self, actor: Actor) -> Option<&super::Client> {
        self.clients.get(actor.as_client()?)
    }

    /// The mean delay under the faults of the links on the way, and without any; a path's own faults not counted.
    fn means(&self, from: Actor, to: Actor, class: MessageClass) -> (Option<f64>, Option<f64>) {
        let (link_from, link_to) = match (from.as_replica(), to.as_replica()) {
            (Some(from), Some(to)) => {
                let mean = self.link_mean(from, to, class);
                return (mean, mean);
            }
            (None, Some(to)) => (self.home(from).expect("a client has a home"), to),
            (Some(from), None) => (from, self.home(to).expect("a client has a home")),
            (None, None) => panic!("clients have no link with each other"),
        };
        let leg = self.delays[usize::from(self.legs[class as usize])].mean_us();
        if link_from == link_to {
            return (leg, leg);
        }
        let link = self.link_mean(link_from, link_to, class);
        let faults = self.link_faults[self.pair(link_from, link_to)].as_ref();
        let slowed = faults.map_or(link, |faults| changed_mean(&faults.classes[class as usize], link));
        (sum(leg, slowed), sum(leg, link))
    }

    fn link_mean(&self, from: ReplicaId, to: ReplicaId, class: MessageClass) -> Option<f64> {
        let link = &self.links[self.pair(from, to) * super::CLASSES + class as usize];
        self.delays[usize::from(link.delay)].mean_us()
    }
}

fn sum(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    Some(a? + b?)
}

fn changed_mean(faults: &LinkFaults, mean_us: Option<f64>) -> Option<f64> {
    let mean_us = faults.delay.as_ref().map_or(mean_us, |delay| delay.mean_us());
    match faults.slow {
        None => mean_us,
        Some(SlowBy::To(us)) => Some(us as f64),
        Some(SlowBy::By(us)) => Some(mean_us? + us as f64),
    }
}
