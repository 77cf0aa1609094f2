//! Who gets an answer: at levels of one replica, and of logs.

use driftlab::base::Claim;

use super::{ELECTED, HEARD, IN_REACH, IN_TIME, NO_ANSWER, NO_ANSWER_OF_IT, NO_REQUEST, ON_A_SIDE, Row, SOON, UP};
use crate::promises::levels::{
    AFFINITY, BOUNDED, CLOCK, EVENTUAL, FIFO, LOCAL, LOGGED, ONE, PRIMARY, SLOPPY, STRICT, THRESHOLDS, TOKEN, WAIT,
    WRITE_BACK,
};

const STICKY: &[Claim] = &[Claim::StickyAvailability];
const MAJORITY: &[Claim] = &[Claim::MajorityAvailability];
const BOTH: &[Claim] = &[Claim::StickyAvailability, Claim::MajorityAvailability];

/// Where whoever is asked answers alone, at least if it is to write.
const ALONE: &[&[&str]] = &[EVENTUAL, AFFINITY, WAIT, TOKEN, FIFO, LOCAL];
/// Where nobody who is asked for less than the past turns away.
const WITHOUT_PAST: &[&[&str]] = &[
    EVENTUAL, AFFINITY, WAIT, TOKEN, FIFO, BOUNDED, LOCAL, PRIMARY, LOGGED, THRESHOLDS, ONE, STRICT, WRITE_BACK, CLOCK,
    SLOPPY,
];

pub(super) const ROWS: &[Row] = &[
    Row::new(NO_REQUEST, BOTH, ALONE, "at 3s lose ana -> r1 100%\nana: {op a 1}\nrun 5s\n"),
    Row::new(NO_ANSWER, STICKY, ALONE, "at 3s lose r1 -> ana 100%\nana: {op a 1}\nrun 5s\n"),
    Row::new(NO_ANSWER_OF_IT, MAJORITY, ALONE, "at 3s lose r1 -> ana 100%\nana: {op a 1}\nrun 5s\n"),
    Row::new(IN_TIME, BOTH, ALONE, "at 3s slow r1 -> ana +2s\nana: {op a 1}\nrun 5s\n"),
    Row::new(UP, MAJORITY, WITHOUT_PAST, "at 3s crash r3\nben: {op a 1}\nrun 5s\n"),
    Row::new(IN_REACH, MAJORITY, WITHOUT_PAST, "at 3s partition ben | r3\nben: {op a 1}\nrun 5s\n"),
    Row::new(ON_A_SIDE, MAJORITY, &[BOUNDED, LOCAL, PRIMARY], "at 3s crash r1\nrun 1s\nben: {op a 1}\nrun 5s\n"),
    Row::new(
        SOON,
        MAJORITY,
        &[BOUNDED, LOCAL, PRIMARY],
        "failover auto timeout=3s\nat 3s crash r1\nrun 1s\nben: {op a 1}\nrun 5s\n",
    ),
    Row::new(
        ELECTED,
        MAJORITY,
        &[LOGGED, THRESHOLDS],
        "at 3s crash r1\nretry ben timeout=200ms\nben: {op a 95}\nrun 5s\n",
    ),
    Row::new(HEARD, MAJORITY, &[LOGGED, THRESHOLDS], "at 3s lose r1 -> ana 100%\nana: {op a 1}\nrun 5s\n"),
];
