//! What each session did: its operation under way, its own writes, and what its reads had seen.
//!
//! A session is a client. An attempt counts for it when its answer is taken: what was decided for an attempt that
//! timed out, the client does not know. A read remembers its replica and the *position* there, how many writes it had
//! taken in: with it, the set of writes behind the read can be asked for later, one write at a time.

use std::sync::Arc;

use super::access::Revoked;
use super::broken::Act;
use super::writes::{Number, act};
use crate::base::limits::REPLICAS_MAX;
use crate::base::{Actor, Instant, KeyId, OpId, OpType, Paged, ReplicaId, ReplicaSet, Value};

/// Keys of which one session remembers what it did, those used last.
const KEYS_KEPT: usize = 16;
/// Replicas of which one session remembers its last read of one key.
const LOOKS_KEPT: usize = 3;
/// Attempts of one operation that are remembered.
const ATTEMPTS_KEPT: usize = 8;

/// What a judge says of one case: nothing, what is wrong, or that too much is missing to tell.
pub(super) type Found<T> = Result<Option<T>, TooMuch>;

/// More writes are missing at a replica than one question looks at.
#[derive(Clone, Copy, Debug)]
pub(super) struct TooMuch;

/// A read that was answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    op: OpId,
    op_type: OpType,
    pub(super) key: KeyId,
    pub(super) replica: ReplicaId,
    /// How many writes its replica had taken in.
    pub(super) position: u32,
    /// When it was served.
    at: Instant,
    value: Value,
    /// Of a cell, the write that it showed.
    pub(super) shown: Number,
    /// The union that served it, if a quorum did; else 0.
    pub(super) union: u32,
}

impl Look {
    pub(super) fn act(&self, client: Actor) -> Act {
        act(self.op, (client, self.op_type, self.key), self.value, (self.replica, self.at))
    }
}

/// What was decided for an attempt of the operation under way.
#[derive(Clone, Copy, Debug)]
pub(super) enum Came {
    /// A write was accepted.
    Write(Number),
    /// A read was served.
    Read(Served),
    /// It was refused.
    Nothing,
}

/// A read as it was served, and what was wrong with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Served {
    pub(super) look: Look,
    /// An own write that it lacks.
    pub(super) unread: Found<Number>,
    /// An earlier read, and a write that it had and this one lacks.
    pub(super) back: Found<(Look, Number)>,
    /// Of a feed, a post that it lacks and a later one that it has.
    pub(super) gap: Found<(Number, Number)>,
    /// Of a balance, a transfer of which only one half was there: its debit.
    pub(super) halved: Found<Number>,
    /// Of a check that said "allowed", the revocation that forbids it.
    pub(super) revoked: Option<Revoked>,
}

/// An attempt that was decided.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) attempt: u16,
    pub(super) came: Came,
    pub(super) replica: ReplicaId,
    /// The replica's wall reading.
    pub(super) wall_us: i64,
}

/// What a session did with one key.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// Where its acknowledged writes were accepted.
    pub(super) wrote_via: ReplicaSet,
    pub(super) last_own: Number,
    pub(super) looks: [Option<Look>; LOOKS_KEPT],
    /// For each replica, how far it has seen the key there: the position of its last read.
    pub(super) looked: [u32; REPLICAS_MAX],
}

impl Seen {
    /// The last of its reads.
    fn last_look(&self) -> Option<&Look> {
        self.looks.iter().flatten().max_by_key(|look| look.op)
    }

    /// The versions that the session knows: its own, and what it was shown.
    pub(super) fn known(&self) -> [Number; 2] {
        [self.last_own, self.last_look().map_or(0, |look| look.shown)]
    }
}

/// One session.
#[derive(Clone, Debug, Default)]
pub(super) struct Session {
    /// The operation under way, or the last one.
    pub(super) op: OpId,
    /// Its last attempt: number, to whom, and the client's wall reading then.
    pub(super) asked: Option<(u16, ReplicaId, i64)>,
    /// The first attempt that was decided, and the others.
    decided: Option<Candidate>,
    more: Arc<Vec<Candidate>>,
    /// The last acknowledged write.
    pub(super) last_write: Number,
    /// The last reads of different keys, the newest first.
    pub(super) reads: [Option<Look>; 2],
    /// The keys that it used last, each with when it was used.
    keys: [(KeyId, u32); KEYS_KEPT],
    seen: Arc<Vec<Seen>>,
    uses: u32,
    /// Whether it used more keys than are remembered.
    pub(super) has_forgotten: bool,
}

impl Session {
    /// An attempt was sent.
    #[inline]
    pub(super) fn attempted(&mut self, op: OpId, number: u16, to: ReplicaId, wall_us: i64) {
        if self.op != op || number == 0 {
            self.op = op;
            self.decided = None;
            if !self.more.is_empty() {
                self.more = Arc::default();
            }
        }
        self.asked = Some((number, to, wall_us));
    }

    /// An attempt of the operation under way was decided.
    #[inline]
    pub(super) fn decided(&mut self, candidate: Candidate) {
        if self.decided.is_none() {
            self.decided = Some(candidate);
        } else if self.more.len() < ATTEMPTS_KEPT {
            Arc::make_mut(&mut self.more).push(candidate);
        }
    }

    /// What the attempt that was answered came to.
    #[inline]
    pub(super) fn answer(&self, attempt: u16) -> Option<Candidate> {
        self.decided.iter().chain(&*self.more).find(|candidate| candidate.attempt == attempt).copied()
    }

    /// The attempt that made the write of the operation under way: a later one with the key of the same gets its answer.
    pub(super) fn made(&self) -> Option<Candidate> {
        self.decided.iter().chain(&*self.more).find(|candidate| matches!(candidate.came, Came::Write(_))).copied()
    }

    /// What it did with a key.
    #[inline]
    pub(super) fn seen(&self, key: KeyId) -> Option<&Seen> {
        self.seen.get(self.place(key)?)
    }

    /// One of its writes was acknowledged.
    pub(super) fn wrote(&mut self, number: Number, key: KeyId, via: ReplicaId) {
        self.last_write = number;
        let seen = self.seen_mut(key);
        seen.wrote_via.insert(via);
        seen.last_own = number;
    }

    /// One of its reads was answered, from states at these positions; 0 where a replica had no part in it.
    pub(super) fn looked(&mut self, look: Look, positions: [u32; REPLICAS_MAX]) {
        match self.reads[0] {
            Some(newest) if newest.key != look.key => self.reads = [Some(look), Some(newest)],
            _ => self.reads[0] = Some(look),
        }
        let seen = self.seen_mut(look.key);
        for (looked, position) in seen.looked.iter_mut().zip(positions) {
            *looked = position.max(*looked);
        }
        let looks = &mut seen.looks;
        let same = looks.iter().position(|known| known.is_some_and(|known| known.replica == look.replica));
        let oldest = || (0..LOOKS_KEPT).min_by_key(|at| looks[*at].map(|known| known.op)).unwrap_or(0);
        let at = same.unwrap_or_else(oldest);
        looks[at] = Some(look);
    }

    #[inline]
    fn place(&self, key: KeyId) -> Option<usize> {
        self.keys[..self.seen.len()].iter().position(|(own, _)| *own == key)
    }

    fn seen_mut(&mut self, key: KeyId) -> &mut Seen {
        self.uses += 1;
        let at = self.place(key).unwrap_or_else(|| self.make_room());
        if self.keys[at].0 != key {
            Arc::make_mut(&mut self.seen)[at] = Seen::default();
        }
        self.keys[at] = (key, self.uses);
        &mut Arc::make_mut(&mut self.seen)[at]
    }

    /// A place for another key: a new one, or that of the key which was not used for longest.
    fn make_room(&mut self) -> usize {
        let count = self.seen.len();
        if count == KEYS_KEPT {
            self.has_forgotten = true;
            return (0..count).min_by_key(|at| self.keys[*at].1).unwrap_or(0);
        }
        Arc::make_mut(&mut self.seen).push(Seen::default());
        count
    }
}

/// A read that is served now.
pub(super) fn look(
    op: OpId,
    what: (OpType, KeyId),
    place: (ReplicaId, Instant),
    at: (u32, Number, u32),
    value: Value,
) -> Look {
    let (op_type, key) = what;
    let (replica, instant) = place;
    let (position, shown, union) = at;
    Look { op, op_type, key, replica, position, at: instant, value, shown, union }
}

/// All sessions.
#[derive(Clone, Debug, Default)]
pub(super) struct Sessions {
    table: Paged<Session, 8>,
}

impl Sessions {
    #[inline]
    pub(super) fn of(&self, client: Actor) -> Option<&Session> {
        self.table.get(client.as_client()?)
    }

    #[inline]
    pub(super) fn of_mut(&mut self, client: Actor) -> Option<&mut Session> {
        self.table.reach(client.as_client()?)
    }
}
