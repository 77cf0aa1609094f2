//! What a learner can do, and how it is typed at a prompt.

use super::super::script::travel;
use super::{LessonSession, Step};

/// An input to a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The next step, or the next thing to do in this one.
    Next,
    /// Locks an option, by its number from 1.
    Choose(usize),
    /// What the learner writes down.
    Answer(String),
    /// A line of the language, or `go TIME`, `undo`, `again`.
    Line(String),
    /// The caller let time pass or acted on the sitting by itself.
    Ran,
    /// The caller did the thing to do with this number, from 0, by itself.
    Did(usize),
    /// So many microseconds of the learner's own time have passed.
    Elapsed(u64),
    /// Asks for the next hint.
    Hint,
    /// Asks to see how the goals stand.
    Goals,
    /// Asks what the phones of the clients said.
    Phones,
    /// Asks where one is.
    Where,
    /// Asks for the solution.
    Solution,
    /// Asks for the fix to be graded.
    Grade,
    /// Goes on trying or grading the fix for about so many events.
    WorkOn(u64),
    /// Stops grading.
    Cancel,
    /// Opens the run in which a goal was not met.
    Witness,
    /// Goes straight to the fix.
    TestOut,
    /// Goes to a step, by its number from 1.
    Jump(usize),
    /// Asks to begin the lesson again.
    Reset,
    /// Says yes.
    Confirm,
    /// Says no.
    Decline,
    /// Leaves the lesson out.
    Skip,
    /// Leaves the lesson and keeps the cluster as it stands.
    Sandbox,
}

/// The words for the prompt, each with what it does.
pub const WORDS: [(&str, &str); 15] = [
    ("Enter", "go on, or do the next thing to do"),
    ("a number", "choose an option; it is locked"),
    ("where", "read this step again, and what can be done here"),
    ("hint", "a hint: after an attempt (a command that counts towards the fix), or after 45 seconds"),
    ("goals", "how the goals stand with your commands"),
    ("phones", "what the screen of each client said, and which of it were lies"),
    ("grade", "try your fix in many runs, each with other random delays and other customers"),
    ("witness", "open a run in which a goal was not met, and look around in it"),
    ("solution", "the solution; asked first: `yes` or `no`"),
    ("go TIME, undo, again", "go to an instant; take back a command; begin the world again"),
    ("jump N", "go to step N"),
    ("test out", "go straight to the fix"),
    ("skip", "leave this lesson out"),
    ("sandbox", "leave the lesson, keep the cluster as it stands"),
    ("reset", "begin this lesson again; asked first"),
];

/// Whether this is a line to look again with, where an answer is asked for.
fn is_look(text: &str) -> bool {
    travel(text).is_some() || matches!(text.split_once(' '), Some(("run" | "expect", _)))
}

impl Input {
    /// Reads what was typed at a prompt. What is no word of the course is an answer where one is asked for, else a
    /// line of the language.
    pub fn read(text: &str, session: &LessonSession) -> Self {
        let text = text.trim();
        let is_asked = session.step == Step::Record && session.answer.is_none();
        match text {
            "" | "next" => Self::Next,
            "where" => Self::Where,
            "hint" => Self::Hint,
            "goals" => Self::Goals,
            "phones" => Self::Phones,
            "grade" => Self::Grade,
            "witness" => Self::Witness,
            "solution" => Self::Solution,
            "test out" => Self::TestOut,
            "skip" => Self::Skip,
            "sandbox" => Self::Sandbox,
            "reset" => Self::Reset,
            "yes" if session.pending.is_some() => Self::Confirm,
            "no" if session.pending.is_some() => Self::Decline,
            _ => match (text.strip_prefix("jump ").map(str::trim).and_then(|number| number.parse().ok()), text.parse())
            {
                (Some(number), _) => Self::Jump(number),
                (None, Ok(number)) if !is_asked => Self::Choose(number),
                _ if is_asked && !is_look(text) => Self::Answer(text.to_owned()),
                _ => Self::Line(text.to_owned()),
            },
        }
    }
}
