//! no-log-inversion: in the logs of all actors, merged by wall clock, no effect stands before its cause.
//!
//! Each operation leaves three lines that cause one another: the client asks, the replica decides, the client has the
//! answer. Their wall readings are in the record; a clock that is behind puts the effect first (Lamport 1978). A
//! request takes its time, so small differences between clocks do not show.

use super::broken::Line;

/// By how much the decision stands before the request, in microseconds.
#[inline]
pub(super) fn of_decision(asked_wall_us: i64, decided_wall_us: i64) -> Option<(Line, u64)> {
    (decided_wall_us < asked_wall_us).then(|| (Line::Decision, decided_wall_us.abs_diff(asked_wall_us)))
}

/// By how much the return stands before the decision, in microseconds.
#[inline]
pub(super) fn of_return(decided_wall_us: i64, returned_wall_us: i64) -> Option<(Line, u64)> {
    (returned_wall_us < decided_wall_us).then(|| (Line::Return, returned_wall_us.abs_diff(decided_wall_us)))
}
