//! Random scripts.
//!
//! The generator plays along: a command that the world refuses is left out, so that every script runs to its end.

use std::collections::BTreeSet;

use crate::base::operation::{Argument, OPERATIONS, OpSpec};
use crate::base::time::{MS, SECOND};
use crate::base::{Actor, Hazard, Instant, Level, MessageClass, ReplicaId, Resolver, Service};
use crate::cluster::WorldCommand;
use crate::cluster::command::{
    Arrivals, Disk, Heal, LinkTarget, Literal, LoadSettings, NtpSettings, Party, RepairSettings, RetrySettings,
    RetryTo, SlowBy, Topology, Ways,
};
use crate::cluster::specs::OPERATE;
use crate::lab::language::print::command_text;
use crate::lab::language::specs::all_specs;
use crate::lab::sitting::Sitting;
use crate::lab::telling::seconds;
use crate::sim::{Delay, Purpose, Shape, Stream, StreamId, below};

/// Commands of one script, setup and ending not counted.
const COMMANDS: u64 = 40;
/// Classes of messages that loose writes use: the first ones.
const LOOSE_CLASSES: u64 = 5;
/// The names of the clients.
const CLIENTS: [&str; 3] = ["ana", "ben", "cyd"];
/// Names of keys: few, so that writes meet.
pub(super) const KEYS: [&str; 3] = ["apple", "pear", "plum"];

/// A script without its ending.
pub(super) struct Generated {
    /// Its lines.
    pub(super) lines: Vec<String>,
    /// The commands that took effect, by name.
    pub(super) commands: BTreeSet<&'static str>,
}

/// Makes the script of a seed.
pub(super) fn generate(seed: u64, menu: Menu, hazard: Option<Hazard>) -> Generated {
    let mut maker = Maker::new(seed, menu);
    maker.set_up(seed);
    if let Some(hazard) = hazard {
        maker.act(&WorldCommand::Hazard { hazard, on: true });
    }
    maker.begin_load();
    // Every kind once in random order, then again from the start: each script has most kinds.
    let mut kinds: Vec<u64> = (0..menu.kinds()).collect();
    maker.shuffle(&mut kinds);
    for kind in kinds.iter().cycle().take(COMMANDS as usize) {
        maker.let_time_pass();
        if maker.draw(2) == 0 {
            let operation = maker.operation();
            maker.act(&operation);
        }
        let command = maker.command(*kind);
        maker.act(&command);
        if let WorldCommand::Pause { party: Party::Client(client), .. } = command {
            maker.act_as(&client);
        }
    }
    Generated { lines: maker.lines, commands: maker.commands }
}

/// What a script can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Menu {
    /// The first six services: what the golden hashes of these seeds were made of, so it never grows.
    First,
    /// All services.
    All,
}

impl Menu {
    /// How many kinds [`Maker::command`] knows.
    fn kinds(self) -> u64 {
        match self {
            Self::First => 39,
            Self::All => 41,
        }
    }

    fn operations(self) -> &'static [OpSpec] {
        match self {
            Self::First => &OPERATIONS[..FIRST_OPERATIONS],
            Self::All => &OPERATIONS,
        }
    }
}

struct Maker {
    menu: Menu,
    stream: Stream,
    sitting: Sitting,
    replicas: usize,
    lines: Vec<String>,
    commands: BTreeSet<&'static str>,
    /// The instant that the script has reached.
    now: Instant,
    loads: u64,
}

impl Maker {
    fn new(seed: u64, menu: Menu) -> Self {
        // A stream that no world uses: it belongs to the last number that an actor can have.
        let id = StreamId::Actor { actor: Actor(u16::MAX), purpose: Purpose::Timer };
        Self {
            menu,
            stream: Stream::new(seed, id),
            sitting: Sitting::default(),
            replicas: 0,
            lines: Vec::new(),
            commands: BTreeSet::new(),
            now: Instant::ZERO,
            loads: 0,
        }
    }

    fn set_up(&mut self, seed: u64) {
        self.replicas = [3, 3, 3, 5, 2, 4, 9, 1][self.draw(8) as usize];
        let topology = Topology::ALL[self.draw(Topology::ALL.len() as u64) as usize];
        self.act(&WorldCommand::Seed(seed));
        self.act(&WorldCommand::Cluster { replicas: self.replicas, topology });
        let homes = CLIENTS.map(|name| (name.to_owned(), Some(self.replica())));
        self.act(&WorldCommand::Clients(homes.to_vec()));
        for (service, key, value) in [
            (Service::Stock, KEYS[0], Literal::Int(50)),
            (Service::Account, KEYS[0], Literal::Int(100)),
            (Service::Profile, KEYS[1], Literal::Text("as it was".to_owned())),
            (Service::Item, KEYS[2], Literal::Text("from the start".to_owned())),
            (Service::Feed, KEYS[0], Literal::Text("first".to_owned())),
        ] {
            self.act(&WorldCommand::Given { service, key: key.to_owned(), value });
        }
        if self.menu == Menu::All {
            let (key, value) = (KEYS[0].to_owned(), Literal::Text(CLIENTS[0].to_owned()));
            self.act(&WorldCommand::Given { service: Service::Access, key: key.clone(), value: value.clone() });
            self.act(&WorldCommand::Given { service: Service::Username, key: key.clone(), value });
            self.act(&WorldCommand::Given { service: Service::Payment, key, value: Literal::Int(7) });
            self.act(&WorldCommand::Provider { keys: Some(true), delay_us: None });
        }
        self.act(&WorldCommand::Repair(RepairSettings::Every(2 * SECOND)));
    }

    fn begin_load(&mut self) {
        for _ in 0..2 {
            let load = self.load();
            self.act(&load);
        }
        let retries = self.retries();
        self.act(&retries);
    }

    /// Lets a command take effect; what the world refuses is left out.
    fn act(&mut self, command: &WorldCommand) {
        let text = command_text(command);
        if self.sitting.act(command, &text).is_err() {
            return;
        }
        let word = text.split(' ').next().unwrap_or_default();
        let name = all_specs()
            .map(|spec| spec.name)
            .find(|name| *name == word || word.ends_with(':') && *name == OPERATE.name);
        self.commands.extend(name);
        let is_setup = command.is_setup();
        let line = if is_setup { text } else { format!("at {}s {text}", seconds(self.now.0)) };
        self.lines.push(line);
    }

    /// Lets a client begin something: one that is paused then has to do it late.
    fn act_as(&mut self, name: &str) {
        let mut operation = self.operation();
        if let WorldCommand::Operate { client, .. } = &mut operation {
            name.clone_into(client);
        }
        self.act(&operation);
    }

    fn let_time_pass(&mut self) {
        let longest = if self.draw(4) == 0 { 2 * SECOND } else { 300 * MS };
        let pause = self.draw(longest);
        self.now += pause;
        // A world that is full of messages stops; then nothing more happens, in the script as here.
        let _ = self.sitting.go_to(self.now);
    }

    fn command(&mut self, kind: u64) -> WorldCommand {
        match kind {
            0 | 1 => self.partition(),
            2 => WorldCommand::Isolate(vec![self.party()]),
            3 => self.heal(),
            4 | 5 => WorldCommand::Flap { link: self.link(), up_us: self.span(), down_us: self.span() },
            6 => {
                let by = if self.draw(2) == 0 { SlowBy::To(self.span()) } else { SlowBy::By(self.span()) };
                WorldCommand::SlowLink { link: self.link(), by }
            }
            7 => WorldCommand::Delay { link: self.link(), delay: self.delay() },
            8 => WorldCommand::Lose { link: self.link(), probability: self.probability() },
            9 => WorldCommand::Duplicate { link: self.link(), probability: self.probability() },
            10 => WorldCommand::Reorder { link: self.link(), probability: self.probability(), by_us: self.span() },
            11 => {
                let bytes_per_second = (self.draw(5) > 0).then(|| 2_000 + self.draw(50_000));
                WorldCommand::Bandwidth { link: self.link(), bytes_per_second }
            }
            12 => WorldCommand::Crash { replica: self.replica(), disk: Disk::Keep },
            13 | 14 => WorldCommand::Crash { replica: self.replica(), disk: Disk::Lose },
            15 | 16 => WorldCommand::Restart(self.replica()),
            17 => WorldCommand::Pause { party: Party::Replica(self.replica()), for_us: Some(self.span()) },
            18 | 38 => {
                let for_us = (self.draw(2) == 0).then(|| self.span());
                let party = if kind == 18 { Party::Client(self.client()) } else { self.party() };
                WorldCommand::Pause { party, for_us }
            }
            19 => WorldCommand::Resume(self.party()),
            20 => WorldCommand::SlowReplica { replica: self.replica(), per_input_us: self.draw(20 * MS) },
            21 => WorldCommand::Skew { party: self.party(), offset_us: self.offset() },
            22 => WorldCommand::Drift { party: self.party(), ppm: self.draw(20_000) as i64 - 10_000 },
            23 => WorldCommand::Step { party: self.party(), by_us: self.offset() },
            24 => {
                let settings = NtpSettings { error_us: self.draw(100 * MS), every_us: SECOND + self.draw(4 * SECOND) };
                WorldCommand::Ntp {
                    party: Party::Replica(self.replica()),
                    settings: (self.draw(6) > 0).then_some(settings),
                }
            }
            25 => WorldCommand::Noise { party: self.party(), bound_us: self.draw(50 * MS) },
            26 => self.retries(),
            27 => self.load(),
            28 => WorldCommand::Stop(None),
            29 => {
                let glob = self.spec().name.to_owned();
                WorldCommand::Policy { glob, level: Level::Eventual, via: None, force: false }
            }
            30 => {
                let resolvers = if self.menu == Menu::First { 2 } else { Resolver::ALL.len() as u64 };
                let resolver = Resolver::ALL[self.draw(resolvers) as usize];
                WorldCommand::Merge { service: Service::Profile, resolver }
            }
            31 => WorldCommand::Hazard { hazard: Hazard::LOOSE[self.draw(3) as usize], on: false },
            32 => WorldCommand::Gossip { on: self.draw(3) > 0 },
            33 => match self.draw(3) {
                0 => WorldCommand::Repair(RepairSettings::Off),
                _ => WorldCommand::Repair(RepairSettings::Every(500 * MS + self.draw(3 * SECOND))),
            },
            34 => WorldCommand::Repair(RepairSettings::Now(self.replica(), self.replica())),
            35 => WorldCommand::Grace(SECOND + self.draw(20 * SECOND)),
            39 => {
                let delay_us = Some(self.span());
                WorldCommand::Provider { keys: (self.draw(3) > 0).then(|| self.draw(2) == 0), delay_us }
            }
            40 => {
                let first = self.draw(3) as usize;
                let (from, to) = (CLIENTS[first].to_owned(), CLIENTS[(first + 1) % 3].to_owned());
                WorldCommand::Tell { from, to }
            }
            36 => WorldCommand::Heartbeat(20 * MS + self.draw(SECOND)),
            _ => WorldCommand::Slo(10 * MS + self.draw(SECOND)),
        }
    }

    fn operation(&mut self) -> WorldCommand {
        let spec = self.spec();
        let argument = match spec.argument {
            Argument::None | Argument::Asker => None,
            Argument::Amount | Argument::AmountOrOne => Some(Literal::Int(1 + self.draw(30) as i64)),
            Argument::Text => Some(Literal::Text(format!("text {}", self.draw(100)))),
            Argument::Transfer => {
                let amount = 1 + self.draw(30) as i64;
                let which = self.draw(3) as usize;
                let (key, to) = (KEYS[which].to_owned(), KEYS[(which + 1) % 3].to_owned());
                let argument = Some(Literal::Transfer { to, amount });
                return WorldCommand::Operate {
                    client: self.client(),
                    op_type: spec.op_type,
                    key,
                    argument,
                    via: None,
                };
            }
            Argument::Person => Some(Literal::Text(self.client())),
        };
        WorldCommand::Operate {
            client: self.client(),
            op_type: spec.op_type,
            key: KEYS[self.draw(3) as usize].to_owned(),
            argument,
            via: (self.draw(3) == 0).then(|| self.replica()),
        }
    }

    fn spec(&mut self) -> &'static OpSpec {
        let menu = self.menu.operations();
        &menu[self.draw(menu.len() as u64) as usize]
    }

    fn partition(&mut self) -> WorldCommand {
        let mut sides = vec![Vec::new(), Vec::new()];
        for replica in ReplicaId::all(self.replicas) {
            sides[self.draw(2) as usize].push(Party::Replica(replica));
        }
        if self.draw(4) == 0 {
            sides[self.draw(2) as usize].push(Party::Client(CLIENTS[0].to_owned()));
        }
        let ways = if self.draw(4) == 0 { Ways::One } else { Ways::Both };
        WorldCommand::Partition { sides, ways }
    }

    fn heal(&mut self) -> WorldCommand {
        WorldCommand::Heal(match self.draw(6) {
            0 => Heal::All,
            1 | 2 => Heal::Links,
            _ => Heal::Only(vec![self.party()]),
        })
    }

    fn load(&mut self) -> WorldCommand {
        self.loads += 1;
        let first = self.spec();
        let op_types = if self.draw(2) == 0 {
            self.menu.operations().iter().map(|spec| spec.op_type).collect()
        } else {
            vec![first.op_type]
        };
        WorldCommand::Load(LoadSettings {
            name: format!("w{}", self.loads),
            op_types,
            per_second: 5 + self.draw(40) as u32,
            arrivals: if self.draw(2) == 0 { Arrivals::Poisson } else { Arrivals::Even },
            key: (self.draw(2) == 0).then(|| KEYS[self.draw(3) as usize].to_owned()),
            keys: 16,
            amount: 1 + self.draw(10) as i64,
            clients: 1 + self.draw(8) as u16,
            at: (self.draw(4) == 0).then(|| self.replica()),
            is_balanced: self.loads.is_multiple_of(3),
            queue: 1 + self.draw(20) as u32,
        })
    }

    fn retries(&mut self) -> WorldCommand {
        WorldCommand::Retry {
            client: None,
            settings: RetrySettings {
                timeout_us: 20 * MS + self.draw(500 * MS),
                attempts: 1 + self.draw(4) as u16,
                backoff_us: MS + self.draw(200 * MS),
                jitter_percent: self.draw(101) as u8,
                to: if self.draw(2) == 0 { RetryTo::Same } else { RetryTo::Other },
                keyed: false,
            },
        }
    }

    fn delay(&mut self) -> Delay {
        let us = self.draw(200 * MS) as f64;
        Delay::of(match self.draw(5) {
            0 => Shape::Constant { us },
            1 => Shape::Uniform { low_us: us, high_us: us * 2.0 },
            2 => Shape::Exponential { mean_us: us + 1.0 },
            3 => Shape::LogNormal { median_us: us + 1.0, sigma: 0.5 },
            _ => Shape::Pareto { min_us: us + 1.0, alpha: 2.0 },
        })
    }

    fn link(&mut self) -> LinkTarget {
        let from = Party::Replica(self.replica());
        let to = if self.draw(6) == 0 { Party::Client(CLIENTS[1].to_owned()) } else { Party::Replica(self.replica()) };
        let ways = if self.draw(2) == 0 { Ways::Both } else { Ways::One };
        let class = (self.draw(4) == 0).then(|| MessageClass::ALL[self.draw(LOOSE_CLASSES) as usize]);
        LinkTarget { from, to, ways, class }
    }

    fn party(&mut self) -> Party {
        match self.draw(4) {
            0 => Party::Client(self.client()),
            _ => Party::Replica(self.replica()),
        }
    }

    fn client(&mut self) -> String {
        CLIENTS[self.draw(3) as usize].to_owned()
    }

    fn replica(&mut self) -> ReplicaId {
        ReplicaId(self.draw(self.replicas as u64) as u8)
    }

    /// Up to two seconds, mostly short.
    fn span(&mut self) -> u64 {
        let longest = [20 * MS, 200 * MS, 2 * SECOND][self.draw(3) as usize];
        MS + self.draw(longest)
    }

    fn offset(&mut self) -> i64 {
        let most = [100 * MS, 3 * SECOND][self.draw(2) as usize];
        self.draw(2 * most) as i64 - most as i64
    }

    fn probability(&mut self) -> f64 {
        (1 + self.draw(60)) as f64 / 100.0
    }

    fn shuffle(&mut self, items: &mut [u64]) {
        for last in (1..items.len()).rev() {
            let other = self.draw(last as u64 + 1) as usize;
            items.swap(last, other);
        }
    }

    fn draw(&mut self, bound: u64) -> u64 {
        below(self.stream.draw(), bound)
    }
}

/// How many operation types the first six services have.
const FIRST_OPERATIONS: usize = 15;
