//! The smallest histories that break each promise.

use super::*;

const GUARANTEES: [Promise; 4] =
    [Promise::ReadYourWrites, Promise::MonotonicReads, Promise::MonotonicWrites, Promise::WritesFollowReads];

const R: Call = Call::Read;

/// Which of the four guarantees a history breaks.
fn broken(history: &History, model: Model) -> [bool; 4] {
    GUARANTEES.map(|promise| judged(history, model, promise).is_violated())
}

/// The guarantee alone is broken, and the witness is the whole history.
fn breaks_alone(sessions_of: &[&[(u32, Call, i64)]], promise: Promise) {
    let history = sessions(sessions_of);
    assert_eq!(broken(&history, Model::Register), GUARANTEES.map(|guarantee| guarantee == promise), "{promise:?}");
    let Finding::Violated(witness) = judged(&history, Model::Register, promise) else { panic!("{promise:?}") };
    assert_eq!(witness.operations.len(), history.operations.len(), "{promise:?}: there is a smaller one");
}

#[test]
fn each_session_guarantee_has_a_smallest_history_that_breaks_it_alone() {
    let w = write;
    breaks_alone(&[&[(0, w(1), 0), (0, R, 0)]], Promise::ReadYourWrites);
    breaks_alone(&[&[(0, w(1), 0)], &[(0, R, 1), (0, R, 0)]], Promise::MonotonicReads);
    breaks_alone(&[&[(0, w(1), 0), (0, w(2), 0)], &[(0, R, 2), (0, R, 1)]], Promise::MonotonicWrites);
    breaks_alone(&[&[(0, w(1), 0)], &[(0, R, 1), (0, w(2), 0)], &[(0, R, 2), (0, R, 1)]], Promise::WritesFollowReads);
}

#[test]
fn an_own_older_write_breaks_read_your_writes() {
    let history = sessions(&[&[(0, write(1), 0), (0, write(2), 0), (0, R, 1)]]);
    assert_eq!(broken(&history, Model::Register), [true, false, false, false]);
}

#[test]
fn servers_that_order_writes_differently_break_no_session() {
    let history = sessions(&[&[(0, write(1), 0), (0, R, 2)], &[(0, write(2), 0), (0, R, 1)]]);
    assert_eq!(broken(&history, Model::Register), [false; 4]);
}

/// A history over one set: additions, and reads of lists.
fn set(sessions: &[&[Result<i64, &[i64]>]]) -> History {
    let mut texts = Texts::default();
    let mut operations = Vec::new();
    let mut event = 0;
    for (process, session) in sessions.iter().enumerate() {
        for step in *session {
            let (call, answer) = match step {
                Ok(element) => (Call::Add(Datum::Int(*element)), Datum::Nil),
                Err(shown) => {
                    let shown: Vec<Datum> = shown.iter().map(|element| Datum::Int(*element)).collect();
                    (R, texts.list(&shown))
                }
            };
            operations.push((process as u32, 0, call, answer, event, event + 1));
            event += 2;
        }
    }
    History { texts, ..history(&operations) }
}

#[test]
fn a_set_shows_each_session_guarantee() {
    let alone = |at| [0, 1, 2, 3].map(|other| other == at);
    assert_eq!(broken(&set(&[&[Ok(1), Err(&[])]]), Model::Set), alone(0));
    assert_eq!(broken(&set(&[&[Ok(1)], &[Err(&[1]), Err(&[])]]), Model::Set), alone(1));
    assert_eq!(broken(&set(&[&[Ok(1), Ok(2)], &[Err(&[2])]]), Model::Set), alone(2));
    assert_eq!(broken(&set(&[&[Ok(1)], &[Err(&[1]), Ok(2)], &[Err(&[2])]]), Model::Set), alone(3));
    assert_eq!(broken(&set(&[&[Ok(1), Ok(2), Err(&[1, 2])]]), Model::Set), [false; 4]);
}

fn verdict(operations: &[(u32, u32, Call, Datum, u32, u32)], model: Model, promise: Promise) -> Option<usize> {
    match judged(&history(operations), model, promise) {
        Finding::Violated(witness) => Some(witness.operations.len()),
        Finding::Holds(_) => None,
        Finding::Unknown(reason) => panic!("{reason}"),
    }
}

#[test]
fn regular_allows_the_write_beside_and_the_last_before_and_no_other() {
    let (one, two, nil) = (Datum::Int(1), Datum::Int(2), Datum::Nil);
    let read =
        |answer, from, to| [(0, 0, write(1), nil, 0, 1), (0, 0, write(2), nil, 4, 9), (1, 0, R, answer, from, to)];
    let judge = |answer, from, to| verdict(&read(answer, from, to), Model::Register, Promise::Regular);
    assert_eq!(judge(one, 5, 6), None, "the last before");
    assert_eq!(judge(two, 5, 6), None, "the one beside");
    assert_eq!(judge(nil, 5, 6), Some(2), "the start, although a write was over");
    assert_eq!(judge(one, 10, 11), Some(3), "a write lies between");
    assert_eq!(judge(two, 2, 3), Some(2), "a write from the future");
    let inverted =
        [(0, 0, write(1), nil, 0, 1), (0, 0, write(2), nil, 2, 9), (1, 0, R, two, 3, 4), (1, 0, R, one, 5, 6)];
    assert_eq!(verdict(&inverted, Model::Register, Promise::Regular), None, "new and then old beside a write");
    assert_eq!(verdict(&inverted, Model::Register, Promise::Linearizable), Some(3));
}

#[test]
fn a_name_given_twice_is_found_under_both_promises() {
    let name = |at: u32, id| (at, 0, Call::Generate, Datum::Int(id), 2 * at, 2 * at + 1);
    for promise in [Promise::UniqueIds, Promise::Linearizable] {
        assert_eq!(verdict(&[name(0, 7), name(1, 8), name(2, 7)], Model::UniqueIds, promise), Some(2));
        assert_eq!(verdict(&[name(0, 7), name(1, 8)], Model::UniqueIds, promise), None);
    }
}

#[test]
fn a_counter_counts_each_addition_once() {
    let add = |at: u32, returned| (at, 0, Call::Add(Datum::Int(2)), Datum::Nil, 2 * at, returned);
    let read = |at: u32, sum| (9, 0, R, Datum::Int(sum), 2 * at, 2 * at + 1);
    let judge = |operations: &[_]| verdict(operations, Model::Counter, Promise::Linearizable);
    assert_eq!(judge(&[add(0, 1), add(1, 3), read(2, 4)]), None);
    assert_eq!(judge(&[add(0, 1), add(1, 3), read(2, 2)]), Some(3));
    assert_eq!(judge(&[add(0, 1), add(1, NEVER), read(2, 2), read(3, 4)]), None, "the unknown one came late");
    assert_eq!(judge(&[add(0, 1), read(1, 3)]), Some(1), "no number of additions makes an odd sum");
}

#[test]
fn a_set_keeps_what_was_added() {
    let lost = set(&[&[Ok(1), Ok(2), Err(&[2])]]);
    assert!(judged(&lost, Model::Set, Promise::Linearizable).is_violated());
    let kept = set(&[&[Ok(1), Ok(2), Err(&[2, 1])]]);
    assert!(judged(&kept, Model::Set, Promise::Linearizable).holds());
}

#[test]
fn texts_grow_by_what_is_appended() {
    let mut texts = Texts::default();
    let [a, b, ab, ba] = ["a", "b", "ab", "ba"].map(|text| texts.text(text));
    let made = |answer, from| {
        let operations = [
            (0, 0, Call::Write(a), Datum::Nil, 0, 1),
            (1, 0, Call::Append(b), Datum::Nil, from, 3),
            (2, 0, R, answer, 4, 5),
        ];
        History { texts: texts.clone(), ..history(&operations) }
    };
    assert!(judged(&made(ab, 2), Model::Kv, Promise::Linearizable).holds());
    assert!(judged(&made(ba, 2), Model::Kv, Promise::Linearizable).is_violated());
    assert!(judged(&made(a, 2), Model::Kv, Promise::Linearizable).is_violated());
}

/// Accounts 1 and 2 with these amounts.
fn bank(reads: &[[i64; 2]], is_moved: bool) -> History {
    let mut texts = Texts::default();
    let mut operations = Vec::new();
    if is_moved {
        operations.push((0, 0, Call::Transfer(Datum::Int(1), Datum::Int(2), 5), Datum::Nil, 1, 100));
    }
    for (at, [one, two]) in reads.iter().enumerate() {
        let items = [1, *one, 2, *two].map(Datum::Int);
        let at = 2 + 2 * at as u32;
        operations.push((1, 0, R, texts.list(&items), at, at + 1));
    }
    History { texts, ..history(&operations) }
}

#[test]
fn money_moves_and_neither_appears_nor_vanishes() {
    let sum = |history: &History| judged(history, Model::Bank, Promise::ConstantSum);
    let order = |history: &History| judged(history, Model::Bank, Promise::Linearizable);
    let fine = bank(&[[10, 10], [5, 15]], true);
    assert!(sum(&fine).holds() && order(&fine).holds());
    let torn = bank(&[[10, 10], [5, 10]], true);
    assert!(sum(&torn).is_violated() && order(&torn).is_violated());
    let moved_by_nobody = bank(&[[10, 10], [5, 15]], false);
    assert!(sum(&moved_by_nobody).holds() && order(&moved_by_nobody).is_violated());
    let there_and_back = bank(&[[10, 10], [5, 15], [10, 10]], true);
    assert!(sum(&there_and_back).holds() && order(&there_and_back).is_violated());
}

#[test]
fn a_promise_that_means_nothing_for_a_model_is_refused_by_name() {
    let history = sessions(&[&[(0, write(1), 0)]]);
    for promise in [Promise::UniqueIds, Promise::ConstantSum] {
        assert_eq!(judged(&history, Model::Register, promise), Finding::Unknown(Reason::WrongModel));
    }
}
