//! What the lab costs. Budgets are in DESIGN.md, section 11.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use driftlab::base::{Actor, MessageClass};
use driftlab::sim::{Passage, Topology, World};

const ACTORS: u16 = 5;
const IN_FLIGHT: u64 = 200;
const MESSAGES: u64 = 1_000_000;

/// A world in which every delivery leads to one more message, so that as many stay under way as began.
fn raw_world() -> World<u64> {
    let mut world = World::new(usize::from(ACTORS), Topology::Lan, 7).expect("five is a possible number of replicas");
    for number in 0..IN_FLIGHT {
        send(&mut world, (number % u64::from(ACTORS)) as u16, number);
    }
    world
}

/// Sends from `from` to another actor; the payload tells the receiver and which of the others is next.
fn send(world: &mut World<u64>, from: u16, number: u64) {
    let next = number + 1;
    let to = (from + 1 + (next % u64::from(ACTORS - 1)) as u16) % ACTORS;
    let fate = world.send(Actor(from), Actor(to), MessageClass::Gossip, 64);
    let Passage::Arrives { delay_us } = fate.first else { unreachable!("nothing is wrong with this world") };
    world.schedule_in(delay_us, next << 16 | u64::from(to)).expect("few messages are under way");
}

fn deliver(world: &mut World<u64>, messages: u64) {
    for _ in 0..messages {
        let payload = world.pop().expect("a message is always under way");
        send(world, payload as u16, payload >> 16);
    }
}

fn raw(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("raw-world");
    group.throughput(Throughput::Elements(MESSAGES)).sample_size(20);
    let mut world = raw_world();
    group.bench_function("small messages among 5 actors", |bencher| {
        bencher.iter(|| deliver(black_box(&mut world), MESSAGES));
    });
    group.finish();
}

criterion_group!(benches, raw);
criterion_main!(benches);
