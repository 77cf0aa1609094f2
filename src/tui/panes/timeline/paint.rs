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
//!  1.221s r1: decides stock.reserve mug (request from ana)   12 before  5 after  30 concurrent
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use crate::base::AttemptId;
use crate::cluster::view::Condition;
use crate::tui::model::Model;
use crate::tui::panes::message_style;
use crate::tui::text::columns;
use crate::tui::theme::Role;

use super::causes::{Causes, Mark};
use super::choose::Chosen;
use super::faults::{self, Band};
use super::ink::{Grid, Ink};
use super::lanes::Lanes;
use super::plan::Plan;
use super::scan::{Scan, Sign};
use super::sheet::Sheet;
use super::window::Window;
use super::words;

/// Everything that a picture is made from. The mouse asks the same.
#[derive(Debug)]
pub(super) struct Picture<'a> {
    pub(super) model: &'a Model,
    pub(super) plan: Plan,
    pub(super) window: Window,
    pub(super) lanes: Lanes,
    pub(super) chosen: Option<Chosen>,
    pub(super) bands: Vec<Band<'a>>,
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

    pub(super) fn style(&self, role: Role) -> Style {
        self.model.theme.style(role)
    }

    /// The columns from one instant to another.
    pub(super) fn columns(
        &self,
        from: crate::base::Instant,
        to: crate::base::Instant,
    ) -> std::ops::RangeInclusive<u16> {
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
}
