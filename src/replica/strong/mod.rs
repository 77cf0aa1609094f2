//! The strong half of a replica: its member of the Raft group, and what it does for the levels that a log decides.
//!
//! ```text
//!   request ─▶ serve: leads? ─no─▶ forward to whom it believes to lead, or hold until one is known
//!                │ yes
//!                ├─ write ─▶ propose ─▶ … committed ─▶ apply: every replica decides ─▶ whoever proposed answers
//!                └─ read ──▶ ReadIndex or lease ─▶ the state as applied ─▶ answer
//!   policy ──▶ switch: the leader seals, replicas hand over, the log binds; loose writes are absorbed
//! ```
//!
//! Nothing of this exists until a policy binds a type to the log: a dormant group sends nothing, wakes nobody and draws
//! nothing. Once it is up it stays up, since what it ordered has to reach everybody.
//!
//! What is applied is on disk, with the position up to which it is (a disk-based state machine: Ongaro 2014, section
//! 5.2), so that a restart does not take answers back. Read `serve`, then `apply`, then `switch`.

mod apply;
mod serve;
mod switch;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crate::base::{AttemptId, KeyId, Level, LocalInstant, LogId, OpSet, ReadBy, ReplicaId, Role};
use crate::data::Ordered;
use crate::wire::{Effect, Effects, Message, RaftMessage, RaftTimer, ReplicaTimer, Settings};

use super::Replica;
use super::raft::{Raft, RaftEffect, RaftEffects, RaftInput, RaftSettings, ReadMode};
use super::seen::SeenAttempts;
use serve::{Asked, Held};

/// How far the rates of two clocks are trusted to differ from true time by a lease, in parts per million: more than
/// common oscillators do.
pub const LEASE_DRIFT_PPM: u32 = 500;

/// A replica's part in the Raft group.
#[derive(Clone, Debug)]
pub(super) struct Strong {
    raft: Raft,
    /// Requests that wait until a leader is known.
    held: VecDeque<Held>,
    /// By index, what this replica proposed there, in which term.
    proposals: BTreeMap<u32, (u32, Asked)>,
    /// Reads that wait for the leader to be confirmed.
    reads: BTreeMap<AttemptId, Asked>,
    /// Attempts that this replica took as a leader, so that a repeated message never runs twice.
    taken: SeenAttempts,
    duties: Duties,
    /// Kept for its space.
    effects: RaftEffects,
}

/// What a leader has put into the log and not seen applied yet; and what it has to look at.
#[derive(Clone, Debug, Default)]
struct Duties {
    /// Something was applied, or began, that may ask for an entry.
    is_due: bool,
    /// All loose state of bound services has to be looked at.
    absorbs_all: bool,
    sealing: OpSet,
    unsealing: OpSet,
    /// Seals that are to be opened by force.
    opening: BTreeSet<u32>,
    handed: BTreeSet<(u32, ReplicaId)>,
    /// By key, a hash of the loose state that was put into the log last.
    absorbed: BTreeMap<KeyId, u64>,
    /// When this replica last handed over, on its monotonic clock.
    handed_mono_us: Option<u64>,
}

impl Strong {
    fn new(id: ReplicaId, replicas: usize) -> Self {
        Self {
            raft: Raft::new(id, replicas, Arc::new(Ordered::default())),
            held: VecDeque::new(),
            proposals: BTreeMap::new(),
            reads: BTreeMap::new(),
            taken: SeenAttempts::default(),
            duties: Duties::default(),
            effects: RaftEffects::new(),
        }
    }

    /// Forgets what a crash forgets; a lost disk loses promises too.
    pub(super) fn crash(&mut self, is_disk_lost: bool) {
        if is_disk_lost {
            let incarnation = self.raft.incarnation() + 1;
            self.raft.lose_disk(incarnation, Arc::new(Ordered::default()));
        } else {
            self.raft.crash();
        }
        self.held.clear();
        self.proposals.clear();
        self.reads.clear();
        self.taken = SeenAttempts::default();
        self.duties = Duties::default();
    }
}

impl Replica {
    /// The replica's member of the Raft group, if the group is up.
    pub fn raft(&self) -> Option<&Raft> {
        self.strong.as_ref().map(|strong| &strong.raft)
    }

    /// The fold of a log at this replica, if the log is in use.
    pub fn ordered(&self, log: LogId) -> Option<&Ordered> {
        self.disk.state.ordered(log)
    }

    /// Starts the member: once a policy asks for it, and after every crash.
    pub(super) fn boot_strong(&mut self, now: LocalInstant, settings: &Settings, effects: &mut Effects) {
        if self.strong.is_none() {
            if settings.policy.on_log(LogId::Raft).is_empty() {
                return;
            }
            self.strong = Some(Box::new(Strong::new(self.id, usize::from(self.replicas))));
        }
        self.disk.state.ordered_mut(LogId::Raft);
        self.on_raft(now, RaftInput::Boot, settings, effects);
    }

    /// The policy changed.
    pub(super) fn bind(&mut self, now: LocalInstant, settings: &Settings, effects: &mut Effects) {
        match &mut self.strong {
            Some(strong) => strong.duties.is_due = true,
            None => self.boot_strong(now, settings, effects),
        }
    }

    pub(super) fn on_raft_message(
        &mut self,
        now: LocalInstant,
        peer: ReplicaId,
        message: RaftMessage,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        if self.strong.is_some() {
            self.on_raft(now, RaftInput::Message(peer, message), settings, effects);
        }
    }

    pub(super) fn on_raft_timer(
        &mut self,
        now: LocalInstant,
        timer: RaftTimer,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        if let Some(strong) = &mut self.strong {
            strong.duties.is_due = true;
            self.on_raft(now, RaftInput::Timer(timer), settings, effects);
        }
    }

    fn on_raft(&mut self, now: LocalInstant, input: RaftInput, settings: &Settings, effects: &mut Effects) {
        self.with_raft(now, settings, effects, |strong, settings, out| strong.raft.handle(now, input, settings, out));
        self.compact(settings);
    }

    /// Lets something be done with the member, then does what it asks for.
    fn with_raft<T>(
        &mut self,
        now: LocalInstant,
        settings: &Settings,
        effects: &mut Effects,
        act: impl FnOnce(&mut Strong, &RaftSettings, &mut RaftEffects) -> T,
    ) -> Option<T> {
        let strong = self.strong.as_mut()?;
        let mut out = std::mem::take(&mut strong.effects);
        let result = act(strong, &raft_settings(settings), &mut out);
        for effect in out.drain(..) {
            self.perform_raft(now, effect, settings, effects);
        }
        if let Some(strong) = &mut self.strong {
            strong.effects = out;
        }
        Some(result)
    }

    fn perform_raft(&mut self, now: LocalInstant, effect: RaftEffect, settings: &Settings, effects: &mut Effects) {
        match effect {
            RaftEffect::Send(to, message) => {
                effects.push(Effect::Send(to.into(), Message::Raft(Box::new(message))));
            }
            RaftEffect::Wake { timer, low_us, high_us } => {
                effects.push(Effect::Wake { timer: ReplicaTimer::Raft(timer), low_us, high_us });
            }
            RaftEffect::Restore(snapshot) => self.restore(&snapshot, settings, effects),
            RaftEffect::Apply(position, entry) => self.apply(position, &entry, settings, effects),
            RaftEffect::ReadReady(attempt) => self.serve_read(attempt, effects),
            RaftEffect::ReadRefused(attempt) => self.hold_again(now, attempt),
            // What became of a proposal is known when its index is applied.
            RaftEffect::Truncated(_) => {}
            RaftEffect::Role(role, term) => self.become_role(role, term, effects),
        }
    }

    fn become_role(&mut self, role: Role, term: u32, effects: &mut Effects) {
        effects.push(Effect::Role(role, term));
        let Some(strong) = self.strong.as_mut().filter(|_| role == Role::Leader) else { return };
        let handed_mono_us = strong.duties.handed_mono_us;
        strong.duties = Duties { is_due: true, absorbs_all: true, handed_mono_us, ..Duties::default() };
    }

    /// Folds the log once it is long.
    fn compact(&mut self, settings: &Settings) {
        let Some(strong) = &mut self.strong else { return };
        let settings = raft_settings(settings);
        let Some(ordered) = self.disk.state.ordered(LogId::Raft) else { return };
        if strong.raft.wants_snapshot(&settings) && ordered.position() == strong.raft.committed() {
            strong.raft.compact(Arc::new(ordered.folded()), &settings);
        }
    }
}

/// What all members share, as the learner set it.
fn raft_settings(settings: &Settings) -> RaftSettings {
    let has_leases = settings.policy.has(Level::Linearizable(ReadBy::Lease));
    let reads = if has_leases { ReadMode::Lease { drift_ppm: LEASE_DRIFT_PPM } } else { ReadMode::ReadIndex };
    RaftSettings { hazards: settings.hazards, reads, ..RaftSettings::default() }
}
