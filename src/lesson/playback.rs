//! Playing lines on a sitting, a few events at a time: a frame or a thread can drive it, with equal results.

use crate::base::Instant;
use crate::base::limits::INSTANT_US_MAX;
use crate::cluster::WorldCommand;
use crate::lab::evaluate::evaluate;
use crate::lab::language::statement::{Condition, Line, Statement, When};
use crate::lab::sitting::{Advance, Sitting};
use crate::sim::Stretch;

/// Events of one playback: two seconds of work, and a hundred times what a lesson needs.
pub const PLAYBACK_EVENTS_MAX: u64 = 4_000_000;
/// How often a claim that is waited for is judged, in microseconds.
const CLAIM_EVERY_US: u64 = 100_000;

/// Why lines could not be played on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PlaybackError {
    /// The line in the lesson's file, or 1 at the prompt.
    pub line: u32,
    /// What went wrong and what to do.
    pub message: String,
}

/// Lines on their way into a sitting.
#[derive(Clone, Debug)]
pub struct Playback {
    lines: Vec<Line>,
    next: usize,
    leg: Leg,
    spent: u64,
    stretch: Stretch,
}

/// What a line still has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leg {
    /// All of it.
    When,
    /// To let time pass to here, then its statement.
    To(Instant),
    /// Its statement.
    Statement,
    /// To let time pass to here, and no more.
    Rest(Instant),
    /// To wait for its condition until here, and to look again here.
    Until(Instant, Instant),
}

impl Playback {
    /// Nothing of these lines is done yet.
    pub fn new(lines: Vec<Line>) -> Self {
        Self { lines, next: 0, leg: Leg::When, spent: 0, stretch: Stretch::None }
    }

    /// With this seed instead of the lines' own.
    #[must_use]
    pub fn seeded(mut self, seed: u64) -> Self {
        self.lines.retain(|line| !matches!(line.statement, Some(Statement::World(WorldCommand::Seed(_)))));
        let statement = Some(Statement::World(WorldCommand::Seed(seed)));
        self.lines.insert(0, Line { number: 1, when: None, statement, source: format!("seed {seed}") });
        self
    }

    /// With all delays stretched once setup is over.
    #[must_use]
    pub fn stretched(mut self, stretch: Stretch) -> Self {
        self.stretch = stretch;
        self
    }

    /// Plays to the end.
    ///
    /// # Errors
    /// If a command cannot take effect or a bound is reached.
    pub fn play(mut self, sitting: &mut Sitting) -> Result<(), PlaybackError> {
        while !self.step(sitting, u64::MAX)? {}
        Ok(())
    }

    /// Plays on for about so many events. Says whether it is done.
    ///
    /// # Errors
    /// If a command cannot take effect or a bound is reached.
    pub fn step(&mut self, sitting: &mut Sitting, events: u64) -> Result<bool, PlaybackError> {
        let from = sitting.run().events();
        let mut budget = events.min(PLAYBACK_EVENTS_MAX.saturating_sub(self.spent).max(1));
        while let Some(line) = self.lines.get(self.next) {
            let (line, number) = (line.clone(), line.number);
            let refuse = |message: String| PlaybackError { line: number, message };
            let done = sitting.run().events() - from;
            if done >= budget {
                self.spent += done;
                if self.spent >= PLAYBACK_EVENTS_MAX {
                    return Err(refuse(format!("this takes more than {PLAYBACK_EVENTS_MAX} events; run for less")));
                }
                return Ok(false);
            }
            // A leg that moves nothing is free, and there are few of them.
            budget = budget.max(done + 1);
            self.leg(&line, sitting, budget - done).map_err(refuse)?;
        }
        self.spent += sitting.run().events() - from;
        Ok(true)
    }

    /// One leg of a line, with at most so many events.
    fn leg(&mut self, line: &Line, sitting: &mut Sitting, budget: u64) -> Result<(), String> {
        let now = sitting.run().now();
        match self.leg {
            Leg::When => {
                self.leg = match line.when {
                    Some(When::At { instant, .. }) if instant < now => return Err(goes_back(now, instant)),
                    Some(When::At { instant, .. }) => Leg::To(instant),
                    Some(When::After { us }) => Leg::To(now + us),
                    None => Leg::Statement,
                };
            }
            Leg::To(to) if reaches(sitting, to, budget)? => self.leg = Leg::Statement,
            Leg::Rest(to) if reaches(sitting, to, budget)? => self.finish(),
            Leg::To(_) | Leg::Rest(_) => {}
            Leg::Statement => self.statement(line, sitting, now)?,
            Leg::Until(deadline, look) => self.until(line, sitting, (deadline, look), budget)?,
        }
        Ok(())
    }

    fn finish(&mut self) {
        self.next += 1;
        self.leg = Leg::When;
    }

    fn statement(&mut self, line: &Line, sitting: &mut Sitting, now: Instant) -> Result<(), String> {
        match &line.statement {
            Some(Statement::World(command)) => self.act(command, &line.source, sitting)?,
            Some(Statement::Run { us }) => {
                self.leg = Leg::Rest(now + *us);
                return Ok(());
            }
            Some(Statement::RunUntil { within_us, .. }) => {
                self.leg = Leg::Until(now + *within_us, now);
                return Ok(());
            }
            Some(Statement::Mark(name)) => sitting.mark(name),
            Some(Statement::Expect(_) | Statement::Story(_)) | None => {}
        }
        self.finish();
        Ok(())
    }

    fn act(&mut self, command: &WorldCommand, text: &str, sitting: &mut Sitting) -> Result<(), String> {
        if !command.is_setup() && self.stretch != Stretch::None {
            sitting.stretch_delays(std::mem::take(&mut self.stretch));
        }
        sitting.act(command, text).map_err(|error| error.to_string())
    }

    fn until(
        &mut self,
        line: &Line,
        sitting: &mut Sitting,
        (deadline, look): (Instant, Instant),
        budget: u64,
    ) -> Result<(), String> {
        let Some(Statement::RunUntil { condition, .. }) = &line.statement else {
            self.finish();
            return Ok(());
        };
        let now = sitting.run().now();
        let is_claim = matches!(condition, Condition::Claim { .. });
        if is_claim && now < look {
            reaches(sitting, look, budget)?;
            return Ok(());
        }
        if evaluate(condition, sitting).met == Some(true) {
            self.finish();
        } else if is_claim && now < deadline {
            self.leg = Leg::Until(deadline, (now + CLAIM_EVERY_US).min(deadline));
        } else if !is_claim && sitting.next_event().is_some_and(|due| due <= deadline) {
            sitting.step().map_err(|error| error.to_string())?;
        } else {
            self.leg = Leg::Rest(deadline);
        }
        Ok(())
    }
}

fn goes_back(now: Instant, to: Instant) -> String {
    let text = |at: Instant| crate::lab::language::time_text(at.0);
    format!(
        "time never goes back by itself: it is {}, the line says {}; `go {}` goes back",
        text(now),
        text(to),
        text(to)
    )
}

/// Moves on to an instant, and says whether it is reached.
fn reaches(sitting: &mut Sitting, to: Instant, budget: u64) -> Result<bool, String> {
    if to.0 > INSTANT_US_MAX {
        return Err("a world lasts 30 days at most; run for less".to_owned());
    }
    let advanced = sitting.advance(to, budget).map_err(|error| error.to_string())?;
    Ok(advanced == Advance::Reached)
}
