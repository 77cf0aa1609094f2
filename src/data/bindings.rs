//! Which operation types a log decides, as the log itself says: bound, let go, or on the way.
//!
//! ```text
//!            Seal                 every replica handed over,
//!   loose ─────────▶ pending ───  or Open without the silent ───▶ bound ── Unseal ──▶ loose
//! ```
//!
//! From its seal on no replica takes a loose write of the type. While it is pending the log refuses it: some replica may
//! hold a loose write that was acknowledged and that the log does not have yet.
//!
//! A bound type can have a cover, by which replicas take loose writes of it all the same. To take the cover away is a seal
//! like the first: replicas hand over what they did under it, and what is left of their grants.

use std::sync::Arc;

use crate::base::{Cover, OpSet, OpType, ReplicaId, ReplicaSet};

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
    /// Of those that are bound, the types with each cover.
    covered: [OpSet; 2],
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

    /// By what replicas do a bound type alone, beside the log.
    #[inline]
    pub fn cover(&self, op_type: OpType) -> Option<Cover> {
        Cover::ALL.into_iter().find(|cover| self.covered[*cover as usize].contains(op_type))
    }

    /// The types with some cover.
    #[inline]
    pub fn covered(&self) -> OpSet {
        self.covered[0].with(self.covered[1])
    }

    /// Bound types without a cover get one. Hands back which.
    pub fn give_cover(&mut self, types: OpSet, cover: Cover) -> OpSet {
        let types = types.shared(self.bound).without(self.covered());
        let own = &mut self.covered[cover as usize];
        *own = own.with(types);
        types
    }

    /// The switches that still miss a replica, forced ones too.
    pub fn switches(&self) -> &[Switch] {
        &self.switches
    }

    /// Types are sealed by the entry at `seal`; those that are sealed already and have no cover stay as they are.
    /// Hands back which are sealed by it.
    pub fn seal(&mut self, seal: u32, types: OpSet) -> OpSet {
        let types = types.without(self.sealed().without(self.covered()));
        // Whoever has not handed over to a forced switch of theirs hands over to this one.
        self.unseal(types);
        if !types.is_empty() {
            let switch = Switch { seal, types, handed: ReplicaSet::EMPTY, forced: false };
            Arc::make_mut(&mut self.switches).push(switch);
        }
        types
    }

    fn uncover(&mut self, types: OpSet) {
        self.covered = self.covered.map(|own| own.without(types));
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
        self.uncover(types);
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
    fn a_cover_is_for_bound_types_and_goes_with_the_next_seal() {
        let mut bindings = Bindings::default();
        assert!(bindings.give_cover(types(), Cover::Grants).is_empty(), "nothing is bound");
        bindings.seal(3, types());
        assert!(bindings.give_cover(types(), Cover::Grants).is_empty(), "somebody may still hold loose writes");
        bindings.hand(3, ReplicaId(0), 1);
        assert_eq!(bindings.give_cover(types(), Cover::Grants), types());
        assert!(bindings.give_cover(types(), Cover::Naive).is_empty(), "it has one");
        assert_eq!(bindings.cover(ACCOUNT), Some(Cover::Grants));
        assert_eq!(bindings.seal(7, types()), types());
        assert_eq!((bindings.of(ACCOUNT), bindings.cover(ACCOUNT)), (Binding::Pending, None));
        assert!(bindings.seal(8, types()).is_empty(), "it is pending already");
    }

    #[test]
    fn a_type_that_is_sealed_anew_waits_for_all_again() {
        let mut bindings = Bindings::default();
        bindings.seal(3, types());
        bindings.force(3);
        bindings.give_cover(types(), Cover::Grants);
        bindings.seal(5, types());
        assert_eq!(bindings.hand(3, ReplicaId(0), 1), None, "the first switch is over");
        assert_eq!(bindings.of(ACCOUNT), Binding::Pending);
        assert!(bindings.hand(5, ReplicaId(0), 1).is_some());
        assert_eq!(bindings.of(ACCOUNT), Binding::Bound);
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
