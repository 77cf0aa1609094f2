//! The lines of the log, up and down from any of them: the story, filtered, and with messages the trace as well.
//!
//! Nothing is collected: a pane asks for as many lines as it has rows.

use crate::base::{Instant, MessageClass};
use crate::lab::log::Log;
use crate::lab::story::{self, StoryLine, Telling};

/// Which lines are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Filter {
    /// The whole story.
    #[default]
    All,
    /// Operations.
    Operations,
    /// Commands, faults among them.
    Commands,
    /// Broken claims, alerts, expectations that are not met.
    Broken,
    /// Repairs and tombstones.
    Repairs,
    /// Who leads a log, and what the log decides.
    Roles,
    /// The whole story with the messages, but for heartbeats: those would hide all else.
    Messages,
    /// The whole story with all messages.
    Heartbeats,
}

impl Filter {
    /// All of them with their names, in the order in which the arrows go through them.
    const ALL: [(Self, &'static str); 8] = [
        (Self::All, "all"),
        (Self::Operations, "operations"),
        (Self::Commands, "commands, faults"),
        (Self::Broken, "broken, alerts"),
        (Self::Repairs, "repairs, tombstones"),
        (Self::Roles, "roles, switches"),
        (Self::Messages, "with messages"),
        (Self::Heartbeats, "with heartbeats"),
    ];

    /// What the border says.
    pub(super) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(filter, _)| *filter == self).map_or("", |(_, name)| name)
    }

    /// The filter so many further on, round and round.
    pub(super) fn neighbour(self, by: usize) -> Self {
        let place = Self::ALL.iter().position(|(filter, _)| *filter == self).unwrap_or(0);
        Self::ALL[(place + by) % Self::ALL.len()].0
    }

    /// The one before.
    pub(super) fn before(self) -> Self {
        self.neighbour(Self::ALL.len() - 1)
    }

    fn has_messages(self) -> bool {
        matches!(self, Self::Messages | Self::Heartbeats)
    }

    fn shows(self, line: &StoryLine) -> bool {
        match (&line.what, self) {
            (_, Self::All | Self::Messages | Self::Heartbeats) | (Telling::Operation(_), Self::Operations) => true,
            (Telling::Command(_) | Telling::Told { .. }, Self::Commands) => true,
            (Telling::Violation { .. } | Telling::Alert { .. } | Telling::Resurrected { .. }, Self::Broken) => true,
            (Telling::Expectation { met, .. }, Self::Broken) => *met != Some(true),
            (Telling::Repair { .. } | Telling::Collected { .. } | Telling::Resurrected { .. }, Self::Repairs) => true,
            (Telling::Role { .. } | Telling::Switch { .. } | Telling::AbsorbedLate { .. }, Self::Roles) => true,
            _ => false,
        }
    }
}

/// Where a line comes from: its number in the story or in the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Story(u64),
    Trace(u64),
}

/// The lines that a filter shows.
#[derive(Clone, Copy)]
pub(super) struct Lines<'a> {
    log: &'a Log,
    filter: Filter,
}

/// Between two lines: the next entry of the trace and of the story.
#[derive(Clone, Copy)]
struct Gap {
    trace: u64,
    story: u64,
}

impl<'a> Lines<'a> {
    pub(super) fn new(log: &'a Log, filter: Filter) -> Self {
        Self { log, filter }
    }

    /// The line there, if it is there and shown.
    pub(super) fn get(self, place: Place) -> Option<StoryLine> {
        match place {
            Place::Story(number) => self.log.story.get(number).filter(|line| self.filter.shows(line)).cloned(),
            Place::Trace(number) => self.message(number),
        }
    }

    fn message(self, number: u64) -> Option<StoryLine> {
        if !self.filter.has_messages() {
            return None;
        }
        let line = story::message(self.log.trace.get(number)?)?;
        let is_heartbeat = matches!(&line.what, Telling::Message(message) if message.class == MessageClass::Heartbeat);
        (self.filter == Filter::Heartbeats || !is_heartbeat).then_some(line)
    }

    /// The line that is meant by a place which may have gone: itself, else the one above, else the newest.
    pub(super) fn current(self, place: Option<Place>) -> Option<(Place, StoryLine)> {
        let itself = place.and_then(|place| Some((place, self.get(place)?)));
        let exists = place.filter(|place| self.instant(*place).is_some());
        itself.or_else(|| self.above(exists).next()).or_else(|| self.above(None).next())
    }

    /// The lines above one, or from the newest on, going up.
    pub(super) fn above(self, place: Option<Place>) -> impl Iterator<Item = (Place, StoryLine)> + 'a {
        let mut gap = place
            .map_or(Gap { trace: self.log.trace.len(), story: self.log.story.len() }, |place| self.gap_above(place));
        std::iter::from_fn(move || {
            let trace = self.message_above(gap.trace);
            let story = (self.log.story.dropped()..gap.story).rev().find(|number| self.shows_story(*number));
            let at = |place: Place| self.instant(place).unwrap_or_default();
            // Of one instant, messages come first and what they led to after them.
            let place = match (trace.map(Place::Trace), story.map(Place::Story)) {
                (Some(trace), Some(story)) if at(trace) > at(story) => trace,
                (_, Some(story)) => story,
                (trace, None) => trace?,
            };
            match place {
                Place::Trace(number) => gap.trace = number,
                Place::Story(number) => gap.story = number,
            }
            Some((place, self.get(place)?))
        })
    }

    /// The lines below one, going down.
    pub(super) fn below(self, place: Place) -> impl Iterator<Item = (Place, StoryLine)> + 'a {
        let mut gap = self.gap_below(place);
        std::iter::from_fn(move || {
            let trace = self.message_below(gap.trace);
            let story = (gap.story..self.log.story.len()).find(|number| self.shows_story(*number));
            let at = |place: Place| self.instant(place).unwrap_or_default();
            let place = match (trace.map(Place::Trace), story.map(Place::Story)) {
                (Some(trace), Some(story)) if at(trace) <= at(story) => trace,
                (_, Some(story)) => story,
                (trace, None) => trace?,
            };
            match place {
                Place::Trace(number) => gap.trace = number + 1,
                Place::Story(number) => gap.story = number + 1,
            }
            Some((place, self.get(place)?))
        })
    }

    fn shows_story(self, number: u64) -> bool {
        self.log.story.get(number).is_some_and(|line| self.filter.shows(line))
    }

    fn message_above(self, from: u64) -> Option<u64> {
        if !self.filter.has_messages() {
            return None;
        }
        (self.log.trace.dropped()..from).rev().find(|number| self.message(*number).is_some())
    }

    fn message_below(self, from: u64) -> Option<u64> {
        if !self.filter.has_messages() {
            return None;
        }
        (from..self.log.trace.len()).find(|number| self.message(*number).is_some())
    }

    fn instant(self, place: Place) -> Option<Instant> {
        match place {
            Place::Story(number) => self.log.story.get(number).map(|line| line.at),
            Place::Trace(number) => self.log.trace.get(number).map(|entry| entry.at),
        }
    }

    fn gap_above(self, place: Place) -> Gap {
        let at = self.instant(place).unwrap_or_default();
        match place {
            Place::Story(story) => Gap { story, trace: self.log.trace.partition_point(|entry| entry.at <= at) },
            Place::Trace(trace) => Gap { trace, story: self.log.story.partition_point(|line| line.at < at) },
        }
    }

    fn gap_below(self, place: Place) -> Gap {
        match place {
            Place::Story(story) => Gap { story: story + 1, ..self.gap_above(place) },
            Place::Trace(trace) => Gap { trace: trace + 1, ..self.gap_above(place) },
        }
    }
}
