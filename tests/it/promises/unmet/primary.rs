//! What the primary's log keeps as long as it is one.

use driftlab::base::Claim;

use super::{
    ALL_CONCERNED, MAJORITY_DISKS, NOT_BY_HAND, ONE_PRIMARY, Row, SHIPPED, STAYS, TAKES_NOTHING_BACK, WHOLE_LOG,
};
use crate::promises::levels::{BOUNDED, LOCAL, PRIMARY};

const ALL: &[&[&str]] = &[BOUNDED, LOCAL, PRIMARY];
const SEMI_SYNC: &[&str] = &["primary(semi-sync=1)"];
/// What two do who each believe to have the only one.
const TAKEN: &[Claim] = &[Claim::NoOverdraft, Claim::NoOversell, Claim::UniqueOwner, Claim::NoLostUpdate];
/// What a read of another log shows.
const READ: &[Claim] = &[Claim::ReadYourWrites, Claim::MonotonicReads, Claim::Linearizable, Claim::Regular];

pub(super) const ROWS: &[Row] = &[
    Row::new(
        ONE_PRIMARY,
        TAKEN,
        ALL,
        "failover auto timeout=500ms\nat 3s partition r1 r2 ana cyd | r3 r4 r5 ben dan eve\nrun 2s\nana: {op a 80}\n\
         ben: {op a 80}\nrun 1s\nheal\nrun 5s\n",
    )
    .among_five(),
    Row::new(
        WHOLE_LOG,
        TAKEN,
        ALL,
        "at 3s lose r1 -> r3 100% class=primary\nana: {op a 80}\nrun 200ms\ncrash r1\npromote r3\nrun 200ms\n\
         ben: {op a 80}\nrun 2s\n\
         lose r1 -> r3 0% class=primary\nrestart r1\nrun 5s\n",
    ),
    Row::new(
        ONE_PRIMARY,
        READ,
        &[PRIMARY],
        "failover auto timeout=500ms\nat 3s partition r1 r2 ana ben | r3 r4 r5 cyd dan eve\nrun 2s\n\
         cyd: {write b 1} via=r3\nrun 300ms\n\
         cyd: {op b} via=r3\nrun 300ms\nheal\npartition r1 r2 ana ben cyd | r3 r4 r5 dan eve\ncyd: {op b} via=r1\n\
         run 2s\n",
    )
    .among_five(),
    Row::new(
        WHOLE_LOG,
        READ,
        &[PRIMARY],
        "at 3s lose r1 -> r3 100% class=primary\ncyd: {write b 1}\nrun 500ms\ncyd: {op b}\nrun 200ms\ncrash r1\n\
         promote r3\nrun 200ms\n\
         cyd: {op b}\nrun 2s\n",
    ),
    Row::new(
        ONE_PRIMARY,
        &[Claim::NoAccessAfterRevocation],
        &[PRIMARY],
        "failover auto timeout=500ms\nat 3s partition r1 r2 ana ben | r3 r4 r5 cyd dan eve\nrun 2s\n\
         cyd: access.revoke a ben via=r3\nrun 300ms\n\
         ben: {op a} via=r1\nrun 2s\n",
    )
    .among_five(),
    Row::new(
        WHOLE_LOG,
        &[Claim::NoAccessAfterRevocation],
        &[PRIMARY],
        "at 3s lose r1 -> r3 100% class=primary\ncyd: access.revoke a ben\nrun 500ms\ncrash r1\npromote r3\n\
         run 200ms\nben: {op a}\nrun 2s\n",
    ),
    Row::new(
        ONE_PRIMARY,
        &[Claim::ConsistentPrefix],
        ALL,
        "failover auto timeout=500ms\nat 3s partition r1 r2 ana ben | r3 r4 r5 cyd dan eve\nrun 2s\n\
         ana: {write a 1}\nrun 300ms\n\
         dan: {write a 2}\nrun 300ms\neve: {op a}\nrun 2s\n",
    )
    .among_five(),
    Row::new(
        WHOLE_LOG,
        &[Claim::ConsistentPrefix],
        ALL,
        "at 3s lose r1 -> r3 100% class=primary\nana: {write a 1}\nrun 500ms\ncrash r1\npromote r3\nrun 200ms\n\
         ben: {write a 2}\nrun 500ms\nben: {op a}\nrun 2s\n",
    ),
    Row::new(
        ALL_CONCERNED,
        &[Claim::ConsistentPrefix],
        &[BOUNDED, LOCAL],
        "policy {writing} eventual\nat 3s lose r2 -> r1 100% class=gossip\nlose r2 -> r3 100% class=gossip\n\
         cyd: {write a 1}\n\
         run 300ms\nben: {write a 2}\nrun 300ms\nben: {op a}\nrun 2s\n",
    ),
    Row::new(
        ALL_CONCERNED,
        &[Claim::MonotonicWrites],
        ALL,
        "policy {beside}.* eventual\nat 3s lose r2 -> r3 100% class=gossip\ncyd: {else b 1}\nrun 300ms\n\
         cyd: {op a 1}\nrun 1s\n",
    ),
    Row::new(
        ALL_CONCERNED,
        &[Claim::WritesFollowReads],
        ALL,
        "policy {beside}.* eventual\nrepair off\nat 3s lose r1 -> r3 100% class=gossip\nana: {else b 1}\nrun 300ms\n\
         cyd: {look b}\nrun 200ms\ncyd: {op a 1}\nrun 1s\n",
    ),
    Row::new(
        ONE_PRIMARY,
        &[Claim::MonotonicWrites],
        ALL,
        "failover auto timeout=500ms\nat 3s partition r1 r2 ana ben cyd | r3 r4 r5 dan eve\nrun 2s\n\
         cyd: {op a 1} via=r1\nrun 300ms\n\
         heal\npartition r1 r2 ana ben | r3 r4 r5 cyd dan eve\ncyd: {op b 1} via=r3\nrun 2s\n",
    )
    .among_five(),
    Row::new(
        WHOLE_LOG,
        &[Claim::MonotonicWrites],
        ALL,
        "at 3s lose r1 -> r3 100% class=primary\ncyd: {op a 1}\nrun 500ms\ncrash r1\npromote r3\nrun 200ms\n\
         cyd: {op b 1}\nrun 2s\n",
    ),
    Row::new(
        ONE_PRIMARY,
        &[Claim::WritesFollowReads],
        ALL,
        "failover auto timeout=500ms\nat 3s partition r1 r2 ana ben cyd | r3 r4 r5 dan eve\nrun 2s\n\
         ana: {write a 1} via=r1\nrun 300ms\ncyd: {read a} via=r1\nrun 300ms\n\
         heal\npartition r1 r2 ana ben | r3 r4 r5 cyd dan eve\ncyd: {op b 1} via=r3\nrun 2s\n",
    )
    .among_five(),
    Row::new(
        WHOLE_LOG,
        &[Claim::WritesFollowReads],
        ALL,
        "at 3s lose r1 -> r3 100% class=primary\nana: {write a 1}\nrun 300ms\ncyd: {read a} via=r1\nrun 500ms\n\
         crash r1\npromote r3\nrun 200ms\ncyd: {op b 1}\nrun 2s\n",
    ),
    Row::new(
        STAYS,
        &[Claim::MonotonicReads],
        &[LOCAL],
        "at 3s lose r1 -> r3 100% class=primary\nana: {write b 1}\nrun 300ms\nana: {op b}\nrun 100ms\n\
         ana: {op b} via=r3\nrun 2s\n",
    ),
    Row::new(
        TAKES_NOTHING_BACK,
        &[Claim::MonotonicReads],
        &[LOCAL],
        "at 3s partition r1 ana | r2 r3 cyd ben dan\nana: {write b 1}\nrun 300ms\nana: {op b}\nrun 100ms\n\
         promote r2\nheal\nrun 2s\n\
         ana: {op b}\nrun 2s\n",
    ),
    Row::new(
        SHIPPED,
        &[Claim::Durable],
        &[SEMI_SYNC],
        // Of five one follower is less than a majority.
        "failover auto timeout=500ms\nat 3s partition r1 r2 ana cyd | r3 r4 r5 ben dan eve\nana: {op a 1}\nrun 3s\n\
         heal\nrun 5s\n",
    )
    .among_five(),
    Row::new(
        NOT_BY_HAND,
        &[Claim::Durable],
        &[SEMI_SYNC],
        "at 3s lose r1 -> r3 100% class=primary\nana: {op a 1}\nrun 500ms\npromote r3\n\
         lose r1 -> r3 0% class=primary\nrun 5s\n",
    ),
    Row::new(
        MAJORITY_DISKS,
        &[Claim::Durable],
        &[SEMI_SYNC],
        "at 3s lose r1 -> r3 100% class=primary\nana: {op a 1}\nrun 500ms\ncrash r1 disk=lose\ncrash r2 disk=lose\n\
         run 5s\n",
    ),
];
