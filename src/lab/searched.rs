//! Claims about the order of all operations, judged on demand: their judges search.
//!
//! Each service is judged by itself, on its neutral history: an object of its kind, all keys of it.
//! The causal claims and regularity follow values to their writes, which only profiles show. The work is bounded by a
//! count, so a verdict is the same everywhere, and `unknown` says that the bound was met.

use std::sync::Arc;

use crate::base::{Claim, Instant, KeyId, OpId, Service};
use crate::check::black_box::{Finding, Promise, Reason, Witness, Work, judge};
use crate::check::verdict::{Sentence, Told};
use crate::check::{Ruling, Unknown, Verdict, Violation};

use super::neutral::{Neutral, Scope, model};
use super::sitting::Sitting;

/// Steps of one search, about a second.
const WORK_MAX: u64 = 4_000_000;
/// The same where a person waits for an explanation that has more to say.
const LEGAL_WORK_MAX: u64 = 200_000;

/// What the black-box judges call it.
fn promise(claim: Claim) -> Option<Promise> {
    match claim {
        Claim::Linearizable => Some(Promise::Linearizable),
        Claim::Sequential => Some(Promise::Sequential),
        Claim::CausalConsistency => Some(Promise::CausalConsistency),
        Claim::CausalConvergence => Some(Promise::CausalConvergence),
        Claim::CausalMemory => Some(Promise::CausalMemory),
        Claim::Regular => Some(Promise::Regular),
        _ => None,
    }
}

/// Whether values tell enough of a service for this promise.
fn tells(service: Service, promise: Promise) -> bool {
    matches!(promise, Promise::Linearizable | Promise::Sequential) || service == Service::Profile
}

/// A verdict, and how many operations stand behind it.
#[derive(Clone, Debug)]
pub struct Searched {
    /// The verdict.
    pub verdict: Verdict,
    /// Attempts that were judged.
    pub judged: u64,
}

/// Judges a claim at the cursor: over all services, or one; over all of the history, or what was invoked since a mark.
pub fn search(claim: Claim, service: Option<Service>, since: Option<Instant>, sitting: &Sitting) -> Searched {
    let promise = promise(claim).expect("only what is searched is asked for here");
    let (mut violations, mut judged, mut unknown) = (Vec::new(), 0, None);
    for service in services(service, promise) {
        if !tells(service, promise) {
            unknown = Some(Unknown::Search(Reason::WrongModel));
            continue;
        }
        let model = model(service);
        let neutral = match Neutral::of(Scope { service, key: None, since }, model, sitting) {
            Ok(neutral) => neutral,
            Err(reason) => return Searched { verdict: Verdict::unknown(claim, reason), judged: 0 },
        };
        judged += neutral.told.iter().flatten().count() as u64;
        match judge(&neutral.history, model, promise, &mut Work::new(WORK_MAX, &mut |_| {})) {
            Finding::Holds(_) => {}
            Finding::Violated(witness) => violations.push(Arc::new(violation(claim, promise, &neutral, &witness))),
            Finding::Unknown(reason) => unknown = Some(Unknown::Search(reason)),
        }
    }
    let count = violations.len() as u64;
    let verdict = match unknown {
        Some(unknown) if count == 0 => Verdict::unknown(claim, unknown),
        _ => Verdict::of(claim, violations, count),
    };
    Searched { verdict, judged }
}

fn services(service: Option<Service>, promise: Promise) -> Vec<Service> {
    let all = || Service::ALL.into_iter().filter(|service| tells(*service, promise));
    service.map_or_else(|| all().collect(), |service| vec![service])
}

fn violation(claim: Claim, promise: Promise, neutral: &Neutral, witness: &Witness) -> Violation {
    let told: Vec<Told> = witness.operations.iter().filter_map(|number| neutral.told[*number as usize]).collect();
    let last = told.iter().map(|told| told.act.deed.at).max().unwrap_or_default();
    let key = told.last().map_or(KeyId(0), |told| told.act.key);
    let sentence = Sentence::Unordered { promise, witness: told };
    Violation { claim, at: last, invoked: last, key, operations: sentence.operations(), sentence }
}

/// An order of the operations on a key that explains an operation, as the strongest promise that has one.
#[derive(Clone, Debug)]
pub struct Legal {
    /// [`Claim::Linearizable`], or [`Claim::Sequential`].
    pub claim: Claim,
    /// The operations in their order, up to the one that is explained. What was given is not told.
    pub order: Vec<Told>,
}

/// Why an operation is legal: the order that makes it so.
///
/// # Errors
/// With the verdict on the weakest promise that was tried, if there is none.
pub fn legal(op: OpId, key: KeyId, sitting: &Sitting) -> Result<Legal, Verdict> {
    let service = sitting.run().cluster().view().catalog().service_of(key);
    let scope = Scope { service, key: Some(key), since: None };
    let mut last = Verdict::unknown(Claim::Linearizable, Unknown::Search(Reason::WrongModel));
    let model = model(service);
    let neutral =
        Neutral::of(scope, model, sitting).map_err(|unknown| Verdict::unknown(Claim::Linearizable, unknown))?;
    for (claim, promise) in [(Claim::Linearizable, Promise::Linearizable), (Claim::Sequential, Promise::Sequential)] {
        match judge(&neutral.history, model, promise, &mut Work::new(LEGAL_WORK_MAX, &mut |_| {})) {
            Finding::Holds(order) => return Ok(Legal { claim, order: upto(op, &order.unwrap_or_default(), &neutral) }),
            Finding::Violated(witness) => {
                last = Verdict::of(claim, vec![Arc::new(violation(claim, promise, &neutral, &witness))], 1);
            }
            Finding::Unknown(reason) => last = Verdict::unknown(claim, Unknown::Search(reason)),
        }
    }
    debug_assert!(last.holds != Ruling::Holds, "an order would have been told");
    Err(last)
}

/// What of an order concerns an operation: all up to it.
fn upto(op: OpId, order: &[u32], neutral: &Neutral) -> Vec<Told> {
    let mut all: Vec<Told> = order.iter().filter_map(|number| neutral.told[*number as usize]).collect();
    let upto = all.iter().position(|told| told.act.deed.op == op).map_or(0, |place| place + 1);
    all.truncate(upto);
    all
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::base::Actor;
    use crate::lab::language::parse::parse_script;
    use crate::lab::replay::play;
    use crate::sim::{Purpose, Stream, StreamId, below};

    /// What is said of sessions, from inside and from outside.
    const SESSIONS: [(Claim, Promise); 4] = [
        (Claim::ReadYourWrites, Promise::ReadYourWrites),
        (Claim::MonotonicReads, Promise::MonotonicReads),
        (Claim::MonotonicWrites, Promise::MonotonicWrites),
        (Claim::WritesFollowReads, Promise::WritesFollowReads),
    ];

    /// Three people, two addresses, values that are all different, replicas that hear little of each other.
    fn wandering(seed: u64) -> String {
        let mut stream = Stream::new(seed, StreamId::Actor { actor: Actor(u16::MAX), purpose: Purpose::Timer });
        let mut draw = |most: u64| below(stream.draw(), most);
        let mut script = format!("seed {seed}\nclients ana@r1 ben@r2 cyd@r3\nrepair every=1500ms\n");
        script += "lose r1 r2 40% class=gossip\nlose r1 r3 40% class=gossip\nlose r2 r3 40% class=gossip\n";
        if draw(2) == 0 {
            script += "skew r2 +2s\n";
        }
        for step in 0..24 {
            let who = ["ana", "ben", "cyd"][draw(3) as usize];
            let (key, via) = (["home", "work"][draw(2) as usize], draw(3) + 1);
            let what = match draw(2) {
                0 => format!("profile.set {key} \"street {step}\""),
                _ => format!("profile.get {key}"),
            };
            let _ = writeln!(script, "after 150ms {who}: {what} via=r{via}");
        }
        script + "run 500ms\n"
    }

    #[test]
    fn what_sessions_see_from_outside_is_broken_inside_too() {
        let mut found = [0_u32; 4];
        for seed in 0..2_000 {
            let script = parse_script(&wandering(seed)).unwrap_or_else(|errors| panic!("{}", errors[0]));
            let sitting = play(&script, None).expect("it can be played").sitting;
            let scope = Scope { service: Service::Profile, key: None, since: None };
            let model = model(Service::Profile);
            let neutral = Neutral::of(scope, model, &sitting).expect("the record is whole");
            let judges = sitting.run().judges();
            let broken_inside =
                SESSIONS.iter().any(|(claim, _)| judges.standing(*claim).unwrap_or_default().broken > 0);
            for (index, (_, promise)) in SESSIONS.into_iter().enumerate() {
                let finding = judge(&neutral.history, model, promise, &mut Work::new(WORK_MAX, &mut |_| {}));
                assert!(!matches!(finding, Finding::Unknown(_)), "seed {seed}: {finding:?}");
                if finding.is_violated() {
                    found[index] += 1;
                    assert!(broken_inside, "seed {seed}: {promise:?} is broken for values and for nothing inside");
                }
            }
        }
        assert!(found.iter().all(|count| *count >= 5), "each has to be found often enough: {found:?}");
    }
}
