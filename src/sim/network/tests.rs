//! What the network promises, each promise with its counterpart on the healthy network.

use super::*;
use crate::base::time::{MS, SECOND};
use crate::base::{Fault, Faults, Instant};
use crate::sim::delay::Shape;

const GOSSIP: MessageClass = MessageClass::Gossip;
const R1: Actor = Actor(0);
const R2: Actor = Actor(1);
const R3: Actor = Actor(2);
const STEPS: u64 = 2_000;

fn network(topology: Topology) -> Network {
    Network::new(3, topology, 7).unwrap()
}

/// Sends on r1→r2 and r2→r3 in turn, every 100 µs from `start`, and returns the fates of each link.
fn drive_from(network: &mut Network, start: u64) -> [Vec<Fate>; 2] {
    let mut fates = [Vec::new(), Vec::new()];
    for step in 0..STEPS {
        let now = Instant(start + step * 100);
        fates[0].push(network.send(now, R1, R2, GOSSIP, 100));
        fates[1].push(network.send(now, R2, R3, GOSSIP, 100));
    }
    fates
}

fn drive(mut network: Network) -> [Vec<Fate>; 2] {
    drive_from(&mut network, 0)
}

fn delay_of(fate: Fate) -> Option<u64> {
    match fate.first {
        Passage::Arrives { delay_us } => Some(delay_us),
        Passage::Dropped(_) => None,
    }
}

fn only(fault: Fault) -> Faults {
    let mut faults = Faults::NONE;
    faults.insert(fault);
    faults
}

/// Breaks r1→r2 in one way.
type Break = fn(&mut Network) -> Result<(), SimError>;

/// One break for each fault of links.
const BREAKS: [(Fault, Break); 8] = [
    (Fault::Partition, |net| net.partition(&[vec![R1], vec![R2]], false)),
    (Fault::Flap, |net| net.flap(Instant(0), R1, R2, None, Some((10 * MS, 10 * MS)))),
    (Fault::SlowLink, |net| net.slow(R1, R2, None, SlowBy::By(50))),
    (Fault::SlowLink, |net| net.delay(R1, R2, None, Some(Delay::of(Shape::Exponential { mean_us: 900.0 })))),
    (Fault::Bandwidth, |net| net.bandwidth(R1, R2, None, Some(500_000))),
    (Fault::Lose, |net| net.lose(R1, R2, None, 0.3)),
    (Fault::Duplicate, |net| net.duplicate(R1, R2, None, 0.3)),
    (Fault::Reorder, |net| net.reorder(R1, R2, None, 0.3, 5 * MS)),
];

#[test]
fn equal_seeds_give_equal_fates_whatever_is_broken() {
    let mut broken = network(Topology::Lan);
    BREAKS.iter().skip(1).for_each(|(_, break_it)| break_it(&mut broken).unwrap());
    assert_eq!(drive(broken.clone()), drive(broken));
    let other = Network::new(3, Topology::Lan, 8).unwrap();
    assert_ne!(drive(network(Topology::Lan)), drive(other));
}

#[test]
fn a_fault_on_one_link_changes_nothing_on_another() {
    for topology in Topology::ALL {
        let [_, healthy] = drive(network(topology));
        assert!(healthy.iter().all(|fate| fate.touched.is_empty()));
        for (fault, break_it) in BREAKS {
            let mut broken = network(topology);
            break_it(&mut broken).unwrap();
            assert_eq!(drive(broken)[1], healthy, "{fault:?} on r1→r2 reached r2→r3");
        }
    }
}

#[test]
fn messages_that_a_fault_spares_arrive_as_they_would_have() {
    use Fault::{Duplicate, Flap, Lose, Partition, Reorder};
    for topology in [Topology::Lan, Topology::Ymmr] {
        let [healthy, _] = drive(network(topology));
        for (fault, break_it) in BREAKS {
            if ![Duplicate, Flap, Lose, Partition, Reorder].contains(&fault) {
                continue;
            }
            let mut broken = network(topology);
            break_it(&mut broken).unwrap();
            let [fates, _] = drive(broken);
            let mut spared = 0;
            for (fate, healthy) in fates.iter().zip(&healthy) {
                if fate.touched.is_empty() || fault == Duplicate {
                    assert_eq!(delay_of(*fate), delay_of(*healthy));
                    spared += 1;
                }
            }
            assert!(spared > 0 || fault == Partition);
        }
    }
}

#[test]
fn every_fault_is_told_when_it_changed_an_outcome_and_only_then() {
    for topology in [Topology::Lan, Topology::Wan, Topology::LnkdDisk] {
        let [healthy, _] = drive(network(topology));
        for (fault, break_it) in BREAKS {
            let mut broken = network(topology);
            break_it(&mut broken).unwrap();
            let [fates, _] = drive(broken);
            assert!(fates.iter().any(|fate| fate.touched == only(fault)), "{fault:?} touched nothing");
            for (fate, healthy) in fates.iter().zip(&healthy) {
                let changed = (fate.first, fate.second) != (healthy.first, healthy.second);
                if changed {
                    assert_eq!(fate.touched, only(fault));
                } else {
                    assert!(fate.touched.is_empty());
                }
            }
        }
    }
}

#[test]
fn a_partition_consumes_the_same_draws() {
    let mut cut = network(Topology::Lan);
    cut.partition(&[vec![R1], vec![R2, R3]], false).unwrap();
    let mut whole = network(Topology::Lan);
    let [during, _] = drive_from(&mut cut, 0);
    assert!(during.iter().all(|fate| fate.first == Passage::Dropped(Drop::Cut)));
    drive_from(&mut whole, 0);
    cut.heal_links();
    assert_eq!(drive_from(&mut cut, SECOND), drive_from(&mut whole, SECOND));
}

#[test]
fn healing_restores_exactly_what_was() {
    for topology in Topology::ALL {
        let (mut broken, mut whole) = (network(topology), network(topology));
        for (_, break_it) in BREAKS {
            break_it(&mut broken).unwrap();
        }
        drive_from(&mut broken, 0);
        drive_from(&mut whole, 0);
        broken.heal_links();
        assert_eq!(broken.rules(), 0);
        // Later than all that is in flight, since order outlives the fault that made a message late.
        assert_eq!(drive_from(&mut broken, 3600 * SECOND), drive_from(&mut whole, 3600 * SECOND));
    }
}

#[test]
fn setting_a_fault_to_nothing_mends_it() {
    let mut net = network(Topology::Lan);
    BREAKS.iter().skip(1).for_each(|(_, break_it)| break_it(&mut net).unwrap());
    assert_eq!(net.rules(), 1);
    net.flap(Instant(0), R1, R2, None, None).unwrap();
    net.slow(R1, R2, None, SlowBy::By(0)).unwrap();
    net.delay(R1, R2, None, None).unwrap();
    net.bandwidth(R1, R2, None, None).unwrap();
    net.lose(R1, R2, None, 0.0).unwrap();
    net.duplicate(R1, R2, None, 0.0).unwrap();
    net.reorder(R1, R2, None, 0.0, 5).unwrap();
    assert_eq!(net.rules(), 0);
    assert_eq!(drive(net), drive(network(Topology::Lan)));
}

#[test]
fn links_keep_order_where_the_topology_says_so() {
    let overtakes = |topology: Topology| {
        let [fates, _] = drive(network(topology));
        let arrivals: Vec<u64> =
            fates.iter().zip(0..).map(|(fate, step)| step * 100 + delay_of(*fate).unwrap()).collect();
        arrivals.windows(2).any(|pair| pair[1] < pair[0])
    };
    for topology in Topology::ALL {
        assert_eq!(overtakes(topology), topology.order() == Order::Free, "{topology:?}");
    }
}

#[test]
fn a_second_copy_is_not_before_the_first_where_order_is_kept() {
    for topology in [Topology::Lan, Topology::Ymmr] {
        let mut net = network(topology);
        net.duplicate(R1, R2, None, 1.0).unwrap();
        let [fates, _] = drive(net);
        let early = fates.iter().any(|fate| fate.second.unwrap() < delay_of(*fate).unwrap());
        assert_eq!(early, topology.order() == Order::Free);
    }
}

#[test]
fn a_flapping_link_is_up_first_and_then_by_its_phases() {
    let mut net = network(Topology::Wan);
    net.flap(Instant(5 * MS), R1, R2, Some(GOSSIP), Some((2 * MS, 3 * MS))).unwrap();
    for (at_ms, down) in [(5, false), (6, false), (7, true), (9, true), (10, false), (12, true), (5_000, false)] {
        let now = Instant(at_ms * MS);
        assert_eq!(net.link_state(now, R1, R2, GOSSIP).down, down, "{at_ms} ms");
        let fate = net.send(now, R1, R2, GOSSIP, 0);
        assert_eq!(fate.first == Passage::Dropped(Drop::Flap), down, "{at_ms} ms");
        assert!(delay_of(net.send(now, R1, R2, MessageClass::Heartbeat, 0)).is_some());
        assert!(delay_of(net.send(now, R2, R1, GOSSIP, 0)).is_some());
    }
}

#[test]
fn bytes_queue_behind_earlier_bytes() {
    let mut net = network(Topology::Wan);
    net.bandwidth(R1, R2, None, Some(1_000)).unwrap();
    let mut delay = |at_ms| delay_of(net.send(Instant(at_ms * MS), R1, R2, GOSSIP, 10)).unwrap();
    assert_eq!([delay(0), delay(0), delay(5), delay(100)], [40 * MS, 50 * MS, 55 * MS, 40 * MS]);
}

#[test]
fn slow_links_add_or_replace() {
    let mut net = network(Topology::Wan);
    net.slow(R1, R2, Some(GOSSIP), SlowBy::By(5 * MS)).unwrap();
    net.slow(R1, R3, None, SlowBy::To(9 * MS)).unwrap();
    assert_eq!(delay_of(net.send(Instant(0), R1, R2, GOSSIP, 0)), Some(35 * MS));
    assert_eq!(delay_of(net.send(Instant(0), R1, R3, GOSSIP, 0)), Some(9 * MS));
    let state = net.link_state(Instant(0), R1, R3, GOSSIP);
    assert_eq!((state.mean_us, state.healthy_mean_us), (Some(9_000.0), Some(70_000.0)));
    assert!(!state.is_healthy() && net.link_state(Instant(0), R3, R1, GOSSIP).is_healthy());
}

mod clients {
    use super::*;
    use MessageClass::{Reply, Request};

    /// r1, r2, r3 of `wan`, with ana at r1 and ben at r3.
    fn with_clients() -> (Network, Actor, Actor) {
        let mut net = network(Topology::Wan);
        let ana = net.add_client(ReplicaId(0)).unwrap();
        let ben = net.add_client(ReplicaId(2)).unwrap();
        (net, ana, ben)
    }

    /// Whom `client` reaches, and who reaches it, as flags for r1 to r3.
    fn reach(net: &mut Network, client: Actor) -> ([bool; 3], [bool; 3]) {
        let out = [R1, R2, R3].map(|replica| delay_of(net.send(Instant(0), client, replica, Request, 0)).is_some());
        let into = [R1, R2, R3].map(|replica| delay_of(net.send(Instant(0), replica, client, Reply, 0)).is_some());
        assert_eq!(out, [R1, R2, R3].map(|replica| !net.is_cut(client, replica)));
        assert_eq!(into, [R1, R2, R3].map(|replica| !net.is_cut(replica, client)));
        (out, into)
    }

    #[test]
    fn a_client_is_a_leg_from_home_and_a_leg_and_a_link_from_others() {
        let (mut net, ana, ben) = with_clients();
        assert_eq!(delay_of(net.send(Instant(0), ana, R1, Request, 0)), Some(MS));
        assert_eq!(delay_of(net.send(Instant(0), ana, R3, Request, 0)), Some(71 * MS));
        assert_eq!(delay_of(net.send(Instant(0), R2, ben, Reply, 0)), Some(41 * MS));
        assert_eq!(net.link_state(Instant(0), ana, R2, Request).mean_us, Some(31_000.0));
    }

    #[test]
    fn faults_of_the_link_behind_home_hit_its_clients() {
        for (fault, break_it) in BREAKS {
            let (mut net, ana, ben) = with_clients();
            break_it(&mut net).unwrap();
            let mut hits = 0;
            for step in 0..STEPS {
                let now = Instant(step * 100);
                hits += u64::from(net.send(now, ana, R2, Request, 100).touched.contains(fault));
                assert!(net.send(now, ana, R1, Request, 100).touched.is_empty());
                assert!(net.send(now, ben, R2, Request, 100).touched.is_empty());
            }
            assert!(hits > 100, "{fault:?} hit {hits} times");
        }
    }

    #[test]
    fn a_client_can_have_faults_of_its_own() {
        let (mut net, ana, _) = with_clients();
        net.slow(ana, R2, None, SlowBy::To(5 * MS)).unwrap();
        net.lose(R1, ana, None, 1.0).unwrap();
        assert_eq!(delay_of(net.send(Instant(0), ana, R2, Request, 0)), Some(5 * MS));
        assert_eq!(net.send(Instant(0), R1, ana, Reply, 0).first, Passage::Dropped(Drop::Lost));
        assert_eq!(delay_of(net.send(Instant(0), R1, R2, Request, 0)), Some(30 * MS));
        net.heal_only(&[ana]).unwrap();
        assert_eq!(net.rules(), 0);
    }

    #[test]
    fn a_client_goes_with_its_home_unless_it_is_named() {
        let (mut net, ana, ben) = with_clients();
        net.partition(&[vec![R1], vec![R2, R3]], false).unwrap();
        assert_eq!(reach(&mut net, ana), ([true, false, false], [true, false, false]));
        assert_eq!(reach(&mut net, ben), ([false, true, true], [false, true, true]));
        let later = net.add_client(ReplicaId(0)).unwrap();
        assert_eq!(reach(&mut net, later), reach(&mut net, ana));

        let (mut net, ana, ben) = with_clients();
        net.partition(&[vec![R1, ben], vec![R2, R3, ana]], false).unwrap();
        assert_eq!(reach(&mut net, ana), ([false, true, true], [false, true, true]));
        assert_eq!(reach(&mut net, ben), ([true, false, false], [true, false, false]));
    }

    #[test]
    fn one_way_stops_one_way() {
        let (mut net, ana, _) = with_clients();
        net.partition(&[vec![R1], vec![R2]], true).unwrap();
        assert!(net.is_cut(R1, R2) && !net.is_cut(R2, R1));
        assert_eq!(reach(&mut net, ana), ([true, false, true], [true, true, true]));
    }

    #[test]
    fn the_isolated_keep_each_other() {
        let (mut net, ana, ben) = with_clients();
        net.isolate(&[R1, ben]).unwrap();
        assert_eq!(reach(&mut net, ana).0, [true, false, false]);
        assert_eq!(reach(&mut net, ben).0, [true, false, false]);
        assert!(net.is_cut(R1, R2) && !net.is_cut(R2, R3));
        assert_eq!(net.isolate(&[R1, R2, R3]), Err(SimError::NobodyLeft));
    }

    #[test]
    fn healing_one_leaves_the_others_cut() {
        let (mut net, ana, _) = with_clients();
        net.partition(&[vec![R1], vec![R2], vec![R3]], false).unwrap();
        net.lose(R2, R3, None, 0.5).unwrap();
        net.heal_only(&[R1]).unwrap();
        assert!(!net.is_cut(R1, R2) && !net.is_cut(R3, R1));
        assert!(net.is_cut(R2, R3) && net.is_cut(R3, R2));
        assert_eq!((reach(&mut net, ana).0, net.rules()), ([true; 3], 2));
        net.heal_only(&[R3]).unwrap();
        assert_eq!(net.rules(), 0);

        let (mut net, ana, ben) = with_clients();
        net.isolate(&[R1]).unwrap();
        net.heal_only(&[ana]).unwrap();
        assert_eq!(reach(&mut net, ana).0, [true; 3]);
        assert_eq!(reach(&mut net, ben).0, [false, true, true]);
    }

    #[test]
    fn partitions_add_up() {
        let (mut net, ana, _) = with_clients();
        net.partition(&[vec![R1], vec![R2]], false).unwrap();
        net.partition(&[vec![ana], vec![R3]], false).unwrap();
        assert_eq!(reach(&mut net, ana).0, [true, false, false]);
        assert!(!net.is_cut(R1, R3));
    }

    #[test]
    fn what_cannot_be_is_refused_in_words() {
        let (mut net, ana, ben) = with_clients();
        let nobody = Actor(9);
        assert_eq!(net.lose(ana, ben, None, 0.1), Err(SimError::ClientsOnly));
        assert_eq!(net.lose(R1, R1, None, 0.1), Err(SimError::SameEnds));
        assert_eq!(net.lose(R1, nobody, None, 0.1), Err(SimError::UnknownActor));
        assert_eq!(net.lose(R1, R2, None, f64::NAN), Err(SimError::Probability));
        assert_eq!(net.flap(Instant(0), R1, R2, None, Some((0, 5))), Err(SimError::FlapPhases));
        assert_eq!(net.bandwidth(R1, R2, None, Some(0)), Err(SimError::Bandwidth));
        assert_eq!(net.partition(&[vec![R1]], false), Err(SimError::Sides));
        assert_eq!(net.partition(&[vec![R1], vec![R2], vec![R3]], true), Err(SimError::OneWaySides));
        assert_eq!(net.partition(&[vec![R1], vec![R1]], false), Err(SimError::NamedTwice));
        assert_eq!(net.partition(&[vec![ana], vec![ben]], false), Err(SimError::ClientsOnly));
        assert_eq!(net.isolate(&[nobody]), Err(SimError::UnknownActor));
        assert_eq!(net.heal_only(&[nobody]), Err(SimError::UnknownActor));
        assert_eq!(net.rules(), 0);
        assert!(matches!(Network::new(10, Topology::Lan, 1), Err(SimError::ReplicaCount)));
    }

    #[test]
    fn rules_and_clients_are_bounded() {
        let (mut net, _, _) = with_clients();
        while net.partition(&[vec![R1], vec![R2]], true).is_ok() {}
        assert_eq!(net.rules(), crate::base::limits::LINK_RULES_MAX);
        assert_eq!(net.lose(R1, R2, None, 0.1), Err(SimError::TooManyRules));
        while net.add_client(ReplicaId(1)).is_ok() {}
        assert_eq!(net.clients(), CLIENTS_MAX);
    }
}
