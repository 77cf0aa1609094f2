//! Deciding a question in a fork: the answer is what the world does, never a letter that somebody typed in.

use crate::cluster::WorldCommand;
use crate::lab::evaluate::evaluate;
use crate::lab::sitting::Sitting;
use crate::sim::Stretch;

use super::model::{Question, Truth};
use super::playback::{Playback, PlaybackError};

/// Seeds that are tried before an answer is said not to vary.
const SEEDS_TRIED: u64 = 20;

/// What the world answers.
#[derive(Debug)]
pub struct Decision {
    /// The options that are right, by number from 0: one, in a good lesson.
    pub right: Vec<usize>,
    /// The fork at its end.
    pub end: Sitting,
}

/// Decides a question from a sitting, which stays as it is.
///
/// # Errors
/// If the question's lines cannot be played there.
pub fn decide(question: &Question, start: &Sitting, stretch: Stretch) -> Result<Decision, PlaybackError> {
    let mut end = start.fork();
    end.stretch_delays(stretch);
    Playback::new(question.lines.clone()).stretched(stretch).play(&mut end)?;
    let own = pattern(question, &end);
    let chance = question.options.iter().position(|option| option.truth == Truth::Varies);
    if let Some(chance) = chance {
        for seed in 1..=SEEDS_TRIED {
            let mut other = reseeded(start, seed)?;
            Playback::new(question.lines.clone()).play(&mut other)?;
            if pattern(question, &other) != own {
                return Ok(Decision { right: vec![chance], end });
            }
        }
    }
    let right = (0..own.len()).filter(|index| own[*index]).collect();
    Ok(Decision { right, end })
}

/// Which options are so at the end.
fn pattern(question: &Question, end: &Sitting) -> Vec<bool> {
    let is_so = |truth: &Truth| match truth {
        Truth::So(condition) => evaluate(condition, end).met == Some(true),
        Truth::Varies => false,
    };
    question.options.iter().map(|option| is_so(&option.truth)).collect()
}

/// The same commands under another seed.
fn reseeded(start: &Sitting, seed: u64) -> Result<Sitting, PlaybackError> {
    let mut other = Sitting::going_on_only();
    let refuse = |message: String| PlaybackError { line: 1, message };
    let command = WorldCommand::Seed(seed);
    other.act(&command, &format!("seed {seed}")).map_err(|error| refuse(error.to_string()))?;
    for recorded in &start.commands()[..start.applied()] {
        if matches!(recorded.command, WorldCommand::Seed(_)) {
            continue;
        }
        if recorded.at > other.run().now() {
            other.go_to(recorded.at).map_err(|error| refuse(error.to_string()))?;
        }
        other.act(&recorded.command, &recorded.text).map_err(|error| refuse(error.to_string()))?;
    }
    let now = start.run().now();
    if now > other.run().now() {
        other.go_to(now).map_err(|error| refuse(error.to_string()))?;
    }
    Ok(other)
}
