//! What lies over the panes: the palette, lists, help and explanations.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Widget};

use super::chooser::{Chooser, Of};
use super::help::{Help, HelpLine, entry_columns};
use super::model::{Model, Overlay};
use super::palette::Palette;
use super::text::{columns, fit, pad, put, wrap};
use super::theme::Role;

/// Rows of candidates or help under the palette's line.
const PALETTE_ROWS: u16 = 5;
/// Rows of a list, at most.
const CHOICES_MAX: u16 = 14;

/// Draws what is open, over the stage.
pub(crate) fn draw(model: &Model, stage: Rect, buffer: &mut Buffer) {
    match &model.overlay {
        Overlay::None => {}
        Overlay::Palette(palette) => draw_palette(model, palette, stage, buffer),
        Overlay::Chooser(chooser) => draw_chooser(model, chooser, stage, buffer),
        Overlay::Help(help) => draw_help(model, help, stage, buffer),
        Overlay::Why(why) => why.draw(model, stage, buffer),
    }
}

/// A framed area with everything under it wiped out.
pub(crate) fn window(model: &Model, title: &str, area: Rect, buffer: &mut Buffer) -> Rect {
    Clear.render(area, buffer);
    let style = model.theme.style(Role::Accent);
    let title = Line::styled(format!(" {title} "), style.add_modifier(Modifier::BOLD));
    let block = Block::bordered().border_set(model.glyphs.border).border_style(style).title(title);
    let inner = block.inner(area);
    block.render(area, buffer);
    inner
}

fn draw_palette(model: &Model, palette: &Palette, stage: Rect, buffer: &mut Buffer) {
    let (title, question) = match &palette.question {
        Some(question) => ("Your answer", wrap(&model.glyphs.plain(question), usize::from(stage.width) - 4)),
        None => ("Command", Vec::new()),
    };
    let height = (PALETTE_ROWS + 3 + question.len() as u16).min(stage.height);
    let area = Rect { y: stage.bottom() - height, height, ..stage };
    let inner = window(model, title, area, buffer);
    for (y, line) in (inner.y..).zip(&question) {
        put(buffer, inner, (inner.x + 1, y), line, model.theme.style(Role::Text));
    }
    let asked = (question.len() as u16).min(inner.height.saturating_sub(2));
    let inner = Rect { y: inner.y + asked, height: inner.height - asked, ..inner };
    let width = usize::from(inner.width).saturating_sub(3);
    let scroll = palette.input.visual_scroll(width);
    let x = put(buffer, inner, (inner.x, inner.y), ": ", model.theme.style(Role::Accent));
    let shown: String = skip_columns(palette.input.value(), scroll);
    put(buffer, inner, (x, inner.y), &shown, model.theme.style(Role::Text));
    let cursor = x + (palette.input.visual_cursor() - scroll) as u16;
    if let Some(cell) = buffer.cell_mut((cursor.min(inner.right() - 1), inner.y)) {
        cell.set_style(Style::new().add_modifier(Modifier::REVERSED));
    }
    let below = Rect { y: inner.y + 1, height: inner.height - 1, ..inner };
    match &palette.error {
        Some(error) => {
            let before: String = palette.input.value().chars().take(error.column - 1).collect();
            let column = (columns(&before)).saturating_sub(scroll).min(width) as u16;
            let style = model.theme.style(Role::Bad);
            put(buffer, below, (x + column, below.y), &model.glyphs.caret.to_string(), style);
            let message = model.glyphs.plain(&format!("✗ {}", error.message));
            for (row, line) in (below.y + 1..).zip(wrap(&message, usize::from(below.width))) {
                put(buffer, below, (below.x, row), &line, style);
            }
        }
        None => draw_candidates(model, palette, below, buffer),
    }
}

fn skip_columns(text: &str, skip: usize) -> String {
    let mut passed = 0;
    let visible = text.chars().skip_while(|sign| {
        let skipped = passed < skip;
        passed += unicode_width::UnicodeWidthChar::width(*sign).unwrap_or(0);
        skipped
    });
    visible.collect()
}

fn draw_candidates(model: &Model, palette: &Palette, area: Rect, buffer: &mut Buffer) {
    let completion = palette.completion(model);
    let (dim, accent) = (model.theme.style(Role::Dim), model.theme.style(Role::Accent));
    let usage = completion.spec.map_or_else(
        || "a command; Tab completes, :help NAME explains".to_owned(),
        |spec| format!("{}   {}", spec.usage, spec.summary),
    );
    let usage = fit(&model.glyphs.plain(&usage), usize::from(area.width), model.glyphs.more);
    put(buffer, area, (area.x, area.y), &usage, dim);
    let rows = usize::from(area.height.saturating_sub(1));
    let chosen = palette.put_in();
    let first = chosen.unwrap_or(0).saturating_sub(rows.saturating_sub(1));
    let widest =
        completion.candidates.iter().map(|candidate| columns(&candidate.text)).max().unwrap_or(0).clamp(10, 40);
    let shown = completion.candidates.iter().enumerate().skip(first).take(rows);
    for (row, (index, candidate)) in (area.y + 1..).zip(shown) {
        let is_chosen = chosen == Some(index);
        let style = if is_chosen { model.theme.style(Role::Selected) } else { accent };
        let name = pad(&candidate.text, widest, model.glyphs.more);
        let x = put(buffer, area, (area.x + 2, row), &name, style);
        put(buffer, area, (x + 2, row), &model.glyphs.plain(&candidate.about), dim);
    }
}

fn draw_chooser(model: &Model, chooser: &Chooser, stage: Rect, buffer: &mut Buffer) {
    let shown = chooser.shown();
    let (area, list) = chooser_places(chooser, stage);
    let inner = window(model, &chooser.title, area, buffer);
    let (dim, text) = (model.theme.style(Role::Dim), model.theme.style(Role::Text));
    let prompt = match (chooser.filter.is_empty(), chooser.of) {
        (false, _) => format!("filter: {}", chooser.filter),
        (true, Of::Operations) => "← → another client; type to filter".to_owned(),
        (true, Of::Lines | Of::Unclosed) => "type to filter".to_owned(),
    };
    put(buffer, inner, (inner.x + 1, inner.y), &model.glyphs.keys(&prompt), dim);
    if shown.is_empty() {
        put(buffer, list, (list.x + 1, list.y), "nothing fits; Backspace widens the filter", dim);
    }
    let rows = usize::from(list.height);
    let first = (chooser.selected + 1).saturating_sub(rows);
    let widest = shown.iter().map(|choice| columns(&choice.line)).max().unwrap_or(0).min(usize::from(list.width) - 4);
    for (row, (index, choice)) in (list.y..).zip(shown.iter().enumerate().skip(first).take(rows)) {
        let is_selected = index == chooser.selected;
        let (line_style, about_style) = if is_selected {
            (model.theme.style(Role::Selected), model.theme.style(Role::Selected))
        } else {
            (text, dim)
        };
        let marker = if is_selected { model.glyphs.cursor } else { ' ' };
        let line = format!("{marker} {}", pad(&choice.line, widest, model.glyphs.more));
        let about = fit(&choice.about, usize::from(list.width).saturating_sub(widest + 5), model.glyphs.more);
        if is_selected {
            buffer.set_style(Rect { y: row, height: 1, ..list }, line_style);
        }
        let x = put(buffer, list, (list.x, row), &line, line_style);
        put(buffer, list, (x + 2, row), &model.glyphs.plain(&about), about_style);
    }
}

fn draw_help(model: &Model, help: &Help, stage: Rect, buffer: &mut Buffer) {
    let inner = window(model, &help.title, stage, buffer);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    let (name_style, text) = (model.theme.style(Role::Accent), model.theme.style(Role::Text));
    let name_columns = entry_columns(&help.lines);
    let rows = usize::from(inner.height);
    let scroll = help.scroll.min(help.lines.len().saturating_sub(rows));
    let mut row = inner.y;
    for line in help.lines.iter().skip(scroll) {
        match line {
            HelpLine::Heading(heading) => {
                put(buffer, inner, (inner.x, row), heading, name_style.add_modifier(Modifier::BOLD));
                row += 1;
            }
            HelpLine::Entry(name, what) => {
                let name = pad(&model.glyphs.plain(name), name_columns, model.glyphs.more);
                let x = put(buffer, inner, (inner.x + 2, row), &name, name_style) + 1;
                for line in wrap(&model.glyphs.plain(what), usize::from(inner.right().saturating_sub(x)).max(20)) {
                    put(buffer, inner, (x, row), &line, text);
                    row += 1;
                }
            }
            HelpLine::Text(line) => {
                for line in wrap(&model.glyphs.plain(line), usize::from(inner.width)) {
                    put(buffer, inner, (inner.x, row), &line, text);
                    row += 1;
                }
            }
        }
        if row >= inner.bottom() {
            break;
        }
    }
    if scroll + rows < help.lines.len() {
        let more = format!(" {} more below ", help.lines.len() - scroll - rows);
        let x = stage.right().saturating_sub(columns(&more) as u16 + 2);
        put(buffer, stage, (x, stage.bottom() - 1), &more, name_style);
    }
}

/// A click on a line of a list chooses it; one beside the list closes it.
pub(crate) fn click(model: &mut Model, stage: Rect, at: (u16, u16)) {
    let Overlay::Chooser(chooser) = &mut model.overlay else { return };
    let (outside, list) = chooser_places(chooser, stage);
    if !outside.contains(at.into()) {
        model.overlay = Overlay::None;
        return;
    }
    let first = (chooser.selected + 1).saturating_sub(usize::from(list.height));
    let row = first + usize::from(at.1.saturating_sub(list.y));
    if list.contains(at.into()) && row < chooser.shown().len() {
        chooser.selected = row;
        let key = KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE);
        super::update::update(model, super::update::Message::Key(key));
    }
}

/// Where a list stands, and where its lines do.
fn chooser_places(chooser: &Chooser, stage: Rect) -> (Rect, Rect) {
    let shown = chooser.shown().len() as u16;
    let height = shown.clamp(1, CHOICES_MAX.min(stage.height.saturating_sub(3))) + 3;
    let width = 76.min(stage.width - 2);
    let area = Rect { x: stage.x + (stage.width - width) / 2, y: stage.y + (stage.height - height) / 2, width, height };
    let inner = Block::bordered().inner(area);
    (area, Rect { y: inner.y + 1, height: inner.height - 1, ..inner })
}
