//! Which stretch of the run is drawn, and at which column an instant stands.

use std::ops::Range;

use crate::base::Instant;
use crate::lab::log::Ring;
use crate::record::TraceEntry;
use crate::tui::model::Model;

/// How much time the window can show, in microseconds.
pub(super) const SPANS_US: [u64; 15] = [
    1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000,
    10_000_000, 20_000_000, 60_000_000,
];
/// How long an event stays in a window that follows now, by the person's clock, until another span is chosen.
const STAYS_US: u64 = 5_000_000;
/// Entries of the trace that one picture is drawn from: what keeps a frame far below its budget. Where more happens,
/// the window is shorter.
pub(super) const ENTRIES_MAX: u64 = 32_768;

/// A stretch of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// What stands in the first column.
    pub(super) from: Instant,
    /// How much time there is from the first column to the last, in microseconds.
    pub(super) span_us: u64,
    /// How much there should be.
    pub(super) wanted_us: u64,
    /// Up to where it is filled: now at most.
    pub(super) to: Instant,
    /// The entries of the trace in it.
    pub(super) numbers: Range<u64>,
}

impl Window {
    /// The window as it stands: at the end of what happened, or around what is chosen.
    pub(super) fn of(model: &Model) -> Self {
        let state = &model.panes.timeline;
        let trace = &model.sitting.log().trace;
        let pinned = state.chosen(trace).map(|chosen| (chosen.at, state.end));
        let wanted_us = SPANS_US[state.zoom(model.pace.milli())];
        Self::fitting(trace, wanted_us, model.sitting.run().now(), pinned)
    }

    /// The longest window up to `wanted_us` that holds no more entries than one picture may.
    pub(super) fn fitting(
        trace: &Ring<TraceEntry>,
        wanted_us: u64,
        now: Instant,
        pinned: Option<(Instant, Instant)>,
    ) -> Self {
        let spans = SPANS_US.into_iter().rev().filter(|span_us| *span_us <= wanted_us);
        let mut windows = spans.map(|span_us| Self::spanning(trace, span_us, now, pinned));
        let is_light = |window: &Self| window.numbers.end - window.numbers.start <= ENTRIES_MAX;
        let found = windows.find(is_light).unwrap_or_else(|| {
            let mut least = Self::spanning(trace, SPANS_US[0], now, pinned);
            least.numbers.start = least.numbers.start.max(least.numbers.end.saturating_sub(ENTRIES_MAX));
            least
        });
        Self { wanted_us, ..found }
    }

    /// `pinned` is the instant that has to be seen, and the end of the window where it already can be.
    fn spanning(trace: &Ring<TraceEntry>, span_us: u64, now: Instant, pinned: Option<(Instant, Instant)>) -> Self {
        let from = match pinned {
            None => now - span_us,
            Some((at, end)) if (end - span_us..=end).contains(&at) => end - span_us,
            Some((at, _)) => at - span_us / 2,
        };
        let to = now.min(from + span_us);
        let start = trace.partition_point(|entry| entry.at < from);
        let end = trace.partition_point(|entry| entry.at <= to);
        Self { from, span_us, wanted_us: span_us, to, numbers: start..end.max(start) }
    }

    /// What stands in the last column.
    pub(super) fn end(&self) -> Instant {
        self.from + self.span_us
    }

    /// Which of `places` side by side an instant belongs to.
    pub(super) fn place(&self, at: Instant, places: u16) -> u16 {
        let us = at.since(self.from).min(self.span_us);
        (u128::from(us) * u128::from(places) / u128::from(self.span_us + 1)) as u16
    }

    /// The same for what may lie outside.
    pub(super) fn place_outside(&self, at: Instant, places: u16) -> i64 {
        let us = i128::from(at.0) - i128::from(self.from.0);
        (us * i128::from(places)).div_euclid(i128::from(self.span_us) + 1) as i64
    }
}

/// The span with which an event stays in sight long enough at a speed, in thousandths of real time.
pub(super) fn zoom_for(speed_milli: u32) -> usize {
    let span_us = STAYS_US * u64::from(speed_milli) / 1_000;
    SPANS_US.iter().rposition(|own| *own <= span_us).unwrap_or(0)
}

/// Instants for the axis, `apart` columns from each other at least, in a round number of microseconds.
pub(super) fn ticks(window: &Window, columns: u16, apart: u16) -> (u64, Vec<Instant>) {
    let least_us = window.span_us * u64::from(apart) / u64::from(columns.max(1));
    let mut unit = 1;
    while unit * 10 <= least_us {
        unit *= 10;
    }
    let step_us = [1, 2, 5, 10].map(|times| times * unit).into_iter().find(|step| *step >= least_us.max(1));
    let step_us = step_us.unwrap_or(unit * 10);
    let first = window.from.0.next_multiple_of(step_us);
    (step_us, (first..=window.end().0).step_by(step_us as usize).map(Instant).collect())
}
