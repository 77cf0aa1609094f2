//! Doing what the commands of the screen ask for.

use super::help::Help;
use super::model::{Model, Overlay};
use super::specs::ScreenCommand;
use super::{pace::Pace, travel};

/// Does it.
pub(crate) fn perform(model: &mut Model, command: ScreenCommand) -> Result<(), String> {
    match command {
        ScreenCommand::Run => {
            if !model.is_moving() {
                travel::run_or_pause(model);
            }
        }
        ScreenCommand::Pause => {
            if model.is_moving() {
                travel::run_or_pause(model);
            }
        }
        ScreenCommand::Step => travel::step_on(model),
        ScreenCommand::Back => travel::step_back(model),
        ScreenCommand::Go(to) => travel::go_to(model, to),
        ScreenCommand::Undo => travel::undo(model),
        ScreenCommand::Speed(milli) => {
            model.pace.set(milli);
            travel::change_speed(model, |_: &mut Pace| {});
        }
        ScreenCommand::Help(None) => model.overlay = Overlay::Help(Help::overview(model)),
        ScreenCommand::Help(Some(name)) => model.overlay = Overlay::Help(Help::topic(&name)?),
        ScreenCommand::Quit => model.quit = true,
    }
    Ok(())
}
