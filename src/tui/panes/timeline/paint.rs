//! The picture: lanes, operations, slopes, events, bands, the axis and what is told of the chosen event.
//!
//! ```text
//!           ▒ partition r1 | r2 r3 ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒      faults of links, from the command to its mending
//!  ana  ┄┄┄┄○━take mug━●┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄      an operation: begun, ended
//!  r1   ────────◆─────────────────────────────────────      the chosen event
//!                ⠑⠢⢄
//!  cyd  ┄┄┄┄┄┄┄┄┄┄┄┄┄⠉⠢⢄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄
//!  r2   ─────────────────•────────────────────────────      the write has arrived
//!       │1.20s         │1.25s        │1.30s
//!  1.221s  r1 gets a request from ana, takes in stock mug …   12 before · 5 after · 30 concurrent
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use crate::base::AttemptId;
use crate::cluster::view::Condition;
use crate::tui::model::Model;
use crate::tui::panes::message_style;
use crate::tui::text::{columns, fit, put};
use crate::tui::theme::Role;

use super::causes::{Causes, Mark};
use super::choose::Chosen;
use super::faults::{self, Band};
use super::ink::{Grid, Ink};
use super::lanes::{self, Lanes};
use super::scan::{Scan, Sign};
use super::window::Window;
use super::words;

/// Columns for the names of lanes, at most.
const NAME_COLUMNS_MAX: u16 = 8;
/// Columns between two labels of the axis.
const TICKS_APART: u16 = 12;

/// What stands where in the pane.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) names: Rect,
    pub(super) chart: Rect,
    pub(super) bands: Rect,
    pub(super) axis: Rect,
    pub(super) words: Rect,
}

impl Plan {
    /// The lanes have what rows remain; the less there is room for, the sooner it goes.
    pub(super) fn new(model: &Model, area: Rect, has_bands: bool) -> Self {
        let view = model.sitting.run().cluster().view();
        let name_columns = |actor| columns(&view.catalog().actor_name(actor)) as u16;
        let longest = lanes::actors(view).into_iter().map(name_columns).max();
        let name_columns = (longest.unwrap_or(0).clamp(2, NAME_COLUMNS_MAX) + 2).min(area.width);
        let axis = u16::from(area.height >= 4);
        // Where nothing is wrong with a link, its row is for lanes and words.
        let bands = match area.height {
            ..6 => 0,
            6..14 => u16::from(has_bands),
            14.. => 2,
        };
        let spare = area.height.saturating_sub(axis + bands + lanes::rows_wanted(view));
        let words = if area.height < 3 { 0 } else { spare.clamp(1, 2) };
        let row = |y: u16, height: u16| Rect { y: area.y + y, height, ..area };
        let right = |own: Rect| Rect { x: own.x + name_columns, width: own.width - name_columns, ..own };
        let chart = row(bands, area.height - bands - axis - words);
        Self {
            names: Rect { width: name_columns, ..chart },
            chart: right(chart),
            bands: right(row(0, bands)),
            axis: right(row(area.height - words - axis, axis)),
            words: row(area.height - words, words),
        }
    }
}

/// Everything that a picture is made from. The mouse asks the same.
#[derive(Debug)]
pub(super) struct Picture<'a> {
    pub(super) model: &'a Model,
    pub(super) plan: Plan,
    pub(super) window: Window,
    pub(super) lanes: Lanes,
    pub(super) chosen: Option<Chosen>,
    bands: Vec<Band<'a>>,
    pub(super) scan: Scan,
}

impl<'a> Picture<'a> {
    pub(super) fn new(model: &'a Model, area: Rect) -> Self {
        let window = Window::of(model);
        let sitting = &model.sitting;
        let bands = faults::bands(&sitting.commands()[..sitting.applied()], &window);
        let plan = Plan::new(model, area, !bands.is_empty());
        let trace = &model.sitting.log().trace;
        let lanes = Lanes::new(model.sitting.run().cluster().view(), plan.chart.height);
        let chosen = model.panes.timeline.chosen(trace);
        let causes = chosen.map_or_else(Causes::default, |chosen| {
            let entries = trace.range(window.numbers.clone());
            Causes::of(entries, window.numbers.start, (chosen.actor, chosen.at))
        });
        let scan = Scan::new(model, &window, &lanes, &causes, plan.chart.width);
        Self { model, plan, window, lanes, chosen, bands, scan }
    }

    /// What happened in each column of a lane, and how it stands to what is chosen.
    pub(super) fn signs(&self, lane: usize) -> &[(Sign, Mark)] {
        &self.scan.signs[lane]
    }

    /// Draws it.
    pub(super) fn draw(&self, buffer: &mut Buffer) {
        let mut sheet = Sheet::new(self.plan.chart);
        self.lines(&mut sheet);
        self.slopes(&mut sheet);
        self.conditions(&mut sheet);
        self.operations(&mut sheet);
        self.events(&mut sheet);
        self.condition_words(&mut sheet);
        sheet.put(buffer);
        self.names(buffer);
        self.bands(buffer);
        self.axis(buffer);
        words::draw(self, buffer);
    }

    fn style(&self, role: Role) -> Style {
        self.model.theme.style(role)
    }

    /// The columns from one instant to another.
    fn columns(&self, from: crate::base::Instant, to: crate::base::Instant) -> std::ops::RangeInclusive<u16> {
        let width = self.plan.chart.width;
        self.window.place(from, width)..=self.window.place(to, width)
    }

    /// The lanes as far as time has come: a replica is always there, a client when it has something to do.
    fn lines(&self, sheet: &mut Sheet) {
        let glyphs = self.model.glyphs;
        for lane in &self.lanes.all {
            let sign = if lane.actor.as_replica().is_some() { glyphs.across } else { glyphs.ahead };
            for column in self.columns(self.window.from, self.window.to) {
                sheet.set(column, lane.row, sign, self.style(Role::Dim));
            }
        }
    }

    fn slopes(&self, sheet: &mut Sheet) {
        let (width, height) = (self.plan.chart.width, self.plan.chart.height);
        let mut grid = Grid::new((width, height), self.model.glyphs);
        let places = width * grid.dots().0;
        for slope in &self.scan.slopes {
            let x = |at| self.window.place_outside(at, places);
            let row = |lane: usize| self.lanes.all[lane].row;
            let (from, to) = ((x(slope.from.0), row(slope.from.1)), (x(slope.to.0), row(slope.to.1)));
            let ink = match slope.mark {
                Mark::Past | Mark::Chosen => Ink::Past,
                Mark::Future => Ink::Future,
                Mark::Concurrent if self.chosen.is_some() => Ink::Faint,
                Mark::Concurrent => Ink::Of(slope.class),
            };
            grid.line(from, to, slope.gone_milli, ink);
        }
        for row in 0..height {
            let is_line = self.lanes.has_line(row);
            for column in 0..width {
                let inked = if is_line { grid.on_lane(column, row) } else { grid.at(column, row) };
                if let Some(inked) = inked {
                    sheet.set(column, row, inked.sign, self.ink(inked.ink));
                }
            }
        }
    }

    fn ink(&self, ink: Ink) -> Style {
        match ink {
            Ink::Faint => self.style(Role::Dim),
            Ink::Future => self.lit(Mark::Future),
            Ink::Past => self.lit(Mark::Past),
            Ink::Of(class) => message_style(self.model.theme, class),
        }
    }

    /// How what stands so to the chosen event is drawn: never by its colour alone, and its side of the event tells too.
    fn lit(&self, mark: Mark) -> Style {
        match mark {
            Mark::Past => self.style(Role::Past).add_modifier(Modifier::BOLD),
            Mark::Future => self.style(Role::Future).add_modifier(Modifier::BOLD),
            Mark::Chosen => self.style(Role::Selected).add_modifier(Modifier::BOLD),
            Mark::Concurrent => self.style(Role::Dim),
        }
    }

    /// Where an actor is not up.
    fn conditions(&self, sheet: &mut Sheet) {
        let glyphs = self.model.glyphs;
        for stretch in &self.scan.conditions {
            let (sign, role) = match stretch.is {
                Condition::Paused => (glyphs.band, Role::Warn),
                _ => (glyphs.across_broken, Role::Bad),
            };
            let row = self.lanes.all[stretch.lane].row;
            for column in self.columns(stretch.from, stretch.to) {
                sheet.set(column, row, sign, self.style(role));
            }
        }
    }

    /// Says why a lane is broken, where nothing but lost messages would be hidden by it.
    fn condition_words(&self, sheet: &mut Sheet) {
        for stretch in &self.scan.conditions {
            let (word, role) = match stretch.is {
                Condition::Paused => (" paused ", Role::Warn),
                Condition::DiskLost => (" disk lost ", Role::Bad),
                _ => (" down ", Role::Bad),
            };
            let columns_of = self.columns(stretch.from, stretch.to);
            let first = columns_of.start() + 2;
            let hidden = self.signs(stretch.lane).iter().skip(usize::from(first)).take(columns(word));
            let is_free =
                hidden.into_iter().all(|(sign, mark)| matches!(sign, Sign::None | Sign::Lost) && *mark != Mark::Chosen);
            if is_free && columns_of.len() >= columns(word) + 4 {
                sheet.write(first, self.lanes.all[stretch.lane].row, word, self.style(role));
            }
        }
    }

    /// Operations while they run, with their names where there is room.
    fn operations(&self, sheet: &mut Sheet) {
        let role = if self.chosen.is_some() { Role::Text } else { Role::Request };
        for stretch in &self.scan.operations {
            let name = stretch.is.and_then(|attempt| self.operation(attempt)).unwrap_or_default();
            let name = self.model.glyphs.plain(&name);
            let columns_of = self.columns(stretch.from, stretch.to);
            let row = self.lanes.all[stretch.lane].row;
            for column in columns_of.clone() {
                sheet.set(column, row, self.model.glyphs.past, self.style(role));
            }
            if columns_of.len() >= columns(&name) + 4 {
                sheet.write(columns_of.start() + 2, row, &name, self.style(role));
            }
        }
    }

    fn operation(&self, attempt: AttemptId) -> Option<String> {
        let run = self.model.sitting.run();
        let operation = run.metrics().operations().get(attempt.op)?;
        let verb = operation.op_type.name().split('.').nth(1).unwrap_or_default();
        Some(format!("{verb} {}", run.cluster().view().catalog().key_name(operation.key)))
    }

    fn events(&self, sheet: &mut Sheet) {
        for (lane, signs) in self.lanes.all.iter().zip(&self.scan.signs) {
            for (column, (sign, mark)) in (0..).zip(signs) {
                if *sign == Sign::None {
                    continue;
                }
                let (shown, role) = self.sign(*sign);
                let (shown, style) = match mark {
                    Mark::Chosen => (self.model.glyphs.chosen, self.lit(Mark::Chosen)),
                    mark if self.chosen.is_some() => (shown, self.lit(*mark)),
                    _ => (shown, self.style(role)),
                };
                sheet.set(column, lane.row, shown, style);
            }
        }
    }

    fn sign(&self, sign: Sign) -> (char, Role) {
        let glyphs = self.model.glyphs;
        match sign {
            Sign::None | Sign::Passing => (glyphs.event, Role::Text),
            Sign::Event => (glyphs.event, Role::News),
            Sign::Begins => (glyphs.begins, Role::Request),
            Sign::Ends => (glyphs.up, Role::Request),
            Sign::Cut => (glyphs.cut, Role::Bad),
            Sign::Lost | Sign::Crashes => (glyphs.dead, Role::Bad),
            Sign::Stalls => (glyphs.stopped, Role::Warn),
            Sign::Starts => (glyphs.cursor, Role::Good),
            Sign::Haunted => (glyphs.differs, Role::Bad),
        }
    }

    fn names(&self, buffer: &mut Buffer) {
        let catalog = self.model.sitting.run().cluster().view().catalog();
        let own = self.chosen.map(|chosen| chosen.actor);
        for lane in &self.lanes.all {
            let at = (self.plan.names.x, self.plan.names.y + lane.row);
            let is_own = own == Some(lane.actor);
            let role = match (is_own, lane.actor.as_replica()) {
                (true, _) => Role::Selected,
                (false, Some(_)) => Role::Text,
                (false, None) => Role::Dim,
            };
            let cursor = if is_own { self.model.glyphs.cursor } else { ' ' };
            let name = fit(&catalog.actor_name(lane.actor), usize::from(NAME_COLUMNS_MAX), self.model.glyphs.more);
            put(buffer, self.plan.names, at, &format!("{cursor}{name}"), self.style(role));
        }
    }

    /// The faults of links, each in the first row that is free.
    fn bands(&self, buffer: &mut Buffer) {
        let rows = self.plan.bands.height;
        if rows == 0 {
            return;
        }
        let mut free_from = vec![0_u16; usize::from(rows)];
        for band in &self.bands {
            let columns_of =
                self.columns(band.from.max(self.window.from), band.to.unwrap_or(self.window.to).min(self.window.to));
            let last = free_from.len() - 1;
            let row = free_from.iter().position(|free| free <= columns_of.start()).unwrap_or(last);
            free_from[row] = columns_of.end() + 1;
            let y = self.plan.bands.y + row as u16;
            let width = columns_of.len();
            let sign = self.model.glyphs.band;
            let text = fit(&format!("{sign} {} ", self.model.glyphs.plain(band.text)), width, sign);
            let rest = width.saturating_sub(columns(&text));
            let text = text + &String::from(sign).repeat(rest);
            let place = Rect { x: self.plan.bands.x + columns_of.start(), y, width: width as u16, height: 1 };
            put(buffer, place.intersection(self.plan.bands), (place.x, y), &text, self.style(Role::Band));
        }
    }

    fn axis(&self, buffer: &mut Buffer) {
        let area = self.plan.axis;
        let (step_us, ticks) = super::window::ticks(&self.window, area.width, TICKS_APART);
        for at in ticks {
            let text = format!("{}{}", self.model.glyphs.down, tick_text(at.0, step_us));
            let x = area.x + self.window.place(at, area.width);
            if x + columns(&text) as u16 <= area.right() {
                put(buffer, area, (x, area.y), &text, self.style(Role::Dim));
            }
        }
        let now = self.model.sitting.run().now();
        if now >= self.window.from && now < self.window.end() {
            let x = area.x + self.window.place(now, area.width);
            put(buffer, area, (x, area.y), &self.model.glyphs.caret.to_string(), self.style(Role::Accent));
        }
    }
}

/// An instant with as many digits as the step between two of them needs.
fn tick_text(us: u64, step_us: u64) -> String {
    let (seconds, rest) = (us / 1_000_000, us % 1_000_000);
    match step_us {
        1_000_000.. if seconds >= 60 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        1_000_000.. => format!("{seconds}s"),
        100_000.. => format!("{seconds}.{}s", rest / 100_000),
        10_000.. => format!("{seconds}.{:02}s", rest / 10_000),
        1_000.. => format!("{seconds}.{:03}s", rest / 1_000),
        _ => format!("{seconds}.{rest:06}s"),
    }
}

/// The cells of the chart before they are put, runs of one style at once.
struct Sheet {
    area: Rect,
    cells: Vec<(char, Style)>,
}

impl Sheet {
    fn new(area: Rect) -> Self {
        Self { area, cells: vec![(' ', Style::new()); usize::from(area.width) * usize::from(area.height)] }
    }

    fn set(&mut self, column: u16, row: u16, sign: char, style: Style) {
        if column < self.area.width && row < self.area.height {
            self.cells[usize::from(row) * usize::from(self.area.width) + usize::from(column)] = (sign, style);
        }
    }

    fn write(&mut self, column: u16, row: u16, text: &str, style: Style) {
        for (column, sign) in (column..).zip(text.chars()) {
            self.set(column, row, sign, style);
        }
    }

    fn put(&self, buffer: &mut Buffer) {
        for (row, cells) in (self.area.y..).zip(self.cells.chunks(usize::from(self.area.width).max(1))) {
            let mut x = self.area.x;
            for run in cells.chunk_by(|(_, style), (_, next)| style == next) {
                let text: String = run.iter().map(|(sign, _)| sign).collect();
                put(buffer, self.area, (x, row), &text, run[0].1);
                x += run.len() as u16;
            }
        }
    }
}
