//! Arguments.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::base::Hazard;

/// A lab in which you break replica clusters and learn which consistency each operation needs.
///
/// Without a command it opens the lab in this terminal.
#[derive(Debug, Parser)]
#[command(name = "driftlab", version, after_help = EXIT_CODES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) task: Option<Task>,
}

const EXIT_CODES: &str = "Exit codes: 0 all expectations hold, 1 one does not, 2 bad input, 3 a judge gave up.";

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Task {
    /// Play a script and print its story
    Replay(ReplayTask),
    /// Play random scripts over every command and fault, and judge each at its end
    Swarm(SwarmTask),
    /// Play a lesson as linear text, with a prompt
    Play(PlayTask),
    /// List the lessons, write a new one, or prove them
    Lessons(LessonsTask),
    /// Explain the command language, or one of its commands
    Language {
        /// A command, or a topic such as `operations`
        topic: Option<String>,
    },
}

/// How to play a script.
#[derive(Debug, Args)]
pub(super) struct ReplayTask {
    /// The script, `*.lab`; `-` reads standard input
    pub(super) file: PathBuf,
    /// Print one JSON object a line
    #[arg(long, conflicts_with = "bless")]
    pub(super) json: bool,
    /// Play with this seed instead of the script's own
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,
    /// Write the story into the script, after its line `---`; read it before you commit it
    #[arg(long, conflicts_with = "seed")]
    pub(super) bless: bool,
}

/// How many random scripts to play.
#[derive(Debug, Args)]
pub(super) struct SwarmTask {
    /// How many seeds
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub(super) seeds: u64,
    /// The first seed
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) start: u64,
    /// Turn this hazard on in every script, to see it caught
    #[arg(long, value_name = "NAME", value_parser = hazard)]
    pub(super) hazard: Option<Hazard>,
    /// Threads; as many as there are cores if left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) threads: Option<u16>,
}

/// Which lesson to play.
#[derive(Debug, Args)]
pub(super) struct PlayTask {
    /// The lesson's id or number; where you were if left out
    pub(super) id: Option<String>,
    /// Linear text, for screen readers, pipes and dumb terminals
    #[arg(long)]
    pub(super) plain: bool,
    /// A folder with lessons `*.md` that are added or take the place of those built in
    #[arg(long, value_name = "DIR")]
    pub(super) lessons: Option<PathBuf>,
}

/// What to do with the lessons.
#[derive(Debug, Args)]
pub(super) struct LessonsTask {
    #[command(subcommand)]
    pub(super) task: Option<LessonsWhat>,
    /// A folder with lessons `*.md` that are added or take the place of those built in
    #[arg(long, value_name = "DIR", global = true)]
    pub(super) lessons: Option<PathBuf>,
}

/// What to do with the lessons.
#[derive(Debug, Subcommand)]
pub(super) enum LessonsWhat {
    /// Write a new lesson, to be changed piece by piece
    New {
        /// Its id, of a-z, 0-9 and -
        id: String,
    },
    /// Prove the lessons by the machine's part of the rubric
    Check {
        /// One lesson: its id, its number or its file; all if left out
        id: Option<String>,
        /// Threads; as many as there are cores if left out
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
        threads: Option<u16>,
    },
}

fn hazard(name: &str) -> Result<Hazard, String> {
    let names = Hazard::ALL.map(Hazard::name).join(", ");
    Hazard::parse(name).ok_or_else(|| format!("expected one of {names}"))
}
