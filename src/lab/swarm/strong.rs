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
//! two. The same seeds at `eventual` break the same claims, or the judges would be blind; so each plan has a weaker one.
//!
//! With `threshold` everything that takes from a counter is bound to that instead, under a load of its own, and is
//! switched to `linearizable` and back in the middle of whatever happens then; some worlds were at it before, and let go
//! of it again, before they are bound for good. What is loose within a grant is one disk's and has no order, so fewer
//! claims are kept. `threshold(n,naive)` over the same seeds oversells.

use crate::base::operation::OPERATIONS;
use crate::base::{Claim, Cover, Hazard, Level, LogId, OpType, ReadBy, Service};
use crate::data::Binding;
use crate::lab::language::parse::parse_script;
use crate::lab::language::statement::{Statement, When};
use crate::lab::replay::{Replay, play};
use crate::lab::sitting::Sitting;
use crate::record::HistoryEntry;

use super::quorum::{self, Strength};
use super::raft_safety::RaftSafety;
use super::sessions;
use super::shipped;
use super::tail::{self, Tail};
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

/// What `threshold` keeps, beside everything else at `linearizable`.
const CLAIMS_OF_THRESHOLD: [Claim; 9] = [
    Claim::Convergence,
    Claim::NoOverdraft,
    Claim::NoOversell,
    Claim::UniqueOwner,
    Claim::NoAccessAfterRevocation,
    Claim::ConsistentPrefix,
    Claim::NoLostUpdate,
    Claim::NoWrongWinner,
    Claim::Linearizable,
];
/// What it keeps too where no disk is lost and retries go to the same replica.
const CLAIMS_WITH_DISKS: [Claim; 2] = [Claim::ExactlyOnce, Claim::Durable];

/// Services whose loose writes all count, whatever clocks say.
const MERGING: [Service; 4] = [Service::Stock, Service::Account, Service::Likes, Service::Feed];
/// Those of them that are linearizable beside `threshold`.
const MERGING_BESIDE_THRESHOLD: [Service; 2] = [Service::Likes, Service::Feed];
/// All that are.
const ALL_BESIDE_THRESHOLD: [Service; 6] =
    [Service::Likes, Service::Feed, Service::Profile, Service::Item, Service::Access, Service::Username];

/// The level of a swarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Everything is linearizable, from the start or from the middle on.
    Linearizable,
    /// Everything is linearizable, and what takes from counters is at `threshold`, on and off.
    Threshold(Cover),
    /// Everything is at `primary`, with failovers or without.
    Primary,
    /// The same lines, and an answer waits for no follower.
    PrimaryWeaker,
    /// Everything is at `bounded`.
    Bounded,
    /// The same lines, and any replica answers a read, however late it is.
    BoundedWeaker,
    /// Services go from level to level.
    Switching,
    /// Profiles are at `quorum`.
    Quorum(Strength),
    /// Everything is at `session`, with one strategy or another.
    Session,
    /// Everything is at `causal`.
    Causal,
    /// The lines of `Session`, and everything is at `eventual`, or without fifo.
    LessThanSession,
    /// The lines of `Causal`, and everything is at `session(token)`.
    LessThanCausal,
    /// The lines of `Linearizable`, and nothing is bound.
    Weaker,
}

impl Plan {
    /// The names of those that a swarm can be asked for, as levels.
    pub const NAMES: [&'static str; 8] =
        ["session", "causal", "bounded", "quorum", "primary", "linearizable", "threshold", "switching"];

    /// The plan of a level.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "linearizable" => Some(Self::Linearizable),
            "threshold" => Some(Self::Threshold(Cover::Grants)),
            "primary" => Some(Self::Primary),
            "bounded" => Some(Self::Bounded),
            "switching" => Some(Self::Switching),
            "quorum" => Some(Self::Quorum(Strength::AsPromised)),
            "session" => Some(Self::Session),
            "causal" => Some(Self::Causal),
            _ => None,
        }
    }

    /// What has to hold at the end of a script with these lines.
    fn claims(self, seed: u64, lines: &[String]) -> Vec<Claim> {
        match self.stronger() {
            Self::Linearizable => CLAIMS.to_vec(),
            Self::Quorum(strength) => quorum::claims(seed, strength),
            Self::Session | Self::Causal | Self::LessThanSession | Self::LessThanCausal => sessions::claims(self, seed),
            _ if self.is_shipped() => shipped::claims(self.stronger(), seed),
            _ if lines.iter().any(|line| line.contains("disk=lose")) => CLAIMS_OF_THRESHOLD.to_vec(),
            _ => [&CLAIMS_OF_THRESHOLD[..], &CLAIMS_WITH_DISKS].concat(),
        }
    }

    /// The services whose operations have to be linearizable; `None` for one order of all.
    fn orders(self, since_mark: bool) -> Option<&'static [Service]> {
        match (self.stronger(), since_mark) {
            // What a register shows of loose writes depends on clocks: no order of them explains it.
            (Self::Linearizable, true) => Some(&MERGING),
            (Self::Linearizable, false) => None,
            (Self::Quorum(_), _) => Some(&[Service::Profile]),
            (Self::Threshold(_), true) => Some(&MERGING_BESIDE_THRESHOLD),
            (Self::Threshold(_), false) => Some(&ALL_BESIDE_THRESHOLD),
            _ => None,
        }
    }

    /// The plan that it is weaker than, of which it has the lines and the claims; else itself.
    pub(super) fn stronger(self) -> Self {
        match self {
            Self::PrimaryWeaker => Self::Primary,
            Self::BoundedWeaker => Self::Bounded,
            Self::Weaker => Self::Linearizable,
            _ => self,
        }
    }

    /// Whether it is about the primary's log.
    fn is_shipped(self) -> bool {
        matches!(self.stronger(), Self::Primary | Self::Bounded | Self::Switching)
    }
}

/// What one seed came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Operations that were answered with something else than that they cannot be decided now.
    pub completed: u64,
    /// Operations that took from a counter, and that a replica did alone.
    pub alone: u64,
    /// How often a replica held a write back.
    pub held_back: u64,
    /// How often a session was turned away and went on.
    pub turned_away: u64,
    /// What became of the writes of the primary's log.
    pub tail: Tail,
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
    let ruling = |claim: Claim| match plan.orders(mark.is_some()).filter(|_| claim == Claim::Linearizable) {
        Some(services) => {
            let mut rulings = services.iter().map(|service| of(claim, Some(*service)));
            rulings.find(|(holds, _)| *holds != Some(true)).unwrap_or((Some(true), String::new()))
        }
        None => of(claim, None),
    };
    let claims = plan.claims(seed, &lines).into_iter();
    let rulings: Vec<_> = claims.map(|claim| (claim, ruling(claim))).collect();
    let broken = |(_, (holds, _)): &&(Claim, (Option<bool>, String))| *holds == Some(false);
    let failure = rulings.iter().find(broken).map(|(claim, (_, words))| Failure {
        found: format!("{}: {words}", claim.name()),
        script: format!("{text}expect {} holds{since}\n", claim.name()),
    });
    let (checked, unsafe_text) = match plan {
        Plan::Linearizable | Plan::Threshold(_) => check_raft(&text),
        _ => (0, None),
    };
    let mut tail = Tail::default();
    let unsafe_text = unsafe_text.or_else(|| match plan.stronger() {
        Plan::Primary => tail::of(&replay).map(|counted| tail = counted).err(),
        Plan::Bounded => shipped::too_stale(&replay),
        _ => None,
    });
    let unsafe_failure = unsafe_text.map(|found| Failure { found, script: text.clone() });
    let metrics = replay.sitting.run().metrics();
    let completed = OPERATIONS.iter().map(|spec| metrics.latency(spec.op_type).done).sum();
    Outcome {
        completed,
        alone: taken_alone(&replay),
        held_back: sessions::held_back(&replay),
        turned_away: sessions::turned_away(&replay),
        tail,
        checked,
        broken: rulings.iter().filter(broken).map(|(claim, _)| *claim).collect(),
        undecided: rulings.iter().filter(|(_, (holds, _))| holds.is_none()).map(|(claim, _)| *claim).collect(),
        failure: unsafe_failure.or(failure),
    }
}

/// Plays one seed and judges nothing: for who asks something else of these worlds.
///
/// # Panics
/// As [`run_seed`] does.
pub fn play_seed(seed: u64, plan: Plan) -> Replay {
    play_what_fits(lines(seed, plan, None)).1
}

/// How many operations took from a counter without the log.
fn taken_alone(replay: &Replay) -> u64 {
    let operations = replay.sitting.run().metrics().operations();
    let is_alone = |entry: &&HistoryEntry| match **entry {
        HistoryEntry::Decided { attempt, decision, .. } => {
            let is_loose = decision.write.is_some_and(|(dot, ..)| dot.column.is_loose());
            is_loose && operations.get(attempt.op).is_some_and(|operation| operation.op_type.takes())
        }
        _ => false,
    };
    replay.sitting.log().history.iter().filter(is_alone).count() as u64
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
    if let Plan::Quorum(strength) = plan {
        return quorum::lines(lines, seed, strength, hazard);
    }
    if matches!(plan, Plan::Session | Plan::Causal | Plan::LessThanSession | Plan::LessThanCausal) {
        return sessions::lines(lines, seed, plan);
    }
    if plan.is_shipped() {
        return shipped::lines(lines, seed, plan);
    }
    lines.retain(|line| !has_word(line, &["policy", "merge", "hazard", "gossip"]));
    // Of a tombstone that was forgotten before a switch the log cannot know either.
    lines.retain(|line| seed.is_multiple_of(2) || !has_word(line, &["grace"]));
    let replicas =
        lines.iter().find_map(|line| line.strip_prefix("cluster ")?.split(' ').next()?.parse::<usize>().ok());
    let setup = lines.iter().position(|line| !is_setup(line)).unwrap_or(lines.len());
    let middle = setup + (lines.len() - setup) / 3;
    let mut disks = if hazard == Some(Hazard::LostDiskCounts) { 9 } else { usize::from(replicas.unwrap_or(3) > 2) };
    if matches!(plan, Plan::Threshold(_)) && seed.is_multiple_of(3) {
        disks = 0;
    }
    for (number, line) in lines.iter_mut().enumerate() {
        let is_loose = !seed.is_multiple_of(2) && number < middle;
        if has_word(line, &["retry"]) {
            // A loose retry elsewhere adds twice whatever its key: the log would find more than was put in.
            *line = if is_loose { once(line) } else { format!("{line} key=yes") };
            if matches!(plan, Plan::Threshold(_)) {
                *line = line.replace("to=other", "to=same");
            }
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
    if let Plan::Threshold(cover) = plan {
        return at_threshold(lines, seed, cover, (setup, middle));
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

/// The lines of a seed with everything bound: what takes from counters to `threshold`, and all else to `linearizable`,
/// save that in some worlds what adds to them is loose.
fn at_threshold(mut lines: Vec<String>, seed: u64, cover: Cover, (setup, middle): (usize, usize)) -> Vec<String> {
    let kept = [0, 3, 10, 25, 1][(seed % 5) as usize];
    let takers = OPERATIONS.iter().filter(|spec| spec.op_type.takes());
    let bind = |level: Level| takers.clone().map(move |spec| format!("policy {} {}", spec.name, level.text()));
    let mut bound = vec!["policy * linearizable".to_owned()];
    if seed % 4 < 2 {
        bound.extend(["policy stock.restock eventual".to_owned(), "policy account.deposit eventual".to_owned()]);
    }
    bound.extend(bind(Level::Threshold(kept, cover)));
    // More is taken than comes in, so that nearly all the time the last ones are sold.
    let load = |name: &str, types: &str, per_second: u64| {
        format!("load {name} {types} {per_second}/s key={} amount={} clients=9", super::generate::KEYS[0], 1 + seed % 4)
    };
    let loads = |round: u32| {
        let per_second = 5 + seed % 10;
        let takes = load(&format!("takes{round}"), "stock.reserve,account.withdraw", 3 * per_second);
        [takes, load(&format!("adds{round}"), "stock.restock,account.deposit", per_second)]
    };
    // Later places first, so that the earlier ones stay where they are.
    let rest = lines.len() - middle;
    for (part, level) in [(3, Level::Threshold(kept + 2, cover)), (2, Level::Linearizable(ReadBy::Index))] {
        let place = middle + rest * part / 4;
        lines.splice(place..place, bind(level));
    }
    let mut begin = loads(1).to_vec();
    if seed.is_multiple_of(2) {
        begin.extend(bound);
    } else {
        let whole: Vec<String> = [vec!["heal all".to_owned()], bound.clone()].concat();
        // To heal all stops the first loads.
        let whole = [whole, vec!["after 6s".to_owned(), "mark bound".to_owned()], loads(2).to_vec()].concat();
        let marked = middle + whole.len();
        lines.splice(middle..middle, whole);
        shift(&mut lines[marked..]);
        if seed % 4 == 3 {
            let between = setup + (middle - setup) / 2;
            lines.splice(between..between, bind(Level::Eventual));
            begin.extend(bind(Level::Threshold(kept, cover)));
        }
    }
    lines.splice(setup..setup, begin);
    lines
}

/// A retry line that tries once.
pub(super) fn once(line: &str) -> String {
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

pub(super) fn is_setup(line: &str) -> bool {
    has_word(line, &["seed", "cluster", "clients", "given"])
}

/// Whether the statement of a line begins with one of these words.
pub(super) fn has_word(line: &str, words: &[&str]) -> bool {
    let mut parts = line.split_whitespace();
    let first = parts.next().unwrap_or_default();
    let word = if first == "at" || first == "after" { parts.nth(1).unwrap_or_default() } else { first };
    words.contains(&word)
}

/// Plays a script event by event, and holds Raft's five properties against its members after each. Says how many events
/// were checked, and what was broken first.
///
/// # Panics
/// If the script does not parse, or the world refuses a line of it.
pub fn check_raft(text: &str) -> (u64, Option<String>) {
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
    OPERATIONS.iter().all(|spec| is_bound(spec.op_type))
}
