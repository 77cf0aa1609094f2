//! The coach: the page of the lesson that is played, in as many rows as there are; it scrolls.
//!
//! ```text
//! ┌ Step 3/9 · Predict ──────────────────────────────┐
//! │ Ana reserves a mug in the west. 50 ms later Ben  │
//! │ looks at the stock in Europe. What does he read? │
//! │ ▸ 1  9, she was told yes                         │
//! │   2  10                                          │
//! └──────────────────────────────────────────────────┘
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::{Pane, PaneId};
use crate::lesson::session::{Action, Page};
use crate::lesson::{GoalState, Input, Step};
use crate::tui::course;
use crate::tui::keys::{self, Direction};
use crate::tui::model::Model;
use crate::tui::text::{put, wrap};
use crate::tui::theme::Role;

/// The pane. It has no digit: while a lesson is open it is always there.
pub(super) const PANE: Pane = Pane { id: PaneId::Coach, digit: ' ', name: "Coach", title, draw, press, click };

/// Rows of what was predicted, at most.
const PREDICTION_ROWS: usize = 2;

/// A row of the page: its text and style.
struct Row {
    indent: u16,
    text: String,
    style: Style,
    part: Part,
}

/// What a row belongs to; things are numbered from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// What is to be read.
    Page,
    /// One of the options.
    Option(usize),
    /// One of the hints that were given.
    Hint(usize),
    /// One of the things that were said.
    Said(usize),
    /// What can be done.
    Action,
}

fn title(model: &Model) -> String {
    let Some(page) = model.course.page() else { return "Coach".to_owned() };
    if page.step == Step::Done {
        return format!("The end of {}", page.title);
    }
    let name = page.step.name();
    let name = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
    let more = match below(model) {
        0 => String::new(),
        below => format!(" · {below} more: {}", model.keymap.of(keys::Action::Next)),
    };
    let choose = if asks(&page) { format!(" · {}", choosing(model, &page)) } else { String::new() };
    let up = if model.focus == PaneId::Coach && !asks(&page) { ": ↑" } else { "" };
    let above = match above(model) {
        0 => String::new(),
        above => format!(" · {above} above{up}"),
    };
    format!("Step {}/{} · {name}{above}{more}{choose}", page.number, page.of)
}

fn press(model: &mut Model, direction: Direction) {
    let options = model.course.page().map_or(0, |page| if asks(&page) { page.options.len() } else { 0 });
    let last = last_hidden(model);
    let course = &mut model.course;
    let hidden = course.hidden.min(last);
    match direction {
        Direction::Enter => return course::next(model),
        Direction::Up if options > 0 => course.option = Some(course.option.unwrap_or(0).saturating_sub(1)),
        Direction::Down if options > 0 => {
            course.option = Some(course.option.map_or(0, |option| (option + 1).min(options - 1)));
        }
        Direction::Up => course.hidden = hidden.saturating_sub(1),
        Direction::Down => course.hidden = (hidden + 1).min(last),
        Direction::PageUp => course.hidden = hidden.saturating_sub(5),
        Direction::PageDown => course.hidden = (hidden + 5).min(last),
        Direction::Home => (course.hidden, course.option) = (0, Some(0)),
        Direction::End => course.hidden = last,
        Direction::Left | Direction::Right | Direction::Escape => {}
    }
    if options > 0 && matches!(direction, Direction::Up | Direction::Down) {
        show_option(model);
    }
}

/// A click on an option selects it, and one on the selected locks it.
fn click(model: &mut Model, area: Rect, (_, y): (u16, u16)) {
    let Some(page) = model.course.page() else { return };
    let (_, area) = split(model, &page, area);
    let rows = rows(model, &page, area.width);
    let row = rows.get(hidden(model, &rows, area) + usize::from(y.saturating_sub(area.y)));
    let Some(Part::Option(option)) = row.map(|row| row.part).filter(|_| asks(&page)) else { return };
    if model.course.option == Some(option) {
        course::tell(model, Input::Choose(option + 1));
    } else {
        model.course.option = Some(option);
    }
}

/// Whether an option is to be chosen.
fn asks(page: &Page) -> bool {
    page.actions.contains(&Action::Choose)
}

/// How to choose an option, or to lock the one that is chosen.
fn choosing(model: &Model, page: &Page) -> String {
    let next = model.keymap.of(keys::Action::Next);
    match model.course.option {
        Some(option) => format!("{next} locks {}", option + 1),
        None => format!("{} choose", digits(page)),
    }
}

/// The digits that choose an option: `1-4`.
pub(crate) fn digits(page: &Page) -> String {
    format!("1-{}", page.options.len())
}

/// Where the coach stands now, and its rows.
fn stand(model: &Model) -> Option<(Rect, Vec<Row>)> {
    let (width, height) = model.size;
    let places = crate::tui::layout::places(model, Rect::new(0, 0, width, height));
    let area = places.panes.iter().find(|(pane, _)| *pane == PaneId::Coach).map(|(_, area)| super::inner(*area))?;
    let page = model.course.page()?;
    let (_, area) = split(model, &page, area);
    Some((area, rows(model, &page, area.width)))
}

/// The rows that can be hidden at most.
fn last_hidden(model: &Model) -> usize {
    stand(model).map_or(0, |(area, rows)| rows.len().saturating_sub(usize::from(area.height)))
}

/// How many rows are hidden above.
fn hidden(model: &Model, rows: &[Row], area: Rect) -> usize {
    model.course.hidden.min(rows.len().saturating_sub(usize::from(area.height)))
}

/// How many rows are hidden below that say something: what can be done is told at the bottom of the screen too.
fn below(model: &Model) -> usize {
    let Some((area, rows)) = stand(model) else { return 0 };
    let said = rows.iter().filter(|row| row.part != Part::Action).count();
    said.saturating_sub(hidden(model, &rows, area) + usize::from(area.height))
}

/// How many rows are hidden above.
fn above(model: &Model) -> usize {
    stand(model).map_or(0, |(area, rows)| hidden(model, &rows, area))
}

/// Whether there is more to read below.
pub(crate) fn has_more(model: &Model) -> bool {
    below(model) > 0
}

/// Scrolls to what is hidden below. Says whether anything was.
pub(crate) fn read_on(model: &mut Model) -> bool {
    if !has_more(model) {
        return false;
    }
    let Some((area, rows)) = stand(model) else { return false };
    // One row stays, to go on from.
    model.course.hidden = hidden(model, &rows, area) + usize::from(area.height).saturating_sub(1).max(1);
    model.course.hidden = hidden(model, &rows, area);
    true
}

/// Scrolls to what was said from this thing on, from its beginning.
pub(crate) fn show_said(model: &mut Model, from: usize) {
    show_from(model, |part| matches!(part, Part::Said(said) if said >= from));
}

/// Scrolls to the hint that was given last, from its beginning.
pub(crate) fn show_hint(model: &mut Model) {
    let given = model.course.page().map_or(0, |page| page.hints.given.len());
    show_from(model, |part| part == Part::Hint(given.saturating_sub(1)));
}

/// Scrolls to the first row that is meant; without one, to the end.
fn show_from(model: &mut Model, is_meant: impl Fn(Part) -> bool) {
    let Some((area, rows)) = stand(model) else { return };
    model.course.hidden = rows.iter().position(|row| is_meant(row.part)).unwrap_or(rows.len());
    model.course.hidden = hidden(model, &rows, area);
}

/// Scrolls so far that the option that is chosen is seen whole.
pub(crate) fn show_option(model: &mut Model) {
    let Some((area, rows)) = stand(model) else { return };
    let is_chosen = |row: &Row| model.course.option.is_some_and(|option| row.part == Part::Option(option));
    let (Some(first), Some(last)) = (rows.iter().position(is_chosen), rows.iter().rposition(is_chosen)) else { return };
    let from = (last + 1).saturating_sub(usize::from(area.height));
    model.course.hidden = hidden(model, &rows, area).max(from).min(first);
}

fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let Some(page) = model.course.page() else { return };
    let (prediction, body) = split(model, &page, area);
    for (y, line) in (area.y..body.y).zip(&prediction) {
        put(buffer, area, (area.x + 1, y), line, model.theme.style(Role::Dim));
    }
    let area = body;
    let rows = rows(model, &page, area.width);
    let hidden = hidden(model, &rows, area);
    for (y, row) in (area.y..area.bottom()).zip(rows.iter().skip(hidden)) {
        put(buffer, area, (area.x + 1 + row.indent, y), &row.text, row.style);
    }
}

/// What was predicted, in rows that stay while the page scrolls, and where the page stands below them.
fn split(model: &Model, page: &Page, area: Rect) -> (Vec<String>, Rect) {
    let text = page.prediction.as_deref().unwrap_or_default();
    let mut lines = wrap(&model.glyphs.plain(text), usize::from(area.width.saturating_sub(2)).max(8));
    lines.truncate(PREDICTION_ROWS.min(usize::from(area.height) / 3));
    let rows = lines.len() as u16;
    (lines, Rect { y: area.y + rows, height: area.height - rows, ..area })
}

/// The whole page.
fn rows(model: &Model, page: &Page, width: u16) -> Vec<Row> {
    let mut pen = Pen { model, width: usize::from(width.saturating_sub(2)).max(8), rows: Vec::new() };
    pen.prose(page);
    pen.options(page);
    pen.goals(page);
    pen.said();
    pen.work(page);
    pen.task(page);
    let said = pen.rows.len();
    pen.actions(page);
    pen.rows.iter_mut().skip(said).for_each(|row| row.part = Part::Action);
    pen.rows
}

struct Pen<'a> {
    model: &'a Model,
    width: usize,
    rows: Vec<Row>,
}

impl Pen<'_> {
    fn write(&mut self, indent: u16, text: &str, style: Style, part: Part) {
        let width = self.width.saturating_sub(usize::from(indent)).max(6);
        let lines = wrap(&self.model.glyphs.plain(text), width);
        self.rows.extend(lines.into_iter().map(|text| Row { indent, text, style, part }));
    }

    fn gap(&mut self) {
        if !self.rows.is_empty() {
            self.rows.push(Row { indent: 0, text: String::new(), style: Style::new(), part: Part::Page });
        }
    }

    /// What is to be read. While something is being done, what led to it makes room.
    fn prose(&mut self, page: &Page) {
        let is_doing = match &page.task {
            Some(task) => task.number > 1,
            None => page.is_doing(),
        };
        if is_doing {
            return;
        }
        for (number, paragraph) in page.paragraphs.iter().enumerate() {
            if number > 0 {
                self.gap();
            }
            self.write(0, paragraph, self.model.theme.style(Role::Text), Part::Page);
        }
    }

    /// What is to be done next.
    fn task(&mut self, page: &Page) {
        let theme = self.model.theme;
        let key = self.model.keymap.of(keys::Action::Next);
        if let Some(journey) = self.model.journey.as_ref().filter(|_| page.is_doing()) {
            // The next thing to do may speak of what is still to come.
            self.gap();
            let stop = self.model.keymap.of(keys::Action::RunOrPause);
            let way = if journey.watched.is_some() { format!("{key} skips ahead") } else { format!("{stop} stops it") };
            return self.write(0, &format!("Time passes; {way}."), theme.style(Role::Dim), Part::Page);
        }
        let Some(task) = &page.task else {
            if page.step == Step::Do {
                self.gap();
                self.write(0, "All is done. Try more, if you like.", theme.style(Role::Text), Part::Page);
            }
            return;
        };
        self.gap();
        self.write(0, &format!("{}/{} {}", task.number, task.of, task.say), theme.style(Role::Text), Part::Page);
        self.write(2, &format!("{key} types it: {}", task.line), theme.style(Role::Accent), Part::Page);
    }

    /// The options, with a cursor while one is to be chosen, and signs once the world has decided.
    fn options(&mut self, page: &Page) {
        let (theme, asks) = (self.model.theme, asks(page));
        for (index, option) in page.options.iter().enumerate() {
            let is_selected = asks && self.model.course.option == Some(index);
            let (sign, role) = match (option.is_right, option.is_chosen, is_selected) {
                (Some(true), ..) => ("✓", Role::Good),
                (Some(false), true, _) => ("✗", Role::Warn),
                (None, true, _) => ("•", Role::Accent),
                (_, _, true) => ("▸", Role::Accent),
                _ => (" ", Role::Text),
            };
            let style = theme.style(role);
            let style = if is_selected { style.add_modifier(Modifier::BOLD) } else { style };
            self.write(0, &format!("{sign} {}) {}", option.number, option.text), style, Part::Option(index));
        }
    }

    /// The goals, each with a sign for how it stands, what is wanted and what is.
    fn goals(&mut self, page: &Page) {
        let theme = self.model.theme;
        for goal in &page.goals {
            let (sign, role) = match goal.state {
                GoalState::Met => ("✓", Role::Good),
                GoalState::NotYet => ("○", Role::Accent),
                GoalState::Broken => ("✗", Role::Warn),
                GoalState::Untried => ("·", Role::Dim),
            };
            self.write(0, &format!("{sign} {}", goal.line()), theme.style(role), Part::Page);
        }
        if !page.fix.is_empty() {
            self.write(0, &format!("In force: {}", page.fix.join("; ")), theme.style(Role::Text), Part::Page);
        }
        for (index, hint) in page.hints.given.iter().enumerate() {
            let text = format!("Hint {}: {hint}", index + 1);
            self.write(0, &text, theme.style(Role::Accent), Part::Hint(index));
        }
    }

    /// What the lesson said since the page was turned.
    fn said(&mut self) {
        if !self.model.course.said.is_empty() {
            self.gap();
        }
        for (index, (tone, text)) in self.model.course.said.iter().enumerate() {
            let style = self.model.theme.style(tone.role());
            self.write(0, &format!("{} {text}", tone.sign()), style, Part::Said(index));
        }
    }

    /// What is under way.
    fn work(&mut self, page: &Page) {
        let theme = self.model.theme;
        if page.is_trying {
            self.write(0, "Your fix is being tried in a copy of this world …", theme.style(Role::Dim), Part::Page);
        }
        if let Some((done, of)) = page.grading {
            let width = self.width.saturating_sub(16).min(30);
            let full = (done as usize * width).checked_div(of as usize).unwrap_or(0);
            let bar: String = (0..width).map(|column| if column < full { '█' } else { '░' }).collect();
            self.write(0, &format!("{bar} {done}/{of} runs"), theme.style(Role::Accent), Part::Page);
        }
    }

    /// What can be done here.
    fn actions(&mut self, page: &Page) {
        let next = self.model.keymap.of(keys::Action::Next);
        let hint = self.model.keymap.of(keys::Action::Hint);
        let words: Vec<String> = page
            .actions
            .iter()
            .filter_map(|action| match action {
                Action::Next if page.step == Step::Done => Some(self.following(&next)),
                Action::Next if page.step == Step::Further => Some(format!("{next} ends the lesson")),
                Action::Next => Some(format!("{next} goes on")),
                Action::DoTask => None,
                Action::Choose => Some(format!("{} or ↑ ↓ choose, {next} locks your answer", digits(page))),
                Action::Answer => Some(format!("{next} writes it down")),
                Action::Hint if page.hints.left > 0 => Some(format!("{hint} hint")),
                Action::Hint => None,
                Action::Grade if page.grading.is_some() => None,
                Action::Grade if page.has_open_goals() => Some(format!("{next} says what is open, and how to go on")),
                Action::Grade => Some(format!("{next} grades: tries your fix in many runs")),
                Action::Witness => Some(":witness opens a run that broke a goal".to_owned()),
                Action::Solution => Some(":solution".to_owned()),
            })
            .collect();
        if !words.is_empty() {
            self.gap();
            self.write(0, &words.join(" · "), self.model.theme.style(Role::Dim), Part::Page);
        }
    }

    /// What comes after this lesson.
    fn following(&self, next: &str) -> String {
        let lessons = self.model.keymap.of(keys::Action::Lessons);
        match course::following(self.model) {
            Some((title, minutes)) => format!("{next} opens {title} ({minutes} min) · {lessons} lists all lessons"),
            None => format!("all that this version has are played; more are to come · {lessons} lists them"),
        }
    }
}
