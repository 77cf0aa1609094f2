//! The outside card provider: it charges when it is asked, and never takes a charge back.
//!
//! It is no part of the cluster: no fault reaches it or the line to it, it has a delay of its own, and it knows nothing of
//! replicas. With keys it answers a payment that it has charged with the stored result; without, it charges whoever asks.

use crate::base::time::MS;
use crate::base::{Actor, EntryId, KeyId, Paged, ReplicaId};
use crate::record::{Happened, HistoryEntry, Recorded};
use crate::replica::Input;
use crate::wire::{Charge, Charged};

use super::event::{Event, Waiting};
use super::{Cluster, note};

/// The provider.
#[derive(Clone, Debug)]
pub(super) struct Provider {
    /// Whether it knows a payment by its key.
    pub(super) keys: bool,
    /// How long a request to it takes, and its answer, in microseconds.
    pub(super) delay_us: u64,
    /// How many charges it made.
    pub(super) charges: u64,
    /// Requests and answers under way.
    pub(super) under_way: u64,
    /// What each payment was charged with first.
    first: Paged<Option<i64>, 16>,
}

impl Default for Provider {
    /// Without keys, 50 ms away.
    fn default() -> Self {
        Self { keys: false, delay_us: 50 * MS, charges: 0, under_way: 0, first: Paged::default() }
    }
}

impl Provider {
    /// Decides a request: the answer, and whether a card is charged.
    fn decide(&mut self, key: KeyId, amount: i64) -> (Charged, bool) {
        let Some(first) = self.first.reach(key.index()) else { unreachable!("no key is forgotten") };
        match *first {
            Some(known) if self.keys => (if known == amount { Charged::Done } else { Charged::Mismatch }, false),
            _ => {
                first.get_or_insert(amount);
                self.charges += 1;
                (Charged::Done, true)
            }
        }
    }
}

/// A request on its way to the provider, or its answer back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) replica: ReplicaId,
    /// Of the replica when it asked: one that has crashed since does not know what an answer is about.
    pub(super) epoch: u32,
    pub(super) charge: Charge,
    /// `None` on the way there.
    pub(super) answer: Option<Charged>,
    pub(super) cause: EntryId,
}

impl Cluster {
    /// A replica asks the provider.
    pub(super) fn ask_provider(&mut self, replica: ReplicaId, charge: Charge, cause: EntryId) {
        let epoch = self.hosts[replica.index()].epoch;
        self.provider.under_way += 1;
        self.schedule(self.provider.delay_us, Event::Charge(Line { replica, epoch, charge, answer: None, cause }));
    }

    /// A request arrives at the provider, or its answer at the replica.
    pub(super) fn charge(&mut self, line: Line, out: &mut Recorded) {
        let Line { replica, epoch, charge, answer, .. } = line;
        let Some(answer) = answer else { return self.provide(line, out) };
        self.provider.under_way -= 1;
        let host = &self.hosts[replica.index()];
        if host.is_down || host.epoch != epoch {
            return;
        }
        if host.inbox.holds() {
            self.hold(replica.into(), Waiting::Charged(line), out);
        } else {
            self.handle(replica, line.cause, Input::Charged(charge.key, answer), out);
        }
    }

    /// A replica that was paused or is slow takes an answer that waited; a crash empties its inbox.
    pub(super) fn charge_late(&mut self, line: Line, out: &mut Recorded) {
        if let Some(answer) = line.answer {
            self.handle(line.replica, line.cause, Input::Charged(line.charge.key, answer), out);
        }
    }

    /// The provider decides, and answers.
    fn provide(&mut self, line: Line, out: &mut Recorded) {
        let Charge { attempt, key, amount } = line.charge;
        let (answer, charges) = self.provider.decide(key, amount);
        let cause = self.record(out, line.cause, Actor::PROVIDER, Happened::Charged { attempt, is_stored: !charges });
        if charges {
            let at = self.world.now();
            note(out, HistoryEntry::Charged { attempt, at, replica: line.replica, key, amount });
        }
        self.schedule(self.provider.delay_us, Event::Charge(Line { answer: Some(answer), cause, ..line }));
    }
}
