//! The swarm over what quorums promise: profiles under every fault, with R, W and N that overlap.
//!
//! ```text
//!   seed ─▶ the faults of the ordinary swarm, and six clients that write texts which nobody else writes
//!            ├─ even: write-back                     ─▶ linearizable, monotonic reads, no wrong winner
//!            ├─ odd:  without                        ─▶ regular
//!            └─ every eighth, 3 and so on: siblings  ─▶ own writes, and none dropped that nobody had seen
//!   one step weaker over the same seeds: without write-back it is not linearizable, with (1,1,N) not regular
//! ```
//!
//! Disks are lost too, but not with W = 1, which may lose writes by that.

use crate::base::time::MS;
use crate::base::{Actor, Claim, Hazard};
use crate::sim::{Purpose, Stream, StreamId, below};

use super::generate::KEYS;
use super::strong::{has_word, is_setup};

/// How strong the quorums of a swarm are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// What the seed says: with write-back or without.
    AsPromised,
    /// Without write-back, judged as if it were with it.
    WithoutWriteBack,
    /// R = W = 1, judged as if they overlapped.
    One,
}

/// What overlapping quorums keep in the swarm's worlds.
const REGULAR: [Claim; 3] = [Claim::Convergence, Claim::Regular, Claim::ReadYourWrites];
/// What they keep too where reads write back.
const LINEARIZABLE: [Claim; 3] = [Claim::Linearizable, Claim::MonotonicReads, Claim::NoWrongWinner];
/// What they keep where registers keep siblings, of which an answer shows several: nothing is overwritten unseen.
const SIBLINGS: [Claim; 4] = [Claim::Convergence, Claim::ReadYourWrites, Claim::NoLostUpdate, Claim::NoWrongWinner];
/// The clients: more than keys, so that operations meet.
const CLIENTS: [&str; 6] = ["ana", "ben", "cyd", "dan", "eva", "fay"];
/// How often an operation begins, in microseconds.
const OPERATION_EVERY_US: u64 = 45 * MS;

fn writes_back(seed: u64) -> bool {
    seed.is_multiple_of(2)
}

fn keeps_siblings(seed: u64, strength: Strength) -> bool {
    seed % 8 == 3 && strength == Strength::AsPromised
}

/// What has to hold at the end of a seed.
pub(super) fn claims(seed: u64, strength: Strength) -> Vec<Claim> {
    match strength {
        _ if keeps_siblings(seed, strength) => SIBLINGS.to_vec(),
        Strength::AsPromised if !writes_back(seed) => REGULAR.to_vec(),
        Strength::One => REGULAR.to_vec(),
        _ => [&REGULAR[..], &LINEARIZABLE].concat(),
    }
}

/// The lines of a seed, made of those of the ordinary swarm.
pub(super) fn lines(mut lines: Vec<String>, seed: u64, strength: Strength, hazard: Option<Hazard>) -> Vec<String> {
    let mut draws = Draws(Stream::new(seed, StreamId::Actor { actor: Actor(u16::MAX), purpose: Purpose::Retry }));
    let other = ["policy", "merge", "hazard", "grace", "retry", "load", "stop", "slo", "provider"];
    let is_kept = |line: &String| !has_word(line, &other) && !is_operation(line);
    lines.retain(is_kept);
    let replicas = lines.iter().find_map(|line| line.strip_prefix("cluster ")?.split(' ').next()?.parse().ok());
    let quorum = quorum(&mut draws, replicas.unwrap_or(3), writes_back(seed), strength);
    for line in &mut lines {
        if line.starts_with("clients ") {
            *line = format!("{line} {}", CLIENTS[3..].join(" "));
        }
        if quorum.writes == 1 {
            *line = line.replace("disk=lose", "disk=keep");
        }
    }
    let setup = lines.iter().position(|line| !is_setup(line)).unwrap_or(lines.len());
    let end_us = lines.iter().filter_map(|line| instant_us(line)).max().unwrap_or(0);
    for number in 0..end_us / OPERATION_EVERY_US {
        lines.push(operation(&mut draws, number, replicas.unwrap_or(3)));
    }
    // Stable, so that what the generator ordered stays so.
    lines[setup..].sort_by_key(|line| instant_us(line).unwrap_or(0));
    let retry = format!("retry * timeout=1500ms attempts={} key=yes", 1 + draws.below(2));
    let last_write = ["lww-wall", "lww-hlc"][draws.below(2) as usize];
    let resolver = if keeps_siblings(seed, strength) { "siblings" } else { last_write };
    let mut begin = vec![format!("policy profile.* {}", quorum.text), retry, format!("merge profile {resolver}")];
    begin.extend(hazard.map(|hazard| format!("hazard {} on", hazard.name())));
    lines.splice(setup..setup, begin);
    lines
}

struct Bound {
    writes: u64,
    text: String,
}

fn quorum(draws: &mut Draws, replicas: u64, writes_back: bool, strength: Strength) -> Bound {
    let homes = if draws.below(3) == 0 { replicas } else { replicas.min(3) };
    let writes = 1 + draws.below(homes);
    let reads = homes + 1 - writes + draws.below(writes);
    let mut options = String::new();
    for option in [",read-repair=off", ",hints=off"] {
        if draws.below(2) == 0 {
            options += option;
        }
    }
    let (reads, writes) = if strength == Strength::One { (1, 1) } else { (reads, writes) };
    let write_back = if writes_back && strength == Strength::AsPromised { ",write-back" } else { "" };
    Bound { writes, text: format!("quorum({reads},{writes},{homes}{write_back}{options})") }
}

fn operation(draws: &mut Draws, number: u64, replicas: u64) -> String {
    let us = number * OPERATION_EVERY_US + draws.below(OPERATION_EVERY_US);
    let client = CLIENTS[draws.below(CLIENTS.len() as u64) as usize];
    let key = KEYS[draws.below(2) as usize];
    let what = match draws.below(5) {
        0 | 1 => format!("profile.set {key} t{number}"),
        _ => format!("profile.get {key}"),
    };
    let via = if draws.below(2) == 0 { format!(" via=r{}", 1 + draws.below(replicas)) } else { String::new() };
    format!("at {us}us {client}: {what}{via}")
}

fn is_operation(line: &str) -> bool {
    line.strip_prefix("at ").and_then(|rest| rest.split(' ').nth(1)).is_some_and(|word| word.ends_with(':'))
}

/// The instant of a line that has one: in seconds or in microseconds, as the generators write it.
fn instant_us(line: &str) -> Option<u64> {
    let time = line.strip_prefix("at ")?.split(' ').next()?;
    if let Some(us) = time.strip_suffix("us") {
        return us.parse().ok();
    }
    let (whole, fraction) = time.strip_suffix('s')?.split_once('.')?;
    let fraction: u64 = format!("{fraction:0<6}").parse().ok()?;
    Some(whole.parse::<u64>().ok()? * 1_000_000 + fraction)
}

struct Draws(Stream);

impl Draws {
    fn below(&mut self, bound: u64) -> u64 {
        below(self.0.draw(), bound)
    }
}
