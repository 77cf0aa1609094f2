//! Causal consistency: whoever sees an effect sees its causes.
//!
//! Broken exactly if (Bouajjani et al. 2017) a read returns what nobody wrote, causes go in a circle, a read returns
//! the start although a write of its key is before it, or a read returns a write although another write of its key
//! lies between the two.

use super::{Causes, Source, judge as judge_causes};
use crate::check::black_box::history::History;
use crate::check::black_box::order::Past;
use crate::check::black_box::promise::Model;
use crate::check::black_box::verdict::{Finding, Reason, Work};

/// Judges a history.
pub fn judge(history: &History, model: Model, work: &mut Work<'_>) -> Finding {
    judge_causes(history, model, |causes, _| Ok(past(causes).is_none()), work)
}

/// What is before what, unless one of the four patterns is there.
pub(super) fn past(causes: &Causes) -> Option<Past> {
    if causes.is_from_nowhere {
        return None;
    }
    let past = Past::of(&causes.before)?;
    let is_broken = causes.reads().any(|(read, source)| {
        causes.overwritten(&past, read, source).any(|other| match source {
            Source::Write(write) => past.has(write, other),
            _ => true,
        })
    });
    (!is_broken).then_some(past)
}

/// A judge that first wants causal consistency.
pub(super) fn or_else(
    causes: &Causes,
    work: &mut Work<'_>,
    pattern: impl FnOnce(&Past, &mut Work<'_>) -> Result<bool, Reason>,
) -> Result<bool, Reason> {
    past(causes).map_or(Ok(true), |past| pattern(&past, work))
}
