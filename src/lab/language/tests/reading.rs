use super::{lab, parse_line, parse_script};
use crate::base::{Claim, Fault, Hazard, Instant, Level, MessageClass, OpType, ReplicaId};
use crate::cluster::command::{
    Arrivals, Heal, LinkTarget, Literal, LoadSettings, Party, RetrySettings, RetryTo, SlowBy, Topology, Ways,
    WorldCommand as W,
};
use crate::lab::language::{
    Comparison, Condition, Declared, Expected, Measure, MeasureKind, OpMeasure, Operand, Statement, Statistic,
    StoryDetail, Verdict, When,
};
use crate::sim::{Delay, Shape};

const R1: ReplicaId = ReplicaId(0);
const R2: ReplicaId = ReplicaId(1);
const R3: ReplicaId = ReplicaId(2);

/// The incident of the design, as far as its levels exist.
const INCIDENT: &str = "\
# The incident: reserved in the west, read in the east.
seed 7
cluster 3 topology=wan
clients ana@r1 ben@r3
given stock mug 10
given account joint 100
policy stock.* eventual
at 1s     ana: stock.reserve mug 1 via=r1
  at 1.05s  ben: stock.level mug via=r3   # the news arrives at 1.071 s
run 2s
expect ben.last == 10
expect stock.level.staleness.max > 0ms
at 5s     partition r1 | r2 r3
load w1 account.withdraw 20/s key=joint amount=5
run 3s
expect no-overdraft violated
mark fixed
heal
run until converged within 10s
expect no-overdraft holds since=fixed
---
  1.052000  ben  stock.level mug → 10   r3   2ms  stale 48ms, 1 behind
";

fn statement(text: &str) -> Statement {
    let line = parse_line(text, &mut lab()).unwrap_or_else(|error| panic!("{text}: {error}"));
    line.and_then(|line| line.statement).unwrap()
}

fn world(text: &str) -> W {
    match statement(text) {
        Statement::World(command) => command,
        other => panic!("{text}: {other:?}"),
    }
}

fn condition(text: &str) -> Condition {
    match statement(&format!("expect {text}")) {
        Statement::Expect(condition) => condition,
        other => panic!("{text}: {other:?}"),
    }
}

fn both(from: ReplicaId, to: ReplicaId) -> LinkTarget {
    LinkTarget { from: Party::Replica(from), to: Party::Replica(to), ways: Ways::Both, class: None }
}

#[test]
fn the_incident_reads_as_it_was_meant() {
    let script = parse_script(INCIDENT).unwrap();
    assert_eq!(script.lines.len(), 19);
    assert_eq!(script.golden.as_deref().map(|golden| golden.lines().count()), Some(1));
    let setup: Vec<_> = script.lines[..5].iter().map(|line| line.statement.clone().unwrap()).collect();
    let given = |service, key: &str, value| W::Given { service, key: key.to_owned(), value: Literal::Int(value) };
    let commands = [
        W::Seed(7),
        W::Cluster { replicas: 3, topology: Topology::Wan },
        W::Clients(vec![("ana".to_owned(), Some(R1)), ("ben".to_owned(), Some(R3))]),
        given(crate::base::Service::Stock, "mug", 10),
        given(crate::base::Service::Account, "joint", 100),
    ];
    assert_eq!(setup, commands.map(Statement::World));
    let read = &script.lines[7];
    assert_eq!(read.number, 9);
    assert_eq!(read.when, Some(When::At { instant: Instant(1_050_000), events: None }));
    assert_eq!(read.source, "ben: stock.level mug via=r3");
    let (key, op_type) = ("mug".to_owned(), OpType::StockLevel);
    let operate = W::Operate { client: "ben".to_owned(), op_type, key, argument: None, via: Some(R3) };
    assert_eq!(read.statement, Some(Statement::World(operate)));
}

#[test]
fn a_line_may_say_nothing_or_only_let_time_pass() {
    for empty in ["", "   ", "\t", "# heal", "  # at 3s"] {
        assert_eq!(parse_line(empty, &mut lab()).unwrap(), None);
    }
    let line = parse_line("at 3s:17 # wait", &mut lab()).unwrap().unwrap();
    assert_eq!(line.when, Some(When::At { instant: Instant(3_000_000), events: Some(17) }));
    assert_eq!((line.statement, line.source), (None, String::new()));
    let line = parse_line("after 50ms heal all", &mut lab()).unwrap().unwrap();
    assert_eq!(line.when, Some(When::After { us: 50_000 }));
    assert_eq!(line.statement, Some(Statement::World(W::Heal(Heal::All))));
}

#[test]
fn time_is_followed_from_line_to_line() {
    let mut declared = Declared::default();
    for line in ["run 1s", "after 500ms", "at 1.5s", "run until converged within 10s", "at 1.5s", "at 4s run 2s"] {
        parse_line(line, &mut declared).unwrap_or_else(|error| panic!("{line}: {error}"));
    }
    let error = parse_line("at 5.9s", &mut declared).unwrap_err().to_string();
    assert_eq!(error, "line 1, column 4: time never goes back: expected 6s or later, found 5.9s");
    assert!(parse_line("at 6s", &mut declared).is_ok());
}

#[test]
fn links_read_with_and_without_spaces() {
    let one = LinkTarget { ways: Ways::One, ..both(R1, R2) };
    for text in ["slow r1->r2 +200ms", "slow r1 -> r2 +200ms", "slow r1 ->r2 +0.2s"] {
        assert_eq!(world(text), W::SlowLink { link: one.clone(), by: SlowBy::By(200_000) });
    }
    assert_eq!(world("slow r1 r2 300ms"), W::SlowLink { link: both(R1, R2), by: SlowBy::To(300_000) });
    assert_eq!(world("slow r2 5ms"), W::SlowReplica { replica: R2, per_input_us: 5_000 });
    let class = Some(MessageClass::Gossip);
    let lose = W::Lose { link: LinkTarget { class, ..both(R1, R3) }, probability: 0.2 };
    assert_eq!(world("lose r1 r3 20% class=gossip"), lose);
    assert_eq!(world("lose r1 r3 class=gossip 20%"), lose);
    let client = LinkTarget { from: Party::Client("ana".to_owned()), ..both(R1, R2) };
    assert_eq!(world("bandwidth ana r2 off"), W::Bandwidth { link: client, bytes_per_second: None });
}

#[test]
fn partitions_have_sides_or_a_direction() {
    let side = |ids: &[ReplicaId]| ids.iter().copied().map(Party::Replica).collect::<Vec<_>>();
    let sides = vec![side(&[R1]), side(&[R2, R3])];
    assert_eq!(world("partition r1 | r2 r3"), W::Partition { sides, ways: Ways::Both });
    let sides = vec![side(&[R1, R2]), side(&[R3])];
    assert_eq!(world("partition r1 r2->r3"), W::Partition { sides, ways: Ways::One });
    let sides = vec![side(&[R1]), side(&[R2]), side(&[R3])];
    assert_eq!(world("partition r1|r2|r3"), W::Partition { sides, ways: Ways::Both });
}

#[test]
fn published_delays_read_as_they_were_published() {
    let pareto = Shape::Pareto { min_us: 235.0, alpha: 10.0 };
    let parts = [(0.9122, pareto), (0.0878, Shape::Exponential { mean_us: 1_660.0 })];
    let delay = Delay::mixture(&parts).unwrap();
    let text = "delay r1 r2 91.22% pareto 0.235ms 10 8.78% exponential 1.66ms";
    assert_eq!(world(text), W::Delay { link: both(R1, R2), delay });
    let finer = Delay::of(Shape::Exponential { mean_us: 2.8 });
    assert_eq!(world("delay r1 r2 exponential 0.0028ms"), W::Delay { link: both(R1, R2), delay: finer });
}

#[test]
fn what_is_left_out_has_its_default() {
    let settings = RetrySettings { timeout_us: 500_000, attempts: 3, to: RetryTo::Other, ..RetrySettings::default() };
    assert_eq!(world("retry * timeout=500ms attempts=3 to=other"), W::Retry { client: None, settings });
    let load = LoadSettings {
        name: "w2".to_owned(),
        op_types: vec![OpType::FeedRead, OpType::LikesRead],
        per_second: 20,
        arrivals: Arrivals::Poisson,
        key: None,
        keys: 16,
        amount: 1,
        clients: 8,
        at: None,
        is_balanced: false,
        queue: 1_000,
    };
    assert_eq!(world("load w2 *.read 20/s"), W::Load(load.clone()));
    assert_eq!(world("load w2 feed.read,likes.read 20/s"), W::Load(load));
    let one = W::Operate {
        client: "ana".to_owned(),
        op_type: OpType::LikesAdd,
        key: "photo".to_owned(),
        argument: Some(Literal::Int(1)),
        via: None,
    };
    assert_eq!(world("ana: likes.add photo"), one);
}

#[test]
fn settings_and_policies_are_typed() {
    assert_eq!(
        world("policy stock.* eventual"),
        W::Policy { glob: "stock.*".to_owned(), level: Level::Eventual, via: None, force: false }
    );
    assert_eq!(world("hazard reuse-dots off"), W::Hazard { hazard: Hazard::ReuseDots, on: false });
    assert_eq!(world("grace 10s"), W::Grace(10_000_000));
    assert_eq!(statement("story messages"), Statement::Story(StoryDetail::Messages));
    assert_eq!(statement("mark cut"), Statement::Mark("cut".to_owned()));
}

#[test]
fn conditions_are_typed() {
    let (claim, verdict) = (Claim::NoOverdraft, Verdict::Violated);
    assert_eq!(condition("no-overdraft violated"), Condition::Claim { claim, verdict, since: None, service: None });
    assert_eq!(condition("used lose-disk"), Condition::Used(Fault::LoseDisk));
    assert_eq!(condition("converged"), Condition::Converged);
    let kind = MeasureKind::Operation { op_type: OpType::StockLevel, measure: OpMeasure::Staleness(Statistic::P99) };
    let compare = Condition::Compare {
        measure: Measure { branch: None, kind },
        comparison: Comparison::LessOrEqual,
        operand: Operand::Value(Expected::Time(1_500)),
    };
    assert_eq!(condition("stock.level.staleness.p99<=1.5ms"), compare);
    let within = "run until r3.profile[home address] == \"New St\" within 2s";
    assert!(parse_line(within, &mut lab()).is_err(), "a key of two words needs quotes");
    let within = "run until r3.profile[\"home address\"] == \"New St\" within 2s";
    let Statement::RunUntil { condition, within_us } = statement(within) else { panic!("{within}") };
    assert_eq!(within_us, 2_000_000);
    assert_eq!(condition.to_string(), "r3.profile[\"home address\"] == \"New St\"");
}

#[test]
fn since_may_stand_in_the_middle() {
    let Statement::RunUntil { condition, .. } = statement("run until no-oversell violated since=fixed within 9s")
    else {
        panic!("it is a run until")
    };
    assert_eq!(condition.to_string(), "no-oversell violated since=fixed");
}

#[test]
fn scripts_of_other_editors_read_the_same() {
    let windows = INCIDENT.replace('\n', "\r\n");
    let script = parse_script(&format!("\u{feff}{windows}")).unwrap();
    assert_eq!(script.lines, parse_script(INCIDENT).unwrap().lines);
    assert_eq!(parse_script("heal\n---").unwrap().golden.as_deref(), Some(""));
    assert_eq!(parse_script("heal\n --- \n").unwrap_err()[0].kind.code(), "unknown-command");
    assert_eq!(parse_script("heal").unwrap().golden, None);
}
