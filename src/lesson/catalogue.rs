//! All lessons: those that are built in, those from a folder, and those that are still to come.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::model::Lesson;
use super::progress::{Progress, Standing};
use super::read::read_lesson;
use super::session::Step;
use super::source::LessonError;

/// The lessons that are built in, each with the name of its file.
const BUILT_IN: [(&str, &str); 14] = [
    ("lessons/part-00-the-tour.md", include_str!("../../lessons/part-00-the-tour.md")),
    ("lessons/part-00-it-is-physics.md", include_str!("../../lessons/part-00-it-is-physics.md")),
    ("lessons/part-00-how-late-is-the-news.md", include_str!("../../lessons/part-00-how-late-is-the-news.md")),
    ("lessons/part-01-i-just-saved-that.md", include_str!("../../lessons/part-01-i-just-saved-that.md")),
    ("lessons/part-01-back-in-time.md", include_str!("../../lessons/part-01-back-in-time.md")),
    (
        "lessons/part-01-the-reply-before-the-question.md",
        include_str!("../../lessons/part-01-the-reply-before-the-question.md"),
    ),
    ("lessons/part-02-the-joint-account.md", include_str!("../../lessons/part-02-the-joint-account.md")),
    ("lessons/part-02-else-latency.md", include_str!("../../lessons/part-02-else-latency.md")),
    ("lessons/part-02-the-last-mug.md", include_str!("../../lessons/part-02-the-last-mug.md")),
    ("lessons/part-02-two-that-cannot-wait.md", include_str!("../../lessons/part-02-two-that-cannot-wait.md")),
    ("lessons/part-06-how-many-must-answer.md", include_str!("../../lessons/part-06-how-many-must-answer.md")),
    ("lessons/part-06-the-read-that-went-back.md", include_str!("../../lessons/part-06-the-read-that-went-back.md")),
    (
        "lessons/part-06-the-primary-that-came-back.md",
        include_str!("../../lessons/part-06-the-primary-that-came-back.md"),
    ),
    ("lessons/shelf-break-raft.md", include_str!("../../lessons/shelf-break-raft.md")),
];

/// A lesson of the course, built or not: id, title, part, minutes.
pub type Planned = (&'static str, &'static str, u8, u16);

/// The core of the course in its order; the number of a lesson is its place.
pub const COURSE: [Planned; 29] = [
    ("the-tour", "The tour", 0, 5),
    ("it-is-physics", "It is physics", 0, 10),
    ("how-late-is-the-news", "How late is the news", 0, 10),
    ("i-just-saved-that", "I just saved that!", 1, 12),
    ("back-in-time", "Back in time", 1, 8),
    ("the-reply-before-the-question", "The reply before the question", 1, 10),
    ("the-joint-account", "The joint account", 2, 15),
    ("else-latency", "Else: latency", 2, 10),
    ("the-last-mug", "The last mug", 2, 12),
    ("two-that-cannot-wait", "Two that cannot wait", 2, 12),
    ("which-came-first", "Which came first?", 3, 10),
    ("the-later-write-that-lost", "The later write that lost", 3, 12),
    ("happened-before", "Happened before", 3, 10),
    ("keep-both", "Keep both", 4, 10),
    ("counting-without-agreeing", "Counting without agreeing", 4, 12),
    ("the-cart-that-forgets", "The cart that forgets", 4, 12),
    ("what-merging-cannot-do", "What merging cannot do", 4, 12),
    ("do-it-again", "Do it again", 5, 12),
    ("the-key-that-was-not-enough", "The key that was not enough", 5, 12),
    ("what-ana-saw", "What Ana saw", 5, 10),
    ("fifty-milliseconds", "Fifty milliseconds", 5, 8),
    ("the-pause-and-the-token", "The pause and the token", 5, 15),
    ("how-many-must-answer", "How many must answer?", 6, 8),
    ("the-read-that-went-back", "The read that went back", 6, 12),
    ("the-primary-that-came-back", "The primary that came back", 6, 15),
    ("the-green-dashboard", "The green dashboard", 7, 12),
    ("the-dead-return", "The dead return", 7, 15),
    ("rehearsal-compare", "Rehearsal: compare", 8, 10),
    ("ship-the-shop", "Ship the shop", 8, 50),
];

/// The titles of the parts.
pub const PARTS: [&str; 9] =
    ["Seeing", "People", "Must be right", "Clocks", "Merging", "Retries, locks", "Machinery", "Watching", "Deciding"];
/// The part of optional lessons that stand beside the course.
pub const SHELF: u8 = PARTS.len() as u8;

/// All lessons that can be played, and those that cannot be read.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    lessons: BTreeMap<String, Arc<Lesson>>,
    /// The ids of those that are part of the program.
    built_in: BTreeSet<String>,
    broken: Vec<(String, Vec<LessonError>)>,
}

/// A line of the list of lessons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number in the course, from 1, if it is part of it.
    pub number: Option<usize>,
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its part.
    pub part: u8,
    /// How long it takes.
    pub minutes: u16,
    /// How it stands; `None` if it is still to come.
    pub standing: Option<Standing>,
    /// Titles of lessons that come first and are not done.
    pub missing: Vec<String>,
}

impl Catalogue {
    /// The lessons that are built in.
    pub fn built_in() -> Self {
        let mut catalogue = Self::default();
        for (file, text) in BUILT_IN {
            catalogue.add(file, text);
        }
        catalogue.built_in = catalogue.lessons.keys().cloned().collect();
        catalogue
    }

    /// Adds a lesson, or puts it in the place of one with its id. One that cannot be read is kept as broken, and what
    /// was there stays.
    pub fn add(&mut self, file: &str, text: &str) {
        match read_lesson(file, text) {
            Ok(lesson) => {
                self.built_in.remove(&lesson.head.id);
                self.lessons.insert(lesson.head.id.clone(), Arc::new(lesson));
            }
            Err(errors) => self.broken.push((file.to_owned(), errors)),
        }
    }

    /// A lesson by its id, or by its number in the course.
    pub fn lesson(&self, name: &str) -> Option<&Arc<Lesson>> {
        let by_number = || {
            let number: usize = name.parse().ok()?;
            self.lessons.get(COURSE.get(number.checked_sub(1)?)?.0)
        };
        self.lessons.get(name).or_else(by_number)
    }

    /// The file of a lesson that is not part of the program.
    pub fn file_of(&self, id: &str) -> Option<&str> {
        let lesson = self.lessons.get(id).filter(|_| !self.built_in.contains(id))?;
        Some(&lesson.source.file)
    }

    /// Whether a lesson of the course has this id, built or not.
    pub fn is_known(&self, id: &str) -> bool {
        self.lessons.contains_key(id) || COURSE.iter().any(|(known, ..)| *known == id)
    }

    /// All lessons that can be played, in the order of the course.
    pub fn lessons(&self) -> Vec<&Arc<Lesson>> {
        let mut all: Vec<&Arc<Lesson>> = self.lessons.values().collect();
        all.sort_by_key(|lesson| (number_of(&lesson.head.id).unwrap_or(usize::MAX), lesson.head.part));
        all
    }

    /// Files that cannot be read as lessons, with what is wrong.
    pub fn broken(&self) -> &[(String, Vec<LessonError>)] {
        &self.broken
    }

    /// The list of all lessons, by part.
    pub fn entries(&self, progress: &Progress) -> Vec<Entry> {
        let planned = COURSE.iter().filter(|(id, ..)| !self.lessons.contains_key(*id));
        let to_come = |(id, title, part, minutes): &Planned| Entry {
            number: number_of(id),
            id: (*id).to_owned(),
            title: (*title).to_owned(),
            part: *part,
            minutes: *minutes,
            standing: None,
            missing: Vec::new(),
        };
        let built = self.lessons.values().map(|lesson| self.entry(lesson, progress));
        let mut entries: Vec<Entry> = built.chain(planned.map(to_come)).collect();
        entries.sort_by_key(|entry| (entry.part, entry.number.unwrap_or(usize::MAX), entry.id.clone()));
        entries
    }

    fn entry(&self, lesson: &Lesson, progress: &Progress) -> Entry {
        let head = &lesson.head;
        let is_missing = |id: &&str| !progress.standing(id).is_done();
        let missing = head.needs.iter().map(|(_, id)| id.as_str()).filter(is_missing);
        Entry {
            number: number_of(&head.id),
            id: head.id.clone(),
            title: head.title.clone(),
            part: head.part,
            minutes: head.minutes,
            standing: Some(progress.standing(&head.id)),
            missing: missing.map(|id| self.title(id)).collect(),
        }
    }

    /// The title of a lesson, or its id.
    pub fn title(&self, id: &str) -> String {
        let planned = || COURSE.iter().find(|(known, ..)| *known == id).map(|(_, title, ..)| (*title).to_owned());
        let built = self.lessons.get(id).map(|lesson| lesson.head.title.clone());
        built.or_else(planned).unwrap_or_else(|| id.to_owned())
    }

    /// The lesson to continue with: where the learner was, else the first that is not behind them.
    pub fn next(&self, progress: &Progress) -> Option<&Arc<Lesson>> {
        // A lesson that is played once more and was left in the middle is gone on with.
        let is_in_the_middle = |id: &str| {
            let step = progress.lessons.get(id).and_then(|lesson| Step::parse(&lesson.step));
            step.is_some_and(|step| step > Step::Hook)
        };
        let current = progress.current.as_deref().filter(|id| is_open(id, progress) || is_in_the_middle(id));
        let current = current.and_then(|id| self.lessons.get(id));
        current.or_else(|| self.lessons().into_iter().find(|lesson| is_open(&lesson.head.id, progress)))
    }

    /// The lesson to go on with after one that is over: the first behind it that is open, else the first of all.
    pub fn after(&self, id: &str, progress: &Progress) -> Option<&Arc<Lesson>> {
        let all = self.lessons();
        let place = all.iter().position(|lesson| lesson.head.id == id).map_or(0, |place| place + 1);
        let (before, behind) = all.split_at(place);
        let is_next = |lesson: &&&Arc<Lesson>| lesson.head.id != id && is_open(&lesson.head.id, progress);
        behind.iter().chain(before).find(is_next).copied()
    }
}

/// Whether a lesson is neither done nor left out.
fn is_open(id: &str, progress: &Progress) -> bool {
    let standing = progress.standing(id);
    !standing.is_done() && standing != Standing::Skipped
}

/// The number of a lesson in the course, from 1.
pub fn number_of(id: &str) -> Option<usize> {
    COURSE.iter().position(|(known, ..)| *known == id).map(|place| place + 1)
}
