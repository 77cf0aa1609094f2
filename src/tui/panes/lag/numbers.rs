//! The numbers: lag and alerts of each replica, what each operation type paid, and what it all cost.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::base::operation::{Effect, OPERATIONS, OpSpec};
use crate::record::DropReason;
use crate::tui::draw::rounded_span;
use crate::tui::model::Model;
use crate::tui::panes::policies::short_count;
use crate::tui::text::{pad, put, wrap};
use crate::tui::theme::Role;

/// Columns of an operation's name and of a number.
const NAME: usize = 14;
const NUMBER: usize = 6;

/// The operation types that were asked for.
pub(super) fn operations(model: &Model) -> Vec<&'static OpSpec> {
    let metrics = model.sitting.run().metrics();
    OPERATIONS.iter().filter(|spec| metrics.latency(spec.op_type).invoked > 0).collect()
}

/// Draws them: replicas, costs below, and what is left between for operations.
pub(super) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) {
    let costs = costs(model, usize::from(area.width.saturating_sub(1)));
    let y = replicas(model, area, buffer);
    let costs_rows = (costs.len() as u16).min(area.bottom().saturating_sub(y + 3));
    let table = Rect { y, height: area.bottom().saturating_sub(y + costs_rows), ..area };
    operation_table(model, table, buffer);
    for (y, line) in (table.bottom()..area.bottom()).zip(costs) {
        put(buffer, area, (area.x, y), &line, model.theme.style(Role::Dim));
    }
}

/// One row for each replica; says which row is free then.
fn replicas(model: &Model, area: Rect, buffer: &mut Buffer) -> u16 {
    let (theme, run) = (model.theme, model.sitting.run());
    let lag = run.metrics().lag();
    let head = "      lag now  it says    worst  alerts";
    put(buffer, area, (area.x, area.y), head, theme.style(Role::Dim));
    let mut y = area.y + 1;
    for replica in run.cluster().view().replicas() {
        let id = replica.id;
        let said = lag.observed(id).last_us().map_or_else(|| "-".to_owned(), rounded_span);
        let alerts = lag.alerts().filter(|alert| alert.replica == id).count();
        let is_over = run.lag_us(id) > lag.objective_us();
        let raised = if lag.is_raised(id) { "!" } else { "" };
        let numbers = [rounded_span(run.lag_us(id)), said, rounded_span(lag.oracle(id).max_us())];
        let numbers = numbers.map(|text| format!("{text:>9}")).concat();
        let x = put(buffer, area, (area.x, y), &id.to_string(), theme.style(Role::Line(id.index())));
        let role = if is_over { Role::Warn } else { Role::Text };
        put(buffer, area, (x + 1, y), &format!("{numbers}  {alerts:>5}{raised}"), theme.style(role));
        y += 1;
    }
    y
}

fn operation_table(model: &Model, area: Rect, buffer: &mut Buffer) {
    let (theme, metrics) = (model.theme, model.sitting.run().metrics());
    let shown = operations(model);
    if area.height < 2 {
        return;
    }
    let numbers = ["p50", "p99", "ok", "stale"].map(|word| format!("{word:>NUMBER$}")).concat();
    let head = format!("{}{numbers}", pad("operation", NAME, model.glyphs.more));
    put(buffer, area, (area.x, area.y), &head, theme.style(Role::Dim));
    let rows = usize::from(area.height - 1);
    let hidden = model.panes.lag.hidden.min(shown.len().saturating_sub(rows));
    for (y, spec) in (area.y + 1..area.bottom()).zip(shown.iter().skip(hidden)) {
        let operations = metrics.latency(spec.op_type);
        let span = |us: Option<u64>| us.map(rounded_span).unwrap_or_default();
        let answered = operations.availability();
        let stale = match spec.effect {
            Effect::Read => rounded_span(metrics.staleness(spec.op_type).age.max_us()),
            Effect::Write | Effect::Conditional => "-".to_owned(),
        };
        let numbers = [
            span(operations.latency.quantile_us(0.5)),
            span(operations.latency.quantile_us(0.99)),
            answered.map(|share| format!("{:.0}%", (share * 100.0).floor())).unwrap_or_default(),
            stale,
        ];
        let numbers = numbers.map(|text| format!("{text:>NUMBER$}")).concat();
        let name = pad(short_name(spec.name), NAME, model.glyphs.more);
        let role = if answered.is_some_and(|share| share < 0.99) { Role::Warn } else { Role::Text };
        put(buffer, area, (area.x, y), &format!("{name}{numbers}"), theme.style(role));
    }
}

/// A name that fits its column.
fn short_name(name: &'static str) -> &'static str {
    if name == "account.withdraw" || name == "account.balance" { &name["account.".len()..] } else { name }
}

/// What travelled and what was mended.
fn costs(model: &Model, width: usize) -> Vec<String> {
    let traffic = model.sitting.run().metrics().traffic();
    let view = model.sitting.run().cluster().view();
    let reasons = [
        ("cut", DropReason::Cut),
        ("link down", DropReason::Flap),
        ("lost", DropReason::Lost),
        ("receiver down", DropReason::Down),
        ("inbox full", DropReason::InboxFull),
    ];
    let reasons = reasons.into_iter().filter(|(_, why)| traffic.dropped_for(*why) > 0);
    let reasons: Vec<String> =
        reasons.map(|(word, why)| format!("{word} {}", short_count(traffic.dropped_for(why)))).collect();
    let why = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join(", ")) };
    let tombstones: usize = view.replicas().map(|replica| replica.tombstones).sum();
    let text = format!(
        "sent {}, dropped {}{why}; retries {}; repairs {}, failed {}, mended {} keys; tombstones {tombstones}",
        short_count(traffic.sent()),
        short_count(traffic.dropped()),
        traffic.retries,
        traffic.repairs_succeeded,
        traffic.repairs_failed,
        traffic.keys_repaired,
    );
    wrap(&text, width)
}
