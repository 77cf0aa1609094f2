//! The models that the lab's own services need, against the independent replayer: all orders are tried.

use super::*;
use crate::check::black_box::replay::{Keeping, replay};

/// Whether some order of what happened, and of some of what may have, is right.
fn has_right_order(history: &History, model: Model) -> bool {
    let all: Vec<u32> = (0..history.operations.len() as u32).collect();
    let doubtful: Vec<u32> =
        all.iter().copied().filter(|number| !history.operations[*number as usize].is_done()).collect();
    (0..1_u32 << doubtful.len()).any(|left_out| {
        let is_out = |number: &u32| {
            let place = doubtful.iter().position(|other| other == number);
            place.is_some_and(|place| left_out >> place & 1 == 1)
        };
        let kept: Vec<u32> = all.iter().copied().filter(|number| !is_out(number)).collect();
        some_order(history, model, &mut kept.clone(), 0)
    })
}

fn some_order(history: &History, model: Model, order: &mut Vec<u32>, from: usize) -> bool {
    if from == order.len() {
        return replay(history, model, order, Keeping::RealTime).is_ok();
    }
    (from..order.len()).any(|other| {
        order.swap(from, other);
        let is_found = some_order(history, model, order, from + 1);
        order.swap(from, other);
        is_found
    })
}

/// A call of a service, and what it is told.
fn call(dice: &mut Dice, model: Model, texts: &mut Texts) -> (Call, Datum) {
    let amount = Datum::Int(1 + dice.below(3) as i64);
    let number = dice.below(4) as i64;
    match (model, dice.below(4)) {
        (Model::Counter, 0) => (Call::Add(amount), Datum::Nil),
        (Model::Counter, 1) => (Call::Take(amount), Datum::Nil),
        (Model::Counter, 2) => (Call::Lacks(amount), Datum::Nil),
        (Model::Log, 0 | 1) => (Call::Post(amount), Datum::Nil),
        (Model::Log, _) if number == 0 => (Call::Read, Datum::Nil),
        (Model::Log, _) => (Call::Read, texts.list(&[Datum::Int(number), amount])),
        (Model::CasRegister, 0) => (Call::Cas(Datum::Nil, amount), Datum::Nil),
        (Model::CasRegister, 1) => (Call::Write(Datum::Nil), Datum::Nil),
        (Model::CasRegister, 2) => (Call::Exists, Datum::Nil),
        (Model::CasRegister, _) if number == 0 => (Call::Read, Datum::Nil),
        (_, _) => (Call::Read, Datum::Int(number)),
    }
}

fn random_of(dice: &mut Dice, model: Model) -> History {
    let mut texts = Texts::default();
    let mut made: Vec<(u32, u32, Call, Datum, u32, u32)> = Vec::new();
    let mut open: [Option<usize>; 3] = [None; 3];
    for event in 0..8 {
        let process = dice.below(3) as usize;
        if let Some(number) = open[process].take() {
            made[number].5 = event;
        } else if made.len() < 4 {
            let (call, answer) = call(dice, model, &mut texts);
            open[process] = Some(made.len());
            made.push((process as u32, 0, call, answer, event, NEVER));
        }
    }
    made.retain(|operation| operation.2.is_update() || operation.5 != NEVER);
    let mut history = history(&made);
    history.texts = texts;
    history
}

#[test]
fn quantities_logs_and_items_are_judged_as_all_orders_say() {
    for model in [Model::Counter, Model::Log, Model::CasRegister] {
        let mut holding = 0;
        for seed in 0..1_500 {
            let history = random_of(&mut Dice(seed), model);
            let finding = judged(&history, model, Promise::Linearizable);
            assert_eq!(finding.holds(), has_right_order(&history, model), "{model:?}, seed {seed}: {history:#?}");
            if let Finding::Holds(Some(order)) = &finding {
                assert_eq!(replay(&history, model, order, Keeping::RealTime), Ok(()), "{model:?}, seed {seed}");
                holding += 1;
            }
        }
        assert!((150..1_350).contains(&holding), "{model:?}: {holding} of 1,500 hold, both have to be frequent");
    }
}
