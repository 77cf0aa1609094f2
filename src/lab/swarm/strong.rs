//! The swarm over what the log promises: the random scripts with everything bound to Raft, judged by all claims of that
//! policy at once, and by the five properties of Raft's paper after every event.
//!
//! ```text
//!   seed ─▶ the lines of the ordinary swarm, without switches and with keys on retries
//!            ├─ even: bound from the start                 ─▶ claims over all
//!            └─ odd:  bound in the middle, under load      ─▶ claims since the mark, over what began when it was bound
//! ```
//!
//! A lost disk is allowed as long as a majority keeps theirs: at most one in a script, and none in clusters of one or
//! two. The same seeds at `eventual` break the same claims, or the judges would be blind.

use crate::base::{Claim, Hazard, LogId, OpType, Service};
use crate::data::Binding;
use crate::lab::language::parse::parse_script;
use crate::lab::language::statement::{Statement, When};
use crate::lab::replay::{Replay, play};
use crate::lab::sitting::Sitting;

use super::raft_safety::RaftSafety;
use super::{ENDING, Failure};

/// What a policy of linearizable operations keeps in the swarm's worlds.
pub const CLAIMS: [Claim; 13] = [
    Claim::Convergence,
    Claim::NoOverdraft,
    Claim::NoOversell,
    Claim::UniqueOwner,
    Claim::NoAccessAfterRevocation,
    Claim::ReadYourWrites,
    Claim::MonotonicReads,
    Claim::ConsistentPrefix,
    Claim::NoLostUpdate,
    Claim::NoWrongWinner,
    Claim::ExactlyOnce,
    Claim::Durable,
    Claim::Linearizable,
];

/// Services whose loose writes all count, whatever clocks say.
const MERGING: [Service; 4] = [Service::Stock, Service::Account, Service::Likes, Service::Feed];

/// The level of a swarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Everything is linearizable, from the start or from the middle on.
    Linearizable,
    /// The same lines, and nothing is bound.
    Weaker,
}

/// What one seed came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Operations that were answered with something else than that they cannot be decided now.
    pub completed: u64,
    /// How many events were checked for the properties of Raft.
    pub checked: u64,
    /// Claims that were found broken.
    pub broken: Vec<Claim>,
    /// Claims that a judge could not decide.
    pub undecided: Vec<Claim>,
    /// What went wrong, if something did.
    pub failure: Option<Failure>,
}

/// Plays one seed. With a hazard, that is on from the start.
///
/// # Panics
/// If the generator makes lines that the world refuses: a bug of the generator.
pub fn run_seed(seed: u64, plan: Plan, hazard: Option<Hazard>) -> Outcome {
    let (lines, replay) = play_what_fits(lines(seed, plan, hazard));
    let (since, mark) =
        if lines.iter().any(|line| line.contains("mark bound")) { (" since=bound", Some("bound")) } else { ("", None) };
    let text = lines.join("\n") + "\n" + ENDING;
    let mark = mark.and_then(|name| replay.sitting.run().marked(name));
    let of = |claim, service| replay.sitting.run().judges().ruling(claim, service, mark, &replay.sitting);
    let ruling = |claim: Claim| match mark {
        // What a register shows of loose writes depends on clocks: no order of them explains it.
        Some(_) if claim == Claim::Linearizable => {
            let rulings = MERGING.map(|service| of(claim, Some(service)));
            let broken = rulings.iter().find(|(holds, _)| *holds != Some(true)).cloned();
            broken.unwrap_or((Some(true), String::new()))
        }
        _ => of(claim, None),
    };
    let rulings = CLAIMS.map(|claim| (claim, ruling(claim)));
    let broken = |(_, (holds, _)): &&(Claim, (Option<bool>, String))| *holds == Some(false);
    let failure = rulings.iter().find(broken).map(|(claim, (_, words))| Failure {
        found: format!("{}: {words}", claim.name()),
        script: format!("{text}expect {} holds{since}\n", claim.name()),
    });
    let (checked, unsafe_text) = check_raft(&text, plan);
    let unsafe_failure = unsafe_text.map(|found| Failure { found, script: text.clone() });
    let metrics = replay.sitting.run().metrics();
    let completed = crate::base::operation::OPERATIONS.iter().map(|spec| metrics.latency(spec.op_type).done).sum();
    Outcome {
        completed,
        checked,
        broken: rulings.iter().filter(broken).map(|(claim, _)| *claim).collect(),
        undecided: rulings.iter().filter(|(_, (holds, _))| holds.is_none()).map(|(claim, _)| *claim).collect(),
        failure: unsafe_failure.or(failure),
    }
}

/// Plays lines with their ending. What the world refuses, now that other lines are gone, is left out.
fn play_what_fits(mut lines: Vec<String>) -> (Vec<String>, Replay) {
    loop {
        let text = lines.join("\n") + "\n" + ENDING;
        let script = parse_script(&text).unwrap_or_else(|errors| panic!("{}\n{text}", errors[0]));
        match play(&script, None) {
            Ok(replay) => return (lines, replay),
            Err(error) => drop(lines.remove(error.line as usize - 1)),
        }
    }
}

/// The script of a seed.
fn lines(seed: u64, plan: Plan, hazard: Option<Hazard>) -> Vec<String> {
    let mut lines = super::lines_of(seed);
    lines.retain(|line| !has_word(line, &["policy", "merge", "hazard", "gossip"]));
    // Of a tombstone that was forgotten before a switch the log cannot know either.
    lines.retain(|line| seed.is_multiple_of(2) || !has_word(line, &["grace"]));
    let replicas =
        lines.iter().find_map(|line| line.strip_prefix("cluster ")?.split(' ').next()?.parse::<usize>().ok());
    let setup = lines.iter().position(|line| !is_setup(line)).unwrap_or(lines.len());
    let middle = setup + (lines.len() - setup) / 3;
    let mut disks = if hazard == Some(Hazard::LostDiskCounts) { 9 } else { usize::from(replicas.unwrap_or(3) > 2) };
    for (number, line) in lines.iter_mut().enumerate() {
        let is_loose = !seed.is_multiple_of(2) && number < middle;
        if has_word(line, &["retry"]) {
            // A loose retry elsewhere adds twice whatever its key: the log would find more than was put in.
            *line = if is_loose { once(line) } else { format!("{line} key=yes") };
        }
        // What was lost before a switch the log cannot know, and it counts as spent.
        if line.contains("disk=lose") && (disks == 0 || is_loose) {
            *line = line.replace("disk=lose", "disk=keep");
        } else if line.contains("disk=lose") {
            disks -= 1;
        }
    }
    if let Some(hazard) = hazard {
        lines.insert(setup, format!("hazard {} on", hazard.name()));
    }
    if plan == Plan::Weaker {
        return lines;
    }
    let reads = if hazard == Some(Hazard::LeaseTrustsClock) { "(lease-read)" } else { "" };
    let bind = format!("policy * linearizable{reads}");
    if seed.is_multiple_of(2) {
        lines.insert(setup, bind);
    } else {
        // Everything is whole for a moment, so that the switch ends; then the mark, and the faults go on.
        let whole = ["heal all", &bind, "after 6s", "mark bound"];
        lines.splice(middle..middle, whole.map(str::to_owned));
        shift(&mut lines[middle + whole.len()..]);
    }
    lines
}

/// A retry line that tries once.
fn once(line: &str) -> String {
    let is_kept = |word: &&str| !word.starts_with("attempts=");
    line.split(' ').filter(is_kept).collect::<Vec<_>>().join(" ") + " attempts=1"
}

/// Lines after the switch keep their order and come later: each after a moment instead of at its instant.
fn shift(lines: &mut [String]) {
    for line in lines {
        if let Some(rest) = line.strip_prefix("at ") {
            let command = rest.split_once(' ').map_or("", |(_, command)| command);
            *line = format!("after 200ms {command}");
        }
    }
}

fn is_setup(line: &str) -> bool {
    has_word(line, &["seed", "cluster", "clients", "given"])
}

/// Whether the statement of a line begins with one of these words.
fn has_word(line: &str, words: &[&str]) -> bool {
    let mut parts = line.split_whitespace();
    let first = parts.next().unwrap_or_default();
    let word = if first == "at" || first == "after" { parts.nth(1).unwrap_or_default() } else { first };
    words.contains(&word)
}

/// Plays the script once more, event by event. Says how many events were checked, and what was broken.
fn check_raft(text: &str, plan: Plan) -> (u64, Option<String>) {
    if plan == Plan::Weaker {
        return (0, None);
    }
    let script = parse_script(text).expect("it was parsed before");
    let mut sitting = Sitting::going_on_only();
    let mut safety = RaftSafety::default();
    let mut checked = 0;
    for line in &script.lines {
        let now = sitting.run().now();
        let to = match (line.when, &line.statement) {
            (Some(When::At { instant, .. }), _) => instant,
            (Some(When::After { us }), _) => now + us,
            (None, Some(Statement::Run { us })) => now + *us,
            _ => now,
        };
        while to > now && sitting.next_event().is_some_and(|due| due <= to) {
            if sitting.step().is_err() {
                break;
            }
            checked += 1;
            safety.look(sitting.run().cluster().view());
        }
        sitting.rest_until(to);
        if let Some(Statement::World(command)) = &line.statement {
            sitting.act(command, &line.source).expect("it took effect before");
            safety.look(sitting.run().cluster().view());
        }
    }
    (checked, safety.broken())
}

/// Whether everything is bound to Raft at the end of a sitting.
pub fn is_all_bound(sitting: &Sitting) -> bool {
    let view = sitting.run().cluster().view();
    let is_bound = |op_type: OpType| view.binding(LogId::Raft, op_type) == Binding::Bound;
    crate::base::operation::OPERATIONS.iter().all(|spec| is_bound(spec.op_type))
}
