//! Replicas in a random world of messages: lost, repeated, overtaken; crashes with and without the disk. Held against
//! the posts themselves, since a feed shows every one of them.

use std::collections::BTreeSet;

use super::*;
use crate::base::limits::POSTS_KEPT;
use crate::base::{Actor, AttemptId, Context, Dot, Hlc, Level, OpId, OpType, Symbol};
use crate::data::Cell;
use crate::record::RepairEnd;

/// A small generator for the tests alone.
struct Words(u64);

impl Words {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn one_in(&mut self, number: usize) -> bool {
        self.below(number) == 0
    }
}

/// What the links do to messages, as one in so many; `None`: nothing.
#[derive(Clone, Copy)]
struct Links {
    lost: Option<usize>,
    repeated: Option<usize>,
    overtaken: bool,
}

const GOOD: Links = Links { lost: None, repeated: None, overtaken: false };

/// What each side of a repair held when it began.
struct Began {
    peer: ReplicaId,
    own: BTreeSet<(KeyId, Dot)>,
    theirs: BTreeSet<(KeyId, Dot)>,
}

struct World {
    words: Words,
    links: Links,
    settings: Settings,
    replicas: Vec<Replica>,
    messages: Vec<(ReplicaId, ReplicaId, Message)>,
    timers: Vec<(ReplicaId, ReplicaTimer)>,
    began: Vec<Option<Began>>,
    /// All posts, where they are.
    written: Vec<(KeyId, Dot)>,
    columns: u8,
    operations: u32,
    now: LocalInstant,
    succeeded: usize,
    /// Whether every input is checked: slow where there are many posts.
    checks: bool,
}

impl World {
    fn new(seed: u64, replicas: usize, links: Links) -> Self {
        let new = |id: ReplicaId| Replica::new(id, replicas, Column(id.0));
        let settings = Settings { repair_every_us: None, gossip: true, ..Settings::default() };
        Self {
            words: Words(seed),
            links,
            settings,
            replicas: ReplicaId::all(replicas).map(new).collect(),
            messages: Vec::new(),
            timers: Vec::new(),
            began: (0..replicas).map(|_| None).collect(),
            written: Vec::new(),
            columns: replicas as u8,
            operations: 0,
            now: LocalInstant::default(),
            succeeded: 0,
            checks: true,
        }
    }

    fn any(&mut self) -> ReplicaId {
        ReplicaId(self.words.below(self.replicas.len()) as u8)
    }

    fn handle(&mut self, replica: ReplicaId, input: Input) {
        self.now.wall_us += 10;
        self.now.mono_us += 10;
        let mut effects = Effects::new();
        self.replicas[replica.index()].handle(self.now, input, &self.settings, &mut effects);
        self.replicas[replica.index()].take_changes();
        for effect in effects {
            match effect {
                Effect::Send(to, message) => {
                    if let Some(to) = to.as_replica() {
                        self.send(replica, to, message);
                    }
                }
                Effect::Wake { timer: timer @ ReplicaTimer::RepairTimeout(_), .. } => {
                    self.timers.push((replica, timer));
                }
                Effect::RepairStarted(peer) => {
                    let began = Began { peer, own: self.posts(replica), theirs: self.posts(peer) };
                    self.began[replica.index()] = Some(began);
                }
                Effect::RepairEnded { end, .. } => self.ended(replica, end),
                _ => {}
            }
        }
        if self.checks {
            self.check(replica);
        }
    }

    fn send(&mut self, from: ReplicaId, to: ReplicaId, message: Message) {
        let links = self.links;
        if links.repeated.is_some_and(|number| self.words.one_in(number)) {
            self.messages.push((from, to, message.clone()));
        }
        if !links.lost.is_some_and(|number| self.words.one_in(number)) {
            self.messages.push((from, to, message));
        }
    }

    fn deliver(&mut self) {
        if self.messages.is_empty() {
            return;
        }
        let at = if self.links.overtaken { self.words.below(self.messages.len()) } else { 0 };
        let (from, to, message) = self.messages.remove(at);
        match message {
            Message::Gossip(delta) => self.handle(to, Input::Gossip(delta)),
            Message::Repair(message) => self.handle(to, Input::Repair(from, message)),
            _ => {}
        }
    }

    fn post(&mut self, replica: ReplicaId, key: u32) {
        if self.written.iter().filter(|(own, _)| own.0 == key).count() == POSTS_KEPT {
            return; // a feed shows no more than these
        }
        self.settings.keys = self.settings.keys.max(key + 1);
        self.operations += 1;
        let request = Request {
            attempt: AttemptId { op: OpId(self.operations), number: 0 },
            op_type: OpType::FeedPost,
            level: Level::Eventual,
            key: KeyId(key),
            argument: Value::Text(Symbol(self.operations)),
            context: Context::default(),
            held: None,
            seen: None,
            hlc: Hlc::default(),
            keyed: false,
        };
        self.handle(replica, Input::Request(Actor::client(0), Box::new(request)));
        let own = &self.replicas[replica.index()].disk;
        self.written.push((KeyId(key), Dot { column: own.column, counter: own.written }));
    }

    fn crash(&mut self, replica: ReplicaId, loses_disk: bool) {
        let column = (loses_disk && usize::from(self.columns) < crate::base::limits::COLUMNS_MAX).then(|| {
            self.columns += 1;
            Column(self.columns - 1)
        });
        self.replicas[replica.index()].crash(column);
        self.timers.retain(|(of, _)| *of != replica);
        self.began[replica.index()] = None;
        if column.is_some() {
            for began in self.began.iter_mut().filter(|began| began.as_ref().is_some_and(|it| it.peer == replica)) {
                *began = None; // nothing is promised of a disk that is lost
            }
        }
    }

    /// The posts that a replica has.
    fn posts(&self, replica: ReplicaId) -> BTreeSet<(KeyId, Dot)> {
        let store = &self.replicas[replica.index()].disk.state.loose;
        let of = |key: u32| match store.cell(KeyId(key)) {
            Cell::Log(log) => log.newest().iter().map(|post| (KeyId(key), post.dot)).collect(),
            _ => Vec::new(),
        };
        (0..self.settings.keys).flat_map(of).collect()
    }

    /// Whatever counts as applied is there.
    fn check(&self, replica: ReplicaId) {
        let posts = self.posts(replica);
        let applied = &self.replicas[replica.index()].disk.applied;
        for (key, dot) in &self.written {
            let claims = applied.contains(*dot);
            assert!(!claims || posts.contains(&(*key, *dot)), "{replica} claims {dot:?} of {key:?} and lacks it");
        }
    }

    fn ended(&mut self, replica: ReplicaId, end: RepairEnd) {
        let Some(began) = self.began[replica.index()].take() else { return };
        if end == RepairEnd::Succeeded {
            self.succeeded += 1;
            let (own, theirs) = (self.posts(replica), self.posts(began.peer));
            assert!(began.theirs.is_subset(&own), "{replica} lacks what {} had", began.peer);
            assert!(began.own.is_subset(&theirs), "{} lacks what {replica} had", began.peer);
        }
    }

    fn step(&mut self, keys: usize) {
        match self.words.below(40) {
            0..10 => {
                // Names become known one after the other, as in a world.
                let key = self.words.below(keys.min(self.settings.keys as usize + 1)) as u32;
                let replica = self.any();
                self.post(replica, key);
            }
            10..13 => {
                let (replica, peer) = (self.any(), self.any());
                if replica != peer {
                    self.handle(replica, Input::RepairNow(peer));
                }
            }
            13 if !self.timers.is_empty() && self.words.one_in(3) => {
                let at = self.words.below(self.timers.len());
                let (replica, timer) = self.timers.remove(at);
                self.handle(replica, Input::Timer(timer));
            }
            14 if self.words.one_in(5) => {
                let (replica, loses_disk) = (self.any(), self.words.one_in(2));
                self.crash(replica, loses_disk);
            }
            _ => self.deliver(),
        }
    }

    /// Lets what is under way arrive, then repairs every pair once over good links.
    fn settle(&mut self) {
        self.links = GOOD;
        while !self.messages.is_empty() {
            self.deliver();
        }
        for (replica, timer) in std::mem::take(&mut self.timers) {
            self.handle(replica, Input::Timer(timer));
        }
        for replica in ReplicaId::all(self.replicas.len()) {
            for peer in ReplicaId::all(self.replicas.len()).filter(|peer| *peer > replica) {
                self.handle(replica, Input::RepairNow(peer));
                while !self.messages.is_empty() {
                    self.deliver();
                }
            }
        }
    }
}

/// Random worlds over so many keys; all ends are alike.
fn check(seeds: u64, keys: usize, links: Links) {
    let mut succeeded = 0;
    for seed in 0..seeds {
        let mut world = World::new(seed, 2 + seed as usize % 3, links);
        (0..600).for_each(|_| world.step(keys));
        // The first round makes the posts equal. Prefixes may take more, where several replicas hold parts of a column.
        (0..world.replicas.len()).for_each(|_| world.settle());
        succeeded += world.succeeded;
        let first = world.replicas[0].disk.clone();
        for replica in &world.replicas {
            assert_eq!(replica.disk.state.root(), first.state.root(), "seed {seed}: {} differs", replica.id);
            assert_eq!(replica.disk.applied.prefix(), first.applied.prefix(), "seed {seed}: {}", replica.id);
        }
    }
    assert!(succeeded > 4 * seeds as usize, "hardly a repair succeeded: {succeeded}");
}

#[test]
fn a_repair_that_succeeds_gives_each_side_what_the_other_had_and_claims_no_more() {
    check(60, 12, GOOD);
    check(60, 100, GOOD);
}

#[test]
fn so_it_is_when_messages_are_lost_repeated_and_overtaken() {
    for keys in [12, 30, 100] {
        check(60, keys, Links { lost: Some(8), repeated: None, overtaken: false });
        check(60, keys, Links { lost: None, repeated: Some(4), overtaken: true });
        check(60, keys, Links { lost: Some(8), repeated: Some(8), overtaken: true });
    }
}

#[test]
fn a_difference_of_more_keys_than_a_message_takes_is_repaired_in_rounds() {
    let mut world = World::new(1, 2, GOOD);
    world.settings.gossip = false;
    world.checks = false;
    (0..3_000).for_each(|key| world.post(ReplicaId(key as u8 % 2), key));
    world.checks = true;
    world.settle();
    assert_eq!(world.replicas[0].disk.state.root(), world.replicas[1].disk.state.root());
    assert_eq!(world.replicas[0].disk.applied.prefix(), world.replicas[1].disk.applied.prefix());
    assert_eq!(world.succeeded, 1);
}
