//! What Raft's log keeps as long as all that matters is on it, and its disks and clocks are true.

use driftlab::base::Claim;

use super::{ALL_ON_LOG, DRIFT, MAJORITY_DISKS, Row, TAKERS};
use crate::promises::levels::{LOGGED, NAIVE, THRESHOLDS};

const LEASE: &[&str] = &["linearizable(lease-read)"];
/// What a read shows that comes too late.
const READ: &[Claim] = &[Claim::ReadYourWrites, Claim::MonotonicReads, Claim::Linearizable, Claim::Regular];

/// r1's clock is slow and those of the others are fast: they make another leader while its lease still runs.
const SLOW_LEADER: &str = "drift r1 -100000ppm\ndrift r2 +100000ppm\ndrift r3 +100000ppm\ndrift r4 +100000ppm\n\
                           drift r5 +100000ppm\n\
     at 3s partition r1 r2 ana ben | r3 r4 r5 cyd dan eve\nat 3.51s cyd: {write b 1} via=r3\nrun 15ms\n\
     cyd: {op b} via=r3\nrun 15ms\nheal\npartition r1 r2 ana ben cyd | r3 r4 r5 dan eve\ncyd: {op b} via=r1\nrun 2s\n";

pub(super) const ROWS: &[Row] = &[
    Row::new(
        ALL_ON_LOG,
        &[Claim::MonotonicWrites],
        &[LOGGED],
        "policy {beside}.* eventual\nat 3s lose r2 -> r3 100% class=gossip\ncyd: {else b 1}\nrun 300ms\n\
         cyd: {op a 1}\nrun 1s\n",
    ),
    Row::new(
        ALL_ON_LOG,
        &[Claim::WritesFollowReads],
        &[LOGGED],
        "policy {beside}.* eventual\nrepair off\nat 3s lose r1 -> r3 100% class=gossip\nana: {else b 1}\nrun 300ms\n\
         cyd: {look b}\nrun 200ms\ncyd: {op a 1}\nrun 1s\n",
    ),
    Row::new(
        MAJORITY_DISKS,
        &[Claim::Durable],
        &[LOGGED],
        "at 3s ana: {op a 1}\nrun 500ms\ncrash r1 disk=lose\ncrash r2 disk=lose\ncrash r3 disk=lose\nrun 9s\n",
    ),
    Row::new(
        MAJORITY_DISKS,
        &[Claim::Durable],
        &[THRESHOLDS],
        // The first attempt brings back some of what is granted.
        "at 3s ana: {op a 1}\nrun 3s\nana: {op a 1}\nrun 500ms\ncrash r1 disk=lose\ncrash r2 disk=lose\n\
         crash r3 disk=lose\nrun 9s\n",
    ),
    Row::new(DRIFT, READ, &[LEASE], SLOW_LEADER).seed(2).among_five(),
    Row::new(
        DRIFT,
        &[Claim::NoAccessAfterRevocation],
        &[LEASE],
        "drift r1 -100000ppm\ndrift r2 +100000ppm\ndrift r3 +100000ppm\ndrift r4 +100000ppm\ndrift r5 +100000ppm\n\
         at 3s partition r1 r2 ana ben | r3 r4 r5 cyd dan eve\nat 3.51s cyd: access.revoke a ben via=r3\nrun 30ms\n\
         ben: {op a} via=r1\nrun 2s\n",
    )
    .seed(2)
    .among_five(),
    Row::new(
        TAKERS,
        &[Claim::NoOverdraft],
        &[NAIVE],
        "at 3s lose r3 r1 100% class=gossip\nlose r3 r2 100% class=gossip\nben: account.withdraw a 80\nrun 100ms\n\
         ana: account.transfer a savings 80\nrun 2s\n",
    ),
];
