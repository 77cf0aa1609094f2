//! A lesson being played: an input in, a new state and things to show out. It knows no screen.
//!
//! ```text
//!   (recall) ─▶ hook ─▶ scene ─▶ predict ─▶ do ─▶ record ─▶ explain ─▶ fix ─▶ transfer ─▶ further ─▶ done
//!                                locked by      the learner's       graded over
//!                                a fork         own hands           many seeds
//! ```
//!
//! [`LessonSession::handle`] is all there is to do; [`LessonSession::page`] is all there is to draw. The sitting is
//! the caller's. One that acts on it by itself, as a screen does that lets time pass in frames, asks
//! [`LessonSession::refusal`] before, and says [`Input::Ran`] after, or [`Input::Did`] if it was the task of the page.
//! What takes long, the trial of a fix and its grading, goes on with [`Input::WorkOn`], a few events at a time.
//!
//! Files: `steps` goes from one to the next, `questions` locks predictions, `world` does lines of the language,
//! `mend` tries and grades fixes, `goals` says how its goals stand, `page` says what is to be seen, `input` reads what is typed at a prompt.

mod goals;
mod input;
mod mend;
mod page;
mod questions;
mod steps;
mod world;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::Instant;
use crate::lab::language::statement::Line;
use crate::lab::sitting::Sitting;

use super::grade::{Grade, SeedResult, SeedRun};
use super::hands::Hands;
use super::model::Lesson;
use super::progress::LessonProgress;

pub use goals::GoalLine;
pub use input::{Input, WORDS};
pub use page::{Action, Hints, OptionLine, Page, TaskLine};
pub use world::declared_of;

/// How long a hint waits for an attempt before it comes without, in microseconds.
pub const HINT_AFTER_US: u64 = 45_000_000;
/// Whoever does nothing for longer than this is away, in microseconds: it counts as no more.
const AWAY_US: u64 = 300_000_000;

/// A step of a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the picture above says what each is")]
pub enum Step {
    Recall,
    Hook,
    Scene,
    Predict,
    Do,
    Record,
    Explain,
    Fix,
    Transfer,
    Further,
    Done,
}

impl Step {
    /// All steps, in order.
    pub const ALL: [Self; 11] = [
        Self::Recall,
        Self::Hook,
        Self::Scene,
        Self::Predict,
        Self::Do,
        Self::Record,
        Self::Explain,
        Self::Fix,
        Self::Transfer,
        Self::Further,
        Self::Done,
    ];

    /// The word for it, in the progress file and in headings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Recall => "recall",
            Self::Hook => "hook",
            Self::Scene => "scene",
            Self::Predict => "predict",
            Self::Do => "do",
            Self::Record => "record",
            Self::Explain => "explain",
            Self::Fix => "fix",
            Self::Transfer => "transfer",
            Self::Further => "further",
            Self::Done => "done",
        }
    }

    /// The step with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }
}

/// Something to show after an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Show {
    /// The page is another one: show it whole.
    Page,
    /// The sitting is another world now: what was selected in it, or on its way, is gone.
    World,
    /// The goals stand otherwise: show them, or the page.
    Goals,
    /// A line of the story: what just happened in the world.
    Story(String),
    /// What was typed for the learner.
    Typed(String),
    /// The next thing to do, which the page shows as well.
    Task(String),
    /// A hint may be asked for now.
    HintReady,
    /// The hint that was asked for, which the page shows as well.
    Hint(String),
    /// Something to know.
    Notice(String),
    /// The input was not taken, and why.
    Refused(String),
    /// The lesson is over.
    Ended(Ending),
}

/// How a lesson ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It was played to its end.
    Finished,
    /// It was skipped.
    Skipped,
    /// The learner went on in the sandbox, with the cluster as it stands.
    Sandbox,
}

/// A locked answer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Locked {
    choice: usize,
    right: Vec<usize>,
}

/// What waits for a yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pending {
    Reset,
    Solution,
}

/// How much of the solution was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Help {
    /// Hints, if asked for.
    Offered,
    /// None: the learner is testing out.
    Refused,
    /// All of it.
    Shown,
}

/// Whose world the sitting is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// The step's.
    Lesson,
    /// A run in which a goal was not met.
    Witness,
    /// The learner's own, after the lesson.
    Sandbox,
}

/// How a grading ended, and of what.
#[derive(Clone, Debug)]
struct Graded {
    fix: Vec<Line>,
    is_passed: bool,
    words: String,
}

/// A fix under the first seed: what the learner sees of it at once.
#[derive(Debug)]
struct Trial {
    fix: Vec<Line>,
    /// What it came to, once it is over.
    result: Option<Result<SeedResult, String>>,
    run: Option<SeedRun>,
    /// Whether the learner tried it; else it is what stands at the beginning.
    is_attempt: bool,
}

/// A lesson being played.
#[derive(Debug)]
pub struct LessonSession {
    lesson: Arc<Lesson>,
    step: Step,
    recall_at: usize,
    locked: BTreeMap<(Step, usize), Locked>,
    /// For each step with things to do, which are done.
    done: BTreeMap<Step, Vec<bool>>,
    /// The learner's commands before this one are behind what is to be done next.
    task_from: usize,
    /// What the world showed in the run that was predicted.
    truth: Option<String>,
    answer: Option<String>,
    /// Where the learner's own commands begin, and when.
    base: (usize, Instant),
    trial: Option<Trial>,
    /// Whether the fix is to be graded as soon as it was tried.
    wants_grade: bool,
    grade: Option<Grade>,
    graded: Option<Graded>,
    last_witness: Option<super::grade::Witness>,
    hints: usize,
    /// Attempts since the last hint.
    attempts: u32,
    /// Time since the last hint, in microseconds.
    waited_us: u64,
    /// Time spent in this lesson that the progress does not hold yet, in microseconds.
    spent_us: u64,
    help: Help,
    place: Place,
    pending: Option<Pending>,
    progress: LessonProgress,
    /// Lines of the story that were shown.
    told: u64,
    hands: Hands,
}

impl LessonSession {
    /// A lesson before its first step; [`Self::begin`] opens it.
    pub fn new(lesson: Arc<Lesson>, progress: LessonProgress) -> Self {
        Self {
            lesson,
            step: Step::Hook,
            recall_at: 0,
            locked: BTreeMap::new(),
            done: BTreeMap::new(),
            task_from: 0,
            truth: None,
            answer: None,
            base: (0, Instant::ZERO),
            trial: None,
            wants_grade: false,
            grade: None,
            graded: None,
            last_witness: None,
            hints: 0,
            attempts: 0,
            waited_us: 0,
            spent_us: 0,
            help: if progress.shown { Help::Shown } else { Help::Offered },
            place: Place::Lesson,
            pending: None,
            progress,
            told: 0,
            hands: Hands::default(),
        }
    }

    /// The same for other hands than those at a prompt.
    #[must_use]
    pub fn with_hands(mut self, hands: Hands) -> Self {
        self.hands = hands;
        self
    }

    /// The lesson.
    pub fn lesson(&self) -> &Arc<Lesson> {
        &self.lesson
    }

    /// Where it is.
    pub fn step(&self) -> Step {
        self.step
    }

    /// How far the learner is, for the progress file.
    pub fn progress(&self) -> &LessonProgress {
        &self.progress
    }

    /// Where the learner's own commands begin: how many were there before, and when.
    pub fn base(&self) -> (usize, Instant) {
        self.base
    }

    /// Whether something waits for a yes.
    pub fn is_asking(&self) -> bool {
        self.pending.is_some()
    }

    /// The grading under way, for a pool of threads; a frame sends [`Input::WorkOn`] instead.
    pub fn grading(&mut self) -> Option<&mut Grade> {
        self.grade.as_mut()
    }

    /// Whether a fix is tried or graded: [`Input::WorkOn`] goes on with it.
    pub fn is_working(&self) -> bool {
        self.grade.is_some() || self.is_trying()
    }

    /// Goes on until nothing is tried or graded any more. Grading to the end is the caller's.
    pub fn work_off(&mut self, sitting: &mut Sitting, grade_to_its_end: &mut dyn FnMut(&mut Grade)) -> Vec<Show> {
        let mut shows = Vec::new();
        while self.is_working() {
            if let Some(grade) = &mut self.grade {
                grade_to_its_end(grade);
            }
            shows.extend(self.handle(Input::WorkOn(u64::MAX), sitting));
        }
        shows
    }

    /// Takes an input. What it changes in the world, it changes in `sitting`.
    pub fn handle(&mut self, input: Input, sitting: &mut Sitting) -> Vec<Show> {
        let mut shows = Vec::new();
        let pending =
            if matches!(input, Input::Elapsed(_) | Input::Ran | Input::WorkOn(_)) { None } else { self.pending.take() };
        match input {
            Input::Elapsed(us) => self.elapse(us, &mut shows),
            Input::Next => self.next(sitting, &mut shows),
            Input::Choose(number) => self.choose(number, sitting, &mut shows),
            Input::Answer(text) => self.answer(&text, sitting, &mut shows),
            Input::Line(text) => self.line(&text, sitting, &mut shows),
            Input::Ran => self.look(sitting),
            Input::Did(index) => self.did(index, sitting, &mut shows),
            Input::Hint => self.hint(&mut shows),
            Input::Goals if self.step == Step::Fix => shows.push(Show::Goals),
            Input::Goals => self.no_goals(&mut shows),
            Input::Phones => Self::phones(sitting, &mut shows),
            Input::Where => shows.push(Show::Page),
            Input::Solution => self.ask(Pending::Solution, &mut shows),
            Input::Reset => self.ask(Pending::Reset, &mut shows),
            Input::Confirm => self.confirm(pending, sitting, &mut shows),
            Input::Decline => {}
            Input::Grade => self.begin_grading(sitting, &mut shows),
            Input::WorkOn(events) => self.work_on(events, &mut shows),
            Input::Cancel => self.cancel(&mut shows),
            Input::Witness => self.witness(sitting, &mut shows),
            Input::TestOut => self.test_out(sitting, &mut shows),
            Input::Jump(number) => self.jump(number, sitting, &mut shows),
            Input::Skip => {
                self.progress.leave_out();
                shows.push(Show::Ended(Ending::Skipped));
            }
            Input::Sandbox => {
                if self.progress.standing.is_done() {
                    self.progress.step.clear();
                }
                self.place = Place::Sandbox;
                self.step = Step::Done;
                shows.push(Show::Ended(Ending::Sandbox));
            }
        }
        if pending.is_some() && shows.is_empty() {
            shows.push(Show::Notice("nothing was changed".to_owned()));
        }
        shows.into_iter().map(|show| self.worded(show)).collect()
    }

    /// In the words of these hands.
    fn worded(&self, show: Show) -> Show {
        match show {
            Show::Notice(text) => Show::Notice(self.hands.fill(&text)),
            Show::Refused(text) => Show::Refused(self.hands.fill(&text)),
            Show::Task(text) => Show::Task(self.hands.fill(&text)),
            Show::Hint(text) => Show::Hint(self.hands.fill(&text)),
            other => other,
        }
    }

    /// The learner's own time passes.
    fn elapse(&mut self, us: u64, shows: &mut Vec<Show>) {
        let was_ready = self.is_hint_ready();
        self.waited_us = self.waited_us.saturating_add(us);
        self.spent_us += us.min(AWAY_US);
        let has_hints = self.step == Step::Fix && self.hints < self.lesson.mend.hints.len() && !self.is_fixed();
        if has_hints && !was_ready && self.is_hint_ready() {
            shows.push(Show::HintReady);
        }
    }

    /// Whether the learner's own time is waited for: it brings a hint.
    pub fn is_waiting(&self) -> bool {
        self.step == Step::Fix && !self.is_fixed() && !self.is_hint_ready()
    }

    fn no_goals(&self, shows: &mut Vec<Show>) {
        let fix = self.number_of(Step::Fix).unwrap_or(1);
        let words = if self.step < Step::Fix {
            format!("there are no goals yet; they come at the fix, step {fix}")
        } else {
            format!("there are no goals at this step; `{{:}}jump {fix}` goes back to the fix, which has them")
        };
        shows.push(Show::Notice(words));
    }

    fn ask(&mut self, pending: Pending, shows: &mut Vec<Show>) {
        let question = match pending {
            Pending::Reset => {
                "begin this lesson again, and forget how far you are in it?{| `yes` does it, `no` leaves it}"
            }
            Pending::Solution if self.step != Step::Fix => {
                shows.push(Show::Refused("there is nothing to solve at this step".to_owned()));
                return;
            }
            Pending::Solution => {
                "show the solution? The lesson then counts as shown, not solved.{| `yes` shows it, `no` leaves it hidden}"
            }
        };
        self.pending = Some(pending);
        shows.push(Show::Notice(question.to_owned()));
    }

    fn confirm(&mut self, pending: Option<Pending>, sitting: &mut Sitting, shows: &mut Vec<Show>) {
        match pending {
            Some(Pending::Reset) => {
                let hands = std::mem::take(&mut self.hands);
                *self = Self::new(self.lesson.clone(), LessonProgress::default()).with_hands(hands);
                shows.extend(self.begin(sitting));
            }
            Some(Pending::Solution) => self.reveal(shows),
            None => shows.push(Show::Refused("there is nothing to say yes to".to_owned())),
        }
    }
}
