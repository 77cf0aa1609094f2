//! The levels with the options that are of use, for the list behind `b` and for completion.

use crate::base::Level;
use crate::base::policy::{ReadBy, Shipping};
use crate::cluster::view::View;

/// A level as scripts write it, with a few words on what it costs or gives.
pub(crate) fn offered(view: View<'_>) -> Vec<(String, &'static str)> {
    // With as many followers as these, a majority has what is acknowledged.
    let followers = (view.replica_count() / 2) as u8;
    let primary = |followers, local_reads| Level::Primary(Shipping { followers, local_reads });
    let mut levels = vec![
        (Level::Eventual, "whoever is reached answers, and tells the others later"),
        (Level::Bounded(Level::BOUND_US), "reads are local while the replica says that it lags no more"),
        (primary(0, false), "one replica decides, and ships its log"),
        (primary(0, true), "one replica decides, any replica answers reads"),
        (Level::Linearizable(ReadBy::Index), "Raft decides, a read asks a majority"),
        (Level::Linearizable(ReadBy::Lease), "Raft decides, a read trusts the leader's lease"),
    ];
    if followers > 0 {
        levels.insert(3, (primary(followers, false), "one replica decides, and waits until a majority has it"));
    }
    levels.into_iter().map(|(level, about)| (level.text(), about)).collect()
}
