//! What is in order as long as clocks are.

use driftlab::base::Claim;

use super::{CLOCKS_AGREE, LINES, NEVER_BACK, NO_TIE, Row};
use crate::promises::levels::{AFFINITY, CAUSAL, CLOCK, EVENTUAL, EVERYWHERE, FIFO, ONE, SLOPPY, STRICT, TOKEN, WAIT};

const WINNER: &[Claim] = &[Claim::NoWrongWinner];

pub(super) const ROWS: &[Row] = &[
    Row::new(LINES, &[Claim::NoLogInversion], EVERYWHERE, "at 3s skew ana +500ms\nana: {op a 1}\nrun 2s\n"),
    Row::new(
        CLOCKS_AGREE,
        WINNER,
        &[EVENTUAL, AFFINITY, WAIT, TOKEN, FIFO, CAUSAL, CLOCK],
        "skew r1 +1s\nat 3s ana: {write a 1}\nrun 300ms\ncyd: {read a}\nrun 200ms\ncyd: {last a 2}\nrun 1s\n",
    ),
    Row::new(
        CLOCKS_AGREE,
        WINNER,
        &[ONE, STRICT, SLOPPY],
        // The homes that are asked have not heard of what its writer was shown.
        "repair off\nskew r1 +1s\nat 3s lose r1 -> r2 100% class=gossip\nlose r1 -> r3 100% class=gossip\n\
         ana: {write a 1}\nrun 200ms\ncyd: {read a} via=r1\nrun 200ms\nlose r1 -> r2 100%\nlose r1 -> r3 100%\n\
         cyd: {last a 2} via=r3\nrun 300ms\nlose r1 -> r2 0%\nlose r1 -> r3 0%\nrepair r1 r3\nrun 2s\n",
    ),
    Row::new(
        NEVER_BACK,
        WINNER,
        &[EVENTUAL, AFFINITY, WAIT, TOKEN, FIFO, CAUSAL, CLOCK],
        "at 3s cyd: {write a 1}\nrun 200ms\nstep r2 -1s\ncyd: {last a 2}\nrun 1s\n",
    ),
    Row::new(
        NEVER_BACK,
        WINNER,
        &[ONE, STRICT, SLOPPY],
        // The first write is still on its way when its coordinator has nothing any more, and an earlier time.
        "repair off\nat 3s slow r1 -> r2 +2s class=gossip\nslow r1 -> r3 +2s class=gossip\nana: {write a 1}\n\
         run 200ms\n\
         cyd: {read a} via=r1\nrun 200ms\ncrash r1 disk=lose\nrestart r1\nstep r1 -1s\ncyd: {last a 2} via=r1\n\
         run 5s\n",
    ),
    Row::new(
        NO_TIE,
        WINNER,
        &[EVENTUAL, WAIT, TOKEN, FIFO, ONE],
        "slow ana r2 0ms\nslow ana r1 0ms\nat 3s ana: {last a 1} via=r2\nana: {write a 2}\nrun 1s\n",
    ),
    Row::new(
        NO_TIE,
        WINNER,
        &[CAUSAL],
        "slow ana r2 0ms\nslow ana r1 0ms\nslow r2 -> r1 0ms\nat 3s ana: {last a 1} via=r2\nana: {write a 2}\nrun 1s\n",
    ),
    Row::new(
        NO_TIE,
        WINNER,
        &[AFFINITY],
        // Who asks at r1 all the time finds what came there meanwhile.
        "slow cyd r1 0ms\nslow dan r2 0ms\nslow r2 -> r1 0ms\nat 3s dan: {last a 1}\ncyd: {read a} via=r1\n\
         cyd: {write a 2} via=r1\nrun 1s\n",
    ),
    Row::new(
        NO_TIE,
        WINNER,
        &[CLOCK],
        "slow ana r2 0ms\nslow ana r1 0ms\nslow r1 r2 0ms\nslow r2 r3 0ms\nslow r1 r3 0ms\n\
         at 3s ana: {last a 1} via=r2\n\
         ana: {write a 2}\nrun 1s\n",
    ),
    Row::new(
        NO_TIE,
        WINNER,
        &[STRICT, SLOPPY],
        "repair off\nslow dan r3 0ms\nslow cyd r3 0ms\nslow cyd r1 0ms\nslow r1 r2 0ms\nslow r2 r3 0ms\n\
         slow r1 r3 0ms\n\
         lose r3 -> r1 100% class=gossip\nlose r3 -> r2 100% class=gossip\nslow r3 -> r1 30ms class=quorum\n\
         at 3s dan: {last a 1} via=r3\ncyd: {read b} via=r3\ncyd: {read a} via=r3\n\
         cyd: {write a 2} via=r1\nrun 300ms\nlose r3 -> r1 0% class=gossip\nlose r3 -> r2 0% class=gossip\n\
         repair r1 r3\nrun 2s\n",
    ),
];
