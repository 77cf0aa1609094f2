//! Which replica has applied which write on its present disk, rebuilt from the record.

use std::collections::{BTreeMap, BTreeSet};

use super::siblings::Sights;
use super::verdict::Deed;
use crate::base::{Actor, Dot, Instant, KeyId, LogId, OpId, OpType, ReplicaId, ReplicaSet, Stamp, Value};
use crate::record::{Happened, HistoryEntry, TraceEntry, credit_of};

/// One accepted write.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Write {
    pub(super) deed: Deed,
    pub(super) key: KeyId,
    pub(super) dot: Dot,
    pub(super) stamp: Stamp,
    /// Who applied it, on a disk not lost since.
    pub(super) held: ReplicaSet,
    /// Who applied it again.
    pub(super) repeated: ReplicaSet,
}

/// All that the record tells about writes.
#[derive(Clone, Debug, Default)]
pub(super) struct Replay {
    /// In the order of their decisions.
    writes: Vec<Write>,
    /// Where they are. Several where a replica reused its dots.
    places: BTreeMap<(KeyId, Dot), Vec<usize>>,
    by_key: BTreeMap<KeyId, Vec<usize>>,
    /// Keys of which some replica forgot a tombstone.
    collected: BTreeSet<KeyId>,
    /// What clients saw of registers.
    sights: Sights,
}

impl Replay {
    /// Reads the whole record.
    pub(super) fn of<'a>(
        history: impl IntoIterator<Item = &'a HistoryEntry>,
        trace: impl IntoIterator<Item = &'a TraceEntry>,
    ) -> Self {
        let mut replay = Self::default();
        replay.read_history(history);
        for entry in trace {
            replay.read_trace(entry);
        }
        replay
    }

    /// The writes to a key that some replica has, in the order of their decisions.
    pub(super) fn living(&self, key: KeyId) -> Vec<Write> {
        let places = self.by_key.get(&key).map_or(&[][..], |places| places);
        places.iter().map(|place| self.writes[*place]).filter(|write| !write.held.is_empty()).collect()
    }

    /// Of a register that keeps siblings, those of its living writes that none of them replaced.
    pub(super) fn standing(&self, key: KeyId) -> Vec<Write> {
        self.sights.standing(key, &self.living(key))
    }

    /// A write to the key, living or lost, which says what the key is.
    pub(super) fn any(&self, key: KeyId) -> Option<&Write> {
        self.by_key.get(&key)?.first().map(|place| &self.writes[*place])
    }

    /// Keys that were ever written.
    pub(super) fn keys(&self) -> impl Iterator<Item = KeyId> {
        self.by_key.keys().copied()
    }

    /// Whether some replica forgot a tombstone of the key.
    pub(super) fn was_collected(&self, key: KeyId) -> bool {
        self.collected.contains(&key)
    }

    fn read_history<'a>(&mut self, history: impl IntoIterator<Item = &'a HistoryEntry>) {
        let mut asked: BTreeMap<OpId, (Actor, OpType, KeyId, Value)> = BTreeMap::new();
        for entry in history {
            self.sights.history(entry);
            match *entry {
                HistoryEntry::Invoked { op, client, op_type, key, argument, .. } if !op_type.is_read() => {
                    asked.insert(op, (client, op_type, key, argument));
                }
                HistoryEntry::Decided { attempt, at, decision, .. } => {
                    let Some((dot, stamp, _)) = decision.write else { continue };
                    let Some((client, op_type, key, argument)) = asked.get(&attempt.op).copied() else { continue };
                    let replica = decision.basis.replica;
                    let deed = Deed { op: attempt.op, client, op_type, argument, replica, at };
                    let write = Write { deed, key, dot, stamp, held: ReplicaSet::EMPTY, repeated: ReplicaSet::EMPTY };
                    self.add(write);
                    if let Some((key, dot)) = credit_of(argument, dot) {
                        self.add(Write { key, dot, ..write });
                    }
                }
                _ => {}
            }
        }
    }

    fn add(&mut self, write: Write) {
        let place = self.writes.len();
        self.places.entry((write.key, write.dot)).or_default().push(place);
        self.by_key.entry(write.key).or_default().push(place);
        self.writes.push(write);
    }

    fn read_trace(&mut self, entry: &TraceEntry) {
        let Some(replica) = entry.actor.as_replica() else { return };
        if let Happened::Applied { .. }
        | Happened::Superseded { .. }
        | Happened::AppliedRange { .. }
        | Happened::TakenBack { .. } = entry.what
        {
            self.sights.counted(replica);
        }
        match entry.what {
            Happened::Applied { column, key, counter } => {
                let dot = Dot { column, counter };
                for place in self.find(key, dot, dot, entry.at) {
                    let write = &mut self.writes[place];
                    if write.held.contains(replica) {
                        write.repeated.insert(replica);
                    }
                    write.held.insert(replica);
                    self.sights.took_in(replica, write);
                }
            }
            Happened::Superseded { column, key, counter } => {
                let dot = Dot { column, counter };
                for place in self.find(key, dot, dot, entry.at) {
                    self.writes[place].held.insert(replica);
                    self.sights.took_in(replica, &self.writes[place]);
                }
            }
            Happened::AppliedRange { column, key, after, upto } if after < upto => {
                let (first, last) = (Dot { column, counter: after + 1 }, Dot { column, counter: upto });
                for place in self.find(key, first, last, entry.at) {
                    // A range of a primary's writes has gaps where its log dropped some: what nobody has is not in it.
                    let is_gap = column.log() == Some(LogId::Primary) && self.writes[place].held == ReplicaSet::EMPTY;
                    if !is_gap {
                        self.writes[place].held.insert(replica);
                        self.sights.took_in(replica, &self.writes[place]);
                    }
                }
            }
            Happened::TakenBack { column, key, counter } => {
                let dot = Dot { column, counter };
                for place in self.find(key, dot, dot, entry.at) {
                    self.writes[place].held.remove(replica);
                }
            }
            Happened::Crashed { disk_lost: true } => {
                self.sights.lost_disk(replica, entry.at);
                self.lose_disk(replica);
            }
            Happened::Restarted { column } => self.sights.restarted(replica, column),
            Happened::Collected { key } => {
                self.collected.insert(key);
            }
            _ => {}
        }
    }

    /// The writes with these dots; where dots were reused, the last that existed then.
    fn find(&self, key: KeyId, first: Dot, last: Dot, at: Instant) -> Vec<usize> {
        let existed = |place: &&usize| self.writes[**place].deed.at <= at;
        let range = self.places.range((key, first)..=(key, last));
        range.filter_map(|(_, places)| places.iter().rev().find(existed).copied()).collect()
    }

    fn lose_disk(&mut self, replica: ReplicaId) {
        for write in &mut self.writes {
            write.held.remove(replica);
            write.repeated.remove(replica);
        }
    }
}
