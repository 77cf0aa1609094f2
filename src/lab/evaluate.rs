//! Whether a condition is so now, and what was found if it is not.

use crate::base::{ReplicaId, Service, Value, versions_text};
use crate::cluster::view::View;
use crate::metrics::Distribution;
use crate::record::Outcome;

use super::answers::Counts;
use super::language::measure::{
    ClientMeasure, Measure, MeasureKind, OpMeasure, ReplicaMeasure, Statistic, WorkloadMeasure, WorldMeasure,
};
use super::language::statement::{Comparison, Condition, Expected, Operand, Verdict};
use super::run::Run;
use super::sitting::Sitting;
use super::telling;

/// The answer to a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// Whether it is so; `None` if a judge gave up.
    pub met: Option<bool>,
    /// What was found, for a person who expected something else.
    pub found: String,
}

/// Judges a condition at the cursor.
pub fn evaluate(condition: &Condition, sitting: &Sitting) -> Evaluation {
    let run = sitting.run();
    match condition {
        Condition::Claim { claim, verdict, since, service } => {
            let since = since.as_deref().and_then(|mark| run.marked(mark));
            let (ruling, words) = run.judges().ruling(*claim, *service, since, sitting);
            let met = ruling.map(|holds| holds == (*verdict == Verdict::Holds));
            Evaluation { met, found: words }
        }
        Condition::Compare { measure, comparison, operand } => compare(measure, *comparison, operand, run),
        Condition::Converged => {
            let view = run.cluster().view();
            let met = view.is_settled();
            let found = if view.is_converged() { "news is under way" } else { "the replicas differ" };
            Evaluation { met: Some(met), found: found.to_owned() }
        }
        Condition::Used(fault) => {
            let count = run.cluster().view().faults().get(*fault);
            Evaluation { met: Some(count > 0), found: format!("{} changed no outcome", fault.name()) }
        }
    }
}

fn compare(measure: &Measure, comparison: Comparison, operand: &Operand, run: &Run) -> Evaluation {
    let left = value_of(&measure.kind, run);
    let right = match operand {
        Operand::Value(expected) => expected.clone(),
        Operand::Measure(measure) => value_of(&measure.kind, run),
    };
    let met = match order(&left, &right) {
        Some(ordering) => comparison.accepts(ordering),
        None => comparison == Comparison::NotEqual,
    };
    let found = match operand {
        Operand::Value(_) => format!("it is {}", shown(&left)),
        Operand::Measure(_) => format!("{} stands against {}", shown(&left), shown(&right)),
    };
    Evaluation { met: Some(met), found }
}

/// How two values stand to each other; `None` if they cannot be compared, as a time with nothing.
fn order(left: &Expected, right: &Expected) -> Option<std::cmp::Ordering> {
    match (left, right) {
        (Expected::Time(left), Expected::Time(right)) | (Expected::Number(left), Expected::Number(right)) => {
            Some(left.cmp(right))
        }
        (Expected::Share(left), Expected::Share(right)) => left.partial_cmp(right),
        (left, right) => (left == right).then_some(std::cmp::Ordering::Equal),
    }
}

/// A value as people read it.
pub fn shown(value: &Expected) -> String {
    match value {
        Expected::Time(us) if *us < 0 => telling::signed_span(*us),
        Expected::Time(0) => "0ms".to_owned(),
        Expected::Time(us) => telling::span(us.unsigned_abs()),
        Expected::Share(share) => format!("{:.2}%", share * 100.0),
        Expected::Number(number) => number.to_string(),
        Expected::Text(text) => format!("\"{text}\""),
        Expected::Refused => "refused".to_owned(),
        Expected::Unknown => "unknown".to_owned(),
        Expected::Nothing => "nothing".to_owned(),
    }
}

/// What a measure says now.
pub fn value_of(kind: &MeasureKind, run: &Run) -> Expected {
    let view = run.cluster().view();
    match kind {
        MeasureKind::Client { client, measure } => client_value(client, *measure, run),
        MeasureKind::Workload { workload, measure } => workload_value(workload, *measure, run),
        MeasureKind::Operation { op_type, measure } => {
            let latency = run.metrics().latency(*op_type);
            let staleness = run.metrics().staleness(*op_type);
            match measure {
                OpMeasure::Staleness(statistic) => statistic_of(&staleness.age, *statistic),
                OpMeasure::StalenessVersionsMax => Expected::Number(i64::from(staleness.versions_max)),
                OpMeasure::Latency(statistic) => statistic_of(&latency.latency, *statistic),
                OpMeasure::Availability => latency.availability().map_or(Expected::Nothing, Expected::Share),
                OpMeasure::Invoked => count(latency.invoked),
                OpMeasure::Done => count(latency.done),
                OpMeasure::Refused => count(latency.refused),
                OpMeasure::Unknown => count(latency.unknown),
                OpMeasure::Overflowed => count(latency.overflowed),
            }
        }
        MeasureKind::Replica { replica, measure } => replica_value(*replica, *measure, run),
        MeasureKind::Shown { replica, service, key } => {
            match (view.catalog().key(*service, key), service) {
                (Some(key), _) => expected(view.value(*replica, key), view),
                // A counter that nobody has named yet shows what an untouched one shows.
                (None, Service::Stock | Service::Account | Service::Likes) => Expected::Number(0),
                (None, Service::Access) => allowed(false),
                (None, Service::Feed | Service::Profile | Service::Item | Service::Username | Service::Payment) => {
                    Expected::Nothing
                }
            }
        }
        MeasureKind::Grant { replica, key } => {
            let of = |service| view.catalog().key(service, key);
            let key = of(Service::Stock).or_else(|| of(Service::Account));
            Expected::Number(key.map_or(0, |key| view.grant(*replica, key)))
        }
        MeasureKind::World(measure) => world_value(*measure, run),
        MeasureKind::Fault(fault) => count(view.faults().get(*fault)),
    }
}

fn client_value(client: &str, measure: ClientMeasure, run: &Run) -> Expected {
    let view = run.cluster().view();
    let Some(index) = view.catalog().client(client) else { return Expected::Nothing };
    match measure {
        ClientMeasure::Completed => count(run.answers().completed(index)),
        ClientMeasure::Lies => count(run.phones().lies(index)),
        ClientMeasure::Last => match run.answers().last(index) {
            None => Expected::Nothing,
            Some((_, Outcome::Unknown | Outcome::Overflowed)) => Expected::Unknown,
            Some((_, Outcome::Answered(crate::base::Answer::Refused(_)))) => Expected::Refused,
            Some((_, Outcome::Answered(crate::base::Answer::Done(value)))) => expected(value, view),
        },
    }
}

fn workload_value(workload: &str, measure: WorkloadMeasure, run: &Run) -> Expected {
    let view = run.cluster().view();
    let clients = view.clients().enumerate().filter(|(_, client)| client.workload == Some(workload));
    let mut homes = vec![Counts::default(); view.replica_count()];
    for (index, client) in clients {
        let home = &mut homes[usize::from(client.home.0)];
        *home = home.plus(run.answers().counts(index));
    }
    let share = match measure {
        WorkloadMeasure::Availability => homes.into_iter().fold(Counts::default(), Counts::plus).availability(),
        WorkloadMeasure::AvailabilityLeast => homes.into_iter().filter_map(Counts::availability).min_by(f64::total_cmp),
    };
    share.map_or(Expected::Nothing, Expected::Share)
}

fn replica_value(replica: ReplicaId, measure: ReplicaMeasure, run: &Run) -> Expected {
    let lag = run.metrics().lag();
    let time = |us: u64| Expected::Time(us as i64);
    match measure {
        ReplicaMeasure::Lag => time(run.lag_us(replica)),
        ReplicaMeasure::LagMax => time(lag.oracle(replica).max_us().max(run.lag_us(replica))),
        ReplicaMeasure::LagObserved => lag.observed(replica).last_us().map_or(Expected::Nothing, time),
        ReplicaMeasure::LagObservedMax => time(lag.observed(replica).max_us()),
        ReplicaMeasure::OffsetBelieved => {
            let believed = run.cluster().view().replica(replica).believed_offset_us;
            believed.map_or(Expected::Nothing, Expected::Time)
        }
        ReplicaMeasure::Offset => Expected::Time(run.cluster().view().replica(replica).offset_us),
    }
}

fn world_value(measure: WorldMeasure, run: &Run) -> Expected {
    let view = run.cluster().view();
    let traffic = run.metrics().traffic();
    match measure {
        WorldMeasure::Alerts => count(run.metrics().lag().alert_count()),
        WorldMeasure::Violations => count(run.judges().count()),
        WorldMeasure::Retries => count(traffic.retries),
        WorldMeasure::MessagesSent => count(traffic.sent()),
        WorldMeasure::MessagesDropped => count(traffic.dropped()),
        WorldMeasure::MessagesDuplicated => count(view.duplicates()),
        WorldMeasure::RepairRuns => count(traffic.repairs_started),
        WorldMeasure::RepairSucceeded => count(traffic.repairs_succeeded),
        WorldMeasure::RepairFailed => count(traffic.repairs_failed),
        WorldMeasure::RepairKeys => count(traffic.keys_repaired),
        WorldMeasure::TombstonesAlive => count(view.replicas().map(|replica| replica.tombstones as u64).sum()),
        WorldMeasure::TombstonesCollected => count(traffic.tombstones_collected),
        WorldMeasure::Charges => count(view.provider().charges),
        WorldMeasure::Lies => count(run.phones().all_lies()),
        WorldMeasure::TombstonesResurrected => count(traffic.resurrected),
    }
}

fn statistic_of(distribution: &Distribution, statistic: Statistic) -> Expected {
    let Some(summary) = distribution.summary() else { return Expected::Nothing };
    let us = match statistic {
        Statistic::Max => summary.max_us,
        Statistic::P50 => summary.p50_us,
        Statistic::P99 => summary.p99_us,
        Statistic::Mean => summary.mean_us as u64,
    };
    Expected::Time(us as i64)
}

fn count(number: u64) -> Expected {
    Expected::Number(number as i64)
}

/// A value that a replica shows, or a client was told: of a feed, the newest post.
fn expected(value: Value, view: View<'_>) -> Expected {
    match value {
        Value::Nil => Expected::Nothing,
        Value::Int(number) => Expected::Number(number),
        Value::Transfer { amount, .. } => Expected::Number(i64::from(amount)),
        Value::Allowed(is_allowed) => allowed(is_allowed),
        Value::Versions { first, second, count } => {
            let text = |symbol| view.catalog().text(symbol);
            Expected::Text(versions_text(text(first), text(second), count))
        }
        Value::Text(text) | Value::Posts { newest: text, .. } => Expected::Text(view.catalog().text(text).to_owned()),
    }
}

/// What someone who asks for a permission is told.
fn allowed(is_allowed: bool) -> Expected {
    Expected::Text(if is_allowed { "allowed" } else { "denied" }.to_owned())
}
