//! The swarm over what sessions and causality promise, with everything bound to the level from the start.
//!
//! ```text
//!   session   seed % 4   0 token: own writes and earlier reads, whatever is lost
//!                        1 affinity, 2 pinned: the same while that replica keeps its disk
//!                          every other of these with fifo, without clocks: the order of own writes too
//!                        3 token with fifo, and wait every other time: convergence and no more for wait
//!   causal    even       without clocks: all four guarantees; with lww-hlc causality of values too
//!             odd        with clocks: own writes and earlier reads
//! ```
//!
//! One step weaker, the same worlds break the same claims.

use crate::base::Claim;
use crate::lab::replay::Replay;
use crate::record::{Happened, HistoryEntry, TraceEntry};

use super::generate::KEYS;
use super::strong::{Plan, has_word, is_setup};

/// What a session finds again.
const FOUND: [Claim; 3] = [Claim::Convergence, Claim::ReadYourWrites, Claim::MonotonicReads];
/// Reads and writes of profiles that are added: their values tell one write from another.
const PROFILES: usize = 24;

/// What has to hold at the end of a seed.
pub(super) fn claims(plan: Plan, seed: u64) -> Vec<Claim> {
    let causal = matches!(plan, Plan::Causal | Plan::LessThanCausal);
    let more: &[Claim] = match (causal, seed % 4) {
        (true, 0) => &[Claim::MonotonicWrites, Claim::WritesFollowReads],
        (true, 2) => {
            &[Claim::MonotonicWrites, Claim::WritesFollowReads, Claim::CausalConsistency, Claim::CausalConvergence]
        }
        (false, 1 | 2) if has_fifo(seed) => &[Claim::MonotonicWrites],
        (false, 3) if waits(seed) => return vec![Claim::Convergence],
        _ => &[],
    };
    [&FOUND[..], more].concat()
}

/// How often a replica held a write back.
pub(super) fn held_back(replay: &Replay) -> u64 {
    let is_held = |entry: &&TraceEntry| matches!(entry.what, Happened::HeldBack { .. });
    replay.sitting.log().trace.iter().filter(is_held).count() as u64
}

/// How often a session was turned away and went on.
pub(super) fn turned_away(replay: &Replay) -> u64 {
    let is_move = |entry: &&HistoryEntry| matches!(entry, HistoryEntry::Moved { .. });
    replay.sitting.log().history.iter().filter(is_move).count() as u64
}

fn has_fifo(seed: u64) -> bool {
    (seed / 4).is_multiple_of(2)
}

fn waits(seed: u64) -> bool {
    (seed / 4).is_multiple_of(2)
}

/// The level of a seed.
fn level(plan: Plan, seed: u64, replicas: u64) -> String {
    let fifo = if has_fifo(seed) { ",fifo" } else { "" };
    let of_session = || match seed % 4 {
        0 => "session(token)".to_owned(),
        1 => format!("session(affinity{fifo})"),
        2 => format!("session(pinned,r{}{fifo})", 1 + seed / 8 % replicas),
        _ if waits(seed) => "session(wait,100ms)".to_owned(),
        _ => "session(token,fifo)".to_owned(),
    };
    match plan {
        Plan::Causal => "causal".to_owned(),
        Plan::LessThanCausal => "session(token)".to_owned(),
        Plan::LessThanSession if seed % 4 == 1 => "session(affinity)".to_owned(),
        Plan::LessThanSession => "eventual".to_owned(),
        _ => of_session(),
    }
}

/// The lines of a seed, made of those of the ordinary swarm.
pub(super) fn lines(mut lines: Vec<String>, seed: u64, plan: Plan) -> Vec<String> {
    // A tombstone that was forgotten comes before nothing.
    lines.retain(|line| !has_word(line, &["policy", "merge", "hazard", "grace"]));
    let is_clock = |line: &String| has_word(line, &["skew", "drift", "step", "ntp", "noise"]);
    let asks_for_order = claims(plan, seed).contains(&Claim::MonotonicWrites);
    // What waits at a replica is decided all in one microsecond then, where a tie has no order.
    let is_jam = |line: &String| has_word(line, &["pause", "resume"]) || is_slow_replica(line);
    lines.retain(|line| !(asks_for_order && (is_clock(line) || is_jam(line))));
    if asks_for_order {
        // Neither may a write and what follows it come in one microsecond, as on links that take less.
        for topology in ["lnkd-ssd", "lnkd-disk", "ymmr", "wars-wan"] {
            for line in &mut lines {
                *line = line.replace(topology, "lan");
            }
        }
    }
    let has_values = claims(plan, seed).contains(&Claim::CausalConsistency);
    let is_causal = matches!(plan, Plan::Causal | Plan::LessThanCausal);
    let keeps_disks = !is_causal && matches!(seed % 4, 1 | 2);
    let replicas = lines.iter().find_map(|line| line.strip_prefix("cluster ")?.split(' ').next()?.parse().ok());
    for line in &mut lines {
        if keeps_disks {
            *line = line.replace("disk=lose", "disk=keep");
        }
        if has_values && has_word(line, &["retry"]) {
            *line = super::strong::once(line);
        }
    }
    let setup = lines.iter().position(|line| !is_setup(line)).unwrap_or(lines.len());
    if has_values {
        tell_values_apart(&mut lines, setup);
        lines.insert(setup, "merge profile lww-hlc".to_owned());
    }
    lines.insert(setup, format!("policy * {}", level(plan, seed, replicas.unwrap_or(3))));
    lines
}

/// `slow r2 12ms`, and no link.
fn is_slow_replica(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = words.iter().position(|word| *word == "slow");
    has_word(line, &["slow"]) && at.is_some_and(|at| words.len() == at + 3)
}

/// Lets every value of a profile be written once: by the named clients only, each time another text.
fn tell_values_apart(lines: &mut Vec<String>, setup: usize) {
    lines.retain(|line| !line.contains(" profile.set "));
    for line in lines.iter_mut().filter(|line| has_word(line, &["load"])) {
        *line = line.replace("profile.set,", "").replace(",profile.set", "");
    }
    for number in 0..PROFILES {
        let at = setup + (lines.len() - setup) * number / PROFILES;
        let (client, key) = (["ana", "ben", "cyd"][number % 3], KEYS[number / 2 % 2]);
        let line = match number % 5 {
            0 | 3 => format!("{client}: profile.set {key} \"value {number}\""),
            _ => format!("{client}: profile.get {key}"),
        };
        lines.insert(at, line);
    }
}
