//! no-lost-update: an acknowledged write to a register or an item gives way only to one that knew of it.
//!
//! The anomaly P4 of Berenson et al., *A Critique of ANSI SQL Isolation Levels*, 1995, as it shows in a replicated
//! store: of two concurrent writes the resolver keeps one, and nobody who made that one had seen the other. A write
//! *knew* another if its replica had it, or its session was shown it or made it.
//!
//! ```text
//! ana at r1: set "New St" ✓        ben at r3: set "Old St"        the larger stamp wins, the other is lost ✗
//! ```

use super::writes::{Clash, Number, Writes};
use crate::base::OpType;

/// The loser, if it lost to a write that did not know of it, and it is the first time.
pub(super) fn judge(writes: &mut Writes, clash: Clash) -> Option<Number> {
    if writes.knew(clash.winner, clash.loser) || writes.knew(clash.loser, clash.winner) {
        return None;
    }
    if same_payment(writes, clash) {
        return None;
    }
    let loser = writes.get_mut(clash.loser).filter(|loser| loser.lost_to == 0)?;
    loser.lost_to = clash.winner;
    loser.is_acknowledged().then_some(clash.loser)
}

/// Whether both are records of one payment, which say the same: then nothing is lost.
fn same_payment(writes: &Writes, clash: Clash) -> bool {
    let record = |number| {
        let deed = writes.get(number)?.deed;
        (deed.op_type == OpType::PaymentSubmit).then_some(deed.argument)
    };
    record(clash.winner).is_some_and(|amount| record(clash.loser) == Some(amount))
}
