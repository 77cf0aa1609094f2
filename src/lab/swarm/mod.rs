//! The swarm: random scripts over every command and every fault, each judged at its end.
//!
//! ```text
//!   seed ─▶ generate: a world, loads, 40 random commands ─▶ heal all, quiet ─▶ judge ─▶ shrink if it failed
//! ```
//!
//! After `heal all` and quiet every replica must show the join, computed by the judge, of the writes that the trace
//! shows applied on a disk not lost since (`item` past its grace and a register whose resolver was switched: the
//! replicas must agree). A failing seed comes with a script that fails the same way, made as short as we can.
//! Swarm testing: Groce et al., ISSTA 2012; shrinking as in `TigerBeetle`'s VOPR.
//!
//! Everything here is a pure function of the seed, so seeds can run on as many threads as there are.

mod generate;
mod shrink;

use std::collections::BTreeSet;

use crate::base::Hazard;
use crate::base::fault::FaultCounts;

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
    let generated = generate::generate(seed, hazard);
    let lines = generated.lines;
    let mut outcome = Outcome {
        seed,
        faults: FaultCounts::default(),
        commands: generated.commands,
        events: 0,
        digest: 0,
        failure: None,
    };
    match judge(&lines) {
        Err(refusal) => outcome.failure = Some(Failure { found: refusal, script: script_of(&lines) }),
        Ok((replay, found)) => {
            let run = replay.sitting.run();
            (outcome.faults, outcome.events) = (*run.cluster().view().faults(), run.events());
            outcome.digest = run.digest();
            outcome.failure = found.map(|found| failure(lines, found));
        }
    }
    outcome
}

fn failure(lines: Vec<String>, found: String) -> Failure {
    let fails = |lines: &[String]| judge(lines).is_ok_and(|(_, found)| found.is_some());
    let lines = shrink::shrink(lines, fails);
    let found = judge(&lines).ok().and_then(|(_, found)| found).unwrap_or(found);
    Failure { found, script: script_of(&lines) }
}

/// How a script ends: everything is mended, and repaired until all is quiet.
const ENDING: &str = "heal all\ngossip on\nheartbeat every=100ms\nrepair every=500ms\nrun 20s\nrun until convergence holds within 300s\n";

/// The script of some lines, with its ending.
pub fn script_of(lines: &[String]) -> String {
    let mut script = lines.join("\n");
    script.push('\n');
    script.push_str(ENDING);
    script
}

/// Plays lines and their ending, and says what went wrong, if something did. Lines that make no sense together, as can
/// be while shrinking, are refused.
fn judge(lines: &[String]) -> Result<(Replay, Option<String>), String> {
    let errors = |errors: Vec<LanguageError>| errors.first().map(ToString::to_string).unwrap_or_default();
    let script = parse_script(&script_of(lines)).map_err(errors)?;
    let replay = play(&script, None).map_err(|error| error.to_string())?;
    let found = (replay.unmet + replay.undecided > 0).then(|| verdict_of(&replay));
    Ok((replay, found))
}

fn verdict_of(replay: &Replay) -> String {
    let judges = replay.sitting.run().judges();
    judges.ruling(crate::base::Claim::Convergence, None, &replay.sitting).1
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
