//! What a lesson is once it is read: every command parsed, every condition checked, every piece with its place in the
//! file.

use crate::base::OpType;
use crate::lab::language::declared::Declared;
use crate::lab::language::measure::Measure;
use crate::lab::language::print::command_text;
use crate::lab::language::statement::{Condition, Line, Statement, When};

use super::source::Source;

/// A lesson.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// Its file, for errors.
    pub source: Source,
    /// What it is called and how long it takes.
    pub head: Head,
    /// Questions about earlier parts, before the hook.
    pub recall: Vec<Question>,
    /// Someone is harmed.
    pub hook: Prose,
    /// What to do already there, in a world that moves from the first moment on.
    pub opening: Tasks,
    /// Who is where.
    pub scene: Scene,
    /// What will happen?
    pub predict: Question,
    /// The learner's own hands.
    pub tasks: Tasks,
    /// What happened?
    pub record: Record,
    /// Why.
    pub explain: Prose,
    /// The repair.
    pub mend: Mend,
    /// The same idea in another service.
    pub transfer: Question,
    /// What lies beyond.
    pub further: Prose,
    /// What a player types to play it to its end.
    pub keys: Vec<String>,
}

/// The head of a lesson.
#[derive(Clone, Debug)]
pub struct Head {
    /// The key in the progress file; it never changes.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its part, from 0.
    pub part: u8,
    /// How long it takes.
    pub minutes: u16,
    /// Whether it belongs to the core.
    pub status: Status,
    /// The ids of lessons that come first, each with its place.
    pub needs: Vec<(usize, String)>,
    /// One sentence that can be tested.
    pub idea: String,
    /// The numbers of the misconceptions that it breaks.
    pub misconceptions: Vec<u8>,
    /// What it is about: under the fix at least 100 of these have to complete.
    pub operation: OpType,
    /// How many seeds a fix is graded over.
    pub seeds: u32,
    /// Commands that count as a fix.
    pub allows: Vec<String>,
    /// Commands that are refused while fixing.
    pub forbids: Vec<String>,
    /// Where its facts come from.
    pub sources: Vec<String>,
}

/// Whether a lesson belongs to the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It does.
    Core,
    /// It does not.
    Optional,
}

/// Paragraphs.
#[derive(Clone, Debug, Default)]
pub struct Prose {
    /// Where they begin.
    pub at: usize,
    /// The paragraphs.
    pub paragraphs: Vec<String>,
}

/// The world of a lesson.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// Who is where.
    pub prose: Prose,
    /// How it is set up.
    pub lines: Vec<Line>,
    /// What the names in it mean.
    pub declared: Declared,
}

/// A question that the world answers.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Where it begins.
    pub at: usize,
    /// The stem.
    pub stem: Prose,
    /// What is done in a fork to decide it.
    pub lines: Vec<Line>,
    /// The options.
    pub options: Vec<Choice>,
}

/// An option of a question.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Where it begins.
    pub at: usize,
    /// What it says.
    pub text: String,
    /// When it is right.
    pub truth: Truth,
    /// The belief that it reveals.
    pub belief: String,
    /// What whoever chose it is told.
    pub reply: String,
}

/// When an option is right.
#[derive(Clone, Debug, PartialEq)]
pub enum Truth {
    /// If this is so at the end.
    So(Condition),
    /// If chance decides: under other seeds another option is right.
    Varies,
}

/// What to do by hand.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    /// What leads in.
    pub prose: Prose,
    /// One after another.
    pub tasks: Vec<Task>,
}

/// One thing to do.
#[derive(Clone, Debug)]
pub struct Task {
    /// Where it begins.
    pub at: usize,
    /// What to do, in words.
    pub say: String,
    /// What to type.
    pub line: Typed,
    /// When it is done, however it was done; else once its line was.
    pub done: Option<Condition>,
}

/// A line for the prompt: of the language, or a move through time.
#[derive(Clone, Debug, PartialEq)]
pub struct Typed {
    /// As it is typed.
    pub text: String,
    /// What it does.
    pub what: Move,
}

impl Typed {
    /// The instant at which it is to be done, if it names one.
    pub fn instant(&self) -> Option<crate::base::Instant> {
        match &self.what {
            Move::Line(line) => match line.when {
                Some(When::At { instant, .. }) => Some(instant),
                _ => None,
            },
            _ => None,
        }
    }
}

/// What a line at the prompt does to the world.
#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    /// A line of the language.
    Line(Box<Line>),
    /// Goes to an instant, back or forward.
    Go(crate::base::Instant),
    /// Takes back the last command.
    Undo,
    /// Begins the step again.
    Again,
}

/// What the learner writes down before reading why.
#[derive(Clone, Debug)]
pub struct Record {
    /// Where it begins.
    pub at: usize,
    /// What is asked.
    pub ask: Prose,
    /// What is right.
    pub measure: Measure,
}

/// The repair.
#[derive(Clone, Debug)]
pub struct Mend {
    /// Where it begins.
    pub at: usize,
    /// What is wanted, in words.
    pub goal: Prose,
    /// The world up to where the learner steps in.
    pub before: Vec<Line>,
    /// What happens after, by what is drawn for a seed: one script or more.
    pub afters: Vec<Vec<Line>>,
    /// What the names in `before` mean.
    pub declared: Declared,
    /// Commands that bind what is too weak, before the learner's.
    pub weak: Vec<Line>,
    /// What has to be so: the claim first, then the budgets.
    pub goals: Vec<Goal>,
    /// A nudge, where to look, nearly the command.
    pub hints: Vec<String>,
    /// What solves it.
    pub solution: Vec<Line>,
    /// What seems to, each failing one goal.
    pub near_misses: Vec<NearMiss>,
    /// Things that a learner tries on the way, which must not block the solution behind them.
    pub leftovers: Vec<Vec<Line>>,
    /// Other commands that solve it.
    pub alternatives: Vec<Vec<Line>>,
}

/// What has to be so at the end.
#[derive(Clone, Debug)]
pub struct Goal {
    /// Where it stands.
    pub at: usize,
    /// Its name; the claim's is `claim`.
    pub id: String,
    /// In words.
    pub text: String,
    /// As an expectation.
    pub condition: Condition,
    /// The expectation as it was typed.
    pub wanted: String,
}

/// A repair that seems right.
#[derive(Clone, Debug)]
pub struct NearMiss {
    /// Where it begins.
    pub at: usize,
    /// Its commands.
    pub lines: Vec<Line>,
    /// The goals that it fails: one, or more where they cannot be told apart.
    pub fails: Vec<String>,
    /// What to say to whoever tries it.
    pub reply: String,
}

impl Mend {
    /// What happens after under a seed, from 1.
    pub fn after(&self, seed: u64) -> &[Line] {
        let place = seed.saturating_sub(1) % self.afters.len().max(1) as u64;
        self.afters.get(place as usize).map_or(&[], Vec::as_slice)
    }

    /// Whether two fixes are the same commands.
    pub fn is_same(one: &[Line], other: &[Line]) -> bool {
        let texts = |lines: &[Line]| lines.iter().filter_map(canonical).collect::<Vec<_>>();
        texts(one) == texts(other)
    }
}

/// A world command of a line in the one way in which the language writes it.
pub fn canonical(line: &Line) -> Option<String> {
    match &line.statement {
        Some(Statement::World(command)) => Some(command_text(command)),
        _ => None,
    }
}

/// The name of the command of a line: its first word, or `operate`.
pub fn command_name(statement: &Statement) -> String {
    let text = match statement {
        Statement::World(crate::cluster::WorldCommand::Operate { .. }) => return "operate".to_owned(),
        Statement::World(command) => command_text(command),
        Statement::Run { .. } | Statement::RunUntil { .. } => "run".to_owned(),
        Statement::Mark(_) => "mark".to_owned(),
        Statement::Expect(_) => "expect".to_owned(),
        Statement::Story(_) => "story".to_owned(),
    };
    text.split_whitespace().next().unwrap_or_default().to_owned()
}
