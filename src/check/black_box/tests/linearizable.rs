//! The judge of orders against brute force.

use super::*;
use crate::check::black_box::linearizable::{judge as judge_linearizable, judge_by_search};
use crate::check::black_box::replay::{Keeping, replay};

/// All calls that a client can make in the small world: one value to write, and one to swap it for.
const CALLS: [(Call, Datum); 5] = [
    (Call::Read, Datum::Nil),
    (Call::Read, Datum::Int(1)),
    (Call::Read, Datum::Int(2)),
    (Call::Write(Datum::Int(1)), Datum::Nil),
    (Call::Cas(Datum::Int(1), Datum::Int(2)), Datum::Nil),
];

/// All ways in which the invocations and returns of two clients with so many operations can follow each other, as who
/// is next.
fn interleavings(one: usize, other: usize) -> Vec<Vec<usize>> {
    if one == 0 && other == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (client, rest) in
        [(0, one.checked_sub(1).map(|one| (one, other))), (1, other.checked_sub(1).map(|other| (one, other)))]
    {
        for mut tail in rest.map(|(one, other)| interleavings(one, other)).unwrap_or_default() {
            tail.insert(0, client);
            all.push(tail);
        }
    }
    all
}

/// Where the operations of two clients begin and end, for all ways that differ in what was over before what.
fn schedules(one: usize, other: usize) -> Vec<Vec<(u32, u32, u32)>> {
    let mut seen = std::collections::BTreeSet::new();
    let mut all = Vec::new();
    for order in interleavings(2 * one, 2 * other) {
        let mut counts = [0; 2];
        let mut spans: Vec<(u32, u32, u32)> = Vec::new();
        let mut open = [usize::MAX; 2];
        for (event, client) in order.iter().copied().enumerate() {
            if counts[client] % 2 == 0 {
                open[client] = spans.len();
                spans.push((client as u32, event as u32, NEVER));
            } else {
                spans[open[client]].2 = event as u32;
            }
            counts[client] += 1;
        }
        let before: Vec<(u32, Vec<bool>)> =
            spans.iter().map(|span| (span.0, spans.iter().map(|other| span.2 < other.1).collect())).collect();
        if seen.insert(before) {
            all.push(spans);
        }
    }
    all
}

fn agree(history: &History, seed: u64) {
    let expected = has_order(&history.operations, &[], &real_time);
    let finding = judged(history, Model::CasRegister, Promise::Linearizable);
    assert_eq!(finding.holds(), expected, "seed {seed}: {history:#?}");
    if let Finding::Holds(Some(order)) = finding {
        assert_eq!(replay(history, Model::CasRegister, &order, Keeping::RealTime), Ok(()), "seed {seed}: {history:#?}");
    }
}

/// All calls to up to `most` operations: 5^6 for each of the schedules.
fn all_histories(most: usize) -> u64 {
    let mut count = 0;
    for total in 1..=most {
        for one in total.div_ceil(2)..=total {
            for spans in schedules(one, total - one) {
                for number in 0..5_usize.pow(total as u32) {
                    let call = |at: usize| CALLS[number / 5_usize.pow(at as u32) % 5];
                    let operations: Vec<_> = spans
                        .iter()
                        .enumerate()
                        .map(|(at, (client, invoked, returned))| {
                            (*client, 0, call(at).0, call(at).1, *invoked, *returned)
                        })
                        .collect();
                    agree(&history(&operations), number as u64);
                    count += 1;
                }
            }
        }
    }
    count
}

#[test]
fn linearizable_is_brute_force_on_all_small_histories() {
    assert!(all_histories(5) > 100_000);
}

/// 6 operations are some millions of histories: `cargo test --lib -- --ignored histories_of_six`.
#[test]
#[ignore = "a minute"]
fn linearizable_is_brute_force_on_all_histories_of_six() {
    assert!(all_histories(6) > 1_000_000);
}

#[test]
fn linearizable_is_brute_force_on_random_histories() {
    let mut holding = 0;
    for seed in 0..100_000 {
        let shape =
            Shape { operations: 8, processes: 3, keys: 1, values: 3, has_cas: true, has_doubt: true, is_unique: false };
        let history = random(&mut Dice(seed), &shape);
        agree(&history, seed);
        holding += u32::from(has_order(&history.operations, &[], &real_time));
    }
    assert!((20_000..80_000).contains(&holding), "{holding} of 100,000 hold: both ways have to be frequent");
}

fn unique_path_is_the_search(seeds: u64) {
    for seed in 0..seeds {
        let mut dice = Dice(seed);
        let shape = Shape {
            operations: 12,
            processes: 4,
            keys: 1 + dice.below(2),
            values: 5,
            has_cas: false,
            has_doubt: true,
            is_unique: true,
        };
        let history = random(&mut dice, &shape);
        let quick = judged(&history, Model::Register, Promise::Linearizable);
        let slow = judge_by_search(&history, Model::Register, &mut Work::new(Work::MOST, &mut |_| {}));
        assert_eq!(quick.holds(), slow.holds(), "seed {seed}: {history:#?}");
        for finding in [quick, slow] {
            if let Finding::Holds(Some(order)) = finding {
                assert_eq!(replay(&history, Model::Register, &order, Keeping::RealTime), Ok(()), "seed {seed}");
            }
        }
    }
}

#[test]
fn the_unique_path_is_the_search() {
    unique_path_is_the_search(30_000);
}

/// `cargo test --lib -- --ignored the_unique_path`.
#[test]
#[ignore = "ten times as many as in every run"]
fn the_unique_path_is_the_search_on_300_000() {
    unique_path_is_the_search(300_000);
}

#[test]
fn a_search_without_work_left_says_so() {
    let history = sessions(&[&[(0, write(1), 0), (0, write(1), 0)]]);
    let finding = judge_linearizable(&history, Model::CasRegister, &mut Work::new(0, &mut |_| {}));
    assert_eq!(finding, Finding::Unknown(Reason::WorkSpent(0)));
}

#[test]
fn more_open_operations_than_bits_are_refused_by_name() {
    let operations: Vec<_> = (0..200).map(|at| (at, 0, write(i64::from(at % 3)), Datum::Nil, at, 1_000 + at)).collect();
    let finding = judged(&history(&operations), Model::Register, Promise::Linearizable);
    assert_eq!(finding, Finding::Unknown(Reason::OpenMax(128)));
}

#[test]
fn the_replayer_refuses_what_is_wrong() {
    use crate::check::black_box::replay::Wrong;
    let history = sessions(&[&[(0, write(1), 0), (0, Call::Read, 1)], &[(0, write(2), 0)]]);
    // In their order: write 1, write 2, read → 1.
    let check = |order: &[u32], keeping| replay(&history, Model::Register, order, keeping);
    assert_eq!(check(&[0, 1, 2], Keeping::RealTime), Err(Wrong::Answer(2)));
    assert_eq!(check(&[1, 0, 2], Keeping::RealTime), Err(Wrong::Late(1, 0)));
    assert_eq!(check(&[1, 0, 2], Keeping::Process), Ok(()));
    assert_eq!(check(&[0, 1], Keeping::RealTime), Err(Wrong::Missing(2)));
    assert_eq!(check(&[0, 1, 1], Keeping::RealTime), Err(Wrong::Stray(1)));
}
