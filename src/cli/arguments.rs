//! Arguments.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::base::Hazard;
use crate::check::black_box::{Model, Promise};
use crate::exchange::Format;

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
    /// Judge a history that any system left behind
    Check(CheckTask),
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

/// Which history to judge, and how.
#[derive(Debug, Args)]
pub(super) struct CheckTask {
    /// The history; `-` reads standard input
    pub(super) file: PathBuf,
    /// What the history is about
    #[arg(long, value_name = "NAME", value_parser = model)]
    pub(super) model: Model,
    /// What was promised
    #[arg(long, value_name = "NAME", value_parser = promise, default_value = "linearizable")]
    pub(super) claim: Promise,
    /// How the history is written; guessed from its beginning if left out
    #[arg(long, value_name = "NAME", value_parser = format)]
    pub(super) format: Option<Format>,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
    /// Steps after which the judge gives up
    #[arg(long, value_name = "N", default_value_t = crate::check::black_box::Work::MOST)]
    pub(super) work: u64,
}

fn model(name: &str) -> Result<Model, String> {
    let names = Model::ALL.map(Model::name).join(", ");
    Model::parse(name).ok_or_else(|| format!("expected one of {names}"))
}

fn promise(name: &str) -> Result<Promise, String> {
    let names = Promise::ALL.map(Promise::name).join(", ");
    Promise::parse(name).ok_or_else(|| format!("expected one of {names}"))
}

fn format(name: &str) -> Result<Format, String> {
    let names = Format::ALL.map(Format::name).join(", ");
    Format::parse(name).ok_or_else(|| format!("expected one of {names}"))
}

fn hazard(name: &str) -> Result<Hazard, String> {
    let names = Hazard::ALL.map(Hazard::name).join(", ");
    Hazard::parse(name).ok_or_else(|| format!("expected one of {names}"))
}
