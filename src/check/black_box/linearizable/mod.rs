//! Linearizable: every operation takes effect at one instant between its invocation and its return.
//!
//! Herlihy and Wing, *Linearizability: A Correctness Condition for Concurrent Objects*, TOPLAS 1990. The promise is
//! local: a history keeps it exactly when the operations of each key do, so each key is judged by itself. An operation
//! whose outcome is unknown may take effect at any instant after its invocation, or never.
//!
//! ```text
//!  key ──▶ every value written once? ──▶ zones: one sweep
//!              └─ no, or other calls ──▶ search: memoised, bounded
//! ```

mod search;
mod zones;

use super::history::{Call, History, NEVER, Operation};
use super::minimal;
use super::models::{Bank, Counter, Kv, Log, Machine, Register, Set};
use super::promise::Model;
use super::unique_ids;
use super::verdict::{Finding, Reason, Work};

use search::Found;
use zones::Zones;

/// Judges a history.
pub fn judge(history: &History, model: Model, work: &mut Work<'_>) -> Finding {
    if model == Model::UniqueIds {
        return with_order_of_invocations(history, unique_ids::judge(history));
    }
    let mut order = Vec::with_capacity(history.operations.len());
    let mut gave_up = None;
    for numbers in history.by_key() {
        match judge_key(history, model, &numbers, work) {
            Ok(Judged::Order(own)) => order.extend(own),
            Ok(Judged::Broken(candidates)) => {
                return Finding::Violated(explain(history, model, &candidates, &numbers, work));
            }
            Err(reason) => gave_up = gave_up.or(Some(reason)),
        }
    }
    match gave_up {
        Some(reason) => Finding::Unknown(reason),
        None if history.keys.len() > 1 => Finding::Holds(Some(merged(history, order))),
        None => Finding::Holds(Some(order)),
    }
}

/// Whether a history keeps the promise, without an order or a witness.
///
/// # Errors
/// If the judge cannot know.
pub fn holds(history: &History, model: Model, work: &mut Work<'_>) -> Result<bool, Reason> {
    for numbers in history.by_key() {
        if let Judged::Broken(_) = judge_key(history, model, &numbers, work)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The same without the quick way, to compare the two.
pub fn judge_by_search(history: &History, model: Model, work: &mut Work<'_>) -> Finding {
    let mut order = Vec::new();
    for numbers in history.by_key() {
        match search_all(history, model, &numbers, work) {
            Ok(Found::Order(own)) => order.extend(own.into_iter().map(|number| numbers[number as usize])),
            Ok(Found::Stuck(_)) => return Finding::Violated(explain(history, model, &numbers, &numbers, work)),
            Err(reason) => return Finding::Unknown(reason),
        }
    }
    Finding::Holds(Some(merged(history, order)))
}

/// Whether these operations of one key have no order, whatever the updates of that key that are left out did.
pub(super) fn is_broken(
    history: &History,
    model: Model,
    numbers: &[u32],
    of_key: &[u32],
    work: &mut Work<'_>,
) -> Result<bool, Reason> {
    let strangers = minimal::left_out(history, numbers, of_key);
    let operations: Vec<Operation> = numbers.iter().map(|number| history.operations[*number as usize]).collect();
    Ok(matches!(search_with(history, model, &operations, &strangers, work)?, Found::Stuck(_)))
}

enum Judged {
    Order(Vec<u32>),
    /// Operations that have no order; those before the place where the search got stuck.
    Broken(Vec<u32>),
}

fn judge_key(history: &History, model: Model, numbers: &[u32], work: &mut Work<'_>) -> Result<Judged, Reason> {
    if matches!(model, Model::Register | Model::CasRegister) {
        work.take(numbers.len() as u64 / 16)?;
        match zones::judge(history, numbers) {
            Zones::Order(order) => return Ok(Judged::Order(order)),
            Zones::Broken(operations) => return Ok(Judged::Broken(operations)),
            Zones::NotUnique => {}
        }
    }
    Ok(match search_all(history, model, numbers, work)? {
        Found::Order(order) => Judged::Order(order.into_iter().map(|number| numbers[number as usize]).collect()),
        Found::Stuck(event) => {
            let begins_before = |number: &u32| history.operations[*number as usize].invoked < event;
            Judged::Broken(numbers.iter().copied().filter(begins_before).collect())
        }
    })
}

fn search_all(history: &History, model: Model, numbers: &[u32], work: &mut Work<'_>) -> Result<Found, Reason> {
    let operations: Vec<Operation> = numbers.iter().map(|number| history.operations[*number as usize]).collect();
    search_with(history, model, &operations, &[], work)
}

fn search_with(
    history: &History,
    model: Model,
    operations: &[Operation],
    strangers: &[Call],
    work: &mut Work<'_>,
) -> Result<Found, Reason> {
    match model {
        Model::Register | Model::CasRegister => run::<Register>(history, operations, strangers, work),
        Model::Counter => run::<Counter>(history, operations, strangers, work),
        Model::Set => run::<Set>(history, operations, strangers, work),
        Model::Kv => run::<Kv>(history, operations, strangers, work),
        Model::Bank => run::<Bank>(history, operations, strangers, work),
        Model::Log => run::<Log>(history, operations, strangers, work),
        // Names have a judge of their own.
        Model::UniqueIds => Err(Reason::WrongModel),
    }
}

fn run<M: Machine>(
    history: &History,
    operations: &[Operation],
    strangers: &[Call],
    work: &mut Work<'_>,
) -> Result<Found, Reason> {
    search::search(&M::new(&history.texts, operations, strangers), operations, work)
}

fn explain(history: &History, model: Model, candidates: &[u32], of_key: &[u32], work: &mut Work<'_>) -> super::Witness {
    let mut is_broken = |numbers: &[u32]| is_broken(history, model, numbers, of_key, work);
    // The rest of the history may explain what the candidates alone cannot: a value that was written later.
    let candidates = if matches!(is_broken(candidates), Ok(true)) { candidates } else { of_key };
    minimal::minimal(candidates, is_broken)
}

/// The orders of the keys as one: each operation at the earliest instant that its own order allows.
fn merged(history: &History, order: Vec<u32>) -> Vec<u32> {
    let mut earliest = vec![0_u32; history.keys.len()];
    let mut points: Vec<(u32, u32)> = Vec::with_capacity(order.len());
    for number in order {
        let operation = &history.operations[number as usize];
        let earliest = &mut earliest[operation.key as usize];
        *earliest = operation.invoked.max(*earliest);
        points.push((*earliest, number));
    }
    // Stable, so that operations of one key at one instant keep their order.
    points.sort_by_key(|(point, _)| *point);
    points.into_iter().map(|(_, number)| number).collect()
}

/// Names that are all different may be given in any order.
fn with_order_of_invocations(history: &History, finding: Finding) -> Finding {
    match finding {
        Finding::Holds(_) => {
            let done = (0..history.operations.len() as u32)
                .filter(|number| history.operations[*number as usize].returned != NEVER);
            Finding::Holds(Some(done.collect()))
        }
        other => other,
    }
}
