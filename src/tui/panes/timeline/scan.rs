//! One pass over the window's entries: what is to be drawn of them, already in columns.

use crate::base::{AttemptId, Instant};
use crate::cluster::view::Condition;
use crate::record::{DropReason, Happened, TraceEntry};
use crate::tui::model::Model;

use super::causes::{Causes, Mark};
use super::lanes::Lanes;
use super::shown::Shown;
use super::slopes::Slope;
use super::states::LOOK_AHEAD_MAX;
use super::window::Window;

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
pub(super) struct Open {
    /// How it is, and from when on; `None` until something says how it was.
    pub(super) condition: Option<(Condition, Instant)>,
    pub(super) operation: Option<(Option<AttemptId>, Instant)>,
    /// Whether anything said whether an operation runs.
    pub(super) knows_operation: bool,
    /// The moment that is being counted.
    pub(super) moment: Option<(Instant, Mark)>,
}

/// What the pass needs to know.
pub(super) struct Pass<'a> {
    pub(super) window: &'a Window,
    pub(super) lanes: &'a Lanes,
    pub(super) causes: &'a Causes,
    pub(super) shown: Shown,
    pub(super) columns: u16,
    /// Which entries of the window were delivered or dropped.
    pub(super) settled: Vec<bool>,
    pub(super) open: Vec<Open>,
    /// For each pair of lanes the column in which a message that is not lit last arrived, and that in which one last
    /// left that is still under way: one is drawn for all of them.
    pub(super) drawn: [Vec<Option<u16>>; 2],
    pub(super) scan: Scan,
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
            drawn: [vec![None; count * count], vec![None; count * count]],
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

impl Pass<'_> {
    fn take<'b>(&mut self, place: usize, entry: &TraceEntry, cause: impl FnOnce() -> Option<&'b TraceEntry>) {
        let lane = self.lanes.of(entry.actor);
        if let Some(lane) = lane
            && (self.shown.has(&entry.what) || self.causes.mark(place) == Mark::Chosen)
        {
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
}

impl Counts {
    pub(super) fn add(&mut self, moment: Option<(Instant, Mark)>) {
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
        Happened::Truncated { .. } => Sign::Lost,
        Happened::Dropped { why: DropReason::Down | DropReason::InboxFull, .. } => Sign::Lost,
        Happened::Dropped { .. } => Sign::Cut,
        Happened::Paused | Happened::Resumed => Sign::Stalls,
        Happened::Crashed { .. } => Sign::Crashes,
        Happened::Restarted { .. } => Sign::Starts,
        Happened::Resurrected { .. } => Sign::Haunted,
        _ => Sign::Passing,
    }
}
