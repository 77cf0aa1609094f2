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
//! Where the peer is the one to find the cells that differ, it sends them first and says Done when it has merged the
//! initiator's: a repair has succeeded when both sides have merged.
//!
//! Each side sends along what it had applied when the repair began for it. When all differences are merged, the other
//! side has all of that, so its prefix of applied writes moves up: a lost push leaves a gap only until the next repair.
//!
//! A cell can hold writes that must not be shown before others (`fifo`, `causal`). Cells of one message are merged in one
//! step, so what a cell needs may be in another one. Where such writes are known nothing is left out for its size, and a
//! cell that needs still more waits for the next repair.

use std::collections::BTreeSet;

use crate::base::limits::REPLICAS_MAX;
use crate::base::time::SECOND;
use crate::base::{Context, KeyId, LocalInstant, ReplicaId, ReplicaSet, VersionVector};
use crate::data::store::{FANOUT, ROOT_LEVEL};
use crate::data::{Cell, StoreChange};
use crate::record::RepairEnd;
use crate::wire::repair::RepairBody;
use crate::wire::{Effect, Effects, Message, RepairMessage, ReplicaTimer, Session, Settings};

use super::{Replica, rules, wake};

/// How long an initiator waits for a repair to end, in microseconds by its own clock.
const TIMEOUT_US: u64 = 5 * SECOND;
/// How long a peer may say nothing before its turn is given to the next, in microseconds by the own clock: longer than
/// the way there and back on any healthy link, shorter than [`TIMEOUT_US`].
const SILENCE_US: u64 = SECOND;
/// Nodes of the tree in one message: about 32 KiB.
const NODES_MAX: usize = 256;
/// Cells in one message: about 160 KiB.
const CELLS_MAX: usize = 1_024;
/// Rounds of one job. A round repairs [`CELLS_MAX`] keys, so this covers every key that can exist.
const ROUNDS_MAX: u32 = 80;

/// The state of repairs at one replica.
#[derive(Clone, Debug, Default)]
pub(super) struct AntiEntropy {
    /// The last number that a repair got here, as initiator or as peer.
    numbers: u32,
    next_peer: u8,
    /// With whom it merged last after it lost its disk.
    next_lacking: u8,
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
    /// The own monotonic clock when it began.
    began_mono_us: u64,
    /// Whether the peer has answered anything.
    heard: bool,
    /// Whether all cells of the round could be merged.
    is_whole: bool,
}

impl AntiEntropy {
    /// The peer of the running job.
    pub(super) fn peer(&self) -> Option<ReplicaId> {
        self.job.as_ref().map(|job| job.peer)
    }

    /// After a crash: no job, and numbers that were not used before, so that stragglers are recognised.
    pub(super) fn resume(before: &Self) -> Self {
        Self { numbers: before.numbers, next_peer: before.next_peer, ..Self::default() }
    }
}

impl Replica {
    /// The periodic job: repair with the next peer in turn, unless one is still running.
    pub(super) fn repair_next(&mut self, now: LocalInstant, settings: &Settings, effects: &mut Effects) {
        let Some(every_us) = settings.repair_every_us else { return };
        effects.push(wake(ReplicaTimer::Repair(self.timers), every_us - every_us / 10, every_us + every_us / 10));
        if self.replicas < 2 {
            return;
        }
        self.leave_silent(now, effects);
        let turn = &mut self.anti_entropy.next_peer;
        *turn = (*turn + 1) % self.replicas;
        if *turn == self.id.0 {
            *turn = (*turn + 1) % self.replicas;
        }
        let peer = ReplicaId(*turn);
        self.begin_repair(now, peer, effects);
    }

    /// A silent peer must not hold up the others.
    fn leave_silent(&mut self, now: LocalInstant, effects: &mut Effects) {
        let is_silent = |job: &mut Job| !job.heard && now.mono_us.saturating_sub(job.began_mono_us) >= SILENCE_US;
        if let Some(job) = self.anti_entropy.job.take_if(is_silent) {
            effects.push(Effect::RepairEnded { end: RepairEnd::TimedOut, peer: job.peer, keys: job.keys });
        }
    }

    /// Repairs with the next of those that are not in `merged`, unless a repair is running.
    pub(super) fn repair_with_other(&mut self, now: LocalInstant, merged: ReplicaSet, effects: &mut Effects) {
        self.leave_silent(now, effects);
        let turns = (1..=self.replicas).map(|step| ReplicaId((self.anti_entropy.next_lacking + step) % self.replicas));
        let is_lacking = |peer: &ReplicaId| *peer != self.id && !merged.contains(*peer);
        if self.anti_entropy.job.is_none()
            && let Some(peer) = turns.into_iter().find(is_lacking)
        {
            self.anti_entropy.next_lacking = peer.0;
            self.begin_repair(now, peer, effects);
        }
    }

    /// Begins a repair with `peer`, unless one is running.
    pub(super) fn begin_repair(&mut self, now: LocalInstant, peer: ReplicaId, effects: &mut Effects) {
        if self.anti_entropy.job.is_some() {
            return;
        }
        let job = Job {
            session: Session::default(),
            peer,
            applied: VersionVector::default(),
            rounds: 1,
            keys: 0,
            began_mono_us: now.mono_us,
            heard: false,
            is_whole: true,
        };
        effects.push(Effect::RepairStarted(peer));
        self.start_round(job, effects);
    }

    /// Gives up on a repair whose answer did not come.
    pub(super) fn repair_timed_out(&mut self, session: Session, effects: &mut Effects) {
        if let Some(job) = self.anti_entropy.job.take_if(|job| job.session.asked == session.asked) {
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
        let Some((session, applied)) = self.admit(peer, message) else { return };
        self.disk.lives.join(&message.lives);
        self.disk.has_needs |= message.has_needs;
        let mut is_whole = true;
        let (body, cut_short) = match &message.body {
            RepairBody::Start { root } if *root == self.disk.state.loose.root() => (Some(RepairBody::Done), false),
            // The own level: keys may have been named, and written here, since the initiator began.
            RepairBody::Start { .. } => (Some(self.compare(level_of(settings.keys), [0].into_iter())), false),
            RepairBody::Compare { level, nodes } => {
                let (body, cut_here) = self.descend(*level, nodes);
                (Some(body), cut_here)
            }
            RepairBody::Cells { cells, wants_reply } => {
                let reply = match (wants_reply, message.from_initiator) {
                    (true, _) => Some(self.copies(cells)),
                    (false, true) => Some(RepairBody::Done),
                    (false, false) => None,
                };
                is_whole = self.merge_cells(now, cells, message, settings, effects);
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
                session,
                from_initiator: !message.from_initiator,
                applied,
                has_needs: self.disk.has_needs,
                cut_short: message.cut_short || cut_short,
                lives: self.disk.lives,
                is_whole: self.is_whole(settings),
                body,
            };
            effects.push(Effect::Send(peer.into(), Message::Repair(Box::new(reply))));
        }
        if settled {
            self.settle(peer, message, is_whole, effects);
        }
    }

    /// Whether the message belongs to a repair that goes on; then, which, and what this replica had applied at its start.
    fn admit(&mut self, peer: ReplicaId, message: &RepairMessage) -> Option<(Session, VersionVector)> {
        let said = message.session;
        if !message.from_initiator {
            let is_ours = |job: &&mut Job| {
                let is_first = job.session.answered == 0;
                job.peer == peer && job.session.asked == said.asked && (is_first || job.session == said)
            };
            let job = self.anti_entropy.job.as_mut().filter(is_ours)?;
            (job.session, job.heard) = (said, true);
            return Some((said, job.applied));
        }
        let asks = matches!(message.body, RepairBody::Start { .. });
        match self.anti_entropy.answering[peer.index()] {
            Some((session, applied)) if session == said || asks && session.asked == said.asked => {
                Some((session, applied))
            }
            // A straggler of an earlier repair must not end the present one.
            Some((session, _)) if session.asked > said.asked => None,
            _ if asks => {
                self.anti_entropy.numbers += 1;
                let session = Session { answered: self.anti_entropy.numbers, ..said };
                let answering = (session, *self.disk.applied.prefix());
                self.anti_entropy.answering[peer.index()] = Some(answering);
                Some(answering)
            }
            _ => None,
        }
    }

    /// All differences are merged here: what the peer had applied at the start is now applied here too, unless some of it
    /// came too early.
    fn settle(&mut self, peer: ReplicaId, message: &RepairMessage, is_whole: bool, effects: &mut Effects) {
        let of_job = self.anti_entropy.job.as_mut().filter(|_| !message.from_initiator);
        let was_whole = of_job.is_none_or(|job| {
            job.is_whole &= is_whole;
            job.is_whole
        });
        if !message.cut_short && is_whole && was_whole {
            self.disk.applied.join(&message.applied);
        }
        let peer_lacks_cells = matches!(message.body, RepairBody::Cells { wants_reply: true, .. });
        if message.from_initiator || peer_lacks_cells {
            return;
        }
        let Some(mut job) = self.anti_entropy.job.take() else { return };
        if message.cut_short && job.rounds < ROUNDS_MAX {
            job.rounds += 1;
            self.start_round(job, effects);
        } else {
            if message.is_whole && is_whole && was_whole && !message.cut_short {
                self.note_merged(peer);
            }
            effects.push(Effect::RepairEnded { end: RepairEnd::Succeeded, peer, keys: job.keys });
        }
    }

    fn start_round(&mut self, mut job: Job, effects: &mut Effects) {
        self.anti_entropy.numbers += 1;
        job.session = Session { asked: self.anti_entropy.numbers, answered: 0 };
        (job.applied, job.is_whole) = (*self.disk.applied.prefix(), true);
        let start = RepairMessage {
            session: job.session,
            from_initiator: true,
            applied: job.applied,
            has_needs: self.disk.has_needs,
            cut_short: false,
            lives: self.disk.lives,
            is_whole: false,
            body: RepairBody::Start { root: self.disk.state.loose.root() },
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
        let most = match level {
            _ if self.disk.has_needs => usize::MAX,
            1 => CELLS_MAX,
            _ => NODES_MAX,
        };
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

    /// Merges a peer's cells, all in one step. Says whether none of them came too early.
    fn merge_cells(
        &mut self,
        now: LocalInstant,
        cells: &[(KeyId, Cell)],
        message: &RepairMessage,
        settings: &Settings,
        effects: &mut Effects,
    ) -> bool {
        let mut differing = 0;
        let early = self.come_early(cells, message);
        for (key, cell) in cells.iter().filter(|(key, _)| !early.contains(key)) {
            if !cell.agrees_with(self.disk.state.loose.cell(*key)) {
                differing += 1;
            }
            self.merge_cell(now, *key, cell, settings, effects);
        }
        self.note_merged_dots();
        // The initiator gets the cells that differ once a round, whoever sends first: so this counts each mended key
        // once, on whichever side it changes.
        if let Some(job) = self.anti_entropy.job.as_mut().filter(|_| !message.from_initiator) {
            job.keys += differing;
        }
        early.is_empty()
    }

    /// The keys whose cells have something that must not be shown yet.
    ///
    /// If all of the peer's differences are here, then with them comes all that it had applied when the repair began, and
    /// what is held back for want of that. If one cell has more than that allows, it is left out, and with it perhaps what
    /// others need: then only what was here before counts.
    fn come_early(&self, cells: &[(KeyId, Cell)], message: &RepairMessage) -> BTreeSet<KeyId> {
        let needs = |(key, cell): &(KeyId, Cell)| cell.needs().map(|needs| (*key, needs));
        let all: Vec<(KeyId, Context)> = cells.iter().filter_map(needs).collect();
        if all.is_empty() {
            return BTreeSet::new();
        }
        let logs = self.positions();
        let early = |applied: &VersionVector| -> BTreeSet<KeyId> {
            let unmet = all.iter().filter(|(_, needs)| !needs.is_held(applied, logs));
            unmet.map(|(key, _)| *key).collect()
        };
        if !message.cut_short && early(self.prospect(&message.applied).prefix()).is_empty() {
            return BTreeSet::new();
        }
        early(self.disk.applied.prefix())
    }
}

impl Replica {
    /// Takes in what a peer holds of a key.
    pub(super) fn merge_cell(
        &mut self,
        now: LocalInstant,
        key: KeyId,
        cell: &Cell,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        if self.is_stale_tombstone(now, key, cell, settings) {
            return;
        }
        if let Some(stamp) = cell.newest_stamp() {
            self.disk.clock.receive(now.wall_us, stamp.hlc);
        }
        if !self.disk.state.loose.merge(key, cell, rules(settings)) {
            self.note_loser(cell);
        } else if let Cell::Item(winner) = self.disk.state.loose.cell(key).clone() {
            self.note_tombstone(&winner, effects);
        }
    }

    /// Single writes that came with cells are applied.
    pub(super) fn note_merged_dots(&mut self) {
        for change in self.disk.state.loose.changes() {
            if let StoreChange::Dot { dot, .. } = change {
                self.disk.applied.insert(*dot);
            }
        }
    }

    /// Notes the write of a peer's cell that changed nothing here, if it is the first that is heard of it.
    fn note_loser(&mut self, cell: &Cell) {
        if let Cell::Register(delta) | Cell::Item(delta) = cell
            && self.disk.applied.insert(delta.dot)
        {
            self.disk.state.loose.note_superseded(delta);
        }
    }
}

/// The level whose one node spans `keys` keys.
fn level_of(keys: u32) -> u8 {
    (1..ROOT_LEVEL).find(|level| keys as usize <= FANOUT.pow(u32::from(*level))).unwrap_or(ROOT_LEVEL)
}
