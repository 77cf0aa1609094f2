//! Lines of the language in a lesson: what they do, what they are told, and what they tick.

use crate::base::Instant;
use crate::base::operation::OPERATIONS;
use crate::cluster::WorldCommand;
use crate::cluster::command::Recorded;
use crate::lab::evaluate::evaluate;
use crate::lab::language::declared::{Declared, Known};
use crate::lab::language::parse::parse_line;
use crate::lab::language::print::command_text;
use crate::lab::language::statement::{Line, Statement};
use crate::lab::phones;
use crate::lab::sitting::Sitting;
use crate::lab::story::{StoryLine, Telling};
use crate::lab::telling;

use super::super::model::{Move, Task, canonical, command_name};
use super::super::playback::Playback;
use super::super::script::{message, travel};
use super::{LessonSession, Show, Step};

/// Story lines that one input shows at most; the rest is counted.
const STORY_MAX: usize = 40;
/// What is said of an operation: it is issued, not awaited.
const UNDER_WAY: &str = "it is under way; let time pass, as with `{:}run 200ms`";
/// The same where the next thing to do lets time pass.
const UNDER_WAY_TYPED: &str = "it is under way; the answer comes as time passes";

/// What the names in a sitting mean.
pub fn declared_of(sitting: &Sitting) -> Declared {
    let run = sitting.run();
    let view = run.cluster().view();
    let all = || view.clients().enumerate();
    let own = all().filter(|(index, _)| !view.belongs_to_workload(*index));
    let clients: Vec<String> = own.map(|(_, client)| client.name.to_owned()).collect();
    Declared::running(Known {
        replicas: view.replica_count(),
        pool_clients: all().count() - clients.len(),
        clients,
        workloads: view.workloads().map(|workload| workload.name.to_owned()).collect(),
        marks: run.marks().map(|(name, _)| name.to_owned()).collect(),
        branches: sitting.branches().iter().map(|branch| branch.number.to_string()).collect(),
        setup_done: true,
        now: run.now(),
    })
}

/// Operations that came to an end so far, and stale reads among them.
struct Counts {
    done: u64,
    stale: u64,
}

impl Counts {
    fn of(sitting: &Sitting) -> Self {
        let metrics = sitting.run().metrics();
        let types = || OPERATIONS.iter().map(|spec| spec.op_type);
        Self {
            done: types().map(|op_type| metrics.latency(op_type).done).sum(),
            stale: types().map(|op_type| metrics.staleness(op_type).stale).sum(),
        }
    }

    /// How many more they are than before.
    fn since(&self, before: &Self) -> (u64, u64) {
        (self.done.saturating_sub(before.done), self.stale.saturating_sub(before.stale))
    }
}

impl LessonSession {
    /// What the screens of the clients said, as sentences.
    pub(super) fn phones(sitting: &Sitting, shows: &mut Vec<Show>) {
        let run = sitting.run();
        let view = run.cluster().view();
        let named = view.clients().enumerate().filter(|(_, client)| client.workload.is_none());
        let told = named.flat_map(|(index, client)| phones::told(client.name, run.phones().of(index), view.catalog()));
        shows.extend(told.map(Show::Story));
    }

    pub(super) fn line(&mut self, text: &str, sitting: &mut Sitting, shows: &mut Vec<Show>) {
        let mut said = Vec::new();
        if let Err(words) = self.perform(text, sitting, &mut said) {
            said.push(Show::Refused(words));
        }
        self.tell(sitting, shows);
        shows.extend(said);
        self.look(sitting);
    }

    /// Why a statement may not be done now, if the lesson forbids it.
    pub fn refusal(&self, statement: &Statement) -> Option<String> {
        let name = command_name(statement);
        let forbids = &self.lesson.head.forbids;
        let is_forbidden = self.step == Step::Fix && forbids.contains(&name);
        is_forbidden.then(|| {
            format!("this fix has to do without `{name}`; what counts: {}", self.lesson.head.allows.join(", "))
        })
    }

    fn perform(&mut self, text: &str, sitting: &mut Sitting, shows: &mut Vec<Show>) -> Result<(), String> {
        match travel(text) {
            Some(Ok(Move::Go(to))) if to < self.base.1 => {
                let at = telling::clock(self.base.1.0);
                return Err(format!("this step begins at {at}; `{{:}}again` begins it anew"));
            }
            Some(Ok(Move::Go(to))) => sitting.go_to(to).map_err(|error| error.to_string())?,
            Some(Ok(Move::Undo)) => return self.undo(sitting, shows),
            Some(Ok(Move::Again)) => {
                self.again(sitting, shows);
                return Ok(());
            }
            Some(Err(words)) => return Err(words),
            Some(Ok(Move::Line(_))) | None => return self.statement(text, sitting, shows),
        }
        self.told = self.told.min(sitting.log().story.len());
        shows.push(Show::Notice(format!("it is {}", telling::clock(sitting.run().now().0))));
        Ok(())
    }

    fn undo(&mut self, sitting: &mut Sitting, shows: &mut Vec<Show>) -> Result<(), String> {
        if sitting.applied() <= self.base.0 {
            return Err("there is no command of yours to take back".to_owned());
        }
        if let Some(undone) = sitting.undo().map_err(|error| error.to_string())? {
            self.told = self.told.min(sitting.log().story.len());
            let at = telling::clock(sitting.run().now().0);
            shows.push(Show::Notice(format!("taken back: {}; it is {at}", undone.text)));
        }
        Ok(())
    }

    fn statement(&mut self, text: &str, sitting: &mut Sitting, shows: &mut Vec<Show>) -> Result<(), String> {
        let read = parse_line(text, &mut declared_of(sitting)).map_err(|error| message(&error))?;
        let Some(line) = read else { return Ok(()) };
        if let Some(refusal) = line.statement.as_ref().and_then(|statement| self.refusal(statement)) {
            return Err(refusal);
        }
        if let Some(Statement::Story(_)) = line.statement {
            return Err("`story` is for scripts: it shapes their golden output".to_owned());
        }
        self.tell(sitting, &mut Vec::new());
        let before = Counts::of(sitting);
        Playback::new(vec![line.clone()]).play(sitting).map_err(|error| error.to_string())?;
        self.comment(&line, sitting, &before, shows);
        Ok(())
    }

    /// What is to be said of a line besides the story.
    fn comment(&self, line: &Line, sitting: &Sitting, before: &Counts, shows: &mut Vec<Show>) {
        match &line.statement {
            Some(Statement::World(WorldCommand::Operate { .. })) => {
                shows.push(Show::Notice(UNDER_WAY.to_owned()));
            }
            Some(Statement::World(command)) if self.step == Step::Fix => {
                let name = command_name(&Statement::World(command.clone()));
                if !self.lesson.head.allows.contains(&name) {
                    shows.push(Show::Notice(format!(
                        "done; it is not part of the fix ({})",
                        self.lesson.head.allows.join(", ")
                    )));
                }
            }
            Some(Statement::Expect(condition)) => {
                let evaluation = evaluate(condition, sitting);
                let words = if evaluation.met == Some(true) {
                    "it is so".to_owned()
                } else {
                    format!("not so: {}", evaluation.found)
                };
                shows.push(Show::Notice(words));
            }
            Some(Statement::Mark(_)) => shows.push(Show::Notice("marked".to_owned())),
            Some(Statement::World(_)) => {}
            _ => shows.extend(self.passed(sitting, before).map(Show::Notice)),
        }
    }

    /// What is to be said of time that passed, unless the story tells all of it: the customers of a load are counted.
    fn passed(&self, sitting: &Sitting, before: &Counts) -> Option<String> {
        let now = telling::clock(sitting.run().now().0);
        let told: Vec<&StoryLine> = sitting.log().story.since(self.told).collect();
        let operations = told.iter().filter(|line| matches!(line.what, Telling::Operation(_))).count();
        let (done, stale) = Counts::of(sitting).since(before);
        if done > operations as u64 {
            return Some(format!("it is {now}; {done} operations, {stale} stale"));
        }
        told.is_empty().then(|| format!("it is {now}; nothing happened that the story tells"))
    }

    /// Shows what the story has told since the last time.
    pub(super) fn tell(&mut self, sitting: &Sitting, shows: &mut Vec<Show>) {
        let story = &sitting.log().story;
        let catalog = sitting.run().cluster().view().catalog();
        let fresh = story.len().saturating_sub(self.told) as usize;
        let from = self.told.max(story.len().saturating_sub(STORY_MAX as u64));
        if fresh > STORY_MAX {
            shows.push(Show::Notice(format!("{} earlier lines are left out", fresh - STORY_MAX)));
        }
        for line in story.since(from) {
            shows.push(Show::Story(telling::sentence(line, catalog)));
            let at = telling::clock(line.at.0);
            let again = telling::broken_again(line, sitting.run()).into_iter();
            shows.extend(again.map(|words| Show::Story(format!("at {at}, violation: {words}"))));
        }
        self.told = story.len();
    }

    /// Looks at the world after it changed: ticks tasks, tries the fix.
    pub(super) fn look(&mut self, sitting: &Sitting) {
        match self.step {
            Step::Hook | Step::Do => {
                self.tick_what_is_so(sitting);
                self.tick_what_was_typed(sitting);
            }
            Step::Fix => self.look_at_fix(sitting),
            _ => {}
        }
    }

    /// The things to do at this step.
    fn tasks(&self) -> &[Task] {
        match self.step {
            Step::Hook => &self.lesson.opening.tasks,
            Step::Do => &self.lesson.tasks.tasks,
            _ => &[],
        }
    }

    fn tick(&mut self, index: usize, sitting: &Sitting) {
        let count = self.tasks().len();
        self.task_from = sitting.applied();
        let done = self.done.entry(self.step).or_default();
        done.resize(count, false);
        done[index] = true;
    }

    fn tick_what_is_so(&mut self, sitting: &Sitting) {
        let is_so = |task: &Task| task.done.as_ref().is_some_and(|done| evaluate(done, sitting).met == Some(true));
        let so: Vec<usize> = (0..self.tasks().len()).filter(|index| is_so(&self.tasks()[*index])).collect();
        for index in so {
            if !self.is_done(index) {
                self.tick(index, sitting);
            }
        }
    }

    /// What is to be done next and was done by the learner's own hands counts, at whatever instant.
    fn tick_what_was_typed(&mut self, sitting: &Sitting) {
        self.task_from = self.task_from.min(sitting.applied());
        let Some((index, task)) = self.next_task() else { return };
        let Move::Line(line) = &task.line.what else { return };
        let own = &sitting.commands()[self.task_from..sitting.applied()];
        let wanted = canonical(line);
        let is_it = |recorded: &Recorded| Some(command_text(&recorded.command)) == wanted;
        if own.iter().any(is_it) {
            self.tick(index, sitting);
        }
    }

    fn is_done(&self, index: usize) -> bool {
        self.done.get(&self.step).and_then(|done| done.get(index)).is_some_and(|is_done| *is_done)
    }

    /// The first thing that is not done, with its number from 0.
    pub(super) fn next_task(&self) -> Option<(usize, &Task)> {
        self.tasks().iter().enumerate().find(|(index, _)| !self.is_done(*index))
    }

    /// When the next thing to do is done, if it says.
    pub fn next_instant(&self) -> Option<Instant> {
        self.next_task()?.1.line.instant()
    }

    /// How many things there are to do at this step.
    pub(super) fn task_count(&self) -> usize {
        self.tasks().len()
    }

    /// Where to go back to before the next thing to do can be done, and what to say of it: nowhere, unless time has
    /// passed its instant.
    pub fn way_back(&self, sitting: &Sitting) -> Option<(Instant, String)> {
        let now = sitting.run().now();
        let at = self.next_task()?.1.line.instant().filter(|at| *at < now)?;
        let text = |at: Instant| crate::lab::language::time_text(at.0);
        let now = Instant((now.0 + 500) / 1_000 * 1_000);
        Some((at, format!("it was {} already: back to {} first", text(now), text(at))))
    }

    /// Does the next thing to do, as if the learner had typed it.
    pub(super) fn do_task(&mut self, sitting: &mut Sitting, shows: &mut Vec<Show>) {
        let Some((index, task)) = self.next_task() else { return };
        let text = task.line.text.clone();
        if let Some((at, words)) = self.way_back(sitting) {
            if let Err(error) = sitting.go_to(at) {
                shows.push(Show::Refused(error.to_string()));
                return;
            }
            self.told = self.told.min(sitting.log().story.len());
            shows.push(Show::Notice(words));
        }
        shows.push(Show::Typed(text.clone()));
        // What `again` begins anew is the world; what was done stays done.
        let done = self.done.clone();
        let mut said = Vec::new();
        let refused = self.perform(&text, sitting, &mut said);
        // The next thing to do says how to let time pass.
        let is_about_time = |show: &Show| *show == Show::Notice(UNDER_WAY.to_owned());
        let is_under_way = said.iter().any(is_about_time);
        shows.extend(said.into_iter().filter(|show| !is_about_time(show)));
        self.done = done;
        let refused = refused.and_then(|()| {
            self.tick(index, sitting);
            // What was done is seen to its end before the next thing comes.
            let onward = self.next_instant().filter(|at| *at > sitting.run().now());
            if let Some(at) = onward {
                sitting.go_to(at).map_err(|error| error.to_string())?;
            }
            self.tell(sitting, shows);
            if is_under_way && onward.is_none() {
                shows.push(Show::Notice(UNDER_WAY_TYPED.to_owned()));
            }
            Ok(())
        });
        if let Err(words) = refused {
            self.tell(sitting, shows);
            shows.push(Show::Refused(format!("{words}; `{{:}}again` begins the world anew")));
        }
        self.look(sitting);
        self.say_task(shows);
    }

    /// The caller did the thing to do with this number from 0. It may be ticked already: what was done was also seen.
    pub(super) fn did(&mut self, index: usize, sitting: &Sitting, shows: &mut Vec<Show>) {
        if index < self.task_count() && !self.is_done(index) {
            self.tick(index, sitting);
        }
        self.look(sitting);
        self.say_task(shows);
    }

    fn say_task(&self, shows: &mut Vec<Show>) {
        let words = match self.next_task() {
            Some((index, task)) => {
                format!("{} of {}: {} {{next}} types it: {}", index + 1, self.task_count(), task.say, task.line.text)
            }
            None if self.step == Step::Hook => "{next} goes on.".to_owned(),
            None => "That was all; try more if you like. {next} goes on.".to_owned(),
        };
        shows.push(Show::Task(words));
    }
}
