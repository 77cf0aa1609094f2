//! Choosing an event: along its lane, from lane to lane, and with the mouse. What an actor did at one instant is one
//! event.

use ratatui::layout::Rect;

use crate::base::{Actor, Instant};
use crate::lab::log::Ring;
use crate::record::TraceEntry;
use crate::tui::keys::Direction;
use crate::tui::model::Model;
use crate::tui::travel;

use super::causes::is_of;
use super::lanes;
use super::paint::Picture;
use super::scan::Sign;
use super::shown::Shown;
use super::window::Window;

/// Entries that a search looks at; beyond, an event is too far away to be meant.
const SEARCH_MAX: u64 = 200_000;

/// The event that is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    /// The number of its first entry in the trace.
    pub(super) number: u64,
    /// When.
    pub(super) at: Instant,
    /// Where.
    pub(super) actor: Actor,
}

/// Looks through the trace for what is shown of some actors.
struct Search<'a> {
    trace: &'a Ring<TraceEntry>,
    shown: Shown,
}

impl Search<'_> {
    /// The first event from number `from` on for which `is` holds.
    fn on(&self, from: u64, is: impl Fn(&TraceEntry) -> bool) -> Option<Chosen> {
        let numbers = from.max(self.trace.dropped())..self.trace.len().min(from.saturating_add(SEARCH_MAX));
        let found =
            self.trace.range(numbers.clone()).zip(numbers).find(|(entry, _)| self.shown.has(&entry.what) && is(entry));
        found.map(|(entry, number)| Chosen { number, at: entry.at, actor: entry.actor })
    }

    /// The last event before number `to` for which `is` holds.
    fn back(&self, to: u64, is: impl Fn(&TraceEntry) -> bool) -> Option<Chosen> {
        let numbers = to.saturating_sub(SEARCH_MAX).max(self.trace.dropped())..to.min(self.trace.len());
        let mut entries = self.trace.range(numbers.clone()).rev().zip(numbers.rev());
        let (last, number) = entries.find(|(entry, _)| self.shown.has(&entry.what) && is(entry))?;
        let at_once = entries.take_while(|(entry, _)| entry.at == last.at);
        let first = at_once.filter(|(entry, _)| is_of(entry, last.actor, last.at)).last();
        Some(Chosen { number: first.map_or(number, |(_, first)| first), at: last.at, actor: last.actor })
    }
}

/// Moves what is chosen.
pub(super) fn go(model: &mut Model, direction: Direction) {
    let state = &model.panes.timeline;
    let trace = &model.sitting.log().trace;
    let search = Search { trace, shown: state.shown };
    let actors = lanes::actors(model.sitting.run().cluster().view());
    let has_lane = |entry: &TraceEntry| actors.contains(&entry.actor);
    let found = match (state.chosen(trace), direction) {
        (None, Direction::Home) => search.on(0, has_lane),
        (None, _) => search.back(trace.len(), has_lane),
        (Some(own), Direction::Left) => search.back(own.number, |entry| entry.actor == own.actor && entry.at < own.at),
        (Some(own), Direction::Right) => search.on(own.number, |entry| entry.actor == own.actor && entry.at > own.at),
        (Some(own), Direction::Home) => search.on(0, |entry| entry.actor == own.actor),
        (Some(own), Direction::End) => search.back(trace.len(), |entry| entry.actor == own.actor),
        (Some(own), Direction::Up) => beside(&search, own, actors.iter().rev()),
        (Some(own), Direction::Down) => beside(&search, own, actors.iter()),
        (Some(_), _) => None,
    };
    choose(model, found);
}

/// The nearest event on the next lane that has one.
fn beside<'a>(search: &Search<'_>, own: Chosen, mut actors: impl Iterator<Item = &'a Actor>) -> Option<Chosen> {
    actors.by_ref().find(|actor| **actor == own.actor);
    actors.find_map(|actor| {
        let before = search.back(own.number, |entry| entry.actor == *actor);
        let after = search.on(own.number, |entry| entry.actor == *actor);
        let far = |chosen: &Chosen| chosen.at.since(own.at) + own.at.since(chosen.at);
        [before, after].into_iter().flatten().min_by_key(far)
    })
}

/// Chooses an event, and moves the window if it has to.
fn choose(model: &mut Model, found: Option<Chosen>) {
    let Some(found) = found else { return };
    if model.panes.timeline.chosen(&model.sitting.log().trace).is_none() {
        // The window that followed now stays where it was.
        model.panes.timeline.end = Window::of(model).end();
    }
    model.panes.timeline.chosen = Some(found);
    model.panes.timeline.end = Window::of(model).end();
}

/// A click chooses the event that is nearest; one on what is chosen goes to its instant.
pub(super) fn click(model: &mut Model, area: Rect, (x, y): (u16, u16)) {
    let picture = Picture::new(model, area);
    let Some((actor, at)) = picture.nearest(x, y) else { return };
    if let Some(own) = picture.chosen.filter(|own| own.actor == actor && own.at == at) {
        return travel::go_to(model, own.at);
    }
    let search = Search { trace: &model.sitting.log().trace, shown: model.panes.timeline.shown };
    let first = search.trace.partition_point(|entry| entry.at < at);
    let found = search.on(first, |entry| entry.actor == actor && entry.at == at);
    choose(model, found);
}

impl Picture<'_> {
    /// Which event is drawn nearest to a cell.
    fn nearest(&self, x: u16, y: u16) -> Option<(Actor, Instant)> {
        let (column, row) = (x.saturating_sub(self.plan.chart.x), y.saturating_sub(self.plan.chart.y));
        let lane = (0..self.lanes.all.len()).min_by_key(|lane| self.lanes.all[*lane].row.abs_diff(row))?;
        let signs = self.signs(lane);
        let drawn = (0..).zip(signs).filter(|(_, (sign, _))| *sign != Sign::None).map(|(column, _)| column);
        let near: u16 = drawn.min_by_key(|drawn: &u16| drawn.abs_diff(column))?;
        let actor = self.lanes.all[lane].actor;
        let shown = self.model.panes.timeline.shown;
        let is_drawn = |entry: &&TraceEntry| {
            entry.actor == actor && shown.has(&entry.what) && self.window.place(entry.at, self.plan.chart.width) == near
        };
        let own = self.chosen.filter(|own| own.actor == actor).map(|own| own.at);
        let here = || self.model.sitting.log().trace.range(self.window.numbers.clone()).filter(is_drawn);
        // Of several in one column the chosen one is meant, since it is the one that is seen.
        let is_own_here = own.filter(|at| here().any(|entry| entry.at == *at));
        is_own_here.or_else(|| here().next().map(|entry| entry.at)).map(|at| (actor, at))
    }
}
