//! What is to be seen of a step: all that a coach pane needs, and all that plain mode prints.

use super::super::grade::GoalState;
use super::super::hands::Hands;
use super::super::model::Choice;
use super::super::progress::Standing;
use super::{GoalLine, LessonSession, Step};

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Which step.
    pub step: Step,
    /// Its number, from 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
    /// The lesson's title.
    pub title: String,
    /// What is to be read.
    pub paragraphs: Vec<String>,
    /// What the learner predicted, while the run is being looked at.
    pub prediction: Option<String>,
    /// The options of a question.
    pub options: Vec<OptionLine>,
    /// What is to be done next.
    pub task: Option<TaskLine>,
    /// The goals of the fix, with how they stand.
    pub goals: Vec<GoalLine>,
    /// The learner's commands that count as a fix now.
    pub fix: Vec<String>,
    /// The hints of the fix.
    pub hints: Hints,
    /// How far a grading is: seeds done, and all.
    pub grading: Option<(u64, u64)>,
    /// Whether a fix is being tried: how the goals stand is not known yet.
    pub is_trying: bool,
    /// Whether time is to run from the first moment on.
    pub is_live: bool,
    /// How the last grading ended.
    pub verdict: Option<(bool, String)>,
    /// What can be done here.
    pub actions: Vec<Action>,
}

/// An option of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionLine {
    /// Its number, from 1.
    pub number: usize,
    /// What it says.
    pub text: String,
    /// Whether it is locked.
    pub is_chosen: bool,
    /// Whether the world says so, once that may be known.
    pub is_right: Option<bool>,
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskLine {
    /// Its number, from 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
    /// In words.
    pub say: String,
    /// What to type.
    pub line: String,
}

/// Where the hints stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// Those that were given.
    pub given: Vec<String>,
    /// How many are left.
    pub left: usize,
    /// Whether the next one may be asked for now.
    pub is_ready: bool,
}

/// What can be done at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Enter: the next step.
    Next,
    /// Enter: do the next thing to do.
    DoTask,
    /// A number: choose.
    Choose,
    /// Write down an answer.
    Answer,
    /// Ask for a hint.
    Hint,
    /// Grade the fix.
    Grade,
    /// Open the witness.
    Witness,
    /// See the solution.
    Solution,
}

impl Action {
    /// What to type at a prompt, and what it does.
    pub fn text(self) -> &'static str {
        match self {
            Self::Next => "Enter goes on",
            Self::DoTask => "Enter types it for you",
            Self::Choose => "type a number; your answer is then locked",
            Self::Answer => "type your answer",
            Self::Hint => "`hint`: a hint",
            Self::Grade => "`grade`: try your fix in many runs",
            Self::Witness => "`witness`: open a run that broke a goal",
            Self::Solution => "`solution`: how it is done",
        }
    }
}

impl LessonSession {
    /// The number of this step, from 1.
    pub(super) fn number(&self) -> usize {
        self.number_of(self.step).unwrap_or_else(|| self.steps().len())
    }

    /// The number of a step of this lesson, from 1.
    pub fn number_of(&self, step: Step) -> Option<usize> {
        self.steps().iter().position(|own| *own == step).map(|place| place + 1)
    }

    /// What is to be seen now.
    pub fn page(&self) -> Page {
        self.unworded().worded(&self.hands)
    }

    fn unworded(&self) -> Page {
        Page {
            step: self.step,
            number: self.number(),
            of: self.steps().len(),
            title: self.lesson.head.title.clone(),
            paragraphs: self.paragraphs(),
            prediction: self.prediction(),
            options: self.options(),
            task: self.task(),
            goals: if self.step == Step::Fix { self.goal_lines() } else { Vec::new() },
            fix: if self.step == Step::Fix { self.fix_texts() } else { Vec::new() },
            hints: self.hint_lines(),
            grading: self.grade.as_ref().map(super::Grade::progress),
            is_trying: self.is_trying(),
            is_live: self.step == Step::Hook && self.task_count() > 0,
            verdict: self.graded.as_ref().map(|graded| (graded.is_passed, graded.words.clone())),
            actions: self.actions(),
        }
    }

    fn paragraphs(&self) -> Vec<String> {
        let lesson = &self.lesson;
        let prose = match self.step {
            Step::Recall | Step::Predict | Step::Transfer => {
                let mut read = self.question().map(|question| question.stem.paragraphs.clone()).unwrap_or_default();
                read.extend(if self.step == Step::Predict { Vec::new() } else { self.reply_here() });
                return read;
            }
            Step::Hook => &lesson.hook,
            Step::Scene => &lesson.scene.prose,
            Step::Do => &lesson.tasks.prose,
            Step::Record => &lesson.record.ask,
            Step::Explain => {
                let mut read = self.prediction_words();
                read.extend(lesson.explain.paragraphs.iter().cloned());
                return read;
            }
            Step::Fix => &lesson.mend.goal,
            Step::Further => {
                let mut read = lesson.further.paragraphs.clone();
                read.extend(lesson.head.sources.iter().map(|source| format!("Source: {source}")));
                return read;
            }
            Step::Done => return self.end_words(),
        };
        prose.paragraphs.clone()
    }

    /// How the lesson ended, what it was about, and how the learner did.
    fn end_words(&self) -> Vec<String> {
        let progress = &self.progress;
        let fix = self.number_of(Step::Fix).unwrap_or(1);
        let standing = match progress.standing {
            Standing::Solved => "Solved: your fix held in all runs.".to_owned(),
            Standing::TestedOut => "Tested out: you found the fix without the lesson.".to_owned(),
            Standing::Shown => "You came to the end; the solution was shown.".to_owned(),
            _ => format!(
                "You came to the end. The fix is still open: `{{:}}jump {fix}` goes there{{|, when you play it again}}."
            ),
        };
        let mut facts = Vec::new();
        let right = progress.predictions.values().filter(|is_right| **is_right).count();
        if !progress.predictions.is_empty() {
            facts.push(format!("{right} of {} predictions were right.", progress.predictions.len()));
        }
        if progress.seconds > 0 {
            facts.push(format!(
                "It took you {} (planned: {} min).",
                minutes_text(progress.seconds),
                self.lesson.head.minutes
            ));
        }
        let mut words = vec![standing, format!("To keep: {}", self.lesson.head.idea)];
        words.extend((!facts.is_empty()).then(|| facts.join(" ")));
        words
    }

    /// What was predicted, what the world did, and what that says.
    fn prediction_words(&self) -> Vec<String> {
        let options = &self.lesson.predict.options;
        let Some(locked) = self.predicted() else { return Vec::new() };
        let chosen = &options[locked.choice];
        let predicted = predicted(options, locked.choice);
        if locked.right.contains(&locked.choice) {
            return vec![format!("{predicted} So it is. {}", chosen.reply)];
        }
        let right: Vec<String> = locked.right.iter().map(|index| numbered(options, *index)).collect();
        let world = if right.is_empty() { "none of these".to_owned() } else { right.join("; ") };
        vec![
            format!("{predicted} The world says {world}."),
            format!("Behind your answer may be a belief: {}. {}", chosen.belief, chosen.reply),
        ]
    }

    /// What was predicted, while the learner looks whether it is so.
    fn prediction(&self) -> Option<String> {
        let locked = self.predicted().filter(|_| matches!(self.step, Step::Do | Step::Record))?;
        Some(predicted(&self.lesson.predict.options, locked.choice))
    }

    /// The reply to an answer that needs no run.
    pub(super) fn reply_here(&self) -> Vec<String> {
        let (Some(question), Some(locked)) = (self.question(), self.locked_here()) else { return Vec::new() };
        let right = locked.right.iter().map(|index| question.options[*index].text.as_str());
        let right = right.collect::<Vec<_>>().join("; ");
        let words = if locked.right.contains(&locked.choice) {
            "Right".to_owned()
        } else {
            format!("Not {}. The world says: {right}", locked.choice + 1)
        };
        vec![format!("{words}. {}", question.options[locked.choice].reply)]
    }

    fn options(&self) -> Vec<OptionLine> {
        let Some(question) = self.question() else { return Vec::new() };
        let locked = self.locked_here();
        // A prediction is told right or wrong only after the learner has looked.
        let known = locked.filter(|_| self.step != Step::Predict);
        let line = |(index, option): (usize, &Choice)| OptionLine {
            number: index + 1,
            text: option.text.clone(),
            is_chosen: locked.is_some_and(|locked| locked.choice == index),
            is_right: known.map(|locked| locked.right.contains(&index)),
        };
        question.options.iter().enumerate().map(line).collect()
    }

    fn task(&self) -> Option<TaskLine> {
        let (index, task) = self.next_task()?;
        let of = self.task_count();
        Some(TaskLine { number: index + 1, of, say: task.say.clone(), line: task.line.text.clone() })
    }

    fn hint_lines(&self) -> Hints {
        let all = &self.lesson.mend.hints;
        let given = self.hints.min(all.len());
        // They are about the fix and about nothing else.
        let shown = if self.step == Step::Fix { given } else { 0 };
        Hints { given: all[..shown].to_vec(), left: all.len() - given, is_ready: self.is_hint_ready() }
    }

    fn actions(&self) -> Vec<Action> {
        match self.step {
            Step::Recall | Step::Predict | Step::Transfer if !self.is_locked() => vec![Action::Choose],
            Step::Hook | Step::Do if self.next_task().is_some() => vec![Action::DoTask],
            Step::Record if self.answer.is_none() => vec![Action::Answer],
            Step::Fix if !self.is_fixed() => {
                let mut actions = vec![Action::Grade, Action::Hint, Action::Solution];
                actions.extend(self.has_witness().then_some(Action::Witness));
                actions
            }
            _ => vec![Action::Next],
        }
    }
}

impl Page {
    /// Whether the learner's hands are at work, and what they began is to be seen.
    pub fn is_doing(&self) -> bool {
        self.is_live || self.step == Step::Do
    }

    /// Whether a goal is known to be open: then the fix is not graded.
    pub fn has_open_goals(&self) -> bool {
        self.goals.iter().any(|goal| matches!(goal.state, GoalState::NotYet | GoalState::Broken))
    }

    /// In the words of these hands.
    fn worded(mut self, hands: &Hands) -> Self {
        let texts = self.paragraphs.iter_mut().chain(&mut self.hints.given);
        let texts = texts.chain(&mut self.prediction);
        let texts = texts.chain(self.options.iter_mut().map(|option| &mut option.text));
        let texts = texts.chain(self.goals.iter_mut().map(|goal| &mut goal.text));
        let texts = texts.chain(self.task.iter_mut().map(|task| &mut task.say));
        for text in texts.chain(self.verdict.iter_mut().map(|(_, words)| words)) {
            *text = hands.fill(text);
        }
        self
    }
}

fn predicted(options: &[Choice], choice: usize) -> String {
    format!("You predicted {}.", numbered(options, choice))
}

/// An option with its number from 1.
pub(super) fn numbered(options: &[Choice], index: usize) -> String {
    format!("{}) {}", index + 1, options.get(index).map(|option| option.text.as_str()).unwrap_or_default())
}

/// A duration as people say it.
fn minutes_text(seconds: u32) -> String {
    match seconds {
        0..=59 => format!("{seconds} s"),
        _ => format!("{} min", (seconds + 30) / 60),
    }
}
