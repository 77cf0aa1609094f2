//! Links, directed, between replicas and between clients and replicas, with their faults.
//!
//! The outcome of a send is fixed at the send: what is in flight survives a cut. A client's message to its home takes
//! one leg; to another replica it takes that leg and then the link from the home, with that link's faults:
//!
//! ```text
//! ana ──leg── r1 ──link r1→r3── r3        ana@r1 asks r3; the answer comes back along r3→r1 and the leg
//! ```
//!
//! The rule it keeps: **a fault changes the messages that it hits and no others**. Every send draws [`SEND_DRAWS`] words
//! from its link's own stream, whether they are used or not. A message that is dropped still takes its place in the
//! order of its link and on its bandwidth, and a copy or a message let out of order takes none beyond its own; so the
//! messages that survive a fault arrive as they would have without it.
//!
//! A client is on its home's side of a partition unless it is named there.

mod cuts;
mod faulting;
mod link;
mod send;
mod stretch;
#[cfg(test)]
mod tests;
mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::cuts::{ClientCut, Cuts};
use self::link::{Link, PairFaults};
use super::SimError;
use super::delay::Delay;
use super::presets::{Order, Topology};
use super::streams::{Stream, StreamId};
use crate::base::limits::{CLIENTS_MAX, REPLICAS_MAX};
use crate::base::{Actor, MessageClass, ReplicaId};

pub use link::{Flap, SEND_DRAWS, SlowBy};
pub use send::{Drop, Fate, Passage};
pub use stretch::Stretch;
pub use view::LinkState;

const CLASSES: usize = MessageClass::ALL.len();

/// Where a client lives and whom it cannot reach.
#[derive(Clone, Debug)]
struct Client {
    home: ReplicaId,
    cut: ClientCut,
}

/// All links of a world.
#[derive(Clone, Debug)]
pub struct Network {
    seed: u64,
    replicas: usize,
    topology: Topology,
    order: Order,
    stretch: Stretch,
    /// The distinct delays of the topology; links and legs hold their places in it.
    delays: Arc<[Delay]>,
    legs: [u16; CLASSES],
    /// By sender, receiver, class.
    links: Vec<Link>,
    /// By client, replica, direction (to the replica first).
    paths: Vec<Link>,
    clients: Vec<Client>,
    cuts: Cuts,
    /// By sender and receiver.
    link_faults: Vec<Option<Box<PairFaults>>>,
    path_faults: BTreeMap<(Actor, Actor), PairFaults>,
}

impl Network {
    /// The links of `replicas` replicas in `topology`, with nothing wrong.
    ///
    /// # Errors
    ///
    /// [`SimError::ReplicaCount`] unless there are 1 to [`REPLICAS_MAX`] replicas.
    pub fn new(replicas: usize, topology: Topology, seed: u64) -> Result<Self, SimError> {
        if replicas == 0 || replicas > REPLICAS_MAX {
            return Err(SimError::ReplicaCount);
        }
        let mut delays = Vec::new();
        let mut links = Vec::with_capacity(replicas * replicas * CLASSES);
        for from in ReplicaId::all(replicas) {
            for to in ReplicaId::all(replicas) {
                for class in MessageClass::ALL {
                    let delay = place(&mut delays, &topology.link(from, to, class));
                    links.push(new_link(seed, from.into(), to.into(), class, delay));
                }
            }
        }
        let legs = MessageClass::ALL.map(|class| place(&mut delays, &topology.client_home(class)));
        Ok(Self {
            seed,
            replicas,
            topology,
            order: topology.order(),
            stretch: Stretch::None,
            delays: delays.into(),
            legs,
            links,
            paths: Vec::new(),
            clients: Vec::new(),
            cuts: Cuts::default(),
            link_faults: vec![None; replicas * replicas],
            path_faults: BTreeMap::new(),
        })
    }

    /// Adds a client that lives at `home`. Partitions in force apply to it as to its home.
    ///
    /// # Errors
    ///
    /// [`SimError::TooManyClients`] at [`CLIENTS_MAX`]; [`SimError::UnknownActor`] if there is no such home.
    pub fn add_client(&mut self, home: ReplicaId) -> Result<Actor, SimError> {
        if self.clients.len() >= CLIENTS_MAX {
            return Err(SimError::TooManyClients);
        }
        if home.index() >= self.replicas {
            return Err(SimError::UnknownActor);
        }
        let client = Actor::client(self.clients.len());
        for replica in ReplicaId::all(self.replicas).map(Actor::from) {
            for (from, to, class) in [(client, replica, MessageClass::Request), (replica, client, MessageClass::Reply)]
            {
                self.paths.push(new_link(self.seed, from, to, class, self.legs[class as usize]));
            }
        }
        let cut = self.cuts.of_client(self.clients.len(), home);
        self.clients.push(Client { home, cut });
        Ok(client)
    }

    /// Stretches all delays, those that faults set too, until it is asked again.
    pub fn stretch(&mut self, stretch: Stretch) {
        self.stretch = stretch;
    }

    /// How many replicas there are.
    pub fn replicas(&self) -> usize {
        self.replicas
    }

    /// How many clients there are.
    pub fn clients(&self) -> usize {
        self.clients.len()
    }

    /// The delays before any fault.
    pub fn topology(&self) -> Topology {
        self.topology
    }

    /// Where a client lives; `None` for a replica or somebody unknown.
    pub fn home(&self, actor: Actor) -> Option<ReplicaId> {
        Some(self.clients.get(actor.as_client()?)?.home)
    }

    #[inline]
    fn pair(&self, from: ReplicaId, to: ReplicaId) -> usize {
        from.index() * self.replicas + to.index()
    }
}

fn new_link(seed: u64, from: Actor, to: Actor, class: MessageClass, delay: u16) -> Link {
    Link::new(Stream::new(seed, StreamId::Link { from, to, class }), delay)
}

/// The place of `delay` among `delays`, where it is put if it is new.
fn place(delays: &mut Vec<Delay>, delay: &Delay) -> u16 {
    let place = delays.iter().position(|known| known == delay).unwrap_or_else(|| {
        delays.push(*delay);
        delays.len() - 1
    });
    place as u16
}
