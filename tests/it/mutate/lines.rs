//! Lines in the wrong place.

use super::{Draw, lines};

/// Lines that do not fit where they come.
const LINES: &[&str] = &[
    "seed 7",
    "cluster 3",
    "clients zed",
    "given stock mug 1",
    "at 0s seed 7",
    "at 0s:0 heal",
    "at 0us",
    "at 721h",
    "after 25h",
    "zoe: stock.level mug",
    "ana: stock.level mug via=r9",
    "partition r1",
    "partition r1 | r2 -> r3",
    "partition r1 | r1",
    "isolate zoe",
    "lose ana ben 5%",
    "lose r1 r1 5%",
    "stop nobody",
    "retry nobody",
    "merge stock lww-hlc",
    "merge profile x",
    "policy nope.* eventual",
    "policy * perfect",
    "hazard gremlins on",
    "hazard count-twice maybe",
    "expect converged since=x",
    "expect no-overdraft fails",
    "expect sanity holds",
    "expect fault[gremlin] > 0",
    "expect before/alerts > 0",
    "expect alerts",
    "expect alerts > 5ms",
    "expect r1.lag > r1.stock[mug]",
    "expect stock.reserve.staleness.max > 0ms",
    "run until converged",
    "expect r1.stock[mug > 5",
    "expect r1.profile[a] > \"x\"",
    "delay r1 r2 gauss 5ms",
    "delay r1 r2 50% constant 1ms",
    "delay r1 r2 uniform 5ms 1ms",
    "slow r1 r2 25h",
    "drift r1 5",
    "skew r1 5/s",
    "mark all-the-way",
    "mark 5",
    "load r1 * 1/s",
    "load all * 1/s",
    "load big * 100001/s",
    "retry * attempts=101",
    "repair r1 r1",
    "story everything",
    "story",
    "expect",
    "run",
    "---",
    "heal heal",
    "clients",
    "cluster",
    "retry * backoff=1ms colour=x",
    "ntp r1",
    "flap r1 r2 up=1s",
    "reorder r1 r2 5%",
    "noise r1 -5ms",
    "step r1 2h",
    "bandwidth r1 r2 0/s",
    "pause r1 for=0s",
    "crash ana",
    "grace",
    "slo 0ms",
    "lag 5",
    "run 1.0000001s",
    "run 5%",
    "lose r1 r2 5",
    "seed 1.5",
    "given stock mug",
    "ana: feed.post wall 5",
];

pub(super) fn add_a_line(draw: &mut Draw, script: &str) -> String {
    let mut lines = lines(script);
    let line = (*draw.pick(LINES)).to_owned();
    lines.insert(draw.below(lines.len() + 1), line);
    lines.join("\n") + "\n"
}

pub(super) fn repeat_a_line(draw: &mut Draw, script: &str) -> String {
    let mut lines = lines(script);
    let line = draw.pick(&lines).clone();
    lines.insert(draw.below(lines.len() + 1), line);
    lines.join("\r\n") + "\r\n"
}

pub(super) fn swap_two_lines(draw: &mut Draw, script: &str) -> String {
    let mut lines = lines(script);
    let (one, other) = (draw.below(lines.len()), draw.below(lines.len()));
    lines.swap(one, other);
    lines.join("\n")
}

pub(super) fn drop_a_line(draw: &mut Draw, script: &str) -> String {
    let mut lines = lines(script);
    lines.remove(draw.below(lines.len()));
    format!("\u{feff}{}", lines.join("\n"))
}
