//! The judge of linearizability beside the crate porcupine-rs, on the same contended registers, in one run.
//!
//! ```text
//! cd bench-peers && cargo run --release
//! ```
//!
//! Both give verdicts only. An operation with an unknown outcome returns, for the peer, after everything else, which
//! is how its own tests do it; a write that never took effect is then one that took effect at the end, so the verdicts
//! are the same. The time is the best of several runs, since that is the one the machine disturbed least.

#[path = "../../benches/contended.rs"]
mod contended;

use std::hint::black_box;
use std::time::{Duration, Instant};

use contended::{Shape, contended};
use driftlab::check::black_box::{Call, Datum, History, Model, Work, linearizable};
use porcupine_rs::Operation;

/// A register with compare-and-set, as the peer wants it.
#[derive(Clone)]
struct CasRegister;

/// What was asked, and what was answered. A compare-and-set of unknown outcome may have found something else.
#[derive(Clone, Debug)]
struct Asked {
    call: Call,
    answer: Datum,
    is_done: bool,
}

impl porcupine_rs::Model for CasRegister {
    type State = Datum;
    type Op = Asked;
    type Metadata = ();

    fn init() -> Datum {
        Datum::Nil
    }

    fn step(state: &Datum, asked: &Asked) -> (bool, Datum) {
        match asked.call {
            Call::Write(value) => (true, value),
            Call::Cas(from, to) if *state == from => (true, to),
            Call::Cas(..) => (!asked.is_done, *state),
            _ => (*state == asked.answer, *state),
        }
    }
}

fn for_peer(history: &History) -> Vec<Operation<CasRegister>> {
    let operation = |one: &driftlab::check::black_box::Operation| Operation {
        client_id: Some(one.process),
        call_time: i64::from(one.invoked),
        return_time: if one.is_done() {
            i64::from(one.returned)
        } else {
            i64::from(history.events) + i64::from(one.invoked)
        },
        op: Asked { call: one.call, answer: one.answer, is_done: one.is_done() },
        metadata: None,
    };
    history.operations.iter().map(operation).collect()
}

/// The best time of several runs, and how many histories are legal.
fn best(runs: u32, mut judge: impl FnMut() -> usize) -> (Duration, usize) {
    let mut shortest = Duration::MAX;
    let mut legal = 0;
    for _ in 0..runs {
        let start = Instant::now();
        legal = black_box(judge());
        shortest = shortest.min(start.elapsed());
    }
    (shortest, legal)
}

fn main() {
    let own = |history: &History| {
        linearizable::holds(history, Model::CasRegister, &mut Work::new(Work::MOST, &mut |_| {})) == Ok(true)
    };
    println!("{:40} {:>12} {:>12} {:>8}   legal", "100 histories", "driftlab", "porcupine-rs", "times");
    for (name, operations, processes, doubt, lies) in [
        ("170 operations, 5 processes, legal", 170, 5, 0, 0),
        ("170 operations, 5 processes, lies", 170, 5, 0, 60),
        ("170 operations, some unknown", 170, 5, 30, 0),
        ("170 operations, some unknown, lies", 170, 5, 30, 100),
        ("2000 operations, 8 processes, legal", 2_000, 8, 0, 0),
        ("2000 operations, 8 processes, lies", 2_000, 8, 0, 600),
    ] {
        let shape = Shape { operations, processes, values: 5, doubt, lies };
        let histories: Vec<History> = (0..100).map(|seed| contended(&shape, seed)).collect();
        let peers: Vec<Vec<Operation<CasRegister>>> = histories.iter().map(for_peer).collect();
        let (ours, legal) = best(5, || histories.iter().filter(|history| own(history)).count());
        let (theirs, legal_too) =
            best(2, || peers.iter().filter(|history| porcupine_rs::check_operations::<CasRegister>(history)).count());
        assert_eq!(legal, legal_too, "the verdicts differ");
        let times = theirs.as_secs_f64() / ours.as_secs_f64();
        println!("{name:40} {ours:>12.2?} {theirs:>12.2?} {times:>7.1}×   {legal}");
    }
}
