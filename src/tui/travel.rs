//! Moving through time: frames, steps, seconds, speed, undo.

use std::time::Duration;

use crate::base::Instant;
use crate::base::limits::INSTANT_US_MAX;
use crate::base::time::SECOND;
use crate::lab::evaluate::evaluate;
use crate::lab::sitting::Advance;
use crate::lab::telling;
use crate::sim::SimError;

use super::journey::{EVENTS_PER_FRAME, Journey, Leg};
use super::model::{Model, Motion, Tone};
use super::pace::{Pace, speed_text};
use super::{command, course, legend};

/// How long a notice of something that was done stays while time runs; then the coach speaks again.
const NOTICE_STAYS: Duration = Duration::from_secs(4);

/// How often the screen changes by itself with reduced motion.
const REDUCED_EVERY: Duration = Duration::from_millis(250);

/// One frame: the world moves on by what has passed, or by what it can.
pub(crate) fn frame(model: &mut Model, elapsed: Duration) {
    model.frame_from = model.sitting.run().now();
    age_notice(model, elapsed);
    if model.journey.is_some() {
        model.redraw |= is_seen(model, elapsed);
        return go_on(model, elapsed);
    }
    if !model.pace.running {
        return;
    }
    let due_us = model.pace.world_us(elapsed);
    model.redraw |= is_seen(model, elapsed) && due_us > 0;
    if due_us == 0 {
        return;
    }
    let from = model.sitting.run().now();
    let to = Instant((from + due_us).0.min(INSTANT_US_MAX));
    match model.sitting.advance(to, EVENTS_PER_FRAME) {
        Ok(Advance::Reached) if to.0 == INSTANT_US_MAX => stop(model, "a world lasts 30 days at most; `<` goes back"),
        Ok(_) => {
            let done_us = model.sitting.run().now().since(from);
            model.pace.reached(done_us, due_us);
        }
        Err(error) => stop(model, &error.to_string()),
    }
}

/// Whether what a frame changes is seen at once: with reduced motion only four times a second.
fn is_seen(model: &mut Model, elapsed: Duration) -> bool {
    match model.motion {
        Motion::Full => true,
        Motion::Reduced => model.pace.is_due(elapsed, REDUCED_EVERY),
    }
}

fn age_notice(model: &mut Model, elapsed: Duration) {
    let Some(notice) = &mut model.notice else { return };
    notice.shown += elapsed;
    if notice.tone == Tone::Done && notice.shown > NOTICE_STAYS {
        model.notice = None;
        model.redraw = true;
    }
}

fn stop(model: &mut Model, why: &str) {
    model.pace.running = false;
    model.journey = None;
    model.say(Tone::Error, why);
}

fn go_on(model: &mut Model, elapsed: Duration) {
    let Some(mut journey) = model.journey.take() else { return };
    match journey.go_on(&mut model.sitting, elapsed) {
        Ok(Leg::OnTheWay) => model.journey = Some(journey),
        Ok(leg) => arrive(model, journey, leg),
        Err(error) => stop(model, &error.to_string()),
    }
}

fn arrive(model: &mut Model, journey: Journey, leg: Leg) {
    let now = instant_text(model.sitting.run().now());
    match (&journey.until, leg) {
        (Some(_), Leg::Found) => model.say(Tone::Met, format!("so it is, at {now}")),
        (Some(condition), _) => {
            let found = evaluate(condition, &model.sitting).found;
            model.say(Tone::Unmet, format!("not in time: {found}, at {now}"));
        }
        (None, _) if journey.runs_on => {}
        (None, _) => model.say(Tone::Done, format!("paused at {now}")),
    }
    model.pace.running = journey.runs_on;
    course::ran(model);
    if let Some((statement, source)) = journey.then
        && let Err(error) = command::perform(model, statement, &source)
    {
        model.say(Tone::Error, error);
        return;
    }
    if let Some(to) = journey.onward.filter(|to| *to > model.sitting.run().now() && model.journey.is_none()) {
        match set_out(model, Journey::to(to)) {
            Ok(()) => watch(model),
            Err(error) => model.say(Tone::Error, error),
        }
    }
}

/// Starts a journey. The world rests when it is over.
pub(crate) fn set_out(model: &mut Model, journey: Journey) -> Result<(), String> {
    if journey.to.0 > INSTANT_US_MAX {
        return Err("a world lasts 30 days at most; run for less".to_owned());
    }
    model.pace.running = false;
    model.journey = Some(journey);
    Ok(())
}

/// Lets a journey that has just begun be watched: short ones would be over before they are seen.
pub(crate) fn watch(model: &mut Model) {
    let now = model.sitting.run().now();
    if let Some(journey) = &mut model.journey {
        journey.watch(now);
    }
}

/// Lets the journey that has just begun go on to an instant after its end.
pub(crate) fn go_on_to(model: &mut Model, onward: Option<Instant>) {
    if let Some(journey) = &mut model.journey {
        journey.onward = onward.filter(|to| *to > journey.to && journey.then.is_some());
    }
}

/// Lets the world run on, now or after the journey that has just begun.
pub(crate) fn run_on(model: &mut Model, runs_on: bool) {
    match &mut model.journey {
        Some(journey) => journey.runs_on = runs_on && journey.onward.is_none(),
        None => model.pace.running = runs_on,
    }
}

/// Runs or pauses.
pub(crate) fn run_or_pause(model: &mut Model) {
    let moves = model.is_moving();
    model.journey = None;
    model.pace.running = !moves;
}

/// Pauses, for everything that is done by hand.
fn pause(model: &mut Model) {
    model.journey = None;
    model.pace.running = false;
}

/// One event on, and what it was.
pub(crate) fn step_on(model: &mut Model) {
    pause(model);
    let log = model.sitting.log();
    let (traced, told) = (log.trace.len(), log.story.len());
    let applied = model.sitting.applied();
    match model.sitting.step() {
        Ok(true) => {
            let again = model.sitting.commands()[applied..model.sitting.applied()].last();
            let text = match again {
                Some(command) => format!("again: {}", command.text),
                None => legend::what_happened(&model.sitting, traced, told),
            };
            model.say(Tone::Done, format!("{}  {text}", instant_text(model.sitting.run().now())));
        }
        Ok(false) => model.say(Tone::Done, "nothing is left to happen"),
        Err(error) => stop(model, &error.to_string()),
    }
}

/// One event back.
pub(crate) fn step_back(model: &mut Model) {
    pause(model);
    let result = model.sitting.step_back().and_then(|()| settle(model));
    came_back(model, result);
}

/// One second back.
pub(crate) fn second_back(model: &mut Model) {
    let running = model.pace.running;
    let to = model.sitting.run().now() - SECOND;
    go_to(model, to);
    // Who was watching wants to watch it again.
    model.pace.running = running;
}

/// One second on. It runs on if it ran.
pub(crate) fn second_on(model: &mut Model) {
    let runs_on = model.pace.running;
    let journey = Journey { runs_on, ..Journey::to(model.sitting.run().now() + SECOND) };
    if let Err(error) = set_out(model, journey) {
        model.say(Tone::Error, error);
    }
}

/// To an instant, back or on.
pub(crate) fn go_to(model: &mut Model, to: Instant) {
    if to > model.sitting.run().now() {
        let result = set_out(model, Journey::to(to));
        return result.unwrap_or_else(|error| model.say(Tone::Error, error));
    }
    pause(model);
    let result = model.sitting.go_to(to).and_then(|()| settle(model));
    came_back(model, result);
}

/// At the very start the setup stands, whatever else is taken back.
fn settle(model: &mut Model) -> Result<(), SimError> {
    if model.sitting.applied() < model.scene.setup {
        model.sitting.go_to(Instant::ZERO)?;
    }
    Ok(())
}

fn came_back(model: &mut Model, result: Result<(), SimError>) {
    match result {
        Ok(()) => {
            let now = instant_text(model.sitting.run().now());
            let ahead = model.sitting.commands().len() - model.sitting.applied();
            let text = match ahead {
                0 => format!("back at {now}"),
                1 => format!("back at {now}; 1 command lies ahead and will happen again"),
                ahead => format!("back at {now}; {ahead} commands lie ahead and will happen again"),
            };
            model.say(Tone::Done, text);
        }
        Err(error) => stop(model, &error.to_string()),
    }
}

/// Which way through time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Into the past.
    Back,
    /// Into what was already seen of the future.
    On,
}

/// To the next violation that was seen, one way or the other.
pub(crate) fn to_violation(model: &mut Model, way: Way) {
    let now = model.sitting.run().now();
    let (found, none) = match way {
        Way::Back => (model.seen.before(now), "no promise was broken before this instant"),
        Way::On => (model.seen.after(now), "no promise was broken after this instant, as far as it was played"),
    };
    let Some(at) = found else { return model.say(Tone::Done, none) };
    pause(model);
    let result = model.sitting.go_to(at).and_then(|()| settle(model));
    came_back(model, result);
    let broken = model.sitting.run().judges().violations().into_iter().find(|violation| violation.at == at);
    if let Some(broken) = broken {
        model.say(Tone::Unmet, format!("{} was broken at {}; v explains", broken.claim.name(), milli_text(at)));
    }
}

/// Another speed.
pub(crate) fn change_speed(model: &mut Model, change: fn(&mut Pace)) {
    change(&mut model.pace);
    model.say(Tone::Done, format!("speed {}", speed_text(model.pace.milli())));
}

/// Takes back the last command; the setup stays.
pub(crate) fn undo(model: &mut Model) {
    pause(model);
    if model.sitting.applied() <= model.scene.setup {
        return model.say(Tone::Done, "nothing to undo: the scene is as it was set up");
    }
    match model.sitting.undo() {
        Ok(Some(undone)) => {
            let now = instant_text(model.sitting.run().now());
            model.say(Tone::Done, format!("undone: {}   back at {now}", undone.text));
        }
        Ok(None) => {}
        Err(error) => stop(model, &error.to_string()),
    }
}

/// An instant to the tenth of a second, for lists and scales.
pub(crate) fn rounded_instant(at: Instant) -> String {
    match at.0 / 100_000 {
        tenths if tenths < 600 => format!("{}.{}s", tenths / 10, tenths % 10),
        tenths => format!("{}m{:02}s", tenths / 600, tenths / 10 % 60),
    }
}

/// An instant to the millisecond, rounded as the sentences of judges are: what lists and pictures show.
pub(crate) fn milli_text(at: Instant) -> String {
    let ms = (at.0 + 500) / 1_000;
    format!("{}.{:03}s", ms / 1_000, ms % 1_000)
}

/// An instant as people read it: milliseconds, and microseconds if there are any.
pub(crate) fn instant_text(at: Instant) -> String {
    let digits = telling::seconds(at.0);
    format!("{}s", digits.strip_suffix("000").unwrap_or(&digits))
}
