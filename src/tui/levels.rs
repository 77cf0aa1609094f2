//! The levels with the options that are of use, for the list behind `b` and for completion.

use crate::base::policy::{ReadBy, Shipping};
use crate::base::{Cover, Level};
use crate::cluster::view::View;

/// Levels, each with a few words on what it costs or gives.
pub(crate) fn offered(view: View<'_>) -> Vec<(Level, &'static str)> {
    // With as many followers as these, a majority has what is acknowledged.
    let followers = (view.replica_count() / 2) as u8;
    let primary = |followers, local_reads| Level::Primary(Shipping { followers, local_reads });
    let mut levels = vec![
        (Level::Eventual, "whoever is asked"),
        (Level::Bounded(Level::BOUND_US), "reads near, if fresh"),
        (primary(0, false), "one replica decides"),
        (primary(0, true), "reads at any replica"),
        (Level::Linearizable(ReadBy::Index), "a majority decides"),
        (Level::Linearizable(ReadBy::Lease), "reads trust a lease"),
        (Level::Threshold(Level::THRESHOLD_EXAMPLE, Cover::Grants), "alone, within a grant"),
    ];
    if followers > 0 {
        levels.insert(3, (primary(followers, false), "done at a majority"));
    }
    levels
}
