//! Arguments.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::base::limits::INSTANT_US_MAX;
use crate::base::{Hazard, Instant};
use crate::check::black_box::{Model, Promise};
use crate::exchange::Format;
use crate::lab::language::quantity::Number;
use crate::lab::swarm::strong::Plan;
use crate::sim::Topology;
use crate::tui::Theme;

/// A lab in which you break replica clusters and learn which consistency each operation needs.
///
/// Without a command it opens the lab in this terminal. A sitting that is left by `q` is kept as `last-sitting.lab` in
/// the state folder (`~/.local/state/driftlab`, or as XDG says); one that was killed is offered at the next start.
#[derive(Debug, Parser)]
#[command(name = "driftlab", version, after_help = EXIT_CODES, args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) look: LookOptions,
    /// A folder with lessons `*.md` that are added or take the place of those built in
    #[arg(long, value_name = "DIR")]
    pub(super) lessons: Option<PathBuf>,
    #[command(subcommand)]
    pub(super) task: Option<Task>,
}

const EXIT_CODES: &str = "Exit codes: 0 all expectations hold, 1 one does not, 2 bad input, 3 a judge gave up.";

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Task {
    /// Play a script and look at it in the lab
    Open(OpenTask),
    /// Play a script and print its story
    Replay(ReplayTask),
    /// Play random scripts over every command and fault, and judge each at its end
    Swarm(SwarmTask),
    /// Measure how fresh quorum reads are and what they cost, by the fits of the literature
    Sweep(SweepTask),
    /// Open the lab without a lesson
    Sandbox(LookOptions),
    /// Open a lesson, on the screen or as plain text
    Play(PlayTask),
    /// List the lessons, write a new one, or prove them
    Lessons(LessonsTask),
    /// Judge a history that any system left behind
    Check(CheckTask),
    /// Explain the command language, or one of its commands
    Language {
        /// A command, or a topic such as `operations`
        topic: Option<String>,
    },
    /// Print where the config file is, and one that says what could stand in it
    Config,
}

/// How the lab looks, whatever the config file says.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct LookOptions {
    /// Colours: dark, light, safe (for all colour vision) or mono
    #[arg(long, value_name = "NAME", value_parser = theme)]
    pub(super) theme: Option<Theme>,
    /// Draw with nothing but ASCII
    #[arg(long)]
    pub(super) ascii: bool,
    /// Leave the mouse to the terminal
    #[arg(long)]
    pub(super) no_mouse: bool,
    /// Another config file than the one that `driftlab config` names
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// What to open.
#[derive(Debug, Args)]
pub(super) struct OpenTask {
    /// The script, `*.lab`: written by hand, saved with `:save`, or a journal
    pub(super) file: PathBuf,
    /// Where the cursor stands, such as 1.2s; else at the end
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(super) at: Option<Instant>,
    #[command(flatten)]
    pub(super) look: LookOptions,
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
    /// Judge what a level promises: linearizable and threshold, with Raft's own properties; primary, with failovers and
    /// what they lose; bounded; quorum, linearizable with write-back and regular without; or switching between all of them
    #[arg(long, value_name = "NAME", value_parser = level)]
    pub(super) level: Option<Plan>,
    /// Turn this hazard on in every script, to see it caught
    #[arg(long, value_name = "NAME", value_parser = hazard)]
    pub(super) hazard: Option<Hazard>,
    /// Threads; as many as there are cores if left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) threads: Option<u16>,
}

/// Which quorums to measure, and how long.
#[derive(Debug, Args)]
pub(super) struct SweepTask {
    /// One topology, such as lnkd-ssd; the four fits if left out
    #[arg(long, value_name = "NAME", value_parser = topology)]
    pub(super) topology: Option<Topology>,
    /// R and W with a comma, 1 to 3 of 3 homes; repeat it for more; the six of the literature if left out
    #[arg(long = "quorum", value_name = "R,W", value_parser = quorum)]
    pub(super) quorums: Vec<(u8, u8)>,
    /// How long after the commit reads begin; repeat it for more
    #[arg(long, value_name = "TIME", value_parser = instant, default_values = ["0ms", "1ms", "5ms", "10ms", "50ms"])]
    pub(super) after: Vec<Instant>,
    /// Trials for each of them: a write, and a read for each time
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    pub(super) trials: u64,
    /// The seed
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) seed: u64,
    /// Print one JSON object a line
    #[arg(long)]
    pub(super) json: bool,
    /// Threads; as many as there are cores if left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) threads: Option<u16>,
}

fn topology(name: &str) -> Result<Topology, String> {
    let names = Topology::ALL.map(Topology::name).join(", ");
    Topology::parse(name).ok_or_else(|| format!("expected one of {names}"))
}

fn quorum(text: &str) -> Result<(u8, u8), String> {
    let homes = crate::lab::sweep::HOMES;
    let number = |part: &str| part.trim().parse().ok().filter(|number| (1..=homes).contains(number));
    let pair = text.split_once(',').and_then(|(reads, writes)| Some((number(reads)?, number(writes)?)));
    pair.ok_or_else(|| format!("expected R,W with numbers from 1 to {homes}, such as 2,1"))
}

fn level(name: &str) -> Result<Plan, String> {
    Plan::parse(name).ok_or_else(|| format!("expected one of {}", Plan::NAMES.join(", ")))
}

fn theme(name: &str) -> Result<Theme, String> {
    let found = Theme::ALL.iter().find(|(_, own)| *own == name).map(|(theme, _)| *theme);
    found.ok_or_else(|| format!("expected one of {}", Theme::ALL.map(|(_, name)| name).join(", ")))
}

fn instant(text: &str) -> Result<Instant, String> {
    let us = Number::parse(text).and_then(|number| number.size_us("an instant")).map_err(|error| error.to_string())?;
    if us > u128::from(INSTANT_US_MAX) || text.starts_with('-') {
        return Err("expected an instant from 0s to 720h".to_owned());
    }
    Ok(Instant(us as u64))
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
    #[command(flatten)]
    pub(super) look: LookOptions,
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
