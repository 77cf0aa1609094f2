//! Which write is where: the set of writes behind every state, as sessions need to know it.
//!
//! A replica *has* a write once it took it in, winning or losing, or took in one that wins against it: then the write
//! cannot change any answer there. A write that every replica has is *closed*; the judges ask for the open ones only.
//!
//! ```text
//! trace ─▶ applied, superseded ─▶ holders, and the place in the order in which each replica took things in
//!    key ─▶ open writes, oldest first          (key, replica) ─▶ lead: the winner, or of a feed the youngest
//! ```

use std::collections::BTreeMap;
use std::sync::Arc;

use super::broken::Act;
use super::cells::is_cell;
use super::sessions::{Found, Look, TooMuch};
use crate::base::limits::{REPLICAS_MAX, WRITE_COLUMNS_MAX};
use crate::base::{
    Actor, Column, Dot, Instant, KeyId, LogId, OpId, OpType, Paged, ReplicaId, ReplicaSet, Resolver, Service, Stamp,
    Value,
};
use crate::check::verdict::Deed;

/// Writes that are remembered; what older ones break is not found. 80 seconds at 200 writes a second, 5 MB.
pub const WRITES_KEPT: usize = 1 << 14;
/// Open writes of one register that are remembered: the newest, since they win.
const OPEN_CELL_MAX: usize = 64;
/// Open writes of one counter or feed that are remembered.
const OPEN_MAX: usize = 4_096;
/// Open writes that one question looks at, from the newest.
pub(super) const LOOKED_AT_MAX: usize = 128;
/// Counters of a repaired range that are looked up one by one.
const RANGE_LOOKUPS_MAX: u32 = 64;

/// Own writes of one step: as many as a log can commit at once.
const OWN_MAX: usize = 512;

/// The number of a write in the order of decisions, from 1; 0 is none.
pub(super) type Number = u32;

/// An accepted write.
#[derive(Clone, Copy, Debug)]
pub(super) struct Write {
    pub(super) deed: Deed,
    pub(super) key: KeyId,
    pub(super) invoked: Instant,
    /// [`Instant::NEVER`] until its client knows.
    pub(super) acknowledged: Instant,
    pub(super) dot: Dot,
    pub(super) stamp: Stamp,
    /// Who has it.
    pub(super) holders: ReplicaSet,
    /// For each replica that ever had it, its position when it took it in last.
    pub(super) taken: [u32; REPLICAS_MAX],
    /// And when it did first: a replica that lost its disk takes it in again.
    pub(super) taken_first: [u32; REPLICAS_MAX],
    /// The position of its replica when it was decided.
    pub(super) position: u32,
    /// The last write that its session knew to be done.
    pub(super) before: Number,
    /// What its session had read last.
    pub(super) reads: [Option<Look>; 2],
    /// The versions of the key that its session knew: its own, and what it was shown.
    pub(super) known: [Number; 2],
    /// A write that wins against it and did not know of it.
    pub(super) lost_to: Number,
    /// Whether it was said that it lost wrongly.
    pub(super) is_wronged: bool,
}

impl Write {
    pub(super) fn act(&self) -> Act {
        Act { deed: self.deed, key: self.key }
    }

    #[inline]
    pub(super) fn is_acknowledged(&self) -> bool {
        self.acknowledged != Instant::NEVER
    }

    /// `replica` took it in, or something that wins against it.
    #[inline]
    pub(super) fn note_taken(&mut self, replica: ReplicaId, position: u32) {
        self.holders.insert(replica);
        self.taken[replica.index()] = position;
        let first = &mut self.taken_first[replica.index()];
        if *first == 0 {
            *first = position;
        }
    }
}

/// How a write arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// It is there, and on top where only one can be.
    Won,
    /// Something better was there.
    Lost,
}

/// Two writes to one cell met at a replica.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clash {
    pub(super) winner: Number,
    pub(super) loser: Number,
}

/// A write came to life at a replica that had forgotten its deletion.
#[derive(Clone, Copy, Debug)]
pub(super) struct Risen {
    pub(super) replica: ReplicaId,
    pub(super) put: Number,
    pub(super) delete: Number,
}

/// What happened since the judges last looked: emptied at the end of every step.
#[derive(Clone, Debug, Default)]
pub(super) struct Fresh {
    pub(super) arrivals: Vec<(ReplicaId, Number)>,
    /// Arrivals of writes whose sessions had done nothing before.
    pub(super) first: u64,
    pub(super) clashes: Vec<Clash>,
    pub(super) risen: Vec<Risen>,
}

/// What is known of one key.
#[derive(Clone, Debug, Default)]
pub(super) struct Key {
    pub(super) service: Option<Service>,
    /// Writes that some replica lacks, oldest first.
    pub(super) open: Arc<Vec<Number>>,
    /// At each replica: of a cell the winner, of a feed the held write that was begun last.
    pub(super) lead: [Number; REPLICAS_MAX],
}

/// The table.
#[derive(Clone, Debug)]
pub(super) struct Writes {
    pub(super) replicas: usize,
    pub(super) table: Paged<Option<Write>, 16>,
    pub(super) last: Number,
    places: [Paged<Number, 64>; WRITE_COLUMNS_MAX],
    pub(super) keys: Paged<Key, 16>,
    /// How many entries of writes taken in, and of lost disks, the trace has for each replica.
    pub(super) positions: [u32; REPLICAS_MAX],
    /// The positions of each replica when it lost its disk for the first time, for the last but one, and for the last; 0
    /// where it did not.
    pub(super) lost_at: [[u32; 3]; REPLICAS_MAX],
    /// Replicas that lost a disk at some time: what they had they may lack.
    pub(super) unreliable: ReplicaSet,
    /// Deletions that a replica forgot.
    pub(super) buried: Arc<BTreeMap<(ReplicaId, KeyId), Number>>,
    /// Dots that were taken in and are not decided yet, each with the position of its replica: the own writes of the
    /// step. An entry of a log commits those before it, so there can be several.
    own: Vec<(Dot, Arrival, u32)>,
    /// Whether a decision was read since the last of them.
    is_past_trace: bool,
    /// Writes that were forgotten while some replica lacked them.
    pub(super) forgotten: u64,
    pub(super) fresh: Fresh,
}

impl Fresh {
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.arrivals.is_empty() && self.clashes.is_empty() && self.risen.is_empty()
    }
}

impl Writes {
    pub(super) fn new(replicas: usize) -> Self {
        Self {
            replicas,
            table: Paged::default(),
            last: 0,
            places: std::array::from_fn(|_| Paged::default()),
            keys: Paged::default(),
            positions: [0; REPLICAS_MAX],
            lost_at: [[0; 3]; REPLICAS_MAX],
            unreliable: ReplicaSet::EMPTY,
            buried: Arc::default(),
            own: Vec::new(),
            is_past_trace: false,
            forgotten: 0,
            fresh: Fresh::default(),
        }
    }

    #[inline]
    pub(super) fn get(&self, number: Number) -> Option<&Write> {
        if number == 0 { None } else { self.table.get(number as usize)?.as_ref() }
    }

    #[inline]
    pub(super) fn get_mut(&mut self, number: Number) -> Option<&mut Write> {
        if number == 0 { None } else { self.table.get_mut(number as usize)?.as_mut() }
    }

    #[inline]
    pub(super) fn position(&self, replica: ReplicaId) -> u32 {
        self.positions[replica.index()]
    }

    /// Of a cell the winner at a replica, of a feed the held write that was begun last.
    #[inline]
    pub(super) fn lead(&self, key: KeyId, replica: ReplicaId) -> Number {
        self.keys.get(key.index()).map_or(0, |key| key.lead[replica.index()])
    }

    /// Whether every write of the key is everywhere.
    #[inline]
    pub(super) fn is_closed(&self, key: KeyId) -> bool {
        self.keys.get(key.index()).is_none_or(|key| key.open.is_empty())
    }

    /// The newest write to `key` that `replica` lacks and for which `test` holds; `Err` if there are too many to tell.
    #[inline]
    pub(super) fn missing(
        &self,
        key: KeyId,
        replica: ReplicaId,
        test: impl Fn(Number, &Write) -> bool,
    ) -> Found<Number> {
        let Some(key) = self.keys.get(key.index()) else { return Ok(None) };
        for number in key.open.iter().rev().take(LOOKED_AT_MAX) {
            let Some(write) = self.get(*number) else { continue };
            if !write.holders.contains(replica) && test(*number, write) {
                return Ok(Some(*number));
            }
        }
        if key.open.len() > LOOKED_AT_MAX { Err(TooMuch) } else { Ok(None) }
    }

    /// Whether `replica` is known to have had a write at `position`: in its present life, in the one before, or in its
    /// first.
    #[inline]
    pub(super) fn was_at(&self, write: &Write, replica: ReplicaId, position: u32) -> bool {
        let index = replica.index();
        let (taken, first) = (write.taken[index], write.taken_first[index]);
        let [first_lost, lost_before, lost] = self.lost_at[index];
        if position >= lost {
            (lost + 1..=position).contains(&taken)
        } else if position < first_lost {
            (1..=position).contains(&first)
        } else {
            position >= lost_before && [first, taken].iter().any(|own| (lost_before + 1..=position).contains(own))
        }
    }

    /// Whether the one who made `write` could know `other`: its replica had it, or its session.
    pub(super) fn knew(&self, write: Number, other: Number) -> bool {
        let (Some(one), Some(other_write)) = (self.get(write), self.get(other)) else { return true };
        // Raft's log decides each write on all that it holds before it, whoever applies it and when.
        if one.dot.column == Column::RAFT && other_write.dot.column == Column::RAFT {
            return other_write.dot.counter < one.dot.counter;
        }
        let taken = other_write.taken_first[one.deed.replica.index()];
        (taken != 0 && taken < one.position) || one.known.contains(&other)
    }

    /// A replica took in a write that the trace names.
    #[inline]
    pub(super) fn taken_in(&mut self, replica: ReplicaId, key: KeyId, dot: Dot, arrival: Arrival, resolver: Resolver) {
        self.positions[replica.index()] += 1;
        match self.find(dot, key) {
            Some(number) => self.take_in(replica, number, self.position(replica), arrival, resolver),
            None => self.note_own(dot, arrival, self.position(replica)),
        }
    }

    /// A replica took in all writes of a column to a key after `after` up to `upto`.
    pub(super) fn range_taken_in(&mut self, replica: ReplicaId, key: KeyId, first: Dot, upto: u32, resolver: Resolver) {
        self.positions[replica.index()] += 1;
        let column = first.column;
        let numbers: Vec<Number> = if upto.saturating_sub(first.counter) < RANGE_LOOKUPS_MAX {
            let dots = (first.counter..=upto).map(|counter| Dot { column, counter });
            dots.filter_map(|dot| self.find(dot, key)).collect()
        } else {
            let open = self.keys.get(key.index()).map(|key| key.open.clone()).unwrap_or_default();
            let is_in = |dot: Dot| dot.column == column && (first.counter..=upto).contains(&dot.counter);
            open.iter().copied().filter(|number| self.get(*number).is_some_and(|write| is_in(write.dot))).collect()
        };
        // A range of a primary's writes has gaps where its log dropped some: what nobody has is not in it.
        let has_gaps = column.log() == Some(LogId::Primary);
        for number in numbers {
            let is_there = |write: &Write| !(has_gaps && write.holders.is_empty());
            if self.get(number).is_some_and(|write| is_there(write) && !write.holders.contains(replica)) {
                self.take_in(replica, number, self.position(replica), Arrival::Won, resolver);
            }
        }
    }

    /// A replica decided a write: it has it.
    pub(super) fn decided(&mut self, mut write: Write, resolver: Resolver) -> Number {
        let replica = write.deed.replica;
        self.is_past_trace = true;
        let own = self.own.iter().find(|(dot, ..)| *dot == write.dot).copied();
        self.last += 1;
        let number = self.last;
        self.forget();
        let position = own.map_or(self.position(replica), |(.., position)| position);
        write.position = position;
        let (key, dot) = (write.key, write.dot);
        if is_cell(write.deed.op_type) {
            self.supersede_new(&mut write, resolver);
        }
        if let Some(slot) = self.table.reach(number as usize) {
            *slot = Some(write);
        }
        let places = &mut self.places[dot.column.index()];
        if let Some(place) = places.reach(dot.counter as usize) {
            *place = number;
        }
        places.forget_before((dot.counter as usize).saturating_sub(WRITES_KEPT));
        self.open(key, number, write.deed.op_type.service());
        self.take_in(replica, number, position, own.map_or(Arrival::Won, |(_, arrival, _)| arrival), resolver);
        number
    }

    /// Notes a write whose decision is not read yet. A step's trace is read before its decisions, so what is left from
    /// before the last decision belongs to nothing.
    fn note_own(&mut self, dot: Dot, arrival: Arrival, position: u32) {
        if std::mem::take(&mut self.is_past_trace) || self.own.len() == OWN_MAX {
            self.own.clear();
        }
        self.own.push((dot, arrival, position));
    }

    #[inline]
    pub(super) fn find(&self, dot: Dot, key: KeyId) -> Option<Number> {
        let number = *self.places[dot.column.index()].get(dot.counter as usize)?;
        (self.get(number)?.key == key).then_some(number)
    }

    #[inline]
    fn take_in(&mut self, replica: ReplicaId, number: Number, position: u32, arrival: Arrival, resolver: Resolver) {
        let all = ReplicaSet::all(self.replicas);
        let Some(write) = self.get_mut(number) else { return };
        write.note_taken(replica, position);
        let (key, op_type, is_closed) = (write.key, write.deed.op_type, write.holders == all);
        // Only what comes after something can come too early.
        let comes_after = write.before != 0 || write.reads[0].is_some();
        if is_closed {
            self.close(key, number);
        }
        if comes_after {
            self.fresh.arrivals.push((replica, number));
        } else {
            self.fresh.first += 1;
        }
        match op_type.service() {
            Service::Profile | Service::Item | Service::Access | Service::Username | Service::Payment => {
                self.contest(replica, key, number, arrival, resolver);
            }
            Service::Feed => self.lead_feed(replica, key, number),
            Service::Stock | Service::Account | Service::Likes => {}
        }
    }

    fn lead_feed(&mut self, replica: ReplicaId, key: KeyId, number: Number) {
        let begun = |number| self.get(number).map(|write| write.invoked);
        if begun(number) > begun(self.lead(key, replica))
            && let Some(key) = self.keys.get_mut(key.index())
        {
            key.lead[replica.index()] = number;
        }
    }

    /// Puts a write among the open ones of its key.
    pub(super) fn open(&mut self, key: KeyId, number: Number, service: Service) {
        let Some(state) = self.keys.reach(key.index()) else { return };
        state.service = Some(service);
        let open = Arc::make_mut(&mut state.open);
        if open.last().is_none_or(|last| *last < number) {
            open.push(number);
        } else if let Err(at) = open.binary_search(&number) {
            open.insert(at, number);
        }
        let is_cell = service.is_cell();
        let most = if is_cell { OPEN_CELL_MAX } else { OPEN_MAX };
        if open.len() > most {
            open.remove(0);
            self.forgotten += u64::from(!is_cell);
        }
    }

    pub(super) fn close(&mut self, key: KeyId, number: Number) {
        let Some(state) = self.keys.get_mut(key.index()) else { return };
        if let Ok(at) = state.open.binary_search(&number) {
            Arc::make_mut(&mut state.open).remove(at);
        }
    }

    /// Lets go of the oldest write, a page at a time.
    fn forget(&mut self) {
        let oldest = self.last.saturating_sub(WRITES_KEPT as Number);
        let Some(write) = self.get(oldest) else { return };
        let (key, is_open) = (write.key, write.holders != ReplicaSet::all(self.replicas));
        if is_open {
            self.forgotten += 1;
            self.close(key, oldest);
        }
        self.table.forget_before(oldest as usize);
    }
}

/// A write as it is decided, before anybody else has it.
pub(super) fn new_write(deed: Deed, key: KeyId, invoked: Instant, identity: (Dot, Stamp)) -> Write {
    Write {
        deed,
        key,
        invoked,
        acknowledged: Instant::NEVER,
        dot: identity.0,
        stamp: identity.1,
        holders: ReplicaSet::EMPTY,
        taken: [0; REPLICAS_MAX],
        taken_first: [0; REPLICAS_MAX],
        position: 0,
        before: 0,
        reads: [None; 2],
        known: [0; 2],
        lost_to: 0,
        is_wronged: false,
    }
}

/// The operation as it was asked for, with what was shown or carried.
pub(super) fn act(op: OpId, who: (Actor, OpType, KeyId), argument: Value, place: (ReplicaId, Instant)) -> Act {
    let (client, op_type, key) = who;
    Act { deed: Deed { op, client, op_type, argument, replica: place.0, at: place.1 }, key }
}
