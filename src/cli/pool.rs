//! Many independent tasks on all cores, with equal results on any number of them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;

/// Runs `task` for each number of the range on so many threads, and hands the results to `take` in the order of the
/// numbers. A task that panics gives `Err` with what it said.
pub(super) fn run<T: Send>(
    numbers: std::ops::Range<u64>,
    threads: usize,
    task: impl Fn(u64) -> T + Sync,
    mut take: impl FnMut(u64, Result<T, String>),
) {
    let next = AtomicU64::new(numbers.start);
    // A bound, so that a slow first task does not let all later results pile up.
    let (sender, receiver) = mpsc::sync_channel(threads * RESULTS_AHEAD);
    thread::scope(|scope| {
        for _ in 0..threads {
            let (sender, next, task) = (sender.clone(), &next, &task);
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= numbers.end {
                        return;
                    }
                    let result = catch_unwind(AssertUnwindSafe(|| task(number))).map_err(|panic| words_of(&*panic));
                    if sender.send((number, result)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut early = std::collections::BTreeMap::new();
        let mut due = numbers.start;
        for (number, result) in receiver {
            early.insert(number, result);
            while let Some(result) = early.remove(&due) {
                take(due, result);
                due += 1;
            }
        }
    });
}

/// Results of each thread that may wait for an earlier one.
const RESULTS_AHEAD: usize = 64;

/// As many threads as there are cores.
pub(super) fn cores() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_on_any_number_of_threads() {
        for threads in 1..5 {
            let mut taken = Vec::new();
            run(3..40, threads, |number| number * number, |number, result| taken.push((number, result)));
            let expected: Vec<_> = (3..40).map(|number| (number, Ok(number * number))).collect();
            assert_eq!(taken, expected);
        }
    }

    #[test]
    fn a_panic_is_a_result() {
        let mut taken = Vec::new();
        run(0..3, 2, |number| assert!(number != 1, "number one"), |_, result| taken.push(result));
        assert_eq!(taken, [Ok(()), Err("number one".to_owned()), Ok(())]);
    }
}
