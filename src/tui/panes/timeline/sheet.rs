//! The cells of the chart, laid over each other before they are put.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::tui::text::put;

/// The cells of the chart before they are put, runs of one style at once.
pub(super) struct Sheet {
    area: Rect,
    cells: Vec<(char, Style)>,
}

impl Sheet {
    pub(super) fn new(area: Rect) -> Self {
        Self { area, cells: vec![(' ', Style::new()); usize::from(area.width) * usize::from(area.height)] }
    }

    pub(super) fn set(&mut self, column: u16, row: u16, sign: char, style: Style) {
        if column < self.area.width && row < self.area.height {
            self.cells[usize::from(row) * usize::from(self.area.width) + usize::from(column)] = (sign, style);
        }
    }

    pub(super) fn write(&mut self, column: u16, row: u16, text: &str, style: Style) {
        for (column, sign) in (column..).zip(text.chars()) {
            self.set(column, row, sign, style);
        }
    }

    pub(super) fn put(&self, buffer: &mut Buffer) {
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
