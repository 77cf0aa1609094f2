//! The levels with the options that are of use, for the list behind `b` and for completion.

use crate::base::{Cover, Level, Quorum, ReadBy, Session, Shipping, Strategy};
use crate::cluster::view::View;

/// Levels, each with a few words on what it costs or gives.
pub(crate) fn offered(view: View<'_>) -> Vec<(Level, &'static str)> {
    // With as many followers as these, a majority has what is acknowledged.
    let followers = (view.replica_count() / 2) as u8;
    let primary = |followers, local_reads| Level::Primary(Shipping { followers, local_reads });
    let session = |strategy| Level::Session(Session { strategy, fifo: false });
    let homes = view.replica_count().min(3) as u8;
    let majority = homes / 2 + 1;
    let mut levels = vec![
        (Level::Eventual, "whoever is asked"),
        (session(Strategy::Affinity), "always the same replica"),
        (session(Strategy::Wait(Level::SLEEP_US)), "reads sleep, and hope"),
        (session(Strategy::Token), "who knows what I did"),
        (Level::Causal, "no effect before its cause"),
        (Level::Bounded(Level::BOUND_US), "reads near, if fresh"),
        (primary(0, false), "one replica decides"),
        (Level::Linearizable(ReadBy::Index), "a majority decides"),
        (Level::Linearizable(ReadBy::Lease), "reads trust a lease"),
        (Level::Threshold(Level::THRESHOLD_EXAMPLE, Cover::Grants), "alone, within a grant"),
    ];
    if homes > 1 {
        let quorum = Quorum::of(majority, majority, homes);
        levels.push((Level::Quorum(quorum), "R and W that meet"));
        levels.push((Level::Quorum(Quorum { write_back: true, ..quorum }), "reads spread it first"));
    }
    if followers > 0 {
        levels.push((primary(followers, false), "done at a majority"));
    }
    levels.push((primary(0, true), "reads at any replica"));
    levels.sort_by_key(|(level, _)| Level::NAMES.iter().position(|name| *name == level.name()));
    levels
}
