//! Regular: a read returns the last write before it, or one that runs beside it.
//!
//! Lamport, *On Interprocess Communication*, Distributed Computing 1986, for one writer. For several writers there is
//! more than one definition; this is the weakest of Shao, Welch, Pierce and Lee, *Multiwriter Consistency Conditions
//! for Shared Memory Registers*, SIAM J. Comput. 2011: for each read by itself, the writes and that read have an order
//! that is legal and keeps real time. So a read may return a write exactly when the write began before the read
//! returned, and no other write lies wholly between the two:
//!
//! ```text
//!  write 1 ├──┤
//!  write 2        ├──┤                 2 lies between write 1 and the read,
//!  read → 1            ├────┤          so the read may not return 1
//!  write 3               ├─────┤       but it may return 3
//! ```
//!
//! With one writer the two definitions are the same.

use super::history::{Call, Datum, History, NEVER, Operation};
use super::minimal;
use super::promise::Model;
use super::verdict::{Finding, Reason, Work};

/// Judges a history.
pub fn judge(history: &History, model: Model, work: &mut Work<'_>) -> Finding {
    let is_plain = |operation: &Operation| matches!(operation.call, Call::Read | Call::Write(_));
    if !matches!(model, Model::Register | Model::CasRegister | Model::Kv) || !history.operations.iter().all(is_plain) {
        return Finding::Unknown(Reason::WrongModel);
    }
    for numbers in history.by_key() {
        if let Err(reason) = work.take(numbers.len() as u64) {
            return Finding::Unknown(reason);
        }
        if let Some(read) = broken_read(history, &numbers, &[]) {
            let candidates = candidates(history, &numbers, read);
            let is_broken = |kept: &[u32]| {
                work.take(kept.len() as u64)?;
                Ok(broken_read(history, kept, &minimal::left_out(history, kept, &numbers)).is_some())
            };
            return Finding::Violated(minimal::minimal(&candidates, is_broken));
        }
    }
    Finding::Holds(None)
}

/// The first read of these operations of one key that returns none of the writes that it may, unless a write that was
/// left out explains it.
fn broken_read(history: &History, numbers: &[u32], left_out: &[Call]) -> Option<u32> {
    let operations = || numbers.iter().map(|number| (*number, &history.operations[*number as usize]));
    let mut writes: Vec<(Datum, &Operation)> =
        operations().filter_map(|(_, operation)| Some((written(operation)?, operation))).collect();
    let mut done: Vec<(u32, u32)> = writes.iter().map(|(_, write)| (write.returned, write.invoked)).collect();
    done.sort_unstable();
    // Of the writes that had returned by then, the one that began last.
    let mut latest = 0;
    for (_, invoked) in &mut done {
        latest = (*invoked).max(latest);
        *invoked = latest;
    }
    writes.sort_by_key(|(value, _)| *value);
    let is_left_out = |value| left_out.binary_search(&Call::Write(value)).is_ok();
    let may_return = |read: &Operation| {
        let over = done.partition_point(|(returned, _)| *returned < read.invoked);
        let latest = over.checked_sub(1).map(|at| done[at].1);
        if read.answer == Datum::Nil && latest.is_none() {
            return true;
        }
        let first = writes.partition_point(|(value, _)| *value < read.answer);
        let mut same = writes[first..].iter().take_while(|(value, _)| *value == read.answer);
        same.any(|(_, write)| write.invoked < read.returned && latest.is_none_or(|latest| write.returned > latest))
    };
    let mut reads = operations().filter(|(_, operation)| operation.call == Call::Read);
    reads.find(|(_, read)| !is_left_out(read.answer) && !may_return(read)).map(|(number, _)| number)
}

/// The read, every write of its value, and the writes that were over before it began.
fn candidates(history: &History, numbers: &[u32], read: u32) -> Vec<u32> {
    let own = &history.operations[read as usize];
    let belongs = |number: &&u32| {
        let operation = &history.operations[**number as usize];
        let is_over = operation.returned != NEVER && operation.is_before(own);
        **number == read || written(operation).is_some_and(|value| value == own.answer || is_over)
    };
    numbers.iter().filter(belongs).copied().collect()
}

fn written(operation: &Operation) -> Option<Datum> {
    if let Call::Write(value) = operation.call { Some(value) } else { None }
}
