//! Anti-entropy: a repair job with one peer at a time, that succeeds, fails or is overdue.
//!
//! ```text
//!   initiator                        peer
//!      Start(root) ────────────────▶  equal? ─▶ Done
//!      ◀──────────── Compare(children of the root)
//!      Compare(children that differ) ▶
//!      ◀────────────────────────────  … down to the pages
//!      Cells(those that differ) ────▶  merge
//!      ◀──────────── Cells(the same)
//!      merge, done
//! ```
//!
//! Each side sends along what it had applied when the repair began for it. When all differences are merged, the other
//! side has all of that, so its prefix of applied writes moves up: a lost push leaves a gap only until the next repair.

use crate::base::limits::REPLICAS_MAX;
use crate::base::time::SECOND;
use crate::base::{KeyId, LocalInstant, ReplicaId, VersionVector};
use crate::data::store::{FANOUT, ROOT_LEVEL};
use crate::data::{Cell, StoreChange};
use crate::record::RepairEnd;
use crate::wire::repair::RepairBody;
use crate::wire::{Effect, Effects, Message, RepairMessage, ReplicaTimer, Session, Settings};

use super::{Replica, rules, wake};

/// How long an initiator waits for a repair to end, in microseconds by its own clock.
const TIMEOUT_US: u64 = 5 * SECOND;
/// Nodes of the tree in one message: about 32 KiB.
const NODES_MAX: usize = 256;
/// Cells in one message: about 160 KiB.
const CELLS_MAX: usize = 1_024;
/// Rounds of one job. A round repairs [`CELLS_MAX`] keys, so this covers every key that can exist.
const ROUNDS_MAX: u32 = 80;

/// The state of repairs at one replica.
#[derive(Clone, Debug, Default)]
pub(super) struct AntiEntropy {
    sessions: u32,
    next_peer: u8,
    job: Option<Job>,
    /// For each initiator, what this replica had applied when its repair began here.
    answering: [Option<(Session, VersionVector)>; REPLICAS_MAX],
}

/// A repair that this replica began.
#[derive(Clone, Debug)]
struct Job {
    session: Session,
    peer: ReplicaId,
    /// What this replica had applied when the round began.
    applied: VersionVector,
    rounds: u32,
    keys: u32,
    /// Whether the peer has answered anything.
    heard: bool,
}

impl AntiEntropy {
    /// The peer of the running job.
    pub(super) fn peer(&self) -> Option<ReplicaId> {
        self.job.as_ref().map(|job| job.peer)
    }

    /// After a crash: no job, and session numbers that were not used before, so that stragglers are recognised.
    pub(super) fn resume(before: &Self) -> Self {
        Self { sessions: before.sessions, next_peer: before.next_peer, ..Self::default() }
    }
}

impl Replica {
    /// The periodic job: repair with the next peer in turn, unless one is still running.
    pub(super) fn repair_next(&mut self, settings: &Settings, effects: &mut Effects) {
        let Some(every_us) = settings.repair_every_us else { return };
        effects.push(wake(ReplicaTimer::Repair(self.timers), every_us - every_us / 10, every_us + every_us / 10));
        if self.replicas < 2 {
            return;
        }
        // A peer that has said nothing since the last turn must not hold up the others.
        if let Some(job) = self.anti_entropy.job.take_if(|job| !job.heard) {
            effects.push(Effect::RepairEnded { end: RepairEnd::TimedOut, peer: job.peer, keys: job.keys });
        }
        let turn = &mut self.anti_entropy.next_peer;
        *turn = (*turn + 1) % self.replicas;
        if *turn == self.id.0 {
            *turn = (*turn + 1) % self.replicas;
        }
        let peer = ReplicaId(*turn);
        self.begin_repair(peer, settings, effects);
    }

    /// Begins a repair with `peer`, unless one is running.
    pub(super) fn begin_repair(&mut self, peer: ReplicaId, settings: &Settings, effects: &mut Effects) {
        if self.anti_entropy.job.is_some() {
            return;
        }
        let job =
            Job { session: Session(0), peer, applied: VersionVector::default(), rounds: 1, keys: 0, heard: false };
        effects.push(Effect::RepairStarted(peer));
        self.start_round(job, settings, effects);
    }

    /// Gives up on a repair whose answer did not come.
    pub(super) fn repair_timed_out(&mut self, session: Session, effects: &mut Effects) {
        if let Some(job) = self.anti_entropy.job.take_if(|job| job.session == session) {
            effects.push(Effect::RepairEnded { end: RepairEnd::TimedOut, peer: job.peer, keys: job.keys });
        }
    }

    /// Takes one message of a repair.
    pub(super) fn on_repair(
        &mut self,
        now: LocalInstant,
        peer: ReplicaId,
        message: &RepairMessage,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        let Some(applied) = self.admit(peer, message) else { return };
        let (body, cut_short) = match &message.body {
            RepairBody::Start { root, .. } if *root == self.disk.state.loose.root() => (Some(RepairBody::Done), false),
            RepairBody::Start { level, .. } => (Some(self.compare(*level, [0].into_iter())), false),
            RepairBody::Compare { level, nodes } => {
                let (body, cut_here) = self.descend(*level, nodes);
                (Some(body), cut_here)
            }
            RepairBody::Cells { cells, wants_reply } => {
                let reply = wants_reply.then(|| self.copies(cells));
                self.merge_cells(now, cells, message.from_initiator, settings, effects);
                (reply, false)
            }
            RepairBody::Done => (None, false),
        };
        let settled = match (&message.body, &body) {
            (RepairBody::Cells { .. } | RepairBody::Done, _) | (_, Some(RepairBody::Done)) => true,
            (RepairBody::Start { .. } | RepairBody::Compare { .. }, _) => false,
        };
        if let Some(body) = body {
            let reply = RepairMessage {
                session: message.session,
                from_initiator: !message.from_initiator,
                applied,
                cut_short: message.cut_short || cut_short,
                body,
            };
            effects.push(Effect::Send(peer.into(), Message::Repair(Box::new(reply))));
        }
        if settled {
            self.settle(peer, message, settings, effects);
        }
    }

    /// Whether the message belongs to a repair that goes on; then, what this replica had applied at its start.
    fn admit(&mut self, peer: ReplicaId, message: &RepairMessage) -> Option<VersionVector> {
        if !message.from_initiator {
            let job = self.anti_entropy.job.as_mut()?;
            let is_ours = job.session == message.session && job.peer == peer;
            job.heard |= is_ours;
            return is_ours.then_some(job.applied);
        }
        let answering = &mut self.anti_entropy.answering[peer.index()];
        match answering {
            Some((session, applied)) if *session == message.session => Some(*applied),
            _ if matches!(message.body, RepairBody::Start { .. }) => {
                let applied = *self.disk.applied.prefix();
                *answering = Some((message.session, applied));
                Some(applied)
            }
            _ => None,
        }
    }

    /// All differences are merged here: what the peer had applied at the start is now applied here too.
    fn settle(&mut self, peer: ReplicaId, message: &RepairMessage, settings: &Settings, effects: &mut Effects) {
        if !message.cut_short {
            self.disk.applied.join(&message.applied);
        }
        if message.from_initiator {
            return;
        }
        let Some(mut job) = self.anti_entropy.job.take() else { return };
        if message.cut_short && job.rounds < ROUNDS_MAX {
            job.rounds += 1;
            self.start_round(job, settings, effects);
        } else {
            effects.push(Effect::RepairEnded { end: RepairEnd::Succeeded, peer, keys: job.keys });
        }
    }

    fn start_round(&mut self, mut job: Job, settings: &Settings, effects: &mut Effects) {
        self.anti_entropy.sessions += 1;
        job.session = Session(self.anti_entropy.sessions);
        job.applied = *self.disk.applied.prefix();
        let start = RepairMessage {
            session: job.session,
            from_initiator: true,
            applied: job.applied,
            cut_short: false,
            body: RepairBody::Start { level: level_of(settings.keys), root: self.disk.state.loose.root() },
        };
        effects.push(wake(ReplicaTimer::RepairTimeout(job.session), TIMEOUT_US, TIMEOUT_US));
        effects.push(Effect::Send(job.peer.into(), Message::Repair(Box::new(start))));
        self.anti_entropy.job = Some(job);
    }

    /// The own children of some nodes of a level.
    fn compare(&self, level: u8, nodes: impl Iterator<Item = u32>) -> RepairBody {
        let nodes = nodes.map(|node| (node, self.disk.state.loose.children(level, node))).collect();
        RepairBody::Compare { level, nodes }
    }

    /// Compares a peer's nodes with the own ones: asks one level down, or hands over the cells that differ. Says
    /// whether it left some out.
    fn descend(&self, level: u8, nodes: &[(u32, [u64; FANOUT])]) -> (RepairBody, bool) {
        let mut differing = Vec::new();
        for (node, theirs) in nodes {
            let own = self.disk.state.loose.children(level, *node);
            let children = (0..FANOUT).filter(|child| own[*child] != theirs[*child]);
            differing.extend(children.map(|child| node * FANOUT as u32 + child as u32));
        }
        if differing.is_empty() {
            return (RepairBody::Done, false);
        }
        let most = if level == 1 { CELLS_MAX } else { NODES_MAX };
        let cut_here = differing.len() > most;
        differing.truncate(most);
        let body = if level == 1 {
            let cells = differing.into_iter().map(|key| self.copy(KeyId(key))).collect();
            RepairBody::Cells { cells, wants_reply: true }
        } else {
            self.compare(level - 1, differing.into_iter())
        };
        (body, cut_here)
    }

    /// The own cells for the keys of `cells`.
    fn copies(&self, cells: &[(KeyId, Cell)]) -> RepairBody {
        let cells = cells.iter().map(|(key, _)| self.copy(*key)).collect();
        RepairBody::Cells { cells, wants_reply: false }
    }

    fn copy(&self, key: KeyId) -> (KeyId, Cell) {
        (key, self.disk.state.loose.cell(key).clone())
    }

    fn merge_cells(
        &mut self,
        now: LocalInstant,
        cells: &[(KeyId, Cell)],
        from_initiator: bool,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        let mut differing = 0;
        for (key, cell) in cells {
            if !cell.agrees_with(self.disk.state.loose.cell(*key)) {
                differing += 1;
            }
            if self.is_stale_tombstone(now, *key, cell, settings) {
                continue;
            }
            if let Some(stamp) = cell.newest_stamp() {
                self.disk.clock.receive(now.wall_us, stamp.hlc);
            }
            if self.disk.state.loose.merge(*key, cell, rules(settings))
                && let Cell::Item(winner) = self.disk.state.loose.cell(*key).clone()
            {
                self.note_tombstone(&winner, effects);
            }
        }
        for change in self.disk.state.loose.changes() {
            if let StoreChange::Dot { dot, .. } = change {
                self.disk.applied.insert(*dot);
            }
        }
        // The initiator gets the cells that differ once a round, whoever sends first: so this counts each mended key
        // once, on whichever side it changes.
        if let Some(job) = self.anti_entropy.job.as_mut().filter(|_| !from_initiator) {
            job.keys += differing;
        }
    }
}

/// The level whose one node spans `keys` keys.
fn level_of(keys: u32) -> u8 {
    (1..ROOT_LEVEL).find(|level| keys as usize <= FANOUT.pow(u32::from(*level))).unwrap_or(ROOT_LEVEL)
}
