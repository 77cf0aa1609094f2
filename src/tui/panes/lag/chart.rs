//! The chart: a line a replica, the objective across it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;
use ratatui::symbols::Marker;
use ratatui::widgets::Widget;
use ratatui::widgets::canvas::{Canvas, Line, Points};

use super::{Show, replicas};
use crate::base::{Instant, ReplicaId};
use crate::metrics::Series;
use crate::tui::draw::rounded_span;
use crate::tui::model::Model;
use crate::tui::text::{columns, put, put_sign};
use crate::tui::theme::Role;

/// The stretch of time that is drawn, in microseconds.
const SHOWN_US: u64 = 60_000_000;
/// Columns of the labels to the left, and of the names to the right.
const LEFT: u16 = 6;
const RIGHT: u16 = 4;
/// The scale reaches this far at least, in microseconds.
const SCALE_US_MIN: u64 = 100_000;

/// Draws it.
pub(super) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    if area.width < LEFT + RIGHT + 4 || area.height < 3 {
        return;
    }
    let plot = Rect { x: area.x + LEFT, width: area.width - LEFT - RIGHT, height: area.height - 1, ..area };
    let lag = model.sitting.run().metrics().lag();
    let now = model.sitting.run().now();
    let shown: Vec<(ReplicaId, &Series, bool)> = replicas(model)
        .into_iter()
        .flat_map(|id| match model.panes.lag.show {
            Show::True => vec![(id, lag.oracle(id), true)],
            Show::Said => vec![(id, lag.observed(id), true)],
            Show::Both => vec![(id, lag.observed(id), false), (id, lag.oracle(id), true)],
        })
        .collect();
    let binned: Vec<_> = shown.iter().map(|(id, series, solid)| (*id, bins(series, now, plot.width), *solid)).collect();
    let most = binned.iter().flat_map(|(_, bins, _)| bins).map(|(_, us)| *us).max().unwrap_or(0);
    let top_us = most.max(lag.objective_us() * 5 / 4).max(SCALE_US_MIN);
    axes(model, plot, top_us, buffer);
    objective(model, plot, lag.objective_us(), top_us, buffer);
    let width = f64::from(plot.width);
    for (id, bins, solid) in &binned {
        let style = model.theme.style(Role::Line(id.index()));
        let colour = style.fg.unwrap_or(Color::Reset);
        let marker = if *solid { model.glyphs.marker } else { dots(model.glyphs.marker) };
        Canvas::default()
            .marker(marker)
            .x_bounds([0.0, width])
            .y_bounds([0.0, top_us as f64])
            .paint(|context| match solid {
                true => {
                    for pair in bins.windows(2) {
                        let [(x1, y1), (x2, y2)] = [pair[0], pair[1]];
                        context.draw(&Line { x1, y1: y1 as f64, x2, y2: y2 as f64, color: colour });
                    }
                }
                false => {
                    let coords: Vec<(f64, f64)> = bins.iter().map(|(x, us)| (*x, *us as f64)).collect();
                    context.draw(&Points { coords: &coords, color: colour });
                }
            })
            .render(plot, buffer);
    }
    names(model, plot, &binned, top_us, buffer);
}

/// A marker that looks different from a line's.
fn dots(line: Marker) -> Marker {
    match line {
        Marker::Custom(_) => Marker::Custom('.'),
        _ => Marker::Dot,
    }
}

/// A replica's line: its points, and whether it is drawn as one.
type Drawn = (ReplicaId, Vec<(f64, u64)>, bool);

/// For each column the largest sample in it: more points than columns cannot be seen.
fn bins(series: &Series, now: Instant, width: u16) -> Vec<(f64, u64)> {
    let from_us = now.0.saturating_sub(SHOWN_US);
    let mut bins: Vec<(f64, u64)> = Vec::with_capacity(usize::from(width));
    for (at, us) in series.samples().filter(|(at, _)| at.0 >= from_us && *at <= now) {
        // A young run is drawn at the right, as an old one is.
        let column = (at.0 + SHOWN_US - now.0.min(at.0 + SHOWN_US)) * u64::from(width) / SHOWN_US;
        let x = column.min(u64::from(width)) as f64;
        match bins.last_mut() {
            Some((last, most)) if *last >= x => *most = (*most).max(us),
            _ => bins.push((x, us)),
        }
    }
    bins
}

fn row_of(plot: Rect, us: u64, top_us: u64) -> u16 {
    let last = u64::from(plot.height.saturating_sub(1));
    plot.bottom() - 1 - (us.min(top_us) * last / top_us.max(1)) as u16
}

fn axes(model: &Model, plot: Rect, top_us: u64, buffer: &mut Buffer) {
    let (dim, glyphs) = (model.theme.style(Role::Dim), model.glyphs);
    let area = Rect { x: plot.x - LEFT, width: plot.width + LEFT + RIGHT, height: plot.height + 1, ..plot };
    for y in plot.top()..plot.bottom() {
        put_sign(buffer, area, (plot.x - 1, y), glyphs.down, dim);
    }
    for (y, us) in [(plot.y, top_us), (plot.y + plot.height / 2, top_us / 2), (plot.bottom() - 1, 0)] {
        let label = if us == 0 { "0".to_owned() } else { rounded_span(us) };
        let x = (plot.x - 1).saturating_sub(columns(&label) as u16);
        put(buffer, area, (x, y), &label, dim);
    }
    put(buffer, area, (plot.x, plot.bottom()), "-60s", dim);
    put(buffer, area, (plot.right().saturating_sub(3), plot.bottom()), "now", dim);
    if plot.width > 40 {
        put(buffer, area, (plot.x + plot.width / 2 - 2, plot.bottom()), "-30s", dim);
    }
}

fn objective(model: &Model, plot: Rect, objective_us: u64, top_us: u64, buffer: &mut Buffer) {
    let style = model.theme.style(Role::Warn);
    let y = row_of(plot, objective_us, top_us);
    for x in plot.left()..plot.right() {
        put_sign(buffer, plot, (x, y), model.glyphs.across_broken, style);
    }
    let area = Rect { width: plot.width + RIGHT, ..plot };
    put(buffer, area, (plot.right(), y), "slo", style);
}

/// The name of each line at its end; where two would meet, the lower one moves down, and then up.
fn names(model: &Model, plot: Rect, lines: &[Drawn], top_us: u64, buffer: &mut Buffer) {
    let area = Rect { width: plot.width + RIGHT, ..plot };
    let mut taken: Vec<u16> = Vec::new();
    for (id, bins, _) in lines.iter().filter(|(.., solid)| *solid) {
        let Some((_, us)) = bins.last() else { continue };
        let wanted = row_of(plot, *us, top_us);
        let below = (wanted..plot.bottom()).find(|row| !taken.contains(row));
        let free = below.or_else(|| (plot.top()..wanted).rev().find(|row| !taken.contains(row)));
        let Some(y) = free else { continue };
        taken.push(y);
        put(buffer, area, (plot.right() + 1, y), &id.to_string(), model.theme.style(Role::Line(id.index())));
    }
}
