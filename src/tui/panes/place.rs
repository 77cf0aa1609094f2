//! Where replicas stand on the map, and which way their messages go.
//!
//! ```text
//!            ╭ r2 ──────╮                 two: side by side      four and more: on a ring,
//!     ╭──────┤          ├──────╮          one: in the middle     with slanted links
//!     │      ╰──────────╯      │
//! ╭ r1 ──────╮          ╭ r3 ──────╮
//! │          ├──────────┤          │
//! ╰──────────╯          ╰──────────╯
//! ```

use ratatui::layout::Rect;

/// Rows of a box with a border.
const BOX_ROWS: u16 = 5;

/// Where everything stands.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// The box of each replica.
    pub(crate) boxes: Vec<Rect>,
    /// How much a box shows.
    pub(crate) size: BoxSize,
}

/// How much a box shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BoxSize {
    /// A border, and three lines in it.
    Full,
    /// A border, and two lines in it.
    Small,
    /// Two lines without a border.
    Bare,
}

impl Plan {
    /// A plan for `count` replicas on `area`.
    pub(crate) fn new(count: usize, area: Rect) -> Self {
        match count {
            0..=3 => Self { boxes: few(count, area), size: BoxSize::Full },
            4..=6 => Self { boxes: ring(count, area, (12, 4)), size: BoxSize::Small },
            _ => Self { boxes: ring(count, area, (10, 2)), size: BoxSize::Bare },
        }
    }

    /// The two boxes whose link is at a cell, or beside it: a line is thin for a pointer.
    pub(crate) fn link_at(&self, at: (u16, u16)) -> Option<(usize, usize)> {
        let count = self.boxes.len();
        let pairs = || (0..count).flat_map(move |one| (one + 1..count).map(move |other| (one, other)));
        let distance = |(one, other): &(usize, usize)| {
            let cells = self.route(*one, *other);
            let of = |(x, y): &(u16, u16)| 2 * x.abs_diff(at.0).max(y.abs_diff(at.1)) + u16::from(*y != at.1);
            cells.iter().map(of).min().unwrap_or(u16::MAX)
        };
        let nearest = pairs().min_by_key(distance)?;
        (distance(&nearest) <= 3).then_some(nearest)
    }

    /// The cells between two boxes, from the first to the second.
    pub(crate) fn route(&self, from: usize, to: usize) -> Vec<(u16, u16)> {
        let (low, high) = (from.min(to), from.max(to));
        let (one, other) = (self.boxes[low], self.boxes[high]);
        let mut cells = match (self.boxes.len(), low, high) {
            (2, ..) | (3, 0, 2) => across(one, other),
            (3, 0, 1) => up_and_over(one, other),
            (3, 1, 2) => {
                let mut cells = up_and_over(other, one);
                cells.reverse();
                cells
            }
            _ => slanted(one, other),
        };
        // What lies under a box is not seen.
        cells.retain(|(x, y)| !self.boxes.iter().any(|own| own.contains((*x, *y).into())));
        if from > to {
            cells.reverse();
        }
        cells
    }
}

fn few(count: usize, area: Rect) -> Vec<Rect> {
    let width = (area.width * 2 / 5).clamp(15, 28).min(area.width);
    let height = BOX_ROWS.min(area.height);
    let spare = area.height.saturating_sub(2 * height + 2) / 3;
    let margin = area.width.saturating_sub(2 * width) / 12;
    let left = area.x + margin;
    let right = area.right().saturating_sub(width + margin);
    let middle = area.x + (area.width - width) / 2;
    let top = area.y + spare;
    let low = area.bottom().saturating_sub(height + spare);
    let centre = area.y + (area.height - height) / 2;
    let at = |x, y| Rect { x, y, width, height };
    match count {
        0 => Vec::new(),
        1 => vec![at(middle, centre)],
        2 => vec![at(left, centre), at(right, centre)],
        _ => vec![at(left, low), at(middle, top), at(right, low)],
    }
}

fn ring(count: usize, area: Rect, (width, height): (u16, u16)) -> Vec<Rect> {
    let (width, height) = (width.min(area.width), height.min(area.height));
    let (reach_x, reach_y) = (f64::from(area.width - width) / 2.0, f64::from(area.height - height) / 2.0);
    let at = |index: usize| {
        let angle = std::f64::consts::TAU * index as f64 / count as f64;
        let x = reach_x + reach_x * libm::sin(angle);
        let y = reach_y - reach_y * libm::cos(angle);
        Rect { x: area.x + x.round() as u16, y: area.y + y.round() as u16, width, height }
    };
    (0..count).map(at).collect()
}

/// From box to box on one row.
fn across(left: Rect, right: Rect) -> Vec<(u16, u16)> {
    let y = left.y + left.height / 2;
    (left.right()..right.x).map(|x| (x, y)).collect()
}

/// From the roof of the lower box up, and then sideways to the wall of the upper one.
fn up_and_over(lower: Rect, upper: Rect) -> Vec<(u16, u16)> {
    let x = lower.x + lower.width / 2;
    let y = upper.y + upper.height / 2;
    let mut cells: Vec<_> = (y..lower.y).rev().map(|y| (x, y)).collect();
    if x < upper.x {
        cells.extend((x + 1..upper.x).map(|x| (x, y)));
    } else {
        cells.extend((upper.right()..x).rev().map(|x| (x, y)));
    }
    cells
}

/// A straight line between the middles.
fn slanted(one: Rect, other: Rect) -> Vec<(u16, u16)> {
    let middle = |own: Rect| (i32::from(own.x + own.width / 2), i32::from(own.y + own.height / 2));
    let ((x0, y0), (x1, y1)) = (middle(one), middle(other));
    let steps = (x1 - x0).abs().max((y1 - y0).abs()).max(1);
    (0..=steps).map(|step| ((x0 + (x1 - x0) * step / steps) as u16, (y0 + (y1 - y0) * step / steps) as u16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_stay_inside_and_apart() {
        for area in [Rect::new(1, 2, 44, 12), Rect::new(0, 0, 70, 24), Rect::new(0, 0, 198, 50)] {
            for count in 1..=9 {
                let plan = Plan::new(count, area);
                for (index, own) in plan.boxes.iter().enumerate() {
                    assert_eq!(own.intersection(area), *own, "{count} replicas, box {index} on {area}");
                    for other in &plan.boxes[..index] {
                        assert!(own.intersection(*other).is_empty(), "{count} replicas: {own} and {other} on {area}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_pair_has_a_way_that_can_be_seen() {
        for count in 2..=9 {
            let plan = Plan::new(count, Rect::new(1, 2, 44, 12));
            for from in 0..count {
                for to in (0..count).filter(|to| *to != from) {
                    let (there, mut back) = (plan.route(from, to), plan.route(to, from));
                    back.reverse();
                    assert_eq!(there, back, "{count} replicas, {from} to {to}");
                }
            }
        }
    }

    #[test]
    fn no_area_is_too_small_to_plan() {
        for width in 0..40 {
            for height in 0..20 {
                for count in 1..=9 {
                    let plan = Plan::new(count, Rect::new(0, 0, width, height));
                    plan.route(0, count - 1);
                }
            }
        }
    }
}
