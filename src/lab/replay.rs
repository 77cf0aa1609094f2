//! Playing a script: the same in a test, on the command line and for `open` in the lab.

use crate::base::Instant;
use crate::base::limits::{EVENTS_MAX, INSTANT_US_MAX, STORY_LINES_MAX};
use crate::cluster::WorldCommand;
use crate::record::TraceEntry;

use super::evaluate::evaluate;
use super::language::statement::{Condition, Line, Script, Statement, StoryDetail, Verdict, When};
use super::sitting::{Advance, Sitting};
use super::story::{self, StoryLine, Telling};

/// What came of a script.
#[derive(Debug, Default)]
pub struct Replay {
    /// The sitting at its end.
    pub sitting: Sitting,
    /// Everything worth telling, in order.
    pub story: Vec<StoryLine>,
    /// Expectations that are not met.
    pub unmet: usize,
    /// Expectations that a judge could not decide.
    pub undecided: usize,
}

/// Why a script stopped before its end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct ReplayError {
    /// The line of the script.
    pub line: u32,
    /// What went wrong and what to do.
    pub message: String,
}

/// How much a replay may do before it is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Events.
    pub events: u64,
    /// Lines of its story.
    pub lines: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { events: EVENTS_MAX, lines: STORY_LINES_MAX }
    }
}

/// Plays a script to its end.
///
/// `seed` takes the place of the script's own. A failed expectation does not stop the run.
///
/// # Errors
/// If a command cannot take effect, time would go back, or a bound is reached.
pub fn play(script: &Script, seed: Option<u64>) -> Result<Replay, ReplayError> {
    play_within(script, seed, Bounds::default())
}

/// [`play`] with bounds of one's own.
///
/// # Errors
/// As [`play`].
pub fn play_within(script: &Script, seed: Option<u64>, bounds: Bounds) -> Result<Replay, ReplayError> {
    // Nobody goes back in a replay, and the snapshots of a busy world are gigabytes.
    play_in(Sitting::going_on_only(), script, seed, bounds)
}

/// Plays a script in a sitting that can go back, for someone who is going to look at it.
///
/// # Errors
/// As [`play`].
pub fn open(script: &Script, bounds: Bounds) -> Result<Replay, ReplayError> {
    play_in(Sitting::default(), script, None, bounds)
}

fn play_in(sitting: Sitting, script: &Script, seed: Option<u64>, bounds: Bounds) -> Result<Replay, ReplayError> {
    let replay = Replay { sitting, ..Replay::default() };
    let mut player = Player { replay, bounds, ..Player::default() };
    if let Some(seed) = seed {
        player.act(&WorldCommand::Seed(seed), &format!("seed {seed}"), 0)?;
        player.seed_is_given = true;
    }
    for line in &script.lines {
        player.line(line)?;
        player.check_bounds(line.number)?;
    }
    Ok(player.replay)
}

#[derive(Debug, Default)]
struct Player {
    replay: Replay,
    bounds: Bounds,
    detail: StoryDetail,
    seed_is_given: bool,
    /// How much of the log was told.
    told: u64,
    traced: u64,
}

impl Player {
    fn line(&mut self, line: &Line) -> Result<(), ReplayError> {
        match line.when {
            Some(When::At { instant, events }) => self.run_to(instant, events, line.number)?,
            Some(When::After { us }) => self.run_on(us, line.number)?,
            None => {}
        }
        match &line.statement {
            None => Ok(()),
            Some(Statement::World(WorldCommand::Seed(_))) if self.seed_is_given => Ok(()),
            Some(Statement::World(command)) => self.act(command, &line.source, line.number),
            Some(Statement::Run { us }) => self.run_on(*us, line.number),
            Some(Statement::RunUntil { condition, within_us }) => {
                self.run_until(condition, *within_us, &line.source, line.number)
            }
            Some(Statement::Mark(name)) => {
                self.replay.sitting.mark(name);
                Ok(())
            }
            Some(Statement::Expect(condition)) => {
                self.expect(condition, &line.source);
                Ok(())
            }
            Some(Statement::Story(detail)) => {
                self.detail = *detail;
                self.traced = self.replay.sitting.log().trace.len();
                Ok(())
            }
        }
    }

    fn act(&mut self, command: &WorldCommand, text: &str, line: u32) -> Result<(), ReplayError> {
        self.replay.sitting.act(command, text).map_err(|error| ReplayError { line, message: error.to_string() })?;
        self.tell();
        Ok(())
    }

    fn run_on(&mut self, us: u64, line: u32) -> Result<(), ReplayError> {
        let to = self.replay.sitting.run().now() + us;
        self.run_to(to, None, line)
    }

    fn run_to(&mut self, to: Instant, events: Option<u64>, line: u32) -> Result<(), ReplayError> {
        let now = self.replay.sitting.run().now();
        if to < now {
            let (to, now) = (super::telling::seconds(to.0), super::telling::seconds(now.0));
            let message = format!("time never goes back: it is {now}s, the line says {to}s");
            return Err(ReplayError { line, message });
        }
        if to.0 > INSTANT_US_MAX {
            return Err(ReplayError { line, message: "a world lasts 30 days at most; run for less".to_owned() });
        }
        while self.replay.sitting.run().now() < to || self.is_due(to) {
            self.check_bounds(line)?;
            let done = self.replay.sitting.run().events();
            let budget = events.map_or(CHUNK, |events| events.saturating_sub(done).min(CHUNK));
            if budget == 0 {
                self.replay.sitting.rest_until(to);
                break;
            }
            let advanced = self.replay.sitting.advance(to, budget);
            self.tell();
            match advanced {
                Ok(Advance::Reached) => break,
                Ok(Advance::OutOfBudget) => {}
                Err(error) => return Err(ReplayError { line, message: error.to_string() }),
            }
        }
        Ok(())
    }

    fn check_bounds(&self, line: u32) -> Result<(), ReplayError> {
        let Bounds { events, lines } = self.bounds;
        let refuse = |message| Err(ReplayError { line, message });
        if self.replay.sitting.run().events() >= events {
            return refuse(format!("a replay has {events} events at most; run for less or lower the load"));
        }
        if self.replay.story.len() > lines {
            return refuse(format!("a story has {lines} lines at most; run for less or tell no messages"));
        }
        Ok(())
    }

    fn is_due(&mut self, to: Instant) -> bool {
        self.replay.sitting.next_event().is_some_and(|due| due <= to)
    }

    /// Runs event by event until the condition is met; that it is, and when, is
    /// told; that it is not in time is an unmet expectation.
    fn run_until(&mut self, condition: &Condition, within_us: u64, text: &str, line: u32) -> Result<(), ReplayError> {
        let deadline = self.replay.sitting.run().now() + within_us;
        let (is_claim, is_final) = match condition {
            Condition::Claim { verdict, .. } => (true, *verdict == Verdict::Holds),
            _ => (false, false),
        };
        loop {
            let evaluation = evaluate(condition, &self.replay.sitting);
            if evaluation.met == Some(true) {
                self.judged(text, evaluation.met, &evaluation.found);
                return Ok(());
            }
            // What is violated stays so; waiting longer shows nothing new.
            if is_final && evaluation.met == Some(false) {
                self.judged(text, evaluation.met, &evaluation.found);
                return Ok(());
            }
            let next_look = self.replay.sitting.run().now() + CLAIM_EVERY_US;
            if is_claim && next_look < deadline {
                self.run_to(next_look, None, line)?;
                continue;
            }
            if !self.is_due(deadline) {
                self.run_to(deadline, None, line)?;
                let evaluation = evaluate(condition, &self.replay.sitting);
                self.judged(text, evaluation.met, &evaluation.found);
                return Ok(());
            }
            self.check_bounds(line)?;
            let step = self.replay.sitting.step();
            self.tell();
            step.map_err(|error| ReplayError { line, message: error.to_string() })?;
        }
    }

    fn expect(&mut self, condition: &Condition, text: &str) {
        let evaluation = evaluate(condition, &self.replay.sitting);
        self.judged(text, evaluation.met, &evaluation.found);
    }

    fn judged(&mut self, text: &str, met: Option<bool>, found: &str) {
        self.replay.unmet += usize::from(met == Some(false));
        self.replay.undecided += usize::from(met.is_none());
        let what = Telling::Expectation { text: text.into(), met, found: found.into() };
        let at = self.replay.sitting.run().now();
        self.replay.story.push(StoryLine { at, what, entry: crate::base::EntryId::NONE });
    }

    /// Takes over what the log has to tell since the last time.
    fn tell(&mut self) {
        let log = self.replay.sitting.log();
        let fresh = log.story.since(self.told).cloned();
        if self.detail == StoryDetail::Operations {
            self.replay.story.extend(fresh);
        } else {
            let messages = log.trace.since(self.traced).filter_map(|entry: &TraceEntry| story::message(entry));
            let start = self.replay.story.len();
            self.replay.story.extend(messages);
            self.replay.story.extend(fresh);
            self.replay.story[start..].sort_by_key(|line| line.at);
        }
        self.told = log.story.len();
        self.traced = log.trace.len();
    }
}

/// How often a claim that is waited for is judged, in microseconds of true time: judging may mean reading the whole
/// record.
const CLAIM_EVERY_US: u64 = 100_000;
/// Events between two looks at the bounds and the log: less than the log keeps.
const CHUNK: u64 = 4_096;
