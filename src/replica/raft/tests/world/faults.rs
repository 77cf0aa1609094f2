//! What breaks in a small world, and what mends it.

use std::sync::Arc;

use super::super::checks::Mirror;
use super::{Event, World};
use crate::base::ReplicaId;
use crate::base::time::{MS, SECOND};
use crate::replica::raft::Standing;

impl World {
    pub(super) fn on_fault_tick(&mut self) {
        if self.is_calm {
            return;
        }
        let every_us = self.plan.fault_every_us;
        let after_us = self.random.between(every_us / 2, every_us * 3 / 2);
        self.later(after_us, Event::Fault);
        let plan = self.plan;
        let at = if self.random.percent(40) {
            self.somebody()
        } else {
            ReplicaId(self.random.below(plan.replicas as u64) as u8)
        };
        if self.random.percent(plan.cuts) {
            self.partition();
        }
        if self.random.percent(plan.crashes) {
            self.crash(at, false);
        }
        if self.random.percent(plan.lost_disks) {
            self.crash(at, true);
        }
        if self.random.percent(plan.pauses) {
            self.nodes[at.index()].paused_until_us = self.now_us + self.random.between(10 * MS, 800 * MS);
        }
        if self.random.percent(plan.steps) {
            let by_us = self.random.between(0, 2 * SECOND) as i64 - SECOND as i64;
            self.nodes[at.index()].clock.wall_offset_us += by_us;
        }
    }

    /// Cuts the group in two, or one direction of it, or heals everything.
    fn partition(&mut self) {
        let count = self.plan.replicas;
        self.cut = [[false; 9]; 9];
        if self.random.percent(30) {
            return;
        }
        let side = if self.random.percent(40) { 1 << self.somebody().0 } else { self.random.below(1 << count) };
        let is_one_way = self.random.percent(25);
        for from in 0..count {
            for to in 0..count {
                let parts = (side >> from & 1, side >> to & 1);
                self.cut[from][to] = parts == (0, 1) || (!is_one_way && parts == (1, 0));
            }
        }
    }

    pub(in crate::replica::raft::tests) fn cut_link(&mut self, a: usize, b: usize, is_cut: bool) {
        self.cut[a][b] = is_cut;
        self.cut[b][a] = is_cut;
    }

    pub(in crate::replica::raft::tests) fn cut_one_way(&mut self, from: usize, to: usize) {
        self.cut[from][to] = true;
    }

    pub(in crate::replica::raft::tests) fn crash(&mut self, at: ReplicaId, loses_disk: bool) {
        if loses_disk && !self.may_lose(at) {
            return;
        }
        let node = &mut self.nodes[at.index()];
        if !node.is_up && !loses_disk {
            return;
        }
        node.is_up = false;
        node.epoch += 1;
        node.pending.clear();
        node.reads.clear();
        if loses_disk {
            node.lives += 1;
            node.raft.lose_disk(node.lives, Arc::default());
        } else {
            node.raft.crash();
        }
        node.mirror = Mirror::default();
        let epoch = node.epoch;
        let after_us = self.random.between(MS, self.plan.down_us);
        if !self.stays_down {
            self.later(after_us, Event::Restart { at, epoch });
        }
    }

    /// Whether a minority at most is without a vote then.
    fn may_lose(&self, at: ReplicaId) -> bool {
        let waits = |id: ReplicaId| id == at || self.nodes[id.index()].raft.standing() == Standing::Waiting;
        let without = ReplicaId::all(self.plan.replicas).filter(|id| waits(*id)).count();
        self.plan.loses_majority || without <= (self.plan.replicas - 1) / 2
    }

    /// Mends everything for good.
    pub(in crate::replica::raft::tests) fn calm_down(&mut self) {
        self.is_calm = true;
        self.cut = [[false; 9]; 9];
        for id in ReplicaId::all(self.plan.replicas) {
            self.restart(id);
        }
    }
}
