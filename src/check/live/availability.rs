//! Availability, in three strengths, over operations that have ended: an operation without an answer is unavailable,
//! and a refusal is an answer.
//!
//! - *total*: every operation is answered (Gilbert and Lynch, 2002, without a bound on who is reached).
//! - *sticky*: it is if the replica that it asked last is up and in reach (Bailis et al., *Highly Available
//!   Transactions*, VLDB 2013).
//! - *majority*: it is if a majority of replicas is up and in reach of the client and of one another.
//!
//! Who is up and in reach is looked at when the client gives up.

use super::broken::Duty;
use crate::record::Outcome;

/// Who was up and in reach of a client when it gave up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// The replica that it asked last.
    pub asked: bool,
    /// A majority of replicas.
    pub majority: bool,
}

/// Which duties were missed by an outcome. An arrival that found the queue full was never sent: that is nobody's but
/// the total's.
pub(super) fn judge(outcome: Outcome, reach: Reach) -> [Option<Duty>; 3] {
    match outcome {
        Outcome::Answered(_) => [None; 3],
        Outcome::Overflowed => [Some(Duty::Total), None, None],
        Outcome::Unknown => {
            [Some(Duty::Total), reach.asked.then_some(Duty::Sticky), reach.majority.then_some(Duty::Majority)]
        }
    }
}
