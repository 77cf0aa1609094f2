//! Options, instants and signs.

use super::{Draw, on_a_line, on_a_word};

pub(super) fn add_an_option(draw: &mut Draw, script: &str) -> String {
    let options = [
        "colour=red",
        "via=r1",
        "via=r1 via=r2",
        "since=fixed",
        "since=never",
        "every=1ms",
        "every=",
        "=5",
        "class=gossip",
        "class=x",
        "by=5",
        "up=1us",
        "key=a keys=2",
        "topology=moon",
        "disk=lose",
        "attempts=0",
        "Via=r1",
        "clients=999",
    ];
    on_a_line(draw, script, |draw, line| format!("{line} {}", draw.pick(&options)))
}

pub(super) fn drop_an_option(draw: &mut Draw, script: &str) -> String {
    on_a_word(
        draw,
        script,
        |word| word.contains('='),
        |draw, word| match draw.below(3) {
            0 => String::new(),
            1 => word.replace('=', " "),
            _ => word.split('=').next().unwrap_or_default().to_owned() + "=",
        },
    )
}

pub(super) fn put_an_instant_before(draw: &mut Draw, script: &str) -> String {
    let instants =
        ["at 0s", "at 10ms", "after 1s", "at", "at 5", "at soon", "after -1s", "at 1s:", "at 1s:x", "at 0s at 1s"];
    on_a_line(draw, script, |draw, line| format!("{} {line}", draw.pick(&instants)))
}

pub(super) fn change_a_sign(draw: &mut Draw, script: &str) -> String {
    let is_sign = |word: &str| matches!(word, "==" | "!=" | "<" | "<=" | ">" | ">=" | "|" | "->");
    let signs = ["==", "<", "|", "->", "=", "=<", "<>", "||", "!", "-", ">>"];
    on_a_word(draw, script, is_sign, |draw, _| (*draw.pick(&signs)).to_owned())
}
