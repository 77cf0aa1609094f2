//! What happens once, as long as nobody asks twice or whoever is asked twice remembers.

use driftlab::base::{Claim, OpType};

use super::{
    ITS_MEMORY, KEEPS_DISK, KEYED, KEYED_ALONE, KEYED_HERE, ONCE, ONE_PRIMARY, PROVIDER, REMEMBERED, Row, SAME_PLACE,
    WHOLE_LOG,
};
use crate::promises::levels::{
    AFFINITY, BOUNDED, CAUSAL, CLOCK, EVENTUAL, FIFO, LOCAL, LOGGED, LOOSE, NAIVE, ONE, PRIMARY, SLOPPY, STRICT,
    THRESHOLDS, TOKEN, WAIT, WRITE_BACK,
};

const SINGLE: &[Claim] = &[Claim::ExactlyOnce];
const GRANTS: &[&str] = &["threshold(0)"];
/// Where whoever is asked may do it alone.
const ALONE: &[&[&str]] = &[EVENTUAL, AFFINITY, WAIT, TOKEN, FIFO, CAUSAL, ONE, SLOPPY, NAIVE];
const OVERLAPPING: &[&[&str]] = &[STRICT, WRITE_BACK, CLOCK];
const LOGS: &[&[&str]] = &[BOUNDED, LOCAL, PRIMARY, LOGGED];

/// The answer is lost, and the phone asks again.
const ASKED_AGAIN: &str = "retry ana timeout=500ms attempts=4 backoff=10ms\nat 3s lose r1 -> ana 100%\nana: {op b 1}\n\
                           run 600ms\nlose r1 -> ana 0%\nrun 3s\n";
/// The same, and somebody makes room meanwhile.
const ROOM_MADE: &str = "retry ana timeout=500ms attempts=4 backoff=10ms\nat 3s lose r1 -> ana 100%\nana: {op b 1}\n\
                         run 200ms\ndan: item.delete b via=r1\nrun 400ms\nlose r1 -> ana 0%\nrun 3s\n";
/// The network delivers the request twice, and what r1 remembers of the first is gone when the second comes.
const TWO_COPIES: &str = "repair off\nlose r1 -> r2 100% class=gossip\nlose r1 -> r3 100% class=gossip\n\
                          delay ana -> r1 50% constant 1ms 50% constant 8s\nduplicate ana -> r1 100%\n\
                          at 3s ana: {op b 1}\nrun 100ms\ncrash r1 disk=lose\nrestart r1\nrun 12s\n";
/// The second attempt looks for the first where that is not yet.
const SIDE_BY_SIDE: &str = "retry ana timeout=20ms attempts=2 backoff=1ms jitter=0% to=other key=yes\n\
                            at 3s lose r1 -> r2 100% class=quorum\nlose r1 -> r2 100% class=gossip\nana: {op b 1}\n\
                            run 3s\n";

pub(super) const ROWS: &[Row] = &[
    Row::new(ONCE, SINGLE, ALONE, ASKED_AGAIN),
    Row::new(
        ONCE,
        SINGLE,
        &[EVENTUAL, AFFINITY, WAIT, TOKEN, FIFO, CAUSAL, ONE, STRICT, WRITE_BACK, CLOCK, SLOPPY],
        ROOM_MADE,
    )
    .of(&[OpType::ItemCreate]),
    Row::new(
        ONCE,
        SINGLE,
        &[EVENTUAL, WAIT, TOKEN, FIFO, CAUSAL, ONE],
        "retry ana timeout=500ms attempts=2 backoff=10ms to=other\nat 3s lose r1 -> ana 100%\n\
         lose r1 -> r2 100% class=gossip\nana: {op b 1}\nrun 3s\n",
    )
    .of(&[OpType::UsernameClaim]),
    Row::new(
        ONCE,
        SINGLE,
        &[SLOPPY],
        // Each side has as many as it waits for.
        "retry ana timeout=500ms attempts=4 backoff=10ms jitter=0% to=other\nat 3s partition r1 r2 ana | r3 r4 r5\n\
         run 1s\n\
         lose r1 -> ana 100%\nana: {op b 1}\nrun 400ms\nheal\npartition r1 r2 | r3 r4 r5 ana\nrun 5s\n",
    )
    .of(&[OpType::UsernameClaim])
    .among_five(),
    Row::new(ONCE, SINGLE, OVERLAPPING, ASKED_AGAIN),
    Row::new(
        ONCE,
        SINGLE,
        OVERLAPPING,
        "retry ana timeout=20ms attempts=2 backoff=1ms jitter=0% to=other\n\
         at 3s lose r1 -> r2 100% class=quorum\nlose r1 -> r2 100% class=gossip\nana: {op b 1}\nrun 3s\n",
    )
    .of(&[OpType::UsernameClaim]),
    Row::new(
        REMEMBERED,
        SINGLE,
        &[EVENTUAL, AFFINITY, WAIT, TOKEN, FIFO, CAUSAL, ONE, SLOPPY, NAIVE, STRICT, WRITE_BACK, CLOCK],
        TWO_COPIES,
    )
    .seed(4),
    Row::new(ITS_MEMORY, SINGLE, &[AFFINITY], TWO_COPIES).seed(4),
    Row::new(KEYED_ALONE, SINGLE, OVERLAPPING, SIDE_BY_SIDE),
    Row::new(KEYED, SINGLE, &[BOUNDED, LOCAL, PRIMARY, LOGGED, THRESHOLDS], ASKED_AGAIN),
    Row::new(KEYED, SINGLE, LOGS, ROOM_MADE).of(&[OpType::ItemCreate]),
    Row::new(KEYED_HERE, SINGLE, &[GRANTS], ASKED_AGAIN),
    Row::new(
        SAME_PLACE,
        SINGLE,
        &[GRANTS],
        // The log has some that is granted to nobody, and does not know what r3 did alone.
        "retry ana timeout=500ms attempts=2 backoff=10ms to=other key=yes\nrun 2s\ndan: {write b 90}\n\
         at 3s lose r3 -> ana 100%\n\
         ana: {op b 1} via=r3\nrun 3s\n",
    ),
    Row::new(
        KEEPS_DISK,
        SINGLE,
        &[GRANTS],
        // It is granted something again once there is more.
        "retry ana timeout=8s attempts=3 backoff=10ms key=yes\nat 3s lose r1 -> ana 100%\nana: {op b 1}\nrun 100ms\n\
         crash r1 disk=lose\nrestart r1\nlose r1 -> ana 0%\nrun 3s\ndan: {write b 90}\nrun 12s\n",
    ),
    Row::new(
        ONE_PRIMARY,
        SINGLE,
        &[BOUNDED, LOCAL, PRIMARY],
        // The old primary's answer is lost, and the phone asks where there is a new one.
        "failover auto timeout=500ms\nretry ana timeout=500ms attempts=2 backoff=10ms jitter=0% to=other key=yes\n\
         at 3s partition r1 r2 ana cyd | r3 r4 r5 ben dan eve\nrun 2s\nlose r2 -> ana 100%\nana: {op b 1} via=r2\n\
         run 400ms\nheal\npartition r1 r2 cyd | r3 r4 r5 ana ben dan eve\nrun 4s\n",
    )
    .among_five(),
    Row::new(
        WHOLE_LOG,
        SINGLE,
        &[BOUNDED, LOCAL, PRIMARY],
        "retry ana timeout=500ms attempts=2 backoff=10ms to=other key=yes\nat 3s lose r1 -> r3 100%\n\
         lose r1 -> ana 100%\nana: {op b 1}\nrun 200ms\ncrash r1\npromote r3\nrun 4s\n",
    ),
    Row::new(
        PROVIDER,
        &[Claim::ChargedOnce],
        LOOSE,
        "retry ana timeout=300ms attempts=2 backoff=100ms jitter=0%\nat 3s ana: payment.submit b 30\nrun 80ms\n\
         crash r1\n\
         restart r1\nrun 2s\n",
    ),
];
