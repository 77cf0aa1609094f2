//! Slopes in dots, eight to a cell where the font has Braille, and else in signs.

use ratatui::symbols::Marker;

use crate::base::MessageClass;
use crate::tui::glyphs::Glyphs;

/// With what something is drawn. Where two meet in a cell, the one that matters more wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// What stands aside of what is chosen.
    Faint,
    /// A message of a class, where nothing is chosen.
    Of(MessageClass),
    /// After what is chosen.
    Future,
    /// Before what is chosen.
    Past,
}

impl Ink {
    /// How much it matters, where two lines meet.
    fn weight(self) -> u8 {
        match self {
            Self::Faint => 0,
            Self::Of(MessageClass::Heartbeat | MessageClass::Raft | MessageClass::Primary) => 1,
            Self::Of(MessageClass::Repair | MessageClass::Quorum) => 2,
            Self::Of(MessageClass::Gossip) => 3,
            Self::Of(MessageClass::Request | MessageClass::Reply) => 4,
            Self::Future => 5,
            Self::Past => 6,
        }
    }
}

/// Dots in a Braille cell, by row and column.
const BRAILLE: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
/// The row of dots in a cell that is nearest to a lane's line.
const MIDDLE: u16 = 2;

/// A cell with some of a slope in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Inked {
    pub(super) sign: char,
    pub(super) ink: Ink,
}

/// All cells of the chart.
#[derive(Debug)]
pub(super) struct Grid<'a> {
    glyphs: &'a Glyphs,
    size: (u16, u16),
    cells: Vec<(u8, Option<Inked>)>,
}

impl<'a> Grid<'a> {
    /// An empty one of so many columns and rows.
    pub(super) fn new(size: (u16, u16), glyphs: &'a Glyphs) -> Self {
        Self { glyphs, size, cells: vec![(0, None); usize::from(size.0) * usize::from(size.1)] }
    }

    /// Dots in a cell: across, down.
    pub(super) fn dots(&self) -> (u16, u16) {
        if self.glyphs.marker == Marker::Braille { (2, 4) } else { (1, 1) }
    }

    /// What is in a cell.
    pub(super) fn at(&self, column: u16, row: u16) -> Option<Inked> {
        self.cells.get(self.index(column, row)).and_then(|(_, inked)| *inked)
    }

    /// Draws a line, `milli` thousandths of it, from a place of dots in one row to one in another. What lies left or
    /// right of the grid is left out.
    pub(super) fn line(&mut self, (x0, row0): (i64, u16), (x1, row1): (i64, u16), milli: u64, ink: Ink) {
        let (across, down) = self.dots();
        let middle = |row: u16| i64::from(row * down + if down > 1 { MIDDLE } else { 0 });
        let (y0, reach_x) = (middle(row0), x1 - x0);
        let reach_y = (middle(row1) - y0) * milli as i64 / 1_000;
        let steps = reach_x.abs().max(reach_y.abs()).max(1);
        let part = |whole: i64, step: i64| (2 * whole * step + whole.signum() * steps) / (2 * steps);
        let at = |step: i64| (x0 + part(reach_x, step), y0 + part(reach_y, step));
        let first = if x0 < 0 && reach_x > 0 { (-x0 * steps / reach_x - 1).max(0) } else { 0 };
        let right = i64::from(self.size.0 * across);
        for step in first..=steps {
            let dot = at(step);
            if dot.0 >= right {
                return;
            }
            if dot.0 >= 0 {
                self.dot((dot.0 as u16, dot.1 as u16), (at((step - 1).max(0)), at((step + 1).min(steps))), ink);
            }
        }
    }

    /// One dot of a line, between the one before and the one after.
    fn dot(&mut self, (x, y): (u16, u16), ((x0, y0), (x1, y1)): ((i64, i64), (i64, i64)), ink: Ink) {
        let (across, down) = self.dots();
        let (column, row) = (x / across, y / down);
        if column >= self.size.0 || row >= self.size.1 {
            return;
        }
        let index = self.index(column, row);
        let (bits, inked) = &mut self.cells[index];
        let sign = if down > 1 {
            *bits |= BRAILLE[usize::from(y % down)][usize::from(x % across)];
            char::from_u32(0x2800 + u32::from(*bits)).unwrap_or(' ')
        } else {
            match (x0 == x1, y0.cmp(&y1)) {
                (true, _) => self.glyphs.down,
                (false, std::cmp::Ordering::Less) => self.glyphs.diagonals[0],
                (false, std::cmp::Ordering::Greater) => self.glyphs.diagonals[1],
                (false, std::cmp::Ordering::Equal) => self.glyphs.slanted,
            }
        };
        match inked {
            // Dots of all lines in a cell are one sign; its ink is that of the line that matters most.
            Some(own) if own.ink.weight() > ink.weight() => {
                if down > 1 {
                    own.sign = sign;
                }
            }
            _ => *inked = Some(Inked { sign, ink }),
        }
    }

    /// Adds the line of a lane to the dots of a cell.
    pub(super) fn on_lane(&self, column: u16, row: u16) -> Option<Inked> {
        let (bits, inked) = self.cells.get(self.index(column, row))?;
        let inked = (*inked)?;
        if self.dots().1 == 1 {
            return Some(inked);
        }
        let lane = BRAILLE[usize::from(MIDDLE)];
        let sign = char::from_u32(0x2800 + u32::from(bits | lane[0] | lane[1]))?;
        Some(Inked { sign, ..inked })
    }

    fn index(&self, column: u16, row: u16) -> usize {
        usize::from(row) * usize::from(self.size.0) + usize::from(column)
    }
}
