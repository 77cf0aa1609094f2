//! Verdicts: what was promised, whether it holds, and for what is broken, how.
//!
//! ```text
//! ✗ no-overdraft broken 1× in 2 withdrawals
//! ✓ convergence  holds over 14 writes              the claims, what is broken first
//! ✓ no-oversell  holds over 12 reservations
//! ▸✗ 1.031s  no-overdraft  joint                        the violations, the newest last
//! ana withdrew 80 from joint via r1 at 1.001 s and …    the chosen one, and its witness
//!       1.000s                       1.032s
//! ana   ━●━ withdraw 80 at r1
//! ben          withdraw 80 at r3 ━◆━
//! ```

use std::ops::Range;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Pane, PaneId};
use crate::base::Claim;
use crate::base::operation::{Effect, OPERATIONS};
use crate::check::{Ruling, Unknown, Verdict, Violation};
use crate::lab::judges::Judges;
use crate::lab::searched;
use crate::lab::why::Picture;
use crate::tui::keys::Direction;
use crate::tui::model::{Model, Tone};
use crate::tui::text::{columns, fit, pad, put, put_sign, wrap};
use crate::tui::theme::Role;
use crate::tui::travel::{self, milli_text};
use crate::tui::why::Subject;
use crate::tui::{layout, witness};

/// Entries of the record up to which convergence is judged without being asked, when time stands still.
const JUDGED_UNASKED_MAX: usize = 50_000;
/// Rows of the chosen violation: its sentence and its witness.
const DETAIL_ROWS: usize = 8;
/// Rows of what is said about a claim.
const ABOUT_ROWS: usize = 3;

/// What the pane remembers.
#[derive(Clone, Debug, Default)]
pub(crate) struct VerdictsState {
    /// What is selected; nothing follows the newest violation.
    selected: Option<Row>,
    /// What was judged on demand.
    judged: Vec<Judged>,
}

/// A row of the pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Row {
    Claim(Claim),
    /// A violation, by its place among those that are known.
    Violation(usize),
}

/// What a judge on demand said, and where.
#[derive(Clone, Debug)]
struct Judged {
    at: Position,
    verdict: Verdict,
    /// Over how many operations.
    over: u64,
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
    if !model.is_moving() && is_short && judged(model, Claim::Convergence).is_none() && is_seen(model) {
        judge(model, Claim::Convergence);
    }
}

fn is_seen(model: &Model) -> bool {
    let area = Rect::new(0, 0, model.size.0, model.size.1);
    layout::fits(area) && layout::places(model, area).panes.iter().any(|(pane, _)| *pane == PaneId::Verdicts)
}

fn judge(model: &mut Model, claim: Claim) {
    let (verdict, over) = if claim.is_searched() {
        let found = searched::search(claim, None, None, &model.sitting);
        (found.verdict, found.judged)
    } else {
        (model.sitting.run().judges().converge(&model.sitting), writes(model))
    };
    let at = position(model);
    model.panes.verdicts.judged.retain(|judged| judged.at == at && judged.verdict.claim != claim);
    model.panes.verdicts.judged.push(Judged { at, verdict, over });
}

/// What a judge on demand said, if it is about this very moment.
fn judged(model: &Model, claim: Claim) -> Option<&Judged> {
    let at = position(model);
    model.panes.verdicts.judged.iter().find(|judged| judged.at == at && judged.verdict.claim == claim)
}

fn writes(model: &Model) -> u64 {
    let run = model.sitting.run();
    let writes = OPERATIONS.iter().filter(|spec| spec.effect != Effect::Read);
    writes.map(|spec| run.metrics().latency(spec.op_type).done).sum()
}

/// All violations that are known at the cursor, in the order of their instants.
fn violations(model: &Model) -> Vec<Arc<Violation>> {
    let mut all = model.sitting.run().judges().violations();
    let at = position(model);
    let judged = model.panes.verdicts.judged.iter().filter(|judged| judged.at == at);
    // What is still under way is blamed on nobody.
    for judged in judged.filter(|judged| judged.verdict.holds == Ruling::Violated) {
        all.extend(judged.verdict.violations.iter().cloned());
    }
    all
}

/// The claims, broken ones first and open ones next.
fn claims(model: &Model) -> Vec<Claim> {
    let mut claims = Claim::ALL.to_vec();
    claims.sort_by_cached_key(|claim| match state(model, *claim).1 {
        Role::Bad => 0,
        Role::Warn => 1,
        _ => 2,
    });
    claims
}

/// The row that is selected.
fn selected(model: &Model, claims: &[Claim], violations: usize) -> Row {
    match model.panes.verdicts.selected {
        Some(Row::Claim(claim)) => Row::Claim(claim),
        Some(Row::Violation(index)) if index < violations => Row::Violation(index),
        _ if violations > 0 => Row::Violation(violations - 1),
        _ => Row::Claim(claims[0]),
    }
}

/// What `v` explains: the chosen violation.
pub(super) fn subject(model: &Model) -> Option<Subject> {
    let violations = violations(model);
    let found = match selected(model, &claims(model), violations.len()) {
        Row::Violation(index) => violations.get(index),
        Row::Claim(claim) => violations.iter().find(|violation| violation.claim == claim),
    };
    found.cloned().map(Subject::Violation)
}

fn press(model: &mut Model, direction: Direction) {
    let (claims, violations) = (claims(model), violations(model));
    let chosen = selected(model, &claims, violations.len());
    match direction {
        Direction::Enter => enter(model, &violations, chosen),
        Direction::Escape => model.panes.verdicts.selected = None,
        _ => {
            let place = |claim| claims.iter().position(|other| *other == claim).unwrap_or(0);
            let from = match chosen {
                Row::Claim(claim) => place(claim),
                Row::Violation(index) => claims.len() + index,
            };
            let to = super::moved(from, direction, claims.len() + violations.len());
            let row = claims.get(to).map_or_else(|| Row::Violation(to - claims.len()), |claim| Row::Claim(*claim));
            // On the newest one it goes along with what comes.
            model.panes.verdicts.selected = (row != Row::Violation(violations.len().wrapping_sub(1))).then_some(row);
        }
    }
}

/// To the instant of the violation that is chosen; of a claim, judges it in full.
fn enter(model: &mut Model, violations: &[Arc<Violation>], chosen: Row) {
    let claim = match chosen {
        Row::Claim(claim) => claim,
        Row::Violation(index) => {
            let Some(violation) = violations.get(index) else { return };
            let (claim, at) = (violation.claim, violation.at);
            model.panes.verdicts.selected = Some(chosen);
            travel::go_to(model, at);
            let why = model.keymap.of(crate::tui::keys::Action::Why);
            return model
                .say(Tone::Unmet, format!("{} was broken at {}; {why} explains", claim.name(), milli_text(at)));
        }
    };
    if claim == Claim::Convergence || claim.is_searched() {
        judge(model, claim);
    }
    let (_, role, words) = state(model, claim);
    let tone = if role == Role::Good { Tone::Met } else { Tone::Unmet };
    model.say(tone, format!("{}: {words}", claim.name()));
}

/// A click selects, and one on what is selected is Enter.
fn click(model: &mut Model, area: Rect, (_, y): (u16, u16)) {
    let (claims, violations) = (claims(model), violations(model));
    let chosen = selected(model, &claims, violations.len());
    let lists = lists(area, &claims, violations.len(), chosen);
    let row = usize::from(y.saturating_sub(area.y));
    let hit = match row.checked_sub(lists.claims.len()) {
        None => Row::Claim(claims[lists.claims.start + row]),
        Some(row) if row < lists.violations.len() => Row::Violation(lists.violations.start + row),
        Some(_) => return,
    };
    if hit == chosen {
        return press(model, Direction::Enter);
    }
    model.panes.verdicts.selected = Some(hit);
}

/// Which claims and which violations are listed.
struct Lists {
    claims: Range<usize>,
    violations: Range<usize>,
}

fn lists(area: Rect, claims: &[Claim], violations: usize, chosen: Row) -> Lists {
    let height = usize::from(area.height);
    let detail = if matches!(chosen, Row::Claim(_)) { ABOUT_ROWS } else { DETAIL_ROWS };
    let room = height.saturating_sub(detail).max(height.min(2));
    let of_violations = violations.min((room / 2).max(room.saturating_sub(claims.len())));
    let of_claims = claims.len().min(room - of_violations);
    let window = |rows: usize, count: usize, chosen: usize| {
        let first = chosen.saturating_sub(rows / 2).min(count - rows);
        first..first + rows
    };
    let (claim, violation) = match chosen {
        Row::Claim(claim) => (claims.iter().position(|other| *other == claim).unwrap_or(0), violations),
        Row::Violation(index) => (0, index),
    };
    Lists { claims: window(of_claims, claims.len(), claim), violations: window(of_violations, violations, violation) }
}

fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let (claims, violations) = (claims(model), violations(model));
    let chosen = selected(model, &claims, violations.len());
    let lists = lists(area, &claims, violations.len(), chosen);
    let columns = claims[lists.claims.clone()].iter().map(|claim| claim.name().len()).max().unwrap_or(0);
    let mut rows = area.rows();
    for claim in &claims[lists.claims] {
        let is_chosen = chosen == Row::Claim(*claim) && model.focus == PaneId::Verdicts;
        if let Some(area) = rows.next() {
            draw_claim(model, (*claim, columns), is_chosen, area, buffer);
        }
    }
    for index in lists.violations {
        if let Some(area) = rows.next() {
            draw_violation(model, &violations[index], chosen == Row::Violation(index), area, buffer);
        }
    }
    let Some(top) = rows.next().map(|row| row.y) else { return };
    let detail = Rect { x: area.x + 1, y: top, width: area.width.saturating_sub(2), height: area.bottom() - top };
    match chosen {
        Row::Violation(index) => draw_witness(model, &violations[index], detail, buffer),
        Row::Claim(claim) => draw_about(model, claim, detail, buffer),
    }
}

fn draw_cursor(model: &Model, is_chosen: bool, area: Rect, buffer: &mut Buffer) {
    if is_chosen {
        put_sign(buffer, area, (area.x, area.y), model.glyphs.cursor, model.theme.style(Role::Accent));
    }
}

fn draw_claim(model: &Model, (claim, columns): (Claim, usize), is_chosen: bool, area: Rect, buffer: &mut Buffer) {
    let (sign, role, text) = state(model, claim);
    let (theme, glyphs) = (model.theme, model.glyphs);
    draw_cursor(model, is_chosen, area, buffer);
    let x = put(buffer, area, (area.x + 1, area.y), &glyphs.plain(&format!("{sign} ")), theme.style(role));
    let style = theme.style(if is_chosen { Role::Accent } else { Role::Text });
    let x = put(buffer, area, (x, area.y), &pad(claim.name(), columns, glyphs.more), style);
    let room = usize::from(area.right().saturating_sub(x + 1));
    let text_role = if role == Role::Good { Role::Dim } else { role };
    let text = fit(&glyphs.plain(without_verb(&text, room)), room, glyphs.more);
    put(buffer, area, (x + 1, area.y), &text, theme.style(text_role));
}

/// How a claim stands without the word that its sign says too, where there is no room for it.
fn without_verb(text: &str, room: usize) -> &str {
    let is_long = columns(text) > room;
    let short = ["holds ", "broken "].iter().find_map(|verb| text.strip_prefix(verb));
    short.filter(|_| is_long).unwrap_or(text)
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
        (text, if role == Role::Good { Role::Text } else { role }),
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
    if claim.is_searched() {
        return match judged(model, claim) {
            Some(judged) => on_demand(judged, "operation"),
            None => ('·', Role::Dim, "Enter judges".to_owned()),
        };
    }
    let Some(standing) = model.sitting.run().judges().standing(claim) else { return convergence(model) };
    let (what, whats) = match claim {
        Claim::NoOverdraft => ("withdrawal", "withdrawals"),
        Claim::NoOversell => ("reservation", "reservations"),
        Claim::ReadYourWrites | Claim::MonotonicReads | Claim::ConsistentPrefix => ("read", "reads"),
        Claim::MonotonicWrites | Claim::WritesFollowReads => ("arrival", "arrivals"),
        Claim::NoLostUpdate | Claim::NoWrongWinner => ("meeting", "meetings"),
        Claim::NoResurrection => ("return", "returns"),
        Claim::ConstantSum => ("balance", "balances"),
        Claim::ChargedOnce => ("charge", "charges"),
        Claim::UniqueOwner => ("claim", "claims"),
        Claim::NoAccessAfterRevocation => ("check", "checks"),
        Claim::ExactlyOnce | Claim::Durable => ("write", "writes"),
        _ => ("operation", "operations"),
    };
    let over = match standing.judged {
        1 => format!("1 {what}"),
        many => format!("{many} {whats}"),
    };
    match standing.broken {
        0 if standing.judged == 0 => ('✓', Role::Good, format!("no {what} yet")),
        0 => ('✓', Role::Good, format!("holds over {over}")),
        // What nobody noticed is not an alarm.
        broken => {
            let role = if standing.told { Role::Bad } else { Role::Warn };
            ('✗', role, format!("broken {broken}× in {over}"))
        }
    }
}

/// What a judge on demand found.
fn on_demand(judged: &Judged, what: &str) -> (char, Role, String) {
    let (verdict, over) = (&judged.verdict, judged.over);
    let plural = if over == 1 { "" } else { "s" };
    match (verdict.holds, &verdict.unknown, verdict.claim) {
        (Ruling::Holds, ..) => ('✓', Role::Good, format!("holds over {over} {what}{plural}")),
        (Ruling::Violated, _, Claim::Convergence) if verdict.count == 1 => {
            ('✗', Role::Bad, "broken at 1 key".to_owned())
        }
        (Ruling::Violated, _, Claim::Convergence) => ('✗', Role::Bad, format!("broken at {} keys", verdict.count)),
        // Nobody promised it at every level: it is no alarm.
        (Ruling::Violated, ..) => ('✗', Role::Warn, format!("broken in {over} {what}{plural}")),
        (Ruling::Unknown, reason, _) => {
            ('?', Role::Warn, reason.as_ref().map(crate::check::reason).unwrap_or_default())
        }
    }
}

/// Live, only what it waits for is said; judged is it when time stands still, or when asked.
fn convergence(model: &Model) -> (char, Role, String) {
    if let Some(judged) = judged(model, Claim::Convergence) {
        return on_demand(judged, "write");
    }
    let writes = writes(model);
    let writes = if writes == 1 { "1 write".to_owned() } else { format!("{writes} writes") };
    let view = model.sitting.run().cluster().view();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verb_goes_where_there_is_no_room_for_it() {
        assert_eq!(without_verb("holds over 12 arrivals", 22), "holds over 12 arrivals");
        assert_eq!(without_verb("holds over 12 arrivals", 21), "over 12 arrivals");
        assert_eq!(without_verb("broken 3× in 40 reads", 20), "3× in 40 reads");
        assert_eq!(without_verb("no arrival yet", 5), "no arrival yet");
    }
}
