//! What a replica has no more: with its disk, with a tombstone that it forgot, or since its log dropped it.

use std::sync::Arc;

use super::cells::{is_cell, rank};
use super::writes::{Number, WRITES_KEPT, Writes};
use crate::base::{Dot, KeyId, ReplicaId, Resolver, Service};

impl Writes {
    /// A replica lost its disk. Hands over the acknowledged writes that nobody has now.
    pub(super) fn disk_lost(&mut self, replica: ReplicaId, resolver: Resolver) -> Vec<Number> {
        self.unreliable.insert(replica);
        // A place of its own, so that what was read just before differs from what is read just after.
        self.positions[replica.index()] += 1;
        let position = self.position(replica);
        let [first, before, last] = &mut self.lost_at[replica.index()];
        (*before, *last) = (*last, position);
        if *first == 0 {
            *first = position;
        }
        let mut buried = (*self.buried).clone();
        buried.retain(|(at, _), _| *at != replica);
        self.buried = Arc::new(buried);
        for key in self.keys.numbers() {
            if self.keys.get(key).is_some_and(|key| key.lead[replica.index()] != 0)
                && let Some(key) = self.keys.get_mut(key)
            {
                key.lead[replica.index()] = 0;
            }
        }
        let mut gone = Vec::new();
        let oldest = self.last.saturating_sub(WRITES_KEPT as u32) + 1;
        for number in oldest..=self.last {
            let Some(write) = self.get(number).filter(|write| write.holders.contains(replica)).copied() else {
                continue;
            };
            if let Some(write) = self.get_mut(number) {
                write.holders.remove(replica);
            }
            self.open(write.key, number, write.deed.op_type.service());
            if self.is_gone(number, resolver) {
                gone.push(number);
            }
        }
        gone
    }

    /// A replica gave up a write that its log dropped. Hands over the number of an acknowledged one that nobody has now.
    pub(super) fn taken_back(
        &mut self,
        replica: ReplicaId,
        key: KeyId,
        dot: Dot,
        resolver: Resolver,
    ) -> Option<Number> {
        self.positions[replica.index()] += 1;
        let number = self.find(dot, key)?;
        let write = self.get_mut(number)?;
        write.holders.remove(replica);
        let service = write.deed.op_type.service();
        self.unreliable.insert(replica);
        self.open(key, number, service);
        if self.lead(key, replica) == number {
            let lead = self.best_of(replica, key, resolver);
            if let Some(state) = self.keys.get_mut(key.index()) {
                state.lead[replica.index()] = lead;
            }
        }
        self.is_gone(number, resolver).then_some(number)
    }

    /// Whether the replica that decided a write has kept its disk since.
    pub(super) fn outlived_disk(&self, number: Number) -> bool {
        let Some(write) = self.get(number) else { return false };
        let index = write.deed.replica.index();
        write.taken[index] > self.lost_at[index][2]
    }

    /// What leads at a replica once its lead is gone, as far as it is remembered.
    fn best_of(&self, replica: ReplicaId, key: KeyId, resolver: Resolver) -> Number {
        let oldest = self.last.saturating_sub(WRITES_KEPT as u32) + 1;
        let held = (oldest..=self.last).filter_map(|number| Some((number, self.get(number)?)));
        let held = held.filter(|(_, write)| write.key == key && write.holders.contains(replica));
        let is_feed = self.keys.get(key.index()).is_some_and(|state| state.service == Some(Service::Feed));
        let best = if is_feed {
            held.max_by_key(|(_, write)| write.invoked)
        } else {
            held.filter(|(_, write)| is_cell(write.deed.op_type)).max_by_key(|(_, write)| rank(write, resolver))
        };
        best.map_or(0, |(number, _)| number)
    }

    /// A replica forgot a tombstone.
    pub(super) fn collected(&mut self, replica: ReplicaId, key: KeyId) {
        let Some(state) = self.keys.get_mut(key.index()) else { return };
        let delete = std::mem::take(&mut state.lead[replica.index()]);
        if delete != 0 {
            Arc::make_mut(&mut self.buried).insert((replica, key), delete);
        }
    }
}
