//! What is promised on a condition, judged where the condition holds: a script without one family of commands.
//!
//! A random script has nearly every kind of command, and at `eventual` most claims are kept only if something does not
//! happen: nobody tries again, no clock is touched, no disk is lost. So each seed is played once more without the
//! commands of one family, and then the claims that need no more than that have to hold.

use crate::base::Claim;

/// A family of commands, and what is promised without them.
struct Family {
    /// Whether a line is one of them.
    is_one: fn(&str) -> bool,
    /// What stands in their place, from the beginning.
    instead: Option<&'static str>,
    claims: &'static [Claim],
}

impl Family {
    const fn of(is_one: fn(&str) -> bool, claims: &'static [Claim]) -> Self {
        Self { is_one, instead: None, claims }
    }
}

/// The families in turn.
const FAMILIES: [Family; 6] = [
    Family::of(touches_order, &[Claim::NoLogInversion, Claim::NoWrongWinner]),
    Family::of(asks_again, &[Claim::ExactlyOnce]),
    Family::of(leaves_home, &[Claim::ReadYourWrites, Claim::MonotonicReads]),
    Family::of(loses_disk, &[Claim::Durable]),
    Family::of(charges_blindly, &[Claim::ChargedOnce]),
    // Which versions stand at the end is then judged in full; so is every other script, but for switched resolvers.
    Family { is_one: merges, instead: Some("at 0s merge profile siblings"), claims: &[] },
];

/// The lines of a seed without one family, and what has to hold then.
pub(super) fn without_one(seed: u64, lines: &[String]) -> (Vec<String>, &'static [Claim]) {
    let family = &FAMILIES[(seed % FAMILIES.len() as u64) as usize];
    let mut kept: Vec<String> = lines.iter().filter(|line| !(family.is_one)(line)).cloned().collect();
    if let Some(instead) = family.instead {
        let begun = kept.iter().position(|line| line.starts_with("at ")).unwrap_or(kept.len());
        kept.insert(begun, instead.to_owned());
    }
    (kept, family.claims)
}

/// The expectations, as lines of a script.
pub(super) fn expectations(claims: &[Claim]) -> String {
    let lines: Vec<String> = claims.iter().map(|claim| format!("expect {} holds\n", claim.name())).collect();
    lines.concat()
}

/// Whether the command of a line, after its instant, is one of these.
fn begins(line: &str, commands: &[&str]) -> bool {
    let mut words = line.split_whitespace();
    let command = match words.next() {
        Some("at" | "after") => words.nth(1),
        first => first,
    };
    command.is_some_and(|word| commands.contains(&word))
}

/// Clocks, and what lets requests wait and then be decided all in one microsecond, where a tie has no order.
fn touches_order(line: &str) -> bool {
    begins(line, &["skew", "drift", "step", "ntp", "noise", "merge", "hazard", "crash", "restart", "pause", "resume"])
}

fn merges(line: &str) -> bool {
    begins(line, &["merge"])
}

fn loses_disk(line: &str) -> bool {
    line.contains("disk=lose")
}

fn charges_blindly(line: &str) -> bool {
    begins(line, &["provider"]) && line.contains("keys=off")
}

fn asks_again(line: &str) -> bool {
    begins(line, &["retry"]) || loses_disk(line)
}

fn leaves_home(line: &str) -> bool {
    line.contains("via=") || asks_again(line)
}
