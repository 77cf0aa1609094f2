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
//! 5.2), so that a restart does not take answers back. Read `serve`, then `apply`, then `switch`, then `grants`.

mod apply;
mod grants;
mod serve;
mod shipped;
mod switch;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crate::base::{AttemptId, Column, KeyId, Level, LocalInstant, LogId, LogPosition, OpSet, ReadBy, ReplicaId, Role};
use crate::data::Ordered;
use crate::wire::{Effect, Effects, Entry, Message, RaftMessage, RaftTimer, ReplicaTimer, Reply, Settings};

use super::Replica;
use super::primary::{Primary, PrimaryEffects};
use super::raft::{Declined, Raft, RaftEffect, RaftEffects, RaftInput, RaftSettings, ReadMode};
use super::seen::SeenAttempts;
pub(super) use grants::Errands;
use serve::{Asked, Held};

/// How far the rates of two clocks are trusted to differ from true time by a lease, in parts per million: more than
/// common oscillators do.
pub const LEASE_DRIFT_PPM: u32 = 500;

/// A replica's part in what one log decides.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    orderer: Orderer,
    /// Requests that wait until a leader is known.
    held: VecDeque<Held>,
    /// By index, what this replica proposed there, in which term.
    proposals: BTreeMap<u32, (u32, Asked)>,
    /// By index, what the primary decided and has not answered: it waits for so many followers.
    unacknowledged: BTreeMap<u32, (u8, Asked, Reply)>,
    /// Reads that wait for the leader to be confirmed.
    reads: BTreeMap<AttemptId, Asked>,
    /// Attempts that this replica took as a leader, so that a repeated message never runs twice.
    taken: SeenAttempts,
    duties: Duties,
}

/// What puts the entries of a log in order.
#[derive(Clone, Debug)]
enum Orderer {
    Raft(Box<Raft>),
    Primary(Box<Primary>),
}

/// The lanes that are in use, by log.
#[derive(Clone, Debug, Default)]
pub(super) struct Lanes {
    by_log: [Option<Box<Lane>>; 2],
    /// Kept for its space.
    raft_effects: RaftEffects,
    primary_effects: PrimaryEffects,
}

impl Lanes {
    /// Whether any log is in use.
    #[inline]
    pub(super) fn is_any(&self) -> bool {
        self.by_log.iter().any(Option::is_some)
    }

    /// Forgets what a crash forgets; with a new column, a lost disk loses promises too.
    pub(super) fn crash(&mut self, lost: Option<Column>) {
        self.by_log.iter_mut().flatten().for_each(|lane| lane.crash(lost));
    }

    #[inline]
    fn of(&self, log: LogId) -> Option<&Lane> {
        self.by_log[log.index()].as_deref()
    }

    #[inline]
    fn of_mut(&mut self, log: LogId) -> Option<&mut Lane> {
        self.by_log[log.index()].as_deref_mut()
    }
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

impl Lane {
    fn new(orderer: Orderer) -> Self {
        Self {
            orderer,
            held: VecDeque::new(),
            proposals: BTreeMap::new(),
            unacknowledged: BTreeMap::new(),
            reads: BTreeMap::new(),
            taken: SeenAttempts::default(),
            duties: Duties::default(),
        }
    }

    fn crash(&mut self, lost: Option<Column>) {
        self.orderer.crash(lost);
        self.held.clear();
        self.proposals.clear();
        self.unacknowledged.clear();
        self.reads.clear();
        self.taken = SeenAttempts::default();
        self.duties = Duties::default();
    }
}

impl Orderer {
    fn crash(&mut self, lost: Option<Column>) {
        match self {
            Self::Primary(primary) => primary.crash(lost),
            Self::Raft(raft) if lost.is_some() => raft.lose_disk(raft.incarnation() + 1, Arc::new(Ordered::default())),
            Self::Raft(raft) => raft.crash(),
        }
    }

    /// Whether it decides, as far as it knows.
    fn leads(&self) -> bool {
        match self {
            Self::Raft(raft) => raft.leads(),
            Self::Primary(primary) => primary.is_primary(),
        }
    }

    /// Who decides, as far as it knows.
    fn leader(&self) -> Option<ReplicaId> {
        match self {
            Self::Raft(raft) => raft.leader(),
            Self::Primary(primary) => primary.primary(),
        }
    }

    /// Where its next entry will stand.
    fn next(&self) -> LogPosition {
        match self {
            Self::Raft(raft) => LogPosition { term: raft.term(), index: raft.log().last().index + 1 },
            Self::Primary(primary) => LogPosition { term: primary.epoch(), index: primary.log().last().index + 1 },
        }
    }

    /// Whether a follower was heard lately. Only who decides can tell.
    fn hears_from(&self, peer: ReplicaId, now: LocalInstant, settings: &Settings) -> bool {
        match self {
            Self::Raft(raft) => raft.hears_from(peer, now, &raft_settings(settings)),
            Self::Primary(primary) => primary.hears_from(peer, now, silence_us(settings)),
        }
    }
}

impl Replica {
    /// The replica's member of the Raft group, if the group is up.
    pub fn raft(&self) -> Option<&Raft> {
        match &self.lanes.of(LogId::Raft)?.orderer {
            Orderer::Raft(raft) => Some(raft),
            Orderer::Primary(_) => None,
        }
    }

    /// The fold of a log at this replica, if the log is in use.
    pub fn ordered(&self, log: LogId) -> Option<&Ordered> {
        self.disk.state.ordered(log)
    }

    /// How far it believes to lag behind those who lead the logs, in microseconds: 0 where it has heard of none yet.
    pub(super) fn observed_log_lag_us(&self, now: LocalInstant) -> u64 {
        let raft = self.raft().and_then(|raft| raft.observed_lag_us(now));
        let primary = self.primary().and_then(|primary| primary.observed_lag_us(now));
        raft.into_iter().chain(primary).max().unwrap_or(0)
    }

    /// Starts its parts in the logs that a policy asks for, once and after every crash.
    pub(super) fn boot_strong(&mut self, now: LocalInstant, settings: &Settings, effects: &mut Effects) {
        self.errands.look_at_all();
        for log in LogId::ALL {
            self.boot_lane(now, log, settings, effects);
        }
    }

    fn boot_lane(&mut self, now: LocalInstant, log: LogId, settings: &Settings, effects: &mut Effects) {
        if self.lanes.of(log).is_none() {
            if settings.policy.on_log(log).is_empty() {
                return;
            }
            let replicas = usize::from(self.replicas);
            let orderer = match log {
                LogId::Raft => Orderer::Raft(Box::new(Raft::new(self.id, replicas, Arc::new(Ordered::default())))),
                LogId::Primary => Orderer::Primary(Box::new(Primary::new(self.id, replicas, self.disk.column))),
            };
            self.lanes.by_log[log.index()] = Some(Box::new(Lane::new(orderer)));
        }
        self.disk.state.ordered_mut(log);
        match log {
            LogId::Raft => self.on_raft(now, RaftInput::Boot, settings, effects),
            LogId::Primary => self.with_primary(settings, effects, |primary, out| primary.boot(now, out)),
        }
    }

    /// The policy changed.
    pub(super) fn bind(&mut self, now: LocalInstant, settings: &Settings, effects: &mut Effects) {
        self.errands.look_at_all();
        for log in LogId::ALL {
            match self.lanes.of_mut(log) {
                Some(lane) => lane.duties.is_due = true,
                None => self.boot_lane(now, log, settings, effects),
            }
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
        if self.lanes.of(LogId::Raft).is_some() {
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
        if let Some(lane) = self.lanes.of_mut(LogId::Raft) {
            lane.duties.is_due = true;
            self.on_raft(now, RaftInput::Timer(timer), settings, effects);
        }
    }

    fn on_raft(&mut self, now: LocalInstant, input: RaftInput, settings: &Settings, effects: &mut Effects) {
        self.with_raft(now, settings, effects, |raft, settings, out| raft.handle(now, input, settings, out));
        self.compact(settings);
    }

    /// Lets something be done with the member, then does what it asks for.
    fn with_raft<T>(
        &mut self,
        now: LocalInstant,
        settings: &Settings,
        effects: &mut Effects,
        act: impl FnOnce(&mut Raft, &RaftSettings, &mut RaftEffects) -> T,
    ) -> Option<T> {
        let mut out = std::mem::take(&mut self.lanes.raft_effects);
        let Orderer::Raft(raft) = &mut self.lanes.of_mut(LogId::Raft)?.orderer else { return None };
        let result = act(raft, &raft_settings(settings), &mut out);
        for effect in out.drain(..) {
            self.perform_raft(now, effect, settings, effects);
        }
        self.lanes.raft_effects = out;
        Some(result)
    }

    fn perform_raft(&mut self, now: LocalInstant, effect: RaftEffect, settings: &Settings, effects: &mut Effects) {
        let log = LogId::Raft;
        match effect {
            RaftEffect::Send(to, message) => {
                effects.push(Effect::Send(to.into(), Message::Raft(Box::new(message))));
            }
            RaftEffect::Wake { timer, low_us, high_us } => {
                effects.push(Effect::Wake { timer: ReplicaTimer::Raft(timer), low_us, high_us });
            }
            RaftEffect::Restore(snapshot) => self.restore(log, &snapshot, settings, effects),
            RaftEffect::Apply(position, entry) => self.apply(log, position, &entry, settings, effects),
            RaftEffect::ReadReady(attempt) => self.serve_read(log, attempt, effects),
            RaftEffect::ReadRefused(attempt) => self.hold_again(now, log, attempt),
            // What became of a proposal is known when its index is applied.
            RaftEffect::Truncated(_) => {}
            RaftEffect::Role(role, term) => self.become_role(log, role, term, effects),
        }
    }

    /// Hands an entry to whatever orders a log.
    ///
    /// # Errors
    ///
    /// It does not decide, or too much waits.
    fn propose(
        &mut self,
        now: LocalInstant,
        log: LogId,
        entry: Entry,
        settings: &Settings,
        effects: &mut Effects,
    ) -> Result<LogPosition, Declined> {
        let proposed = match log {
            LogId::Raft => {
                self.with_raft(now, settings, effects, |raft, settings, out| raft.propose(now, entry, settings, out))
            }
            LogId::Primary => self.with_primary_lane(settings, effects, |primary, out| {
                primary.append(now, entry, out).ok_or(Declined::NotLeader(primary.primary()))
            }),
        };
        proposed.unwrap_or(Err(Declined::NotLeader(None)))
    }

    fn become_role(&mut self, log: LogId, role: Role, term: u32, effects: &mut Effects) {
        effects.push(Effect::Role(log, role, term));
        let Some(lane) = self.lanes.of_mut(log) else { return };
        // Whoever decides no more answers no more: what became of it is decided elsewhere.
        lane.unacknowledged.clear();
        if role != Role::Leader {
            return;
        }
        if log == LogId::Raft {
            self.errands.begin_to_lead();
        }
        let handed_mono_us = lane.duties.handed_mono_us;
        lane.duties = Duties { is_due: true, absorbs_all: true, handed_mono_us, ..Duties::default() };
    }

    /// Folds the log once it is long.
    fn compact(&mut self, settings: &Settings) {
        let Some(Orderer::Raft(raft)) = self.lanes.of_mut(LogId::Raft).map(|lane| &mut lane.orderer) else { return };
        let settings = raft_settings(settings);
        let Some(ordered) = self.disk.state.ordered(LogId::Raft) else { return };
        if raft.wants_snapshot(&settings) && ordered.position() == raft.committed() {
            raft.compact(Arc::new(ordered.folded()), &settings);
        }
    }
}

/// How long a follower of a primary may be silent before it counts as such, in microseconds.
fn silence_us(settings: &Settings) -> u64 {
    8 * settings.heartbeat_every_us
}

/// What all members share, as the learner set it.
fn raft_settings(settings: &Settings) -> RaftSettings {
    let has_leases = settings.policy.has(Level::Linearizable(ReadBy::Lease));
    let reads = if has_leases { ReadMode::Lease { drift_ppm: LEASE_DRIFT_PPM } } else { ReadMode::ReadIndex };
    RaftSettings { hazards: settings.hazards, reads, ..RaftSettings::default() }
}
