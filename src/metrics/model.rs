//! Lag and staleness by their plain definition, over all writes ever made, to hold the incremental folds against.

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::Metrics;
use crate::base::time::MS;
use crate::base::{AttemptId, Column, Dot, Instant, KeyId, OpType, Policy, ReplicaId, Value};
use crate::record::Happened;
use crate::record::story::{ANA, BEN, Entry, Story};

const REPLICAS: usize = 3;

struct Write {
    dot: Dot,
    key: u32,
    cell: bool,
    wall: (i64, Dot),
    acknowledged: Option<u64>,
    applied: [bool; REPLICAS],
    /// Whether it once was everywhere: a single message does not bring it to a lost disk again.
    everywhere: bool,
}

#[derive(Default)]
struct Model {
    writes: Vec<Write>,
}

impl Model {
    /// The acknowledgements of the writes that count as missing at a replica, in milliseconds.
    fn missing(&self, replica: usize) -> impl Iterator<Item = (&Write, u64)> {
        self.writes.iter().filter_map(move |write| {
            let beaten = |other: &Write| other.key == write.key && other.applied[replica] && other.wall > write.wall;
            let superseded = write.cell && self.writes.iter().any(beaten);
            let lost = write.applied == [false; REPLICAS];
            let counts = !write.applied[replica] && !superseded && !lost;
            counts.then_some((write, write.acknowledged?))
        })
    }

    fn lag_ms(&self, replica: usize, now: u64) -> u64 {
        self.missing(replica).map(|(_, at)| now - at).max().unwrap_or(0)
    }

    fn staleness_ms(&self, replica: usize, key: u32, invoked: u64) -> (u64, u32) {
        let missing = self.missing(replica).filter(|(write, at)| write.key == key && *at < invoked);
        missing.fold((0, 0), |(age, count), (_, at)| (age.max(invoked - at), count + 1))
    }
}

/// One random record: writes to counters and cells, acknowledged late or never, applied in any order; `disks` may be
/// lost: counters are repaired by whole ranges, cells by what won.
struct Random {
    rng: Pcg64Mcg,
    story: Story,
    model: Model,
    open: [Vec<(AttemptId, usize)>; 2],
    disks: bool,
}

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        (self.rng.next_u64() % bound as u64) as usize
    }

    fn step(&mut self, ms: u64) {
        match self.below(10) {
            0..=2 => self.write(ms),
            3 | 4 => self.acknowledge(ms),
            5..=8 => self.apply(ms),
            _ if self.disks && self.below(8) == 0 => self.lose_disk(ms),
            _ => self.repair(ms),
        }
    }

    fn write(&mut self, ms: u64) {
        let client = self.below(2);
        if !self.open[client].is_empty() {
            return;
        }
        let cell = self.below(2) == 0;
        let (key, op_type) =
            if cell { (8 + self.below(2), OpType::ProfileSet) } else { (self.below(2), OpType::LikesAdd) };
        let replica = self.below(REPLICAS);
        let attempt = self.story.invoke(ms, [ANA, BEN][client], op_type, key as u32, Value::Int(1));
        self.story.skew_ms[replica] = self.below(20) as i64;
        let dot = self.story.accept(ms, attempt, ReplicaId(replica as u8));
        let mut applied = [false; REPLICAS];
        applied[replica] = true;
        let wall = (ms as i64 + self.story.skew_ms[replica], dot);
        self.model.writes.push(Write {
            dot,
            key: key as u32,
            cell,
            wall,
            acknowledged: None,
            applied,
            everywhere: false,
        });
        self.open[client].push((attempt, self.model.writes.len() - 1));
    }

    fn acknowledge(&mut self, ms: u64) {
        let client = self.below(2);
        let Some((attempt, write)) = self.open[client].pop() else { return };
        if self.below(5) == 0 {
            self.story.end(ms, attempt.op, None, crate::record::Outcome::Unknown);
        } else {
            self.story.answered(ms, attempt);
            self.model.writes[write].acknowledged = Some(ms);
        }
    }

    /// A message arrives: only from what is not everywhere, as after a lost disk only repair brings that back.
    fn apply(&mut self, ms: u64) {
        let recent = self.model.writes.len().min(8);
        if recent == 0 {
            return;
        }
        let write = self.model.writes.len() - 1 - self.below(recent);
        let replica = self.below(REPLICAS);
        let write = &mut self.model.writes[write];
        if write.everywhere && !write.cell {
            return;
        }
        write.applied[replica] = true;
        write.everywhere = write.applied == [true; REPLICAS];
        let dot = write.dot;
        self.story.apply(ms, ReplicaId(replica as u8), dot);
    }

    /// A replica gets everything of one column to one key.
    fn repair(&mut self, ms: u64) {
        let (replica, key, column) = (self.below(REPLICAS), self.below(2) as u32, Column(self.below(REPLICAS) as u8));
        if self.below(2) == 0 {
            return self.repair_cell(ms, replica, 8 + key);
        }
        let exists = |write: &&mut Write| write.key == key && write.dot.column == column;
        let alive = |write: &&mut Write| write.applied != [false; REPLICAS];
        let mut upto = 0;
        for write in self.model.writes.iter_mut().filter(exists).filter(alive) {
            write.applied[replica] = true;
            upto = upto.max(write.dot.counter);
        }
        // What was lost lies in the range too and comes back in the model, as it does to the fold.
        for write in self.model.writes.iter_mut().filter(exists).filter(|write| write.dot.counter <= upto) {
            write.applied[replica] = true;
            write.everywhere |= write.applied == [true; REPLICAS];
        }
        if upto > 0 {
            self.story.repair(ms, ReplicaId(replica as u8), column, key, (0, upto));
        }
    }

    /// A replica gets from another what that holds of a cell.
    fn repair_cell(&mut self, ms: u64, replica: usize, key: u32) {
        let from = self.below(REPLICAS);
        let held = self.model.writes.iter_mut().filter(|write| write.key == key && write.applied[from]);
        let Some(best) = held.max_by_key(|write| write.wall) else { return };
        best.applied[replica] = true;
        self.story.apply(ms, ReplicaId(replica as u8), best.dot);
    }

    fn lose_disk(&mut self, ms: u64) {
        let replica = self.below(2); // r3 never loses its disk, so that what was everywhere is never lost
        self.story.happen(ms, ReplicaId(replica as u8), Happened::Crashed { disk_lost: true });
        for write in &mut self.model.writes {
            write.applied[replica] = false;
        }
    }
}

/// Compares the folds with the model after every step of `runs` random records.
pub(super) fn compare(runs: u64) {
    let policy = Policy::default();
    for seed in 0..runs {
        let rng = Pcg64Mcg::seed_from_u64(seed);
        let (story, model) = (Story::new(), Model::default());
        let mut random = Random { rng, story, model, open: Default::default(), disks: seed % 2 == 1 };
        let mut metrics = Metrics::new(REPLICAS);
        let mut fed = 0;
        for step in 0..60 {
            let ms = 1000 + step * 3;
            random.step(ms);
            for entry in &random.story.entries[fed..] {
                match entry {
                    Entry::Trace(entry) => metrics.trace(entry, &policy),
                    Entry::History(entry) => metrics.history(entry, &policy),
                }
            }
            fed = random.story.entries.len();
            for replica in 0..REPLICAS {
                let id = ReplicaId(replica as u8);
                let lag = metrics.writes().lag_us(id, Instant((ms + 1) * MS)) / MS;
                assert_eq!(lag, random.model.lag_ms(replica, ms + 1), "lag of {id}, seed {seed}, step {step}");
                for key in [0, 1, 8, 9] {
                    // A summary of what was everywhere is counted whole, so no read may begin among its writes.
                    let invoked = ms - if random.disks { 0 } else { random.below(20) as u64 };
                    let (us, versions) = metrics.writes().staleness_at_serve(KeyId(key), id, Instant(invoked * MS));
                    let plain = random.model.staleness_ms(replica, key, invoked);
                    assert_eq!((us / MS, versions), plain, "staleness of key {key} at {id}, seed {seed}, step {step}");
                }
            }
        }
    }
}
