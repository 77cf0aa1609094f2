//! The frame: title, tabs, stage, notice and hints. What stands where, and nothing else.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use crate::base::{LogId, MessageClass};

use super::chooser::Of;
use super::keys;
use super::model::{Model, Overlay};
use super::pace::speed_text;
use super::panes::{self, PaneId};
use super::text::{columns, fit, put};
use super::theme::Role;
use super::{coach, course, layout, legend, popups, scrubber, travel};

/// A lag below this, in microseconds, is that of the links and no news for the title.
const LAG_WORTH_A_WORD_US: u64 = 150_000;

/// Draws the model.
pub fn draw(model: &Model, frame: &mut Frame<'_>) {
    let area = frame.area();
    let buffer = frame.buffer_mut();
    if !layout::fits(area) {
        return too_small(model, area, buffer);
    }
    let places = layout::places(model, area);
    title(model, places.title, buffer);
    tabs(model, places.tabs, buffer);
    scrubber::draw(model, places.scrubber, buffer);
    draw_panes(model, places.panes, buffer);
    notice(model, places.notice, buffer);
    hints(model, places.hints, buffer);
    popups::draw(model, places.stage, buffer);
}

fn too_small(model: &Model, area: Rect, buffer: &mut Buffer) {
    let style = model.theme.style(Role::Warn);
    let (columns_min, rows_min) = layout::SIZE_MIN;
    let text = format!("driftlab needs {columns_min}×{rows_min}, this is {}×{}", area.width, area.height);
    let lines = super::text::wrap(&model.glyphs.plain(&text), usize::from(area.width).max(1));
    let top = area.y + area.height.saturating_sub(lines.len() as u16) / 2;
    for (row, line) in (top..).zip(&lines) {
        let left = area.x + area.width.saturating_sub(columns(line) as u16) / 2;
        put(buffer, area, (left, row), line, style);
    }
}

fn title(model: &Model, area: Rect, buffer: &mut Buffer) {
    let style = model.theme.style(Role::Title);
    buffer.set_style(area, style);
    let left = format!(" driftlab · {}", model.scene.name);
    let end = put(buffer, area, (area.x, area.y), &model.glyphs.plain(&left), style.add_modifier(Modifier::BOLD));
    let mut x = end + 3;
    for part in state(model) {
        let part = model.glyphs.plain(&part);
        // Half a word says nothing; what is less important may still fit.
        if usize::from(area.right().saturating_sub(x)) >= columns(&part) {
            x = put(buffer, area, (x, area.y), &part, style) + 2;
        }
    }
}

/// What the title says of the run, the most important first.
fn state(model: &Model) -> Vec<String> {
    let run = model.sitting.run();
    let view = run.cluster().view();
    let mut parts =
        vec![format!("t {}", travel::milli_text(run.now())), motion(model), format!("seed {}", view.seed())];
    // What matters most comes before what may be cut off.
    let broken = run.judges().count();
    if broken > 0 {
        parts.push(format!("✗ {broken} broken"));
    }
    if model.sitting.branch() > 0 {
        parts.push(format!("branch {}", model.sitting.branch()));
    }
    let ahead = model.sitting.commands().len() - model.sitting.applied();
    if ahead > 0 {
        parts.push(format!("{ahead} ahead"));
    }
    let lags = view.replicas().map(|replica| (run.lag_us(replica.id), replica.id));
    if let Some((lag_us, id)) = lags.max_by_key(|(lag_us, _)| *lag_us)
        && lag_us >= LAG_WORTH_A_WORD_US
    {
        parts.push(format!("{id} lags {}", rounded_span(lag_us)));
    }
    parts
}

/// Whether and how fast time passes.
fn motion(model: &Model) -> String {
    let speed = speed_text(model.pace.milli());
    if let Some(journey) = &model.journey {
        return format!("{} to {}", model.glyphs.running, travel::milli_text(journey.to));
    }
    match (model.pace.running, model.pace.behind_milli()) {
        (true, None) => format!("{} {speed}", model.glyphs.running),
        (true, Some(reached)) => format!("{} {speed}, behind: {}", model.glyphs.running, speed_text(reached / 10 * 10)),
        (false, _) => format!("{} paused {speed}", model.glyphs.paused),
    }
}

/// A duration in two or three digits, which do not flicker.
pub(crate) fn rounded_span(us: u64) -> String {
    match us {
        0..=9_999 => format!("{:.1}ms", us as f64 / 1e3),
        10_000..=999_999 => format!("{}ms", us / 1_000),
        1_000_000..=59_999_999 => format!("{:.1}s", us as f64 / 1e6),
        _ => format!("{}m{:02}s", us / 60_000_000, us / 1_000_000 % 60),
    }
}

/// The tabs, and at the right what the signs of messages mean, as far as there is room.
fn tabs(model: &Model, area: Rect, buffer: &mut Buffer) {
    let (key, name) = (model.theme.style(Role::Accent), model.theme.style(Role::Dim));
    let mut places = tab_places(area);
    // Drawn last, so that it has both its blanks.
    places.sort_by_key(|(id, _)| *id == model.focus);
    for (id, place) in places {
        let pane = id.pane();
        let (key, name) = if id == model.focus { (selected(model), selected(model)) } else { (key, name) };
        let x = put(buffer, area, (place.x, place.y), &format!(" {}", pane.digit), key);
        put(buffer, area, (x, place.y), &format!(" {} ", pane.name), name);
    }
    let used = tab_places(area).last().map_or(area.x, |(_, place)| place.right());
    let view = model.sitting.run().cluster().view();
    let logs = view.logs().into_iter().map(|log| match log {
        LogId::Raft => MessageClass::Raft,
        LogId::Primary => MessageClass::Primary,
    });
    let quorums = view.settings().policy.quorums().map(|_| MessageClass::Quorum).take(1);
    let in_use: Vec<MessageClass> = logs.chain(quorums).collect();
    let shown = legend::messages(model.glyphs, &in_use, usize::from(area.right().saturating_sub(used)));
    let widths = shown.iter().map(|(_, text)| columns(text) + legend::GAP);
    let mut x = (area.right() + legend::GAP as u16).saturating_sub(widths.sum::<usize>() as u16);
    for (class, text) in shown {
        x = put(buffer, area, (x, area.y), &text, panes::message_style(model.theme, class)) + legend::GAP as u16;
    }
}

fn selected(model: &Model) -> Style {
    model.theme.style(Role::Selected)
}

/// Where each tab stands. Neighbours share the blank between them unless there is room for all signs besides.
pub(crate) fn tab_places(area: Rect) -> Vec<(PaneId, Rect)> {
    let tabs = || panes::PANES.iter().filter(|pane| pane.digit != ' ');
    let width = |pane: &panes::Pane| columns(pane.name) as u16 + 4;
    let shared = u16::from(tabs().map(width).sum::<u16>() + legend::FAIR_ROOM as u16 > area.width);
    let mut x = area.x;
    let mut place = |pane: &panes::Pane| {
        let place = Rect { x, width: width(pane), ..area }.intersection(area);
        x += width(pane) - shared;
        (pane.id, place)
    };
    tabs().map(&mut place).collect()
}

/// Panes share their borders; the one with the focus is drawn last, so that its border is whole. Where borders do not
/// merge, a title would be lost under one.
fn draw_panes(model: &Model, mut places: Vec<(PaneId, Rect)>, buffer: &mut Buffer) {
    if model.glyphs.merges {
        places.sort_by_key(|(pane, _)| *pane == model.focus);
    } else {
        places.sort_by_key(|(_, place)| (place.y, place.x));
    }
    for (pane, place) in places {
        panes::draw(model, pane, place, buffer);
    }
}

fn notice(model: &Model, area: Rect, buffer: &mut Buffer) {
    let (sign, text, role) = match &model.notice {
        Some(notice) => (notice.tone.sign(), notice.text.clone(), notice.tone.role()),
        None => ("▸", coach::hint(model), Role::Accent),
    };
    if text.is_empty() {
        return;
    }
    let text = fit(&model.glyphs.plain(&format!("{sign} {text}")), usize::from(area.width) - 2, model.glyphs.more);
    put(buffer, area, (area.x + 1, area.y), &text, model.theme.style(role));
}

fn hints(model: &Model, area: Rect, buffer: &mut Buffer) {
    let all = match &model.overlay {
        Overlay::None if model.course.session.is_some() => {
            course::hints(model).into_iter().chain(model.keymap.hints()).collect()
        }
        Overlay::None => model.keymap.hints(),
        Overlay::Palette(_) => named(keys::PALETTE_HINTS),
        Overlay::Chooser(chooser) if chooser.of == Of::Operations => named(keys::OPERATE_HINTS),
        Overlay::Chooser(_) => named(keys::CHOOSER_HINTS),
        Overlay::Help(_) => named(keys::HELP_HINTS),
        Overlay::Why(_) => named(keys::WHY_HINTS),
    };
    let mut x = area.x + 1;
    for (key, word) in all {
        let key = model.glyphs.keys(&key);
        let width = columns(&key) + 1 + columns(word);
        if usize::from(area.right().saturating_sub(x)) < width {
            break;
        }
        let end = put(buffer, area, (x, area.y), &key, model.theme.style(Role::Accent).add_modifier(Modifier::BOLD));
        x = put(buffer, area, (end + 1, area.y), word, model.theme.style(Role::Dim)) + 2;
    }
}

fn named(hints: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    hints.iter().map(|(key, word)| ((*key).to_owned(), *word)).collect()
}
