//! Phones: what the screen of each named client said, and when, true or not.
//!
//! The style is *naive*: a screen shows what the last answer said and takes nothing back by itself.
//!
//! ```text
//! ╭ ana ─────────────────╮      1.002s  Saved: New St     ✗ a lie: at 1.412s the same screen said Old St
//! │ address              │      1.412s  Old St
//! │ Old St               │
//! ╰─────────────── 1.412s╯
//! ```
//!
//! A *lie*: the screen said that a write is done, and a later answer to that client lacks it although nothing that came
//! later explains that, or the write is gone. The fold judges nothing anew. It is told what the live judges found, and
//! says which screen it belongs to:
//!
//! - read-your-writes: an answer lacks an own acknowledged write;
//! - durable: nobody has it any more, since a disk was lost or a log dropped it;
//! - no-lost-update, no-wrong-winner: it lost to a write that was accepted *before* it. That becomes a lie when the
//!   client is shown the winner. A write that loses to one which was accepted later is no lie: that one explains it.
//!
//! A read that lacks several own writes contradicts the newest of them, as the judge does.

mod words;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crate::base::{Answer, Instant, KeyId, OpId, OpType, ReplicaId, Value};
use crate::check::{Act, Broken, Loss};
use crate::cluster::view::View;
use crate::record::{HistoryEntry, Operations, Outcome};

pub use words::{contradiction, said, told};

/// Screens of one client that are kept, the newest.
pub const SCREENS_KEPT: usize = 32;
/// Operations of one client that are known to be lies, so that none is counted twice.
const LIES_KNOWN: usize = 256;
/// Writes of one client that lost to an earlier one and of which it has not heard.
const OVERRULED_KEPT: usize = 32;

/// What a screen said after an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Which operation.
    pub op: OpId,
    /// Of what type.
    pub op_type: OpType,
    /// Of which key.
    pub key: KeyId,
    /// What it carried.
    pub argument: Value,
    /// How it ended.
    pub outcome: Outcome,
    /// True time: since when it says so.
    pub at: Instant,
    /// The wall reading of the client's clock then, in microseconds.
    pub wall_us: i64,
    /// What showed that it is not true.
    pub lie: Option<Contradiction>,
}

/// What showed that a screen is not true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contradiction {
    /// A later answer to the same client lacks it.
    Answer {
        /// The read.
        op: OpId,
        /// Since when the screen says so.
        at: Instant,
        /// What it says.
        value: Value,
        /// Whether it is what was there before that won.
        is_older: bool,
    },
    /// Nobody has it any more.
    Gone {
        /// When that was clear.
        at: Instant,
        /// Who lost it last.
        loser: ReplicaId,
        /// How.
        how: Loss,
    },
}

impl Contradiction {
    /// When it was clear.
    pub fn at(&self) -> Instant {
        match self {
            Self::Answer { at, .. } | Self::Gone { at, .. } => *at,
        }
    }
}

/// How a screen stands to the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It said that something is done, and nothing speaks against it so far.
    True,
    /// It said so, and it is not.
    Lie,
    /// It did not say that something is done.
    Open,
}

impl Screen {
    /// How it stands to the truth, as far as the run has come.
    pub fn mark(&self) -> Mark {
        match self.lie {
            Some(_) => Mark::Lie,
            None if self.says_done() => Mark::True,
            None => Mark::Open,
        }
    }

    fn says_done(&self) -> bool {
        !self.op_type.is_read() && matches!(self.outcome, Outcome::Answered(Answer::Done(_)))
    }

    /// What was read, if something was.
    fn shown(&self) -> Option<Value> {
        match self.outcome {
            Outcome::Answered(Answer::Done(value)) if self.op_type.is_read() => Some(value),
            _ => None,
        }
    }
}

/// The phone of one client.
#[derive(Clone, Debug, Default)]
pub struct Phone {
    screens: VecDeque<Screen>,
    lies: u64,
    known: BTreeSet<OpId>,
    overruled: Vec<Overruled>,
}

/// A write that lost to one which was accepted before it.
#[derive(Clone, Copy, Debug)]
struct Overruled {
    op: OpId,
    key: KeyId,
    /// What the winner says.
    by: Value,
    /// Whether the screen said that it is done.
    is_said: bool,
}

impl Phone {
    /// What its screen said, oldest first, as far as it is kept.
    pub fn screens(&self) -> impl DoubleEndedIterator<Item = &Screen> + ExactSizeIterator {
        self.screens.iter()
    }

    /// What its screen says now.
    pub fn now(&self) -> Option<&Screen> {
        self.screens.back()
    }

    /// How often it lied, screens that are not kept any more included.
    pub fn lies(&self) -> u64 {
        self.lies
    }

    fn show(&mut self, screen: Screen) {
        if self.screens.len() == SCREENS_KEPT {
            self.screens.pop_front();
        }
        self.screens.push_back(screen);
        for overruled in self.overruled.iter_mut().filter(|own| own.op == screen.op) {
            overruled.is_said = screen.says_done();
        }
        let Some(value) = screen.shown() else { return };
        let is_hit = |own: &Overruled| own.is_said && own.key == screen.key && own.by == value;
        for own in std::mem::take(&mut self.overruled) {
            if is_hit(&own) {
                let (op, at) = (screen.op, screen.at);
                self.lied(own.op, Contradiction::Answer { op, at, value, is_older: true });
            } else {
                self.overruled.push(own);
            }
        }
    }

    /// A screen turned out to be a lie.
    fn lied(&mut self, op: OpId, lie: Contradiction) {
        if !self.known.insert(op) {
            return;
        }
        if self.known.len() > LIES_KNOWN {
            self.known.pop_first();
        }
        self.lies += 1;
        if let Some(screen) = self.screens.iter_mut().find(|screen| screen.op == op) {
            screen.lie = Some(lie);
        }
    }

    /// A write lost to one that was accepted before it.
    fn overruled(&mut self, lost: &Act, by: &Act, is_said: bool) {
        if self.overruled.iter().any(|own| own.op == lost.deed.op) {
            return;
        }
        if self.overruled.len() == OVERRULED_KEPT {
            self.overruled.remove(0);
        }
        let is_said = is_said || self.screens.iter().any(|screen| screen.op == lost.deed.op && screen.says_done());
        self.overruled.push(Overruled { op: lost.deed.op, key: lost.key, by: by.deed.argument, is_said });
    }
}

/// The phones of all named clients; those of workloads have none.
#[derive(Clone, Debug, Default)]
pub struct Phones {
    phones: Arc<BTreeMap<usize, Arc<Phone>>>,
}

impl Phones {
    /// The phone of the client with this index, if it ever showed something.
    pub fn of(&self, client: usize) -> Option<&Phone> {
        self.phones.get(&client).map(|phone| &**phone)
    }

    /// How often the screen of a client lied.
    pub fn lies(&self, client: usize) -> u64 {
        self.of(client).map_or(0, Phone::lies)
    }

    /// How often all screens together lied.
    pub fn all_lies(&self) -> u64 {
        self.phones.values().map(|phone| phone.lies()).sum()
    }

    /// Takes in one entry, after `operations` has: what a client was told.
    #[inline]
    pub(super) fn history(&mut self, entry: &HistoryEntry, operations: &Operations, view: View<'_>) {
        let HistoryEntry::Returned { op, at, local, outcome, .. } = *entry else { return };
        let Some(operation) = operations.get(op) else { return };
        let Some(client) = operation.client.as_client() else { return };
        if view.belongs_to_workload(client) {
            return;
        }
        let (op_type, key, argument) = (operation.op_type, operation.key, operation.argument);
        let wall_us = local.wall_us;
        let phones = Arc::make_mut(&mut self.phones);
        let phone = Arc::make_mut(phones.entry(client).or_default());
        phone.show(Screen { op, op_type, key, argument, outcome, at, wall_us, lie: None });
    }

    /// Takes in what judges just found of acknowledged writes that are not there.
    #[inline]
    pub(super) fn hollow(&mut self, found: Vec<Broken>, view: View<'_>) {
        for broken in found {
            self.take(&broken, view);
        }
    }

    fn take(&mut self, broken: &Broken, view: View<'_>) {
        let at = view.now();
        match broken {
            Broken::Unread { read, write, .. } => {
                let (op, value) = (read.deed.op, read.deed.argument);
                let lie = Contradiction::Answer { op, at, value, is_older: false };
                self.change(write, view, |phone| phone.lied(write.deed.op, lie));
            }
            Broken::Gone { write, loser, how, .. } => {
                let lie = Contradiction::Gone { at, loser: *loser, how: *how };
                self.change(write, view, |phone| phone.lied(write.deed.op, lie));
            }
            Broken::LostUpdate { lost, by, .. } if by.deed.at < lost.deed.at => {
                self.change(lost, view, |phone| phone.overruled(lost, by, true));
            }
            // It may be found before the answer is there.
            Broken::WrongWinner { winner, loser } if winner.deed.at < loser.deed.at => {
                self.change(loser, view, |phone| phone.overruled(loser, winner, false));
            }
            _ => {}
        }
    }

    /// Changes the phone of the one who wrote, if it has one.
    fn change(&mut self, act: &Act, view: View<'_>, change: impl FnOnce(&mut Phone)) {
        let client = act.deed.client.as_client().filter(|client| !view.belongs_to_workload(*client));
        if let Some(client) = client {
            change(Arc::make_mut(Arc::make_mut(&mut self.phones).entry(client).or_default()));
        }
    }
}
