//! Reading a lesson: every mistake with its place, as many as there are.

use std::ops::Range;

use crate::base::operation::OPERATIONS;
use crate::base::shown::shown;
use crate::lab::language::declared::Declared;

use super::draws;
use super::markdown::{Block, BlockKind, Section, sections};
use super::model::{Choice, Goal, Head, Lesson, Mend, NearMiss, Prose, Question, Record, Scene, Task, Tasks, Truth};
use super::script::{condition, conditions_of, filled_lines, line, lines, measure, typed};
use super::source::{LESSON_BYTES_MAX, LessonError, Source};
use super::tables::{
    AlternativeTable, HeadTable, MendTable, NearMissTable, QuestionTable, RecordTable, TasksTable, inside, read,
};

/// Mistakes after which no more are looked for.
const ERRORS_MAX: usize = 20;
/// The sections of a lesson, in order.
pub const SECTIONS: [&str; 11] =
    ["recall", "hook", "scene", "predict", "do", "record", "explain", "fix", "transfer", "further", "keys"];

/// Reads a lesson.
///
/// # Errors
/// All mistakes that were found, up to twenty, in the order of their places.
pub fn read_lesson(file: &str, text: &str) -> Result<Lesson, Vec<LessonError>> {
    let source = Source::new(file, text);
    let mut reader = Reader { source: &source, errors: Vec::new() };
    if text.len() > LESSON_BYTES_MAX {
        reader.refuse(0, format!("expected a lesson of at most {LESSON_BYTES_MAX} bytes, found {}", text.len()));
    }
    let lesson = reader.lesson();
    let mut errors = reader.errors;
    errors.sort_by_key(|error| (error.line, error.column));
    errors.truncate(ERRORS_MAX);
    match lesson {
        Some(lesson) if errors.is_empty() => Ok(lesson),
        _ => Err(errors),
    }
}

struct Reader<'a> {
    source: &'a Source,
    errors: Vec<LessonError>,
}

impl Reader<'_> {
    fn refuse(&mut self, at: usize, message: impl AsRef<str>) {
        self.errors.push(self.source.error(at, message));
    }

    fn kept<T>(&mut self, result: Result<T, LessonError>) -> Option<T> {
        result.map_err(|error| self.errors.push(error)).ok()
    }

    fn lesson(&mut self) -> Option<Lesson> {
        let head = self.find_head()?;
        let from = head.end;
        let body = head.start..head.end - 4;
        let table = read::<HeadTable>(self.source, body.clone());
        let table = self.kept(table);
        let sections = sections(self.source, from);
        self.check_order(&sections);
        let table = table?;
        let base = body.start;
        let head = self.head(&table, base);
        let scene = self.scene(&sections, &table, base)?;
        let predict = self.only_question(&sections, "predict", &scene.declared);
        let tasks = self.tasks(&sections, "do", &scene.declared);
        let opening = self.opening(&sections, &scene.declared);
        let record = self.record(&sections, &scene.declared);
        let mend = self.mend(&sections, &table, base);
        let transfer = self.only_question(&sections, "transfer", &Declared::default());
        let recall = self.questions(&sections, "recall", &Declared::default());
        let keys = self.keys(&sections);
        let [hook, explain, further] =
            ["hook", "explain", "further"].map(|name| self.section(&sections, name).map(|section| prose(&section)));
        Some(Lesson {
            source: self.source.clone(),
            head: head?,
            recall,
            hook: hook?,
            opening: opening?,
            scene,
            predict: predict?,
            tasks: tasks?,
            record: record?,
            explain: explain?,
            mend: mend?,
            transfer: transfer?,
            further: further?,
            keys,
        })
    }

    /// The bytes from behind the first `+++` to behind the second.
    fn find_head(&mut self) -> Option<Range<usize>> {
        let text = &self.source.text;
        let Some(rest) = text.strip_prefix("+++\n") else {
            self.refuse(0, "expected `+++` on the first line, then the lesson's head, then `+++` again");
            return None;
        };
        let Some(end) = rest.find("\n+++\n").map(|end| end + 5).or_else(|| rest.starts_with("+++\n").then_some(4))
        else {
            self.refuse(text.len(), "expected a second line `+++` behind the lesson's head");
            return None;
        };
        Some(4..4 + end)
    }

    fn check_order(&mut self, sections: &[Section]) {
        let mut last = 0;
        for section in sections {
            let place = SECTIONS.iter().position(|name| *name == section.name);
            match place {
                None => {
                    let found = shown(&section.name);
                    self.refuse(section.at, format!("expected a heading among {}, found {found}", SECTIONS.join(", ")));
                }
                Some(place) if place < last => {
                    let before = SECTIONS[last];
                    self.refuse(section.at, format!("expected `{}` before `{before}`; move it up", section.name));
                }
                Some(place) => last = place,
            }
        }
    }

    fn section(&mut self, sections: &[Section], name: &str) -> Option<Section> {
        let mut found = sections.iter().filter(|section| section.name == name);
        let (first, second) = (found.next(), found.next());
        if let Some(second) = second {
            self.refuse(second.at, format!("expected one section `{name}`, found a second one"));
        }
        if first.is_none() {
            let end = self.source.text.len();
            self.refuse(end, format!("expected a section `## {name}`; add it"));
        }
        first.cloned()
    }

    /// The body of the one fence with this name.
    fn fence(&mut self, section: &Section, name: &str) -> Option<Range<usize>> {
        let mut bodies = Vec::new();
        for block in &section.blocks {
            if let BlockKind::Fence { name: found, body } = &block.kind {
                if found == name {
                    bodies.push(body.clone());
                } else {
                    let found = shown(found);
                    self.refuse(block.at, format!("expected a fence ```{name} in `{}`, found {found}", section.name));
                }
            }
        }
        if bodies.len() != 1 {
            let count = bodies.len();
            self.refuse(section.at, format!("expected one fence ```{name} in `{}`, found {count}", section.name));
        }
        bodies.into_iter().next()
    }

    fn head(&mut self, table: &HeadTable, base: usize) -> Option<Head> {
        let at = base + table.operation.span().start;
        let name = table.operation.as_ref();
        let operation = OPERATIONS.iter().find(|spec| spec.name == &**name).map(|spec| spec.op_type);
        if operation.is_none() {
            let found = shown(name);
            self.refuse(at, format!("expected an operation type such as stock.level, found {found}"));
        }
        let id = table.id.as_ref().to_string();
        let is_slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.is_empty() || id.len() > 40 || !id.chars().all(is_slug) {
            let found = shown(&id);
            self.refuse(base + table.id.span().start, format!("expected an id of a-z, 0-9 and -, found {found}"));
        }
        if table.title.is_empty() {
            self.refuse(base, "expected a title, found an empty one");
        }
        if !(1..=10_000).contains(&table.seeds) {
            self.refuse(base, format!("expected `seeds` from 1 to 10000, found {}", table.seeds));
        }
        let names =
            |list: &[toml::Spanned<super::source::Text>]| list.iter().map(|name| name.as_ref().0.clone()).collect();
        for name in table.allows.iter().chain(&table.forbids) {
            let known = crate::lab::language::all_specs().any(|spec| spec.name == &**name.as_ref());
            if !known && &**name.as_ref() != "operate" {
                let found = shown(name.as_ref());
                self.refuse(
                    base + name.span().start,
                    format!("expected the name of a command or `operate`, found {found}"),
                );
            }
        }
        Some(Head {
            id,
            title: table.title.0.clone(),
            part: table.part,
            minutes: table.minutes,
            status: table.status,
            needs: table.needs.iter().map(|id| (base + id.span().start, id.as_ref().0.clone())).collect(),
            idea: table.idea.0.clone(),
            misconceptions: table.misconceptions.clone(),
            operation: operation?,
            seeds: table.seeds,
            allows: names(&table.allows),
            forbids: names(&table.forbids),
            sources: table.sources.iter().map(|source| source.0.clone()).collect(),
        })
    }

    fn scene(&mut self, sections: &[Section], table: &HeadTable, base: usize) -> Option<Scene> {
        let section = self.section(sections, "scene")?;
        let body = self.fence(&section, "scene")?;
        let mut scene = Scene { prose: prose(&section), ..Scene::default() };
        let text = &self.source.text[body.clone()];
        scene.lines = lines(self.source, body.start, text, &mut scene.declared, &mut self.errors);
        let weak = self.commands(&table.weak, base, &scene.declared);
        scene.lines.extend(weak);
        Some(scene)
    }

    /// Lines that stand in a list.
    fn commands(
        &mut self,
        list: &[toml::Spanned<String>],
        base: usize,
        declared: &Declared,
    ) -> Vec<crate::lab::language::statement::Line> {
        let mut declared = declared.clone();
        let mut read = Vec::new();
        for text in list {
            let at = inside(self.source, base, text);
            let result = line(self.source, at, text.as_ref(), &mut declared);
            read.extend(self.kept(result).flatten());
        }
        read
    }

    fn only_question(&mut self, sections: &[Section], name: &str, declared: &Declared) -> Option<Question> {
        let section = self.section(sections, name)?;
        let mut questions = self.questions_in(&section, declared);
        if questions.len() != 1 {
            let count = questions.len();
            self.refuse(section.at, format!("expected one fence ```options in `{name}`, found {count}"));
        }
        questions.pop()
    }

    fn questions(&mut self, sections: &[Section], name: &str, declared: &Declared) -> Vec<Question> {
        let section = sections.iter().find(|section| section.name == name).cloned();
        section.map(|section| self.questions_in(&section, declared)).unwrap_or_default()
    }

    fn questions_in(&mut self, section: &Section, declared: &Declared) -> Vec<Question> {
        let mut questions = Vec::new();
        let mut stem = Prose { at: section.at, ..Prose::default() };
        for Block { at, kind } in &section.blocks {
            match kind {
                BlockKind::Prose(text) => stem.paragraphs.push(text.clone()),
                BlockKind::Fence { name, body } if name == "options" => {
                    let stem = std::mem::take(&mut stem);
                    questions.extend(self.question(*at, stem, body.clone(), declared));
                }
                BlockKind::Fence { name, .. } => {
                    let found = shown(name);
                    self.refuse(*at, format!("expected a fence ```options, found {found}"));
                }
            }
        }
        questions
    }

    fn question(&mut self, at: usize, stem: Prose, body: Range<usize>, declared: &Declared) -> Option<Question> {
        let base = body.start;
        let table = read::<QuestionTable>(self.source, body);
        let table = self.kept(table)?;
        let mut declared = declared.clone();
        let start = inside(self.source, base, &table.world);
        let lines = lines(self.source, start, table.world.as_ref(), &mut declared, &mut self.errors);
        let mut options = Vec::new();
        for option in &table.options {
            let at = base + option.text.span().start;
            let truth = match (&option.expect, option.varies) {
                (Some(expect), false) => {
                    let at = inside(self.source, base, expect);
                    let result = condition(self.source, at, expect.as_ref(), &declared);
                    self.kept(result).map(Truth::So)
                }
                (None, true) => Some(Truth::Varies),
                _ => {
                    self.refuse(at, "expected either `expect` or `varies = true` with this option");
                    None
                }
            };
            let Some(truth) = truth else { continue };
            let [text, belief, reply] =
                [option.text.as_ref(), &option.belief, &option.reply].map(|text| text.0.clone());
            options.push(Choice { at, text, truth, belief, reply });
        }
        if options.len() < 2 && self.errors.is_empty() {
            self.refuse(at, "expected at least two options");
        }
        Some(Question { at, stem, lines, options })
    }

    /// What is to be done in the hook, if anything is.
    fn opening(&mut self, sections: &[Section], declared: &Declared) -> Option<Tasks> {
        let has_tasks = |section: &Section| {
            section.name == "hook" && section.blocks.iter().any(|block| matches!(block.kind, BlockKind::Fence { .. }))
        };
        if sections.iter().any(has_tasks) { self.tasks(sections, "hook", declared) } else { Some(Tasks::default()) }
    }

    fn tasks(&mut self, sections: &[Section], name: &str, declared: &Declared) -> Option<Tasks> {
        let section = self.section(sections, name)?;
        let body = self.fence(&section, "do")?;
        let base = body.start;
        let table = read::<TasksTable>(self.source, body);
        let table = self.kept(table)?;
        let mut declared = declared.clone();
        let mut tasks = Vec::new();
        for task in &table.tasks {
            let at = inside(self.source, base, &task.line);
            let result = typed(self.source, at, task.line.as_ref(), &mut declared);
            let read = self.kept(result);
            let done = task.done.as_ref().map(|text| {
                let at = inside(self.source, base, text);
                condition(self.source, at, text.as_ref(), &declared)
            });
            let done = done.and_then(|result| self.kept(result));
            tasks.extend(read.map(|line| Task { at, say: task.say.0.clone(), line, done }));
        }
        Some(Tasks { prose: prose(&section), tasks })
    }

    fn record(&mut self, sections: &[Section], declared: &Declared) -> Option<Record> {
        let section = self.section(sections, "record")?;
        let body = self.fence(&section, "record")?;
        let base = body.start;
        let table = read::<RecordTable>(self.source, body);
        let table = self.kept(table)?;
        let at = inside(self.source, base, &table.measure);
        let result = measure(self.source, at, table.measure.as_ref(), declared);
        Some(Record { at, ask: prose(&section), measure: self.kept(result)? })
    }

    fn mend(&mut self, sections: &[Section], head: &HeadTable, head_base: usize) -> Option<Mend> {
        let section = self.section(sections, "fix")?;
        let body = self.fence(&section, "fix")?;
        let base = body.start;
        let table = read::<MendTable>(self.source, body);
        let table = self.kept(table)?;
        let mut declared = Declared::default();
        let start = inside(self.source, base, &table.before);
        let before = lines(self.source, start, table.before.as_ref(), &mut declared, &mut self.errors);
        let (afters, later) = self.afters(&table, base, &declared);
        let goals = self.goals(head, head_base, &later);
        let near_misses = self.near_misses(&table.near_misses, base, &declared, &goals);
        let alternative = |table: &AlternativeTable| table.commands.clone();
        let alternatives: Vec<_> = table.alternatives.iter().map(alternative).collect();
        let leftovers = table.leftovers.iter().map(|list| self.commands(list, base, &declared)).collect();
        let alternatives = alternatives.iter().map(|list| self.commands(list, base, &declared)).collect();
        Some(Mend {
            at: section.at,
            goal: prose(&section),
            before,
            afters,
            weak: self.commands(&head.weak, head_base, &declared),
            goals,
            hints: table.hints.iter().map(|hint| hint.0.clone()).collect(),
            solution: self.commands(&head.fix, head_base, &declared),
            near_misses,
            leftovers,
            alternatives,
            declared,
        })
    }

    /// What happens after the fix, for each row that is drawn, and what is declared then.
    fn afters(
        &mut self,
        table: &MendTable,
        base: usize,
        declared: &Declared,
    ) -> (Vec<Vec<crate::lab::language::statement::Line>>, Declared) {
        let text = table.after.as_ref();
        let start = inside(self.source, base, &table.after);
        let tables: Vec<_> = table.draws.iter().map(|draw| draw.as_ref().clone()).collect();
        let at = table.draws.first().map_or(start, |draw| base + draw.span().start);
        let rows = draws::rows(&tables).unwrap_or_else(|message| {
            self.refuse(at, message);
            Vec::new()
        });
        if let Some(name) = rows.first().and_then(|row| row.unused(text)) {
            self.refuse(at, format!("expected `${name}` somewhere in `after`; nothing uses it"));
        }
        let (mut afters, mut first) = (Vec::new(), None);
        for row in rows {
            let (mut later, mut errors) = (declared.clone(), Vec::new());
            afters.push(filled_lines(self.source, start, text, &row, &mut later, &mut errors));
            first.get_or_insert(later);
            if !errors.is_empty() {
                // The others would mostly say the same.
                self.errors.extend(errors);
                break;
            }
        }
        (afters, first.unwrap_or_else(|| declared.clone()))
    }

    fn near_misses(
        &mut self,
        tables: &[NearMissTable],
        base: usize,
        declared: &Declared,
        goals: &[Goal],
    ) -> Vec<NearMiss> {
        let mut read = Vec::new();
        for table in tables {
            let at = base + table.fails.span().start;
            let fails: Vec<String> = table.fails.as_ref().all().iter().map(|goal| goal.0.clone()).collect();
            let is_unknown = |fails: &&String| !goals.iter().any(|goal| goal.id == **fails);
            let unknown = fails.iter().find(is_unknown).map(|fails| shown(fails));
            if let Some(found) = unknown.or_else(|| fails.is_empty().then(|| "none".to_owned())) {
                let names: Vec<&str> = goals.iter().map(|goal| goal.id.as_str()).collect();
                self.refuse(at, format!("expected the goal that it fails ({}), found {found}", names.join(", ")));
            }
            let lines = self.commands(&table.commands, base, declared);
            read.push(NearMiss { at, lines, fails, reply: table.reply.0.clone() });
        }
        read
    }

    fn goals(&mut self, head: &HeadTable, base: usize, declared: &Declared) -> Vec<Goal> {
        let claim = (base + head.claim.expect.span().start, "claim", &head.claim.text, &head.claim.expect);
        let budgets = head.budgets.iter();
        let budgets = budgets.map(|row| (base + row.id.span().start, &**row.id.as_ref(), &row.text, &row.expect));
        let mut goals: Vec<Goal> = Vec::new();
        for (place, id, text, expect) in std::iter::once(claim).chain(budgets) {
            if goals.iter().any(|goal| goal.id == id) {
                self.refuse(place, format!("expected another id, {} is taken", shown(id)));
            }
            let at = inside(self.source, base, expect);
            let result = condition(self.source, at, expect.as_ref(), declared);
            let wanted = super::source::clean(conditions_of(expect.as_ref()));
            let Some(condition) = self.kept(result) else { continue };
            goals.push(Goal { at, id: id.to_owned(), text: text.0.clone(), condition, wanted });
        }
        goals
    }

    fn keys(&mut self, sections: &[Section]) -> Vec<String> {
        let Some(section) = sections.iter().find(|section| section.name == "keys") else { return Vec::new() };
        let body = self.fence(section, "keys");
        let text = body.map(|body| self.source.text[body].to_owned()).unwrap_or_default();
        text.lines().map(|line| line.trim().to_owned()).collect()
    }
}

fn prose(section: &Section) -> Prose {
    Prose { at: section.at, paragraphs: section.prose().map(str::to_owned).collect() }
}
