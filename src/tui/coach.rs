//! What to try next: one line, decided by what was done so far.

use crate::cluster::WorldCommand;
use crate::cluster::command::Recorded;

use super::model::Model;

/// The line for this moment.
pub(crate) fn hint(model: &Model) -> String {
    let done = &model.sitting.commands()[model.scene.setup.min(model.sitting.applied())..model.sitting.applied()];
    let asks = |command: &Recorded| matches!(command.command, WorldCommand::Operate { .. });
    let cuts =
        |command: &Recorded| matches!(command.command, WorldCommand::Partition { .. } | WorldCommand::Isolate(_));
    let heals = |command: &Recorded| matches!(command.command, WorldCommand::Heal(_));
    let cut = done.iter().rposition(cuts);
    let healed = done.iter().rposition(heals);
    let asked = done.iter().rposition(asks);
    let text = match (asked, cut, healed) {
        (None, None, _) => "Three shops, one stock. o, then Enter: ana buys a mug in the west; watch r3",
        (Some(_), None, _) => "G was the news. < shows it again. Now p, then Enter: r1 is cut off",
        (_, Some(cut), healed) if healed.is_none_or(|healed| healed < cut) => {
            if asked.is_some_and(|asked| asked > cut) {
                "≠: the sides differ, and neither knows it. h heals; watch them agree again"
            } else {
                "o, then Enter: ana buys again. Then o, Right arrow: let ben ask"
            }
        }
        (_, Some(_), _) => "Healed: repair (R) mends the rest, about every 10s; + is faster; ? helps",
    };
    text.to_owned()
}
