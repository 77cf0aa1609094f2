//! What one live judge has found: the first violations with their witnesses, and how many there are.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::verdict::{Ruling, Sentence, Unknown, Verdict, Violation};
use crate::base::limits::VIOLATIONS_KEPT;
use crate::base::{Claim, Instant, KeyId};

/// The findings of one claim.
#[derive(Clone, Debug)]
pub struct Findings {
    claim: Claim,
    violations: Arc<Vec<Arc<Violation>>>,
    /// The violation whose operation was invoked last, even if it is not among the kept ones.
    latest: Option<Arc<Violation>>,
    /// Keys at which it was broken.
    keys: Arc<BTreeSet<KeyId>>,
    count: u64,
    /// Operations, or arrivals of writes, that were judged.
    pub(super) judged: u64,
    /// Those at which the judge gave up, since too much was missing.
    pub(super) given_up: u64,
}

/// Where and when a claim was broken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) at: Instant,
    pub(super) invoked: Instant,
    pub(super) key: KeyId,
}

impl Findings {
    pub(super) fn new(claim: Claim) -> Self {
        let (violations, keys) = (Arc::default(), Arc::default());
        Self { claim, violations, latest: None, keys, count: 0, judged: 0, given_up: 0 }
    }

    /// What is judged.
    pub fn claim(&self) -> Claim {
        self.claim
    }

    /// How many violations there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// How many operations stand behind the verdict; for claims about what replicas hold, how many arrivals of writes.
    pub fn judged(&self) -> u64 {
        self.judged
    }

    /// The first violations, with their witnesses.
    pub fn violations(&self) -> &[Arc<Violation>] {
        &self.violations
    }

    /// The verdict over the history so far, or over what was invoked at `mark` or after it.
    pub fn verdict(&self, mark: Option<Instant>) -> Verdict {
        let mark = mark.unwrap_or(Instant::ZERO);
        let mut after: Vec<_> = self.violations.iter().filter(|violation| violation.invoked >= mark).cloned().collect();
        if after.is_empty() {
            after.extend(self.latest.iter().filter(|violation| violation.invoked >= mark).cloned());
        }
        let count = if mark == Instant::ZERO { self.count } else { after.len() as u64 };
        let verdict = Verdict::of(self.claim, after, count);
        if verdict.holds == Ruling::Holds && self.given_up > 0 {
            return Verdict::unknown(self.claim, Unknown::TooMuch { cases: self.given_up });
        }
        verdict
    }

    /// Adds a violation; what to say is only asked for if it is kept. Says it again if it is the first at its key.
    pub(super) fn add(&mut self, place: Place, sentence: impl FnOnce() -> Sentence) -> Option<Arc<Violation>> {
        self.count += 1;
        let is_kept = self.violations.len() < VIOLATIONS_KEPT;
        let is_latest = self.latest.as_ref().is_none_or(|latest| latest.invoked <= place.invoked);
        if !is_kept && !is_latest {
            return None;
        }
        let sentence = sentence();
        let operations = sentence.operations();
        let Place { at, invoked, key } = place;
        let violation = Arc::new(Violation { claim: self.claim, at, invoked, key, operations, sentence });
        if is_latest {
            self.latest = Some(violation.clone());
        }
        if !is_kept {
            return None;
        }
        Arc::make_mut(&mut self.violations).push(violation.clone());
        let is_first = !self.keys.contains(&key) && Arc::make_mut(&mut self.keys).insert(key);
        is_first.then_some(violation)
    }
}
