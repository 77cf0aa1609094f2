//! Doing what the commands of the screen ask for.

use super::help::Help;
use super::model::{Model, Overlay, Request, Tone};
use super::pace::Pace;
use super::specs::ScreenCommand;
use super::{branching, course, panes, travel, why};

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
        ScreenCommand::Branches => model.overlay = Overlay::Chooser(branching::branches(model)),
        ScreenCommand::Branch(number) => branching::switch_to(model, number)?,
        ScreenCommand::Lesson(input) => course::tell(model, input),
        ScreenCommand::Ask(input) => course::ask(model, input),
        ScreenCommand::Next => course::next(model),
        ScreenCommand::Ways => model.overlay = Overlay::Chooser(course::ways(model)),
        ScreenCommand::Lessons => model.overlay = Overlay::Chooser(course::menu(model)),
        ScreenCommand::OpenLesson(name) => course::open(model, &name)?,
        ScreenCommand::Theme(theme) => {
            model.theme = theme;
            model.say(Tone::Done, format!("theme {}; `driftlab config` says how to keep it", theme.name()));
        }
        ScreenCommand::Signs(signs) => model.glyphs = signs.glyphs(),
        ScreenCommand::Motion(motion) => model.motion = motion,
        ScreenCommand::Save(path) => {
            let text = crate::lab::recording::script(&model.sitting);
            model.requests.push(Request::Save { path, text });
        }
        ScreenCommand::Why => why::explain(model),
        ScreenCommand::Find(text) => panes::find_text(model, &text),
        ScreenCommand::Hash => {
            let (now, hash) = (travel::instant_text(model.sitting.run().now()), model.sitting.run().digest());
            model.say(Tone::Done, format!("record up to {now}: {hash:016x}"));
        }
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
