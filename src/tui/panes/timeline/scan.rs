//! One pass over the window's entries: what is to be drawn of them, already in columns.

use crate::base::{Actor, AttemptId, Instant, MessageClass};
use crate::cluster::view::{Condition, View};
use crate::record::{DropReason, Happened, TraceEntry};
use crate::tui::model::Model;

use super::causes::{Causes, Mark, place_of};
use super::lanes::Lanes;
use super::shown::Shown;
use super::window::Window;

/// Entries after the window that are asked how an actor was in it, where nothing in it says so.
const LOOK_AHEAD_MAX: u64 = 4_096;

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

/// What happened in one column of a lane. The later, the more it matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    /// Nothing.
    #[default]
    None,
    /// A message came or went, a timer fired.
    Passing,
    /// A replica took in a write, or decided.
    Event,
    /// An operation ended.
    Ends,
    /// An operation began.
    Begins,
    /// A message met a cut or was lost where it was sent.
    Cut,
    /// A message found nobody where it came to.
    Lost,
    /// An actor stalled or went on.
    Stalls,
    /// A replica crashed.
    Crashes,
    /// A replica started again.
    Starts,
    /// A deleted item is back.
    Haunted,
}

/// How an actor is over a stretch of its lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch<T> {
    pub(super) lane: usize,
    pub(super) from: Instant,
    pub(super) to: Instant,
    pub(super) is: T,
}

/// What stands to what is chosen, in moments that are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) before: usize,
    pub(super) after: usize,
    pub(super) concurrent: usize,
}

/// All that is to be drawn.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) slopes: Vec<Slope>,
    /// For each lane, for each column, what happened there and how it stands to what is chosen.
    pub(super) signs: Vec<Vec<(Sign, Mark)>>,
    /// Actors that are not up.
    pub(super) conditions: Vec<Stretch<Condition>>,
    /// Operations, while they run.
    pub(super) operations: Vec<Stretch<Option<AttemptId>>>,
    pub(super) counts: Counts,
    /// One message is drawn of so many that arrive at about the same time.
    pub(super) thinned: u64,
}

/// How a lane is while the pass goes over it.
#[derive(Clone, Copy, Debug)]
struct Open {
    /// How it is, and from when on; `None` until something says how it was.
    condition: Option<(Condition, Instant)>,
    operation: Option<(Option<AttemptId>, Instant)>,
    /// Whether anything said whether an operation runs.
    knows_operation: bool,
    /// The moment that is being counted.
    moment: Option<(Instant, Mark)>,
}

/// What the pass needs to know.
struct Pass<'a> {
    window: &'a Window,
    lanes: &'a Lanes,
    causes: &'a Causes,
    shown: Shown,
    columns: u16,
    /// Which entries of the window were delivered or dropped.
    settled: Vec<bool>,
    open: Vec<Open>,
    /// For each pair of lanes the column in which a message that is not lit last arrived: one is drawn for all of them.
    arrived: Vec<Option<u16>>,
    scan: Scan,
}

impl Scan {
    /// Passes over the window.
    pub(super) fn new(model: &Model, window: &Window, lanes: &Lanes, causes: &Causes, columns: u16) -> Self {
        let count = lanes.all.len();
        let fresh = Open { condition: None, operation: None, knows_operation: false, moment: None };
        let mut pass = Pass {
            window,
            lanes,
            causes,
            shown: model.panes.timeline.shown,
            columns,
            settled: vec![false; (window.numbers.end - window.numbers.start) as usize],
            open: vec![fresh; count],
            arrived: vec![None; count * count],
            scan: Self { signs: vec![vec![<_>::default(); usize::from(columns)]; count], ..Self::default() },
        };
        let trace = &model.sitting.log().trace;
        for (place, entry) in trace.range(window.numbers.clone()).enumerate() {
            let cause = || u64::from(entry.cause.0).checked_sub(1).and_then(|number| trace.get(number));
            pass.take(place, entry, cause);
        }
        for (place, entry) in trace.range(window.numbers.clone()).enumerate() {
            pass.under_way(place, entry);
        }
        let view = model.sitting.run().cluster().view();
        if window.to == view.now() {
            pass.left_before(view);
        }
        let ahead = trace.range(window.numbers.end..window.numbers.end + LOOK_AHEAD_MAX);
        pass.finish(view, &ahead);
        pass.scan.keep_what_explains();
        let filled = usize::from(window.place(window.to, columns)) + 1;
        pass.scan.thin(window.span_us / u64::from(columns.max(1)), filled * 3 / 2);
        pass.scan
    }
}

impl Scan {
    /// Of the messages that are not shown for their own sake, only those stay that join what is chosen to something
    /// that is shown.
    fn keep_what_explains(&mut self) {
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
}

impl Scan {
    /// Leaves out messages between replicas while there are more than `most`, which would be one grey mass: of those that arrive in one stretch of
    /// true time, the first stays, so that the picture does not flicker while it moves.
    fn thin(&mut self, column_us: u64, most: usize) {
        let lanes = self.signs.len();
        self.thinned = 1;
        while self.slopes.len() > most && self.thinned < 32 {
            self.thinned *= 2;
            let stretch_us = (column_us * self.thinned).max(1);
            let mut last = vec![None; lanes * lanes * 4];
            self.slopes.retain(|slope| {
                let pair = slope.from.1 * lanes + slope.to.1;
                let stretch = Some(slope.to.0.0 / stretch_us);
                let is_first = last[pair * 4 + slope.mark as usize] != stretch;
                last[pair * 4 + slope.mark as usize] = stretch;
                is_first || matches!(slope.class, MessageClass::Request | MessageClass::Reply)
            });
        }
    }
}

impl Pass<'_> {
    fn take<'b>(&mut self, place: usize, entry: &TraceEntry, cause: impl FnOnce() -> Option<&'b TraceEntry>) {
        let lane = self.lanes.of(entry.actor);
        if let (Some(lane), true) = (lane, self.shown.has(&entry.what)) {
            self.sign(lane, place, entry);
        }
        match entry.what {
            Happened::Delivered { class, .. } => self.arrives(place, entry, cause(), class),
            Happened::Dropped { why: DropReason::Down | DropReason::InboxFull, class, .. } => {
                self.arrives(place, entry, cause(), class);
            }
            _ => {}
        }
        if let Some(lane) = lane {
            self.changes(lane, entry);
        }
    }

    fn sign(&mut self, lane: usize, place: usize, entry: &TraceEntry) {
        let mark = self.causes.mark(place);
        let column = usize::from(self.window.place(entry.at, self.columns));
        if let Some((sign, own)) = self.scan.signs[lane].get_mut(column) {
            *sign = sign_of(&entry.what).max(*sign);
            *own = mark.max(*own);
        }
        let open = &mut self.open[lane];
        match &mut open.moment {
            Some((at, own)) if *at == entry.at => *own = mark.max(*own),
            _ => {
                let before = open.moment.replace((entry.at, mark));
                self.scan.counts.add(before);
            }
        }
    }

    /// A message arrives, or finds nobody. One that waited in an inbox had arrived before.
    fn arrives(&mut self, place: usize, entry: &TraceEntry, cause: Option<&TraceEntry>, class: MessageClass) {
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
            let column = self.window.place(slope.to.0, self.columns);
            let last = &mut self.arrived[slope.from.1 * self.lanes.all.len() + slope.to.1];
            if last.replace(column) == Some(column) {
                return;
            }
        }
        self.scan.slopes.push(slope);
    }

    /// A message that had not arrived when the window ends, or waits in an inbox.
    fn under_way(&mut self, place: usize, entry: &TraceEntry) {
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
    fn left_before(&mut self, view: View<'_>) {
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

    /// What an entry says about how its actor is, and was before.
    fn changes(&mut self, lane: usize, entry: &TraceEntry) {
        let (from, at) = (self.window.from, entry.at);
        let open = &mut self.open[lane];
        if let Some((before, after)) = change(&entry.what) {
            let (was, since) = open.condition.unwrap_or((before, from));
            if was != Condition::Up {
                self.scan.conditions.push(Stretch { lane, from: since, to: at, is: was });
            }
            open.condition = Some((after, at));
        }
        match entry.what {
            Happened::Invoked { attempt } => {
                open.operation.get_or_insert((Some(attempt), at));
                open.knows_operation = true;
            }
            Happened::Returned { attempt } => {
                let began = open.operation.take().or((!open.knows_operation).then_some((Some(attempt), from)));
                if let Some((is, since)) = began {
                    self.scan.operations.push(Stretch { lane, from: since, to: at, is });
                }
                open.knows_operation = true;
            }
            _ => {}
        }
    }

    /// Ends everything at the end of the window; what nothing in it said, what comes after says, or else how things
    /// are now.
    fn finish<'b>(&mut self, view: View<'_>, ahead: &(impl Iterator<Item = &'b TraceEntry> + Clone)) {
        let to = self.window.to;
        for (lane, open) in std::mem::take(&mut self.open).into_iter().enumerate() {
            self.scan.counts.add(open.moment);
            let actor = self.lanes.all[lane].actor;
            let later = || ahead.clone().filter(|entry| entry.actor == actor);
            let (is, since) = open.condition.unwrap_or_else(|| {
                let said = later().find_map(|entry| change(&entry.what)).map(|(before, _)| before);
                (said.unwrap_or_else(|| condition(view, actor)), self.window.from)
            });
            if is != Condition::Up {
                self.scan.conditions.push(Stretch { lane, from: since, to, is });
            }
            let unsaid = || -> Option<(Option<AttemptId>, Instant)> {
                let said = later().find_map(|entry| match entry.what {
                    Happened::Returned { attempt } => Some(Some(attempt)),
                    Happened::Invoked { .. } => Some(None),
                    _ => None,
                });
                match said {
                    Some(attempt) => attempt.map(|attempt| (Some(attempt), self.window.from)),
                    None => runs(view, actor).then_some((None, self.window.from)),
                }
            };
            let running = if open.knows_operation { open.operation } else { unsaid() };
            if let Some((is, since)) = running {
                self.scan.operations.push(Stretch { lane, from: since, to, is });
            }
        }
    }
}

impl Counts {
    fn add(&mut self, moment: Option<(Instant, Mark)>) {
        match moment {
            Some((_, Mark::Past)) => self.before += 1,
            Some((_, Mark::Future)) => self.after += 1,
            Some((_, Mark::Concurrent)) => self.concurrent += 1,
            Some((_, Mark::Chosen)) | None => {}
        }
    }
}

fn sign_of(what: &Happened) -> Sign {
    match what {
        Happened::Invoked { .. } => Sign::Begins,
        Happened::Returned { .. } => Sign::Ends,
        Happened::Decided { .. } | Happened::Applied { .. } | Happened::AppliedRange { .. } => Sign::Event,
        Happened::Dropped { why: DropReason::Down | DropReason::InboxFull, .. } => Sign::Lost,
        Happened::Dropped { .. } => Sign::Cut,
        Happened::Paused | Happened::Resumed => Sign::Stalls,
        Happened::Crashed { .. } => Sign::Crashes,
        Happened::Restarted { .. } => Sign::Starts,
        Happened::Resurrected { .. } => Sign::Haunted,
        _ => Sign::Passing,
    }
}

/// How an actor was before and after an entry, if that says so.
fn change(what: &Happened) -> Option<(Condition, Condition)> {
    match what {
        Happened::Paused => Some((Condition::Up, Condition::Paused)),
        Happened::Resumed => Some((Condition::Paused, Condition::Up)),
        Happened::Crashed { disk_lost: false } => Some((Condition::Up, Condition::Down)),
        Happened::Crashed { disk_lost: true } => Some((Condition::Up, Condition::DiskLost)),
        Happened::Restarted { .. } => Some((Condition::Down, Condition::Up)),
        _ => None,
    }
}

fn condition(view: View<'_>, actor: Actor) -> Condition {
    match actor.as_replica() {
        Some(replica) => view.replica(replica).condition,
        None => view.clients().find(|client| client.actor == actor).map_or(Condition::Up, |client| client.condition),
    }
}

/// Whether an operation of this actor runs now.
fn runs(view: View<'_>, actor: Actor) -> bool {
    view.clients().any(|client| client.actor == actor && client.running.is_some())
}
