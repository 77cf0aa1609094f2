//! no-wrong-winner: of two writes to a register or an item of which one knew the other, the later one stays.
//!
//! Last-write-wins orders by clocks, and a clock that is ahead makes the cause win over its effect (Lamport, *Time,
//! Clocks, and the Ordering of Events in a Distributed System*, 1978, calls it the clock condition). A write *knew*
//! another if its replica had it when it was decided, or its session was shown it or made it.
//!
//! ```text
//! r1, 50 ms ahead: set "Old St" ───▶ r3: set "New St", with a smaller stamp        "Old St" stays ✗
//! ```

use super::writes::{Clash, Number, Writes};

/// The loser, if it knew the winner, and it is the first time.
pub(super) fn judge(writes: &mut Writes, clash: Clash) -> Option<Number> {
    if !writes.knew(clash.loser, clash.winner) || writes.knew(clash.winner, clash.loser) {
        return None;
    }
    let loser = writes.get_mut(clash.loser).filter(|loser| !loser.is_wronged)?;
    loser.is_wronged = true;
    Some(clash.loser)
}
