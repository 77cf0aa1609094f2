//! The lanes: each client above its home, each group apart from the next where there is room.

use crate::base::Actor;
use crate::cluster::view::View;

/// One lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lane {
    /// Whose.
    pub(super) actor: Actor,
    /// Its row, from the first of the chart.
    pub(super) row: u16,
}

/// All lanes, from top to bottom.
#[derive(Clone, Debug, Default)]
pub(super) struct Lanes {
    pub(super) all: Vec<Lane>,
    /// Actors that found no row.
    pub(super) left_out: Vec<Actor>,
    /// The lane of each actor by its number.
    by_actor: Vec<Option<u8>>,
}

/// No actor on the lanes needs a larger number than this for its lane.
const LANES_MAX: usize = 255;

/// The actors that have lanes, from top to bottom. Clients of workloads have none: there are too many.
pub(super) fn actors(view: View<'_>) -> Vec<Actor> {
    let mut actors = Vec::new();
    for replica in view.replicas() {
        let own = view.clients().filter(|client| client.home == replica.id && client.workload.is_none());
        actors.extend(own.map(|client| client.actor));
        actors.push(replica.id.into());
    }
    actors
}

/// Rows with which every actor has a lane, and groups stand apart.
pub(super) fn rows_wanted(view: View<'_>) -> u16 {
    (actors(view).len() + view.replica_count()).saturating_sub(1) as u16
}

impl Lanes {
    /// Lanes in so many rows. Where there are too few, clients go first, the last ones before the first.
    pub(super) fn new(view: View<'_>, rows: u16) -> Self {
        let mut kept = actors(view);
        let mut left_out = Vec::new();
        while kept.len() > usize::from(rows).min(LANES_MAX) {
            let index = kept.iter().rposition(|actor| actor.as_client().is_some()).unwrap_or(kept.len() - 1);
            left_out.push(kept.remove(index));
        }
        let rows = places(&kept, rows);
        let all: Vec<Lane> = kept.into_iter().zip(rows).map(|(actor, row)| Lane { actor, row }).collect();
        let mut by_actor = Vec::new();
        for (index, lane) in all.iter().enumerate() {
            let number = usize::from(lane.actor.0);
            if by_actor.len() <= number {
                by_actor.resize(number + 1, None);
            }
            by_actor[number] = Some(index as u8);
        }
        Self { all, left_out, by_actor }
    }

    /// The lane of an actor, if it has one.
    pub(super) fn of(&self, actor: Actor) -> Option<usize> {
        self.by_actor.get(usize::from(actor.0)).copied().flatten().map(usize::from)
    }

    /// Whether a replica's line runs through a row.
    pub(super) fn has_line(&self, row: u16) -> bool {
        self.all.iter().any(|lane| lane.row == row && lane.actor.as_replica().is_some())
    }
}

/// The row of each lane: twice as far from the group before as inside a group.
fn places(actors: &[Actor], rows: u16) -> Vec<u16> {
    let ends_group = |index: usize| actors[index].as_replica().is_some();
    let mut marks = vec![0_u16];
    for index in 1..actors.len() {
        marks.push(marks[index - 1] + 1 + u16::from(ends_group(index - 1)));
    }
    let room = rows.saturating_sub(1);
    let last = marks.last().copied().unwrap_or(0);
    if last > room {
        // No room to keep groups apart.
        marks = (0..actors.len() as u16).collect();
    }
    let last = marks.last().copied().unwrap_or(0).max(1);
    marks.into_iter().take(actors.len()).map(|mark| mark * room / last).collect()
}
