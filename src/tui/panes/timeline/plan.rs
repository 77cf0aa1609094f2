//! What stands where in the pane.

use ratatui::layout::Rect;

use crate::tui::model::Model;
use crate::tui::text::columns;

use super::lanes;

/// Columns for the names of lanes, at most.
pub(super) const NAME_COLUMNS_MAX: u16 = 8;
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
