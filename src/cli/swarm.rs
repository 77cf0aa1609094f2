//! `driftlab swarm`: many random scripts on all cores.

use std::collections::BTreeSet;

use crate::base::Fault;
use crate::base::fault::FaultCounts;
use crate::lab::swarm::strong::Plan;
use crate::lab::swarm::tail::Tail;
use crate::lab::swarm::{self, Failure};

use super::arguments::SwarmTask;
use super::{Ending, output, pool};

/// Failures that are printed with their scripts; more are counted.
const FAILURES_TOLD: u64 = 5;

/// From so many seeds on, each kind of fault has to have changed an outcome [`CHANGED_MIN`] times.
const SEEDS_TO_EXPECT: u64 = 50;
/// See [`SEEDS_TO_EXPECT`].
const CHANGED_MIN: u64 = 20;

/// Plays the seeds, prints what failed with a script that shows it, and what the faults changed.
pub(super) fn swarm(task: &SwarmTask) -> Ending {
    let Some(end) = task.start.checked_add(task.seeds) else {
        return output::refuse("the last seed would be past 2^64; begin with a smaller one");
    };
    let threads = task.threads.map_or_else(pool::cores, usize::from);
    if let Some(plan) = task.level {
        return at_level(task, plan, end, threads);
    }
    let mut total = Total::default();
    let one = |seed| swarm::run_seed(seed, task.hazard);
    pool::run(task.start..end, threads, one, |seed, result| match result {
        Ok(outcome) => {
            total.faults.add(&outcome.faults);
            total.commands.extend(outcome.commands);
            total.events += outcome.events;
            if let Some(failure) = outcome.failure {
                total.fail(seed, &failure);
            }
        }
        Err(panic) => {
            let script = format!(
                "# seed {seed} panicked while it was made or played; run: driftlab swarm --start {seed} --seeds 1"
            );
            total.fail(seed, &Failure { found: format!("panic: {panic}"), script });
        }
    });
    total.print(task.seeds);
    let idle = total.idle(task.seeds);
    for fault in &idle {
        output::line(&format!(
            "✗ {} changed an outcome fewer than {CHANGED_MIN} times: a swarm that misses it proves little",
            fault.name()
        ));
    }
    if total.failures > 0 || !idle.is_empty() { Ending::Unmet } else { Ending::Fine }
}

/// The same for what the log promises.
fn at_level(task: &SwarmTask, plan: Plan, end: u64, threads: usize) -> Ending {
    let mut total = Total::default();
    let (mut completed, mut alone, mut checked, mut undecided) = (0, 0, 0, 0);
    let (mut held_back, mut turned_away) = (0, 0);
    let mut tail = Tail::default();
    let one = |seed| swarm::strong::run_seed(seed, plan, task.hazard);
    pool::run(task.start..end, threads, one, |seed, result| match result {
        Ok(outcome) => {
            completed += outcome.completed;
            alone += outcome.alone;
            checked += outcome.checked;
            held_back += outcome.held_back;
            turned_away += outcome.turned_away;
            tail.acknowledged += outcome.tail.acknowledged;
            tail.lost += outcome.tail.lost;
            tail.reported += outcome.tail.reported;
            undecided += outcome.undecided.len();
            if let Some(failure) = outcome.failure {
                total.fail(seed, &failure);
            }
        }
        Err(panic) => {
            let script = format!("# seed {seed} panicked while it was played");
            total.fail(seed, &Failure { found: format!("panic: {panic}"), script });
        }
    });
    if tail.acknowledged > 0 {
        output::line(&format!(
            "{} writes of the primary's log acknowledged, {} of them lost, {} writes reported as dropped",
            tail.acknowledged, tail.lost, tail.reported
        ));
    }
    output::line(&format!(
        "{completed} operations done, {alone} of them takings that a replica did alone, {checked} events held against \
         Raft's properties"
    ));
    let is_of_sessions = matches!(plan, Plan::Session | Plan::Causal);
    if is_of_sessions {
        output::line(&format!("{turned_away} times a session was turned away, {held_back} writes were held back"));
    }
    output::line(&format!("{undecided} verdicts that a judge could not reach"));
    output::line(&format!("{} passed, {} failed", task.seeds - total.failures, total.failures));
    let is_thin = completed < 100 * task.seeds;
    if is_thin {
        output::line("✗ fewer than 100 operations a seed were done: that proves little");
    }
    let is_idle = is_of_sessions && task.seeds >= SEEDS_TO_EXPECT && turned_away.min(held_back) < CHANGED_MIN;
    if is_idle {
        output::line("✗ hardly a session was turned away, or hardly a write held back: that proves little");
    }
    if total.failures > 0 || is_thin || is_idle { Ending::Unmet } else { Ending::Fine }
}

#[derive(Debug, Default)]
struct Total {
    faults: FaultCounts,
    commands: BTreeSet<&'static str>,
    events: u64,
    failures: u64,
}

impl Total {
    fn fail(&mut self, seed: u64, failure: &Failure) {
        self.failures += 1;
        if self.failures <= FAILURES_TOLD {
            output::line(&format!("✗ seed {seed}: {}\n{}", failure.found, failure.script));
        }
    }

    /// The faults that changed too little in a run that is long enough to expect more.
    fn idle(&self, seeds: u64) -> Vec<Fault> {
        let is_idle = |fault: &Fault| seeds >= SEEDS_TO_EXPECT && self.faults.get(*fault) < CHANGED_MIN;
        Fault::ALL.into_iter().filter(is_idle).collect()
    }

    fn print(&self, seeds: u64) {
        output::line("how often each fault changed an outcome:");
        for fault in Fault::ALL {
            output::line(&format!("  {:<13} {:>10}", fault.name(), self.faults.get(fault)));
        }
        output::line(&format!("{} kinds of commands took effect, {} events", self.commands.len(), self.events));
        output::line(&format!("{} passed, {} failed", seeds - self.failures, self.failures));
    }
}
