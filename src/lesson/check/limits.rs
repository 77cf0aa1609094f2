//! The limits of length, each with its number, and what can be read at 30 columns.

use crate::base::shown::shown;

use super::super::catalogue::SHELF;
use super::super::hands::{Hands, unknown};
use super::super::model::{Lesson, Prose, Question, Status};
use super::super::source::{words, wrap};
use super::mends::SEEDS_MIN;
use super::{Finding, Row};

/// The narrowest pane in which a lesson is read.
const COLUMNS_MIN: usize = 30;
/// The width at which blocks are counted in lines: a coach pane.
const COLUMNS: usize = 44;
/// Lines of a block.
const BLOCK_LINES_MAX: usize = 12;
/// Words that everybody reads: options, hints and replies have limits of their own.
const WORDS_MAX: usize = 450;
/// The least and the greatest number of a misconception.
const MISCONCEPTIONS: std::ops::RangeInclusive<u8> = 1..=15;

/// What breaks the limits.
pub fn limits(lesson: &Lesson) -> Vec<Finding> {
    let mut limits = Limits { lesson, findings: Vec::new(), words: 0 };
    limits.prose("hook", &lesson.hook, 60);
    limits.prose("scene", &lesson.scene.prose, 60);
    limits.question("predict", &lesson.predict);
    limits.tasks();
    limits.prose("record", &lesson.record.ask, 30);
    limits.prose("explain", &lesson.explain, 110);
    limits.mend();
    limits.question("transfer", &lesson.transfer);
    limits.prose("further", &lesson.further, 50);
    limits.total();
    for question in &lesson.recall {
        limits.question("recall", question);
    }
    limits.head();
    limits.findings
}

struct Limits<'a> {
    lesson: &'a Lesson,
    findings: Vec<Finding>,
    words: usize,
}

impl Limits<'_> {
    fn refuse(&mut self, at: usize, message: String) {
        self.findings.push(Finding { row: Row::Limits, error: self.lesson.source.error(at, message) });
    }

    fn at_most(&mut self, at: usize, what: &str, found: usize, most: usize) {
        if found > most {
            self.refuse(at, format!("expected at most {most} {what}, found {found}; say less"));
        }
    }

    fn at_least(&mut self, at: usize, what: &str, found: usize, least: usize) {
        if found < least {
            self.refuse(at, format!("expected at least {least} {what}, found {found}"));
        }
    }

    fn prose(&mut self, name: &str, prose: &Prose, most: usize) {
        let count = prose.paragraphs.iter().map(|text| words(text)).sum();
        self.words += count;
        self.at_least(prose.at, &format!("words in `{name}`"), count, 1);
        self.at_most(prose.at, &format!("words in `{name}`"), count, most);
        for paragraph in &prose.paragraphs {
            self.readable(prose.at, name, paragraph);
        }
    }

    /// Whether a block is short enough, each word fits into the narrowest pane, and each placeholder stands for
    /// something.
    fn readable(&mut self, at: usize, name: &str, text: &str) {
        if let Some(found) = unknown(text) {
            let found = shown(found);
            self.refuse(
                at,
                format!("expected {{next}}, {{hint}}, {{grade}}, {{undo}}, {{back}}, {{:}} or {{on the screen|at a prompt}} in `{name}`, found {found}"),
            );
        }
        let text = &Hands::default().fill(text);
        let lines = wrap(text, COLUMNS).len();
        self.at_most(at, &format!("lines of {COLUMNS} columns in a block of `{name}`"), lines, BLOCK_LINES_MAX);
        let columns = |word: &&str| unicode_width::UnicodeWidthStr::width(*word);
        if let Some(word) = text.split_whitespace().find(|word| columns(word) > COLUMNS_MIN) {
            let word = shown(word);
            self.refuse(at, format!("expected words of at most {COLUMNS_MIN} columns in `{name}`, found {word}"));
        }
    }

    fn question(&mut self, name: &str, question: &Question) {
        self.prose(name, &question.stem, 40);
        let count = question.options.len();
        self.at_least(question.at, &format!("options in `{name}`"), count, 3);
        self.at_most(question.at, &format!("options in `{name}`"), count, 4);
        for option in &question.options {
            self.at_most(option.at, "words in an option", words(&option.text), 14);
            self.at_most(option.at, "words in a belief", words(&option.belief), 14);
            self.at_most(option.at, "words in a reply", words(&option.reply), 35);
            self.at_least(option.at, "words in a belief", words(&option.belief), 1);
            self.at_least(option.at, "words in a reply", words(&option.reply), 1);
            self.readable(option.at, name, &format!("{} {}", option.text, option.reply));
        }
    }

    fn tasks(&mut self) {
        let tasks = &self.lesson.tasks;
        self.prose("do", &tasks.prose, 30);
        let at = tasks.prose.at;
        self.at_least(at, "commands in `do`", tasks.tasks.len(), 1);
        self.at_most(at, "commands in `do`", tasks.tasks.len(), 6);
        let opening = &self.lesson.opening;
        self.at_most(opening.prose.at, "commands in `hook`", opening.tasks.len(), 4);
        for (name, task) in
            opening.tasks.iter().map(|task| ("hook", task)).chain(tasks.tasks.iter().map(|task| ("do", task)))
        {
            self.words += words(&task.say);
            self.at_most(task.at, "words to say what to do", words(&task.say), 25);
            self.readable(task.at, name, &format!("{} {}", task.say, task.line.text));
        }
    }

    fn mend(&mut self) {
        let mend = &self.lesson.mend;
        self.prose("fix", &mend.goal, 30);
        if mend.hints.len() != 3 {
            self.refuse(
                mend.at,
                format!(
                    "expected three hints (a nudge, where to look, nearly the command), found {}",
                    mend.hints.len()
                ),
            );
        }
        for hint in &mend.hints {
            self.at_most(mend.at, "words in a hint", words(hint), 30);
            self.readable(mend.at, "fix", hint);
        }
        self.at_least(mend.at, "near-misses", mend.near_misses.len(), 2);
        self.at_least(mend.at, "alternatives", mend.alternatives.len(), 1);
        self.at_least(mend.at, "commands in the head's `fix`", mend.solution.len(), 1);
        for near in &mend.near_misses {
            self.at_most(near.at, "words in a reply", words(&near.reply), 35);
            self.readable(near.at, "fix", &near.reply);
        }
        for goal in &mend.goals {
            self.at_most(goal.at, "words in a goal", words(&goal.text), 14);
        }
    }

    fn total(&mut self) {
        let words = self.words;
        self.at_most(0, "words in all (options, hints and replies apart)", words, WORDS_MAX);
    }

    fn head(&mut self) {
        let head = &self.lesson.head;
        let clients = self.lesson.scene.declared.clients().len();
        self.at_most(self.lesson.scene.prose.at, "people in the scene", clients, 3);
        self.at_least(0, "seeds", head.seeds as usize, SEEDS_MIN as usize);
        self.at_least(0, "words in `idea`", words(&head.idea), 1);
        self.at_least(0, "minutes", usize::from(head.minutes), 1);
        if let Some(number) = head.misconceptions.iter().find(|number| !MISCONCEPTIONS.contains(number)) {
            self.refuse(0, format!("expected misconceptions from 1 to 15, found {number}"));
        }
        let is_fit = if head.status == Status::Optional { head.part <= SHELF } else { head.part < SHELF };
        if !is_fit {
            let parts =
                format!("expected a part from 0 to {}, or {SHELF}, the shelf, for an optional lesson", SHELF - 1);
            self.refuse(0, format!("{parts}; found {}", head.part));
        }
    }
}
