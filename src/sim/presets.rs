//! Topologies: how long messages take before any fault.

use super::delay::{Delay, Shape};
use crate::base::time::MS;
use crate::base::{MessageClass, ReplicaId};

/// Delays between replicas and clients, before any fault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Topology {
    /// One room: about half a millisecond.
    Lan,
    /// r1 west, r2 east, r3 Europe, one way 30, 40 and 70 ms; clients 1 ms from home.
    #[default]
    Wan,
    /// The fits of *Probabilistically Bounded Staleness* (VLDB 2012): a social network on solid-state disks.
    LnkdSsd,
    /// The same: that network on spinning disks.
    LnkdDisk,
    /// The same: Yammer's Riak.
    Ymmr,
    /// The same: `lnkd-disk` with 75 ms one way to every replica but one.
    WarsWan,
}

/// Whether messages of one class can overtake each other on one link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// They cannot, as on a connection of TCP.
    Fifo,
    /// They can: each delay is drawn for itself.
    Free,
}

/// Places of the replicas of `wan` on a line, in milliseconds one way, so that distances are symmetric and no detour is
/// shorter. r1 west, r2 east, r3 Europe; then Tokyo, India, Texas, Iceland, the Gulf, Singapore. Nothing takes the
/// short way around the back of the globe.
const WAN_PLACES_MS: [i64; 9] = [0, 30, 70, -50, 110, 15, 50, 90, 130];
/// Datacentres of `wars-wan`: replica i is in datacentre i mod 3.
const WARS_DATACENTRES: u8 = 3;
/// What `wars-wan` adds one way between datacentres.
const WARS_WAN_US: u64 = 75 * MS;

impl Topology {
    /// All topologies.
    pub const ALL: [Self; 6] = [Self::Lan, Self::Wan, Self::LnkdSsd, Self::LnkdDisk, Self::Ymmr, Self::WarsWan];

    /// The word for it in the language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lan => "lan",
            Self::Wan => "wan",
            Self::LnkdSsd => "lnkd-ssd",
            Self::LnkdDisk => "lnkd-disk",
            Self::Ymmr => "ymmr",
            Self::WarsWan => "wars-wan",
        }
    }

    /// The topology with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topology| topology.name() == name)
    }

    /// Whether its links keep the order of messages. The fits do not: their model draws each delay for itself.
    pub fn order(self) -> Order {
        match self {
            Self::Lan | Self::Wan => Order::Fifo,
            Self::LnkdSsd | Self::LnkdDisk | Self::Ymmr | Self::WarsWan => Order::Free,
        }
    }

    /// The delay from one replica to another. In the fits, pushed writes take W and all else takes A = R = S.
    ///
    /// In `wars-wan`, 75 ms more lie between different datacentres, of which there are three. The paper draws the local
    /// replica of each read and write for itself; here, the choice of a coordinator outside the three homes does that:
    /// r4 is next to r1, r5 to r2, r6 to r3.
    pub fn link(self, from: ReplicaId, to: ReplicaId, class: MessageClass) -> Delay {
        match self {
            Self::Lan => uniform_us(300.0, 700.0),
            Self::Wan => Delay::constant(wan_distance_us(from, to)),
            Self::WarsWan if from.0 % WARS_DATACENTRES != to.0 % WARS_DATACENTRES => {
                Self::LnkdDisk.fit(class).plus(WARS_WAN_US)
            }
            Self::WarsWan => Self::LnkdDisk.fit(class),
            Self::LnkdSsd | Self::LnkdDisk | Self::Ymmr => self.fit(class),
        }
    }

    /// The delay between a client and its home. The fits measure at the coordinator, so there it is 0.
    pub fn client_home(self, _class: MessageClass) -> Delay {
        match self {
            Self::Lan => uniform_us(200.0, 400.0),
            Self::Wan => Delay::constant(MS),
            Self::LnkdSsd | Self::LnkdDisk | Self::Ymmr | Self::WarsWan => Delay::constant(0),
        }
    }

    /// The fits of Bailis et al., *Probabilistically Bounded Staleness*, VLDB 2012, table 3.
    fn fit(self, class: MessageClass) -> Delay {
        let ssd = || mixture([(91.22, pareto_ms(0.235, 10.0)), (8.78, exponential_per_ms(1.66))]);
        match (self, class) {
            (Self::LnkdDisk, MessageClass::Gossip) => {
                mixture([(38.0, pareto_ms(1.05, 1.51)), (62.0, exponential_per_ms(0.183))])
            }
            (Self::Ymmr, MessageClass::Gossip) => {
                mixture([(93.9, pareto_ms(3.0, 3.35)), (6.1, exponential_per_ms(0.0028))])
            }
            (Self::Ymmr, _) => mixture([(98.2, pareto_ms(1.5, 3.8)), (1.8, exponential_per_ms(0.0217))]),
            _ => ssd(),
        }
    }
}

fn wan_distance_us(from: ReplicaId, to: ReplicaId) -> u64 {
    WAN_PLACES_MS[from.index()].abs_diff(WAN_PLACES_MS[to.index()]) * MS
}

fn uniform_us(low_us: f64, high_us: f64) -> Delay {
    Delay::of(Shape::Uniform { low_us, high_us })
}

fn pareto_ms(min_ms: f64, alpha: f64) -> Shape {
    Shape::Pareto { min_us: min_ms * MS as f64, alpha }
}

fn exponential_per_ms(lambda: f64) -> Shape {
    Shape::Exponential { mean_us: MS as f64 / lambda }
}

fn mixture(parts: [(f64, Shape); 2]) -> Delay {
    Delay::mixture(&parts).expect("the fits have positive weights")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits::REPLICAS_MAX;

    fn mean_us(topology: Topology, from: u8, to: u8, class: MessageClass) -> f64 {
        topology.link(ReplicaId(from), ReplicaId(to), class).mean_us().unwrap()
    }

    #[test]
    fn names_lead_back() {
        for topology in Topology::ALL {
            assert_eq!(Topology::parse(topology.name()), Some(topology));
        }
        assert_eq!(Topology::parse("moon"), None);
    }

    #[test]
    fn wan_is_a_metric_with_the_three_known_distances() {
        let distance = |a: ReplicaId, b: ReplicaId| wan_distance_us(a, b);
        let [west, east, europe] = [0, 1, 2].map(ReplicaId);
        assert_eq!([distance(west, east), distance(east, europe), distance(west, europe)], [30 * MS, 40 * MS, 70 * MS]);
        for a in ReplicaId::all(REPLICAS_MAX) {
            for b in ReplicaId::all(REPLICAS_MAX) {
                assert_eq!(distance(a, b), distance(b, a));
                assert_eq!(distance(a, b) == 0, a == b);
                for c in ReplicaId::all(REPLICAS_MAX) {
                    assert!(distance(a, c) <= distance(a, b) + distance(b, c));
                }
            }
        }
    }

    #[test]
    fn the_fits_have_the_means_of_their_parameters() {
        use MessageClass::{Gossip, Request};
        let ssd = 0.9122 * 235.0 * 10.0 / 9.0 + 0.0878 * 1_000.0 / 1.66;
        let disk = 0.38 * 1_050.0 * 1.51 / 0.51 + 0.62 * 1_000.0 / 0.183;
        let ymmr = 0.939 * 3_000.0 * 3.35 / 2.35 + 0.061 * 1_000.0 / 0.0028;
        let close = |got: f64, want: f64| assert!((got - want).abs() < 1e-6 * want, "{got}, expected {want}");
        close(mean_us(Topology::LnkdSsd, 0, 1, Gossip), ssd);
        close(mean_us(Topology::LnkdDisk, 0, 1, Gossip), disk);
        close(mean_us(Topology::LnkdDisk, 0, 1, Request), ssd);
        close(mean_us(Topology::Ymmr, 0, 1, Gossip), ymmr);
        close(mean_us(Topology::WarsWan, 3, 0, Gossip), disk);
        close(mean_us(Topology::WarsWan, 3, 1, Gossip), disk + 75_000.0);
        close(mean_us(Topology::WarsWan, 1, 3, Request), ssd + 75_000.0);
    }
}
