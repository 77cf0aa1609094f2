//! Partitions and isolations: who cannot reach whom.
//!
//! Each is a rule of its own, a set of directed pairs, so that mending one actor leaves the others as they are. What a
//! send looks at is the union of the rules, one bit mask for each sender.

use std::collections::{BTreeMap, BTreeSet};

use super::super::SimError;
use crate::base::limits::REPLICAS_MAX;
use crate::base::{Actor, ReplicaId, ReplicaSet};

/// Which replicas a client cannot reach, and which cannot reach it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ClientCut {
    pub(super) out: ReplicaSet,
    pub(super) into: ReplicaSet,
}

/// One partition or isolation.
#[derive(Clone, Debug)]
struct Cut {
    /// For each replica, those that its messages do not reach.
    rows: [ReplicaSet; REPLICAS_MAX],
    /// Clients that stand for themselves; all others are where their home is.
    named: BTreeMap<usize, ClientCut>,
}

impl Cut {
    fn between(pairs: impl Iterator<Item = (Actor, Actor)>, named: impl Iterator<Item = Actor>) -> Self {
        let named = named.filter_map(Actor::as_client).map(|client| (client, ClientCut::default())).collect();
        let mut cut = Self { rows: [ReplicaSet::EMPTY; REPLICAS_MAX], named };
        for (from, to) in pairs {
            cut.insert(from, to);
        }
        cut
    }

    fn insert(&mut self, from: Actor, to: Actor) {
        match (from.as_replica(), to.as_replica()) {
            (Some(from), Some(to)) => self.rows[from.index()].insert(to),
            (None, Some(to)) => self.client(from).out.insert(to),
            (Some(from), None) => self.client(to).into.insert(from),
            (None, None) => {}
        }
    }

    fn client(&mut self, actor: Actor) -> &mut ClientCut {
        self.named.entry(actor.as_client().expect("an actor is a replica or a client")).or_default()
    }

    fn is_empty(&self) -> bool {
        self.rows.iter().all(|row| row.is_empty()) && self.named.values().all(|cut| *cut == ClientCut::default())
    }

    fn mend(&mut self, actor: Actor) {
        if let Some(client) = actor.as_client() {
            self.named.insert(client, ClientCut::default());
            return;
        }
        let replica = ReplicaId(actor.0 as u8);
        self.rows[replica.index()] = ReplicaSet::EMPTY;
        self.rows.iter_mut().for_each(|row| row.remove(replica));
        for cut in self.named.values_mut() {
            cut.out.remove(replica);
            cut.into.remove(replica);
        }
    }

    /// What it does to the client with this number, which lives at `home`.
    fn of_client(&self, client: usize, home: ReplicaId) -> ClientCut {
        self.named.get(&client).copied().unwrap_or_else(|| {
            let mut into = ReplicaSet::EMPTY;
            for replica in ReplicaId::all(REPLICAS_MAX) {
                if self.rows[replica.index()].contains(home) {
                    into.insert(replica);
                }
            }
            ClientCut { out: self.rows[home.index()], into }
        })
    }
}

/// All partitions and isolations in force.
#[derive(Clone, Debug, Default)]
pub(super) struct Cuts {
    rules: Vec<Cut>,
    rows: [ReplicaSet; REPLICAS_MAX],
}

impl Cuts {
    pub(super) fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether messages from one replica do not reach the other.
    #[inline]
    pub(super) fn contains(&self, from: ReplicaId, to: ReplicaId) -> bool {
        self.rows[from.index()].contains(to)
    }

    /// What all of them do to one client.
    pub(super) fn of_client(&self, client: usize, home: ReplicaId) -> ClientCut {
        let mut sum = ClientCut::default();
        for rule in &self.rules {
            let cut = rule.of_client(client, home);
            sum.out.0 |= cut.out.0;
            sum.into.0 |= cut.into.0;
        }
        sum
    }

    /// Adds a partition; if `one_way`, only from the first side to the second.
    pub(super) fn partition(&mut self, sides: &[Vec<Actor>], one_way: bool) -> Result<(), SimError> {
        check_sides(sides, one_way)?;
        let last_from = if one_way { 1 } else { sides.len() };
        let pairs = (0..last_from).flat_map(|from| {
            let others = (0..sides.len()).filter(move |to| *to != from);
            others.flat_map(move |to| sides[from].iter().flat_map(move |a| sides[to].iter().map(move |b| (*a, *b))))
        });
        let cut = Cut::between(pairs, sides.iter().flatten().copied());
        if cut.is_empty() {
            return Err(SimError::ClientsOnly);
        }
        self.rules.push(cut);
        self.unite();
        Ok(())
    }

    /// Mends everything.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Mends what touches `actors`, and forgets rules that cut nobody any more.
    pub(super) fn mend(&mut self, actors: &[Actor]) {
        for rule in &mut self.rules {
            for actor in actors {
                rule.mend(*actor);
            }
        }
        self.rules.retain(|rule| !rule.is_empty());
        self.unite();
    }

    fn unite(&mut self) {
        self.rows = [ReplicaSet::EMPTY; REPLICAS_MAX];
        for rule in &self.rules {
            for (sum, row) in self.rows.iter_mut().zip(rule.rows) {
                sum.0 |= row.0;
            }
        }
    }
}

fn check_sides(sides: &[Vec<Actor>], one_way: bool) -> Result<(), SimError> {
    if sides.len() < 2 || sides.iter().any(Vec::is_empty) {
        return Err(SimError::Sides);
    }
    if one_way && sides.len() > 2 {
        return Err(SimError::OneWaySides);
    }
    let mut seen = BTreeSet::new();
    if sides.iter().flatten().all(|actor| seen.insert(*actor)) { Ok(()) } else { Err(SimError::NamedTwice) }
}
