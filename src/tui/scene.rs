//! Where a sitting on the screen begins.

use crate::lab::language::parse::parse_script;
use crate::lab::language::statement::Statement;
use crate::lab::sitting::Sitting;

/// The opening scene, as a script.
const OPENING: &str = include_str!("opening.lab");

/// A scene: what the title calls it, and how it was set up.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    /// What the title calls it.
    pub(crate) name: String,
    /// How many of the sitting's commands are its setup, which `undo` leaves alone.
    pub(crate) setup: usize,
}

/// The opening scene, set up and not started.
pub(crate) fn opening() -> (Scene, Sitting) {
    set_up("Three shops", OPENING)
}

/// The scene of a sitting that comes from a script.
pub(crate) fn opened(name: &str, sitting: &Sitting) -> Scene {
    let setup = sitting.commands().iter().take_while(|recorded| recorded.command.is_setup()).count();
    Scene { name: name.to_owned(), setup }
}

/// A scene of ours, set up and not started.
pub(crate) fn set_up(name: &str, script: &str) -> (Scene, Sitting) {
    let script = parse_script(script).expect("a scene is a good script");
    let mut sitting = Sitting::default();
    for line in script.lines {
        let Some(Statement::World(command)) = line.statement else {
            panic!("a scene is setup, and `{}` is not", line.source);
        };
        sitting.act(&command, &line.source).expect("a scene can be set up");
    }
    (Scene { name: name.to_owned(), setup: sitting.applied() }, sitting)
}
