//! Going somewhere in time as fast as the machine can: what `run 3s`, `at 5s heal` and `run until …` ask for. Frames
//! take it on within their budget of events, so that keys still answer.

use std::time::Duration;

use crate::base::Instant;
use crate::lab::evaluate::evaluate;
use crate::lab::language::statement::{Condition, Statement};
use crate::lab::sitting::{Advance, Sitting};
use crate::sim::SimError;

/// Events that a frame may process: about eight milliseconds of a busy cluster.
pub(crate) const EVENTS_PER_FRAME: u64 = 20_000;
/// Conditions that a frame may judge: each can look at much of the run.
const LOOKS_PER_FRAME: u64 = 500;

/// How long a journey takes that is to be watched, in milliseconds of the person's time.
const WATCHED_MS: u64 = 1_500;
/// A journey longer than this, in microseconds of the world, shows nothing that could be followed.
const WATCHED_US_MAX: u64 = 5_000_000;
/// The most of a gap between two frames that counts.
const FRAME_MAX: Duration = Duration::from_millis(100);

/// A way through time.
#[derive(Clone, Debug)]
pub(crate) struct Journey {
    /// Where it ends at the latest.
    pub(crate) to: Instant,
    /// How many events are to be done there, if that was said.
    pub(crate) events: Option<u64>,
    /// What ends it before.
    pub(crate) until: Option<Condition>,
    /// What is to be done there, with its line.
    pub(crate) then: Option<(Statement, String)>,
    /// Where the world goes on to after that, if it does: what was done is seen to its end before the next thing comes.
    pub(crate) onward: Option<Instant>,
    /// Whether the world runs on afterwards.
    pub(crate) runs_on: bool,
    /// How many microseconds of the world pass in a second of the person's, if it is to be watched; and a rest.
    pub(crate) watched: Option<(u64, u64)>,
}

/// How far a journey got in one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leg {
    /// There is more to go.
    OnTheWay,
    /// The instant is reached.
    Arrived,
    /// What it waited for is so.
    Found,
}

impl Journey {
    /// A journey to an instant.
    pub(crate) fn to(to: Instant) -> Self {
        Self { to, events: None, until: None, then: None, onward: None, runs_on: false, watched: None }
    }

    /// Goes on for one frame, which lasted `elapsed`.
    pub(crate) fn go_on(&mut self, sitting: &mut Sitting, elapsed: Duration) -> Result<Leg, SimError> {
        let Some((per_second, rest)) = &mut self.watched else { return self.rush(sitting) };
        let due = u128::from(*per_second) * elapsed.min(FRAME_MAX).as_micros() + u128::from(*rest);
        *rest = (due % 1_000_000) as u64;
        let to = sitting.run().now() + (due / 1_000_000) as u64;
        if to >= self.to || self.events.is_some() {
            return self.rush(sitting);
        }
        let shorter = Self { to, watched: None, ..self.clone() };
        let leg = shorter.rush(sitting)?;
        Ok(if leg == Leg::Found { leg } else { Leg::OnTheWay })
    }

    /// Lets it take as long as a person needs to follow it, from `now`.
    pub(crate) fn watch(&mut self, now: Instant) {
        let us = self.to.since(now);
        if us > 0 && us <= WATCHED_US_MAX {
            self.watched = Some((us * 1_000 / WATCHED_MS, 0));
        }
    }

    /// Lets it be over as soon as the machine can.
    pub(crate) fn hurry(&mut self) {
        self.watched = None;
    }

    fn rush(&self, sitting: &mut Sitting) -> Result<Leg, SimError> {
        match &self.until {
            Some(condition) => self.look_for(condition, sitting),
            None => self.go(sitting),
        }
    }

    fn go(&self, sitting: &mut Sitting) -> Result<Leg, SimError> {
        let left = self.events.map_or(u64::MAX, |events| events.saturating_sub(sitting.run().events()));
        if left == 0 {
            sitting.rest_until(self.to);
            return Ok(Leg::Arrived);
        }
        let advance = sitting.advance(self.to, left.min(EVENTS_PER_FRAME))?;
        Ok(if advance == Advance::Reached { Leg::Arrived } else { Leg::OnTheWay })
    }

    fn look_for(&self, condition: &Condition, sitting: &mut Sitting) -> Result<Leg, SimError> {
        for _ in 0..LOOKS_PER_FRAME {
            if evaluate(condition, sitting).met == Some(true) {
                return Ok(Leg::Found);
            }
            if sitting.next_event().is_none_or(|due| due > self.to) {
                sitting.advance(self.to, EVENTS_PER_FRAME)?;
                let met = evaluate(condition, sitting).met == Some(true);
                return Ok(if met { Leg::Found } else { Leg::Arrived });
            }
            sitting.step()?;
        }
        Ok(Leg::OnTheWay)
    }
}
