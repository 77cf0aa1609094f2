//! Quorums: a write is acknowledged once W of its key's N homes have it, a read returns the newest of what R answer.
//!
//! ```text
//!   request ─▶ the replica that is reached coordinates, home or not
//!      │ ask all homes ─▶ R answered: their join ─┬─ read ─▶ answer ─▶ repair homes that are behind
//!      │                                          │    └ write-back ─▶ spread it first, until W have it ─▶ answer
//!      └──────── stamp=clock ────────────┐        └─ decide, stamp above the newest
//!                                        └─▶ write to all homes ─▶ W have it ─▶ answer
//!                                                              └─▶ no word after 500 ms: a hint for that home
//! ```
//!
//! Gifford, *Weighted Voting for Replicated Data*, 1979; versions from a read and the write-back of reads: Attiya,
//! Bar-Noy and Dolev, *Sharing Memory Robustly in Message-Passing Systems*, 1995; sloppy quorums and hints: `DeCandia`
//! et al., *Dynamo*, SOSP 2007. A home that coordinates counts itself at once. Nothing is sent again but hints, no lock
//! is kept: an operation that finds too few homes is never answered, and its write stays where it got to.
//!
//! **Lost disks.** A home that lost its disk counts once it has merged N−W+1 other homes ([`crate::base::Quorum::merges`]):
//! one of them has what it had acknowledged. Until then it answers nobody, and what it confirms does not count. What it
//! confirmed *before* must not count either once it is back: so everybody tells which lives of others it knows, a replica
//! that others merge from knows who merged, and a confirmation of an earlier life than one knows of is void.
//!
//! Read `read`, then `write`, then `hints`.

mod hints;
mod read;
mod write;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::base::limits::REPLICAS_MAX;
use crate::base::time::SECOND;
use crate::base::{Actor, Answer, AttemptId, Column, Hazard, KeyId, LocalInstant, Quorum, ReplicaId, ReplicaSet};
use crate::data::{Cell, Delta};
use crate::record::Basis;
use crate::wire::quorum::{KeyRecord, QuorumBody};
use crate::wire::{Effect, Effects, Message, QuorumMessage, Reply, Request, Settings};

use super::Replica;
pub(super) use hints::Hints;

/// How long a coordinator remembers an operation that too few homes confirm, in microseconds by its own monotonic clock:
/// longer than any client waits.
const FORGET_US: u64 = 30 * SECOND;
/// Operations that one coordinator remembers; past it the oldest are forgotten.
const OPEN_MAX: usize = 4_096;

/// The operations that a coordinator has not done with.
#[derive(Clone, Debug, Default)]
pub(super) struct Coordinator {
    open: BTreeMap<AttemptId, Arc<Open>>,
    /// In the order of their beginning, with the own monotonic clock then.
    order: VecDeque<(u64, AttemptId)>,
    /// Whether a timer for hints runs.
    hinting: bool,
}

/// One of them.
#[derive(Clone, Debug)]
struct Open {
    client: Actor,
    request: Request,
    quorum: Quorum,
    /// The homes, or who stands in for one.
    targets: Vec<Target>,
    answers: Vec<Given>,
    /// What was read.
    joined: Cell,
    /// What is written, and the record of its key.
    written: Option<(Arc<Delta>, Option<KeyRecord>)>,
    /// Who confirmed to have what was read or written in which of its lives, as far as it counts.
    holders: [Option<Column>; REPLICAS_MAX],
    /// Who confirmed a write, whether it counts or not.
    confirmed: ReplicaSet,
    stage: Stage,
}

/// Whom a coordinator turns to.
#[derive(Clone, Copy, Debug)]
struct Target {
    replica: ReplicaId,
    /// The home that is not heard.
    instead_of: Option<ReplicaId>,
}

/// What one home answered.
#[derive(Clone, Debug)]
struct Given {
    from: ReplicaId,
    /// In which of its lives.
    column: Column,
    cell: Cell,
    known: Option<Answer>,
    basis: Basis,
}

/// How far an operation is.
#[derive(Clone, Debug)]
enum Stage {
    /// It waits for R answers.
    Asking,
    /// It is decided, and waits until W have what was read or written.
    Waiting(Box<Reply>),
    /// Its client was told.
    Answered,
}

impl Coordinator {
    fn begin(&mut self, now: LocalInstant, attempt: AttemptId, open: Open) {
        while let Some((began_mono_us, oldest)) = self.order.front().copied() {
            let is_over = now.mono_us.saturating_sub(began_mono_us) > FORGET_US;
            if !is_over && self.open.len() < OPEN_MAX && self.open.contains_key(&oldest) {
                break;
            }
            self.open.remove(&oldest);
            self.order.pop_front();
        }
        self.open.insert(attempt, Arc::new(open));
        self.order.push_back((now.mono_us, attempt));
    }

    fn get_mut(&mut self, attempt: AttemptId) -> Option<&mut Open> {
        self.open.get_mut(&attempt).map(Arc::make_mut)
    }
}

impl Open {
    fn has_target(&self, replica: ReplicaId) -> bool {
        self.targets.iter().any(|target| target.replica == replica)
    }

    /// Whether nothing more is to be done for it.
    fn is_over(&self) -> bool {
        if !matches!(self.stage, Stage::Answered) {
            return false;
        }
        match self.written {
            Some(_) => !self.quorum.hints || self.targets.iter().all(|to| self.confirmed.contains(to.replica)),
            None => !self.quorum.read_repair || self.answers.len() == self.targets.len(),
        }
    }
}

impl Replica {
    /// Takes a message of a quorum operation.
    pub(super) fn on_quorum(
        &mut self,
        now: LocalInstant,
        peer: ReplicaId,
        message: QuorumMessage,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        let QuorumMessage { attempt, lives, body } = message;
        self.disk.lives.join(&lives);
        match body {
            QuorumBody::Ask { key, quorum, keyed } => {
                if let Some(Given { cell, known, basis, .. }) = self.give(attempt, key, quorum, keyed, settings) {
                    self.say(peer, attempt, QuorumBody::Answer { cell, known, basis }, effects);
                }
            }
            QuorumBody::Answer { cell, known, basis } => {
                let column = lives.of(peer);
                let given = Given { from: peer, column, cell, known, basis };
                self.take_answer(now, attempt, given, settings, effects);
            }
            QuorumBody::Write { delta, quorum, record, keep_for } => {
                self.take_in(now, &delta, settings, effects);
                if let Some((client, answer)) = record {
                    self.disk.answers.insert(client, attempt, answer);
                }
                if let Some(home) = keep_for {
                    self.keep_hint(home, &delta, quorum, record, effects);
                }
                let counts = self.counts_for(delta.key, quorum, settings);
                self.say(peer, attempt, QuorumBody::Has { dot: delta.dot, counts }, effects);
            }
            QuorumBody::Has { dot, counts } => {
                self.disk.hints.confirmed(peer, dot);
                let life = counts.then(|| lives.of(peer));
                self.confirmed(attempt, peer, life, effects);
            }
            QuorumBody::Cell { key, cell, quorum, confirm } => {
                self.merge_cell(now, key, &cell, settings, effects);
                self.note_merged_dots();
                if confirm {
                    let counts = self.counts_for(key, quorum, settings);
                    self.say(peer, attempt, QuorumBody::HasCell { counts }, effects);
                }
            }
            QuorumBody::HasCell { counts } => {
                let life = counts.then(|| lives.of(peer));
                self.confirmed(attempt, peer, life, effects);
            }
        }
    }

    fn say(&self, to: ReplicaId, attempt: AttemptId, body: QuorumBody, effects: &mut Effects) {
        let message = QuorumMessage { attempt, lives: self.disk.lives, body };
        effects.push(Effect::Send(to.into(), Message::Quorum(Box::new(message))));
    }

    /// Whom operations on a key concern now: its homes; with `sloppy` others in the place of those that are not heard.
    fn targets(&self, now: LocalInstant, key: KeyId, quorum: Quorum, settings: &Settings) -> Vec<Target> {
        let replicas = usize::from(self.replicas);
        let homes = quorum.homes_of(key, replicas);
        let ring = |place: usize| ReplicaId(((key.index() + place) % replicas) as u8);
        let is_heard = |replica: &ReplicaId| {
            *replica == self.id || self.heartbeats.is_heard(*replica, now, settings.heartbeat_every_us)
        };
        let mut others = (homes.count()..replicas).map(ring).filter(is_heard);
        let mut target = |home: ReplicaId| {
            let stand_in = if quorum.sloppy && !is_heard(&home) { others.next() } else { None };
            Target { replica: stand_in.unwrap_or(home), instead_of: stand_in.map(|_| home) }
        };
        (0..homes.count()).map(|place| target(ring(place))).collect()
    }

    /// Whether what this replica holds of a key counts: it never lost its disk, or has merged enough other homes since.
    fn counts_for(&self, key: KeyId, quorum: Quorum, settings: &Settings) -> bool {
        let Some(merged) = self.disk.merged.filter(|_| !settings.hazards.on(Hazard::LostDiskCounts)) else {
            return true;
        };
        merged.shared(quorum.homes_of(key, usize::from(self.replicas))).count() >= quorum.merges()
    }

    /// Whether others that lost their disks can rely on what they merge from this replica.
    pub(super) fn is_whole(&self, settings: &Settings) -> bool {
        let replicas = usize::from(self.replicas);
        let counts = |quorum: Quorum| {
            let mut keys = (0..replicas).map(|first| KeyId(first as u32));
            keys.all(|key| !quorum.homes_of(key, replicas).contains(self.id) || self.counts_for(key, quorum, settings))
        };
        self.disk.merged.is_none() || settings.policy.quorums().all(counts)
    }

    /// This replica holds all that a peer held.
    pub(super) fn note_merged(&mut self, peer: ReplicaId) {
        let Some(merged) = &mut self.disk.merged else { return };
        merged.insert(peer);
        if merged.count() + 1 == usize::from(self.replicas) {
            self.disk.merged = None;
        }
    }

    /// With every heartbeat: a replica that lost its disk merges with the others, one after the other.
    pub(super) fn recover(&mut self, now: LocalInstant, settings: &Settings, effects: &mut Effects) {
        let Some(merged) = self.disk.merged else { return };
        if settings.policy.quorums().next().is_some() {
            self.repair_with_other(now, merged, effects);
        }
    }

    /// Someone confirmed what was read or written, in which of its lives, if that counts.
    fn confirmed(&mut self, attempt: AttemptId, by: ReplicaId, life: Option<Column>, effects: &mut Effects) {
        let Some(open) = self.coordinator.get_mut(attempt).filter(|open| open.has_target(by)) else { return };
        open.confirmed.insert(by);
        if life.is_some() {
            open.holders[by.index()] = life;
        }
        self.answer_held(attempt, effects);
    }

    /// Answers what W have, and lets go of what is over.
    fn answer_held(&mut self, attempt: AttemptId, effects: &mut Effects) {
        let lives = self.disk.lives;
        let Some(open) = self.coordinator.get_mut(attempt) else { return };
        if let Stage::Waiting(reply) = &open.stage {
            let is_of_now = |replica: &ReplicaId| open.holders[replica.index()] >= Some(lives.of(*replica));
            let held = ReplicaId::all(REPLICAS_MAX).filter(is_of_now).count();
            if held >= usize::from(open.quorum.writes) {
                effects.push(Effect::Send(open.client, Message::Reply(reply.clone())));
                open.stage = Stage::Answered;
            }
        }
        if open.is_over() {
            self.coordinator.open.remove(&attempt);
        }
    }
}
