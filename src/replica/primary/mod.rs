//! Log shipping from one primary: the log is decided by whoever holds the latest epoch, and followers copy it.
//!
//! ```text
//!   primary   append ─▶ apply ─▶ answer (or first wait for k followers: semi-sync)
//!                 └─ ship ─▶ follower: append, apply ─▶ has
//!   failover  nobody heard ─▶ campaign ─▶ promises of a majority whose logs are no longer ─▶ a new epoch
//!   promote   by hand: a new epoch at once, nobody is asked
//!   deposed   hears of a later epoch ─▶ drops what the new log does not have, and says so
//! ```
//!
//! An *epoch* is begun by one replica, and its number says which: the round times 16 plus the column to which that
//! replica writes, so no two begin the same. Along a log epochs only rise, and two logs that share an entry of one epoch
//! share all before it. Whoever knows an epoch takes nothing of an earlier one: that keeps the old log out of the new. It
//! does not stop a primary that has not heard of it from answering its clients: only a majority of acknowledgements
//! (`semi-sync`) does that.
//!
//! **What is lost.** The log is applied when it arrives, so a follower of a deposed primary may have to take entries
//! back: it returns to a checkpoint, applies again what both logs share, and reports every entry that it drops. A
//! checkpoint that every replica is past is forgotten. At most [`TAIL_MAX`] entries are kept beyond that; who shares
//! less than this with a new primary gets a snapshot, and of what it drops only what it still has is reported one by
//! one.
//!
//! **A lost disk** loses promises. Such a replica neither promises nor campaigns until its log has reached the end of
//! some primary's. `promote` asks nobody and takes it all the same: then the whole log may be gone.
//!
//! Failover by majority is that of Viewstamped Replication (Oki and Liskov 1988), with the election restriction of Raft
//! (Ongaro and Ousterhout 2014, section 5.4.1) in place of a state transfer.

mod failover;
mod follow;
mod ship;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::Arc;

use crate::base::limits::REPLICAS_MAX;
use crate::base::{Column, LocalInstant, LogPosition, ReplicaId, ReplicaSet, Role as RoleName};
use crate::data::Ordered;
use crate::wire::primary::{Epochs, PrimaryBody};
use crate::wire::{Entry, PrimaryMessage, Settings, Slot, Snapshot};

use super::log::Log;
use ship::Follower;

/// Entries from one checkpoint to the next.
pub const CHECKPOINT_EVERY: u32 = 512;
/// Entries that are kept although some replica lacks them: five minutes at 200 writes a second, 10 MB.
pub const TAIL_MAX: u32 = 1 << 16;
/// The round of the first epoch, which the first replica begins.
const FIRST_ROUND: u32 = 1;
/// Epochs of one round, one for each column.
const ROUND: u32 = 16;

/// One thing to be done, in the order of the list.
#[derive(Clone, Debug)]
pub enum PrimaryEffect {
    /// Send a message.
    Send(ReplicaId, PrimaryMessage),
    /// Apply an entry: the next one.
    Apply(LogPosition, Entry),
    /// The end of the log gives way. Go back to `state`, apply `again`, and report what is dropped.
    Rewind {
        /// The state of a checkpoint.
        state: Arc<Ordered>,
        /// What both logs share since.
        again: Vec<(LogPosition, Entry)>,
        /// What the new log does not have.
        dropped: Vec<(LogPosition, Entry)>,
    },
    /// The state becomes a snapshot's. What is dropped was in this replica's log, and is not in the new one.
    Restore(Arc<Snapshot>, Vec<(LogPosition, Entry)>),
    /// Followers have more of the log than before.
    Acknowledged,
    /// It began to be the primary, or is it no more.
    Role(RoleName, u32),
}

/// The list that it pushes to; the host empties it after each input.
pub type PrimaryEffects = Vec<PrimaryEffect>;

/// What a replica is to the log.
#[derive(Clone, Debug)]
enum Role {
    Follower,
    /// Of which epoch it would be the primary, and who promised to follow.
    Candidate(u32, ReplicaSet),
    /// What it knows of each follower.
    Primary(Box<[Follower; REPLICAS_MAX]>),
}

/// What is on disk.
#[derive(Clone, Debug)]
struct Durable {
    /// The latest epoch that it has heard of or promised.
    epoch: u32,
    /// Who is the primary of that epoch, if it has heard.
    primary: Option<ReplicaId>,
    log: Log,
    /// Where the epochs of the log begin.
    epochs: Epochs,
    /// States that it can go back to, oldest first; the first is where the log begins.
    checkpoints: VecDeque<Arc<Snapshot>>,
    /// Whether it may promise and campaign: not after a lost disk, until its log has reached the end of another.
    is_member: bool,
}

/// A replica's part in the primary's log.
#[derive(Clone, Debug)]
pub struct Primary {
    id: ReplicaId,
    replicas: u8,
    /// Says which epochs are its own.
    column: Column,
    durable: Durable,
    role: Role,
    /// Every replica has the log up to here, as far as it knows.
    stable: u32,
    /// When it last heard of a primary, on its monotonic clock.
    heard_mono_us: u64,
    /// When it last campaigned or promised, on its monotonic clock.
    campaigned_mono_us: u64,
    /// The latest epoch that somebody campaigned for.
    campaign: u32,
    /// Whether it has more of the log than who campaigned: it is its turn.
    is_eager: bool,
    /// The primary's wall at the newest shipment after which nothing was missing here, in microseconds.
    caught_up_wall_us: Option<i64>,
}

impl Primary {
    /// A freshly installed replica. The first one is the primary.
    pub fn new(id: ReplicaId, replicas: usize, column: Column) -> Self {
        let founder = ReplicaId(0);
        let durable = Durable {
            epoch: epoch_of(FIRST_ROUND, Column(founder.0)),
            primary: Some(founder),
            is_member: true,
            ..Durable::empty()
        };
        Self::from_disk(id, replicas as u8, column, durable)
    }

    fn from_disk(id: ReplicaId, replicas: u8, column: Column, durable: Durable) -> Self {
        Self {
            id,
            replicas,
            column,
            durable,
            role: Role::Follower,
            stable: 0,
            heard_mono_us: 0,
            campaigned_mono_us: 0,
            campaign: 0,
            is_eager: false,
            caught_up_wall_us: None,
        }
    }

    /// Forgets what a crash forgets; with a new column the disk too.
    pub fn crash(&mut self, lost: Option<Column>) {
        let (column, durable) = match lost {
            Some(column) => (column, Durable::empty()),
            None => (self.column, self.durable.clone()),
        };
        *self = Self::from_disk(self.id, self.replicas, column, durable);
    }

    /// It starts. Who was the primary when it stopped is it again, until it hears of a later epoch.
    pub fn boot(&mut self, now: LocalInstant, effects: &mut PrimaryEffects) {
        self.heard_mono_us = now.mono_us;
        self.campaigned_mono_us = now.mono_us;
        if self.durable.primary == Some(self.id) && self.owns(self.durable.epoch) {
            self.lead(now, effects);
        }
    }

    /// Takes what another replica says.
    pub fn on_message(
        &mut self,
        now: LocalInstant,
        from: ReplicaId,
        message: PrimaryMessage,
        settings: &Settings,
        effects: &mut PrimaryEffects,
    ) {
        let epoch = message.epoch;
        match message.body {
            PrimaryBody::Ship { prev, entries, shipped } => {
                if self.follows(now, from, epoch, effects) {
                    self.take_entries(from, prev, &entries, shipped, effects);
                }
            }
            PrimaryBody::Snapshot { snapshot, epochs, shipped } => {
                if self.follows(now, from, epoch, effects) {
                    self.take_snapshot(from, &snapshot, &epochs, shipped, effects);
                }
            }
            PrimaryBody::Has(outcome) => self.on_has(now, from, (epoch, message.column), outcome, effects),
            PrimaryBody::Deposed => self.hear_of(epoch, None, effects),
            PrimaryBody::Campaign { last } => self.on_campaign(now, from, epoch, last, settings, effects),
            PrimaryBody::Refuse { last } => self.on_refuse(now, epoch, last, settings),
            PrimaryBody::Promise { last } => self.on_promise(now, from, epoch, last, effects),
        }
    }

    /// Learns of an epoch, and who is its primary; steps down if it is later than the own one.
    fn hear_of(&mut self, epoch: u32, primary: Option<ReplicaId>, effects: &mut PrimaryEffects) {
        if epoch > self.durable.epoch {
            self.durable.epoch = epoch;
            self.durable.primary = None;
            self.caught_up_wall_us = None;
            let was_primary = self.is_primary();
            self.role = Role::Follower;
            if was_primary {
                effects.push(PrimaryEffect::Role(RoleName::Follower, epoch));
            }
        }
        if epoch == self.durable.epoch && primary.is_some() {
            self.durable.primary = primary;
        }
    }

    /// Whether `from` is the primary of the latest epoch that it knows, now that it says so. One of the past is told.
    fn follows(&mut self, now: LocalInstant, from: ReplicaId, epoch: u32, effects: &mut PrimaryEffects) -> bool {
        if epoch < self.durable.epoch {
            self.send(from, self.durable.epoch, PrimaryBody::Deposed, effects);
            return false;
        }
        self.hear_of(epoch, Some(from), effects);
        if matches!(self.role, Role::Candidate(..)) {
            self.role = Role::Follower;
        }
        self.heard_mono_us = now.mono_us;
        self.is_eager = false;
        true
    }

    /// Adds a state to go back to, and forgets those that nobody needs.
    pub fn checkpoint(&mut self, state: Arc<Ordered>) {
        let last = state.position();
        self.durable.checkpoints.push_back(Arc::new(Snapshot { last, state, ..Snapshot::default() }));
        self.forget();
    }

    /// Whether enough was applied since the last checkpoint.
    pub fn wants_checkpoint(&self) -> bool {
        let last = self.durable.checkpoints.back().map_or(0, |checkpoint| checkpoint.last.index);
        self.durable.log.last().index - last >= CHECKPOINT_EVERY
    }

    fn forget(&mut self) {
        let oldest_needed = self.stable.max(self.durable.log.last().index.saturating_sub(TAIL_MAX));
        while self.durable.checkpoints.get(1).is_some_and(|second| second.last.index <= oldest_needed) {
            self.durable.checkpoints.pop_front();
        }
        if let Some(first) = self.durable.checkpoints.front() {
            self.durable.log.forget_upto(first.last.index);
        }
    }

    fn send(&self, to: ReplicaId, epoch: u32, body: PrimaryBody, effects: &mut PrimaryEffects) {
        effects.push(PrimaryEffect::Send(to, PrimaryMessage { epoch, column: self.column, body }));
    }

    fn peers(&self) -> impl Iterator<Item = ReplicaId> + use<> {
        let own = self.id;
        ReplicaId::all(usize::from(self.replicas)).filter(move |peer| *peer != own)
    }

    fn owns(&self, epoch: u32) -> bool {
        epoch % ROUND == u32::from(self.column.0)
    }
}

/// What others may look at.
impl Primary {
    /// Whether it is the primary, as far as it knows.
    pub fn is_primary(&self) -> bool {
        matches!(self.role, Role::Primary(_))
    }

    /// Whether it asks who would follow it.
    pub fn is_campaigning(&self) -> bool {
        matches!(self.role, Role::Candidate(..))
    }

    /// Whom it takes for the primary: where requests go.
    pub fn primary(&self) -> Option<ReplicaId> {
        self.durable.primary
    }

    /// The latest epoch that it knows.
    pub fn epoch(&self) -> u32 {
        self.durable.epoch
    }

    /// Its log.
    pub fn log(&self) -> &Log {
        &self.durable.log
    }

    /// Every replica has the log up to here, as far as it knows.
    pub fn stable(&self) -> u32 {
        self.stable
    }

    /// What an operator's metric would say of its lag: its own wall minus the primary's at the newest shipment after
    /// which nothing was missing here, in microseconds. 0 at the primary, `None` before the first such shipment.
    pub fn observed_lag_us(&self, now: LocalInstant) -> Option<u64> {
        if self.is_primary() {
            return Some(0);
        }
        self.caught_up_wall_us.map(|wall_us| now.wall_us.saturating_sub(wall_us).max(0) as u64)
    }

    /// The same with what was not heard yet: since it started.
    pub fn silence_us(&self, now: LocalInstant) -> u64 {
        if self.is_primary() { 0 } else { now.mono_us.saturating_sub(self.heard_mono_us) }
    }
}

impl Durable {
    /// What a lost disk leaves: nothing.
    fn empty() -> Self {
        Self {
            epoch: 0,
            primary: None,
            log: Log::default(),
            epochs: Epochs::default(),
            checkpoints: VecDeque::from([Arc::default()]),
            is_member: false,
        }
    }

    /// Adds an entry.
    fn append(&mut self, slot: Slot) -> LogPosition {
        let epoch = slot.term;
        let position = self.log.append(slot);
        if self.epochs.last().is_none_or(|(last, _)| *last < epoch) {
            Arc::make_mut(&mut self.epochs).push((epoch, position.index));
        }
        position
    }

    /// The entries from `from` to the end.
    fn entries_from(&self, from: u32) -> Vec<(LogPosition, Entry)> {
        let place =
            |index| self.log.get(index).map(|slot| (LogPosition { term: slot.term, index }, slot.entry.clone()));
        (from..=self.log.last().index).filter_map(place).collect()
    }
}

/// The epoch that a replica begins in a round.
fn epoch_of(round: u32, column: Column) -> u32 {
    round * ROUND + u32::from(column.0)
}

/// The round of an epoch: what people call its number.
pub fn round_of(epoch: u32) -> u32 {
    epoch / ROUND
}
