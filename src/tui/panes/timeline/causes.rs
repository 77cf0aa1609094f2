//! What led to an event and what it led to: happened-before (Lamport, 1978), within a stretch of the trace.
//!
//! An entry follows all earlier ones of its actor, and its cause: a delivery follows its sending. A command comes from
//! outside, and what a message met at the door of a replica that was down never got in: neither orders an actor's
//! entries. A chain of causes only goes on in time, so no chain between two entries leaves the stretch between them:
//! one pass back and one pass on find everything.

use crate::base::{Actor, Instant};
use crate::record::{DropReason, Happened, TraceEntry};

/// How an entry stands to what is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// Neither before nor after it: nobody could tell which came first.
    #[default]
    Concurrent,
    /// It may have been influenced by it.
    Future,
    /// It may have influenced it.
    Past,
    /// It is it.
    Chosen,
}

/// How the entries of a stretch stand to what is chosen.
#[derive(Clone, Debug, Default)]
pub(super) struct Causes {
    marks: Vec<Mark>,
    /// The deliveries, by their places in the stretch, that first brought word to an actor, or last took it away:
    /// without them nobody would see why an event is lit.
    carriers: Vec<usize>,
}

/// A set of actors.
#[derive(Default)]
struct Reached(Vec<bool>);

impl Reached {
    fn has(&self, actor: Actor) -> bool {
        self.0.get(usize::from(actor.0)).copied().unwrap_or(false)
    }

    fn add(&mut self, actor: Actor) {
        let index = usize::from(actor.0);
        if self.0.len() <= index {
            self.0.resize(index + 1, false);
        }
        self.0[index] = true;
    }
}

/// What has a place in the order of its actor's entries.
fn is_ordered(what: &Happened) -> bool {
    let at_the_door = |why| matches!(why, DropReason::Down | DropReason::InboxFull);
    !matches!(what, Happened::Command { .. }) && !matches!(what, Happened::Dropped { why, .. } if at_the_door(*why))
}

/// Whether it is among what an actor did at one instant, which is chosen as one.
pub(super) fn is_of(entry: &TraceEntry, actor: Actor, at: Instant) -> bool {
    entry.actor == actor && entry.at == at && !matches!(entry.what, Happened::Command { .. })
}

impl Causes {
    /// How the entries from number `first` on stand to what `actor` did at `at`.
    pub(super) fn of<'a>(
        entries: impl DoubleEndedIterator<Item = &'a TraceEntry> + ExactSizeIterator + Clone,
        first: u64,
        (actor, at): (Actor, Instant),
    ) -> Self {
        let marks = vec![Mark::Concurrent; entries.len()];
        let mut causes = Self { marks, carriers: Vec::new() };
        causes.go_on(entries.clone(), first, (actor, at));
        causes.go_back(entries, first, (actor, at));
        causes.carriers.sort_unstable();
        causes
    }

    /// How the entry at this place stands; where nothing is chosen, all are alike.
    pub(super) fn mark(&self, place: usize) -> Mark {
        self.marks.get(place).copied().unwrap_or_default()
    }

    /// Whether the delivery at this place carried the order from one actor to another.
    pub(super) fn carries(&self, place: usize) -> bool {
        self.carriers.binary_search(&place).is_ok()
    }

    fn go_on<'a>(&mut self, entries: impl Iterator<Item = &'a TraceEntry>, first: u64, (actor, at): (Actor, Instant)) {
        let mut reached = Reached::default();
        for (place, entry) in entries.enumerate() {
            if is_of(entry, actor, at) {
                self.marks[place] = Mark::Chosen;
                if is_ordered(&entry.what) {
                    reached.add(actor);
                }
                continue;
            }
            let is_ordered = is_ordered(&entry.what);
            let follows = is_ordered && reached.has(entry.actor);
            let is_caused = !follows
                && place_of(entry, first).is_some_and(|cause| matches!(self.mark(cause), Mark::Chosen | Mark::Future));
            if !follows && !is_caused {
                continue;
            }
            self.marks[place] = Mark::Future;
            if is_ordered && is_caused {
                reached.add(entry.actor);
                self.carriers.push(place);
            }
        }
    }

    fn go_back<'a>(
        &mut self,
        entries: impl DoubleEndedIterator<Item = &'a TraceEntry> + ExactSizeIterator,
        first: u64,
        (actor, at): (Actor, Instant),
    ) {
        let mut reached = Reached::default();
        // By which entry each was led to, as place + 1.
        let mut leads_to = vec![0_u32; self.marks.len()];
        for (place, entry) in entries.enumerate().rev() {
            let is_chosen = is_of(entry, actor, at);
            let is_ordered = is_ordered(&entry.what);
            let is_before = is_ordered && reached.has(entry.actor);
            if !is_chosen && !is_before && leads_to[place] == 0 {
                continue;
            }
            if !is_chosen {
                self.marks[place] = Mark::Past;
            }
            if is_ordered && !reached.has(entry.actor) {
                reached.add(entry.actor);
                if !is_chosen {
                    self.carriers.push(leads_to[place] as usize - 1);
                }
            }
            if let Some(cause) = place_of(entry, first).filter(|cause| *cause < place) {
                leads_to[cause] = place as u32 + 1;
            }
        }
    }
}

/// The place of an entry's cause in a stretch that begins with number `first`.
pub(super) fn place_of(entry: &TraceEntry, first: u64) -> Option<usize> {
    let number = u64::from(entry.cause.0).checked_sub(1)?;
    usize::try_from(number.checked_sub(first)?).ok()
}
