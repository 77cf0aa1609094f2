//! Judges against hand-made records, both ways.

mod convergence;
mod live;
mod services;
mod siblings;
mod spending;

use super::*;
use crate::base::{Actor, KeyId, Symbol};
use crate::record::Operations;
use crate::record::story::{ANA, Entry, Story};

/// Names that say their ids.
struct TestNames;

impl Names for TestNames {
    fn client(&self, client: Actor) -> String {
        if client == ANA { "ana".to_owned() } else { "ben".to_owned() }
    }

    fn key(&self, key: KeyId) -> String {
        ["joint", "mug", "wall", "address", "report", "vault ben", "star", "order7", "savings"][key.index()].to_owned()
    }

    fn text(&self, text: Symbol) -> String {
        format!("t{}", text.0)
    }
}

fn told(verdict: &Verdict) -> Vec<String> {
    verdict.violations.iter().map(|violation| sentence(violation, &TestNames)).collect()
}

fn judged(story: &Story, mut judge: Spending) -> Spending {
    let mut operations = Operations::default();
    for entry in &story.entries {
        if let Entry::History(entry) = entry {
            operations.history(entry);
            judge.history(entry, &operations);
        }
    }
    judge
}
