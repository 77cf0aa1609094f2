//! What a session finds again, and the order of what it did: at `eventual`, `session` and `causal`.

use driftlab::base::Claim;

use super::{
    AT_AFFINITY, AT_CAUSAL, AT_FIFO, BY_HYBRID, CLOCKS_AGREE, COPIES_IN_GRACE, COPY_IN_GRACE, FORWARD, ITS_DISK,
    KEEPS_DISK, NEVER_BACK, NO_TIE, NOBODY_TRIES, ON_NO_LOG, ONE_ORIGIN, REPAIR_IN_GRACE, Row, STAYS, TOMBSTONES,
    WHOLLY_CAUSAL, WITH_TOKENS,
};
use crate::promises::levels::{
    AFFINITY, CAUSAL, CLOCK, EVENTUAL, FIFO, LOOSE, ONE, QUORUMS, SLOPPY, STRICT, TOKEN, WAIT, WRITE_BACK,
};

/// What a session sees again of its own.
const OF_READS: &[Claim] = &[Claim::ReadYourWrites, Claim::MonotonicReads];
/// Where a session's writes stand.
const OF_WRITES: &[Claim] = &[Claim::MonotonicWrites, Claim::WritesFollowReads];
const WRITES: &[Claim] = &[Claim::MonotonicWrites];
const FOLLOWS: &[Claim] = &[Claim::WritesFollowReads];

/// A session writes and reads at r1, whose disk is all that has it.
const FORGOTTEN: &str = "at 3s lose r1 -> r2 100% class=gossip\nlose r1 -> r3 100% class=gossip\nana: {write b 1}\n\
                         run 300ms\nana: {op b}\nrun 100ms\ncrash r1 disk=lose\nrestart r1\nana: {op b}\nrun 2s\n";

/// A tombstone that r3 has never had, and that the others have forgotten when they repair with it.
const BURIED: &str = "repair off\ngrace 1s\nat 3s cyd: item.create a \"old\"\nrun 500ms\n\
                      lose r2 -> r3 100% class=gossip\n\
                      cyd: item.delete a\nrun 300ms\ncyd: item.get a\nrun 3s\nlose r2 -> r3 0% class=gossip\n\
                      repair r2 r3\nrun 1s\n\
                      cyd: {op b 1}\nrun 1s\n";

pub(super) const ROWS: &[Row] = &[
    Row::new(
        STAYS,
        OF_READS,
        &[EVENTUAL],
        "at 3s lose r1 -> r3 100% class=gossip\nana: {write b 1}\nrun 300ms\nana: {op b}\nrun 100ms\n\
         ana: {op b} via=r3\nrun 2s\n",
    ),
    Row::new(KEEPS_DISK, OF_READS, &[EVENTUAL], FORGOTTEN),
    Row::new(
        AT_AFFINITY,
        OF_READS,
        &[AFFINITY],
        // It reads here before it is bound to where it turned to first.
        "policy {service}.* eventual\nat 3s lose r1 -> r3 100% class=gossip\nana: {write b 1}\nrun 300ms\nana: {op b}\n\
         run 100ms\npolicy {name} {level}\nana: {op b} via=r3\nrun 2s\n",
    ),
    Row::new(ITS_DISK, OF_READS, &[AFFINITY], FORGOTTEN),
    Row::new(
        WITH_TOKENS,
        &[Claim::ReadYourWrites],
        &[TOKEN, FIFO, CAUSAL],
        // The answer that comes is that to the second attempt, and says nothing of what the first one wrote.
        "policy {service}.* eventual\npolicy {name} {level}\nretry ana timeout=500ms attempts=2 key=yes\n\
         at 3s lose r1 -> r3 100% class=gossip\nlose r1 -> ana 100%\nana: {write b 1}\nrun 400ms\n\
         lose r1 -> ana 0%\nrun 1s\nana: {op b} via=r3\nrun 2s\n",
    ),
    Row::new(
        WITH_TOKENS,
        &[Claim::MonotonicReads],
        &[TOKEN, FIFO, CAUSAL],
        // What a log ordered is noted by who reads within a session.
        "policy {service}.* linearizable\npolicy {name} eventual\nat 3s lose r1 -> r3 100% class=raft\n\
         ana: {write b 1}\nrun 300ms\ncyd: {op b} via=r1\nrun 100ms\npolicy {name} {level}\ncyd: {op b} via=r3\n\
         run 2s\n",
    ),
    Row::new(
        COPIES_IN_GRACE,
        OF_READS,
        &[TOKEN, FIFO, CAUSAL],
        // r3 never has the tombstone, and the repair says that nothing is missing there.
        "repair off\ngrace 1s\nat 3s ana: item.create a \"old\"\nrun 500ms\nlose r1 -> r3 100% class=gossip\n\
         ana: item.delete a\nrun 300ms\nana: item.get a\nrun 3s\nrepair r1 r3\nrun 1s\nana: item.get a via=r3\n\
         run 2s\n",
    ),
    Row::new(
        COPY_IN_GRACE,
        &[Claim::NoResurrection],
        LOOSE,
        // A second copy of the create is long on its way.
        "repair off\ngrace 1s\nduplicate r1 -> r3 100% class=gossip\n\
         delay r1 -> r3 50% constant 70ms 50% constant 4s class=gossip\nat 3s ana: item.create b \"draft\"\nrun 500ms\n\
         duplicate r1 -> r3 0%\ndelay r1 -> r3 constant 70ms class=gossip\nana: item.delete b\nrun 8s\n",
    )
    .seed(3),
    Row::new(
        COPY_IN_GRACE,
        &[Claim::NoResurrection],
        QUORUMS,
        "repair off\ngrace 1s\nduplicate r1 -> r3 100% class=quorum\nduplicate r1 -> r3 100% class=gossip\n\
         delay r1 -> r3 50% constant 70ms 50% constant 4s class=quorum\n\
         delay r1 -> r3 50% constant 70ms 50% constant 4s class=gossip\nat 3s ana: item.create b \"draft\"\nrun 700ms\n\
         duplicate r1 -> r3 0%\ndelay r1 -> r3 constant 70ms class=quorum\n\
         delay r1 -> r3 constant 70ms class=gossip\nana: item.delete b\nrun 8s\n",
    )
    .seed(3),
    Row::new(
        REPAIR_IN_GRACE,
        &[Claim::NoResurrection],
        &[EVENTUAL, AFFINITY, WAIT, TOKEN, FIFO, CAUSAL, ONE, STRICT, WRITE_BACK, CLOCK, SLOPPY],
        "repair off\ngrace 1s\nat 3s ana: item.create b \"draft\"\nrun 500ms\nisolate r3\nana: item.delete b\n\
         run 5s\nheal\n\
          repair r1 r3\nrun 2s\n",
    ),
    Row::new(
        AT_FIFO,
        WRITES,
        &[FIFO],
        "policy {beside}.* eventual\nat 3s lose r2 -> r3 100% class=gossip\ncyd: {op a 1}\nrun 300ms\n\
         lose r2 -> r3 0% class=gossip\ncyd: {else b 1} via=r1\nrun 1s\n",
    ),
    Row::new(
        ONE_ORIGIN,
        WRITES,
        &[FIFO],
        "at 3s lose r1 -> r3 100% class=gossip\ncyd: {op a 1} via=r1\nrun 300ms\ncyd: {op b 1}\nrun 1s\n",
    ),
    Row::new(
        KEEPS_DISK,
        WRITES,
        &[FIFO],
        "repair off\nat 3s lose r2 -> r3 100% class=gossip\ncyd: {op a 1}\nrun 300ms\ncrash r2 disk=lose\nrestart r2\n\
         lose r2 -> r3 0% class=gossip\ncyd: {op b 1}\nrun 1s\n",
    ),
    Row::new(FORWARD, WRITES, &[FIFO], "at 3s cyd: {write a 1}\nrun 100ms\nstep r2 -1s\ncyd: {last a 2}\nrun 1s\n"),
    Row::new(TOMBSTONES, WRITES, &[FIFO, CAUSAL], BURIED),
    Row::new(
        AT_CAUSAL,
        WRITES,
        &[CAUSAL],
        "policy {beside}.* eventual\nat 3s lose r2 -> r3 100% class=gossip\ncyd: {op a 1}\nrun 300ms\n\
         lose r2 -> r3 0% class=gossip\ncyd: {else b 1}\nrun 1s\n",
    ),
    Row::new(
        AT_CAUSAL,
        FOLLOWS,
        &[CAUSAL],
        "policy {beside}.* eventual\nat 3s lose r1 -> r3 100% class=gossip\nana: {op a 1}\nrun 300ms\n\
         cyd: {read a}\nrun 300ms\ncyd: {else b 1}\nrun 1s\n",
    ),
    Row::new(
        ON_NO_LOG,
        WRITES,
        &[CAUSAL],
        // The log hands on what it absorbs, and not what comes before that.
        "policy {reading} linearizable\nat 3s lose r2 -> r3 100% class=gossip\ncyd: {else a 1}\nrun 300ms\n\
         cyd: {op b 1}\nrun 2s\n",
    ),
    Row::new(
        ON_NO_LOG,
        FOLLOWS,
        &[CAUSAL],
        "policy {reading} linearizable\nrepair off\nat 3s lose r1 -> r3 100% class=gossip\n\
         lose r2 -> r3 100% class=gossip\nana: {else a 1}\nrun 300ms\n\
         cyd: {look a}\nrun 100ms\ncyd: {op b 1}\nrun 2s\n",
    ),
    Row::new(
        TOMBSTONES,
        FOLLOWS,
        &[CAUSAL],
        "repair off\ngrace 1s\nat 3s dan: item.create a \"old\"\nrun 500ms\nlose r2 -> r3 100% class=gossip\n\
         dan: item.delete a\nrun 300ms\ncyd: item.get a\nrun 3s\nlose r2 -> r3 0% class=gossip\nrepair r2 r3\nrun 1s\n\
         cyd: {op b 1}\nrun 1s\n",
    ),
    Row::new(
        NEVER_BACK,
        OF_WRITES,
        &[CAUSAL],
        "at 3s cyd: {write a 1}\nrun 100ms\nstep r2 -1s\ndan: {read a}\nrun 100ms\ndan: {last a 2}\nrun 100ms\n\
         cyd: {last a 3}\nrun 1s\n",
    ),
    Row::new(
        CLOCKS_AGREE,
        OF_WRITES,
        &[CAUSAL],
        "skew r1 +1s\nat 3s ana: {write a 1}\nrun 300ms\ncyd: {read a}\nrun 100ms\ncyd: {last a 2}\nrun 300ms\n\
         ana: {last a 3} via=r3\nrun 1s\n",
    ),
    Row::new(
        NO_TIE,
        WRITES,
        &[CAUSAL],
        // A link that takes no time lets one write follow the other in the same microsecond.
        "slow ana r2 0ms\nslow ana r1 0ms\nslow r2 -> r1 0ms\nat 3s ana: {last a 1} via=r2\nana: {write a 2}\nrun 1s\n",
    ),
    Row::new(
        NO_TIE,
        FOLLOWS,
        &[CAUSAL],
        "slow dan r2 0ms\nslow cyd r2 0ms\nslow cyd r1 0ms\nslow r2 -> r1 0ms\nat 3s dan: {last a 1}\ncyd: {read a}\n\
         cyd: {write a 2} via=r1\nrun 1s\n",
    ),
    Row::new(
        BY_HYBRID,
        &[Claim::CausalConsistency, Claim::CausalConvergence],
        &[CAUSAL],
        "skew r1 +1s\nat 3s ana: profile.set a \"one\"\nrun 300ms\ncyd: profile.get a\nrun 100ms\n\
         cyd: profile.set a \"two\"\n\
         run 300ms\ncyd: profile.get a\nrun 1s\n",
    ),
    Row::new(
        WHOLLY_CAUSAL,
        &[Claim::CausalConsistency, Claim::CausalConvergence],
        &[CAUSAL],
        "merge profile lww-hlc\npolicy profile.get eventual\nat 3s lose r1 -> r3 100% class=gossip\n\
         ana: profile.set a \"one\"\nrun 300ms\n\
         ana: profile.get a via=r3\nrun 1s\npolicy profile.get causal\nana: profile.get a\nrun 1s\n",
    ),
    Row::new(
        NOBODY_TRIES,
        &[Claim::CausalConsistency, Claim::CausalConvergence],
        &[CAUSAL],
        // "one" is back after "two". Of a value that is written twice the judge cannot tell which write was read.
        "merge profile lww-hlc\nretry ana timeout=500ms attempts=3\nat 3s lose r1 -> ana 100%\n\
         ana: profile.set a \"one\"\nrun 400ms\n\
         cyd: profile.get a\nrun 50ms\ncyd: profile.set a \"two\"\nrun 40ms\nlose r1 -> ana 0%\nrun 2s\n\
                                                            cyd: profile.get a\nrun 1s\n",
    )
    .untold(),
];
