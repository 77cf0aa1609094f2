//! Causal memory: causal consistency, and each process has one order of writes that it never revises.
//!
//! Ahamad et al., *Causal Memory*, Distributed Computing 1995. Broken exactly if (Bouajjani et al. 2017) it is not
//! causally consistent, or for some process this goes wrong: start with "before" among all that is before its
//! operations; whenever a write comes before a read of another write of its key by this process, it comes before that
//! write too; and so on. Then nothing may go in a circle, and no write may come before a read of the start.
//!
//! What holds for a process up to some operation is part of what holds up to its last one, so that one is enough.

use super::{Causes, Source, consistency, judge as judge_causes};
use crate::check::black_box::history::History;
use crate::check::black_box::order::Past;
use crate::check::black_box::promise::Model;
use crate::check::black_box::verdict::{Finding, Reason, Work};

/// Judges a history.
pub fn judge(history: &History, model: Model, work: &mut Work<'_>) -> Finding {
    judge_causes(history, model, pattern, work)
}

fn pattern(causes: &Causes, work: &mut Work<'_>) -> Result<bool, Reason> {
    consistency::or_else(causes, work, |past, work| {
        let processes = causes.operations.iter().map(|operation| operation.process + 1).max().unwrap_or(0);
        for process in 0..processes {
            if is_revised(causes, past, process, work)? {
                return Ok(true);
            }
        }
        Ok(false)
    })
}

/// Whether a process must have changed its mind.
fn is_revised(causes: &Causes, co: &Past, process: u32, work: &mut Work<'_>) -> Result<bool, Reason> {
    let own: Vec<u32> = (0..causes.operations.len() as u32)
        .filter(|number| causes.operations[*number as usize].process == process)
        .collect();
    let is_past: Vec<bool> = (0..causes.operations.len() as u32)
        .map(|number| own.iter().any(|own| *own == number || co.has(number, *own)))
        .collect();
    let mut before = causes.before.clone();
    for (number, before) in before.iter_mut().enumerate() {
        if !is_past[number] {
            before.clear();
        }
    }
    loop {
        work.take(causes.cost())?;
        let Some(past) = Past::of(&before) else { return Ok(true) };
        let mut is_changed = false;
        for read in own.iter().copied() {
            let source = causes.sources[read as usize];
            let Source::Write(winner) = source else {
                if source == Source::Start && causes.overwritten(&past, read, source).next().is_some() {
                    return Ok(true);
                }
                continue;
            };
            for loser in causes.overwritten(&past, read, source).filter(|loser| !past.has(*loser, winner)) {
                before[winner as usize].push(loser);
                is_changed = true;
            }
        }
        if !is_changed {
            return Ok(false);
        }
    }
}
