//! How the goals of a fix stand, in words: the same on the screen, at a prompt and in a verdict.

use super::super::grade::{Found, GoalState, SeedResult};
use super::super::model::Goal;
use super::{LessonSession, Step, Trial};

/// Columns of a judge's reason, at most: all of it is told in the run that fails.
const REASON_COLUMNS: usize = 64;

/// A goal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalLine {
    /// In words.
    pub text: String,
    /// How it stands in the run that was tried.
    pub state: GoalState,
    /// What was measured, or what is in the way, in a few words; empty if there is nothing to say.
    pub now: String,
}

impl GoalState {
    /// A word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Untried => "not tried yet",
            Self::Met => "met",
            Self::NotYet => "not yet",
            Self::Broken => "broken",
        }
    }
}

impl GoalLine {
    fn of(goal: &Goal, found: Option<&Found>) -> Self {
        let text = goal.text.clone();
        let Some(Found { state, now }) = found else {
            return Self { text, state: GoalState::Untried, now: String::new() };
        };
        let now = match state {
            _ if now.is_empty() => String::new(),
            GoalState::Broken => short_reason(now),
            _ => format!("now: {}", short_reason(now)),
        };
        Self { text, state: *state, now }
    }

    /// Whether it is met.
    pub fn is_met(&self) -> bool {
        self.state == GoalState::Met
    }

    /// All of it in one line: "every stock read is fresh — now: 135ms stale, not yet".
    pub fn line(&self) -> String {
        let Self { text, state, now } = self;
        match state {
            GoalState::Met if now.is_empty() => text.clone(),
            GoalState::Met => format!("{text} — {now}"),
            GoalState::Broken if !now.is_empty() => format!("{text} — {}: {now}", state.word()),
            GoalState::NotYet if !now.is_empty() => format!("{text} — {now}, {}", state.word()),
            _ => format!("{text} — {}", state.word()),
        }
    }
}

/// A reason, cut behind a clause, or else behind a word.
fn short_reason(reason: &str) -> String {
    if reason.chars().count() <= REASON_COLUMNS {
        return reason.to_owned();
    }
    let mut short = String::new();
    for word in reason.split_whitespace() {
        if short.chars().count() + 1 + word.chars().count() > REASON_COLUMNS {
            break;
        }
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
    }
    let clause = short.rfind([',', ';']).filter(|end| end * 2 > REASON_COLUMNS);
    format!("{} …", &short[..clause.unwrap_or(short.len())])
}

impl LessonSession {
    /// The goals, as they stand in the run that was tried.
    pub(super) fn goal_lines(&self) -> Vec<GoalLine> {
        self.goals_of(self.tried())
    }

    fn goals_of(&self, result: Option<&SeedResult>) -> Vec<GoalLine> {
        let found = |index: usize| result.and_then(|result| result.goals.get(index));
        self.lesson.mend.goals.iter().enumerate().map(|(index, goal)| GoalLine::of(goal, found(index))).collect()
    }

    /// One goal, by number from 0, as it came out in a run.
    pub(super) fn goal_in_words(&self, index: usize, found: &Found) -> String {
        GoalLine::of(&self.lesson.mend.goals[index], Some(found)).line()
    }

    /// The goals that are open in a run.
    fn open_goals(&self, result: &SeedResult) -> Vec<GoalLine> {
        self.goals_of(Some(result)).into_iter().filter(|goal| !goal.is_met()).collect()
    }

    /// What the goals that are open in a run ask for.
    pub(super) fn open_texts(&self, result: &SeedResult) -> String {
        self.open_goals(result).into_iter().map(|goal| goal.text).collect::<Vec<_>>().join("; ")
    }

    /// Why what was tried is not graded, and how to go on.
    pub(super) fn unmet_words(&self) -> String {
        let Some(Trial { result: Some(result), fix, .. }) = &self.trial else {
            return "nothing was tried yet".to_owned();
        };
        let result = match result {
            Ok(result) => result,
            Err(words) => return words.clone(),
        };
        let open = self.open_goals(result).iter().map(GoalLine::line).collect::<Vec<_>>().join("; ");
        let open = if open.is_empty() { self.nothing_happened() } else { format!("goals still open: {open}") };
        let why = if fix.is_empty() {
            format!("nothing that counts is changed yet (what counts: {})", self.lesson.head.allows.join(", "))
        } else {
            "the first run fails already, so no more are tried".to_owned()
        };
        let hint = self.hint_words();
        format!(
            "{why}; {open}; to go on: {hint}`{{:}}witness` opens the run that fails; `{{:}}jump {}` leaves the fix open",
            self.number_of(Step::Fix).unwrap_or_default() + 1
        )
    }

    /// How to come by the next hint, if there is one.
    fn hint_words(&self) -> String {
        if self.hints >= self.lesson.mend.hints.len() {
            return "`{:}solution` shows how it is done; ".to_owned();
        }
        match self.seconds_to_hint() {
            0 => "{hint} gives a hint; ".to_owned(),
            left => format!("{{hint}} gives a hint after an attempt, or in {left} s; "),
        }
    }

    /// Goals that are met because nothing happened are not met.
    pub(super) fn nothing_happened(&self) -> String {
        let name = self.lesson.head.operation.name();
        format!("no {name} was done, and where nothing happens nothing can go wrong: that does not count")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(state: GoalState, now: &str) -> String {
        GoalLine { text: "no read is stale".to_owned(), state, now: now.to_owned() }.line()
    }

    #[test]
    fn a_line_says_what_is_wanted_what_is_and_how_that_stands() {
        assert_eq!(line(GoalState::NotYet, "now: 135ms"), "no read is stale — now: 135ms, not yet");
        assert_eq!(line(GoalState::Met, "now: 0ms"), "no read is stale — now: 0ms");
        assert_eq!(line(GoalState::Met, ""), "no read is stale");
        assert_eq!(line(GoalState::Broken, "ana read v1"), "no read is stale — broken: ana read v1");
        assert_eq!(line(GoalState::Untried, ""), "no read is stale — not tried yet");
    }

    #[test]
    fn a_reason_is_cut_at_a_word() {
        assert_eq!(short_reason("ana read v1"), "ana read v1");
        let long = short_reason(&"ana read v1, ".repeat(9));
        assert_eq!(long, "ana read v1, ana read v1, ana read v1, ana read v1, ana read v1 …");
        let one = short_reason(&"ana read v1 and ".repeat(9));
        assert_eq!(one, "ana read v1 and ana read v1 and ana read v1 and ana read v1 and …");
    }
}
