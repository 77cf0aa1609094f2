//! The swarm over what the primary's log promises, and over switches between all levels.
//!
//! ```text
//!   primary     even seeds  r1 stays the primary and keeps its disk: as good as one copy
//!               odd seeds   failover by majority, semi-sync by majority: nothing that was acknowledged is lost
//!               every 4th   promotions by hand as well: what is lost was reported, each write of it
//!   bounded                 no read is staler than its bound, while clocks are right and r1 is the primary
//!   switching               services move between all levels under load: nothing acknowledged is lost on the way
//! ```
//!
//! One step weaker: the same failovers with nobody waiting for a follower lose what was acknowledged, and the worlds of
//! `bounded` with `primary(local)` have reads that are staler than the bound.

use crate::base::operation::OPERATIONS;
use crate::base::{Claim, Service};
use crate::lab::replay::Replay;

use super::strong::{CLAIMS, Plan, has_word, once};

/// The bound of `bounded` in these worlds, in microseconds: a few heartbeats and the longest way.
const BOUND_US: u64 = 400_000;
/// What a primary that may lose its tail keeps.
const WITH_FAILOVER: [Claim; 3] = [Claim::Convergence, Claim::NoResurrection, Claim::ConstantSum];
/// What it keeps if a majority acknowledges, and what a switch keeps.
const NOTHING_LOST: [Claim; 2] = [Claim::Convergence, Claim::Durable];
/// What bounded reads keep while there is one primary.
const WITHIN_BOUND: [Claim; 10] = [
    Claim::Convergence,
    Claim::ConstantSum,
    Claim::NoOverdraft,
    Claim::NoOversell,
    Claim::UniqueOwner,
    Claim::ConsistentPrefix,
    Claim::NoLostUpdate,
    Claim::NoWrongWinner,
    Claim::ExactlyOnce,
    Claim::Durable,
];

/// What has to hold at the end of a seed.
pub(super) fn claims(plan: Plan, seed: u64) -> Vec<Claim> {
    match plan {
        Plan::Primary if seed.is_multiple_of(2) => CLAIMS.to_vec(),
        Plan::Primary if seed % 4 == 1 => WITH_FAILOVER.to_vec(),
        // Not that no wrong write wins: until the old primary hears of the new one there are two.
        Plan::Primary => [&NOTHING_LOST[..], &WITH_FAILOVER].concat(),
        Plan::Bounded => WITHIN_BOUND.to_vec(),
        _ => NOTHING_LOST.to_vec(),
    }
}

/// The lines of a seed, made of those of the ordinary swarm.
pub(super) fn lines(lines: Vec<String>, seed: u64, plan: Plan) -> Vec<String> {
    let mut lines = bound(lines, seed, plan.stronger());
    let weaker = match plan {
        Plan::PrimaryWeaker => "primary",
        Plan::BoundedWeaker => "primary(local)",
        _ => return lines,
    };
    for line in lines.iter_mut().filter(|line| has_word(line, &["policy"])) {
        *line = format!("policy * {weaker}");
    }
    lines
}

/// The same with the policy of the plan.
fn bound(mut lines: Vec<String>, seed: u64, plan: Plan) -> Vec<String> {
    lines.retain(|line| !has_word(line, &["policy", "merge", "hazard", "gossip"]));
    let is_clock = |line: &String| has_word(line, &["skew", "drift", "step", "ntp", "noise"]);
    lines.retain(|line| plan != Plan::Bounded || !(is_clock(line) || has_word(line, &["heartbeat"])));
    // Of a tombstone that was forgotten before a switch a log cannot know.
    lines.retain(|line| plan != Plan::Switching || !has_word(line, &["grace"]));
    let replicas = lines.iter().find_map(|line| line.strip_prefix("cluster ")?.split(' ').next()?.parse().ok());
    let replicas: u64 = replicas.unwrap_or(3);
    let fails_over = plan == Plan::Primary && !seed.is_multiple_of(2);
    let mut disks = match plan {
        Plan::Switching => 0,
        // Where most have lost their disks nobody may vote, and only an operator makes a primary.
        _ if fails_over => u32::from(seed % 4 == 1 && replicas > 2),
        _ => u32::MAX,
    };
    for line in &mut lines {
        if has_word(line, &["retry"]) {
            // A loose retry elsewhere adds twice whatever its key.
            *line = if plan == Plan::Switching { once(line) } else { format!("{line} key=yes") };
        }
        if line.contains("disk=lose") && (disks == 0 || (!fails_over && line.contains("crash r1 "))) {
            *line = line.replace("disk=lose", "disk=keep");
        } else if line.contains("disk=lose") && fails_over {
            disks -= 1;
        }
    }
    let setup = lines.iter().position(|line| !super::strong::is_setup(line)).unwrap_or(lines.len());
    match plan {
        Plan::Bounded => lines.insert(setup, format!("policy * bounded({}ms)", BOUND_US / 1_000)),
        Plan::Switching => switch_often(&mut lines, setup, seed, replicas),
        _ if seed.is_multiple_of(2) => lines.insert(setup, "policy * primary".to_owned()),
        _ => fail_over(&mut lines, setup, seed, replicas),
    }
    lines
}

fn fail_over(lines: &mut Vec<String>, setup: usize, seed: u64, replicas: u64) {
    let level = match replicas / 2 {
        0 => "primary".to_owned(),
        followers => format!("primary(semi-sync={followers})"),
    };
    if seed % 4 == 1 {
        for number in 0..4 {
            let at = setup + (lines.len() - setup) * (number + 1) / 5;
            lines.insert(at, format!("promote r{}", 1 + (seed / 4 + number as u64) % replicas));
        }
    }
    let timeout_ms = 400 + 100 * (seed % 7);
    lines.insert(setup, format!("failover auto timeout={timeout_ms}ms"));
    lines.insert(setup + 1, format!("policy * {level}"));
}

/// Services go from level to level, each in its own order, some by force.
fn switch_often(lines: &mut Vec<String>, setup: usize, seed: u64, replicas: u64) {
    let semi_sync = if replicas > 1 { "primary(semi-sync=1)" } else { "primary" };
    let quorum = if replicas > 2 { "quorum(2,2,3)" } else { "quorum(1,1,1)" };
    let logged = ["linearizable", "primary", "bounded(300ms)", semi_sync, "linearizable(lease-read)", "threshold(3)"];
    let loose = ["eventual", "causal", quorum, "session(token,fifo)"];
    // Loose ones in between, since what a log takes over comes from there.
    let levels: Vec<&str> =
        logged.chunks(3).zip(loose.chunks(2)).flat_map(|(some, more)| [some, more].concat()).collect();
    let services = Service::ALL;
    for number in 0..12_usize {
        let at = setup + (lines.len() - setup) * number / 12;
        let service = services[(seed as usize + number * 5) % services.len()].name();
        let level = levels[(seed as usize / 3 + number * 5 + number / 5) % levels.len()];
        let force =
            if (seed as usize + number).is_multiple_of(11) && logged.contains(&level) { " force=yes" } else { "" };
        lines.insert(at, format!("policy {service}.* {level}{force}"));
    }
}

/// A read that was staler than its bound.
pub(super) fn too_stale(replay: &Replay) -> Option<String> {
    let metrics = replay.sitting.run().metrics();
    // What a card provider decided is loose.
    let reads = OPERATIONS.iter().filter(|spec| spec.op_type.is_read() && spec.service != Service::Payment);
    let (us, worst) = reads.map(|spec| (metrics.staleness(spec.op_type).age.max_us(), spec)).max_by_key(|it| it.0)?;
    (us > BOUND_US).then(|| format!("{} was stale by {us} us, and its bound is {BOUND_US} us", worst.name))
}
