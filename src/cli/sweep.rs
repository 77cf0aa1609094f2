//! `driftlab sweep`: how fresh quorum reads are and what they cost, by the fits of the literature.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::lab::sweep::{self, BATCH, Cell, Interval, Tally};

use super::arguments::SweepTask;
use super::{Ending, output, pool};

/// Runs the cells one after the other, each on all threads, and prints a table for each topology.
pub(super) fn sweep(task: &SweepTask) -> Ending {
    let threads = task.threads.map_or_else(pool::cores, usize::from);
    let mut after_us: Vec<u64> = task.after.iter().map(|after| after.0).collect();
    after_us.sort_unstable();
    after_us.dedup();
    let pairs: &[(u8, u8)] = if task.quorums.is_empty() { &sweep::PAIRS } else { &task.quorums };
    let topologies = task.topology.map_or_else(|| sweep::FITS.to_vec(), |topology| vec![topology]);
    let cells = topologies.iter().flat_map(|topology| {
        pairs.iter().map(|(reads, writes)| Cell { topology: *topology, reads: *reads, writes: *writes })
    });
    let cells: Vec<Cell> = cells.collect();
    let bar = bar(cells.len() as u64 * task.trials.div_ceil(BATCH));
    let mut before = None;
    for cell in cells {
        bar.set_message(format!("{} R={} W={}", cell.topology.name(), cell.reads, cell.writes));
        let tally = match tally(task, cell, &after_us, threads, &bar) {
            Ok(tally) => tally,
            Err(panic) => {
                bar.finish_and_clear();
                return output::refuse(&format!("a batch panicked: {panic}"));
            }
        };
        bar.suspend(|| {
            if task.json {
                output::line(&json(cell, &after_us, &tally));
                return;
            }
            if before.replace(cell.topology) != Some(cell.topology) {
                heading(task, cell, &after_us);
            }
            output::line(&row(cell, &after_us, &tally));
        });
    }
    bar.finish_and_clear();
    Ending::Fine
}

/// All trials of a cell. Tallies add up in the order of their seeds, so the threads do not matter.
fn tally(task: &SweepTask, cell: Cell, after_us: &[u64], threads: usize, bar: &ProgressBar) -> Result<Tally, String> {
    let batches = task.trials.div_ceil(BATCH);
    let one = |number: u64| {
        let trials = (task.trials - number * BATCH).min(BATCH);
        sweep::batch(cell, after_us, sweep::seed_of(task.seed, cell, number), trials)
    };
    let mut sum = Ok(Tally::new(after_us.len()));
    pool::run(0..batches, threads, one, |_, result| {
        bar.inc(1);
        match (&mut sum, result) {
            (Ok(sum), Ok(part)) => sum.add(&part),
            (sum, Err(panic)) => *sum = Err(panic),
            (Err(_), _) => {}
        }
    });
    sum
}

/// A bar on the standard error, if someone looks at it.
fn bar(batches: u64) -> ProgressBar {
    let target =
        if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(batches), target);
    let style = ProgressStyle::with_template("{msg:22} [{bar:30}] {percent:>3} %, {eta} to go");
    bar.set_style(style.expect("the template is well formed").progress_chars("=> "));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn heading(task: &SweepTask, cell: Cell, after_us: &[u64]) {
    output::line(&format!(
        "{}, N={}, {} trials from seed {}, 99.9th percentiles in ms and fresh reads in %, with 95 % confidence",
        cell.topology.name(),
        sweep::HOMES,
        task.trials,
        task.seed
    ));
    let times: Vec<String> =
        after_us.iter().map(|us| format!("{:<21}", format!("fresh after {}", ms_text(*us)))).collect();
    output::line(format!("R W  {:<26} {:<26} {}", "write", "read", times.join(" ")).trim_end());
}

fn row(cell: Cell, after_us: &[u64], tally: &Tally) -> String {
    let latency = |interval: Interval| {
        let ms = |us: f64| us / 1_000.0;
        format!("{:.3} ({:.3}–{:.3})", ms(interval.value), ms(interval.low), ms(interval.high))
    };
    let fresh = (0..after_us.len()).map(|time| {
        let interval = tally.fresh(time);
        let percent = |share: f64| share * 100.0;
        let text =
            format!("{:.2} ({:.2}–{:.2})", percent(interval.value), percent(interval.low), percent(interval.high));
        format!("{text:<21}")
    });
    let fresh: Vec<String> = fresh.collect();
    let (write, read) = (latency(tally.write_us(0.999)), latency(tally.read_us(0.999)));
    format!("{} {}  {write:<26} {read:<26} {}", cell.reads, cell.writes, fresh.join(" ")).trim_end().to_owned()
}

fn ms_text(us: u64) -> String {
    if us.is_multiple_of(1_000) { format!("{} ms", us / 1_000) } else { format!("{us} us") }
}

/// A cell as `--json` prints it: latencies in microseconds, shares from 0 to 1.
#[derive(Serialize)]
struct Line<'a> {
    topology: &'a str,
    reads: u8,
    writes: u8,
    homes: u8,
    trials: u64,
    write_p999_us: [f64; 3],
    read_p999_us: [f64; 3],
    fresh: Vec<Fresh>,
}

/// How many reads were fresh after a time: the estimate, at least, at most.
#[derive(Serialize)]
struct Fresh {
    after_us: u64,
    share: [f64; 3],
}

fn json(cell: Cell, after_us: &[u64], tally: &Tally) -> String {
    let three = |interval: Interval| [interval.value, interval.low, interval.high];
    let fresh = after_us.iter().enumerate();
    let line = Line {
        topology: cell.topology.name(),
        reads: cell.reads,
        writes: cell.writes,
        homes: sweep::HOMES,
        trials: tally.trials,
        write_p999_us: three(tally.write_us(0.999)),
        read_p999_us: three(tally.read_us(0.999)),
        fresh: fresh.map(|(time, after_us)| Fresh { after_us: *after_us, share: three(tally.fresh(time)) }).collect(),
    };
    serde_json::to_string(&line).expect("numbers and names are valid JSON")
}
