//! Verdicts: what was promised, whether it holds, and for what is broken, how.
//!
//! ```text
//! ✓ convergence   holds over 14 writes
//! ✗ no-overdraft  broken once, at 1.031s                the claims
//! ✓ no-oversell   holds over 12 reservations
//! ▸✗ 1.031s  no-overdraft  joint                        the violations, the newest last
//! ana withdrew 80 from joint via r1 at 1.001 s and …    the chosen one, and its witness
//!       1.000s                       1.032s
//! ana   ━●━ withdraw 80 at r1
//! ben          withdraw 80 at r3 ━◆━
//! ```

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Pane, PaneId};
use crate::base::limits::VIOLATIONS_KEPT;
use crate::base::operation::{Effect, OPERATIONS};
use crate::base::{Claim, OpType};
use crate::check::{Ruling, Unknown, Verdict, Violation};
use crate::lab::judges::Judges;
use crate::lab::why::Picture;
use crate::tui::keys::Direction;
use crate::tui::model::{Model, Tone};
use crate::tui::text::{fit, pad, put, put_sign, wrap};
use crate::tui::theme::Role;
use crate::tui::travel::{self, milli_text};
use crate::tui::why::Subject;
use crate::tui::{layout, witness};

/// Rows of the claims, at the top.
const CLAIMS: usize = Claim::ALL.len();
/// Entries of the record up to which convergence is judged without being asked, when time stands still.
const JUDGED_UNASKED_MAX: usize = 50_000;
/// Rows of the chosen violation: its sentence and its witness.
const DETAIL_ROWS: usize = 8;
/// Columns of the names of claims.
const CLAIM_COLUMNS: usize = 12;

/// What the pane remembers.
#[derive(Clone, Debug, Default)]
pub(crate) struct VerdictsState {
    /// Which row, the claims first; none follows the newest violation.
    selected: Option<usize>,
    judged: Option<Judged>,
}

/// What the judge of convergence said, and where.
#[derive(Clone, Debug)]
struct Judged {
    at: Position,
    verdict: Verdict,
}

/// Where the cursor of the sitting stands: events, commands, branch, revision.
type Position = (u64, usize, u32, u64);

fn position(model: &Model) -> Position {
    let sitting = &model.sitting;
    (sitting.run().events(), sitting.applied(), sitting.branch(), sitting.revision())
}

/// The pane.
pub(super) const PANE: Pane = Pane { id: PaneId::Verdicts, digit: '0', name: "Verdicts", title, draw, press, click };

fn title(model: &Model) -> String {
    let now = model.sitting.run().now();
    let ahead = model.seen.all().filter(|at| *at > now).count();
    let broken = match model.sitting.run().judges().count() {
        0 => "nothing broken".to_owned(),
        count => format!("{count} broken"),
    };
    match ahead {
        0 => format!("Verdicts · {broken}"),
        ahead => format!("Verdicts · {broken} · {ahead} ahead"),
    }
}

/// Judges convergence when time stands still, the pane is seen and the record is short.
pub(super) fn look(model: &mut Model) {
    let is_short = model.sitting.log().trace.iter().len() <= JUDGED_UNASKED_MAX;
    if !model.is_moving() && is_short && judged(model).is_none() && is_seen(model) {
        judge_convergence(model);
    }
}

fn is_seen(model: &Model) -> bool {
    let area = Rect::new(0, 0, model.size.0, model.size.1);
    layout::fits(area) && layout::places(model, area).panes.iter().any(|(pane, _)| *pane == PaneId::Verdicts)
}

fn judge_convergence(model: &mut Model) {
    let verdict = model.sitting.run().judges().converge(&model.sitting);
    model.panes.verdicts.judged = Some(Judged { at: position(model), verdict });
}

/// What the judge of convergence said, if it is about this very moment.
fn judged(model: &Model) -> Option<&Verdict> {
    let judged = model.panes.verdicts.judged.as_ref()?;
    (judged.at == position(model)).then_some(&judged.verdict)
}

/// All violations that are known at the cursor, in the order of their instants.
fn violations(model: &Model) -> Vec<Arc<Violation>> {
    let mut all = model.sitting.run().judges().violations();
    if let Some(verdict) = judged(model) {
        all.extend(verdict.violations.iter().cloned());
    }
    all
}

/// The row that is selected.
fn selected(model: &Model, violations: usize) -> usize {
    let last = CLAIMS + violations - 1;
    let newest = if violations > 0 { last } else { 0 };
    model.panes.verdicts.selected.map_or(newest, |selected| selected.min(last))
}

/// What `v` explains: the chosen violation.
pub(super) fn subject(model: &Model) -> Option<Subject> {
    let violations = violations(model);
    let chosen = selected(model, violations.len());
    let claim = Claim::ALL.get(chosen);
    let of_claim = |violation: &&Arc<Violation>| claim.is_none_or(|claim| violation.claim == *claim);
    let found = match chosen.checked_sub(CLAIMS) {
        Some(index) => violations.get(index),
        None => violations.iter().find(of_claim),
    };
    found.cloned().map(Subject::Violation)
}

fn press(model: &mut Model, direction: Direction) {
    let violations = violations(model);
    let chosen = selected(model, violations.len());
    match direction {
        Direction::Enter => enter(model, &violations, chosen),
        Direction::Escape => model.panes.verdicts.selected = None,
        _ => {
            let rows = CLAIMS + violations.len();
            let moved = super::moved(chosen, direction, rows);
            let is_newest = moved + 1 == rows && !violations.is_empty();
            model.panes.verdicts.selected = (!is_newest).then_some(moved);
        }
    }
}

/// To the instant of the violation that is chosen; of a claim, judges it in full.
fn enter(model: &mut Model, violations: &[Arc<Violation>], chosen: usize) {
    if let Some(violation) = chosen.checked_sub(CLAIMS).and_then(|index| violations.get(index)) {
        let (claim, at) = (violation.claim, violation.at);
        model.panes.verdicts.selected = Some(chosen);
        travel::go_to(model, at);
        let why = model.keymap.of(crate::tui::keys::Action::Why);
        return model.say(Tone::Unmet, format!("{} was broken at {}; {why} explains", claim.name(), milli_text(at)));
    }
    let claim = Claim::ALL[chosen];
    if claim == Claim::Convergence {
        judge_convergence(model);
    }
    let words = state(model, claim).2;
    let ruling = match judged(model) {
        Some(verdict) if claim == Claim::Convergence => verdict.holds,
        _ if violations.iter().any(|violation| violation.claim == claim) => Ruling::Violated,
        _ => Ruling::Holds,
    };
    let tone = if ruling == Ruling::Holds { Tone::Met } else { Tone::Unmet };
    model.say(tone, format!("{}: {words}", claim.name()));
}

/// A click selects, and one on what is selected is Enter.
fn click(model: &mut Model, area: Rect, (_, y): (u16, u16)) {
    let violations = violations(model);
    let chosen = selected(model, violations.len());
    let row = usize::from(y.saturating_sub(area.y));
    let list = list(area, violations.len(), chosen);
    let hit = if row < CLAIMS { row } else { CLAIMS + list.first + (row - CLAIMS) };
    if row >= CLAIMS + list.rows || hit >= CLAIMS + violations.len() {
        return;
    }
    if hit == chosen {
        return press(model, Direction::Enter);
    }
    model.panes.verdicts.selected = Some(hit);
}

/// Which violations are listed.
struct List {
    first: usize,
    rows: usize,
}

fn list(area: Rect, violations: usize, chosen: usize) -> List {
    let room = usize::from(area.height).saturating_sub(CLAIMS);
    let rows = violations.min(room.saturating_sub(DETAIL_ROWS).max(1)).min(room);
    let chosen = chosen.saturating_sub(CLAIMS);
    let half = rows / 2;
    List { first: chosen.saturating_sub(half).min(violations - rows.min(violations)), rows }
}

fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let violations = violations(model);
    let chosen = selected(model, violations.len());
    let is_chosen = |row: usize| row == chosen && (model.focus == PaneId::Verdicts || row >= CLAIMS);
    for (index, claim) in Claim::ALL.into_iter().enumerate() {
        draw_claim(model, claim, is_chosen(index), Rect { y: area.y + index as u16, height: 1, ..area }, buffer);
    }
    let list = list(area, violations.len(), chosen);
    let shown = violations.iter().enumerate().skip(list.first).take(list.rows);
    for (y, (index, violation)) in (area.y + CLAIMS as u16..area.bottom()).zip(shown) {
        draw_violation(model, violation, is_chosen(CLAIMS + index), Rect { y, height: 1, ..area }, buffer);
    }
    let top = area.y.saturating_add((CLAIMS + list.rows) as u16).min(area.bottom());
    let detail = Rect { x: area.x + 1, y: top, width: area.width.saturating_sub(2), height: area.bottom() - top };
    match chosen.checked_sub(CLAIMS).and_then(|index| violations.get(index)) {
        Some(violation) => draw_witness(model, violation, detail, buffer),
        None => draw_about(model, Claim::ALL[chosen.min(CLAIMS - 1)], detail, buffer),
    }
}

fn draw_cursor(model: &Model, is_chosen: bool, area: Rect, buffer: &mut Buffer) {
    if is_chosen {
        put_sign(buffer, area, (area.x, area.y), model.glyphs.cursor, model.theme.style(Role::Accent));
    }
}

fn draw_claim(model: &Model, claim: Claim, is_chosen: bool, area: Rect, buffer: &mut Buffer) {
    let (sign, role, text) = state(model, claim);
    let (theme, glyphs) = (model.theme, model.glyphs);
    draw_cursor(model, is_chosen, area, buffer);
    let x = put(buffer, area, (area.x + 1, area.y), &glyphs.plain(&format!("{sign} ")), theme.style(role));
    let style = theme.style(if is_chosen { Role::Accent } else { Role::Text });
    let x = put(buffer, area, (x, area.y), &pad(claim.name(), CLAIM_COLUMNS, glyphs.more), style);
    let room = usize::from(area.right().saturating_sub(x + 1));
    let text_role = if role == Role::Bad { Role::Bad } else { Role::Dim };
    put(buffer, area, (x + 1, area.y), &fit(&glyphs.plain(&text), room, glyphs.more), theme.style(text_role));
}

fn draw_violation(model: &Model, violation: &Violation, is_chosen: bool, area: Rect, buffer: &mut Buffer) {
    let (theme, glyphs) = (model.theme, model.glyphs);
    draw_cursor(model, is_chosen, area, buffer);
    let style = theme.style(if is_chosen { Role::Bad } else { Role::Text });
    put_sign(buffer, area, (area.x + 1, area.y), glyphs.dead, theme.style(Role::Bad));
    let key = model.sitting.run().cluster().view().catalog().key_name(violation.key);
    let text = format!("{}  {}  {key}", milli_text(violation.at), violation.claim.name());
    let room = usize::from(area.width).saturating_sub(4);
    put(buffer, area, (area.x + 3, area.y), &fit(&text, room, glyphs.more), style);
}

/// The sentence of a violation, and its witness under it.
fn draw_witness(model: &Model, violation: &Violation, area: Rect, buffer: &mut Buffer) {
    let view = model.sitting.run().cluster().view();
    let height = usize::from(area.height);
    let sentence = Judges::sentence(violation, view);
    let mut lines = wrap(&model.glyphs.plain(&sentence), usize::from(area.width).max(1));
    let room = height.saturating_sub(3).max(height.min(2));
    if lines.len() > room {
        lines.truncate(room);
        if let Some(last) = lines.last_mut() {
            *last = fit(&format!("{last} {}", model.glyphs.more), usize::from(area.width), model.glyphs.more);
        }
    }
    let mut y = area.y;
    for line in &lines {
        put(buffer, area, (area.x, y), line, model.theme.style(Role::Text));
        y += 1;
    }
    let left = height.saturating_sub(lines.len());
    let picture = Picture::of(violation, &model.sitting);
    let rows = witness::rows(&picture, model, usize::from(area.width), left);
    // With room to spare, a blank row between words and picture.
    y += u16::from(left > rows.len());
    for row in &rows {
        witness::put_row(buffer, area, (area.x, y), row);
        y += 1;
    }
}

/// What a claim says, and in full how it stands.
fn draw_about(model: &Model, claim: Claim, area: Rect, buffer: &mut Buffer) {
    let (_, role, text) = state(model, claim);
    let mut y = area.y + u16::from(area.height > 3);
    let texts = [
        (format!("{}: {}.", claim.name(), claim.summary()), Role::Dim),
        (text, if role == Role::Bad { Role::Bad } else { Role::Text }),
    ];
    for (text, role) in texts {
        for line in wrap(&model.glyphs.plain(&text), usize::from(area.width).max(1)) {
            put(buffer, area, (area.x, y), &line, model.theme.style(role));
            y += 1;
        }
    }
}

/// How a claim stands: a sign, its role, and words.
fn state(model: &Model, claim: Claim) -> (char, Role, String) {
    match claim {
        Claim::Convergence => convergence(model),
        Claim::NoOverdraft => spending(model, claim, OpType::AccountWithdraw, "withdrawal"),
        Claim::NoOversell => spending(model, claim, OpType::StockReserve, "reservation"),
    }
}

fn spending(model: &Model, claim: Claim, takes: OpType, what: &str) -> (char, Role, String) {
    let run = model.sitting.run();
    let broken: Vec<_> = run.judges().violations().into_iter().filter(|violation| violation.claim == claim).collect();
    if let Some(first) = broken.first() {
        let at = milli_text(first.at);
        let text = match broken.len() {
            1 => format!("broken once, at {at}"),
            VIOLATIONS_KEPT.. => format!("broken {VIOLATIONS_KEPT}× and more"),
            times => format!("broken {times}×, first {at}"),
        };
        return ('✗', Role::Bad, text);
    }
    match run.metrics().latency(takes).done {
        0 => ('✓', Role::Good, format!("no {what} yet")),
        1 => ('✓', Role::Good, format!("holds over 1 {what}")),
        done => ('✓', Role::Good, format!("holds over {done} {what}s")),
    }
}

/// Live, only what it waits for is said; judged is it when time stands still, or when asked.
fn convergence(model: &Model) -> (char, Role, String) {
    let run = model.sitting.run();
    let writes = OPERATIONS.iter().filter(|spec| spec.effect != Effect::Read);
    let writes: u64 = writes.map(|spec| run.metrics().latency(spec.op_type).done).sum();
    let writes = if writes == 1 { "1 write".to_owned() } else { format!("{writes} writes") };
    if let Some(verdict) = judged(model) {
        return match (verdict.holds, &verdict.unknown) {
            (Ruling::Holds, _) => ('✓', Role::Good, format!("holds over {writes}")),
            (Ruling::Violated, _) if verdict.count == 1 => ('✗', Role::Bad, "broken at 1 key".to_owned()),
            (Ruling::Violated, _) => ('✗', Role::Bad, format!("broken at {} keys", verdict.count)),
            (Ruling::Unknown, reason) => {
                ('?', Role::Warn, reason.as_ref().map(crate::check::reason).unwrap_or_default())
            }
        };
    }
    let view = run.cluster().view();
    let underway = Judges::underway(view);
    if !underway.is_quiet() {
        return ('?', Role::Warn, crate::check::reason(&Unknown::Underway(underway)));
    }
    if view.is_converged() {
        ('✓', Role::Good, format!("all agree on {writes}; Enter judges"))
    } else {
        ('?', Role::Warn, "they differ and all is quiet; Enter judges".to_owned())
    }
}
