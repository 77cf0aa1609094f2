use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::{lab, parse_line, parse_script};
use crate::base::limits::{
    AMOUNT_MAX, ATTEMPTS_MAX, DRIFT_PPM_MAX, DURATION_US_MAX, KEYS_MAX, MIXTURE_MAX, QUEUE_MAX, RATE_MAX, SKEW_US_MAX,
};
use crate::base::operation::{Argument, OPERATIONS};
use crate::base::shown::is_hidden;
use crate::base::{
    Cover, Hazard, Level, MessageClass, OpType, Quorum, ReadBy, ReplicaId, Resolver, Service, Shipping, StampBy,
};
use crate::cluster::command::{
    Arrivals, Disk, Heal, LinkTarget, Literal, LoadSettings, NtpSettings, Party, RepairSettings, RetrySettings,
    RetryTo, SlowBy, Ways, WorldCommand as W,
};
use crate::lab::language::setup::TOPOLOGIES;
use crate::lab::language::{Declared, Statement, command_text};
use crate::sim::{Delay, Shape};

fn replica() -> impl Strategy<Value = ReplicaId> {
    (0..3_u8).prop_map(ReplicaId)
}

fn everyone() -> Vec<Party> {
    let clients = ["ana", "ben"].map(|name| Party::Client(name.to_owned()));
    ReplicaId::all(3).map(Party::Replica).chain(clients).collect()
}

fn party() -> impl Strategy<Value = Party> {
    select(everyone())
}

fn parties(count: impl Into<proptest::sample::SizeRange>) -> impl Strategy<Value = Vec<Party>> {
    subsequence(everyone(), count).prop_shuffle()
}

/// Distinct actors, cut into sides.
fn sides(count: usize) -> impl Strategy<Value = Vec<Vec<Party>>> {
    (parties(count..=5), vec(0..count, 5)).prop_map(move |(parties, at)| {
        let mut sides = vec![Vec::new(); count];
        for (index, party) in parties.into_iter().enumerate() {
            sides[if index < count { index } else { at[index] }].push(party);
        }
        sides
    })
}

fn link() -> impl Strategy<Value = LinkTarget> {
    let ends = parties(2)
        .prop_filter("clients have no link", |ends| ends.iter().any(|party| matches!(party, Party::Replica(_))));
    let ways = select(vec![Ways::Both, Ways::One]);
    let class = proptest::option::of(select(MessageClass::ALL.to_vec()));
    (ends, ways, class).prop_map(|(ends, ways, class)| {
        let [from, to]: [Party; 2] = ends.try_into().unwrap();
        LinkTarget { from, to, ways, class }
    })
}

fn text() -> impl Strategy<Value = String> {
    let any = ".{0,20}".prop_map(|text| text.chars().filter(|c| !is_hidden(*c)).collect());
    prop_oneof![any, "[a-z]{1,8}", "[\"\\\\ #|>=-]{1,6}"]
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![text(), Just("via".to_owned()), Just("->".to_owned()), Just("5ms".to_owned())]
        .prop_filter("a key is not empty", |key: &String| !key.is_empty())
}

fn us(least: u64) -> impl Strategy<Value = u64> {
    let unit = select(vec![1, 1_000, 1_000_000, 60_000_000, 3_600_000_000]);
    let even = (unit, 1..=24_u64).prop_map(|(unit, count)| unit * count);
    prop_oneof![Just(least), least..=DURATION_US_MAX, even.prop_map(move |us| us.max(least))]
}

fn probability() -> impl Strategy<Value = f64> {
    prop_oneof![0.0..=1.0, (0..=10_000_u32).prop_map(|n| f64::from(n) / 10_000.0)]
}

fn shape() -> impl Strategy<Value = Shape> {
    let time = || prop_oneof![(0..100_000_u32).prop_map(f64::from), 0.001..1e9];
    prop_oneof![
        time().prop_map(|us| Shape::Constant { us }),
        (time(), time()).prop_map(|(one, other)| Shape::Uniform { low_us: one.min(other), high_us: one.max(other) }),
        time().prop_map(|mean_us| Shape::Exponential { mean_us }),
        (time(), 0.0..=10.0).prop_map(|(median_us, sigma)| Shape::LogNormal { median_us, sigma }),
        (time(), 0.1..=1000.0).prop_map(|(min_us, alpha)| Shape::Pareto { min_us, alpha }),
    ]
}

/// Weights in hundredths of a percent, so that they sum to all.
fn delay() -> impl Strategy<Value = Delay> {
    let mixture = vec((1..1000_u32, shape()), 2..=MIXTURE_MAX).prop_map(|mut parts| {
        let others: u32 = parts[1..].iter().map(|(weight, _)| weight).sum();
        parts[0].0 = 10_000 - others;
        let parts: Vec<_> = parts.iter().map(|(weight, shape)| (f64::from(*weight) / 10_000.0, *shape)).collect();
        Delay::mixture(&parts).unwrap()
    });
    prop_oneof![shape().prop_map(Delay::of), mixture]
}

/// A text as the name of a person.
fn one_word(text: &str) -> String {
    format!("p{}", text.split_whitespace().collect::<String>())
}

fn operate() -> impl Strategy<Value = W> {
    let op_type = select(OPERATIONS.to_vec()).prop_map(|spec| spec.op_type);
    let via = proptest::option::of(replica());
    (select(vec!["ana", "ben"]), op_type, key(), 1..=AMOUNT_MAX, text(), via).prop_map(
        |(client, op_type, key, amount, text, via)| {
            let argument = match op_type.spec().argument {
                Argument::None | Argument::Asker => None,
                Argument::Amount | Argument::AmountOrOne => Some(Literal::Int(amount)),
                Argument::Text => Some(Literal::Text(text)),
                Argument::Transfer => Some(Literal::Transfer { to: format!("{key}-2"), amount }),
                Argument::Person => Some(Literal::Text(one_word(&text))),
            };
            W::Operate { client: client.to_owned(), op_type, key, argument, via }
        },
    )
}

fn load() -> impl Strategy<Value = LoadSettings> {
    let globs = ["*", "stock.*", "*.read", "item.get"].map(OpType::matching);
    let any = subsequence(OPERATIONS.to_vec(), 1..5).prop_shuffle();
    let any = any.prop_map(|specs| specs.iter().map(|spec| spec.op_type).collect());
    let types = prop_oneof![select(globs.to_vec()), any];
    let key = prop_oneof![key().prop_map(|key| (Some(key), 16)), (1..=KEYS_MAX as u32).prop_map(|keys| (None, keys))];
    let clients = (1..=256_u16, proptest::option::of(replica()), 1..=QUEUE_MAX as u32);
    let arrivals = select(vec![Arrivals::Poisson, Arrivals::Even]);
    ("w[2-9][a-z]{0,5}", types, 1..=RATE_MAX, key, 1..=AMOUNT_MAX, clients, arrivals).prop_map(
        |(name, op_types, per_second, (key, keys), amount, (clients, at, queue), arrivals)| LoadSettings {
            name,
            op_types,
            per_second,
            arrivals,
            key,
            keys,
            amount,
            clients,
            at,
            queue,
        },
    )
}

fn retry() -> impl Strategy<Value = W> {
    let client = select(vec![None, Some("ana"), Some("w1")]);
    let to = select(vec![RetryTo::Same, RetryTo::Other]);
    (client, us(1), 1..=ATTEMPTS_MAX, us(0), 0..=100_u8, to, any::<bool>()).prop_map(
        |(client, timeout_us, attempts, backoff_us, jitter_percent, to, keyed)| W::Retry {
            client: client.map(str::to_owned),
            settings: RetrySettings { timeout_us, attempts, backoff_us, jitter_percent, to, keyed },
        },
    )
}

fn of_link() -> impl Strategy<Value = W> {
    let by = (us(0), any::<bool>()).prop_map(|(us, adds)| if adds { SlowBy::By(us) } else { SlowBy::To(us) });
    let rate = proptest::option::of(1..=1_000_000_000_000_u64);
    prop_oneof![
        (link(), us(1_000), us(1_000)).prop_map(|(link, up_us, down_us)| W::Flap { link, up_us, down_us }),
        (link(), by).prop_map(|(link, by)| W::SlowLink { link, by }),
        (link(), delay()).prop_map(|(link, delay)| W::Delay { link, delay }),
        (link(), probability()).prop_map(|(link, probability)| W::Lose { link, probability }),
        (link(), probability()).prop_map(|(link, probability)| W::Duplicate { link, probability }),
        (link(), probability(), us(1)).prop_map(|(link, probability, by_us)| W::Reorder { link, probability, by_us }),
        (link(), rate).prop_map(|(link, bytes_per_second)| W::Bandwidth { link, bytes_per_second }),
    ]
}

fn of_actor() -> impl Strategy<Value = W> {
    let clock_error = || 0..=SKEW_US_MAX as u64;
    let ntp = (clock_error(), us(1_000)).prop_map(|(error_us, every_us)| NtpSettings { error_us, every_us });
    let sided = prop_oneof![
        (2..5_usize).prop_flat_map(sides).prop_map(|sides| W::Partition { sides, ways: Ways::Both }),
        sides(2).prop_map(|sides| W::Partition { sides, ways: Ways::One }),
    ];
    prop_oneof![
        sided,
        parties(1..=5).prop_map(W::Isolate),
        prop_oneof![Just(Heal::Links), Just(Heal::All), parties(1..=5).prop_map(Heal::Only)].prop_map(W::Heal),
        (replica(), select(vec![Disk::Keep, Disk::Lose])).prop_map(|(replica, disk)| W::Crash { replica, disk }),
        replica().prop_map(W::Restart),
        (party(), proptest::option::of(us(1))).prop_map(|(party, for_us)| W::Pause { party, for_us }),
        party().prop_map(W::Resume),
        (replica(), us(0)).prop_map(|(replica, per_input_us)| W::SlowReplica { replica, per_input_us }),
        (party(), -SKEW_US_MAX..=SKEW_US_MAX).prop_map(|(party, offset_us)| W::Skew { party, offset_us }),
        (party(), -DRIFT_PPM_MAX..=DRIFT_PPM_MAX).prop_map(|(party, ppm)| W::Drift { party, ppm }),
        (party(), -SKEW_US_MAX..=SKEW_US_MAX).prop_map(|(party, by_us)| W::Step { party, by_us }),
        (party(), proptest::option::of(ntp)).prop_map(|(party, settings)| W::Ntp { party, settings }),
        (party(), clock_error()).prop_map(|(party, bound_us)| W::Noise { party, bound_us }),
    ]
}

fn levels() -> impl Strategy<Value = Level> {
    let named = select(vec![
        Level::Eventual,
        Level::Linearizable(ReadBy::Index),
        Level::Linearizable(ReadBy::Lease),
        Level::Primary(Shipping::default()),
        Level::Primary(Shipping { followers: 0, local_reads: true }),
        Level::Primary(Shipping { followers: 2, local_reads: true }),
        Level::Primary(Shipping { followers: 1, local_reads: false }),
        Level::Bounded(500_000),
        Level::Bounded(2_000_000),
        Level::Bounded(1),
    ]);
    let above = 0..=AMOUNT_MAX as u32;
    let threshold = (above, select(Cover::ALL.to_vec())).prop_map(|(above, cover)| Level::Threshold(above, cover));
    prop_oneof![3 => named, 1 => threshold, 1 => quorums()]
}

fn quorums() -> impl Strategy<Value = Level> {
    let sizes = (1..=3u8).prop_flat_map(|homes| (1..=homes, 1..=homes, Just(homes)));
    let stamp = select(vec![StampBy::Read, StampBy::Clock]);
    (sizes, stamp, any::<[bool; 4]>()).prop_map(|((reads, writes, homes), stamp, options)| {
        let [write_back, sloppy, read_repair, hints] = options;
        Level::Quorum(Quorum { stamp, write_back, sloppy, read_repair, hints, ..Quorum::of(reads, writes, homes) })
    })
}

fn of_cluster() -> impl Strategy<Value = W> {
    let globs = vec!["*", "stock.*", "*.read", "item.get"];
    let resolver = select(Resolver::ALL.to_vec());
    let now =
        (0..3_u8, 1..3_u8).prop_map(|(one, step)| RepairSettings::Now(ReplicaId(one), ReplicaId((one + step) % 3)));
    prop_oneof![
        operate(),
        (select(globs), levels(), select(vec![None, Some(ReplicaId(1))]), any::<bool>()).prop_map(
            |(glob, level, via, force)| {
                let force = force && level.log().is_some();
                W::Policy { glob: glob.to_owned(), level, via, force }
            }
        ),
        resolver.prop_map(|resolver| W::Merge { service: Service::Profile, resolver }),
        retry(),
        load().prop_map(W::Load),
        select(vec![None, Some("w1".to_owned())]).prop_map(W::Stop),
        (select(Hazard::ALL.to_vec()), any::<bool>()).prop_map(|(hazard, on)| W::Hazard { hazard, on }),
        any::<bool>().prop_map(|on| W::Gossip { on }),
        (proptest::option::of(any::<bool>()), us(0), any::<bool>()).prop_map(|(keys, us, has_delay)| {
            let delay_us = (keys.is_none() || has_delay).then_some(us);
            W::Provider { keys, delay_us }
        }),
        prop_oneof![us(1_000).prop_map(RepairSettings::Every), Just(RepairSettings::Off), now].prop_map(W::Repair),
        us(0).prop_map(W::Grace),
        us(1_000).prop_map(W::Heartbeat),
        proptest::option::of(us(1_000)).prop_map(W::Failover),
        replica().prop_map(W::Promote),
        us(1).prop_map(W::Slo),
    ]
}

fn of_setup() -> impl Strategy<Value = W> {
    let topology = select(TOPOLOGIES.to_vec()).prop_map(|(_, topology)| topology);
    let home = proptest::option::of(replica());
    let clients = vec(home, 1..9).prop_map(|homes| {
        W::Clients(homes.into_iter().enumerate().map(|(index, home)| (format!("client-{index}"), home)).collect())
    });
    let given =
        (select(Service::ALL.to_vec()), key(), 0..=AMOUNT_MAX, text()).prop_map(|(service, key, number, text)| {
            let value = match service {
                Service::Access => Literal::Text(one_word(&text)),
                Service::Payment => Literal::Int(number),
                service if service.is_counter() => Literal::Int(number),
                _ => Literal::Text(text),
            };
            W::Given { service, key, value }
        });
    prop_oneof![
        any::<u64>().prop_map(W::Seed),
        (1..=9_usize, topology).prop_map(|(replicas, topology)| W::Cluster { replicas, topology }),
        clients,
        given,
    ]
}

fn check(command: W, mut declared: Declared) -> Result<(), TestCaseError> {
    let text = command_text(&command);
    let line = parse_line(&text, &mut declared).map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
    let read = line.and_then(|line| line.statement);
    prop_assert_eq!(read, Some(Statement::World(command)), "{}", text);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_command_of_the_cluster_reads_back_as_it_was_printed(command in of_cluster()) {
        check(command, lab())?;
    }

    #[test]
    fn a_command_about_actors_reads_back_as_it_was_printed(command in of_actor()) {
        check(command, lab())?;
    }

    #[test]
    fn a_command_about_links_reads_back_as_it_was_printed(command in of_link()) {
        check(command, lab())?;
    }

    #[test]
    fn setup_reads_back_as_it_was_printed(command in of_setup()) {
        check(command, Declared::default())?;
    }

    #[test]
    fn no_text_makes_the_reader_panic_or_point_outside(text in "(\\PC|[ -~\n\t\u{1b}]){0,80}") {
        points_inside(&text)?;
    }

    #[test]
    fn no_heap_of_tokens_makes_the_reader_panic_or_point_outside(tokens in vec(select(TOKENS.to_vec()), 0..12)) {
        points_inside(&tokens.join(" "))?;
        points_inside(&tokens.concat())?;
    }
}

/// What lines are made of, so that random heaps of it come far into the reader.
const TOKENS: &[&str] = &[
    "at",
    "after",
    "run",
    "until",
    "within",
    "expect",
    "mark",
    "clients",
    "cluster",
    "load",
    "delay",
    "slow",
    "retry",
    "partition",
    "heal",
    "ntp",
    "repair",
    "ana",
    "r1",
    "r2",
    "r9",
    ":",
    "|",
    "->",
    "@",
    "=",
    "==",
    ">",
    "[",
    "]",
    "(",
    ")",
    ",",
    "5ms",
    "-1s",
    "+200ppm",
    "20/s",
    "50%",
    "7",
    "1.5",
    "stock.reserve",
    "stock.*",
    "mug",
    "\"New St\"",
    "pareto",
    "uniform",
    "class",
    "gossip",
    "every",
    "converged",
    "no-overdraft",
    "holds",
    "since",
    "fault",
    "r1.stock",
    "ana.last",
    "stock.level.staleness.max",
    "alerts",
    "*",
    "off",
    "#",
    "\n",
    "---",
];

fn points_inside(text: &str) -> Result<(), TestCaseError> {
    let Err(errors) = parse_script(text) else { return Ok(()) };
    for error in errors {
        let line = text.split('\n').nth(error.line as usize - 1).unwrap_or_default();
        let message = error.to_string();
        prop_assert!((1..=line.chars().count() as u32 + 1).contains(&error.column), "{message}");
        prop_assert!(!message.chars().any(is_hidden), "{message:?}");
    }
    Ok(())
}
