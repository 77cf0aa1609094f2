//! Why a promise was broken, or a read was stale.

use super::model::{Model, Tone};

/// Explains what is chosen, or what happened last.
pub(crate) fn explain(model: &mut Model) {
    model.say(Tone::Done, "nothing to explain yet: no promise is broken, no read was stale");
}
