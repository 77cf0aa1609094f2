//! Small random worlds: replicas that ship a log to each other over a bad network, promoted by hand and by themselves.

use std::collections::BTreeMap;
use std::sync::Arc;

use rand_core::Rng;
use rand_pcg::Pcg64Mcg;

use super::*;
use crate::base::time::{MS, SECOND};

/// What the last of a world's kinds of trouble are.
#[derive(Clone, Copy, Default)]
struct Trouble {
    /// Replicas are promoted by hand.
    promotions: bool,
    /// Disks are lost.
    lost_disks: bool,
}

struct World {
    replicas: Vec<Primary>,
    /// What each applied, in order: kept on disk.
    applied: Vec<Vec<(LogPosition, Entry)>>,
    columns: u8,
    /// Messages under way: when, to whom, from whom.
    flying: Vec<(u64, usize, ReplicaId, PrimaryMessage)>,
    cut: Vec<bool>,
    now_us: u64,
    random: Pcg64Mcg,
    settings: Settings,
    /// Who was the primary of an epoch.
    reigns: BTreeMap<u32, usize>,
    /// Appended entries, with how many followers they wait for.
    waiting: Vec<(usize, LogPosition)>,
    /// Entries of which a majority said that it has them.
    acknowledged: Vec<LogPosition>,
    /// Every entry that some replica applied, and those that one reported as dropped.
    reported: Vec<Vec<LogPosition>>,
    ever: Vec<Vec<LogPosition>>,
    written: u32,
}

impl World {
    fn new(count: usize, seed: u64) -> Self {
        let replicas = ReplicaId::all(count).map(|id| Primary::new(id, count, Column(id.0)));
        let settings = Settings { failover_us: Some(400 * MS), ..Settings::default() };
        let mut world = Self {
            replicas: replicas.collect(),
            applied: vec![Vec::new(); count],
            columns: count as u8,
            flying: Vec::new(),
            cut: vec![false; count],
            now_us: 0,
            random: Pcg64Mcg::new(u128::from(seed) << 1 | 1),
            settings,
            reigns: BTreeMap::new(),
            waiting: Vec::new(),
            acknowledged: Vec::new(),
            reported: vec![Vec::new(); count],
            ever: vec![Vec::new(); count],
            written: 0,
        };
        (0..count).for_each(|at| world.act(at, |primary, now, _, out| primary.boot(now, out)));
        world
    }

    fn draw(&mut self, below: u64) -> u64 {
        self.random.next_u64() % below
    }

    fn act(&mut self, at: usize, act: impl FnOnce(&mut Primary, LocalInstant, &Settings, &mut PrimaryEffects)) {
        let now = LocalInstant { wall_us: self.now_us as i64, mono_us: self.now_us };
        let mut out = PrimaryEffects::new();
        act(&mut self.replicas[at], now, &self.settings, &mut out);
        for effect in out {
            self.perform(at, effect);
        }
        if self.replicas[at].wants_checkpoint() {
            let last = self.replicas[at].log().last();
            self.replicas[at].checkpoint(Arc::new(Ordered::default().at(last)));
        }
    }

    fn perform(&mut self, at: usize, effect: PrimaryEffect) {
        match effect {
            PrimaryEffect::Send(to, message) => {
                let copies = if self.draw(10) == 0 { 2 } else { 1 };
                for _ in 0..copies {
                    let is_lost = self.draw(8) == 0 || self.cut[at] != self.cut[to.index()];
                    let due = self.now_us + MS + self.draw(60 * MS);
                    if !is_lost {
                        self.flying.push((due, to.index(), ReplicaId(at as u8), message.clone()));
                    }
                }
            }
            PrimaryEffect::Apply(position, entry) => {
                assert_eq!(position.index as usize, self.applied[at].len() + 1, "entries are applied in order");
                self.applied[at].push((position, entry));
                self.ever[at].push(position);
            }
            PrimaryEffect::Rewind { state, again, dropped } => {
                let kept = state.position().index as usize;
                let (shared, gone) = (kept + again.len(), self.applied[at].split_off(kept + again.len()));
                assert_eq!(self.applied[at][kept..shared], again, "what both logs share was applied before");
                assert_eq!(gone, dropped, "exactly what is dropped was applied beyond");
                self.reported[at].extend(dropped.iter().map(|(position, _)| *position));
            }
            PrimaryEffect::Restore(snapshot, dropped) => {
                let last = snapshot.last.index as usize;
                let has = |applied: &&Vec<(LogPosition, Entry)>| {
                    applied.get(last - 1).is_some_and(|(position, _)| *position == snapshot.last)
                };
                let source = self.applied.iter().find(has).expect("a snapshot is of some replica's log");
                self.applied[at] = source[..last].to_vec();
                self.reported[at].extend(dropped.iter().map(|(position, _)| *position));
            }
            PrimaryEffect::Role(RoleName::Leader, epoch) => {
                let before = self.reigns.insert(epoch, at);
                assert!(before.is_none_or(|before| before == at), "an epoch has one primary");
            }
            PrimaryEffect::Role(..) => {}
            PrimaryEffect::Acknowledged => {
                let majority = self.replicas.len() / 2;
                let primary = &self.replicas[at];
                let is_ready = |(owner, position): &(usize, LogPosition)| {
                    *owner == at
                        && position.term == primary.epoch()
                        && primary.acknowledgements(position.index) >= majority
                };
                self.acknowledged.extend(self.waiting.iter().filter(|it| is_ready(it)).map(|(_, position)| *position));
                self.waiting.retain(|it| !is_ready(it));
            }
        }
    }

    fn step(&mut self, trouble: Trouble) {
        self.now_us += 5 * MS;
        let now_us = self.now_us;
        let (due, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.flying).into_iter().partition(|it| it.0 <= now_us);
        self.flying = later;
        for (_, to, from, message) in due {
            self.act(to, |primary, now, settings, out| primary.on_message(now, from, message, settings, out));
        }
        for at in 0..self.replicas.len() {
            if now_us.is_multiple_of(self.settings.heartbeat_every_us) {
                self.act(at, Primary::beat);
            }
            if self.replicas[at].is_primary() && self.draw(3) == 0 {
                self.written += 1;
                let entry = Entry::Open(self.written);
                self.act(at, |primary, now, _, out| {
                    primary.append(now, entry, out);
                });
                self.waiting.push((at, self.replicas[at].log().last()));
            }
        }
        let at = self.draw(self.replicas.len() as u64) as usize;
        match self.draw(120) {
            0 => self.cut[at] = !self.cut[at],
            1 => self.cut.iter_mut().for_each(|cut| *cut = false),
            2 => {
                self.replicas[at].crash(None);
                self.waiting.retain(|(owner, _)| *owner != at);
                self.act(at, |primary, now, _, out| primary.boot(now, out));
            }
            3 if trouble.lost_disks && self.columns < 16 => {
                self.replicas[at].crash(Some(Column(self.columns)));
                self.columns += 1;
                self.applied[at].clear();
                self.ever[at].clear();
                self.reported[at].clear();
                self.waiting.retain(|(owner, _)| *owner != at);
                self.act(at, |primary, now, _, out| primary.boot(now, out));
            }
            4 if trouble.promotions && !self.replicas[at].is_primary() => {
                self.act(at, |primary, now, _, out| primary.promote(now, out));
            }
            _ => {}
        }
    }

    fn check(&self) {
        for (at, replica) in self.replicas.iter().enumerate() {
            let log = replica.log();
            assert_eq!(log.last().index as usize, self.applied[at].len(), "what is in the log is applied");
            for (position, entry) in &self.applied[at][log.base().index as usize..] {
                assert_eq!(log.get(position.index).map(|slot| (slot.term, &slot.entry)), Some((position.term, entry)));
            }
        }
        for (one, other) in self.applied.iter().zip(self.applied.iter().skip(1)) {
            let agrees = |at: &usize| one[*at].0 == other[*at].0;
            let last = (0..one.len().min(other.len())).rev().find(agrees);
            if let Some(last) = last {
                assert_eq!(one[..=last], other[..=last], "logs that share an entry share all before it");
            }
        }
    }

    /// Lets everything be mended and arrive.
    fn settle(&mut self) {
        self.cut.iter_mut().for_each(|cut| *cut = false);
        for round in 0..80 {
            // Where too many lost their disks, nobody may vote any more, and an operator decides.
            if round == 40 && !self.replicas.iter().any(Primary::is_primary) {
                self.act(0, |primary, now, _, out| primary.promote(now, out));
            }
            self.now_us += 5 * MS;
            self.now_us = self.now_us.next_multiple_of(self.settings.heartbeat_every_us);
            for at in 0..self.replicas.len() {
                self.act(at, Primary::beat);
            }
            for _ in 0..20 {
                for (_, to, from, message) in std::mem::take(&mut self.flying) {
                    self.act(to, |primary, now, settings, out| primary.on_message(now, from, message, settings, out));
                }
            }
        }
    }
}

fn play(count: usize, seed: u64, steps: u32, trouble: Trouble) -> World {
    let mut world = World::new(count, seed);
    for step in 0..steps {
        world.step(trouble);
        if step % 16 == 0 {
            world.check();
        }
    }
    world.settle();
    world.check();
    world
}

#[test]
fn logs_agree_and_nothing_is_dropped_unreported() {
    let (mut dropped, mut epochs) = (0, 0);
    for seed in 0..60 {
        let trouble = Trouble { promotions: true, lost_disks: seed % 3 == 0 };
        let world = play(3 + (seed % 3) as usize, seed, 900, trouble);
        let first = &world.applied[0];
        assert!(world.applied.iter().all(|applied| applied == first), "seed {seed}: all have one log in the end");
        for (at, ever) in world.ever.iter().enumerate() {
            let has =
                |position: &LogPosition| first.get(position.index as usize - 1).is_some_and(|(own, _)| own == position);
            let missing = ever.iter().filter(|position| !has(position));
            for position in missing {
                assert!(world.reported[at].contains(position), "seed {seed}: r{} dropped {position:?}", at + 1);
            }
        }
        dropped += world.reported.iter().map(Vec::len).sum::<usize>();
        epochs += world.reigns.len();
    }
    assert!(dropped > 500 && epochs > 300, "{dropped} entries were dropped in {epochs} epochs");
}

#[test]
fn what_a_majority_acknowledged_survives_every_failover() {
    let (mut acknowledged, mut epochs) = (0, 0);
    for seed in 0..120 {
        let world = play(3 + 2 * (seed % 2) as usize, 1_000 + seed, 1_200, Trouble::default());
        let log = &world.applied[0];
        let primaries = world.replicas.iter().filter(|replica| replica.is_primary()).count();
        assert_eq!(primaries, 1, "seed {seed}: there is one primary in the end");
        for position in &world.acknowledged {
            let own = log.get(position.index as usize - 1).map(|(own, _)| *own);
            assert_eq!(own, Some(*position), "seed {seed}: an acknowledged entry is gone");
        }
        acknowledged += world.acknowledged.len();
        epochs += world.reigns.len();
    }
    assert!(acknowledged > 5_000 && epochs > 120, "{acknowledged} entries were acknowledged in {epochs} epochs");
}

#[test]
fn a_follower_that_missed_what_is_forgotten_gets_a_snapshot() {
    let mut world = World::new(3, 7);
    world.settings.failover_us = None;
    world.cut[2] = true;
    for _ in 0..TAIL_MAX / 16 + 200 {
        for _ in 0..17 {
            world.written += 1;
            let entry = Entry::Open(world.written);
            world.act(0, |primary, now, _, out| {
                primary.append(now, entry, out);
            });
        }
        world.now_us += 100 * MS;
        world.flying.retain(|(_, to, from, _)| *to != 2 && from.index() != 2);
        for (_, to, from, message) in std::mem::take(&mut world.flying) {
            world.act(to, |primary, now, settings, out| primary.on_message(now, from, message, settings, out));
        }
    }
    assert!(world.replicas[0].log().base().index > 0, "the primary forgot what r3 lacks");
    world.now_us += SECOND;
    world.settle();
    assert_eq!(world.applied[2], world.applied[0]);
}

/// Three equal replicas that have heard nothing of a primary for ten seconds, and what they send each other.
struct Orphans {
    replicas: [Primary; 3],
    now: LocalInstant,
    settings: Settings,
    mail: VecDeque<(ReplicaId, ReplicaId, PrimaryMessage)>,
}

impl Orphans {
    fn new() -> Self {
        let replicas = [0, 1, 2].map(|id| Primary::new(ReplicaId(id), 3, Column(id)));
        let settings = Settings { failover_us: Some(400 * MS), ..Settings::default() };
        let silent_us = 10 * SECOND;
        let now = LocalInstant { wall_us: silent_us as i64, mono_us: silent_us };
        let mut orphans = Self { replicas, now, settings, mail: VecDeque::new() };
        orphans.replicas[0].durable.primary = None;
        orphans
    }

    fn collect(&mut self, from: usize, out: PrimaryEffects) {
        self.mail.extend(out.into_iter().filter_map(|effect| match effect {
            PrimaryEffect::Send(to, message) => Some((ReplicaId(from as u8), to, message)),
            _ => None,
        }));
    }

    fn beat(&mut self, at: usize) {
        let mut out = PrimaryEffects::new();
        self.replicas[at].beat(self.now, &self.settings, &mut out);
        self.collect(at, out);
    }

    /// Delivers everything that is not to or from `cut`.
    fn deliver(&mut self, cut: Option<usize>) {
        while let Some((from, to, message)) = self.mail.pop_front() {
            if cut.is_some_and(|cut| cut == from.index() || cut == to.index()) {
                continue;
            }
            let mut out = PrimaryEffects::new();
            self.replicas[to.index()].on_message(self.now, from, message, &self.settings, &mut out);
            self.collect(to.index(), out);
        }
    }

    fn primaries(&self) -> Vec<usize> {
        (0..3).filter(|at| self.replicas[*at].is_primary()).collect()
    }
}

#[test]
fn of_two_candidates_that_meet_one_wins() {
    let mut orphans = Orphans::new();
    orphans.beat(1);
    orphans.beat(2);
    orphans.deliver(Some(0));
    assert_eq!(orphans.primaries(), [2], "each would give way to the other");
}

#[test]
fn whoever_promised_gives_the_candidate_time() {
    let mut orphans = Orphans::new();
    orphans.beat(1);
    let (from, to, message) = orphans.mail.iter().find(|(_, to, _)| to.index() == 2).unwrap().clone();
    orphans.mail.clear();
    let mut out = PrimaryEffects::new();
    orphans.replicas[to.index()].on_message(orphans.now, from, message, &orphans.settings, &mut out);
    orphans.beat(2);
    assert!(orphans.mail.is_empty(), "it would compete with whom it has just promised to follow");
}

#[test]
fn a_candidate_whose_epoch_is_past_is_told() {
    let mut orphans = Orphans::new();
    orphans.replicas[2].durable.epoch = epoch_of(7, Column(0));
    orphans.beat(1);
    orphans.deliver(Some(0));
    assert_eq!(orphans.primaries(), [] as [usize; 0]);
    orphans.now.mono_us += 10 * SECOND;
    orphans.beat(1);
    orphans.deliver(Some(0));
    assert_eq!(orphans.primaries(), [1], "else it would ask with an old number for ever");
}
