//! The only place with files, the terminal, threads and printing.
//!
//! Exit codes, everywhere: 0 all expectations hold, 1 one does not, 2 bad input, 3 a judge gave up.

mod arguments;
mod check;
mod config;
mod files;
mod folders;
mod journal;
mod lessons;
mod open;
mod output;
mod play;
mod pool;
mod replay;
mod shell;
mod state;
mod swarm;
mod sweep;
mod watched;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Task};
use shell::Start;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// Everything is as expected.
    Fine,
    /// An expectation does not hold.
    Unmet,
    /// The input is wrong.
    BadInput,
    /// A judge gave up.
    Undecided,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        Self::from(match ending {
            Ending::Fine => 0,
            Ending::Unmet => 1,
            Ending::BadInput => 2,
            Ending::Undecided => 3,
        })
    }
}

/// Does what the arguments ask for.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are errors to clap; they are fine.
            let ending = if error.use_stderr() { Ending::BadInput } else { Ending::Fine };
            let _ = error.print();
            return ending.into();
        }
    };
    let ending = match arguments.task {
        None => play::begin(&arguments.look, arguments.lessons.as_deref()),
        Some(Task::Sandbox(look)) => shell::open(&look, Start::Sandbox),
        Some(Task::Open(task)) => open::open(&task),
        Some(Task::Config) => config::config(),
        Some(Task::Replay(task)) => replay::replay(&task),
        Some(Task::Swarm(task)) => swarm::swarm(&task),
        Some(Task::Sweep(task)) => sweep::sweep(&task),
        Some(Task::Play(task)) => play::play(&task),
        Some(Task::Lessons(task)) => lessons::lessons(&task),
        Some(Task::Check(task)) => check::check(&task),
        Some(Task::Language { topic }) => language(topic.as_deref()),
    };
    output::checked(ending).into()
}

fn language(topic: Option<&str>) -> Ending {
    match crate::lab::language::help::help_text(topic) {
        Ok(text) => {
            output::text(&text);
            Ending::Fine
        }
        Err(error) => output::refuse(&error.message()),
    }
}
