//! A line of the language, from the palette or from a list, and what comes of it.

use crate::lab::evaluate::evaluate;
use crate::lab::language::error::{ErrorKind, LanguageError};
use crate::lab::language::parse::parse_line;
use crate::lab::language::statement::{Condition, Line, Statement, When};

use super::journey::Journey;
use super::model::{Model, Tone};
use super::{act, course, screen, specs, travel};

/// Why a line could not be done, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LineError {
    /// The column in characters, from 1.
    pub(crate) column: usize,
    /// What is wrong and what to do.
    pub(crate) message: String,
}

impl From<LanguageError> for LineError {
    fn from(error: LanguageError) -> Self {
        let mut message = error.kind.to_string();
        if let Some(nearest) = &error.nearest {
            message = format!("{message}; did you mean {nearest}?");
        }
        if matches!(error.kind, ErrorKind::LateSetup(_)) {
            message =
                "the world is set up already; write a script that begins so, and play it: driftlab replay FILE".into();
        }
        Self { column: error.column as usize, message }
    }
}

/// Reads a line and does it.
pub(crate) fn submit(model: &mut Model, text: &str) -> Result<(), LineError> {
    let at_start = |message: String| LineError { column: 1, message };
    if let Some(command) = specs::parse(text)? {
        return screen::perform(model, command).map_err(at_start);
    }
    let line = parse_line(text, &mut model.declared())?;
    match line {
        None => Ok(()),
        Some(line) => perform_line(model, line).map_err(at_start),
    }
}

fn perform_line(model: &mut Model, line: Line) -> Result<(), String> {
    let then = line.statement.map(|statement| (statement, line.source));
    let now = model.sitting.run().now();
    let journey = match line.when {
        None => return then.map_or(Ok(()), |(statement, source)| perform(model, statement, &source)),
        Some(When::At { instant, events }) => Journey { events, then, ..Journey::to(instant) },
        Some(When::After { us }) => Journey { then, ..Journey::to(now + us) },
    };
    travel::set_out(model, journey)
}

/// Does what a statement says, at the cursor.
pub(crate) fn perform(model: &mut Model, statement: Statement, source: &str) -> Result<(), String> {
    let now = model.sitting.run().now();
    match statement {
        Statement::World(command) => act::act(model, &command)?,
        Statement::Run { us } => travel::set_out(model, Journey::to(now + us))?,
        Statement::RunUntil { condition, within_us } => {
            travel::set_out(model, Journey { until: Some(condition), ..Journey::to(now + within_us) })?;
        }
        Statement::Mark(name) => {
            model.sitting.mark(&name);
            model.say(Tone::Done, format!("mark {name} is set at {}", travel::instant_text(now)));
        }
        Statement::Expect(condition) => expect(model, &condition, source),
        Statement::Story(_) => return Err("`story` is for scripts: it shapes their golden output".to_owned()),
    }
    Ok(())
}

/// Says whether something is so. In a lesson that is a question like any other, and no is an answer, not an alarm.
fn expect(model: &mut Model, condition: &Condition, source: &str) {
    let evaluation = evaluate(condition, &model.sitting);
    let (met, found) = (evaluation.met, evaluation.found);
    let (tone, words) = match (met, model.course.session.is_some()) {
        (Some(true), _) => (Tone::Met, source.to_owned()),
        (Some(false), true) => (Tone::Done, format!("no, {found}: {source}")),
        (None, true) => (Tone::Done, format!("nobody can tell, {found}: {source}")),
        (Some(false), false) => (Tone::Unmet, format!("{source}: {found}")),
        (None, false) => (Tone::Unmet, format!("{source}: undecided, {found}")),
    };
    course::answered(model, tone, words);
}
