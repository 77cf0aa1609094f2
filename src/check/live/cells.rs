//! Registers and all that works like one: a key keeps one write, and what wins against a write stands for it.

use std::sync::Arc;

use super::writes::{Arrival, Clash, Number, Risen, Write, Writes};
use crate::base::{Dot, KeyId, OpType, ReplicaId, ReplicaSet, Resolver, Service};

impl Writes {
    /// A write to a cell meets what the replica has.
    pub(super) fn contest(
        &mut self,
        replica: ReplicaId,
        key: KeyId,
        number: Number,
        arrival: Arrival,
        resolver: Resolver,
    ) {
        if resolver == Resolver::Siblings && self.get(number).is_some_and(keeps_siblings) {
            return self.stand_beside(replica, key, number, arrival);
        }
        let lead = self.lead(key, replica);
        if lead != 0 && lead != number {
            let (winner, loser) = if arrival == Arrival::Won { (number, lead) } else { (lead, number) };
            self.fresh.clashes.push(Clash { winner, loser });
        }
        if arrival == Arrival::Lost {
            return;
        }
        if let Some(state) = self.keys.get_mut(key.index()) {
            state.lead[replica.index()] = number;
        }
        self.supersede(replica, key, number, resolver);
        if !self.buried.is_empty()
            && let Some(delete) = Arc::make_mut(&mut self.buried).remove(&(replica, key))
            && let (Some(put), Some(tombstone)) = (self.get(number), self.get(delete))
            && put.deed.op_type == OpType::ItemCreate
            && beats(tombstone, put, resolver)
        {
            self.fresh.risen.push(Risen { replica, put: number, delete });
        }
    }

    /// Who has something better than a new write has it.
    pub(super) fn supersede_new(&mut self, write: &mut Write, resolver: Resolver) {
        let replica = write.deed.replica;
        for other in ReplicaId::all(self.replicas).filter(|other| *other != replica) {
            if self.get(self.lead(write.key, other)).is_some_and(|lead| beats(lead, write, resolver)) {
                write.note_taken(other, self.position(other));
            }
        }
    }

    /// What loses against a new winner cannot change an answer at its replica any more.
    pub(super) fn supersede(&mut self, replica: ReplicaId, key: KeyId, number: Number, resolver: Resolver) {
        let Some(state) = self.keys.get(key.index()) else { return };
        if state.open.is_empty() || state.open[..] == [number] {
            return;
        }
        let (position, all) = (self.position(replica), ReplicaSet::all(self.replicas));
        let Some(winner) = self.get(number) else { return };
        let winner = rank(winner, resolver);
        let mut at = 0;
        while let Some(other) = self.keys.get(key.index()).and_then(|key| key.open.get(at).copied()) {
            at += 1;
            let Some(write) = self.get_mut(other) else { continue };
            if other == number || write.holders.contains(replica) || winner <= rank(write, resolver) {
                continue;
            }
            write.note_taken(replica, position);
            if write.holders == all {
                self.close(key, other);
                at -= 1;
            }
        }
    }

    /// Whether no replica has the write, nor one that wins against it.
    pub(super) fn is_gone(&self, number: Number, resolver: Resolver) -> bool {
        let Some(write) = self.get(number) else { return false };
        if write.is_sibling {
            let is_replaced = |replica| self.standing(write.key, replica).iter().any(|top| self.knew(*top, number));
            return write.holders.is_empty() && !ReplicaId::all(self.replicas).any(is_replaced);
        }
        let superseded =
            |replica| self.get(self.lead(write.key, replica)).is_some_and(|top| beats(top, write, resolver));
        let lives = is_cell(write.deed.op_type) && ReplicaId::all(self.replicas).any(superseded);
        write.holders.is_empty() && !lives
    }
}

/// Whether it is a loose write to a register.
fn keeps_siblings(write: &Write) -> bool {
    write.deed.op_type == OpType::ProfileSet && write.dot.column.is_loose()
}

/// Whether a key of its service keeps one write only.
#[inline]
pub(super) fn is_cell(op_type: OpType) -> bool {
    op_type.service().is_cell()
}

/// Whether `one` wins against `other`, another write to the same cell: the larger stamp, what takes away, the larger dot.
/// Where both are kept, neither.
pub(super) fn beats(one: &Write, other: &Write, resolver: Resolver) -> bool {
    let is_kept = resolver == Resolver::Siblings && one.deed.op_type == OpType::ProfileSet;
    !is_kept && rank(one, resolver) > rank(other, resolver)
}

/// What decides between writes to one cell.
pub(super) fn rank(write: &Write, resolver: Resolver) -> ((i64, u32), bool, Dot) {
    let stamp = match (write.deed.op_type.service(), resolver) {
        (Service::Profile, Resolver::LwwHlc) | (Service::Access | Service::Username | Service::Payment, _) => {
            (write.stamp.hlc.l_us, write.stamp.hlc.c)
        }
        _ => (write.stamp.wall_us, 0),
    };
    let takes_away = matches!(write.deed.op_type, OpType::ItemDelete | OpType::AccessRevoke);
    (stamp, takes_away, write.dot)
}
