//! Which operation types a log decides, as the log itself says: bound, let go, or on the way.
//!
//! ```text
//!            Seal                 every replica handed over,
//!   loose ─────────▶ pending ───  or Open without the silent ───▶ bound ── Unseal ──▶ loose
//! ```
//!
//! From its seal on no replica takes a loose write of the type. While it is pending the log refuses it: some replica may
//! hold a loose write that was acknowledged and that the log does not have yet.

use std::sync::Arc;

use crate::base::{OpSet, OpType, ReplicaId, ReplicaSet};

/// What a log has to do with an operation type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// Nothing.
    Loose,
    /// It is sealed, and refuses the type until the replicas have handed over.
    Pending,
    /// It decides the type.
    Bound,
}

/// A switch that is not over, or that was ended without some replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switch {
    /// The index of the seal.
    pub seal: u32,
    /// The types.
    pub types: OpSet,
    /// Who has handed over what it had.
    pub handed: ReplicaSet,
    /// Whether the types are open, although not everybody has.
    pub forced: bool,
}

/// The bindings after some entry of a log.
#[derive(Clone, Debug, Default)]
pub struct Bindings {
    bound: OpSet,
    switches: Arc<Vec<Switch>>,
}

impl Bindings {
    /// What the log has to do with a type.
    #[inline]
    pub fn of(&self, op_type: OpType) -> Binding {
        if self.bound.contains(op_type) {
            return Binding::Bound;
        }
        let is_pending = self.switches.iter().any(|switch| switch.types.contains(op_type));
        if is_pending { Binding::Pending } else { Binding::Loose }
    }

    /// The types that are bound, or on the way to it.
    #[inline]
    pub fn sealed(&self) -> OpSet {
        self.switches.iter().fold(self.bound, |all, switch| all.with(switch.types))
    }

    /// The types that are bound.
    pub fn bound(&self) -> OpSet {
        self.bound
    }

    /// The switches that still miss a replica, forced ones too.
    pub fn switches(&self) -> &[Switch] {
        &self.switches
    }

    /// Types are sealed by the entry at `seal`; those that are sealed already stay as they are.
    pub fn seal(&mut self, seal: u32, types: OpSet) {
        let types = types.without(self.sealed());
        if !types.is_empty() {
            let switch = Switch { seal, types, handed: ReplicaSet::EMPTY, forced: false };
            Arc::make_mut(&mut self.switches).push(switch);
        }
    }

    /// A replica has handed over what it had when it applied the seal. Hands back the switch if that ends it.
    pub fn hand(&mut self, seal: u32, replica: ReplicaId, replicas: usize) -> Option<Switch> {
        let at = self.switches.iter().position(|switch| switch.seal == seal)?;
        let switches = Arc::make_mut(&mut self.switches);
        switches[at].handed.insert(replica);
        if switches[at].handed != ReplicaSet::all(replicas) {
            return None;
        }
        let switch = switches.remove(at);
        self.bound = self.bound.with(switch.types);
        Some(switch)
    }

    /// Binds the types of a switch without those who have not handed over. They may still.
    pub fn force(&mut self, seal: u32) -> Option<Switch> {
        let at = self.switches.iter().position(|switch| switch.seal == seal && !switch.forced)?;
        let switch = &mut Arc::make_mut(&mut self.switches)[at];
        switch.forced = true;
        let switch = *switch;
        self.bound = self.bound.with(switch.types);
        Some(switch)
    }

    /// The log lets go of types.
    pub fn unseal(&mut self, types: OpSet) {
        self.bound = self.bound.without(types);
        let switches = Arc::make_mut(&mut self.switches);
        for switch in switches.iter_mut() {
            switch.types = switch.types.without(types);
        }
        switches.retain(|switch| !switch.types.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Service;

    const ACCOUNT: OpType = OpType::AccountWithdraw;

    fn types() -> OpSet {
        OpSet::of(Service::Account)
    }

    #[test]
    fn a_type_is_bound_once_every_replica_has_handed_over() {
        let mut bindings = Bindings::default();
        bindings.seal(3, types());
        assert_eq!(bindings.of(ACCOUNT), Binding::Pending);
        assert_eq!(bindings.hand(3, ReplicaId(0), 2), None);
        assert_eq!(bindings.hand(3, ReplicaId(0), 2), None, "it counts once");
        assert!(bindings.hand(3, ReplicaId(1), 2).is_some());
        assert_eq!((bindings.of(ACCOUNT), bindings.of(OpType::FeedPost)), (Binding::Bound, Binding::Loose));
        bindings.unseal(types());
        assert_eq!(bindings.of(ACCOUNT), Binding::Loose);
    }

    #[test]
    fn a_forced_switch_is_bound_and_still_waits_for_the_silent() {
        let mut bindings = Bindings::default();
        bindings.seal(3, types());
        assert!(bindings.force(3).is_some());
        assert_eq!(bindings.of(ACCOUNT), Binding::Bound);
        assert_eq!(bindings.force(3), None, "it is forced once");
        assert_eq!(bindings.switches().len(), 1);
        bindings.hand(3, ReplicaId(0), 2);
        bindings.hand(3, ReplicaId(1), 2);
        assert!(bindings.switches().is_empty());
    }
}
