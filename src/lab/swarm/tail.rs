//! What became of the writes that the primary's log had: every one that was acknowledged is everywhere in the end, or
//! it is known how it was lost.
//!
//! ```text
//!   at every replica                       kept
//!   at some                                kept, if the others have something later of the same cell, from a snapshot
//!   nowhere, and a replica dropped it      lost, as reported
//!   nowhere, and a disk that had it died   lost
//!   nowhere else                           a bug, and so is a report that counts wrong
//! ```
//!
//! A log is not kept for ever: what it has come to is folded into a snapshot, and that is what a replica on a new disk
//! gets. Counters and feeds count each write in it; of a cell (a register, an item and the like) a snapshot has the write
//! that won, and nothing of those that it replaced.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::limits::REPLICAS_MAX;
use crate::base::{AttemptId, Dot, KeyId, LogId, OpId, OpType, ReplicaId, ReplicaSet, Stamp, Value};
use crate::lab::replay::Replay;
use crate::record::{Happened, HistoryEntry, Outcome, TraceEntry, credit_of};

/// What became of them, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tail {
    /// Acknowledged ones.
    pub acknowledged: u64,
    /// Those of them that no replica has in the end.
    pub lost: u64,
    /// Writes that a replica reported to have dropped.
    pub reported: u64,
}

/// Counts what was lost and what was reported, or says where the two part.
pub(super) fn of(replay: &Replay) -> Result<Tail, String> {
    let log = replay.sitting.log();
    let mut copies = Copies::default();
    log.trace.iter().try_for_each(|entry| copies.take(entry))?;
    let replicas = replay.sitting.run().cluster().view().replica_count();
    judge(&written(log.history.iter()), &copies, replicas)
}

fn judge(writes: &BTreeMap<Place, Write>, copies: &Copies, replicas: usize) -> Result<Tail, String> {
    let mut tail = Tail { reported: copies.reported.len() as u64, ..Tail::default() };
    for (place, write) in writes.iter().filter(|(_, write)| write.is_acknowledged) {
        tail.acknowledged += 1;
        let held = copies.of(*place);
        let what = format!("{:?} of operation {}, {},", place.1, write.op.0, write.op_type.name());
        if held.is_empty() {
            if !copies.reported.contains(place) && !copies.on_lost_disks.contains(place) {
                return Err(format!("{what} is gone and nobody said so"));
            }
            tail.lost += 1;
            continue;
        }
        let lacks = |replica: &ReplicaId| !held.contains(*replica) && !has_later(writes, copies, *place, *replica);
        if let Some(replica) = ReplicaId::all(replicas).find(lacks) {
            return Err(format!("{what} is not at {replica} in the end, nor is anything later"));
        }
    }
    Ok(tail)
}

/// Whether a replica that lost its disk has a later write to the same cell. A log gives each write to a cell stamps that
/// are later by both clocks than what it replaces, so whoever got the later one in a snapshot has what the log had come to.
fn has_later(writes: &BTreeMap<Place, Write>, copies: &Copies, (key, dot): Place, replica: ReplicaId) -> bool {
    let Some(write) = writes.get(&(key, dot)) else { return false };
    let is_later = |other: &Write| other.stamp.wall_us > write.stamp.wall_us && other.stamp.hlc > write.stamp.hlc;
    let of_key = writes.range((key, Dot::default())..).take_while(|((own, _), _)| *own == key);
    write.op_type.service().is_cell()
        && copies.lost_disks.contains(replica)
        && of_key.into_iter().any(|(place, other)| is_later(other) && copies.of(*place).contains(replica))
}

/// Which write, and to which key: both halves of a transfer count.
type Place = (KeyId, Dot);

/// One write that the log decided.
#[derive(Clone, Copy, Debug)]
struct Write {
    op: OpId,
    op_type: OpType,
    stamp: Stamp,
    is_acknowledged: bool,
}

/// All of them, by the history.
fn written<'a>(history: impl Iterator<Item = &'a HistoryEntry>) -> BTreeMap<Place, Write> {
    let mut asked: BTreeMap<OpId, (OpType, KeyId, Value)> = BTreeMap::new();
    let mut decided: BTreeMap<AttemptId, Vec<Place>> = BTreeMap::new();
    let mut writes: BTreeMap<Place, Write> = BTreeMap::new();
    for entry in history {
        match *entry {
            HistoryEntry::Invoked { op, op_type, key, argument, .. } => {
                asked.insert(op, (op_type, key, argument));
            }
            HistoryEntry::Decided { attempt, decision, .. } => {
                let Some((dot, stamp, _)) = decision.write.filter(|(dot, ..)| is_shipped(*dot)) else { continue };
                let Some((op_type, key, argument)) = asked.get(&attempt.op).copied() else { continue };
                let write = Write { op: attempt.op, op_type, stamp, is_acknowledged: false };
                let places: Vec<Place> = [(key, dot)].into_iter().chain(credit_of(argument, dot)).collect();
                writes.extend(places.iter().map(|place| (*place, write)));
                decided.insert(attempt, places);
            }
            HistoryEntry::Returned { attempt: Some(attempt), outcome: Outcome::Answered(_), .. } => {
                for place in decided.get(&attempt).into_iter().flatten() {
                    writes.get_mut(place).expect("it was decided").is_acknowledged = true;
                }
            }
            _ => {}
        }
    }
    writes
}

fn is_shipped(dot: Dot) -> bool {
    dot.column.log() == Some(LogId::Primary)
}

/// Who has which write, by the trace.
#[derive(Clone, Debug, Default)]
struct Copies {
    /// An entry of the trace is about one key, even if it names a range of a column: the rest of that is of other keys.
    holders: BTreeMap<Place, ReplicaSet>,
    /// What a replica said that it dropped.
    reported: BTreeSet<Place>,
    /// What was on a disk that was lost.
    on_lost_disks: BTreeSet<Place>,
    lost_disks: ReplicaSet,
    /// How many operations each replica dropped of which it has not said the number.
    dropped: [u32; REPLICAS_MAX],
}

impl Copies {
    fn of(&self, place: Place) -> ReplicaSet {
        self.holders.get(&place).copied().unwrap_or_default()
    }

    /// Takes in what happened next.
    fn take(&mut self, entry: &TraceEntry) -> Result<(), String> {
        let Some(replica) = entry.actor.as_replica() else { return Ok(()) };
        match entry.what {
            Happened::Applied { column, key, counter } | Happened::Superseded { column, key, counter } => {
                self.holders.entry((key, Dot { column, counter })).or_default().insert(replica);
            }
            Happened::AppliedRange { column, key, after, upto }
                if column.log() == Some(LogId::Primary) && after < upto =>
            {
                let range = (key, Dot { column, counter: after + 1 })..=(key, Dot { column, counter: upto });
                // What nobody has is no part of it: a log dropped that.
                let held = self.holders.range_mut(range).filter(|(_, held)| **held != ReplicaSet::EMPTY);
                held.for_each(|(_, held)| held.insert(replica));
            }
            Happened::TakenBack { column, key, counter } => {
                self.holders.entry((key, Dot { column, counter })).or_default().remove(replica);
                self.reported.insert((key, Dot { column, counter }));
                // The credit of a transfer has the odd number after its debit.
                self.dropped[replica.index()] += u32::from(counter.is_multiple_of(2));
            }
            Happened::Truncated { count, .. } => {
                let dropped = std::mem::take(&mut self.dropped[replica.index()]);
                if dropped != count {
                    return Err(format!("{replica} says that it drops {count} writes, and drops {dropped}"));
                }
            }
            Happened::Crashed { disk_lost: true } => self.lose_disk(replica),
            _ => {}
        }
        Ok(())
    }

    fn lose_disk(&mut self, replica: ReplicaId) {
        self.lost_disks.insert(replica);
        for (place, held) in self.holders.iter_mut().filter(|(_, held)| held.contains(replica)) {
            held.remove(replica);
            self.on_lost_disks.insert(*place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::language::parse::parse_script;
    use crate::lab::replay::play;

    /// An item is put, deleted and put again; then so much is liked that all of it is in a snapshot when r3 comes back
    /// with a new disk.
    const SNAPSHOT: &str = "cluster 3 topology=lan\nclients ana@r1\npolicy * primary\nat 1s ana: item.create plum ripe\n\
        at 2s ana: item.delete plum\nat 3s ana: item.create plum fresh\nat 4s load w1 likes.add 300/s key=photo\n\
        at 7s stop w1\nat 8s crash r3 disk=lose\nat 9s restart r3\nrun 5s\n";

    fn played(text: &str) -> (BTreeMap<Place, Write>, Vec<TraceEntry>) {
        let replay = play(&parse_script(text).expect("a test's script is good"), None).expect("it can be played");
        let cluster = replay.sitting.run().cluster();
        let newest = cluster.view().primary(ReplicaId(2)).expect("the log is in use").log().base();
        assert!(newest.index > 500, "r3 has a snapshot up to {newest:?}");
        let log = replay.sitting.log();
        (written(log.history.iter()), log.trace.iter().copied().collect())
    }

    fn judged(writes: &BTreeMap<Place, Write>, trace: &[TraceEntry]) -> Result<Tail, String> {
        let mut copies = Copies::default();
        trace.iter().try_for_each(|entry| copies.take(entry))?;
        judge(writes, &copies, 3)
    }

    /// The writes to the item, in order.
    fn of_item(writes: &BTreeMap<Place, Write>) -> Vec<Place> {
        writes.iter().filter(|(_, write)| write.op_type.service().is_cell()).map(|(place, _)| *place).collect()
    }

    /// The record without what a replica took in of a write after its disk was lost.
    fn without(trace: &[TraceEntry], (_, dot): Place, replica: ReplicaId) -> Vec<TraceEntry> {
        let lost = trace.iter().rposition(|entry| entry.what == Happened::Crashed { disk_lost: true });
        let is_of = |what: Happened| match what {
            Happened::Applied { column, counter, .. } => Dot { column, counter } == dot,
            _ => false,
        };
        let is_one = |(place, entry): &(usize, &TraceEntry)| {
            entry.actor == replica.into() && Some(*place) > lost && is_of(entry.what)
        };
        let (gone, kept): (Vec<_>, Vec<_>) = trace.iter().enumerate().partition(is_one);
        assert_eq!(gone.len(), 1, "{replica} took it in once");
        kept.into_iter().map(|(_, entry)| *entry).collect()
    }

    #[test]
    fn a_snapshot_brings_a_new_disk_the_write_that_won() {
        let (writes, trace) = played(SNAPSHOT);
        let [created, deleted, last] = of_item(&writes)[..] else { panic!("there were three writes to the item") };
        let mut copies = Copies::default();
        trace.iter().try_for_each(|entry| copies.take(entry)).expect("nothing was dropped");
        let on_new_disk = [created, deleted, last].map(|place| copies.of(place).contains(ReplicaId(2)));
        assert_eq!(on_new_disk, [false, false, true]);
        let tail = judged(&writes, &trace).expect("what won stands for all");
        assert_eq!((tail.lost, tail.reported), (0, 0));
        assert_eq!(tail.acknowledged, writes.len() as u64);
    }

    #[test]
    fn a_new_disk_without_the_write_that_won_is_found() {
        let (writes, trace) = played(SNAPSHOT);
        let last = *of_item(&writes).last().expect("there were three");
        let found = judged(&writes, &without(&trace, last, ReplicaId(2))).expect_err("nothing is there of the item");
        assert!(found.contains("item.create") || found.contains("item.delete"), "{found}");
    }

    #[test]
    fn a_replica_that_kept_its_disk_has_every_write() {
        let (writes, trace) = played(SNAPSHOT);
        let mut copies = Copies::default();
        trace.iter().try_for_each(|entry| copies.take(entry)).expect("nothing was dropped");
        copies.lost_disks = ReplicaSet::EMPTY;
        let found = judge(&writes, &copies, 3).expect_err("r3 lacks what was replaced");
        assert!(found.contains("item.create") && found.contains("r3"), "{found}");
    }

    #[test]
    fn an_older_write_excuses_no_later_one() {
        let (mut writes, trace) = played(SNAPSHOT);
        let last = *of_item(&writes).last().expect("there were three");
        writes.get_mut(&last).expect("it is one of them").stamp = Stamp::default();
        let found = judged(&writes, &trace).expect_err("what r3 has of the item is older");
        assert!(found.contains("item.create") && found.contains("nor is anything later"), "{found}");
    }
}
