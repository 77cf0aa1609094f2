//! Branches: what was left when someone acted in the past, and the way back to it.

use super::chooser::{Choice, Chooser};
use super::model::{Model, Tone};
use super::travel;

/// The branches that were left, newest first.
pub(crate) fn branches(model: &Model) -> Chooser {
    let own = model.sitting.commands();
    let choices = model.sitting.branches().iter().rev().map(|branch| {
        let shared = own.iter().zip(&branch.commands).take_while(|(own, theirs)| own == theirs).count();
        let parting = branch.commands.get(shared).map_or_else(
            || "the same commands, and less".to_owned(),
            |command| format!("from {} on: {}", travel::instant_text(command.at), command.text),
        );
        let about = format!("up to {}; {parting}", travel::rounded_instant(branch.reached));
        Choice { line: format!("branch {}", branch.number), about }
    });
    let title = match model.sitting.branches().len() {
        0 => "No branches: acting in the past starts one".to_owned(),
        _ => format!("Branches beside {}, the one that you are on", model.sitting.branch()),
    };
    Chooser::new(title, choices.collect())
}

/// Goes over to a branch.
pub(crate) fn switch_to(model: &mut Model, number: u32) -> Result<(), String> {
    if number == model.sitting.branch() {
        return Err(format!("this is branch {number}"));
    }
    match model.sitting.switch_to(number) {
        Ok(true) => {
            model.pace.running = false;
            model.journey = None;
            let now = travel::instant_text(model.sitting.run().now());
            model.say(Tone::Done, format!("on branch {number}, where it was left: {now}"));
            Ok(())
        }
        Ok(false) => Err(format!("there is no branch {number}; `branches` lists them")),
        Err(error) => Err(error.to_string()),
    }
}
