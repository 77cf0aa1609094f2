//! One trial after the other in one world.

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::{Cell, HOMES, Tally};
use crate::base::{Answer, Instant, KeyId, Level, OpId, OpType, Quorum, ReplicaId, Value};
use crate::cluster::Cluster;
use crate::cluster::command::{Literal, WorldCommand};
use crate::lab::language::parse::parse_script;
use crate::lab::language::statement::Statement;
use crate::record::{HistoryEntry, Outcome, Recorded};

/// Replicas of the world: three homes of a key and three that are none, one in each datacentre of `wars-wan`.
const REPLICAS: u8 = 2 * HOMES;

/// A world with a writer and a reader for each time at each replica.
pub(super) struct TrialWorld {
    cluster: Cluster,
    quorum: Quorum,
    out: Recorded,
    /// Which coordinator comes next.
    random: Pcg64Mcg,
    /// How many keys were used.
    keys: u32,
}

/// A read that is under way.
struct Reading {
    op: OpId,
    time: usize,
    began: Instant,
}

impl TrialWorld {
    pub(super) fn new(cell: Cell, times: usize, seed: u64) -> Self {
        let people = (1..=REPLICAS).flat_map(|at| {
            let readers = (0..times).map(move |time| format!("{}@r{at}", reader(time, at)));
            readers.chain([format!("{}@r{at}", writer(at))])
        });
        let people: Vec<String> = people.collect();
        let text = format!(
            "seed {seed}\ncluster {REPLICAS} topology={}\nclients {}\ngossip off\nrepair off\nheartbeat every=1h\n\
             retry * attempts=1 timeout=24h\npolicy profile.* {}\n",
            cell.topology.name(),
            people.join(" "),
            Level::Quorum(cell.quorum()).text()
        );
        let script = parse_script(&text).expect("the text is a script");
        let random = Pcg64Mcg::seed_from_u64(seed);
        let quorum = cell.quorum();
        let mut world = Self { cluster: Cluster::default(), quorum, out: Recorded::default(), random, keys: 0 };
        for line in script.lines {
            if let Some(Statement::World(command)) = line.statement {
                world.apply(&command);
            }
        }
        world
    }

    /// One write to a key of its own, and a read at each time after its commit.
    pub(super) fn run(&mut self, after_us: &[u64], tally: &mut Tally) {
        let key = format!("k{}", self.keys);
        let began = self.cluster.now();
        let at = self.coordinator();
        let write = self.operate(writer(at), OpType::ProfileSet, &key, Some(Literal::Text("new".to_owned())));
        let (committed, _) = self.until_returned(write);
        tally.wrote(committed.0 - began.0);
        let mut readings = Vec::with_capacity(after_us.len());
        let mut ended = Vec::with_capacity(after_us.len());
        for (time, after_us) in after_us.iter().enumerate() {
            self.run_to(committed + *after_us, &mut ended);
            let (at, began) = (self.coordinator(), self.cluster.now());
            let op = self.operate(reader(time, at), OpType::ProfileGet, &key, None);
            readings.push(Reading { op, time, began });
            self.take_ended(&mut ended);
        }
        while ended.len() < readings.len() {
            self.step(&mut ended);
        }
        for reading in readings {
            let (_, at, value) = ended.iter().find(|(op, ..)| *op == reading.op).expect("every read has returned");
            tally.read(reading.time, at.0 - reading.began.0, *value != Value::Nil);
        }
        self.keys += 1;
    }

    /// One of the replicas that are no home of the trial's key. The number of its key is the number of the trial.
    fn coordinator(&mut self) -> u8 {
        let beyond = self.random.next_u64() % u64::from(REPLICAS - HOMES);
        let replicas = usize::from(REPLICAS);
        let homes = self.quorum.homes_of(KeyId(self.keys), replicas);
        let mut others = ReplicaId::all(replicas).filter(|replica| !homes.contains(*replica));
        others.nth(beyond as usize).expect("three replicas are no home").0 + 1
    }

    fn operate(&mut self, client: String, op_type: OpType, key: &str, argument: Option<Literal>) -> OpId {
        self.out.clear();
        self.apply_kept(&WorldCommand::Operate { client, op_type, key: key.to_owned(), argument, via: None });
        let invoked = self.out.history.iter().find_map(|entry| match entry {
            HistoryEntry::Invoked { op, .. } => Some(*op),
            _ => None,
        });
        invoked.expect("an idle client begins at once")
    }

    fn until_returned(&mut self, op: OpId) -> (Instant, Value) {
        let mut ended = Vec::new();
        self.take_ended(&mut ended);
        loop {
            if let Some((_, at, value)) = ended.iter().find(|(own, ..)| *own == op) {
                return (*at, *value);
            }
            self.step(&mut ended);
        }
    }

    fn run_to(&mut self, to: Instant, ended: &mut Vec<(OpId, Instant, Value)>) {
        while self.cluster.next_event(&mut self.out).is_some_and(|at| at <= to) {
            self.step(ended);
        }
        self.cluster.rest_until(to);
    }

    fn step(&mut self, ended: &mut Vec<(OpId, Instant, Value)>) {
        self.out.clear();
        self.cluster.step(&mut self.out).expect("no bound is near").expect("an operation is under way");
        self.take_ended(ended);
    }

    fn take_ended(&self, ended: &mut Vec<(OpId, Instant, Value)>) {
        for entry in &self.out.history {
            if let HistoryEntry::Returned { op, at, outcome, .. } = *entry {
                let Outcome::Answered(Answer::Done(value)) = outcome else { unreachable!("nothing is lost here") };
                ended.push((op, at, value));
            }
        }
    }

    fn apply(&mut self, command: &WorldCommand) {
        self.out.clear();
        self.apply_kept(command);
    }

    fn apply_kept(&mut self, command: &WorldCommand) {
        self.cluster.apply(command, &mut self.out).expect("the command fits this world");
    }
}

fn writer(at: u8) -> String {
    format!("w{at}")
}

fn reader(time: usize, at: u8) -> String {
    format!("t{time}r{at}")
}
