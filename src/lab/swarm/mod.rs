//! The swarm: random scripts over every command and every fault, each judged at its end.
//!
//! ```text
//!   seed ─▶ generate: a world, loads, 40 random commands ─▶ heal all, quiet ─▶ judge ─▶ shrink if it failed
//!        └─▶ another one, over all services, without one family of commands ─▶ judge what is promised without them
//! ```
//!
//! After `heal all` and quiet every replica must show the join, computed by the judge, of the writes that the trace
//! shows applied on a disk not lost since (`item` past its grace and a register whose resolver was switched: the
//! replicas must agree). A failing seed comes with a script that fails the same way, made as short as we can.
//! Swarm testing: Groce et al., ISSTA 2012; shrinking as in `TigerBeetle`'s VOPR.
//!
//! Everything here is a pure function of the seed, so seeds can run on as many threads as there are.

mod generate;
mod promised;
pub mod quorum;
mod raft_safety;
mod sessions;
mod shipped;
mod shrink;
pub mod strong;
pub mod tail;

use std::collections::BTreeSet;

use crate::base::fault::FaultCounts;
use crate::base::{Claim, Hazard};

use generate::Menu;

use super::language::error::LanguageError;
use super::language::parse::parse_script;
use super::replay::{Replay, play};

/// What one seed came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The seed.
    pub seed: u64,
    /// How often each kind of fault changed an outcome.
    pub faults: FaultCounts,
    /// The names of the commands that took effect.
    pub commands: BTreeSet<&'static str>,
    /// How many events it took.
    pub events: u64,
    /// The hash of its record.
    pub digest: u64,
    /// What went wrong, if something did.
    pub failure: Option<Failure>,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// In words.
    pub found: String,
    /// A script that shows it: `driftlab replay` exits with 1 on it.
    pub script: String,
}

/// Runs one seed, with a hazard on from the start if one is named.
pub fn run_seed(seed: u64, hazard: Option<Hazard>) -> Outcome {
    let generated = generate::generate(seed, Menu::First, hazard);
    let lines = generated.lines;
    let mut outcome = Outcome {
        seed,
        faults: FaultCounts::default(),
        commands: generated.commands,
        events: 0,
        digest: 0,
        failure: None,
    };
    match judge(&lines, &[]) {
        Err(refusal) => outcome.failure = Some(Failure { found: refusal, script: script_of(&lines) }),
        Ok((replay, found)) => {
            let run = replay.sitting.run();
            (outcome.faults, outcome.events) = (*run.cluster().view().faults(), run.events());
            outcome.digest = run.digest();
            outcome.failure = found.map(|found| failure(lines.clone(), &[], found));
        }
    }
    if outcome.failure.is_none() && hazard.is_none() {
        let of_all = generate::generate(seed, Menu::All, None);
        outcome.commands.extend(of_all.commands);
        outcome.failure = broken_promise(seed, &of_all.lines);
    }
    outcome
}

/// Plays a script without one family of commands, and says which promise was broken all the same.
fn broken_promise(seed: u64, lines: &[String]) -> Option<Failure> {
    let (lines, claims) = promised::without_one(seed, lines);
    // A line may need one that is left out, as a restart needs its crash: then the seed says nothing here.
    let (_, found) = judge(&lines, claims).ok()?;
    found.map(|found| failure(lines, claims, found))
}

fn failure(lines: Vec<String>, claims: &[Claim], found: String) -> Failure {
    let fails = |lines: &[String]| judge(lines, claims).is_ok_and(|(_, found)| found.is_some());
    let lines = shrink::shrink(lines, fails);
    let found = judge(&lines, claims).ok().and_then(|(_, found)| found).unwrap_or(found);
    Failure { found, script: script_of(&lines) + &promised::expectations(claims) }
}

/// How a script ends: everything is mended, and repaired until all is quiet.
const ENDING: &str = "heal all\ngossip on\nheartbeat every=100ms\nrepair every=500ms\nrun 20s\nrun until convergence holds within 300s\n";

/// The random lines of a seed, without an ending: for tests that play worlds in their own way.
pub fn lines_of(seed: u64) -> Vec<String> {
    generate::generate(seed, Menu::First, None).lines
}

/// The same over all services.
pub fn lines_of_all(seed: u64) -> Vec<String> {
    generate::generate(seed, Menu::All, None).lines
}

/// The script of some lines, with its ending.
pub fn script_of(lines: &[String]) -> String {
    let mut script = lines.join("\n");
    script.push('\n');
    script.push_str(ENDING);
    script
}

/// Plays lines and their ending, and says what went wrong, if something did: a claim that has to hold does not. Lines
/// that make no sense together, as can be while shrinking, are refused.
fn judge(lines: &[String], claims: &[Claim]) -> Result<(Replay, Option<String>), String> {
    let errors = |errors: Vec<LanguageError>| errors.first().map(ToString::to_string).unwrap_or_default();
    let text = script_of(lines) + &promised::expectations(claims);
    let script = parse_script(&text).map_err(errors)?;
    let replay = play(&script, None).map_err(|error| error.to_string())?;
    let found = (replay.unmet + replay.undecided > 0).then(|| verdict_of(&replay, claims));
    Ok((replay, found))
}

fn verdict_of(replay: &Replay, claims: &[Claim]) -> String {
    let judges = replay.sitting.run().judges();
    let ruling = |claim: Claim| judges.ruling(claim, None, None, &replay.sitting);
    let all = claims.iter().copied().chain([Claim::Convergence]);
    let broken = all.map(|claim| (claim, ruling(claim))).find(|(_, (holds, _))| *holds != Some(true));
    broken.map(|(claim, (_, words))| format!("{}: {words}", claim.name())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_the_same_every_time() {
        let (once, again) = (run_seed(11, None), run_seed(11, None));
        assert_eq!((once.digest, once.events), (again.digest, again.events));
        assert_eq!(once.failure, None);
    }
}
