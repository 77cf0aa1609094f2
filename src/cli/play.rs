//! `driftlab play`: a lesson as linear text with a prompt, for screen readers, pipes and dumb terminals.
//!
//! It prints and never redraws; a sign never stands alone for what a word says.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use crate::lab::language::help::help_text;
use crate::lab::sitting::Sitting;
use crate::lesson::model::Head;
use crate::lesson::progress::{Progress, Standing};
use crate::lesson::session::{Action, Ending as LessonEnding, GoalLine, OptionLine, WORDS};
use crate::lesson::source::{clean, wrap};
use crate::lesson::{Catalogue, Grade, Input, LessonSession, Page, Show, Step, read_lesson};

use super::arguments::{LookOptions, PlayTask};
use super::lessons::{grade_on_all_cores, load};
use super::shell::{self, Start};
use super::state::State;
use super::watched::Watched;
use super::{Ending, output, pool};

/// Columns of prose.
const COLUMNS: usize = 76;
/// The most bytes of a line at the prompt.
const LINE_BYTES_MAX: u64 = 4_096;

/// Plays a lesson.
pub(super) fn play(task: &PlayTask) -> Ending {
    let catalogue = match load(task.lessons.as_deref()) {
        Ok(catalogue) => catalogue,
        Err(words) => return output::refuse(&words),
    };
    if !task.plain && shell::terminal_is_fit().is_ok() {
        return shell::open(&task.look, Start::Course(catalogue, task.id.clone()));
    }
    as_text(task.id.as_deref(), catalogue, &task.look)
}

/// Begins where the learner was: on the screen, or as plain text where the terminal can only print.
pub(super) fn begin(look: &LookOptions, lessons: Option<&Path>) -> Ending {
    let catalogue = match load(lessons) {
        Ok(catalogue) => catalogue,
        Err(words) => return output::refuse(&words),
    };
    if shell::is_dumb() && io::stdin().is_terminal() && io::stdout().is_terminal() {
        return as_text(None, catalogue, look);
    }
    shell::open(look, Start::Course(catalogue, None))
}

fn as_text(id: Option<&str>, catalogue: Catalogue, look: &LookOptions) -> Ending {
    if shell::is_ascii(look) {
        output::only_ascii();
    }
    let state = State::load();
    let lesson = match id {
        Some(id) => catalogue.lesson(id),
        None => catalogue.next(&state.progress),
    };
    let Some(lesson) = lesson.cloned() else { return no_lesson(id, &catalogue, &state.progress) };
    let progress = state.progress.lessons.get(&lesson.head.id).cloned().unwrap_or_default();
    let mut player = Player {
        watched: catalogue.file_of(&lesson.head.id).map(Watched::of),
        session: LessonSession::new(lesson, progress),
        sitting: Sitting::default(),
        state,
        catalogue,
        is_typed: io::stdin().is_terminal(),
        goals: Vec::new(),
    };
    player.play()
}

fn no_lesson(id: Option<&str>, catalogue: &Catalogue, progress: &Progress) -> Ending {
    for (_, errors) in catalogue.broken() {
        for error in errors {
            output::refuse(&error.to_string());
        }
    }
    match id {
        Some(id) if catalogue.is_known(id) => output::refuse(&format!("{} is still to come", output::visible(id))),
        Some(id) => {
            output::refuse(&format!("there is no lesson {}; `driftlab lessons` lists them", output::visible(id)))
        }
        None => {
            say_all_played(progress);
            Ending::Fine
        }
    }
}

/// What is said where no lesson comes next: those that are planned are no less to come.
fn say_all_played(progress: &Progress) {
    let is_left_out = progress.lessons.values().any(|lesson| lesson.standing == Standing::Skipped);
    let but = if is_left_out { ", but for what you left out" } else { "" };
    let words = format!(
        "You have played all lessons that this version has{but}. More are to come: `driftlab lessons` lists them, \
         and `driftlab play ID --plain` plays one again."
    );
    paragraph(&words, "");
}

struct Player {
    session: LessonSession,
    sitting: Sitting,
    state: State,
    catalogue: Catalogue,
    watched: Option<Watched>,
    /// Whether a person types, and not a pipe.
    is_typed: bool,
    /// The goals as they were told last.
    goals: Vec<GoalLine>,
}

impl Player {
    fn play(&mut self) -> Ending {
        for notice in std::mem::take(&mut self.state.notices) {
            output::line(&notice);
        }
        output::line("Type `help` for what can be typed, `quit` to stop.");
        let from = self.session.progress().step.clone();
        let shows = self.session.begin(&mut self.sitting);
        self.show(shows);
        let left = Step::parse(&from).and_then(|step| self.session.number_of(step)).filter(|number| *number > 1);
        if let Some(number) = left {
            output::line(&format!("Last time you came to the step `{from}`; `jump {number}` goes there."));
        }
        let mut asked = now();
        loop {
            self.keep();
            let Some(text) = self.ask() else { break };
            let elapsed = asked.elapsed().unwrap_or_default();
            asked = now();
            // The time of a pipe is nobody's.
            if self.is_typed {
                self.session.handle(Input::Elapsed(elapsed.as_micros() as u64), &mut self.sitting);
            }
            self.reload();
            if matches!(text.trim(), "quit" | "q" | "exit") || self.take(text.trim()) {
                break;
            }
        }
        self.keep();
        Ending::Fine
    }

    /// Does what was typed. Says whether the lesson is over.
    fn take(&mut self, text: &str) -> bool {
        if let Some(topic) = text.strip_prefix("help") {
            help(topic.trim());
            return false;
        }
        let input = Input::read(text, &self.session);
        if input == Input::Goals {
            self.goals.clear();
        }
        self.handle(input)
    }

    /// Hands an input to the lesson, prints what it answers, and says whether the lesson is over.
    fn handle(&mut self, input: Input) -> bool {
        let mut shows = self.session.handle(input, &mut self.sitting);
        // A page is printed once it is known how its goals stand.
        let is_page = shows.contains(&Show::Page);
        let mut is_over = !is_page && self.show(std::mem::take(&mut shows));
        let mut grade = |grade: &mut Grade| grade_on_all_cores(grade, pool::cores(), |_, _| {});
        shows.extend(self.session.work_off(&mut self.sitting, &mut grade));
        is_over |= self.show(shows);
        is_over
    }

    /// Prints, and says whether the lesson is over.
    fn show(&mut self, shows: Vec<Show>) -> bool {
        let mut is_over = false;
        for show in shows {
            match show {
                Show::Page => {
                    let page = self.session.page();
                    print_page(&page);
                    self.goals = page.goals;
                }
                Show::World | Show::HintReady => {}
                Show::Goals => self.tell_goals(),
                Show::Story(line) => paragraph(&line, "   "),
                Show::Typed(line) => output::line(&format!("typed: {line}")),
                Show::Notice(words) | Show::Hint(words) | Show::Task(words) => paragraph(&words, ""),
                Show::Refused(words) => paragraph(&format!("not done: {words}"), ""),
                Show::Ended(ending) => is_over |= self.end(ending),
            }
        }
        is_over
    }

    /// Tells of the goals that stand otherwise than when they were told last.
    fn tell_goals(&mut self) {
        let page = self.session.page();
        let before = std::mem::take(&mut self.goals);
        let changed: Vec<&GoalLine> = page.goals.iter().filter(|goal| !before.contains(goal)).collect();
        changed.iter().copied().for_each(print_goal);
        let told = |goal: &GoalLine| changed.contains(&goal);
        let open = page.goals.iter().filter(|goal| !goal.is_met());
        let open: Vec<&str> = open.filter(|goal| !told(goal)).map(|goal| goal.text.as_str()).collect();
        let who = if changed.is_empty() { "the goals stand" } else { "the other goals stand" };
        match open.as_slice() {
            _ if changed.len() == page.goals.len() => {}
            [] if page.goals.iter().all(GoalLine::is_met) => paragraph(&format!("{who} as before: all are met."), ""),
            [] => paragraph(&format!("{who} as before: met."), ""),
            open => paragraph(&format!("{who} as before; still open: {}.", open.join("; ")), ""),
        }
        print_fix(&page);
        self.goals = page.goals;
    }

    fn end(&mut self, ending: LessonEnding) -> bool {
        match ending {
            LessonEnding::Sandbox => {
                output::line("The sandbox: the cluster as it stands, and every command. `quit` ends.");
                return false;
            }
            LessonEnding::Finished => output::line(""),
            LessonEnding::Skipped => output::line("Skipped. You can come back at any time."),
        }
        self.keep();
        if let Some(next) = self.catalogue.after(&self.session.lesson().head.id, &self.state.progress) {
            let Head { title, id, minutes, .. } = &next.head;
            output::line(&format!("Next: {title}, {minutes} min: driftlab play {id} --plain"));
        } else {
            say_all_played(&self.state.progress);
        }
        true
    }

    fn keep(&mut self) {
        let (id, progress) = (self.session.lesson().head.id.clone(), self.session.progress());
        if self.state.progress.lessons.get(&id) == Some(progress) {
            return;
        }
        if let Err(words) = self.state.keep(&id, progress) {
            output::line(&words);
        }
        for notice in std::mem::take(&mut self.state.notices) {
            output::line(&notice);
        }
    }

    /// The next line, or nothing at the end of the input.
    fn ask(&self) -> Option<String> {
        output::text("> ");
        let _ = io::stdout().flush();
        let mut bytes = Vec::new();
        let mut input = io::Read::take(io::stdin().lock(), LINE_BYTES_MAX);
        let read = input.read_until(b'\n', &mut bytes).unwrap_or(0);
        if read == 0 {
            output::line("");
            return None;
        }
        let text = clean(String::from_utf8_lossy(&bytes).trim_end());
        if !self.is_typed {
            output::line(&text);
        }
        Some(text)
    }

    /// Takes up a lesson of a folder again when its file was saved.
    fn reload(&mut self) {
        let Some((file, text)) = self.watched.as_mut().and_then(Watched::fresh) else { return };
        match read_lesson(&file, &text) {
            Ok(lesson) if lesson.head.id == self.session.lesson().head.id => {
                let step = self.session.page().number;
                self.session = LessonSession::new(Arc::new(lesson), self.session.progress().clone());
                self.session.begin(&mut self.sitting);
                output::line("The lesson's file was saved: this is the new text.");
                self.handle(Input::Jump(step));
            }
            Ok(_) => output::line("The lesson's file was saved with another id; the old text goes on."),
            Err(errors) => {
                output::line("The lesson's file was saved, and cannot be read; the old text goes on.");
                for error in errors {
                    output::line(&error.to_string());
                }
            }
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "a hint waits in the learner's own time")]
fn now() -> SystemTime {
    SystemTime::now()
}

fn help(topic: &str) {
    if topic.is_empty() {
        for (word, what) in WORDS {
            wrapped(&format!("  {word}: {what}"));
        }
        wrapped("  quit: stop; your progress is kept");
        wrapped("  Everything else is a line of the command language: `help commands`, `help policy`.");
        return;
    }
    match help_text(if topic == "commands" { None } else { Some(topic) }) {
        Ok(text) => text.lines().for_each(wrapped),
        Err(error) => paragraph(&error.message(), ""),
    }
}

fn print_page(page: &Page) {
    let name = page.step.name();
    output::line("");
    if page.step == Step::Done {
        output::line(&format!("The end of \"{}\".", page.title));
    } else {
        let stop = if page.title.ends_with(['!', '?']) { "" } else { "." };
        output::line(&format!("{}{stop} Step {} of {}: {name}.", page.title, page.number, page.of));
    }
    for text in &page.paragraphs {
        output::line("");
        paragraph(text, "");
    }
    if let Some(prediction) = &page.prediction {
        output::line("");
        paragraph(prediction, "");
    }
    if !page.options.is_empty() || !page.goals.is_empty() {
        output::line("");
    }
    page.options.iter().for_each(print_option);
    page.goals.iter().for_each(print_goal);
    print_fix(page);
    if let Some(task) = &page.task {
        output::line("");
        paragraph(&format!("{} of {}: {}", task.number, task.of, task.say), "");
        output::line(&format!("    {}", task.line));
    }
    if page.step == Step::Done {
        return;
    }
    let text = |action: &Action| match action {
        Action::Next if page.step == Step::Further => "Enter ends the lesson",
        action => action.text(),
    };
    let actions: Vec<&str> = page.actions.iter().map(text).collect();
    output::line("");
    paragraph(&format!("({})", actions.join("; ")), "");
}

fn print_option(option: &OptionLine) {
    let mut words = format!("{}. {}", option.number, option.text);
    if option.is_chosen {
        words.push_str(" (your answer)");
    }
    if option.is_right == Some(true) {
        words.push_str(" (the world's answer)");
    }
    paragraph(&words, "   ");
}

fn print_fix(page: &Page) {
    if !page.fix.is_empty() {
        paragraph(&format!("Your commands in force: {}.", page.fix.join("; ")), "   ");
    }
}

fn print_goal(goal: &GoalLine) {
    let now = if goal.now.is_empty() { String::new() } else { format!(" ({})", goal.now) };
    paragraph(&format!("{}: {}{now}.", goal.state.word(), goal.text), "   ");
}

/// A line of help: one that is too long goes on under where its text begins.
fn wrapped(line: &str) {
    let text = line.trim_start();
    let lead = line.len() - text.len();
    // Behind two blanks begins what a name means.
    let meaning = text.find("  ").map(|gap| line.len() - text[gap..].trim_start().len());
    let meaning = meaning.filter(|column| *column < COLUMNS / 2);
    let (head, text) = line.split_at(meaning.unwrap_or(lead));
    let hang = meaning.unwrap_or(lead + 2);
    for (index, part) in wrap(text, COLUMNS - hang).iter().enumerate() {
        let before = if index == 0 { head.to_owned() } else { " ".repeat(hang) };
        output::line(&format!("{before}{part}"));
    }
}

fn paragraph(text: &str, indent: &str) {
    for (index, line) in wrap(text, COLUMNS - indent.len()).iter().enumerate() {
        output::line(&format!("{}{line}", if index == 0 { "" } else { indent }));
    }
}
