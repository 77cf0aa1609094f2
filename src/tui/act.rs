//! World commands from the screen. Each goes into the sitting with its canonical line, so that every sitting can be
//! saved as a script.

use crate::base::{MessageClass, ReplicaId};
use crate::cluster::WorldCommand;
use crate::cluster::command::{Heal, Party, Ways};
use crate::lab::language::print::command_text;

use super::choices;
use super::keys::Action;
use super::model::{Model, Overlay, Tone};

/// Lets a command take effect at the cursor, and says so.
pub(crate) fn act(model: &mut Model, command: &WorldCommand) -> Result<(), String> {
    let text = command_text(command);
    let branch = model.sitting.branch();
    model.sitting.act(command, &text).map_err(|error| error.to_string())?;
    if let WorldCommand::Operate { client, .. } = command {
        let names = model.sitting.run().cluster().view().catalog().client(client);
        model.operator = names.unwrap_or(model.operator);
    }
    model.panes.log.follow();
    let said = match (model.sitting.branch() == branch, command, model.pace.running) {
        (false, ..) => {
            format!("{text}   (what came after is kept: {} lists branch {branch})", model.keymap.of(Action::Branches))
        }
        (true, WorldCommand::Operate { .. }, false) => format!("{text}   is under way; space lets time run"),
        _ => text,
    };
    model.say(Tone::Done, said);
    Ok(())
}

/// The same for a key, where an error is a notice.
fn act_or_say(model: &mut Model, command: &WorldCommand) {
    if let Err(error) = act(model, command) {
        model.say(Tone::Error, error);
    }
}

/// Isolates the selected replica.
pub(crate) fn isolate(model: &mut Model) {
    let party = Party::Replica(model.selected_replica());
    act_or_say(model, &WorldCommand::Isolate(vec![party]));
}

/// Mends links, or everything.
pub(crate) fn heal(model: &mut Model, what: Heal) {
    act_or_say(model, &WorldCommand::Heal(what));
}

/// Cuts a link both ways; one that is cut already asks how it shall be mended, since that mends more than one link.
pub(crate) fn cut_or_mend(model: &mut Model, one: ReplicaId, other: ReplicaId) {
    let view = model.sitting.run().cluster().view();
    let is_cut = |from: ReplicaId, to: ReplicaId| view.link(from.into(), to.into(), MessageClass::Gossip).cut;
    if is_cut(one, other) || is_cut(other, one) {
        model.overlay = Overlay::Chooser(choices::mends(one, other));
        return;
    }
    let sides = vec![vec![Party::Replica(one)], vec![Party::Replica(other)]];
    act_or_say(model, &WorldCommand::Partition { sides, ways: Ways::Both });
}
