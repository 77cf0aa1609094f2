//! The policies: each operation type with its level, what that promises, and what was measured.
//!
//! ```text
//!  operation        level        promise          calls   p50   p99   ok stale
//! ▸stock.reserve    linearizable · never oversells  120  62ms 202ms  98%
//!  stock.level      eventual     · may be stale      98 2.0ms 2.0ms 100% 840ms
//!  each replica checks what it has heard of; two of them can both sell the last one
//!  keeps convergence · can break no-oversell
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Pane, PaneId};
use crate::base::operation::{Effect, OPERATIONS, OpSpec};
use crate::base::{Claim, Policy};
use crate::check::{Promise, promise};
use crate::metrics::Metrics;
use crate::tui::choices;
use crate::tui::draw::rounded_span;
use crate::tui::keys::Direction;
use crate::tui::model::{Model, Overlay};
use crate::tui::text::{columns, fit, pad, put, put_sign, wrap};
use crate::tui::theme::Role;

/// Rows under the table for the chosen operation.
const DETAIL_ROWS: [u16; 2] = [3, 6];
/// From how many rows on there is room for more of it.
const TALL_ROWS: u16 = 20;
/// Columns of an operation's name.
const NAME: usize = 17;
/// Columns of a level with the gap after it, at least and, where promises would suffer, at most.
const LEVEL: [usize; 2] = [9, 14];
/// Columns of a level's name that say which it is.
const LEVEL_NAME_MIN: usize = 5;
/// Columns of a promise, at least and at most.
const PROMISE: [usize; 2] = [10, 30];
/// The numbers and how wide each is.
const NUMBERS: [(&str, usize); 5] = [("calls", 6), ("p50", 6), ("p99", 6), ("ok", 5), ("stale", 6)];

/// What the pane remembers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PoliciesState {
    pub(crate) selected: usize,
}

/// The pane.
pub(super) const PANE: Pane = Pane { id: PaneId::Policies, digit: '5', name: "Policy", title, draw, press, click };

fn title(_: &Model) -> String {
    "Policy · what each operation promises, and what was measured".to_owned()
}

fn press(model: &mut Model, direction: Direction) {
    if direction == Direction::Enter {
        model.overlay = Overlay::Chooser(choices::policies(model));
        return;
    }
    model.panes.policies.selected = super::moved(model.panes.policies.selected, direction, OPERATIONS.len());
}

/// A click chooses an operation, and one on the chosen asks what it shall be bound to.
fn click(model: &mut Model, area: Rect, (_, y): (u16, u16)) {
    let list = list(area);
    let row = first(model, list) + usize::from(y.saturating_sub(list.y));
    if y < list.y || y >= list.bottom() || row >= OPERATIONS.len() {
        return;
    }
    if row == model.panes.policies.selected {
        return press(model, Direction::Enter);
    }
    model.panes.policies.selected = row;
}

/// The operation that is chosen.
pub(crate) fn chosen(model: &Model) -> Option<&'static OpSpec> {
    OPERATIONS.get(model.panes.policies.selected)
}

fn list(area: Rect) -> Rect {
    let detail = DETAIL_ROWS[usize::from(area.height >= TALL_ROWS)];
    Rect { y: area.y + 1, height: area.height.saturating_sub(1 + detail), ..area }
}

fn first(model: &Model, list: Rect) -> usize {
    (model.panes.policies.selected + 1).saturating_sub(usize::from(list.height))
}

fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let run = model.sitting.run();
    let policy = &run.cluster().view().settings().policy;
    let list = list(area);
    let table = Table { model, policy, metrics: run.metrics(), widths: Widths::of(policy, usize::from(area.width)) };
    table.head(area, buffer);
    let first = first(model, list);
    for (y, (index, spec)) in (list.y..list.bottom()).zip(OPERATIONS.iter().enumerate().skip(first)) {
        table.row(spec, index == model.panes.policies.selected, Rect { y, height: 1, ..list }, buffer);
    }
    if let Some(spec) = chosen(model) {
        let y = list.bottom();
        table.detail(spec, Rect { y, height: area.bottom().saturating_sub(y), ..area }, buffer);
    }
}

/// Columns of a level and of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Widths {
    level: usize,
    promise: usize,
}

impl Widths {
    /// As wide as the longest level asks for, as long as promises have room.
    fn of(policy: &Policy, width: usize) -> Self {
        let numbers: usize = NUMBERS.iter().map(|(_, columns)| columns).sum();
        let free = width.saturating_sub(1 + NAME + numbers);
        let longest = OPERATIONS.iter().map(|spec| columns(&policy.level(spec.op_type).text())).max().unwrap_or(0);
        let level = (longest + 1).clamp(LEVEL[0], LEVEL[1].max(free.saturating_sub(PROMISE[1])));
        Self { level, promise: free.saturating_sub(level).clamp(PROMISE[0], PROMISE[1]) }
    }
}

/// A level in `width` columns. Options tell more than the end of a name: `bounded(500ms)` becomes `bound…(500ms)`, and
/// `linearizable(lease-read)` becomes `linea…(lease)`; but where they would crowd the name out, it stays and they are
/// cut.
fn short_level(text: &str, width: usize, more: char) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let (name, options) = text.split_at(text.find('(').unwrap_or(text.len()));
    let shorter = options.replace("lease-read", "lease").replace("semi-sync=", "sync=");
    for options in [options, shorter.as_str()] {
        let room = width.saturating_sub(columns(options));
        if !options.is_empty() && room >= LEVEL_NAME_MIN {
            return format!("{}{options}", fit(name, room, more));
        }
    }
    fit(&format!("{name}{shorter}"), width, more)
}

struct Table<'a> {
    model: &'a Model,
    policy: &'a Policy,
    metrics: &'a Metrics,
    widths: Widths,
}

impl Table<'_> {
    fn head(&self, area: Rect, buffer: &mut Buffer) {
        let more = self.model.glyphs.more;
        let Widths { level, promise } = self.widths;
        let numbers = NUMBERS.map(|(word, columns)| format!("{word:>columns$}")).concat();
        let names = [("operation", NAME), ("level", level), ("promise", promise)];
        let names = names.map(|(word, columns)| pad(word, columns, more)).concat();
        let text = format!(" {names}{numbers}");
        put(buffer, area, (area.x, area.y), &text, self.model.theme.style(Role::Dim));
    }

    fn row(&self, spec: &OpSpec, selected: bool, area: Rect, buffer: &mut Buffer) {
        let (theme, glyphs) = (self.model.theme, self.model.glyphs);
        if selected {
            put_sign(buffer, area, (area.x, area.y), glyphs.cursor, theme.style(Role::Accent));
        }
        let style = theme.style(if selected { Role::Accent } else { Role::Text });
        let x = put(buffer, area, (area.x + 1, area.y), &pad(spec.name, NAME, glyphs.more), style);
        let width = self.widths.level;
        let level = short_level(&self.policy.level(spec.op_type).text(), width - 1, glyphs.more);
        let x = put(buffer, area, (x, area.y), &pad(&level, width, glyphs.more), theme.style(Role::Text));
        let promise = promise(spec.op_type, self.policy);
        let (sign, role) = if loses(&promise) { ('✗', Role::Warn) } else { ('·', Role::Text) };
        let words = glyphs.plain(&format!("{sign} {}", promise.words));
        let x = put(buffer, area, (x, area.y), &pad(&words, self.widths.promise, glyphs.more), theme.style(role));
        put(buffer, area, (x, area.y), &self.numbers(spec), theme.style(Role::Text));
    }

    /// What was measured since its level was switched last.
    fn numbers(&self, spec: &OpSpec) -> String {
        let operations = self.metrics.latency_since_switch(spec.op_type);
        if operations.invoked == 0 {
            return String::new();
        }
        let span = |us: Option<u64>| us.map(rounded_span).unwrap_or_default();
        let stale = match spec.effect {
            Effect::Read => rounded_span(self.metrics.staleness_since_switch(spec.op_type).age.max_us()),
            Effect::Write | Effect::Conditional => String::new(),
        };
        let answered = operations.availability().map(|share| format!("{:.0}%", (share * 100.0).floor()));
        let numbers = [
            short_count(operations.invoked),
            span(operations.latency.quantile_us(0.5)),
            span(operations.latency.quantile_us(0.99)),
            answered.unwrap_or_default(),
            stale,
        ];
        let cells = numbers.iter().zip(NUMBERS).map(|(number, (_, columns))| format!("{number:>columns$}"));
        cells.collect()
    }

    /// Why the promise is not more, and what it says of the claims.
    fn detail(&self, spec: &OpSpec, area: Rect, buffer: &mut Buffer) {
        let (theme, glyphs) = (self.model.theme, self.model.glyphs);
        let promise = promise(spec.op_type, self.policy);
        let width = usize::from(area.width.saturating_sub(2));
        let claims = claims_text(&promise);
        // What was cut above is said here.
        let level = self.policy.level(spec.op_type).text();
        let is_level_cut = columns(&level) > self.widths.level - 1;
        let are_words_cut = columns(promise.words) + 2 > self.widths.promise;
        let why = match (is_level_cut, are_words_cut) {
            (false, false) => promise.why.to_owned(),
            (false, true) => format!("{}: {}", promise.words, promise.why),
            (true, _) => format!("{level}, {}: {}", promise.words, promise.why),
        };
        let why = wrap(&glyphs.plain(&why), width).into_iter().map(|line| (line, Role::Accent));
        let role = if loses(&promise) { Role::Warn } else { Role::Dim };
        let lines = why.chain(wrap(&glyphs.plain(&claims), width).into_iter().map(|line| (line, role)));
        let mut lines: Vec<(String, Role)> = lines.collect();
        let rows = usize::from(area.height);
        if lines.len() > rows {
            lines.truncate(rows);
            if let Some((last, _)) = lines.last_mut() {
                *last = fit(&format!("{last} {}", glyphs.more), width, glyphs.more);
            }
        }
        for (row, (line, role)) in area.rows().zip(lines) {
            put(buffer, area, (row.x + 1, row.y), &line, theme.style(role));
        }
    }
}

/// Whether something can be lost or decided wrongly for good.
fn loses(promise: &Promise) -> bool {
    promise.broken.iter().any(|claim| claim.is_invariant())
}

/// "can break no-oversell, durable; keeps convergence; exactly-once if nobody tries again".
fn claims_text(promise: &Promise) -> String {
    let names = |claims: &[Claim]| claims.iter().map(|claim| claim.name()).collect::<Vec<_>>().join(", ");
    let mut parts = Vec::new();
    let mut broken = promise.broken.clone();
    broken.sort_by_key(|claim| !claim.is_invariant());
    if !broken.is_empty() {
        parts.push(format!("can break {}", names(&broken)));
    }
    parts.push(format!("keeps {}", names(&promise.kept)));
    parts.extend(promise.kept_if.iter().map(|(claim, condition)| format!("{} if {condition}", claim.name())));
    parts.join("; ")
}

/// A count in at most five columns.
pub(super) fn short_count(count: u64) -> String {
    match count {
        0..=99_999 => count.to_string(),
        100_000..=9_999_999 => format!("{}k", count / 1_000),
        _ => format!("{}M", count / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Level, OpType, ReadBy};
    use crate::lab::language::declared::Declared;
    use crate::lab::language::parse::parse_line;
    use crate::lab::language::statement::Statement;
    use crate::lab::sitting::Sitting;

    #[test]
    fn a_level_is_shortened_where_that_tells_least() {
        let cases = [
            ("eventual", "eventual"),
            ("linearizable", "linearizable"),
            ("linearizable(lease-read)", "linea…(lease)"),
            ("threshold(5)", "threshold(5)"),
            ("bounded(500ms)", "bound…(500ms)"),
            ("primary(semi-sync=1)", "prim…(sync=1)"),
            ("primary(semi-sync=1,local)", "primary(sync…"),
        ];
        for (text, short) in cases {
            assert_eq!(short_level(text, 13, '…'), short);
        }
    }

    #[test]
    fn what_sessions_causes_and_quorums_promise_is_read_whole_at_120_columns() {
        const STAGE: usize = 75;
        let levels = [
            "eventual",
            "session(affinity)",
            "session(pinned,r1)",
            "session(wait,100ms)",
            "session(token)",
            "causal",
            "quorum(2,2,3)",
            "quorum(1,1,3)",
            "quorum(2,2,3,write-back)",
            "quorum(2,2,3,stamp=clock)",
            "quorum(2,2,3,sloppy)",
        ];
        for text in levels {
            let mut sitting = Sitting::going_on_only();
            let line = parse_line(&format!("policy * {text}"), &mut Declared::default());
            let line = line.expect("it is a line").expect("it says something");
            let Some(Statement::World(command)) = line.statement else { panic!("{text} is a command") };
            sitting.act(&command, &line.source).expect("it can be bound");
            let policy = &sitting.run().cluster().view().settings().policy;
            let room = Widths::of(policy, STAGE).promise;
            for spec in &OPERATIONS {
                let words = promise(spec.op_type, policy).words;
                assert!(columns(words) + 2 <= room, "{text} {}: {words}", spec.name);
            }
        }
    }

    #[test]
    fn the_column_of_levels_is_as_wide_as_they_need() {
        let mut policy = Policy::default();
        assert_eq!(Widths::of(&policy, 78), Widths { level: 9, promise: 22 });
        policy.bind(OpType::StockReserve, Level::Linearizable(ReadBy::Index));
        assert_eq!(Widths::of(&policy, 78), Widths { level: 13, promise: 18 });
        policy.bind(OpType::StockReserve, Level::Linearizable(ReadBy::Lease));
        assert_eq!(Widths::of(&policy, 78), Widths { level: 14, promise: 17 });
        assert_eq!(Widths::of(&policy, 118), Widths { level: 25, promise: 30 }, "with room, nothing is cut");
    }
}
