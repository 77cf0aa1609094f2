//! Messages between lanes: which, from where to where, and which of too many.

use crate::base::{Instant, MessageClass};
use crate::cluster::view::View;
use crate::record::{Happened, TraceEntry};

use super::causes::{Mark, place_of};
use super::scan::{Pass, Scan};

/// How often the messages of a busy window are halved at most.
const THINNED_MAX: u64 = 64;

/// A message between two lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slope {
    pub(super) class: MessageClass,
    pub(super) from: (Instant, usize),
    /// Where it ends; under way it is not there yet, and says so by how far it is, in thousandths.
    pub(super) to: (Instant, usize),
    pub(super) gone_milli: u64,
    pub(super) mark: Mark,
    /// Whether it is shown only if it explains why something else is lit.
    pub(super) explains: bool,
}

impl Slope {
    fn is_under_way(&self) -> bool {
        self.gone_milli < 1_000
    }

    /// What is under way ends now, all of it: only its beginning tells it from others.
    fn told_apart_by(&self) -> Instant {
        if self.is_under_way() { self.from.0 } else { self.to.0 }
    }
}

impl Pass<'_> {
    /// A message arrives, or finds nobody. One that waited in an inbox had arrived before.
    pub(super) fn arrives(
        &mut self,
        place: usize,
        entry: &TraceEntry,
        cause: Option<&TraceEntry>,
        class: MessageClass,
    ) {
        if let Some(settled) = place_of(entry, self.window.numbers.start).and_then(|own| self.settled.get_mut(own)) {
            *settled = true;
        }
        let explains = !self.shown.has_class(class);
        if explains && !self.causes.carries(place) {
            return;
        }
        let Some(sent) = cause else { return };
        let Some((from, to)) = self.lanes.of(sent.actor).zip(self.lanes.of(entry.actor)) else { return };
        let at = match sent.what {
            Happened::Sent { delay_us, .. } => entry.at.min(sent.at + u64::from(delay_us)),
            _ => entry.at,
        };
        let sent_mark =
            place_of(entry, self.window.numbers.start).map_or(Mark::Concurrent, |own| self.causes.mark(own));
        let mark = match (sent_mark, self.causes.mark(place)) {
            (Mark::Past, mark @ (Mark::Past | Mark::Chosen)) => mark.min(Mark::Past),
            (_, Mark::Chosen) => Mark::Past,
            (Mark::Chosen | Mark::Future, Mark::Future) => Mark::Future,
            _ => Mark::Concurrent,
        };
        self.slope(Slope { class, from: (sent.at, from), to: (at, to), gone_milli: 1_000, mark, explains });
    }

    fn slope(&mut self, slope: Slope) {
        if slope.from.1 == slope.to.1 {
            return;
        }
        if slope.mark == Mark::Concurrent {
            let column = self.window.place(slope.told_apart_by(), self.columns);
            let drawn = &mut self.drawn[usize::from(slope.is_under_way())];
            let last = &mut drawn[slope.from.1 * self.lanes.all.len() + slope.to.1];
            if last.replace(column) == Some(column) {
                return;
            }
        }
        self.scan.slopes.push(slope);
    }

    /// A message that had not arrived when the window ends, or waits in an inbox.
    pub(super) fn under_way(&mut self, place: usize, entry: &TraceEntry) {
        let Happened::Sent { class, to, delay_us, .. } = entry.what else { return };
        if self.settled[place] || !self.shown.has_class(class) {
            return;
        }
        let Some((from, to)) = self.lanes.of(entry.actor).zip(self.lanes.of(to)) else { return };
        let mark = match self.causes.mark(place) {
            Mark::Chosen | Mark::Future => Mark::Future,
            Mark::Past | Mark::Concurrent => Mark::Concurrent,
        };
        let delay_us = u64::from(delay_us).max(1);
        let gone_us = self.window.to.since(entry.at).min(delay_us);
        let gone_milli = gone_us * 1_000 / delay_us;
        self.slope(Slope {
            class,
            from: (entry.at, from),
            to: (entry.at + gone_us, to),
            gone_milli,
            mark,
            explains: false,
        });
    }

    /// Messages that left before the window begins and are still under way.
    pub(super) fn left_before(&mut self, view: View<'_>) {
        for message in view.in_flight().filter(|message| message.sent_at < self.window.from) {
            if !self.shown.has_class(message.class) {
                continue;
            }
            let Some((from, to)) = self.lanes.of(message.from).zip(self.lanes.of(message.to)) else { continue };
            let gone_us = view.now().since(message.sent_at);
            let gone_milli = gone_us * 1_000 / message.arrives_at.since(message.sent_at).max(1);
            let (from, to) = ((message.sent_at, from), (view.now(), to));
            self.slope(Slope { class: message.class, from, to, gone_milli, mark: Mark::Concurrent, explains: false });
        }
    }
}

impl Scan {
    /// Of the messages that are not shown for their own sake, only those stay that join what is chosen to something
    /// that is shown.
    pub(super) fn keep_what_explains(&mut self) {
        let has = |mark: Mark| self.signs.iter().map(move |signs| signs.iter().any(|(_, own)| *own == mark));
        let (mut past, mut future): (Vec<bool>, Vec<bool>) = (has(Mark::Past).collect(), has(Mark::Future).collect());
        loop {
            // One lane after the other is joined, so this ends.
            let joins = self.slopes.iter_mut().find_map(|slope| {
                let (from, to) = (slope.from.1, slope.to.1);
                let joins = slope.explains
                    && match slope.mark {
                        Mark::Past => past[from],
                        Mark::Future => future[to],
                        Mark::Chosen | Mark::Concurrent => false,
                    };
                slope.explains &= !joins;
                joins.then_some((slope.mark, from, to))
            });
            match joins {
                Some((Mark::Past, _, to)) => past[to] = true,
                Some((_, from, _)) => future[from] = true,
                None => break,
            }
        }
        self.slopes.retain(|slope| !slope.explains);
    }

    /// Leaves out messages between replicas while there are more than `most`, which would be one grey mass: of those
    /// that arrive in one stretch of true time, the first stays, so that the picture does not flicker while it moves.
    pub(super) fn thin(&mut self, column_us: u64, most: usize) {
        let lanes = self.signs.len();
        self.thinned = 1;
        while self.slopes.len() > most && self.thinned < THINNED_MAX {
            self.thinned *= 2;
            let stretch_us = (column_us * self.thinned).max(1);
            let mut last = vec![None; lanes * lanes * 4];
            self.slopes.retain(|slope| {
                let pair = slope.from.1 * lanes + slope.to.1;
                let stretch = Some(slope.told_apart_by().0 / stretch_us);
                let is_first = last[pair * 4 + slope.mark as usize] != stretch;
                last[pair * 4 + slope.mark as usize] = stretch;
                is_first || matches!(slope.class, MessageClass::Request | MessageClass::Reply)
            });
        }
    }
}
