//! Causal convergence: causal consistency, and one order of writes for all.
//!
//! Broken exactly if (Bouajjani et al. 2017) it is not causally consistent, or "before" and *conflict* together go in
//! a circle: a write conflicts into another of its key if it is before a read of the other, which must therefore have
//! won.

use super::{Causes, Source, consistency, judge as judge_causes};
use crate::check::black_box::history::History;
use crate::check::black_box::order::{Past, in_order};
use crate::check::black_box::promise::Model;
use crate::check::black_box::verdict::{Finding, Work};

/// Judges a history.
pub fn judge(history: &History, model: Model, work: &mut Work<'_>) -> Finding {
    let pattern = |causes: &Causes, work: &mut Work<'_>| {
        consistency::or_else(causes, work, |past, _| Ok(in_order(&with_conflicts(causes, past)).is_none()))
    };
    judge_causes(history, model, pattern, work)
}

fn with_conflicts(causes: &Causes, past: &Past) -> Vec<Vec<u32>> {
    let mut before = causes.before.clone();
    for (read, source) in causes.reads() {
        if let Source::Write(winner) = source {
            before[winner as usize].extend(causes.overwritten(past, read, source));
        }
    }
    before
}
