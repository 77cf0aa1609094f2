//! The causal judges: the paper's example histories, and the hierarchy.

use super::*;

const CAUSAL: [Promise; 3] = [Promise::CausalConsistency, Promise::CausalConvergence, Promise::CausalMemory];

/// x, y and z are keys 0, 1 and 2.
fn verdicts(sessions_of: &[&[(u32, Call, i64)]]) -> [bool; 4] {
    let history = sessions(sessions_of);
    let mut all = [false; 4];
    for (at, promise) in CAUSAL.into_iter().enumerate() {
        all[at] = judged(&history, Model::Register, promise).holds();
    }
    // Sequential by brute force, so that the search is not its own witness.
    all[3] = has_order(&history.operations, &[], &same_process);
    assert_eq!(judged(&history, Model::Register, Promise::Sequential).holds(), all[3]);
    all
}

const R: Call = Call::Read;

#[test]
fn the_five_examples_of_the_paper_are_judged_as_it_says() {
    // (a) Two processes each see the other's write after their own: no order of the two for both.
    let a_found = verdicts(&[&[(0, write(1), 0), (0, R, 2)], &[(0, write(2), 0), (0, R, 1)]]);
    assert_eq!(a_found, [true, false, true, false]);
    // (b) To see y 1 is to have seen x 1 and z 1; then x 2 must come back, and z was read too early for that.
    let b_found = verdicts(&[
        &[(2, write(1), 0), (0, write(1), 0), (1, write(1), 0)],
        &[(0, write(2), 0), (2, R, 0), (1, R, 1), (0, R, 2)],
    ]);
    assert_eq!(b_found, [true, true, false, false]);
    // (c) The second process changes its mind twice.
    let c_found = verdicts(&[&[(0, write(1), 0)], &[(0, write(2), 0), (0, R, 1), (0, R, 2)]]);
    assert_eq!(c_found, [true, false, false, false]);
    // (d) Nobody sees the other's y, so each may see its own x last; no one order explains it.
    let d_found = verdicts(&[
        &[(0, write(1), 0), (1, R, 0), (1, write(1), 0), (0, R, 1)],
        &[(0, write(2), 0), (1, R, 0), (1, write(2), 0), (0, R, 2)],
    ]);
    assert_eq!(d_found, [true, true, true, false]);
    // (e) x 1 is a cause of x 2, and comes back after it.
    let e_found =
        verdicts(&[&[(0, write(1), 0), (1, write(1), 0)], &[(1, R, 1), (0, write(2), 0)], &[(0, R, 2), (0, R, 1)]]);
    assert_eq!(e_found, [false; 4]);
}

/// If the first holds, so does the second.
const IMPLIES: [(Promise, Promise); 13] = [
    (Promise::Linearizable, Promise::Sequential),
    (Promise::Linearizable, Promise::Regular),
    (Promise::Sequential, Promise::CausalMemory),
    (Promise::Sequential, Promise::CausalConvergence),
    (Promise::CausalMemory, Promise::CausalConsistency),
    (Promise::CausalConvergence, Promise::CausalConsistency),
    (Promise::Sequential, Promise::ReadYourWrites),
    (Promise::Sequential, Promise::MonotonicReads),
    (Promise::Sequential, Promise::MonotonicWrites),
    (Promise::Sequential, Promise::WritesFollowReads),
    (Promise::CausalMemory, Promise::ReadYourWrites),
    (Promise::CausalMemory, Promise::MonotonicReads),
    (Promise::CausalMemory, Promise::WritesFollowReads),
];

fn hierarchy(seeds: u64) {
    let mut strict = [0; IMPLIES.len()];
    for seed in 0..seeds {
        let mut dice = Dice(seed);
        let shape = Shape {
            operations: 4 + seed % 8,
            processes: 3,
            keys: 2,
            values: 6,
            has_cas: false,
            has_doubt: seed % 3 == 0,
            is_unique: true,
        };
        let history = random(&mut dice, &shape);
        let holds: Vec<(Promise, bool)> = Promise::ALL[..10]
            .iter()
            .map(|promise| (*promise, judged(&history, Model::Register, *promise).holds()))
            .collect();
        let of = |promise| holds.iter().any(|(other, holds)| *other == promise && *holds);
        for (at, (strong, weak)) in IMPLIES.into_iter().enumerate() {
            assert!(!of(strong) || of(weak), "seed {seed}: {strong:?} without {weak:?}: {history:#?}");
            strict[at] += u64::from(of(weak) && !of(strong));
        }
    }
    assert!(strict.iter().all(|count| *count > 0), "no two are the same: {strict:?}");
}

#[test]
fn the_hierarchy_holds_on_random_histories() {
    hierarchy(10_000);
}

/// `cargo test --lib -- --ignored the_hierarchy`.
#[test]
#[ignore = "ten times as many as in every run"]
fn the_hierarchy_holds_on_100_000_random_histories() {
    hierarchy(100_000);
}

#[test]
fn sequential_is_brute_force_on_random_histories() {
    for seed in 0..5_000 {
        let shape =
            Shape { operations: 7, processes: 3, keys: 2, values: 2, has_cas: true, has_doubt: true, is_unique: false };
        let history = random(&mut Dice(seed), &shape);
        let expected = has_order(&history.operations, &[], &same_process);
        let finding = judged(&history, Model::CasRegister, Promise::Sequential);
        assert_eq!(finding.holds(), expected, "seed {seed}: {history:#?}");
        if let Finding::Holds(Some(order)) = finding {
            let replayed = replay::replay(&history, Model::CasRegister, &order, replay::Keeping::Process);
            assert_eq!(replayed, Ok(()), "seed {seed}");
        }
    }
}

#[test]
fn values_written_twice_cannot_be_followed() {
    let history = sessions(&[&[(0, write(1), 0), (0, write(1), 0)]]);
    for promise in CAUSAL {
        assert_eq!(judged(&history, Model::Register, promise), Finding::Unknown(Reason::NotUnique));
    }
}
