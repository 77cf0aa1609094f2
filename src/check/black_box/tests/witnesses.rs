//! Witnesses: each operation is needed, by brute force; and what is said about them.

use super::*;
use crate::check::black_box::{timeline, words};

/// The different updates that a witness leaves out.
fn left_out(history: &History, kept: &[u32]) -> Vec<Call> {
    let is_out = |number: &usize| !kept.contains(&(*number as u32));
    let calls = (0..history.operations.len()).filter(is_out).map(|number| history.operations[number].call);
    calls.filter(|call| call.is_update()).collect()
}

fn is_legal(history: &History, kept: &[u32], is_before: &dyn Fn(&Operation, &Operation) -> bool) -> bool {
    let operations: Vec<Operation> = kept.iter().map(|number| history.operations[*number as usize]).collect();
    has_order(&operations, &left_out(history, kept), is_before)
}

fn is_minimal(history: &History, witness: &Witness, is_before: &dyn Fn(&Operation, &Operation) -> bool, seed: u64) {
    let kept = &witness.operations;
    assert!(witness.is_minimal, "seed {seed}");
    assert!(!is_legal(history, kept, is_before), "seed {seed}: the witness {kept:?} is legal in {history:#?}");
    for at in 0..kept.len() {
        let mut rest = kept.clone();
        rest.remove(at);
        assert!(is_legal(history, &rest, is_before), "seed {seed}: {at} of {kept:?} is not needed in {history:#?}");
    }
}

#[test]
fn every_operation_of_a_witness_is_needed() {
    let mut violated = 0;
    for seed in 0..6_000 {
        let mut dice = Dice(seed);
        let is_unique = dice.below(2) == 0;
        let shape =
            Shape { operations: 8, processes: 3, keys: 1, values: 3, has_cas: !is_unique, has_doubt: true, is_unique };
        let history = random(&mut dice, &shape);
        if let Finding::Violated(witness) = judged(&history, Model::CasRegister, Promise::Linearizable) {
            is_minimal(&history, &witness, &real_time, seed);
            violated += 1;
        }
        if let Finding::Violated(witness) = judged(&history, Model::CasRegister, Promise::Sequential) {
            is_minimal(&history, &witness, &same_process, seed);
        }
    }
    assert!(violated > 1_000);
}

#[test]
fn every_operation_of_other_witnesses_is_needed() {
    // A part of a witness as a history of its own, in which reads of writes left out say nothing.
    let part = |history: &History, kept: &[u32]| {
        let mut part = history.clone();
        part.operations = kept.iter().map(|number| history.operations[*number as usize]).collect();
        let is_left_out = |read: &Operation| {
            let wrote = |other: &Operation| other.key == read.key && other.call == Call::Write(read.answer);
            read.call == Call::Read && history.operations.iter().any(wrote) && !part.operations.iter().any(wrote)
        };
        let silent: Vec<bool> = part.operations.iter().map(is_left_out).collect();
        let mut silent = silent.iter();
        part.operations.retain(|_| silent.next() == Some(&false));
        part
    };
    let promises = [
        Promise::CausalConsistency,
        Promise::CausalConvergence,
        Promise::CausalMemory,
        Promise::ReadYourWrites,
        Promise::MonotonicReads,
        Promise::MonotonicWrites,
        Promise::WritesFollowReads,
        Promise::Regular,
    ];
    let mut violated = [0; 8];
    for seed in 0..4_000 {
        let mut dice = Dice(seed);
        let shape = Shape {
            operations: 14,
            processes: 3,
            keys: 1 + seed % 2,
            values: 6,
            has_cas: false,
            has_doubt: false,
            is_unique: true,
        };
        let history = random(&mut dice, &shape);
        for (at, promise) in promises.into_iter().enumerate() {
            let Finding::Violated(witness) = judged(&history, Model::Register, promise) else { continue };
            violated[at] += 1;
            let kept = &witness.operations;
            assert!(judged(&part(&history, kept), Model::Register, promise).is_violated(), "{promise:?} {seed}");
            for left in 0..kept.len() {
                let mut rest = kept.clone();
                rest.remove(left);
                assert!(judged(&part(&history, &rest), Model::Register, promise).holds(), "{promise:?} {seed} {left}");
            }
        }
    }
    assert!(violated.iter().all(|count| *count > 10), "{violated:?}");
}

#[test]
fn a_stale_read_is_said_in_one_sentence_and_drawn() {
    let mut history = sessions(&[&[(0, write(1), 0), (0, write(2), 0), (0, write(3), 0)], &[], &[]]);
    history.processes = vec!["ana".into(), "ben".into(), "cyd".into()];
    history.keys = vec!["".into()];
    let read = Operation { process: 1, invoked: 4, returned: 9, call: Call::Read, ..history.operations[0] };
    history.operations.push(Operation { answer: Datum::Int(1), ..read });
    history.operations[2].invoked = 5;
    history.operations[2].returned = NEVER;
    history.operations.sort_by_key(|operation| operation.invoked);
    let Finding::Violated(witness) = judged(&history, Model::Register, Promise::Linearizable) else { panic!("it is") };
    assert_eq!(
        words::sentence(&history, Promise::Linearizable, &witness),
        "linearizable: process ana's write 1 (event 0), then process ana's write 2 (event 2), then process ben's \
         read → 1 (event 4) cannot all be, although each operation was to take effect at one instant between its \
         invocation and its return"
    );
    let picture = ["ana  ├─ write 1 ─┤ ├─ write 2 ─┤", "ben                              ├─ read → 1 ─┤"];
    assert_eq!(timeline::timeline(&history, &witness.operations), picture);
}
